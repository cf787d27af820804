//! Big clusters, for budgets.

use serde_json::{Value, json};

use super::{
    objects::{event, namespace, node, put, stamp},
    world::World,
};

/// How big.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Nodes.
    pub nodes: usize,
    /// Pods.
    pub pods: usize,
    /// Applications of Argo CD.
    pub apps: usize,
}

impl std::str::FromStr for Scale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut scale = Self {
            nodes: 50,
            pods: 1000,
            apps: 0,
        };
        for part in text.split(',') {
            let (name, number) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}`: expected nodes=N, pods=N or apps=N"))?;
            let number: usize = number
                .parse()
                .map_err(|_| format!("`{number}` is no number"))?;
            match name {
                "nodes" => scale.nodes = number.max(1),
                "pods" => scale.pods = number,
                "apps" => scale.apps = number,
                other => return Err(format!("`{other}`: expected nodes, pods or apps")),
            }
        }
        Ok(scale)
    }
}

/// Builds it. The simulation leaves its pods alone: they have no controllers that it keeps.
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
    for nth in 0..scale.pods {
        let pod = pod(nth, namespaces, scale.nodes, &mut chance, &stamp(now));
        let sick = pod["status"]["phase"] != "Running";
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
        let mut app = super::apps::application(&name, &place, &path, &resources);
        let newest = app["status"]["history"][1].clone();
        app["status"]["history"] = (0..PAST)
            .map(|id| {
                let mut past = newest.clone();
                past["id"] = json!(id);
                past
            })
            .collect();
        app["status"]["operationState"] = super::apps::past_operation();
        put(world, app, now);
    }
    super::argocd::git::begin(world);
    // compared once, so that they are still, and without the long tail of what made them
    super::argocd::controller::tick(world, now);
    world.compact();
}

fn pod(
    nth: usize,
    namespaces: usize,
    nodes: usize,
    chance: &mut fastrand::Rng,
    time: &str,
) -> Value {
    let app = format!("app-{:04}", nth / 6);
    let node = format!("node-{:05}", chance.usize(..nodes));
    let ready = chance.u8(..) > 3;
    let state = if ready {
        json!({"running": {"startedAt": time}})
    } else {
        json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}})
    };
    let word = if ready { "True" } else { "False" };
    json!({
        "kind": "Pod",
        "metadata": {"namespace": format!("team-{:04}", nth % namespaces), "name": format!("{app}-{}", super::world::letters(nth as u64)), "labels": {"app": app}},
        "spec": {"nodeName": node, "restartPolicy": "Always", "containers": [{"name": "app", "image": format!("registry.example/{app}:1.0"), "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}}]},
        "status": {"phase": if ready { "Running" } else { "Pending" }, "podIP": "10.1.2.3", "startTime": time, "qosClass": "Burstable", "conditions": [{"type": "Ready", "status": word, "lastTransitionTime": time}], "containerStatuses": [{"name": "app", "image": "a", "imageID": "a", "ready": ready, "started": ready, "restartCount": i32::from(!ready) * 7, "state": state, "lastState": {}}]}
    })
}
