//! Opening logs.

use super::{
    app::{App, Screen},
    logview::{LogState, TextView},
    moves::current,
    msg::Effect,
};
use crate::domain::{LogKey, Object, ObjectRef};

/// The pod whose log is meant: itself, or the first pod of a controller or machine.
pub(super) fn pod_of(app: &App, object: &ObjectRef) -> Option<ObjectRef> {
    let inventory = &app.inventory;
    let reference = |key: &crate::domain::Key| ObjectRef {
        kind: "Pod".into(),
        key: key.clone(),
    };
    match inventory.object(object)? {
        Object::Pod(pod) => Some(reference(&pod.meta.key)),
        Object::Workload(one) => {
            let mut pods = inventory
                .pods
                .in_namespace(one.meta.namespace())
                .filter(|pod| one.selector.matches(&pod.meta.labels));
            pods.next().map(|pod| reference(&pod.meta.key))
        }
        Object::Job(job) => inventory
            .pods_owned_by(&job.meta.uid)
            .next()
            .map(|pod| reference(&pod.meta.key)),
        Object::Claim(claim) => inventory
            .pods_of_claim(&claim.meta.key)
            .next()
            .map(|pod| reference(&pod.meta.key)),
        Object::Vm(vm) => {
            let vmi = inventory.vmis.get(&vm.meta.key)?;
            inventory
                .launchers(vmi)
                .next()
                .map(|pod| reference(&pod.meta.key))
        }
        _ => None,
    }
}

/// Whether a reference is to a task of Proxmox VE.
pub(super) fn is_task(object: &ObjectRef) -> bool {
    &*object.kind == "task"
}

/// Opens the log of a task.
pub(super) fn task_log(app: &mut App, task: ObjectRef) -> Vec<Effect> {
    let mut view = TextView::new(String::new(), task);
    view.log = Some(LogState {
        id: 0,
        containers: Vec::new(),
        container: 0,
        previous: false,
        follow: true,
        timestamps: false,
    });
    app.stack.push(Screen::Text(Box::new(view)));
    restart_log(app)
}

pub(super) fn logs(app: &mut App) -> Vec<Effect> {
    if let Some(task) = current(app).filter(is_task) {
        return task_log(app, task);
    }
    if let Some((key, phrase)) = proof_in_log(app) {
        return log_at(app, &key, phrase);
    }
    let pod = current(app).and_then(|object| pod_of(app, &object));
    let Some((object, pod)) =
        pod.and_then(|object| Some((object.clone(), app.inventory.pods.get(&object.key)?.clone())))
    else {
        app.say("there is no pod behind this");
        return Vec::new();
    };
    let containers: Vec<String> = pod
        .spec
        .all_containers()
        .map(|container| container.name.to_string())
        .collect();
    // what fails is what one wants to read
    let failing = pod
        .all_statuses()
        .find(|status| !status.ready && status.restarts > 0)
        .map(|status| status.name.to_string());
    let first = failing.or_else(|| {
        pod.spec
            .containers
            .first()
            .map(|container| container.name.to_string())
    });
    let container = containers
        .iter()
        .position(|name| Some(name) == first.as_ref())
        .unwrap_or_default();
    let mut view = TextView::new(String::new(), object);
    view.log = Some(LogState {
        id: 0,
        containers,
        container,
        previous: false,
        follow: true,
        timestamps: false,
    });
    app.stack.push(Screen::Text(Box::new(view)));
    restart_log(app)
}

/// The log in which the proof on the screen stands, and its telling phrase.
fn proof_in_log(app: &App) -> Option<(LogKey, String)> {
    let Some(Screen::Guide(guide)) = app.stack.last() else {
        return None;
    };
    let proof = guide.logged()?;
    let (from, to) = proof.telling.unwrap_or_default();
    let phrase = proof.quote.get(from..to).unwrap_or_default();
    Some((proof.log.clone()?, phrase.to_owned()))
}

/// Opens a log at the last line with a phrase.
fn log_at(app: &mut App, key: &LogKey, phrase: String) -> Vec<Effect> {
    let object = ObjectRef::new("Pod", &key.namespace, &key.pod);
    let mut view = TextView::new(String::new(), object);
    view.seek(&phrase);
    view.log = Some(LogState {
        id: 0,
        containers: vec![key.container.to_string()],
        container: 0,
        previous: key.previous,
        // what was said is sought, not what will be
        follow: false,
        timestamps: false,
    });
    app.stack.push(Screen::Text(Box::new(view)));
    restart_log(app)
}

/// Reads the log of the top screen anew, under a new number.
pub(super) fn restart_log(app: &mut App) -> Vec<Effect> {
    let id = app.next_log;
    app.next_log += 1;
    let Some(Screen::Text(view)) = app.stack.last_mut() else {
        return Vec::new();
    };
    view.clear();
    let Some(log) = &mut view.log else {
        return Vec::new();
    };
    log.id = id;
    if is_task(&view.about) {
        view.title = format!("log of task · {}", task_title(&view.about));
        let task = view.about.clone();
        return vec![Effect::StopLog, Effect::FetchTaskLog { id, task }];
    }
    let container = log
        .containers
        .get(log.container)
        .cloned()
        .unwrap_or_default();
    // where room is short the end goes: which log it is comes first
    view.title = format!(
        "log · {container}{} · {}",
        if log.previous { ", previous" } else { "" },
        view.about.key
    );
    let fetch = Effect::FetchLog {
        id,
        pod: view.about.clone(),
        container,
        previous: log.previous,
        follow: log.follow && !log.previous,
        timestamps: log.timestamps,
    };
    vec![Effect::StopLog, fetch]
}

/// `vzdump 210 · wow-prox1`: from `UPID:node:pid:start:time:type:id:user:`.
fn task_title(task: &ObjectRef) -> String {
    let parts: Vec<&str> = task.key.name.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let what = format!("{} {}", part(5), part(6));
    format!("{} · {}", what.trim_end(), part(1))
}
