//! The only client that writes to a cluster. It never retries, and an answer lost on the way is said
//! to be lost.

use std::time::Duration;

use serde_json::Value;

use super::{
    Confirmed, DryRun, Outcome, Plan, Target, Verb,
    argo_follow::{Looks, Tell},
    argo_kube,
    argo_write::ended,
    call::{Call, call, create, get, path},
    drain::drain,
    made::made,
    outcome::Tally,
    record::recorded,
    send::Answer,
    virt,
    watch::{End, Watched},
};
use crate::{
    domain::AppVia,
    journal::Journal,
    sources::kube::{ConnectError, KubeSettings, connect},
};

/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that writes.
pub struct KubeWriter {
    pub(super) client: kube::Client,
    pub(super) patience: Duration,
    most: Option<Duration>,
}

/// One object of the cluster, to be looked at again and again.
struct At<'a> {
    writer: &'a KubeWriter,
    path: String,
}

impl Looks for At<'_> {
    async fn look_again(&self) -> Answer {
        self.writer.send(&get(self.path.clone()), false).await
    }
}

impl KubeWriter {
    /// Connects with the settings of the reading side.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(settings: &KubeSettings) -> Result<Self, ConnectError> {
        Ok(Self {
            client: connect(settings).await?,
            patience: PATIENCE,
            most: None,
        })
    }

    /// Another time after which an answer counts as lost.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits no longer than this for the end of what was taken.
    #[must_use]
    pub const fn waiting_at_most(mut self, most: Duration) -> Self {
        self.most = Some(most);
        self
    }

    pub(super) fn bound(&self, longest: Duration) -> Duration {
        self.most.map_or(longest, |most| most.min(longest))
    }

    /// Tries a plan without doing it.
    pub async fn dry_run(&self, plan: &Plan) -> DryRun {
        for (nth, target) in plan.targets.iter().enumerate() {
            let call = match self.prepared(plan, nth, target).await {
                Ok(call) => call,
                Err(why) => return why,
            };
            match self.send(&call, true).await {
                Answer::Good(_) => {}
                Answer::Bad(_, why) => return DryRun::Refused(why),
                Answer::Lost(why) => return DryRun::Unknown(why),
            }
        }
        DryRun::Passed
    }

    /// Does what was confirmed. The intent is on the disk before the first call.
    ///
    /// # Errors
    /// When the intent cannot be written: then nothing was done.
    pub async fn execute(
        &self,
        confirmed: Confirmed,
        journal: &Journal,
        who: &str,
    ) -> Result<Outcome, String> {
        self.execute_telling(confirmed, journal, who, &|_| {}).await
    }

    /// The same, and tells how far it is.
    ///
    /// # Errors
    /// When the intent cannot be written: then nothing was done.
    pub async fn execute_telling(
        &self,
        confirmed: Confirmed,
        journal: &Journal,
        who: &str,
        tell: &(dyn Fn(String) + Send + Sync),
    ) -> Result<Outcome, String> {
        let deed = self.carry_out(confirmed.plan(), tell);
        recorded(&confirmed, journal, who, deed).await
    }

    async fn carry_out(&self, plan: &Plan, tell: Tell<'_>) -> Outcome {
        let mut tally = Tally::of(plan);
        for (nth, target) in plan.targets.iter().enumerate() {
            let call = match self.prepared(plan, nth, target).await {
                Ok(call) => call,
                Err(why) => {
                    return tally.failed(&format!("{}; nothing was done", why.words()));
                }
            };
            let before = self.instance_before(plan.verb, target).await;
            let answer = match self.send(&call, false).await {
                Answer::Good(answer) => answer,
                Answer::Bad(code, why) => return tally.failed(&format!("{why} ({code})")),
                Answer::Lost(why) => {
                    let now = self.look(target).await;
                    return tally.unknown(&format!("the answer was lost ({why}); now {now}"));
                }
            };
            let made = call.made(&answer);
            let watched = Watched::new(plan.verb, target, made.as_ref()).with_instance(before);
            let end = match plan.verb {
                verb if argo_kube::is_followed(verb) => self.followed(verb, target, tell).await,
                Verb::Drain => drain(self, plan, tell).await,
                _ => self.watch(&watched, tell).await,
            };
            match end {
                End::Reached(words) => tally.done(self.summed_up(plan, target, made, words).await),
                End::Failed(why) => return tally.failed(&why),
                End::Open(why) => return tally.unknown(&why),
            }
        }
        tally.all_done()
    }

    /// What was done to a target, with what was made of it and how it is now.
    async fn summed_up(
        &self,
        plan: &Plan,
        target: &Target,
        made: Option<Target>,
        words: String,
    ) -> String {
        match made {
            Some(made) if plan.verb == Verb::Migrate => {
                format!("made {}: {}", made.object.short(), self.look(target).await)
            }
            Some(made) => format!("made {}: {words}", made.object.short()),
            None if plan.verb == Verb::Drain => format!("{}, {words}", self.look(target).await),
            None => words,
        }
    }

    /// The call for a target. What takes no preconditions, as KubeVirt's subresources and what makes
    /// a new object, is looked at just before.
    async fn prepared(&self, plan: &Plan, nth: usize, target: &Target) -> Result<Call, DryRun> {
        let own = || {
            call(plan, target).ok_or_else(|| {
                DryRun::Refused(format!("{} is no matter of the cluster", plan.verb.words()))
            })
        };
        let new = made(plan.verb, target, &Value::Null).is_some();
        let of_app = argo_kube::is_here(plan.verb);
        if !new && !of_app && virt::subresource(plan.verb).is_none() {
            return own();
        }
        let place = path(&target.object, "").unwrap_or_default();
        let found = match self.send(&get(place.clone()), false).await {
            Answer::Good(found) => found,
            Answer::Bad(_, why) => return Err(DryRun::Refused(why)),
            Answer::Lost(why) => return Err(DryRun::Unknown(why)),
        };
        if of_app {
            return argo_kube::call(plan, nth, target, place, &found);
        }
        if found["metadata"]["uid"] != target.uid {
            return Err(DryRun::Refused("a new one of its name is there".into()));
        }
        if found["metadata"]["resourceVersion"] != target.version {
            return Err(DryRun::Refused("it changed since it was shown".into()));
        }
        match made(plan.verb, target, &found) {
            Some((kind, body)) => Ok(create(kind, target, body)),
            None => own(),
        }
    }

    /// Follows the operation of an application to its end.
    async fn followed(&self, verb: Verb, target: &Target, tell: Tell<'_>) -> End {
        let at = At {
            writer: self,
            path: path(&target.object, "").unwrap_or_default(),
        };
        tell("filed".into());
        ended(&at, AppVia::Kubernetes, verb, target, tell).await
    }
}
