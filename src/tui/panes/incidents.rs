//! What is wrong, worst first.

use ratatui::text::{Line, Span};

use super::{Pane, PaneLine, spread};
use crate::{
    domain::{Freshness, Kind, ObjectRef, Time},
    insight::{
        capacity::Level,
        incidents::{Incident, Severity, Survey},
    },
    tui::{
        app::App,
        guide::wrap,
        text::{age, clean, width as cells},
        widgets::{fresh_mark, fresh_message},
    },
};

/// Lines that a title may take.
const TITLE_LINES: usize = 2;
/// Cells before the words of a line.
const INDENT: usize = 3;

/// The pane with so many of the incidents; a roomy one tells of each what to do about it.
pub(super) fn pane(app: &App, width: u16, most: usize, roomy: bool) -> Pane {
    let width = usize::from(width);
    let (count, mut lines) = match &app.survey {
        Some(survey) => (
            survey.incidents.len(),
            surveyed(app, survey, (width, most), roomy),
        ),
        None => (app.derived.troubles.len(), unsurveyed(app, (width, most))),
    };
    if let Some(line) = closed(app, width) {
        lines.insert(0, PaneLine::plain(line));
    }
    let title = counts(app).map_or_else(
        || "Incidents".into(),
        |(broken, warnings)| {
            let word = if warnings == 1 { "warning" } else { "warnings" };
            format!("Incidents · {broken} broken · {warnings} {word}")
        },
    );
    Pane {
        title,
        mark: if app.survey.is_none() && !app.inventory.pods.is_empty() {
            "◌ first look".into()
        } else {
            fresh_mark(app.inventory.freshness(Kind::Pod), app.now)
        },
        brief: worst(app),
        lines,
        more: count.saturating_sub(most),
        empty: empty(app),
    }
}

/// How many are broken, and how many need a look; `None` where nothing is known that could be wrong.
pub(in crate::tui) fn counts(app: &App) -> Option<(usize, usize)> {
    let (broken, all) = match &app.survey {
        Some(survey) => {
            let all = &survey.incidents;
            let broken = all.iter().filter(|one| one.severity == Severity::Critical);
            (broken.count(), all.len())
        }
        None => {
            let all = &app.derived.troubles;
            let broken = all.iter().filter(|one| one.level == Level::Critical);
            (broken.count(), all.len())
        }
    };
    let seen = match app.inventory.freshness(Kind::Pod) {
        // the first few say nothing of the rest
        Freshness::Loading(..) => false,
        freshness => freshness.has_rows(),
    };
    (all > 0 || seen).then_some((broken, all - broken))
}

/// The first of them, for where there is one line.
fn worst(app: &App) -> Vec<Span<'static>> {
    let Some(first) = app.survey.as_ref().and_then(|one| one.incidents.first()) else {
        return Vec::new();
    };
    let (symbol, style) = app.theme.symbol(level(first));
    vec![
        Span::styled(format!("{symbol} "), style),
        Span::styled(clean(&first.title).into_owned(), app.theme.text()),
    ]
}

fn level(incident: &Incident) -> Level {
    match incident.severity {
        Severity::Critical => Level::Critical,
        Severity::Warning => Level::Warning,
    }
}

/// What was over just now.
fn closed(app: &App, width: usize) -> Option<Line<'static>> {
    let first = app.closed.first()?;
    let more = match app.closed.len() - 1 {
        0 => String::new(),
        more => format!("+{more}  "),
    };
    let left = vec![
        Span::styled(" ● ", app.theme.good()),
        Span::styled("over: ", app.theme.good()),
        Span::styled(clean(&first.title).into_owned(), app.theme.dim()),
    ];
    let right = vec![Span::styled(
        format!("{more}{} ", age(Some(first.at), app.now)),
        app.theme.dim(),
    )];
    Some(spread(left, right, width))
}

/// Roots with what they hold up.
fn surveyed(
    app: &App,
    survey: &Survey,
    (width, most): (usize, usize),
    roomy: bool,
) -> Vec<PaneLine> {
    let mut lines = Vec::new();
    for one in survey.incidents.iter().take(most) {
        lines.extend(title(
            app,
            level(one),
            &one.title,
            one.since,
            &one.subject,
            width,
        ));
        lines.extend(second(app, one, width).map(PaneLine::plain));
        if roomy {
            lines.extend(remedy(app, survey, one, width).map(PaneLine::plain));
        }
    }
    lines
}

