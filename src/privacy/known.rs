//! Values that were found once give themselves away elsewhere: their exact repeats are findings as well.
//!
//! A repeat stands apart from other letters and digits, so the first word in it is a whole word of the text as well.
//! The words of a text are hashed and looked up; that costs the same for ten known values and for ten thousand.

use super::PrivacyError;
use super::detectors::bytes::is_word;
use super::finding::{Finding, fetched};
use super::short_hash::{Seeded, mixed};
use super::sweep::{BLOCK, Candidates, Fingerprints, Padded, SEGMENT, padded, word_masks};
use crate::domain::{Confidence, PiiKind};
use aho_corasick::{AhoCorasick, Input, Match, MatchKind};
use fearless_simd::{Level, Simd, dispatch};
use memchr::memchr2;
use std::collections::HashMap;
use std::ops::Range;

/// How many bits tell whether a word may begin a known value.
const FILTER_BITS: usize = 1 << FILTER_POWER;

/// Their number as a power of two.
const FILTER_POWER: u32 = 19;

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
    /// How values go on from their first words.
    fingerprints: Fingerprints,
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
            fingerprints: Fingerprints::default(),
            wordless: Wordless::default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Learns the values of findings in a text. Tells whether some were new.
    pub fn learn(&mut self, text: &str, findings: &[Finding]) -> Result<bool, PrivacyError> {
        let values = fetched(text, findings).filter(|finding| lasts(finding.kind));
        self.learn_values(values.filter_map(|finding| Some((finding.kind, text.get(finding.range.clone())?))))
    }

    /// Learns values that are worth it; the others are too short or too common to be looked for.
    pub fn learn_values<'a>(
        &mut self,
        values: impl IntoIterator<Item = (PiiKind, &'a str)>,
    ) -> Result<bool, PrivacyError> {
        let (before, wordless) = (self.kinds.len(), self.wordless.values.len());
        for (kind, value) in values.into_iter().filter(|(kind, _)| lasts(*kind)) {
            // A value of several lines is not known as a whole.
            if self.kinds.contains_key(value) {
                continue;
            }
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
        let rest = bytes.get(before..).unwrap_or_default();
        self.fingerprints.add(rest, group_of(rest));
        let word = rest.get(..word_length(rest)).unwrap_or_default();
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
        let level = Level::new();
        let mut likely = Candidates::new();
        let mut spare = [0; size_of::<Padded>()];
        for start in (range.start..end).step_by(SEGMENT * BLOCK) {
            let padded = padded(bytes, start, &mut spare);
            dispatch!(level, simd => self.likely(simd, padded, &mut likely));
            for place in likely.iter().map(|place| start + place).take_while(|place| *place < end) {
                self.find_at(text, place, &mut found);
            }
        }
        found.extend(self.wordless_in(text, range.start..end));
        found.retain(|finding| range.contains(&finding.range.start));
        found
    }

    /// The beginnings of words in a segment at which a known value may stand. None is tested by a branch.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for the instructions that the processor has")]
    fn likely<S: Simd>(&self, simd: S, padded: &Padded, likely: &mut Candidates) {
        let masks = word_masks(simd, padded);
        let mut places = self.fingerprints.places(simd, padded);
        for (places, three) in places.iter_mut().zip(masks.array_windows()) {
            *places &= Words::of(three).begins;
        }
        likely.fill(
            &places,
            #[inline(always)]
            |block, bit| {
                let three = masks.get(block..).and_then(|masks| masks.first_chunk());
                let words = Words::of(three.unwrap_or(&[0; 3]));
                let place = (block + 1) * BLOCK + bit;
                let eight = padded.get(place..).and_then(|rest| rest.first_chunk().copied());
                let bucket = bucket(u64::from_le_bytes(eight.unwrap_or_default()), words.length(bit));
                self.filter.get(bucket / 64 % (FILTER_BITS / 64)).copied().unwrap_or(0) >> (bucket % 64)
            },
        );
    }

    /// Looks for a value whose first word begins at a place.
    fn find_at(&self, text: &str, place: usize, found: &mut Vec<Finding>) {
        let rest = text.as_bytes().get(place..).unwrap_or_default();
        let word = rest.get(..word_length(rest)).unwrap_or_default();
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
        let mut from = range.start;
        std::iter::from_fn(move || {
            let index = self.wordless.index.as_ref()?;
            let search = |range: Range<usize>| index.find(Input::new(text).range(range));
            while from < range.end {
                let first = search(from..range.end)?;
                let is_apart = |found: &Match| stands_apart(text.as_bytes(), &found.range());
                // Where a letter touches a value, another one may stand within it, or begin within it.
                let within = || search(first.start()..text.floor_char_boundary(first.end() - 1));
                let found = Some(first).filter(is_apart).or_else(within).filter(is_apart);
                from = found.map_or_else(|| text.ceil_char_boundary(first.start() + 1), |found| found.end());
                let known =
                    found.and_then(|found| Some((found, self.wordless.values.get(found.pattern().as_usize())?)));
                if let Some((found, value)) = known
                    && let Some(kind) = self.kinds.get(value)
                {
                    return Some(Finding { kind: *kind, range: found.range(), confidence: Confidence::Likely });
                }
            }
            None
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

/// The words of a block, which may go on in the next one.
#[derive(Clone, Copy, Debug)]
struct Words {
    begins: u64,
    here: u64,
    next: u64,
}

impl Words {
    /// Of the middle one of three blocks.
    #[inline]
    const fn of([behind, here, next]: &[u64; 3]) -> Self {
        Self { begins: *here & !(*here << 1 | *behind >> (BLOCK - 1)), here: *here, next: *next }
    }

    /// How long the word is that begins at a bit; no more than 64 bytes are counted.
    #[inline]
    const fn length(self, bit: usize) -> u32 {
        (self.here >> bit | self.next << 1 << (BLOCK - 1 - bit)).trailing_ones()
    }
}

/// Values that begin alike are one group of fingerprints.
fn group_of(rest: &[u8]) -> u32 {
    let first = rest.iter().take(3).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    (mixed(first) >> 32) as u32
}

/// Which bit of the filter stands for a word: from its first eight bytes and its length.
fn bucket_of(word: &[u8]) -> usize {
    let first = word.iter().take(8).rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    bucket(first, u32::try_from(word.len()).unwrap_or(u32::MAX).min(u64::BITS))
}

/// The same, from eight bytes of which the first are those of the word.
#[inline]
fn bucket(eight: u64, length: u32) -> usize {
    let beyond = (u64::BITS - 8).saturating_sub((length.saturating_sub(1)) * 8);
    let first = eight << beyond;
    (mixed(first ^ u64::from(length)) >> (u64::BITS - FILTER_POWER)) as usize % FILTER_BITS
}

/// The value, or its lines if it has several: one of them may stand alone elsewhere, as in an extract of a log.
pub(super) fn parts(value: &str) -> impl Iterator<Item = &str> {
    // Nearly no value has either.
    let several = memchr2(b'\n', b'\\', value.as_bytes()).is_some() && (value.contains('\n') || value.contains("\\n"));
    let lines = value.split('\n').take(if several { usize::MAX } else { 0 });
    let lines = lines.flat_map(|line| line.split("\\n")).map(str::trim);
    lines.filter(move |line| !line.starts_with("-----")).chain((!several).then_some(value))
}

/// Whether values of this kind are looked for elsewhere at all.
const fn lasts(kind: PiiKind) -> bool {
    kind.is_secret() || matches!(kind, PiiKind::User | PiiKind::Host | PiiKind::Email | PiiKind::Custom)
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
    lasts(kind)
        && (least..=LONGEST).contains(&value.len())
        && (!word || matches!(kind, PiiKind::User | PiiKind::Custom))
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
        let cases: [(&[&str], &str, &[&str]); 9] = [
            (&["hunter2"], "a hunter2, xhunter2 hunter22 hunter2", &["hunter2", "hunter2"]),
            (&["web-1", "web-1.acme.io"], "web-1 web-1.acme.io web-12", &["web-1", "web-1.acme.io"]),
            (&["$tr0ng!"], "is $tr0ng! or x$tr0ng!", &["$tr0ng!"]),
            (&["пароль1", "密码密码"], "пароль1 密码密码", &["пароль1", "密码密码"]),
            (&["ann@acme.io"], "ann ann@acme.io ann@acme.iox", &["ann@acme.io"]),
            (&["a b"], "a b a  b", &["a b"]),
            (&["!!!!"], "!!!! x!!!!", &["!!!!"]),
            (&["密!密!", "密!密!密!"], "x密!密!密!", &["密!密!"]),
            (&["密!密!", "密!密!密!"], "密!密!密!x 密!密!密!", &["密!密!", "密!密!密!"]),
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
