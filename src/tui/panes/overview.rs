//! Where the panes stand: side by side where there is room, each as high as what it has to tell.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{COUNT, INCIDENTS, Pane, Place, draw, enough, incidents, pane};
use crate::tui::{
    app::App,
    text::{fit, pad, width as cells, wrap},
};

/// From this width on, two columns.
const TWO: u16 = 110;
/// From this width on, three.
const THREE: u16 = 170;
/// Below this height the panes are stacked whatever the width.
const TALL: u16 = 24;
/// A pane with its border is no lower than this.
const LEAST: u16 = 4;

/// Where each pane stands.
type Places = Vec<Place>;

/// Draws all panes; on narrow screens the focused one is large and the others are lines. Gives back
/// where each stands.
pub(in crate::tui) fn overview(frame: &mut Frame<'_>, area: Rect, app: &App) -> Places {
    if area.width < TWO || area.height < TALL {
        return stacked(frame, area, app);
    }
    let wide = area.width >= THREE;
    let shares: &[u16] = if wide { &[33, 34, 33] } else { &[46, 54] };
    let places =
        Layout::horizontal(shares.iter().map(|share| Constraint::Fill(*share))).split(area);
    let told = |numbers: &[usize], place: &Rect| -> Vec<(usize, Pane)> {
        let width = place.width.saturating_sub(2);
        let tell = |number: &usize| {
            let most = enough(app, *number, area.height);
            (*number, pane(app, *number, width, most))
        };
        numbers.iter().map(tell).collect()
    };
    let mut drawn = Places::new();
    if let [left, middle, right] = places[..] {
        drawn.extend(column(frame, left, app, told(&[0, 2, 4], &left)));
        drawn.extend(column(frame, middle, app, told(&[INCIDENTS], &middle)));
        drawn.extend(column(frame, right, app, told(&[3, 5], &right)));
    } else if let [left, right] = places[..] {
        let mut first = told(&[0, 2, 4], &left);
        let mut second = told(&[INCIDENTS, 3], &right);
        // the last pane stands where more room is left for it
        let spare = |panes: &[(usize, Pane)], width: u16| {
            let needs = panes.iter().map(|(_, pane)| need(pane, width));
            area.height.saturating_sub(needs.sum())
        };
        if spare(&first, left.width) > spare(&second, right.width) {
            first.extend(told(&[5], &left));
        } else {
            second.extend(told(&[5], &right));
        }
        drawn.extend(column(frame, left, app, first));
        drawn.extend(column(frame, right, app, second));
    }
    drawn
}

/// Panes below each other, each as high as it needs.
fn column(frame: &mut Frame<'_>, area: Rect, app: &App, mut panes: Vec<(usize, Pane)>) -> Places {
    let need = |pane: &Pane| need(pane, area.width);
    let needed: u16 = panes.iter().map(|(_, pane)| need(pane)).sum();
    if let Some((_, pane)) = panes.iter_mut().find(|(number, _)| *number == INCIDENTS) {
        let most = enough(app, INCIDENTS, area.height);
        let roomy = incidents::pane(app, area.width.saturating_sub(2), most, true);
        if needed - need(pane) + need(&roomy) <= area.height {
            *pane = roomy;
        }
    }
    let needs: Vec<(u16, u16)> = panes
        .iter()
        // what is wrong may take twice the room of anything else
        .map(|(number, pane)| (need(pane), if *number == INCIDENTS { 2 } else { 1 }))
        .collect();
    let mut y = area.y;
    let mut drawn = Places::new();
    for ((number, pane), height) in panes.iter().zip(heights(&needs, area.height)) {
        let place = Rect { y, height, ..area };
        drawn.push(draw(frame, place, app, *number, pane));
        y += height;
    }
    drawn
}

/// Rows that a pane would like to have.
fn need(pane: &Pane, width: u16) -> u16 {
    let lines = match pane.lines.len() {
        0 => wrap(&pane.empty, usize::from(width).saturating_sub(4)).len(),
        lines => lines,
    };
    let lines = lines.max(2);
    u16::try_from(lines).unwrap_or(u16::MAX - 2) + 2
}

/// Shares rows out by need: who needs little gets it, the others share the rest by their weight. What
/// is left over goes to the last one.
fn heights(needs: &[(u16, u16)], room: u16) -> Vec<u16> {
    let mut given: Vec<u16> = needs.iter().map(|(need, _)| LEAST.min(*need)).collect();
    let mut left = room.saturating_sub(given.iter().sum());
    while left > 0 {
        let poorest = (0..needs.len())
            .filter(|at| given[*at] < needs[*at].0)
            .min_by_key(|at| given[*at] * 2 / needs[*at].1);
        let Some(at) = poorest.or(needs.len().checked_sub(1)) else {
            break;
        };
        let more = if poorest.is_some() { 1 } else { left };
        given[at] += more;
        left -= more;
    }
    given
}

/// The focused pane, and a line for each of the others.
fn stacked(frame: &mut Frame<'_>, area: Rect, app: &App) -> Places {
    let others = u16::try_from(COUNT - 1).unwrap_or(5);
    let height = area
        .height
        .saturating_sub(others)
        .max(LEAST)
        .min(area.height);
    let most = enough(app, app.pane, area.height);
    let focused = pane(app, app.pane, area.width.saturating_sub(2), most);
    let place = Rect { height, ..area };
    let mut drawn = vec![draw(frame, place, app, app.pane, &focused)];
    let lines = (0..COUNT).filter(|number| *number != app.pane);
    for (y, number) in (area.y + height..area.bottom()).zip(lines) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        frame.render_widget(brief(app, number, area.width), line);
        drawn.push(Place {
            number,
            area: line,
            rows: Vec::new(),
        });
    }
    drawn
}

/// A pane in one line: its title, and how it is.
fn brief(app: &App, number: usize, width: u16) -> Line<'static> {
    const TITLE: usize = 30;
    let pane = pane(app, number, width, 0);
    let mut spans = vec![
        Span::styled(format!(" {} ", number + 1), app.theme.accent()),
        Span::styled(pad(&pane.title, TITLE, false), app.theme.text()),
        Span::raw("  "),
    ];
    let mut room = usize::from(width).saturating_sub(TITLE + 5);
    let mark = (!pane.mark.is_empty())
        .then(|| Span::styled(format!("{}  ", pane.mark), app.theme.warning()));
    for span in mark.into_iter().chain(pane.brief) {
        let text = fit(&span.content, room);
        room = room.saturating_sub(cells(&text));
        spans.push(Span::styled(text, span.style));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_needs_little_gets_it_and_the_others_share_the_rest() {
        assert_eq!(heights(&[(8, 1), (30, 1), (5, 1)], 36), [8, 23, 5]);
        assert_eq!(heights(&[(40, 2), (20, 1), (20, 1)], 40), [20, 10, 10]);
        assert_eq!(heights(&[(6, 1), (6, 1)], 20), [6, 14]);
        assert_eq!(heights(&[(30, 1), (30, 1)], 7).len(), 2);
    }
}
