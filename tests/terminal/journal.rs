//! The books: what was cut off is found again, several consoles write at once, and what was reached
//! can be noted.

use redbutton::journal::{EntryKind, Journal, Record};
use serde_json::json;

use crate::{
    pty::{BREAK, ESC, Screen},
    session::Session,
};

#[test]
fn a_change_whose_end_was_never_recorded_is_shown_and_looked_at_again() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(&state.path().join("redbutton"));
    journal
        .append(&Record {
            context: "admin".into(),
            command: "oc rollout restart deploy/homer -n homer".into(),
            objects: vec!["deploy/homer/homer uid of-another-day".into()],
            ..Record::new(EntryKind::Intent, "cut-off", "2026-01-01T00:00:00Z")
        })
        .unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("never recorded");
    // what the server has is known once the lists are there
    screen.wait("holds up");
    screen.send("r");
    screen.wait("a new one of");
    screen.send("\u{1b}");
    screen.gone("never recorded");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    let verified = journal.verify().unwrap();
    assert_eq!((verified.faults.len(), verified.open.len()), (0, 0));
}

#[test]
fn a_console_that_is_killed_leaves_a_sound_journal_and_the_next_one_asks() {
    let mut session = Session::open("");
    // its pods find no blade, so that its rollout does not end
    let prowlarr = "/apis/apps/v1/namespaces/media/deployments/prowlarr";
    session.patch(
        prowlarr,
        &json!({"spec": {"template": {"spec": {"nodeSelector": {"no": "where"}}}}}),
    );
    session.until("its new pod", prowlarr, |now| {
        let status = &now.unwrap()["status"];
        status["updatedReplicas"] == 1 && status["readyReplicas"].as_i64().unwrap_or(0) == 0
    });
    session.screen.break_glass("a kill");
    session.screen.row("deploy", "prowlarr");
    session.screen.choose("restart the rollout");
    session.screen.proceed();
    session
        .screen
        .wait_tray("◌ oc rollout restart deploy/prowlarr -n media · deploy/media/prowlarr wants");
    // another console knows that it is under way
    let mut second = session.another();
    second.wait("holds up");
    assert!(
        !second.text().contains("never recorded"),
        "{}",
        second.text()
    );
    second.send("q");
    assert_eq!(second.end().0, 0);
    assert!(
        session
            .verified()
            .1
            .contains("under way: oc rollout restart")
    );
    session.screen.child.kill().unwrap();
    session.screen.child.wait().unwrap();
    let (code, words) = session.verified();
    assert!(
        code == 1 && words.contains("unknown: oc rollout restart"),
        "{code} {words}"
    );
    assert!(!words.contains("line "), "{words}");
    let mut next = session.another();
    next.wait("never recorded");
    next.wait("holds up");
    next.send("r");
    next.wait("the same as then");
    next.send(ESC);
    next.gone("never recorded");
    next.send("q");
    assert_eq!(next.end().0, 0);
    assert_eq!(session.verified().0, 0);
}

#[test]
fn two_consoles_write_at_once_and_keep_one_chain() {
    let mut session = Session::open("");
    let mut second = session.another();
    second.wait("holds up");
    session.screen.break_glass("the first");
    second.break_glass("the second");
    // both are open before either is answered
    session.screen.row("deploy", "prowlarr");
    second.row("deploy", "grafana");
    session.screen.choose("restart the rollout");
    second.choose("restart the rollout");
    session.screen.proceed();
    second.proceed();
    session.screen.wait_tray("done: deploy/media/prowlarr");
    second.wait_tray("done: deploy/monitoring/grafana");
    second.send("q");
    session.screen.send("q");
    assert_eq!(second.end().0, 0);
    let (code, words) = session.verified();
    assert!(code == 0 && words.contains("6 sound entries"), "{words}");
}

#[test]
fn what_was_reached_is_noted_once_and_never_over_lost_history() {
    let folder = tempfile::tempdir().unwrap();
    let progress = folder.path().join("PROGRESS.md");
    std::fs::write(&progress, "# Progress\n").unwrap();
    let config = format!("[journal]\nprogress = {:?}\n", progress.to_str().unwrap());
    let mut session = Session::open(&config);
    session.screen.send("W");
    session.screen.wait("nothing was done that is worth a note");
    session.screen.break_glass("it hung");
    session.act(
        "deploy",
        "homer",
        "restart the rollout",
        "W writes it into PROGRESS.md",
    );
    session.screen.send("W");
    session.screen.wait("- [20");
    session.screen.send(BREAK);
    session.screen.wait("noted: - [20");
    let text = std::fs::read_to_string(&progress).unwrap();
    assert!(
        text.starts_with("# Progress\n- [20")
            && text.contains("Restart the rollout: deploy/homer/homer - it hung; now"),
        "{text}"
    );
    std::fs::write(&progress, "# Another\n").unwrap();
    session.act(
        "deploy",
        "homer",
        "scale to 2",
        "2 of 2 ready · W writes it",
    );
    session.screen.send("W");
    session.screen.wait("- [20");
    session.screen.send(BREAK);
    session.screen.wait("it lost content");
    assert_eq!(std::fs::read_to_string(&progress).unwrap(), "# Another\n");
    session.screen.send("q");
}
