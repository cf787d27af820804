//! The question before a change: what answers it, and what does not.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    app::App,
    calm::Calm,
    modal::Modal,
    msg::Effect,
    typed::{self, Line},
};
use crate::redbutton::{Confirmed, DryRun, Plan, Preflighted, Tier};

/// The question before a change.
pub(super) struct Ask {
    /// The plan; it is taken out when it is confirmed.
    pub preflighted: Option<Preflighted>,
    /// The command that runs in its stead, where one was typed that comes to the same.
    pub line: Option<Line>,
    /// What was typed.
    pub typed: String,
    /// Proceed has the focus (else Cancel).
    pub proceed: bool,
    /// Whether keys count by now.
    pub calm: Calm,
    /// Why the gate stays shut.
    pub note: String,
    /// Lines that are scrolled away.
    pub offset: usize,
}

impl Ask {
    /// Whether `y` would be taken as the answer.
    pub(super) fn is_ready(&self) -> bool {
        let mild = self.tier() <= Tier::Nudge;
        self.calm.is_steady() && (self.proceed || mild)
    }

    fn tier(&self) -> Tier {
        self.preflighted
            .as_ref()
            .map_or(Tier::Catastrophe, |held| held.plan().tier)
    }
}

/// The dry run is through: asks.
pub(super) fn open(app: &mut App, plan: Plan, line: Option<Line>, dry_run: DryRun) {
    let plan = app.rules.applied_to(plan);
    app.modal = Some(Modal::Ask(Box::new(Ask {
        preflighted: Some(Preflighted::new(plan, dry_run, app.now)),
        line,
        typed: String::new(),
        proceed: false,
        calm: Calm::default(),
        note: String::new(),
        offset: 0,
    })));
}

/// A key while the question stands there.
pub(super) fn key(app: &mut App, key: KeyEvent, mut ask: Box<Ask>) -> Vec<Effect> {
    if key.code == KeyCode::Esc {
        app.say("cancelled: nothing was done");
        return Vec::new();
    }
    let ready = ask.is_ready();
    ask.calm.pressed();
    if !ask.calm.counts() {
        app.modal = Some(Modal::Ask(ask));
        return Vec::new();
    }
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    ask.note.clear();
    match key.code {
        KeyCode::Down => ask.offset += 1,
        KeyCode::Up => ask.offset = ask.offset.saturating_sub(1),
        KeyCode::PageDown => ask.offset += 5,
        KeyCode::PageUp => ask.offset = ask.offset.saturating_sub(5),
        KeyCode::End => ask.offset = usize::MAX,
        KeyCode::Home => ask.offset = 0,
        KeyCode::Tab | KeyCode::Right | KeyCode::Left | KeyCode::BackTab => {
            ask.proceed = !ask.proceed;
        }
        // Enter only ever cancels
        KeyCode::Enter if !ask.proceed => {
            app.say("cancelled: nothing was done");
            return Vec::new();
        }
        KeyCode::Enter => ask.note = "Enter does not confirm: press y".into(),
        KeyCode::Backspace if !ask.proceed => {
            ask.typed.pop();
        }
        KeyCode::Char('y') if plain && ready => return confirm(app, ask),
        KeyCode::Char(c) if plain && !ask.proceed => type_in(&mut ask, c),
        _ => {}
    }
    app.modal = Some(Modal::Ask(ask));
    Vec::new()
}

fn type_in(ask: &mut Ask, c: char) {
    let wanted = ask
        .preflighted
        .as_ref()
        .is_some_and(|held| !held.plan().typed().is_empty());
    if wanted && ask.typed.len() < 300 {
        ask.typed.push(c);
    }
}

fn confirm(app: &mut App, mut ask: Box<Ask>) -> Vec<Effect> {
    let Some(held) = ask.preflighted.take() else {
        return Vec::new();
    };
    match held.confirm(&app.glass, &ask.typed, app.now) {
        Ok(confirmed) => match ask.line.take() {
            Some(line) => typed::run_by_plan(app, line, confirmed),
            None => vec![execute(confirmed, app)],
        },
        Err(back) => {
            let (held, why) = *back;
            ask.preflighted = Some(held);
            ask.note = why.to_string();
            app.modal = Some(Modal::Ask(ask));
            Vec::new()
        }
    }
}

fn execute(confirmed: Confirmed, app: &mut App) -> Effect {
    Effect::Execute {
        id: app.tray.begin(confirmed.plan(), app.now),
        confirmed: Box::new(confirmed),
        who: app.inventory.identity.user.to_string(),
    }
}
