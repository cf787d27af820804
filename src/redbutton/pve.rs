//! The client that writes to Proxmox VE: a call starts a task, and the task says what became of it.

use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    Confirmed, DryRun, Outcome, Plan, Target, Verb, argo_follow::Tell, guest, outcome::Tally,
    record::recorded,
};
use crate::{
    journal::Journal,
    sources::{
        proxmox::{Login, ProxmoxSettings, words},
        tls,
    },
};

/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(32);
/// Time between two looks at a task.
const LOOK: Duration = Duration::from_secs(1);
/// A task that takes longer is left to itself: a shutdown waits 180 s for its guest.
const LONGEST: Duration = Duration::from_secs(200);
/// A task that cannot be read for so long is waited for no longer.
const SILENCE: Duration = Duration::from_secs(30);
/// Time for a guest to become what its task was for.
const AFTER: Duration = Duration::from_secs(60);

/// A client that writes.
pub struct PveWriter {
    http: reqwest::Client,
    base: String,
    login: Login,
}

enum Answer {
    Good(Value),
    Bad(String),
    /// The credentials are refused: nothing was done.
    Refused(String),
    Lost(String),
}

impl Answer {
    /// What it holds, or why it holds nothing: for calls that change nothing.
    fn read(self) -> Result<Value, String> {
        match self {
            Self::Good(value) => Ok(value),
            Self::Bad(why) | Self::Refused(why) | Self::Lost(why) => Err(why),
        }
    }
}

