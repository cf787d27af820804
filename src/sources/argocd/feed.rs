//! The bytes of a stream of events, cut into messages wherever the chunks end.

use serde_json::Value;

use super::client::ArgoError;

/// Longest line that is waited for: an application of 5,000 resources is far below it.
const LONGEST: usize = 16 << 20;

/// What was not yet a whole line.
#[derive(Debug, Default)]
pub(super) struct Feed {
    rest: Vec<u8>,
}

impl Feed {
    /// Takes in a part and gives the messages that it completes: the value of `result`.
    ///
    /// # Errors
    /// When a message is an error, is no JSON, or has no end.
    pub(super) fn take(&mut self, part: &[u8]) -> Result<Vec<Value>, ArgoError> {
        self.rest.extend_from_slice(part);
        let mut messages = Vec::new();
        let Some(last) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return if self.rest.len() > LONGEST {
                Err(ArgoError::Transport("a message has no end".into()))
            } else {
                Ok(messages)
            };
        };
        let whole: Vec<u8> = self.rest.drain(..=last).collect();
        for line in whole.split(|byte| *byte == b'\n') {
            // a comment keeps the connection open; an empty line ends an event
            let Some(text) = line.strip_prefix(b"data:") else {
                continue;
            };
            let mut message: Value = serde_json::from_slice(text.trim_ascii()).map_err(|why| {
                ArgoError::Transport(format!("a message of the stream is no JSON: {why}"))
            })?;
            if let Some(error) = message.get("error") {
                return Err(ArgoError::in_stream(error));
            }
            messages.push(message["result"].take());
        }
        Ok(messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a server sends it: a blank before the end of the line, two empty lines, comments between.
    const STREAM: &[u8] = b"data: {\"result\":{\"type\":\"ADDED\",\"n\":1}} \n\n\n:\ndata: {\"result\":{\"type\":\"MODIFIED\",\"n\":2}} \n\n\n:\n";

    #[test]
    fn messages_are_whole_wherever_the_chunks_are_cut() {
        for size in 1..STREAM.len() {
            let mut feed = Feed::default();
            let mut seen = Vec::new();
            for part in STREAM.chunks(size) {
                seen.extend(feed.take(part).unwrap());
            }
            let numbers: Vec<i64> = seen.iter().filter_map(|one| one["n"].as_i64()).collect();
            assert_eq!(numbers, [1, 2], "chunks of {size}");
        }
    }

    #[test]
    fn an_error_in_the_stream_is_told_and_half_a_message_is_waited_for() {
        let mut feed = Feed::default();
        assert!(feed.take(b"data: {\"result\":{").unwrap().is_empty());
        assert!(feed.take(b"}} broken\n").is_err());
        let mut feed = Feed::default();
        let said = feed
            .take(b"data: {\"error\":{\"grpc_code\":14,\"http_code\":503,\"message\":\"gone\"}} \n")
            .unwrap_err();
        assert_eq!(said.to_string(), "503 gone");
    }
}
