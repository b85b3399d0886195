//! Values and their placeholders, one vault an issue; and the way back, for answers shown on this machine.

use super::placeholders::{Mention, mentions_after, unfinished_after};
use super::plain::plain;
use crate::domain::{PiiKind, Placeholder, Unredacted};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// Values and their placeholders, one per issue.
///
/// A value has one placeholder, whatever kind it is found as later; values are told apart byte by byte.
#[derive(Clone, Default)]
pub struct Vault {
    /// In order of arrival.
    entries: Vec<(Placeholder, Unredacted)>,
    by_value: HashMap<Unredacted, Placeholder>,
    by_placeholder: HashMap<Placeholder, usize>,
    highest: HashMap<PiiKind, u32>,
}

/// A stretch of a text that may hold placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(Range<usize>),
    /// A placeholder whose value is known.
    Known {
        range: Range<usize>,
        placeholder: Placeholder,
    },
    /// What looks like a placeholder and stands for nothing here.
    Unknown {
        range: Range<usize>,
        placeholder: Placeholder,
    },
}

impl Vault {
    /// A vault as it was stored. Of two entries for one value or one placeholder, the first counts.
    pub fn from_entries(entries: impl IntoIterator<Item = (Placeholder, Unredacted)>) -> Self {
        let mut vault = Self::default();
        for (placeholder, value) in entries {
            let known = vault.by_value.contains_key(&value) || vault.by_placeholder.contains_key(&placeholder);
            if !known {
                vault.insert(placeholder, value);
            }
        }
        vault
    }

    /// All entries, in the order in which they came.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Placeholder, &Unredacted)> {
        self.entries.iter().map(|(placeholder, value)| (*placeholder, value))
    }

    /// The entries that came after the first `count`: what is still to be stored.
    pub fn new_entries_since(&self, count: usize) -> &[(Placeholder, Unredacted)] {
        self.entries.get(count..).unwrap_or_default()
    }

    /// How many values it holds.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What stands for this value: the placeholder it has, or the next one of the kind.
    pub fn placeholder_for(&mut self, kind: PiiKind, value: &str) -> Placeholder {
        self.placeholder_above(kind, value, 0)
    }

    /// As [`Self::placeholder_for`]; a new one gets a number above `floor`.
    pub(super) fn placeholder_above(&mut self, kind: PiiKind, value: &str, floor: u32) -> Placeholder {
        let value = Unredacted::from(&*plain(value));
        if let Some(placeholder) = self.by_value.get(&value) {
            return *placeholder;
        }
        let highest = self.highest.get(&kind).copied().unwrap_or(0).max(floor);
        let placeholder = Placeholder { kind, number: highest.saturating_add(1) };
        self.insert(placeholder, value);
        placeholder
    }

    /// The value that a placeholder stands for.
    pub fn value(&self, placeholder: Placeholder) -> Option<&Unredacted> {
        self.by_placeholder.get(&placeholder).and_then(|index| self.entries.get(*index)).map(|(_, value)| value)
    }

    /// The text with real values in place of the placeholders, for showing on this machine only.
    ///
    /// Unknown placeholders stay as they are.
    pub fn restore(&self, text: &str) -> String {
        self.restore_after(None, text)
    }

    fn restore_after(&self, before: Option<char>, text: &str) -> String {
        let mut result = String::with_capacity(text.len());
        for piece in self.pieces_after(before, text) {
            match piece {
                Piece::Text(range) | Piece::Unknown { range, .. } => {
                    result.push_str(text.get(range).unwrap_or_default());
                }
                Piece::Known { placeholder, .. } => {
                    result.push_str(self.value(placeholder).map_or("", Unredacted::expose));
                }
            }
        }
        result
    }

    /// The text with placeholders in place of the values that the vault holds, for marking them on the screen and for
    /// recognizing names of files. It is not redaction: it finds nothing new, and makes no text that may leave.
    pub fn conceal(&self, text: &str) -> String {
        const SHORTEST: usize = 4;
        let long = |value: &Unredacted| value.expose().len() >= SHORTEST && text.contains(value.expose());
        let mut present: Vec<_> = self.entries.iter().filter(|(_, value)| long(value)).collect();
        present.sort_by_key(|(_, value)| std::cmp::Reverse(value.expose().len()));
        let values = present.iter().map(|(_, value)| value.expose());
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).clone();
        let Ok(index) = builder.build(values) else { return text.to_owned() };
        let mut result = String::with_capacity(text.len());
        index.replace_all_with(text, &mut result, |found, _, result| {
            if let Some((placeholder, _)) = present.get(found.pattern().as_usize()) {
                result.push_str(&placeholder.to_string());
            }
            true
        });
        result
    }

    /// The text cut at its placeholders, without gaps and in order. The spellings of models count as well; one that
    /// stands for nothing is text unless it can be meant as nothing else.
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        self.pieces_after(None, text)
    }

    /// Placeholders of the text that stand for nothing, each once, in order: a model made them up.
    pub fn invented(&self, text: &str) -> Vec<Placeholder> {
        let mut invented = Vec::new();
        for piece in self.pieces(text) {
            if let Piece::Unknown { placeholder, .. } = piece
                && !invented.contains(&placeholder)
            {
                invented.push(placeholder);
            }
        }
        invented
    }

    fn pieces_after(&self, before: Option<char>, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut done = 0;
        for Mention { range, placeholder, is_plain } in mentions_after(before, text) {
            let is_known = self.value(placeholder).is_some();
            if !is_known && !is_plain {
                continue;
            }
            if range.start > done {
                pieces.push(Piece::Text(done..range.start));
            }
            done = range.end;
            pieces.push(if is_known {
                Piece::Known { range, placeholder }
            } else {
                Piece::Unknown { range, placeholder }
            });
        }
        if done < text.len() {
            pieces.push(Piece::Text(done..text.len()));
        }
        pieces
    }

    fn insert(&mut self, placeholder: Placeholder, value: Unredacted) {
        let highest = self.highest.entry(placeholder.kind).or_default();
        *highest = placeholder.number.max(*highest);
        self.by_placeholder.insert(placeholder, self.entries.len());
        self.by_value.insert(value.clone(), placeholder);
        self.entries.push((placeholder, value));
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} values)", self.entries.len())
    }
}

