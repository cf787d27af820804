//! The Red Button modal: a menu of what can be done, the reason for breaking the glass, and the
//! question before anything changes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph},
};
use tui_textarea::TextArea;

use super::{
    app::App,
    guide::wrap,
    msg::Effect,
    text::{clean, fit},
    widgets::panel,
};
use crate::{
    domain::ObjectRef,
    journal::{EntryKind, Record},
    redbutton::{Confirmed, DryRun, Plan, Preflighted, Tier, Verb, Weight, plan},
};

/// What stands in front of the screen.
pub(super) enum Modal {
    /// What can be done to these objects.
    Menu {
        objects: Vec<ObjectRef>,
        verbs: Vec<Verb>,
        cursor: usize,
    },
    /// Why the glass is to be broken; and what was wanted when it was found closed.
    Reason {
        text: Box<TextArea<'static>>,
        then: Option<(Verb, Vec<ObjectRef>)>,
    },
    /// The dry run is under way.
    Waiting(Box<Plan>),
    /// The question.
    Ask(Box<Ask>),
}

/// The question before a change.
pub(super) struct Ask {
    /// The plan; it is taken out when it is confirmed.
    pub preflighted: Option<Preflighted>,
    /// What was typed.
    pub typed: String,
    /// Proceed has the focus (else Cancel).
    pub proceed: bool,
    /// Keys count: none came during a whole tick since the question stood there, so that nothing
    /// typed before it is taken as an answer.
    pub armed: bool,
    quiet: bool,
    /// Why the gate stays shut.
    pub note: String,
    /// Lines of the impact that are scrolled away.
    pub offset: usize,
}

/// Opens the menu for the marked rows or the object under the cursor.
pub(super) fn menu(app: &mut App, objects: Vec<ObjectRef>) {
    let mut verbs: Option<Vec<Verb>> = None;
    for object in &objects {
        let own = app
            .inventory
            .object(object)
            .map_or_else(Vec::new, |one| Verb::for_object(&one));
        verbs = Some(match verbs {
            None => own,
            // a batch does the same thing to all of them
            Some(held) => held
                .into_iter()
                .filter(|verb| !matches!(verb, Verb::Scale(_)) && own.contains(verb))
                .collect(),
        });
    }
    match verbs {
        Some(verbs) if !verbs.is_empty() => {
            app.modal = Some(Modal::Menu {
                objects,
                verbs,
                cursor: 0,
            })
        }
        _ => app.say("nothing can be done to this from here"),
    }
}

/// Breaks the glass, or closes it.
pub(super) fn glass(app: &mut App) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.open_for(&context, app.now).is_some() {
        app.glass.close();
        app.say("the glass is closed");
        return vec![record(app, &context, "closed by hand")];
    }
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
    } else {
        app.modal = Some(Modal::Reason {
            text: Box::default(),
            then: None,
        });
    }
    Vec::new()
}

fn record(app: &App, context: &str, reason: &str) -> Effect {
    let at = app.now.to_string();
    let id = format!("glass-{}", app.now.as_nanosecond());
    Effect::Record(Box::new(Record {
        who: app.inventory.identity.user.to_string(),
        context: context.into(),
        reason: reason.into(),
        ..Record::new(EntryKind::Glass, &id, &at)
    }))
}

/// A key while a modal is open.
pub(super) fn key(app: &mut App, key: KeyEvent) -> Vec<Effect> {
    let Some(modal) = app.modal.take() else {
        return Vec::new();
    };
    match modal {
        Modal::Menu {
            objects,
            verbs,
            cursor,
        } => menu_key(app, key, objects, verbs, cursor),
        Modal::Reason { text, then } => reason_key(app, key, text, then),
        Modal::Waiting(plan) => {
            if key.code != KeyCode::Esc {
                app.modal = Some(Modal::Waiting(plan));
            }
            Vec::new()
        }
        Modal::Ask(ask) => ask_key(app, key, ask),
    }
}

fn menu_key(
    app: &mut App,
    key: KeyEvent,
    objects: Vec<ObjectRef>,
    verbs: Vec<Verb>,
    cursor: usize,
) -> Vec<Effect> {
    let last = verbs.len().saturating_sub(1);
    let cursor = match key.code {
        KeyCode::Up | KeyCode::Char('k') => cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (cursor + 1).min(last),
        KeyCode::Esc | KeyCode::Char('q') => return Vec::new(),
        KeyCode::Enter => {
            let Some(verb) = verbs.get(cursor).copied() else {
                return Vec::new();
            };
            return want(app, verb, objects);
        }
        _ => cursor,
    };
    app.modal = Some(Modal::Menu {
        objects,
        verbs,
        cursor,
    });
    Vec::new()
}

