//! Typed commands: a table of verdicts, and what no disguise may change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use redbutton::{
    journal::Registry,
    redbutton::command::{Verdict, judge_line, judge_words, lex},
};

fn registry() -> Registry {
    Registry::bundled("seed-lab")
}

#[test]
fn the_table_holds() {
    let mut wrong = Vec::new();
    for line in include_str!("commands/verdicts.tsv").lines() {
        let (wanted, command) = line.split_once('\t').unwrap();
        let found = judge_line(command, &registry());
        let word = format!("{:?}", found.verdict).to_lowercase();
        if word != wanted {
            wrong.push(format!(
                "{command}: {word}, not {wanted} ({}; {})",
                found.why, found.matched
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn words_are_not_read_by_a_shell() {
    let words = |list: &[&str]| {
        list.iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let found = judge_words(
        &words(&["git", "commit", "-m", "drop; rm -rf / | $(x)"]),
        &registry(),
    );
    assert_eq!(found.verdict, Verdict::Allowed, "{found:?}");
    let found = judge_words(&words(&["oc", "delete", "pod", "x"]), &registry());
    assert_eq!(found.verdict, Verdict::Destructive);
}

/// Destructive commands in plain words.
fn destructive() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "rm -rf /data",
        "oc delete pvc x",
        "kubectl delete ns y",
        "lvremove vg/x",
        "helm uninstall z",
        "git push -f",
        "zfs destroy tank/a",
        "argocd app delete b",
        "pct destroy 210",
        "docker system prune",
    ])
}

/// Ways around a command that change nothing of what it does.
fn disguise() -> impl Strategy<Value = fn(&str) -> String> {
    prop::sample::select(vec![
        (|c: &str| format!("sudo {c}")) as fn(&str) -> String,
        |c: &str| format!("sudo -u root {c}"),
        |c: &str| format!("env A=1 B=2 {c}"),
        |c: &str| format!("X=1 {c}"),
        |c: &str| format!("timeout 30s {c}"),
        |c: &str| format!("nohup {c} &"),
        |c: &str| format!("nice -n 5 {c}"),
        |c: &str| format!("true; {c}"),
        |c: &str| format!("ls && {c}"),
        |c: &str| format!("echo a | {c}"),
        |c: &str| format!("({c})"),
        |c: &str| format!("if true; then {c}; fi"),
        |c: &str| format!("echo \"$({c})\""),
        |c: &str| format!("sh -c '{c}'"),
        |c: &str| format!("bash -ec \"{c}\""),
        |c: &str| format!("ssh host {c}"),
        |c: &str| format!("watch -n 1 {c}"),
        |c: &str| format!("oc exec pod -- {c}"),
        |c: &str| format!("  {}  ", c.replace(' ', "   ")),
        |c: &str| {
            c.split(' ')
                .map(|word| format!("\"{word}\""))
                .collect::<Vec<_>>()
                .join(" ")
        },
        |c: &str| {
            c.split(' ')
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>()
                .join("\t")
        },
        |c: &str| {
            let (head, tail) = c.split_at(1);
            format!("{head}''{tail}")
        },
        |c: &str| format!("\\{c}"),
        |c: &str| format!("{c} > /dev/null 2>&1"),
        |c: &str| format!("{c} # harmless"),
        |c: &str| format!("xargs -n1 {c}"),
        |c: &str| format!("time {c}"),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_disguise_makes_a_destructive_command_allowed(command in destructive(), first in disguise(), prefix in prop::sample::select(vec!["true; ", "ls && ", "A=1 ", "oc get pods | ", "! "])) {
        let once = first(command);
        let found = judge_line(&once, &registry());
        prop_assert_eq!(found.verdict, Verdict::Destructive, "{}", once);
        let twice = format!("{prefix}{once}");
        let found = judge_line(&twice, &registry());
        prop_assert_eq!(found.verdict, Verdict::Destructive, "{}", twice);
    }

    #[test]
    fn the_parser_never_panics(line in ".{0,200}") {
        let _ = lex(&line);
        let _ = judge_line(&line, &registry());
    }

    #[test]
    fn the_parser_never_panics_on_shell_letters(line in r#"[a-z '"\\$`(){}|&;<>#*=\n-]{0,80}"#) {
        let _ = judge_line(&line, &registry());
    }

    #[test]
    fn flags_before_the_verb_change_nothing(flags in prop::collection::vec(prop::sample::select(vec!["-n media", "--namespace=x", "--context lab", "-v 4", "--kubeconfig /k", "--as admin"]), 0..4)) {
        let line = format!("oc {} delete pod x", flags.join(" "));
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Destructive, "{}", line);
    }
}
