//! LVMS, which says in its own objects what blocks a volume group.

use super::{Inquiry, containers, custom, pod, sign::Sign};

/// LVMS says in its own objects what blocks its volume group.
pub(super) fn examine(look: &mut Inquiry<'_>, driver: &str) {
    if !driver.contains("topolvm") {
        return;
    }
    objects(look);
    let inventory = look.inventory();
    let managers: Vec<_> = inventory
        .pods
        .iter()
        .filter(|one| {
            one.meta.key.name.starts_with("vg-manager") || one.meta.key.name.starts_with("lvms-")
        })
        .cloned()
        .collect();
    for one in managers {
        let object = pod::reference(&one);
        for (key, text) in look
            .case
            .logs
            .of_pod(&one.meta.key.namespace, &one.meta.key.name)
        {
            for line in containers::tail(text) {
                look.read(
                    &Sign::line(&object, "log:driver", key, line, None)
                        .with("node", one.node.as_deref().unwrap_or_default()),
                );
            }
        }
    }
}

/// Reads what LVMCluster, LVMVolumeGroup and the state of each node say.
pub(super) fn objects(look: &mut Inquiry<'_>) {
    let inventory = look.inventory();
    for kind in ["LVMCluster", "LVMVolumeGroup", "LVMVolumeGroupNodeStatus"] {
        let objects: Vec<_> = inventory
            .custom(kind)
            .into_iter()
            .flat_map(|table| table.iter())
            .cloned()
            .collect();
        for object in objects {
            look.read_events(kind, &object.meta, |event| event.warning);
            custom::read_texts(look, kind, &object);
        }
    }
}
