//! Any object: who looks into it, and what holds for objects of every kind.

use super::{
    Inquiry, app, claim, custom, data_volume, dependency, machine, namespace, node, pod,
    sign::Sign, workload,
};
use crate::domain::{Object, ObjectRef, Service};

/// An object of any kind may need so long to go, seconds.
const DELETION_GRACE: i64 = 300;

/// Looks into any object an application manages. Says whether it is in trouble.
pub(super) fn resource(look: &mut Inquiry<'_>, reference: &ObjectRef) -> bool {
    let Some(object) = look.inventory().object(reference) else {
        return false;
    };
    let mut trouble = false;
    look.descend(reference, |look| trouble = examine(look, &object));
    trouble
}

/// Looks into an object of any kind.
pub(super) fn examine(look: &mut Inquiry<'_>, object: &Object) -> bool {
    match object {
        Object::Pod(one) => pod::examine(look, one),
        Object::Claim(claim) => claim::examine(look, claim),
        Object::Workload(one) => workload::examine(look, one),
        Object::Job(job) => workload::job(look, job),
        Object::CronJob(cron) => workload::cron_job(look, cron),
        Object::Node(node) => node::examine(look, node),
        Object::App(app) => app::examine(look, app),
        Object::Vm(vm) => machine::examine_vm(look, vm),
        Object::Vmi(vmi) => machine::examine_vmi(look, vmi),
        Object::DataVolume(volume) => data_volume::examine(look, volume),
        Object::Namespace(namespace) => namespace::examine(look, namespace),
        Object::Service(service) => endpoints(look, service),
        Object::Custom(custom) => custom::examine(look, custom) | deleted(look, object),
        _ => deleted(look, object),
    }
}

/// An object that is being deleted and stays: whoever set its finalizer does not take it off.
fn deleted(look: &mut Inquiry<'_>, object: &Object) -> bool {
    let meta = object.meta();
    let late = meta
        .deleting
        .time()
        .is_some_and(|since| look.age(since) >= DELETION_GRACE);
    if !late {
        return false;
    }
    let reference = object.reference();
    let list: Vec<&str> = meta.finalizers.iter().map(|one| &**one).collect();
    let list = list.join(", ");
    let mut evidence =
        vec![Sign::field(&reference, "field", "metadata.finalizers", list.clone()).evidence()];
    if let Object::Custom(custom) = object {
        evidence.extend(custom::words(custom));
    }
    let events = look.inventory().events_about(&reference.kind, meta);
    evidence.extend(
        events
            .iter()
            .rev()
            .filter(|event| event.warning)
            .take(2)
            .map(|event| Sign::event(event).evidence()),
    );
    look.check(
        format!("{} goes away in time", reference.short()),
        false,
        list.clone(),
    );
    look.find(
        "finalizer-stuck",
        &reference,
        0.93,
        evidence,
        &[("finalizer", &list)],
    );
    true
}

/// A service is as well as the pods behind it.
fn endpoints(look: &mut Inquiry<'_>, service: &Service) -> bool {
    let mut trouble = false;
    for one in dependency::pods_behind(look, &service.meta.key) {
        look.descend(&pod::reference(&one), |look| {
            trouble |= pod::examine(look, &one)
        });
    }
    trouble
}
