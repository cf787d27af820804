//! The simulated lab: a real HTTP server on loopback that speaks the Kubernetes API, over a small
//! simulated cluster in a bad hour. The product's code knows nothing of it.

mod answer;
mod api;
mod apps;
mod argocd;
mod control;
mod discovery;
mod faults;
mod kinds;
mod kubelet;
mod lists;
mod loads;
mod migrate;
mod objects;
mod openapi;
mod outage;
mod patch;
mod provision;
mod pve;
mod scale;
mod scenario;
mod schedule;
mod select;
mod simulate;
mod stream;
mod table;
mod tls;
mod usage;
mod virt;
mod wire;
mod world;
mod write;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State};
use base64::Engine;
use tokio::sync::watch;

pub use argocd::{Account as ArgoAccount, Wear as ArgoWear};
pub use faults::FAULTS;
pub use pve::{Account as PveAccount, Release as PveRelease, Setup as PveSetup};
pub use scale::Scale;
use world::World;

/// Seconds until self-heal acts where nothing else is said.
const HEAL_AFTER: i64 = 180;

/// How a lab is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Port; 0 takes a free one.
    pub port: u16,
    /// A big cluster instead of the seed's lab.
    pub scale: Option<Scale>,
    /// Faults that are on at the start; `None` means all of the standard scenario.
    pub faults: Option<Vec<String>>,
    /// Seed of everything that is chosen by chance.
    pub seed: u64,
    /// Seconds until Argo CD's self-heal acts; `None` takes three minutes.
    pub heal_after: Option<u32>,
    /// Version and size of the Proxmox VE beside the cluster.
    pub pve: PveSetup,
}

/// A lab.
#[derive(Debug)]
pub struct Lab {
    world: World,
    /// End of every token: tokens are `ROLE-SECRET`.
    secret: String,
    outage: Mutex<outage::Outage>,
    /// The Proxmox VE host beside the cluster.
    pve: Mutex<pve::Host>,
    /// The same of Argo CD's server.
    argo_outage: Mutex<outage::Outage>,
    /// And of Proxmox VE.
    pve_outage: Mutex<outage::Outage>,
    stop: watch::Sender<bool>,
}

impl Lab {
    /// Resolves once the lab is told to stop.
    async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // the sender lives as long as the lab does
        drop(stop.wait_for(|stop| *stop).await);
    }

    /// Whether open watches are to end now.
    fn is_cut(&self) -> bool {
        outage::cuts(self)
    }
}

/// A lab that runs. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    lab: Arc<Lab>,
    address: SocketAddr,
    authority: String,
    /// Address and fingerprint of the Proxmox VE host.
    pve: (SocketAddr, String),
    /// Address and fingerprint of Argo CD's API server.
    argo: (SocketAddr, String),
}

impl Drop for Running {
    fn drop(&mut self) {
        self.lab.stop.send_replace(true);
    }
}

/// Starts a lab on loopback.
///
/// # Errors
/// When the port cannot be had, or an unknown fault is named.
pub async fn start(options: &Options) -> io::Result<Running> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let lab = Arc::new(Lab {
        world: World::default(),
        secret: format!("{:016x}", fastrand::u64(..)),
        outage: Mutex::default(),
        pve: Mutex::new(pve::Host::new(options.pve)),
        argo_outage: Mutex::default(),
        pve_outage: Mutex::default(),
        stop: watch::Sender::new(false),
    });
    lab.world
        .git
        .heal_after(options.heal_after.map_or(HEAL_AFTER, i64::from));
    build(&lab.world, options)?;
    let identity = tls::identity(&["h2", "http/1.1"])?;
    let authority = identity.authority.clone();
    let service = Router::new().fallback(answer_any).with_state(lab.clone());
    let server = tls::Server {
        listener,
        identity,
        idle: None,
        outage: |lab| &lab.outage,
    };
    tokio::spawn(tls::serve(lab.clone(), server, service));
    let service = Router::new().fallback(answer_pve).with_state(lab.clone());
    let pve = beside(&lab, service, Some(pve::IDLE), |lab| &lab.pve_outage).await?;
    let service = Router::new().fallback(answer_argo).with_state(lab.clone());
    let argo = beside(&lab, service, None, |lab| &lab.argo_outage).await?;
    let simulated = lab.clone();
    let scale = options.scale;
    tokio::spawn(async move {
        if let Some(scale) = scale {
            return scale::keep_busy(&simulated, &scale).await;
        }
        let mut pulse = tokio::time::interval(Duration::from_millis(500));
        loop {
            tokio::select! {
                _ = pulse.tick() => simulate::tick(&simulated.world, jiff::Timestamp::now()),
                () = simulated.stopped() => return,
            }
        }
    });
    Ok(Running {
        lab,
        address,
        authority,
        pve,
        argo,
    })
}

