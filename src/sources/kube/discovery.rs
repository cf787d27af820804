//! Which kinds the server has, and in which version.

use std::collections::BTreeMap;

use super::{
    custom::Json,
    http::{Getter, ReadError},
};
use crate::domain::Kind;

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// The kinds a server has, each with its path prefix, as `/apis/apps/v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Served {
    prefixes: BTreeMap<Kind, String>,
    /// Whether metrics.k8s.io is served.
    pub metrics: bool,
}

impl Served {
    /// The path of all objects of a kind, in a namespace or in all; `None` where the server has no such kind.
    pub(crate) fn path(&self, kind: Kind, namespace: Option<&str>) -> Option<String> {
        let prefix = self.prefixes.get(&kind)?;
        let plural = kind.resource().plural;
        Some(match namespace {
            Some(namespace) => format!("{prefix}/namespaces/{namespace}/{plural}"),
            None => format!("{prefix}/{plural}"),
        })
    }
}

/// Asks the server what it has.
pub(crate) async fn discover(getter: &Getter) -> Result<Served, ReadError> {
    let mut served = Served::default();
    for kind in Kind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.resource().group.is_empty())
    {
        served.prefixes.insert(kind, "/api/v1".into());
    }
    let (_, body) = getter.get("/apis", AGGREGATED).await?;
    let groups: serde_json::Value = serde_json::from_slice(&body)
        .map_err(|why| ReadError::Unreadable(why.to_string().into()))?;
    let groups = Json(&groups);
    if groups.text("kind") == "APIGroupDiscoveryList" {
        aggregated(groups, &mut served);
    } else {
        legacy(getter, groups, &mut served).await?;
    }
    Ok(served)
}

fn aggregated(groups: Json<'_>, served: &mut Served) {
    for group in groups.list("items") {
        let name = group.text("metadata.name");
        served.metrics |= name == "metrics.k8s.io";
        // versions come in the server's order of preference
        for version in group.list("versions") {
            for resource in version.list("resources") {
                note(
                    served,
                    name,
                    version.text("version"),
                    resource.text("resource"),
                );
            }
        }
    }
}

fn note(served: &mut Served, group: &str, version: &str, plural: &str) {
    let found = Kind::ALL
        .iter()
        .find(|kind| kind.resource().group == group && kind.resource().plural == plural);
    let Some(kind) = found.copied() else { return };
    let wanted = kind.resource().version;
    // the version that the decoder was written for wins over the server's preferred one
    if version == wanted || !served.prefixes.contains_key(&kind) {
        served
            .prefixes
            .insert(kind, format!("/apis/{group}/{version}"));
    }
}

async fn legacy(getter: &Getter, groups: Json<'_>, served: &mut Served) -> Result<(), ReadError> {
    for group in groups.list("groups") {
        let name = group.text("name");
        served.metrics |= name == "metrics.k8s.io";
        if !Kind::ALL.iter().any(|kind| kind.resource().group == name) {
            continue;
        }
        for version in group.list("versions") {
            let version = version.text("version");
            // one broken aggregated API must not hide the others
            let Ok(resources) = getter.json(&format!("/apis/{name}/{version}")).await else {
                continue;
            };
            for resource in Json(&resources).list("resources") {
                note(served, name, version, resource.text("name"));
            }
        }
    }
    Ok(())
}
