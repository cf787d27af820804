//! Every action by its keys: the glass, the plan, the question, the tray, and the change as the
//! world has it afterwards.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{pty::PATIENCE, session::Session};

const MEDIA: &str = "/api/v1/namespaces/media";
const BATCH: &str = "/apis/batch/v1/namespaces/media";
const HOMER: &str = "/apis/apps/v1/namespaces/homer/deployments/homer";
const VMS: &str = "/apis/kubevirt.io/v1/namespaces/vms";
const APPS: &str = "/apis/argoproj.io/v1alpha1/namespaces/openshift-gitops/applications";

/// What is done to which row, what the tray says of it, and what the world has then.
type Step<'s> = (
    &'s str,
    &'s str,
    &'s str,
    &'s str,
    &'s str,
    fn(Option<&Value>) -> bool,
);

fn walk(session: &mut Session, steps: &[Step<'_>]) {
    for (view, filter, entry, says, path, wanted) in steps {
        session.act(view, filter, entry, says);
        session.until(&format!("{entry} {filter}"), path, *wanted);
    }
}

/// Each of them wrote its intent and its outcome, and the chain holds.
fn recorded(mut session: Session, count: usize) {
    let end = Instant::now() + PATIENCE;
    loop {
        let journal = std::fs::read_to_string(session.journal()).unwrap();
        let of = |kind: &str| journal.matches(&format!("\"kind\":\"{kind}\"")).count();
        // what was refused at the last moment was tried again
        if of("intent") == of("outcome") && of("intent") >= count {
            break;
        }
        assert!(Instant::now() < end, "{count}? {journal}");
    }
    session.screen.send("q");
    let (code, words) = session.verified();
    assert_eq!(code, 0, "{words}");
}

/// A machine runs, and its controller has said all there is to say.
fn runs(now: Option<&Value>) -> bool {
    let status = &now.unwrap()["status"];
    status["printableStatus"] == "Running" && status["ready"] == true
}

fn gone(now: Option<&Value>) -> bool {
    now.is_none()
}

/// Name of the pod that begins so.
fn pod(session: &Session, start: &str) -> String {
    let pods = session.list(&format!("{MEDIA}/pods"));
    let mut names = pods
        .iter()
        .map(|pod| pod["metadata"]["name"].as_str().unwrap());
    names
        .find(|name| name.starts_with(start))
        .unwrap()
        .to_owned()
}

#[test]
fn workloads_pods_and_nodes() {
    let mut session = Session::open("");
    session.screen.break_glass("a walk through the actions");
    let (deleted, evicted) = (pod(&session, "prowlarr-"), pod(&session, "radarr-"));
    let (at, evicted_at) = (
        format!("{MEDIA}/pods/{deleted}"),
        format!("{MEDIA}/pods/{evicted}"),
    );
    let node = "/api/v1/nodes/wow-ocp-node4";
    walk(
        &mut session,
        &[
            (
                "deploy",
                "homer",
                "restart the rollout",
                "1 of 1 ready · oc rollout restart",
                HOMER,
                |now| {
                    let template = &now.unwrap()["spec"]["template"]["metadata"];
                    template["annotations"]["kubectl.kubernetes.io/restartedAt"].is_string()
                },
            ),
            (
                "deploy",
                "homer",
                "scale to 2",
                "2 of 2 ready · oc scale",
                HOMER,
                |now| now.unwrap()["status"]["readyReplicas"] == 2,
            ),
            (
                "deploy",
                "homer",
                "scale to 0",
                "wants 0 replicas, 0 of 0 ready",
                HOMER,
                |now| now.unwrap()["spec"]["replicas"] == 0,
            ),
            (
                "pods",
                &deleted,
                "delete the pod",
                "is gone · oc delete pod",
                &at,
                gone,
            ),
            (
                "pods",
                &evicted,
                "evict the pod",
                "is gone · oc create --raw",
                &evicted_at,
                gone,
            ),
            (
                "nodes",
                "node4",
                "cordon",
                "is cordoned, Ready · oc adm cordon",
                node,
                |now| now.unwrap()["spec"]["unschedulable"] == true,
            ),
            (
                "nodes",
                "node4",
                "uncordon",
                "is open for pods, Ready · oc adm uncordon",
                node,
                |now| now.unwrap()["spec"]["unschedulable"].is_null(),
            ),
            (
                "nodes",
                "node4",
                "drain",
                "pods are gone · oc adm drain",
                node,
                |now| now.unwrap()["spec"]["unschedulable"] == true,
            ),
        ],
    );
    let left = session.list("/api/v1/pods");
    let left = left.iter().filter(|pod| {
        pod["spec"]["nodeName"] == "wow-ocp-node4"
            && pod["metadata"]["ownerReferences"][0]["kind"] != "DaemonSet"
            && pod["status"]["phase"] == "Running"
    });
    assert_eq!(left.count(), 0);
    recorded(session, 8);
}

/// A claim with a volume of its own that nobody uses and nobody backed up.
fn claim_without_backup(session: &Session) {
    session.make(
        "/api/v1/persistentvolumes",
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "spare"}, "spec": {"capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "", "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "homer", "name": "spare"}}, "status": {"phase": "Bound"}}),
    );
    session.make(
        "/api/v1/namespaces/homer/persistentvolumeclaims",
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "spare", "namespace": "homer"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "volumeName": "spare", "resources": {"requests": {"storage": "1Gi"}}}, "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}),
    );
}

