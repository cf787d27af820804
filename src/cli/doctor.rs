//! `redbutton doctor`: is everything reachable, is every right there, and what to do where not.

use super::{Ctx, Exit, gather, journal, runbooks};
use crate::{
    domain::{Freshness, Kind},
    inventory::{Inventory, SourceId, SourceState},
};

/// Runs the command.
pub async fn run(ctx: &Ctx) -> Exit {
    let mut worst = Exit::Healthy;
    let mut say = |good: bool, what: &str, advice: &str| {
        println!("{} {what}", if good { "●" } else { "✖" });
        if !good {
            println!("    {advice}");
            worst = worst.max(Exit::Warnings);
        }
    };
    say(
        true,
        &format!("configuration {}", ctx.config_file.display()),
        "",
    );
    say(
        runbooks::of(ctx).is_ok(),
        "runbooks",
        "correct the line that is named above",
    );
    let audit = journal::of(ctx);
    match audit.verify() {
        Ok(found) => {
            say(
                found.faults.is_empty(),
                &format!(
                    "journal {} ({} entries)",
                    audit.path().display(),
                    found.entries
                ),
                "redbutton journal verify names the lines; keep the file as it is and find out who wrote to it",
            );
            say(
                found.open.is_empty(),
                "no change is left open",
                "redbutton journal verify names what was begun and never ended: look whether it was done",
            );
        }
        Err(why) => say(
            false,
            &format!("journal {}: {why}", audit.path().display()),
            "make the state folder readable for you",
        ),
    }
    for (name, what, reference) in secrets(ctx) {
        match reference.resolve().await {
            Ok(_) => say(
                true,
                &format!("{what} of {name} by {}", reference.place()),
                "",
            ),
            Err(why) => say(
                false,
                &format!("{what} of {name}: {why}"),
                "correct the reference in the configuration",
            ),
        }
    }
    let scene = match gather(ctx).await {
        Ok(scene) => scene,
        Err(exit) => {
            println!("✖ Kubernetes");
            println!(
                "    name a kubeconfig with --kubeconfig, or look at the demo: redbutton --demo"
            );
            return exit;
        }
    };
    worst.max(kubernetes(&scene.inventory))
}

fn secrets(ctx: &Ctx) -> Vec<(String, &'static str, crate::config::SecretRef)> {
    let mut out = Vec::new();
    for one in &ctx.config.argocd {
        out.extend(
            one.token
                .clone()
                .map(|token| (one.name.clone(), "token", token)),
        );
        out.extend(
            one.password
                .clone()
                .map(|password| (one.name.clone(), "password", password)),
        );
    }
    for one in &ctx.config.proxmox {
        out.push((one.name.clone(), "token", one.token.clone()));
    }
    out
}

fn kubernetes(inventory: &Inventory) -> Exit {
    let mut worst = Exit::Healthy;
    let identity = &inventory.identity;
    println!(
        "● context {} as {} (k8s {})",
        identity.context, identity.user, identity.kubernetes
    );
    for id in [SourceId::Kube, SourceId::Metrics, SourceId::Kubelets] {
        let Some(status) = inventory.sources.get(&id) else {
            continue;
        };
        match &status.state {
            SourceState::Live(_) => println!("● {}", id.word()),
            other => {
                println!("✖ {}: {other:?}", id.word());
                worst = worst.max(if id == SourceId::Kube {
                    Exit::Unreadable
                } else {
                    Exit::Warnings
                });
            }
        }
    }
    for kind in Kind::ALL {
        let name = kind.plural_group();
        match inventory.freshness(*kind) {
            Freshness::Live(_) => println!("● {name}"),
            Freshness::NotInstalled | Freshness::NotConfigured => {
                println!("- {name}: this cluster has no such kind")
            }
            Freshness::Forbidden(denial) => {
                println!("✖ {name}: no right to {} {}", denial.verb, denial.resource);
                println!(
                    "    oc create clusterrole redbutton-reader --verb=get,list,watch --resource={name}, and bind it to {}",
                    identity.user
                );
                worst = worst.max(Exit::Warnings);
            }
            Freshness::Partial(namespaces, denial) => {
                println!(
                    "▲ {name}: only in {} (elsewhere no right to {})",
                    namespaces.join(", "),
                    denial.verb
                );
                worst = worst.max(Exit::Warnings);
            }
            other => {
                println!("? {name}: {other:?}");
                worst = worst.max(Exit::Warnings);
            }
        }
    }
    worst
}
