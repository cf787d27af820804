//! From bytes to objects of the domain, by kind and form.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use serde::de::DeserializeOwned;

use super::{
    custom::Json,
    translate::Translator,
    wire::{self, WireError},
};
use crate::domain::{AppVia, Kind, Object};

/// The form of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/json`
    Json,
    /// `application/vnd.kubernetes.protobuf`, without its wrapping.
    Protobuf,
}

/// Objects of a list, with what is needed to go on.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The objects.
    pub objects: Vec<Object>,
    /// Version of the list.
    pub resource_version: String,
    /// Token of the next page; empty on the last one.
    pub next: String,
    /// Objects on later pages, where the server says.
    pub remaining: Option<i64>,
}

/// Builds the two dispatchers, for one object and for a list, from one table of kinds.
macro_rules! builtin {
    ($( $kind:ident => $wire:ident, $translate:ident, $object:ident; )*) => {
        fn builtin_object(translator: &mut Translator, kind: Kind, form: Form, body: &[u8]) -> Result<Option<Object>, WireError> {
            Ok(Some(match kind {
                $( Kind::$kind => Object::$object(Arc::new(translator.$translate(read::<wire::$wire>(form, body)?))), )*
                _ => return Ok(None),
            }))
        }

        fn builtin_list(translator: &mut Translator, kind: Kind, form: Form, body: &[u8]) -> Result<Option<Page>, WireError> {
            Ok(Some(match kind {
                $( Kind::$kind => {
                    let list: wire::List<wire::$wire> = read(form, body)?;
                    page(list.metadata, list.items.into_iter().map(|one| Object::$object(Arc::new(translator.$translate(one)))).collect())
                } )*
                _ => return Ok(None),
            }))
        }
    };
}

builtin! {
    Node => Node, node, Node;
    Pod => Pod, pod, Pod;
    Claim => PersistentVolumeClaim, claim, Claim;
    Volume => PersistentVolume, volume, Volume;
    StorageClass => StorageClass, storage_class, StorageClass;
    CsiDriver => CSIDriver, csi_driver, CsiDriver;
    CsiNode => CSINode, csi_node, CsiNode;
    StorageCapacity => CSIStorageCapacity, storage_capacity, StorageCapacity;
    VolumeAttachment => VolumeAttachment, attachment, VolumeAttachment;
    Event => Event, event, Event;
    Namespace => Namespace, namespace, Namespace;
    Quota => ResourceQuota, quota, Quota;
    LimitRange => LimitRange, limit_range, LimitRange;
    Deployment => Deployment, deployment, Workload;
    ReplicaSet => ReplicaSet, replica_set, Workload;
    StatefulSet => StatefulSet, stateful_set, Workload;
    DaemonSet => DaemonSet, daemon_set, Workload;
    Revision => ControllerRevision, revision, Revision;
    Job => Job, job, Job;
    CronJob => CronJob, cron_job, CronJob;
    DisruptionBudget => PodDisruptionBudget, budget, DisruptionBudget;
    NetworkPolicy => NetworkPolicy, network_policy, NetworkPolicy;
    Service => Service, service, Service;
    EndpointSlice => EndpointSlice, endpoint_slice, EndpointSlice;
    Ingress => Ingress, ingress, Ingress;
    ConfigMap => Partial, config_object, ConfigMap;
    Secret => Partial, config_object, Secret;
}

fn read<T: Message + Default + DeserializeOwned>(form: Form, body: &[u8]) -> Result<T, WireError> {
    match form {
        Form::Json => Ok(serde_json::from_slice(body)?),
        Form::Protobuf => Ok(T::decode(body)?),
    }
}

fn page(meta: Option<wire::ListMeta>, objects: Vec<Object>) -> Page {
    let meta = meta.unwrap_or_default();
    Page {
        objects,
        resource_version: meta.resource_version,
        next: meta.next,
        remaining: meta.remaining_item_count,
    }
}

/// Reads one object.
pub(crate) fn object(
    translator: &mut Translator,
    kind: Kind,
    form: Form,
    body: &[u8],
) -> Result<Object, WireError> {
    match builtin_object(translator, kind, form, body)? {
        Some(object) => Ok(object),
        None => Ok(custom_object(
            translator,
            Some(kind),
            serde_json::from_slice(body)?,
        )),
    }
}

/// Reads a list.
pub(crate) fn list(
    translator: &mut Translator,
    kind: Kind,
    form: Form,
    body: &[u8],
) -> Result<Page, WireError> {
    if let Some(page) = builtin_list(translator, kind, form, body)? {
        return Ok(page);
    }
    let list: CustomList = serde_json::from_slice(body)?;
    let objects = list
        .items
        .into_iter()
        .map(|one| custom_object(translator, Some(kind), one))
        .collect();
    Ok(page(list.metadata, objects))
}

