//! One look at an installation: the lists of everything each time, each guest's own paths now and
//! then. One thing that cannot be read does not hide the rest, and is said.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    backups::Backups,
    client::{Client, PveError},
    own_path, rights, translate, truthy,
};
use crate::domain::{Guest, GuestKind, PveState, PveTask, Snapshot, Text, Time};

/// Time between two looks at configurations, addresses and snapshots.
const SLOW: Duration = Duration::from_secs(60);
/// The same after some of them could not be read.
const AGAIN: Duration = Duration::from_secs(15);
/// What ended longer ago is in the lists of everything by now.
const RECENT: Duration = Duration::from_secs(30);
/// A guest's own path that takes longer is left for the next time.
const PATIENCE: Duration = Duration::from_secs(8);
/// Guests that are asked at the same time.
const AT_ONCE: usize = 4;

/// What is asked for less often, and what was known of guests that are unknown now.
#[derive(Default)]
pub(super) struct Keep {
    slow: Option<Instant>,
    version: Text,
    cluster: (Text, Option<bool>),
    guests: BTreeMap<u32, Guest>,
    details: BTreeMap<u32, Detail>,
    backups: Backups,
    nodes: BTreeMap<Text, Value>,
    /// When a task was first seen to be over, by this machine's clock; nothing of those that were long
    /// over when the console began.
    ended: Option<BTreeMap<Text, Option<Instant>>>,
    /// What a guest's own path said last, while the lists of everything may be older.
    fresh: BTreeMap<u32, (Instant, Value)>,
    /// What of it could not be read the last time.
    gaps: Vec<Text>,
}

/// What a guest's own paths tell.
#[derive(Clone, Default)]
struct Detail {
    onboot: Option<bool>,
    protected: bool,
    description: Text,
    config: Vec<(Text, Text)>,
    addresses: Option<Vec<Text>>,
    snapshots: Option<Vec<Snapshot>>,
}

/// Reads everything once.
///
/// # Errors
/// When the lists of everything cannot be read.
pub(super) async fn look(client: &Client, keep: &mut Keep) -> Result<PveState, PveError> {
    let mut state = resources(client).await?;
    let held = client.get_soon("/access/permissions").await?;
    let pause = if keep.gaps.is_empty() { SLOW } else { AGAIN };
    if keep.slow.is_none_or(|at| at.elapsed() > pause) {
        slow(client, keep, &state, &held).await?;
        keep.slow = Some(Instant::now());
        // it took its time: what was read before it is old
        state = resources(client).await?;
    }
    state.tasks = tasks(client, &state, &held).await?;
    state.version = keep.version.clone();
    state.cluster = keep.cluster.0.clone();
    state.quorate = keep.cluster.1;
    state.missing = rights::missing(&held, &state);
    let hidden = offline(&state);
    state.gaps = [keep.gaps.clone(), hidden].concat();
    for guest in &mut state.guests {
        keep.give(guest);
        guest.last_change = translate::last_change(&state.tasks, guest.id);
    }
    for node in &mut state.nodes {
        if let Some(status) = keep.nodes.get(&node.name) {
            translate::node_status(node, status);
        }
    }
    freshen(client, keep, &mut state).await;
    Ok(state)
}

async fn resources(client: &Client) -> Result<PveState, PveError> {
    let rows = client.get_soon("/cluster/resources").await?;
    Ok(translate::resources(client.name(), &rows))
}

impl Keep {
    /// Adds what is read less often. A row of an unknown guest holds its number alone: its name and
    /// its size are what they were.
    fn give(&mut self, guest: &mut Guest) {
        if &*guest.status == "unknown" {
            if let Some(known) = self.guests.get(&guest.id) {
                guest.name = known.name.clone();
                guest.cores = known.cores;
                guest.memory_max = known.memory_max;
                guest.disk_max = known.disk_max;
            }
        } else {
            self.guests.insert(guest.id, guest.clone());
        }
        if let Some(detail) = self.details.get(&guest.id) {
            guest.onboot = detail.onboot;
            guest.protected = detail.protected;
            guest.description = detail.description.clone();
            guest.config = detail.config.clone();
            guest.addresses = detail.addresses.clone();
            guest.snapshots = detail.snapshots.clone();
        }
        self.backups.give(guest);
    }
}

