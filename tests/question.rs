//! The question before a change: how it looks at three sizes and with much to say, and which keys
//! answer it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/screen.rs"]
mod screen;

use std::{collections::BTreeMap, time::Duration};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use redbutton::{
    domain::{Object, Pod, Time},
    inventory::{Change, Update},
    redbutton::{DryRun, Glass, Plan, Rules},
    tui::{App, Effect, Msg, update},
};
use screen::{frame, press};

fn now() -> Time {
    include_str!("dump/now.txt").parse().unwrap()
}

/// An app whose glass was broken a moment ago.
fn armed(rules: Rules) -> App {
    let mut app = screen::app(true)
        .with_glass(Glass::default(), 15)
        .with_rules(rules, false);
    press(&mut app, "Bto look at it");
    update(
        &mut app,
        Msg::Key(KeyEvent::new(KeyCode::Char('s'), KeyModifiers::CONTROL)),
    );
    app
}

fn key(app: &mut App, code: KeyCode) -> Vec<Effect> {
    update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

/// Takes the menu's entry after so many others, up to the question.
fn asked(app: &mut App, row: &str, down: usize, said: DryRun) -> Plan {
    press(app, row);
    press(app, "x");
    press(app, &"<down>".repeat(down));
    let effects = key(app, KeyCode::Enter);
    let plan = effects
        .into_iter()
        .find_map(|effect| match effect {
            Effect::Preflight(plan) => Some(*plan),
            _ => None,
        })
        .expect("a plan to be tried dry");
    update(app, Msg::Preflighted(Box::new(plan.clone()), said));
    plan
}

fn text(app: &mut App, width: u16, height: u16) -> String {
    let buffer = frame(app, width, height);
    (0..height)
        .map(|y| {
            let line: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
            format!("{}\n", line.trim_end())
        })
        .collect()
}

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];
const CLAIM: &str = ":pvc<enter>/plex-config<enter>";
const NODE: &str = ":nodes<enter>/node2<enter>";
const HOMER: &str = ":deploy<enter>/homer<enter>";

#[test]
fn the_question_at_three_sizes() {
    for (name, row, down) in [
        ("claim", CLAIM, 0),
        ("drain", NODE, 1),
        ("restart", HOMER, 0),
    ] {
        for (width, height) in SIZES {
            let mut app = armed(Rules::default());
            asked(&mut app, row, down, DryRun::Passed);
            update(&mut app, Msg::Quiet);
            insta::assert_snapshot!(
                format!("{name}-{width}x{height}"),
                text(&mut app, width, height)
            );
        }
    }
}

/// Puts so many more pods on the node.
fn crowd(app: &mut App, count: usize) {
    for nth in 0..count {
        let mut pod = Pod {
            node: Some("wow-ocp-node2".into()),
            phase: "Running".into(),
            ..Pod::default()
        };
        pod.meta.key = redbutton::domain::Key::new("crowd", &format!("pod-{nth:02}"));
        pod.meta.uid = format!("crowd-{nth}").into();
        pod.meta.resource_version = "1".into();
        let change = Change::Put(Object::Pod(pod.into()));
        update(app, Msg::Update(Box::new(Update::Changes(vec![change]))));
    }
}

#[test]
fn thirty_affected_objects_are_all_there_and_the_answer_stays_in_sight() {
    let mut app = armed(Rules::default());
    crowd(&mut app, 30);
    asked(&mut app, NODE, 1, DryRun::Passed);
    let mut seen = String::new();
    let top = text(&mut app, 80, 24);
    assert!(top.contains("more lines below: ↓"), "{top}");
    for _ in 0..60 {
        let shown = text(&mut app, 80, 24);
        for always in ["DESTRUCTIVE OPERATION DETECTED", "Proceed?", "[ Cancel ]"] {
            assert!(shown.contains(always), "{always}\n{shown}");
        }
        seen.push_str(&shown);
        update(&mut app, Msg::Quiet);
        key(&mut app, KeyCode::Down);
    }
    for nth in 0..30 {
        let name = format!("crowd/pod-{nth:02}");
        assert!(seen.contains(&name), "{name}\n{seen}");
    }
    assert!(text(&mut app, 80, 24).contains("lines above: ↑"));
    // as far down as it goes is one step from going up again
    let last = text(&mut app, 80, 24);
    key(&mut app, KeyCode::Up);
    assert_ne!(text(&mut app, 80, 24), last);
    let above = seen.matches("pod-00").count();
    key(&mut app, KeyCode::Home);
    assert_eq!(
        text(&mut app, 80, 24).contains("more lines below: ↓"),
        above > 0
    );
}

fn executes(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Execute { .. }))
}

