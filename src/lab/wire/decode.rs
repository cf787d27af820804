//! Objects of built-in kinds that kubectl sends in protobuf, read into their JSON form by the same
//! table that `encode.rs` writes them by.

use base64::Engine;
use prost::encoding::{WireType, decode_key, decode_varint};
use serde_json::{Map, Value, json};

use super::encode::{Field, Many, SCHEMA, Type, message_of};
use crate::lab::kinds::Served;

/// A field of a message: its number, and what stands there.
enum Part<'a> {
    Whole(u64),
    Bytes(&'a [u8]),
}

/// An object of a kind; `None` where it is none.
#[must_use]
pub fn object(kind: &Served, raw: &[u8]) -> Option<Value> {
    message(message_of(kind)?, raw)
}

fn parts(mut raw: &[u8]) -> Option<Vec<(u32, Part<'_>)>> {
    let mut out = Vec::new();
    while !raw.is_empty() {
        let (number, wire) = decode_key(&mut raw).ok()?;
        let part = match wire {
            WireType::Varint => Part::Whole(decode_varint(&mut raw).ok()?),
            WireType::LengthDelimited => {
                let length = usize::try_from(decode_varint(&mut raw).ok()?).ok()?;
                let (inner, rest) = raw.split_at_checked(length)?;
                raw = rest;
                Part::Bytes(inner)
            }
            // no message of the table has any other
            _ => return None,
        };
        out.push((number, part));
    }
    Some(out)
}

fn message(message_number: usize, raw: &[u8]) -> Option<Value> {
    let fields = SCHEMA.messages.get(message_number)?;
    let mut out = Map::new();
    for (number, part) in parts(raw)? {
        let Some(field) = fields.iter().find(|field| field.number == number) else {
            continue;
        };
        put(&mut out, field, &part)?;
    }
    Some(Value::Object(out))
}

fn put(out: &mut Map<String, Value>, field: &Field, part: &Part<'_>) -> Option<()> {
    let name = field.name.to_owned();
    match (field.many, part) {
        (Many::Inline, Part::Bytes(raw)) => {
            if let Value::Object(inner) = value(field.of, &Part::Bytes(raw))? {
                out.extend(inner);
            }
        }
        (Many::List, _) => {
            let items = out.entry(name).or_insert_with(|| json!([]));
            items.as_array_mut()?.push(value(field.of, part)?);
        }
        (Many::Map, Part::Bytes(raw)) => {
            let mut entry = (String::new(), Value::Null);
            for (number, part) in parts(raw)? {
                match (number, &part) {
                    (1, Part::Bytes(key)) => entry.0 = String::from_utf8(key.to_vec()).ok()?,
                    _ => entry.1 = value(field.of, &part)?,
                }
            }
            let pairs = out.entry(name).or_insert_with(|| json!({}));
            pairs.as_object_mut()?.insert(entry.0, entry.1);
        }
        _ => {
            // what is empty was not set: it is written all the same
            let held = value(field.of, part)?;
            if !held.is_null() && held != "" {
                out.insert(name, held);
            }
        }
    }
    Some(())
}

fn value(of: Type, part: &Part<'_>) -> Option<Value> {
    Some(match (of, part) {
        (Type::Whole, Part::Whole(number)) => json!(number.cast_signed()),
        (Type::Truth, Part::Whole(number)) => json!(*number != 0),
        (Type::Text, Part::Bytes(raw)) => json!(std::str::from_utf8(raw).ok()?),
        (Type::Bytes, Part::Bytes(raw)) => {
            json!(base64::engine::general_purpose::STANDARD.encode(raw))
        }
        (Type::Message(number), Part::Bytes(raw)) => message(number, raw)?,
        (_, Part::Bytes(raw)) => scalar(of, raw)?,
        _ => return None,
    })
}

/// The messages that JSON writes as a scalar.
fn scalar(of: Type, raw: &[u8]) -> Option<Value> {
    let (mut text, mut wholes) = (None, [0_i64; 3]);
    for (number, part) in parts(raw)? {
        match part {
            Part::Bytes(raw) => text = Some(std::str::from_utf8(raw).ok()?.to_owned()),
            Part::Whole(whole) => {
                let at = usize::try_from(number).ok()?;
                *wholes.get_mut(at)? = whole.cast_signed();
            }
        }
    }
    Some(match of {
        Type::Time if wholes[1] == 0 => Value::Null,
        Type::Time => json!(crate::lab::objects::stamp(
            jiff::Timestamp::from_second(wholes[1]).ok()?
        )),
        Type::IntOrString if wholes[1] == 0 => json!(wholes[2]),
        Type::Json => serde_json::from_str(&text?).ok()?,
        _ => json!(text?),
    })
}

#[cfg(test)]
mod tests {
    use super::super::encode;
    use super::*;
    use crate::lab::kinds::of_kind;

    #[test]
    fn what_is_written_is_read_again() {
        let kind = of_kind("Deployment").unwrap();
        let sent = json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web", "labels": {"app": "web"}, "creationTimestamp": "2026-01-02T03:04:05Z"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}, "template": {"spec": {"containers": [{"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}]}}}});
        let written = encode::object(kind, &sent);
        let raw = super::super::enveloped(&written).unwrap();
        let mut read = object(kind, &raw).unwrap();
        read["kind"] = json!("Deployment");
        read["apiVersion"] = json!("apps/v1");
        assert_eq!(read, sent);
        assert!(object(kind, b"\x0a\xff").is_none());
    }
}
