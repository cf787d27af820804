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
        // ␤ stands for the end of a line in it
        let command = command.replace('␤', "\n");
        let found = judge_line(&command, &registry());
        let word = found.verdict.as_str();
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
fn the_judgement_is_written_as_json() {
    let found = judge_line("oc get pods; oc delete pod x", &registry());
    let json = serde_json::to_value(&found).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["verdict", "tier", "why", "matched", "parts"]);
    assert_eq!(json["verdict"], "destructive");
    assert_eq!(json["tier"], "destroy");
    assert_eq!(json["matched"], "oc delete");
    let parts: Vec<&str> = json["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["command"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["oc get pods", "oc delete pod x"]);
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

/// Destructive commands in plain words: no letter in them that a shell takes apart.
const DESTRUCTIVE: [&str; 40] = [
    "rm -rf /data",
    "oc delete pvc x",
    "oc -n media delete pod x --now",
    "kubectl delete ns y",
    "kubectl drain blade1 --force",
    "oc adm prune images --confirm",
    "oc replace --force -f x.yaml",
    "kubectl apply --prune -f x",
    "oc exec pod -- rm -rf /x",
    "lvremove vg/x",
    "vgremove vg1",
    "wipefs -a /dev/sdb",
    "dd if=/dev/zero of=/dev/sdb",
    "mkfs.xfs /dev/sdb",
    "truncate -s 0 /var/log/x",
    "helm uninstall z",
    "helm rollback z 3",
    "git push -f",
    "git push origin +main",
    "git push origin --delete old",
    "git reset --hard HEAD",
    "git clean -fdx",
    "git branch -D old",
    "zfs destroy tank/a",
    "zfs rollback tank/a@b",
    "zpool destroy tank",
    "argocd app delete b",
    "argocd app sync b --prune",
    "virtctl stop b --force",
    "pct destroy 210",
    "qm rollback 101 before",
    "ceph osd purge 3",
    "rbd rm pool/img",
    "velero backup delete b",
    "docker system prune",
    "podman rm -f b",
    "terraform destroy",
    "redis-cli FLUSHALL",
    "etcdctl del a",
    "systemctl poweroff",
];

/// Commands that only look.
const READING: [&str; 12] = [
    "oc get pvc drop-box",
    "kubectl logs -f delete-me",
    "oc -n prune describe pod x",
    "git log --grep=delete",
    "helm list -f purge",
    "zfs list -t snapshot",
    "pct list",
    "ceph osd safe-to-destroy osd.3",
    "velero backup describe b",
    "docker ps -f status=exited",
    "systemctl status prune.timer",
    "grep -rn remove apps",
];

/// Commands that lose something, and the flag that makes a look of each.
const LOOKS: [(&str, &str); 16] = [
    ("kubectl delete pod x", "--dry-run=server"),
    ("helm uninstall z", "--dry-run"),
    ("argocd app sync z --prune", "--dry-run"),
    ("git clean -fdx", "-n"),
    ("git push origin --delete old", "--dry-run"),
    ("rsync -a --delete a/ b/", "--dry-run"),
    ("rclone purge a:b", "-n"),
    ("zfs destroy tank/a", "-n"),
    ("lvremove vg/x", "--test"),
    ("mke2fs /dev/sdb1", "-n"),
    ("restic forget --prune", "--dry-run"),
    ("aws s3 rm s3://x/y", "--dryrun"),
    ("apt-get purge x", "--simulate"),
    ("pgbackrest expire", "--dry-run"),
    ("docker compose down", "--dry-run"),
    ("rpm -e x", "--test"),
];

/// Places in which that flag is none.
const MISPLACED: [&str; 7] = [
    "@ -- %",
    "@ | grep -e %",
    "echo %; @",
    "@ # %",
    "@ && echo %",
    "echo % | xargs -n1 @",
    "A=% @",
];

fn destructive() -> impl Strategy<Value = &'static str> {
    prop::sample::select(DESTRUCTIVE.to_vec())
}

/// One wrapper around a command; `@` is the command, `%` the same inside single quotes.
const WRAPPERS: [&str; 40] = [
    "sudo @",
    "sudo -u root -E -- @",
    "env A=1 B=2 @",
    "env -u A -- @",
    "env -S %",
    "X=1 @",
    "timeout 30s @",
    "timeout -s KILL --kill-after=5 30 @",
    "nohup @ &",
    "nice -n 5 @",
    "ionice -c3 @",
    "setsid @",
    "stdbuf -oL @",
    "command @",
    "time @",
    "! @",
    "true; @",
    "ls && @",
    "ls || @",
    "echo a | @",
    "ls # a\n@",
    "(@)",
    "{ @; }",
    "if true; then @; fi",
    "for i in 1 2; do @; done",
    "while true; do @; done",
    "case x in a) ls;; *) @;; esac",
    "f() { @; }; f",
    "echo \"$(@)\"",
    "echo `@`",
    "cat <(@)",
    "A=$(@) ls",
    "sh -c %",
    "bash -ec -- %",
    "eval %",
    "watch -n 1 %",
    "ssh host %",
    "ssh -p 22 -o BatchMode=yes -l root host %",
    "oc exec pod -c x -- @",
    "xargs -n1 @",
];

/// Only wrappers that run nothing beside the command, and show no more than it does.
const QUIET: [&str; 10] = [
    "sudo @",
    "env A=1 @",
    "timeout 30 @",
    "nice -n 5 @",
    "(@)",
    "{ @; }",
    "sh -c %",
    "watch -n 1 %",
    "ssh host %",
    "@ 2>/dev/null",
];

