//! Big clusters, for budgets.

mod objects;

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Lab,
    kinds::of_kind,
    objects::{event, namespace, node, put, stamp},
    world::{Place, World, place},
};
use objects::{App, REPLICAS};

/// How often the changes of a second are made; each time a share of them.
const BEAT: Duration = Duration::from_millis(50);
/// How often deleted pods are looked for.
const REAP: Duration = Duration::from_secs(2);
/// From one pod that changes to the next.
const STRIDE: usize = 97;

/// How big, and how busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Nodes.
    pub nodes: usize,
    /// Pods.
    pub pods: usize,
    /// Changes of pods in a second.
    pub churn: usize,
    /// Applications of Argo CD.
    pub apps: usize,
}

impl std::str::FromStr for Scale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut scale = Self {
            nodes: 50,
            pods: 1000,
            churn: 0,
            apps: 0,
        };
        for part in text.split(',') {
            let (name, number) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}`: expected nodes=N, pods=N, apps=N or churn=N"))?;
            let number: usize = number
                .parse()
                .map_err(|_| format!("`{number}` is no number"))?;
            match name {
                "nodes" => scale.nodes = number.max(1),
                "pods" => scale.pods = number,
                "churn" => scale.churn = number,
                "apps" => scale.apps = number,
                other => {
                    return Err(format!("`{other}`: expected nodes, pods, apps or churn"));
                }
            }
        }
        Ok(scale)
    }
}

/// Builds it. The simulation is left out: with so many objects its controllers would be the load.
pub fn build(world: &World, scale: &Scale, seed: u64) {
    let mut chance = fastrand::Rng::with_seed(seed);
    let now = jiff::Timestamp::now();
    for nth in 0..scale.nodes {
        put(
            world,
            node(
                &format!("node-{nth:05}"),
                &format!("10.0.{}.{}", nth / 250, nth % 250),
                "10g",
            ),
            now,
        );
    }
    applications(world, scale.apps, now);
    let namespaces = (scale.pods / 100).max(1);
    for nth in 0..namespaces {
        put(world, namespace(&format!("team-{nth:04}")), now);
    }
    for nth in 0..scale.pods.div_ceil(REPLICAS) {
        let app = App::new(nth, namespaces, &stamp(now));
        let first = nth * REPLICAS;
        let pods: Vec<Value> = (first..scale.pods.min(first + REPLICAS))
            .map(|number| {
                let node = format!("node-{:05}", chance.usize(..scale.nodes));
                app.pod(number, &node, chance.u8(..) > 3)
            })
            .collect();
        for object in app.surroundings(pods.len()) {
            put(world, object, now);
        }
        put(world, app.endpoints(&pods), now);
        for pod in pods {
            let sick = pod["status"]["conditions"][2]["status"] != "True";
            put(world, pod.clone(), now);
            if sick {
                event(
                    world,
                    &pod,
                    true,
                    "BackOff",
                    "Back-off restarting failed container app",
                    now,
                );
            }
        }
    }
}

/// Keeps it going for as long as the lab runs: containers restart, one after the other, and pods that
/// are deleted go.
pub async fn keep_busy(lab: &Lab, scale: &Scale) {
    let mut beat = tokio::time::interval(BEAT);
    let pods = places(lab, |_| true);
    let began = std::time::Instant::now();
    let (mut made, mut next) = (0, 0);
    let mut reaped = began;
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = lab.stopped() => return,
        }
        let due = began.elapsed().as_millis() * scale.churn as u128 / 1000;
        while made < due && !pods.is_empty() {
            made += 1;
            // far from the last one, so that the changes are spread over the table
            next = (next + STRIDE) % pods.len();
            let (namespace, name) = &pods[next];
            lab.world.edit("Pod", namespace, name, restart);
        }
        if reaped.elapsed() >= REAP {
            reaped = std::time::Instant::now();
            reap(lab);
        }
    }
}

/// Places of the pods that are as wanted.
fn places(lab: &Lab, wanted: impl Fn(&Value) -> bool) -> Vec<Place> {
    let Some(kind) = of_kind("Pod") else {
        return Vec::new();
    };
    lab.world.look(kind, |pods| {
        pods.filter(|pod| wanted(pod))
            .map(|pod| place(kind, pod))
            .collect()
    })
}

fn reap(lab: &Lab) {
    let going = places(lab, |pod| pod["metadata"]["deletionTimestamp"].is_string());
    for (namespace, name) in going {
        if let Some(kind) = of_kind("Pod") {
            lab.world.remove(kind, &namespace, &name);
        }
    }
}

fn restart(pod: &mut Value) {
    let now = json!(stamp(jiff::Timestamp::now()));
    let container = &mut pod["status"]["containerStatuses"][0];
    let restarts = container["restartCount"].as_i64().unwrap_or_default();
    container["restartCount"] = json!(restarts + 1);
    container["lastState"] = json!({"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}});
    if container["ready"] == true {
        container["state"] = json!({"running": {"startedAt": now}});
    }
}

/// Resources of each application; a few of them are simulated, the rest is known by name.
const RESOURCES: usize = 40;
/// Entries of each history.
const PAST: i64 = 10;

/// Applications as large as real ones: forty resources, ten entries of history.
fn applications(world: &World, count: usize, now: jiff::Timestamp) {
    for nth in 0..count {
        let (name, place) = (format!("app-{nth:05}"), format!("scale-{nth:05}"));
        put(world, namespace(&place), now);
        let config = format!("{name}-config");
        put(
            world,
            json!({"kind": "ConfigMap", "metadata": {"namespace": place, "name": config}, "data": {"mode": "production", "level": "info"}}),
            now,
        );
        let rest: Vec<String> = (1..RESOURCES).map(|at| format!("{name}-{at:02}")).collect();
        let mut resources = vec![("", "ConfigMap", config.as_str())];
        resources.extend(
            rest.iter()
                .map(|one| ("rbac.authorization.k8s.io", "RoleBinding", one.as_str())),
        );
        let path = format!("apps/{name}");
        let mut app = super::apps::application(world.began, &name, &place, &path, &resources);
        let newest = app["status"]["history"][1].clone();
        app["status"]["history"] = (0..PAST)
            .map(|id| {
                let mut past = newest.clone();
                past["id"] = json!(id);
                past
            })
            .collect();
        app["status"]["operationState"] = super::apps::past_operation(world.began);
        put(world, app, now);
    }
    super::argocd::git::begin(world);
    // compared once, so that they are still, and without the long tail of what made them
    super::argocd::controller::tick(world, now);
    world.compact();
}
