//! `redbutton lab serve`: the simulated lab by itself, for kubectl and for tests.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Exit;
use crate::lab::{self, Options, PveRelease, PveSetup, Scale};

/// What to do with the lab.
#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// Serve it on loopback until it is told to stop
    Serve(ServeArgs),
    /// List the faults that can be injected
    Faults,
}

/// Options of `lab serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Write kubeconfig and config.toml into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A big cluster, as nodes=500,pods=10000,apps=3000,churn=60 (changes a second)
    #[arg(long, value_name = "SIZES")]
    scale: Option<Scale>,
    /// Faults that are on at the start (default: all; none for a healthy lab)
    #[arg(long = "fault", value_name = "NAME", value_delimiter = ',')]
    faults: Vec<String>,
    /// Makes runs repeatable
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds until Argo CD's self-heal puts a change back (default: 180)
    #[arg(long, value_name = "SECONDS")]
    heal_after: Option<u32>,
    /// Version of the Proxmox VE beside the cluster: 8 or 9
    #[arg(long, value_name = "VERSION", default_value = "9")]
    pve: PveRelease,
    /// A cluster of two Proxmox VE hosts, one of which is off
    #[arg(long)]
    pve_cluster: bool,
}

/// Runs the command.
pub async fn run(command: &LabCommand) -> Exit {
    match command {
        LabCommand::Faults => {
            for fault in lab::FAULTS {
                say!(
                    "{:22} {} {}",
                    fault.name,
                    fault.kind,
                    [fault.namespace, fault.object]
                        .join("/")
                        .trim_start_matches('/')
                );
            }
            Exit::Healthy
        }
        LabCommand::Serve(args) => serve(args).await,
    }
}

async fn serve(args: &ServeArgs) -> Exit {
    let faults = match args.faults.as_slice() {
        [] => None,
        [one] if one == "none" => Some(Vec::new()),
        list => Some(list.to_vec()),
    };
    let options = Options {
        port: args.port,
        scale: args.scale,
        faults,
        seed: args.seed,
        heal_after: args.heal_after,
        pve: PveSetup {
            release: args.pve,
            cluster: args.pve_cluster,
        },
    };
    let running = match lab::start(&options).await {
        Ok(running) => running,
        Err(why) => {
            complain!("redbutton: the lab cannot start: {why}");
            return Exit::Usage;
        }
    };
    say!("lab on https://{}", running.address());
    if let Some(dir) = &args.dir {
        if let Err(why) = running.write_files(dir) {
            complain!("redbutton: {}: {why}", dir.display());
            return Exit::Unreadable;
        }
        say!("export KUBECONFIG={}", dir.join("kubeconfig").display());
        say!(
            "export REDBUTTON_CONFIG={}",
            dir.join("config.toml").display()
        );
        say!("contexts: admin, viewer, nsviewer, norights, badtoken");
    }
    super::stop_signal().await;
    running.stop();
    Exit::Healthy
}
