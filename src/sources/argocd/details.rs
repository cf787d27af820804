//! Tree, differences and sync windows of one application, read when somebody looks at it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{
    ArgoSettings,
    client::{ArgoError, Client},
};
use crate::{
    domain::{
        AppDetails, AppEvent, DiffLine, Difference, DifferenceKind, Health, Key, ObjectRef,
        SyncWindow, SyncWindows, Text, TreeNode, namespace_there,
    },
    sources::kube::Json,
};

/// Equal lines that are kept around a change.
const AROUND: usize = 3;
/// Objects whose differences are worked out; an application of hundreds is told as a number.
const MOST: usize = 40;

/// Reads the details of an application.
///
/// # Errors
/// When nothing of it can be read, in the server's words.
pub async fn details(
    settings: &ArgoSettings,
    key: &Key,
    project: &str,
) -> Result<AppDetails, String> {
    let client = Client::new(settings).map_err(|why| why.to_string())?;
    client.log_in().await.map_err(|why| why.to_string())?;
    let query = [("appNamespace", namespace_there(key)), ("project", project)];
    let base = format!("/v1/applications/{}", key.name);
    let paths = [
        "resource-tree",
        "managed-resources",
        "syncwindows",
        "events",
    ]
    .map(|part| format!("{base}/{part}"));
    let [tree_path, managed_path, windows_path, events_path] = &paths;
    let (tree_answer, managed, windows_answer, events_answer) = tokio::join!(
        client.get(tree_path, &query),
        client.get(managed_path, &query),
        client.get(windows_path, &query),
        client.get(events_path, &query),
    );
    let mut out = AppDetails::default();
    match tree_answer {
        Ok(answer) => out.tree = tree(&answer),
        Err(why @ (ArgoError::Transport(_) | ArgoError::Untrusted(_) | ArgoError::Refused(_))) => {
            return Err(why.to_string());
        }
        Err(why) => out.gaps.push(format!("tree: {why}").into()),
    }
    match managed {
        Ok(answer) => out.differences = differences(&answer),
        Err(why) => out.gaps.push(format!("differences: {why}").into()),
    }
    match windows_answer {
        Ok(answer) => out.windows = Some(windows(&answer)),
        Err(why) => out.gaps.push(format!("sync windows: {why}").into()),
    }
    match events_answer {
        Ok(answer) => out.events = Some(events(&answer)),
        Err(why) => out.gaps.push(format!("events: {why}").into()),
    }
    Ok(out)
}

fn object(one: Json<'_>) -> ObjectRef {
    ObjectRef::new(one.text("kind"), one.text("namespace"), one.text("name"))
}

