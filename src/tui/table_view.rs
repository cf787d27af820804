//! A table on the screen, with the details of its selected row beside or below it.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Paragraph, Wrap},
};

use super::{
    app::App,
    detail::Detail,
    detail_view, panes,
    table_screen::TableScreen,
    views::View,
    widgets::{draw_table, fresh_mark, fresh_message, panel},
};
use crate::{domain::Freshness, inventory::SourceId};

/// From so many cells on the details stand beside the table.
const WIDE: u16 = 140;
/// Of narrower screens, from so many lines on they stand below it.
const TALL: u16 = 36;
/// Cells of a bar that shows how much of a list has come.
const BAR: u64 = 10;

/// Draws a table that fills the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, table: &mut TableScreen) {
    let wanted = app.side && has_details(table.view) && table.len() > 0;
    let (main, side) = places(area, wanted, table.len());
    draw_main(frame, main, app, table);
    table.side = side.and_then(|_| table.object()).map(|object| {
        let before = table.side.take();
        before
            .filter(|detail| detail.object == object)
            .unwrap_or_else(|| Box::new(Detail::new(object)))
    });
    if let Some((place, detail)) = side.zip(table.side.as_mut()) {
        detail_view::draw_side(frame, place, app, detail);
    }
}

/// Tasks have a log and no more; what there is to know of a storage is in its row.
const fn has_details(view: View) -> bool {
    !matches!(view, View::Tasks | View::PveStorages)
}

/// Where a table of so many rows goes, and the details where they have room.
fn places(area: Rect, side: bool, rows: usize) -> (Rect, Option<Rect>) {
    if side && area.width >= WIDE {
        let beside = (area.width * 2 / 5).clamp(56, 90);
        let [main, side] =
            Layout::horizontal([Constraint::Min(1), Constraint::Length(beside)]).areas(area);
        (main, Some(side))
    } else if side && area.height >= TALL {
        // a short table leaves the rest to the details
        let rows = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(4);
        let below = area.height.saturating_sub(rows);
        let below = below.clamp(area.height / 3, area.height * 3 / 5);
        let [main, side] =
            Layout::vertical([Constraint::Min(1), Constraint::Length(below)]).areas(area);
        (main, Some(side))
    } else {
        (area, None)
    }
}

fn draw_main(frame: &mut Frame<'_>, area: Rect, app: &App, table: &mut TableScreen) {
    let unknown = Freshness::Live(app.now);
    let of_apps = panes::apps::freshness(&app.inventory);
    let freshness = match table.view {
        View::Apps => &of_apps,
        view => view
            .kind()
            .map_or(&unknown, |kind| app.inventory.freshness(kind)),
    };
    let title = title(app, table);
    let mark = waiting(freshness).unwrap_or_else(|| fresh_mark(freshness, app.now));
    let mut inner = panel(frame, area, &app.theme, &title, &mark, true);
    for line in matters(app, table.view, inner) {
        frame.render_widget(line, Rect { height: 1, ..inner });
        inner.y += 1;
        inner.height -= 1;
    }
    if table.len() == 0 {
        let text = empty(app, table, freshness);
        let room = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        frame.render_widget(
            Paragraph::new(Line::styled(text, app.theme.dim())).wrap(Wrap { trim: true }),
            room,
        );
        return;
    }
    // where all rows are of one namespace, or of one installation, its column says nothing
    let one_host = app.inventory.proxmox.len() < 2;
    let without = match table.view {
        View::Guests => one_host.then_some("OF"),
        _ => app.namespace.as_ref().map(|_| "NAMESPACE"),
    };
    draw_table(frame, inner, &app.theme, &app.source(), table, without);
}

/// What is the matter with the sources of a table, on a third of its room at most.
fn matters(app: &App, view: View, room: Rect) -> Vec<Line<'static>> {
    let of = panes::sources::of_view(view);
    let mut lines = of.map_or_else(Vec::new, |of| panes::sources::lines(app, of, room.width));
    lines.truncate(usize::from(room.height / 3));
    lines
}

fn title(app: &App, table: &TableScreen) -> String {
    let mut title = table.view.title();
    if let Some(scope) = &table.scope {
        title.push_str(&format!(" of {}", scope.short()));
    }
    title.push_str(&format!(" · {}", table.len()));
    if !table.filter.text.is_empty() {
        title.push_str(&format!(" of {}", table.unfiltered()));
    }
    if let Some(namespace) = &app.namespace {
        title.push_str(&format!(" · only {namespace}"));
    }
    if !table.filter.text.is_empty() {
        title.push_str(&format!(" · /{}", table.filter.text));
    }
    if let Some(column) = table.sort {
        let arrow = if table.reverse { "↓" } else { "↑" };
        title.push_str(&format!(" · by {column} {arrow}"));
    }
    if !table.marked.is_empty() {
        title.push_str(&format!(" · {} marked", table.marked.len()));
    }
    title
}

/// How much of a list has come, with a bar where its length is known.
fn waiting(freshness: &Freshness) -> Option<String> {
    let Freshness::Loading(seen, Some(all)) = freshness else {
        return None;
    };
    let (seen, all) = (u64::try_from(*seen).ok()?, u64::try_from(*all).ok()?);
    let full = usize::try_from((BAR * seen.min(all)).checked_div(all)?).ok()?;
    let rest = usize::try_from(BAR).ok()?.saturating_sub(full);
    Some(format!(
        "◌ {seen} of {all} {}{}",
        "▓".repeat(full),
        "░".repeat(rest)
    ))
}

/// What stands in place of rows that are not there.
fn empty(app: &App, table: &TableScreen, freshness: &Freshness) -> String {
    if !table.filter.text.is_empty() && table.unfiltered() > 0 {
        return format!(
            "None of {} passes the filter. {} takes it away.",
            table.unfiltered(),
            app.keys.key(super::keys::Act::Back)
        );
    }
    if let Some(namespace) = &app.namespace
        && freshness.is_complete()
    {
        return format!("No {} in namespace {namespace}.", table.view.title());
    }
    let of_proxmox = matches!(table.view, View::Guests | View::Tasks | View::PveStorages);
    let configured = app
        .inventory
        .sources
        .keys()
        .any(|source| matches!(source, SourceId::Proxmox(_)));
    if of_proxmox && !configured {
        return "No Proxmox VE is configured: see [[proxmox]] in the configuration.".into();
    }
    fresh_message(freshness, &table.view.title(), app.now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_stand_beside_or_below_or_nowhere() {
        let screen = |width, height, rows| places(Rect::new(0, 2, width, height), true, rows).1;
        assert_eq!(screen(200, 47, 9), Some(Rect::new(120, 2, 80, 47)));
        assert_eq!(screen(120, 37, 100), Some(Rect::new(0, 27, 120, 12)));
        assert_eq!(screen(120, 37, 15), Some(Rect::new(0, 21, 120, 18)));
        assert_eq!(screen(80, 21, 9), None);
        assert_eq!(places(Rect::new(0, 2, 200, 47), false, 9).1, None);
    }

    #[test]
    fn a_bar_shows_how_much_has_come() {
        let mark = waiting(&Freshness::Loading(300, Some(1000)));
        assert_eq!(mark.as_deref(), Some("◌ 300 of 1000 ▓▓▓░░░░░░░"));
        assert_eq!(waiting(&Freshness::Loading(300, None)), None);
        assert_eq!(waiting(&Freshness::Loading(0, Some(0))), None);
    }
}
