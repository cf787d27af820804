//! OpenAPI v3 of the built-in kinds: enough for `kubectl explain` and for client-side checks. Names
//! and types of the fields are those of the protobuf table.

use serde_json::{Map, Value, json};

use super::kinds::{KINDS, Served};

const MESSAGES: &str = include_str!("../../assets/lab/protobuf.txt");

/// `/openapi/v3`: where the documents are.
pub fn index() -> Value {
    let mut paths = Map::new();
    for kind in KINDS.iter().filter(|kind| message(kind).is_some()) {
        let path = prefix(kind);
        paths.insert(
            path.clone(),
            json!({"serverRelativeURL": format!("/openapi/v3/{path}?hash=lab")}),
        );
    }
    json!({"paths": paths})
}

/// OpenAPI v2 in protobuf: a document that says nothing but its own version.
pub const EMPTY_V2: &[u8] = b"\x0a\x032.0";
/// Its media type.
pub const V2: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/// The document of one group and version, such as `api/v1` or `apis/apps/v1`.
pub fn document(path: &str) -> Option<Value> {
    let kinds: Vec<&Served> = KINDS
        .iter()
        .filter(|kind| prefix(kind) == path && message(kind).is_some())
        .collect();
    if kinds.is_empty() {
        return None;
    }
    let mut schemas: Map<String, Value> = lines()
        .map(|(name, fields)| (name.to_owned(), schema(fields)))
        .collect();
    let mut paths = Map::new();
    for kind in kinds {
        let it = json!({"group": kind.group, "version": kind.version, "kind": kind.kind});
        if let Some(held) = message(kind).and_then(|name| schemas.get_mut(name)) {
            held["x-kubernetes-group-version-kind"] = json!([it]);
            held["properties"]["apiVersion"] = json!({"type": "string"});
            held["properties"]["kind"] = json!({"type": "string"});
        }
        let middle = if kind.namespaced {
            "/namespaces/{namespace}"
        } else {
            ""
        };
        paths.insert(
            format!("/{path}{middle}/{}", kind.plural),
            json!({"get": {"x-kubernetes-action": "list", "x-kubernetes-group-version-kind": it, "responses": {}}}),
        );
        // by this parameter kubectl knows that fields are checked here and not by itself
        let checked =
            json!([{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}]);
        paths.insert(
            format!("/{path}{middle}/{}/{{name}}", kind.plural),
            json!({"patch": {"x-kubernetes-action": "patch", "x-kubernetes-group-version-kind": it, "parameters": checked, "responses": {}}}),
        );
    }
    Some(
        json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.33.5"}, "paths": paths, "components": {"schemas": schemas}}),
    )
}

fn prefix(kind: &Served) -> String {
    if kind.group.is_empty() {
        format!("api/{}", kind.version)
    } else {
        format!("apis/{}/{}", kind.group, kind.version)
    }
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    MESSAGES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
}

/// The message of a kind in the table.
fn message(kind: &Served) -> Option<&'static str> {
    let name = super::wire::message_name(kind)?;
    lines().map(|(held, _)| held).find(|held| **held == *name)
}

/// The schema of a message: fields as `name=number:type`.
fn schema(fields: &'static str) -> Value {
    let mut properties = Map::new();
    let mut parts = Vec::new();
    for field in fields.split(' ') {
        let Some((name, of)) = field
            .split_once('=')
            .and_then(|(name, rest)| Some((name, rest.split_once(':')?.1)))
        else {
            continue;
        };
        if name == "." {
            parts.push(one(of));
        } else {
            properties.insert(name.to_owned(), many(of));
        }
    }
    let own = json!({"type": "object", "properties": properties});
    if parts.is_empty() {
        return own;
    }
    // what stands inline in JSON is a part of the whole
    parts.push(own);
    json!({"allOf": parts})
}

fn many(of: &str) -> Value {
    if let Some(of) = of.strip_prefix("[]") {
        json!({"type": "array", "items": one(of)})
    } else if let Some(of) = of.strip_prefix("{}") {
        json!({"type": "object", "additionalProperties": one(of)})
    } else {
        one(of)
    }
}

fn one(of: &str) -> Value {
    match of {
        "string" | "quantity" => json!({"type": "string"}),
        "int" => json!({"type": "integer"}),
        "bool" => json!({"type": "boolean"}),
        "bytes" => json!({"type": "string", "format": "byte"}),
        "time" => json!({"type": "string", "format": "date-time"}),
        "int-or-string" => json!({"type": "string", "format": "int-or-string"}),
        "json" => json!({"type": "object"}),
        message => json!({"$ref": format!("#/components/schemas/{message}")}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_explained_down_to_its_containers() {
        let paths = index();
        assert!(paths["paths"]["api/v1"].is_object() && paths["paths"]["apis/apps/v1"].is_object());
        let core = document("api/v1").unwrap();
        let pod = &core["components"]["schemas"]["Pod"];
        assert_eq!(
            pod["properties"]["spec"]["$ref"],
            "#/components/schemas/PodSpec"
        );
        assert_eq!(pod["x-kubernetes-group-version-kind"][0]["kind"], "Pod");
        let spec = &core["components"]["schemas"]["PodSpec"]["properties"];
        assert_eq!(
            spec["containers"]["items"]["$ref"],
            "#/components/schemas/Container"
        );
        assert!(document("apis/argoproj.io/v1alpha1").is_none());
    }
}
