//! Containers that crash, or run and are not ready: exit code, events and logs read together.

use std::sync::LazyLock;

use regex::Regex;

use super::{Inquiry, dependency, permissions, pod::image_of, pod::reference, probes, sign::Sign};
use crate::domain::{ContainerState, ContainerStatus, LogKey, Pod, Terminated};

/// Lines from the end of a log that are read.
const LAST_LINES: usize = 300;

/// Looks into one container that is in trouble.
pub(super) fn examine(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus) {
    let object = reference(pod);
    let end = ended(status);
    let exit = end.map(|end| end.exit_code);
    if let ContainerState::Waiting { reason, message } = &status.state {
        let text = if message.is_empty() { reason } else { message };
        let path = format!(
            "status.containerStatuses[{}].state.waiting.message",
            status.name
        );
        look.read(&named(
            Sign::field(&object, format!("waiting:{reason}"), &path, &**text),
            pod,
            status,
        ));
    }
    if let Some(end) = end {
        how_it_ended(look, pod, status, end);
    }
    look.read_events("Pod", &pod.meta, |event| {
        (event.warning && !matches!(&*event.reason, "FailedScheduling" | "FailedMount"))
            && (event.field.is_empty() || event.field.contains(&format!("{{{}}}", status.name)))
    });
    let before = look.findings.len();
    logs(look, pod, status, exit);
    let log_told = look.findings.len() > before;
    dying_words(look, pod, status, before);
    permissions::examine(look, pod, status);
    full_claim(look, pod);
    probes::kill(look, pod, status, end, log_told);
    if !look.blames("liveness-probe-kill") && !look.blames("startup-probe-kill") {
        clean_exit(look, pod, status, end);
    }
    if !look.knows(0.3) {
        last_words(look, pod, status, exit);
    }
}

fn named(sign: Sign, pod: &Pod, status: &ContainerStatus) -> Sign {
    let limit = pod
        .spec
        .container(&status.name)
        .and_then(|container| container.limits.get("memory"))
        .map(super::bytes);
    let sign = match limit {
        Some(limit) => sign.with("limit", limit),
        None => sign,
    };
    let sign = match status.restarts {
        0 | 1 => sign,
        many => sign.with("restarts", many.to_string()),
    };
    sign.with("container", &*status.name)
        .with("image", image_of(&pod.spec, &status.name))
        .with("node", pod.node.as_deref().unwrap_or_default())
}

/// A full volume is fixed at its claim, where it is plain which one it is.
fn full_claim(look: &mut Inquiry<'_>, pod: &Pod) {
    let object = reference(pod);
    let mut claims = pod.spec.claims();
    let (Some(name), None) = (claims.next(), claims.next()) else {
        return;
    };
    let claim = crate::domain::ObjectRef::new("PersistentVolumeClaim", pod.meta.namespace(), name);
    for found in &mut look.findings {
        if &*found.cause == "disk-full" && found.object == object {
            found.object = claim.clone();
        }
    }
}

/// How the container ended: now, or the last time.
fn ended(status: &ContainerStatus) -> Option<&Terminated> {
    match &status.state {
        ContainerState::Terminated(end) => Some(end),
        _ => status.last.as_deref(),
    }
}

fn how_it_ended(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus, end: &Terminated) {
    let object = reference(pod);
    let place = if matches!(status.state, ContainerState::Terminated(_)) {
        "state"
    } else {
        "lastState"
    };
    let path = format!(
        "status.containerStatuses[{}].{place}.terminated",
        status.name
    );
    let importer = log_topic(pod, &status.name) == "log:importer";
    let word = if importer { "importer-ended" } else { "ended" };
    let topic = format!("{word}:{}", end.reason);
    let text = if end.message.is_empty() {
        format!("{} (exit code {})", end.reason, end.exit_code)
    } else {
        end.message.to_string()
    };
    look.read(&named(
        Sign::field(&object, topic, &path, text).with_exit(end.exit_code),
        pod,
        status,
    ));
    look.check(
        format!("container {} ends well", status.name),
        end.exit_code == 0,
        format!(
            "{} with exit code {}, {} restarts",
            end.reason, end.exit_code, status.restarts
        ),
    );
}

