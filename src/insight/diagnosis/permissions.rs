//! Refused writes: whether the path lies on a volume or in the image decides what has to be fixed.

use std::sync::LazyLock;

use regex::Regex;

use super::{Finding, Inquiry, pod::reference};
use crate::domain::{Container, ContainerStatus, Pod, VolumeSource};

const VOLUME: &str = "permission-denied-volume";
const IMAGE: &str = "permission-denied-image-path";

/// Absolute paths in a line.
static PATHS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:/[A-Za-z0-9._-]+)+/?").ok());

/// Judges the refused writes of a container by what is mounted where it wrote.
pub(super) fn examine(look: &mut Inquiry<'_>, pod: &Pod, status: &ContainerStatus) {
    let Some(container) = pod.spec.container(&status.name) else {
        return;
    };
    let storage = storage_paths(pod, container);
    let place = reference(pod);
    let (wrong, right): (Vec<Finding>, Vec<Finding>) = std::mem::take(&mut look.findings)
        .into_iter()
        .partition(|found| {
            let own = found
                .facts
                .get("container")
                .is_none_or(|name| *name == *status.name);
            found.object == place && own && is_elsewhere(found, &storage)
        });
    look.findings = right;
    for mut found in wrong {
        let cause = if &*found.cause == IMAGE {
            VOLUME
        } else {
            IMAGE
        };
        found.cause = cause.into();
        found.runbook = cause.into();
        look.add(found);
    }
}

/// Where a container has storage that outlives it.
fn storage_paths<'p>(pod: &'p Pod, container: &'p Container) -> Vec<&'p str> {
    container
        .mounts
        .iter()
        .filter(|mount| {
            pod.spec.volumes.iter().any(|volume| {
                volume.name == mount.volume
                    && matches!(
                        volume.source,
                        VolumeSource::Claim { .. }
                            | VolumeSource::Ephemeral { .. }
                            | VolumeSource::Nfs(..)
                            | VolumeSource::HostPath(..)
                            | VolumeSource::Csi(..)
                    )
            })
        })
        .map(|mount| &*mount.path)
        .collect()
}

/// Whether a finding blames the image for a path on storage, or storage where there is none.
fn is_elsewhere(found: &Finding, storage: &[&str]) -> bool {
    match &*found.cause {
        IMAGE => found.evidence.iter().any(|one| {
            PATHS.as_ref().is_some_and(|paths| {
                paths
                    .find_iter(&one.quote)
                    .any(|path| storage.iter().any(|mount| lies_under(path.as_str(), mount)))
            })
        }),
        VOLUME => storage.is_empty(),
        _ => false,
    }
}

fn lies_under(path: &str, mount: &str) -> bool {
    let mount = mount.trim_end_matches('/');
    !mount.is_empty()
        && path
            .strip_prefix(mount)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::lies_under;

    #[test]
    fn a_path_lies_under_a_mount_by_whole_names() {
        assert!(lies_under("/data/db", "/data/"));
        assert!(lies_under("/data", "/data"));
        assert!(!lies_under("/database", "/data"));
        assert!(!lies_under("/etc", "/"));
    }
}
