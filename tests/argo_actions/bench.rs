//! The lab with its Argo CD followed, and what is done to both.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::{
    domain::{App, AppResource, Key, ObjectRef, Profile, Time},
    inventory::{Inventory, Update},
    journal::Journal,
    lab::{Options, Running, start},
    redbutton::{
        ArgoWriter, Confirmed, DryRun, Glass, Outcome, Plan, Preflighted, Refusal, Verb, Weight,
        plan, plan_part,
    },
    sources::argocd,
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::reach::settings;

pub const PATIENCE: Duration = Duration::from_secs(30);
/// A second deployment of the application that is synced by hand.
pub const WORKER: &str = "nautobot-worker";
const APPS: &str = "/apis/argoproj.io/v1alpha1/namespaces/openshift-gitops/applications";

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub client: kube::Client,
    pub writer: ArgoWriter,
    pub lab: Running,
    pub inventory: Inventory,
    rx: mpsc::Receiver<Update>,
}

pub fn application(name: &str) -> ObjectRef {
    ObjectRef::new("Application", "openshift-gitops", name)
}

/// Whether the impact has a fact of this weight with these words.
pub fn says(plan: &Plan, weight: Weight, words: &str) -> bool {
    let found = plan
        .impact
        .iter()
        .any(|fact| fact.weight == weight && fact.text.contains(words));
    assert!(found, "{words:?} in {:#?}", plan.impact);
    found
}

impl Bench {
    /// A lab in which self-heal waits longer than a test takes.
    pub async fn open() -> Self {
        Self::with(Options::default()).await
    }

    /// A lab in which self-heal acts at once.
    pub async fn healing() -> Self {
        Self::with(Options {
            heal_after: Some(0),
            ..Options::default()
        })
        .await
    }

    async fn with(options: Options) -> Self {
        let lab = start(&options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        lab.write_files(folder.path()).unwrap();
        let file = Kubeconfig::read_from(folder.path().join("kubeconfig")).unwrap();
        let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
            .await
            .unwrap();
        let (tx, rx) = mpsc::channel(64);
        tokio::spawn(argocd::follow(settings(&lab, false), tx));
        let mut bench = Self {
            folder,
            client: kube::Client::try_from(config).unwrap(),
            writer: ArgoWriter::connect(&settings(&lab, false)).await.unwrap(),
            lab,
            inventory: Inventory::new(),
            rx,
        };
        bench.until("nautobot", |app| !app.history.is_empty()).await;
        bench
    }

    /// Takes in the stream until an application is as it is wanted to be, and gives it.
    pub async fn until(&mut self, name: &str, wanted: impl Fn(&App) -> bool) -> Arc<App> {
        let key = Key::new("openshift-gitops", name);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(app) = self.inventory.apps.get(&key)
                && wanted(app)
            {
                return app.clone();
            }
            match tokio::time::timeout_at(deadline, self.rx.recv()).await {
                Ok(Some(update)) => self.inventory.apply(update),
                other => panic!(
                    "{name}: {other:?}; it is {:#?}",
                    self.inventory.apps.get(&key)
                ),
            }
        }
    }

    pub fn plan(&self, verb: Verb, name: &str) -> Result<Plan, Refusal> {
        let profile = Profile::default();
        plan(
            &self.inventory,
            &profile,
            verb,
            &[application(name)],
            Time::now(),
        )
    }

    pub fn plan_part(
        &self,
        verb: Verb,
        name: &str,
        resources: &[AppResource],
    ) -> Result<Plan, Refusal> {
        let profile = Profile::default();
        plan_part(
            &self.inventory,
            &profile,
            verb,
            &[application(name)],
            resources,
            Time::now(),
        )
    }

    /// Goes through the gate as a user would.
    pub fn confirmed(plan: Plan, said: DryRun) -> Confirmed {
        let now = Time::now();
        let later = now + Duration::from_secs(10);
        let mut glass = Glass::default();
        glass
            .smash(&plan.context, "a test", now + Duration::from_secs(60))
            .unwrap();
        let typed = plan.typed();
        Preflighted::new(plan, said, now)
            .confirm(&glass, &typed, later)
            .unwrap()
    }

    pub async fn carry_out(&self, plan: Plan, said: DryRun) -> (Outcome, Vec<String>) {
        Self::carry_out_by(&self.writer, self.folder.path(), plan, said).await
    }

    pub async fn carry_out_by(
        writer: &ArgoWriter,
        folder: &std::path::Path,
        plan: Plan,
        said: DryRun,
    ) -> (Outcome, Vec<String>) {
        let told = Mutex::new(Vec::new());
        let journal = Journal::in_folder(folder);
        let outcome = writer
            .execute(Self::confirmed(plan, said), &journal, "tester", &|word| {
                told.lock().unwrap().push(word);
            })
            .await
            .unwrap();
        (outcome, told.into_inner().unwrap())
    }

    /// Begins something that goes on by itself.
    pub async fn begin(
        &self,
        plan: Plan,
        said: DryRun,
    ) -> tokio::task::JoinHandle<(Outcome, Vec<String>)> {
        let writer = ArgoWriter::connect(&settings(&self.lab, false))
            .await
            .unwrap();
        let folder = self.folder.path().to_owned();
        tokio::spawn(async move { Self::carry_out_by(&writer, &folder, plan, said).await })
    }

    /// Tells the lab to do something that no API does.
    pub async fn control(&self, method: &str, path: &str) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/lab/{path}"))
            .body(Vec::new())
            .unwrap();
        assert_eq!(self.client.request_text(request).await.unwrap(), "done\n");
    }

    pub async fn get(&self, path: &str) -> Option<Value> {
        let request = http::Request::get(path).body(Vec::new()).unwrap();
        self.client.request(request).await.ok()
    }

    /// An application as Kubernetes has it.
    pub async fn object(&self, name: &str) -> Option<Value> {
        self.get(&format!("{APPS}/{name}")).await
    }

    pub async fn send(&self, method: &str, path: &str, content: &str, body: &Value) -> Value {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content)
            .body(body.to_string().into_bytes())
            .unwrap();
        self.client.request(request).await.unwrap()
    }

    /// Changes an application by its object, as somebody else would.
    pub async fn patch_app(&self, name: &str, patch: Value) {
        let path = format!("{APPS}/{name}");
        self.send("PATCH", &path, "application/merge-patch+json", &patch)
            .await;
    }

    pub async fn delete_app(&self, name: &str) {
        let path = format!("{APPS}/{name}");
        self.send("DELETE", &path, "application/json", &Value::Null)
            .await;
    }

    pub async fn at(&self, namespace: &str, name: &str) -> Option<Value> {
        self.get(&format!(
            "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
        ))
        .await
    }

    pub async fn deployment(&self, name: &str) -> Option<Value> {
        self.at("nautobot", name).await
    }

    pub async fn replicas(&self, name: &str) -> i64 {
        let live = self.deployment(name).await.unwrap();
        live["spec"]["replicas"].as_i64().unwrap()
    }

    pub async fn patch_deployment(&self, namespace: &str, name: &str, patch: Value) {
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
        self.send("PATCH", &path, "application/merge-patch+json", &patch)
            .await;
    }

    /// Another number of pods than Git says.
    pub async fn scale(&self, name: &str, replicas: i64) {
        let patch = serde_json::json!({"spec": {"replicas": replicas}});
        self.patch_deployment("nautobot", name, patch).await;
    }
}
