//! The objects of one application of a big cluster, as large as they are in life: with probes,
//! environment, token volumes, the network's annotations and the conditions of today's kubelets.

use serde_json::{Value, json};

use super::super::world::{letters, uid};

/// Pods of one application.
pub const REPLICAS: usize = 6;
/// Every so many applications one keeps its data on a claim.
const CLAIM_EVERY: usize = 12;
/// Numbers of identities that the world does not give out itself.
const OWN_UIDS: u64 = 1 << 40;

/// One application.
pub struct App {
    /// Its number.
    pub nth: usize,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    time: String,
}

impl App {
    /// The application of this number.
    pub fn new(nth: usize, namespaces: usize, time: &str) -> Self {
        Self {
            nth,
            namespace: format!("team-{:04}", nth % namespaces),
            name: format!("app-{nth:04}"),
            time: time.to_owned(),
        }
    }

    fn hash(&self) -> String {
        format!(
            "{}{}",
            letters(self.nth as u64 + 77),
            letters(self.nth as u64)
        )
    }

    fn identity(&self, what: u64) -> String {
        uid(OWN_UIDS + (self.nth as u64) * 8 + what)
    }

    fn labels(&self) -> Value {
        json!({"app.kubernetes.io/name": self.name, "app.kubernetes.io/instance": self.name, "app.kubernetes.io/version": format!("1.{}.0", self.nth % 40), "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": format!("service-{}", self.nth % 7)})
    }

    fn pod_labels(&self) -> Value {
        let mut labels = self.labels();
        labels["pod-template-hash"] = json!(self.hash());
        labels
    }

    fn has_claim(&self) -> bool {
        self.nth.is_multiple_of(CLAIM_EVERY)
    }