/// Everything else follows from the entries.
impl PartialEq for Vault {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Vault {}

/// Restores a text that arrives in pieces: a placeholder that a piece cuts is held back until it is whole.
#[derive(Debug)]
pub struct Restorer<'a> {
    vault: &'a Vault,
    held: String,
    /// What stood before what is held: a word may go on.
    before: Option<char>,
}

impl<'a> Restorer<'a> {
    pub const fn new(vault: &'a Vault) -> Self {
        Self { vault, held: String::new(), before: None }
    }

    /// What can be shown of the text so far, after what was returned before.
    pub fn push(&mut self, delta: &str) -> String {
        self.held.push_str(delta);
        let ready = unfinished_after(self.before, &self.held).unwrap_or(self.held.len());
        let rest = self.held.split_off(ready);
        let whole = std::mem::replace(&mut self.held, rest);
        let shown = self.vault.restore_after(self.before, &whole);
        self.before = whole.chars().next_back().or(self.before);
        shown
    }

    /// What was held back, when no more comes.
    pub fn finish(self) -> String {
        self.vault.restore_after(self.before, &self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(number: u32) -> Placeholder {
        Placeholder { kind: PiiKind::Email, number }
    }

    #[test]
    fn a_value_keeps_its_placeholder_whatever_it_is_found_as() {
        let mut vault = Vault::default();

        assert_eq!(vault.placeholder_for(PiiKind::Email, "a@b.io"), email(1));
        assert_eq!(vault.placeholder_for(PiiKind::User, "a@b.io"), email(1));
        assert_eq!(vault.placeholder_for(PiiKind::Email, "c@b.io"), email(2));
        assert_eq!(vault.len(), 2);
    }

    #[test]
    fn a_stored_vault_goes_on_counting_where_it_was() {
        let mut vault = Vault::from_entries([(email(7), "a@b.io".into()), (email(7), "x@b.io".into())]);

        assert_eq!(vault.placeholder_for(PiiKind::Email, "c@b.io"), email(8));
        assert_eq!(vault.new_entries_since(1), [(email(8), "c@b.io".into())]);
        assert_eq!(vault.value(email(7)), Some(&"a@b.io".into()));
    }

    #[test]
    fn unknown_placeholders_stay_as_they_are() {
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);

        assert_eq!(vault.restore("[Email-1] and [Email-2] and [x]"), "a@b.io and [Email-2] and [x]");
        assert_eq!(
            vault.pieces("[Email-1] [Email-2]"),
            [
                Piece::Known { range: 0..9, placeholder: email(1) },
                Piece::Text(9..10),
                Piece::Unknown { range: 10..19, placeholder: email(2) },
            ]
        );
    }

    #[test]
    fn values_of_the_vault_are_concealed_the_longest_first() {
        let user = Placeholder { kind: PiiKind::User, number: 1 };
        let vault = Vault::from_entries([(user, "jane".into()), (email(1), "jane@b.io".into())]);

        assert_eq!(vault.conceal("jane@b.io and jane"), "[Email-1] and [User-1]");
        assert_eq!(vault.conceal("nobody"), "nobody");
    }

    #[test]
    fn what_a_model_made_up_is_told_once_and_odd_spellings_of_it_are_text() {
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);

        let invented =
            vault.invented("[Email-1], [Host-99], [host-99] and [IPv4-7], but Host-3 and [User 4] are words");

        let names: Vec<_> = invented.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["[Host-99]", "[IPv4-7]"]);
    }

    #[test]
    fn odd_spellings_of_models_are_restored() {
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);

        let text = r"\[Email-1\], [email 1], (Email-1), `Email-1` and [Email-1](mailto:Email-1)";

        assert_eq!(vault.restore(text), "a@b.io, a@b.io, a@b.io, `a@b.io` and a@b.io(mailto:a@b.io)");
    }

    #[test]
    fn a_placeholder_cut_in_two_is_restored_whole() {
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);
        let mut restorer = Restorer::new(&vault);

        assert_eq!(restorer.push("to [Ema"), "to ");
        assert_eq!(restorer.push("il-1] and ["), "a@b.io and ");
        assert_eq!(restorer.finish(), "[");
    }

    #[test]
    fn its_debug_form_shows_no_value() {
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);

        assert_eq!(format!("{vault:?}"), "Vault(1 values)");
    }
}
