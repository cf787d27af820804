//! What a container depends on: from a host name or address in its log to the service, its
//! endpoints and the pods behind it.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Evidence, Inquiry, pod, sign::Sign, workload};
use crate::domain::{Conditions, EnvValue, Key, ObjectRef, Pod, Service, Workload};

/// Words of a connection that was not taken.
static REFUSED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)connection refused|connection to [^\n]{1,80} refused|ECONNREFUSED|connect: no route to host|EHOSTUNREACH|could not connect to server|can't connect to (mysql|server)|connection to server at|error connecting to|dial tcp [^ ]+: (connect|i/o)|ECONNRESET|failed to connect|no endpoints available|Connection timed out|ETIMEDOUT").ok()
});
/// Words of a name that does not resolve.
static NO_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)ENOTFOUND|EAI_AGAIN|no such host|server misbehaving|could not translate host name|name or service not known|temporary failure in name resolution|could not resolve host|unknown ?host|bad address|nodename nor servname|unknown mysql server host|(can.?t|cannot|unable to|failed to|could not) resolve|getaddrinfo failed|host not found in upstream|UnknownHostException|NXDOMAIN|Name does not resolve|failed to resolve").ok()
});
/// Things that look like a host, with or without a port.
static HOSTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?").ok());

/// An IPv4 address and the port after it.
static PORT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b\d{1,3}(?:\.\d{1,3}){3}[:,] ?(?:port )?(\d{2,5})\b").ok());

/// Looks whether a log line names a dependency that is not there, and looks into that one.
pub(super) fn examine(look: &mut Inquiry<'_>, pod: &Pod, sign: &Sign) {
    let hits = |regex: &LazyLock<Option<Regex>>| {
        regex.as_ref().is_some_and(|one| one.is_match(&sign.text))
    };
    let (refused, no_name) = (hits(&REFUSED), hits(&NO_NAME));
    if !refused && !no_name {
        return;
    }
    let namespace = &pod.meta.key.namespace;
    if let Some(service) = service_in(look, namespace, &sign.text) {
        if refused || no_name {
            service_down(look, pod, sign, &service);
        }
        return;
    }
    if no_name && let Some(host) = lost_name(&sign.text) {
        name_missing(look, pod, sign, &host);
    } else if no_name && !refused {
        let evidence = vec![sign.evidence()];
        let object = pod::reference(pod);
        look.find("service-not-found", &object, 0.6, evidence, &[("hint", "")]);
    } else if let Some(service) = service_at_port(look, pod, &sign.text) {
        service_down(look, pod, sign, &service);
    }
}

/// Looks whether a container that does not end waits for a service, which its command or its log
/// names, and nobody is behind that one.
pub(super) fn awaited(look: &mut Inquiry<'_>, pod: &Pod, container: &str) {
    let object = pod::reference(pod);
    let (namespace, name) = (&pod.meta.key.namespace, &pod.meta.key.name);
    let book = look.case.logs;
    let line = book.of_pod(namespace, name).find_map(|(key, text)| {
        let last = super::containers::tail(text).last()?;
        (*key.container == *container)
            .then(|| Sign::line(&object, "log:app", key, last, None))
            .filter(|sign| service_in(look, namespace, &sign.text).is_some())
    });
    let command = pod.spec.container(container).map(|one| {
        let words: Vec<&str> = one.command.iter().chain(&one.args).map(|w| &**w).collect();
        let path = format!("spec.initContainers[{container}].command");
        Sign::field(&object, "field", &path, words.join(" "))
    });
    for sign in line.into_iter().chain(command) {
        let Some(service) = service_in(look, namespace, &sign.text) else {
            continue;
        };
        let answers = pods_behind(look, &service.meta.key)
            .iter()
            .any(|one| Conditions::holds(one.conditions.as_slice(), "Ready"));
        if !answers {
            service_down(look, pod, &sign, &service);
            return;
        }
    }
}

