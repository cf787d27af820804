//! A big lab in this process, and what its API server answers.

use bytes::Bytes;
use http_body_util::BodyExt;
use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::{
    domain::Kind,
    lab::{Options, Running, Scale, start},
};

use crate::{NODES, PODS};

/// Media type of protobuf.
pub const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// Media type of JSON.
pub const JSON: &str = "application/json";

/// A lab and a way to ask it.
pub struct Cluster {
    runtime: tokio::runtime::Runtime,
    client: kube::Client,
    _lab: Running,
}

impl Cluster {
    /// Starts one.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let options = Options {
            scale: Some(Scale {
                apps: 0,
                nodes: NODES,
                pods: PODS,
                churn: 0,
            }),
            seed: 1,
            ..Options::default()
        };
        let lab = runtime.block_on(start(&options)).unwrap();
        let kubeconfig = Kubeconfig::from_yaml(&lab.kubeconfig()).unwrap();
        let client = runtime.block_on(client(kubeconfig));
        Self {
            runtime,
            client,
            _lab: lab,
        }
    }

    /// The body of an answer.
    pub fn get(&self, path: &str, accept: &str) -> Bytes {
        self.runtime.block_on(get(&self.client, path, accept))
    }
}

/// A client of the cluster of a kubeconfig.
pub async fn client(kubeconfig: Kubeconfig) -> kube::Client {
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .unwrap();
    kube::Client::try_from(config).unwrap()
}

/// The body of an answer.
pub async fn get(client: &kube::Client, path: &str, accept: &str) -> Bytes {
    let request = http::Request::get(path)
        .header(http::header::ACCEPT, accept)
        .body(kube::client::Body::empty())
        .unwrap();
    let answer = client.send(request).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.into_body().collect().await.unwrap().to_bytes()
}

/// Where the list of a kind is.
pub fn path(kind: Kind) -> String {
    let resource = kind.resource();
    if resource.group.is_empty() {
        format!("/api/{}/{}", resource.version, resource.plural)
    } else {
        format!(
            "/apis/{}/{}/{}",
            resource.group, resource.version, resource.plural
        )
    }
}

/// The kinds that the console follows and that such a lab has something of.
pub fn kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.resource().builtin && !matches!(kind, Kind::Secret | Kind::ConfigMap))
}
