//! The template part of a pod: what its owner wrote. Equal templates are stored once.

use std::sync::Arc;

use super::{Labels, List, Quantity, ResourceList, Text};

/// What a pod is made of; shared by all pods of one template (without the node it runs on and
/// without the token volume that the API server adds under a random name).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSpec {
    /// Main containers.
    pub containers: List<Arc<Container>>,
    /// Init containers, native sidecars among them, in their order.
    pub init_containers: List<Arc<Container>>,
    /// Volumes.
    pub volumes: List<PodVolume>,
    /// Labels a node must have.
    pub node_selector: Labels,
    /// Required and preferred node affinity, pod affinity and anti-affinity.
    pub affinity: Affinity,
    /// Taints it accepts.
    pub tolerations: List<Toleration>,
    /// Spread constraints.
    pub spread: List<Spread>,
    /// Service account; empty means `default`.
    pub service_account: Text,
    /// Scheduler; empty means the default one.
    pub scheduler: Text,
    /// Priority class; may be empty.
    pub priority_class: Text,
    /// Priority.
    pub priority: i32,
    /// `Always`, `OnFailure` or `Never`.
    pub restart_policy: Text,
    /// Uses the node's network.
    pub host_network: bool,
    /// Sees the node's processes.
    pub host_pid: bool,
    /// Shares the node's IPC.
    pub host_ipc: bool,
    /// Security context of the pod.
    pub security: Security,
    /// Pull secrets by name.
    pub pull_secrets: List<Text>,
    /// Gates that hold back scheduling.
    pub gates: List<Text>,
    /// Overhead of the runtime class.
    pub overhead: ResourceList,
    /// Runtime class; may be empty.
    pub runtime_class: Text,
    /// Seconds between TERM and KILL.
    pub grace_seconds: Option<i64>,
}

impl PodSpec {
    /// Init containers first, then main containers.
    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.init_containers
            .iter()
            .chain(&self.containers)
            .map(|one| &**one)
    }

    /// The container of this name.
    #[must_use]
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.all_containers()
            .find(|container| *container.name == *name)
    }

    /// Claims that the pod mounts, by name (not those of generic ephemeral volumes).
    pub fn claims(&self) -> impl Iterator<Item = &Text> {
        self.volumes
            .iter()
            .filter_map(|volume| match &volume.source {
                VolumeSource::Claim { name, .. } => Some(name),
                _ => None,
            })
    }

    /// What the scheduler counts: sum of main containers and sidecars, or the largest init
    /// container on top of the sidecars started before it, whichever is more, plus overhead.
    #[must_use]
    pub fn request(&self, resource: &str) -> Quantity {
        self.effective(|container| {
            container
                .requests
                .get(resource)
                .or_else(|| container.limits.get(resource))
        }) + self.overhead.of(resource)
    }

    /// The same sum over limits; `None` where a main container has none.
    #[must_use]
    pub fn limit(&self, resource: &str) -> Option<Quantity> {
        self.containers
            .iter()
            .all(|container| container.limits.get(resource).is_some())
            .then(|| {
                self.effective(|container| container.limits.get(resource))
                    + self.overhead.of(resource)
            })
    }

    fn effective(&self, amount: impl Fn(&Container) -> Option<Quantity>) -> Quantity {
        let of = |container: &Container| amount(container).unwrap_or_default();
        let mut sidecars = Quantity::ZERO;
        let mut largest_init = Quantity::ZERO;
        for init in &self.init_containers {
            if init.is_sidecar() {
                sidecars += of(init);
                largest_init = largest_init.max(sidecars);
            } else {
                largest_init = largest_init.max(sidecars + of(init));
            }
        }
        let main: Quantity = self.containers.iter().map(|one| of(one)).sum();
        (main + sidecars).max(largest_init)
    }
}

