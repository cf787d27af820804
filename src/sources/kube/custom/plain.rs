//! Metadata and conditions of JSON kinds, and kinds that are kept as they are.

use serde_json::Value;

use super::Json;
use crate::{
    domain::{Condition, Custom, List, Meta},
    sources::kube::{translate::Translator, wire},
};

impl Translator {
    /// Metadata of a JSON object; an object without any has an empty name.
    pub(crate) fn json_meta(&mut self, object: Json<'_>) -> Meta {
        let wire: Option<wire::ObjectMeta> =
            serde_json::from_value(object.at("metadata").0.clone()).ok();
        self.meta(wire)
    }

    /// Conditions of a JSON object at a path.
    pub(crate) fn json_conditions(&mut self, object: Json<'_>, path: &str) -> List<Condition> {
        object
            .list(path)
            .map(|one| Condition {
                since: one.time("lastTransitionTime").into(),
                ..self.condition(
                    one.text("type"),
                    one.text("status"),
                    one.text("reason"),
                    one.text("message"),
                    None,
                )
            })
            .collect()
    }

    /// An object of a kind without a struct of its own.
    pub(crate) fn custom(&mut self, mut object: Value) -> Custom {
        let meta = self.json_meta(Json(&object));
        let conditions = self.json_conditions(Json(&object), "status.conditions");
        let api_version = self.text(Json(&object).text("apiVersion"));
        let kind = self.text(Json(&object).text("kind"));
        if let Some(fields) = object.as_object_mut() {
            for known in ["metadata", "apiVersion", "kind"] {
                fields.remove(known);
            }
        }
        Custom {
            meta,
            api_version,
            kind,
            conditions,
            body: object,
        }
    }
}
