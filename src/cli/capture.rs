//! `redbutton capture`: the live cluster as files that `--dump` opens again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::{Ctx, Exit, Scene, gather, runbooks};
use crate::{
    domain::{Freshness, Kind, LogKey, Text},
    insight::{
        diagnosis::{Case, Runbooks},
        incidents,
    },
    inventory::{SourceId, SourceState},
    sources::{dump::Beside, kube::KubeReader},
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
    if let Some(why) = unreached(&scene) {
        complain!("redbutton: {why}: nothing was captured");
        return Exit::Unreadable;
    }
    read_logs(&mut scene, &books, ctx).await;
    let dir = &args.dir;
    let counted = async {
        let (kinds, missing) = write_objects(dir, &scene, &reader).await?;
        write_beside(dir, &scene, &reader).await?;
        Ok((kinds, missing, write_logs(dir, &scene)?))
    };
    let (kinds, missing, logs) = match counted.await {
        Ok(counted) => counted,
        Err(Unwritten { file, why }) => {
            complain!("redbutton: {}: {why}", file.display());
            return Exit::Unreadable;
        }
    };
    say!(
        "{}: {kinds} kinds, {logs} logs of what is unhealthy; Secrets and ConfigMaps by their keys only. Logs are as the programs wrote them: look through them before you hand this on.",
        dir.display(),
    );
    if missing == 0 {
        Exit::Healthy
    } else {
        Exit::Warnings
    }
}

/// Why the cluster could not be read at all.
fn unreached(scene: &Scene) -> Option<Text> {
    let status = scene.inventory.sources.get(&SourceId::Kube)?;
    match &status.state {
        SourceState::Refused { why, .. } | SourceState::Unreachable { why, .. } => {
            Some(why.clone())
        }
        _ => None,
    }
}

/// A file that could not be written.
struct Unwritten {
    file: PathBuf,
    why: io::Error,
}

async fn read_logs(scene: &mut Scene, books: &Runbooks, ctx: &Ctx) {
    for _ in 0..ROUNDS {
        let case = Case {
            inventory: &scene.inventory,
            logs: &scene.logs,
            runbooks: books,
            profile: &ctx.profile,
            now: scene.now,
        };
        let wanted: Vec<LogKey> = incidents::survey(&case).wanted();
        if !scene.fetch_logs(&wanted).await {
            break;
        }
    }
}

/// Writes the objects of each kind; says how many kinds, and how many could not be read.
async fn write_objects(
    dir: &Path,
    scene: &Scene,
    reader: &KubeReader,
) -> Result<(usize, usize), Unwritten> {
    let (mut kinds, mut missing) = (0, 0);
    for kind in Kind::ALL {
        if matches!(
            scene.inventory.freshness(*kind),
            Freshness::NotInstalled | Freshness::NotConfigured
        ) {
            continue;
        }
        match reader.list(*kind).await {
            Ok(items) => {
                let file = dir
                    .join("objects")
                    .join(format!("{}.json", kind.plural_group()));
                // typed, so that an empty list says of which kind there is nothing
                let list = json!({
                    "apiVersion": kind.api_version(),
                    "kind": format!("{}List", kind.as_str()),
                    "items": items,
                });
                private(file, &list.to_string())?;
                kinds += 1;
            }
            Err(why) => {
                complain!("redbutton: {} left out: {why}", kind.plural_group());
                missing += 1;
            }
        }
    }
    Ok((kinds, missing))
}

/// Writes what is no object: usage, Proxmox VE, probes, and what the cluster is.
async fn write_beside(dir: &Path, scene: &Scene, reader: &KubeReader) -> Result<(), Unwritten> {
    let nodes: Vec<Text> = scene
        .inventory
        .nodes
        .keys()
        .map(|key| key.name.clone())
        .collect();
    for (file, text) in reader.usage(&nodes).await {
        private(dir.join(file), &text)?;
    }
    let beside = Beside::of(&scene.inventory, scene.now);
    let file = dir.join("redbutton.json");
    match serde_json::to_string(&beside) {
        Ok(text) => private(file, &text),
        Err(why) => Err(Unwritten {
            file,
            why: why.into(),
        }),
    }
}

/// Writes the logs that were read; says how many.
fn write_logs(dir: &Path, scene: &Scene) -> Result<usize, Unwritten> {
    let mut logs = 0;
    for (key, text) in scene.logs.iter() {
        let name = if key.previous {
            format!("{}.previous.log", key.container)
        } else {
            format!("{}.log", key.container)
        };
        let file = dir
            .join("logs")
            .join(&*key.namespace)
            .join(&*key.pod)
            .join(name);
        private(file, text)?;
        logs += 1;
    }
    Ok(logs)
}

/// A file that only its owner may read: a capture tells much.
fn private(file: PathBuf, text: &str) -> Result<(), Unwritten> {
    use io::Write;
    let write = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = fs::OpenOptions::new();
        options.create(true).write(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&file)?.write_all(text.as_bytes())
    };
    write().map_err(|why| Unwritten {
        file: file.clone(),
        why,
    })
}
