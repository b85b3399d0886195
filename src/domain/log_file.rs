//! A log attached to an issue.

use super::issue::words;
use super::{IssueId, LogFileId, Unredacted};
use jiff::Timestamp;
use std::path::PathBuf;

words! {
    /// Severity of a log line, as far as it can be recognized.
    Level {
        Trace = "trace", "Trace";
        Debug = "debug", "Debug";
        Info = "info", "Info";
        Notice = "notice", "Notice";
        Warn = "warn", "Warning";
        Error = "error", "Error";
        Fatal = "fatal", "Fatal";
    }
}

impl Level {
    /// Whether it counts into the error rate.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Error | Self::Fatal)
    }
}

/// Whether the text of a log can still be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LogState {
    #[default]
    Ready,
    /// The file is no longer there, or cannot be read; says why.
    Missing(String),
    /// The file is there, but is not what was imported.
    Changed,
}

/// A file, or pasted text, attached to an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    pub id: LogFileId,
    pub issue: IssueId,
    pub file_name: String,
    /// Where it came from; `None` for pasted text.
    pub path: Option<PathBuf>,
    /// Size of the file as it was imported, in bytes, before decompression and decoding.
    pub size_bytes: u64,
    pub line_count: u64,
    /// `UTF-8`, `UTF-16LE`, `windows-1252`, …
    pub encoding: String,
    /// SHA-256 of the file's bytes, in hex.
    pub content_hash: String,
    pub added_at: Timestamp,
    /// First and last time found in it.
    pub time_range: Option<(Timestamp, Timestamp)>,
    /// How many spans the detectors found; `None` until they have run.
    pub findings: Option<u64>,
    /// Whether the text itself is in the database; a large log stays in the file it came from.
    pub kept_inside: bool,
    pub state: LogState,
}

/// One line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Counted from 1.
    pub number: u64,
    pub time: Option<Timestamp>,
    pub level: Option<Level>,
    pub text: Unredacted,
    /// Whether it reads like an instruction to a model.
    pub instructs: bool,
}
