//! What only Argo CD itself can tell of an application, read when somebody looks at it.

use super::{Health, ObjectRef, Text, Time};

/// Tree, differences and sync windows of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppDetails {
    /// Everything that came from it, parents before their children.
    pub tree: Vec<TreeNode>,
    /// Where the cluster differs from what Git wants.
    pub differences: Vec<Difference>,
    /// Sync windows; `None` where they may not be read.
    pub windows: Option<SyncWindows>,
    /// What happened to it, newest first; `None` where it may not be read.
    pub events: Option<Vec<AppEvent>>,
    /// What could not be read, and why.
    pub gaps: Vec<Text>,
}

/// Something that happened to an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppEvent {
    /// Machine word.
    pub reason: Text,
    /// Sentence.
    pub message: Text,
    /// A warning.
    pub warning: bool,
    /// When it was last seen.
    pub at: Option<Time>,
    /// How often.
    pub count: i64,
}

/// An object in the tree of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeNode {
    /// Steps below the application; 0 for what Git names.
    pub depth: usize,
    /// The object.
    pub object: ObjectRef,
    /// Health; objects without one (a ConfigMap) have none.
    pub health: Option<Health>,
    /// Message of the health, or what else is remarkable; may be empty.
    pub note: Text,
    /// It is in the application's namespace, and no application wants it.
    pub orphaned: bool,
}

/// How an object differs from Git.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceKind {
    /// Other fields.
    Changed,
    /// Wanted, and not in the cluster.
    Missing,
    /// In the cluster, and no longer wanted.
    Extra,
}

/// One object that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The object.
    pub object: ObjectRef,
    /// How.
    pub kind: DifferenceKind,
    /// Its manifests, line by line, with a few lines around each change.
    pub lines: Vec<DiffLine>,
}

/// A line of two manifests that were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    /// The same in both.
    Same(Text),
    /// In the cluster only.
    Live(Text),
    /// In Git only.
    Wanted(Text),
    /// Equal lines that are left out.
    Gap,
}

/// Sync windows of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncWindows {
    /// A sync by hand is allowed now.
    pub can_sync: bool,
    /// All that apply to it.
    pub windows: Vec<SyncWindow>,
}

/// A sync window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncWindow {
    /// `allow` or `deny`.
    pub kind: Text,
    /// When it opens, in cron's form.
    pub schedule: Text,
    /// How long it is open.
    pub duration: Text,
    /// Syncs by hand are let through.
    pub manual: bool,
    /// Open now.
    pub active: bool,
}