/// Jobs to be deleted and to be freed, a CronJob, a volume that was left over.
fn batch_and_leftovers(session: &Session) {
    let template = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "one", "image": "busybox"}]}}});
    let job = |name: &str, finalizers: Value| json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "media", "finalizers": finalizers}, "spec": template});
    session.make(&format!("{BATCH}/jobs"), job("report", json!([])));
    session.make(&format!("{BATCH}/jobs"), job("held", json!(["lab/keeps"])));
    session.delete(&format!("{BATCH}/jobs/held"));
    session.make(
        &format!("{BATCH}/cronjobs"),
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "nightly", "namespace": "media"}, "spec": {"schedule": "0 3 * * *", "suspend": false, "jobTemplate": {"spec": template}}}),
    );
    session.make(
        "/api/v1/persistentvolumes",
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "left-over"}, "spec": {"capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Retain"}, "status": {"phase": "Released"}}),
    );
}

#[test]
fn storage_and_jobs() {
    let mut session = Session::open("");
    claim_without_backup(&session);
    batch_and_leftovers(&session);
    session.screen.break_glass("a walk through the actions");
    let cron = format!("{BATCH}/cronjobs/nightly");
    walk(
        &mut session,
        &[
            (
                "pvc",
                "spare",
                "delete the claim",
                "is gone · oc delete pvc spare",
                "/api/v1/namespaces/homer/persistentvolumeclaims/spare",
                gone,
            ),
            (
                "pvc",
                "plex-config",
                "expand to 125 GiB",
                "125Gi asked for, 125Gi there",
                &format!("{MEDIA}/persistentvolumeclaims/plex-config"),
                |now| now.unwrap()["status"]["capacity"]["storage"] == "125Gi",
            ),
            (
                "pv",
                "left-over",
                "delete the volume",
                "is gone · oc delete pv left-over",
                "/api/v1/persistentvolumes/left-over",
                gone,
            ),
            (
                "jobs",
                "report",
                "delete the job",
                "is gone · oc delete job",
                &format!("{BATCH}/jobs/report"),
                gone,
            ),
            (
                "jobs",
                "held",
                "remove its finalizers",
                "is gone · oc patch job held",
                &format!("{BATCH}/jobs/held"),
                gone,
            ),
            (
                "cj",
                "nightly",
                "suspend",
                "is suspended · oc patch",
                &cron,
                |now| now.unwrap()["spec"]["suspend"] == true,
            ),
            (
                "cj",
                "nightly",
                "resume",
                "is on its schedule · oc patch",
                &cron,
                |now| now.unwrap()["spec"]["suspend"] == false,
            ),
            (
                "cj",
                "nightly",
                "run it once now",
                "made job/media/nightly-manual-",
                &format!("{BATCH}/jobs"),
                |now| {
                    let jobs = now.unwrap()["items"].as_array().unwrap();
                    jobs.iter().any(|job| {
                        job["metadata"]["name"]
                            .as_str()
                            .unwrap()
                            .starts_with("nightly-manual-")
                    })
                },
            ),
        ],
    );
    let journal = std::fs::read_to_string(session.journal()).unwrap();
    assert!(
        journal.contains("\"overridden\":\"lose the data of spare\""),
        "{journal}"
    );
    recorded(session, 8);
}

#[test]
fn machines() {
    let mut session = Session::open("");
    session.screen.break_glass("a walk through the actions");
    let machine = format!("{VMS}/virtualmachines/rhel9-idm");
    let instance = format!("{VMS}/virtualmachineinstances/rhel9-idm");
    let before = session.get(&instance).unwrap()["status"]["nodeName"].clone();
    walk(
        &mut session,
        &[
            ("vms", "rhel9-idm", "pause", "is Paused", &machine, |now| {
                now.unwrap()["status"]["printableStatus"] == "Paused"
            }),
            (
                "vms",
                "rhel9-idm",
                "unpause",
                "· virtctl unpause vm",
                &machine,
                runs,
            ),
            (
                "vms",
                "rhel9-idm",
                "migrate",
                "made vmim/vms/rhel9-idm-",
                &instance,
                |now| now.unwrap()["status"]["migrationState"]["completed"] == true,
            ),
        ],
    );
    assert_ne!(
        session.get(&instance).unwrap()["status"]["nodeName"],
        before
    );
    walk(
        &mut session,
        &[
            (
                "vms",
                "rhel9-idm",
                "restart the machine",
                "· virtctl restart",
                &machine,
                runs,
            ),
            ("vms", "rhel9-idm", "stop", "is Stopped", &instance, gone),
            (
                "vms",
                "rhel9-idm",
                "start",
                "· virtctl start",
                &machine,
                runs,
            ),
        ],
    );
    recorded(session, 6);
}

