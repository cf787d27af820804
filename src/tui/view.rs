//! The whole screen, from the state.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{
    app::{App, Opening, Screen, TableScreen},
    detail::{Detail, DetailLine},
    guide, help,
    logview::TextView,
    panes,
    text::{clean, fit, pad},
    widgets::{TableLook, draw_table, fresh_mark, fresh_message, panel},
};
use crate::{
    domain::{DiffLine, Freshness, Text},
    insight::capacity::Level,
};

/// Smallest screen that is laid out; below it a word says so.
const LEAST: (u16, u16) = (40, 10);

/// Draws everything. Only positions that follow from the size of the screen are written back.
pub fn view(app: &mut App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        frame.render_widget(
            Line::raw(fit("redbutton needs 40×10", usize::from(area.width))),
            Rect {
                height: 1.min(area.height),
                ..area
            },
        );
        return;
    }
    if let Opening::Nothing(why) = &app.opening {
        return welcome(frame, area, app, &why.clone());
    }
    let tray = app.tray.height(area);
    let [head, body, tray, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(1),
        Constraint::Length(tray),
        Constraint::Length(1),
    ])
    .areas(area);
    super::header::header(frame, head, app);
    app.page = usize::from(body.height.saturating_sub(3));
    match app.stack.pop() {
        None => overview(frame, body, app),
        Some(mut screen) => {
            match &mut screen {
                Screen::Table(table) => draw_screen_table(frame, body, app, table),
                Screen::Detail(detail) => draw_detail(frame, body, app, detail),
                Screen::Text(text) => draw_text(frame, body, app, text),
                Screen::Guide(shown) => guide::draw(frame, body, app, shown),
            }
            app.stack.push(screen);
        }
    }
    super::tray::draw(frame, tray, app);
    super::footer::footer(frame, foot, app);
    super::modal_view::draw(frame, area, app);
    if app.help {
        help::draw(frame, area, app);
    }
}

fn welcome(frame: &mut Frame<'_>, area: Rect, app: &App, why: &str) {
    let inner = panel(frame, area, &app.theme, "redbutton", "", true);
    let lines = vec![
        Line::raw(""),
        Line::styled("There is nothing to look at yet.", app.theme.text()),
        Line::styled(clean(why).into_owned(), app.theme.dim()),
        Line::raw(""),
        Line::styled("Three ways on:", app.theme.accent()),
        Line::raw(""),
        Line::raw("  1  redbutton --demo                 a simulated lab, nothing needed"),
        Line::raw("  2  redbutton --kubeconfig FILE      your own cluster (or set KUBECONFIG)"),
        Line::raw(
            "  3  redbutton config init            a configuration with every option explained",
        ),
        Line::raw(""),
        Line::styled("q quits", app.theme.dim()),
    ];
    let room = Rect {
        x: inner.x + 2,
        width: inner.width.saturating_sub(4),
        ..inner
    };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), room);
}

/// Wide screens show all panes; on narrow ones the focused pane is large and the others are lines.
fn overview(frame: &mut Frame<'_>, area: Rect, app: &App) {
    if area.width >= 110 && area.height >= 24 {
        let [left, right] =
            Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)])
                .areas(area);
        let blades = u16::try_from(app.derived.blades.len())
            .unwrap_or(3)
            .clamp(2, area.height / 4)
            + 4;
        let [a, c, e] = Layout::vertical([
            Constraint::Length(blades),
            Constraint::Fill(3),
            Constraint::Fill(2),
        ])
        .areas(left);
        let [b, d, f] = Layout::vertical([
            Constraint::Fill(5),
            Constraint::Fill(3),
            Constraint::Fill(3),
        ])
        .areas(right);
        for (number, area) in [a, b, c, d, e, f].into_iter().enumerate() {
            panes::draw(frame, area, app, number);
        }
        return;
    }
    let others = panes::COUNT - 1;
    let blades = if app.pane == 0 {
        0
    } else {
        u16::try_from(app.derived.blades.len())
            .unwrap_or(3)
            .clamp(1, 4)
            + 4
    };
    let with_blades = area.height >= blades + 14;
    let mut y = area.y;
    if with_blades && blades > 0 {
        panes::draw(
            frame,
            Rect {
                height: blades,
                ..area
            },
            app,
            0,
        );
        y += blades;
    }
    let lines = u16::try_from(others).unwrap_or(5) - u16::from(with_blades && blades > 0);
    let height = (area.bottom() - y).saturating_sub(lines);
    panes::draw(frame, Rect { y, height, ..area }, app, app.pane);
    y += height;
    for number in
        (0..panes::COUNT).filter(|number| *number != app.pane && !(with_blades && *number == 0))
    {
        let pane = panes::pane(app, number, area.width);
        let line = Line::from(vec![
            Span::styled(format!(" {} ", number + 1), app.theme.accent()),
            Span::styled(pad(&pane.title, 44, false), app.theme.text()),
            Span::styled(
                fit(&pane.mark, usize::from(area.width).saturating_sub(50)),
                app.theme.warning(),
            ),
        ]);
        frame.render_widget(
            line,
            Rect {
                y,
                height: 1,
                ..area
            },
        );
        y += 1;
    }
}

