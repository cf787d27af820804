//! How the lab's Proxmox VE is reached.

use redbutton::{
    lab::{PveAccount, Running},
    sources::proxmox::{Credentials, ProxmoxSettings},
};

/// With a token of an account.
pub fn settings(lab: &Running, account: PveAccount) -> ProxmoxSettings {
    let (url, fingerprint, id, secret) = lab.pve(account);
    ProxmoxSettings {
        name: "prox".into(),
        url,
        credentials: Credentials::Token {
            id: id.into(),
            secret: secret.to_owned().into(),
        },
        ca_file: None,
        fingerprint: Some(fingerprint.into()),
        every: ProxmoxSettings::EVERY,
    }
}
