//! What is asked for on demand: one object as YAML, logs.

use futures::{StreamExt, stream::BoxStream};
use http_body_util::BodyExt;
use serde_json::Value;

use super::{
    discovery::Served,
    http::{Getter, JSON, ReadError},
    usage::PATH as METRICS,
};
use crate::domain::{Kind, ObjectRef, Text, namespace_there};

/// What stands in place of a secret.
const MASK: &str = "(not shown)";

/// Reads from a cluster and can do nothing else.
#[derive(Clone)]
pub struct KubeReader {
    pub(super) getter: Getter,
    pub(super) served: std::sync::Arc<tokio::sync::RwLock<Served>>,
}

/// Which log, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Namespace.
    pub namespace: String,
    /// Pod.
    pub pod: String,
    /// Container.
    pub container: String,
    /// Of the container that ended before the present one.
    pub previous: bool,
    /// Goes on as the log grows.
    pub follow: bool,
    /// Lines from the end.
    pub tail: Option<u32>,
    /// Puts the time before every line.
    pub timestamps: bool,
    /// Bytes at the most, for a log that is not followed.
    pub limit_bytes: Option<u64>,
}

impl LogQuery {
    fn path(&self) -> String {
        let mut path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?container={}&previous={}&follow={}&timestamps={}",
            self.namespace, self.pod, self.container, self.previous, self.follow, self.timestamps
        );
        if let Some(lines) = self.tail {
            path.push_str(&format!("&tailLines={lines}"));
        }
        if let Some(bytes) = self.limit_bytes.filter(|_| !self.follow) {
            path.push_str(&format!("&limitBytes={bytes}"));
        }
        path
    }
}

impl KubeReader {
    /// A log as a stream of chunks of text.
    ///
    /// # Errors
    /// In the server's own words.
    pub async fn log_stream(
        &self,
        query: &LogQuery,
    ) -> Result<BoxStream<'static, Result<String, String>>, String> {
        let (_, response) = self
            .getter
            .open(&query.path(), "*/*")
            .await
            .map_err(|why| words(&why))?;
        let stream = response.into_body().into_data_stream();
        Ok(stream
            .map(|part| match part {
                Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                Err(why) => Err(super::connect::chain(&why)),
            })
            .boxed())
    }

    /// A whole log.
    ///
    /// # Errors
    /// In the server's own words.
    pub async fn log(&self, query: &LogQuery) -> Result<String, String> {
        let (_, body) = self
            .getter
            .get(&query.path(), "*/*")
            .await
            .map_err(|why| words(&why))?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// One object as YAML, without managed fields and without the contents of Secrets.
    ///
    /// # Errors
    /// In the server's own words.
    pub async fn yaml(&self, reference: &ObjectRef) -> Result<String, String> {
        let mut object = self.object_json(reference).await?;
        tidy(&mut object);
        serde_yaml::to_string(&object).map_err(|why| why.to_string())
    }

    /// All objects of a kind as JSON, page by page, without managed fields and without the
    /// contents of Secrets and ConfigMaps.
    ///
    /// # Errors
    /// In the server's own words.
    pub async fn list(&self, kind: Kind) -> Result<Vec<Value>, String> {
        let path = self
            .served
            .read()
            .await
            .path(kind, None)
            .ok_or_else(|| format!("the server has no {}", kind.plural_group()))?;
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("limit", "500")
                .append_pair("continue", &token)
                .finish();
            let mut page = self
                .getter
                .json(&format!("{path}?{query}"))
                .await
                .map_err(|why| words(&why))?;
            let version = page["apiVersion"].clone();
            if let Some(list) = page["items"].as_array_mut() {
                for mut item in list.drain(..) {
                    // the items of a list do not say what they are
                    item["apiVersion"] = version.clone();
                    item["kind"] = kind.as_str().into();
                    tidy(&mut item);
                    if kind == Kind::ConfigMap {
                        mask_values(&mut item, &["data", "binaryData"]);
                    }
                    items.push(item);
                }
            }
            match page["metadata"]["continue"].as_str() {
                Some(next) if !next.is_empty() => token = next.to_owned(),
                _ => return Ok(items),
            }
        }
    }

    /// Usage as metrics.k8s.io has it, and each kubelet's statistics: file name and text of what
    /// could be had. Usage is no object and may be missing; that alone is no error.
    pub async fn usage(&self, nodes: &[Text]) -> Vec<(String, String)> {
        let mut wanted = vec![
            ("usage/nodes".to_owned(), format!("{METRICS}/nodes")),
            ("usage/pods".to_owned(), format!("{METRICS}/pods")),
        ];
        wanted.extend(nodes.iter().map(|node| {
            let path = format!("/api/v1/nodes/{node}/proxy/stats/summary");
            (format!("usage/stats-{node}"), path)
        }));
        let mut out = Vec::new();
        for (file, path) in wanted {
            if let Ok((_, body)) = self.getter.get(&path, JSON).await {
                let text = String::from_utf8_lossy(&body).into_owned();
                out.push((format!("{file}.json"), text));
            }
        }
        out
    }

    async fn object_json(&self, reference: &ObjectRef) -> Result<Value, String> {
        self.found_json(reference)
            .await?
            .ok_or_else(|| format!("{reference} is not there"))
    }

    /// UID of an object; `None` where the server says that it is not there.
    ///
    /// # Errors
    /// In the server's own words.
    pub async fn uid(&self, reference: &ObjectRef) -> Result<Option<String>, String> {
        let found = self.found_json(reference).await?;
        Ok(found.map(|object| {
            object["metadata"]["uid"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        }))
    }

    async fn found_json(&self, reference: &ObjectRef) -> Result<Option<Value>, String> {
        let kind = Kind::parse(&reference.kind)
            .ok_or_else(|| format!("{} is not read from this cluster", reference.kind))?;
        // the key of an application may carry the instance that tells of it
        let namespace = namespace_there(&reference.key);
        let namespace = (!namespace.is_empty()).then_some(namespace);
        let path = self
            .served
            .read()
            .await
            .path(kind, namespace)
            .ok_or_else(|| format!("the server has no {}", kind.plural_group()))?;
        match self
            .getter
            .get(&format!("{path}/{}", reference.key.name), JSON)
            .await
        {
            Ok((_, body)) => serde_json::from_slice(&body).map_err(|why| why.to_string()),
            Err(ReadError::NotFound(_)) => Ok(None),
            Err(why) => Err(words(&why)),
        }
    }
}

