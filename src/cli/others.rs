//! The back ends beside Kubernetes: what the configuration says of them, ready to be followed.

use tokio::sync::mpsc;

use super::Ctx;
use crate::{
    config::{ArgoConfig, ProxmoxConfig},
    inventory::{SourceId, SourceState, SourceStatus, Update},
    sources::{
        argocd::{self, ArgoSettings, Credentials},
        probe::{self, ProbeSettings},
        proxmox::{self, ProxmoxSettings},
    },
};

/// Follows every configured Argo CD and Proxmox VE and probes every endpoint.
pub fn follow(ctx: &Ctx, tx: &mpsc::Sender<Update>) {
    for (nth, one) in ctx.config.argocd.iter().enumerate() {
        let (one, tx) = (one.clone(), tx.clone());
        tokio::spawn(async move {
            connecting(&tx, SourceId::Argo(one.name.as_str().into())).await;
            match argo_settings(&one).await {
                Ok(settings) if nth == 0 => argocd::follow(settings, tx).await,
                Ok(settings) => argocd::follow_apart(settings, tx).await,
                Err(why) => {
                    let id = SourceId::Argo(one.name.as_str().into());
                    refuse(&tx, id, why, "correct how to log in").await;
                }
            }
        });
    }
    for one in &ctx.config.proxmox {
        let (one, tx) = (one.clone(), tx.clone());
        let changed = ctx.guests_changed.subscribe();
        tokio::spawn(async move {
            connecting(&tx, SourceId::Proxmox(one.name.as_str().into())).await;
            match proxmox_settings(&one).await {
                Ok(settings) => proxmox::follow(settings, changed, tx).await,
                Err(why) => {
                    let id = SourceId::Proxmox(one.name.as_str().into());
                    refuse(
                        &tx,
                        id,
                        why.to_string(),
                        "correct the reference to the token",
                    )
                    .await;
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
            tls: one.tls,
            dns: one.dns.clone(),
        })
        .collect();
    if !endpoints.is_empty() {
        tokio::spawn(probe::follow(endpoints, tx.clone()));
    }
}

/// Tells that a source is there, before it has said anything.
async fn connecting(tx: &mpsc::Sender<Update>, id: SourceId) {
    // nobody listens any more once the program ends
    tx.send(Update::Source(id, SourceStatus::default()))
        .await
        .ok();
}

/// Tells that a source cannot even begin.
async fn refuse(tx: &mpsc::Sender<Update>, id: SourceId, why: String, advice: &str) {
    let status = SourceStatus {
        state: SourceState::Refused {
            why: why.into(),
            advice: advice.into(),
        },
        ..SourceStatus::default()
    };
    // nobody listens any more once the program ends
    tx.send(Update::Source(id, status)).await.ok();
}

/// How to reach a Proxmox VE installation, its secret resolved.
///
/// # Errors
/// When the secret cannot be had, in words.
pub async fn proxmox_settings(one: &ProxmoxConfig) -> Result<ProxmoxSettings, String> {
    let credentials = match (&one.token_id, &one.token, &one.username, &one.password) {
        (Some(id), Some(token), ..) => proxmox::Credentials::Token {
            id: id.clone(),
            secret: token.resolve().await.map_err(|why| why.to_string())?,
        },
        (.., Some(username), Some(password)) => proxmox::Credentials::Password {
            username: username.clone(),
            password: password.resolve().await.map_err(|why| why.to_string())?,
        },
        _ => return Err("no way to log in is configured".into()),
    };
    Ok(ProxmoxSettings {
        name: one.name.clone(),
        url: one.url.as_str().to_owned(),
        credentials,
        ca_file: one.ca_file.clone(),
        fingerprint: one.fingerprint.clone(),
        every: ProxmoxSettings::EVERY,
    })
}

/// How to reach an Argo CD instance, its secret resolved.
///
/// # Errors
/// When the secret cannot be had, in words.
pub async fn argo_settings(one: &ArgoConfig) -> Result<ArgoSettings, String> {
    let credentials = match (&one.token, &one.username, &one.password, &one.cli_config) {
        (Some(token), ..) => {
            Credentials::Token(token.resolve().await.map_err(|why| why.to_string())?)
        }
        (_, Some(username), Some(password), _) => Credentials::Password {
            username: username.clone(),
            password: password.resolve().await.map_err(|why| why.to_string())?,
        },
        (.., Some(path)) => Credentials::Token(
            argocd::cli_token(path, one.cli_context.as_deref(), one.url.as_str())
                .map_err(|why| why.to_string())?,
        ),
        _ => return Err("no way to log in is configured".into()),
    };
    Ok(ArgoSettings {
        name: one.name.clone(),
        url: one.url.as_str().to_owned(),
        credentials,
        ca_file: one.ca_file.clone(),
        fingerprint: one.fingerprint.clone(),
        relist: ArgoSettings::RELIST,
    })
}
