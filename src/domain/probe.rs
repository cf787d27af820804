//! What the probes of configured endpoints found.

use serde::{Deserialize, Serialize};

use super::{Text, Time};

/// State of one endpoint with its recent history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeState {
    /// Name in the configuration.
    pub name: Text,
    /// `host:port`.
    pub target: Text,
    /// Results, oldest first, a bounded number.
    pub history: Vec<ProbeResult>,
    /// End of the server certificate's life, where TLS was asked for.
    pub certificate_until: Option<Time>,
}

impl ProbeState {
    /// The newest result.
    #[must_use]
    pub fn last(&self) -> Option<&ProbeResult> {
        self.history.last()
    }
}

/// One result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// When.
    pub at: Time,
    /// What was found.
    pub outcome: ProbeOutcome,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ProbeOutcome {
    /// Connected, after so many milliseconds.
    Open(f64),
    /// Refused by the far side.
    Refused,
    /// No answer in time.
    TimedOut,
    /// Name could not be resolved; the resolver's words.
    NoName(Text),
    /// Anything else; the system's words.
    Failed(Text),
}

impl std::fmt::Display for ProbeOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(milliseconds) => write!(f, "open after {milliseconds:.1} ms"),
            Self::Refused => f.write_str("connection refused"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::NoName(why) => write!(f, "its name cannot be resolved: {why}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}
