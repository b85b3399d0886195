//! Values that were found once give themselves away elsewhere: their exact repeats are findings as well.
//!
//! A repeat stands apart from other letters and digits, so the first word in it is a whole word of the text as well.
//! The words of a text are hashed and looked up; that costs the same for ten known values and for ten thousand.

use super::detectors::bytes::is_word;
use super::short_hash::{Seeded, mixed};
use super::sweep::{BLOCK, Padded, SEGMENT, padded, word_masks};
use super::{Finding, PrivacyError};
use crate::domain::{Confidence, PiiKind};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memchr2;
use std::collections::HashMap;
use std::ops::Range;

/// How many bits tell whether a word may begin a known value.
const FILTER_BITS: usize = 1 << 16;

/// The longest value that is looked for, in bytes.
const LONGEST: usize = 256;

/// Values to look for.
#[derive(Clone, Debug)]
pub(super) struct KnownValues {
    /// How many are remembered; later ones are not.
    most: usize,
    kinds: HashMap<Box<str>, PiiKind, Seeded>,
    /// For the first word of values: where they begin before it, and how long they are.
    by_word: HashMap<Box<[u8]>, Vec<Extent>, Seeded>,
    filter: Vec<u64>,
    wordless: Wordless,
}

/// Where a value stands about its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    before: usize,
    length: usize,
}

/// Values without any letter or digit of ASCII, which have no word to be found by. They are few.
#[derive(Clone, Default)]
struct Wordless {
    values: Vec<Box<str>>,
    index: Option<AhoCorasick>,
}

impl std::fmt::Debug for Wordless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wordless({} values)", self.values.len())
    }
}

impl Default for KnownValues {
    fn default() -> Self {
        Self::at_most(usize::MAX)
    }
}

impl KnownValues {
    pub fn at_most(most: usize) -> Self {
        Self {
            most,
            kinds: HashMap::default(),
            by_word: HashMap::default(),
            filter: vec![0; FILTER_BITS / 64],
            wordless: Wordless::default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Learns the values of findings in a text. Tells whether some were new.
    pub fn learn(&mut self, text: &str, findings: &[Finding]) -> Result<bool, PrivacyError> {
        let values = findings.iter().filter_map(|finding| Some((finding.kind, text.get(finding.range.clone())?)));
        self.learn_values(values)
    }

    /// Learns values that are worth it; the others are too short or too common to be looked for.
    pub fn learn_values<'a>(
        &mut self,
        values: impl IntoIterator<Item = (PiiKind, &'a str)>,
    ) -> Result<bool, PrivacyError> {
        let (before, wordless) = (self.kinds.len(), self.wordless.values.len());
        for (kind, value) in values {
            for part in parts(value) {
                let new =
                    self.kinds.len() < self.most && !self.kinds.contains_key(part) && gives_itself_away(kind, part);
                if new {
                    self.kinds.insert(part.into(), kind);
                    self.index(part);
                }
            }
        }
        if self.wordless.values.len() > wordless {
            let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).clone();
            let values = self.wordless.values.iter().map(|value| value.as_bytes());
            self.wordless.index = Some(builder.build(values).map_err(PrivacyError::KnownValues)?);
        }
        Ok(self.kinds.len() > before)
    }

    fn index(&mut self, value: &str) {
        let bytes = value.as_bytes();
        let Some(before) = bytes.iter().position(|byte| is_word(*byte)) else {
            self.wordless.values.push(value.into());
            return;
        };
        let word = bytes.get(before..).unwrap_or_default();
        let word = word.get(..word_length(word)).unwrap_or_default();
        let bucket = bucket_of(word);
        if let Some(filter) = self.filter.get_mut(bucket / 64) {
            *filter |= 1 << (bucket % 64);
        }
        let extents = self.by_word.entry(word.into()).or_default();
        let extent = Extent { before, length: value.len() };
        if !extents.contains(&extent) {
            extents.push(extent);
            extents.sort_by_key(|extent| usize::MAX - extent.length);
        }
    }

    /// Where known values begin in a range of the text, apart from other letters and digits.
    pub fn find(&self, text: &str, range: Range<usize>) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.kinds.is_empty() {
            return found;
        }
        let bytes = text.as_bytes();
        // A value may begin with a few signs before its first word.
        let end = (range.end + LONGEST).min(bytes.len());
        let mut spare = [0; size_of::<Padded>()];
        for start in (range.start..end).step_by(SEGMENT * BLOCK) {
            let masks = word_masks(padded(bytes, start, &mut spare));
            let two = masks.array_windows::<2>().zip((start..end).step_by(BLOCK)).take(SEGMENT);
            for ([behind, words], start) in two {
                let mut likely = self.likely(bytes, start, *words, words & !(words << 1 | behind >> (BLOCK - 1)));
                while likely != 0 {
                    let bit = likely.trailing_zeros();
                    likely &= likely - 1;
                    self.find_at(text, start + bit as usize, *words >> bit, &mut found);
                }
            }
        }
        found.extend(self.wordless_in(text, range.start..end));
        found.retain(|finding| range.contains(&finding.range.start));
        found
    }

    /// Of the beginnings of words in a block, those at which a known value may stand. None is tested by a branch.
    #[inline]
    fn likely(&self, bytes: &[u8], start: usize, words: u64, mut begins: u64) -> u64 {
        let mut likely = 0;
        while begins != 0 {
            let bit = begins.trailing_zeros();
            begins &= begins - 1;
            let length = (words >> bit).trailing_ones();
            let rest = bytes.get(start + bit as usize..).unwrap_or_default();
            let bucket = match rest.first_chunk() {
                Some(eight) if bit + length < 64 => bucket(u64::from_le_bytes(*eight), length as usize),
                _ => bucket_of(rest.get(..word_length(rest)).unwrap_or_default()),
            };
            let filter = self.filter.get(bucket / 64).copied().unwrap_or(0);
            likely |= (filter >> (bucket % 64) & 1) << bit;
        }
        likely
    }

