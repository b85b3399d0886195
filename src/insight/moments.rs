//! What the guide proposes for the time line: first error, change, restart, recovery, and the lines its whys rest on.

use super::chain::{Findings, Link};
use super::lines::clip_with_mark;
use super::observed;
use super::rules::RuleMoment;
use super::summary::{Insight, LineRef, Reason, SeenLine};
use crate::domain::{TimelineKind, Unredacted};
use jiff::Timestamp;

/// Longest text of a moment, in bytes.
const MAX_TEXT_BYTES: usize = 220;

const MAX_MOMENTS: usize = 20;

/// Lines that are proposed for one rule.
const MAX_OF_A_RULE: usize = 2;

/// How long before the start a change is still of interest, in seconds.
const BEFORE_SECS: i64 = 6 * 3600;

/// Why a moment is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MomentKind {
    FirstError,
    Deployment,
    ConfigurationChange,
    Change,
    Restart,
    Recovery,
    /// The logs go on without errors.
    ErrorsEnd,
    /// A line that a why rests on, or that is notable.
    Evidence,
}

impl MomentKind {
    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FirstError => "First error",
            Self::Deployment => "Deployment",
            Self::ConfigurationChange => "Configuration change",
            Self::Change => "Change",
            Self::Restart => "Restart",
            Self::Recovery => "Recovery",
            Self::ErrorsEnd => "Last error",
            Self::Evidence => "Evidence",
        }
    }

    /// The mark that it would be on the time line; whoever accepts it may choose another.
    pub const fn timeline_kind(self) -> TimelineKind {
        match self {
            Self::FirstError => TimelineKind::Start,
            Self::ErrorsEnd => TimelineKind::Resolution,
            Self::Deployment
            | Self::ConfigurationChange
            | Self::Change
            | Self::Restart
            | Self::Recovery
            | Self::Evidence => TimelineKind::Note,
        }
    }
}

impl From<RuleMoment> for MomentKind {
    fn from(moment: RuleMoment) -> Self {
        match moment {
            RuleMoment::Deploy => Self::Deployment,
            RuleMoment::Config => Self::ConfigurationChange,
            RuleMoment::Change => Self::Change,
            RuleMoment::Restart => Self::Restart,
            RuleMoment::Recovery => Self::Recovery,
        }
    }
}

/// A moment proposed for the time line. It has a line, and the line has a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub time: Timestamp,
    pub at: LineRef,
    pub kind: MomentKind,
    /// The line as it stands, cut when it is long.
    pub text: Unredacted,
}

/// In the order of time, each line once, the most telling kinds first where there are too many.
pub(super) fn moments(insight: &Insight, findings: &Findings<'_>, chain: &[Link]) -> Vec<Moment> {
    let mut found: Vec<Moment> = Vec::new();
    let begin = observed::errors_begin(insight);
    found.extend(begin.and_then(|(_, line)| moment(&line, MomentKind::FirstError)));
    for (marks, lines) in findings.marking() {
        let near = lines.iter().filter(|line| is_near(insight.onset, line.time));
        let is_before = |line: &&SeenLine| insight.onset.zip(line.time).is_none_or(|(onset, time)| time <= onset);
        // Of changes the latest before the trouble tell most, of what follows the first.
        let told: Vec<&SeenLine> = if marks.is_change() {
            near.filter(is_before).rev().take(MAX_OF_A_RULE).collect()
        } else {
            near.take(MAX_OF_A_RULE).collect()
        };
        found.extend(told.into_iter().filter_map(|line| moment(line, marks.into())));
    }
    let evidence = chain.iter().filter_map(|link| link.lines.first());
    found.extend(evidence.filter_map(|line| moment(line, MomentKind::Evidence)));
    for notable in insight.notable.iter().take(MAX_MOMENTS / 2).filter(|one| is_near(insight.onset, one.line.time)) {
        let kind = if notable.reason == Reason::Change { MomentKind::Change } else { MomentKind::Evidence };
        found.extend(moment(&notable.line, kind));
    }
    found.extend(end(insight));
    let mut told = std::collections::HashSet::new();
    found.retain(|one| told.insert(one.at));
    found.truncate(MAX_MOMENTS);
    found.sort_by_key(|one| (one.time, one.at));
    found
}

fn is_near(onset: Option<Timestamp>, time: Option<Timestamp>) -> bool {
    onset.zip(time).is_none_or(|(onset, time)| onset.duration_since(time).as_secs() <= BEFORE_SECS)
}

fn moment(line: &SeenLine, kind: MomentKind) -> Option<Moment> {
    let text = clip_with_mark(line.text.expose().trim(), MAX_TEXT_BYTES).into_owned().into();
    Some(Moment { time: line.time?, at: line.at, kind, text })
}

fn end(insight: &Insight) -> Option<Moment> {
    let (time, at) = observed::errors_end(insight)?;
    let template = insight.templates.iter().find(|one| one.log == at.log && one.last_line == at.line)?;
    Some(Moment { time, at, kind: MomentKind::ErrorsEnd, text: template.text.clone() })
}
