//! Services, ingresses, network policies, endpoints.

use super::{Translator, wire};
use crate::domain::{
    EndpointSlice, Ingress, List, NetworkPolicy, Peer, Service, ServicePort, Text,
};

impl Translator {
    pub(crate) fn service(&mut self, wire: wire::Service) -> Service {
        let spec = wire.spec.unwrap_or_default();
        let balancer = wire
            .status
            .unwrap_or_default()
            .load_balancer
            .unwrap_or_default();
        Service {
            meta: self.meta(wire.metadata),
            kind: self.text(if spec.kind.is_empty() {
                "ClusterIP"
            } else {
                &spec.kind
            }),
            selector: self.pairs(&spec.selector),
            ports: spec
                .ports
                .iter()
                .map(|port| ServicePort {
                    name: self.text(&port.name),
                    port: port.port,
                    target: self.text(
                        &port
                            .target_port
                            .as_ref()
                            .map(wire::IntOrString::as_text)
                            .unwrap_or_default(),
                    ),
                    node_port: port.node_port,
                    protocol: self.text(if port.protocol.is_empty() {
                        "TCP"
                    } else {
                        &port.protocol
                    }),
                })
                .collect(),
            cluster_ip: self.text(&spec.cluster_ip),
            balancer: balancer
                .ingress
                .iter()
                .map(|one| self.address(&one.ip, &one.hostname))
                .collect(),
            external_name: self.text(&spec.external_name),
        }
    }

    fn address(&mut self, ip: &str, host: &str) -> Text {
        self.text(if ip.is_empty() { host } else { ip })
    }

    pub(crate) fn ingress(&mut self, wire: wire::Ingress) -> Ingress {
        let spec = wire.spec.unwrap_or_default();
        let balancer = wire
            .status
            .unwrap_or_default()
            .load_balancer
            .unwrap_or_default();
        let mut rules = Vec::new();
        for rule in &spec.rules {
            let http = rule
                .ingress_rule_value
                .as_ref()
                .and_then(|value| value.http.as_ref());
            for path in http.map_or(&[] as &[_], |http| &http.paths) {
                let service = path
                    .backend
                    .as_ref()
                    .and_then(|backend| backend.service.clone())
                    .unwrap_or_default();
                let port = service.port.unwrap_or_default();
                let port = if port.name.is_empty() {
                    port.number.to_string()
                } else {
                    port.name
                };
                rules.push((
                    self.text(&rule.host),
                    self.text(&path.path),
                    self.text(&service.name),
                    self.text(&port),
                ));
            }
        }
        Ingress {
            meta: self.meta(wire.metadata),
            class: self.text(&spec.ingress_class_name),
            rules,
            tls: spec
                .tls
                .iter()
                .map(|tls| (self.texts(&tls.hosts), self.text(&tls.secret_name)))
                .collect(),
            addresses: balancer
                .ingress
                .iter()
                .map(|one| self.address(&one.ip, &one.hostname))
                .collect(),
        }
    }

    pub(crate) fn network_policy(&mut self, wire: wire::NetworkPolicy) -> NetworkPolicy {
        let spec = wire.spec.unwrap_or_default();
        let inbound = spec
            .ingress
            .iter()
            .flat_map(|rule| &rule.from)
            .map(|peer| (true, peer));
        let outbound = spec
            .egress
            .iter()
            .flat_map(|rule| &rule.to)
            .map(|peer| (false, peer));
        let peers = inbound
            .chain(outbound)
            .map(|(inbound, peer)| self.peer(inbound, peer))
            .collect();
        NetworkPolicy {
            meta: self.meta(wire.metadata),
            pods: self.selector(spec.pod_selector.as_ref()),
            types: self.texts(&spec.policy_types),
            peers,
        }
    }

    fn peer(&mut self, inbound: bool, wire: &wire::NetworkPolicyPeer) -> Peer {
        Peer {
            inbound,
            pods: self.selector(wire.pod_selector.as_ref()),
            namespaces: self.selector(wire.namespace_selector.as_ref()),
            cidr: self.text(wire.ip_block.as_ref().map_or("", |block| &block.cidr)),
        }
    }

    pub(crate) fn endpoint_slice(&mut self, wire: wire::EndpointSlice) -> EndpointSlice {
        let mut endpoints = List::with_capacity(wire.endpoints.len());
        for endpoint in &wire.endpoints {
            // an absent condition means ready
            let ready = endpoint
                .conditions
                .as_ref()
                .and_then(|c| c.ready)
                .unwrap_or(true);
            let pod = endpoint
                .target_ref
                .as_ref()
                .filter(|target| target.kind == "Pod")
                .map_or("", |target| &target.name);
            for address in &endpoint.addresses {
                endpoints.push((self.text(address), ready, self.text(pod)));
            }
        }
        EndpointSlice {
            meta: self.meta(wire.metadata),
            endpoints,
        }
    }
}
