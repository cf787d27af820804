//! What is told of jobs, and of what bounds and shields others: quotas, budgets, policies.

use super::{detail::Lines, text::age, views::amount};
use crate::{
    domain::{CronJob, DisruptionBudget, Job, Key, NetworkPolicy, Quota, Selector, Text},
    insight::capacity::Level,
};

/// Jobs of a CronJob that are named.
const JOBS: usize = 10;

impl Lines<'_> {
    pub(super) fn job(&mut self, job: &Job) {
        let words = format!(
            "{} running, {} done, {} failed",
            job.active, job.succeeded, job.failed
        );
        self.field("pods", words);
        let pods = self.inventory.pods_owned_by(&job.meta.uid);
        let pods: Vec<Key> = pods.map(|pod| pod.meta.key.clone()).collect();
        for pod in pods {
            self.link("pod", "Pod", &pod.namespace, &pod.name);
        }
        self.conditions(&job.conditions);
    }

    pub(super) fn cron_job(&mut self, one: &CronJob) {
        self.head("Status");
        self.field("schedule", &*one.schedule);
        if one.suspended {
            self.field_at("state", "suspended", Level::Warning);
        }
        let ago = |at| format!("{} ago", age(at, self.now));
        let (ran, done) = (one.last_scheduled, one.last_success);
        let (ran, done) = (ran.map(|_| ago(ran)), done.map(|_| ago(done)));
        self.field("last run", ran.unwrap_or_else(|| "never".into()));
        self.field("last done", done.unwrap_or_else(|| "never".into()));
        for container in one.template.all_containers() {
            self.field(&container.name, &*container.image);
        }
        let jobs = self.inventory.jobs.iter();
        let mut jobs: Vec<_> = jobs
            .filter(|job| {
                job.meta
                    .owners
                    .iter()
                    .any(|owner| owner.uid == one.meta.uid)
            })
            .cloned()
            .collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.meta.created));
        self.head(format!("Jobs · {}", jobs.len()));
        for job in jobs.iter().take(JOBS) {
            self.link("job", "Job", job.meta.namespace(), job.meta.name());
        }
    }

    pub(super) fn quota(&mut self, one: &Quota) {
        self.head("Used");
        for (name, hard) in one.hard.iter() {
            let used = one.used.of(name);
            let words = format!("{} of {}", amount(name, used), amount(name, hard));
            let level = Level::of(used.share_of(hard), 0.85, 1.0);
            self.field_at(name, words, level);
        }
    }

    pub(super) fn budget(&mut self, one: &DisruptionBudget) {
        self.head("Status");
        let level = if one.allowed > 0 {
            Level::Ok
        } else {
            Level::Warning
        };
        self.field_at(
            "may go",
            format!("{} of {} pods", one.allowed, one.expected),
            level,
        );
        self.field(
            "healthy",
            format!("{}, {} have to stay", one.healthy, one.desired),
        );
        self.pods_of(&one.selector, one.meta.namespace());
    }

    pub(super) fn policy(&mut self, one: &NetworkPolicy) {
        self.head("Traffic");
        for (kind, inbound) in [("Ingress", true), ("Egress", false)] {
            if !one.types.iter().any(|known| **known == *kind) {
                continue;
            }
            let peers = one.peers.iter().filter(|peer| peer.inbound == inbound);
            let words = match peers.count() {
                // all or nobody: the manifest tells
                0 => "no peer is named".into(),
                1 => "1 peer is named".into(),
                many => format!("{many} peers are named"),
            };
            self.field(&kind.to_lowercase(), words);
        }
        self.pods_of(&one.pods, one.meta.namespace());
    }

    fn pods_of(&mut self, selector: &Selector, namespace: &Text) {
        let pods = self.inventory.pods.in_namespace(namespace);
        let pods: Vec<Text> = pods
            .filter(|pod| selector.matches(&pod.meta.labels))
            .map(|pod| pod.meta.key.name.clone())
            .collect();
        self.head(format!("Pods · {}", pods.len()));
        for pod in pods {
            self.link("pod", "Pod", namespace, &pod);
        }
    }
}
