//! Pods: a shared template and what became of it.

use std::{ops::Deref, sync::Arc};

use super::{Condition, HasMeta, List, Meta, Moment, PodSpec, Quantity, Text, Time};

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Identity.
    pub meta: Meta,
    /// Its template, shared with the pods made of the same one.
    pub spec: Arc<PodSpec>,
    /// The node it was given to.
    pub node: Option<Text>,
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: Text,
    /// Reason of the whole pod (`Evicted`, `NodeLost`); may be empty.
    pub reason: Text,
    /// Message of the whole pod; may be empty.
    pub message: Text,
    /// Conditions.
    pub conditions: List<Condition>,
    /// States of the main containers.
    pub statuses: List<ContainerStatus>,
    /// States of the init containers.
    pub init_statuses: List<ContainerStatus>,
    /// Address; may be empty.
    pub ip: Text,
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    pub qos: Text,
}

impl HasMeta for Pod {
    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl Pod {
    /// Init container states first, then main ones.
    pub fn all_statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.init_statuses.iter().chain(&self.statuses)
    }

    /// The state of the container of this name.
    #[must_use]
    pub fn status_of(&self, container: &str) -> Option<&ContainerStatus> {
        self.all_statuses()
            .find(|status| *status.name == *container)
    }

    /// Restarts of all containers together.
    #[must_use]
    pub fn restarts(&self) -> i32 {
        self.all_statuses().map(|status| status.restarts).sum()
    }

    /// Ready main containers.
    #[must_use]
    pub fn ready_count(&self) -> usize {
        self.statuses.iter().filter(|status| status.ready).count()
    }

    /// Whether it ended and holds no resources any more.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(&*self.phase, "Succeeded" | "Failed")
    }

    /// What the scheduler counts for it.
    #[must_use]
    pub fn request(&self, resource: &str) -> Quantity {
        self.spec.request(resource)
    }

    /// The word `kubectl get pods` prints under STATUS.
    #[must_use]
    pub fn status_word(&self) -> String {
        let mut word = if self.reason.is_empty() {
            self.phase.to_string()
        } else {
            self.reason.to_string()
        };
        if !self.spec.gates.is_empty() && &*self.phase == "Pending" && self.node.is_none() {
            word = "SchedulingGated".into();
        }
        match self.init_word() {
            Some(init) => word = init,
            None => {
                if let Some(main) = self.main_word() {
                    word = main;
                }
            }
        }
        if self.meta.deleting.is_some() {
            word = if &*self.reason == "NodeLost" {
                "Unknown".into()
            } else {
                "Terminating".into()
            };
        }
        word
    }

    fn init_word(&self) -> Option<String> {
        for (at, status) in self.init_statuses.iter().enumerate() {
            let sidecar = self
                .spec
                .container(&status.name)
                .is_some_and(super::Container::is_sidecar);
            match &status.state {
                ContainerState::Terminated(end) if end.exit_code == 0 => {}
                ContainerState::Running(_) if sidecar && status.started => {}
                ContainerState::Terminated(end) => return Some(format!("Init:{}", end.word())),
                ContainerState::Waiting { reason, .. }
                    if !reason.is_empty() && &**reason != "PodInitializing" =>
                {
                    return Some(format!("Init:{reason}"));
                }
                _ => return Some(format!("Init:{at}/{}", self.spec.init_containers.len())),
            }
        }
        None
    }

    fn main_word(&self) -> Option<String> {
        let mut word = None;
        let mut running = false;
        for status in self.statuses.iter().rev() {
            match &status.state {
                ContainerState::Waiting { reason, .. } if !reason.is_empty() => {
                    word = Some(reason.to_string())
                }
                ContainerState::Terminated(end) => word = Some(end.word()),
                ContainerState::Running(_) if status.ready => running = true,
                _ => {}
            }
        }
        if running && word.as_deref() == Some("Completed") {
            let ready = self
                .conditions
                .iter()
                .any(|c| &*c.kind == "Ready" && c.status == super::Truth::True);
            word = Some(if ready {
                "Running".into()
            } else {
                "NotReady".into()
            });
        }
        word
    }
}

/// What became of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerStatus {
    /// Which container it is: the same in all pods of a template.
    pub which: Arc<Which>,
    /// Passes its readiness probe.
    pub ready: bool,
    /// Passed its startup probe.
    pub started: bool,
    /// Restarts so far.
    pub restarts: i32,
    /// State now.
    pub state: ContainerState,
    /// How it ended the last time. Most never did: no room is kept for it.
    pub last: Option<Box<Terminated>>,
}

impl Deref for ContainerStatus {
    type Target = Which;

    fn deref(&self) -> &Which {
        &self.which
    }
}

/// Which container a status is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Which {
    /// Name.
    pub name: Text,
    /// Image that runs, as the runtime names it.
    pub image: Text,
    /// Digest of the image; may be empty.
    pub image_id: Text,
}

/// State of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ContainerState {
    /// Not said.
    #[default]
    Unknown,
    /// Not started: reason and message.
    Waiting {
        /// Machine word.
        reason: Text,
        /// Sentence.
        message: Text,
    },
    /// Runs since then.
    Running(Moment),
    /// Ended.
    Terminated(Box<Terminated>),
}

/// How a container ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminated {
    /// Exit code.
    pub exit_code: i32,
    /// Signal, 0 where none was reported.
    pub signal: i32,
    /// `OOMKilled`, `Error`, `Completed`, `ContainerCannotRun`, …
    pub reason: Text,
    /// Last words of the container, or the runtime's error.
    pub message: Text,
    /// Start.
    pub started: Option<Time>,
    /// End.
    pub finished: Option<Time>,
}

impl Terminated {
    /// Why it ended, in a word.
    #[must_use]
    pub fn word(&self) -> String {
        if !self.reason.is_empty() {
            self.reason.to_string()
        } else if self.signal != 0 {
            format!("Signal:{}", self.signal)
        } else {
            format!("ExitCode:{}", self.exit_code)
        }
    }
}
