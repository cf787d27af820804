//! What can be done to virtual machines of KubeVirt, and what that does to the guest.

use super::Verb;
use crate::domain::{Conditions, Vm, Vmi};

/// What can be done to a machine as it is.
pub(super) fn for_vm(vm: &Vm) -> Vec<Verb> {
    match &*vm.status {
        "Stopped" => vec![Verb::Start],
        "Paused" => vec![Verb::Unpause, Verb::Stop, Verb::RestartMachine],
        "Running" => vec![Verb::Pause, Verb::Stop, Verb::RestartMachine, Verb::Migrate],
        "Stopping" | "Terminating" => Vec::new(),
        _ => vec![Verb::Stop],
    }
}

/// What can be done to a running instance as it is.
pub(super) fn for_vmi(vmi: &Vmi) -> Vec<Verb> {
    if &*vmi.phase != "Running" {
        Vec::new()
    } else if vmi.conditions.as_slice().holds("Paused") {
        vec![Verb::Unpause]
    } else {
        vec![Verb::Pause, Verb::Migrate]
    }
}

/// Word of the subresource, and the resource that has it.
pub(super) const fn subresource(verb: Verb) -> Option<(&'static str, &'static str)> {
    Some(match verb {
        Verb::Start => ("virtualmachines", "start"),
        Verb::Stop => ("virtualmachines", "stop"),
        Verb::RestartMachine => ("virtualmachines", "restart"),
        Verb::Pause => ("virtualmachineinstances", "pause"),
        Verb::Unpause => ("virtualmachineinstances", "unpause"),
        _ => return None,
    })
}

/// What it does to the guest; whether that is a loss of service.
pub(super) const fn impact(verb: Verb) -> Option<(&'static str, bool)> {
    Some(match verb {
        Verb::Start => ("the guest boots", false),
        Verb::Stop => (
            "the guest is shut down and stays down until it is started",
            true,
        ),
        Verb::RestartMachine => ("the guest goes down and boots again", true),
        Verb::Pause => (
            "the guest is frozen: it answers nobody until unpaused",
            true,
        ),
        Verb::Migrate => (
            "the guest moves to another node while it runs; it may stand still for a moment",
            false,
        ),
        Verb::Unpause => ("the guest goes on where it was frozen", false),
        _ => return None,
    })
}
