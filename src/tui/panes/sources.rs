//! What is the matter with the sources of a pane: in their own words, with what to do, and how old
//! the rows are.

use ratatui::text::Line;

use super::PaneLine;
use crate::{
    domain::{PveState, Text, Time},
    inventory::{SourceId, SourceState, SourceStatus},
    tui::{
        app::App,
        text::{age, clean, fit, wrap},
        views::View,
    },
};

/// Rows that one matter may take.
const ROWS: usize = 4;

/// Which sources are meant: gives the name of those.
pub(in crate::tui) type Of = fn(&SourceId) -> Option<&Text>;

/// Instances of Argo CD.
pub(in crate::tui) const fn argo(id: &SourceId) -> Option<&Text> {
    match id {
        SourceId::Argo(name) => Some(name),
        _ => None,
    }
}

/// Installations of Proxmox VE.
pub(in crate::tui) const fn proxmox(id: &SourceId) -> Option<&Text> {
    match id {
        SourceId::Proxmox(name) => Some(name),
        _ => None,
    }
}

/// The sources beside Kubernetes that the rows of a table come from.
pub(in crate::tui) const fn of_view(view: View) -> Option<Of> {
    match view {
        View::Apps => Some(argo),
        View::Guests | View::Tasks | View::PveStorages | View::Hosts => Some(proxmox),
        _ => None,
    }
}

/// What is the matter, laid out for so many cells.
pub(in crate::tui) fn lines(app: &App, of: Of, width: u16) -> Vec<Line<'static>> {
    let room = usize::from(width).saturating_sub(4);
    let mut out = Vec::new();
    for (id, status) in app.inventory.sources.iter() {
        let Some(name) = of(id) else { continue };
        let state = app.inventory.proxmox.get(name);
        let state = state.filter(|_| proxmox(id).is_some());
        for (symbol, words) in matters(name, status, state.map(|state| &**state), app.now) {
            let mut rows = wrap(&clean(&words), room);
            if rows.len() > ROWS {
                let rest = rows.split_off(ROWS - 1).join(" ");
                rows.push(fit(&rest, room));
            }
            out.extend(rows.into_iter().enumerate().map(|(nth, row)| {
                let mark = if nth == 0 { symbol } else { " " };
                Line::styled(format!(" {mark} {row}"), app.theme.warning())
            }));
        }
    }
    out
}

/// The same as lines of a pane.
pub(super) fn pane_lines(app: &App, of: Of, width: u16) -> Vec<PaneLine> {
    let lines = lines(app, of, width);
    lines.into_iter().map(PaneLine::plain).collect()
}

/// A symbol and words for each thing that is the matter with a source.
fn matters(
    name: &str,
    status: &SourceStatus,
    state: Option<&PveState>,
    now: Time,
) -> Vec<(&'static str, String)> {
    let old = status.heard.map_or_else(String::new, |heard| {
        format!(" (rows of {} ago)", age(Some(heard), now))
    });
    let next = |retry: &Option<Time>| {
        retry.map_or_else(String::new, |at| match at.duration_since(now).as_secs() {
            left if left > 0 => format!("; next try in {left} s"),
            _ => "; trying again".into(),
        })
    };
    match &status.state {
        SourceState::Live(_) | SourceState::Connecting => Vec::new(),
        SourceState::Stale { why, retry, .. } => {
            vec![("?", format!("{name}{old}: {why}{}", next(retry)))]
        }
        SourceState::Unreachable { why, retry } => {
            vec![("?", format!("{name} not reached: {why}{}", next(retry)))]
        }
        SourceState::Refused { why, advice } => {
            vec![("⊘", format!("{name}{old}: {why} → {advice}"))]
        }
        SourceState::Limited { why, .. } => match state {
            None => vec![("⊘", format!("{name}: {why}"))],
            Some(state) => limits(name, state),
        },
    }
}

/// What a Proxmox VE that answers does not tell: rights that are missing, and what it could not read.
fn limits(name: &str, state: &PveState) -> Vec<(&'static str, String)> {
    let rights = state.missing.iter().map(|right| {
        let (privilege, path) = (&right.privilege, &right.path);
        let words = format!(
            "{name}: no {privilege} on {path}: {} → {}",
            right.hides,
            right.grant()
        );
        ("⊘", words)
    });
    let gaps = state.gaps.iter().map(|gap| ("?", format!("{name}: {gap}")));
    rights.chain(gaps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MissingRight;

    fn said(state: SourceState, told: Option<&PveState>) -> Vec<String> {
        let status = SourceStatus {
            state,
            heard: Some(Time::from_second(1_000).unwrap()),
            ..SourceStatus::default()
        };
        let now = Time::from_second(1_180).unwrap();
        let all = matters("prox", &status, told, now);
        all.into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn a_silent_source_is_told_with_the_age_of_its_rows_and_the_next_try() {
        let state = SourceState::Stale {
            since: Time::from_second(1_000).unwrap(),
            why: "no answer in time".into(),
            retry: Time::from_second(1_188).ok(),
        };
        assert_eq!(
            said(state, None),
            ["prox (rows of 3m ago): no answer in time; next try in 8 s"]
        );
        assert!(said(SourceState::Live(Time::UNIX_EPOCH), None).is_empty());
    }

    #[test]
    fn each_missing_right_is_told_with_what_it_hides_and_how_it_is_granted() {
        let told = PveState {
            missing: vec![MissingRight {
                path: "/vms".into(),
                privilege: "VM.Audit".into(),
                hides: "no guest is shown".into(),
            }],
            gaps: vec!["wow-prox2 is offline".into()],
            ..PveState::default()
        };
        let limited = SourceState::Limited {
            at: Time::UNIX_EPOCH,
            why: "".into(),
        };
        let words = said(limited, Some(&told));
        assert!(
            words[0].starts_with("prox: no VM.Audit on /vms: no guest is shown → ")
                && words[0].contains("PVEAuditor"),
            "{words:?}"
        );
        assert_eq!(words[1], "prox: wow-prox2 is offline");
    }
}
