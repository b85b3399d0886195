//! What an RCA is made from: borrowed values, put together by the worker from what the store holds.

use crate::domain::{ActionItem, Durations, Evidence, Issue, LogFile, PiiKind, TimelineEvent, WhyTree};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Everything that an RCA is made from.
#[derive(Clone, Debug)]
pub struct RcaFacts<'a> {
    pub issue: &'a Issue,
    pub logs: &'a [LogFile],
    pub whys: &'a WhyTree,
    pub evidence: &'a [Evidence],
    pub actions: &'a [ActionItem],
    /// In any order.
    pub timeline: &'a [TimelineEvent],
    pub durations: Durations,
    /// How many values of each kind were replaced by placeholders before anything was sent.
    pub redacted: &'a [(PiiKind, u64)],
    /// Who was asked in the conversations of this issue, the built-in guide included.
    pub providers: &'a [ProviderUse<'a>],
    /// `None` when the logs have not been analyzed.
    pub coverage: Option<LogCoverage>,
    /// When the document is made.
    pub now: Timestamp,
    /// In which times are shown.
    pub zone: TimeZone,
}

/// A provider that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderUse<'a> {
    /// As the user named it in the settings.
    pub name: &'a str,
    /// Empty for the built-in guide.
    pub model: &'a str,
}

/// What part of all logs together the analysis represents; each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCoverage {
    pub lines: f32,
    pub templates: f32,
    pub time: f32,
}

impl RcaFacts<'_> {
    /// The timeline in order of time.
    pub(super) fn moments(&self) -> Vec<&TimelineEvent> {
        let mut moments: Vec<_> = self.timeline.iter().collect();
        moments.sort_by_key(|moment| (moment.at, moment.id));
        moments
    }
}