fn draw_screen_table(frame: &mut Frame<'_>, area: Rect, app: &App, table: &mut TableScreen) {
    let unknown = Freshness::Live(app.now);
    let freshness = table
        .view
        .kind()
        .map_or(&unknown, |kind| app.inventory.freshness(kind));
    let mut title = format!("{} · {}", table.view.title(), table.rows.len());
    if let Some(namespace) = &app.namespace {
        title.push_str(&format!(" · only {namespace}"));
    }
    if !table.filter.text.is_empty() {
        title.push_str(&format!(" · /{}", table.filter.text));
    }
    if !table.marked.is_empty() {
        title.push_str(&format!(" · {} marked", table.marked.len()));
    }
    let inner = panel(
        frame,
        area,
        &app.theme,
        &title,
        &fresh_mark(freshness, app.now),
        true,
    );
    if table.rows.is_empty() {
        let text = if table.filter.text.is_empty() && app.namespace.is_none() {
            fresh_message(freshness, &table.view.title(), app.now)
        } else {
            "Nothing passes the filter.".into()
        };
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
    table.scroll(usize::from(inner.height.saturating_sub(1)));
    let columns = table.view.columns();
    let look = TableLook {
        columns: &columns,
        rows: &table.rows,
        selected: table.cursor,
        offset: table.offset,
        sorted: table.sort.map(|at| (at, table.reverse)),
        marked: &|row| table.marked.contains(&row.object),
    };
    draw_table(frame, inner, &app.theme, &look);
}

fn draw_detail(frame: &mut Frame<'_>, area: Rect, app: &App, detail: &mut Detail) {
    detail.wide = area.width >= 120;
    let lines = detail.lines(&app.inventory, app.now);
    let inner = panel(
        frame,
        area,
        &app.theme,
        &detail.object.to_string(),
        "",
        true,
    );
    let visible = usize::from(inner.height);
    detail.cursor = detail.cursor.min(lines.len().saturating_sub(1));
    if detail.cursor < detail.offset {
        detail.offset = detail.cursor;
    } else if detail.cursor >= detail.offset + visible {
        detail.offset = detail.cursor + 1 - visible;
    }
    let names = lines.iter().filter_map(|line| match line {
        DetailLine::Field(name, ..) | DetailLine::Link(name, ..) | DetailLine::Past(_, name, _) => {
            Some(super::text::width(name))
        }
        _ => None,
    });
    let names = names
        .max()
        .unwrap_or(8)
        .clamp(8, usize::from(inner.width / 3).min(34));
    for (at, line) in lines.iter().enumerate().skip(detail.offset).take(visible) {
        let y = inner.y + u16::try_from(at - detail.offset).unwrap_or_default();
        let style = if at == detail.cursor {
            app.theme.selected()
        } else {
            Style::default()
        };
        let drawn = detail_line(app, line, names, usize::from(inner.width));
        frame.render_widget(
            drawn.patch_style(style),
            Rect {
                y,
                height: 1,
                ..inner
            },
        );
    }
}

fn detail_line(app: &App, line: &DetailLine, names: usize, width: usize) -> Line<'static> {
    let theme = &app.theme;
    let room = width.saturating_sub(names + 4);
    let value_style = |level: Level| {
        if level == Level::Ok {
            theme.text()
        } else {
            theme.level(level)
        }
    };
    match line {
        DetailLine::Head(text) => Line::styled(
            format!(" {}", fit(text, width.saturating_sub(2))),
            theme.accent(),
        ),
        DetailLine::Field(name, value, level) => Line::from(vec![
            Span::styled(format!("   {} ", pad(name, names, false)), theme.dim()),
            Span::styled(fit(value, room), value_style(*level)),
        ]),
        DetailLine::Past(_, when, words) => Line::from(vec![
            Span::styled(format!("   {} ", pad(when, names, false)), theme.dim()),
            Span::styled("↶ ", theme.accent()),
            Span::styled(fit(words, room.saturating_sub(2)), theme.text()),
        ]),
        DetailLine::Note(text, level) => {
            let style = if *level == Level::Ok {
                theme.dim()
            } else {
                theme.level(*level)
            };
            Line::styled(
                format!("   {} {}", " ".repeat(names), fit(text, room)),
                style,
            )
        }
        DetailLine::Link(role, object, state, level) => Line::from(vec![
            Span::styled(format!("   {} ", pad(role, names, false)), theme.dim()),
            Span::styled("→ ", theme.accent()),
            Span::styled(fit(&object.short(), room.saturating_sub(24)), theme.text()),
            Span::styled(format!("  {}", fit(state, 20)), value_style(*level)),
        ]),
        DetailLine::Tree {
            depth,
            object,
            below,
            note,
            level,
        } => {
            let (symbol, style) = theme.symbol(*level);
            let (fold, more) = match below {
                Some((count, true)) => ("▸", format!(" +{count}")),
                Some((_, false)) => ("▾", String::new()),
                None => ("·", String::new()),
            };
            let indent = " ".repeat(3 + 2 * depth.min(&12));
            let name = format!("{}/{}{more}", object.kind, object.key.name);
            let room = width.saturating_sub(indent.len() + 6);
            let name = fit(&name, room * 2 / 3);
            let rest = room.saturating_sub(super::text::width(&name));
            Line::from(vec![
                Span::styled(format!("{indent}{fold} "), theme.dim()),
                Span::styled(format!("{symbol} "), style),
                Span::styled(name, theme.text()),
                Span::styled(format!("  {}", fit(note, rest)), value_style(*level)),
            ])
        }
        DetailLine::Diff(line) => {
            let (mark, text, style) = match line {
                DiffLine::Same(text) => (" ", &**text, theme.dim()),
                DiffLine::Live(text) => ("-", &**text, theme.broken()),
                DiffLine::Wanted(text) => ("+", &**text, theme.good()),
                DiffLine::Gap => ("⋮", "", theme.dim()),
            };
            Line::styled(
                format!("     {mark} {}", fit(text, width.saturating_sub(8))),
                style,
            )
        }
        DetailLine::Pair(left, right) => {
            let half = width.saturating_sub(10) / 2;
            let same = left == right;
            let side = |text: &Option<Text>, mark: &str, style: Style| {
                let mark = if same || text.is_none() { " " } else { mark };
                let text = fit(text.as_deref().unwrap_or_default(), half);
                Span::styled(
                    format!("{mark} {}", pad(&text, half, false)),
                    if same { theme.dim() } else { style },
                )
            };
            Line::from(vec![
                Span::raw("   "),
                side(left, "-", theme.broken()),
                Span::styled(" │ ", theme.border(false)),
                side(right, "+", theme.good()),
            ])
        }
    }
}

