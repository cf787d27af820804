//! What every subcommand gets: global options, configuration, profile, folders.

use std::path::PathBuf;

use clap::Args;
use tokio::sync::watch;

use super::Exit;
use crate::{
    config::{self, Config, Paths},
    domain::{Profile, Time},
};

/// Options that every subcommand understands.
#[derive(Clone, Debug, Default, Args)]
pub struct Globals {
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", env = "REDBUTTON_CONFIG")]
    pub config: Option<PathBuf>,
    /// Kubeconfig file (default: KUBECONFIG, then ~/.kube/config, then the pod's own account)
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Namespace
    #[arg(short, long, global = true, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Read a dump instead of a live cluster: a folder, or a .tar, .tar.gz, .tar.xz or .tar.zst
    #[arg(long, global = true, value_name = "PATH")]
    pub dump: Option<PathBuf>,
    /// Take this as the time (RFC 3339); for a dump its newest timestamp is the default
    #[arg(long, global = true, value_name = "TIME")]
    pub now: Option<Time>,
    /// Look at the simulated lab that comes with the program
    #[arg(long, global = true, conflicts_with_all = ["kubeconfig", "dump", "config"])]
    pub demo: bool,
    /// Refuse every change
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Profile: neutral, seed-lab, or a file
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
}

/// Global options together with what they lead to.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Options as given.
    pub globals: Globals,
    /// Configuration.
    pub config: Config,
    /// The file it came from, or would come from.
    pub config_file: PathBuf,
    /// Profile.
    pub profile: Profile,
    /// Folders.
    pub paths: Paths,
    /// Tells that the console changed a guest of Proxmox VE: what is being read of it is old.
    pub guests_changed: watch::Sender<()>,
}

impl Ctx {
    /// Reads the configuration and the profile.
    ///
    /// # Errors
    /// [`Exit::Config`] after the reason was printed.
    pub fn load(globals: &Globals) -> Result<Self, Exit> {
        let paths = Paths::of_user();
        let config_file = globals
            .config
            .clone()
            .unwrap_or_else(|| paths.config_file());
        let complain = |why: String| {
            complain!("redbutton: {why}");
            Exit::Config
        };
        let config = config::load(&config_file, globals.config.is_some())
            .map_err(|why| complain(why.to_string()))?;
        let name = globals.profile.as_deref().unwrap_or(&config.profile);
        let profile = config::profile(name).map_err(|why| complain(why.to_string()))?;
        Ok(Self {
            globals: globals.clone(),
            config,
            config_file,
            profile,
            paths,
            guests_changed: watch::Sender::new(()),
        })
    }

    /// Whether changes are refused whatever happens: by option, by configuration, for this context, or on a dump.
    #[must_use]
    pub fn read_only(&self, context: &str) -> bool {
        self.globals.read_only
            || self.config.read_only
            || self.globals.dump.is_some()
            || self
                .config
                .context
                .iter()
                .any(|entry| entry.name == context && entry.read_only)
    }

    /// The time to reckon with: `--now`, else the clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.globals.now.unwrap_or_else(Time::now)
    }
}