/// Recent tasks. Who may not see those of the cluster sees his own in the list of each node.
async fn tasks(client: &Client, state: &PveState, held: &Value) -> Result<Vec<PveTask>, PveError> {
    if rights::has(held, "/", "Sys.Audit") {
        let rows = client.get_soon("/cluster/tasks").await?;
        return Ok(translate::tasks(client.name(), &rows));
    }
    let mut all = Vec::new();
    for node in state.nodes.iter().filter(|node| &*node.status == "online") {
        let path = format!("/nodes/{}/tasks?source=all&limit=50", node.name);
        if let Ok(rows) = client.get_within(&path, PATIENCE).await {
            all.extend(translate::tasks(client.name(), &rows));
        }
    }
    all.sort_by_key(|task| std::cmp::Reverse(task.started));
    Ok(all)
}

/// What nodes that are off hide.
fn offline(state: &PveState) -> Vec<Text> {
    state
        .nodes
        .iter()
        .filter(|node| &*node.status == "offline")
        .map(|node| {
            let count = state
                .guests
                .iter()
                .filter(|guest| guest.node == node.name)
                .count();
            format!(
                "{} is offline: how its {count} guests are is not known",
                node.name
            )
            .into()
        })
        .collect()
}

/// Looks again at the guests that something is or was just done to. Where that fails now, what was
/// told a moment ago is still fresher than the lists.
async fn freshen(client: &Client, keep: &mut Keep, state: &mut PveState) {
    let touched = keep.touched(&state.tasks, Time::now());
    keep.fresh.retain(|_, (at, _)| at.elapsed() < RECENT);
    for guest in &mut state.guests {
        if !touched.contains(guest.id.to_string().as_str()) {
            continue;
        }
        let path = format!("{}/status/current", own_path(guest));
        let asked = Instant::now();
        if let Ok(now) = client.get_within(&path, PATIENCE).await {
            keep.fresh.insert(guest.id, (asked, now));
        }
        if let Some((_, now)) = keep.fresh.get(&guest.id) {
            translate::freshen(guest, now);
        }
    }
}

impl Keep {
    /// Guests of tasks that run, or that ended a moment ago. The host's clock counts only for tasks
    /// that were over when the console began: it may be wrong.
    fn touched<'t>(&mut self, tasks: &'t [PveTask], now: Time) -> BTreeSet<&'t str> {
        let first = self.ended.is_none();
        let before = self.ended.take().unwrap_or_default();
        let mut ended = BTreeMap::new();
        let mut touched = BTreeSet::new();
        for task in tasks {
            let Some(end) = task.ended else {
                touched.insert(&*task.about);
                continue;
            };
            let seen = before.get(&task.upid).copied().unwrap_or_else(|| {
                let recent = !first || now.duration_since(end).unsigned_abs() < RECENT;
                recent.then(Instant::now)
            });
            ended.insert(task.upid.clone(), seen);
            if seen.is_some_and(|seen| seen.elapsed() < RECENT) {
                touched.insert(&*task.about);
            }
        }
        self.ended = Some(ended);
        touched
    }
}

/// Version, quorum, nodes, backups and each guest's own paths. Only the version has to answer; what
/// cannot be read stays as it was.
async fn slow(
    client: &Client,
    keep: &mut Keep,
    state: &PveState,
    held: &Value,
) -> Result<(), PveError> {
    let version = client.get_soon("/version").await?;
    keep.version = version["version"].as_str().unwrap_or_default().into();
    let (backups, mut failed) = Backups::read(client, state, held).await;
    if failed.is_empty() {
        keep.backups = backups;
    }
    let online: BTreeSet<&str> = state
        .nodes
        .iter()
        .filter(|node| &*node.status == "online")
        .map(|node| &*node.name)
        .collect();
    for name in &online {
        let path = format!("/nodes/{name}/status");
        if let Ok(status) = client.get_within(&path, PATIENCE).await {
            keep.nodes.insert(Text::from(*name), status);
        }
    }
    if let Ok(rows) = client.get_within("/cluster/status", PATIENCE).await {
        keep.cluster = translate::cluster(&rows);
    }
    // this may be given up on the way: nothing is taken out before all is there
    let known = keep.details.clone();
    let mut asked = Vec::new();
    for guest in &state.guests {
        if online.contains(&*guest.node) {
            let before = known.get(&guest.id).cloned().unwrap_or_default();
            asked.push(detail(client, guest, before));
        }
    }
    let told: Vec<(u32, Detail, Vec<PveError>)> = stream::iter(asked)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (id, detail, own) in told {
        keep.details.insert(id, detail);
        failed.extend(own);
    }
    keep.gaps = gaps(&failed);
    Ok(())
}

