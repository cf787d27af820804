//! Pods and the states of their containers.

use super::{Translator, meta::conditions, moment, one_of, wire};
use crate::domain::{ContainerState, ContainerStatus, Pod, Terminated, Which};

impl Translator {
    pub(crate) fn pod(&mut self, wire: wire::Pod) -> Pod {
        let spec = wire.spec.unwrap_or_default();
        let status = wire.status.unwrap_or_default();
        let node = self.strings.some(&spec.node_name);
        let template = self.pod_spec(spec);
        Pod {
            meta: self.meta(wire.metadata),
            spec: self.template(template),
            node,
            phase: self.text(&status.phase),
            reason: self.text(&status.reason),
            message: self.text(&status.message),
            conditions: conditions!(self, status.conditions),
            statuses: status
                .container_statuses
                .iter()
                .map(|one| self.container_status(one))
                .collect(),
            init_statuses: status
                .init_container_statuses
                .iter()
                .map(|one| self.container_status(one))
                .collect(),
            ip: self.text(&status.pod_ip),
            qos: self.text(&status.qos_class),
        }
    }

    fn container_status(&mut self, wire: &wire::ContainerStatus) -> ContainerStatus {
        let which = Which {
            name: self.text(&wire.name),
            image: self.text(&wire.image),
            image_id: self.text(&wire.image_id),
        };
        ContainerStatus {
            which: one_of(&mut self.which, which),
            ready: wire.ready,
            started: wire.started.unwrap_or_default(),
            restarts: wire.restart_count,
            state: wire
                .state
                .as_ref()
                .map_or(ContainerState::Unknown, |state| self.container_state(state)),
            last: wire
                .last_state
                .as_ref()
                .and_then(|last| last.terminated.as_ref())
                .map(|end| Box::new(self.terminated(end))),
        }
    }

    fn container_state(&mut self, wire: &wire::ContainerState) -> ContainerState {
        if let Some(waiting) = &wire.waiting {
            ContainerState::Waiting {
                reason: self.text(&waiting.reason),
                message: self.text(&waiting.message),
            }
        } else if let Some(running) = &wire.running {
            ContainerState::Running(moment(running.started_at).into())
        } else if let Some(end) = &wire.terminated {
            ContainerState::Terminated(Box::new(self.terminated(end)))
        } else {
            ContainerState::Unknown
        }
    }

    fn terminated(&mut self, wire: &wire::ContainerStateTerminated) -> Terminated {
        Terminated {
            exit_code: wire.exit_code,
            signal: wire.signal,
            reason: self.text(&wire.reason),
            message: self.text(&wire.message),
            started: moment(wire.started_at),
            finished: moment(wire.finished_at),
        }
    }
}
