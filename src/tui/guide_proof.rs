//! Of the guided view: the proof with its telling phrase, what to do, and how to see that it is over.

use std::ops::Range;

use ratatui::text::{Line, Span};

use super::{
    guide::rule,
    text::{breaks, clean, fit, seconds, wrap},
    theme::Theme,
};
use crate::insight::{
    diagnosis::{Cause, Evidence, Origin, Via},
    timeline::Suspect,
};

/// Lines that a quote may take.
const QUOTE_LINES: usize = 4;

/// Title, place and so many pieces of evidence.
pub(super) fn proof(
    theme: &Theme,
    cause: &Cause,
    count: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(3);
    let mut lines = Vec::new();
    for text in wrap(&clean(&cause.title), room) {
        lines.push(Line::styled(
            format!(" {text}"),
            theme.text().add_modifier(ratatui::style::Modifier::BOLD),
        ));
    }
    for text in wrap(&clean(&cause.why), room) {
        lines.push(Line::styled(format!(" {text}"), theme.dim()));
    }
    lines.push(rule(theme, "Proof", width));
    for evidence in cause.evidence.iter().take(count) {
        lines.extend(quoted(theme, evidence, room));
    }
    lines
}

/// What of the evidence had no room before the fix.
pub(super) fn more_proof(
    theme: &Theme,
    cause: &Cause,
    shown: usize,
    width: usize,
) -> Vec<Line<'static>> {
    if cause.evidence.len() <= shown {
        return Vec::new();
    }
    let mut lines = vec![rule(theme, "More proof", width)];
    for evidence in cause.evidence.iter().skip(shown) {
        lines.extend(quoted(theme, evidence, width.saturating_sub(3)));
    }
    lines
}

/// A quote with its telling phrase highlighted; of a long one the lines around that phrase.
fn quoted(theme: &Theme, evidence: &Evidence, room: usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(
        format!(" {}", fit(&place(evidence), room)),
        theme.dim(),
    )];
    let quote = clean(&evidence.quote);
    let telling = telling(evidence);
    let places = breaks(&quote, room.saturating_sub(2));
    let at = places
        .iter()
        .position(|place| place.end > telling.start)
        .filter(|_| !telling.is_empty())
        .unwrap_or(0);
    let first = at
        .saturating_sub(1)
        .min(places.len().saturating_sub(QUOTE_LINES));
    for place in places.into_iter().skip(first).take(QUOTE_LINES) {
        let from = telling.start.clamp(place.start, place.end);
        let to = telling.end.clamp(from, place.end);
        let plain = |place: Range<usize>| {
            Span::styled(
                quote.get(place).unwrap_or_default().to_owned(),
                theme.text(),
            )
        };
        lines.push(Line::from(vec![
            Span::styled(" │ ", theme.accent()),
            plain(place.start..from),
            Span::styled(
                quote.get(from..to).unwrap_or_default().to_owned(),
                theme.telling(),
            ),
            plain(to..place.end),
        ]));
    }
    lines
}

/// Where a piece of evidence was found, what matters most first.
fn place(evidence: &Evidence) -> String {
    let object = &evidence.object;
    let reference = &evidence.reference;
    let words = match (&evidence.log, evidence.from) {
        (Some(key), _) => {
            let before = if key.previous { "previous " } else { "" };
            let place = (&key.container, &key.namespace, &key.pod);
            format!("{before}log of {} · {}/{}", place.0, place.1, place.2)
        }
        (None, Origin::Event) => match reference.strip_prefix(&format!("{object} ")) {
            Some(reason) => format!("event {reason} · {}", object.short()),
            None => format!("event {reference}"),
        },
        (None, Origin::Probe) => format!("probe {reference}"),
        (None, _) => match reference.strip_prefix(&format!("{object} ")) {
            Some(field) => format!("{field} · {}", object.short()),
            None => reference.clone(),
        },
    };
    if evidence.supports {
        words
    } else {
        format!("against it: {words}")
    }
}

/// Where the telling phrase stands in the cleaned quote.
fn telling(evidence: &Evidence) -> Range<usize> {
    let Some((from, to)) = evidence.telling else {
        return 0..0;
    };
    let part = |range: Range<usize>| {
        evidence
            .quote
            .get(range)
            .map_or(0, |text| clean(text).len())
    };
    let start = part(0..from);
    start..start + part(from..to)
}

