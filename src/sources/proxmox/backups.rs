//! Backups: what the storages hold of which guest. A list that rights have filtered looks like an
//! empty one, so nothing is said without the right that shows all.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    client::{Client, PveError},
    rights, translate,
};
use crate::domain::{Backup, Guest, PveState};

/// A storage on a dead share holds the call for 30 s; the others do not wait for it.
const PATIENCE: Duration = Duration::from_secs(8);

/// What could be read.
#[derive(Clone, Default)]
pub(super) struct Backups {
    of: BTreeMap<u32, Vec<Backup>>,
    /// All storages that may hold backups told all that they have.
    whole: bool,
}

impl Backups {
    /// Asks each storage that may hold backups.
    ///
    /// What failed is given beside them.
    pub(super) async fn read(
        client: &Client,
        state: &PveState,
        held: &Value,
    ) -> (Self, Vec<PveError>) {
        let holders: Vec<_> = state
            .storages
            .iter()
            .filter(|one| one.content.iter().any(|kind| &**kind == "backup"))
            .collect();
        // an inactive storage says nothing of what it holds
        let mut out = Self {
            whole: !holders.is_empty(),
            ..Self::default()
        };
        let asked = holders.iter().map(|one| async move {
            let path = format!(
                "/nodes/{}/storage/{}/content?content=backup",
                one.node, one.name
            );
            client.get_within(&path, PATIENCE).await
        });
        let mut failed = Vec::new();
        let answers = futures::future::join_all(asked).await;
        for (storage, answer) in holders.iter().zip(answers) {
            let place = format!("/storage/{}", storage.name);
            let sees_all = rights::has(held, &place, "Datastore.Allocate")
                || (rights::has(held, &place, "Datastore.AllocateSpace")
                    && rights::has(held, "/vms", "VM.Backup"));
            match answer {
                Ok(rows) => {
                    out.whole &= sees_all;
                    for (id, backup) in translate::backups(&storage.name, &rows) {
                        out.of.entry(id).or_default().push(backup);
                    }
                }
                Err(why) => {
                    out.whole = false;
                    failed.push(why);
                }
            }
        }
        for all in out.of.values_mut() {
            all.sort_by_key(|one| std::cmp::Reverse(one.at));
        }
        (out, failed)
    }

    /// Gives a guest its own. One without any has none only where everything could be read.
    pub(super) fn give(&self, guest: &mut Guest) {
        let own = self.of.get(&guest.id);
        if own.is_none() && !self.whole {
            return;
        }
        guest.backups = own.cloned().unwrap_or_default();
        guest.last_backup = Some(guest.backups.first().and_then(|one| one.at));
    }
}
