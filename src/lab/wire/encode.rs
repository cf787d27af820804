//! Objects of built-in kinds in protobuf, as the API server writes them.
//!
//! The messages are data (`assets/lab/protobuf.txt`): one walk over an object's JSON form writes any
//! of them.

use std::{collections::HashMap, sync::LazyLock};

use base64::Engine;
use prost::encoding::{WireType, encode_key, encode_varint};
use serde_json::Value;

use crate::lab::kinds::Served;

/// The four bytes before every body.
const MAGIC: &[u8; 4] = b"k8s\0";

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Whole,
    Truth,
    Bytes,
    Time,
    Quantity,
    IntOrString,
    /// JSON inside a message of one field.
    Json,
    Message(usize),
}

/// How often a field stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    One,
    List,
    Map,
    /// A message whose fields stand among those of its parent in JSON.
    Inline,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub number: u32,
    pub many: Many,
    pub of: Type,
}

/// All messages, by name and by number.
#[derive(Debug, Default)]
pub(super) struct Schema {
    names: HashMap<&'static str, usize>,
    pub messages: Vec<Vec<Field>>,
}

pub(super) static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::read(include_str!("../../../assets/lab/protobuf.txt")));

impl Schema {
    fn read(text: &'static str) -> Self {
        let lines = || {
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once(' '))
        };
        let names: HashMap<_, _> = lines()
            .enumerate()
            .map(|(at, (name, _))| (name, at))
            .collect();
        let messages = lines()
            .map(|(_, fields)| {
                fields
                    .split(' ')
                    .filter_map(|one| field(one, &names))
                    .collect()
            })
            .collect();
        Self { names, messages }
    }
}

/// One field of the table: `name=number:type`.
fn field(text: &'static str, names: &HashMap<&'static str, usize>) -> Option<Field> {
    let (name, rest) = text.split_once('=')?;
    let (number, of) = rest.split_once(':')?;
    let (many, of) = match (of.strip_prefix("[]"), of.strip_prefix("{}")) {
        (Some(of), _) => (Many::List, of),
        (_, Some(of)) => (Many::Map, of),
        _ if name == "." => (Many::Inline, of),
        _ => (Many::One, of),
    };
    let of = match of {
        "string" => Type::Text,
        "int" => Type::Whole,
        "bool" => Type::Truth,
        "bytes" => Type::Bytes,
        "time" => Type::Time,
        "quantity" => Type::Quantity,
        "int-or-string" => Type::IntOrString,
        "json" => Type::Json,
        message => Type::Message(*names.get(message)?),
    };
    Some(Field {
        name,
        number: number.parse().ok()?,
        many,
        of,
    })
}

/// The name of a kind's message in the table; `None` where the kind has none, as those of CRDs.
#[must_use]
pub fn message_name(kind: &Served) -> Option<String> {
    let prefix = match kind.group {
        "" => "",
        "apps" => "apps.",
        "batch" => "batch.",
        "policy" => "policy.",
        "networking.k8s.io" => "net.",
        "discovery.k8s.io" => "disc.",
        "storage.k8s.io" => "storage.",
        _ => return None,
    };
    Some(format!("{prefix}{}", kind.kind))
}

/// The number of a kind's message.
pub(super) fn message_of(kind: &Served) -> Option<usize> {
    SCHEMA.names.get(message_name(kind)?.as_str()).copied()
}

/// Whether a kind is served in protobuf.
#[must_use]
pub fn has_protobuf(kind: &Served) -> bool {
    message_of(kind).is_some()
}

/// An object of a kind, or what stands for one: its metadata, or a failure.
#[must_use]
pub fn object(kind: &Served, object: &Value) -> Vec<u8> {
    let message = match object["kind"].as_str() {
        Some("Status") => SCHEMA.names.get("meta.Status").copied(),
        Some("PartialObjectMetadata") => SCHEMA.names.get("meta.PartialObjectMetadata").copied(),
        _ => message_of(kind),
    };
    let mut raw = Vec::new();
    if let Some(message) = message {
        write_message(message, object, &mut raw);
    }
    wrapped(object, &raw)
}

/// A failure.
#[must_use]
pub fn status(failure: &Value) -> Vec<u8> {
    let mut raw = Vec::new();
    if let Some(message) = SCHEMA.names.get("meta.Status") {
        write_message(*message, failure, &mut raw);
    }
    wrapped(failure, &raw)
}

/// A list. `envelope` has its kind, version and metadata; `items` are of this kind, or their metadata.
pub fn list<'v>(
    kind: &Served,
    envelope: &Value,
    items: impl Iterator<Item = &'v Value>,
) -> Vec<u8> {
    let partial = envelope["kind"] == "PartialObjectMetadataList";
    let item = if partial {
        SCHEMA.names.get("meta.PartialObjectMetadata").copied()
    } else {
        message_of(kind)
    };
    let mut raw = Vec::new();
    if let (Some(meta), Some(item)) = (SCHEMA.names.get("meta.ListMeta").copied(), item) {
        write_value(1, Type::Message(meta), &envelope["metadata"], &mut raw);
        for one in items {
            write_value(2, Type::Message(item), one, &mut raw);
        }
    }
    wrapped(envelope, &raw)
}

