//! Moving about: the cursor, panes, in and back, and the mouse.

use super::{
    app::{App, PANES, Screen},
    command_bar::set_filter,
    detail::Detail,
    msg::Effect,
    ordering::set_namespace,
    panes,
    table_screen::TableScreen,
    views::View,
};
use crate::domain::ObjectRef;

pub(super) fn back(app: &mut App) -> Vec<Effect> {
    if let Some(Screen::Table(table)) = app.stack.last_mut()
        && !table.filter.text.is_empty()
    {
        set_filter(app, "");
        return Vec::new();
    }
    match app.stack.pop() {
        Some(Screen::Text(view)) if view.log.is_some() => vec![Effect::StopLog],
        Some(screen) => {
            remember(app, &screen);
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The order of a table that is left is that of the next one of its kind.
fn remember(app: &mut App, screen: &Screen) {
    if let Screen::Table(table) = screen {
        app.orders.insert(table.view, (table.sort, table.reverse));
    }
}

pub(super) fn go(app: &mut App, by: isize) {
    let page = app.page;
    let lines = match app.stack.last() {
        Some(Screen::Detail(detail)) => detail.lines(&app.inventory, app.now).len(),
        _ => 0,
    };
    match app.stack.last_mut() {
        None => {
            let last = panes::objects(app, app.pane).len().saturating_sub(1);
            app.cursors[app.pane] = app.cursors[app.pane].saturating_add_signed(by).min(last);
        }
        Some(Screen::Table(table)) => table.go(by),
        Some(Screen::Detail(detail)) => {
            detail.cursor = detail
                .cursor
                .saturating_add_signed(by)
                .min(lines.saturating_sub(1))
        }
        Some(Screen::Text(view)) => view.go(by, page),
        Some(Screen::Guide(guide)) if by.unsigned_abs() > 1 => {
            guide.offset = guide.offset.saturating_add_signed(by / 2);
        }
        Some(Screen::Guide(guide)) => guide.go(by),
    }
}

pub(super) fn turn(app: &mut App, by: usize) {
    if app.stack.is_empty() {
        app.pane = (app.pane + by) % panes::COUNT;
    }
}

pub(super) fn zoom(app: &mut App, pane: usize) {
    app.pane = pane;
    for screen in std::mem::take(&mut app.stack) {
        remember(app, &screen);
    }
    open_view(app, PANES[pane]);
}

pub(super) fn open_view(app: &mut App, view: View) {
    let mut table = TableScreen::new(view);
    if let Some((sort, reverse)) = app.orders.get(&view) {
        (table.sort, table.reverse) = (*sort, *reverse);
    }
    app.stack.push(Screen::Table(Box::new(table)));
}

pub(super) fn sideways(app: &mut App, right: bool) {
    match app.stack.last_mut() {
        Some(Screen::Text(view)) => {
            view.sideways = if right {
                view.sideways + 8
            } else {
                view.sideways.saturating_sub(8)
            }
        }
        None => turn(app, if right { 1 } else { PANES.len() - 1 }),
        Some(Screen::Guide(guide)) => {
            guide.offset = if right {
                guide.offset + 3
            } else {
                guide.offset.saturating_sub(3)
            }
        }
        _ => {}
    }
}

/// The object under the cursor.
pub(super) fn current(app: &App) -> Option<ObjectRef> {
    match app.stack.last() {
        None => {
            let objects = panes::objects(app, app.pane);
            objects
                .get(app.cursors[app.pane].min(objects.len().saturating_sub(1)))
                .cloned()
        }
        Some(Screen::Table(table)) => table.object(),
        Some(Screen::Detail(detail)) => {
            let lines = detail.lines(&app.inventory, app.now);
            Some(
                lines
                    .get(detail.cursor)
                    .and_then(|line| line.link())
                    .unwrap_or(&detail.object)
                    .clone(),
            )
        }
        Some(Screen::Text(view)) => Some(view.about.clone()),
        Some(Screen::Guide(guide)) => Some(
            guide
                .current()
                .map_or_else(|| guide.subject.clone(), |cause| cause.object.clone()),
        ),
    }
}

pub(super) fn open(app: &mut App) {
    let Some(object) = current(app) else {
        if app.stack.is_empty() {
            zoom(app, app.pane);
        }
        return;
    };
    match app.stack.last() {
        Some(Screen::Detail(detail)) if detail.object == object => {}
        Some(Screen::Text(_)) => {}
        Some(Screen::Table(table)) if table.view == View::Namespaces => {
            app.stack.pop();
            set_namespace(app, Some(object.key.name.to_string()));
            open_view(app, View::Pods);
        }
        _ => app
            .stack
            .push(Screen::Detail(Box::new(Detail::new(object)))),
    }
}

/// A click on a line of the overview.
fn click_pane(app: &mut App, x: u16, y: u16) {
    let mut panes = app.panes.iter();
    let Some(clicked) = panes.find(|place| place.area.contains((x, y).into())) else {
        return;
    };
    let number = clicked.number;
    let object = clicked.object_at(y);
    let selected = app.pane == number && object == Some(app.cursors[number]);
    app.pane = number;
    if selected {
        open(app);
    } else if let Some(object) = object {
        app.cursors[number] = object;
    }
}

/// Goes to the pane or row that was clicked on; a click on the selected row opens it, one on a head
/// sorts by it.
pub(super) fn click(app: &mut App, x: u16, y: u16) -> Vec<Effect> {
    if app.modal.is_some() || app.picker.is_some() || app.help {
        return Vec::new();
    }
    let table = match app.stack.last_mut() {
        Some(Screen::Table(table)) => table,
        Some(_) => return Vec::new(),
        None => {
            click_pane(app, x, y);
            return Vec::new();
        }
    };
    let rows = table.drawn.rows;
    if y + 1 == rows.y {
        let heads = &table.drawn.heads;
        let head = heads.iter().find(|(from, to, _)| (*from..*to).contains(&x));
        if let Some(name) = head.map(|(.., name)| *name) {
            table.sort_by(Some(name));
        }
    } else if rows.contains((x, y).into()) {
        let at = table.offset + usize::from(y - rows.y);
        if at == table.cursor {
            open(app);
        } else if at < table.len() {
            table.go_to(at);
        }
    }
    Vec::new()
}
