//! What stands in the way of a change: each time nothing more is done than is said, and all of it is
//! said.

use serde_json::json;

use crate::{
    pty::{BREAK, ESC, Screen, flat},
    session::Session,
};

const HOMER: &str = "/apis/apps/v1/namespaces/homer/deployments/homer";

/// Leads a restart up to the question.
fn asked(session: &mut Session) {
    session.screen.row("deploy", "homer");
    session.screen.choose("restart the rollout");
    session.screen.wait("tab to Proceed");
}

fn restarted(session: &Session) -> bool {
    let now = session.get(HOMER).unwrap();
    let template = &now["spec"]["template"]["metadata"];
    template["annotations"]["kubectl.kubernetes.io/restartedAt"].is_string()
}

#[test]
fn what_changed_what_went_and_what_answers_no_more() {
    let mut session = Session::open("");
    session.screen.break_glass("something is in the way");
    asked(&mut session);
    session.patch(HOMER, &json!({"metadata": {"labels": {"touched": "yes"}}}));
    session.screen.proceed();
    session
        .screen
        .wait_tray("failed: deploy/homer/homer: Operation cannot be fulfilled");
    assert!(!restarted(&session));

    // a terminal of another size asks the same question
    asked(&mut session);
    session.screen.resize(24, 80);
    session.outage("POST", "/lost?seconds=60");
    session.screen.proceed();
    session
        .screen
        .wait_tray("unknown: deploy/homer/homer: the answer was lost");
    session.outage("DELETE", "");
    session.screen.resize(40, 120);
    assert!(restarted(&session));

    asked(&mut session);
    session.delete(HOMER);
    session.screen.proceed();
    session.screen.wait_tray("not found (404)");
    session.screen.send("q");
    assert_eq!(session.verified().0, 0);
}

#[test]
fn a_back_end_that_hangs_leaves_the_outcome_open() {
    let mut session = Session::open("");
    session.screen.break_glass("it hangs");
    asked(&mut session);
    session.outage("POST", "/hang?seconds=40");
    session.screen.proceed();
    session.screen.wait_tray("no answer within 20 s");
    session.screen.send("q");
    assert_eq!(session.verified().0, 0);
}

#[test]
fn what_the_server_would_refuse_is_not_asked_of_it() {
    let mut session = Session::open("");
    session.screen.break_glass("a refusal");
    session.outage("POST", "/deny?seconds=600");
    session.screen.row("deploy", "homer");
    session.screen.choose("restart the rollout");
    session.screen.wait("denied the request");
    session.screen.wait("the server would refuse it");
    refused(&mut session);
    assert!(!restarted(&session));
}

#[test]
fn who_may_not_is_told_so_before_it_is_tried() {
    let mut session = Session::with("", &["--context", "viewer"]);
    session.screen.break_glass("no rights");
    session.screen.row("deploy", "homer");
    session.screen.choose("restart the rollout");
    session.screen.wait("cannot patch resource");
    refused(&mut session);
    assert!(!restarted(&session));
}

/// Confirms all the same, which does nothing.
fn refused(session: &mut Session) {
    session.screen.wait("the server would refuse it");
    session.screen.send("\t");
    session.screen.wait("[ Proceed ]");
    session.screen.press("y", "the server's words", |text| {
        text.contains("the server would refuse it: ") && !text.contains("esc goes back")
    });
    session.screen.send(ESC);
    session.screen.wait("cancelled: nothing was done");
    session.screen.send("q");
    let journal = std::fs::read_to_string(session.journal()).unwrap();
    assert!(!journal.contains("\"intent\""), "{journal}");
}

