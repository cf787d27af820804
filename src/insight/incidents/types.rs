//! What an incident is.

use serde::Serialize;

use crate::domain::{ObjectRef, Text, Time};

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Needs a look.
    Warning,
    /// Broken.
    Critical,
}

/// One root with everything that it holds up.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Stays the same as long as the root and its cause do.
    pub id: Text,
    /// How bad.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What has to be fixed.
    pub root: ObjectRef,
    /// Word in the vocabulary of causes, or of warnings (`node-memory-pressure`, `capacity`, …).
    pub cause: Text,
    /// From 0 to 1.
    pub confidence: f64,
    /// Since when, as far as can be told.
    pub since: Option<Time>,
    /// The strongest piece of evidence in one line, verbatim: clean before drawing.
    pub evidence: String,
    /// What it holds up, by kind.
    pub holds_up: Vec<Consequence>,
    /// An object whose diagnosis shows the whole story.
    pub subject: ObjectRef,
}

impl Incident {
    /// How many objects it holds up.
    #[must_use]
    pub fn blocked(&self) -> usize {
        self.holds_up.iter().map(|held| held.objects.len()).sum()
    }

    /// What it holds up in words, as `3 claims · 4 pods · 2 apps`; may be empty.
    #[must_use]
    pub fn holds_up_words(&self) -> String {
        let words: Vec<String> = self.holds_up.iter().map(Consequence::words).collect();
        words.join(" · ")
    }
}

/// Objects of one kind that an incident holds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Kind.
    pub kind: Text,
    /// Which ones.
    pub objects: Vec<ObjectRef>,
}

impl Consequence {
    /// As `3 claims`.
    #[must_use]
    pub fn words(&self) -> String {
        let count = self.objects.len();
        let (one, many) = match &*self.kind {
            "PersistentVolumeClaim" => ("claim", "claims"),
            "Pod" => ("pod", "pods"),
            "Application" => ("app", "apps"),
            "VirtualMachineInstance" | "VirtualMachine" => ("VM", "VMs"),
            "DataVolume" => ("disk import", "disk imports"),
            "Deployment" => ("deployment", "deployments"),
            "StatefulSet" => ("stateful set", "stateful sets"),
            "DaemonSet" => ("daemon set", "daemon sets"),
            "Job" => ("job", "jobs"),
            "Node" => ("node", "nodes"),
            other => return format!("{count} {other}"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}