/// One container of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Container {
    /// Name.
    pub name: Text,
    /// Image reference as written.
    pub image: Text,
    /// `Always`, `IfNotPresent` or `Never`; may be empty in hand-written files.
    pub pull_policy: Text,
    /// Entry point; empty means the image's.
    pub command: List<Text>,
    /// Arguments; empty means the image's.
    pub args: List<Text>,
    /// Environment.
    pub env: List<EnvVar>,
    /// Whole objects taken into the environment.
    pub env_from: List<EnvFrom>,
    /// Requests.
    pub requests: ResourceList,
    /// Limits.
    pub limits: ResourceList,
    /// Ports.
    pub ports: List<Port>,
    /// Mounts.
    pub mounts: List<Mount>,
    /// Mounted block devices: volume name and device path.
    pub devices: List<(Text, Text)>,
    /// Liveness probe.
    pub liveness: Option<HealthProbe>,
    /// Readiness probe.
    pub readiness: Option<HealthProbe>,
    /// Startup probe.
    pub startup: Option<HealthProbe>,
    /// Security context of the container; wins over the pod's.
    pub security: Security,
    /// `Always` on an init container makes it a sidecar; else empty.
    pub restart_policy: Text,
    /// The command of a postStart hook; empty where there is none (an HTTP hook reads `httpGet`).
    pub post_start: List<Text>,
    /// Working directory; may be empty.
    pub working_dir: Text,
}

impl Container {
    /// Whether this init container keeps running beside the main ones.
    #[must_use]
    pub fn is_sidecar(&self) -> bool {
        &*self.restart_policy == "Always"
    }
}

/// One environment variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EnvVar {
    /// Name.
    pub name: Text,
    /// Where its value comes from.
    pub value: EnvValue,
}

/// Where the value of a variable comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum EnvValue {
    /// Nowhere: the variable is empty.
    #[default]
    Empty,
    /// Written in the template. May be a secret: never drawn without a mask.
    Literal(Text),
    /// A key of a Secret: name, key, whether it may be absent.
    Secret(Text, Text, bool),
    /// A key of a ConfigMap: name, key, whether it may be absent.
    ConfigMap(Text, Text, bool),
    /// A field of the pod or a resource of a container.
    Field(Text),
}

/// A whole object taken into the environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EnvFrom {
    /// Secret: name, whether it may be absent.
    Secret(Text, bool),
    /// ConfigMap: name, whether it may be absent.
    ConfigMap(Text, bool),
}

/// One container port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Port {
    /// Name; may be empty.
    pub name: Text,
    /// Port in the container.
    pub container: i32,
    /// Port on the node, 0 where none.
    pub host: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text,
}

/// One mount of a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mount {
    /// Volume name.
    pub volume: Text,
    /// Path in the container.
    pub path: Text,
    /// Path in the volume; may be empty.
    pub sub_path: Text,
    /// Read-only.
    pub read_only: bool,
    /// `Bidirectional`, `HostToContainer` or empty.
    pub propagation: Text,
}

/// A probe of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HealthProbe {
    /// What it does.
    pub action: ProbeAction,
    /// Seconds before the first one.
    pub delay: i32,
    /// Seconds between two.
    pub period: i32,
    /// Seconds until one counts as failed.
    pub timeout: i32,
    /// Failures in a row that count.
    pub failures: i32,
}

/// What a probe does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProbeAction {
    /// A GET: path, port (number or name), scheme.
    Http(Text, Text, Text),
    /// A connection: port (number or name).
    Tcp(Text),
    /// A command in the container.
    Exec(List<Text>),
    /// A gRPC health call: port.
    Grpc(i32),
    /// Not known.
    #[default]
    Unknown,
}

/// Security context of a pod or a container; `None` means "not said".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Security {
    /// User.
    pub run_as_user: Option<i64>,
    /// Group.
    pub run_as_group: Option<i64>,
    /// Refuse to run as user 0.
    pub run_as_non_root: Option<bool>,
    /// Group of mounted volumes (pods only).
    pub fs_group: Option<i64>,
    /// Everything allowed (containers only).
    pub privileged: Option<bool>,
    /// May gain rights (containers only).
    pub escalation: Option<bool>,
    /// Read-only root file system (containers only).
    pub read_only_root: Option<bool>,
    /// Capabilities added.
    pub cap_add: List<Text>,
    /// Capabilities dropped.
    pub cap_drop: List<Text>,
    /// Seccomp profile type; may be empty.
    pub seccomp: Text,
}

/// A volume of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodVolume {
    /// Name in the pod.
    pub name: Text,
    /// What is behind it.
    pub source: VolumeSource,
}