/// Something is wanted: first the glass, then the plan, then the dry run.
fn want(app: &mut App, verb: Verb, objects: Vec<ObjectRef>) -> Vec<Effect> {
    let context = app.inventory.identity.context.to_string();
    if app.glass.is_welded() {
        app.say(crate::redbutton::GlassError::Welded.to_string());
        return Vec::new();
    }
    if verb.tier() > Tier::Nudge && app.glass.open_for(&context, app.now).is_none() {
        app.modal = Some(Modal::Reason {
            text: Box::default(),
            then: Some((verb, objects)),
        });
        return Vec::new();
    }
    match plan(&app.inventory, &app.profile, verb, &objects, app.now) {
        Ok(plan) => {
            app.modal = Some(Modal::Waiting(Box::new(plan.clone())));
            vec![Effect::Preflight(Box::new(plan))]
        }
        Err(why) => {
            app.say(why.to_string());
            Vec::new()
        }
    }
}

fn reason_key(
    app: &mut App,
    key: KeyEvent,
    mut text: Box<TextArea<'static>>,
    then: Option<(Verb, Vec<ObjectRef>)>,
) -> Vec<Effect> {
    let breaks = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
    if key.code == KeyCode::Esc {
        return Vec::new();
    }
    if !breaks {
        text.input(key);
        app.modal = Some(Modal::Reason { text, then });
        return Vec::new();
    }
    let reason = text.lines().join(" ");
    let context = app.inventory.identity.context.to_string();
    let minutes = i64::from(app.glass_minutes);
    let until =
        crate::domain::Time::from_second(app.now.as_second() + minutes * 60).unwrap_or(app.now);
    match app.glass.smash(&context, &reason, until) {
        Ok(()) => {
            let mut effects = vec![record(app, &context, reason.trim())];
            if let Some((verb, objects)) = then {
                effects.extend(want(app, verb, objects));
            }
            effects
        }
        Err(why) => {
            app.say(why.to_string());
            app.modal = Some(Modal::Reason { text, then });
            Vec::new()
        }
    }
}

/// The dry run is through.
pub(super) fn preflighted(app: &mut App, plan: Plan, dry_run: DryRun) {
    // a question nobody waits for any more is not asked
    let waited = matches!(&app.modal, Some(Modal::Waiting(held)) if **held == plan);
    if !waited {
        return;
    }
    app.modal = Some(Modal::Ask(Box::new(Ask {
        preflighted: Some(Preflighted::new(plan, dry_run, app.now)),
        typed: String::new(),
        proceed: false,
        armed: false,
        quiet: false,
        note: String::new(),
        offset: 0,
    })));
}

/// Time went on: a question that nobody typed at for a whole tick may be answered.
pub(super) fn tick(app: &mut App) {
    if let Some(Modal::Ask(ask)) = &mut app.modal {
        ask.armed |= ask.quiet;
        ask.quiet = true;
    }
}