fn wrap(wrapper: &str, command: &str) -> String {
    // quotes inside quotes: '…' is closed, a quoted quote stands, and '…' goes on
    let quoted = format!("'{}'", command.replace('\'', "'\\''"));
    let inner = match wrapper.contains('`') {
        true => command.replace('\\', "\\\\").replace('`', "\\`"),
        false => command.to_owned(),
    };
    wrapper.replace('%', &quoted).replace('@', &inner)
}

/// A word as it can be written without a change of what it means.
fn spelled(word: &str, how: u8) -> String {
    let (head, tail) = word.split_at(word.len() / 2);
    match how % 7 {
        0 => word.to_owned(),
        1 => format!("\"{word}\""),
        2 => format!("'{word}'"),
        3 => format!("{head}''{tail}"),
        4 => format!("{head}\"{tail}\""),
        5 => word.chars().map(|c| format!("\\{c}")).collect(),
        _ => format!(
            "$'{}'",
            word.bytes()
                .map(|b| format!("\\x{b:02x}"))
                .collect::<String>()
        ),
    }
}

/// Blanks between words, and a line that goes on.
fn spaced(words: &[String], gaps: &[u8]) -> String {
    let gap = |at: usize| match gaps[at % gaps.len()] % 4 {
        0 => " ",
        1 => "\t",
        2 => "   ",
        _ => " \\\n ",
    };
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        line.push_str(word);
        line.push_str(gap(at));
    }
    line
}

/// How many cases each property is tried with; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|count| count.parse().ok()).unwrap_or(2000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn no_wrapper_makes_a_destructive_command_allowed(command in destructive(), wrappers in prop::collection::vec(prop::sample::select(WRAPPERS.to_vec()), 1..4)) {
        let line = wrappers.iter().fold(command.to_owned(), |line, wrapper| wrap(wrapper, &line));
        let found = judge_line(&line, &registry());
        if wrappers.len() == 1 {
            prop_assert_eq!(found.verdict, Verdict::Destructive, "{}", line);
        } else {
            // wrappers in each other need not make sense, but never let anything through
            prop_assert_ne!(found.verdict, Verdict::Allowed, "{}", line);
        }
    }

    #[test]
    fn no_spelling_makes_a_destructive_command_allowed(command in destructive(), how in prop::collection::vec(any::<u8>(), 12), gaps in prop::collection::vec(any::<u8>(), 12)) {
        let words: Vec<String> = command.split(' ').zip(how).map(|(word, how)| spelled(word, how)).collect();
        let line = spaced(&words, &gaps);
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Destructive, "{}", line);
    }

    #[test]
    fn a_dry_run_is_allowed_and_a_flag_out_of_place_is_none((command, flag) in prop::sample::select(LOOKS.to_vec()), place in prop::sample::select(MISPLACED.to_vec()), how in any::<u8>()) {
        let dry = format!("{command} {}", spelled(flag, how));
        prop_assert_eq!(judge_line(&dry, &registry()).verdict, Verdict::Allowed, "{}", dry);
        let line = place.replace('%', flag).replace('@', command);
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Destructive, "{}", line);
    }

    #[test]
    fn a_dry_run_that_is_taken_back_is_none((command, flag) in prop::sample::select(LOOKS.to_vec()), off in prop::sample::select(vec!["=false", "=none", "=0"])) {
        let name = flag.split('=').next().unwrap_or(flag);
        let line = format!("{command} {flag} {name}{off}");
        prop_assert_ne!(judge_line(&format!("{command} {name}{off}"), &registry()).verdict, Verdict::Allowed, "{}", line);
        prop_assert_ne!(judge_line(&line, &registry()).verdict, Verdict::Allowed, "{}", line);
    }

    #[test]
    fn no_wrapper_makes_a_reading_command_an_alarm(command in prop::sample::select(READING.to_vec()), wrapper in prop::sample::select(QUIET.to_vec())) {
        let line = wrap(wrapper, command);
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Allowed, "{}", line);
    }

    #[test]
    fn the_order_of_flags_changes_nothing(flags in Just(vec!["--force", "-n media", "--grace-period=0", "--wait=false", "-v=2"]).prop_shuffle(), before in 0_usize..5) {
        let (front, back) = flags.split_at(before);
        let line = format!("oc {} delete {} pod x", front.join(" "), back.join(" "));
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Destructive, "{}", line);
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
    fn the_parser_never_panics_on_pieces_of_commands(pieces in prop::collection::vec(prop::sample::select(vec!["case x in", "esac", "a)", ";;", "<<E", "\nE\n", "$(", ")", "`", "'", "\"", "rm", "sh -c", "oc exec", "--", "-c", "env -S", "psql -c", "\\!", "python3 -c", "{", "}", "| sh", "é", "=", "ssh -o", "find . -exec", "*"]), 0..14), gap in prop::sample::select(vec!["", " "])) {
        let _ = judge_line(&pieces.join(gap), &registry());
    }

    #[test]
    fn flags_before_the_verb_change_nothing(flags in prop::collection::vec(prop::sample::select(vec!["-n media", "--namespace=x", "--context lab", "-v 4", "--kubeconfig /k", "--as admin"]), 0..4)) {
        let line = format!("oc {} delete pod x", flags.join(" "));
        prop_assert_eq!(judge_line(&line, &registry()).verdict, Verdict::Destructive, "{}", line);
    }
}
