//! The back ends as a whole: reached or not, and what to do.

use super::sheet::Sheet;
use crate::{
    cli::Exit,
    domain::ProbeOutcome,
    inventory::{Inventory, SourceId, SourceState},
};

/// Looks at each source that was followed, and at each probed endpoint.
pub(super) fn look(inventory: &Inventory, sheet: &mut Sheet) {
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
        one(id, &name, &status.state, &status.version, sheet);
    }
    for probe in inventory.probes.iter() {
        let place = format!("{} ({})", probe.name, probe.target);
        let down = |why: &str| format!("{place}: {why}");
        let silent = match probe.last().map(|result| &result.outcome) {
            Some(ProbeOutcome::Open(took)) => {
                sheet.good(&format!("{place} answers in {took:.1} ms"));
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
        SourceState::Limited { why, .. } => sheet.poor(
            &format!("{name}: answers, but {why}"),
            "the rest is shown; grant the right that is named to see all of it",
        ),
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
