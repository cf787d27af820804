//! Credential plugins (`exec` in a kubeconfig): run beside the screen, never on it.

use std::{process::Stdio, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig};
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;

/// A plugin may open a browser and wait for somebody to log in there.
const PATIENCE: Duration = Duration::from_secs(120);
/// So much of what a plugin complains about is shown.
const COMPLAINT: usize = 300;

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<Timestamp>,
}

/// Puts what the user's plugin gives in the plugin's place; says when that ends.
pub(super) async fn settle(
    user: &mut AuthInfo,
    cluster: &Cluster,
) -> Result<Option<Timestamp>, String> {
    if user.token.is_some() {
        return Ok(None);
    }
    let Some(exec) = user.exec.take() else {
        return Ok(None);
    };
    let name = exec.command.clone().unwrap_or_default();
    let status = run(&exec, cluster)
        .await
        .map_err(|why| format!("credential plugin {name}: {why}"))?;
    user.token = status.token.map(Into::into);
    if let (Some(certificate), Some(key)) = (status.client_certificate_data, status.client_key_data)
    {
        user.client_certificate_data = Some(STANDARD.encode(certificate));
        user.client_key_data = Some(STANDARD.encode(key).into());
    }
    Ok(status.expiration_timestamp)
}

async fn run(exec: &ExecConfig, cluster: &Cluster) -> Result<Status, String> {
    let mut command = command(exec, cluster)?;
    let hint = exec.install_hint.as_deref().unwrap_or_default();
    let asked = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = asked
        .map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))?
        .map_err(|why| format!("cannot be started: {why}. {hint}"))?;
    // what it prints for us may hold a token: only its complaint is passed on
    let said = String::from_utf8_lossy(&output.stderr);
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said: String = said.chars().take(COMPLAINT).collect();
    if !output.status.success() {
        return Err(format!("{}: {said}", output.status));
    }
    let credential: Credential = serde_yaml::from_slice(&output.stdout)
        .map_err(|_| format!("its answer is no ExecCredential. {said}"))?;
    credential
        .status
        .filter(|status| status.token.is_some() || status.client_certificate_data.is_some())
        .ok_or_else(|| format!("it gave neither a token nor a certificate. {said}"))
}

fn command(exec: &ExecConfig, cluster: &Cluster) -> Result<Command, String> {
    let program = exec.command.as_deref().ok_or("no command is named")?;
    let mut spec = json!({"interactive": false});
    if exec.provide_cluster_info {
        let told = ExecAuthCluster::try_from(cluster).map_err(|why| why.to_string())?;
        spec["cluster"] = json!(told);
    }
    let told = json!({"apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec});
    let mut command = Command::new(program);
    command
        .args(exec.args.iter().flatten())
        .env("KUBERNETES_EXEC_INFO", told.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for pair in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
            command.env(name, value);
        }
    }
    // a group of its own may not read the keys that are meant for the screen
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}