/// A title on as many lines as it takes, with how long it has been so.
fn title(
    app: &App,
    level: Level,
    title: &str,
    since: Option<Time>,
    object: &ObjectRef,
    width: usize,
) -> Vec<PaneLine> {
    let (symbol, style) = app.theme.symbol(level);
    let text_style = app.theme.title(level);
    let since = since.map_or_else(String::new, |at| format!("{} ", age(Some(at), app.now)));
    let room = width.saturating_sub(INDENT + cells(&since) + 1);
    let title = clean(title);
    let mut pieces = wrap(&title, room);
    if pieces.len() > TITLE_LINES {
        // the end of it is cut where the line ends
        let rest = pieces.split_off(TITLE_LINES - 1).join(" ");
        pieces.push(rest);
    }
    pieces
        .into_iter()
        .enumerate()
        .map(|(at, text)| {
            let first = at == 0;
            let mark = if first {
                format!(" {symbol} ")
            } else {
                " ".repeat(INDENT)
            };
            let left = vec![Span::styled(mark, style), Span::styled(text, text_style)];
            let right = if first {
                vec![Span::styled(since.clone(), app.theme.dim())]
            } else {
                Vec::new()
            };
            let line = spread(left, right, width);
            if first {
                PaneLine::about(line, object.clone())
            } else {
                PaneLine::plain(line)
            }
        })
        .collect()
}

/// What an incident holds up, or its proof; and the cause with how sure it is.
fn second(app: &App, one: &Incident, width: usize) -> Option<Line<'static>> {
    let held = one.holds_up_words();
    let left = match (held.as_str(), &one.evidence) {
        // a single word proves nothing to a reader
        ("", proof) if !proof.contains(' ') => String::new(),
        ("", proof) => clean(proof).into_owned(),
        (held, _) => format!("holds up {held}"),
    };
    let sure = match &*one.cause {
        "trouble" | "unknown" => String::new(),
        cause => format!("{cause} {:.0} % ", one.confidence * 100.0),
    };
    if left.is_empty() && sure.is_empty() {
        return None;
    }
    let fits = INDENT + 2 + cells(&left) + 2 + cells(&sure) <= width;
    let sure = if fits || sure.is_empty() || held.is_empty() {
        sure
    } else {
        format!("{:.0} % ", one.confidence * 100.0)
    };
    let dim = app.theme.dim();
    let left = vec![Span::styled(
        format!("{}{left}", " ".repeat(INDENT + 2)),
        dim,
    )];
    Some(spread(left, vec![Span::styled(sure, dim)], width))
}

/// The first step of the fix.
fn remedy(app: &App, survey: &Survey, one: &Incident, width: usize) -> Option<Line<'static>> {
    let fix = &survey.diagnoses.get(&one.subject)?.first()?.fix;
    let text = format!("{}→ {}", " ".repeat(INDENT + 2), clean(&fix.summary));
    let left = vec![Span::styled(text, app.theme.dim())];
    (!fix.summary.is_empty()).then(|| spread(left, vec![Span::raw(" ")], width))
}

/// What the cluster itself says, until the first survey is through.
fn unsurveyed(app: &App, (width, most): (usize, usize)) -> Vec<PaneLine> {
    let mut lines = Vec::new();
    let troubles = &app.derived.troubles;
    for one in troubles.iter().take(most) {
        let words = format!("{} {}", one.object.short(), one.what);
        lines.extend(title(app, one.level, &words, one.since, &one.object, width));
        if !one.why.is_empty() {
            let why = format!("{}{}", " ".repeat(INDENT + 2), clean(&one.why));
            let left = vec![Span::styled(why, app.theme.dim())];
            lines.push(PaneLine::plain(spread(left, Vec::new(), width)));
        }
    }
    lines
}

/// Nothing wrong is only said when the pods were all seen.
fn empty(app: &App) -> String {
    match app.inventory.freshness(Kind::Pod) {
        Freshness::Live(_) => "● Nothing is wrong.".into(),
        Freshness::Partial(namespaces, _) => format!(
            "● Nothing is wrong in {}. The rest may not be read.",
            namespaces.join(", ")
        ),
        other => fresh_message(other, "pods", app.now),
    }
}