fn words(why: &ReadError) -> String {
    why.to_string()
}

/// Takes out what nobody reads, and what nobody may.
fn tidy(object: &mut Value) {
    let secret = object.get("kind").and_then(Value::as_str) == Some("Secret");
    if let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        meta.remove("managedFields");
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    if secret {
        mask_values(object, &["data", "stringData"]);
    }
    mask_env(object);
}

/// Keeps the keys of these fields and nothing else.
fn mask_values(object: &mut Value, fields: &[&str]) {
    for field in fields {
        let Some(values) = object.get_mut(*field).and_then(Value::as_object_mut) else {
            continue;
        };
        values.values_mut().for_each(|value| *value = MASK.into());
    }
}

/// Literal values of variables whose name says secret.
fn mask_env(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let named = fields
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(says_secret);
            if let (true, Some(literal)) = (named, fields.get_mut("value"))
                && literal.is_string()
            {
                *literal = MASK.into();
            }
            fields.values_mut().for_each(mask_env);
        }
        Value::Array(items) => items.iter_mut().for_each(mask_env),
        _ => {}
    }
}

/// Whether the name of a variable or key says that its value is a secret.
pub(crate) fn says_secret(name: &str) -> bool {
    let upper = name.to_uppercase();
    [
        "PASSWORD",
        "PASSWD",
        "TOKEN",
        "API_KEY",
        "APIKEY",
        "SECRET",
        "PRIVATE_KEY",
        "CREDENTIAL",
    ]
    .iter()
    .any(|word| upper.contains(word))
        && !["_FILE", "_NAME", "_PATH", "_URL", "_DIR"]
            .iter()
            .any(|end| upper.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_never_reach_the_yaml() {
        let mut secret = json!({"kind": "Secret", "metadata": {"name": "a", "managedFields": [{}]}, "data": {"k": "czNjcmV0"}});
        tidy(&mut secret);
        assert!(
            !secret.to_string().contains("czNjcmV0")
                && !secret.to_string().contains("managedFields")
        );
        let mut pod = json!({"kind": "Pod", "spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "HOME", "value": "/tmp"}]}]}});
        tidy(&mut pod);
        assert!(!pod.to_string().contains("hunter2") && pod.to_string().contains("/tmp"));
    }
}
