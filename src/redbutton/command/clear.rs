//! The gate for typed commands.

use super::{Judgement, Verdict};
use crate::{
    domain::Time,
    journal::{EntryKind, Record},
    redbutton::{Confirmed, Glass, Shut, Tier, record},
};

/// A command that may run. Only [`clear`] and a confirmed plan make one, and running it consumes it.
#[derive(Debug)]
pub struct Cleared {
    line: String,
    judgement: Judgement,
    let_by: LetBy,
}

/// What let it through.
#[derive(Debug)]
enum LetBy {
    /// The gate of typed commands, in this context, for this reason.
    Glass { context: String, reason: String },
    /// The gate of every other change.
    Plan(Box<Confirmed>),
}

impl Cleared {
    /// A command whose plan passed the gate of every other change, which is used up by that.
    #[must_use]
    pub fn by_plan(line: String, judgement: Judgement, confirmed: Confirmed) -> Self {
        Self {
            line,
            judgement,
            let_by: LetBy::Plan(Box::new(confirmed)),
        }
    }

    /// What was typed.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// How it was judged.
    #[must_use]
    pub const fn judgement(&self) -> &Judgement {
        &self.judgement
    }

    /// What is written down before it runs.
    #[must_use]
    pub fn intent(&self, who: &str, id: &str, at: Time) -> Record {
        match &self.let_by {
            LetBy::Plan(confirmed) => record::intent(confirmed, who, id),
            LetBy::Glass { context, reason } => Record {
                who: who.into(),
                context: context.clone(),
                reason: reason.clone(),
                command: self.line.clone(),
                ..Record::new(EntryKind::Intent, id, &at.to_string())
            },
        }
    }
}

/// What has to be typed before a command runs; empty where nothing has to be.
#[must_use]
pub fn typed_for(judgement: &Judgement) -> String {
    if judgement.verdict == Verdict::Destructive {
        judgement
            .matched
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_owned()
    } else {
        String::new()
    }
}

/// Whether a command runs without a question: every part is allowed, and no shell is needed.
#[must_use]
pub fn runs_freely(judgement: &Judgement) -> bool {
    judgement.verdict == Verdict::Allowed && !judgement.shell && judgement.tier == Tier::Observe
}

/// Lets a command through: at once where it only looks, else with the glass open for the context and
/// the deciding word typed.
///
/// # Errors
/// Why not.
pub fn clear(
    line: &str,
    judgement: &Judgement,
    glass: &Glass,
    context: &str,
    typed: &str,
    now: Time,
) -> Result<Cleared, Shut> {
    let cleared = |reason: &str| Cleared {
        line: line.into(),
        judgement: judgement.clone(),
        let_by: LetBy::Glass {
            context: context.into(),
            reason: reason.into(),
        },
    };
    if runs_freely(judgement) {
        return Ok(cleared(""));
    }
    if glass.open_for(context, now).is_none() {
        return Err(Shut::Glass);
    }
    let wanted = typed_for(judgement);
    if typed == wanted {
        Ok(cleared(glass.reason()))
    } else {
        Err(Shut::Typed(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{journal::Registry, redbutton::command::judge_line};

    #[test]
    fn looking_is_free_and_everything_else_needs_the_glass() {
        let now = Time::from_second(10).unwrap();
        let registry = Registry::bundled("seed-lab");
        let try_line = |line: &str, glass: &Glass, typed: &str| {
            clear(line, &judge_line(line, &registry), glass, "lab", typed, now).map(|_| ())
        };
        let closed = Glass::default();
        let mut open = Glass::default();
        open.smash("lab", "why", Time::from_second(60).unwrap())
            .unwrap();
        assert_eq!(try_line("oc get pods", &closed, ""), Ok(()));
        assert_eq!(
            try_line("oc scale deploy/x --replicas=1", &closed, ""),
            Err(Shut::Glass)
        );
        assert_eq!(
            try_line("oc get pods | wc -l", &closed, ""),
            Err(Shut::Glass)
        );
        assert_eq!(
            try_line("oc delete pod x", &open, ""),
            Err(Shut::Typed("delete".into()))
        );
        assert_eq!(try_line("oc delete pod x", &open, "delete"), Ok(()));
    }
}
