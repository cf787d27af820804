//! Lists, whole or page by page, in each of their forms.

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    Lab, answer,
    api::Asked,
    table,
    wire::{self, Form},
    world::{Place, place},
};

/// Where a list goes on: the version it began with, and the place after which it does; or the failure
/// that says it cannot.
fn page(lab: &Lab, asked: &Asked) -> Result<(u64, Option<Place>), Box<Response>> {
    let token = asked.param("continue");
    if token.is_empty() {
        return Ok((lab.world.version(), None));
    }
    let mut parts = token.splitn(3, '|');
    let version: Option<u64> = parts.next().and_then(|text| text.parse().ok());
    // a list goes on at the version it began with, as long as that is remembered
    let known = version.filter(|version| lab.world.since(asked.kind, *version).is_some());
    match (known, parts.next(), parts.next()) {
        (Some(version), Some(namespace), Some(name)) => {
            Ok((version, Some((namespace.to_owned(), name.to_owned()))))
        }
        _ => Err(Box::new(answer::failure(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result.",
            json!({}),
        ))),
    }
}

/// A list, whole or page by page. Objects are written as they are looked at: a copy of ten thousand
/// would take longer than the answer.
pub fn list(lab: &Lab, asked: &Asked, form: Form) -> Response {
    let limit: usize = asked.param("limit").parse().unwrap_or(0);
    let (version, after) = match page(lab, asked) {
        Ok(page) => page,
        Err(failure) => return *failure,
    };
    let body = lab.world.look_in(asked.kind, &asked.namespace, |all| {
        let mut objects: Vec<&Value> = all
            .filter(|object| asked.wants(object))
            .filter(|object| {
                after
                    .as_ref()
                    .is_none_or(|after| place(asked.kind, object) > *after)
            })
            .collect();
        let mut meta = json!({"resourceVersion": version.to_string()});
        if limit > 0 && objects.len() > limit {
            let rest = objects.len() - limit;
            objects.truncate(limit);
            if let Some(last) = objects.last() {
                let (namespace, name) = place(asked.kind, last);
                meta["continue"] = json!(format!("{version}|{namespace}|{name}"));
                meta["remainingItemCount"] = json!(rest);
            }
        }
        written(asked, form, &meta, &objects)
    });
    answer::formed_answer(StatusCode::OK, form, body)
}

/// The body of a list.
fn written(asked: &Asked, form: Form, meta: &Value, objects: &[&Value]) -> Vec<u8> {
    let partial = asked.accept.contains("as=PartialObjectMetadataList");
    if asked.accept.contains("as=Table") {
        return table::written(
            asked.kind,
            objects.iter().copied(),
            asked.param("includeObject"),
            meta,
            jiff::Timestamp::now().as_second(),
        );
    }
    let envelope = if partial {
        json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": meta})
    } else {
        json!({"kind": format!("{}List", asked.kind.kind), "apiVersion": asked.kind.api_version(), "metadata": meta})
    };
    if form == Form::Protobuf {
        return wire::list(asked.kind, &envelope, objects.iter().copied());
    }
    let mut text = envelope.to_string();
    text.truncate(text.len() - 1);
    text.push_str(",\"items\":[");
    for (nth, object) in objects.iter().enumerate() {
        if nth > 0 {
            text.push(',');
        }
        if partial {
            text.push_str(&answer::metadata_only(object).to_string());
        } else {
            text.push_str(&object.to_string());
        }
    }
    text.push_str("]}");
    text.into_bytes()
}
