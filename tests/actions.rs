//! What the writer does, against the lab: each action with the change seen in the simulated world,
//! and each way in which it must not be done.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/act.rs"]
mod act;
#[path = "actions/cases.rs"]
mod cases;
#[path = "actions/matrix.rs"]
mod matrix;
#[path = "common/world.rs"]
mod world;

use std::time::{Duration, Instant};

use act::{plan, target};
use redbutton::{
    redbutton::{DryRun, KubeWriter, Outcome, Plan, Verb},
    sources::kube::KubeSettings,
};
use serde_json::{Value, json};
use world::World;

const PATIENCE: Duration = Duration::from_secs(60);

impl World {
    /// Waits until an object is as it is wanted to be.
    async fn until(&self, path: &str, wanted: impl Fn(Option<&Value>) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = self.get(path).await;
            if wanted(now.as_ref()) {
                return;
            }
            assert!(Instant::now() < end, "{path} is {now:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn writer(&self, context: &str) -> KubeWriter {
        let settings = KubeSettings {
            kubeconfig: Some(self.folder.path().join("kubeconfig")),
            context: Some(context.into()),
            ..KubeSettings::default()
        };
        let writer = KubeWriter::connect(&settings).await.unwrap();
        writer.waiting_at_most(Duration::from_secs(30))
    }

    async fn carry_out(&self, writer: &KubeWriter, plan: Plan) -> Outcome {
        act::carry_out(self.folder.path(), writer, plan).await
    }

    /// Tries dry (nothing may change), with a stale identity (refused), then does it.
    async fn all_ways(&self, verb: Verb, kind: &str, path: &str) -> Outcome {
        let writer = self.writer("admin").await;
        let name = format!("{verb:?} {path}");
        let plan = plan(verb, target(&self.get(path).await.unwrap(), kind));
        assert_eq!(writer.dry_run(&plan).await, DryRun::Passed, "{name}");
        let after = self.get(path).await.unwrap();
        assert_eq!(after["metadata"]["uid"], plan.targets[0].uid, "{name}");
        assert!(after["metadata"]["deletionTimestamp"].is_null(), "{name}");

        let mut other = plan.clone();
        other.targets[0].uid = "00000000-0000-4000-8000-000000000000".into();
        let refused = self.carry_out(&writer, other).await;
        assert!(matches!(refused, Outcome::Failed(_)), "{name}: {refused:?}");

        let viewer = self.writer("viewer").await;
        let denied = self.carry_out(&viewer, plan).await;
        assert!(
            matches!(&denied, Outcome::Failed(why) if why.contains("forbidden") || why.contains("cannot")),
            "{name}: {denied:?}"
        );
        // controllers write too: the version is taken just before, as the console does
        let end = Instant::now() + PATIENCE;
        loop {
            let fresh = target(&self.get(path).await.unwrap(), kind);
            match self.carry_out(&writer, act::plan(verb, fresh)).await {
                Outcome::Failed(why)
                    if (why.contains("modified") || why.contains("changed"))
                        && Instant::now() < end => {}
                outcome => return outcome,
            }
        }
    }
}

fn path(object: &Value, base: &str, plural: &str) -> String {
    format!(
        "{base}/namespaces/{}/{plural}/{}",
        object["metadata"]["namespace"].as_str().unwrap(),
        object["metadata"]["name"].as_str().unwrap()
    )
}

async fn healthy_deployment(world: &World) -> Value {
    let all = world.list("/apis/apps/v1/deployments").await;
    all.into_iter()
        .find(|one| {
            one["metadata"]["namespace"] == "media"
                && one["spec"]["replicas"] == 1
                && one["status"]["readyReplicas"] == 1
        })
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn workloads_are_scaled_and_restarted() {
    let world = World::open().await;
    let at = path(
        &healthy_deployment(&world).await,
        "/apis/apps/v1",
        "deployments",
    );
    let outcome = world.all_ways(Verb::Scale(2), "Deployment", &at).await;
    assert!(
        matches!(&outcome, Outcome::Done(now) if now.contains("2 replicas")),
        "{outcome:?}"
    );
    world
        .until(&at, |now| {
            now.is_some_and(|now| now["status"]["readyReplicas"] == 2)
        })
        .await;
    let outcome = world.all_ways(Verb::Restart, "Deployment", &at).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let held = world.get(&at).await.unwrap();
    let annotations = &held["spec"]["template"]["metadata"]["annotations"];
    assert!(annotations["kubectl.kubernetes.io/restartedAt"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_goes_and_a_claim_goes() {
    let world = World::open().await;
    let pods = world.list("/api/v1/namespaces/media/pods").await;
    let pod = pods
        .iter()
        .find(|pod| pod["status"]["phase"] == "Running")
        .unwrap();
    let uid = pod["metadata"]["uid"].clone();
    let at = path(pod, "/api/v1", "pods");
    let outcome = world.all_ways(Verb::DeletePod, "Pod", &at).await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let gone = |now: Option<&Value>| now.is_none_or(|now| now["metadata"]["uid"] != uid);
    world.until(&at, gone).await;

    let at = cases::spare_claim(&world).await;
    let outcome = world
        .all_ways(Verb::DeleteClaim, "PersistentVolumeClaim", &at)
        .await;
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    assert!(world.get(&at).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_cordoned_and_uncordoned() {
    let world = World::open().await;
    let nodes = world.list("/api/v1/nodes").await;
    let at = format!(
        "/api/v1/nodes/{}",
        nodes[0]["metadata"]["name"].as_str().unwrap()
    );
    for (verb, wanted) in [(Verb::Cordon, json!(true)), (Verb::Uncordon, Value::Null)] {
        let outcome = world.all_ways(verb, "Node", &at).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        let now = world.get(&at).await.unwrap();
        assert_eq!(now["spec"]["unschedulable"], wanted, "{verb:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_stop_start_pause_and_go_on() {
    let world = World::open().await;
    let base = "/apis/kubevirt.io/v1";
    let machines = world.list(&format!("{base}/virtualmachines")).await;
    let vm = path(&machines[0], base, "virtualmachines");
    let status = |wanted: &'static str| {
        move |now: Option<&Value>| now.is_some_and(|now| now["status"]["printableStatus"] == wanted)
    };
    world.until(&vm, status("Running")).await;
    let vmi = path(&machines[0], base, "virtualmachineinstances");
    for (verb, kind, at, wanted) in [
        (Verb::Pause, "VirtualMachineInstance", &vmi, "Paused"),
        (Verb::Unpause, "VirtualMachineInstance", &vmi, "Running"),
        (Verb::Stop, "VirtualMachine", &vm, "Stopped"),
        (Verb::Start, "VirtualMachine", &vm, "Running"),
        (Verb::RestartMachine, "VirtualMachine", &vm, "Running"),
    ] {
        let outcome = world.all_ways(verb, kind, at).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{verb:?}: {outcome:?}");
        world.until(&vm, status(wanted)).await;
    }
    world.until(&vm, status("Running")).await;
}