fn draw_text(frame: &mut Frame<'_>, area: Rect, app: &App, view: &TextView) {
    let mut right = Vec::new();
    if view.dropped > 0 {
        right.push(format!("{} lines dropped", view.dropped));
    }
    if let Some(log) = &view.log {
        right.push(if log.follow && !log.previous {
            "following".into()
        } else {
            "not following".into()
        });
        if !log.containers.is_empty() {
            right.push(format!(
                "container {}/{}",
                log.container + 1,
                log.containers.len()
            ));
        }
    }
    let total = view.lines.len();
    let title = format!("{} · {}/{total}", view.title, (view.offset + 1).min(total));
    let inner = panel(frame, area, &app.theme, &title, &right.join(" · "), true);
    if view.lines.is_empty() {
        let text = match (&view.end, view.waiting) {
            (Some(why), _) => format!("? {}", clean(why)),
            (None, true) => "◌ Waiting.".into(),
            (None, false) => "It is empty.".into(),
        };
        frame.render_widget(
            Paragraph::new(Line::styled(text, app.theme.dim())).wrap(Wrap { trim: true }),
            inner,
        );
        return;
    }
    let mut y = inner.y;
    let wanted = view.search.to_lowercase();
    for line in view.lines.iter().skip(view.offset) {
        if y >= inner.bottom() {
            break;
        }
        let text = clean(line);
        let found = !wanted.is_empty() && text.to_lowercase().contains(&wanted);
        let style = if found {
            app.theme.warning()
        } else {
            app.theme.text()
        };
        let rest: String = text.chars().skip(view.sideways).collect();
        let mut rest = rest.as_str();
        loop {
            let piece = cut(rest, usize::from(inner.width));
            frame.render_widget(
                Line::styled(piece.to_owned(), style),
                Rect {
                    y,
                    height: 1,
                    ..inner
                },
            );
            y += 1;
            rest = &rest[piece.len()..];
            if !view.wrap || rest.is_empty() || y >= inner.bottom() {
                break;
            }
        }
    }
}

/// As much of a text as fits into so many cells; at least one character, so that wrapping ends.
fn cut(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used > cells && at > 0 {
            return &text[..at];
        }
    }
    text
}
