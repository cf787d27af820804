//! The back ends as a whole: reached or not, and what to do.

use super::sheet::Sheet;
use crate::{
    cli::Exit,
    domain::{ProbeOutcome, PveState, Time},
    inventory::{Inventory, SourceId, SourceState},
};

/// Looks at each source that was followed, and at each probed endpoint.
pub(super) fn look(inventory: &Inventory, now: Time, sheet: &mut Sheet) {
    let identity = &inventory.identity;
    if !identity.kubernetes.is_empty() {
        let user = if identity.user.is_empty() {
            "an unknown user"
        } else {
            &identity.user
        };
        sheet.good(&format!(
            "context {} as {user} (Kubernetes {})",
            identity.context, identity.kubernetes
        ));
    }
    for (id, status) in inventory.sources.iter() {
        let name = match id {
            SourceId::Argo(name) => format!("Argo CD {name}"),
            SourceId::Proxmox(name) => format!("Proxmox {name}"),
            SourceId::Kube => "Kubernetes".to_owned(),
            other => other.word().to_owned(),
        };
        let told = match id {
            SourceId::Proxmox(name) => inventory.proxmox.get(name),
            _ => None,
        };
        match (&status.state, told) {
            (SourceState::Limited { .. }, Some(told)) => limits(&name, told, sheet),
            _ => one(id, &name, &status.state, &status.version, sheet),
        }
    }
    for probe in inventory.probes.iter() {
        let place = format!("{} ({})", probe.name, probe.target);
        let down = |why: &str| format!("{place}: {why}");
        let silent = match probe.last().map(|result| &result.outcome) {
            Some(ProbeOutcome::Open(took)) => {
                sheet.good(&format!("{place} answers in {took:.1} ms"));
                certificate(&place, probe.certificate_until, now, sheet);
                continue;
            }
            None => {
                sheet.note(&down("not tried yet"));
                continue;
            }
            Some(ProbeOutcome::Refused) => down("refused: the host is up, nothing listens there"),
            Some(ProbeOutcome::TimedOut) => down("no answer in time"),
            Some(ProbeOutcome::NoName(why) | ProbeOutcome::Failed(why)) => down(why),
        };
        sheet.poor(
            &silent,
            "is the host up, and does a firewall or a missing route stand between?",
        );
    }
}

/// What a Proxmox VE that answers does not tell, and what to do about each.
fn limits(name: &str, told: &PveState, sheet: &mut Sheet) {
    for right in &told.missing {
        let what = format!(
            "{name}: no {} on {}: {}",
            right.privilege, right.path, right.hides
        );
        sheet.poor(&what, &right.grant());
    }
    for gap in &told.gaps {
        sheet.poor(
            &format!("{name}: {gap}"),
            "look at the host that is named; no right is missing for this",
        );
    }
}

/// Days before the end of a certificate from which on it is told.
const SOON: i64 = 21;

/// Until when the certificate of an endpoint is valid, where it was asked for.
fn certificate(place: &str, until: Option<Time>, now: Time, sheet: &mut Sheet) {
    let Some(until) = until else { return };
    let days = until.duration_since(now).as_hours() / 24;
    let date = until.strftime("%Y-%m-%d");
    if until < now {
        let what = format!("{place}: its certificate ended on {date}");
        sheet.bad(Exit::Warnings, &what, "renew it");
    } else if days < SOON {
        let what = format!("{place}: its certificate ends in {days} days, on {date}");
        sheet.poor(&what, "renew it in time");
    } else {
        sheet.good(&format!("{place}: its certificate is valid until {date}"));
    }
}

fn one(id: &SourceId, name: &str, state: &SourceState, version: &str, sheet: &mut Sheet) {
    let exit = if *id == SourceId::Kube {
        Exit::Unreadable
    } else {
        Exit::Warnings
    };
    match state {
        SourceState::Live(_) => sheet.good(format!("{name} {version}").trim_end()),
        SourceState::Connecting => sheet.bad(
            exit,
            &format!("{name}: no answer yet"),
            "try again; if it stays so, look at the address and at the network between",
        ),
        SourceState::Stale { why, .. } | SourceState::Unreachable { why, .. } => {
            sheet.bad(exit, &format!("{name}: {why}"), advice(id));
        }
        SourceState::Refused { why, advice } => {
            sheet.bad(exit, &format!("{name}: {why}"), advice);
        }
        SourceState::Limited { why, .. } => {
            sheet.poor(&format!("{name}: answers, but {why}"), "the rest is shown")
        }
    }
}

const fn advice(id: &SourceId) -> &'static str {
    match id {
        SourceId::Kube => {
            "is the server address of the context right, and the network to it up? kubectl get --raw /readyz"
        }
        SourceId::Metrics => {
            "without metrics.k8s.io only requests are shown, not usage; install the metrics server where it is wanted"
        }
        SourceId::Kubelets => {
            "the fill of volumes comes from the kubelets: grant get on nodes/proxy, or set no_kubelet_stats = true"
        }
        SourceId::Argo(_) => {
            "is the url of [[argocd]] right, and its certificate trusted or pinned?"
        }
        SourceId::Proxmox(_) => {
            "is the url of [[proxmox]] right, and its certificate trusted or pinned?"
        }
        SourceId::Probes | SourceId::Dump => "",
    }
}
