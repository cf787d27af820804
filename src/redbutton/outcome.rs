//! What became of what was confirmed.

use super::{Plan, Target};

/// What became of a confirmed plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done and seen to be done; what the world looks like now.
    Done(String),
    /// Refused or failed; the server's words.
    Failed(String),
    /// The answer was lost, or what was begun is not over; what a second look showed.
    Unknown(String),
}

impl Outcome {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Done(text) => format!("done: {text}"),
            Self::Failed(text) => format!("failed: {text}"),
            Self::Unknown(text) => format!("unknown: {text}"),
        }
    }
}

/// Counts the targets of a plan off, one after the other. The first that is not done ends it: what
/// was done before and what was not tried any more is said with it.
pub(super) struct Tally<'p> {
    targets: &'p [Target],
    done: Vec<String>,
}

impl<'p> Tally<'p> {
    pub(super) const fn of(plan: &'p Plan) -> Self {
        Self {
            targets: plan.targets.as_slice(),
            done: Vec::new(),
        }
    }

    /// The target whose turn it is was done.
    pub(super) fn done(&mut self, words: String) {
        self.done.push(words);
    }

    /// It was refused, or it failed.
    pub(super) fn failed(&self, why: &str) -> Outcome {
        Outcome::Failed(self.ended(why))
    }

    /// Nobody knows, or it is not over.
    pub(super) fn unknown(&self, why: &str) -> Outcome {
        Outcome::Unknown(self.ended(why))
    }

    /// All were done.
    pub(super) fn all_done(self) -> Outcome {
        Outcome::Done(self.done.join("; "))
    }

    fn ended(&self, why: &str) -> String {
        let at = self.done.len();
        let mut words = match self.targets.get(at) {
            Some(target) => format!("{}: {why}", target.object.short()),
            None => why.to_owned(),
        };
        if at > 0 {
            words.push_str(&format!(" · done before: {}", self.done.join("; ")));
        }
        let rest: Vec<String> = self
            .targets
            .iter()
            .skip(at + 1)
            .map(|target| target.object.short())
            .collect();
        if !rest.is_empty() {
            words.push_str(&format!(" · not tried: {}", rest.join(", ")));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::ObjectRef, redbutton::Verb};

    #[test]
    fn a_batch_that_breaks_off_says_what_was_done_and_what_was_not_tried() {
        let mut plan = Plan::new(Verb::Restart, "lab".into());
        plan.targets = ["a", "b", "c"]
            .map(|name| Target {
                object: ObjectRef::new("Deployment", "media", name),
                uid: name.into(),
                version: "1".into(),
            })
            .to_vec();
        let mut tally = Tally::of(&plan);
        tally.done("deploy/media/a has 1 of 1 ready".into());
        let words = tally.failed("forbidden (403)").words();
        assert_eq!(
            words,
            "failed: deploy/media/b: forbidden (403) · done before: deploy/media/a has 1 of 1 ready · not tried: deploy/media/c"
        );
    }
}