/// A frame of a watch: its length, and the event without any wrapping of its own.
#[must_use]
pub fn frame(happened: &str, object: &[u8]) -> Vec<u8> {
    let mut inner = Vec::with_capacity(object.len() + 8);
    write_bytes(1, object, &mut inner);
    let mut event = Vec::with_capacity(inner.len() + 16);
    write_bytes(1, happened.as_bytes(), &mut event);
    write_bytes(2, &inner, &mut event);
    let length = u32::try_from(event.len()).unwrap_or(u32::MAX);
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(&event);
    frame
}

/// `runtime.Unknown` around a message.
fn wrapped(object: &Value, raw: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    for (number, name) in [(1, "apiVersion"), (2, "kind")] {
        write_bytes(
            number,
            object[name].as_str().unwrap_or_default().as_bytes(),
            &mut types,
        );
    }
    let mut out = MAGIC.to_vec();
    write_bytes(1, &types, &mut out);
    write_bytes(2, raw, &mut out);
    // encoding and type of the content: none, written all the same
    write_bytes(3, b"", &mut out);
    write_bytes(4, b"", &mut out);
    out
}

fn write_message(message: usize, object: &Value, out: &mut Vec<u8>) {
    for field in SCHEMA.messages.get(message).into_iter().flatten() {
        if field.many == Many::Inline {
            write_value(field.number, field.of, object, out);
            continue;
        }
        match (&object[field.name], field.many) {
            (Value::Null, _) => {}
            (Value::Array(items), Many::List) => {
                for one in items {
                    write_value(field.number, field.of, one, out);
                }
            }
            (Value::Object(pairs), Many::Map) => {
                let mut keys: Vec<&String> = pairs.keys().collect();
                keys.sort();
                for key in keys {
                    let mut entry = Vec::new();
                    write_bytes(1, key.as_bytes(), &mut entry);
                    write_value(2, field.of, &pairs[key], &mut entry);
                    write_bytes(field.number, &entry, out);
                }
            }
            (value, _) => write_value(field.number, field.of, value, out),
        }
    }
}

fn write_value(number: u32, of: Type, value: &Value, out: &mut Vec<u8>) {
    match of {
        Type::Text => write_bytes(number, value.as_str().unwrap_or_default().as_bytes(), out),
        Type::Whole => write_whole(number, value.as_i64().unwrap_or_default(), out),
        Type::Truth => write_whole(number, i64::from(value.as_bool().unwrap_or_default()), out),
        Type::Bytes => {
            let text = value.as_str().unwrap_or_default();
            let bytes = base64::engine::general_purpose::STANDARD.decode(text);
            write_bytes(number, &bytes.unwrap_or_default(), out);
        }
        Type::Message(message) => {
            let mut inner = Vec::new();
            write_message(message, value, &mut inner);
            write_bytes(number, &inner, out);
        }
        Type::Time | Type::Quantity | Type::IntOrString | Type::Json => {
            let mut inner = Vec::new();
            write_scalar(of, value, &mut inner);
            write_bytes(number, &inner, out);
        }
    }
}

/// The messages that JSON writes as a scalar.
fn write_scalar(of: Type, value: &Value, inner: &mut Vec<u8>) {
    match of {
        Type::Time => {
            let text = value.as_str().unwrap_or_default();
            if let Ok(at) = text.parse::<jiff::Timestamp>() {
                write_whole(1, at.as_second(), inner);
                write_whole(2, i64::from(at.subsec_nanosecond()), inner);
            }
        }
        Type::Quantity => {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            write_bytes(1, text.as_bytes(), inner);
        }
        Type::IntOrString => {
            write_whole(1, i64::from(value.is_string()), inner);
            write_whole(2, value.as_i64().unwrap_or_default(), inner);
            write_bytes(3, value.as_str().unwrap_or_default().as_bytes(), inner);
        }
        _ => write_bytes(1, value.to_string().as_bytes(), inner),
    }
}

fn write_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn write_whole(number: u32, value: i64, out: &mut Vec<u8>) {
    encode_key(number, WireType::Varint, out);
    // negative numbers take all ten bytes, as in the two's complement of 64 bits
    encode_varint(u64::from_ne_bytes(value.to_ne_bytes()), out);
}

#[cfg(test)]
mod tests {
    use std::{fmt::Debug, path::Path};

    use prost::Message;
    use regex::Regex;

    use super::*;
    use crate::lab::kinds::KINDS;

