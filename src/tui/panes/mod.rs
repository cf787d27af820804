//! The six panes of the overview.

pub(super) mod apps;
mod blades;
mod incidents;
mod machines;
mod overview;
mod proxmox;
pub(super) mod sources;
mod storage;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

pub(super) use incidents::counts as troubles;
pub(super) use overview::overview;

use super::{
    app::{App, PANES},
    text::{fit, width as cells},
    theme::Theme,
    widgets::panel,
};
use crate::{
    domain::{Freshness, ObjectRef},
    insight::capacity::Level,
};

/// What a pane shows: a title, a mark for its freshness, lines with the objects they are about.
pub(super) struct Pane {
    pub title: String,
    pub mark: String,
    /// All of it in a few words, for screens that have one line for it.
    pub brief: Vec<Span<'static>>,
    pub lines: Vec<PaneLine>,
    /// Objects beyond these lines, where no more lines were asked for.
    pub more: usize,
    /// Stands in place of lines where there are none.
    pub empty: String,
}

/// One line, and where Enter goes from it.
pub(super) struct PaneLine {
    pub line: Line<'static>,
    pub object: Option<ObjectRef>,
}

impl PaneLine {
    fn about(line: Line<'static>, object: ObjectRef) -> Self {
        Self {
            line,
            object: Some(object),
        }
    }

    fn plain(line: Line<'static>) -> Self {
        Self { line, object: None }
    }
}

/// The pane of the incidents.
const INCIDENTS: usize = 1;

/// The pane of this number (from 0), laid out for so many cells. Of long lists so many objects are
/// enough: what nobody sees is not laid out.
pub(super) fn pane(app: &App, number: usize, width: u16, most: usize) -> Pane {
    match number {
        0 => blades::pane(app, width, most),
        INCIDENTS => incidents::pane(app, width, most, false),
        2 => storage::pane(app, width),
        3 => apps::pane(app, width),
        4 => machines::pane(app, width),
        _ => proxmox::pane(app, width),
    }
}

/// The objects of a pane that can be selected.
pub(super) fn objects(app: &App, number: usize) -> Vec<ObjectRef> {
    pane(app, number, 80, usize::MAX)
        .lines
        .into_iter()
        .filter_map(|line| line.object)
        .collect()
}

/// Where a pane was drawn.
pub(super) struct Place {
    /// Its number, from 0.
    pub number: usize,
    /// With its border.
    pub area: Rect,
    /// For each line on the screen from the first one on, which of the pane's objects it is about.
    rows: Vec<Option<usize>>,
}

impl Place {
    /// The object whose line is in this row of the screen: the so-manieth of the pane.
    pub(super) fn object_at(&self, y: u16) -> Option<usize> {
        let row = y.checked_sub(self.area.y + 1)?;
        self.rows.get(usize::from(row)).copied().flatten()
    }
}

/// Draws a pane.
fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, number: usize, pane: &Pane) -> Place {
    let mut place = Place {
        number,
        area,
        rows: Vec::new(),
    };
    let focus = app.pane == number;
    let title = format!("{} {}", number + 1, pane.title);
    let inner = panel(frame, area, &app.theme, &title, &pane.mark, focus);
    if pane.lines.is_empty() {
        let room = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        let text =
            ratatui::widgets::Paragraph::new(Line::styled(pane.empty.clone(), app.theme.dim()))
                .wrap(ratatui::widgets::Wrap { trim: true });
        frame.render_widget(text, room);
        return place;
    }
    let cursor = selected_line(pane, app.cursors[number]);
    let visible = usize::from(inner.height);
    let offset = cursor.map_or(0, |cursor| {
        (cursor + 2)
            .saturating_sub(visible)
            .min(pane.lines.len().saturating_sub(visible))
    });
    place.rows = rows(pane, offset, visible);
    for (line, content) in pane.lines.iter().enumerate().skip(offset).take(visible) {
        let y = inner.y + u16::try_from(line - offset).unwrap_or_default();
        let row = Rect {
            y,
            height: 1,
            ..inner
        };
        frame.render_widget(&content.line, row);
        if focus && cursor == Some(line) {
            frame.buffer_mut().set_style(row, app.theme.selected());
        }
    }
    // what can be gone to is counted, not the lines that it takes
    let hidden = pane.lines.iter().skip(offset + visible);
    let hidden = hidden.filter(|line| line.object.is_some()).count() + pane.more;
    if hidden > 0 && area.width > 20 {
        let more = fit(&format!(" {hidden} more "), 12);
        let x = area
            .right()
            .saturating_sub(u16::try_from(more.len()).unwrap_or_default() + 2);
        frame.render_widget(
            Line::styled(more, app.theme.dim()),
            Rect {
                x,
                y: area.bottom() - 1,
                width: 12,
                height: 1,
            },
        );
    }
    place
}