/// What to do: by Git first, by hand second, and how to see that it is over.
pub(super) fn fix(
    theme: &Theme,
    cause: &Cause,
    suspect: Option<&Suspect>,
    copied: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(3);
    let mut lines = Vec::new();
    lines.extend(suspect.map_or_else(Vec::new, |suspect| changed(theme, suspect, room)));
    let way = match cause.fix.via {
        Via::Git => "Fix, by Git first",
        Via::Ansible => "Fix, by playbook",
        Via::BreakGlass => "Fix, by hand",
    };
    let place = fit(&cause.object.short(), width.saturating_sub(way.len() + 8));
    lines.push(rule(theme, &format!("{way} · at {place}"), width));
    let (by_hand, first): (Vec<&str>, Vec<&str>) = cause
        .fix
        .steps
        .iter()
        .map(String::as_str)
        .partition(|step| step.starts_with("Break-glass: "));
    for (nth, step) in first.iter().enumerate() {
        let head = Span::styled(format!(" {}  ", nth + 1), theme.accent());
        lines.extend(hanging(theme, head, step, room, false));
    }
    let mut command = 0;
    let mut mark = |lines: &mut Vec<Line<'static>>, text: &str, head: Span<'static>| {
        command += 1;
        lines.extend(hanging(theme, head, text, room, copied == command));
    };
    if !by_hand.is_empty() {
        lines.push(rule(theme, "By hand · breaks the glass", width));
        for step in by_hand {
            let step = step.trim_start_matches("Break-glass: ");
            mark(&mut lines, step, Span::styled(" !  ", theme.warning()));
        }
    }
    lines.push(rule(theme, "Verify", width));
    lines.push(Line::styled(
        " ◌  looked at again as it changes; this turns green when it is over",
        theme.dim(),
    ));
    for line in &cause.fix.verify {
        mark(&mut lines, line, Span::styled(" $  ", theme.dim()));
    }
    for seen in &cause.seen {
        let head = Span::styled(" ↺  ", theme.dim());
        lines.extend(hanging(
            theme,
            head,
            &format!("seen before: {seen}"),
            room,
            false,
        ));
    }
    lines
}

/// What changed just before the trouble.
fn changed(theme: &Theme, suspect: &Suspect, room: usize) -> Vec<Line<'static>> {
    let words = format!(
        "▲ changed {} before the first symptom ({:.0} %): {}",
        seconds(suspect.before.unsigned_abs()),
        suspect.confidence * 100.0,
        suspect.words(),
    );
    wrap(&clean(&words), room)
        .into_iter()
        .take(3)
        .map(|text| Line::styled(format!(" {text}"), theme.warning()))
        .collect()
}

/// A text with something before its first line; what was copied last says so.
fn hanging(
    theme: &Theme,
    head: Span<'static>,
    text: &str,
    room: usize,
    copied: bool,
) -> Vec<Line<'static>> {
    let text = if copied {
        format!("{text}   ✓ copied")
    } else {
        text.to_owned()
    };
    let mut head = Some(head);
    wrap(&clean(&text), room.saturating_sub(4))
        .into_iter()
        .map(|text| {
            Line::from(vec![
                head.take().unwrap_or_else(|| Span::raw("    ")),
                Span::styled(text, theme.text()),
            ])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::ObjectRef;

    fn evidence(quote: &str, phrase: &str) -> Evidence {
        let from = quote.find(phrase).unwrap();
        Evidence {
            from: Origin::Log,
            reference: "log a/b c".into(),
            quote: quote.into(),
            supports: true,
            telling: Some((from, from + phrase.len())),
            object: ObjectRef::new("Pod", "a", "b"),
            log: None,
        }
    }

    fn highlighted(evidence: &Evidence, room: usize) -> String {
        let theme = Theme::named("dark", Path::new("/nowhere"), crate::tui::Ground::Dark).unwrap();
        quoted(&theme, evidence, room)
            .iter()
            .flat_map(|line| &line.spans)
            .filter(|span| span.style == theme.telling())
            .map(|span| format!("{} ", span.content))
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_telling_phrase_is_shown_across_lines_and_deep_in_a_long_quote() {
        let long = format!(
            "{}connect ETIMEDOUT 172.16.160.100:443 and more",
            "before it ".repeat(60)
        );
        for room in [20, 40, 90] {
            let shown = highlighted(
                &evidence(&long, "connect ETIMEDOUT 172.16.160.100:443"),
                room,
            );
            assert!(shown.starts_with("connect ETIMEDOUT"), "{room}: {shown}");
        }
        let odd = evidence("é\u{1b}[31m said: no space left", "no space");
        assert_eq!(highlighted(&odd, 60), "no space");
    }
}
