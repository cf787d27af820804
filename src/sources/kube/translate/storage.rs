//! Storage classes and the CSI objects.

use super::{Translator, wire};
use crate::domain::{CsiDriver, CsiNode, StorageCapacity, StorageClass, VolumeAttachment};

impl Translator {
    pub(crate) fn storage_class(&mut self, wire: wire::StorageClass) -> StorageClass {
        StorageClass {
            meta: self.meta(wire.metadata),
            provisioner: self.text(&wire.provisioner),
            binding: self.text(if wire.volume_binding_mode.is_empty() {
                "Immediate"
            } else {
                &wire.volume_binding_mode
            }),
            reclaim: self.text(if wire.reclaim_policy.is_empty() {
                "Delete"
            } else {
                &wire.reclaim_policy
            }),
            expandable: wire.allow_volume_expansion,
            parameters: self.pairs(&wire.parameters),
            mount_options: self.texts(&wire.mount_options),
        }
    }

    pub(crate) fn csi_driver(&mut self, wire: wire::CSIDriver) -> CsiDriver {
        let spec = wire.spec.unwrap_or_default();
        CsiDriver {
            meta: self.meta(wire.metadata),
            attach_required: spec.attach_required.unwrap_or(true),
            storage_capacity: spec.storage_capacity,
        }
    }

    pub(crate) fn csi_node(&mut self, wire: wire::CSINode) -> CsiNode {
        let drivers = wire.spec.unwrap_or_default().drivers;
        CsiNode {
            meta: self.meta(wire.metadata),
            drivers: drivers
                .iter()
                .map(|driver| {
                    (
                        self.text(&driver.name),
                        driver.allocatable.as_ref().and_then(|bound| bound.count),
                    )
                })
                .collect(),
        }
    }

    pub(crate) fn storage_capacity(&mut self, wire: wire::CSIStorageCapacity) -> StorageCapacity {
        StorageCapacity {
            meta: self.meta(wire.metadata),
            class: self.text(&wire.storage_class_name),
            capacity: wire
                .capacity
                .as_ref()
                .map(wire::Quantity::amount)
                .unwrap_or_default(),
            maximum: wire
                .maximum_volume_size
                .as_ref()
                .map(wire::Quantity::amount)
                .unwrap_or_default(),
            nodes: self.selector(wire.node_topology.as_ref()),
        }
    }

    pub(crate) fn attachment(&mut self, wire: wire::VolumeAttachment) -> VolumeAttachment {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        VolumeAttachment {
            meta: self.meta(wire.metadata),
            attacher: self.text(&spec.attacher),
            node: self.text(&spec.node_name),
            volume: self.text(&spec.source.unwrap_or_default().persistent_volume_name),
            attached: status.attached,
            attach_error: self.text(&status.attach_error.unwrap_or_default().message),
            detach_error: self.text(&status.detach_error.unwrap_or_default().message),
        }
    }
}
