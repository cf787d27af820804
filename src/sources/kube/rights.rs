//! Who one is, and what one may read.

use serde_json::json;

use super::{
    custom::Json,
    http::{Getter, ReadError},
};
use crate::domain::{Kind, Text};

/// The user as the server sees him; `None` where the server is too old to say.
pub(super) async fn who(getter: &Getter) -> Option<(Text, Vec<Text>)> {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let answer = getter
        .review("/apis/authentication.k8s.io/v1/selfsubjectreviews", &review)
        .await
        .ok()?;
    let user = Json(&answer).at("status.userInfo");
    Some((
        user.text("username").into(),
        user.texts("groups").map(Text::from).collect(),
    ))
}

/// Whether one may do this.
pub(super) async fn may(
    getter: &Getter,
    verb: &str,
    group: &str,
    resource: &str,
    namespace: &str,
) -> Result<bool, ReadError> {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": namespace}},
    });
    let answer = getter
        .review(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            &review,
        )
        .await?;
    Ok(Json(&answer).flag("status.allowed"))
}

/// Each namespace costs some thirty watches.
const MOST_PROJECTS: usize = 20;

/// The namespaces that OpenShift shows one as projects; elsewhere none.
pub(super) async fn projects(getter: &Getter) -> Vec<Text> {
    let path = "/apis/project.openshift.io/v1/projects";
    let Ok(list) = getter.json(path).await else {
        return Vec::new();
    };
    Json(&list)
        .list("items")
        .map(|one| Text::from(one.text("metadata.name")))
        .take(MOST_PROJECTS)
        .collect()
}

/// Those of the namespaces in which a kind may be listed.
pub(super) async fn allowed(getter: &Getter, kind: Kind, namespaces: &[Text]) -> Vec<Text> {
    let resource = kind.resource();
    let mut found = Vec::new();
    for namespace in namespaces {
        if may(getter, "list", resource.group, resource.plural, namespace)
            .await
            .unwrap_or_default()
        {
            found.push(namespace.clone());
        }
    }
    found
}
