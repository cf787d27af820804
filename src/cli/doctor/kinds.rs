//! The kinds of the cluster, grouped by how far they can be read: one line and one piece of advice
//! for each reason, however many kinds share it.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::{
    domain::{Freshness, Kind},
    inventory::Inventory,
};

#[derive(Default)]
struct Groups {
    live: Vec<String>,
    absent: Vec<String>,
    denied: BTreeMap<String, Vec<String>>,
    partly: BTreeMap<String, Vec<String>>,
    troubled: BTreeMap<String, Vec<String>>,
}

/// Looks at each kind.
pub(super) fn look(inventory: &Inventory, sheet: &mut Sheet) {
    let groups = grouped(inventory);
    if !groups.live.is_empty() {
        sheet.good(&format!("{} kinds are followed:", groups.live.len()));
        sheet.names(&groups.live);
    }
    if !groups.absent.is_empty() {
        sheet.note("this cluster has none of:");
        sheet.names(&groups.absent);
    }
    for (namespaces, kinds) in &groups.partly {
        let what = format!("{} kinds are read in {namespaces} only:", kinds.len());
        sheet.poor_of(&what, kinds, "");
    }
    for (verb, kinds) in &groups.denied {
        let what = format!("no right to {verb} {} kinds:", kinds.len());
        sheet.poor_of(&what, kinds, &grant(kinds, &inventory.identity.user));
    }
    for (why, kinds) in &groups.troubled {
        let what = format!("{} kinds are not read ({why}):", kinds.len());
        sheet.poor_of(&what, kinds, "");
    }
}

fn grant(kinds: &[String], user: &str) -> String {
    let user = if user.is_empty() { "USER" } else { user };
    format!(
        "oc create clusterrole redbutton-reader --verb=get,list,watch --resource={}\noc create clusterrolebinding redbutton-reader --clusterrole=redbutton-reader --user={user}",
        kinds.join(",")
    )
}

fn grouped(inventory: &Inventory) -> Groups {
    let mut groups = Groups::default();
    for kind in Kind::ALL {
        let name = kind.plural_group();
        let (group, key) = match inventory.freshness(*kind) {
            // read when asked for, never followed
            Freshness::NotConfigured => continue,
            Freshness::Live(_) => {
                groups.live.push(name);
                continue;
            }
            Freshness::NotInstalled => {
                groups.absent.push(name);
                continue;
            }
            Freshness::Forbidden(denial) => (&mut groups.denied, denial.verb.to_string()),
            Freshness::Partial(namespaces, _) => (&mut groups.partly, namespaces.join(", ")),
            Freshness::Stale { why, .. } | Freshness::Unreachable { why, .. } => {
                (&mut groups.troubled, why.to_string())
            }
            Freshness::Waiting | Freshness::Loading(..) => (
                &mut groups.troubled,
                "their lists are not complete yet".to_owned(),
            ),
        };
        group.entry(key).or_default().push(name);
    }
    groups
}
