//! Signs: pieces of text that runbooks are held against, each with the place it was found at.

use super::{Evidence, Facts, Hit, Origin};
use crate::domain::{Event, LogKey, ObjectRef, Text};

/// A piece of text that may tell a cause.
#[derive(Clone, Debug)]
pub(super) struct Sign {
    /// What kind of sign, as `event:FailedMount`.
    pub topic: String,
    /// The text itself, verbatim.
    pub text: String,
    /// Exit code of the container it came with.
    pub exit: Option<i32>,
    /// How much it counts, from 0 to 1.
    pub weight: f64,
    /// The object it was found at.
    pub object: ObjectRef,
    /// Event, log or field.
    pub origin: Origin,
    /// Which one, in words.
    pub reference: String,
    /// The log, where it is one.
    pub log: Option<LogKey>,
    /// Names that are known at this place.
    pub facts: Facts,
}

impl Sign {
    /// An event.
    pub fn event(event: &Event) -> Self {
        let object = ObjectRef {
            kind: event.about_kind.clone(),
            key: event.about.clone(),
        };
        Self {
            topic: format!("event:{}", event.reason),
            text: event.message.to_string(),
            exit: None,
            weight: 1.0,
            reference: format!("{object} {}", event.reason),
            object,
            origin: Origin::Event,
            log: None,
            facts: Facts::new(),
        }
    }

    /// A field of an object: its topic, its path and its value.
    pub fn field(
        object: &ObjectRef,
        topic: impl Into<String>,
        path: &str,
        text: impl Into<String>,
    ) -> Self {
        Self {
            topic: topic.into(),
            text: text.into(),
            exit: None,
            weight: 1.0,
            object: object.clone(),
            origin: Origin::Object,
            reference: format!("{object} {path}"),
            log: None,
            facts: Facts::new(),
        }
    }

    /// A line of a log.
    pub fn line(pod: &ObjectRef, topic: &str, key: &LogKey, line: &str, exit: Option<i32>) -> Self {
        let previous = if key.previous { " (previous)" } else { "" };
        Self {
            topic: topic.into(),
            text: line.into(),
            exit,
            weight: 1.0,
            object: pod.clone(),
            origin: Origin::Log,
            reference: format!(
                "log {}/{} {}{previous}",
                key.namespace, key.pod, key.container
            ),
            log: Some(key.clone()),
            facts: Facts::new(),
        }
    }

    /// The same sign with an exit code.
    pub const fn with_exit(mut self, exit: i32) -> Self {
        self.exit = Some(exit);
        self
    }

    /// The same sign with a name that is known here.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    /// As evidence, without a telling phrase.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            from: self.origin,
            reference: self.reference.clone(),
            quote: self.text.clone(),
            supports: true,
            telling: None,
            object: self.object.clone(),
            log: self.log.clone(),
        }
    }

    /// As evidence for a runbook that it hits.
    pub fn evidence_of(&self, hit: &Hit<'_>) -> Evidence {
        Evidence {
            telling: Some(hit.telling),
            ..self.evidence()
        }
    }
}

/// A possible cause while it is being looked into.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// Runbook that words it.
    pub runbook: Text,
    /// Word in the vocabulary.
    pub cause: Text,
    /// What has to be fixed.
    pub object: ObjectRef,
    /// From 0 to 1.
    pub confidence: f64,
    /// How many steps below the subject it was found.
    pub depth: usize,
    /// Gives way to deeper causes.
    pub symptom: bool,
    /// Proof.
    pub evidence: Vec<Evidence>,
    /// Names for the runbook's placeholders.
    pub facts: Facts,
}
