//! What the server took is watched until the world is as it was wanted, for as long as that may take.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    KubeWriter, Target, Verb,
    argo_follow::Tell,
    call::{get, instance_of, path},
    look,
    send::Answer,
};
use crate::domain::{Kind, Quantity};

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// Seconds beyond the time that a pod is given to end.
const GRACE: Duration = Duration::from_secs(30);

/// How watching ended.
pub(super) enum End {
    /// The world is as it was wanted.
    Reached(String),
    /// It will not become so.
    Failed(String),
    /// It is not over, or cannot be seen any more.
    Open(String),
}

/// How an object stands on the way.
enum Stand {
    There,
    OnTheWay,
    Lost(String),
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Nothing: it holds at once.
    Now,
    Gone,
    Rollout,
    Replicas(i64),
    Machine(&'static str),
    NewInstance,
    Moved,
    Size(u32),
}

impl Wanted {
    const fn of(verb: Verb) -> Self {
        match verb {
            Verb::DeletePod
            | Verb::Evict
            | Verb::DeleteClaim
            | Verb::DeleteVolume
            | Verb::DeleteJob
            | Verb::RemoveFinalizers => Self::Gone,
            Verb::Restart => Self::Rollout,
            Verb::Scale(replicas) => Self::Replicas(replicas as i64),
            Verb::Start | Verb::Unpause => Self::Machine("Running"),
            Verb::Stop => Self::Machine("Stopped"),
            Verb::Pause => Self::Machine("Paused"),
            Verb::RestartMachine => Self::NewInstance,
            Verb::Migrate => Self::Moved,
            Verb::Expand(size) => Self::Size(size),
            _ => Self::Now,
        }
    }

    /// How long it may take.
    const fn longest(self) -> Duration {
        Duration::from_secs(match self {
            Self::Now => 0,
            Self::Gone | Self::Size(_) => 60,
            Self::Machine(_) | Self::NewInstance => 180,
            Self::Rollout | Self::Replicas(_) => 300,
            Self::Moved => 900,
        })
    }
}

/// What is watched, and how it was before the call.
pub(super) struct Watched {
    wanted: Wanted,
    target: Target,
    /// Identity of the machine's instance before; empty where none ran.
    instance: String,
}

impl Watched {
    /// What a verb is about: the target, or what was made of it.
    pub(super) fn new(verb: Verb, target: &Target, made: Option<&Target>) -> Self {
        let wanted = Wanted::of(verb);
        let target = match made {
            Some(made) if wanted == Wanted::Moved => made,
            _ => target,
        };
        Self {
            wanted,
            target: target.clone(),
            instance: String::new(),
        }
    }

    pub(super) fn with_instance(mut self, uid: Option<String>) -> Self {
        self.instance = uid.unwrap_or_default();
        self
    }
}

impl KubeWriter {
    /// Identity of a machine's running instance, where a verb makes a new one.
    pub(super) async fn instance_before(&self, verb: Verb, target: &Target) -> Option<String> {
        if Wanted::of(verb) != Wanted::NewInstance {
            return None;
        }
        match self
            .send(&get(path(&instance_of(&target.object), "")?), false)
            .await
        {
            Answer::Good(found) => found["metadata"]["uid"].as_str().map(str::to_owned),
            Answer::Bad(..) | Answer::Lost(_) => None,
        }
    }

