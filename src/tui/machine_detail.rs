//! Details of virtual machines: what they are of, where they run, what they stand on, how they move.

use super::{
    detail::{DetailLine, Lines},
    text::{age, bytes},
};
use crate::{
    domain::{
        Conditions, DiskSource, Key, Migration, MigrationState, ObjectRef, Quantity, Truth, Vm,
        VmSpec, Vmi,
    },
    insight::capacity::Level,
};

/// Past migrations that are listed.
const MOVES: usize = 5;

impl Lines<'_> {
    /// A running machine.
    pub(super) fn vmi(&mut self, vmi: &Vmi) {
        let namespace = vmi.meta.namespace().clone();
        self.head("Status");
        self.field("phase", &*vmi.phase);
        self.link("machine", "VirtualMachine", &namespace, vmi.meta.name());
        self.size(&vmi.spec, Some(vmi));
        self.running(vmi);
        self.disks(&namespace, &vmi.spec);
        self.moves(vmi);
        self.conditions(&vmi.conditions);
    }

    /// A machine, whether it runs or not.
    pub(super) fn vm(&mut self, vm: &Vm) {
        let namespace = vm.meta.namespace().clone();
        let vmi = self.inventory.vmis.get(&vm.meta.key).cloned();
        self.head("Status");
        let level = super::views::vm_level(vm, vmi.as_deref());
        self.field_at("status", &*vm.status, level);
        self.field("strategy", strategy(&vm.run_strategy));
        self.field_at("asked for", vm.pending.join(", "), Level::Warning);
        let (kind, preference) = &vm.instance_type;
        self.field("type", format!("{kind} {preference}").trim());
        self.size(&vm.spec, vmi.as_deref());
        if let Some(vmi) = &vmi {
            self.running(vmi);
        }
        self.disks(&namespace, &vm.spec);
        match &vmi {
            Some(vmi) => {
                self.moves(vmi);
                self.conditions(&vmi.conditions);
            }
            None => self.conditions(&vm.conditions),
        }
    }

    /// Cores and memory as the guest sees them, and what its pod takes beside that.
    fn size(&mut self, spec: &VmSpec, vmi: Option<&Vmi>) {
        let (cores, sockets, threads) = spec.topology;
        let vcpus = vmi.and_then(|vmi| vmi.vcpus).unwrap_or(spec.vcpus());
        let made_of = match (cores.max(1), sockets.max(1), threads.max(1)) {
            (_, 1, 1) => String::new(),
            (cores, sockets, threads) => {
                format!(" ({sockets} sockets × {cores} cores × {threads} threads)")
            }
        };
        self.field("cpu", format!("{vcpus} vCPU{made_of}"));
        let size = |quantity: Quantity| bytes(quantity.value().unsigned_abs());
        let memory = vmi.and_then(|vmi| vmi.memory).unwrap_or(spec.memory);
        let pod = vmi.and_then(|vmi| self.launchers(vmi).first().cloned());
        let asks = pod
            .and_then(|key| self.inventory.pods.get(&key))
            .map(|pod| pod.request("memory"))
            .filter(|asks| !asks.is_zero());
        let beside = asks.map_or_else(String::new, |asks| {
            format!(", its pod asks for {}", size(asks))
        });
        self.field("memory", format!("{} in the guest{beside}", size(memory)));
    }

    fn running(&mut self, vmi: &Vmi) {
        self.link("blade", "Node", "", &vmi.node);
        if let Some(since) = vmi.running_since {
            self.field("runs for", age(Some(since), self.now));
        }
        let agent = vmi.conditions.as_slice().condition("AgentConnected");
        match agent.map(|one| one.status) {
            Some(Truth::True) => self.field("agent", "connected"),
            _ => self.field_at(
                "agent",
                "not connected: system and addresses inside are not known",
                Level::Warning,
            ),
        }
        self.field("guest", &*vmi.guest_os);
        self.field("addresses", vmi.addresses.join("  "));
        for interface in &vmi.spec.interfaces {
            self.field(
                &format!("nic {}", interface.name),
                format!("{} on {}", interface.binding, interface.network),
            );
        }
        self.field("devices", vmi.spec.host_devices.join("  "));
        for key in self.launchers(vmi) {
            self.link("launcher", "Pod", &key.namespace, &key.name);
        }
    }

    /// Its pods: the status names them by their UID; before it does, they are known by their owner.
    fn launchers(&self, vmi: &Vmi) -> Vec<Key> {
        let launchers = self.inventory.launchers(vmi);
        let mut pods: Vec<Key> = launchers.map(|pod| pod.meta.key.clone()).collect();
        if pods.is_empty() {
            let owned = self.inventory.pods_owned_by(&vmi.meta.uid);
            pods.extend(owned.map(|pod| pod.meta.key.clone()));
        }
        pods
    }

    /// Its disks: the claim of each with its class and access, and what fills it.
    fn disks(&mut self, namespace: &str, spec: &VmSpec) {
        self.head(format!("Disks · {}", spec.disks.len()));
        for disk in &spec.disks {
            let Some(name) = disk.source.claim() else {
                self.field(&disk.name, disk_words(&disk.source));
                continue;
            };
            self.link(&disk.name, "PersistentVolumeClaim", namespace, name);
            let key = Key::new(namespace, name);
            if let Some(claim) = self.inventory.claims.get(&key) {
                let class = claim.class_name().map_or("(default class)", |name| name);
                let words = format!(
                    "{} {class} {}",
                    bytes(claim.capacity.max(claim.requested).value().unsigned_abs()),
                    claim.short_modes()
                );
                self.note(words, Level::Ok);
            }
            if let Some(volume) = self.inventory.data_volumes.get(&key)
                && &*volume.phase != "Succeeded"
            {
                let state = format!("{} {}", volume.phase, volume.progress);
                let object = ObjectRef::new("DataVolume", namespace, name);
                self.out.push(DetailLine::Link(
                    "filled by".into(),
                    object,
                    state,
                    Level::Warning,
                ));
            }
        }
    }

    /// Whether it can move, and how it does or did.
    fn moves(&mut self, vmi: &Vmi) {
        self.head("Migration");
        let reasons = vmi.immobile();
        let can = vmi.conditions.as_slice().holds("LiveMigratable");
        match (can, reasons.is_empty()) {
            (true, _) => self.field("can move", "yes"),
            (false, true) => self.field("can move", "not known"),
            (false, false) => self.field_at("can move", "no", Level::Warning),
        }
        for reason in reasons {
            self.note(reason, Level::Warning);
        }
        if let Some(state) = &vmi.migration {
            let (words, level) = self.move_words(state);
            self.field_at("last move", words, level);
        }
        let namespace = vmi.meta.namespace();
        let mut own: Vec<&std::sync::Arc<Migration>> = self
            .inventory
            .migrations
            .in_namespace(namespace)
            .filter(|one| one.vmi == *vmi.meta.name())
            .collect();
        own.sort_by_key(|one| std::cmp::Reverse(one.meta.created.time()));
        for one in own.into_iter().take(MOVES) {
            let level = match &*one.phase {
                "Succeeded" => Level::Ok,
                "Failed" => Level::Critical,
                _ => Level::Warning,
            };
            self.out.push(DetailLine::Link(
                format!("{:>4} ago", age(one.meta.created.time(), self.now)),
                ObjectRef::new(
                    "VirtualMachineInstanceMigration",
                    namespace,
                    one.meta.name(),
                ),
                one.phase.to_string(),
                level,
            ));
        }
    }

    fn move_words(&self, state: &MigrationState) -> (String, Level) {
        let way = format!("{} → {}", state.source, state.target);
        let ago = |at| age(at, self.now);
        match (state.completed, state.failed) {
            (_, true) => (
                format!("{way} failed {} ago {}", ago(state.finished), state.failure),
                Level::Critical,
            ),
            (true, _) => (format!("{way}, {} ago", ago(state.finished)), Level::Ok),
            _ => (
                format!("{way}, for {} {}", ago(state.started), state.mode),
                Level::Warning,
            ),
        }
    }
}

/// What a run strategy means.
fn strategy(word: &str) -> String {
    let means = match word {
        "Always" => "it is started again whenever it ends",
        "RerunOnFailure" => "it is started again when it fails",
        "Manual" => "it is started and stopped by hand",
        "Halted" => "it is kept stopped",
        "Once" => "it runs once",
        _ => return word.to_owned(),
    };
    format!("{word}: {means}")
}

/// What a disk is that is no claim.
fn disk_words(source: &DiskSource) -> String {
    match source {
        DiskSource::Claim(name) | DiskSource::DataVolume(name) => format!("claim {name}"),
        DiskSource::Container(image) => format!("image {image}; nothing is kept"),
        DiskSource::Host(path) => format!("file {path} of its node"),
        DiskSource::CloudInit(Some(secret)) => format!("cloud-init from secret {secret}"),
        DiskSource::CloudInit(None) => "cloud-init".into(),
        DiskSource::Kind(kind) => kind.to_string(),
        DiskSource::Unknown => "not said".into(),
    }
}
