//! The client that writes to Argo CD. Its calls take no preconditions: an application is looked at
//! just before, and what is filed is followed to its end.

use std::time::Duration;

use serde_json::Value;

use super::{
    Confirmed, DryRun, Outcome, Plan, Shown, Standing, SyncOptions, Target, Verb, Weight,
    argo_call::{Call, Place, Sender, call, right, rollback, sync},
    argo_follow::{End, Looks, Tell, follow, longest, state, verdict},
    outcome::Tally,
    record::recorded,
    send::Answer,
    watch::End as Ended,
};
use crate::{
    domain::{App, AppVia},
    journal::Journal,
    sources::argocd::{ArgoSettings, application},
};

/// An answer that takes longer is lost. A refresh blocks until the controller has done it.
const PATIENCE: Duration = Duration::from_secs(30);
/// A dry run that takes longer waits for something.
const DRY_RUN: Duration = Duration::from_secs(40);

/// A client that writes.
pub struct ArgoWriter {
    sender: Sender,
}

/// One application and what asks for it.
struct At<'a> {
    sender: &'a Sender,
    place: Place,
}

impl Looks for At<'_> {
    async fn look_again(&self) -> Answer {
        self.sender.send(&self.place.read()).await
    }
}

impl ArgoWriter {
    /// Gets ready with the settings of the reading side.
    ///
    /// # Errors
    /// What is wrong with them, or that the login was refused.
    pub async fn connect(settings: &ArgoSettings) -> Result<Self, String> {
        Ok(Self {
            sender: Sender::connect(settings, PATIENCE).await?,
        })
    }

