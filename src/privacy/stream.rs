//! Scanning a log that does not fit into memory, piece by piece.
//!
//! The text is cut where its own bytes say so, never where a piece happens to end, so the result does not depend on
//! how it arrives.

use super::plain::plain;
use super::scan::scan;
use super::{Policy, PrivacyError};
use crate::domain::{Confidence, PiiKind, Unredacted};
use memchr::memrchr;
use std::ops::Range;

/// How much is reported at once.
const BLOCK: usize = 256 * 1024;
/// How much is seen beyond that: the longest private key and the longest value fit.
const AHEAD: usize = 64 * 1024;
/// How much is seen before that: what a line began with.
const BEHIND: usize = 4 * 1024;

/// One finding of a stream, with its value, for the text is gone when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFinding {
    pub kind: PiiKind,
    /// Bytes from the beginning of the stream.
    pub range: Range<u64>,
    pub value: Unredacted,
    pub confidence: Confidence,
}

/// Finds what [`super::detect`] finds, but for repeats of names, in memory that does not grow with the text.
///
/// A line longer than a block is cut at a character; what crosses the cut is found as long as it is below 64 KiB.
#[derive(Debug)]
pub struct StreamScanner {
    policy: Policy,
    buffer: Unredacted,
    /// Where the buffer begins in the stream.
    base: u64,
    /// Up to where in the buffer everything is reported.
    reported: usize,
}

impl StreamScanner {
    pub fn new(policy: Policy) -> Self {
        Self { policy, buffer: Unredacted::default(), base: 0, reported: 0 }
    }

    /// Takes more text, and tells what is certain by now.
    pub fn push(&mut self, chunk: &str) -> Result<Vec<StreamFinding>, PrivacyError> {
        let mut findings = Vec::new();
        let mut rest = chunk;
        while !rest.is_empty() {
            // A huge piece is taken in steps, so that the buffer stays small.
            let (step, after) = rest.split_at(rest.floor_char_boundary(BLOCK));
            self.buffer.push(step);
            rest = after;
            while self.buffer.expose().len() - self.reported >= BLOCK + AHEAD {
                let cut = self.cut();
                let seen = self.buffer.expose().floor_char_boundary(self.reported + BLOCK + AHEAD);
                self.report(cut, seen, &mut findings)?;
                self.forget();
            }
        }
        Ok(findings)
    }

    /// Tells what is left when no more text comes.
    pub fn finish(mut self) -> Result<Vec<StreamFinding>, PrivacyError> {
        let mut findings = Vec::new();
        let end = self.buffer.expose().len();
        self.report(end, end, &mut findings)?;
        Ok(findings)
    }

    /// After the last line break of the block; within a longer line, at its end.
    fn cut(&self) -> usize {
        let text = self.buffer.expose();
        let block = text.as_bytes().get(self.reported..self.reported + BLOCK).unwrap_or_default();
        match memrchr(b'\n', block) {
            Some(line_break) => self.reported + line_break + 1,
            None => text.floor_char_boundary(self.reported + BLOCK),
        }
    }

    /// Reports what begins before `cut`, looking at the text before `seen`.
    fn report(&mut self, cut: usize, seen: usize, findings: &mut Vec<StreamFinding>) -> Result<(), PrivacyError> {
        let text = self.buffer.expose().get(..seen).ok_or(PrivacyError::OffBoundary)?;
        let mut reported = cut;
        for finding in scan(text, &self.policy)?.findings {
            // What was reported before is only context now; what reaches out of it is new from there on.
            let start = finding.range.start.max(self.reported);
            if start >= cut || finding.range.end <= start {
                continue;
            }
            let value = text.get(start..finding.range.end).ok_or(PrivacyError::OffBoundary)?;
            let range = self.base + to_u64(start)..self.base + to_u64(finding.range.end);
            findings.push(StreamFinding {
                kind: finding.kind,
                range,
                value: (&*plain(value)).into(),
                confidence: finding.confidence,
            });
            reported = reported.max(finding.range.end);
        }
        self.reported = reported;
        Ok(())
    }

    /// Drops what is reported, but for the context of what follows.
    fn forget(&mut self) {
        let text = self.buffer.expose();
        let from = text.floor_char_boundary(self.reported.saturating_sub(BEHIND));
        let rest = text.get(from..).unwrap_or_default().to_owned();
        self.base += to_u64(from);
        self.reported -= from;
        self.buffer = rest.into();
    }
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
