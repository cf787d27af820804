//! Containers that crash, or run and are not ready: exit code, events and logs read together.

use std::sync::LazyLock;

use regex::Regex;

use super::{Inquiry, dependency, pod::image_of, pod::reference, sign::Sign};
use crate::domain::{
    Container, ContainerState, ContainerStatus, LogKey, Pod, ProbeAction, Terminated,
};

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
    full_claim(look, pod);
    probe_kill(look, pod, status, end, log_told);
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
        .map_or_else(|| "no limit".to_owned(), super::bytes);
    let sign = match status.restarts {
        0 | 1 => sign,
        many => sign.with("restarts", many.to_string()),
    };
    sign.with("container", &*status.name)
        .with("image", image_of(&pod.spec, &status.name))
        .with("limit", limit)
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
            None if !previous || status.restarts > 0 => look.wanted.push(key),
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
fn log_topic(pod: &Pod, container: &str) -> &'static str {
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

/// A container that was working when a probe had it killed.
fn probe_kill(
    look: &mut Inquiry<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    end: Option<&Terminated>,
    log_told: bool,
) {
    if end.is_none() && status.restarts == 0 {
        readiness(look, pod, status);
        return;
    }
    if end.is_some_and(|end| &*end.reason == "OOMKilled") {
        return;
    }
    let object = reference(pod);
    let events = look.inventory().events_about("Pod", &pod.meta);
    for (word, cause) in [
        ("liveness", "liveness-probe-kill"),
        ("startup", "startup-probe-kill"),
    ] {
        let killed = events.iter().rev().find(|event| {
            &*event.reason == "Killing"
                && event.message.contains(&format!("failed {word} probe"))
                && event.message.contains(&*status.name)
        });
        let unhealthy = events.iter().rev().find(|event| {
            &*event.reason == "Unhealthy"
                && event
                    .message
                    .to_lowercase()
                    .starts_with(&format!("{word} probe"))
                && (event.field.is_empty() || event.field.contains(&*status.name))
        });
        let (Some(proof), confident) = (unhealthy.or(killed), killed.is_some()) else {
            continue;
        };
        // told to stop, a program ends by the signal, or with 0 where it handles it
        let by_signal = end.is_some_and(|end| matches!(end.exit_code, 0 | 137 | 143));
        // a container that died of itself also fails its probes on the way
        let confidence = match (confident, by_signal, log_told) {
            (true, true, _) => 0.9,
            (true, false, false) | (false, true, false) => 0.8,
            (true, false, true) => 0.6,
            _ => 0.35,
        };
        let mut evidence = vec![Sign::event(proof).evidence()];
        evidence.extend(killed.map(|event| Sign::event(event).evidence()));
        let probe = probe_words(pod, &status.name, word);
        evidence.extend(probe.as_ref().map(|words| {
            Sign::field(
                &object,
                "field",
                &format!("spec.containers[{}].{word}Probe", status.name),
                words.clone(),
            )
            .evidence()
        }));
        let probe = probe.unwrap_or_default();
        look.find(
            cause,
            &object,
            confidence,
            evidence,
            &[("container", &status.name), ("probe", &probe)],
        );
    }
}

/// A container that runs and is not ready.
fn readiness(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus) {
    let events = look.inventory().events_about("Pod", &pod.meta);
    let failing = events.iter().rev().find(|event| {
        &*event.reason == "Unhealthy" && event.message.starts_with("Readiness probe")
    });
    let Some(event) = failing else { return };
    look.check(
        format!("{} answers its readiness probe", status.name),
        false,
        event.message.to_string(),
    );
    let words = probe_words(pod, &status.name, "readiness").unwrap_or_default();
    look.find(
        "readiness-probe-failing",
        &reference(pod),
        0.4,
        vec![Sign::event(event).evidence()],
        &[("container", &status.name), ("probe", &words)],
    );
}

fn probe_words(pod: &Pod, container: &str, word: &str) -> Option<String> {
    let container: &Container = pod.spec.container(container)?;
    let probe = match word {
        "liveness" => container.liveness.as_ref(),
        "startup" => container.startup.as_ref(),
        _ => container.readiness.as_ref(),
    }?;
    let action = match &probe.action {
        ProbeAction::Http(path, port, _) => format!("GET :{port}{path}"),
        ProbeAction::Tcp(port) => format!("tcp :{port}"),
        ProbeAction::Exec(command) => command.join(" "),
        ProbeAction::Grpc(port) => format!("grpc :{port}"),
        ProbeAction::Unknown => "probe".into(),
    };
    Some(format!(
        "{action}, after {} s, every {} s, {} s time-out, {} failures",
        probe.delay, probe.period, probe.timeout, probe.failures
    ))
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
    evidence.extend(last_line(look, pod, status).map(|sign| sign.evidence()));
    look.find(
        "process-exits-cleanly",
        &object,
        0.85,
        evidence,
        &[("container", &status.name)],
    );
}

/// The last line of the log that speaks of an error, else the very last one.
fn last_line(look: &Inquiry<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Sign> {
    let book = look.case.logs;
    [true, false].into_iter().find_map(|previous| {
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
        let error = lines.iter().rev().find(|line| {
            let lower = line.to_lowercase();
            [
                "error",
                "fatal",
                "panic",
                "fail",
                "exception",
                "cannot",
                "denied",
                "invalid",
            ]
            .iter()
            .any(|word| lower.contains(word))
        });
        let line = error.or_else(|| lines.last())?;
        Some(Sign::line(&reference(pod), "log:app", &key, line, None))
    })
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
    let mut evidence: Vec<_> = last_line(look, pod, status)
        .map(|sign| sign.evidence())
        .into_iter()
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
