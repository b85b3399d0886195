//! What a document is made from: borrowed values, put together by the worker from what the store holds.

use super::LogStory;
use super::questions::{UNMARKED, prompt};
use crate::domain::format;
use crate::domain::{
    ActionItem, Durations, Evidence, Issue, LogFile, PiiKind, PostMortem, TimelineEvent, TimelineKind, WhyTree,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Everything that a document is made from.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub issue: &'a Issue,
    pub logs: &'a [LogFile],
    pub whys: &'a WhyTree,
    pub evidence: &'a [Evidence],
    pub actions: &'a [ActionItem],
    /// In any order.
    pub timeline: &'a [TimelineEvent],
    /// When the first line of a pin was written, by the pin's number.
    pub pinned_at: &'a [(u32, Timestamp)],
    /// What the logs tell by themselves.
    pub story: &'a LogStory,
    pub durations: Durations,
    /// What people have told.
    pub told: &'a PostMortem,
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

impl Facts<'_> {
    /// The timeline in order of time.
    pub(super) fn moments(&self) -> Vec<&TimelineEvent> {
        let mut moments: Vec<_> = self.timeline.iter().collect();
        moments.sort_by_key(|moment| (moment.at, moment.id));
        moments
    }

    /// The earliest moment of this kind.
    pub(super) fn first(&self, kind: TimelineKind) -> Option<&TimelineEvent> {
        self.timeline.iter().filter(|moment| moment.kind == kind).min_by_key(|moment| (moment.at, moment.id))
    }

    /// When the impact began and when it ended, as far as it is known.
    pub(super) fn span(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let at = |kind| self.first(kind).map(|moment| moment.at);
        let began = at(TimelineKind::Start).or(self.issue.started_at);
        (began, at(TimelineKind::Resolution).or(self.issue.resolved_at))
    }

    /// A duration, or that its mark is missing.
    pub(super) fn took(&self, took: Option<SignedDuration>, mark: TimelineKind) -> String {
        let unmarked = || prompt(&format!("{}{UNMARKED}", mark.label().to_lowercase()));
        match took {
            Some(took) => format::duration(took),
            None if self.first(mark).is_none() => unmarked(),
            None => String::new(),
        }
    }

    /// When the earliest of the pinned lines was written.
    pub(super) fn earliest_evidence(&self) -> Option<Timestamp> {
        self.pinned_at.iter().map(|(_, at)| *at).min()
    }

    /// `2026-03-01`, in the zone of the document. The day on which the issue was opened says nothing of the incident.
    pub(super) fn date_of_incident(&self) -> String {
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date().to_string();
        let shown = || Some(format!("{}, by the earliest evidence", day(self.earliest_evidence()?)));
        self.span().0.map(day).or_else(shown).unwrap_or_else(|| prompt("when did it happen?"))
    }
}
