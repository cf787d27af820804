//! The log of a task, read when somebody looks at it.

use std::time::Duration;

use serde_json::Value;

use super::{ProxmoxSettings, client::Client};

/// Lines that are asked for at once.
const PAGE: usize = 500;
/// Time between two looks at a task that runs.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads the log of a task from its beginning, and as it grows where it still runs; each part is
/// given to `part`, which says whether anybody still listens.
///
/// # Errors
/// Why it cannot be read (any further), in the server's words.
pub async fn task_log<F>(
    settings: &ProxmoxSettings,
    upid: &str,
    mut part: impl FnMut(String) -> F,
) -> Result<(), String>
where
    F: Future<Output = bool>,
{
    let client = Client::new(settings).map_err(|why| why.to_string())?;
    // the node that does it stands in the name of the task
    let node = upid.split(':').nth(1).unwrap_or_default();
    let base = format!("/nodes/{node}/tasks/{upid}");
    let mut read = 0;
    loop {
        // asked before the log: a task that is over by now has written its last line
        let state = client
            .get(&format!("{base}/status"))
            .await
            .map_err(|why| why.to_string())?;
        loop {
            let rows = client
                .get(&format!("{base}/log?start={read}&limit={PAGE}"))
                .await
                .map_err(|why| why.to_string())?;
            let lines = lines(&rows);
            read += lines.len();
            let full = lines.len() == PAGE;
            if !lines.is_empty() && !part(lines.join("\n") + "\n").await {
                return Ok(());
            }
            if !full {
                break;
            }
        }
        if state["status"] == "stopped" {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The lines of a page. An empty file has one that the server made up, which is none.
fn lines(rows: &Value) -> Vec<&str> {
    let all: Vec<&str> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["t"].as_str())
        .collect();
    if all == ["no content"] {
        return Vec::new();
    }
    all
}
