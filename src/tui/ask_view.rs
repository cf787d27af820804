//! How the question before a change looks: what would be done, what that does to everything around,
//! and below it, always in sight, how it is answered.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, BorderType, Borders, Clear, Paragraph},
};

use super::{
    app::App,
    ask::Ask,
    guide::wrap,
    text::{clean, fit, pad, width},
};
use crate::redbutton::{DryRun, Plan, Preflighted, Tier, Weight};

/// Cells of the column that says what a line is about.
const HEADS: usize = 11;
/// Widest box: longer lines are hard to read.
const WIDEST: u16 = 108;

/// Draws it over the screen, in the colour of its risk.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, ask: &mut Ask) {
    let Some(held) = &ask.preflighted else { return };
    let wide = area.width.saturating_sub(2).min(WIDEST);
    let room = usize::from(wide.saturating_sub(4));
    let body = body(app, held, room);
    let foot = foot(app, ask, held, room);
    // the borders, and the rule between
    let around = foot.len() + 3;
    let most = usize::from(area.height).saturating_sub(around).max(1);
    let shown = body.len().min(most);
    let below = body.len() - shown;
    ask.offset = ask.offset.min(below);
    let offset = ask.offset;
    let high = u16::try_from(shown + around)
        .unwrap_or(area.height)
        .min(area.height);
    let place = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 2,
        width: wide,
        height: high,
    };
    frame.render_widget(Clear, place);
    let edge = edge(app, held.plan());
    frame.render_widget(frame_of(app, held.plan(), edge), place);
    let mut lines: Vec<Line<'static>> = body.into_iter().skip(offset).take(shown).collect();
    lines.push(rule(app, edge, room, offset, below - offset));
    lines.extend(foot);
    let inner = Rect {
        x: place.x + 2,
        y: place.y + 1,
        width: place.width.saturating_sub(4),
        height: place.height.saturating_sub(2),
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

fn edge(app: &App, plan: &Plan) -> Style {
    match plan.tier {
        Tier::Destroy | Tier::Catastrophe => app.theme.broken(),
        Tier::Disrupt => app.theme.warning(),
        Tier::Observe | Tier::Nudge => app.theme.accent(),
    }
}

fn frame_of(app: &App, plan: &Plan, edge: Style) -> Block<'static> {
    let loud = plan.tier >= Tier::Destroy;
    let (title, style) = if loud {
        (" ▲ DESTRUCTIVE OPERATION DETECTED ", app.theme.armed())
    } else {
        (" ▲ CONFIRM ", edge)
    };
    Block::default()
        .borders(Borders::ALL)
        .border_type(BorderType::Rounded)
        .border_style(edge)
        .title(Line::from(Span::styled(title, style)))
        .title(
            Line::from(Span::styled(
                format!(" tier: {} ", plan.tier.as_str()),
                edge,
            ))
            .right_aligned(),
        )
}

/// The line between what is shown and what is asked; it says what is out of sight.
fn rule(app: &App, edge: Style, room: usize, above: usize, below: usize) -> Line<'static> {
    let words = match (above, below) {
        (0, 0) => String::new(),
        (0, below) => format!(" {below} more lines below: ↓ "),
        (above, 0) => format!(" {above} lines above: ↑ "),
        (above, below) => format!(" {above} lines above, {below} below: ↑↓ "),
    };
    let left = room.saturating_sub(width(&words) + 2);
    Line::from(vec![
        Span::styled("─".repeat(left), edge),
        Span::styled(words, app.theme.warning()),
        Span::styled("──", edge),
    ])
}

