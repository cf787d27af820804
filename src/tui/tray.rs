//! The tray: changes that are under way, and for a while what became of them. It blocks nothing.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    app::App,
    guide::wrap,
    text::{clean, fit, seconds, width},
};
use crate::{
    domain::Time,
    redbutton::{Outcome, Plan, Tier},
};

/// Seconds that an outcome stays; what went wrong stays longer.
const STAYS: (i64, i64) = (20, 90);
/// Lines that an outcome may take.
const LINES: usize = 3;
/// Changes that are shown at once, the newest of them.
const MOST: usize = 3;

/// One change.
struct Deed {
    id: u64,
    what: String,
    began: Time,
    state: State,
    /// What was reached with it, where that is worth an entry in PROGRESS.md.
    goal: Option<String>,
}

enum State {
    /// How far it is.
    Going(String),
    /// When and how it ended.
    Ended(Time, Result<Outcome, String>),
}

impl Deed {
    fn is_old(&self, now: Time) -> bool {
        let State::Ended(at, outcome) = &self.state else {
            return false;
        };
        let (good, bad) = STAYS;
        let stays = if matches!(outcome, Ok(Outcome::Done(_))) {
            good
        } else {
            bad
        };
        now.duration_since(*at).as_secs() >= stays
    }
}

/// The changes of this screen.
#[derive(Default)]
pub(super) struct Tray {
    deeds: Vec<Deed>,
    last: u64,
}

impl Tray {
    /// Takes in a plan that was just confirmed; gives its number.
    pub(super) fn begin(&mut self, plan: &Plan, now: Time) -> u64 {
        self.last += 1;
        let first = plan.commands.first().map_or("", String::as_str);
        let what = match plan.commands.len() {
            0 | 1 => first.to_owned(),
            more => format!("{first} and {} more", more - 1),
        };
        self.deeds.push(Deed {
            id: self.last,
            what,
            began: now,
            state: State::Going(String::new()),
            goal: goal(plan),
        });
        self.last
    }

    /// Changes that are under way.
    pub(super) fn going(&self) -> usize {
        self.deeds
            .iter()
            .filter(|deed| matches!(deed.state, State::Going(_)))
            .count()
    }

    /// The newest change that was done and is worth a note, with the words for it.
    pub(super) fn noteworthy(&self, reason: &str) -> Option<(u64, String)> {
        self.deeds.iter().rev().find_map(|deed| {
            let (Some(goal), State::Ended(_, Ok(Outcome::Done(words)))) = (&deed.goal, &deed.state)
            else {
                return None;
            };
            let why = if reason.is_empty() {
                String::new()
            } else {
                format!("{reason}; ")
            };
            Some((deed.id, format!("{goal} - {why}now {words}")))
        })
    }

    /// It was noted.
    pub(super) fn noted(&mut self, id: u64) {
        if let Some(deed) = self.deeds.iter_mut().find(|deed| deed.id == id) {
            deed.goal = None;
        }
    }

    /// How far it is.
    pub(super) fn progress(&mut self, id: u64, words: String) {
        if let Some(State::Going(held)) = self.state(id) {
            *held = words;
        }
    }

    /// What became of it.
    pub(super) fn ended(&mut self, id: u64, outcome: Result<Outcome, String>, now: Time) {
        if let Some(state) = self.state(id) {
            *state = State::Ended(now, outcome);
        }
    }

    fn state(&mut self, id: u64) -> Option<&mut State> {
        let deed = self.deeds.iter_mut().find(|deed| deed.id == id)?;
        Some(&mut deed.state)
    }

    /// Forgets outcomes that stood there long enough.
    pub(super) fn sweep(&mut self, now: Time) {
        self.deeds.retain(|deed| !deed.is_old(now));
    }

    /// The lines that it takes.
    pub(super) fn height(&self, area: Rect, scribes: bool) -> u16 {
        let room = usize::from(area.width);
        let lines: usize = self
            .deeds
            .iter()
            .rev()
            .take(MOST)
            .map(|deed| said(deed, room, scribes).len())
            .sum();
        u16::try_from(lines).unwrap_or(0).min(area.height / 4)
    }
}

/// What a plan is for, in the words of an entry. A look or a comparison is routine.
fn goal(plan: &Plan) -> Option<String> {
    if plan.tier <= Tier::Nudge {
        return None;
    }
    let first = plan.targets.first()?.object.short();
    let more = match plan.targets.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let words = plan.verb.words();
    let (head, rest) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
    Some(format!("{}{rest}: {first}{more}", head.to_uppercase()))
}

/// The words of a change, in lines that fit beside its mark.
fn said(deed: &Deed, room: usize, scribes: bool) -> Vec<String> {
    let text = match &deed.state {
        State::Going(words) if words.is_empty() => deed.what.clone(),
        State::Going(words) => format!("{} · {words}", deed.what),
        State::Ended(_, Ok(Outcome::Done(words))) if scribes && deed.goal.is_some() => {
            format!(
                "done: {words} · W writes it into PROGRESS.md · {}",
                deed.what
            )
        }
        State::Ended(_, Ok(outcome)) => format!("{} · {}", outcome.words(), deed.what),
        State::Ended(_, Err(why)) => format!("{why} · {}", deed.what),
    };
    let text = clean(&text).into_owned();
    let going = matches!(deed.state, State::Going(_));
    // what is under way is one line, so that nothing jumps while it changes
    if going {
        return vec![fit(&text, room.saturating_sub(12))];
    }
    let mut lines = wrap(&text, room.saturating_sub(4));
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            // one character more than fits, so that its end is seen to be missing
            *last = fit(&format!("{last} …"), room.saturating_sub(4));
        }
    }
    lines
}

/// Draws it above the last line.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let theme = &app.theme;
    let room = usize::from(area.width);
    let mut lines = Vec::new();
    let first = app.tray.deeds.len().saturating_sub(MOST);
    for deed in &app.tray.deeds[first..] {
        let (mark, style) = match &deed.state {
            State::Going(_) => ("◌", theme.accent()),
            State::Ended(_, Ok(Outcome::Done(_))) => ("●", theme.good()),
            State::Ended(_, Ok(Outcome::Unknown(_))) => ("?", theme.warning()),
            State::Ended(..) => ("✖", theme.broken()),
        };
        for (nth, text) in said(deed, room, app.scribes).into_iter().enumerate() {
            let mark = if nth == 0 { mark } else { " " };
            let mut spans = vec![
                Span::styled(format!(" {mark} "), style),
                Span::styled(text.clone(), theme.text()),
            ];
            if matches!(deed.state, State::Going(_)) {
                let since = app.now.duration_since(deed.began).as_secs().max(0);
                let clock = seconds(since.unsigned_abs());
                let gap = room.saturating_sub(width(&text) + width(&clock) + 5);
                spans.push(Span::raw(" ".repeat(gap)));
                spans.push(Span::styled(clock, theme.dim()));
            }
            lines.push(Line::from(spans));
        }
    }
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        frame.render_widget(
            line,
            Rect {
                y,
                height: 1,
                ..area
            },
        );
    }
}