impl PveWriter {
    /// Gets ready with the settings of the reading side.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn connect(settings: &ProxmoxSettings) -> Result<Self, String> {
        let (config, _) =
            tls::client_config(settings.ca_file.as_deref(), settings.fingerprint.as_deref())
                .map_err(|why| why.to_string())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .http1_only()
            // nothing is sent twice, and no connection that the server may have closed is used
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(4))
            .timeout(PATIENCE)
            .build()
            .map_err(|why| why.to_string())?;
        Ok(Self {
            http,
            base: format!("{}/api2/json", settings.url),
            login: Login::new(&settings.credentials),
        })
    }

    /// Proxmox VE has no dry run: it is looked whether everything still stands as it was shown, and
    /// whether the token has the right.
    pub async fn dry_run(&self, plan: &Plan) -> DryRun {
        for target in &plan.targets {
            if let Some(why) = self.changed(target).await {
                return DryRun::Refused(why);
            }
            if let Some(why) = self.forbidden(plan.verb, target).await {
                return DryRun::Refused(why);
            }
            if let Err(why) = self.snapshot(plan.verb, target).await {
                return DryRun::Refused(why);
            }
        }
        DryRun::None
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
        let deed = self.carry_out(confirmed.plan(), tell);
        recorded(&confirmed, journal, who, deed).await
    }

    async fn carry_out(&self, plan: &Plan, tell: Tell<'_>) -> Outcome {
        let mut tally = Tally::of(plan);
        for target in &plan.targets {
            // these calls take no preconditions: it is looked at just before
            if let Some(why) = self.changed(target).await {
                return tally.failed(&format!("{why}; nothing was done"));
            }
            let snapshot = match self.snapshot(plan.verb, target).await {
                Ok(name) => name,
                Err(why) => return tally.failed(&format!("{why}; nothing was done")),
            };
            let Some(call) = guest::call(plan.verb, &snapshot, &target.version) else {
                return tally.failed("guests of Proxmox VE have no such call");
            };
            let path = format!("{}/{}", target.uid, call.path);
            let said = self.send(call.method, &path, &call.form).await;
            let upid = match said {
                Answer::Good(upid) => upid.as_str().unwrap_or_default().to_owned(),
                Answer::Bad(why) | Answer::Refused(why) => return tally.failed(&why),
                Answer::Lost(why) => {
                    let now = self.look(target).await;
                    return tally.unknown(&format!("the answer was lost ({why}); now {now}"));
                }
            };
            match self.follow(&upid, tell).await {
                Answer::Good(_) => match self.settled(plan.verb, target, tell).await {
                    Ok(words) => tally.done(words),
                    Err(words) => return tally.unknown(&words),
                },
                Answer::Bad(why) | Answer::Refused(why) => return tally.failed(&why),
                Answer::Lost(why) => {
                    let now = self.look(target).await;
                    return tally.unknown(&format!("{why} (task {upid}); now {now}"));
                }
            }
        }
        tally.all_done()
    }

    /// Follows a task to its end. A look that fails is made again: looking changes nothing.
    async fn follow(&self, upid: &str, tell: Tell<'_>) -> Answer {
        // the node that does it stands in the name of the task
        let node = upid.split(':').nth(1).unwrap_or_default();
        let path = format!("/nodes/{node}/tasks/{upid}");
        let begun = tokio::time::Instant::now();
        let mut heard = begun;
        while begun.elapsed() < LONGEST {
            let state = match self.read(&format!("{path}/status")).await {
                Ok(state) => state,
                Err(why) => {
                    if heard.elapsed() > SILENCE {
                        return Answer::Lost(format!("its task cannot be read: {why}"));
                    }
                    tokio::time::sleep(LOOK).await;
                    continue;
                }
            };
            heard = tokio::time::Instant::now();
            if state["status"] != "stopped" {
                let kind = state["type"].as_str().unwrap_or("task");
                tell(format!("{kind} runs"));
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let exit = state["exitstatus"].as_str().unwrap_or_default().to_owned();
            return match exit.as_str() {
                // its worker vanished: nobody knows how far it came
                "" | "unexpected status" => Answer::Lost("its task broke off".into()),
                word if word == "OK" || word.starts_with("WARNINGS") => Answer::Good(state),
                _ => Answer::Bad(exit),
            };
        }
        Answer::Lost(format!("it still runs after {} s", LONGEST.as_secs()))
    }

    /// Waits until a guest is as its task should have left it. Where high availability looks after
    /// it, the task ends when the wish is filed, and the guest follows later.
    async fn settled(&self, verb: Verb, target: &Target, tell: Tell<'_>) -> Result<String, String> {
        let wanted = match verb {
            Verb::Start | Verb::RestartMachine => "running",
            Verb::Stop | Verb::Shutdown => "stopped",
            _ => "",
        };
        let begun = tokio::time::Instant::now();
        loop {
            let reached = wanted.is_empty()
                || matches!(self.standing(target).await, Ok(state) if state["status"] == wanted);
            let now = self.look(target).await;
            if reached {
                return Ok(now);
            }
            if begun.elapsed() >= AFTER {
                return Err(format!("its task is over, but {now}"));
            }
            tell(now);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Name of the snapshot that a verb is about: the one that was taken in its second. One of the
    /// same name that was taken since is another one.
    async fn snapshot(&self, verb: Verb, target: &Target) -> Result<String, String> {
        let Some(second) = guest::snapshot_of(verb) else {
            return Ok(String::new());
        };
        let path = format!("{}/snapshot", target.uid);
        let rows = self
            .read(&path)
            .await
            .map_err(|why| format!("its snapshots could not be looked at: {why}"))?;
        let row = rows
            .as_array()
            .into_iter()
            .flatten()
            .find(|row| row["snaptime"].as_i64() == Some(second))
            .ok_or("the snapshot is gone")?;
        match row["snapstate"].as_str() {
            Some(state) => Err(format!("the snapshot is unfinished ({state})")),
            None => Ok(row["name"].as_str().unwrap_or_default().to_owned()),
        }
    }

    /// Why who is logged in may not. What cannot be found out is left to the call itself.
    async fn forbidden(&self, verb: Verb, target: &Target) -> Option<String> {
        let place = format!("/vms/{}", target.object.key.name);
        let path = format!("/access/permissions?path={place}");
        let rights = self.read(&path).await.ok()?;
        let held = &rights[place.as_str()];
        let enough = !held[verb.privilege()].is_null()
            || (matches!(verb, Verb::RestoreSnapshot(_))
                && !held["VM.Snapshot.Rollback"].is_null());
        let who = if self.login.is_by_ticket() {
            "user"
        } else {
            "token"
        };
        (!enough).then(|| format!("the {who} lacks {} on {place}", verb.privilege()))
    }

    async fn standing(&self, target: &Target) -> Result<Value, String> {
        self.read(&format!("{}/status/current", target.uid)).await
    }

    /// Why it is not as it was shown.
    async fn changed(&self, target: &Target) -> Option<String> {
        match self.standing(target).await {
            Ok(state) => {
                let now = words(&state);
                (now != target.version)
                    .then(|| format!("it changed: it was {}, now it is {now}", target.version))
            }
            Err(why) => Some(format!("it could not be looked at: {why}")),
        }
    }

    /// What it looks like now, in words.
    async fn look(&self, target: &Target) -> String {
        match self.standing(target).await {
            Ok(state) => format!("{} is {}", target.object.short(), words(&state)),
            Err(why) => format!("{} could not be looked at: {why}", target.object.short()),
        }
    }

    /// What a path tells. A ticket that is refused before its time is exchanged for a new one.
    async fn read(&self, path: &str) -> Result<Value, String> {
        let held = self.login.is_by_ticket();
        match self.send(Method::GET, path, &[]).await {
            Answer::Refused(_) if held => self.send(Method::GET, path, &[]).await.read(),
            answer => answer.read(),
        }
    }

    /// Makes sure that there is a ticket that is not old, where one is needed.
    async fn log_in(&self) -> Result<(), String> {
        let Some((username, password)) = self.login.due(tokio::time::Instant::now()) else {
            return Ok(());
        };
        let form = [
            ("username", username.as_str()),
            ("password", password.expose_secret()),
        ];
        let request = self.http.post(format!("{}/access/ticket", self.base));
        let taken = match answer(request.form(&form)).await.read() {
            Ok(ticket) => self.login.take(&ticket).map_err(ToOwned::to_owned),
            Err(why) => Err(why),
        };
        taken.map_err(|why| {
            // an old ticket may be refused: the next try is made with the password
            self.login.forget();
            format!("the login failed: {why}")
        })
    }

    async fn send(&self, method: Method, path: &str, form: &[(&str, String)]) -> Answer {
        if let Err(why) = self.log_in().await {
            return Answer::Bad(why);
        }
        let writes = method != Method::GET;
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base))
            .headers(self.login.headers(writes));
        if method == Method::POST {
            request = request.form(form);
        }
        let said = answer(request).await;
        if matches!(said, Answer::Refused(_)) {
            self.login.forget();
        }
        said
    }
}