    fn recording(name: &str) -> Vec<u8> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/protobuf");
        std::fs::read(folder.join(name)).unwrap()
    }

    /// The message inside a body.
    fn raw(body: &[u8]) -> Vec<u8> {
        #[derive(Message)]
        struct Unknown {
            #[prost(bytes = "vec", tag = "2")]
            raw: Vec<u8>,
        }
        Unknown::decode(body.strip_prefix(MAGIC).unwrap())
            .unwrap()
            .raw
    }

    /// Proto2 writes some empty values and leaves out others; neither says anything.
    fn without_nothing(text: String) -> String {
        let nothing = Regex::new(
            r#"Some\((?:""|0|0\.0|false|\[\]|\w+ \{ (?:\w+: (?:None|\{\}|\[\])(?:, )?)* ?\}|\w+)\)"#,
        )
        .unwrap();
        let mut before = text;
        loop {
            let after = nothing
                .replace_all(&before, |found: &regex::Captures<'_>| {
                    let inner = &found[0][5..found[0].len() - 1];
                    let number = inner.parse::<i64>().is_ok_and(|number| number != 0);
                    if number || inner == "true" {
                        format!("Says({inner})")
                    } else {
                        "None".to_owned()
                    }
                })
                .into_owned();
            if after == before {
                return after;
            }
            before = after;
        }
    }

    /// Encodes the recorded JSON, reads it and the recorded protobuf by the full bindings, and compares.
    fn same<L: Message + Default + Debug>(plural: &str) -> usize {
        let kind = KINDS.iter().find(|kind| kind.plural == plural).unwrap();
        let json: Value = serde_json::from_slice(&recording(&format!("{plural}.json"))).unwrap();
        let items = json["items"].as_array().unwrap();
        let mine = raw(&list(kind, &json, items.iter()));
        let real = raw(&recording(&format!("{plural}.pb")));
        let mine = without_nothing(format!("{:?}", L::decode(mine.as_slice()).unwrap()));
        let real = without_nothing(format!("{:?}", L::decode(real.as_slice()).unwrap()));
        let differs = mine
            .bytes()
            .zip(real.bytes())
            .position(|(a, b)| a != b)
            .unwrap_or(0);
        let near = |text: &str| {
            let from = differs.saturating_sub(200);
            String::from_utf8_lossy(&text.as_bytes()[from..text.len().min(differs + 200)])
                .into_owned()
        };
        assert!(
            mine == real,
            "{plural}:\nmine {}\nreal {}",
            near(&mine),
            near(&real)
        );
        items.len()
    }

    #[test]
    fn recorded_json_encodes_to_what_the_real_server_wrote_in_protobuf() {
        use k8s_pb::api::{
            apps::v1 as apps, batch::v1 as batch, core::v1 as core, discovery::v1 as discovery,
            networking::v1 as networking, policy::v1 as policy, storage::v1 as storage,
        };
        let objects = [
            same::<core::PodList>("pods"),
            same::<core::NodeList>("nodes"),
            same::<core::NamespaceList>("namespaces"),
            same::<core::EventList>("events"),
            same::<core::PersistentVolumeClaimList>("persistentvolumeclaims"),
            same::<core::PersistentVolumeList>("persistentvolumes"),
            same::<core::ServiceList>("services"),
            same::<core::ResourceQuotaList>("resourcequotas"),
            same::<core::LimitRangeList>("limitranges"),
            same::<apps::DeploymentList>("deployments"),
            same::<apps::ReplicaSetList>("replicasets"),
            same::<apps::StatefulSetList>("statefulsets"),
            same::<apps::DaemonSetList>("daemonsets"),
            same::<apps::ControllerRevisionList>("controllerrevisions"),
            same::<batch::JobList>("jobs"),
            same::<batch::CronJobList>("cronjobs"),
            same::<policy::PodDisruptionBudgetList>("poddisruptionbudgets"),
            same::<networking::NetworkPolicyList>("networkpolicies"),
            same::<networking::IngressList>("ingresses"),
            same::<discovery::EndpointSliceList>("endpointslices"),
            same::<storage::StorageClassList>("storageclasses"),
            same::<storage::CSIDriverList>("csidrivers"),
            same::<storage::CSINodeList>("csinodes"),
            same::<storage::CSIStorageCapacityList>("csistoragecapacities"),
            same::<storage::VolumeAttachmentList>("volumeattachments"),
        ];
        assert!(objects.iter().sum::<usize>() > 60, "{objects:?}");
    }

    #[test]
    fn every_type_of_the_table_is_known() {
        let text = include_str!("../../../assets/lab/protobuf.txt");
        let written: usize = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(' ').count() - 1)
            .sum();
        let read: usize = SCHEMA.messages.iter().map(Vec::len).sum();
        assert_eq!(read, written);
    }

    #[test]
    fn kinds_of_crds_have_no_protobuf() {
        for (kind, there) in [
            ("Pod", true),
            ("CSINode", true),
            ("Application", false),
            ("VolumeSnapshot", false),
        ] {
            let kind = KINDS.iter().find(|one| one.kind == kind).unwrap();
            assert_eq!(has_protobuf(kind), there, "{}", kind.kind);
        }
    }
}