/// Reads the logs of a container, the previous one first.
pub(super) fn logs(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus, exit: Option<i32>) {
    let object = reference(pod);
    let book = look.case.logs;
    let mut had = false;
    for previous in [true, false] {
        let key = LogKey {
            namespace: pod.meta.key.namespace.clone(),
            pod: pod.meta.key.name.clone(),
            container: status.name.clone(),
            previous,
        };
        match book.get(&key.namespace, &key.pod, &key.container, previous) {
            Some(Ok(text)) => {
                had = true;
                read_log(look, pod, status, &object, &key, text, exit);
            }
            Some(Err(why)) if !previous => {
                look.unknown(format!("log of {}", status.name), why.to_owned());
            }
            Some(Err(_)) => {}
            None if has_log(status, previous) => look.wanted.push(key),
            None => {}
        }
    }
    if !had
        && look
            .case
            .logs
            .get(
                &pod.meta.key.namespace,
                &pod.meta.key.name,
                &status.name,
                false,
            )
            .is_none()
    {
        look.unknown(format!("log of {}", status.name), "it is not at hand");
    }
}

/// Whether the kubelet can have a log: of a container that never started there is none.
const fn has_log(status: &ContainerStatus, previous: bool) -> bool {
    let ended = status.last.is_some();
    match &status.state {
        ContainerState::Waiting { .. } => ended,
        _ => !previous || (status.restarts > 0 && ended),
    }
}

fn read_log(
    look: &mut Inquiry<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    object: &crate::domain::ObjectRef,
    key: &LogKey,
    text: &str,
    exit: Option<i32>,
) {
    let topic = log_topic(pod, &status.name);
    let before = look.findings.len();
    for line in tail(text) {
        let mut sign = named(Sign::line(object, topic, key, line, exit), pod, status);
        sign.weight = weight(line);
        look.read(&sign);
        dependency::examine(look, pod, &sign);
    }
    if look.findings.len() == before {
        for (head, rest) in tail(text).zip(tail(text).skip(1)) {
            if rest.starts_with([' ', '\t']) {
                let both = format!("{head}\n{rest}");
                look.read(&named(
                    Sign::line(object, topic, key, &both, exit),
                    pod,
                    status,
                ));
            }
        }
    }
}

/// What a program itself calls a warning or less, it has lived through.
fn weight(line: &str) -> f64 {
    static MILD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"^.{0,60}?(\b(WARN|WARNING|INFO|DEBUG|NOTICE|TRACE)\b|\[(warn|warning|info|debug|notice)\])|\blevel"?\s?[=:]\s?"?(warn|info|debug|trace)|^[WI]\d{4} "#).ok()
    });
    static GRAVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b(ERROR|FATAL|CRITICAL|PANIC|EMERG|Error|Fatal|Exception)\b|panic:").ok()
    });
    let holds =
        |one: &LazyLock<Option<Regex>>| one.as_ref().is_some_and(|regex| regex.is_match(line));
    if holds(&MILD) && !holds(&GRAVE) {
        0.7
    } else {
        1.0
    }
}

/// Whose log it is: importers and Argo CD say other things by the same words.
pub(super) fn log_topic(pod: &Pod, container: &str) -> &'static str {
    if container == "importer" || pod.meta.labels.is("app", "containerized-data-importer") {
        "log:importer"
    } else if super::provisioner::is_driver(&pod.spec) {
        "log:driver"
    } else {
        "log:app"
    }
}

/// The last lines of a log that say anything.
pub(super) fn tail(text: &str) -> impl Iterator<Item = &str> {
    let skip = text.lines().count().saturating_sub(LAST_LINES);
    text.lines()
        .skip(skip)
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
}