/// Starts a server beside the cluster's. They speak HTTP/1.1, whatever a client offers.
async fn beside(
    lab: &Arc<Lab>,
    service: Router,
    idle: Option<Duration>,
    outage: fn(&Lab) -> &Mutex<outage::Outage>,
) -> io::Result<(SocketAddr, String)> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let identity = tls::identity(&["http/1.1"])?;
    let fingerprint = identity.fingerprint.clone();
    let server = tls::Server {
        listener,
        identity,
        idle,
        outage,
    };
    tokio::spawn(tls::serve(lab.clone(), server, service));
    Ok((address, fingerprint))
}

fn build(world: &World, options: &Options) -> io::Result<()> {
    match &options.scale {
        Some(scale) => scale::build(world, scale, options.seed),
        None => {
            let wanted: Vec<String> = match &options.faults {
                Some(wanted) => wanted.clone(),
                None => FAULTS.iter().map(|fault| fault.name.to_owned()).collect(),
            };
            if let Some(unknown) = wanted
                .iter()
                .find(|name| !FAULTS.iter().any(|fault| fault.name == *name))
            {
                let known: Vec<&str> = FAULTS.iter().map(|fault| fault.name).collect();
                return Err(io::Error::other(format!(
                    "no fault `{unknown}`: expected one of {}",
                    known.join(", ")
                )));
            }
            scenario::build(world, &wanted);
        }
    }
    Ok(())
}

async fn answer_pve(
    State(lab): State<Arc<Lab>>,
    method: axum::http::Method,
    uri: axum::http::Uri,
    headers: axum::http::HeaderMap,
    body: axum::body::Bytes,
) -> axum::response::Response {
    let response = pve::handle(&lab, (method, uri), headers, body).await;
    until_renewed(&lab.pve_outage, response)
}

async fn answer_argo(
    State(lab): State<Arc<Lab>>,
    method: axum::http::Method,
    uri: axum::http::Uri,
    headers: axum::http::HeaderMap,
    body: axum::body::Bytes,
) -> axum::response::Response {
    let response = argocd::handle(lab.clone(), method, uri, headers, body).await;
    until_renewed(&lab.argo_outage, response)
}

/// With another certificate the server was started anew: no connection goes on.
fn until_renewed(
    outage: &Mutex<outage::Outage>,
    mut response: axum::response::Response,
) -> axum::response::Response {
    if outage::is_renewed(outage) {
        let close = axum::http::HeaderValue::from_static("close");
        response
            .headers_mut()
            .insert(axum::http::header::CONNECTION, close);
    }
    response
}