    /// Another time after which an answer counts as lost.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.sender.patience = patience;
        self
    }

    /// Tries a plan without doing it: who asks and what he may, whether all stands as it was shown,
    /// whether a window is closed, and a dry run where Argo CD has one. What is found out is added
    /// to the plan.
    pub async fn preflight(&self, mut plan: Plan) -> (Plan, DryRun) {
        let mut said = DryRun::None;
        for (target, shown) in pairs(&plan) {
            match self.tried(&mut plan, &target, &shown).await {
                Ok(one) => said = one,
                Err(why) => {
                    said = why;
                    break;
                }
            }
        }
        plan.impact
            .sort_by_key(|fact| std::cmp::Reverse(fact.weight));
        plan.impact.dedup();
        (plan, said)
    }

    async fn tried(
        &self,
        plan: &mut Plan,
        target: &Target,
        shown: &Shown,
    ) -> Result<DryRun, DryRun> {
        let at = self.at(target, shown);
        self.rights(plan, &at.place, shown).await?;
        let found = self.unchanged(plan.verb, target, shown, &at).await?;
        if matches!(plan.verb, Verb::Sync(_) | Verb::Rollback(_)) {
            self.windows(plan, &at.place).await?;
        }
        let tried = match plan.verb {
            Verb::Sync(options) if !options.dry_run => {
                let dry = SyncOptions {
                    dry_run: true,
                    ..options
                };
                sync(&at.place, dry, &plan.apps.resources, own_options(&found))
            }
            Verb::Rollback(id) => rollback(&at.place, id, true),
            _ => return Ok(DryRun::None),
        };
        self.dry(plan, &at, &tried).await
    }

    /// Who asks, and whether he may.
    async fn rights(&self, plan: &mut Plan, place: &Place, shown: &Shown) -> Result<(), DryRun> {
        let user = good(self.get("/session/userinfo").await)?;
        if user["loggedIn"] != true {
            return Err(DryRun::Refused(
                "not logged in: the token is expired, revoked, or not one of this server".into(),
            ));
        }
        let name = user["username"].as_str().unwrap_or_default();
        let needed = right(plan.verb);
        let path = format!(
            "/account/can-i/applications/{needed}/{}/{}",
            place.project, shown.named
        );
        let may = good(self.get(&path).await)?;
        let what = format!("{needed} {}/{}", place.project, shown.named);
        if may["value"] == "no" {
            return Err(DryRun::Refused(format!(
                "permission denied: {name} may not {what}"
            )));
        }
        plan.fact(
            Weight::Plain,
            format!("Argo CD knows you as {name}, who may {what}"),
        );
        Ok(())
    }

    /// The application, where it is as it was shown.
    async fn unchanged(
        &self,
        verb: Verb,
        target: &Target,
        shown: &Shown,
        at: &At<'_>,
    ) -> Result<Value, DryRun> {
        let found = good(at.look_again().await)?;
        if found["metadata"]["uid"] != target.uid {
            return Err(DryRun::Refused("a new one of its name is there".into()));
        }
        let now = Standing::of(&application(&found, AppVia::Api));
        match shown.standing.changed(&now, verb) {
            None => Ok(found),
            Some(what) => Err(DryRun::Refused(format!(
                "it changed since it was shown: {what}"
            ))),
        }
    }

    /// Whether a sync window is closed.
    async fn windows(&self, plan: &mut Plan, place: &Place) -> Result<(), DryRun> {
        let said = match self.sender.send(&place.part("/syncwindows")).await {
            Answer::Good(said) => said,
            Answer::Lost(why) => return Err(DryRun::Unknown(why)),
            Answer::Bad(_, why) => {
                let text = format!("sync windows could not be read: {why}");
                plan.fact(Weight::Unknown, text);
                return Ok(());
            }
        };
        if said["canSync"] == true {
            return Ok(());
        }
        let denying: Vec<String> = said["activeWindows"]
            .as_array()
            .into_iter()
            .flatten()
            .map(window)
            .collect();
        Err(DryRun::Refused(format!(
            "blocked by a sync window: {}",
            denying.join(", ")
        )))
    }

    /// Lets Argo CD try it, and says what would come of it.
    async fn dry(&self, plan: &mut Plan, at: &At<'_>, tried: &Call) -> Result<DryRun, DryRun> {
        good(self.sender.send(tried).await)?;
        let app = match follow(at, AppVia::Api, DRY_RUN, &|_| {}).await {
            End::Ended(app) => app,
            End::Lost(why) => {
                return Err(DryRun::Unknown(format!(
                    "{why}; while the dry run waits nothing else is taken up: terminate it"
                )));
            }
        };
        let results = app.operation.as_ref().map_or(&[][..], |one| &one.results);
        let pruned: Vec<&str> = results
            .iter()
            .filter(|one| &*one.status == "Pruned")
            .map(|one| &*one.name)
            .collect();
        if !pruned.is_empty() {
            let text = format!("the dry run would prune: {}", pruned.join(", "));
            plan.fact(Weight::Loss, text);
        }
        match verdict(&app) {
            Ok(words) => {
                plan.fact(Weight::Plain, format!("the dry run said: {words}"));
                Ok(DryRun::Passed)
            }
            Err(why) => Err(DryRun::Refused(why)),
        }
    }

    /// Does what was confirmed, and tells how far it is. The intent is on the disk before the first
    /// call.
    ///
    /// # Errors
    /// When the intent cannot be written: then nothing was done.
    pub async fn execute(
        &self,
        confirmed: Confirmed,
        journal: &Journal,
        who: &str,
        tell: &(dyn Fn(String) + Send + Sync),
    ) -> Result<Outcome, String> {
        recorded(
            &confirmed,
            journal,
            who,
            self.carry_out(confirmed.plan(), tell),
        )
        .await
    }

    async fn carry_out(&self, plan: &Plan, tell: Tell<'_>) -> Outcome {
        let mut tally = Tally::of(plan);
        for (target, shown) in pairs(plan) {
            let at = self.at(&target, &shown);
            let found = match self.unchanged(plan.verb, &target, &shown, &at).await {
                Ok(found) => found,
                Err(why) => return tally.failed(&format!("{}; nothing was done", why.words())),
            };
            let own = own_options(&found);
            let Some(call) = call(plan.verb, &at.place, &plan.apps.resources, own) else {
                return tally.failed("Argo CD has no such call");
            };
            let answer = match self.sender.send(&call).await {
                Answer::Good(answer) => answer,
                Answer::Bad(code, why) => return tally.failed(&format!("{why} ({code})")),
                Answer::Lost(why) => {
                    let now = look(&at, &target).await;
                    return tally.unknown(&format!("the answer was lost ({why}); now {now}"));
                }
            };
            match self.came_of(plan.verb, &at, &target, &answer, tell).await {
                Ended::Reached(words) => tally.done(words),
                Ended::Failed(why) => return tally.failed(&why),
                Ended::Open(why) => return tally.unknown(&why),
            }
        }
        tally.all_done()
    }

    /// What became of a call that was taken.
    async fn came_of(
        &self,
        verb: Verb,
        at: &At<'_>,
        target: &Target,
        answer: &Value,
        tell: Tell<'_>,
    ) -> Ended {
        if let Verb::AutoSync(on) = verb {
            // a server that does not know the switch drops it without a word
            let is_on = application(answer, AppVia::Api).auto_sync.is_some();
            if is_on != on {
                return Ended::Failed(
                    "this Argo CD does not know `automated.enabled`: nothing changed; `argocd app set NAME --sync-policy none` forgets prune and self-heal".into(),
                );
            }
        }
        if !matches!(verb, Verb::Sync(_) | Verb::Rollback(_) | Verb::Terminate) {
            return Ended::Reached(look(at, target).await);
        }
        tell("filed".into());
        ended(at, AppVia::Api, verb, target, tell).await
    }

    fn at(&self, target: &Target, shown: &Shown) -> At<'_> {
        At {
            sender: &self.sender,
            place: Place::of(target, shown),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.sender.send(&Call::get(path.into())).await
    }
}

