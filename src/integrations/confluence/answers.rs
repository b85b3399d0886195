//! The shapes of answers, of both generations.
//!
//! Sources: <https://developer.atlassian.com/cloud/confluence/rest/v1/>, `…/rest/v2/`, and
//! <https://docs.atlassian.com/ConfluenceServer/rest/latest/>.

use crate::domain::{RemoteId, RemoteName, RemotePlace};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Listed<T> {
    pub(super) results: Vec<T>,
    #[serde(rename = "_links", default)]
    pub(super) links: Links,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Links {
    #[serde(default)]
    pub(super) next: String,
    #[serde(default)]
    pub(super) webui: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Space {
    #[serde(default, deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) key: String,
    #[serde(default)]
    name: String,
}

impl Space {
    pub(super) fn place(&self) -> Option<RemotePlace> {
        let key = RemoteName::parse(&self.key)?;
        let label = if self.name.is_empty() { self.key.clone() } else { self.name.clone() };
        Some(RemotePlace { key, id: RemoteId::parse(&self.id), label })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) space: Option<Space>,
    #[serde(default)]
    pub(super) version: Option<Version>,
    #[serde(default)]
    pub(super) body: Option<Body>,
    #[serde(default)]
    pub(super) excerpt: Option<String>,
    #[serde(rename = "_links", default)]
    pub(super) links: Links,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    pub(super) number: u32,
    #[serde(default, alias = "when")]
    pub(super) created_at: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    pub(super) storage: Option<Storage>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Storage {
    #[serde(default)]
    pub(super) value: String,
}

/// An id is a number in one generation and a text in the other.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// Where the next page begins, if there is one. Where the link counts by a cursor, `seen` stands for it.
pub(super) fn next_page(links: &Links, seen: usize) -> Option<u32> {
    if links.next.is_empty() {
        return None;
    }
    let (_, query) = links.next.split_once('?')?;
    let start = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "start");
    start.and_then(|(_, value)| value.parse().ok()).or_else(|| u32::try_from(seen).ok())
}

/// Whether the next page is named by a cursor, which belongs to the whole link.
pub(super) fn has_cursor(links: &Links) -> bool {
    links.next.split_once('?').is_some_and(|(_, query)| query.split('&').any(|one| one.starts_with("cursor=")))
}
