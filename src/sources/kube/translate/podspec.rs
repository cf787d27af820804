//! Templates of pods and their containers.

use std::sync::Arc;

use super::{Translator, wire};
use crate::domain::{
    Container, EnvFrom, EnvValue, EnvVar, HealthProbe, List, Mount, PodSpec, Port, ProbeAction,
    Security, Text,
};

/// Volumes that the API server itself adds to every pod, each under a random name.
const TOKEN_VOLUME: &str = "kube-api-access-";

impl Translator {
    pub(crate) fn pod_spec(&mut self, wire: wire::PodSpec) -> PodSpec {
        PodSpec {
            containers: wire
                .containers
                .iter()
                .map(|one| self.container(one))
                .collect(),
            init_containers: wire
                .init_containers
                .iter()
                .map(|one| self.container(one))
                .collect(),
            volumes: wire
                .volumes
                .iter()
                .filter(|one| !one.name.starts_with(TOKEN_VOLUME))
                .map(|one| self.volume_of_pod(one))
                .collect(),
            node_selector: self.pairs(&wire.node_selector),
            affinity: wire
                .affinity
                .as_ref()
                .map(|one| self.affinity(one))
                .unwrap_or_default(),
            tolerations: wire
                .tolerations
                .iter()
                .map(|one| self.toleration(one))
                .collect(),
            spread: wire
                .topology_spread_constraints
                .iter()
                .map(|one| self.spread(one))
                .collect(),
            service_account: self.text(&wire.service_account_name),
            scheduler: self.text(&wire.scheduler_name),
            priority_class: self.text(&wire.priority_class_name),
            priority: wire.priority.unwrap_or_default(),
            restart_policy: self.text(&wire.restart_policy),
            host_network: wire.host_network,
            host_pid: wire.host_pid,
            host_ipc: wire.host_ipc,
            security: wire
                .security_context
                .as_ref()
                .map(|one| self.pod_security(one))
                .unwrap_or_default(),
            pull_secrets: wire
                .image_pull_secrets
                .iter()
                .map(|one| self.text(&one.name))
                .collect(),
            gates: wire
                .scheduling_gates
                .iter()
                .map(|one| self.text(&one.name))
                .collect(),
            overhead: self.resources(&wire.overhead),
            runtime_class: self.text(&wire.runtime_class_name),
            grace_seconds: wire.termination_grace_period_seconds,
        }
    }

    fn container(&mut self, wire: &wire::Container) -> Arc<Container> {
        let resources = wire.resources.clone().unwrap_or_default();
        let container = Container {
            name: self.text(&wire.name),
            image: self.text(&wire.image),
            pull_policy: self.text(&wire.image_pull_policy),
            command: self.texts(&wire.command),
            args: self.texts(&wire.args),
            env: wire.env.iter().map(|one| self.env(one)).collect(),
            env_from: wire
                .env_from
                .iter()
                .filter_map(|one| self.env_from(one))
                .collect(),
            requests: self.resources(&resources.requests),
            limits: self.resources(&resources.limits),
            ports: wire.ports.iter().map(|one| self.port(one)).collect(),
            mounts: wire
                .volume_mounts
                .iter()
                .filter(|one| !one.name.starts_with(TOKEN_VOLUME))
                .map(|one| self.mount(one))
                .collect(),
            devices: wire
                .volume_devices
                .iter()
                .map(|one| (self.text(&one.name), self.text(&one.device_path)))
                .collect(),
            liveness: wire.liveness_probe.as_ref().map(|one| self.probe(one)),
            readiness: wire.readiness_probe.as_ref().map(|one| self.probe(one)),
            startup: wire.startup_probe.as_ref().map(|one| self.probe(one)),
            security: wire
                .security_context
                .as_ref()
                .map(|one| self.security(one))
                .unwrap_or_default(),
            restart_policy: self.text(&wire.restart_policy),
            post_start: self.post_start(wire.lifecycle.as_ref()),
            working_dir: self.text(&wire.working_dir),
        };
        self.shared_container(container)
    }

    fn post_start(&mut self, wire: Option<&wire::Lifecycle>) -> List<Text> {
        match wire.and_then(|lifecycle| lifecycle.post_start.as_ref()) {
            Some(hook) => match &hook.exec {
                Some(exec) => self.texts(&exec.command),
                None => List::from([self.text("httpGet")]),
            },
            None => List::new(),
        }
    }