fn ask_key(app: &mut App, key: KeyEvent, mut ask: Box<Ask>) -> Vec<Effect> {
    if key.code == KeyCode::Esc {
        app.say("cancelled: nothing was done");
        return Vec::new();
    }
    if !ask.armed {
        ask.quiet = false;
        app.modal = Some(Modal::Ask(ask));
        return Vec::new();
    }
    let (wanted, tier) = ask
        .preflighted
        .as_ref()
        .map_or((String::new(), Tier::Destroy), |held| {
            (held.plan().typed(), held.plan().tier)
        });
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    ask.note.clear();
    match key.code {
        KeyCode::PageDown => ask.offset += 3,
        KeyCode::PageUp => ask.offset = ask.offset.saturating_sub(3),
        KeyCode::Tab | KeyCode::Right | KeyCode::Left | KeyCode::BackTab => {
            ask.proceed = !ask.proceed
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
        KeyCode::Char('y') if plain && (ask.proceed || tier <= Tier::Nudge) => {
            return confirm(app, ask);
        }
        KeyCode::Char(c)
            if plain && !ask.proceed && !wanted.is_empty() && ask.typed.len() < 300 =>
        {
            ask.typed.push(c)
        }
        _ => {}
    }
    app.modal = Some(Modal::Ask(ask));
    Vec::new()
}

fn confirm(app: &mut App, mut ask: Box<Ask>) -> Vec<Effect> {
    let Some(held) = ask.preflighted.take() else {
        return Vec::new();
    };
    match held.confirm(&app.glass, &ask.typed, app.now) {
        Ok(confirmed) => {
            let what = confirmed
                .plan()
                .commands
                .first()
                .cloned()
                .unwrap_or_default();
            app.say(format!("◌ {what}"));
            vec![execute(confirmed, app)]
        }
        Err(back) => {
            let (held, why) = *back;
            ask.preflighted = Some(held);
            ask.note = why.to_string();
            app.modal = Some(Modal::Ask(ask));
            Vec::new()
        }
    }
}

fn execute(confirmed: Confirmed, app: &App) -> Effect {
    Effect::Execute {
        confirmed: Box::new(confirmed),
        who: app.inventory.identity.user.to_string(),
    }
}

/// Draws the modal over the screen.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App) {
    let Some(modal) = &app.modal else { return };
    let (title, lines) = match modal {
        Modal::Menu {
            objects,
            verbs,
            cursor,
        } => menu_lines(app, objects, verbs, *cursor),
        Modal::Reason { text, .. } => reason_lines(app, text),
        Modal::Waiting(plan) => (
            " asking the server ".to_owned(),
            vec![
                Line::raw(""),
                Line::styled(
                    format!(
                        "  ◌ dry run of {}",
                        plan.commands.first().map_or("", String::as_str)
                    ),
                    app.theme.dim(),
                ),
            ],
        ),
        Modal::Ask(ask) => ("red button".to_owned(), ask_lines(app, ask, area)),
    };
    let wide = area.width.saturating_sub(4).min(96);
    let high = u16::try_from(lines.len() + 2)
        .unwrap_or(area.height)
        .min(area.height.saturating_sub(2));
    let place = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 2,
        width: wide,
        height: high,
    };
    frame.render_widget(Clear, place);
    let inner = panel(frame, place, &app.theme, title.trim(), "", true);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn menu_lines(
    app: &App,
    objects: &[ObjectRef],
    verbs: &[Verb],
    cursor: usize,
) -> (String, Vec<Line<'static>>) {
    let title = match objects {
        [one] => one.short(),
        many => format!("{} objects", many.len()),
    };
    let mut lines: Vec<Line<'static>> = verbs
        .iter()
        .enumerate()
        .map(|(at, verb)| {
            let style = if at == cursor {
                app.theme.selected()
            } else {
                app.theme.text()
            };
            let tier = verb.tier();
            let tier_style = if tier >= Tier::Destroy {
                app.theme.broken()
            } else {
                app.theme.dim()
            };
            Line::from(vec![
                Span::styled(
                    format!(
                        " {} {:24}",
                        if at == cursor { "▶" } else { " " },
                        verb.words()
                    ),
                    style,
                ),
                Span::styled(format!(" {}", tier.as_str()), tier_style),
            ])
        })
        .collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " enter plan it   esc nothing",
        app.theme.dim(),
    ));
    (title, lines)
}

fn reason_lines(app: &App, text: &TextArea<'static>) -> (String, Vec<Line<'static>>) {
    let mut lines = vec![
        Line::styled(
            format!(
                " Breaking the glass opens {} for {} minutes. Why?",
                app.inventory.identity.context, app.glass_minutes
            ),
            app.theme.text(),
        ),
        Line::raw(""),
    ];
    let tui_textarea::DataCursor(row, column) = text.cursor();
    for (at, line) in text.lines().iter().enumerate() {
        let clean = clean(line).into_owned();
        if at == row {
            let split = clean
                .char_indices()
                .nth(column)
                .map_or(clean.len(), |(at, _)| at);
            lines.push(Line::from(vec![
                Span::styled(format!(" │ {}", &clean[..split]), app.theme.text()),
                Span::styled("▏", app.theme.accent()),
                Span::styled(clean[split..].to_owned(), app.theme.text()),
            ]));
        } else {
            lines.push(Line::styled(format!(" │ {clean}"), app.theme.text()));
        }
    }
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        " ctrl-s break it   enter new line   esc leave it closed",
        app.theme.dim(),
    ));
    ("break the glass".into(), lines)
}

