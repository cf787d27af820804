//! The gate: nothing is done that was not tried dry, looked at and confirmed. Each step consumes
//! the one before it.

use super::{Glass, Plan, Tier};
use crate::domain::Time;

/// What the server said to a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// It would be done.
    Passed,
    /// It would be refused; the server's words.
    Refused(String),
    /// This has no dry run.
    None,
    /// The server did not answer.
    Unknown(String),
}

impl DryRun {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Passed => "the server would do it".into(),
            Self::Refused(why) => format!("refused: {why}"),
            Self::None => "no dry run here".into(),
            Self::Unknown(why) => format!("no answer: {why}"),
        }
    }
}

/// A plan that was tried dry and has been on the screen since a time.
#[derive(Debug)]
pub struct Preflighted {
    plan: Plan,
    dry_run: DryRun,
    shown: Time,
}

/// A plan that was confirmed. Only the gate makes one, and doing it consumes it.
#[derive(Debug)]
pub struct Confirmed {
    plan: Plan,
    dry_run: DryRun,
    reason: String,
    overridden: String,
    at: Time,
}

/// Why the gate stays shut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    /// The glass is closed, or was closed meanwhile.
    #[error("the glass is closed: break it first")]
    Glass,
    /// The dry run was refused.
    #[error("the server would refuse it: {0}")]
    DryRun(String),
    /// What was typed is something else.
    #[error("type `{0}` to confirm")]
    Typed(String),
    /// Too early.
    #[error("wait {0} s more")]
    CoolDown(i64),
}

impl Preflighted {
    /// A plan and what its dry run said, shown from now on.
    #[must_use]
    pub const fn new(plan: Plan, dry_run: DryRun, shown: Time) -> Self {
        Self {
            plan,
            dry_run,
            shown,
        }
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the dry run said.
    #[must_use]
    pub const fn dry_run(&self) -> &DryRun {
        &self.dry_run
    }

    /// Seconds of the cool-down that are left.
    #[must_use]
    pub fn cooling(&self, now: Time) -> i64 {
        (self.plan.cool_down() - now.duration_since(self.shown).as_secs()).max(0)
    }

    /// Passes the gate: the glass is open for this context, the dry run passed, the words are
    /// right, the cool-down is over.
    ///
    /// # Errors
    /// The plan back, and why.
    pub fn confirm(
        self,
        glass: &Glass,
        typed: &str,
        now: Time,
    ) -> Result<Confirmed, Box<(Self, Shut)>> {
        let shut = self.shut(glass, typed, now);
        match shut {
            Some(why) => Err(Box::new((self, why))),
            None => Ok(Confirmed {
                reason: glass.reason().to_owned(),
                overridden: if self.plan.lacks_backup {
                    typed.to_owned()
                } else {
                    String::new()
                },
                plan: self.plan,
                dry_run: self.dry_run,
                at: now,
            }),
        }
    }

    fn shut(&self, glass: &Glass, typed: &str, now: Time) -> Option<Shut> {
        let nudge = self.plan.tier <= Tier::Nudge && !glass.is_welded();
        if !nudge && glass.open_for(&self.plan.context, now).is_none() {
            return Some(Shut::Glass);
        }
        if let DryRun::Refused(why) = &self.dry_run {
            return Some(Shut::DryRun(why.clone()));
        }
        let cooling = self.cooling(now);
        if cooling > 0 {
            return Some(Shut::CoolDown(cooling));
        }
        let wanted = self.plan.typed();
        (typed != wanted).then_some(Shut::Typed(wanted))
    }
}

impl Confirmed {
    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the dry run said.
    #[must_use]
    pub const fn dry_run(&self) -> &DryRun {
        &self.dry_run
    }

    /// Why the glass was broken.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What was typed to go on without a backup; empty where there is one, or nothing is lost.
    #[must_use]
    pub fn overridden(&self) -> &str {
        &self.overridden
    }

    /// When it was confirmed.
    #[must_use]
    pub const fn at(&self) -> Time {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ObjectRef,
        redbutton::{Verb, plan::Target},
    };

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn claim(tier: Tier, lacks_backup: bool) -> Plan {
        Plan {
            targets: vec![Target {
                object: ObjectRef::new("PersistentVolumeClaim", "media", "plex"),
                uid: "u".into(),
                version: "1".into(),
            }],
            tier,
            lacks_backup,
            ..Plan::new(Verb::DeleteClaim, "lab".into())
        }
    }

    fn open() -> Glass {
        let mut glass = Glass::default();
        glass.smash("lab", "why", at(100)).unwrap();
        glass
    }

    fn why(plan: Plan, dry: DryRun, glass: &Glass, typed: &str, now: Time) -> Option<Shut> {
        Preflighted::new(plan, dry, at(0))
            .confirm(glass, typed, now)
            .err()
            .map(|both| both.1)
    }

    #[test]
    fn the_gate_opens_only_when_everything_is_right() {
        let plan = || claim(Tier::Destroy, false);
        assert_eq!(why(plan(), DryRun::Passed, &open(), "plex", at(1)), None);
        assert_eq!(
            why(plan(), DryRun::Passed, &Glass::default(), "plex", at(1)),
            Some(Shut::Glass)
        );
        assert_eq!(
            why(plan(), DryRun::Passed, &open(), "plex", at(100)),
            Some(Shut::Glass)
        );
        assert_eq!(
            why(plan(), DryRun::Passed, &open(), "ple", at(1)),
            Some(Shut::Typed("plex".into()))
        );
        assert_eq!(
            why(plan(), DryRun::Passed, &open(), "", at(1)),
            Some(Shut::Typed("plex".into()))
        );
        assert!(matches!(
            why(plan(), DryRun::Refused("no".into()), &open(), "plex", at(1)),
            Some(Shut::DryRun(_))
        ));
    }

    #[test]
    fn no_backup_wants_a_sentence_and_time() {
        let plan = || claim(Tier::Catastrophe, true);
        assert_eq!(
            why(plan(), DryRun::Passed, &open(), "plex", at(9)),
            Some(Shut::Typed("lose the data of plex".into()))
        );
        assert_eq!(
            why(
                plan(),
                DryRun::Passed,
                &open(),
                "lose the data of plex",
                at(3)
            ),
            Some(Shut::CoolDown(2))
        );
        assert_eq!(
            why(
                plan(),
                DryRun::Passed,
                &open(),
                "lose the data of plex",
                at(9)
            ),
            None
        );
    }
}
