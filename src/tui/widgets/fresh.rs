//! How fresh something is, for titles and for empty panes.

use crate::{
    domain::{Freshness, Kind, Time},
    tui::text::{age, clean},
};

/// A few words for the title; empty while all is well.
pub(in crate::tui) fn fresh_mark(freshness: &Freshness, now: Time) -> String {
    match freshness {
        Freshness::Live(_) => String::new(),
        Freshness::Waiting => "◌ connecting".into(),
        Freshness::Loading(seen, None) => format!("◌ {seen} so far"),
        Freshness::Loading(seen, Some(all)) => format!("◌ {seen} of {all}"),
        Freshness::Stale { since, .. } => format!("? stale {}", age(Some(*since), now)),
        Freshness::Forbidden(_) => "⊘ forbidden".into(),
        Freshness::Partial(namespaces, _) => format!("⊘ only {}", namespaces.join(", ")),
        Freshness::NotInstalled => "not installed".into(),
        Freshness::Unreachable { .. } => "? not read".into(),
        Freshness::NotConfigured => "not known".into(),
    }
}

/// What stands in place of rows that are not there. An empty list says that it is empty.
pub(in crate::tui) fn fresh_message(freshness: &Freshness, what: &str, now: Time) -> String {
    let retry = |retry: &Option<Time>| {
        retry.map_or_else(String::new, |at| match at.duration_since(now).as_millis() {
            left if left > 0 => format!(" Next try in {} s.", (left + 999) / 1000),
            _ => " Trying again now.".into(),
        })
    };
    match freshness {
        Freshness::Live(_) | Freshness::Partial(..) => format!("No {what}."),
        Freshness::Waiting => format!("◌ Waiting for the first {what}."),
        Freshness::Loading(seen, _) => format!("◌ {seen} {what} so far."),
        Freshness::Stale { why, retry: at, .. } => format!(
            "? No {what} when last heard of: {}.{}",
            clean(why),
            retry(at)
        ),
        Freshness::Forbidden(denial) => {
            let place = if denial.namespace.is_empty() {
                "in the whole cluster".into()
            } else {
                format!("in {}", denial.namespace)
            };
            // a namespace is no way on to what is in none
            let way_on = Kind::ALL
                .iter()
                .any(|kind| kind.resource().namespaced && kind.plural_group() == *denial.resource);
            let or = if way_on {
                ", or name namespaces under [kube] in the configuration"
            } else {
                ""
            };
            format!(
                "⊘ May not {} {} {place}. Ask for that right{or}.",
                denial.verb, denial.resource
            )
        }
        Freshness::NotInstalled => format!("The server has no {what}."),
        Freshness::Unreachable { why, retry: at } => {
            format!("? Not read: {}.{}", clean(why), retry(at))
        }
        Freshness::NotConfigured => format!("Nothing is known of {what} here."),
    }
}
