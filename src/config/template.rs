//! What `config init` writes.

/// The configuration with every option commented out and explained. Lines that begin with `#: `
/// are options: take the mark away to use them.
pub const TEMPLATE: &str = r##"# Configuration of redbutton. Every option is optional; lines that begin with "#: " show it.
# Check it with `redbutton config check`, try the back ends with `redbutton doctor`.

# neutral, seed-lab, or the path of your own profile (blades, link speeds, storage, thresholds).
#: profile = "neutral"

# auto (by the terminal's background), dark, light, either, high-contrast, colour-blind, or your own in themes/NAME.toml.
#: theme = "auto"

# Take the mouse for scrolling and clicks.
#: mouse = false

# Refuse every change. Cannot be overridden in the program.
#: read-only = false

#: [kube]
# Namespaces to try where you may not list over the whole cluster.
#: namespaces = []
#: no-metrics = false
#: no-kubelet-stats = false

# Settings for one context of your kubeconfig.
#: [[context]]
#: name = "production"
#: read-only = true
#: profile = "neutral"

# Argo CD. Secrets are never written here: name an environment variable, a file with mode 0600,
# or a command that prints it, as { command = ["bw", "get", "password", "argocd"] }.
#: [[argocd]]
#: name = "argocd"
#: url = "https://argocd.example.com"
#: token = { env = "ARGOCD_AUTH_TOKEN" }
# Or: username = "admin" and password = { file = "~/.secrets/argocd" }
# Or: cli-config = "~/.config/argocd/config" and cli-context = "argocd.example.com"
# Trust: system roots, or ca-file = "/etc/ssl/lab-ca.pem", or fingerprint = "AA:BB:…" (SHA-256).

# Proxmox VE: a host or a cluster.
#: [[proxmox]]
#: name = "pve"
#: url = "https://pve.example.com:8006"
#: token-id = "redbutton@pve!console"
#: token = { env = "PROXMOX_TOKEN" }
# Or a user: username = "redbutton@pve" and password = { file = "~/.secrets/pve" }
#: fingerprint = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

# Endpoints whose reachability and latency are watched; nothing else is ever contacted.
#: [[probe]]
#: name = "storage"
#: host = "192.0.2.10"
#: port = 2049
# With tls = true the end of its certificate is read; dns = "www.example.com" asks a name server.
#: tls = false
#: interval = "15s"
#: timeout = "2s"

# Break-glass: how long changes stay possible, and how long a batch or a loss of data must wait.
#: [glass]
#: minutes = 15
#: cool-down-seconds = 5

# Raise the tier of an action (observe, nudge, disrupt, destroy, catastrophe); never lower.
#: [tiers]
#: "pod.delete" = "destroy"

#: [journal]
#: dir = "~/.local/state/redbutton"
#: progress = "~/lab/PROGRESS.md"
#: approved = "~/.config/redbutton/approved.txt"

# Keys by action; `?` in the program lists the actions.
#: [keys]
#: "quit" = "q"
"##;
