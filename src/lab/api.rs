//! The API server: from a request to the world and back.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Lab, answer, discovery,
    kinds::{Served, served},
    lists::list,
    openapi, select, stream, table, usage,
    wire::{self, Form},
    write,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// May do everything.
    Admin,
    /// May read everything but Secrets.
    Viewer,
    /// May read one namespace.
    NamespaceViewer,
    /// May do nothing.
    NoRights,
    /// Shows no credentials, and may do nothing.
    Anonymous,
}

/// The namespace of [`Role::NamespaceViewer`].
pub const OWN_NAMESPACE: &str = "media";

impl Role {
    /// Of a bearer token.
    fn of(headers: &HeaderMap, secret: &str) -> Option<Self> {
        let Some(shown) = headers.get(header::AUTHORIZATION) else {
            return Some(Self::Anonymous);
        };
        let token = shown.to_str().ok()?.strip_prefix("Bearer ")?;
        let role = token.strip_suffix(secret)?;
        Some(match role {
            "admin-" => Self::Admin,
            "viewer-" => Self::Viewer,
            "nsviewer-" => Self::NamespaceViewer,
            "norights-" => Self::NoRights,
            _ => return None,
        })
    }

    /// Its user name.
    #[must_use]
    pub const fn user(self) -> &'static str {
        match self {
            Self::Admin => "lab-admin",
            Self::Viewer => "lab-viewer",
            Self::NamespaceViewer => "lab-nsviewer",
            Self::NoRights => "lab-nobody",
            Self::Anonymous => "system:anonymous",
        }
    }

    /// Whether it may.
    #[must_use]
    pub fn may(self, verb: &str, plural: &str, namespace: &str) -> bool {
        let reads = matches!(verb, "get" | "list" | "watch");
        match self {
            Self::Admin => true,
            Self::Viewer => reads && plural != "secrets",
            Self::NamespaceViewer => reads && plural != "secrets" && namespace == OWN_NAMESPACE,
            Self::NoRights | Self::Anonymous => false,
        }
    }
}

impl Role {
    /// The rules that say so, for a namespace.
    fn rules(self, namespace: &str) -> Value {
        let all = |verbs: &[&str], resources: &[&str]| json!([{"verbs": verbs, "apiGroups": ["*"], "resources": resources}]);
        let reads = ["get", "list", "watch"];
        // everything but Secrets, as `view` has it; RBAC cannot say "all but", so kinds are named
        let readable: Vec<&str> = super::kinds::KINDS
            .iter()
            .map(|kind| kind.plural)
            .filter(|plural| *plural != "secrets")
            .collect();
        match self {
            Self::Admin => all(&["*"], &["*"]),
            Self::Viewer => all(&reads, &readable),
            Self::NamespaceViewer if namespace == OWN_NAMESPACE => all(&reads, &readable),
            Self::NamespaceViewer | Self::NoRights | Self::Anonymous => json!([]),
        }
    }
}

/// One request, taken apart.
pub struct Asked {
    /// Who.
    pub role: Role,
    /// Kind.
    pub kind: &'static Served,
    /// Namespace; empty for all or none.
    pub namespace: String,
    /// Name; empty for a collection.
    pub name: String,
    /// Subresource; may be empty.
    pub sub: String,
    /// Query.
    pub query: BTreeMap<String, String>,
    /// What of `Accept` is answered in, with its parameters.
    pub accept: String,
    /// The form that this means; `None` where the kind is served in none of those that are accepted.
    pub form: Option<Form>,
}

impl Asked {
    /// A parameter of the query; empty where it is not there.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether a parameter says yes.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.param(name), "true" | "1")
    }

    /// Whether an object is among those that are asked for.
    #[must_use]
    pub fn wants(&self, object: &Value) -> bool {
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        (self.namespace.is_empty() || namespace == self.namespace)
            && (self.name.is_empty() || object["metadata"]["name"] == self.name.as_str())
            && select::labels(self.param("labelSelector"), object)
            && select::fields(self.param("fieldSelector"), object)
    }

    /// The object in the form that is asked for: whole, its metadata, or a table of one.
    #[must_use]
    pub fn formed(&self, object: &Value) -> Value {
        if self.accept.contains("as=Table") {
            table::of_one(
                self.kind,
                object,
                self.param("includeObject"),
                jiff::Timestamp::now().as_second(),
            )
        } else if self.accept.contains("as=PartialObjectMetadata") {
            answer::metadata_only(object)
        } else {
            object.clone()
        }
    }
}

