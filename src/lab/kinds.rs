//! The kinds that the lab's API server serves.

/// How a kind is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// API group; empty for core.
    pub group: &'static str,
    /// Version.
    pub version: &'static str,
    /// Plural.
    pub plural: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Short names.
    pub short: &'static [&'static str],
    /// Lives in namespaces.
    pub namespaced: bool,
    /// Subresources.
    pub sub: &'static [&'static str],
}

const fn kind(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
    namespaced: bool,
    sub: &'static [&'static str],
) -> Served {
    Served {
        group,
        version,
        plural,
        kind,
        short,
        namespaced,
        sub,
    }
}

/// All kinds.
pub const KINDS: &[Served] = &[
    kind(
        "",
        "v1",
        "pods",
        "Pod",
        &["po"],
        true,
        &["status", "log", "eviction", "exec", "ephemeralcontainers"],
    ),
    kind(
        "",
        "v1",
        "nodes",
        "Node",
        &["no"],
        false,
        &["status", "proxy"],
    ),
    kind(
        "",
        "v1",
        "namespaces",
        "Namespace",
        &["ns"],
        false,
        &["status", "finalize"],
    ),
    kind("", "v1", "events", "Event", &["ev"], true, &[]),
    kind(
        "",
        "v1",
        "persistentvolumeclaims",
        "PersistentVolumeClaim",
        &["pvc"],
        true,
        &["status"],
    ),
    kind(
        "",
        "v1",
        "persistentvolumes",
        "PersistentVolume",
        &["pv"],
        false,
        &["status"],
    ),
    kind("", "v1", "services", "Service", &["svc"], true, &["status"]),
    kind("", "v1", "endpoints", "Endpoints", &["ep"], true, &[]),
    kind("", "v1", "configmaps", "ConfigMap", &["cm"], true, &[]),
    kind("", "v1", "secrets", "Secret", &[], true, &[]),
    kind(
        "",
        "v1",
        "serviceaccounts",
        "ServiceAccount",
        &["sa"],
        true,
        &[],
    ),
    kind(
        "",
        "v1",
        "resourcequotas",
        "ResourceQuota",
        &["quota"],
        true,
        &["status"],
    ),
    kind(
        "",
        "v1",
        "limitranges",
        "LimitRange",
        &["limits"],
        true,
        &[],
    ),
    kind(
        "",
        "v1",
        "replicationcontrollers",
        "ReplicationController",
        &["rc"],
        true,
        &["status", "scale"],
    ),
    kind(
        "coordination.k8s.io",
        "v1",
        "leases",
        "Lease",
        &[],
        true,
        &[],
    ),
    kind(
        "apps",
        "v1",
        "deployments",
        "Deployment",
        &["deploy"],
        true,
        &["status", "scale"],
    ),
    kind(
        "apps",
        "v1",
        "replicasets",
        "ReplicaSet",
        &["rs"],
        true,
        &["status", "scale"],
    ),
    kind(
        "apps",
        "v1",
        "statefulsets",
        "StatefulSet",
        &["sts"],
        true,
        &["status", "scale"],
    ),
    kind(
        "apps",
        "v1",
        "daemonsets",
        "DaemonSet",
        &["ds"],
        true,
        &["status"],
    ),
    kind(
        "apps",
        "v1",
        "controllerrevisions",
        "ControllerRevision",
        &[],
        true,
        &[],
    ),
    kind("batch", "v1", "jobs", "Job", &[], true, &["status"]),
    kind(
        "batch",
        "v1",
        "cronjobs",
        "CronJob",
        &["cj"],
        true,
        &["status"],
    ),
    kind(
        "policy",
        "v1",
        "poddisruptionbudgets",
        "PodDisruptionBudget",
        &["pdb"],
        true,
        &["status"],
    ),
    kind(
        "networking.k8s.io",
        "v1",
        "networkpolicies",
        "NetworkPolicy",
        &["netpol"],
        true,
        &[],
    ),
    kind(
        "networking.k8s.io",
        "v1",
        "ingresses",
        "Ingress",
        &["ing"],
        true,
        &["status"],
    ),
    kind(
        "discovery.k8s.io",
        "v1",
        "endpointslices",
        "EndpointSlice",
        &[],
        true,
        &[],
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "storageclasses",
        "StorageClass",
        &["sc"],
        false,
        &[],
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "csidrivers",
        "CSIDriver",
        &[],
        false,
        &[],
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "csinodes",
        "CSINode",
        &[],
        false,
        &[],
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "csistoragecapacities",
        "CSIStorageCapacity",
        &[],
        true,
        &[],
    ),
    kind(
        "storage.k8s.io",
        "v1",
        "volumeattachments",
        "VolumeAttachment",
        &[],
        false,
        &["status"],
    ),
    kind(
        "snapshot.storage.k8s.io",
        "v1",
        "volumesnapshots",
        "VolumeSnapshot",
        &["vs"],
        true,
        &["status"],
    ),
    kind(
        "config.openshift.io",
        "v1",
        "clusterversions",
        "ClusterVersion",
        &[],
        false,
        &["status"],
    ),
    kind(
        "config.openshift.io",
        "v1",
        "clusteroperators",
        "ClusterOperator",
        &["co"],
        false,
        &["status"],
    ),
    kind(
        "machineconfiguration.openshift.io",
        "v1",
        "machineconfigpools",
        "MachineConfigPool",
        &["mcp"],
        false,
        &["status"],
    ),
    kind(
        "route.openshift.io",
        "v1",
        "routes",
        "Route",
        &[],
        true,
        &["status"],
    ),
    kind(
        "kubevirt.io",
        "v1",
        "virtualmachines",
        "VirtualMachine",
        &["vm"],
        true,
        &["status"],
    ),
    kind(
        "kubevirt.io",
        "v1",
        "virtualmachineinstances",
        "VirtualMachineInstance",
        &["vmi"],
        true,
        &[],
    ),
    kind(
        "kubevirt.io",
        "v1",
        "virtualmachineinstancemigrations",
        "VirtualMachineInstanceMigration",
        &["vmim"],
        true,
        &["status"],
    ),
    kind(
        "cdi.kubevirt.io",
        "v1beta1",
        "datavolumes",
        "DataVolume",
        &["dv"],
        true,
        &["status"],
    ),
    kind(
        "argoproj.io",
        "v1alpha1",
        "applications",
        "Application",
        &["app"],
        true,
        &[],
    ),
    kind(
        "argoproj.io",
        "v1alpha1",
        "appprojects",
        "AppProject",
        &["appproj"],
        true,
        &[],
    ),
    kind(
        "lvm.topolvm.io",
        "v1alpha1",
        "lvmclusters",
        "LVMCluster",
        &[],
        true,
        &["status"],
    ),
    kind(
        "lvm.topolvm.io",
        "v1alpha1",
        "lvmvolumegroupnodestatuses",
        "LVMVolumeGroupNodeStatus",
        &[],
        true,
        &["status"],
    ),
    kind("velero.io", "v1", "backups", "Backup", &[], true, &[]),
    kind("velero.io", "v1", "schedules", "Schedule", &[], true, &[]),
    kind(
        "velero.io",
        "v1",
        "backupstoragelocations",
        "BackupStorageLocation",
        &["bsl"],
        true,
        &[],
    ),
    kind(
        "cert-manager.io",
        "v1",
        "certificates",
        "Certificate",
        &["cert"],
        true,
        &["status"],
    ),
    kind(
        "external-secrets.io",
        "v1",
        "externalsecrets",
        "ExternalSecret",
        &["es"],
        true,
        &["status"],
    ),
    kind(
        "bitnami.com",
        "v1alpha1",
        "sealedsecrets",
        "SealedSecret",
        &[],
        true,
        &["status"],
    ),
];

/// The kind at a path.
#[must_use]
pub fn served(group: &str, plural: &str) -> Option<&'static Served> {
    KINDS
        .iter()
        .find(|one| one.group == group && one.plural == plural)
}

/// The kind of an object.
#[must_use]
pub fn of_kind(kind: &str) -> Option<&'static Served> {
    KINDS.iter().find(|one| one.kind == kind)
}

impl Served {
    /// `group/version`, or `v1` for core.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.into()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}