/// The nodes in the order in which a tree is drawn.
fn tree(answer: &Value) -> Vec<TreeNode> {
    let nodes: Vec<Json<'_>> = Json(answer).list("nodes").collect();
    let known: BTreeSet<&str> = nodes.iter().map(|node| node.text("uid")).collect();
    let mut children: BTreeMap<&str, Vec<Json<'_>>> = BTreeMap::new();
    let mut roots = Vec::new();
    for node in &nodes {
        let parent = node
            .list("parentRefs")
            .map(|parent| parent.text("uid"))
            .find(|uid| known.contains(uid));
        match parent {
            Some(uid) => children.entry(uid).or_default().push(*node),
            None => roots.push(*node),
        }
    }
    let by_name = |one: &Json<'_>| (one.text("kind").to_owned(), one.text("name").to_owned());
    roots.sort_by_key(by_name);
    let mut out = Vec::with_capacity(nodes.len());
    let mut seen = BTreeSet::new();
    let mut open: Vec<(usize, Json<'_>)> = roots.into_iter().rev().map(|one| (0, one)).collect();
    while let Some((depth, node)) = open.pop() {
        // what names itself as its parent is drawn once
        if !seen.insert(node.text("uid").to_owned()) {
            continue;
        }
        out.push(tree_node(node, depth, false));
        let mut below = children.remove(node.text("uid")).unwrap_or_default();
        below.sort_by_key(by_name);
        open.extend(below.into_iter().rev().map(|one| (depth + 1, one)));
    }
    out.extend(
        Json(answer)
            .list("orphanedNodes")
            .map(|node| tree_node(node, 0, true)),
    );
    out
}

fn tree_node(node: Json<'_>, depth: usize, orphaned: bool) -> TreeNode {
    let info = |name: &str| {
        node.list("info")
            .find(|one| one.text("name") == name)
            .map_or("", |one| one.text("value"))
    };
    let health = node
        .has("health.status")
        .then(|| Health::parse(node.text("health.status")));
    let message = node.text("health.message");
    let note = if message.is_empty() {
        [info("Status Reason"), info("Containers"), info("Revision")]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        message.to_owned()
    };
    TreeNode {
        depth,
        object: object(node),
        health,
        note: note.into(),
        orphaned,
    }
}

fn differences(answer: &Value) -> Vec<Difference> {
    Json(answer)
        .list("items")
        .filter(|item| !item.flag("hook"))
        .filter_map(difference)
        .take(MOST)
        .collect()
}

fn difference(item: Json<'_>) -> Option<Difference> {
    let kind = match (state(item, "liveState"), state(item, "targetState")) {
        (None, None) => return None,
        (None, Some(_)) => DifferenceKind::Missing,
        (Some(_), None) => DifferenceKind::Extra,
        (Some(_), Some(_)) if item.flag("modified") => DifferenceKind::Changed,
        _ => return None,
    };
    // what the server itself compares: both sides with its own rules applied
    let live = state(item, "normalizedLiveState").or_else(|| state(item, "liveState"));
    let wanted = state(item, "predictedLiveState").or_else(|| state(item, "targetState"));
    let lines = match kind {
        DifferenceKind::Changed => compare(&manifest(live), &manifest(wanted)),
        DifferenceKind::Missing => compare("", &manifest(state(item, "targetState"))),
        DifferenceKind::Extra => Vec::new(),
    };
    Some(Difference {
        object: object(item),
        kind,
        lines,
    })
}

/// A state, which comes as JSON in a text; absent ones come as `null` in a text.
fn state(item: Json<'_>, field: &str) -> Option<Value> {
    serde_json::from_str(item.text(field))
        .ok()
        .filter(|value: &Value| value.is_object())
}

/// A manifest without what no one writes by hand.
fn manifest(state: Option<Value>) -> String {
    let Some(mut state) = state else {
        return String::new();
    };
    if let Some(fields) = state.as_object_mut() {
        fields.shift_remove("status");
    }
    if let Some(meta) = state.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in [
            "managedFields",
            "resourceVersion",
            "uid",
            "generation",
            "creationTimestamp",
            "selfLink",
        ] {
            meta.shift_remove(field);
        }
        if let Some(notes) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            notes.shift_remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    serde_yaml::to_string(&sorted(state)).unwrap_or_default()
}

/// The same with its fields in alphabetical order: the two sides come in orders of their own.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let ordered: BTreeMap<String, Value> = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

fn compare(live: &str, wanted: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(live, wanted);
    let mut out = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !out.is_empty() {
            out.push(DiffLine::Gap);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = Text::from(change.value().trim_end_matches('\n'));
            out.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Delete => DiffLine::Live(text),
                ChangeTag::Insert => DiffLine::Wanted(text),
            });
        }
    }
    out
}

