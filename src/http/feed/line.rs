//! Entries and events as lines of JSON.

use aggregates::Event;
use serde_json::{Value, json};

use crate::entry::Entry;

/// One line: an entry, or an event of one.
pub(super) struct Line {
    pub(super) json: Vec<u8>,
    /// The entry's index.
    pub(super) entry: u64,
    /// The event's place in it.
    pub(super) event: Option<usize>,
    /// Whether it is the last that is shown of its entry.
    pub(super) last: bool,
}

impl Line {
    /// The cursor of whoever has read it: the size after its entry, or the place of the event in it.
    pub(super) fn id(&self) -> String {
        match self.event.filter(|_| !self.last) {
            Some(place) => format!("{}/{place}", self.entry),
            None => (self.entry + 1).to_string(),
        }
    }
}

/// An entry: its index, and the bytes that were hashed, as they are.
pub(super) fn whole(index: u64, bytes: &[u8]) -> Line {
    let mut json = format!(r#"{{"index":{index},"entry":"#).into_bytes();
    json.extend_from_slice(bytes);
    json.push(b'}');
    Line { json, entry: index, event: None, last: true }
}

/// An event as a CloudEvent in the JSON format (CloudEvents 1.0.2). Extension attributes: `entryindex`, `streamversion`.
pub(super) fn cloud_event(origin: &str, entry: &Entry, place: usize, event: &Event) -> Line {
    let written = json!(event);
    let document = json!({
        "specversion": "1.0",
        "id": format!("{}/{place}", entry.index),
        "source": format!("//{origin}"),
        "type": format!("litopys.{}", event.kind()),
        "subject": event.stream,
        "time": entry.time,
        "datacontenttype": "application/json",
        "data": written.get("data").cloned().unwrap_or(Value::Null),
        "entryindex": entry.index,
        "streamversion": event.version,
    });
    Line { json: document.to_string().into_bytes(), entry: entry.index, event: Some(place), last: false }
}