/// The names of the objects of a list of any built-in kind.
pub(crate) fn names(form: Form, body: Bytes) -> Result<Vec<String>, WireError> {
    let body = match form {
        Form::Protobuf => wire::unwrap(body)?.raw,
        Form::Json => body,
    };
    let list: wire::List<wire::Partial> = read(form, &body)?;
    let named = list.items.into_iter().filter_map(|one| one.metadata);
    Ok(named.map(|meta| meta.name).collect())
}

/// Reads the body of a list of a kind, as an API server sends it in either form, by itself.
///
/// # Errors
/// Why it cannot be read.
pub fn read_list(kind: Kind, protobuf: bool, body: Bytes) -> Result<Vec<Object>, String> {
    let read = || {
        let (form, body) = if protobuf {
            (Form::Protobuf, wire::unwrap(body)?.raw)
        } else {
            (Form::Json, body)
        };
        list(&mut Translator::default(), kind, form, &body)
    };
    read()
        .map(|page| page.objects)
        .map_err(|why| why.to_string())
}

#[derive(serde::Deserialize)]
struct CustomList {
    #[serde(default)]
    metadata: Option<wire::ListMeta>,
    #[serde(default, deserialize_with = "wire::null")]
    items: Vec<serde_json::Value>,
}

/// An object that comes as JSON only. Items of a list carry no kind of their own in some answers.
pub(crate) fn custom_object(
    translator: &mut Translator,
    kind: Option<Kind>,
    value: serde_json::Value,
) -> Object {
    let json = Json(&value);
    match kind {
        Some(Kind::App) => Object::App(Arc::new(translator.app(json, AppVia::Kubernetes, ""))),
        Some(Kind::Vm) => Object::Vm(Arc::new(translator.vm(json))),
        Some(Kind::Vmi) => Object::Vmi(Arc::new(translator.vmi(json))),
        Some(Kind::Migration) => Object::Migration(Arc::new(translator.migration(json))),
        Some(Kind::DataVolume) => Object::DataVolume(Arc::new(translator.data_volume(json))),
        known => {
            let mut custom = translator.custom(value);
            if let (true, Some(kind)) = (custom.kind.is_empty(), known) {
                custom.kind = translator.text(kind.as_str());
            }
            Object::Custom(Arc::new(custom))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn recording(name: &str) -> Bytes {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/protobuf");
        std::fs::read(folder.join(name)).unwrap().into()
    }

    /// Recordings hold a JSON list and the same list in protobuf; both must give the same objects.
    #[test]
    fn json_and_protobuf_of_a_real_server_decode_to_equal_objects() {
        let mut seen = 0;
        for kind in Kind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.resource().builtin)
        {
            if matches!(kind, Kind::ConfigMap | Kind::Secret) {
                continue;
            }
            let name = kind.resource().plural;
            let mut translator = Translator::default();
            let from_json = list(
                &mut translator,
                kind,
                Form::Json,
                &recording(&format!("{name}.json")),
            )
            .unwrap();
            let raw = wire::unwrap(recording(&format!("{name}.pb"))).unwrap().raw;
            let from_protobuf = list(&mut translator, kind, Form::Protobuf, &raw).unwrap();
            assert!(!from_json.objects.is_empty(), "{name}");
            assert_eq!(
                from_json.objects.len(),
                from_protobuf.objects.len(),
                "{name}"
            );
            for (json, protobuf) in from_json.objects.iter().zip(&from_protobuf.objects) {
                assert_eq!(json, protobuf, "{name}");
                assert!(
                    !json.meta().name().is_empty() && !json.meta().uid.is_empty(),
                    "{name}"
                );
                seen += 1;
            }
        }
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn secrets_are_read_as_names_only() {
        let raw = wire::unwrap(recording("secrets-partial-metadata.pb"))
            .unwrap()
            .raw;
        let page = list(
            &mut Translator::default(),
            Kind::Secret,
            Form::Protobuf,
            &raw,
        )
        .unwrap();
        assert!(
            page.objects
                .iter()
                .all(|object| matches!(object, Object::Secret(secret) if secret.keys.is_none()))
        );
        assert!(!page.objects.is_empty());
    }

    #[test]
    fn a_list_of_nothing_may_be_null() {
        let body = Bytes::from_static(
            br#"{"kind":"ApplicationList","items":null,"metadata":{"resourceVersion":"7"}}"#,
        );
        let page = list(&mut Translator::default(), Kind::App, Form::Json, &body).unwrap();
        assert_eq!(
            (page.objects.len(), page.resource_version.as_str()),
            (0, "7")
        );
    }
}