/// What could not be read of single guests, each reason once. Missing rights are said elsewhere, and
/// an agent that does not answer is a matter of its machine.
fn gaps(failed: &[PveError]) -> Vec<Text> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for why in failed {
        let hop = matches!(
            why,
            PveError::Hop(..) | PveError::Transport(_) | PveError::Untrusted(_)
        );
        if hop {
            *counted.entry(why.with_hint()).or_default() += 1;
        }
    }
    counted
        .into_iter()
        .map(|(why, count)| {
            format!(
                "{count} calls about guests and backups failed, and what they tell is old: {why}"
            )
            .into()
        })
        .collect()
}

/// Asks a guest's own paths. What fails is as it was before.
async fn detail(client: &Client, guest: &Guest, before: Detail) -> (u32, Detail, Vec<PveError>) {
    let base = own_path(guest);
    let running = &*guest.status == "running";
    let mut out = before;
    let mut failed = Vec::new();
    let mut agent = false;
    match client.get_within(&format!("{base}/config"), PATIENCE).await {
        Ok(config) => {
            agent = has_agent(&config);
            out.take_config(&config);
        }
        Err(why) => failed.push(why),
    }
    let addresses = match guest.kind {
        _ if !running => None,
        GuestKind::Lxc => Some("interfaces"),
        GuestKind::Qemu => agent.then_some("agent/network-get-interfaces"),
    };
    match addresses {
        // one that rests has none
        None => out.addresses = None,
        Some(leaf) => match client.get_within(&format!("{base}/{leaf}"), PATIENCE).await {
            Ok(told) => {
                // an error inside the agent is an answer like any other
                let rows = told.get("result").unwrap_or(&told);
                out.addresses = rows.is_array().then(|| translate::addresses(rows));
            }
            Err(why) => failed.push(why),
        },
    }
    match client
        .get_within(&format!("{base}/snapshot"), PATIENCE)
        .await
    {
        Ok(rows) => out.snapshots = Some(translate::snapshots(&rows)),
        Err(why) => failed.push(why),
    }
    (guest.id, out, failed)
}

/// `1` or `enabled=1,…`.
fn has_agent(config: &Value) -> bool {
    truthy(&config["agent"])
        || config["agent"]
            .as_str()
            .is_some_and(|text| text.split(',').any(|one| matches!(one, "1" | "enabled=1")))
}

impl Detail {
    fn take_config(&mut self, config: &Value) {
        self.config = translate::config(config);
        self.onboot = Some(truthy(&config["onboot"]));
        self.protected = truthy(&config["protection"]);
        self.description = config["description"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(upid: &str, about: &str, ended: Option<i64>) -> PveTask {
        PveTask {
            upid: upid.into(),
            about: about.into(),
            ended: ended.map(|second| Time::from_second(second).unwrap()),
            ..PveTask::default()
        }
    }

    #[test]
    fn a_host_whose_clock_is_wrong_does_not_hide_what_was_just_done() {
        let mut keep = Keep::default();
        let now = Time::from_second(100_000).unwrap();
        let old = task("a", "210", Some(90_000));
        let runs = task("b", "211", None);
        let tasks = [old.clone(), runs];
        assert_eq!(keep.touched(&tasks, now), BTreeSet::from(["211"]));
        // it is over now, and by the host's clock that was an hour ago
        let tasks = [old, task("b", "211", Some(96_400))];
        for _ in 0..2 {
            assert_eq!(keep.touched(&tasks, now), BTreeSet::from(["211"]));
        }
    }
}
