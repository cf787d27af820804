//! The three kinds of patches.

use serde_json::{Map, Value};

/// Merge patch (RFC 7386).
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Strategic merge patch, as far as kubectl needs it: lists of named things are merged by name.
pub fn strategic(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                if key.starts_with("$setElementOrder") || key == "$retainKeys" {
                    continue;
                }
                if value.is_null() {
                    target.remove(key);
                } else {
                    strategic(target.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(target), Value::Array(patch)) => merge_lists(target, patch),
        (target, patch) => *target = patch.clone(),
    }
}

fn merge_lists(target: &mut Vec<Value>, patch: &[Value]) {
    const KEYS: [&str; 5] = ["name", "type", "key", "mountPath", "ip"];
    let key = KEYS
        .into_iter()
        .find(|key| !patch.is_empty() && patch.iter().all(|item| item[*key].is_string()));
    let Some(key) = key else {
        *target = patch.to_vec();
        return;
    };
    for item in patch {
        let at = target.iter().position(|held| held[key] == item[key]);
        if item["$patch"] == "delete" {
            if let Some(at) = at {
                target.remove(at);
            }
            continue;
        }
        match at {
            Some(at) => strategic(&mut target[at], item),
            None => target.push(item.clone()),
        }
    }
}

/// JSON patch (RFC 6902) without move and copy.
///
/// # Errors
/// The operation that cannot be done, in the API server's words.
pub fn json(target: &mut Value, operations: &Value) -> Result<(), String> {
    for operation in operations.as_array().into_iter().flatten() {
        let path = operation["path"].as_str().unwrap_or_default();
        let (parent, last) = path
            .rsplit_once('/')
            .ok_or("add operation does not apply: doc is missing path")?;
        let last = last.replace("~1", "/").replace("~0", "~");
        let missing = || format!("the path of the operation does not apply: {path}");
        match operation["op"].as_str().unwrap_or_default() {
            "test" => {
                // what is not there counts as null
                if target.pointer(path).unwrap_or(&Value::Null) != &operation["value"] {
                    return Err(format!("testing value {path} failed"));
                }
            }
            "add" | "replace" => {
                let add = operation["op"] == "add";
                match target.pointer_mut(parent).ok_or_else(missing)? {
                    Value::Object(fields) => {
                        if !add && !fields.contains_key(&last) {
                            return Err(missing());
                        }
                        fields.insert(last, operation["value"].clone());
                    }
                    Value::Array(items) if last == "-" => items.push(operation["value"].clone()),
                    Value::Array(items) => {
                        let at: usize = last.parse().map_err(|_| missing())?;
                        if add && at <= items.len() {
                            items.insert(at, operation["value"].clone());
                        } else if let Some(item) = items.get_mut(at) {
                            *item = operation["value"].clone();
                        } else {
                            return Err(missing());
                        }
                    }
                    _ => return Err(missing()),
                }
            }
            "remove" => match target.pointer_mut(parent).ok_or_else(missing)? {
                Value::Object(fields) => {
                    fields.remove(&last).ok_or_else(missing)?;
                }
                Value::Array(items) => {
                    let at: usize = last.parse().map_err(|_| missing())?;
                    if at >= items.len() {
                        return Err(missing());
                    }
                    items.remove(at);
                }
                _ => return Err(missing()),
            },
            other => return Err(format!("unexpected kind: {other}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn strategic_merges_named_lists() {
        let mut pod = value!({"spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}});
        strategic(
            &mut pod,
            &value!({"spec": {"containers": [{"name": "b", "image": "2"}]}}),
        );
        assert_eq!(
            pod["spec"]["containers"],
            value!([{"name": "a", "image": "1"}, {"name": "b", "image": "2"}])
        );
    }

    #[test]
    fn a_test_for_null_passes_where_nothing_is() {
        let mut app = value!({"metadata": {"name": "a"}});
        let start = value!([{"op": "test", "path": "/operation", "value": null}, {"op": "add", "path": "/operation", "value": {"sync": {}}}]);
        json(&mut app, &start).unwrap();
        assert!(app["operation"]["sync"].is_object());
        assert!(json(&mut app, &start).is_err());
    }

    #[test]
    fn json_patch_adds_replaces_and_removes() {
        let mut pod = value!({"metadata": {"finalizers": ["x"]}, "spec": {"n": 1}});
        json(&mut pod, &value!([{"op": "remove", "path": "/metadata/finalizers"}, {"op": "replace", "path": "/spec/n", "value": 2}])).unwrap();
        assert_eq!(pod, value!({"metadata": {}, "spec": {"n": 2}}));
        assert!(json(&mut pod, &value!([{"op": "remove", "path": "/spec/q"}])).is_err());
    }
}
