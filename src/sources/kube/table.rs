//! The pod table as the server prints it: a first screen while the objects stream in.
//!
//! Cells do not name the namespace, and rows that come with their objects' metadata are ten times as
//! large. So each namespace is asked for its own table, several at a time; only who may not list
//! namespaces gets the large one, which is read as it arrives and never held together.

use std::{fmt, io::BufReader};

use futures::{StreamExt, TryStreamExt, stream};
use http_body_util::BodyExt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::{
    decode,
    http::{Getter, PROTOBUF, ReadError},
    wire::null,
};
use crate::domain::{Interner, Key, PodRow, Text};

const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
/// Path of the namespaces; core kinds need no discovery.
const NAMESPACES: &str = "/api/v1/namespaces";
/// So many namespaces are asked for at a time.
const AT_A_TIME: usize = 6;
/// So many bytes are taken from the stream at once.
const PART: usize = 64 * 1024;

/// Asks for the table of all pods.
pub(super) async fn pod_rows(getter: &Getter) -> Result<Vec<PodRow>, ReadError> {
    match namespaces(getter).await {
        Ok(names) => by_namespace(getter, names).await,
        Err(ReadError::Forbidden(..)) => with_metadata(getter).await,
        Err(why) => Err(why),
    }
}

async fn namespaces(getter: &Getter) -> Result<Vec<String>, ReadError> {
    let (form, body) = getter
        .get(&format!("{NAMESPACES}?resourceVersion=0"), PROTOBUF)
        .await?;
    Ok(decode::names(form, body)?)
}

async fn by_namespace(getter: &Getter, names: Vec<String>) -> Result<Vec<PodRow>, ReadError> {
    let mut tables = stream::iter(names)
        .map(|namespace| async move {
            let path =
                format!("{NAMESPACES}/{namespace}/pods?includeObject=None&resourceVersion=0");
            let (_, body) = getter.get(&path, AS_TABLE).await?;
            Ok::<_, ReadError>((namespace, body))
        })
        .buffered(AT_A_TIME);
    let mut shared = Interner::new();
    let mut rows = Vec::new();
    while let Some((namespace, body)) = tables.try_next().await? {
        let namespace = shared.text(&namespace);
        let table = Table {
            namespace: Some(&namespace),
            names: &mut shared,
            rows: &mut rows,
        };
        read(table, &mut serde_json::Deserializer::from_slice(&body))?;
    }
    Ok(rows)
}

async fn with_metadata(getter: &Getter) -> Result<Vec<PodRow>, ReadError> {
    let (_, response) = getter
        .open(
            "/api/v1/pods?includeObject=Metadata&resourceVersion=0",
            AS_TABLE,
        )
        .await?;
    let stream = response
        .into_body()
        .into_data_stream()
        .map_err(std::io::Error::other);
    let bytes = SyncIoBridge::new(StreamReader::new(Box::pin(stream)));
    tokio::task::spawn_blocking(move || {
        let bytes = BufReader::with_capacity(PART, bytes);
        whole(&mut serde_json::Deserializer::from_reader(bytes))
    })
    .await
    .map_err(|why| ReadError::Unreadable(why.to_string().into()))?
}

/// The rows of a table that name their namespaces themselves.
fn whole<'de, R: serde_json::de::Read<'de>>(
    from: &mut serde_json::Deserializer<R>,
) -> Result<Vec<PodRow>, ReadError> {
    let mut rows = Vec::new();
    let table = Table {
        namespace: None,
        names: &mut Interner::new(),
        rows: &mut rows,
    };
    read(table, from)?;
    Ok(rows)
}

fn read<'de, R: serde_json::de::Read<'de>>(
    table: Table<'_>,
    from: &mut serde_json::Deserializer<R>,
) -> Result<(), ReadError> {
    table
        .deserialize(from)
        .map_err(|why| ReadError::Unreadable(why.to_string().into()))
}

