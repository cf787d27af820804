//! What can be done, and to what.

use crate::{
    domain::{Claim, Kind, Object, Time},
    redbutton::{SyncOptions, Tier, argo, virt},
};

/// Something that can be done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Ask Argo CD to compare again.
    Refresh,
    /// The same without its cache of manifests.
    HardRefresh,
    /// Ask Argo CD to bring what Git says.
    Sync(SyncOptions),
    /// Ask Argo CD to end the operation that runs.
    Terminate,
    /// Bring back what was deployed under this number of the history.
    Rollback(i64),
    /// Switch automatic sync on or off.
    AutoSync(bool),
    /// Replace all pods one after the other.
    Restart,
    /// Another number of pods.
    Scale(i32),
    /// Take a pod away; its controller makes a new one.
    DeletePod,
    /// Ask a pod to go, as a drain does: disruption budgets are kept.
    Evict,
    /// No new pods on a node.
    Cordon,
    /// New pods on a node again.
    Uncordon,
    /// Cordon, and ask every pod to go.
    Drain,
    /// Take a claim away.
    DeleteClaim,
    /// Take a volume away.
    DeleteVolume,
    /// Take a Job and its pods away.
    DeleteJob,
    /// Make a claim larger, to so many GiB.
    Expand(u32),
    /// Run a CronJob once, now.
    Trigger,
    /// Hold a CronJob back.
    Suspend,
    /// Let a CronJob run again.
    Resume,
    /// Boot a machine.
    Start,
    /// Shut a machine down.
    Stop,
    /// Ask a guest of Proxmox VE to shut down; [`Verb::Stop`] cuts it off.
    Shutdown,
    /// Keep a guest's disks as they are, under a name that has this second in it.
    Snapshot(i64),
    /// Bring a guest's disks back to the snapshot that was taken in this second.
    RestoreSnapshot(i64),
    /// Give up the snapshot that was taken in this second.
    DropSnapshot(i64),
    /// Take a guest and its disks away: never from here.
    DestroyGuest,
    /// Shut a machine down and boot it again.
    RestartMachine,
    /// Freeze a guest.
    Pause,
    /// Let a frozen guest go on.
    Unpause,
    /// Move a running machine to another node.
    Migrate,
    /// Let Argo CD delete what waits for a confirmation.
    ApproveDeletion,
    /// Take all finalizers off an object that is being deleted.
    RemoveFinalizers,
}

impl Verb {
    /// What can be done to an object.
    #[must_use]
    pub fn for_object(object: &Object) -> Vec<Self> {
        let mut verbs = match object {
            Object::App(app) => argo::verbs(app),
            Object::Pod(_) => vec![Self::DeletePod, Self::Evict],
            Object::Node(node) if node.unschedulable => vec![Self::Uncordon, Self::Drain],
            Object::Node(_) => vec![Self::Cordon, Self::Drain],
            Object::Claim(claim) => for_claim(claim),
            Object::Volume(_) => vec![Self::DeleteVolume],
            Object::Vm(vm) => virt::for_vm(vm),
            Object::Vmi(vmi) => virt::for_vmi(vmi),
            Object::Job(_) => vec![Self::DeleteJob],
            Object::CronJob(job) if job.suspended => vec![Self::Resume, Self::Trigger],
            Object::CronJob(_) => vec![Self::Suspend, Self::Trigger],
            Object::Workload(one) => match one.kind.kind() {
                Kind::Deployment | Kind::StatefulSet => vec![
                    Self::Restart,
                    Self::Scale(one.desired + 1),
                    Self::Scale((one.desired - 1).max(0)),
                    Self::Scale(0),
                ],
                Kind::DaemonSet => vec![Self::Restart],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        if let Object::Workload(one) = object {
            verbs.retain(|verb| *verb != Self::Scale(one.desired));
            verbs.dedup();
        }
        if object.meta().deleting.is_some() && !object.meta().finalizers.is_empty() {
            verbs.push(Self::RemoveFinalizers);
        }
        verbs
    }

    /// Risk by itself; the plan may find more.
    #[must_use]
    pub const fn tier(self) -> Tier {
        match self {
            Self::Refresh | Self::HardRefresh => Tier::Nudge,
            Self::Sync(options) => options.tier(),
            // nothing is left that answers
            Self::Scale(0) => Tier::Destroy,
            Self::Terminate
            | Self::AutoSync(_)
            | Self::Restart
            | Self::Scale(_)
            | Self::Cordon
            | Self::Uncordon
            | Self::Suspend
            | Self::Resume
            | Self::Start
            | Self::Shutdown
            | Self::Snapshot(_)
            | Self::RestartMachine
            | Self::Pause
            | Self::Unpause
            | Self::Migrate
            | Self::Expand(_)
            | Self::Trigger => Tier::Disrupt,
            Self::DeletePod
            | Self::Evict
            | Self::Drain
            | Self::DeleteClaim
            | Self::DeleteJob
            | Self::Stop
            | Self::DropSnapshot(_)
            | Self::Rollback(_)
            | Self::ApproveDeletion
            | Self::RemoveFinalizers => Tier::Destroy,
            Self::DeleteVolume | Self::RestoreSnapshot(_) | Self::DestroyGuest => Tier::Catastrophe,
        }
    }

    /// Its name in the configuration, where its tier may be raised.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "app.refresh",
            Self::HardRefresh => "app.hard-refresh",
            Self::Sync(_) => "app.sync",
            Self::Terminate => "app.terminate",
            Self::Rollback(_) => "app.rollback",
            Self::AutoSync(_) => "app.auto-sync",
            Self::ApproveDeletion => "app.approve-deletion",
            Self::Restart => "workload.restart",
            Self::Scale(_) => "workload.scale",
            Self::DeletePod => "pod.delete",
            Self::Evict => "pod.evict",
            Self::Cordon => "node.cordon",
            Self::Uncordon => "node.uncordon",
            Self::Drain => "node.drain",
            Self::DeleteClaim => "claim.delete",
            Self::Expand(_) => "claim.expand",
            Self::DeleteVolume => "volume.delete",
            Self::DeleteJob => "job.delete",
            Self::Trigger => "cronjob.trigger",
            Self::Suspend => "cronjob.suspend",
            Self::Resume => "cronjob.resume",
            Self::RemoveFinalizers => "object.remove-finalizers",
            Self::Start => "machine.start",
            Self::Stop => "machine.stop",
            Self::Shutdown => "machine.shutdown",
            Self::RestartMachine => "machine.restart",
            Self::Pause => "machine.pause",
            Self::Unpause => "machine.unpause",
            Self::Migrate => "machine.migrate",
            Self::Snapshot(_) => "guest.snapshot",
            Self::RestoreSnapshot(_) => "guest.rollback",
            Self::DropSnapshot(_) => "guest.delete-snapshot",
            Self::DestroyGuest => "guest.destroy",
        }
    }

