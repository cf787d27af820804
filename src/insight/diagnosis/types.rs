//! What a diagnosis says, in the form that `diagnose -o json` prints.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::domain::{LogKey, ObjectRef, Text};

/// The answer to "what is wrong with this object, why, and what may be done".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What was asked about.
    #[serde(serialize_with = "reference")]
    pub subject: ObjectRef,
    /// Its state in a sentence, as `Pending for 14m`.
    pub state: String,
    /// Something is broken; false for healthy objects and for those that wait as designed.
    pub fault: bool,
    /// Causes, the likeliest first.
    pub causes: Vec<Cause>,
    /// What was looked at, and what came out.
    pub checks: Vec<Check>,
    /// Logs that would help and are not at hand.
    #[serde(skip)]
    pub wanted: Vec<LogKey>,
}

/// One possible cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// Its word in the vocabulary of causes.
    pub id: Text,
    /// One line with the real names.
    pub title: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// What has to be fixed: often not the subject.
    #[serde(serialize_with = "reference")]
    pub object: ObjectRef,
    /// Proof, the strongest first.
    pub evidence: Vec<Evidence>,
    /// What to do about it.
    pub fix: Fix,
    /// Why this leads to what is seen.
    pub why: String,
    /// Runbook that it comes from.
    pub runbook: Text,
    /// When this was seen before: the runbook's own record, then lines of PROGRESS.md and the journal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
}

/// Where a piece of evidence was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An event.
    Event,
    /// A line of a container's log.
    Log,
    /// A field of an object.
    Object,
    /// A probe of a configured endpoint.
    Probe,
}

/// A piece of evidence, quoted as it was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// Where it was found.
    pub from: Origin,
    /// Which event, field or log, as `Pod media/sonarr-0 FailedMount`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Verbatim. May hold control characters: clean before drawing.
    pub quote: String,
    /// For the cause; else against it.
    pub supports: bool,
    /// The telling phrase in the quote, as byte positions.
    #[serde(skip)]
    pub telling: Option<(usize, usize)>,
    /// The object it was found at.
    #[serde(skip)]
    pub object: ObjectRef,
    /// The log it was found in.
    #[serde(skip)]
    pub log: Option<LogKey>,
}

/// Which way a fix goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// By a commit.
    #[default]
    Git,
    /// By a playbook, for what lives outside the cluster.
    Ansible,
    /// By hand.
    BreakGlass,
}

/// What to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Fix {
    /// One line.
    pub summary: String,
    /// Steps with real names; the ones that start with `Break-glass:` change the cluster by hand.
    pub steps: Vec<String>,
    /// Commands that show that it is over.
    pub verify: Vec<String>,
    /// Which way goes first.
    pub via: Via,
}

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckResult {
    /// In order.
    Pass,
    /// Not in order.
    Fail,
    /// Could not be told.
    Unknown,
    /// Was not run.
    Skipped,
}

/// A check that was run, or could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub title: String,
    /// What came out.
    pub result: CheckResult,
    /// More; why, where it could not be run.
    pub detail: String,
}

impl Check {
    /// A check.
    #[must_use]
    pub fn new(title: impl Into<String>, result: CheckResult, detail: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            result,
            detail: detail.into(),
        }
    }
}

impl Cause {
    /// What a record of the past would speak of, if it was about this.
    #[must_use]
    pub fn telling(&self) -> String {
        let mut text = format!("{} {} {}", self.id, self.title, self.object);
        for one in self.evidence.iter().take(2) {
            text.push(' ');
            text.push_str(&one.quote);
        }
        text
    }
}

impl Diagnosis {
    /// The likeliest cause.
    #[must_use]
    pub fn first(&self) -> Option<&Cause> {
        self.causes.first()
    }
}

/// An object as `{"kind", "namespace", "name"}`.
fn reference<S: Serializer>(object: &ObjectRef, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_struct("ObjectRef", 3)?;
    out.serialize_field("kind", &*object.kind)?;
    out.serialize_field("namespace", &*object.key.namespace)?;
    out.serialize_field("name", &*object.key.name)?;
    out.end()
}