/// Follows what was filed, and says what came of it.
pub(super) async fn ended(
    reader: &impl Looks,
    via: AppVia,
    verb: Verb,
    target: &Target,
    tell: Tell<'_>,
) -> Ended {
    let name = target.object.short();
    let app: Box<App> = match follow(reader, via, longest(), tell).await {
        End::Ended(app) => app,
        End::Lost(why) => {
            return Ended::Open(format!(
                "it was taken, but what came of it is not known: {why}"
            ));
        }
    };
    let now = state(&app);
    match (verdict(&app), verb) {
        // an operation that was terminated counts as failed
        (Err(words), Verb::Terminate) => Ended::Reached(format!("{words}; {name} {now}")),
        (Ok(words), Verb::Terminate) => {
            Ended::Reached(format!("it had ended before: {words}; {name} {now}"))
        }
        (Ok(words), _) => Ended::Reached(format!("{words}; {name} {now}")),
        (Err(words), _) => Ended::Failed(format!("{words}; now it {now}")),
    }
}

/// How an application is now, in words.
async fn look(at: &At<'_>, target: &Target) -> String {
    let name = target.object.short();
    match at.look_again().await {
        Answer::Good(found) if found["metadata"]["uid"] != target.uid => {
            format!("{name} is gone; a new one of its name is there")
        }
        Answer::Good(found) => format!("{name} {}", state(&application(&found, AppVia::Api))),
        Answer::Bad(404, _) => format!("{name} is gone"),
        Answer::Bad(_, why) | Answer::Lost(why) => format!("{name} could not be looked at: {why}"),
    }
}

fn pairs(plan: &Plan) -> Vec<(Target, Shown)> {
    plan.targets
        .iter()
        .cloned()
        .zip(plan.apps.shown.iter().cloned())
        .collect()
}

fn own_options(found: &Value) -> &[Value] {
    found["spec"]["syncPolicy"]["syncOptions"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn window(one: &Value) -> String {
    let word = |field: &str| one[field].as_str().unwrap_or_default();
    format!(
        "{} at {} for {}",
        word("kind"),
        word("schedule"),
        word("duration")
    )
}

fn good(answer: Answer) -> Result<Value, DryRun> {
    match answer {
        Answer::Good(value) => Ok(value),
        Answer::Bad(_, why) => Err(DryRun::Refused(why)),
        Answer::Lost(why) => Err(DryRun::Unknown(why)),
    }
}
