//! Argo CD applications; the same JSON comes from Kubernetes and from Argo CD's own API.

use super::Json;
use crate::{
    domain::{
        App, AppResource, AppSource, AppVia, AutoSync, Condition, Deployed, Health, Operation,
        Phase, SyncResult, SyncStatus, Text, Truth,
    },
    sources::kube::translate::Translator,
};

impl Translator {
    /// An application from its JSON.
    pub(crate) fn app(&mut self, object: Json<'_>, via: AppVia, instance: &str) -> App {
        let spec = object.at("spec");
        let status = object.at("status");
        let automated = spec.at("syncPolicy.automated");
        // `enabled: false` switches it off while its options stay
        let on = automated.0.is_object() && automated.at("enabled").0.as_bool() != Some(false);
        let auto = AutoSync {
            prune: automated.flag("prune"),
            self_heal: automated.flag("selfHeal"),
        };
        App {
            meta: self.json_meta(object),
            instance: self.text(instance),
            via,
            project: self.text(spec.text("project")),
            sources: self.app_sources(spec),
            server: self.text(if spec.text("destination.server").is_empty() {
                spec.text("destination.name")
            } else {
                spec.text("destination.server")
            }),
            namespace: self.text(spec.text("destination.namespace")),
            auto_sync: on.then_some(auto),
            resting_sync: (automated.0.is_object() && !on).then_some(auto),
            home: self.text(status.text("controllerNamespace")),
            sync_options: spec
                .texts("syncPolicy.syncOptions")
                .map(|option| self.text(option))
                .collect(),
            sync: SyncStatus::parse(status.text("sync.status")),
            revision: self.revision_of(status.at("sync")),
            health: Health::parse(status.text("health.status")),
            health_message: self.text(status.text("health.message")),
            health_since: status.time("health.lastTransitionTime"),
            resources: status
                .list("resources")
                .map(|one| self.app_resource(one))
                .collect(),
            conditions: status
                .list("conditions")
                .map(|one| self.app_condition(one))
                .collect(),
            operation: status
                .has("operationState")
                .then(|| self.operation(status.at("operationState"))),
            operation_filed: object.has("operation"),
            history: status
                .list("history")
                .map(|one| self.deployed(one))
                .collect(),
            reconciled: status.time("reconciledAt"),
            urls: status
                .texts("summary.externalURLs")
                .map(|url| self.text(url))
                .collect(),
            images: status
                .texts("summary.images")
                .map(|image| self.text(image))
                .collect(),
        }
    }

    fn app_sources(&mut self, spec: Json<'_>) -> Vec<AppSource> {
        let one = spec.has("source").then(|| spec.at("source"));
        one.into_iter()
            .chain(spec.list("sources"))
            .map(|source| AppSource {
                repo: self.text(source.text("repoURL")),
                path: self.text(source.text("path")),
                revision: self.text(source.text("targetRevision")),
                chart: self.text(source.text("chart")),
            })
            .collect()
    }

    fn revision_of(&mut self, at: Json<'_>) -> Text {
        let one = at.text("revision");
        if one.is_empty() {
            let several: Vec<&str> = at.texts("revisions").collect();
            return self.text(&several.join(","));
        }
        self.text(one)
    }

    fn app_resource(&mut self, one: Json<'_>) -> AppResource {
        AppResource {
            group: self.text(one.text("group")),
            kind: self.text(one.text("kind")),
            namespace: self.text(one.text("namespace")),
            name: self.text(one.text("name")),
            sync: SyncStatus::parse(one.text("status")),
            health: one
                .has("health.status")
                .then(|| Health::parse(one.text("health.status"))),
            health_message: self.text(one.text("health.message")),
            hook: one.flag("hook"),
            prune: one.flag("requiresPruning"),
        }
    }

    fn app_condition(&mut self, one: Json<'_>) -> Condition {
        Condition {
            since: one.time("lastTransitionTime").into(),
            ..self.condition(
                one.text("type"),
                Truth::True.as_str(),
                "",
                one.text("message"),
                None,
            )
        }
    }

    fn operation(&mut self, state: Json<'_>) -> Operation {
        let asked = state.at("operation");
        let heals = asked
            .int("sync.selfHealAttemptsCount")
            .max(asked.int("sync.autoHealAttemptsCount"));
        Operation {
            phase: Phase::parse(state.text("phase")),
            message: self.text(state.text("message")),
            started: state.time("startedAt"),
            finished: state.time("finishedAt"),
            retries: state.int("retryCount"),
            self_heals: heals,
            heals_counted: heals,
            revision: self.revision_of(if state.has("syncResult") {
                state.at("syncResult")
            } else {
                asked.at("sync")
            }),
            by: self.text(asked.text("initiatedBy.username")),
            automated: asked.flag("initiatedBy.automated"),
            dry_run: asked.flag("sync.dryRun"),
            results: state
                .list("syncResult.resources")
                .map(|one| self.sync_result(one))
                .collect(),
        }
    }

    fn sync_result(&mut self, one: Json<'_>) -> SyncResult {
        SyncResult {
            group: self.text(one.text("group")),
            kind: self.text(one.text("kind")),
            namespace: self.text(one.text("namespace")),
            name: self.text(one.text("name")),
            status: self.text(one.text("status")),
            message: self.text(one.text("message")),
            hook: self.text(one.text("hookType")),
            hook_phase: self.text(one.text("hookPhase")),
        }
    }

    fn deployed(&mut self, one: Json<'_>) -> Deployed {
        Deployed {
            id: one.int("id"),
            revision: self.revision_of(one),
            at: one.time("deployedAt"),
            by: self.text(one.text("initiatedBy.username")),
            automated: one.flag("initiatedBy.automated"),
            path: self.text(one.text("source.path")),
        }
    }
}
