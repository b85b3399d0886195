//! The shape of a detector, and what its findings are collected in.

use super::key_name::Named;
use super::table::Rows;
use super::user::Field;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::finding::Finding;
use crate::privacy::short_hash::Memo;
use crate::privacy::sweep::{Number, Shape, Wanted};
use std::ops::Range;

/// Looks closer at an anchor in a text: where the word or the shape stands.
///
/// All its calls for one text together take time that grows with the text's length and no faster.
pub(in crate::privacy) type Verify = fn(&str, Range<usize>, &mut Hits);

/// What wakes a detector, and what looks closer then. Anchors of one sort come in the order of the text.
#[derive(Clone, Copy, Debug)]
pub(in crate::privacy) enum Anchor {
    /// Words at whose beginning no other word goes on, upper and lower case ASCII alike.
    Begin(&'static [&'static str], Verify),
    /// Words after whose end no letter follows: the ends of keys' names, upper and lower case ASCII alike.
    End(&'static [&'static str], Verify),
    /// As [`Self::Begin`], and capitals count.
    Exact(&'static [&'static str], Verify),
    /// As [`Self::Exact`], with words from a file; `None` when it cannot be read.
    Loaded(fn() -> Option<Vec<&'static str>>, Verify),
    /// As [`Self::Begin`], with words from a file; `None` when it cannot be read.
    LoadedBegin(fn() -> Option<Vec<&'static str>>, Verify),
    /// As [`Self::End`], with words from a file; `None` when it cannot be read.
    LoadedEnd(fn() -> Option<Vec<&'static str>>, Verify),
    /// Bytes that stand beside each other in some way.
    Shape(Shape, Verify),
    /// Dots before the last parts of names, where one of these may stand, upper and lower case ASCII alike; they have two
    /// letters at least. `None` when they cannot be read.
    NameEnding(fn() -> Option<Vec<&'static str>>, Verify),
    /// Digits, in groups or not, seven at least.
    Number(Wanted, fn(&str, &Number, &mut Hits)),
}

/// One detector: plain functions and data, no state.
pub(in crate::privacy) struct Detector {
    pub name: &'static str,
    /// How sure its findings are, where it does not say otherwise.
    pub confidence: Confidence,
    /// What wakes it. Of words of one anchor that begin or end at one place, the longest counts.
    pub anchors: &'static [Anchor],
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

impl Hit {
    pub fn as_finding(&self) -> Finding {
        Finding { kind: self.kind, range: self.range.clone(), confidence: self.confidence }
    }

    /// The same at another place.
    pub const fn at(&self, range: Range<usize>) -> Self {
        Self { range, ..*self }
    }
}

/// What the detectors found so far, unsorted.
#[derive(Debug)]
pub(in crate::privacy) struct Hits {
    pub list: Vec<Hit>,
    /// That of the detector at work.
    confidence: Confidence,
    /// The anchor at work.
    task: usize,
    /// For each anchor of the plan, up to where nothing wakes it any more.
    pub done: Vec<usize>,
    pub memos: Memos,
    /// Up to where in the text something may begin that is looked for.
    pub until: usize,
    /// The tables that were read.
    pub tables: Vec<Rows>,
}

/// What names of keys say, and which names are those of hosts and of people: a log has few of them, each many times.
#[derive(Debug, Default)]
pub(in crate::privacy) struct Memos {
    pub secrets: Memo<Option<Named>>,
    pub users: Memo<Field>,
    pub hosts: Memo<bool>,
    pub labels: Memo<bool>,
    pub people: Memo<bool>,
}

impl Default for Hits {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            confidence: Confidence::Likely,
            task: 0,
            done: Vec::new(),
            memos: Memos::default(),
            until: usize::MAX,
            tables: Vec::new(),
        }
    }
}

impl Hits {
    pub fn add(&mut self, kind: PiiKind, range: Range<usize>) {
        self.add_address(kind, range, false);
    }

    /// Adds what is more or less sure than usual for the detector.
    pub fn add_sure(&mut self, kind: PiiKind, range: Range<usize>, confidence: Confidence) {
        let usual = std::mem::replace(&mut self.confidence, confidence);
        self.add(kind, range);
        self.confidence = usual;
    }

    pub fn add_address(&mut self, kind: PiiKind, range: Range<usize>, reserved: bool) {
        if !range.is_empty() {
            self.list.push(Hit { kind, range, confidence: self.confidence, reserved });
        }
    }

    /// The same anchor does not wake the detector again before `place`.
    pub fn skip_to(&mut self, place: usize) {
        if let Some(done) = self.done.get_mut(self.task) {
            *done = place;
        }
    }

    /// Up to where the anchor at work was told not to wake the detector.
    pub fn skipped(&self) -> usize {
        self.done.get(self.task).copied().unwrap_or(0)
    }

    /// An anchor of the plan is about to be looked at.
    pub fn begin(&mut self, task: usize, confidence: Confidence) {
        (self.task, self.confidence) = (task, confidence);
    }
}
