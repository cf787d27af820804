//! The form in which this API gives an application, and what is left of it by `fields`.

use serde_json::{Map, Value, json};

use super::super::world::World;

/// What a list may be asked for, below `items.`; anything else vanishes without a word.
const LISTABLE: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.annotations",
    "metadata.labels",
    "metadata.creationTimestamp",
    "metadata.deletionTimestamp",
    "spec",
    "spec.destination",
    "spec.project",
    "spec.source",
    "spec.sources",
    "spec.sourceHydrator",
    "spec.syncPolicy",
    "operation.sync",
    "status.summary",
    "status.resources",
    "status.health",
    "status.sourceHydrator",
    "status.sync.status",
    "status.sync.revision",
    "status.operationState.phase",
    "status.operationState.startedAt",
    "status.operationState.finishedAt",
];

pub fn text(app: &Value, field: &str) -> String {
    app["metadata"][field]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What is left of an answer by `fields`: plain paths, through lists too.
pub fn chosen(answer: &Value, fields: &str) -> Value {
    if fields.is_empty() {
        return answer.clone();
    }
    let paths: Vec<Vec<&str>> = fields
        .split(',')
        .map(|path| path.split('.').collect())
        .collect();
    let strip = if answer["items"].is_array() { 0 } else { 1 };
    let own: Vec<&[&str]> = paths.iter().filter_map(|path| path.get(strip..)).collect();
    cut(answer, &own)
}

fn cut(value: &Value, paths: &[&[&str]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return value.clone();
    }
    match value {
        Value::Array(all) => all.iter().map(|one| cut(one, paths)).collect(),
        Value::Object(fields) => {
            let mut out = Map::new();
            for (name, inner) in fields {
                let below: Vec<&[&str]> = paths
                    .iter()
                    .filter(|path| path.first() == Some(&name.as_str()))
                    .filter_map(|path| path.get(1..))
                    .collect();
                if !below.is_empty() {
                    out.insert(name.clone(), cut(inner, &below));
                }
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}

/// Without kind and version, and without empty lists: this API leaves them out.
pub fn bare(app: &Value) -> Value {
    let mut app = app.clone();
    if let Some(fields) = app.as_object_mut() {
        fields.shift_remove("kind");
        fields.shift_remove("apiVersion");
    }
    if let Some(status) = app["status"].as_object_mut()
        && status
            .get("conditions")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
    {
        status.shift_remove("conditions");
    }
    app
}

/// The same with the health of each resource, which lists and Kubernetes objects do not have.
pub fn with_health(world: &World, app: &Value) -> Value {
    let place = super::git::place_of(app);
    let mut app = bare(app);
    // of what another cluster had, the lab has no resources to look at
    if world.git.commit(&place, None).is_none() {
        return app;
    }
    let mut caused = None;
    for resource in app["status"]["resources"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        let word = |field: &str| resource[field].as_str().unwrap_or_default().to_owned();
        let found = world.find(&word("kind"), &word("namespace"), &word("name"));
        if let Some(health) = super::tree::health(&word("kind"), found.as_ref()) {
            if health["status"] == "Degraded" && caused.is_none() {
                let group = word("group");
                let (kind, namespace, name) = (word("kind"), word("namespace"), word("name"));
                caused = Some(format!("Caused by {group}/{kind}:{namespace}/{name}"));
            }
            resource["health"] = health;
        }
    }
    if app["status"]["health"]["status"] == "Degraded"
        && let Some(caused) = caused
    {
        app["status"]["health"]["message"] = json!(caused);
    }
    app
}

/// What is left of an element of a list by these fields: whole keys of the list of keys.
pub fn listed(app: &Value, fields: &str) -> Value {
    let excludes = fields.starts_with('-');
    let asked: Vec<&str> = fields
        .trim_start_matches('-')
        .split(',')
        .map(|field| field.strip_prefix("items.").unwrap_or(field))
        .collect();
    let mut out = json!({});
    for key in LISTABLE {
        if asked.contains(key) != excludes {
            copy(app, &mut out, key);
        }
    }
    if asked.contains(&"status.operationState.operation.sync") != excludes {
        copy(app, &mut out, "status.operationState.syncResult");
    }
    // these two parts are made anew by the server: one has its fields sorted, and says null
    if asked.contains(&"metadata.deletionTimestamp") != excludes
        && app["metadata"]["deletionTimestamp"].is_null()
    {
        out["metadata"]["deletionTimestamp"] = Value::Null;
    }
    if let Some(metadata) = out.get_mut("metadata") {
        metadata.sort_all_objects();
    }
    out
}

fn copy(from: &Value, to: &mut Value, key: &str) {
    let path = format!("/{}", key.replace('.', "/"));
    let Some(found) = from.pointer(&path).cloned() else {
        return;
    };
    let mut at = to;
    let mut steps = key.split('.').peekable();
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            at[step] = found;
            return;
        }
        if !at[step].is_object() {
            at[step] = json!({});
        }
        at = &mut at[step];
    }
}

/// What is left of a message of a stream, its fields sorted. A field is kept whole if it is named,
/// and looked into if a name begins like it: without regard to where in that name a step ends, so
/// that `metadata.namespace` keeps `metadata.name` too.
pub fn streamed(message: &Value, fields: &str) -> Value {
    if fields.is_empty() {
        return message.clone();
    }
    let keys: Vec<&str> = fields.split(',').collect();
    keep(message, "", &keys).unwrap_or_else(|| json!({}))
}

fn keep(value: &Value, path: &str, keys: &[&str]) -> Option<Value> {
    let Some(fields) = value.as_object() else {
        return Some(value.clone());
    };
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    let mut out = Map::new();
    for name in names {
        let child = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        if keys.contains(&child.as_str()) {
            out.insert(name.clone(), sorted(&fields[name]));
        } else if keys.iter().any(|key| key.starts_with(&child))
            && let Some(kept) = keep(&fields[name], &child, keys)
        {
            out.insert(name.clone(), kept);
        }
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    value.sort_all_objects();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_know_keys_and_streams_know_prefixes() {
        let app = json!({"metadata": {"name": "a", "namespace": "n", "uid": "u"}, "status": {"health": {"status": "Healthy"}, "conditions": [1]}});
        assert_eq!(
            listed(
                &app,
                "items.metadata.name,items.metadata.uid,items.status.conditions"
            ),
            json!({"metadata": {"name": "a"}})
        );
        let message = json!({"result": {"type": "ADDED", "application": app}});
        assert_eq!(
            streamed(&message, "result.application.metadata.namespace"),
            json!({"result": {"application": {"metadata": {"name": "a", "namespace": "n"}}}})
        );
        assert_eq!(
            streamed(&message, "result.type,result.application.metadata.name"),
            json!({"result": {"application": {"metadata": {"name": "a"}}, "type": "ADDED"}})
        );
    }
}