/// Answers a request.
pub async fn handle(
    lab: Arc<Lab>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let path: Vec<&str> = uri
        .path()
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    if path.first() == Some(&"lab") {
        return super::control::admin(&lab, &method, &path[1..], &headers, &query);
    }
    if let Some(failing) = super::outage::outage(&lab).await {
        return failing;
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|one| one.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let Some(role) = Role::of(&headers, &lab.secret) else {
        let form = if accept.starts_with(wire::PROTOBUF) {
            Form::Protobuf
        } else {
            Form::Json
        };
        return answer::failure_in(form, answer::unauthorized()).await;
    };
    if let Some(found) = plain_paths(&path, &accept) {
        return found;
    }
    if let Some(found) = reviews(role, &path, &body) {
        return found;
    }
    if let ["apis", "metrics.k8s.io", "v1beta1", rest @ ..] = path.as_slice() {
        return usage::metrics(&lab, role, rest);
    }
    if let ["apis", super::virt::GROUP, "v1", rest @ ..] = path.as_slice() {
        if let Some(denied) = super::outage::denied(&lab) {
            return denied;
        }
        let answer = super::virt::handle(&lab, role, &method, rest, &body);
        return super::outage::way_back(&lab, answer);
    }
    if let ["apis", "project.openshift.io", "v1", "projects", name @ ..] = path.as_slice() {
        return projects(&lab, role, name.first().copied());
    }
    if let ["api", "v1", "nodes", node, "proxy", "stats", "summary"] = path.as_slice() {
        return usage::summary(&lab, role, node);
    }
    let Some((kind, namespace, name, sub)) = place(&path) else {
        return answer::no_path();
    };
    // protobuf is offered for reading: what is written is answered in JSON, as it is written
    let chosen = if method == Method::GET && sub != "log" {
        wire::choose(kind, &accept)
    } else {
        Some((Form::Json, accept.as_str()))
    };
    let asked = Asked {
        role,
        kind,
        namespace,
        name,
        sub,
        query,
        form: chosen.map(|(form, _)| form),
        accept: chosen.map_or_else(String::new, |(_, clause)| clause.to_owned()),
    };
    if method == Method::GET {
        let answer = dispatch(&lab, &method, &asked, &headers, &body).await;
        return answer::failure_in(asked.form.unwrap_or(Form::Json), answer).await;
    }
    if let Some(denied) = super::outage::denied(&lab) {
        return denied;
    }
    super::outage::way_back(&lab, dispatch(&lab, &method, &asked, &headers, &body).await)
}

async fn dispatch(
    lab: &Arc<Lab>,
    method: &Method,
    asked: &Asked,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let watching = asked.flag("watch");
    let verb = match (method.as_str(), asked.name.is_empty()) {
        ("GET", true) if watching => "watch",
        ("GET", true) => "list",
        ("GET", false) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "deletecollection",
        ("DELETE", false) => "delete",
        _ => {
            return answer::failure(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
                json!({}),
            );
        }
    };
    if !asked.role.may(verb, asked.kind.plural, &asked.namespace) {
        return answer::forbidden(
            asked.role.user(),
            verb,
            asked.kind,
            &asked.namespace,
            &asked.name,
        );
    }
    let Some(form) = asked.form else {
        return answer::not_acceptable();
    };
    match verb {
        "watch" => stream::watch(lab, asked, form),
        "list" => list(lab, asked, form),
        "get" if asked.sub == "log" => stream::log(lab, asked),
        "get" if asked.sub == "scale" => write::get_scale(lab, asked),
        "get" => match lab.world.get(asked.kind, &asked.namespace, &asked.name) {
            Some(object) => answer::object_answer(asked.kind, form, &asked.formed(&object)),
            None => answer::not_found(asked.kind, &asked.name),
        },
        _ => write::write(lab, verb, asked, headers, body),
    }
}

/// Group, namespace, name and subresource of a path.
fn place(path: &[&str]) -> Option<(&'static Served, String, String, String)> {
    let (group, rest) = match path {
        ["api", "v1", rest @ ..] => ("", rest),
        ["apis", group, _version, rest @ ..] => (*group, rest),
        _ => return None,
    };
    let own = |text: &str| text.to_owned();
    let at =
        |index: usize, rest: &[&str]| rest.get(index).map_or_else(String::new, |text| own(text));
    match rest {
        ["namespaces", namespace, plural, more @ ..]
            if served(group, plural).is_some_and(|kind| kind.namespaced) =>
        {
            Some((
                served(group, plural)?,
                own(namespace),
                at(0, more),
                at(1, more),
            ))
        }
        [plural, more @ ..] => Some((
            served(group, plural)?,
            String::new(),
            at(0, more),
            at(1, more),
        )),
        [] => None,
    }
}

/// Paths that hold no objects.
fn plain_paths(path: &[&str], accept: &str) -> Option<Response> {
    let aggregated = accept.contains("as=APIGroupDiscoveryList");
    let ok = |value: &Value| Some(answer::json_answer(StatusCode::OK, value));
    match path {
        ["version"] => ok(
            &json!({"major": "1", "minor": "33", "gitVersion": "v1.33.5", "gitCommit": "", "gitTreeState": "clean", "buildDate": "2025-09-09T18:00:00Z", "goVersion": "go1.24", "compiler": "gc", "platform": "linux/amd64"}),
        ),
        ["healthz" | "livez" | "readyz"] => {
            let mut response = Response::new(Body::from("ok"));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            );
            Some(response)
        }
        ["api" | "apis"] if aggregated => {
            let mut response =
                answer::json_answer(StatusCode::OK, &discovery::aggregated(path[0] == "api"));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                ),
            );
            Some(response)
        }
        ["api"] => ok(&discovery::core_versions()),
        ["apis"] => ok(&discovery::group_list()),
        ["api", "v1"] => ok(&discovery::resource_list("", "v1")?),
        ["apis", group, version] => Some(
            discovery::resource_list(group, version).map_or_else(answer::no_path, |list| {
                answer::json_answer(StatusCode::OK, &list)
            }),
        ),
        ["openapi", "v2"] if accept.contains(openapi::V2) => {
            let mut response = Response::new(Body::from(openapi::EMPTY_V2));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(openapi::V2));
            Some(response)
        }
        ["openapi", "v2"] => ok(
            &json!({"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.33.5"}, "paths": {}, "definitions": {}}),
        ),
        ["openapi", "v3"] => ok(&openapi::index()),
        ["openapi", "v3", rest @ ..] => ok(&openapi::document(&rest.join("/"))?),
        _ => None,
    }
}

