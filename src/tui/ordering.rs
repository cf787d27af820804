//! Which rows a table shows, and in what order: namespace, sorting, marks.

use super::app::{App, Screen};

pub(super) fn set_namespace(app: &mut App, namespace: Option<String>) {
    app.say(namespace.as_ref().map_or_else(
        || "all namespaces".into(),
        |name| format!("only namespace {name}"),
    ));
    app.namespace = namespace;
    for screen in &mut app.stack {
        if let Screen::Table(table) = screen {
            table.look_anew();
        }
    }
}

/// Sorts by the next column, or turns the order round.
pub(super) fn sort(app: &mut App, reverse: bool) {
    let Some(Screen::Table(table)) = app.stack.last_mut() else {
        return;
    };
    if reverse {
        table.turn_round();
    } else {
        table.sort_by_next();
    }
}

/// Marks the row of a table, or folds the branch of a tree.
pub(super) fn mark(app: &mut App) {
    match app.stack.last_mut() {
        Some(Screen::Detail(detail)) => detail.fold(&app.inventory, app.now),
        Some(Screen::Table(table)) => table.mark(),
        _ => {}
    }
}
