//! References to objects, and the words a user names them by.

use std::{fmt, str::FromStr};

use super::{Key, Kind, Text};

/// Names an object of any kind. Proxmox guests have the kinds `lxc` and `qemu`, their host as
/// namespace and their number as name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// Kind.
    pub kind: Text,
    /// Place.
    pub key: Key,
}

impl ObjectRef {
    /// A reference by its words.
    #[must_use]
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            kind: kind.into(),
            key: Key::new(namespace, name),
        }
    }

    /// `kind/namespace/name` with the short word of the kind.
    #[must_use]
    pub fn short(&self) -> String {
        let kind = Kind::parse(&self.kind)
            .map_or_else(|| self.kind.to_lowercase(), |kind| kind.short().into());
        format!("{kind}/{}", self.key)
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.key)
    }
}

/// What a user asks about: `pvc/NAME`, `kind/namespace/name`, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Kind's own word.
    pub kind: Text,
    /// Namespace, where it was given.
    pub namespace: Option<Text>,
    /// Name.
    pub name: Text,
}

/// Why a text names no object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// Not of the form.
    #[error(
        "`{0}` names no object: expected kind/name or kind/namespace/name, as pvc/media/plex-config"
    )]
    Form(String),
    /// Kind not known.
    #[error(
        "`{0}` is no kind that can be asked about: expected one of pvc, pv, pod, deploy, sts, ds, rs, job, cronjob, app, vm, vmi, dv, node, ns, cert, lxc, qemu, storage or pve-node of Proxmox VE, or the kind's own word"
    )]
    Kind(String),
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (kind, namespace, name) = match parts[..] {
            [kind, name] => (kind, None, name),
            [kind, namespace, name] => (
                kind,
                (!namespace.is_empty()).then(|| Text::from(namespace)),
                name,
            ),
            _ => return Err(SubjectError::Form(text.into())),
        };
        if kind.is_empty() || name.is_empty() {
            return Err(SubjectError::Form(text.into()));
        }
        Ok(Self {
            kind: kind_word(kind).ok_or_else(|| SubjectError::Kind(kind.into()))?,
            namespace,
            name: name.into(),
        })
    }
}

/// The kind's own word for whatever a user types: short name, plural, any case.
fn kind_word(word: &str) -> Option<Text> {
    let lower = word.to_lowercase();
    match &*lower {
        "lxc" | "ct" => return Some("lxc".into()),
        "qemu" | "storage" | "pve-node" => return Some(lower.as_str().into()),
        _ => {}
    }
    let more = match &*lower {
        "deployment" => "deploy",
        "statefulset" => "sts",
        "po" => "pod",
        "no" => "node",
        "application" => "app",
        other => other,
    };
    Kind::ALL
        .iter()
        .find(|kind| {
            let resource = kind.resource();
            kind.short() == more || resource.plural == more || resource.kind.to_lowercase() == more
        })
        .map(|kind| kind.as_str().into())
        .or_else(|| {
            word.chars()
                .next()
                .is_some_and(char::is_uppercase)
                .then(|| word.into())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_short_plural_and_full_kinds() {
        for (text, kind, namespace) in [
            ("pvc/plex-config", "PersistentVolumeClaim", None),
            (
                "pvc/media/plex-config",
                "PersistentVolumeClaim",
                Some("media"),
            ),
            (
                "PersistentVolumeClaim/media/x",
                "PersistentVolumeClaim",
                Some("media"),
            ),
            ("pods/media/x", "Pod", Some("media")),
            (
                "app/openshift-gitops/plex",
                "Application",
                Some("openshift-gitops"),
            ),
            ("node//wow-ocp-node2", "Node", None),
            ("lxc/211", "lxc", None),
            ("LokiStack/logging/loki", "LokiStack", Some("logging")),
        ] {
            let subject: Subject = text.parse().unwrap();
            assert_eq!(
                (&*subject.kind, subject.namespace.as_deref()),
                (kind, namespace),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_names_nothing() {
        for text in ["", "pvc", "pvc/", "/x", "a/b/c/d", "thing/x"] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }
}
