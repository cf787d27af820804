//! Proxmox VE: the lab's as other programs see it, and the console on it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "proxmox/console.rs"]
mod console;
#[path = "common/proxmox.rs"]
mod reach;
#[path = "common/console.rs"]
mod tell;
#[path = "proxmox/wire.rs"]
mod wire;

use reach::settings;
use redbutton::lab::{Options, PveSetup, Running, start};

async fn lab(pve: PveSetup) -> Running {
    start(&Options {
        // the cluster beside it is of no interest here
        scale: Some("nodes=1,pods=0,apps=0".parse().unwrap()),
        pve,
        ..Options::default()
    })
    .await
    .unwrap()
}
