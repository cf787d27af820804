//! Services, ingresses, network policies.

use super::{HasMeta, Labels, List, Meta, Selector, Text};

/// A Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Identity.
    pub meta: Meta,
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    pub kind: Text,
    /// Which pods; empty means endpoints by hand.
    pub selector: Labels,
    /// Ports.
    pub ports: List<ServicePort>,
    /// Cluster address, `None` for headless ones; may be empty.
    pub cluster_ip: Text,
    /// Addresses given by the load balancer.
    pub balancer: List<Text>,
    /// External name; may be empty.
    pub external_name: Text,
}

impl HasMeta for Service {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A port of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServicePort {
    /// Name; may be empty.
    pub name: Text,
    /// Port of the service.
    pub port: i32,
    /// Port of the pod, number or name.
    pub target: Text,
    /// Port of the node, 0 where none.
    pub node_port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text,
}

/// An Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingress {
    /// Identity.
    pub meta: Meta,
    /// Class; may be empty.
    pub class: Text,
    /// Rules: host, path, service, port (number or name).
    pub rules: Vec<(Text, Text, Text, Text)>,
    /// TLS blocks: hosts and Secret.
    pub tls: Vec<(Vec<Text>, Text)>,
    /// Addresses it is served at.
    pub addresses: Vec<Text>,
}

impl HasMeta for Ingress {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A NetworkPolicy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Identity.
    pub meta: Meta,
    /// Which pods it holds for.
    pub pods: Selector,
    /// `Ingress`, `Egress`.
    pub types: Vec<Text>,
    /// Peers of all rules together.
    pub peers: Vec<Peer>,
}

impl HasMeta for NetworkPolicy {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A peer of a network policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Traffic to the pods (else from them).
    pub inbound: bool,
    /// Pods; `present` is false where the rule has no pod selector.
    pub pods: Selector,
    /// Namespaces; `present` is false where the rule has no namespace selector.
    pub namespaces: Selector,
    /// Address block; may be empty.
    pub cidr: Text,
}

/// EndpointSlice: which pods answer for a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointSlice {
    /// Identity; the label `kubernetes.io/service-name` names the service.
    pub meta: Meta,
    /// Address, readiness and, where known, the pod's name.
    pub endpoints: List<(Text, bool, Text)>,
}

impl HasMeta for EndpointSlice {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}
