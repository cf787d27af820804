//! From a kubeconfig to a client, as kubectl reads it.

use std::{path::PathBuf, time::Duration};

use kube::config::{
    AuthInfo, Cluster, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};

use super::plugin;

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

/// What a kubeconfig, or the pod's own account, says of one context.
#[derive(Clone)]
pub(crate) struct Context {
    /// Name, or `in-cluster`.
    pub name: String,
    /// Cluster name.
    pub cluster: String,
    /// Namespace.
    pub namespace: String,
    /// Address of the server.
    pub server: String,
    from: From,
}

#[derive(Clone)]
enum From {
    /// The pod's own account; its token is read anew by the client itself.
    Pod,
    /// The one cluster and the one user of the context.
    File {
        cluster: Box<Cluster>,
        user: Box<AuthInfo>,
    },
}

/// A client, and when its credentials end.
pub(crate) struct Login {
    /// Client; never retries by itself.
    pub client: kube::Client,
    /// End of what a plugin gave.
    pub expires: Option<jiff::Timestamp>,
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

/// Reads the context that is asked for. Nothing is run and nobody is asked yet.
pub(crate) fn context(settings: &KubeSettings) -> Result<Context, ConnectError> {
    match read_kubeconfig(settings) {
        Ok((kubeconfig, file)) => of_kubeconfig(settings, kubeconfig, file),
        Err(ConnectError::NoKubeconfig) => in_cluster(settings),
        Err(why) => Err(why),
    }
}

/// Makes a client, with a plugin's help where the context names one.
pub(crate) async fn connect(settings: &KubeSettings) -> Result<kube::Client, ConnectError> {
    let context = context(settings)?;
    let login = context.log_in().await;
    login
        .map(|login| login.client)
        .map_err(|why| ConnectError::Client {
            context: context.name,
            why,
        })
}

impl Context {
    /// Whether a kubeconfig names it.
    pub(super) const fn of_file(&self) -> bool {
        matches!(self.from, From::File { .. })
    }

    /// The plugin that gives the credentials.
    pub(super) fn plugin(&self) -> Option<&str> {
        match &self.from {
            From::Pod => None,
            From::File { user, .. } => user.exec.as_ref()?.command.as_deref(),
        }
    }

    /// Whether both say the same, so that a new client would do no better than the old one.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (&self.from, &other.from) {
            (From::Pod, From::Pod) => true,
            (
                From::File { cluster, user },
                From::File {
                    cluster: other_cluster,
                    user: other_user,
                },
            ) => {
                let words = |cluster, user| serde_json::to_string(&(cluster, user)).ok();
                words(cluster, user) == words(other_cluster, other_user)
            }
            _ => false,
        }
    }

    /// Gets the credentials and makes a client of them.
    pub(super) async fn log_in(&self) -> Result<Login, String> {
        let (config, expires) = match &self.from {
            From::Pod => (kube::Config::incluster().map_err(|why| chain(&why))?, None),
            From::File { cluster, user } => {
                let mut user = user.clone();
                let expires = plugin::settle(&mut user, cluster).await?;
                (self.config(cluster, &user).await?, expires)
            }
        };
        Ok(Login {
            client: client(config)?,
            expires,
        })
    }

    async fn config(&self, cluster: &Cluster, user: &AuthInfo) -> Result<kube::Config, String> {
        let one = |name: &str| Some(name.to_owned());
        let file = Kubeconfig {
            clusters: vec![NamedCluster {
                name: "it".into(),
                cluster: Some(cluster.clone()),
                ..NamedCluster::default()
            }],
            auth_infos: vec![NamedAuthInfo {
                name: "me".into(),
                auth_info: Some(user.clone()),
                ..NamedAuthInfo::default()
            }],
            contexts: vec![NamedContext {
                name: "here".into(),
                context: Some(kube::config::Context {
                    cluster: "it".into(),
                    user: one("me"),
                    namespace: one(&self.namespace),
                    ..kube::config::Context::default()
                }),
                ..NamedContext::default()
            }],
            current_context: one("here"),
            ..Kubeconfig::default()
        };
        kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
            .await
            .map_err(|why| chain(&why))
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
            // the lines after the first quote the file, and with it a token
            let why = chain(&why);
            let why = why.lines().next().unwrap_or_default().to_owned();
            if !explicit && why.contains("No such file") {
                Err(ConnectError::NoKubeconfig)
            } else {
                Err(ConnectError::Kubeconfig { file, why })
            }
        }
    }
}