    /// Looks for a value whose first word begins at a place. `words` tells which bytes from there on are of words.
    fn find_at(&self, text: &str, place: usize, words: u64, found: &mut Vec<Finding>) {
        let rest = text.as_bytes().get(place..).unwrap_or_default();
        // A word that reaches the end of the mask may go on.
        let length = words.trailing_ones() as usize;
        let ends = words.checked_shr(words.trailing_ones()).is_some_and(|more| more != 0);
        let length = if ends { length } else { word_length(rest) };
        let word = rest.get(..length).unwrap_or_default();
        for extent in self.by_word.get(word).into_iter().flatten() {
            let Some(start) = place.checked_sub(extent.before) else { continue };
            let range = start..start + extent.length;
            let apart = stands_apart(text.as_bytes(), &range);
            let Some(value) = text.get(range.clone()).filter(|_| apart) else { continue };
            if let Some(kind) = self.kinds.get(value) {
                found.push(Finding { kind: *kind, range, confidence: Confidence::Likely });
                return;
            }
        }
    }

    fn wordless_in<'a>(&'a self, text: &'a str, range: Range<usize>) -> impl Iterator<Item = Finding> + 'a {
        let part = text.as_bytes().get(range.clone()).unwrap_or_default();
        let matches = self.wordless.index.iter().flat_map(move |index| index.find_iter(part));
        matches.filter_map(move |found| {
            let value = self.wordless.values.get(found.pattern().as_usize())?;
            let place = range.start + found.start()..range.start + found.end();
            let kind = *self.kinds.get(value)?;
            let apart = stands_apart(text.as_bytes(), &place);
            apart.then_some(Finding { kind, range: place, confidence: Confidence::Likely })
        })
    }
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take(LONGEST).take_while(|byte| is_word(**byte)).count()
}

/// Whether no letter or digit touches the range.
fn stands_apart(bytes: &[u8], range: &Range<usize>) -> bool {
    let glued = |byte: Option<&u8>| byte.is_some_and(|byte| is_word(*byte));
    !glued(range.start.checked_sub(1).and_then(|before| bytes.get(before))) && !glued(bytes.get(range.end))
}

/// Which bit of the filter stands for a word: from its first eight bytes and its length.
fn bucket_of(word: &[u8]) -> usize {
    let first = word.iter().take(8).rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    bucket(first, word.len())
}

/// The same, from eight bytes of which the first are those of the word.
#[inline]
const fn bucket(eight: u64, length: usize) -> usize {
    let first = if length < 8 { eight & ((1 << (length * 8)) - 1) } else { eight };
    (mixed(first ^ length as u64) >> 48) as usize % FILTER_BITS
}

/// The value, or its lines if it has several: one of them may stand alone elsewhere, as in an extract of a log.
pub(super) fn parts(value: &str) -> impl Iterator<Item = &str> {
    // Nearly no value has either.
    let several = memchr2(b'\n', b'\\', value.as_bytes()).is_some() && (value.contains('\n') || value.contains("\\n"));
    let lines = value.split('\n').take(if several { usize::MAX } else { 0 });
    let lines = lines.flat_map(|line| line.split("\\n")).map(str::trim);
    lines.filter(move |line| !line.starts_with("-----")).chain((!several).then_some(value))
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
    lasting && (least..=LONGEST).contains(&value.len()) && (!word || matches!(kind, PiiKind::User | PiiKind::Custom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn found(known: &[&str], text: &str) -> Vec<String> {
        let mut values = KnownValues::default();
        values.learn_values(known.iter().map(|value| (PiiKind::Custom, *value))).unwrap();
        let found = values.find(text, 0..text.len());
        found.into_iter().map(|finding| text.get(finding.range).unwrap().to_owned()).collect()
    }

    #[test]
    fn repeats_are_found_only_apart_from_words() {
        let cases: [(&[&str], &str, &[&str]); 7] = [
            (&["hunter2"], "a hunter2, xhunter2 hunter22 hunter2", &["hunter2", "hunter2"]),
            (&["web-1", "web-1.acme.io"], "web-1 web-1.acme.io web-12", &["web-1", "web-1.acme.io"]),
            (&["$tr0ng!"], "is $tr0ng! or x$tr0ng!", &["$tr0ng!"]),
            (&["пароль1", "密码密码"], "пароль1 密码密码", &["пароль1", "密码密码"]),
            (&["ann@acme.io"], "ann ann@acme.io ann@acme.iox", &["ann@acme.io"]),
            (&["a b"], "a b a  b", &["a b"]),
            (&["!!!!"], "!!!! x!!!!", &["!!!!"]),
        ];
        for (known, text, expected) in cases {
            let mut found = found(known, text);
            let mut expected = expected.to_vec();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_repeat_is_found_wherever_it_begins() {
        for gap in 0..200 {
            let text = format!("{} mkeller.", "-".repeat(gap));
            assert_eq!(found(&["mkeller"], &text), ["mkeller"], "{gap}");
        }
    }

    #[test]
    fn no_more_values_are_remembered_than_allowed() {
        let mut values = KnownValues::at_most(2);
        let many: HashSet<String> = (0..9).map(|number| format!("mkeller{number}")).collect();
        values.learn_values(many.iter().map(|value| (PiiKind::User, value.as_str()))).unwrap();

        let text = many.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(values.find(&text, 0..text.len()).len(), 2);
    }
}
