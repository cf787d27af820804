//! A child process that sees the cluster which the console shows.

use std::{io, path::PathBuf};

use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::Ctx;

/// A command through a shell, for lines with shell syntax.
///
/// # Errors
/// When the context cannot be handed over.
pub fn shell(line: &str, ctx: &Ctx) -> io::Result<Command> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line);
    point_at_context(&mut command, ctx)?;
    Ok(command)
}

/// A command by its words; `None` where there are none.
///
/// # Errors
/// When the context cannot be handed over.
pub fn words(words: &[String], ctx: &Ctx) -> io::Result<Option<Command>> {
    let Some((program, rest)) = words.split_first() else {
        return Ok(None);
    };
    let mut command = Command::new(program);
    command.args(rest);
    point_at_context(&mut command, ctx)?;
    Ok(Some(command))
}

/// Every tool that reads a kubeconfig gets the context, also behind a pipe or inside a script: of several
/// files the first one that names a current context counts.
fn point_at_context(command: &mut Command, ctx: &Ctx) -> io::Result<()> {
    let given = ctx.globals.kubeconfig.clone().map(PathBuf::into_os_string);
    let Some(context) = &ctx.globals.context else {
        if let Some(kubeconfig) = given {
            command.env("KUBECONFIG", kubeconfig);
        }
        return Ok(());
    };
    let rest = given
        .or_else(|| std::env::var_os("KUBECONFIG"))
        .or_else(|| {
            let user = directories::BaseDirs::new()?;
            Some(
                user.home_dir()
                    .join(".kube")
                    .join("config")
                    .into_os_string(),
            )
        });
    let mut list: Vec<PathBuf> = vec![context_file(context, ctx)?];
    list.extend(rest.iter().flat_map(std::env::split_paths));
    let joined = std::env::join_paths(list).map_err(io::Error::other)?;
    command.env("KUBECONFIG", joined);
    Ok(())
}

/// A kubeconfig that only says which context is current.
fn context_file(context: &str, ctx: &Ctx) -> io::Result<PathBuf> {
    std::fs::create_dir_all(&ctx.paths.state)?;
    // two consoles may look at two contexts; of one context there is one file, however often it is used
    let mark = hex::encode(&Sha256::digest(context)[..8]);
    let path = ctx.paths.state.join(format!("context-{mark}.kubeconfig"));
    let name = serde_json::to_string(context)?;
    std::fs::write(
        &path,
        format!("apiVersion: v1\nkind: Config\ncurrent-context: {name}\n"),
    )?;
    Ok(path)
}
