//! What is being typed, kept so that a crash loses at most the last half second of it.

use crate::domain::{IssueId, Unredacted};
use std::collections::BTreeMap;

/// How long a draft must rest before it is stored, in seconds.
pub const REST_SECS: f64 = 0.4;

/// The key under which an issue's chosen provider is kept. It holds the issue's id, so that it goes when the issue goes.
pub fn provider_of(issue: IssueId) -> String {
    format!("provider/{issue}")
}

/// All texts being typed, by key: `chat/<issue>`, `new/title`, …
#[derive(Debug, Default)]
pub struct Drafts {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    text: String,
    /// As it was at the last look.
    seen: String,
    stored: String,
    changed_at: f64,
}

impl Drafts {
    /// The draft with this key, empty at first. Edit it in place; it is stored once it rests.
    pub fn text(&mut self, key: &str) -> &mut String {
        &mut self.entries.entry(key.to_owned()).or_default().text
    }

    /// Empties the draft, once what it held has been sent or saved.
    pub fn clear(&mut self, key: &str) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.text.clear();
        }
    }

    /// Empties all drafts whose keys begin so.
    pub fn clear_all(&mut self, prefix: &str) {
        for (_, entry) in self.entries.iter_mut().filter(|(key, _)| key.starts_with(prefix)) {
            entry.text.clear();
        }
    }

    /// Takes in what was stored before. What has been typed since is newer and stays.
    pub fn restore(&mut self, stored: Vec<(String, Unredacted)>) {
        for (key, text) in stored {
            let entry = self.entries.entry(key).or_default();
            let text = text.into_exposed();
            if entry.text.is_empty() {
                entry.text.clone_from(&text);
                entry.seen.clone_from(&text);
            }
            entry.stored = text;
        }
    }

    /// The drafts that have rested long enough to be stored; they count as stored from now on. `now` is in seconds.
    pub fn take_rested(&mut self, now: f64) -> Vec<(String, Unredacted)> {
        let mut rested = Vec::new();
        for (key, entry) in &mut self.entries {
            if entry.text != entry.seen {
                entry.seen.clone_from(&entry.text);
                entry.changed_at = now;
            }
            if entry.text != entry.stored && now - entry.changed_at >= REST_SECS {
                entry.stored.clone_from(&entry.text);
                rested.push((key.clone(), entry.text.as_str().into()));
            }
        }
        rested
    }

    /// Whether anything typed is not stored yet.
    pub fn is_waiting(&self) -> bool {
        self.entries.values().any(|entry| entry.text != entry.stored)
    }

    /// All that is not stored yet, for the moment when the window closes.
    pub fn take_unsaved(&mut self) -> Vec<(String, Unredacted)> {
        for entry in self.entries.values_mut() {
            entry.seen.clone_from(&entry.text);
            entry.changed_at = 0.0;
        }
        self.take_rested(REST_SECS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(rested: Vec<(String, Unredacted)>) -> Vec<String> {
        rested.into_iter().map(|(key, text)| format!("{key}={}", text.expose())).collect()
    }

    #[test]
    fn a_draft_is_stored_once_after_it_has_rested() {
        let mut drafts = Drafts::default();
        drafts.text("chat").push_str("what changed");
        assert!(drafts.take_rested(10.0).is_empty());
        assert!(drafts.is_waiting());
        assert_eq!(keys(drafts.take_rested(10.5)), ["chat=what changed"]);
        assert!(drafts.take_rested(11.0).is_empty());
        assert!(!drafts.is_waiting());
    }

    #[test]
    fn typing_on_puts_the_storing_off() {
        let mut drafts = Drafts::default();
        drafts.text("a").push('x');
        drafts.take_rested(1.0);
        drafts.text("a").push('y');
        assert!(drafts.take_rested(1.3).is_empty());
        assert!(drafts.take_rested(1.6).is_empty());
        assert_eq!(keys(drafts.take_rested(1.8)), ["a=xy"]);
    }

    #[test]
    fn what_was_typed_before_the_stored_drafts_came_is_not_overwritten() {
        let mut drafts = Drafts::default();
        drafts.text("a").push_str("newer");
        drafts.restore(vec![("a".to_owned(), "older".into()), ("b".to_owned(), "kept".into())]);
        assert_eq!(drafts.text("a"), "newer");
        assert_eq!(drafts.text("b"), "kept");
    }

    #[test]
    fn closing_stores_what_has_not_rested_and_the_emptying_of_a_draft() {
        let mut drafts = Drafts::default();
        drafts.restore(vec![("sent".to_owned(), "hello".into())]);
        drafts.clear("sent");
        drafts.text("typing").push_str("half a");
        assert_eq!(keys(drafts.take_unsaved()), ["sent=", "typing=half a"]);
    }
}
