//! How tables are looked at: filters, orders, namespaces, details beside them, and the command bar.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/lines.rs"]
mod lines;
#[path = "common/screen.rs"]
mod screen;

use lines::text;
use redbutton::{
    domain::{Freshness, Kind, ObjectRef},
    inventory::Update,
    tui::{App, Effect, Msg, update},
};
use screen::{app, frame, press};

fn shown(app: &mut App) -> String {
    text(&frame(app, 120, 30))
}

#[track_caller]
fn holds(app: &mut App, words: &[&str]) {
    let shown = shown(app);
    for words in words {
        assert!(shown.contains(words), "no `{words}` in\n{shown}");
    }
}

#[test]
fn a_filter_says_how_many_pass() {
    let mut app = app(false);
    press(&mut app, ":pods<enter>");
    let all = shown(&mut app);
    let all = all.split("pods · ").nth(1).unwrap();
    let all = all.split(' ').next().unwrap();
    press(&mut app, "/prometheus");
    holds(&mut app, &[&format!("pods · 1 of {all} · /prometheus")]);
    press(&mut app, "<enter>/");
    press(&mut app, "-nothing");
    holds(
        &mut app,
        &[&format!(
            "None of {all} passes the filter. esc takes it away."
        )],
    );
    press(&mut app, "<esc>");
    holds(&mut app, &[&format!("pods · {all} ")]);
}

#[test]
fn a_namespace_is_chosen_from_a_list_with_counts() {
    let mut app = app(false);
    press(&mut app, ":pods<enter>N");
    holds(&mut app, &["all namespaces", "media", "pods"]);
    press(&mut app, "monit<enter>");
    holds(&mut app, &["only monitoring", "prometheus-0"]);
    let table = shown(&mut app);
    assert!(!table.contains("NAMESPACE"), "all rows are of one: {table}");
    press(&mut app, "N<enter>");
    holds(&mut app, &["NAMESPACE", "all namespaces"]);
}

#[test]
fn a_table_is_sorted_by_any_column_and_says_so() {
    let mut app = app(false);
    press(&mut app, ":pods<enter>orestarts<enter>");
    holds(&mut app, &["by RESTARTS ↓", "↓RESTARTS"]);
    press(&mut app, "S");
    holds(&mut app, &["by RESTARTS ↑"]);
    press(&mut app, "s");
    let next = shown(&mut app);
    assert!(next.contains(" · by "), "{next}");
    // the order stays with the table
    press(&mut app, "<esc>:pods<enter>");
    assert_eq!(shown(&mut app), next);
    press(&mut app, "oown<enter>");
    assert!(!shown(&mut app).contains(" · by "));
}

#[test]
fn details_stand_beside_the_table_and_follow_the_cursor() {
    let mut app = app(false);
    press(&mut app, ":pods<enter>/prometheus-0");
    for (width, height) in [(200, 50), (120, 40)] {
        let wide = text(&frame(&mut app, width, height));
        assert!(wide.contains("Pod monitoring/prometheus-0"), "{wide}");
    }
    let narrow = text(&frame(&mut app, 80, 24));
    assert!(!narrow.contains("Pod monitoring/prometheus-0"), "{narrow}");
    press(&mut app, "<enter>v");
    let without = text(&frame(&mut app, 200, 50));
    assert!(
        !without.contains("Pod monitoring/prometheus-0"),
        "{without}"
    );
    for column in ["IMAGE", "OWNER", "NODE", "IP"] {
        assert!(without.contains(column), "no {column} in {without}");
    }
}

#[test]
fn the_command_bar_completes_and_remembers() {
    let mut app = app(false);
    press(&mut app, ":de");
    holds(&mut app, &["deployments"]);
    press(&mut app, "<tab><enter>");
    holds(&mut app, &["deployments · "]);
    press(&mut app, "<esc>:ns mon<tab>");
    holds(&mut app, &[":ns monitoring"]);
    press(&mut app, "<esc>:<up>");
    holds(&mut app, &[":deployments"]);
    press(&mut app, "<down><up><enter>");
    holds(&mut app, &["deployments · "]);
}

#[test]
fn without_a_kubeconfig_there_is_no_context_to_choose() {
    let mut app = app(false);
    press(&mut app, ":ctx<enter>");
    holds(&mut app, &["no kubeconfig with contexts"]);
}

#[test]
fn a_context_is_chosen_from_the_list() {
    let mut app = app(false).with_contexts(vec!["lab".into(), "work".into()]);
    press(&mut app, ":ctx<enter>wo");
    holds(&mut app, &["Context", "work", "1 of 2"]);
    let enter = crossterm::event::KeyCode::Enter.into();
    let effects = update(&mut app, Msg::Key(enter));
    assert!(matches!(&effects[..], [Effect::SwitchContext(name)] if name == "work"));
}

#[test]
fn a_click_selects_a_row_and_sorts_by_a_head() {
    let mut app = app(false);
    press(&mut app, ":namespaces<enter>");
    let table = text(&frame(&mut app, 80, 24));
    let head = table
        .lines()
        .position(|line| line.contains("CLAIMS"))
        .unwrap();
    let line = table.lines().nth(head).unwrap();
    let column = line.chars().take_while(|c| *c != 'C').count();
    let click = |app: &mut App, x: usize, y: usize| {
        let (x, y) = (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        update(app, Msg::Click(x, y));
        app.derive();
    };
    click(&mut app, column + 1, head);
    let sorted = text(&frame(&mut app, 80, 24));
    assert!(sorted.contains("by CLAIMS ↓"), "{sorted}");
    // the third row; a second click opens it
    let third = sorted.lines().nth(head + 3).unwrap().to_owned();
    let name = third.split_whitespace().nth(1).unwrap().to_owned();
    click(&mut app, 10, head + 3);
    click(&mut app, 10, head + 3);
    let opened = text(&frame(&mut app, 80, 24));
    assert!(opened.contains(&format!("only {name}")), "{name}: {opened}");
}

#[test]
fn a_click_goes_to_a_pane() {
    let mut app = app(false);
    let overview = shown(&mut app);
    let (y, line) = overview
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("5 Virtual machines"))
        .unwrap();
    let x = line.chars().take_while(|c| *c != '5').count();
    update(
        &mut app,
        Msg::Click(u16::try_from(x).unwrap(), u16::try_from(y).unwrap()),
    );
    press(&mut app, "/");
    holds(&mut app, &["machines · "]);
}

#[test]
fn a_list_that_streams_in_says_how_much_has_come() {
    let mut app = app(false);
    let loading = Update::Freshness(Kind::Claim, Freshness::Loading(300, Some(1000)));
    update(&mut app, Msg::Update(Box::new(loading)));
    press(&mut app, ":pvc<enter>");
    holds(&mut app, &["◌ 300 of 1000 ▓▓▓░░░░░░░"]);
}

#[test]
fn a_search_in_a_text_counts_and_goes_both_ways() {
    let mut app = app(false);
    press(&mut app, ":pods<enter>/prometheus-0<enter>y");
    let about = ObjectRef::new("Pod", "monitoring", "prometheus-0");
    let yaml = "kind: Pod\nname: a\nspec:\n  name: b\n  other: c\n  name: d\n";
    update(&mut app, Msg::Yaml(about, Ok(yaml.into())));
    press(&mut app, "/name<enter>");
    holds(&mut app, &["match 1 of 3"]);
    press(&mut app, "n");
    holds(&mut app, &["match 2 of 3"]);
    press(&mut app, "NN");
    holds(&mut app, &["match 3 of 3"]);
}