/// Events of an application, newest first.
fn events(answer: &Value) -> Vec<AppEvent> {
    let mut all: Vec<AppEvent> = Json(answer)
        .list("items")
        .map(|one| AppEvent {
            reason: one.text("reason").into(),
            message: one.text("message").into(),
            warning: one.text("type") == "Warning",
            at: ["lastTimestamp", "eventTime", "firstTimestamp"]
                .iter()
                .find_map(|field| one.text(field).parse().ok()),
            count: one.int("count").max(1),
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all
}

fn windows(answer: &Value) -> SyncWindows {
    let answer = Json(answer);
    let key =
        |one: Json<'_>| ["kind", "schedule", "duration"].map(|field| one.text(field).to_owned());
    let active: Vec<_> = answer.list("activeWindows").map(key).collect();
    SyncWindows {
        can_sync: answer.flag("canSync"),
        windows: answer
            .list("assignedWindows")
            .map(|one| SyncWindow {
                kind: one.text("kind").into(),
                schedule: one.text("schedule").into(),
                duration: one.text("duration").into(),
                manual: one.flag("manualSync"),
                active: active.contains(&key(one)),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_tree_has_parents_before_children_and_tells_the_health_of_each() {
        let nodes = tree(&recorded(include_str!(
            "../../../tests/recordings/argocd/tree-degraded.json"
        )));
        let drawn: Vec<(usize, &str)> = nodes
            .iter()
            .map(|node| (node.depth, &*node.object.kind))
            .collect();
        assert_eq!(drawn, [(0, "Deployment"), (1, "ReplicaSet"), (2, "Pod")]);
        assert_eq!(nodes[2].health, Some(Health::Degraded));
        assert!(nodes[2].note.contains("manifest unknown"));
    }

    #[test]
    fn orphans_stand_apart_and_circles_end() {
        let nodes = tree(&recorded(
            r#"{"nodes":[{"kind":"A","name":"a","uid":"1"},{"kind":"B","name":"b","uid":"2","parentRefs":[{"uid":"3"}]},{"kind":"C","name":"c","uid":"3","parentRefs":[{"uid":"2"}]}],"orphanedNodes":[{"kind":"O","name":"o","uid":"9"}]}"#,
        ));
        let names: Vec<(&str, bool)> = nodes
            .iter()
            .map(|node| (&*node.object.key.name, node.orphaned))
            .collect();
        assert_eq!(names, [("a", false), ("o", true)]);
    }

    #[test]
    fn only_what_differs_is_shown_with_both_sides() {
        let found = differences(&recorded(include_str!(
            "../../../tests/recordings/argocd/managed-out-of-sync.json"
        )));
        let names: Vec<&str> = found.iter().map(|one| &*one.object.key.name).collect();
        let config = found
            .iter()
            .find(|one| &*one.object.key.name == "drift-config")
            .unwrap_or_else(|| unreachable!("{names:?}"));
        assert_eq!(config.kind, DifferenceKind::Changed);
        assert!(
            config
                .lines
                .contains(&DiffLine::Live("  mode: debug".into()))
        );
        assert!(
            config
                .lines
                .contains(&DiffLine::Wanted("  mode: production".into()))
        );
        assert!(!format!("{:?}", config.lines).contains("managedFields"));
    }

    #[test]
    fn missing_and_extra_objects_are_told_apart() {
        let found = differences(&recorded(
            r#"{"items":[{"kind":"A","name":"gone","liveState":"null","targetState":"{\"kind\":\"A\"}"},{"kind":"A","name":"extra","liveState":"{\"kind\":\"A\"}","targetState":"null"},{"kind":"A","name":"same","liveState":"{\"kind\":\"A\"}","targetState":"{\"kind\":\"A\"}"}]}"#,
        ));
        let kinds: Vec<_> = found.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [DifferenceKind::Missing, DifferenceKind::Extra]);
    }

    #[test]
    fn events_are_told_newest_first_and_none_are_none() {
        let told = events(&recorded(
            r#"{"items":[{"reason":"ResourceUpdated","message":"a","type":"Normal","count":1,"lastTimestamp":"2026-11-23T14:27:45Z","eventTime":null},{"reason":"OperationCompleted","message":"b","type":"Warning","count":2,"lastTimestamp":"2026-11-23T14:31:37Z"}]}"#,
        ));
        let words: Vec<(&str, bool, i64)> = told
            .iter()
            .map(|one| (&*one.message, one.warning, one.count))
            .collect();
        assert_eq!(words, [("b", true, 2), ("a", false, 1)]);
        assert!(events(&recorded(r#"{"items":null}"#)).is_empty());
    }

    #[test]
    fn a_window_that_is_open_now_is_told() {
        let found = windows(&recorded(
            r#"{"activeWindows":[{"kind":"deny","schedule":"0 0 * * *","duration":"24h","manualSync":false}],"assignedWindows":[{"kind":"deny","schedule":"0 0 * * *","duration":"24h","manualSync":false}],"canSync":false}"#,
        ));
        assert!(!found.can_sync && found.windows[0].active);
        // without any, the answer is this alone
        assert!(windows(&recorded(r#"{"canSync":true}"#)).can_sync);
    }
}
