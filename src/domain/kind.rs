//! The kinds that the console follows, and where the API serves them.

/// How the API serves a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Kind, as `Pod`.
    pub kind: &'static str,
    /// API group; empty for core.
    pub group: &'static str,
    /// Preferred version; discovery may know another.
    pub version: &'static str,
    /// Plural in paths.
    pub plural: &'static str,
    /// Lives in namespaces.
    pub namespaced: bool,
    /// Built in: served as protobuf too.
    pub builtin: bool,
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident = $kind:literal, $group:literal, $version:literal, $plural:literal, $namespaced:literal, $builtin:literal; )*) => {
        /// A kind that the console follows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $( $(#[$doc])* $name, )* }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )* ];

            /// How the API serves it.
            #[must_use]
            pub const fn resource(self) -> Resource {
                match self {
                    $( Self::$name => Resource { kind: $kind, group: $group, version: $version, plural: $plural, namespaced: $namespaced, builtin: $builtin }, )*
                }
            }
        }
    };
}

kinds! {
    /// Node.
    Node = "Node", "", "v1", "nodes", false, true;
    /// Pod.
    Pod = "Pod", "", "v1", "pods", true, true;
    /// PersistentVolumeClaim.
    Claim = "PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", true, true;
    /// PersistentVolume.
    Volume = "PersistentVolume", "", "v1", "persistentvolumes", false, true;
    /// StorageClass.
    StorageClass = "StorageClass", "storage.k8s.io", "v1", "storageclasses", false, true;
    /// CSIDriver.
    CsiDriver = "CSIDriver", "storage.k8s.io", "v1", "csidrivers", false, true;
    /// CSINode.
    CsiNode = "CSINode", "storage.k8s.io", "v1", "csinodes", false, true;
    /// CSIStorageCapacity.
    StorageCapacity = "CSIStorageCapacity", "storage.k8s.io", "v1", "csistoragecapacities", true, true;
    /// VolumeAttachment.
    VolumeAttachment = "VolumeAttachment", "storage.k8s.io", "v1", "volumeattachments", false, true;
    /// Event (core group: both forms of writing are served there).
    Event = "Event", "", "v1", "events", true, true;
    /// Namespace.
    Namespace = "Namespace", "", "v1", "namespaces", false, true;
    /// ResourceQuota.
    Quota = "ResourceQuota", "", "v1", "resourcequotas", true, true;
    /// LimitRange.
    LimitRange = "LimitRange", "", "v1", "limitranges", true, true;
    /// Deployment.
    Deployment = "Deployment", "apps", "v1", "deployments", true, true;
    /// ReplicaSet.
    ReplicaSet = "ReplicaSet", "apps", "v1", "replicasets", true, true;
    /// StatefulSet.
    StatefulSet = "StatefulSet", "apps", "v1", "statefulsets", true, true;
    /// DaemonSet.
    DaemonSet = "DaemonSet", "apps", "v1", "daemonsets", true, true;
    /// ControllerRevision.
    Revision = "ControllerRevision", "apps", "v1", "controllerrevisions", true, true;
    /// Job.
    Job = "Job", "batch", "v1", "jobs", true, true;
    /// CronJob.
    CronJob = "CronJob", "batch", "v1", "cronjobs", true, true;
    /// PodDisruptionBudget.
    DisruptionBudget = "PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", true, true;
    /// NetworkPolicy.
    NetworkPolicy = "NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", true, true;
    /// Service.
    Service = "Service", "", "v1", "services", true, true;
    /// EndpointSlice.
    EndpointSlice = "EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", true, true;
    /// Ingress.
    Ingress = "Ingress", "networking.k8s.io", "v1", "ingresses", true, true;
    /// ConfigMap: only names and keys are kept, and live only its metadata is read.
    ConfigMap = "ConfigMap", "", "v1", "configmaps", true, true;
    /// Secret: only names and keys are kept, and live only its metadata is read.
    Secret = "Secret", "", "v1", "secrets", true, true;
    /// KubeVirt virtual machine.
    Vm = "VirtualMachine", "kubevirt.io", "v1", "virtualmachines", true, false;
    /// KubeVirt running instance.
    Vmi = "VirtualMachineInstance", "kubevirt.io", "v1", "virtualmachineinstances", true, false;
    /// KubeVirt migration.
    Migration = "VirtualMachineInstanceMigration", "kubevirt.io", "v1", "virtualmachineinstancemigrations", true, false;
    /// CDI DataVolume.
    DataVolume = "DataVolume", "cdi.kubevirt.io", "v1beta1", "datavolumes", true, false;
    /// Argo CD application.
    App = "Application", "argoproj.io", "v1alpha1", "applications", true, false;
    /// OpenShift cluster version.
    ClusterVersion = "ClusterVersion", "config.openshift.io", "v1", "clusterversions", false, false;
    /// OpenShift operator state.
    ClusterOperator = "ClusterOperator", "config.openshift.io", "v1", "clusteroperators", false, false;
    /// OpenShift machine configuration pool.
    MachineConfigPool = "MachineConfigPool", "machineconfiguration.openshift.io", "v1", "machineconfigpools", false, false;
    /// OpenShift route.
    Route = "Route", "route.openshift.io", "v1", "routes", true, false;
    /// LVM storage cluster.
    LvmCluster = "LVMCluster", "lvm.topolvm.io", "v1alpha1", "lvmclusters", true, false;
    /// LVM volume groups of one node.
    LvmNodeStatus = "LVMVolumeGroupNodeStatus", "lvm.topolvm.io", "v1alpha1", "lvmvolumegroupnodestatuses", true, false;
    /// Velero backup.
    Backup = "Backup", "velero.io", "v1", "backups", true, false;
    /// Velero schedule.
    Schedule = "Schedule", "velero.io", "v1", "schedules", true, false;
    /// Velero backup storage location.
    BackupLocation = "BackupStorageLocation", "velero.io", "v1", "backupstoragelocations", true, false;
    /// cert-manager certificate.
    Certificate = "Certificate", "cert-manager.io", "v1", "certificates", true, false;
    /// cert-manager issuer of one namespace.
    Issuer = "Issuer", "cert-manager.io", "v1", "issuers", true, false;
    /// cert-manager issuer for all namespaces.
    ClusterIssuer = "ClusterIssuer", "cert-manager.io", "v1", "clusterissuers", false, false;
    /// What cert-manager asks of an ACME server.
    Order = "Order", "acme.cert-manager.io", "v1", "orders", true, false;
    /// What an ACME server asks back.
    Challenge = "Challenge", "acme.cert-manager.io", "v1", "challenges", true, false;
    /// External secret.
    ExternalSecret = "ExternalSecret", "external-secrets.io", "v1", "externalsecrets", true, false;
    /// Sealed secret.
    SealedSecret = "SealedSecret", "bitnami.com", "v1alpha1", "sealedsecrets", true, false;
    /// Volume snapshot.
    VolumeSnapshot = "VolumeSnapshot", "snapshot.storage.k8s.io", "v1", "volumesnapshots", true, false;
}