#[test]
fn guests() {
    let mut session = Session::open("");
    session.screen.break_glass("a walk through the actions");
    // a list is read every few seconds: the row is to be as the action before left it
    for (row, entry, says) in [
        (
            "running wow-prox1 -",
            "take a snapshot",
            "is running · pct snapshot 210",
        ),
        (
            "running wow-prox1 -",
            "delete the snapshot",
            "is running · pct delsnapshot 210",
        ),
        (
            "running wow-prox1 -",
            "restart the machine",
            "is running · pct reboot 210",
        ),
        (
            "running wow-prox1 -",
            "shut down",
            "is stopped · pct shutdown 210",
        ),
        ("stopped wow-prox1 -", "start", "is running · pct start 210"),
        ("running wow-prox1 -", "stop", "is stopped · pct stop 210"),
        (
            "stopped wow-prox1 -",
            "roll back",
            "is stopped · pct rollback 210",
        ),
    ] {
        session.screen.row("guests", "traefik");
        session.screen.wait(row);
        session.act("guests", "traefik", entry, says);
    }
    // its playbook does that
    session.screen.row("guests", "traefik");
    session.screen.choose("destroy");
    session.screen.wait("Ansible is the source of truth");
    recorded(session, 7);
}

#[test]
fn applications() {
    let mut session = Session::open("");
    session.screen.break_glass("a walk through the actions");
    let homer = format!("{APPS}/homer");
    walk(
        &mut session,
        &[
            (
                "apps",
                "homer",
                "refresh",
                "· argocd app get homer --refresh",
                &homer,
                |now| now.is_some(),
            ),
            (
                "apps",
                "homer",
                "hard refresh",
                "· argocd app get homer --hard-refresh",
                &homer,
                |now| now.is_some(),
            ),
            (
                "apps",
                "homer",
                "switch auto-sync off",
                "· argocd app patch homer",
                &homer,
                |now| now.unwrap()["spec"]["syncPolicy"]["automated"]["enabled"] == false,
            ),
        ],
    );
    session.screen.row("apps", "homer");
    session.screen.choose("sync …");
    session.screen.wait("enter plan it   space mark");
    session.screen.send("\r");
    session.screen.proceed();
    session.screen.wait_tray("· argocd app sync homer");
    session.screen.row("apps", "homer");
    session.screen.choose("roll back …");
    session.screen.wait("enter plan the rollback");
    session.screen.send("\r");
    session.screen.proceed();
    session.screen.wait_tray("· argocd app rollback homer");
    walk(
        &mut session,
        &[(
            "apps",
            "homer",
            "switch auto-sync on",
            "\"enabled\":true",
            &homer,
            |now| now.unwrap()["spec"]["syncPolicy"]["automated"]["enabled"] == true,
        )],
    );
    stuck(&mut session);
    recorded(session, 9);
}

/// A sync that waits for its hook is ended, and a deletion that waits for a word gets it.
fn stuck(session: &mut Session) {
    let nautobot = format!("{APPS}/nautobot");
    session.control("argocd/hook/nautobot");
    session.screen.row("apps", "nautobot");
    session.screen.choose("sync …");
    session.screen.wait("enter plan it   space mark");
    session.screen.send("\r");
    session.screen.proceed();
    session.until("a hook", &nautobot, |now| {
        let state = &now.unwrap()["status"]["operationState"];
        state["message"].as_str().unwrap_or("").contains("hook")
    });
    session.act(
        "apps",
        "nautobot",
        "terminate the operation",
        "· argocd app terminate-op nautobot",
    );
    session.until("an end", &nautobot, |now| {
        now.unwrap()["status"]["operationState"]["phase"] == "Failed"
    });
    let held = json!({"metadata": {"finalizers": ["lab/keeps"]}});
    session.patch(&nautobot, &held);
    session.delete(&nautobot);
    session.act(
        "apps",
        "nautobot",
        "approve the pending deletion",
        "· argocd app confirm-deletion nautobot",
    );
    session.until("the word", &nautobot, |now| {
        let said = &now.unwrap()["metadata"]["annotations"];
        said["argocd.argoproj.io/deletion-approved"].is_string()
    });
}
