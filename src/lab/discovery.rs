//! Discovery: legacy and aggregated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kinds::{KINDS, Served};

const VERBS: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];
/// Namespaces as OpenShift shows them: not stored, and so none of the kinds.
pub const PROJECTS: Served = Served {
    group: "project.openshift.io",
    version: "v1",
    plural: "projects",
    kind: "Project",
    short: &[],
    namespaced: false,
    sub: &[],
};

/// Groups with the versions and kinds in them, in order.
fn groups() -> BTreeMap<&'static str, (&'static str, Vec<&'static Served>)> {
    let mut out: BTreeMap<&str, (&str, Vec<&Served>)> = BTreeMap::new();
    for kind in KINDS {
        out.entry(kind.group)
            .or_insert_with(|| (kind.version, Vec::new()))
            .1
            .push(kind);
    }
    out
}

/// What `kubectl get all` is.
const ALL: [&str; 9] = [
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets",
    "deployments",
    "replicasets",
    "statefulsets",
    "jobs",
    "cronjobs",
];

fn categories(kind: &Served) -> Value {
    if ALL.contains(&kind.plural) {
        json!(["all"])
    } else {
        json!([])
    }
}

fn resource(kind: &Served) -> Value {
    json!({"name": kind.plural, "singularName": kind.kind.to_lowercase(), "namespaced": kind.namespaced, "kind": kind.kind, "verbs": VERBS, "shortNames": kind.short, "categories": categories(kind)})
}

fn subresource(kind: &Served, sub: &str) -> Value {
    let (of_kind, group, version, verbs) = match sub {
        "scale" => (
            "Scale",
            "autoscaling",
            "v1",
            json!(["get", "patch", "update"]),
        ),
        "eviction" => ("Eviction", "policy", "v1", json!(["create"])),
        "log" => ("Pod", "", "", json!(["get"])),
        _ => (kind.kind, "", "", json!(["get", "patch", "update"])),
    };
    let mut out = json!({"name": format!("{}/{sub}", kind.plural), "singularName": "", "namespaced": kind.namespaced, "kind": of_kind, "verbs": verbs});
    if !group.is_empty() {
        out["group"] = json!(group);
        out["version"] = json!(version);
    }
    out
}

/// `/api`.
pub fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// `/apis`.
pub fn group_list() -> Value {
    let mut list: Vec<Value> = groups()
        .into_iter()
        .filter(|(group, _)| !group.is_empty())
        .map(|(group, (version, _))| api_group(group, version))
        .collect();
    for (group, version) in EXTRA {
        list.push(api_group(group, version));
    }
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": list})
}

/// Groups without stored objects.
const EXTRA: [(&str, &str); 6] = [
    (super::virt::GROUP, "v1"),
    ("authorization.k8s.io", "v1"),
    ("authentication.k8s.io", "v1"),
    ("metrics.k8s.io", "v1beta1"),
    ("autoscaling", "v1"),
    ("project.openshift.io", "v1"),
];

fn api_group(group: &str, version: &str) -> Value {
    let one = json!({"groupVersion": format!("{group}/{version}"), "version": version});
    json!({"name": group, "versions": [one], "preferredVersion": one})
}

