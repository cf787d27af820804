//! The only client that writes. It never retries, and an answer lost on the way is said to be lost.

use std::time::Duration;

use http::{Request, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::{Value, json};

use super::{
    Confirmed, DryRun, Plan, Target, Verb,
    argo_follow::{Looks, Tell},
    argo_kube,
    argo_write::ended,
    look,
    made::made,
    record::recorded,
    virt,
};
use crate::{
    domain::{AppVia, Kind, ObjectRef},
    journal::Journal,
    sources::kube::{ConnectError, KubeSettings, connect},
};

/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where KubeVirt has its subresources.
const MACHINES: &str = "/apis/subresources.kubevirt.io/v1";

/// What became of a confirmed plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done; what the world looks like now.
    Done(String),
    /// Refused or failed; the server's words.
    Failed(String),
    /// The answer was lost; what a second look showed.
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

/// A client that writes.
pub struct KubeWriter {
    client: kube::Client,
    patience: Duration,
}

/// One request: method, path, content type, body.
pub(super) struct Call {
    method: &'static str,
    path: String,
    content: &'static str,
    body: Value,
    /// The API has a dry run for it.
    dry: bool,
}

impl Call {
    pub(super) const fn patch(path: String, content: &'static str, body: Value) -> Self {
        Self {
            method: "PATCH",
            path,
            content,
            body,
            dry: true,
        }
    }
}

/// What a server said.
pub(super) enum Answer {
    /// It is done; the answer's body.
    Good(Value),
    /// Refused: status and words.
    Bad(u16, String),
    /// Nobody knows.
    Lost(String),
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
        })
    }

    /// Another time after which an answer counts as lost.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Tries a plan without doing it.
    pub async fn dry_run(&self, plan: &Plan) -> DryRun {
        for (nth, target) in plan.targets.iter().enumerate() {
            let calls = match self.prepared(plan, nth, target).await {
                Ok(calls) => calls,
                Err(why) => return why,
            };
            for call in calls {
                if !call.dry {
                    return DryRun::None;
                }
                match self.send(&call, true).await {
                    Answer::Good(_) => {}
                    Answer::Bad(_, why) => return DryRun::Refused(why),
                    Answer::Lost(why) => return DryRun::Unknown(why),
                }
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
        let mut done = Vec::new();
        for (nth, target) in plan.targets.iter().enumerate() {
            let calls = match self.prepared(plan, nth, target).await {
                Ok(calls) => calls,
                Err(why) => {
                    return failed(&done, target, &format!("{}; nothing was done", why.words()));
                }
            };
            let mut made = Vec::new();
            for call in calls {
                match self.send(&call, false).await {
                    Answer::Good(answer) => made.extend(new_name(&call, &answer)),
                    Answer::Bad(code, why) => {
                        return failed(&done, target, &format!("{why} ({code})"));
                    }
                    Answer::Lost(why) => {
                        let now = self.look(&target.object, &target.uid).await;
                        return Outcome::Unknown(format!("the answer was lost ({why}); now {now}"));
                    }
                }
            }
            if argo_kube::is_followed(plan.verb) {
                match self.followed(plan.verb, target, tell).await {
                    Ok(words) => done.push(words),
                    Err(Outcome::Failed(why)) => return failed(&done, target, &why),
                    Err(other) => return other,
                }
                continue;
            }
            if plan.verb == Verb::Drain
                && let Some(why) = self.evict_all(plan).await
            {
                return failed(&done, target, &why);
            }
            made.push(self.look(&target.object, &target.uid).await);
            done.push(made.join(": "));
        }
        Outcome::Done(done.join("; "))
    }

    /// The calls for a target. What takes no preconditions, as KubeVirt's subresources and what makes
    /// a new object, is looked at just before.
    async fn prepared(
        &self,
        plan: &Plan,
        nth: usize,
        target: &Target,
    ) -> Result<Vec<Call>, DryRun> {
        let new = made(plan.verb, target, &Value::Null).is_some();
        let of_app = argo_kube::is_here(plan.verb);
        if !new && !of_app && virt::subresource(plan.verb).is_none() {
            return Ok(calls(plan, target));
        }
        let place = path(&target.object, "").unwrap_or_default();
        let found = match self.send(&get(place.clone()), false).await {
            Answer::Good(found) => found,
            Answer::Bad(_, why) => return Err(DryRun::Refused(why)),
            Answer::Lost(why) => return Err(DryRun::Unknown(why)),
        };
        if of_app {
            return argo_kube::call(plan, nth, target, place, &found).map(|call| vec![call]);
        }
        if found["metadata"]["uid"] != target.uid {
            return Err(DryRun::Refused("a new one of its name is there".into()));
        }
        if found["metadata"]["resourceVersion"] != target.version {
            return Err(DryRun::Refused("it changed since it was shown".into()));
        }
        Ok(made(plan.verb, target, &found).map_or_else(
            || calls(plan, target),
            |(kind, body)| vec![create(kind, target, body)],
        ))
    }

    /// Follows the operation of an application to its end.
    async fn followed(
        &self,
        verb: Verb,
        target: &Target,
        tell: Tell<'_>,
    ) -> Result<String, Outcome> {
        let at = At {
            writer: self,
            path: path(&target.object, "").unwrap_or_default(),
        };
        tell("filed".into());
        ended(&at, AppVia::Kubernetes, verb, target, tell).await
    }

    /// Asks every pod of a drain to go; what is held back is named.
    async fn evict_all(&self, plan: &Plan) -> Option<String> {
        let mut held = Vec::new();
        for pod in &plan.evicted {
            match self.send(&evict(pod), false).await {
                Answer::Good(_) | Answer::Bad(404, _) => {}
                Answer::Bad(_, why) => held.push(format!("{}: {why}", pod.object.key)),
                Answer::Lost(why) => held.push(format!("{}: no answer ({why})", pod.object.key)),
            }
        }
        (!held.is_empty()).then(|| {
            format!(
                "cordoned, but {} of {} pods stay: {}",
                held.len(),
                plan.evicted.len(),
                held.join("; ")
            )
        })
    }

    /// What an object looks like now.
    async fn look(&self, object: &ObjectRef, uid: &str) -> String {
        let Some(place) = path(object, "") else {
            return format!("{} cannot be looked at", object.short());
        };
        match self.send(&get(place), false).await {
            Answer::Good(found) if found["metadata"]["uid"] != uid => {
                format!("{} is gone; a new one of its name is there", object.short())
            }
            Answer::Good(found) => {
                let mut state = look::state(&object.kind, &found);
                // where a machine runs is known to its instance
                if &*object.kind == Kind::Vm.as_str()
                    && state == "is Running"
                    && let Some(place) = path(&instance_of(object), "")
                    && let Answer::Good(found) = self.send(&get(place), false).await
                {
                    state = look::instance(&found);
                }
                format!("{} {state}", object.short())
            }
            Answer::Bad(404, _) => format!("{} is gone", object.short()),
            Answer::Bad(_, why) | Answer::Lost(why) => {
                format!("{} could not be looked at: {why}", object.short())
            }
        }
    }

    async fn send(&self, call: &Call, dry: bool) -> Answer {
        let mark = if call.path.contains('?') { '&' } else { '?' };
        // a DELETE with a body is read from the body alone: there a mark in the query is ignored, and
        // the dry run would delete; the machines' API knows the body only
        let by_body = call.method == "DELETE" || call.path.starts_with(MACHINES);
        let mut sent = call.body.clone();
        let path = match dry {
            true if by_body => {
                sent["dryRun"] = json!(["All"]);
                call.path.clone()
            }
            true => format!("{}{mark}dryRun=All", call.path),
            false => call.path.clone(),
        };
        let body = if sent.is_null() {
            Vec::new()
        } else {
            sent.to_string().into_bytes()
        };
        let request = Request::builder()
            .method(call.method)
            .uri(path)
            .header(CONTENT_TYPE, call.content)
            .body(Body::from(body));
        let request = match request {
            Ok(request) => request,
            Err(why) => return Answer::Bad(0, why.to_string()),
        };
        let answered = tokio::time::timeout(self.patience, async {
            let response = self
                .client
                .send(request)
                .await
                .map_err(|why| why.to_string())?;
            let code = response.status().as_u16();
            let bytes = response
                .into_body()
                .collect()
                .await
                .map_err(|why| why.to_string())?
                .to_bytes();
            Ok::<_, String>((code, bytes))
        });
        match answered.await {
            Err(_) => Answer::Lost(format!("no answer within {} s", self.patience.as_secs())),
            Ok(Err(why)) => Answer::Lost(why),
            Ok(Ok((code, bytes))) => {
                let parsed: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
                if (200..300).contains(&code) {
                    Answer::Good(parsed)
                } else {
                    let words = parsed["message"].as_str().map_or_else(
                        || String::from_utf8_lossy(&bytes).chars().take(300).collect(),
                        str::to_owned,
                    );
                    Answer::Bad(code, words)
                }
            }
        }
    }
}

fn get(path: String) -> Call {
    Call {
        method: "GET",
        path,
        content: "application/json",
        body: Value::Null,
        dry: true,
    }
}

fn create(kind: Kind, target: &Target, body: Value) -> Call {
    let resource = kind.resource();
    Call {
        method: "POST",
        path: format!(
            "/apis/{}/{}/namespaces/{}/{}",
            resource.group, resource.version, target.object.key.namespace, resource.plural
        ),
        content: "application/json",
        body,
        dry: true,
    }
}

/// What was made, where a call makes something.
fn new_name(call: &Call, answer: &Value) -> Option<String> {
    call.body["metadata"]["generateName"].as_str()?;
    Some(format!(
        "made {} {}",
        call.body["kind"].as_str()?,
        answer["metadata"]["name"].as_str()?
    ))
}

fn instance_of(machine: &ObjectRef) -> ObjectRef {
    ObjectRef {
        kind: Kind::Vmi.as_str().into(),
        key: machine.key.clone(),
    }
}

pub(super) fn failed(done: &[String], target: &Target, why: &str) -> Outcome {
    let before = if done.is_empty() {
        String::new()
    } else {
        format!(" (done before: {})", done.join("; "))
    };
    Outcome::Failed(format!("{}: {why}{before}", target.object.short()))
}

/// Path of an object, or of a subresource of it.
fn path(object: &ObjectRef, sub: &str) -> Option<String> {
    let resource = Kind::parse(&object.kind)?.resource();
    let base = if resource.group.is_empty() {
        format!("/api/{}", resource.version)
    } else {
        format!("/apis/{}/{}", resource.group, resource.version)
    };
    let name = &object.key.name;
    let place = if resource.namespaced {
        format!(
            "{base}/namespaces/{}/{}/{name}",
            object.key.namespace, resource.plural
        )
    } else {
        format!("{base}/{}/{name}", resource.plural)
    };
    Some(if sub.is_empty() {
        place
    } else {
        format!("{place}/{sub}")
    })
}

fn evict(pod: &Target) -> Call {
    let key = &pod.object.key;
    Call {
        method: "POST",
        path: path(&pod.object, "eviction").unwrap_or_default(),
        content: "application/json",
        body: json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": &*key.name, "namespace": &*key.namespace}, "deleteOptions": {"preconditions": {"uid": pod.uid}}}),
        dry: true,
    }
}

/// The calls of a plan for one of its targets, each with the preconditions that the API has for it.
fn calls(plan: &Plan, target: &Target) -> Vec<Call> {
    let own = path(&target.object, "").unwrap_or_default();
    // a merge patch that names UID and version is refused where either differs
    let guarded = |mut patch: Value| {
        patch["metadata"]["uid"] = json!(target.uid);
        patch["metadata"]["resourceVersion"] = json!(target.version);
        Call {
            method: "PATCH",
            path: own.clone(),
            content: "application/merge-patch+json",
            body: patch,
            dry: true,
        }
    };
    let delete = || Call {
        method: "DELETE",
        path: own.clone(),
        content: "application/json",
        body: json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", "preconditions": {"uid": target.uid, "resourceVersion": target.version}}),
        dry: true,
    };
    if let Some((plural, sub)) = virt::subresource(plan.verb) {
        let key = &target.object.key;
        return vec![Call {
            method: "PUT",
            path: format!(
                "{MACHINES}/namespaces/{}/{plural}/{}/{sub}",
                key.namespace, key.name
            ),
            content: "application/json",
            body: json!({}),
            dry: true,
        }];
    }
    vec![match plan.verb {
        Verb::DeletePod | Verb::DeleteClaim | Verb::DeleteVolume | Verb::DeleteJob => delete(),
        Verb::Evict => {
            // one pod that was looked at; those of a drain change while it goes on
            let mut call = evict(target);
            call.body["deleteOptions"]["preconditions"]["resourceVersion"] = json!(target.version);
            call
        }
        Verb::Cordon | Verb::Drain => {
            guarded(json!({"metadata": {}, "spec": {"unschedulable": true}}))
        }
        Verb::Uncordon => guarded(json!({"metadata": {}, "spec": {"unschedulable": null}})),
        Verb::Scale(replicas) => guarded(json!({"metadata": {}, "spec": {"replicas": replicas}})),
        Verb::Restart => guarded(
            json!({"metadata": {}, "spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": crate::domain::Time::now().to_string()}}}}}),
        ),
        Verb::Suspend => guarded(json!({"metadata": {}, "spec": {"suspend": true}})),
        Verb::Resume => guarded(json!({"metadata": {}, "spec": {"suspend": false}})),
        Verb::RemoveFinalizers => guarded(json!({"metadata": {"finalizers": null}})),
        Verb::Expand(size) => guarded(
            json!({"metadata": {}, "spec": {"resources": {"requests": {"storage": format!("{size}Gi")}}}}),
        ),
        // machines and applications were done above; the rest is for guests of Proxmox VE
        Verb::Start
        | Verb::Stop
        | Verb::RestartMachine
        | Verb::Pause
        | Verb::Unpause
        | Verb::Trigger
        | Verb::Migrate
        | Verb::Shutdown
        | Verb::Snapshot(_)
        | Verb::RestoreSnapshot(_)
        | Verb::DropSnapshot(_)
        | Verb::DestroyGuest
        | Verb::Refresh
        | Verb::HardRefresh
        | Verb::Sync(_)
        | Verb::Terminate
        | Verb::Rollback(_)
        | Verb::AutoSync(_)
        | Verb::ApproveDeletion => return Vec::new(),
    }]
}