/// A process that ends with 0 where one is expected to stay.
fn clean_exit(
    look: &mut Inquiry<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    end: Option<&Terminated>,
) {
    let Some(end) = end.filter(|end| end.exit_code == 0) else {
        return;
    };
    let init = pod.init_statuses.iter().any(|one| one.name == status.name);
    if init || &*pod.spec.restart_policy != "Always" || status.restarts == 0 {
        return;
    }
    let object = reference(pod);
    let path = format!(
        "status.containerStatuses[{}].lastState.terminated.reason",
        status.name
    );
    let mut evidence = vec![Sign::field(&object, "field", &path, &*end.reason).evidence()];
    evidence.extend(
        last_lines(look, pod, status)
            .iter()
            .take(1)
            .map(Sign::evidence),
    );
    // told to stop by a probe, a program ends with 0 too: only events tell the two apart
    let probed = pod
        .spec
        .container(&status.name)
        .is_some_and(|one| one.liveness.is_some() || one.startup.is_some());
    let blind = probed && look.events("Pod", pod).is_empty();
    look.find(
        "process-exits-cleanly",
        &object,
        if blind { 0.7 } else { 0.85 },
        evidence,
        &[("container", &status.name)],
    );
}

/// Words of lines that speak of an error.
const GRAVE_WORDS: [&str; 8] = [
    "error",
    "fatal",
    "panic",
    "fail",
    "exception",
    "cannot",
    "denied",
    "invalid",
];

/// The last lines of the log that speak of an error, the newest first; else the very last one.
fn last_lines(look: &Inquiry<'_>, pod: &Pod, status: &ContainerStatus) -> Vec<Sign> {
    let book = look.case.logs;
    let signs = |previous: bool| -> Option<Vec<Sign>> {
        let key = LogKey {
            namespace: pod.meta.key.namespace.clone(),
            pod: pod.meta.key.name.clone(),
            container: status.name.clone(),
            previous,
        };
        let text = book
            .get(&key.namespace, &key.pod, &key.container, previous)?
            .ok()?;
        let lines: Vec<&str> = tail(text).collect();
        let grave = lines.iter().rev().filter(|line| {
            let lower = line.to_lowercase();
            GRAVE_WORDS.iter().any(|word| lower.contains(word))
        });
        let mut told: Vec<&str> = grave.take(3).copied().collect();
        if told.is_empty() {
            told.push(lines.last()?);
        }
        let sign = |line: &str| Sign::line(&reference(pod), "log:app", &key, line, None);
        Some(told.into_iter().map(sign).collect())
    };
    signs(true).or_else(|| signs(false)).unwrap_or_default()
}

/// The line with which a program gave up is proof too of what an earlier line told.
fn dying_words(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus, before: usize) {
    let last = last_lines(look, pod, status).into_iter().find(|line| {
        let lower = line.text.to_lowercase();
        ["fatal", "panic", "emerg", "critical"]
            .iter()
            .any(|word| lower.contains(word))
    });
    let surest = look.findings[before..]
        .iter()
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
        .map(|found| found.cause.clone());
    if let Some((last, cause)) = last.zip(surest) {
        look.support(&cause, &[last.evidence()]);
    }
}

/// Nothing is known of it: what it said last is all there is.
fn last_words(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus, exit: Option<i32>) {
    if exit.is_none_or(|code| code == 0) {
        return;
    }
    let object = reference(pod);
    let init = pod.init_statuses.iter().any(|one| one.name == status.name);
    let code = exit.unwrap_or_default().to_string();
    let path = format!(
        "status.containerStatuses[{}].lastState.terminated.exitCode",
        status.name
    );
    let mut evidence: Vec<_> = last_lines(look, pod, status)
        .iter()
        .map(Sign::evidence)
        .collect();
    let told = !evidence.is_empty();
    evidence.push(Sign::field(&object, "field", &path, code.clone()).evidence());
    let cause = if init {
        "init-container-failing"
    } else {
        "app-error-unknown"
    };
    let confidence = if init {
        0.6
    } else if told {
        0.35
    } else {
        0.15
    };
    look.find(
        cause,
        &object,
        confidence,
        evidence,
        &[("container", &status.name), ("exit", &code)],
    );
}