/// `/api/v1`, `/apis/GROUP/VERSION`; `None` where there is no such group.
pub fn resource_list(group: &str, version: &str) -> Option<Value> {
    let api_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    let resources = match group {
        "authorization.k8s.io" => vec![
            json!({"name": "selfsubjectaccessreviews", "singularName": "selfsubjectaccessreview", "namespaced": false, "kind": "SelfSubjectAccessReview", "verbs": ["create"]}),
            json!({"name": "selfsubjectrulesreviews", "singularName": "selfsubjectrulesreview", "namespaced": false, "kind": "SelfSubjectRulesReview", "verbs": ["create"]}),
        ],
        "authentication.k8s.io" => vec![
            json!({"name": "selfsubjectreviews", "singularName": "selfsubjectreview", "namespaced": false, "kind": "SelfSubjectReview", "verbs": ["create"]}),
        ],
        "metrics.k8s.io" => vec![
            json!({"name": "nodes", "singularName": "", "namespaced": false, "kind": "NodeMetrics", "verbs": ["get", "list"]}),
            json!({"name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": ["get", "list"]}),
        ],
        super::virt::GROUP => super::virt::SUBRESOURCES
            .iter()
            .map(|(name, kind)| json!({"name": name, "singularName": "", "namespaced": true, "kind": kind, "verbs": ["update"]}))
            .collect(),
        "project.openshift.io" => vec![
            json!({"name": "projects", "singularName": "project", "namespaced": false, "kind": "Project", "verbs": ["get", "list"]}),
        ],
        "autoscaling" => vec![],
        _ => {
            let (served, kinds) = groups().remove(group)?;
            if served != version {
                return None;
            }
            kinds
                .iter()
                .flat_map(|kind| {
                    std::iter::once(resource(kind))
                        .chain(kind.sub.iter().map(|sub| subresource(kind, sub)))
                })
                .collect()
        }
    };
    Some(
        json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": resources}),
    )
}

/// The aggregated form for `/api` (core) or `/apis` (all others).
pub fn aggregated(core: bool) -> Value {
    let mut items: Vec<Value> = groups()
        .into_iter()
        .filter(|(group, _)| group.is_empty() == core)
        .map(|(group, (version, kinds))| {
            let resources: Vec<Value> = kinds.iter().map(|kind| aggregated_resource(kind)).collect();
            json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": [{"version": version, "resources": resources, "freshness": "Current"}]})
        })
        .collect();
    if !core {
        items.extend(EXTRA.iter().map(|(group, version)| extra(group, version)));
    }
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

/// A group without stored objects, from its legacy list. A name with a slash is a subresource, and
/// stands below a resource that has no verbs of its own where there is none.
fn extra(group: &str, version: &str) -> Value {
    let listed = resource_list(group, version).unwrap_or_default();
    let mut resources: Vec<Value> = Vec::new();
    for one in listed["resources"].as_array().into_iter().flatten() {
        let kind = json!({"group": group, "version": version, "kind": one["kind"]});
        let name = one["name"].as_str().unwrap_or_default();
        let (plural, sub) = name.split_once('/').unwrap_or((name, ""));
        if resources
            .last()
            .is_none_or(|last| last["resource"] != plural)
        {
            let scope = if one["namespaced"] == true {
                "Namespaced"
            } else {
                "Cluster"
            };
            let verbs = if sub.is_empty() {
                one["verbs"].clone()
            } else {
                json!([])
            };
            resources.push(json!({"resource": plural, "responseKind": kind, "scope": scope, "singularResource": one["singularName"], "verbs": verbs, "subresources": []}));
        }
        if let Some(subs) = resources
            .last_mut()
            .and_then(|last| last["subresources"].as_array_mut())
            && !sub.is_empty()
        {
            subs.push(json!({"subresource": sub, "responseKind": kind, "verbs": one["verbs"]}));
        }
    }
    json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": [{"version": version, "resources": resources, "freshness": "Current"}]})
}

fn aggregated_resource(kind: &Served) -> Value {
    let sub: Vec<Value> = kind
        .sub
        .iter()
        .map(|sub| {
            let listed = subresource(kind, sub);
            json!({"subresource": sub, "responseKind": {"group": listed["group"].as_str().unwrap_or_default(), "version": listed["version"].as_str().unwrap_or_default(), "kind": listed["kind"]}, "verbs": listed["verbs"]})
        })
        .collect();
    let mut out = json!({"resource": kind.plural, "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind}, "scope": if kind.namespaced { "Namespaced" } else { "Cluster" }, "singularResource": kind.kind.to_lowercase(), "verbs": VERBS, "shortNames": kind.short, "categories": categories(kind)});
    if !sub.is_empty() {
        out["subresources"] = json!(sub);
    }
    out
}