#[test]
fn a_batch_that_breaks_off_says_what_was_done_and_what_was_not_tried() {
    let mut session = Session::open("");
    session.screen.break_glass("three at once");
    session.screen.send(":deploy\r");
    session.screen.wait("AVAILABLE");
    session.screen.send("/arr\r");
    session.screen.wait("deployments · 5 ");
    // the first two are broken by themselves; those after them are not
    session.screen.send("jjmmm");
    session.screen.choose("restart the rollout");
    session.screen.wait("3 objects, namespace=media");
    for name in ["prowlarr", "radarr", "sonarr"] {
        session.screen.wait(&format!("deploy/media/{name}  uid "));
    }
    session.screen.wait("tab to Proceed");
    let second = "/apis/apps/v1/namespaces/media/deployments/radarr";
    session.patch(second, &json!({"metadata": {"labels": {"touched": "yes"}}}));
    session.screen.proceed();
    session
        .screen
        .wait_tray("failed: deploy/media/radarr: Operation cannot be fulfilled");
    session.screen.send("q");
    let journal = std::fs::read_to_string(session.journal()).unwrap();
    for words in [
        "done before: deploy/media/prowlarr",
        "not tried: deploy/media/sonarr",
        "deploy/media/sonarr uid ",
    ] {
        assert!(journal.contains(words), "{words}: {journal}");
    }
}

#[test]
fn a_closed_glass_asks_why_and_an_open_one_can_be_kept_or_closed() {
    let state = tempfile::tempdir().unwrap();
    let mut screen = Screen::open(&["--demo"], state.path());
    screen.wait("holds up");
    screen.row("deploy", "homer");
    screen.choose("restart the rollout");
    screen.wait("Why?");
    screen.send(BREAK);
    screen.wait("say why");
    screen.send(ESC);
    screen.gone("Why?");
    screen.break_glass("to look at it");
    screen.send("B");
    screen.wait("keep it open");
    screen.send("e");
    screen.wait("stays open for 15 minutes");
    screen.send("B");
    screen.wait("close it now");
    screen.send("B");
    screen.wait("glass closed");
    screen.send("q");
    assert_eq!(screen.end().0, 0);
    let journal = std::fs::read_to_string(state.path().join("redbutton/journal.jsonl")).unwrap();
    let glass = journal.matches("\"kind\":\"glass\"").count();
    assert!(glass == 3 && !journal.contains("\"intent\""), "{journal}");
}

#[test]
fn a_window_that_runs_out_under_the_question_shuts_the_gate() {
    let mut session = Session::open("minutes = 1");
    session.screen.break_glass("not for long");
    asked(&mut session);
    session.screen.gone("GLASS OPEN");
    session.screen.send("\t");
    session.screen.wait("[ Proceed ]");
    session.screen.press("y", "closed glass", |text| {
        flat(text).contains("the glass is closed")
    });
    session.screen.send(ESC);
    session.screen.wait("cancelled: nothing was done");
    session.screen.send("q");
    assert!(!restarted(&session));
    let journal = std::fs::read_to_string(session.journal()).unwrap();
    assert!(!journal.contains("\"intent\""), "{journal}");
}

#[test]
fn a_typed_command_is_asked_for_like_every_other_change_and_can_be_learnt() {
    let mut session = Session::open("");
    session.screen.break_glass("by hand");
    let ask = |session: &mut Session| {
        session.screen.send(":helm upgrade plex ./plex\r");
        session.screen.wait("[ Proceed ]");
    };
    ask(&mut session);
    // a paste that the terminal does not mark, and a key that is held down
    session.screen.send(&"\ty".repeat(1000));
    session.screen.wait("one moment");
    session.screen.send(ESC);
    session.screen.wait("cancelled: nothing was run");
    ask(&mut session);
    session.screen.wait("tab to Proceed");
    session.screen.send("a");
    session
        .screen
        .wait("[x] allow `helm upgrade *` from now on");
    session.screen.send("\t");
    session.screen.wait("press y to do it");
    session.screen.send("y");
    session.screen.wait("$ helm upgrade plex ./plex");
    // whether there is such a tool here does not matter
    session.screen.until("its end", |text| {
        text.contains("[cannot be started") || text.contains("[exit status")
    });
    session.screen.send(ESC);
    session.screen.gone("$ helm upgrade");
    session.screen.send("q");
    assert_eq!(session.screen.child.wait().unwrap().exit_code(), 0);
    let approved = session.state.path().join("redbutton/approved.txt");
    let approved = std::fs::read_to_string(approved).unwrap();
    assert!(
        approved.starts_with("helm upgrade *  # Added "),
        "{approved}"
    );
    let journal = std::fs::read_to_string(session.journal()).unwrap();
    assert_eq!(
        journal.matches("\"kind\":\"intent\"").count(),
        1,
        "{journal}"
    );
}