fn of_kubeconfig(
    settings: &KubeSettings,
    kubeconfig: Kubeconfig,
    file: String,
) -> Result<Context, ConnectError> {
    let wrong = |why: String| ConnectError::Kubeconfig {
        file: file.clone(),
        why,
    };
    let name = settings
        .context
        .clone()
        .or_else(|| kubeconfig.current_context.clone())
        .unwrap_or_default();
    let entry = kubeconfig.contexts.iter().find(|entry| entry.name == name);
    let Some(entry) = entry.and_then(|entry| entry.context.clone()) else {
        return Err(no_context(&kubeconfig, name, file));
    };
    let cluster = kubeconfig
        .clusters
        .iter()
        .find(|one| one.name == entry.cluster)
        .and_then(|one| one.cluster.clone())
        .ok_or_else(|| {
            wrong(format!(
                "contexts[{name}].cluster: no cluster `{}`",
                entry.cluster
            ))
        })?;
    let user = match &entry.user {
        Some(wanted) if !wanted.is_empty() => kubeconfig
            .auth_infos
            .iter()
            .find(|one| one.name == *wanted)
            .and_then(|one| one.auth_info.clone())
            .ok_or_else(|| wrong(format!("contexts[{name}].user: no user `{wanted}`")))?,
        _ => AuthInfo::default(),
    };
    let server = server(&cluster)
        .map_err(|why| wrong(format!("clusters[{}].server: {why}", entry.cluster)))?;
    let user = token_of_file(user)
        .map_err(|why| wrong(format!("users[{}]: {why}", entry.user.unwrap_or_default())))?;
    Ok(Context {
        name,
        cluster: entry.cluster,
        namespace: settings
            .namespace
            .clone()
            .or(entry.namespace)
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or_else(|| "default".into()),
        server,
        from: From::File {
            cluster: Box::new(cluster),
            user: Box::new(user),
        },
    })
}

fn no_context(kubeconfig: &Kubeconfig, wanted: String, file: String) -> ConnectError {
    let known = kubeconfig
        .contexts
        .iter()
        .map(|entry| entry.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let wanted = if wanted.is_empty() {
        "(no current-context set)".into()
    } else {
        wanted
    };
    ConnectError::NoContext {
        file,
        wanted,
        known,
    }
}

/// The address of the server, where it is one.
fn server(cluster: &Cluster) -> Result<String, String> {
    let given = cluster.server.clone().unwrap_or_default();
    let address: http::Uri = given
        .parse()
        .map_err(|why| format!("`{given}` is no address: {why}"))?;
    match address.scheme_str() {
        Some("https" | "http") if address.host().is_some() => {
            Ok(given.trim_end_matches('/').to_owned())
        }
        _ => Err(format!(
            "`{given}` is no address: expected https://HOST:PORT"
        )),
    }
}

/// A token in a file, without the line break at its end that no header may carry.
fn token_of_file(mut user: AuthInfo) -> Result<AuthInfo, String> {
    if user.token.is_none()
        && let Some(path) = user.token_file.take()
    {
        let text =
            std::fs::read_to_string(&path).map_err(|why| format!("tokenFile {path}: {why}"))?;
        user.token = Some(text.trim().to_owned().into());
    }
    Ok(user)
}

fn in_cluster(settings: &KubeSettings) -> Result<Context, ConnectError> {
    let config = kube::Config::incluster().map_err(|_| ConnectError::NoKubeconfig)?;
    let server = config.cluster_url.to_string();
    Ok(Context {
        name: "in-cluster".into(),
        cluster: "in-cluster".into(),
        namespace: settings
            .namespace
            .clone()
            .unwrap_or(config.default_namespace),
        server: server.trim_end_matches('/').to_owned(),
        from: From::Pod,
    })
}

fn client(mut config: kube::Config) -> Result<kube::Client, String> {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = None;
    config.default_retry = false;
    kube::Client::try_from(config).map_err(|why| chain(&why))
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
    // layers that say nothing of the cause
    [
        "ServiceError: ",
        "client error (Connect): ",
        "Failed to infer provided configuration: ",
    ]
    .iter()
    .fold(text.as_str(), |text, layer| {
        text.strip_prefix(layer).unwrap_or(text)
    })
    .to_owned()
}
