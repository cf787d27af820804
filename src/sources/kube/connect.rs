//! From a kubeconfig to a client, as kubectl reads it.

use std::{path::PathBuf, time::Duration};

use kube::config::{AuthInfo, ExecInteractiveMode, KubeConfigOptions, Kubeconfig};

/// A server that does not take a connection within this time is not reached.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Which cluster, and what of it.
#[derive(Clone, Debug, Default)]
pub struct KubeSettings {
    /// Kubeconfig file; otherwise KUBECONFIG, then the home folder, then the pod's own account.
    pub kubeconfig: Option<PathBuf>,
    /// Context; otherwise the current one.
    pub context: Option<String>,
    /// Namespace; otherwise the context's.
    pub namespace: Option<String>,
    /// Namespaces to try where listing over the whole cluster is not allowed.
    pub namespaces: Vec<String>,
    /// Reads usage from metrics.k8s.io.
    pub metrics: bool,
    /// Reads volume fill from the kubelets.
    pub kubelets: bool,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither a kubeconfig nor a pod's account.
    #[error(
        "no kubeconfig found: neither KUBECONFIG nor ~/.kube/config names a cluster, and this is no pod"
    )]
    NoKubeconfig,
    /// File wrong.
    #[error("{file}: {why}")]
    Kubeconfig {
        /// File or files.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// Context unknown.
    #[error("{file}: no context `{wanted}`; there are: {known}")]
    NoContext {
        /// File or files.
        file: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// No client from it.
    #[error("context {context}: {why}")]
    Client {
        /// Context.
        context: String,
        /// What is wrong.
        why: String,
    },
}

/// A client and what it was made from.
pub(crate) struct Connection {
    /// Client; never retries by itself.
    pub client: kube::Client,
    /// Context, or `in-cluster`.
    pub context: String,
    /// Cluster name.
    pub cluster: String,
    /// Namespace.
    pub namespace: String,
    /// Address of the server.
    pub server: String,
}

/// Names of the contexts there are, the current one first.
///
/// # Errors
/// When no kubeconfig can be read.
pub fn contexts(settings: &KubeSettings) -> Result<Vec<String>, ConnectError> {
    let (kubeconfig, _) = read_kubeconfig(settings)?;
    let current = kubeconfig.current_context.clone().unwrap_or_default();
    let mut names: Vec<String> = kubeconfig
        .contexts
        .into_iter()
        .map(|context| context.name)
        .collect();
    names.sort_by_key(|name| (*name != current, name.clone()));
    Ok(names)
}

/// Makes a client.
pub(crate) async fn connect(settings: &KubeSettings) -> Result<Connection, ConnectError> {
    match read_kubeconfig(settings) {
        Ok((kubeconfig, file)) => from_kubeconfig(settings, kubeconfig, file).await,
        Err(ConnectError::NoKubeconfig) => in_cluster(settings),
        Err(why) => Err(why),
    }
}

fn files(settings: &KubeSettings) -> String {
    if let Some(file) = &settings.kubeconfig {
        return file.display().to_string();
    }
    std::env::var("KUBECONFIG")
        .ok()
        .filter(|files| !files.is_empty())
        .unwrap_or_else(|| "~/.kube/config".into())
}

fn read_kubeconfig(settings: &KubeSettings) -> Result<(Kubeconfig, String), ConnectError> {
    let file = files(settings);
    let explicit = settings.kubeconfig.is_some()
        || std::env::var("KUBECONFIG").is_ok_and(|files| !files.is_empty());
    let read = match &settings.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    match read {
        Ok(kubeconfig) if kubeconfig.contexts.is_empty() && !explicit => {
            Err(ConnectError::NoKubeconfig)
        }
        Ok(kubeconfig) => Ok((kubeconfig, file)),
        Err(why) => {
            let why = chain(&why);
            if !explicit && why.contains("No such file") {
                Err(ConnectError::NoKubeconfig)
            } else {
                Err(ConnectError::Kubeconfig { file, why })
            }
        }
    }
}

async fn from_kubeconfig(
    settings: &KubeSettings,
    mut kubeconfig: Kubeconfig,
    file: String,
) -> Result<Connection, ConnectError> {
    let context = settings
        .context
        .clone()
        .or_else(|| kubeconfig.current_context.clone())
        .unwrap_or_default();
    let Some(entry) = kubeconfig
        .contexts
        .iter()
        .find(|entry| entry.name == context)
    else {
        let known = kubeconfig
            .contexts
            .iter()
            .map(|entry| entry.name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let wanted = if context.is_empty() {
            "(no current-context set)".into()
        } else {
            context
        };
        return Err(ConnectError::NoContext {
            file,
            wanted,
            known,
        });
    };
    let cluster = entry
        .context
        .as_ref()
        .map(|context| context.cluster.clone())
        .unwrap_or_default();
    for user in &mut kubeconfig.auth_infos {
        user.auth_info.as_mut().map(keep_off_the_terminal);
    }
    let options = KubeConfigOptions {
        context: Some(context.clone()),
        cluster: None,
        user: None,
    };
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|why| ConnectError::Kubeconfig {
            file,
            why: chain(&why),
        })?;
    client(settings, config, context, cluster)
}

fn in_cluster(settings: &KubeSettings) -> Result<Connection, ConnectError> {
    let config = kube::Config::incluster().map_err(|_| ConnectError::NoKubeconfig)?;
    client(settings, config, "in-cluster".into(), "in-cluster".into())
}

/// A plugin that asks on the terminal would fight with the screen for it.
fn keep_off_the_terminal(auth: &mut AuthInfo) {
    if let Some(exec) = &mut auth.exec {
        exec.interactive_mode = Some(ExecInteractiveMode::Never);
    }
}

fn client(
    settings: &KubeSettings,
    mut config: kube::Config,
    context: String,
    cluster: String,
) -> Result<Connection, ConnectError> {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = None;
    config.default_retry = false;
    let server = config
        .cluster_url
        .to_string()
        .trim_end_matches('/')
        .to_owned();
    let namespace = settings
        .namespace
        .clone()
        .unwrap_or_else(|| config.default_namespace.clone());
    let client = kube::Client::try_from(config).map_err(|why| ConnectError::Client {
        context: context.clone(),
        why: chain(&why),
    })?;
    Ok(Connection {
        client,
        context,
        cluster,
        namespace,
        server,
    })
}

/// An error with all that caused it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