/// Of the lines that are seen, the objects that they are about: what stands below an object's first
/// line is about it too.
fn rows(pane: &Pane, offset: usize, visible: usize) -> Vec<Option<usize>> {
    let objects = pane
        .lines
        .iter()
        .scan(None, |object: &mut Option<usize>, line| {
            if line.object.is_some() {
                *object = Some(object.map_or(0, |before| before + 1));
            }
            Some(*object)
        });
    objects.skip(offset).take(visible).collect()
}

/// The line on which the cursor is: that of the so-manieth object.
fn selected_line(pane: &Pane, cursor: usize) -> Option<usize> {
    let with_objects: Vec<usize> = pane
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.object.is_some())
        .map(|(at, _)| at)
        .collect();
    let last = with_objects.len().checked_sub(1)?;
    with_objects.get(cursor.min(last)).copied()
}

/// Objects of a pane that are enough to fill so many lines around its cursor.
fn enough(app: &App, number: usize, height: u16) -> usize {
    app.cursors[number] + usize::from(height)
}

/// How many panes there are.
pub(super) const COUNT: usize = PANES.len();

/// A title with what was counted, where there was anything to count.
fn titled(name: &str, freshness: &Freshness, count: &str) -> String {
    if freshness.has_rows() {
        format!("{name} · {count}")
    } else {
        name.to_owned()
    }
}

/// How wide a column is that holds these texts, within bounds.
fn column<T: AsRef<str>>(texts: impl Iterator<Item = T>, least: usize, most: usize) -> usize {
    texts
        .map(|text| cells(text.as_ref()))
        .max()
        .unwrap_or(0)
        .clamp(least, most)
}

/// Words on the left and on the right of a line; where both do not fit, the last on the left is cut.
pub(super) fn spread(
    mut left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    width: usize,
) -> Line<'static> {
    let taken = |spans: &[Span<'_>]| spans.iter().map(|span| cells(&span.content)).sum::<usize>();
    let room = width.saturating_sub(taken(&right) + 1);
    if taken(&left) > room
        && let Some(last) = left.pop()
    {
        let before = taken(&left);
        left.push(Span::styled(
            fit(&last.content, room.saturating_sub(before)),
            last.style,
        ));
    }
    let gap = width.saturating_sub(taken(&left) + taken(&right));
    left.push(Span::raw(" ".repeat(gap)));
    left.extend(right);
    Line::from(left)
}

/// As many of the words as there is room for, none of them cut; where one does not fit, what stands
/// before its colon may.
fn whole(words: impl Iterator<Item = String>, room: usize) -> String {
    let mut out = String::new();
    for word in words {
        let gap = if out.is_empty() { "" } else { "  " };
        let room = room.saturating_sub(cells(&out) + gap.len());
        let brief = word.split(": ").next().unwrap_or_default();
        let Some(fitting) = [&word, brief].into_iter().find(|word| cells(word) <= room) else {
            break;
        };
        out = format!("{out}{gap}{fitting}");
        if fitting.len() < word.len() {
            break;
        }
    }
    out
}

/// How many are how well, as `✖ 2  ▲ 1  ● 17`; what is nought is left out.
fn tally(theme: &Theme, levels: impl Iterator<Item = Level>) -> Vec<Span<'static>> {
    let mut counts = [0_usize; 3];
    for level in levels {
        counts[level as usize] += 1;
    }
    [Level::Critical, Level::Warning, Level::Ok]
        .into_iter()
        .filter(|level| counts[*level as usize] > 0)
        .map(|level| {
            let (symbol, _) = theme.symbol(level);
            Span::styled(
                format!("{symbol} {}  ", counts[level as usize]),
                theme.level(level),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_or_not_there() {
        let words = |room| {
            let words = ["can't move: a disk is not shared", "no agent", "10.128.1.9"];
            whole(words.into_iter().map(str::to_owned), room)
        };
        assert_eq!(
            words(60),
            "can't move: a disk is not shared  no agent  10.128.1.9"
        );
        assert_eq!(words(42), "can't move: a disk is not shared  no agent");
        assert_eq!(words(24), "can't move");
        assert_eq!(words(9), "");
    }
}