impl Kind {
    /// The kind's own word, as `PersistentVolumeClaim`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.resource().kind
    }

    /// Group and version, as manifests write them.
    #[must_use]
    pub fn api_version(self) -> String {
        let resource = self.resource();
        if resource.group.is_empty() {
            resource.version.into()
        } else {
            format!("{}/{}", resource.group, resource.version)
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn parse(kind: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == kind)
    }

    /// Plural with group, as `applications.argoproj.io`.
    #[must_use]
    pub fn plural_group(self) -> String {
        let resource = self.resource();
        if resource.group.is_empty() {
            resource.plural.into()
        } else {
            format!("{}.{}", resource.plural, resource.group)
        }
    }

    /// The short word of the command line, as `pvc`.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Claim => "pvc",
            Self::Volume => "pv",
            Self::StorageClass => "sc",
            Self::Deployment => "deploy",
            Self::ReplicaSet => "rs",
            Self::StatefulSet => "sts",
            Self::DaemonSet => "ds",
            Self::Namespace => "ns",
            Self::DisruptionBudget => "pdb",
            Self::NetworkPolicy => "netpol",
            Self::Service => "svc",
            Self::Ingress => "ing",
            Self::ConfigMap => "cm",
            Self::App => "app",
            Self::Vm => "vm",
            Self::Vmi => "vmi",
            Self::Migration => "vmim",
            Self::DataVolume => "dv",
            Self::Pod => "pod",
            Self::Node => "node",
            Self::Event => "event",
            Self::Job => "job",
            Self::CronJob => "cronjob",
            Self::Quota => "quota",
            Self::LimitRange => "limits",
            Self::ClusterOperator => "co",
            Self::MachineConfigPool => "mcp",
            Self::Certificate => "cert",
            Self::BackupLocation => "bsl",
            other => other.resource().plural,
        }
    }
}