#[test]
fn only_a_key_pressed_on_purpose_confirms() {
    let mut app = armed(Rules::default());
    asked(&mut app, HOMER, 0, DryRun::Passed);
    // typed before it may be answered
    for code in [KeyCode::Tab, KeyCode::Char('y')] {
        assert!(!executes(&key(&mut app, code)));
    }
    update(&mut app, Msg::Quiet);
    // Cancel has the focus
    assert!(!executes(&key(&mut app, KeyCode::Char('y'))));
    // a burst, as of a paste that is not marked as one, and a key that is held down
    for _ in 0..1000 {
        assert!(!executes(&key(&mut app, KeyCode::Tab)));
        assert!(!executes(&key(&mut app, KeyCode::Char('y'))));
    }
    key(&mut app, KeyCode::Tab);
    for _ in 0..1000 {
        assert!(!executes(&key(&mut app, KeyCode::Char('y'))));
    }
    update(&mut app, Msg::Paste("y".repeat(10_000)));
    assert!(!executes(&key(&mut app, KeyCode::Enter)));
    update(&mut app, Msg::Quiet);
    assert!(!executes(&key(&mut app, KeyCode::Enter)));
    update(&mut app, Msg::Quiet);
    assert!(executes(&key(&mut app, KeyCode::Char('y'))));
}

#[test]
fn a_window_that_ran_out_meanwhile_changes_nothing() {
    let mut app = armed(Rules::default());
    asked(&mut app, HOMER, 0, DryRun::Passed);
    update(&mut app, Msg::Tick(now() + Duration::from_secs(16 * 60)));
    update(&mut app, Msg::Quiet);
    key(&mut app, KeyCode::Tab);
    update(&mut app, Msg::Quiet);
    assert!(!executes(&key(&mut app, KeyCode::Char('y'))));
    let shown = text(&mut app, 120, 40);
    assert!(
        shown.contains("the glass is closed: break it first"),
        "{shown}"
    );
}

#[test]
fn a_raised_tier_asks_for_more() {
    let raised = BTreeMap::from([("workload.restart".to_owned(), "catastrophe".to_owned())]);
    let mut app = armed(Rules::new(&raised, 30).unwrap());
    asked(&mut app, HOMER, 0, DryRun::Passed);
    update(&mut app, Msg::Quiet);
    let shown = text(&mut app, 120, 40);
    for wanted in ["tier: catastrophe", "Type \"homer 1\"", "cools down, 30 s"] {
        assert!(shown.contains(wanted), "{wanted}\n{shown}");
    }
}

fn runs(effects: &[Effect]) -> bool {
    let of = |effect: &Effect| matches!(effect, Effect::Run { .. });
    effects.iter().any(of)
}

/// Types a command, and has the plan that it comes to tried dry.
fn typed(app: &mut App, line: &str) {
    press(app, ":");
    press(app, line);
    let effects = key(app, KeyCode::Enter);
    for effect in effects {
        if let Effect::Preflight(plan) = effect {
            update(app, Msg::Preflighted(plan, DryRun::Passed));
        }
    }
}

#[test]
fn a_typed_command_shows_the_damage_that_the_same_change_from_here_would_do() {
    let mut app = armed(Rules::default());
    typed(&mut app, "oc delete pvc plex-config -n media");
    update(&mut app, Msg::Quiet);
    for (width, height) in SIZES {
        insta::assert_snapshot!(
            format!("typed-claim-{width}x{height}"),
            text(&mut app, width, height)
        );
    }
    // the word of the verb is not enough: what is lost is named
    press(&mut app, "delete");
    key(&mut app, KeyCode::Tab);
    update(&mut app, Msg::Tick(now() + Duration::from_secs(60)));
    update(&mut app, Msg::Quiet);
    assert!(!runs(&key(&mut app, KeyCode::Char('y'))));
    assert!(text(&mut app, 120, 40).contains("to confirm"));
}

#[test]
fn a_typed_command_is_answered_on_purpose_and_can_be_learnt() {
    let mut app = armed(Rules::default());
    typed(&mut app, "helm upgrade plex ./plex");
    update(&mut app, Msg::Quiet);
    press(&mut app, "a");
    for (width, height) in SIZES {
        insta::assert_snapshot!(
            format!("typed-{width}x{height}"),
            text(&mut app, width, height)
        );
    }
    for _ in 0..1000 {
        assert!(!runs(&key(&mut app, KeyCode::Tab)));
        assert!(!runs(&key(&mut app, KeyCode::Char('y'))));
    }
    key(&mut app, KeyCode::Tab);
    update(&mut app, Msg::Quiet);
    let effects = key(&mut app, KeyCode::Char('y'));
    assert!(runs(&effects));
    let learnt = effects.iter().find_map(|effect| match effect {
        Effect::Learn { pattern, .. } => Some(pattern.as_str()),
        _ => None,
    });
    assert_eq!(learnt, Some("helm upgrade *"));
}
