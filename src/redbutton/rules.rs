//! What the configuration says about how hard changes are to confirm. It may make it harder only.

use std::collections::BTreeMap;

use super::{Plan, SyncOptions, Tier, Verb, plan::COOL_DOWN};

/// Raised tiers by the name of the action, and the cool-down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    raised: BTreeMap<&'static str, Tier>,
    cool_down_seconds: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            raised: BTreeMap::new(),
            cool_down_seconds: COOL_DOWN,
        }
    }
}

/// Each action once; where one has several tiers by itself, the mildest.
const ACTIONS: [Verb; 32] = [
    Verb::Refresh,
    Verb::HardRefresh,
    Verb::Sync(SyncOptions::APPLY),
    Verb::Terminate,
    Verb::Rollback(0),
    Verb::AutoSync(true),
    Verb::ApproveDeletion,
    Verb::Restart,
    Verb::Scale(1),
    Verb::DeletePod,
    Verb::Evict,
    Verb::Cordon,
    Verb::Uncordon,
    Verb::Drain,
    Verb::DeleteClaim,
    Verb::Expand(1),
    Verb::DeleteVolume,
    Verb::DeleteJob,
    Verb::Trigger,
    Verb::Suspend,
    Verb::Resume,
    Verb::RemoveFinalizers,
    Verb::Start,
    Verb::Stop,
    Verb::Shutdown,
    Verb::RestartMachine,
    Verb::Pause,
    Verb::Unpause,
    Verb::Migrate,
    Verb::Snapshot(0),
    Verb::RestoreSnapshot(0),
    Verb::DropSnapshot(0),
];

impl Rules {
    /// Reads `action = tier` pairs.
    ///
    /// # Errors
    /// What is unknown, or would lower a tier, in words.
    pub fn new(tiers: &BTreeMap<String, String>, cool_down_seconds: u16) -> Result<Self, String> {
        let mut raised = BTreeMap::new();
        for (name, word) in tiers {
            let verb = ACTIONS
                .iter()
                .find(|verb| verb.name() == name)
                .ok_or_else(|| {
                    let all: Vec<&str> = ACTIONS.iter().map(|verb| verb.name()).collect();
                    format!("`{name}` is no action; there are {}", all.join(", "))
                })?;
            let tier = Tier::parse(word).ok_or_else(|| {
                format!("`{word}` is no tier; there are observe, nudge, disrupt, destroy and catastrophe")
            })?;
            if tier < verb.tier() {
                return Err(format!(
                    "`{name}` is {} by itself: a tier is only ever raised",
                    verb.tier().as_str()
                ));
            }
            raised.insert(verb.name(), tier);
        }
        Ok(Self {
            raised,
            cool_down_seconds: i64::from(cool_down_seconds),
        })
    }

    /// Risk of an action here.
    #[must_use]
    pub fn tier(&self, verb: Verb) -> Tier {
        let own = verb.tier();
        self.raised
            .get(verb.name())
            .map_or(own, |raised| own.max(*raised))
    }

    /// A plan as it is confirmed here.
    #[must_use]
    pub fn applied_to(&self, mut plan: Plan) -> Plan {
        let tier = self.tier(plan.verb);
        plan.at_least(tier);
        plan.cool_down_seconds = self.cool_down_seconds;
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, word: &str) -> Result<Rules, String> {
        Rules::new(&BTreeMap::from([(name.into(), word.into())]), 9)
    }

    #[test]
    fn a_tier_is_raised_and_never_lowered() {
        let rules = of("workload.restart", "destroy").unwrap();
        assert_eq!(rules.tier(Verb::Restart), Tier::Destroy);
        assert_eq!(rules.tier(Verb::Cordon), Tier::Disrupt);
        // what weighs more by itself stays so
        let rules = of("workload.scale", "disrupt").unwrap();
        assert_eq!(rules.tier(Verb::Scale(0)), Tier::Destroy);
        assert!(
            of("claim.delete", "nudge")
                .unwrap_err()
                .contains("only ever raised")
        );
        assert!(
            of("claim.eat", "destroy")
                .unwrap_err()
                .contains("no action")
        );
        assert!(of("claim.delete", "boom").unwrap_err().contains("no tier"));
    }

    #[test]
    fn each_action_is_known_by_one_name() {
        let names: std::collections::BTreeSet<&str> =
            ACTIONS.iter().map(|verb| verb.name()).collect();
        assert_eq!(names.len(), ACTIONS.len());
    }

    #[test]
    fn a_raised_plan_is_typed_for_and_waits_as_long_as_configured() {
        let rules = of("pod.delete", "catastrophe").unwrap();
        let plan = rules.applied_to(Plan::new(Verb::DeletePod, "lab".into()));
        assert_eq!((plan.tier, plan.cool_down()), (Tier::Catastrophe, 9));
    }
}
