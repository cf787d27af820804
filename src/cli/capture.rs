//! `redbutton capture`: the live cluster as files that `--dump` opens again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::{Ctx, Exit, gather, runbooks};
use crate::{
    domain::{Freshness, Kind, LogKey},
    insight::{diagnosis::Case, incidents},
};

/// Options of `capture`.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Folder to write into; it must not hold a capture already
    dir: PathBuf,
}

/// Rounds of surveys, each after the logs that the one before wanted.
const ROUNDS: usize = 3;

/// Runs the command.
pub async fn run(args: &CaptureArgs, ctx: &Ctx) -> Exit {
    if ctx.globals.dump.is_some() {
        complain!("redbutton: capture reads a live cluster; --dump is one already");
        return Exit::Usage;
    }
    if args.dir.join("objects").exists() {
        complain!(
            "redbutton: {}: there is a capture already",
            args.dir.display()
        );
        return Exit::Usage;
    }
    let books = match runbooks::of(ctx) {
        Ok(books) => books,
        Err(exit) => return exit,
    };
    let mut scene = match gather(ctx).await {
        Ok(scene) => scene,
        Err(exit) => return exit,
    };
    let Some(reader) = scene.reader() else {
        return Exit::Unreadable;
    };
    for _ in 0..ROUNDS {
        let case = Case {
            inventory: &scene.inventory,
            logs: &scene.logs,
            runbooks: &books,
            profile: &ctx.profile,
            now: scene.now,
        };
        let wanted: Vec<LogKey> = incidents::survey(&case).wanted();
        if !scene.fetch_logs(&wanted).await {
            break;
        }
    }
    let mut missing = 0;
    for kind in Kind::ALL {
        if matches!(
            scene.inventory.freshness(*kind),
            Freshness::NotInstalled | Freshness::NotConfigured
        ) {
            continue;
        }
        match reader.list(*kind).await {
            Ok(items) => {
                let file = args
                    .dir
                    .join("objects")
                    .join(format!("{}.json", kind.plural_group()));
                let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
                if let Err(why) = private(&file, &list.to_string()) {
                    return complain(&file, &why);
                }
            }
            Err(why) => {
                complain!("redbutton: {} left out: {why}", kind.plural_group());
                missing += 1;
            }
        }
    }
    let mut logs = 0;
    for (key, text) in scene.logs.iter() {
        let name = if key.previous {
            format!("{}.previous.log", key.container)
        } else {
            format!("{}.log", key.container)
        };
        let file = args
            .dir
            .join("logs")
            .join(&*key.namespace)
            .join(&*key.pod)
            .join(name);
        if let Err(why) = private(&file, text) {
            return complain(&file, &why);
        }
        logs += 1;
    }
    say!(
        "{}: {} kinds, {logs} logs of what is unhealthy; Secrets and ConfigMaps by their keys only. Logs are as the programs wrote them: look through them before you hand this on.",
        args.dir.display(),
        Kind::ALL.len() - missing
    );
    if missing == 0 {
        Exit::Healthy
    } else {
        Exit::Warnings
    }
}

fn complain(file: &Path, why: &io::Error) -> Exit {
    complain!("redbutton: {}: {why}", file.display());
    Exit::Unreadable
}

/// A file that only its owner may read: a capture tells much.
fn private(file: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text.as_bytes())
}