/// A line with the mark before it, where it has one.
type Told = (Option<(&'static str, Style)>, String, Style);

/// A block of lines with its word in front of the first.
struct Part {
    head: &'static str,
    lines: Vec<Told>,
}

fn body(app: &App, held: &Preflighted, room: usize) -> Vec<Line<'static>> {
    let plan = held.plan();
    let mut parts = vec![commands(app, plan)];
    parts.push(facts(app, plan, "Impact", |weight| {
        matches!(weight, Weight::Loss | Weight::Caution | Weight::Plain)
    }));
    parts.push(facts(app, plan, "Unknown", |weight| {
        weight == Weight::Unknown
    }));
    parts.push(facts(app, plan, "Git way", |weight| weight == Weight::Git));
    parts.push(scope(app, plan));
    parts.push(dry_run(app, held.dry_run()));
    parts.push(objects(app, plan));
    parts
        .into_iter()
        .flat_map(|part| wrapped(app, part, room))
        .collect()
}

/// Lines that are too long go on below, so that nothing of them is cut.
fn wrapped(app: &App, part: Part, room: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (mark, text, style) in part.lines {
        let inset = if mark.is_some() { 2 } else { 0 };
        let text = clean(&text).into_owned();
        for (nth, line) in wrap(&text, room.saturating_sub(HEADS + inset))
            .into_iter()
            .enumerate()
        {
            let head = if out.is_empty() { part.head } else { "" };
            let (sign, sign_style) = match mark {
                Some((sign, style)) if nth == 0 => (format!("{sign} "), style),
                Some(_) => ("  ".to_owned(), style),
                None => (String::new(), style),
            };
            out.push(Line::from(vec![
                Span::styled(pad(head, HEADS, false), app.theme.accent()),
                Span::styled(sign, sign_style),
                Span::styled(line, style),
            ]));
        }
    }
    out
}

fn commands(app: &App, plan: &Plan) -> Part {
    Part {
        head: "Command",
        lines: plan
            .commands
            .iter()
            .map(|command| (None, command.clone(), app.theme.text()))
            .collect(),
    }
}

fn facts(app: &App, plan: &Plan, head: &'static str, which: impl Fn(Weight) -> bool) -> Part {
    let theme = &app.theme;
    let lines = plan
        .impact
        .iter()
        .filter(|fact| which(fact.weight))
        .map(|fact| {
            let mark = match fact.weight {
                Weight::Loss => Some(("✖", theme.broken())),
                Weight::Caution => Some(("▲", theme.warning())),
                Weight::Unknown => Some(("?", theme.warning())),
                Weight::Plain => Some(("·", theme.dim())),
                Weight::Git => None,
            };
            (mark, fact.text.clone(), theme.text())
        });
    Part {
        head,
        lines: lines.collect(),
    }
}

fn scope(app: &App, plan: &Plan) -> Part {
    let text = format!("context={}, {}", plan.context, plan.scope);
    Part {
        head: "Scope",
        lines: vec![(None, text, app.theme.text())],
    }
}

fn dry_run(app: &App, said: &DryRun) -> Part {
    let theme = &app.theme;
    let mark = match said {
        DryRun::Passed => ("●", theme.good()),
        DryRun::Refused(_) => ("✖", theme.broken()),
        DryRun::None => ("·", theme.dim()),
        DryRun::Unknown(_) => ("?", theme.warning()),
    };
    Part {
        head: "Dry run",
        lines: vec![(Some(mark), said.words(), theme.text())],
    }
}

/// Each object by name, with its identity where it has one of its own.
fn objects(app: &App, plan: &Plan) -> Part {
    let lines = plan.targets.iter().map(|target| {
        let name = target.object.short();
        let text = if target.uid.starts_with('/') {
            format!("{name}, {}", target.version)
        } else {
            format!("{name}  uid {}", target.uid)
        };
        (None, text, app.theme.dim())
    });
    Part {
        head: match plan.targets.len() {
            1 => "Object",
            _ => "Objects",
        },
        lines: lines.collect(),
    }
}

/// The question and how it is answered.
fn foot(app: &App, ask: &Ask, held: &Preflighted, room: usize) -> Vec<Line<'static>> {
    let theme = &app.theme;
    let button = |text: &str, focus: bool, style: Style| {
        let style = if focus { style } else { theme.dim() };
        Span::styled(format!("[ {text} ]"), style)
    };
    let wanted = held.plan().typed();
    let mut lines = Vec::new();
    if !wanted.is_empty() {
        let style = if ask.typed == wanted {
            theme.good()
        } else {
            theme.text()
        };
        let question = format!("Type \"{}\": ", clean(&wanted));
        let left = room.saturating_sub(width(&question) + 1);
        lines.push(Line::from(vec![
            Span::styled(question, theme.accent()),
            Span::styled(tail(&clean(&ask.typed), left), style),
            Span::styled("▏", theme.accent()),
        ]));
    }
    lines.push(Line::from(vec![
        Span::styled("Proceed?  ", theme.accent()),
        button("Cancel", !ask.proceed, theme.selected()),
        Span::raw("  "),
        button("Proceed", ask.proceed, theme.armed()),
    ]));
    lines.push(state(app, ask, held, room));
    lines
}

/// The end of a text that is longer than its room.
fn tail(text: &str, room: usize) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    while width(&chars.iter().collect::<String>()) > room && !chars.is_empty() {
        chars.remove(0);
    }
    chars.into_iter().collect()
}

/// What to do next, or why nothing can be done.
fn state(app: &App, ask: &Ask, held: &Preflighted, room: usize) -> Line<'static> {
    let theme = &app.theme;
    let cooling = held.cooling(app.now);
    let refused = matches!(held.dry_run(), DryRun::Refused(_));
    let mild = held.plan().tier <= Tier::Nudge;
    let (words, style) = if !ask.note.is_empty() {
        (ask.note.clone(), theme.broken())
    } else if !ask.calm.counts() {
        (
            "one moment: keys typed before do not count".into(),
            theme.dim(),
        )
    } else if refused {
        (
            "the server would refuse it: esc goes back".into(),
            theme.broken(),
        )
    } else if cooling > 0 {
        (
            format!("cools down, {cooling} s: read it again"),
            theme.warning(),
        )
    } else if ask.is_ready() {
        ("press y to do it   esc cancels".into(), theme.warning())
    } else if ask.proceed || mild {
        ("one moment, then y   esc cancels".into(), theme.dim())
    } else {
        (
            "tab to Proceed, then y   enter and esc cancel".into(),
            theme.dim(),
        )
    };
    Line::styled(fit(&words, room), style)
}
