//! Container logs at hand, and why others are not.

use std::{collections::BTreeMap, sync::Arc};

use super::Text;

/// Which log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogKey {
    /// Namespace.
    pub namespace: Text,
    /// Pod.
    pub pod: Text,
    /// Container.
    pub container: Text,
    /// Of the container that ended before the present one.
    pub previous: bool,
}

/// Logs by container. What was never asked for is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogBook {
    logs: BTreeMap<LogKey, Result<Arc<str>, Text>>,
}

impl LogBook {
    /// An empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts in a log, or why it cannot be had.
    pub fn put(&mut self, key: LogKey, log: Result<Arc<str>, Text>) {
        self.logs.insert(key, log);
    }

    /// Takes a log out.
    pub fn forget(&mut self, key: &LogKey) {
        self.logs.remove(key);
    }

    /// The log, or why it cannot be had; `None` where nobody asked.
    #[must_use]
    pub fn get(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> Option<Result<&str, &str>> {
        let key = LogKey {
            namespace: namespace.into(),
            pod: pod.into(),
            container: container.into(),
            previous,
        };
        self.logs
            .get(&key)
            .map(|log| log.as_ref().map(|text| &**text).map_err(|why| &**why))
    }

    /// All logs of a pod that are at hand.
    pub fn of_pod<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
    ) -> impl Iterator<Item = (&'a LogKey, &'a str)> {
        self.logs
            .iter()
            .filter(move |(key, _)| *key.namespace == *namespace && *key.pod == *pod)
            .filter_map(|(key, log)| Some((key, log.as_deref().ok()?)))
    }

    /// All logs that are at hand.
    pub fn iter(&self) -> impl Iterator<Item = (&LogKey, &str)> {
        self.logs
            .iter()
            .filter_map(|(key, log)| Some((key, log.as_deref().ok()?)))
    }

    /// How many logs are at hand.
    #[must_use]
    pub fn len(&self) -> usize {
        self.logs.values().filter(|log| log.is_ok()).count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
