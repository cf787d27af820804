//! The pod table as the server prints it: a first screen while the objects stream in.
//!
//! Cells do not name the namespace, so each row comes with its object's metadata: many megabytes in a
//! big cluster. They are read as they arrive and never held together.

use std::{fmt, io::BufReader};

use futures::TryStreamExt;
use http_body_util::BodyExt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::http::{Getter, ReadError};
use crate::domain::{Interner, Key, PodRow, Text};

const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
/// So many bytes are taken from the stream at once.
const PART: usize = 64 * 1024;

/// Asks for the table of all pods.
pub(super) async fn pod_rows(getter: &Getter, path: &str) -> Result<Vec<PodRow>, ReadError> {
    let (_, response) = getter
        .open(
            &format!("{path}?includeObject=Metadata&resourceVersion=0"),
            AS_TABLE,
        )
        .await?;
    let stream = response
        .into_body()
        .into_data_stream()
        .map_err(std::io::Error::other);
    let bytes = SyncIoBridge::new(StreamReader::new(Box::pin(stream)));
    let unreadable = |why: String| ReadError::Unreadable(why.into());
    tokio::task::spawn_blocking(move || {
        serde_json::from_reader::<_, Table>(BufReader::with_capacity(PART, bytes))
    })
    .await
    .map_err(|why| unreadable(why.to_string()))?
    .map(|table| table.0)
    .map_err(|why| unreadable(why.to_string()))
}

/// The rows of a table.
struct Table(Vec<PodRow>);

#[derive(Deserialize)]
struct Column {
    name: String,
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<Value>,
    #[serde(default)]
    object: Partial,
}

#[derive(Deserialize, Default)]
struct Partial {
    #[serde(default)]
    metadata: Place,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Place {
    namespace: String,
    name: String,
}

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = Table;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table, A::Error> {
        let mut columns: Vec<Column> = Vec::new();
        let mut rows = Vec::new();
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                // servers write them before the rows
                "columnDefinitions" => columns = map.next_value()?,
                "rows" => rows = map.next_value_seed(Rows(At::of(&columns)))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Table(rows))
    }
}

/// Where in a row the cells of each column are.
#[derive(Clone, Copy)]
struct At {
    ready: Option<usize>,
    status: Option<usize>,
    restarts: Option<usize>,
    age: Option<usize>,
    ip: Option<usize>,
    node: Option<usize>,
}

impl At {
    fn of(columns: &[Column]) -> Self {
        let at = |name: &str| {
            columns
                .iter()
                .position(|column| column.name.eq_ignore_ascii_case(name))
        };
        Self {
            ready: at("ready"),
            status: at("status"),
            restarts: at("restarts"),
            age: at("age"),
            ip: at("ip"),
            node: at("node"),
        }
    }

    fn row(self, row: &Row, names: &mut Interner) -> PodRow {
        let mut cell = |at: Option<usize>| -> Text {
            match at.and_then(|at| row.cells.get(at)) {
                Some(Value::String(text)) => names.text(text),
                Some(Value::Null) | None => names.text(""),
                Some(other) => names.text(&other.to_string()),
            }
        };
        PodRow {
            ready: cell(self.ready),
            status: cell(self.status),
            restarts: cell(self.restarts),
            age: cell(self.age),
            ip: cell(self.ip),
            node: cell(self.node),
            pod: Key {
                namespace: names.text(&row.object.metadata.namespace),
                name: row.object.metadata.name.as_str().into(),
            },
        }
    }
}

/// Reads the rows one by one.
struct Rows(At);

impl<'de> DeserializeSeed<'de> for Rows {
    type Value = Vec<PodRow>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<PodRow>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows {
    type Value = Vec<PodRow>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of a table, or null")
    }

    fn visit_unit<E>(self) -> Result<Vec<PodRow>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<PodRow>, A::Error> {
        let mut names = Interner::new();
        let mut found = Vec::new();
        while let Some(row) = rows.next_element::<Row>()? {
            found.push(self.0.row(&row, &mut names));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_real_server_is_read_by_the_names_of_its_columns() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/recordings/list-pods-table.http");
        let text = std::fs::read_to_string(path).unwrap();
        let body = &text[text.find("{\"kind\":\"Table\"").unwrap()..];
        let rows = serde_json::from_reader::<_, Table>(body.trim_end().as_bytes())
            .unwrap()
            .0;
        assert!(!rows.is_empty());
        for row in rows {
            assert!(!row.pod.namespace.is_empty() && !row.pod.name.is_empty());
            assert!(row.ready.contains('/') && !row.status.is_empty(), "{row:?}");
        }
    }

    #[test]
    fn a_table_of_nothing_may_be_null() {
        let body = br#"{"kind":"Table","columnDefinitions":[{"name":"Name"}],"rows":null}"#;
        assert!(
            serde_json::from_reader::<_, Table>(body.as_slice())
                .unwrap()
                .0
                .is_empty()
        );
    }
}