/// Sends a request, and reads what is said to it.
async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = match request.send().await {
        Ok(response) => response,
        Err(why) if why.is_connect() => return Answer::Bad("not reached".into()),
        Err(why) if why.is_timeout() => return Answer::Lost("no answer in time".into()),
        Err(_) => return Answer::Lost("the connection broke".into()),
    };
    let status = response.status();
    let phrase = response
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map_or_else(
            || status.canonical_reason().unwrap_or_default().to_owned(),
            |phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
        );
    let body = response.bytes().await;
    if status.is_success() {
        return match body.map(|body| serde_json::from_slice::<Value>(&body)) {
            Ok(Ok(mut envelope)) => Answer::Good(envelope["data"].take()),
            _ => Answer::Lost("the answer broke off".into()),
        };
    }
    let code = status.as_u16();
    if (595..=599).contains(&code) {
        // the hop behind the API did not answer: it may have begun
        return Answer::Lost(format!("{code} {phrase}"));
    }
    let said: Value = body
        .ok()
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or(Value::Null);
    let words = said["message"]
        .as_str()
        .map_or(phrase, |text| text.trim().to_owned());
    let words = format!("{words} ({code})");
    if code == 401 {
        Answer::Refused(words)
    } else {
        Answer::Bad(words)
    }
}