    fn env(&mut self, wire: &wire::EnvVar) -> EnvVar {
        let from = wire.value_from.as_ref();
        let value = if let Some(key) = from.and_then(|from| from.secret_key_ref.as_ref()) {
            let name = key.local_object_reference.as_ref().map_or("", |r| &r.name);
            EnvValue::Secret(self.text(name), self.text(&key.key), key.optional)
        } else if let Some(key) = from.and_then(|from| from.config_map_key_ref.as_ref()) {
            let name = key.local_object_reference.as_ref().map_or("", |r| &r.name);
            EnvValue::ConfigMap(self.text(name), self.text(&key.key), key.optional)
        } else if let Some(field) = from.and_then(|from| from.field_ref.as_ref()) {
            EnvValue::Field(self.text(&field.field_path))
        } else if let Some(field) = from.and_then(|from| from.resource_field_ref.as_ref()) {
            EnvValue::Field(self.text(&field.resource))
        } else if wire.value.is_empty() {
            EnvValue::Empty
        } else {
            EnvValue::Literal(self.text(&wire.value))
        };
        EnvVar {
            name: self.text(&wire.name),
            value,
        }
    }

    fn env_from(&mut self, wire: &wire::EnvFromSource) -> Option<EnvFrom> {
        if let Some(secret) = &wire.secret_ref {
            let name = secret
                .local_object_reference
                .as_ref()
                .map_or("", |r| &r.name);
            return Some(EnvFrom::Secret(self.text(name), secret.optional));
        }
        let map = wire.config_map_ref.as_ref()?;
        let name = map.local_object_reference.as_ref().map_or("", |r| &r.name);
        Some(EnvFrom::ConfigMap(self.text(name), map.optional))
    }

    fn port(&mut self, wire: &wire::ContainerPort) -> Port {
        let protocol = if wire.protocol.is_empty() {
            "TCP"
        } else {
            &wire.protocol
        };
        Port {
            name: self.text(&wire.name),
            container: wire.container_port,
            host: wire.host_port,
            protocol: self.text(protocol),
        }
    }

    fn mount(&mut self, wire: &wire::VolumeMount) -> Mount {
        Mount {
            volume: self.text(&wire.name),
            path: self.text(&wire.mount_path),
            sub_path: self.text(&wire.sub_path),
            read_only: wire.read_only,
            propagation: self.text(if wire.mount_propagation == "None" {
                ""
            } else {
                &wire.mount_propagation
            }),
        }
    }

    fn probe(&mut self, wire: &wire::Probe) -> HealthProbe {
        HealthProbe {
            action: wire
                .handler
                .as_ref()
                .map(|one| self.probe_action(one))
                .unwrap_or_default(),
            delay: wire.initial_delay_seconds,
            period: wire.period_seconds,
            timeout: wire.timeout_seconds,
            failures: wire.failure_threshold,
        }
    }

    fn probe_action(&mut self, wire: &wire::ProbeHandler) -> ProbeAction {
        let port = |port: Option<&wire::IntOrString>| {
            port.map(wire::IntOrString::as_text).unwrap_or_default()
        };
        if let Some(get) = &wire.http_get {
            ProbeAction::Http(
                self.text(&get.path),
                self.text(&port(get.port.as_ref())),
                self.text(&get.scheme),
            )
        } else if let Some(tcp) = &wire.tcp_socket {
            ProbeAction::Tcp(self.text(&port(tcp.port.as_ref())))
        } else if let Some(exec) = &wire.exec {
            ProbeAction::Exec(self.texts(&exec.command))
        } else if let Some(grpc) = &wire.grpc {
            ProbeAction::Grpc(grpc.port)
        } else {
            ProbeAction::Unknown
        }
    }

    fn security(&mut self, wire: &wire::SecurityContext) -> Security {
        let capabilities = wire.capabilities.clone().unwrap_or_default();
        Security {
            run_as_user: wire.run_as_user,
            run_as_group: wire.run_as_group,
            run_as_non_root: wire.run_as_non_root,
            fs_group: None,
            privileged: wire.privileged,
            escalation: wire.allow_privilege_escalation,
            read_only_root: wire.read_only_root_filesystem,
            cap_add: self.texts(&capabilities.add),
            cap_drop: self.texts(&capabilities.drop),
            seccomp: self.text(
                wire.seccomp_profile
                    .as_ref()
                    .map_or("", |profile| &profile.kind),
            ),
        }
    }

    fn pod_security(&mut self, wire: &wire::PodSecurityContext) -> Security {
        Security {
            run_as_user: wire.run_as_user,
            run_as_group: wire.run_as_group,
            run_as_non_root: wire.run_as_non_root,
            fs_group: wire.fs_group,
            seccomp: self.text(
                wire.seccomp_profile
                    .as_ref()
                    .map_or("", |profile| &profile.kind),
            ),
            ..Security::default()
        }
    }
}