async fn answer_any(
    State(lab): State<Arc<Lab>>,
    method: axum::http::Method,
    uri: axum::http::Uri,
    headers: axum::http::HeaderMap,
    body: axum::body::Bytes,
) -> axum::response::Response {
    api::handle(lab, method, uri, headers, body).await
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A kubeconfig with a context for each role.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        let mut users = String::new();
        let mut contexts = String::new();
        for (name, role) in [
            ("admin", "admin"),
            ("viewer", "viewer"),
            ("nsviewer", "nsviewer"),
            ("norights", "norights"),
            ("badtoken", "nobody"),
        ] {
            let namespace = if name == "nsviewer" {
                format!(", namespace: {}", api::OWN_NAMESPACE)
            } else {
                String::new()
            };
            users.push_str(&format!(
                "- {{name: lab-{name}, user: {{token: {role}-{}}}}}\n",
                self.lab.secret
            ));
            contexts.push_str(&format!(
                "- {{name: {name}, context: {{cluster: lab, user: lab-{name}{namespace}}}}}\n"
            ));
        }
        let authority = base64::engine::general_purpose::STANDARD.encode(&self.authority);
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: admin\nclusters:\n- {{name: lab, cluster: {{server: \"https://{}\", certificate-authority-data: {authority}}}}}\nusers:\n{users}contexts:\n{contexts}",
            self.address
        )
    }

    /// Writes `kubeconfig` and `config.toml` into a folder, readable by its owner only.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_files(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        private(&folder.join("kubeconfig"), &self.kubeconfig())?;
        private(&folder.join("pve-token"), &self.lab.secret)?;
        let token = folder.join("pve-token");
        let argo_token = folder.join("argocd-token");
        private(
            &argo_token,
            &argocd::token(&self.lab.secret, argocd::Account::Console, ArgoWear::Good),
        )?;
        let (argo_address, argo_fingerprint) = &self.argo;
        let (address, fingerprint) = &self.pve;
        let config = format!(
            "profile = \"seed-lab\"\n\n[[argocd]]\nname = \"gitops\"\nurl = \"https://{argo_address}\"\ntoken = {{ file = {argo_token:?} }}\nfingerprint = \"{argo_fingerprint}\"\n\n[[proxmox]]\nname = \"wow-prox1\"\nurl = \"https://{address}\"\ntoken-id = \"{}\"\ntoken = {{ file = {token:?} }}\nfingerprint = \"{fingerprint}\"\n",
            pve::Account::Console.token_id()
        );
        private(&folder.join("config.toml"), &config)
    }

    /// Address of the Proxmox VE host, the fingerprint of its certificate, and name and secret of a
    /// token.
    #[must_use]
    pub fn pve(&self, account: pve::Account) -> (String, &str, &'static str, &str) {
        let (address, fingerprint) = &self.pve;
        (
            format!("https://{address}"),
            fingerprint,
            account.token_id(),
            &self.lab.secret,
        )
    }

    /// Lets something be wrong with Proxmox VE for a while; no time at all ends it.
    pub fn break_pve(&self, kind: &str, lasts: Duration) {
        outage::begin_at(&self.lab.pve_outage, kind, lasts);
    }

    /// The same with Argo CD's server.
    pub fn break_argocd(&self, kind: &str, lasts: Duration) {
        outage::begin_at(&self.lab.argo_outage, kind, lasts);
    }

    /// No ticket counts any more that Proxmox VE gave before.
    pub fn void_pve_tickets(&self) {
        let mut host = self
            .lab
            .pve
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        host.void_tickets();
    }

    /// User and password that log in to Proxmox VE.
    #[must_use]
    pub fn pve_login(&self) -> (&'static str, &str) {
        (pve::USER, &self.lab.secret)
    }

    /// Address of Argo CD's API server, the fingerprint of its certificate, and a token: one that may
    /// do everything, or one that only reads.
    #[must_use]
    pub fn argocd(&self, reads_only: bool) -> (String, &str, String) {
        let account = if reads_only {
            ArgoAccount::Viewer
        } else {
            ArgoAccount::Console
        };
        let (address, fingerprint) = &self.argo;
        (
            format!("https://{address}"),
            fingerprint,
            self.argocd_token(account, ArgoWear::Good),
        )
    }

    /// A token of any account, good or not.
    #[must_use]
    pub fn argocd_token(&self, account: ArgoAccount, wear: ArgoWear) -> String {
        argocd::token(&self.lab.secret, account, wear)
    }

    /// Brings in objects of Argo CD as another cluster had them, or makes them so again. The
    /// controller leaves them alone.
    pub fn bring_in(&self, objects: &[serde_json::Value]) {
        let world = &self.lab.world;
        for object in objects {
            objects::put(world, object.clone(), jiff::Timestamp::now());
            let word = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
            let kind = object["kind"].as_str().unwrap_or_default();
            world.edit(kind, word("namespace"), word("name"), |held| {
                let version = held["metadata"]["resourceVersion"].take();
                *held = object.clone();
                held["metadata"]["resourceVersion"] = version;
            });
        }
    }

    /// Denies all syncs of a project; those by hand too unless they are let through.
    pub fn deny_syncs(&self, project: &str, manual: bool) {
        self.lab.world.git.deny(project, manual);
    }

    /// User and password that log in to Argo CD.
    #[must_use]
    pub fn argocd_login(&self) -> (&str, &str) {
        (argocd::USER, &self.lab.secret)
    }

    /// Stops it and waits for nothing.
    pub fn stop(self) {
        drop(self);
    }

    /// Has the API server fail in some way for some seconds.
    pub fn fail(&self, kind: &str, seconds: u32) {
        let lasts = std::time::Duration::from_secs(seconds.into());
        outage::begin(&self.lab, None, kind, lasts);
    }

    /// Turns a fault on or off; says whether there is such a fault.
    #[must_use]
    pub fn set_fault(&self, name: &str, on: bool) -> bool {
        faults::set(&self.lab.world, name, on, jiff::Timestamp::now())
    }
}

fn private(path: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
