//! Every action of Kubernetes and KubeVirt with an object that it can be done to.

use redbutton::{domain::ObjectRef, redbutton::Verb};
use serde_json::{Value, json};

use super::{World, act, healthy_deployment, path};

/// An action and what it is done to.
pub struct Case {
    pub verb: Verb,
    pub kind: &'static str,
    pub at: String,
}

const VIRT: &str = "/apis/kubevirt.io/v1";
const BATCH: &str = "/apis/batch/v1";

/// All of them, each with an object of its own where one would be in the way of the other.
pub async fn all(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |verb, kind, at: &str| {
        cases.push(Case {
            verb,
            kind,
            at: at.to_owned(),
        })
    };
    let deployment = healthy_deployment(world).await;
    let at = path(&deployment, "/apis/apps/v1", "deployments");
    add(Verb::Restart, "Deployment", &at);
    add(Verb::Scale(2), "Deployment", &at);
    let pods = world.list("/api/v1/namespaces/media/pods").await;
    // those of the deployment are replaced by what is done to it
    let restarted = format!("{}-", deployment["metadata"]["name"].as_str().unwrap());
    let mut running = pods.iter().filter(|pod| {
        let name = pod["metadata"]["name"].as_str().unwrap();
        pod["status"]["phase"] == "Running" && !name.starts_with(&restarted)
    });
    add(
        Verb::DeletePod,
        "Pod",
        &path(running.next().unwrap(), "/api/v1", "pods"),
    );
    add(
        Verb::Evict,
        "Pod",
        &path(running.next().unwrap(), "/api/v1", "pods"),
    );
    storage(world, &mut add).await;
    nodes(world, &mut add).await;
    jobs(world, &mut add).await;
    let apps = world.list("/apis/argoproj.io/v1alpha1/applications").await;
    let app = path(&apps[0], "/apis/argoproj.io/v1alpha1", "applications");
    add(Verb::ApproveDeletion, "Application", &app);
    machines(world, &mut add).await;
    cases
}

/// Makes a claim that no pod uses; it is bound when this comes back.
pub async fn spare_claim(world: &World) -> String {
    let claims = "/api/v1/namespaces/media/persistentvolumeclaims";
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "spare", "namespace": "media"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "lvms-vg1", "resources": {"requests": {"storage": "1Gi"}}}});
    world.make(claims, claim).await;
    let at = format!("{claims}/spare");
    world
        .until(&at, |now| {
            now.is_some_and(|now| now["status"]["phase"] == "Bound")
        })
        .await;
    at
}

async fn storage(world: &World, add: &mut impl FnMut(Verb, &'static str, &str)) {
    let claims = world.list("/api/v1/persistentvolumeclaims").await;
    let mut bound = claims.iter().filter(|claim| {
        claim["status"]["phase"] == "Bound"
            && claim["spec"]["storageClassName"]
                .as_str()
                .is_some_and(|class| !class.is_empty())
            && claim["status"]["capacity"]["storage"]
                .as_str()
                .is_some_and(|size| size.ends_with("Gi"))
    });
    let grows = bound.next().unwrap();
    let kind = "PersistentVolumeClaim";
    let plural = "persistentvolumeclaims";
    add(Verb::DeleteClaim, kind, &spare_claim(world).await);
    add(Verb::Expand(9000), kind, &path(grows, "/api/v1", plural));
    let volume = json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "left-over"}, "spec": {"capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Retain"}, "status": {"phase": "Released"}});
    world.make("/api/v1/persistentvolumes", volume).await;
    add(
        Verb::DeleteVolume,
        "PersistentVolume",
        "/api/v1/persistentvolumes/left-over",
    );
}

