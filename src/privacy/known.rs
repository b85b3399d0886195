//! Values that were found once give themselves away elsewhere: their exact repeats are findings as well.

use super::{Finding, PrivacyError};
use crate::domain::{Confidence, PiiKind};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashSet;

/// How many values are searched apart from the others before all are put together again.
const RECENT: usize = 256;

/// Values to look for. Learning is cheap: only the recent ones are indexed anew.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownValues {
    seen: HashSet<Box<str>>,
    settled: Shelf,
    recent: Shelf,
}

#[derive(Clone, Default)]
struct Shelf {
    values: Vec<(PiiKind, Box<str>)>,
    index: Option<AhoCorasick>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shelf({} values)", self.values.len())
    }
}

impl Shelf {
    fn rebuild(&mut self) -> Result<(), PrivacyError> {
        let index = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(self.values.iter().map(|(_, value)| value.as_bytes()))
            .map_err(PrivacyError::KnownValues)?;
        self.index = Some(index);
        Ok(())
    }

    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Finding> + 'a {
        let matches = self.index.iter().flat_map(move |index| index.find_iter(text.as_bytes()));
        matches.filter_map(move |found| {
            let range = found.range();
            let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let bytes = text.as_bytes();
            let glued = is_word(range.start.checked_sub(1).and_then(|before| bytes.get(before)))
                || is_word(bytes.get(range.end));
            let (kind, _) = self.values.get(found.pattern().as_usize())?;
            (!glued).then_some(Finding { kind: *kind, range, confidence: Confidence::Likely })
        })
    }
}

impl KnownValues {
    /// Learns the values of findings in a text.
    pub fn learn(&mut self, text: &str, findings: &[Finding]) -> Result<(), PrivacyError> {
        let values = findings.iter().filter_map(|finding| Some((finding.kind, text.get(finding.range.clone())?)));
        self.learn_values(values)
    }

    /// Learns values that are worth it; the others are too short or too common to be looked for.
    pub fn learn_values<'a>(
        &mut self,
        values: impl IntoIterator<Item = (PiiKind, &'a str)>,
    ) -> Result<(), PrivacyError> {
        let before = self.recent.values.len();
        for (kind, value) in values {
            for part in parts(value) {
                if gives_itself_away(kind, part) && self.seen.insert(part.into()) {
                    self.recent.values.push((kind, part.into()));
                }
            }
        }
        if self.recent.values.len() == before {
            return Ok(());
        }
        if self.recent.values.len() > RECENT {
            self.settled.values.append(&mut self.recent.values);
            self.recent.index = None;
            return self.settled.rebuild();
        }
        self.recent.rebuild()
    }

    /// Where known values stand, apart from other letters and digits.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Finding> + 'a {
        self.settled.find(text).chain(self.recent.find(text))
    }
}

/// The value, or its lines if it has several: one of them may stand alone elsewhere, as in an extract of a log.
pub(super) fn parts(value: &str) -> impl Iterator<Item = &str> {
    let lines = value.split('\n').flat_map(|line| line.split("\\n")).map(str::trim);
    let several = value.contains('\n') || value.contains("\\n");
    lines.filter(move |line| several && !line.starts_with("-----")).chain((!several).then_some(value))
}

/// Whether a repeat of the value outside its first context is still the same thing.
///
/// A password that is a plain word is not looked for: it would take that word out of the whole text.
fn gives_itself_away(kind: PiiKind, value: &str) -> bool {
    let word = value.bytes().all(|byte| byte.is_ascii_lowercase()) || value.bytes().all(|byte| byte.is_ascii_digit());
    let least = match kind {
        PiiKind::User => 5,
        PiiKind::Host => 4,
        PiiKind::Custom => 1,
        _ => 6,
    };
    let lasting = kind.is_secret() || matches!(kind, PiiKind::User | PiiKind::Host | PiiKind::Email | PiiKind::Custom);
    lasting && (least..=256).contains(&value.len()) && (!word || matches!(kind, PiiKind::User | PiiKind::Custom))
}
