//! The simulated world beside the program: read and changed through its API.

use kube::config::{KubeConfigOptions, Kubeconfig};
use redbutton::lab::{Options, Running, start};
use serde_json::Value;

pub struct World {
    pub folder: tempfile::TempDir,
    pub client: kube::Client,
    _lab: Running,
}

impl World {
    pub async fn open() -> Self {
        let lab = start(&Options::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        lab.write_files(folder.path()).unwrap();
        let file = Kubeconfig::read_from(folder.path().join("kubeconfig")).unwrap();
        let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
            .await
            .unwrap();
        Self {
            client: kube::Client::try_from(config).unwrap(),
            folder,
            _lab: lab,
        }
    }

    /// An object, or nothing where it is gone.
    pub async fn get(&self, path: &str) -> Option<Value> {
        let request = http::Request::get(path).body(Vec::new()).unwrap();
        self.client.request(request).await.ok()
    }

    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await.unwrap()["items"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Makes an object and gives it back.
    pub async fn make(&self, path: &str, object: Value) -> Value {
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .body(object.to_string().into_bytes())
            .unwrap();
        self.client.request(request).await.unwrap()
    }

    /// Begins (POST) or ends (DELETE) an outage of the lab.
    pub async fn outage(&self, method: &str, path: &str) {
        self.control(method, &format!("outage{path}")).await;
    }

    /// Asks the lab itself for something.
    pub async fn control(&self, method: &str, path: &str) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/lab/{path}"))
            .body(Vec::new())
            .unwrap();
        assert_eq!(self.client.request_text(request).await.unwrap(), "done\n");
    }
}
