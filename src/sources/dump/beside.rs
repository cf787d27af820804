//! What a capture holds beside the cluster's objects: what the cluster is, Proxmox VE, probes.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{ProbeState, PveState, Text, Time},
    inventory::{Identity, Inventory, Update},
};

/// Form of the file; it grows when old programs can no longer read new files.
const FORM: u32 = 1;

/// The file of a capture that holds what is no Kubernetes object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beside {
    redbutton_capture: u32,
    /// When the capture was made.
    pub at: Time,
    /// What the cluster is, and who looked.
    pub identity: Identity,
    /// Proxmox VE installations by name.
    #[serde(default)]
    pub proxmox: BTreeMap<Text, PveState>,
    /// Probes.
    #[serde(default)]
    pub probes: Vec<ProbeState>,
}

impl Beside {
    /// What an inventory knows beside objects.
    #[must_use]
    pub fn of(inventory: &Inventory, at: Time) -> Self {
        Self {
            redbutton_capture: FORM,
            at,
            identity: (*inventory.identity).clone(),
            proxmox: inventory
                .proxmox
                .iter()
                .map(|(name, state)| (name.clone(), (**state).clone()))
                .collect(),
            probes: inventory.probes.to_vec(),
        }
    }

    /// Reads the file; `None` where the text is something else.
    ///
    /// # Errors
    /// In words, where it is such a file and cannot be read.
    pub(super) fn read(text: &str) -> Result<Option<Self>, String> {
        #[derive(Deserialize)]
        struct Head {
            redbutton_capture: u32,
        }
        let Ok(Head { redbutton_capture }) = serde_json::from_str(text) else {
            return Ok(None);
        };
        if redbutton_capture > FORM {
            return Err(format!(
                "a newer redbutton wrote it (form {redbutton_capture}, this one reads {FORM})"
            ));
        }
        serde_json::from_str(text)
            .map(Some)
            .map_err(|why| why.to_string())
    }

    /// As a source would send it.
    pub(super) fn updates(self) -> Vec<Update> {
        let mut out = vec![Update::Identity(self.identity)];
        let states = self.proxmox.into_iter();
        out.extend(states.map(|(name, state)| Update::Proxmox(name, Arc::new(state))));
        if !self.probes.is_empty() {
            out.push(Update::Probes(self.probes));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Guest, ProbeOutcome, ProbeResult};

    #[test]
    fn what_was_written_comes_back() {
        let at: Time = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut inventory = Inventory::new();
        let guest = Guest {
            id: 211,
            name: "dns".into(),
            last_backup: Some(None),
            ..Guest::default()
        };
        let state = PveState {
            version: "9.1.2".into(),
            guests: vec![guest],
            ..PveState::default()
        };
        inventory.apply(Update::Proxmox("pve".into(), Arc::new(state)));
        inventory.apply(Update::Probes(vec![ProbeState {
            name: "nas".into(),
            history: vec![ProbeResult {
                at,
                outcome: ProbeOutcome::Open(1.5),
            }],
            ..ProbeState::default()
        }]));
        let text = serde_json::to_string(&Beside::of(&inventory, at)).unwrap();
        let mut again = Inventory::new();
        for update in Beside::read(&text).unwrap().unwrap().updates() {
            again.apply(update);
        }
        assert_eq!(again.proxmox, inventory.proxmox);
        assert_eq!(again.probes, inventory.probes);
    }

    #[test]
    fn other_files_and_newer_forms_are_told_apart() {
        assert!(Beside::read(r#"{"kind":"Pod"}"#).unwrap().is_none());
        assert!(Beside::read(r#"{"redbutton_capture":99}"#).is_err());
        assert!(Beside::read(r#"{"redbutton_capture":1}"#).is_err());
    }
}
