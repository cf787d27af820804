//! Each line of `signs/signs.tsv` is a sign as a cluster or a program writes it, and the cause it
//! stands for: the runbook that hits with the most confidence must name that cause.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use redbutton::insight::diagnosis::{BUNDLED, LOG_TOPICS, Runbooks, parse_runbooks};

fn bundled() -> Runbooks {
    let all = BUNDLED
        .iter()
        .flat_map(|(file, text)| parse_runbooks(file, text).unwrap())
        .collect();
    Runbooks::new(all)
}

#[test]
fn every_sign_leads_to_its_cause() {
    let runbooks = bundled();
    let mut wrong = Vec::new();
    let table = include_str!("signs/signs.tsv");
    for line in table.lines().filter(|line| !line.is_empty()) {
        let [topic, kind, cause, text] = line.splitn(4, '\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}");
        };
        let exit = topic.starts_with("ended:").then_some(137);
        let hits = if LOG_TOPICS.contains(&topic) {
            runbooks.log_hits(topic, text, Some(127))
        } else {
            runbooks.hits(topic, text, exit)
        };
        let best = hits
            .iter()
            .filter(|hit| {
                hit.runbook.applies.is_empty()
                    || hit.runbook.applies.iter().any(|one| **one == *kind)
            })
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        match best {
            Some(hit) if *hit.runbook.cause == *cause => {}
            other => wrong.push(format!(
                "{cause}: {:?} for {text}",
                other.map(|hit| (&hit.runbook.cause, hit.confidence))
            )),
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
fn ordinary_lines_are_no_signs() {
    let runbooks = bundled();
    for line in [
        "INFO server listening on :8080",
        "GET /healthz 200 1ms",
        "level=info msg=\"compacted block\" duration=1.2s",
        "Starting gunicorn 23.0.0",
        "connected to database",
        "backup finished: 3 snapshots kept",
        "time=2026-01-01 level=INFO msg=\"leader election lost, retrying\"",
        "loaded configuration from /etc/app/config.yaml",
    ] {
        let hits = runbooks.log_hits("log:app", line, None);
        assert!(
            hits.is_empty(),
            "{line}: {:?}",
            hits.iter().map(|hit| &hit.runbook.id).collect::<Vec<_>>()
        );
    }
}
