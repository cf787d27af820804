//! Nodes.

use super::{Translator, meta::conditions, moment, wire};
use crate::domain::{Node, Taint};

impl Translator {
    pub(crate) fn node(&mut self, wire: wire::Node) -> Node {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let info = status.node_info.unwrap_or_default();
        let address = status
            .addresses
            .iter()
            .find(|address| address.kind == "InternalIP");
        Node {
            meta: self.meta(wire.metadata),
            allocatable: self.resources(&status.allocatable),
            capacity: self.resources(&status.capacity),
            heartbeat: status
                .conditions
                .iter()
                .find(|c| c.kind == "Ready")
                .and_then(|c| moment(c.last_heartbeat_time)),
            conditions: conditions!(self, status.conditions),
            taints: spec
                .taints
                .iter()
                .map(|taint| Taint {
                    key: self.text(&taint.key),
                    value: self.text(&taint.value),
                    effect: self.text(&taint.effect),
                    since: moment(taint.time_added),
                })
                .collect(),
            unschedulable: spec.unschedulable,
            address: self.text(address.map_or("", |address| &address.address)),
            kubelet: self.text(&info.kubelet_version),
            os_image: self.text(&info.os_image),
            kernel: self.text(&info.kernel_version),
            architecture: self.text(&info.architecture),
            runtime: self.text(&info.container_runtime_version),
            machine_id: self.text(&info.machine_id),
        }
    }
}
