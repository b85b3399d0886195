//! What the analysis of logs results in: plain values, kept and shown on this machine.

use super::bursts::{Burst, Histogram, LogBuckets};
use super::levels::LevelCounts;
use super::stored;
use super::traces::TraceGroup;
use crate::domain::{Level, Unredacted};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of one log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineRef {
    /// Place of the log in [`Insight::logs`].
    pub log: usize,
    /// Counted from 1.
    pub line: u64,
}

/// A line with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenLine {
    pub at: LineRef,
    #[serde(with = "stored::maybe_time")]
    pub time: Option<Timestamp>,
    /// Cut when it is long.
    #[serde(with = "stored::text")]
    pub text: Unredacted,
}

/// One log as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSummary {
    pub name: String,
    pub lines: u64,
    /// Of the decoded text.
    pub bytes: u64,
    /// Lines with those that continue them counted as one.
    pub events: u64,
    /// Lines in which a time was found.
    pub timed_lines: u64,
    #[serde(with = "stored::maybe_time")]
    pub first_time: Option<Timestamp>,
    #[serde(with = "stored::maybe_time")]
    pub last_time: Option<Timestamp>,
    pub levels: LevelCounts,
    /// Where times name no zone: the offset at which they were read, in seconds east of UTC.
    #[serde(default)]
    pub assumed_offset_secs: Option<i32>,
    /// How often a line is more than a minute earlier than the one above.
    #[serde(default)]
    pub steps_back: u64,
}

/// A kind of line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateStat {
    /// The words that stay, with `<*>` for what varies.
    #[serde(with = "stored::text")]
    pub text: Unredacted,
    pub log: usize,
    /// Events of this kind.
    pub count: u64,
    /// Lines of this kind, those that continue an event included.
    pub lines: u64,
    /// The worst level seen.
    #[serde(with = "stored::maybe_level")]
    pub level: Option<Level>,
    pub first_line: u64,
    pub last_line: u64,
    #[serde(with = "stored::maybe_time")]
    pub first_time: Option<Timestamp>,
    #[serde(with = "stored::maybe_time")]
    pub last_time: Option<Timestamp>,
    /// The first one, then some later ones, in order. Never empty.
    pub examples: Vec<SeenLine>,
}

/// A kind of line that appears for the first time around the incident's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// Place in [`Insight::templates`].
    pub template: usize,
    pub line: SeenLine,
    #[serde(with = "stored::maybe_level")]
    pub level: Option<Level>,
    /// Seconds from the incident's start; negative before it.
    pub from_start_secs: i64,
}

/// Why a line is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// It tells of a change: a deployment, a configuration, a restart.
    Change,
    Fatal,
    Error,
    FirstSeen,
}

/// A line worth a look, most notable first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotableLine {
    pub line: SeenLine,
    #[serde(with = "stored::maybe_level")]
    pub level: Option<Level>,
    pub reason: Reason,
}

/// The analysis of one log, to be kept with the file's hash and merged with others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAnalysis {
    pub summary: LogSummary,
    pub(super) templates: Vec<TemplateStat>,
    pub(super) traces: Vec<TraceGroup>,
    pub(super) buckets: LogBuckets,
}

/// What all logs of an issue tell together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    pub logs: Vec<LogSummary>,
    /// Most frequent first.
    pub templates: Vec<TemplateStat>,
    pub bursts: Vec<Burst>,
    /// Nearest to the incident's start first.
    pub first_seen: Vec<FirstSeen>,
    /// Most frequent first.
    pub traces: Vec<TraceGroup>,
    pub histogram: Histogram,
    pub notable: Vec<NotableLine>,
    /// When the trouble began: as given, else the first burst of errors, else the first error.
    #[serde(with = "stored::maybe_time")]
    pub onset: Option<Timestamp>,
    /// Whether [`Self::onset`] was given rather than found.
    pub onset_given: bool,
}

impl Insight {
    /// Lines of all logs.
    pub fn line_count(&self) -> u64 {
        self.logs.iter().map(|log| log.lines).sum()
    }

    /// `app.log:905`, as in a citation.
    pub fn cite(&self, line: LineRef) -> String {
        let name = self.logs.get(line.log).map_or("?", |log| &log.name);
        format!("{name}:{}", line.line)
    }

    /// First and last time over all logs.
    pub fn time_range(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.logs.iter().filter_map(|log| log.first_time).min()?;
        let last = self.logs.iter().filter_map(|log| log.last_time).max()?;
        Some((first, last))
    }
}