/// Reads the rows of a table into those that were read before.
struct Table<'t> {
    /// Where all of them live, if the rows do not say.
    namespace: Option<&'t Text>,
    names: &'t mut Interner,
    rows: &'t mut Vec<PodRow>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<Value>,
    #[serde(default, deserialize_with = "null")]
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

impl<'de> DeserializeSeed<'de> for Table<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut columns: Vec<Column> = Vec::new();
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                // servers write them before the rows
                "columnDefinitions" => columns = map.next_value()?,
                "rows" => map.next_value_seed(Rows(At::of(&columns), &mut self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Where in a row the cells of each column are.
#[derive(Clone, Copy)]
struct At {
    name: Option<usize>,
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
            name: at("name"),
            ready: at("ready"),
            status: at("status"),
            restarts: at("restarts"),
            age: at("age"),
            ip: at("ip"),
            node: at("node"),
        }
    }
}

impl Table<'_> {
    fn row(&mut self, at: At, row: &Row) -> PodRow {
        let place = &row.object.metadata;
        let namespace = match self.namespace {
            Some(namespace) => namespace.clone(),
            None => self.names.text(&place.namespace),
        };
        let mut cell = |at: Option<usize>| -> Text {
            match at.and_then(|at| row.cells.get(at)) {
                Some(Value::String(text)) => self.names.text(text),
                Some(Value::Null) | None => self.names.text(""),
                Some(other) => self.names.text(&other.to_string()),
            }
        };
        PodRow {
            pod: Key {
                namespace,
                name: if place.name.is_empty() {
                    cell(at.name)
                } else {
                    place.name.as_str().into()
                },
            },
            ready: cell(at.ready),
            status: cell(at.status),
            restarts: cell(at.restarts),
            age: cell(at.age),
            ip: cell(at.ip),
            node: cell(at.node),
        }
    }
}

/// Reads the rows one by one.
struct Rows<'r, 't>(At, &'r mut Table<'t>);

impl<'de> DeserializeSeed<'de> for Rows<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of a table, or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element::<Row>()? {
            let row = self.1.row(self.0, &row);
            self.1.rows.push(row);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(body: &str) -> Vec<PodRow> {
        whole(&mut serde_json::Deserializer::from_str(body)).unwrap()
    }

    fn recording() -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/recordings/list-pods-table.http");
        let text = std::fs::read_to_string(path).unwrap();
        text[text.find("{\"kind\":\"Table\"").unwrap()..]
            .trim_end()
            .to_owned()
    }

    #[test]
    fn the_table_of_a_real_server_is_read_by_the_names_of_its_columns() {
        let rows = rows(&recording());
        assert!(!rows.is_empty());
        for row in rows {
            assert!(!row.pod.namespace.is_empty() && !row.pod.name.is_empty());
            assert!(row.ready.contains('/') && !row.status.is_empty(), "{row:?}");
        }
    }

    #[test]
    fn rows_without_their_objects_are_named_by_their_cells() {
        let whole = rows(&recording());
        let mut table: Value = serde_json::from_str(&recording()).unwrap();
        for row in table["rows"].as_array_mut().unwrap() {
            row["object"] = Value::Null;
        }
        let namespace = Text::from("somewhere");
        let mut bare = Vec::new();
        let reader = Table {
            namespace: Some(&namespace),
            names: &mut Interner::new(),
            rows: &mut bare,
        };
        read(
            reader,
            &mut serde_json::Deserializer::from_str(&table.to_string()),
        )
        .unwrap();
        assert_eq!(bare.len(), whole.len());
        for (bare, whole) in bare.iter().zip(&whole) {
            assert_eq!(bare.pod.name, whole.pod.name);
            assert_eq!(&*bare.pod.namespace, "somewhere");
            assert_eq!(bare.node, whole.node);
        }
    }

    #[test]
    fn a_table_of_nothing_may_be_null() {
        let body = r#"{"kind":"Table","columnDefinitions":[{"name":"Name"}],"rows":null}"#;
        assert!(rows(body).is_empty());
    }
}
