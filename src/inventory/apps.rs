//! Applications come from two sides: their objects in the cluster, and the APIs of Argo CD, which may
//! be those of other clusters. One and the same is held once; two of the same name are both held.

use std::{collections::BTreeSet, sync::Arc};

use super::{Inventory, SourceId, SourceState};
use crate::domain::{App, AppVia, Key, Kind, key_of_instance, namespace_there};

/// Stands for the cluster itself in the key of an object whose own key an application of an API has.
const CLUSTER: &str = "cluster";

impl Inventory {
    /// Puts an application in, beside another one that only has the same name.
    pub(super) fn put_app(&mut self, app: Arc<App>) {
        if self.knows_better(&app) {
            return;
        }
        let held = self.apps.get(&app.meta.key).cloned();
        let another = held.filter(|held| held.via != app.via && !is_same(held, &app));
        match another {
            None => self.insert(app),
            Some(_) if app.via == AppVia::Kubernetes => self.insert(beside(&app)),
            Some(object) => {
                self.insert(beside(&object));
                self.insert(app);
            }
        }
    }

    fn insert(&mut self, mut app: Arc<App>) {
        let before = self
            .apps
            .get(&app.meta.key)
            .filter(|held| is_same(held, &app))
            .and_then(|held| held.operation.as_ref())
            .filter(|before| before.self_heals > 0);
        if let Some(before) = before
            && let Some(now) = &mut Arc::make_mut(&mut app).operation
        {
            now.follow_on(before);
        }
        if let Some(old) = self.apps.put(app.clone()) {
            self.indexes.app(&old, false);
        }
        self.indexes.app(&app, true);
    }

    /// The object of an application is gone. What an API tells of is for that API to take away.
    pub(super) fn app_object_is_gone(&mut self, key: &Key) {
        let beside = key_of_instance(key, CLUSTER);
        for key in [key, &beside] {
            if !self.is_by_api(key) {
                self.remove(Kind::App, key);
            }
        }
    }

    /// Whether this is an object that a list of the cluster's objects does not have any more.
    pub(super) fn is_unlisted_object(&self, key: &Key, listed: &BTreeSet<Key>) -> bool {
        let own = Key::new(namespace_there(key), &key.name);
        !self.is_by_api(key) && !listed.contains(&own)
    }

    fn is_by_api(&self, key: &Key) -> bool {
        self.apps.get(key).is_some_and(|app| app.via == AppVia::Api)
    }

    /// Whether Argo CD itself tells of this application, which says more than its object.
    fn knows_better(&self, app: &App) -> bool {
        app.via == AppVia::Kubernetes
            && (self.is_told_apart(app)
                || self.apps.get(&app.meta.key).is_some_and(|held| {
                    let source = self.sources.get(&SourceId::Argo(held.instance.clone()));
                    held.via == AppVia::Api
                        && is_same(held, app)
                        && source.is_some_and(|source| matches!(source.state, SourceState::Live(_)))
                }))
    }

    /// Whether an instance beside the first one tells of this very application, under a key that
    /// carries its name.
    fn is_told_apart(&self, app: &App) -> bool {
        self.sources.keys().any(|id| {
            let SourceId::Argo(instance) = id else {
                return false;
            };
            self.apps
                .get(&key_of_instance(&app.meta.key, instance))
                .is_some_and(|held| held.meta.uid == app.meta.uid)
        })
    }

    /// An instance of Argo CD has these, and no others.
    pub(super) fn keep_apps(&mut self, instance: &str, keys: Vec<Key>) {
        let listed: BTreeSet<Key> = keys.into_iter().collect();
        let gone: Vec<Key> = self
            .apps
            .iter()
            .filter(|app| *app.instance == *instance && !listed.contains(&app.meta.key))
            .map(|app| app.meta.key.clone())
            .collect();
        for key in gone {
            self.remove(Kind::App, &key);
        }
    }
}

/// Whether two applications of the same name are one: a list does not tell identities.
fn is_same(one: &App, other: &App) -> bool {
    let (one, other) = (&one.meta.uid, &other.meta.uid);
    one == other || one.is_empty() || other.is_empty()
}

/// The same under a key that says that it is the cluster's.
fn beside(object: &App) -> Arc<App> {
    let mut out = object.clone();
    out.meta.key = key_of_instance(&object.meta.key, CLUSTER);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Time,
        inventory::{Change, SourceStatus, Update},
    };

    fn app(uid: &str, via: AppVia) -> Arc<App> {
        let mut app = App {
            via,
            ..App::default()
        };
        app.meta.key = Key::new("argocd", "web");
        app.meta.uid = uid.into();
        if via == AppVia::Api {
            app.instance = "first".into();
        }
        app.into()
    }

    fn inventory() -> Inventory {
        let mut inventory = Inventory::new();
        let status = SourceStatus {
            state: SourceState::Live(Time::UNIX_EPOCH),
            ..SourceStatus::default()
        };
        inventory.apply(Update::Source(SourceId::Argo("first".into()), status));
        inventory
    }

    fn keys(inventory: &Inventory) -> Vec<String> {
        let mut keys: Vec<String> = inventory
            .apps
            .iter()
            .map(|app| format!("{} {:?}", app.meta.key.namespace, app.via))
            .collect();
        keys.sort();
        keys
    }

    #[test]
    fn an_object_of_the_cluster_and_another_application_of_its_name_are_both_held() {
        let (object, other) = (app("a", AppVia::Kubernetes), app("b", AppVia::Api));
        let both = ["argocd Api", "argocd@cluster Kubernetes"];
        for order in [[&object, &other], [&other, &object]] {
            let mut inventory = inventory();
            for one in order {
                inventory.put_app(one.clone());
            }
            assert_eq!(keys(&inventory), both);
            // the object goes, the other one stays
            let gone = Change::Gone(Kind::App, Key::new("argocd", "web"));
            inventory.apply(Update::Changes(vec![gone]));
            assert_eq!(keys(&inventory), ["argocd Api"]);
        }
    }

    #[test]
    fn one_and_the_same_is_held_once_and_as_the_api_tells_it() {
        let mut inventory = inventory();
        for via in [AppVia::Kubernetes, AppVia::Api, AppVia::Kubernetes] {
            inventory.put_app(app("a", via));
        }
        assert_eq!(keys(&inventory), ["argocd Api"]);
        inventory.apply(Update::AppsListed {
            instance: "first".into(),
            keys: Vec::new(),
        });
        assert!(keys(&inventory).is_empty());
    }
}
