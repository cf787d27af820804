//! Which files of a dump are container logs, and of which container.

use std::sync::Arc;

use crate::domain::LogKey;

/// The end of a log is what tells why a container died.
const KEPT: usize = 512 * 1024;

/// The container that a path names, in any of the layouts:
/// `…/logs/NS/POD/CONTAINER[.previous].log` and
/// `…/namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/{current,previous}.log`.
pub(super) fn key_of(path: &str) -> Option<LogKey> {
    let parts: Vec<&str> = path.split('/').collect();
    let file = parts.last()?.strip_suffix(".log")?;
    let key = |namespace: &str, pod: &str, container: &str, previous| LogKey {
        namespace: namespace.into(),
        pod: pod.into(),
        container: container.into(),
        previous,
    };
    if let [
        ..,
        "namespaces",
        namespace,
        "pods",
        pod,
        _,
        container,
        "logs",
        _,
    ] = parts[..]
    {
        return match file {
            "current" => Some(key(namespace, pod, container, false)),
            "previous" => Some(key(namespace, pod, container, true)),
            _ => None,
        };
    }
    let [.., "logs", namespace, pod, _] = parts[..] else {
        return None;
    };
    Some(match file.strip_suffix(".previous") {
        Some(container) => key(namespace, pod, container, true),
        None => key(namespace, pod, file, false),
    })
}

/// The log as text, its tail where it is long.
pub(super) fn bounded(body: &[u8]) -> Arc<str> {
    let text = String::from_utf8_lossy(body);
    if text.len() <= KEPT {
        return text.into();
    }
    let mut from = text.len() - KEPT;
    while !text.is_char_boundary(from) {
        from += 1;
    }
    // begin at a whole line
    let from = text[from..]
        .find('\n')
        .map_or(from, |newline| from + newline + 1);
    text[from..].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_layouts() {
        for (path, expected) in [
            (
                "logs/media/sonarr-1/sonarr.log",
                Some(("media", "sonarr-1", "sonarr", false)),
            ),
            (
                "logs/media/sonarr-1/sonarr.previous.log",
                Some(("media", "sonarr-1", "sonarr", true)),
            ),
            (
                "must-gather/quay-io/namespaces/media/pods/sonarr-1/sonarr/sonarr/logs/previous.log",
                Some(("media", "sonarr-1", "sonarr", true)),
            ),
            ("must-gather/event-filter.log", None),
            ("objects.json", None),
        ] {
            let found = key_of(path);
            let found = found
                .as_ref()
                .map(|key| (&*key.namespace, &*key.pod, &*key.container, key.previous));
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn keeps_the_tail_from_a_whole_line() {
        let body = "line of a log\n".repeat(100_000);
        let kept = bounded(body.as_bytes());
        assert!(kept.len() <= KEPT && kept.starts_with("line of a log\n"));
    }
}
