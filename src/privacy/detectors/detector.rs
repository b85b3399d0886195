//! The shape of a detector, and what its findings are collected in.

use crate::domain::{Confidence, PiiKind};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// One detector: plain functions and data, no state.
pub(in crate::privacy) struct Detector {
    pub name: &'static str,
    /// How sure its findings are, where it does not say otherwise.
    pub confidence: Confidence,
    /// Adds what it finds anywhere in the text. Its time grows with the text's length and no faster.
    pub find: fn(&str, &mut Hits),
    /// Texts in which it finds what stands between `«` and `»`, and nothing else.
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are for the contract test"))]
    pub matches: &'static [&'static str],
    /// Texts in which it finds nothing.
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are for the contract test"))]
    pub clean: &'static [&'static str],
}

/// One place that a detector found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::privacy) struct Hit {
    pub kind: PiiKind,
    pub range: Range<usize>,
    pub confidence: Confidence,
    /// Whether it is an address that names nobody: loopback, unspecified, multicast, documentation.
    pub reserved: bool,
}

/// What the detectors found so far, unsorted.
#[derive(Debug)]
pub(in crate::privacy) struct Hits {
    pub list: Vec<Hit>,
    /// That of the detector at work.
    pub confidence: Confidence,
    /// The detector that could not run.
    pub failed: Option<&'static str>,
}

impl Default for Hits {
    fn default() -> Self {
        Self { list: Vec::new(), confidence: Confidence::Likely, failed: None }
    }
}

impl Hits {
    pub fn add(&mut self, kind: PiiKind, range: Range<usize>) {
        self.add_address(kind, range, false);
    }

    pub fn add_address(&mut self, kind: PiiKind, range: Range<usize>, reserved: bool) {
        if !range.is_empty() {
            self.list.push(Hit { kind, range, confidence: self.confidence, reserved });
        }
    }

    /// What a detector needs to run. When it could not be built, the whole scan fails.
    pub fn ready<'a, T>(&mut self, detector: &'static str, part: Option<&'a T>) -> Option<&'a T> {
        if part.is_none() {
            self.failed = Some(detector);
        }
        part
    }
}

/// Finds any of the words, upper and lower case ASCII alike; where several begin, the longest.
pub(super) fn words<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(words).ok()
}
