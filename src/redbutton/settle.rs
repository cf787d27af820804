//! A second look at what was begun and never recorded as ended.

use crate::{
    domain::{ObjectRef, Subject, Time},
    journal::{EntryKind, Journal, Record},
    sources::{
        kube::KubeReader,
        proxmox::{self, ProxmoxSettings},
    },
};

/// What a second look at an intent showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The intent.
    pub id: String,
    /// What its objects look like now, or why they could not be looked at.
    pub words: String,
    /// It stands in the journal now.
    pub recorded: bool,
}

/// Where it can be looked.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// At the cluster.
    pub kube: Option<&'a KubeReader>,
    /// At installations of Proxmox VE.
    pub proxmox: &'a [ProxmoxSettings],
}

/// Looks at the objects of an intent and records what is there as its outcome. It stays open where
/// an object could not be read, so that it is asked about again.
pub async fn settle(eyes: Eyes<'_>, journal: &Journal, intent: &Record) -> Settled {
    let mut seen = Vec::new();
    let mut sure = true;
    for line in &intent.objects {
        match look(eyes, line).await {
            Ok(words) => seen.push(words),
            Err(why) => {
                sure = false;
                seen.push(why);
            }
        }
    }
    if seen.is_empty() {
        seen.push("it names no object to look at; see for yourself whether it was done".into());
    }
    let words = format!("unknown: cut off before its end; now {}", seen.join("; "));
    let outcome = Record {
        context: intent.context.clone(),
        command: intent.command.clone(),
        result: words.clone(),
        ..Record::new(EntryKind::Outcome, &intent.id, &Time::now().to_string())
    };
    let recorded = sure && journal.append(&outcome).is_ok();
    Settled {
        id: intent.id.clone(),
        words,
        recorded,
    }
}

/// `deploy/ns/name uid U`, as the intent has it: is the object there, and is it the same one? With
/// ` of INSTANCE` after it, Argo CD told of it, which may look after another cluster.
async fn look(eyes: Eyes<'_>, line: &str) -> Result<String, String> {
    let (short, uid) = line.split_once(" uid ").unwrap_or((line, ""));
    if let ["lxc" | "qemu", host, _] = short.split('/').collect::<Vec<_>>()[..] {
        let settings = eyes
            .proxmox
            .iter()
            .find(|one| one.name == host)
            .ok_or_else(|| format!("{short} could not be looked at: {host} is not configured"))?;
        return match proxmox::standing(settings, uid).await {
            Ok(standing) => Ok(format!("{short} is {standing}")),
            Err(why) => Err(format!("{short} could not be looked at: {why}")),
        };
    }
    let reader = eyes
        .kube
        .ok_or_else(|| format!("{short} could not be looked at: no cluster is reached"))?;
    let (uid, instance) = uid
        .split_once(" of ")
        .map_or((uid, None), |(uid, instance)| (uid, Some(instance)));
    let object = short
        .parse::<Subject>()
        .map(|subject| ObjectRef {
            key: crate::domain::Key {
                namespace: subject.namespace.unwrap_or_default(),
                name: subject.name,
            },
            kind: subject.kind,
        })
        .map_err(|why| why.to_string())?;
    let now = reader.uid(&object).await;
    if let (Ok(found), Some(instance)) = (&now, instance)
        && found.as_deref() != Some(uid)
    {
        return Err(format!(
            "{short} is not in this cluster: look at it in {instance}"
        ));
    }
    match now {
        Ok(None) => Ok(format!("{short} is gone")),
        Ok(Some(now)) if now == uid => Ok(format!("{short} is there, the same as then")),
        Ok(Some(_)) => Ok(format!(
            "{short} is there, but it is a new one of that name"
        )),
        Err(why) => Err(format!("{short} could not be looked at: {why}")),
    }
}
