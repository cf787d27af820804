//! The back ends beside Kubernetes: what the configuration says of them, ready to be followed.

use tokio::sync::mpsc;

use super::Ctx;
use crate::{
    inventory::{SourceId, SourceState, SourceStatus, Update},
    sources::{
        probe::{self, ProbeSettings},
        proxmox::{self, ProxmoxSettings},
    },
};

/// Follows every configured Proxmox VE and probes every endpoint.
pub fn follow(ctx: &Ctx, tx: &mpsc::Sender<Update>) {
    for one in &ctx.config.proxmox {
        let (one, tx) = (one.clone(), tx.clone());
        tokio::spawn(async move {
            match one.token.resolve().await {
                Ok(token) => {
                    let settings = ProxmoxSettings {
                        name: one.name,
                        url: one.url.as_str().to_owned(),
                        token_id: one.token_id,
                        token,
                        ca_file: one.ca_file,
                        fingerprint: one.fingerprint,
                    };
                    proxmox::follow(settings, tx).await;
                }
                Err(why) => {
                    let state = SourceState::Refused {
                        why: why.to_string().into(),
                        advice: "correct the reference to the token".into(),
                    };
                    let status = SourceStatus {
                        state,
                        ..SourceStatus::default()
                    };
                    tx.send(Update::Source(
                        SourceId::Proxmox(one.name.as_str().into()),
                        status,
                    ))
                    .await
                    .ok();
                }
            }
        });
    }
    let endpoints: Vec<ProbeSettings> = ctx
        .config
        .probe
        .iter()
        .map(|one| ProbeSettings {
            name: one.name.clone(),
            host: one.host.clone(),
            port: one.port,
            interval: one.interval.0,
            timeout: one.timeout.0,
        })
        .collect();
    if !endpoints.is_empty() {
        tokio::spawn(probe::follow(endpoints, tx.clone()));
    }
}
