//! Guests of Proxmox VE in the lab: what is read of them with which rights, and what is done to them,
//! with everything that can be in the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/proxmox.rs"]
mod reach;

use std::{sync::Arc, time::Duration};

use reach::settings;
use redbutton::{
    domain::{Guest, ObjectRef, Profile, Time},
    inventory::{Inventory, SourceState},
    journal::Journal,
    lab::{self, PveAccount},
    redbutton::{DryRun, Glass, Outcome, Plan, Preflighted, PveWriter, Refusal, Verb, plan},
    sources::proxmox::{self, Credentials, ProxmoxSettings},
};
use tokio::sync::mpsc;

/// Long enough for a task of the lab; a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(40);

async fn lab() -> lab::Running {
    lab::start(&lab::Options {
        faults: Some(Vec::new()),
        ..lab::Options::default()
    })
    .await
    .unwrap()
}

/// Reads until something is as wanted.
async fn read(settings: &ProxmoxSettings, wanted: impl Fn(&Inventory) -> bool) -> Inventory {
    let (tx, mut rx) = mpsc::channel(64);
    let changed = tokio::sync::watch::Sender::new(()).subscribe();
    let task = tokio::spawn(proxmox::follow(settings.clone(), changed, tx));
    let mut inventory = Inventory::new();
    let reading = async {
        while let Some(update) = rx.recv().await {
            inventory.apply(update);
            if wanted(&inventory) {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    task.abort();
    inventory
}

async fn first(settings: &ProxmoxSettings) -> Inventory {
    read(settings, |inventory| !inventory.proxmox.is_empty()).await
}

/// What the source says that it cannot tell.
fn limits(inventory: &Inventory) -> String {
    match &inventory.sources.values().next().unwrap().state {
        SourceState::Limited { why, .. } => why.to_string(),
        other => panic!("{other:?}"),
    }
}

fn container(id: u32) -> ObjectRef {
    ObjectRef::new("lxc", "prox", &id.to_string())
}

fn guest(inventory: &Inventory, id: u32) -> &Guest {
    let state = inventory.proxmox.values().next().unwrap();
    state.guests.iter().find(|one| one.id == id).unwrap()
}

fn planned(inventory: &Inventory, verb: Verb, object: ObjectRef) -> Result<Plan, Refusal> {
    let profile = Profile::default();
    plan(inventory, &profile, verb, &[object], Time::now())
}

/// Confirms as a user would, and does it.
async fn carry_out(writer: &PveWriter, plan: Plan) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let shown = Time::now();
    let later = shown + Duration::from_secs(6);
    let mut glass = Glass::default();
    glass
        .smash(&plan.context, "a test", later + Duration::from_secs(60))
        .unwrap();
    let typed = plan.typed();
    let confirmed = Preflighted::new(plan, DryRun::None, shown)
        .confirm(&glass, &typed, later)
        .unwrap();
    let journal = Journal::in_folder(folder.path());
    let outcome = writer
        .execute(confirmed, &journal, "tester", &|_| {})
        .await
        .unwrap();
    let text = std::fs::read_to_string(journal.path()).unwrap();
    assert_eq!(text.lines().count(), 2, "intent and outcome: {text}");
    outcome
}

fn done(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(words) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn everything_that_the_token_may_see_is_read() {
    let lab = lab().await;
    let inventory = first(&settings(&lab, PveAccount::Console)).await;
    let proxy = guest(&inventory, 210);
    assert_eq!(
        proxy.addresses.as_deref().unwrap(),
        [redbutton::domain::Text::from("172.16.100.10")]
    );
    assert_eq!(proxy.snapshots.as_ref().unwrap().len(), 1);
    assert!(proxy.config.iter().any(|(name, _)| &**name == "rootfs"));
    // one of last night, an old one, none
    assert!(matches!(proxy.last_backup, Some(Some(_))));
    let old = guest(&inventory, 213).last_backup.unwrap().unwrap();
    assert!(Time::now().duration_since(old).as_hours() > 8 * 24);
    assert_eq!(guest(&inventory, 214).last_backup, Some(None));
    // the agent inside a machine is asked
    assert!(guest(&inventory, 215).addresses.is_some());
    let state = inventory.proxmox.values().next().unwrap();
    assert!(state.missing.is_empty(), "{:?}", state.missing);
    assert_eq!(&*state.nodes[0].version, "9.1.2");
}

#[tokio::test]
async fn without_the_right_to_see_backups_nothing_is_said_of_them() {
    let lab = lab().await;
    let inventory = first(&settings(&lab, PveAccount::Auditor)).await;
    let state = inventory.proxmox.values().next().unwrap();
    assert_eq!(state.guests.len(), 12);
    assert!(state.guests.iter().all(|one| one.last_backup.is_none()));
    assert_eq!(&*state.missing[0].privilege, "Datastore.Allocate");
}

#[tokio::test]
async fn a_token_for_half_of_the_guests_shows_these_and_says_that_there_may_be_more() {
    let lab = lab().await;
    let inventory = first(&settings(&lab, PveAccount::Narrow)).await;
    let state = inventory.proxmox.values().next().unwrap();
    let ids: Vec<u32> = state.guests.iter().map(|one| one.id).collect();
    assert_eq!(ids, [210, 211, 212, 213, 215, 216]);
    let why = limits(&inventory);
    assert!(
        why.contains("no VM.Audit on /vms: only 6 guests are shown, 6 of them by a right of their own; there may be more"),
        "{why}"
    );
}

#[tokio::test]
async fn a_wrong_token_is_said_to_be_one() {
    let lab = lab().await;
    let mut settings = settings(&lab, PveAccount::Console);
    settings.credentials = Credentials::Token {
        id: PveAccount::Console.token_id().into(),
        secret: "another".to_owned().into(),
    };
    let inventory = read(&settings, |inventory| !inventory.sources.is_empty()).await;
    let status = inventory.sources.values().next().unwrap();
    match &status.state {
        SourceState::Refused { why, advice } => {
            assert!(why.starts_with("401"), "{why}");
            assert!(advice.contains("token"), "{advice}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_guest_is_shut_down_and_started_again_and_the_list_is_not_behind() {
    let lab = lab().await;
    let settings = settings(&lab, PveAccount::Console);
    let writer = PveWriter::connect(&settings).unwrap();
    let before = first(&settings).await;
    let shutdown = planned(&before, Verb::Shutdown, container(210)).unwrap();
    assert_eq!(writer.dry_run(&shutdown).await, DryRun::None);
    assert_eq!(shutdown.commands, ["pct shutdown 210   # on wow-prox1"]);
    assert!(done(carry_out(&writer, shutdown.clone()).await).ends_with("is stopped"));
    // the same plan again: it is not as it was shown any more
    match carry_out(&writer, shutdown.clone()).await {
        Outcome::Failed(why) => assert!(why.contains("it was running, now it is stopped"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        writer.dry_run(&shutdown).await,
        DryRun::Refused(_)
    ));
    let after = read(&settings, |inventory| !inventory.proxmox.is_empty()).await;
    assert_eq!(&*guest(&after, 210).status, "stopped");
    assert!(planned(&after, Verb::Shutdown, container(210)).is_err());
    let start = planned(&after, Verb::Start, container(210)).unwrap();
    assert!(done(carry_out(&writer, start).await).ends_with("is running"));
}

#[tokio::test]
async fn a_user_with_a_ticket_changes_guests_too_and_gets_a_new_one_when_his_is_refused() {
    let lab = lab().await;
    let (user, password) = lab.pve_login();
    let by_user = |password: &str| ProxmoxSettings {
        credentials: Credentials::Password {
            username: user.into(),
            password: password.to_owned().into(),
        },
        ..settings(&lab, PveAccount::Console)
    };
    let settings = by_user(password);
    let before = first(&settings).await;
    let stop = planned(&before, Verb::Stop, container(210)).unwrap();
    let writer = PveWriter::connect(&settings).unwrap();
    assert_eq!(writer.dry_run(&stop).await, DryRun::None);
    // the host's key is renewed between the question and the answer
    lab.void_pve_tickets();
    assert!(done(carry_out(&writer, stop).await).ends_with("is stopped"));
    let after = first(&settings).await;
    let task = &after.proxmox.values().next().unwrap().tasks[0];
    assert_eq!((&*task.kind, &*task.user), ("vzstop", user));

    let start = planned(&after, Verb::Start, container(210)).unwrap();
    let stranger = PveWriter::connect(&by_user("wrong")).unwrap();
    match carry_out(&stranger, start).await {
        Outcome::Failed(why) => {
            assert!(
                why.contains("the login failed: authentication failure (401)"),
                "{why}"
            );
            assert!(
                why.contains("nothing was done") && !why.contains("wrong"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_snapshot_is_taken_gone_back_to_and_given_up() {
    let lab = lab().await;
    let settings = settings(&lab, PveAccount::Console);
    let writer = PveWriter::connect(&settings).unwrap();
    let before = first(&settings).await;
    let take = planned(&before, Verb::Snapshot(0), container(212)).unwrap();
    done(carry_out(&writer, take).await);
    let taken = first(&settings).await;
    let kept = guest(&taken, 212).snapshots.clone().unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept[0].name.starts_with("redbutton-"), "{}", kept[0].name);
    let second = kept[0].at.unwrap().as_second();

    let back = planned(&taken, Verb::RestoreSnapshot(second), container(212)).unwrap();
    assert!(back.impact[0].text.contains("is lost"), "{:?}", back.impact);
    assert_eq!(writer.dry_run(&back).await, DryRun::None);
    // it ran before, so it runs again
    assert!(done(carry_out(&writer, back.clone()).await).ends_with("is running"));

    let drop = planned(&taken, Verb::DropSnapshot(second), container(212)).unwrap();
    done(carry_out(&writer, drop.clone()).await);
    assert_eq!(
        guest(&first(&settings).await, 212)
            .snapshots
            .as_ref()
            .unwrap()
            .len(),
        1
    );
    for gone in [back, drop] {
        match writer.dry_run(&gone).await {
            DryRun::Refused(why) => assert!(why.contains("the snapshot is gone"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_locked_is_not_touched() {
    let lab = lab().await;
    let settings = settings(&lab, PveAccount::Console);
    let inventory = first(&settings).await;
    let machine = ObjectRef::new("qemu", "prox", "216");
    match planned(&inventory, Verb::Shutdown, machine.clone()) {
        Err(Refusal::Locked(_, lock)) => assert_eq!(lock, "backup"),
        other => panic!("{other:?}"),
    }
    // a lock that came after it was shown is found before the call
    let mut unlocked = inventory.clone();
    let mut state = redbutton::domain::PveState::clone(unlocked.proxmox.values().next().unwrap());
    for one in &mut state.guests {
        one.lock = "".into();
    }
    unlocked.apply(redbutton::inventory::Update::Proxmox(
        "prox".into(),
        Arc::new(state),
    ));
    let shutdown = planned(&unlocked, Verb::Shutdown, machine).unwrap();
    let writer = PveWriter::connect(&settings).unwrap();
    match carry_out(&writer, shutdown).await {
        Outcome::Failed(why) => assert!(why.contains("locked (backup)"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_that_may_not_is_told_so_before_and_by_the_server() {
    let lab = lab().await;
    let settings = settings(&lab, PveAccount::Auditor);
    let inventory = first(&settings).await;
    let writer = PveWriter::connect(&settings).unwrap();
    let stop = planned(&inventory, Verb::Stop, container(210)).unwrap();
    assert_eq!(
        writer.dry_run(&stop).await,
        DryRun::Refused("the token lacks VM.PowerMgmt on /vms/210".into())
    );
    match carry_out(&writer, stop).await {
        Outcome::Failed(why) => assert!(
            why.contains("Permission check failed (/vms/210, VM.PowerMgmt)"),
            "{why}"
        ),
        other => panic!("{other:?}"),
    }
    let after = first(&settings).await;
    assert_eq!(&*guest(&after, 210).status, "running");
}

#[tokio::test]
async fn nothing_is_destroyed_from_here() {
    let lab = lab().await;
    let inventory = first(&settings(&lab, PveAccount::Console)).await;
    match planned(&inventory, Verb::DestroyGuest, container(210)) {
        Err(why @ Refusal::ByPlaybook(..)) => assert!(why.to_string().contains("--check")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_task_tells_its_log_to_the_last_line() {
    let lab = lab().await;
    let settings = settings(&lab, PveAccount::Console);
    let inventory = first(&settings).await;
    let state = inventory.proxmox.values().next().unwrap();
    let failed = state.tasks.iter().find(|task| task.failed()).unwrap();
    let mut log = String::new();
    proxmox::task_log(&settings, &failed.upid, |part| {
        log.push_str(&part);
        std::future::ready(true)
    })
    .await
    .unwrap();
    assert!(log.contains("ERROR: Backup of VM 213 failed"), "{log}");
    assert_eq!(log.lines().last(), Some("TASK ERROR: job errors"));
}
