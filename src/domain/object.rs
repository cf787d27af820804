//! Any object, as the sources hand it on.

use std::sync::Arc;

use super::*;

/// One object of any kind.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // each variant is the noun of its name
pub enum Object {
    Node(Arc<Node>),
    Pod(Arc<Pod>),
    Claim(Arc<Claim>),
    Volume(Arc<Volume>),
    StorageClass(Arc<StorageClass>),
    CsiDriver(Arc<CsiDriver>),
    CsiNode(Arc<CsiNode>),
    StorageCapacity(Arc<StorageCapacity>),
    VolumeAttachment(Arc<VolumeAttachment>),
    Event(Arc<Event>),
    Namespace(Arc<Namespace>),
    Quota(Arc<Quota>),
    LimitRange(Arc<LimitRange>),
    Workload(Arc<Workload>),
    Revision(Arc<Revision>),
    Job(Arc<Job>),
    CronJob(Arc<CronJob>),
    DisruptionBudget(Arc<DisruptionBudget>),
    NetworkPolicy(Arc<NetworkPolicy>),
    Service(Arc<Service>),
    EndpointSlice(Arc<EndpointSlice>),
    Ingress(Arc<Ingress>),
    ConfigMap(Arc<ConfigObject>),
    Secret(Arc<ConfigObject>),
    Vm(Arc<Vm>),
    Vmi(Arc<Vmi>),
    Migration(Arc<Migration>),
    DataVolume(Arc<DataVolume>),
    App(Arc<App>),
    Custom(Arc<Custom>),
}

impl Object {
    /// Its metadata.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        match self {
            Self::Node(o) => &o.meta,
            Self::Pod(o) => &o.meta,
            Self::Claim(o) => &o.meta,
            Self::Volume(o) => &o.meta,
            Self::StorageClass(o) => &o.meta,
            Self::CsiDriver(o) => &o.meta,
            Self::CsiNode(o) => &o.meta,
            Self::StorageCapacity(o) => &o.meta,
            Self::VolumeAttachment(o) => &o.meta,
            Self::Event(o) => &o.meta,
            Self::Namespace(o) => &o.meta,
            Self::Quota(o) => &o.meta,
            Self::LimitRange(o) => &o.meta,
            Self::Workload(o) => &o.meta,
            Self::Revision(o) => &o.meta,
            Self::Job(o) => &o.meta,
            Self::CronJob(o) => &o.meta,
            Self::DisruptionBudget(o) => &o.meta,
            Self::NetworkPolicy(o) => &o.meta,
            Self::Service(o) => &o.meta,
            Self::EndpointSlice(o) => &o.meta,
            Self::Ingress(o) => &o.meta,
            Self::ConfigMap(o) | Self::Secret(o) => &o.meta,
            Self::Vm(o) => &o.meta,
            Self::Vmi(o) => &o.meta,
            Self::Migration(o) => &o.meta,
            Self::DataVolume(o) => &o.meta,
            Self::App(o) => &o.meta,
            Self::Custom(o) => &o.meta,
        }
    }

    /// Its kind's word, as `Deployment`.
    #[must_use]
    pub fn kind(&self) -> &str {
        let kind = match self {
            Self::Node(_) => Kind::Node,
            Self::Pod(_) => Kind::Pod,
            Self::Claim(_) => Kind::Claim,
            Self::Volume(_) => Kind::Volume,
            Self::StorageClass(_) => Kind::StorageClass,
            Self::CsiDriver(_) => Kind::CsiDriver,
            Self::CsiNode(_) => Kind::CsiNode,
            Self::StorageCapacity(_) => Kind::StorageCapacity,
            Self::VolumeAttachment(_) => Kind::VolumeAttachment,
            Self::Event(_) => Kind::Event,
            Self::Namespace(_) => Kind::Namespace,
            Self::Quota(_) => Kind::Quota,
            Self::LimitRange(_) => Kind::LimitRange,
            Self::Workload(workload) => workload.kind.kind(),
            Self::Revision(_) => Kind::Revision,
            Self::Job(_) => Kind::Job,
            Self::CronJob(_) => Kind::CronJob,
            Self::DisruptionBudget(_) => Kind::DisruptionBudget,
            Self::NetworkPolicy(_) => Kind::NetworkPolicy,
            Self::Service(_) => Kind::Service,
            Self::EndpointSlice(_) => Kind::EndpointSlice,
            Self::Ingress(_) => Kind::Ingress,
            Self::ConfigMap(_) => Kind::ConfigMap,
            Self::Secret(_) => Kind::Secret,
            Self::Vm(_) => Kind::Vm,
            Self::Vmi(_) => Kind::Vmi,
            Self::Migration(_) => Kind::Migration,
            Self::DataVolume(_) => Kind::DataVolume,
            Self::App(_) => Kind::App,
            Self::Custom(custom) => return &custom.kind,
        };
        kind.as_str()
    }

    /// A reference to it.
    #[must_use]
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind().into(),
            key: self.meta().key.clone(),
        }
    }
}

impl WorkloadKind {
    /// The kind that the API serves it as.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Deployment => Kind::Deployment,
            Self::ReplicaSet => Kind::ReplicaSet,
            Self::StatefulSet => Kind::StatefulSet,
            Self::DaemonSet => Kind::DaemonSet,
        }
    }
}
