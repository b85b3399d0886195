//! What a front end asks of the review and of the rules.

use crate::domain::{Decision, IssueId, LogFileId, PiiKind, Rule, RuleId, Unredacted};
use std::ops::Range;
use std::path::PathBuf;

#[derive(Debug)]
pub enum PrivacyCommand {
    /// Values found in the logs of the issue, by kind. Ends with `FindingsLoaded`.
    LoadFindings(IssueId),
    /// Ends with `FindingsChanged`.
    Decide { issue: IssueId, target: DecisionTarget, decision: Decision },
    /// Where another span stands, in the logs in the order in which they were attached. Ends with `SpanSought`.
    FindSpan { issue: IssueId, seek: Seek },
    /// Searches a log again and puts the spans in place of the old ones, with progress in bytes. Ends with `Redetected`.
    Redetect { log: LogFileId },
    /// Lines of a log before and after redaction. Ends with `RedactionPreviewed`.
    PreviewLog { log: LogFileId, first: u64, count: u32 },
    /// Finds what would be redacted of one text: with the vault, decisions and rules of an issue, or without. Stores
    /// nothing. Ends with `TextDetected`.
    Detect { issue: Option<IssueId>, text: Unredacted },
    /// Finds spans in a file of any size, without an issue. `SpansFound`…, ends with `Done`.
    DetectFile { source: TextSource },
    /// Redacts a file of any size, without an issue. `ChunkRedacted`…, ends with `Done`.
    RedactFile { source: TextSource },
}

/// Which span to look for. Offsets are bytes of the decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seek {
    /// The first that begins behind this byte of the log, or in a later log.
    After { log: LogFileId, offset: u64 },
    /// The last that begins before this byte of the log, or in an earlier log.
    Before { log: LogFileId, offset: u64 },
    /// The first place of a value.
    First { kind: PiiKind, value: Unredacted },
}

/// The user's rules for what is redacted.
#[derive(Debug)]
pub enum RuleCommand {
    /// Ends with `RulesListed`.
    Load,
    /// Adds it, or changes the one with its id. What was decided about its text in the issue `instead_of` is forgotten,
    /// so that the rule decides. Ends with `RulesListed`.
    Save { rule: Rule, instead_of: Option<IssueId> },
    /// Ends with `RulesListed`.
    Remove(RuleId),
    /// Adds the rules of a file that are not there yet, all or none. Ends with `RulesImported`.
    Import { path: PathBuf },
    /// Writes the rules for all issues. Ends with `Exported`; fails with `FailureKind::FileExists` unless `overwrite`.
    Export { path: PathBuf, overwrite: bool },
}

/// Where a text comes from that belongs to no issue.
#[derive(Clone, Debug)]
pub enum TextSource {
    File(PathBuf),
    StandardInput,
}

/// What a decision is about. One about a span counts more than one about its value, and that more than one about the
/// kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionTarget {
    /// The bytes `range` of a log's decoded text. It holds wherever the whole line is quoted.
    Span {
        log: LogFileId,
        kind: PiiKind,
        range: Range<u64>,
    },
    Value {
        kind: PiiKind,
        value: Unredacted,
    },
    Kind(PiiKind),
}
