//! Commands typed into the command bar: judged, asked for, and their output in a pane.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    app::{App, Screen},
    calm::Calm,
    logview::{LogState, TextView},
    modal::{self, Modal, Then},
    msg::Effect,
    reason,
};
use crate::{
    domain::ObjectRef,
    journal::Registry,
    redbutton::{
        Confirmed, Shut,
        command::{
            Cleared, Judgement, as_plan, clear, judge_line, learnable, runs_freely, typed_for,
        },
    },
};

/// A line that was typed, and how it was judged.
pub(super) struct Line {
    text: String,
    judgement: Judgement,
}

/// Runs a line whose plan passed the gate.
pub(super) fn run_by_plan(app: &mut App, line: Line, confirmed: Confirmed) -> Vec<Effect> {
    let cleared = Cleared::by_plan(line.text, line.judgement, confirmed);
    run(app, cleared)
}

/// The question before a typed command whose damage is not worked out.
pub(super) struct CommandAsk {
    /// What was typed.
    pub line: String,
    /// How it was judged.
    pub judgement: Judgement,
    /// The word that is typed to confirm.
    pub typed: String,
    /// Proceed has the focus (else Cancel).
    pub proceed: bool,
    /// Whether keys count by now.
    pub calm: Calm,
    /// Why nothing is said of its damage.
    pub aside: String,
    /// What would allow this and its like from now on; nothing where it has to be asked for always.
    pub pattern: Option<String>,
    /// That is wanted.
    pub learn: bool,
    /// Why the gate stays shut.
    pub note: String,
}

/// What a pane with the output of a command is about.
const OUTPUT: &str = "Command";

/// Whether a text is the output of a command.
pub(super) fn is_output(about: &ObjectRef) -> bool {
    &*about.kind == OUTPUT
}

impl CommandAsk {
    /// Whether `y` would be taken as the answer.
    pub(super) const fn is_ready(&self) -> bool {
        self.calm.is_steady() && self.proceed
    }
}

/// Judges a line; runs it, or asks.
pub(super) fn begin(app: &mut App, line: &str) -> Vec<Effect> {
    let judgement = judge_line(line, &app.registry);
    let context = app.inventory.identity.context.to_string();
    if runs_freely(&judgement) {
        return match clear(line, &judgement, &app.glass, &context, "", app.now) {
            Ok(cleared) => run(app, cleared),
            Err(why) => {
                app.say(why.to_string());
                Vec::new()
            }
        };
    }
    if app.glass.is_welded() {
        app.say(format!("read-only: not run ({})", judgement.why));
        return Vec::new();
    }
    if app.glass.open_for(&context, app.now).is_none() {
        reason::ask(app, Some(Then::Command(line.to_owned())));
        return Vec::new();
    }
    let now = app.now;
    let known = as_plan(line, &judgement, &app.inventory, &app.profile, now);
    let aside = match known {
        Some(Ok(plan)) => {
            let plan = app.rules.applied_to(plan);
            let line = Line {
                text: line.to_owned(),
                judgement,
            };
            return modal::try_dry(app, plan, Some(line));
        }
        Some(Err(why)) => why.to_string(),
        None => "its damage is not worked out: it runs as typed".into(),
    };
    let pattern = learnable(line, &app.registry);
    app.modal = Some(Modal::Command(Box::new(CommandAsk {
        pattern,
        learn: false,
        line: line.to_owned(),
        judgement,
        typed: String::new(),
        proceed: false,
        calm: Calm::default(),
        aside,
        note: String::new(),
    })));
    Vec::new()
}

/// A key while the question stands there: the same rules as for every other change.
pub(super) fn key(app: &mut App, key: KeyEvent, mut ask: Box<CommandAsk>) -> Vec<Effect> {
    if key.code == KeyCode::Esc {
        app.say("cancelled: nothing was run");
        return Vec::new();
    }
    let ready = ask.is_ready();
    ask.calm.pressed();
    if !ask.calm.counts() {
        app.modal = Some(Modal::Command(ask));
        return Vec::new();
    }
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let wanted = typed_for(&ask.judgement);
    ask.note.clear();
    match key.code {
        KeyCode::Tab | KeyCode::Right | KeyCode::Left | KeyCode::BackTab => {
            ask.proceed = !ask.proceed
        }
        KeyCode::Enter if !ask.proceed => {
            app.say("cancelled: nothing was run");
            return Vec::new();
        }
        KeyCode::Enter => ask.note = "Enter does not confirm: press y".into(),
        KeyCode::Backspace if !ask.proceed => {
            ask.typed.pop();
        }
        KeyCode::Char('a') if plain && ask.pattern.is_some() => ask.learn = !ask.learn,
        KeyCode::Char('y') if plain && ready => return confirm(app, ask),
        KeyCode::Char(c)
            if plain && !ask.proceed && !wanted.is_empty() && ask.typed.len() < 300 =>
        {
            ask.typed.push(c)
        }
        _ => {}
    }
    app.modal = Some(Modal::Command(ask));
    Vec::new()
}

fn confirm(app: &mut App, mut ask: Box<CommandAsk>) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    let (line, judgement) = (&ask.line, &ask.judgement);
    match clear(line, judgement, &app.glass, &context, &ask.typed, app.now) {
        Ok(cleared) => {
            let learnt = ask.pattern.filter(|_| ask.learn);
            let mut effects: Vec<Effect> = learnt
                .map(|pattern| learn(app, pattern, cleared.line()))
                .into_iter()
                .collect();
            effects.extend(run(app, cleared));
            return effects;
        }
        Err(Shut::Typed(word)) => ask.note = format!("type `{word}` to confirm"),
        Err(why) => ask.note = why.to_string(),
    }
    app.modal = Some(Modal::Command(ask));
    Vec::new()
}

/// Allows a pattern in this console at once, and has it written down for the next.
fn learn(app: &mut App, pattern: String, line: &str) -> Effect {
    let known = std::mem::take(&mut app.registry);
    app.registry = known.and(Registry::parse(&pattern));
    Effect::Learn {
        pattern,
        why: format!("allowed while running {line}"),
    }
}

/// Opens a pane for the output and has the command run.
fn run(app: &mut App, cleared: Cleared) -> Vec<Effect> {
    let id = app.next_log;
    app.next_log += 1;
    let mut view = TextView::new(
        format!("$ {}", cleared.line()),
        ObjectRef::new(OUTPUT, "", cleared.line()),
    );
    view.log = Some(LogState {
        id,
        containers: vec!["output".into()],
        container: 0,
        previous: false,
        follow: true,
        timestamps: false,
    });
    app.stack.push(Screen::Text(Box::new(view)));
    let who = app.inventory.identity.user.to_string();
    vec![Effect::Run {
        id,
        cleared: Box::new(cleared),
        who,
    }]
}
