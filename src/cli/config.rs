//! `redbutton config init|check|path|schema`.

use std::{io::Write, path::Path};

use clap::Subcommand;

use super::{Exit, Globals};
use crate::{
    config::{self, Config, Paths, TEMPLATE},
    redbutton::Rules,
    tui::{Ground, Keymap, Theme},
};

/// Write, check and find the configuration file.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a configuration with every option commented out
    Init {
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Check the configuration, the profile and the runbooks
    Check,
    /// Print where the configuration is
    Path,
    /// Print the JSON schema of the configuration
    Schema,
}

/// Runs the command.
#[must_use]
pub fn run(command: &ConfigCommand, globals: &Globals) -> Exit {
    let path = globals
        .config
        .clone()
        .unwrap_or_else(|| Paths::of_user().config_file());
    match command {
        ConfigCommand::Init { force } => init(&path, *force),
        ConfigCommand::Check => check(&path, globals),
        ConfigCommand::Path => {
            say!("{}", path.display());
            Exit::Healthy
        }
        ConfigCommand::Schema => schema(),
    }
}

fn init(path: &Path, force: bool) -> Exit {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = path.parent()
        && let Err(why) = std::fs::create_dir_all(folder)
    {
        complain!("redbutton: {}: {why}", folder.display());
        return Exit::Config;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    match options
        .open(path)
        .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()))
    {
        Ok(()) => {
            say!(
                "{} written: every option is in it, commented out",
                path.display()
            );
            Exit::Healthy
        }
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
            complain!(
                "redbutton: {} is there already; use --force to replace it",
                path.display()
            );
            Exit::Config
        }
        Err(why) => {
            complain!("redbutton: {}: {why}", path.display());
            Exit::Config
        }
    }
}

fn check(path: &Path, globals: &Globals) -> Exit {
    if !path.exists() && globals.config.is_none() {
        say!(
            "{}: not there; everything has its default (write one with `redbutton config init`)",
            path.display()
        );
        return Exit::Healthy;
    }
    let config = match config::load(path, true) {
        Ok(config) => config,
        Err(why) => {
            complain!("{why}");
            return Exit::Config;
        }
    };
    let faults = faults(&config);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    for (needle, why) in &faults {
        complain!("{}", config::error_at(path, &text, needle, why.clone()));
    }
    if !faults.is_empty() {
        return Exit::Config;
    }
    say!("{}: ok{}", path.display(), summary(&config));
    Exit::Healthy
}

/// What the file's own form does not tell: names of profiles, themes and keys that are not there. Each
/// with the text to look for in the file.
fn faults(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let quoted = |text: &str| format!("\"{text}\"");
    let of_contexts = config.context.iter().filter_map(|one| one.profile.as_ref());
    for name in std::iter::once(&config.profile).chain(of_contexts) {
        if let Err(why) = config::profile(name) {
            found.push((quoted(name), why.to_string()));
        }
    }
    if let Err(why) = Rules::new(&config.tiers, config.glass.cool_down_seconds) {
        found.push(("[tiers]".to_owned(), why.to_string()));
    }
    if let Err(why) = Theme::named(&config.theme, &Paths::of_user().themes(), Ground::Dark) {
        found.push((quoted(&config.theme), why.to_string()));
    }
    if let Err(why) = Keymap::new(&config.keys) {
        let named = config.keys.iter().find(|(action, key)| {
            Keymap::new(&[((*action).clone(), (*key).clone())].into()).is_err()
        });
        // each may be right by itself and two of them the same
        let needle = named.map_or_else(|| "[keys]".to_owned(), |(action, _)| action.clone());
        found.push((needle, why.to_string()));
    }
    found
}

fn summary(config: &Config) -> String {
    format!(
        " (profile {}, {} Argo CD, {} Proxmox VE, {} probes)",
        config.profile,
        config.argocd.len(),
        config.proxmox.len(),
        config.probe.len()
    )
}

fn schema() -> Exit {
    match serde_json::to_string_pretty(&schemars::schema_for!(Config)) {
        Ok(text) => {
            say!("{text}");
            Exit::Healthy
        }
        Err(why) => {
            complain!("redbutton: {why}");
            Exit::Unreadable
        }
    }
}
