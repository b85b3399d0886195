//! Evidence: what a statement rests on, kept so that it can be checked later.

use super::{EvidenceId, IssueId, LogFileId, MessageId, Unredacted};
use jiff::Timestamp;
use std::fmt;

/// Lines of a log, counted from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineRange {
    pub first: u64,
    pub last: u64,
}

impl LineRange {
    pub const fn single(line: u64) -> Self {
        Self { first: line, last: line }
    }

    /// `None` unless `1 <= first <= last`.
    pub const fn new(first: u64, last: u64) -> Option<Self> {
        if first >= 1 && first <= last { Some(Self { first, last }) } else { None }
    }

    pub const fn count(self) -> u64 {
        self.last - self.first + 1
    }
}

/// `905` or `120-134`, as in a citation.
impl fmt::Display for LineRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// Where a pin points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvidenceSource {
    /// Lines of a log. The hash is the whole file's SHA-256 in hex when it was pinned.
    Log { log: LogFileId, file_name: String, file_hash: String, lines: LineRange },
    /// A message of the chat.
    Message(MessageId),
    /// What somebody saw or was told.
    Note,
}

/// A pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub id: EvidenceId,
    pub issue: IssueId,
    /// Cited as `[E1]`; counted per issue and never used twice.
    pub number: u32,
    pub source: EvidenceSource,
    /// The pinned text with placeholders in place of values.
    pub snippet: Unredacted,
    pub created_at: Timestamp,
}

impl Evidence {
    /// `app.log:905`, `chat` or `note`.
    pub fn place(&self) -> String {
        match &self.source {
            EvidenceSource::Log { file_name, lines, .. } => format!("{file_name}:{lines}"),
            EvidenceSource::Message(_) => "chat".to_owned(),
            EvidenceSource::Note => "note".to_owned(),
        }
    }
}