    /// Looks again and again until it is as it was wanted, and tells what changes on the way.
    pub(super) async fn watch(&self, watched: &Watched, tell: Tell<'_>) -> End {
        let begun = Instant::now();
        let mut longest = watched.wanted.longest();
        let mut told = String::new();
        loop {
            let (words, stand, grace) = self.standing(watched).await;
            match stand {
                Stand::There => return End::Reached(words),
                Stand::Lost(why) => return End::Failed(format!("{why}; {words}")),
                Stand::OnTheWay => {}
            }
            longest = longest.max(grace);
            if begun.elapsed() >= self.bound(longest) {
                return End::Open(format!(
                    "it was taken and is not over after {} s: {words}",
                    begun.elapsed().as_secs()
                ));
            }
            if words != told {
                tell(words.clone());
                told = words;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How it is now, in words and on the way; and how long its end may take by its own word.
    async fn standing(&self, watched: &Watched) -> (String, Stand, Duration) {
        let target = &watched.target;
        let name = target.object.short();
        let place = path(&target.object, "").unwrap_or_default();
        let gone = |words: String| {
            let stand = if watched.wanted == Wanted::Gone {
                Stand::There
            } else {
                Stand::Lost("it went away".into())
            };
            (words, stand, Duration::ZERO)
        };
        match self.send(&get(place), false).await {
            Answer::Good(found) if found["metadata"]["uid"] != target.uid => {
                gone(format!("{name} is gone; a new one of its name is there"))
            }
            Answer::Good(found) => {
                let words = format!("{name} {}", self.state(target, &found).await);
                let stand = self.stand(watched, &found).await;
                let grace = found["metadata"]["deletionGracePeriodSeconds"]
                    .as_u64()
                    .map_or(Duration::ZERO, |seconds| {
                        Duration::from_secs(seconds) + GRACE
                    });
                (words, stand, grace)
            }
            Answer::Bad(404, _) => gone(format!("{name} is gone")),
            Answer::Bad(_, why) | Answer::Lost(why) => {
                let stand = match watched.wanted {
                    Wanted::Now => Stand::There,
                    _ => Stand::OnTheWay,
                };
                let words = format!("{name} could not be looked at: {why}");
                (words, stand, Duration::ZERO)
            }
        }
    }

    async fn stand(&self, watched: &Watched, found: &Value) -> Stand {
        let reached = match watched.wanted {
            Wanted::Now => true,
            // a finalizer that was taken off is enough: others may hold it still
            Wanted::Gone => false,
            Wanted::Rollout => match rolled_out(found) {
                Ok(reached) => reached,
                Err(why) => return Stand::Lost(why),
            },
            Wanted::Replicas(wanted) => has_replicas(found, wanted),
            Wanted::Machine(wanted) => machine(found) == wanted,
            Wanted::NewInstance => self.instance_is_new(watched).await,
            Wanted::Moved => match found["status"]["phase"].as_str() {
                Some("Failed") => return Stand::Lost("the migration failed".into()),
                phase => phase == Some("Succeeded"),
            },
            Wanted::Size(size) => found["status"]["capacity"]["storage"]
                .as_str()
                .and_then(|text| text.parse::<Quantity>().ok())
                .is_some_and(|has| has.value() >= i64::from(size) << 30),
        };
        if reached {
            Stand::There
        } else {
            Stand::OnTheWay
        }
    }

    async fn instance_is_new(&self, watched: &Watched) -> bool {
        let place = path(&instance_of(&watched.target.object), "").unwrap_or_default();
        match self.send(&get(place), false).await {
            Answer::Good(found) => {
                found["metadata"]["uid"] != watched.instance && machine(&found) == "Running"
            }
            Answer::Bad(..) | Answer::Lost(_) => false,
        }
    }

    /// What an object looks like now, however it is.
    pub(super) async fn look(&self, target: &Target) -> String {
        let at_once = Watched {
            wanted: Wanted::Now,
            target: target.clone(),
            instance: String::new(),
        };
        self.standing(&at_once).await.0
    }

    async fn state(&self, target: &Target, found: &Value) -> String {
        let state = look::state(&target.object.kind, found);
        // where a machine runs is known to its instance
        if &*target.object.kind == Kind::Vm.as_str()
            && state == "is Running"
            && let Some(place) = path(&instance_of(&target.object), "")
            && let Answer::Good(found) = self.send(&get(place), false).await
        {
            return look::instance(&found);
        }
        state
    }
}

fn number(object: &Value, path: &str) -> i64 {
    object.pointer(path).and_then(Value::as_i64).unwrap_or(0)
}

/// The controller has seen what was written last.
fn is_observed(object: &Value) -> bool {
    number(object, "/status/observedGeneration") >= number(object, "/metadata/generation")
}

fn has_replicas(object: &Value, wanted: i64) -> bool {
    is_observed(object)
        && number(object, "/status/replicas") == wanted
        && number(object, "/status/readyReplicas") == wanted
}

/// All pods are of the newest template and ready, as `rollout status` sees it.
fn rolled_out(object: &Value) -> Result<bool, String> {
    let late = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["reason"] == "ProgressDeadlineExceeded");
    if let Some(late) = late.filter(|_| is_observed(object)) {
        let words = late["message"].as_str().unwrap_or_default();
        return Err(format!("the rollout ran into its deadline: {words}"));
    }
    // its pods are replaced when somebody deletes them
    if object["spec"]["updateStrategy"]["type"] == "OnDelete" {
        return Ok(is_observed(object));
    }
    if object["status"]["desiredNumberScheduled"].is_i64() {
        let wanted = number(object, "/status/desiredNumberScheduled");
        return Ok(is_observed(object)
            && number(object, "/status/updatedNumberScheduled") == wanted
            && number(object, "/status/numberAvailable") == wanted);
    }
    let wanted = number(object, "/spec/replicas");
    let kept = number(object, "/spec/updateStrategy/rollingUpdate/partition");
    Ok(has_replicas(object, wanted)
        && number(object, "/status/updatedReplicas") >= (wanted - kept).max(0))
}

/// The word for a machine, or for a running instance.
fn machine(object: &Value) -> &str {
    if let Some(word) = object["status"]["printableStatus"].as_str() {
        return word;
    }
    let paused = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| one["type"] == "Paused" && one["status"] == "True");
    if paused {
        "Paused"
    } else {
        object["status"]["phase"].as_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rollout_is_over_when_all_pods_are_new_and_ready() {
        let of = |observed: i64, updated: i64, ready: i64| {
            rolled_out(
                &json!({"metadata": {"generation": 2}, "spec": {"replicas": 2}, "status": {"observedGeneration": observed, "replicas": 2, "updatedReplicas": updated, "readyReplicas": ready}}),
            )
        };
        // right after the patch the status still is that of the generation before
        assert_eq!(of(1, 2, 2), Ok(false));
        assert_eq!(of(2, 1, 2), Ok(false));
        assert_eq!(of(2, 2, 1), Ok(false));
        assert_eq!(of(2, 2, 2), Ok(true));
        let late = json!({"metadata": {"generation": 2}, "status": {"observedGeneration": 2, "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "has timed out"}]}});
        assert!(rolled_out(&late).is_err());
    }

    #[test]
    fn a_daemon_set_counts_its_nodes() {
        let of = |updated: i64| {
            rolled_out(
                &json!({"metadata": {"generation": 1}, "status": {"observedGeneration": 1, "desiredNumberScheduled": 3, "updatedNumberScheduled": updated, "numberAvailable": 3}}),
            )
        };
        assert_eq!((of(2), of(3)), (Ok(false), Ok(true)));
    }
}
