//! `redbutton doctor`: is everything reachable, is every right there, and what to do where not.

mod backends;
mod kinds;
mod sheet;

use self::sheet::Sheet;
use super::{Ctx, Exit, gather, journal, runbooks};

/// Runs the command.
pub async fn run(ctx: &Ctx) -> Exit {
    let mut sheet = Sheet::new();
    own_files(ctx, &mut sheet);
    secrets(ctx, &mut sheet).await;
    match gather(ctx).await {
        Ok(scene) => {
            backends::look(&scene.inventory, ctx.now(), &mut sheet);
            kinds::look(&scene.inventory, &mut sheet);
        }
        Err(exit) => sheet.bad(
            exit,
            "Kubernetes",
            "correct what is named above, name another kubeconfig with --kubeconfig, or look at the demo: redbutton --demo",
        ),
    }
    sheet.worst()
}

fn own_files(ctx: &Ctx, sheet: &mut Sheet) {
    sheet.good(&format!("configuration {}", ctx.config_file.display()));
    match runbooks::of(ctx) {
        Ok(_) => sheet.good("runbooks"),
        Err(_) => sheet.bad(
            Exit::Warnings,
            "runbooks",
            "correct the line that is named above",
        ),
    }
    let audit = journal::of(ctx);
    let path = audit.path().display();
    let found = match audit.verify() {
        Ok(found) => found,
        Err(why) => {
            return sheet.bad(
                Exit::Warnings,
                &format!("journal {path}: {why}"),
                "make the state folder readable for you",
            );
        }
    };
    let entries = format!("journal {path} ({} entries)", found.entries);
    if found.faults.is_empty() {
        sheet.good(&entries);
    } else {
        sheet.bad(
            Exit::Warnings,
            &entries,
            "redbutton journal verify names the lines; keep the file as it is and find out who wrote to it",
        );
    }
    if !found.open.is_empty() {
        sheet.poor(
            &format!("{} changes were begun and never ended", found.open.len()),
            "the console shows them at its start and looks again whether they were done",
        );
    }
}

async fn secrets(ctx: &Ctx, sheet: &mut Sheet) {
    for (name, what, reference) in references(ctx) {
        match reference.resolve().await {
            Ok(_) => sheet.good(&format!("{what} of {name} by {}", reference.place())),
            Err(why) => sheet.bad(
                Exit::Warnings,
                &format!("{what} of {name}: {why}"),
                "correct the reference in the configuration",
            ),
        }
    }
}

fn references(ctx: &Ctx) -> Vec<(String, &'static str, crate::config::SecretRef)> {
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
        let given = [("token", &one.token), ("password", &one.password)];
        for (what, secret) in given {
            out.extend(
                secret
                    .clone()
                    .map(|secret| (one.name.clone(), what, secret)),
            );
        }
    }
    out
}