/// OpenShift's projects: the namespaces that the asker may look into.
fn projects(lab: &Lab, role: Role, name: Option<&str>) -> Response {
    let mut items = lab.world.all("Namespace");
    items.retain(|one| {
        let name = one["metadata"]["name"].as_str().unwrap_or_default();
        role.may("get", "namespaces", name)
    });
    for one in &mut items {
        one["kind"] = json!("Project");
        one["apiVersion"] = json!("project.openshift.io/v1");
    }
    if let Some(name) = name {
        let found = items.iter().find(|one| one["metadata"]["name"] == name);
        let denied = || answer::forbidden(role.user(), "get", &discovery::PROJECTS, name, name);
        return found.map_or_else(denied, |one| answer::json_answer(StatusCode::OK, one));
    }
    let list = json!({"kind": "ProjectList", "apiVersion": "project.openshift.io/v1", "metadata": {"resourceVersion": lab.world.version().to_string()}, "items": items});
    answer::json_answer(StatusCode::OK, &list)
}

/// What the asker may do, and who it is.
fn reviews(role: Role, path: &[&str], body: &Bytes) -> Option<Response> {
    let [
        "apis",
        group @ ("authorization.k8s.io" | "authentication.k8s.io"),
        "v1",
        plural,
    ] = path
    else {
        return None;
    };
    let mut review: Value = super::wire::body(&path.join("/"), body).unwrap_or_else(|| json!({}));
    match *plural {
        "selfsubjectaccessreviews" => {
            let wanted = review["spec"]["resourceAttributes"].clone();
            let text = |name: &str| wanted[name].as_str().unwrap_or_default();
            let allowed = if wanted.is_null() {
                true
            } else {
                role.may(text("verb"), text("resource"), text("namespace"))
            };
            review["status"] = json!({"allowed": allowed});
        }
        "selfsubjectrulesreviews" => {
            let namespace = review["spec"]["namespace"].as_str().unwrap_or_default();
            let rules = role.rules(namespace);
            review["status"] = json!({"resourceRules": rules, "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]}], "incomplete": false});
        }
        "selfsubjectreviews" => {
            review = json!({"kind": "SelfSubjectReview", "metadata": {}, "status": {"userInfo": {"username": role.user(), "groups": ["system:authenticated"]}}});
        }
        _ => return Some(answer::no_path()),
    }
    review["apiVersion"] = json!(format!("{group}/v1"));
    Some(answer::json_answer(StatusCode::CREATED, &review))
}