    /// Its words in a menu.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Refresh => "refresh".into(),
            Self::HardRefresh => "hard refresh".into(),
            Self::Sync(options) if options.dry_run => "try a sync dry".into(),
            Self::Sync(_) => "sync".into(),
            Self::Terminate => "terminate the operation".into(),
            Self::Rollback(id) => format!("roll back to {id}"),
            Self::AutoSync(true) => "switch auto-sync on".into(),
            Self::AutoSync(false) => "switch auto-sync off".into(),
            Self::Restart => "restart the rollout".into(),
            Self::Scale(replicas) => format!("scale to {replicas}"),
            Self::DeletePod => "delete the pod".into(),
            Self::Evict => "evict the pod".into(),
            Self::Cordon => "cordon".into(),
            Self::Uncordon => "uncordon".into(),
            Self::Drain => "drain".into(),
            Self::DeleteClaim => "delete the claim".into(),
            Self::DeleteVolume => "delete the volume".into(),
            Self::DeleteJob => "delete the job".into(),
            Self::Expand(size) => format!("expand to {size} GiB"),
            Self::Trigger => "run it once now".into(),
            Self::Migrate => "migrate".into(),
            Self::ApproveDeletion => "approve the pending deletion".into(),
            Self::Suspend => "suspend".into(),
            Self::Resume => "resume".into(),
            Self::Start => "start".into(),
            Self::Stop => "stop".into(),
            Self::Shutdown => "shut down".into(),
            Self::Snapshot(_) => "take a snapshot".into(),
            Self::RestoreSnapshot(second) => {
                format!("roll back to the snapshot of {}", minute(second))
            }
            Self::DropSnapshot(second) => format!("delete the snapshot of {}", minute(second)),
            Self::DestroyGuest => "destroy".into(),
            Self::RestartMachine => "restart the machine".into(),
            Self::Pause => "pause".into(),
            Self::Unpause => "unpause".into(),
            Self::RemoveFinalizers => "remove its finalizers".into(),
        }
    }
}

/// A second, to be read in a menu.
fn minute(second: i64) -> String {
    let at = Time::from_second(second).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// What can be done to a claim: only one that is bound grows.
fn for_claim(claim: &Claim) -> Vec<Verb> {
    const GIB: i64 = 1 << 30;
    let mut verbs = vec![Verb::DeleteClaim];
    let size = (claim.capacity.value() + GIB - 1) / GIB;
    if &*claim.phase == "Bound" && claim.meta.deleting.is_none() && size > 0 {
        for more in [size / 4, size] {
            if let Ok(wanted) = u32::try_from(size + more.max(1)) {
                verbs.push(Verb::Expand(wanted));
            }
        }
        verbs.dedup();
    }
    verbs
}
