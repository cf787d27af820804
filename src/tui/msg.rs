//! What happens to the screen, and what the screen asks for.

use std::time::Duration;

use crossterm::event::KeyEvent;

use crate::{
    domain::{AppDetails, ObjectRef, Text, Time},
    insight::{incidents::Survey, timeline::TimedChange},
    inventory::{Inventory, Update},
    journal::Record,
    redbutton::{Confirmed, DryRun, Glass, Outcome, Plan, Settled, command::Cleared},
};

/// Something happened.
#[derive(Debug)]
pub enum Msg {
    /// A key.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The wheel: lines, down is positive.
    Scroll(i16),
    /// A click on the cell of this column and line.
    Click(u16, u16),
    /// The terminal has another size.
    Resize,
    /// No key came for a moment.
    Quiet,
    /// Time went on.
    Tick(Time),
    /// A source sent something.
    Update(Box<Update>),
    /// The YAML of an object, or why there is none.
    Yaml(ObjectRef, Result<String, String>),
    /// What Argo CD tells of an application, or why it does not.
    AppDetails(ObjectRef, Result<Box<AppDetails>, String>),
    /// A part of a log that was asked for under this number.
    LogPart(u64, String),
    /// The end of that log, and why where it was no plain end.
    LogEnd(u64, Option<String>),
    /// What a survey of everything found, and the diagnosis of the object that was asked for;
    /// how long that took.
    Surveyed(Box<Survey>, Duration),
    /// What the server said to the dry run of a plan.
    Preflighted(Box<Plan>, DryRun),
    /// How far the confirmed plan of this number is.
    Progress(u64, String),
    /// What became of the confirmed plan of this number, or why nothing was done.
    Outcome(u64, Result<Outcome, String>),
    /// What was done from here, as the journal tells it.
    Deeds(Vec<TimedChange>),
    /// What a second look at unsettled changes showed.
    Settled(Vec<Settled>),
    /// A word to the user.
    Notice(String),
    /// The sources begin anew on another context, with this glass.
    Fresh(String, Glass),
}

/// Something the screen wants done.
#[derive(Debug)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Read the YAML of an object.
    FetchYaml(ObjectRef),
    /// Ask an Argo CD instance for the tree and the differences of an application.
    FetchAppDetails {
        /// The application.
        object: ObjectRef,
        /// The instance that it was read from.
        instance: Text,
        /// Its project.
        project: Text,
    },
    /// Read a log; parts come back under the number.
    FetchLog {
        /// Number.
        id: u64,
        /// Pod.
        pod: ObjectRef,
        /// Container.
        container: String,
        /// Of the container before.
        previous: bool,
        /// Go on as it grows.
        follow: bool,
        /// With timestamps.
        timestamps: bool,
    },
    /// Read the log of a task of Proxmox VE; parts come back under the number.
    FetchTaskLog {
        /// Number.
        id: u64,
        /// The installation, and the task's name.
        task: ObjectRef,
    },
    /// Survey everything as it is now, and look into these objects too.
    Survey {
        /// What is known.
        inventory: Box<Inventory>,
        /// Objects that are looked into though nothing points at them.
        also: Vec<ObjectRef>,
        /// The time.
        now: Time,
    },
    /// Read what was done from here.
    ReadDeeds,
    /// Try a plan dry.
    Preflight(Box<Plan>),
    /// Do what was confirmed.
    Execute {
        /// Its number; progress and outcome come back under it.
        id: u64,
        /// The confirmed plan.
        confirmed: Box<Confirmed>,
        /// Who.
        who: String,
    },
    /// Run a command that was cleared; its output comes back as a log under the number.
    Run {
        /// Number.
        id: u64,
        /// The command.
        cleared: Box<Cleared>,
        /// Who.
        who: String,
    },
    /// Write a pattern into the list of approved commands.
    Learn {
        /// The pattern.
        pattern: String,
        /// On what occasion.
        why: String,
    },
    /// Look again at changes whose outcome was never recorded, and record what is there.
    Settle(Vec<Record>),
    /// Append an entry to PROGRESS.md.
    Note {
        /// What was reached.
        task: String,
        /// How and why.
        description: String,
    },
    /// Write into the journal.
    Record(Box<Record>),
    /// Stop the log that is being read.
    StopLog,
    /// Put text into the clipboard.
    Copy(String),
    /// Write text to a file of this name in the current folder.
    Save(String, String),
    /// Go to another context of the kubeconfig.
    SwitchContext(String),
}