/// What is behind a volume of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum VolumeSource {
    /// A claim.
    Claim {
        /// Its name.
        name: Text,
        /// Mounted read-only.
        read_only: bool,
    },
    /// A claim made for this pod, named `POD-VOLUME`.
    Ephemeral {
        /// Class; `None` means the default one.
        class: Option<Text>,
        /// Wanted size.
        size: Quantity,
    },
    /// A Secret.
    Secret(RefVolume),
    /// A ConfigMap.
    ConfigMap(RefVolume),
    /// Several Secrets and ConfigMaps in one directory.
    Projected(Vec<ProjectedSource>),
    /// A directory that lives as long as the pod.
    EmptyDir {
        /// Upper bound; zero where there is none.
        limit: Quantity,
        /// `Memory` or empty.
        medium: Text,
    },
    /// A directory of the node: path and type.
    HostPath(Text, Text),
    /// An NFS export: server and path.
    Nfs(Text, Text),
    /// An inline CSI volume: driver and, if any, the Secret it needs.
    Csi(Text, Option<Text>),
    /// Anything else, by the name of its field.
    #[default]
    Other,
}

/// A Secret or ConfigMap as a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RefVolume {
    /// Name of the object.
    pub name: Text,
    /// May be absent.
    pub optional: bool,
    /// Chosen keys and their paths; empty means all.
    pub items: List<(Text, Text)>,
}

/// One source of a projected volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProjectedSource {
    /// A Secret.
    Secret(RefVolume),
    /// A ConfigMap.
    ConfigMap(RefVolume),
}

/// A toleration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Toleration {
    /// Taint key; empty means every key.
    pub key: Text,
    /// `Exists` or `Equal` (the default).
    pub operator: Text,
    /// Value for `Equal`.
    pub value: Text,
    /// Effect; empty means every effect.
    pub effect: Text,
    /// How long a NoExecute taint is borne.
    pub seconds: Option<i64>,
}

/// Wishes and demands on where a pod runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Affinity {
    /// Node must match one of these terms (empty: no demand).
    pub node_required: List<NodeTerm>,
    /// Node should match: weight and term.
    pub node_preferred: List<(i32, NodeTerm)>,
    /// Must run with such pods.
    pub pod_required: List<PodTerm>,
    /// Must not run with such pods.
    pub anti_required: List<PodTerm>,
    /// Should not run with such pods: weight and term.
    pub anti_preferred: List<(i32, PodTerm)>,
}

/// A term over nodes: all its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodeTerm {
    /// Over labels.
    pub labels: List<Requirement>,
    /// Over fields (`metadata.name`).
    pub fields: List<Requirement>,
}

/// A term over pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodTerm {
    /// Which pods.
    pub selector: Selector,
    /// What "together" means: a node label.
    pub topology_key: Text,
    /// Namespaces of those pods; empty means the pod's own.
    pub namespaces: List<Text>,
}

/// A spread constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spread {
    /// Largest difference allowed.
    pub max_skew: i32,
    /// Node label to spread over.
    pub topology_key: Text,
    /// `DoNotSchedule` or `ScheduleAnyway`.
    pub when: Text,
    /// Which pods count.
    pub selector: Selector,
}

/// One requirement of a selector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// Label or field.
    pub key: Text,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
    pub operator: Text,
    /// Values.
    pub values: List<Text>,
}

impl Requirement {
    /// Whether a label value (or its absence) meets it.
    #[must_use]
    pub fn accepts(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|wanted| **wanted == *value);
        let bound = || {
            self.values
                .first()
                .and_then(|wanted| wanted.parse::<i64>().ok())
        };
        match &*self.operator {
            "In" => value.is_some_and(listed),
            "NotIn" => !value.is_some_and(listed),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => value
                .and_then(|v| v.parse::<i64>().ok())
                .zip(bound())
                .is_some_and(|(v, b)| v > b),
            "Lt" => value
                .and_then(|v| v.parse::<i64>().ok())
                .zip(bound())
                .is_some_and(|(v, b)| v < b),
            _ => false,
        }
    }
}

/// A label selector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Equal pairs.
    pub labels: Labels,
    /// Requirements.
    pub expressions: List<Requirement>,
    /// Whether the selector was there at all: an absent one matches nothing, an empty one everything.
    pub present: bool,
}

impl Selector {
    /// Whether it selects these labels.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.present
            && labels.contains(&self.labels)
            && self
                .expressions
                .iter()
                .all(|wanted| wanted.accepts(labels.get(&wanted.key).map(|value| &**value)))
    }
}
