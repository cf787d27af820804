//! Faults of the scenario; they can be turned on and off while the lab runs.

mod effects;

use jiff::Timestamp;

use super::{argocd::git::with_git, world::World};

/// How a container fails.
#[derive(Debug)]
pub enum Crash {
    /// It starts and ends.
    Exit {
        /// Exit code.
        code: i64,
        /// `Error`, `OOMKilled`, …
        reason: &'static str,
        /// Its last words.
        log: &'static str,
    },
    /// It does not start.
    Wait {
        /// Reason of waiting.
        reason: &'static str,
        /// Its message; `{image}` is filled in.
        message: &'static str,
        /// Message of the event.
        event: &'static str,
    },
}

/// A fault of the scenario.
#[derive(Debug)]
pub struct Fault {
    /// Name.
    pub name: &'static str,
    /// Kind of the object that carries it.
    pub kind: &'static str,
    /// Its namespace; empty for none.
    pub namespace: &'static str,
    /// Its name.
    pub object: &'static str,
    /// How its containers fail, where it is a workload.
    pub crash: Option<Crash>,
}

const fn fault(
    name: &'static str,
    kind: &'static str,
    namespace: &'static str,
    object: &'static str,
    crash: Option<Crash>,
) -> Fault {
    Fault {
        name,
        kind,
        namespace,
        object,
        crash,
    }
}

const fn exit(code: i64, reason: &'static str, log: &'static str) -> Option<Crash> {
    Some(Crash::Exit { code, reason, log })
}

/// All faults.
pub const FAULTS: &[Fault] = &[
    fault("csi-unreachable", "StorageClass", "", "truenas-nfs", None),
    fault(
        "csi-api-mismatch",
        "Deployment",
        "democratic-csi",
        "truenas-iscsi-democratic-csi-controller",
        exit(
            1,
            "Error",
            "{\"level\":\"info\",\"message\":\"initializing csi driver: freenas-api-iscsi\"}\n{\"level\":\"error\",\"message\":\"driver is only availalbe with TrueNAS SCALE\"}\n",
        ),
    ),
    fault(
        "lvm-leftover",
        "LVMVolumeGroupNodeStatus",
        "openshift-storage",
        "wow-ocp-node4",
        None,
    ),
    fault(
        "prometheus-disk-full",
        "StatefulSet",
        "monitoring",
        "prometheus",
        exit(
            2,
            "Error",
            "time=2026-01-11T10:00:00Z level=INFO msg=\"Starting Prometheus Server\"\ntime=2026-01-11T10:00:03Z level=ERROR msg=\"opening storage failed\" err=\"open /prometheus/wal/00000412: no space left on device\"\n",
        ),
    ),
    fault(
        "oom",
        "Deployment",
        "nautobot",
        "nautobot-worker",
        exit(
            137,
            "OOMKilled",
            "[INFO] celery@worker ready\n[INFO] Task nautobot.core.jobs.git received\n",
        ),
    ),
    fault(
        "home-denied",
        "Deployment",
        "external-secrets",
        "bitwarden-cli",
        exit(
            1,
            "Error",
            "Logging in with API key...\nmkdir: cannot create directory '//.config': Permission denied\n",
        ),
    ),
    fault("node-selector", "Deployment", "media", "tdarr", None),
    fault(
        "crd-too-long",
        "Application",
        "openshift-gitops",
        "external-secrets",
        None,
    ),
    fault(
        "self-heal-fight",
        "Application",
        "openshift-gitops",
        "homer",
        None,
    ),
    fault(
        "vm-not-migratable",
        "VirtualMachineInstance",
        "vms",
        "win2022",
        None,
    ),
    fault(
        "image-rate-limit",
        "Deployment",
        "media",
        "bazarr",
        Some(Crash::Wait {
            reason: "ImagePullBackOff",
            message: "Back-off pulling image \"{image}\"",
            event: "Failed to pull image \"{image}\": initializing source docker://{image}: reading manifest {tag} in {image}: toomanyrequests: You have reached your unauthenticated pull rate limit.",
        }),
    ),
    fault(
        "missing-secret",
        "Deployment",
        "aap",
        "aap-seeder",
        Some(Crash::Wait {
            reason: "CreateContainerConfigError",
            message: "secret \"aap-idm-secrets\" not found",
            event: "Error: secret \"aap-idm-secrets\" not found",
        }),
    ),
    fault(
        "db-refused",
        "Deployment",
        "keycloak",
        "keycloak",
        exit(
            1,
            "Error",
            "INFO  Keycloak 26 starting\nERROR: Failed to start: connection to server at \"keycloak-db\" (172.30.11.182), port 5432 failed: Connection refused\n",
        ),
    ),
];

/// How containers fail under a fault.
#[must_use]
pub fn crash_of(name: &str) -> Option<&'static Crash> {
    FAULTS
        .iter()
        .find(|fault| fault.name == name)?
        .crash
        .as_ref()
}

/// Turns a fault on or off; says whether there is such a fault.
pub fn set(world: &World, name: &str, on: bool, at: Timestamp) -> bool {
    let Some(fault) = FAULTS.iter().find(|fault| fault.name == name) else {
        return false;
    };
    with_git(world, || turn(world, fault, on, at));
    true
}

fn turn(world: &World, fault: &Fault, on: bool, at: Timestamp) {
    let name = fault.name;
    let place = (fault.namespace.to_owned(), fault.object.to_owned());
    world.set_fault(fault.kind, place, on.then_some(name));
    // Argo CD looks at everything again
    world.git.see(0);
    effects::of(world, name, on, at);
    if !on && let Some(Crash::Exit { .. } | Crash::Wait { .. }) = &fault.crash {
        effects::restart(world, fault);
    }
}