    /// Everything but its pods: workload, service, claim and volume.
    pub fn surroundings(&self, pods: usize) -> Vec<Value> {
        let meta = |what: u64, name: &str| json!({"namespace": self.namespace, "name": name, "uid": self.identity(what), "labels": self.labels(), "generation": 1});
        let template = json!({"metadata": {"labels": self.pod_labels(), "annotations": {"checksum/config": format!("{:064x}", self.nth * 7919)}}, "spec": self.template()});
        let selector = json!({"matchLabels": {"app.kubernetes.io/name": self.name}});
        let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": self.time, "lastUpdateTime": self.time});
        let set = format!("{}-{}", self.name, self.hash());
        let mut deployment = meta(1, &self.name);
        deployment["annotations"] = json!({"deployment.kubernetes.io/revision": "1", "meta.helm.sh/release-name": self.name, "meta.helm.sh/release-namespace": self.namespace});
        let mut replica_set = meta(2, &set);
        replica_set["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": self.name, "uid": self.identity(1), "controller": true, "blockOwnerDeletion": true}]);
        replica_set["annotations"] = json!({"deployment.kubernetes.io/revision": "1", "deployment.kubernetes.io/desired-replicas": pods.to_string(), "deployment.kubernetes.io/max-replicas": (pods + 2).to_string()});
        let counts = json!({"replicas": pods, "readyReplicas": pods, "availableReplicas": pods, "observedGeneration": 1});
        let mut status = counts.clone();
        status["updatedReplicas"] = json!(pods);
        status["conditions"] = json!([
            condition(
                "Available",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability."
            ),
            condition(
                "Progressing",
                "NewReplicaSetAvailable",
                &format!("ReplicaSet \"{set}\" has successfully progressed.")
            ),
        ]);
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}});
        let mut all = vec![
            json!({"kind": "Deployment", "metadata": deployment, "spec": {"replicas": pods, "selector": selector, "template": template, "strategy": strategy, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}, "status": status}),
            json!({"kind": "ReplicaSet", "metadata": replica_set, "spec": {"replicas": pods, "selector": selector, "template": template}, "status": counts}),
            json!({"kind": "Service", "metadata": meta(3, &self.name), "spec": {"type": "ClusterIP", "clusterIP": format!("172.30.{}.{}", self.nth / 250 % 250, self.nth % 250), "selector": {"app.kubernetes.io/name": self.name}, "sessionAffinity": "None", "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}, {"name": "metrics", "port": 9090, "targetPort": 9090, "protocol": "TCP"}]}}),
        ];
        if self.has_claim() {
            all.extend(self.storage(&meta(4, &format!("{}-data", self.name))));
        }
        all
    }

    fn storage(&self, meta: &Value) -> [Value; 2] {
        let volume = format!("pvc-{}", self.identity(4));
        [
            json!({"kind": "PersistentVolumeClaim", "metadata": meta, "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}, "storageClassName": "nfs", "volumeMode": "Filesystem", "volumeName": volume}, "status": {"phase": "Bound", "accessModes": ["ReadWriteMany"], "capacity": {"storage": "20Gi"}}}),
            json!({"kind": "PersistentVolume", "metadata": {"name": volume, "uid": self.identity(5), "annotations": {"pv.kubernetes.io/provisioned-by": "nfs.csi.example"}, "finalizers": ["kubernetes.io/pv-protection"]}, "spec": {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "20Gi"}, "claimRef": {"kind": "PersistentVolumeClaim", "namespace": self.namespace, "name": meta["name"], "uid": meta["uid"]}, "csi": {"driver": "nfs.csi.example", "volumeHandle": volume}, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "nfs", "volumeMode": "Filesystem"}, "status": {"phase": "Bound"}}),
        ]
    }

    fn container(&self, name: &str, image: &str, port: u16) -> Value {
        let probe = |path: &str, delay: u32| json!({"httpGet": {"path": path, "port": port, "scheme": "HTTP"}, "initialDelaySeconds": delay, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3});
        let mut env: Vec<Value> = (0..8)
            .map(|nth| json!({"name": format!("SETTING_{nth}"), "value": format!("value-{}-of-{}", nth, self.name)}))
            .collect();
        env.push(json!({"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}));
        env.push(json!({"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": format!("{}-secret", self.name), "key": "password"}}}));
        json!({
            "name": name, "image": image, "imagePullPolicy": "IfNotPresent",
            "args": ["--config=/etc/app/config.yaml", "--log-level=info"], "env": env,
            "ports": [{"name": if port == 8080 { "http" } else { "metrics" }, "containerPort": port, "protocol": "TCP"}],
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
            "livenessProbe": probe("/livez", 15), "readinessProbe": probe("/readyz", 5),
            "securityContext": {"allowPrivilegeEscalation": false, "runAsNonRoot": true, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": true}, {"name": "tmp", "mountPath": "/tmp"}],
        })
    }

    /// What the owner wrote.
    fn template(&self) -> Value {
        let data = if self.has_claim() {
            json!({"name": "data", "persistentVolumeClaim": {"claimName": format!("{}-data", self.name)}})
        } else {
            json!({"name": "data", "emptyDir": {}})
        };
        json!({
            "containers": [self.container("app", &format!("registry.example/{}:1.{}.0", self.name, self.nth % 40), 8080), self.container("proxy", "registry.example/mesh/proxy:1.24.3", 9090)],
            "volumes": [{"name": "config", "configMap": {"name": format!("{}-config", self.name), "defaultMode": 420}}, {"name": "tmp", "emptyDir": {}}, data],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "serviceAccountName": self.name, "serviceAccount": self.name, "securityContext": {"fsGroup": 1_000_660_000, "runAsUser": 1_000_660_000, "seccompProfile": {"type": "RuntimeDefault"}},
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": self.name}}}}]}},
        })
    }

    /// Its pod of this number among all pods, on a node.
    pub fn pod(&self, number: usize, node: &str, ready: bool) -> Value {
        let name = format!("{}-{}-{}", self.name, self.hash(), letters(number as u64));
        let address = format!(
            "10.{}.{}.{}",
            128 + number / 62500,
            number / 250 % 250,
            number % 250
        );
        let mut spec = self.template();
        let token = format!("kube-api-access-{}", letters(number as u64 + 13));
        spec["nodeName"] = json!(node);
        spec["priority"] = json!(0);
        spec["preemptionPolicy"] = json!("PreemptLowerPriority");
        spec["enableServiceLinks"] = json!(true);
        spec["tolerations"] = json!([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}, {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}]);
        if let Some(volumes) = spec["volumes"].as_array_mut() {
            volumes.push(json!({"name": token, "projected": {"defaultMode": 420, "sources": [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}, {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}, {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}}));
        }
        for container in spec["containers"].as_array_mut().into_iter().flatten() {
            if let Some(mounts) = container["volumeMounts"].as_array_mut() {
                mounts.push(json!({"name": token, "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}));
            }
        }
        let network = json!({"default": {"ip_addresses": [format!("{address}/23")], "mac_address": format!("0a:58:0a:{:02x}:{:02x}:{:02x}", number >> 16, number >> 8 & 255, number & 255), "gateway_ips": ["10.128.0.1"], "role": "primary"}});
        json!({
            "kind": "Pod",
            "metadata": {"namespace": self.namespace, "name": name, "generateName": format!("{}-{}-", self.name, self.hash()), "labels": self.pod_labels(),
                "annotations": {"checksum/config": format!("{:064x}", self.nth * 7919), "k8s.ovn.org/pod-networks": network.to_string(), "openshift.io/scc": "restricted-v2", "seccomp.security.alpha.kubernetes.io/pod": "runtime/default"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{}-{}", self.name, self.hash()), "uid": self.identity(2), "controller": true, "blockOwnerDeletion": true}]},
            "spec": spec,
            "status": self.status(number, &address, ready),
        })
    }

    fn status(&self, number: usize, address: &str, ready: bool) -> Value {
        let word = |holds: bool| if holds { "True" } else { "False" };
        let condition = |kind: &str, holds: bool| {
            let mut one = json!({"type": kind, "status": word(holds), "lastProbeTime": null, "lastTransitionTime": self.time});
            if !holds {
                one["reason"] = json!("ContainersNotReady");
                one["message"] = json!("containers with unready status: [app]");
            }
            one
        };
        let container = |name: &str, image: String, ready: bool| {
            let state = if ready {
                json!({"running": {"startedAt": self.time}})
            } else {
                json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container=app"}})
            };
            let last = if ready {
                json!({})
            } else {
                json!({"terminated": {"exitCode": 1, "reason": "Error", "startedAt": self.time, "finishedAt": self.time}})
            };
            let digest = image.bytes().fold(7_u64, |hash, byte| {
                hash.wrapping_mul(31).wrapping_add(u64::from(byte))
            });
            json!({"name": name, "image": image, "imageID": format!("{}@sha256:{digest:064x}", image.split(':').next().unwrap_or_default()), "containerID": format!("cri-o://{:064x}", number * 2 + name.len()), "ready": ready, "started": ready, "restartCount": i32::from(!ready) * 7, "state": state, "lastState": last})
        };
        json!({
            "phase": "Running", "hostIP": "10.0.0.9", "hostIPs": [{"ip": "10.0.0.9"}], "podIP": address, "podIPs": [{"ip": address}], "startTime": self.time, "qosClass": "Burstable",
            "conditions": [condition("PodReadyToStartContainers", true), condition("Initialized", true), condition("Ready", ready), condition("ContainersReady", ready), condition("PodScheduled", true)],
            "containerStatuses": [container("app", format!("registry.example/{}:1.{}.0", self.name, self.nth % 40), ready), container("proxy", "registry.example/mesh/proxy:1.24.3".into(), true)],
        })
    }

    /// Its endpoints.
    pub fn endpoints(&self, pods: &[Value]) -> Value {
        let endpoints: Vec<Value> = pods
            .iter()
            .map(|pod| {
                let ready = pod["status"]["conditions"][2]["status"] == "True";
                json!({"addresses": [pod["status"]["podIP"]], "conditions": {"ready": ready, "serving": ready, "terminating": false}, "nodeName": pod["spec"]["nodeName"], "targetRef": {"kind": "Pod", "namespace": self.namespace, "name": pod["metadata"]["name"]}})
            })
            .collect();
        json!({"kind": "EndpointSlice", "metadata": {"namespace": self.namespace, "name": format!("{}-{}", self.name, letters(self.nth as u64 + 5)), "labels": {"kubernetes.io/service-name": self.name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}, "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": self.name, "uid": self.identity(3), "controller": true, "blockOwnerDeletion": true}]}, "addressType": "IPv4", "endpoints": endpoints, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}, {"name": "metrics", "port": 9090, "protocol": "TCP"}]})
    }
}