fn ask_lines(app: &App, ask: &Ask, area: Rect) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let Some(held) = &ask.preflighted else {
        return Vec::new();
    };
    let plan = held.plan();
    let room = usize::from(area.width.saturating_sub(4).min(96)).saturating_sub(14);
    let head = if plan.tier >= Tier::Destroy {
        " ▲ DESTRUCTIVE OPERATION DETECTED "
    } else {
        " ▲ CONFIRM "
    };
    let mut lines = vec![
        Line::from(vec![
            Span::styled(head.to_owned(), theme.armed()),
            Span::styled(
                format!("  {}  {}", plan.tier.as_str(), plan.context),
                theme.warning(),
            ),
        ]),
        Line::raw(""),
    ];
    let field = |name: &str| Span::styled(format!(" {name:9}"), theme.accent());
    let commands = plan.commands.iter().take(4);
    for (at, command) in commands.enumerate() {
        lines.push(Line::from(vec![
            field(if at == 0 { "Command" } else { "" }),
            Span::styled(fit(command, room), theme.text()),
        ]));
    }
    if plan.commands.len() > 4 {
        lines.push(Line::styled(
            format!(
                "          and {} more: {}",
                plan.commands.len() - 4,
                fit(
                    &plan
                        .targets
                        .iter()
                        .skip(4)
                        .map(|one| one.object.key.name.to_string())
                        .collect::<Vec<_>>()
                        .join(", "),
                    room.saturating_sub(14)
                )
            ),
            theme.dim(),
        ));
    }
    lines.extend(impact_lines(
        app,
        plan,
        ask.offset,
        room,
        usize::from(area.height).saturating_sub(lines.len() + 12),
    ));
    lines.push(Line::from(vec![
        field("Scope"),
        Span::styled(fit(&plan.scope, room), theme.text()),
    ]));
    let dry_style = if matches!(held.dry_run(), DryRun::Refused(_)) {
        theme.broken()
    } else {
        theme.text()
    };
    lines.push(Line::from(vec![
        field("Dry run"),
        Span::styled(fit(&held.dry_run().words(), room), dry_style),
    ]));
    lines.push(Line::raw(""));
    lines.extend(question(app, ask, held));
    lines
}

fn impact_lines(
    app: &App,
    plan: &Plan,
    offset: usize,
    room: usize,
    most: usize,
) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let mut lines: Vec<Line<'static>> = Vec::new();
    for fact in &plan.impact {
        let (mark, style) = match fact.weight {
            Weight::Loss => ("✖", theme.broken()),
            Weight::Caution => ("▲", theme.warning()),
            Weight::Unknown => ("?", theme.warning()),
            Weight::Plain => ("·", theme.dim()),
        };
        for (nth, text) in wrap(&clean(&fact.text), room.saturating_sub(2))
            .into_iter()
            .enumerate()
        {
            let name = if lines.is_empty() { "Impact" } else { "" };
            let mark = if nth == 0 { mark } else { " " };
            lines.push(Line::from(vec![
                Span::styled(format!(" {name:9}"), theme.accent()),
                Span::styled(format!("{mark} "), style),
                Span::styled(text, theme.text()),
            ]));
        }
    }
    let most = most.max(3);
    let hidden = lines.len().saturating_sub(most);
    let skip = offset.min(hidden);
    let mut shown: Vec<Line<'static>> = lines.into_iter().skip(skip).take(most).collect();
    if hidden > 0 {
        shown.push(Line::styled(
            format!(
                "          {} of {} lines hidden: page up and down",
                hidden,
                hidden + most
            ),
            theme.dim(),
        ));
    }
    shown
}

fn question(app: &App, ask: &Ask, held: &Preflighted) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let wanted = held.plan().typed();
    let mut lines = Vec::new();
    if !wanted.is_empty() {
        let style = if ask.typed == wanted {
            theme.good()
        } else {
            theme.text()
        };
        lines.push(Line::from(vec![
            Span::styled(format!(" Type \"{wanted}\": "), theme.text()),
            Span::styled(clean(&ask.typed).into_owned(), style),
            Span::styled("▏", theme.accent()),
        ]));
    }
    let button = |text: &str, focus: bool| {
        Span::styled(
            format!(" [ {text} ] "),
            if focus { theme.selected() } else { theme.dim() },
        )
    };
    let cooling = held.cooling(app.now);
    let state = if !ask.armed {
        "one moment: keys typed before do not count".to_owned()
    } else if cooling > 0 {
        format!("cools down, {cooling} s")
    } else if ask.note.is_empty() {
        "tab to Proceed, then y; enter and esc cancel".into()
    } else {
        ask.note.clone()
    };
    let word = if ask.note.is_empty() {
        theme.dim()
    } else {
        theme.broken()
    };
    lines.push(Line::from(vec![
        Span::styled(" Proceed? ", theme.text()),
        button("Cancel", !ask.proceed),
        button("Proceed", ask.proceed),
    ]));
    lines.push(Line::styled(format!(" {state}"), word));
    lines
}
