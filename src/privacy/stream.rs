//! Scanning a log that does not fit into memory, piece by piece and on all cores.
//!
//! The text is cut where its own bytes say so, never where a piece happens to end, so the result does not depend on
//! how it arrives, nor on how many threads there are.

use super::detectors::Rows;
use super::finding::{Finding, fetched};
use super::known::KnownValues;
use super::plain::plain;
use super::scan::{BEHIND, BLOCK, Scanned, block_end, scan, with_known_in};
use super::tables::open_at;
use super::watch::Watch;
use super::{Policy, PrivacyError};
use crate::domain::{Confidence, PiiKind, Unredacted};
use std::ops::Range;

/// How many blocks are scanned at once. What one of them teaches holds for all of them and for what follows.
const BATCH: usize = 16;

/// How many names and secrets are remembered, so that memory stays bounded.
const MOST_KNOWN: usize = 50_000;

/// One finding of a stream, with its value, for the text is gone when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFinding {
    pub kind: PiiKind,
    /// Bytes from the beginning of the stream.
    pub range: Range<u64>,
    pub value: Unredacted,
    pub confidence: Confidence,
}

/// Finds what [`super::detect`] finds, in memory that does not grow with the text.
///
/// Repeats of names and secrets are found from the beginning of the batch on (16 blocks of about 256 KiB, counted from
/// the beginning of the stream) in which they were first found; the first 50,000 are remembered.
/// A line longer than a block is cut at a character; what crosses the cut is found as long as it is below 64 KiB.
#[derive(Debug)]
pub struct StreamScanner {
    policy: Policy,
    watch: Watch,
    known: KnownValues,
    buffer: Unredacted,
    /// Where the buffer begins in the stream.
    base: u64,
    /// The blocks of the buffer that are whole and wait to be scanned.
    blocks: Vec<Range<usize>>,
    /// Where the block begins that is still growing.
    open: usize,
    /// Up to where in the buffer everything is reported.
    reported: usize,
    /// The table whose rows go on behind what is scanned.
    table: Option<Rows>,
}

impl StreamScanner {
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            watch: Watch::default(),
            known: KnownValues::at_most(MOST_KNOWN),
            buffer: Unredacted::default(),
            base: 0,
            blocks: Vec::with_capacity(BATCH),
            open: 0,
            reported: 0,
            table: None,
        }
    }

    /// Gives up with [`PrivacyError::Stopped`] soon after this holds, also within a piece.
    #[must_use]
    pub fn stopping_when(self, is_stopped: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { watch: Watch::new(is_stopped), ..self }
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
            while let Some(end) = block_end(self.buffer.expose(), self.open) {
                self.blocks.push(self.open..end);
                self.open = end;
                if self.blocks.len() == BATCH {
                    self.report(&mut findings)?;
                    self.forget();
                }
            }
        }
        Ok(findings)
    }

    /// Tells what is left when no more text comes.
    pub fn finish(mut self) -> Result<Vec<StreamFinding>, PrivacyError> {
        let mut findings = Vec::new();
        self.blocks.push(self.open..self.buffer.expose().len());
        self.report(&mut findings)?;
        Ok(findings)
    }

    /// Scans the blocks that wait, and reports what begins in them.
    fn report(&mut self, findings: &mut Vec<StreamFinding>) -> Result<(), PrivacyError> {
        let blocks = std::mem::take(&mut self.blocks);
        let text = self.buffer.expose();
        let Scanned { findings: found, tables, .. } =
            scan(text, &blocks, self.table.take().as_ref(), (&self.policy, &self.watch))?;
        let end = blocks.last().map_or(0, |block| block.end);
        self.table = open_at(&tables, end).map(|rows| rows.from(text, end));
        self.known.learn(text, &found)?;
        let found = with_known_in(text, &blocks, found, &self.known, (&self.policy, &self.watch))?;
        let mut reported = self.reported;
        findings.reserve(found.len());
        for Finding { kind, range, confidence } in fetched(text, &found) {
            // What was reported before is only context now; what reaches out of it is new from there on.
            let start = range.start.max(reported);
            if range.end <= start {
                continue;
            }
            let value = (&*plain(text.get(start..range.end).ok_or(PrivacyError::OffBoundary)?)).into();
            let place = self.base + to_u64(start)..self.base + to_u64(range.end);
            findings.push(StreamFinding { kind: *kind, range: place, value, confidence: *confidence });
            reported = range.end;
        }
        self.reported = reported;
        Ok(())
    }

    /// Drops what is scanned, but for the context of what follows.
    fn forget(&mut self) {
        let text = self.buffer.expose();
        let from = text.floor_char_boundary(self.open.saturating_sub(BEHIND));
        self.base += to_u64(from);
        self.open -= from;
        self.reported = self.reported.saturating_sub(from);
        self.table = self.table.take().map(|rows| rows.moved_back(from));
        // The buffer's memory is kept: to get it anew each time costs more than a tenth of the scan.
        let mut text = std::mem::take(&mut self.buffer).into_exposed();
        text.drain(..from);
        self.buffer = text.into();
    }
}

fn to_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