async fn nodes(world: &World, add: &mut impl FnMut(Verb, &'static str, &str)) {
    let nodes = world.list("/api/v1/nodes").await;
    let at = |nth: usize| {
        format!(
            "/api/v1/nodes/{}",
            nodes[nth]["metadata"]["name"].as_str().unwrap()
        )
    };
    add(Verb::Cordon, "Node", &at(0));
    add(Verb::Uncordon, "Node", &at(0));
    add(Verb::Drain, "Node", &at(1));
}

async fn jobs(world: &World, add: &mut impl FnMut(Verb, &'static str, &str)) {
    let template = json!({"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "one", "image": "busybox"}]}}}});
    for name in ["report", "held"] {
        world
            .make(
                &format!("{BATCH}/namespaces/media/jobs"),
                json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "media", "finalizers": if name == "held" { json!(["lab/keeps"]) } else { json!([]) }}, "spec": template["spec"]}),
            )
            .await;
    }
    let job = |name: &str| format!("{BATCH}/namespaces/media/jobs/{name}");
    add(Verb::DeleteJob, "Job", &job("report"));
    let gone = http::Request::delete(job("held")).body(Vec::new()).unwrap();
    world.client.request_text(gone).await.unwrap();
    add(Verb::RemoveFinalizers, "Job", &job("held"));
    world
        .make(
            &format!("{BATCH}/namespaces/media/cronjobs"),
            json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "nightly", "namespace": "media"}, "spec": {"schedule": "0 3 * * *", "suspend": false, "jobTemplate": template}}),
        )
        .await;
    let at = format!("{BATCH}/namespaces/media/cronjobs/nightly");
    add(Verb::Suspend, "CronJob", &at);
    add(Verb::Resume, "CronJob", &at);
    add(Verb::Trigger, "CronJob", &at);
}

async fn machines(world: &World, add: &mut impl FnMut(Verb, &'static str, &str)) {
    let machines = world.list(&format!("{VIRT}/virtualmachines")).await;
    for machine in &machines {
        let at = path(machine, VIRT, "virtualmachines");
        world
            .until(&at, |now| {
                now.is_some_and(|now| now["status"]["printableStatus"] == "Running")
            })
            .await;
    }
    let instances = world.list(&format!("{VIRT}/virtualmachineinstances")).await;
    let moves = instances
        .iter()
        .find(|one| {
            !one["status"]["conditions"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["type"] == "LiveMigratable" && one["status"] == "False")
        })
        .unwrap();
    let (vm, vmi) = (
        path(moves, VIRT, "virtualmachines"),
        path(moves, VIRT, "virtualmachineinstances"),
    );
    add(Verb::Migrate, "VirtualMachine", &vm);
    add(Verb::Pause, "VirtualMachineInstance", &vmi);
    add(Verb::Unpause, "VirtualMachineInstance", &vmi);
    add(Verb::RestartMachine, "VirtualMachine", &vm);
    add(Verb::Stop, "VirtualMachine", &vm);
    add(Verb::Start, "VirtualMachine", &vm);
}

impl Case {
    /// The object's identity, by the API's path.
    pub async fn target(&self, world: &World) -> redbutton::redbutton::Target {
        let found = world.get(&self.at).await;
        act::target(
            &found.unwrap_or_else(|| panic!("no {}", self.at)),
            self.kind,
        )
    }

    /// Whatever an action may change, and no controller does by itself.
    pub async fn seen(&self, world: &World) -> Value {
        let object = world.get(&self.at).await.unwrap_or_default();
        let meta = &object["metadata"];
        let instance = world
            .get(
                &self
                    .at
                    .replace("virtualmachines", "virtualmachineinstances"),
            )
            .await
            .filter(|_| self.kind.starts_with("Virtual"))
            .unwrap_or_default();
        let paused = instance["status"]["conditions"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["type"] == "Paused"));
        let jobs = world.list(&format!("{BATCH}/jobs")).await.len();
        let moves = world
            .list(&format!("{VIRT}/virtualmachineinstancemigrations"))
            .await
            .len();
        json!([
            meta["uid"],
            meta["deletionTimestamp"],
            meta["annotations"],
            meta["finalizers"],
            object["spec"],
            instance["metadata"]["uid"],
            paused,
            jobs,
            moves
        ])
    }

    /// Done to an object that is not there.
    pub fn nobody(&self, target: &redbutton::redbutton::Target) -> redbutton::redbutton::Target {
        redbutton::redbutton::Target {
            object: ObjectRef::new(self.kind, &target.object.key.namespace, "nobody"),
            ..target.clone()
        }
    }

    /// Waits until the machine is as its action needs it.
    pub async fn ready(&self, world: &World) {
        let wanted = match self.verb {
            Verb::Start => "Stopped",
            Verb::Unpause => "Paused",
            Verb::Stop | Verb::RestartMachine | Verb::Pause | Verb::Migrate => "Running",
            _ => return,
        };
        let at = self
            .at
            .replace("virtualmachineinstances", "virtualmachines");
        world
            .until(&at, |now| {
                now.is_some_and(|now| now["status"]["printableStatus"] == wanted)
            })
            .await;
    }
}
