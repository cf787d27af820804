//! The configuration file, field by field. Everything has a default; an empty file is valid.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{HttpUrl, Seconds, SecretRef};

/// The configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Profile: `neutral`, `seed-lab`, or the path of a file.
    pub profile: String,
    /// Theme: `auto`, `dark`, `light`, `either`, `high-contrast`, `colour-blind`, or the name of a file in the themes folder.
    pub theme: String,
    /// Takes the mouse (scrolling and clicks); the terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Refuses every change, whatever is asked for in the program.
    pub read_only: bool,
    /// Kubernetes.
    pub kube: KubeConfig,
    /// Settings for single contexts.
    pub context: Vec<ContextConfig>,
    /// Argo CD instances.
    pub argocd: Vec<ArgoConfig>,
    /// Proxmox VE installations.
    pub proxmox: Vec<ProxmoxConfig>,
    /// Endpoints to probe. No other address is ever contacted.
    pub probe: Vec<ProbeConfig>,
    /// Break-glass.
    pub glass: GlassConfig,
    /// Tiers raised above their default, by action: `"pod.delete" = "destroy"`.
    pub tiers: BTreeMap<String, String>,
    /// Journal, approved commands and PROGRESS.md.
    pub journal: JournalConfig,
    /// Keys, by action: `"quit" = "ctrl-q"`.
    pub keys: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: "neutral".into(),
            theme: "auto".into(),
            mouse: false,
            read_only: false,
            kube: KubeConfig::default(),
            context: Vec::new(),
            argocd: Vec::new(),
            proxmox: Vec::new(),
            probe: Vec::new(),
            glass: GlassConfig::default(),
            tiers: BTreeMap::new(),
            journal: JournalConfig::default(),
            keys: BTreeMap::new(),
        }
    }
}

/// Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct KubeConfig {
    /// Namespaces to try where listing over the whole cluster is not allowed.
    pub namespaces: Vec<String>,
    /// Does not read usage from metrics.k8s.io.
    pub no_metrics: bool,
    /// Does not read volume fill from the kubelets.
    pub no_kubelet_stats: bool,
}

/// Settings for one context of the kubeconfig.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContextConfig {
    /// Its name in the kubeconfig.
    pub name: String,
    /// Refuses every change in this context.
    #[serde(default)]
    pub read_only: bool,
    /// Profile for this context only.
    #[serde(default)]
    pub profile: Option<String>,
}

/// How a server's certificate is trusted: system roots unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct TlsConfig {
    /// PEM file of a certificate authority.
    #[serde(default, rename = "ca-file")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's own certificate, as `AA:BB:…`.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

/// An Argo CD instance.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ArgoConfig {
    /// Name on the screen.
    pub name: String,
    /// Address.
    pub url: HttpUrl,
    /// API token.
    #[serde(default)]
    pub token: Option<SecretRef>,
    /// User name, with `password`.
    #[serde(default)]
    pub username: Option<String>,
    /// Password of the user.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// Configuration file of the argocd command, whose token is used.
    #[serde(default)]
    pub cli_config: Option<PathBuf>,
    /// Context in that file; its current one where nothing is said.
    #[serde(default)]
    pub cli_context: Option<String>,
    /// PEM file of a certificate authority.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

/// A Proxmox VE host or cluster.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProxmoxConfig {
    /// Name on the screen.
    pub name: String,
    /// Address, as https://pve.example.com:8006.
    pub url: HttpUrl,
    /// Token, as `user@realm!name`, with `token`.
    #[serde(default)]
    pub token_id: Option<String>,
    /// Secret of the token.
    #[serde(default)]
    pub token: Option<SecretRef>,
    /// User, as `user@realm`, with `password`.
    #[serde(default)]
    pub username: Option<String>,
    /// Password of the user.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// PEM file of a certificate authority.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

/// An endpoint to probe.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProbeConfig {
    /// Name on the screen.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Reads how long the server's certificate is still valid.
    #[serde(default)]
    pub tls: bool,
    /// It is a name server: it is asked for this name, over UDP.
    #[serde(default)]
    pub dns: Option<String>,
    /// Time between two probes.
    #[serde(default = "probe_interval")]
    pub interval: Seconds,
    /// Time after which one counts as failed.
    #[serde(default = "probe_timeout")]
    pub timeout: Seconds,
}

const fn probe_interval() -> Seconds {
    Seconds(Duration::from_secs(15))
}

const fn probe_timeout() -> Seconds {
    Seconds(Duration::from_secs(2))
}

