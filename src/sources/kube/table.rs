//! The pod table as the server prints it: a first screen while the objects stream in.

use super::{
    custom::Json,
    http::{Getter, ReadError},
};
use crate::domain::{Key, PodRow};

const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// Asks for the table of all pods.
pub(super) async fn pod_rows(getter: &Getter, path: &str) -> Result<Vec<PodRow>, ReadError> {
    let (_, body) = getter
        .get(
            &format!("{path}?includeObject=Metadata&resourceVersion=0"),
            AS_TABLE,
        )
        .await?;
    let table: serde_json::Value = serde_json::from_slice(&body)
        .map_err(|why| ReadError::Unreadable(why.to_string().into()))?;
    let table = Json(&table);
    let columns: Vec<String> = table
        .list("columnDefinitions")
        .map(|column| column.text("name").to_lowercase())
        .collect();
    let at = |name: &str| columns.iter().position(|column| column == name);
    let (ready, status, restarts, age, ip, node) = (
        at("ready"),
        at("status"),
        at("restarts"),
        at("age"),
        at("ip"),
        at("node"),
    );
    Ok(table
        .list("rows")
        .map(|row| {
            let cells: Vec<Json<'_>> = row.list("cells").collect();
            let cell = |at: Option<usize>| -> crate::domain::Text {
                match at.and_then(|at| cells.get(at)).map(|cell| cell.0) {
                    Some(serde_json::Value::String(text)) => text.as_str().into(),
                    Some(serde_json::Value::Null) | None => "".into(),
                    Some(other) => other.to_string().into(),
                }
            };
            PodRow {
                pod: Key::new(
                    row.text("object.metadata.namespace"),
                    row.text("object.metadata.name"),
                ),
                ready: cell(ready),
                status: cell(status),
                restarts: cell(restarts),
                age: cell(age),
                ip: cell(ip),
                node: cell(node),
            }
        })
        .collect())
}
