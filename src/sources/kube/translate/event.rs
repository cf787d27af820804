//! Events of both API groups.

use super::{Translator, moment, wire};
use crate::domain::{Event, Key, Time};

impl Translator {
    pub(crate) fn event(&mut self, wire: wire::Event) -> Event {
        let source = wire.source.unwrap_or_default();
        let reporter = if source.component.is_empty() {
            &wire.reporting_component
        } else {
            &source.component
        };
        let times = EventTimes {
            first: moment(wire.first_timestamp),
            last: moment(wire.last_timestamp),
            at: moment(wire.event_time),
            series: wire
                .series
                .map(|series| (series.count, moment(series.last_observed_time))),
            count: wire.count,
        };
        let about = wire.involved_object.unwrap_or_default();
        let reporter = reporter.clone();
        self.finish_event(
            wire.metadata,
            &about,
            (&wire.reason, &wire.message, &wire.kind),
            &times,
            (&reporter, &source.host),
        )
    }

    pub(crate) fn new_event(&mut self, wire: wire::NewEvent) -> Event {
        let source = wire.deprecated_source.unwrap_or_default();
        let reporter = if wire.reporting_controller.is_empty() {
            source.component
        } else {
            wire.reporting_controller
        };
        let times = EventTimes {
            first: moment(wire.deprecated_first_timestamp),
            last: moment(wire.deprecated_last_timestamp),
            at: moment(wire.event_time),
            series: wire
                .series
                .map(|series| (series.count, moment(series.last_observed_time))),
            count: wire.deprecated_count,
        };
        let about = wire.regarding.unwrap_or_default();
        self.finish_event(
            wire.metadata,
            &about,
            (&wire.reason, &wire.note, &wire.kind),
            &times,
            (&reporter, &source.host),
        )
    }

    fn finish_event(
        &mut self,
        meta: Option<wire::ObjectMeta>,
        about: &wire::ObjectReference,
        (reason, message, kind): (&str, &str, &str),
        times: &EventTimes,
        (reporter, host): (&str, &str),
    ) -> Event {
        let meta = self.meta(meta);
        Event {
            about_kind: self.text(&about.kind),
            about: Key {
                namespace: self.text(&about.namespace),
                name: self.text(&about.name),
            },
            about_uid: self.text(&about.uid),
            field: self.text(&about.field_path),
            reason: self.text(reason),
            message: self.text(message),
            warning: kind == "Warning",
            first: times.first.or(times.at).or(meta.created.time()),
            last: times.newest().or(meta.created.time()),
            count: times.times(),
            reporter: self.text(reporter),
            host: self.text(host),
            meta,
        }
    }
}

/// The times an event carries; which of them are set depends on who wrote it.
struct EventTimes {
    first: Option<Time>,
    last: Option<Time>,
    at: Option<Time>,
    series: Option<(i32, Option<Time>)>,
    count: i32,
}

impl EventTimes {
    fn newest(&self) -> Option<Time> {
        let series = self.series.and_then(|(_, at)| at);
        [series, self.last, self.at, self.first]
            .into_iter()
            .flatten()
            .max()
    }

    fn times(&self) -> i32 {
        self.series
            .map_or(0, |(count, _)| count)
            .max(self.count)
            .max(1)
    }
}