/// Break-glass.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GlassConfig {
    /// How long the glass stays open, in minutes (1 to 240).
    #[schemars(range(min = 1, max = 240))]
    pub minutes: u16,
    /// Seconds that a batch or a loss of data has to wait before it can be confirmed (3 to 60).
    #[schemars(range(min = 3, max = 60))]
    pub cool_down_seconds: u16,
}

impl Default for GlassConfig {
    fn default() -> Self {
        Self {
            minutes: 15,
            cool_down_seconds: 5,
        }
    }
}

/// Journal, approved commands and PROGRESS.md.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct JournalConfig {
    /// Folder of the journal; the XDG state folder where nothing is said.
    pub dir: Option<PathBuf>,
    /// PROGRESS.md to append to.
    pub progress: Option<PathBuf>,
    /// Approved command registry; `approved.txt` in the configuration folder where nothing is said.
    pub approved: Option<PathBuf>,
}

impl Config {
    /// The first contradiction: a text to look for in the file, and what is wrong.
    pub(super) fn contradiction(&self) -> Option<(String, String)> {
        if !(1..=240).contains(&self.glass.minutes) {
            return Some((
                "minutes".into(),
                format!(
                    "{} is out of range: expected 1 to 240 minutes",
                    self.glass.minutes
                ),
            ));
        }
        if !(3..=60).contains(&self.glass.cool_down_seconds) {
            return Some((
                "cool-down-seconds".into(),
                "out of range: expected 3 to 60 seconds".into(),
            ));
        }
        for argo in &self.argocd {
            let ways = usize::from(argo.token.is_some())
                + usize::from(argo.username.is_some())
                + usize::from(argo.cli_config.is_some());
            if ways != 1 {
                return Some((
                    format!("\"{}\"", argo.name),
                    format!(
                        "Argo CD `{}` needs exactly one of token, username with password, or cli-config",
                        argo.name
                    ),
                ));
            }
            if argo.username.is_some() != argo.password.is_some() {
                return Some((
                    format!("\"{}\"", argo.name),
                    "username and password go together".into(),
                ));
            }
        }
        self.bad_login()
            .or_else(|| self.bad_fingerprint())
            .or_else(|| self.bad_token_id())
            .or_else(|| self.repeated_name())
    }

    /// A Proxmox VE that is logged in to in no way, or in two.
    fn bad_login(&self) -> Option<(String, String)> {
        let bad = self.proxmox.iter().find(|pve| {
            let token = (pve.token_id.is_some(), pve.token.is_some());
            let user = (pve.username.is_some(), pve.password.is_some());
            !matches!(
                (token, user),
                ((true, true), (false, false)) | ((false, false), (true, true))
            )
        });
        bad.map(|pve| {
            (
                format!("\"{}\"", pve.name),
                format!(
                    "Proxmox VE `{}` needs either token-id with token, or username with password",
                    pve.name
                ),
            )
        })
    }

    fn bad_fingerprint(&self) -> Option<(String, String)> {
        let prints = self
            .argocd
            .iter()
            .map(|argo| &argo.fingerprint)
            .chain(self.proxmox.iter().map(|pve| &pve.fingerprint));
        prints.flatten().find(|print| hex_bytes(print) != Some(32)).map(|print| {
            (print.clone(), "expected a SHA-256 fingerprint: 32 pairs of hexadecimal digits, with or without colons".into())
        })
    }

    fn bad_token_id(&self) -> Option<(String, String)> {
        let is_good = |id: &str| {
            let parts = id.split_once('!').and_then(|(user, token)| {
                let (user, realm) = user.split_once('@')?;
                Some([user, realm, token])
            });
            parts.is_some_and(|parts| parts.iter().all(|part| !part.is_empty()))
        };
        let mut ids = self
            .proxmox
            .iter()
            .filter_map(|pve| pve.token_id.as_deref());
        let bad = ids.find(|id| !is_good(id))?;
        Some((
            format!("\"{bad}\""),
            format!("`{bad}` is no token: expected user@realm!name, such as redbutton@pve!console"),
        ))
    }

    fn repeated_name(&self) -> Option<(String, String)> {
        let groups: [Vec<&String>; 4] = [
            self.argocd.iter().map(|argo| &argo.name).collect(),
            self.proxmox.iter().map(|pve| &pve.name).collect(),
            self.probe.iter().map(|probe| &probe.name).collect(),
            self.context.iter().map(|context| &context.name).collect(),
        ];
        groups.into_iter().find_map(|mut names| {
            names.sort();
            let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
            Some((
                format!("\"{}\"", twice[0]),
                format!(
                    "the name `{}` stands twice: names of one kind must differ",
                    twice[0]
                ),
            ))
        })
    }
}

fn hex_bytes(text: &str) -> Option<usize> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    hex::decode(digits).ok().map(|bytes| bytes.len())
}
