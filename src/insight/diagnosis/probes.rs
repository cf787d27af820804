//! Probes: a container that was working when one had it killed, or that runs and does not pass.

use super::{Inquiry, pod::reference, sign::Sign};
use crate::domain::{Container, ContainerStatus, Pod, ProbeAction, Terminated};

/// A container that was working when a probe had it killed.
pub(super) fn kill(
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