/// The one service of the namespace at the port that a line names by a bare address, where the pod's
/// own settings or log name that service.
fn service_at_port(look: &Inquiry<'_>, pod: &Pod, text: &str) -> Option<Arc<Service>> {
    let port: i32 = PORT.as_ref()?.captures(text)?[1].parse().ok()?;
    let names = |word: &str| -> bool {
        let settings = pod.spec.all_containers().flat_map(|one| {
            let values = one.env.iter().filter_map(|variable| match &variable.value {
                EnvValue::Literal(text) => Some(text),
                _ => None,
            });
            values.chain(&one.args).chain(&one.command)
        });
        let mut logs = look
            .case
            .logs
            .of_pod(&pod.meta.key.namespace, &pod.meta.key.name);
        settings.into_iter().any(|text| says(text, word))
            || logs.any(|(_, text)| super::containers::tail(text).any(|line| says(line, word)))
    };
    let mut found = look
        .inventory()
        .services
        .in_namespace(&pod.meta.key.namespace)
        .filter(|one| one.ports.iter().any(|at| at.port == port))
        .filter(|one| names(&one.meta.key.name));
    let first = found.next().cloned();
    first.filter(|_| found.next().is_none())
}

/// Whether a text has a host name as a word of its own.
fn says(text: &str, name: &str) -> bool {
    let hosts = HOSTS.as_ref();
    hosts.is_some_and(|hosts| {
        hosts.find_iter(text).any(|word| {
            let word = word.as_str();
            word == name
                || word
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    })
}

/// The first word of a line that names a service of the cluster, by name or by address.
fn service_in(look: &Inquiry<'_>, namespace: &str, text: &str) -> Option<Arc<Service>> {
    let services = &look.inventory().services;
    let found: Vec<_> = HOSTS.as_ref()?.find_iter(text).collect();
    let words: Vec<&str> = found.iter().map(|word| word.as_str()).collect();
    let by_address = words
        .iter()
        .filter(|word| word.contains('.'))
        .find_map(|word| {
            services
                .iter()
                .find(|service| *service.cluster_ip == **word)
        });
    let by_name = || {
        found.iter().find_map(|word| {
            // a word as short as a preposition is a host only where a port follows
            let port = text[word.end()..]
                .strip_prefix(':')
                .is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
            let parts: Vec<&str> = word.as_str().split('.').collect();
            match parts[..] {
                [name] => services
                    .find(namespace, name)
                    .filter(|_| port || name.len() > 2),
                [name, ns] => services.find(ns, name),
                [name, ns, "svc", ..] => services.find(ns, name),
                // a pod of a headless service: pod.service.namespace.svc
                [_, name, ns, "svc", ..] => services.find(ns, name),
                _ => None,
            }
        })
    };
    by_address.or_else(by_name).cloned()
}

/// A service that exists and does not answer.
fn service_down(look: &mut Inquiry<'_>, pod: &Pod, sign: &Sign, service: &Arc<Service>) {
    let object = ObjectRef {
        kind: "Service".into(),
        key: service.meta.key.clone(),
    };
    let behind: Vec<_> = look
        .inventory()
        .pods
        .in_namespace(&service.meta.key.namespace)
        .filter(|one| !service.selector.is_empty() && one.meta.labels.contains(&service.selector))
        .filter(|one| one.meta.key != pod.meta.key)
        .cloned()
        .collect();
    let well = behind
        .iter()
        .any(|one| Conditions::holds(one.conditions.as_slice(), "Ready"));
    let name = service.meta.key.name.to_string();
    look.check(
        format!("service {} has endpoints that are ready", service.meta.key),
        well,
        format!("{} pods behind it", behind.len()),
    );
    let mut evidence = vec![sign.evidence()];
    if behind.is_empty() {
        let labels: Vec<String> = service
            .selector
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        evidence.push(Sign::field(&object, "field", "spec.selector", labels.join(",")).evidence());
    }
    let before = look.findings.len();
    for one in &behind {
        look.descend(&pod::reference(one), |look| {
            pod::examine(look, one);
        });
    }
    if behind.is_empty() {
        for one in workload::selected_by(look, &service.meta.key.namespace, &service.selector) {
            if one.desired == 0 {
                scaled_down(look, service, &one, evidence);
                return;
            }
            look.descend(&workload::reference(&one), |look| {
                workload::examine(look, &one);
            });
        }
    }
    let deeper = look.findings[before..]
        .iter()
        .any(|found| !found.symptom && found.confidence > 0.5);
    if deeper {
        let line = [sign.evidence()];
        let causes: Vec<_> = look.findings[before..]
            .iter()
            .map(|found| found.cause.clone())
            .collect();
        for cause in causes {
            look.support(&cause, &line);
        }
    }
    let confidence = if deeper {
        0.6
    } else if well {
        0.7
    } else {
        0.9
    };
    look.find(
        "dependency-refused",
        &object,
        confidence,
        evidence,
        &[("service", &name), ("host", &name)],
    );
}

/// What depends on it finds nobody, for it was told to run no pods.
fn scaled_down(
    look: &mut Inquiry<'_>,
    service: &Service,
    workload: &Workload,
    mut evidence: Vec<Evidence>,
) {
    let object = workload::reference(workload);
    look.check(
        format!("{} is scaled up", workload.meta.key),
        false,
        "0 replicas wanted",
    );
    evidence.push(Sign::field(&object, "field", "spec.replicas", "0").evidence());
    look.find(
        "dependency-scaled-down",
        &object,
        0.93,
        evidence,
        &[
            ("service", &service.meta.key.name),
            ("stopped", &workload.meta.key.name),
        ],
    );
}

/// A name that resolves to nothing.
fn name_missing(look: &mut Inquiry<'_>, pod: &Pod, sign: &Sign, host: &str) {
    let namespace = pod.meta.key.namespace.clone();
    let inside = !host.contains('.') || host.ends_with(".svc") || host.contains(".svc.");
    let readable = look.readable(crate::domain::Kind::Service);
    if inside && readable {
        let first = host.split('.').next().unwrap_or(host);
        let near = pod::nearest(
            first,
            look.inventory()
                .services
                .in_namespace(&namespace)
                .map(|one| one.meta.key.name.to_string()),
        );
        let other = look
            .inventory()
            .services
            .in_namespace(&namespace)
            .map(|one| one.meta.key.name.to_string())
            .find(|name| first.starts_with(name.as_str()) || name.starts_with(first));
        let hint = near.or(other).map_or_else(String::new, |near| {
            format!("; the service is called {near}")
        });
        look.check(
            format!("service {host} exists in {namespace}"),
            false,
            format!("it does not{hint}"),
        );
        look.find(
            "service-not-found",
            &pod::reference(pod),
            0.92,
            vec![sign.evidence()],
            &[("host", host), ("hint", &hint)],
        );
    } else {
        let confidence = if inside { 0.6 } else { 0.7 };
        look.find(
            "service-not-found",
            &pod::reference(pod),
            confidence,
            vec![sign.evidence()],
            &[("host", host), ("hint", "")],
        );
    }
}

/// The name that a line says cannot be resolved.
fn lost_name(text: &str) -> Option<String> {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:(?:ENOTFOUND|EAI_AGAIN) |lookup |server host '|(?:can.?t|cannot) resolve ["']?|host name "|could not resolve host:? '?|bad address '?|unknown ?host:? |UnknownHostException: |upstream "|resolve (?:host )?["']?|address of ["']?|host ["'])([A-Za-z0-9][A-Za-z0-9._-]*)|([A-Za-z0-9][A-Za-z0-9.-]*)(?::\d+)?["']?[:,]? (?:Name or service not known|Temporary failure in name resolution|Name does not resolve|no such host)"#).ok()
    });
    let found = NAME.as_ref()?.captures(text)?;
    found
        .get(1)
        .or_else(|| found.get(2))
        .map(|name| name.as_str().trim_end_matches(['.', ':']).to_owned())
}

/// The pods behind a service, by name.
pub(super) fn pods_behind(look: &Inquiry<'_>, key: &Key) -> Vec<Arc<Pod>> {
    let Some(service) = look.inventory().services.get(key) else {
        return Vec::new();
    };
    look.inventory()
        .pods
        .in_namespace(&key.namespace)
        .filter(|one| !service.selector.is_empty() && one.meta.labels.contains(&service.selector))
        .cloned()
        .collect()
}
