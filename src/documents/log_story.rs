//! What the logs tell by themselves: moments, how long lines of one kind were written, and where to look next. Read from
//! the logs for each draft; nothing of it is a conclusion.

use super::Facts;
use super::markup::inline;
use crate::domain::format::{count, duration, local_time};
use crate::domain::{Evidence, EvidenceSource, TimelineSource, Unredacted, Why, WhyState};
use jiff::Timestamp;

/// How many changes a section tells of.
const MAX_CHANGES: usize = 5;

/// Empty where the logs were not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogStory {
    /// Changes, restarts, the first error and the like.
    pub moments: Vec<LogMoment>,
    /// The lines of one kind to which a pin belongs.
    pub kinds: Vec<LinesLike>,
    /// Sentences: what the times of the logs take for granted.
    pub assumptions: Vec<String>,
    /// How the leading hypothesis is verified: a sentence.
    pub verify: Option<String>,
    /// What usually stands behind it.
    pub behind: Vec<String>,
}

/// A line that marks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogMoment {
    pub at: Timestamp,
    pub kind: LogMomentKind,
    /// `app.log:905`
    pub place: String,
    /// The line without its time, cut when it is long.
    pub text: Unredacted,
}

/// What a line marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogMomentKind {
    FirstError,
    Deployment,
    Configuration,
    Change,
    Restart,
    Recovery,
}

impl LogMomentKind {
    const fn label(self) -> &'static str {
        match self {
            Self::FirstError => "First error",
            Self::Deployment => "Deployment",
            Self::Configuration => "Configuration change",
            Self::Change => "Change",
            Self::Restart => "Restart",
            Self::Recovery => "Recovery",
        }
    }

    /// What may have set something off.
    const fn is_change(self) -> bool {
        match self {
            Self::Deployment | Self::Configuration | Self::Change => true,
            Self::FirstError | Self::Restart | Self::Recovery => false,
        }
    }
}

impl LogMoment {
    pub(super) const fn label(&self) -> &'static str {
        self.kind.label()
    }
}

/// How often lines like a pinned one were written, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinesLike {
    /// The number of the pin.
    pub pin: u32,
    pub count: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// `app.log:907`, the last of them.
    pub last_place: String,
    pub log_name: String,
    /// The last time in their log, which may go on without them.
    pub log_until: Timestamp,
}

/// After so many seconds without such a line the log has gone on without them.
const CALM_SECS: i64 = 60;

impl LinesLike {
    fn goes_on(&self) -> bool {
        self.log_until.duration_since(self.last).as_secs() >= CALM_SECS
    }
}

impl Facts<'_> {
    /// The lines by which the trouble shows, counted: those of the first why's evidence. A sentence.
    pub(super) fn symptom(&self) -> Option<String> {
        let (why, kind) = self.symptom_lines()?;
        let time = |at| local_time(at, &self.zone);
        let took = kind.last.duration_since(kind.first);
        let took = if took.is_zero() { String::new() } else { format!(" ({})", duration(took)) };
        let end = if kind.goes_on() {
            format!("; {} goes on until {} without another", inline(&kind.log_name), time(kind.log_until))
        } else {
            ", where the log ends".to_owned()
        };
        let (number, words) = (count(kind.count), inline(self.said(why).words));
        let (first, last) = (time(kind.first), time(kind.last));
        Some(format!("{words}: {number} lines like [E{}], from {first} to {last}{took}{end}.", kind.pin))
    }

    /// The same without times, for a summary.
    pub(super) fn symptom_in_short(&self) -> Option<String> {
        let (why, kind) = self.symptom_lines()?;
        let took = kind.last.duration_since(kind.first);
        let within = if took.is_zero() { String::new() } else { format!(" within {}", duration(took)) };
        Some(format!("{}: {} lines like [E{}]{within}.", inline(self.said(why).words), count(kind.count), kind.pin))
    }

    /// When the trouble was last seen, where its log goes on: time, words, place.
    pub(super) fn last_seen(&self) -> Option<(Timestamp, String, String)> {
        let (why, kind) = self.symptom_lines().filter(|(_, kind)| kind.goes_on())?;
        let words = inline(self.said(why).words);
        let words = format!("{words}: the last of {} lines like [E{}]", count(kind.count), kind.pin);
        Some((kind.last, words, inline(&kind.last_place)))
    }

    fn symptom_lines(&self) -> Option<(&Why, &LinesLike)> {
        let why = self.whys.walk().into_iter().map(|(_, why)| why).find(|why| {
            why.parent.is_none() && why.state != WhyState::Refuted && !why.answer.is_blank() && !why.evidence.is_empty()
        })?;
        let pinned = |number| self.evidence.iter().any(|pin| pin.number == number && why.evidence.contains(&pin.id));
        let kinds = self.story.kinds.iter().filter(|kind| pinned(kind.pin) && kind.count > 1);
        Some((why, kinds.max_by_key(|kind| (kind.count, std::cmp::Reverse(kind.pin)))?))
    }

    /// What the logs say was changed before the impact began, the latest last.
    pub(super) fn changes_before(&self) -> Vec<String> {
        let began = self.span().0;
        let is_before = |moment: &&LogMoment| moment.kind.is_change() && began.is_none_or(|began| moment.at <= began);
        let mut changes: Vec<_> = self.story.moments.iter().filter(is_before).collect();
        changes.sort_by_key(|moment| moment.at);
        let told = changes.iter().skip(changes.len().saturating_sub(MAX_CHANGES));
        told.map(|moment| {
            let (at, text) = (local_time(moment.at, &self.zone), inline(moment.text.expose()));
            format!("{at}, {}: “{text}” ({})", moment.label().to_lowercase(), inline(&moment.place))
        })
        .collect()
    }

    /// The moments that neither a pin of a why nor an event of the timeline tells already. Without a why the first error
    /// may be of another matter, and what was changed later may be the answer to the trouble.
    pub(super) fn untold_moments(&self) -> Vec<&LogMoment> {
        let is_told = |place: &str| {
            let marked = self.timeline.iter().any(|moment| match &moment.source {
                TimelineSource::Log { file_name, line, .. } => place == format!("{file_name}:{line}"),
                TimelineSource::User | TimelineSource::System => false,
            });
            marked || self.pins_of_whys().any(|pin| pin.place() == place)
        };
        let began = self.span().0;
        let is_before = |moment: &LogMoment| began.is_none_or(|began| moment.at <= began);
        let is_meant = |moment: &LogMoment| match moment.kind {
            LogMomentKind::FirstError => false,
            LogMomentKind::Change => is_before(moment),
            LogMomentKind::Deployment
            | LogMomentKind::Configuration
            | LogMomentKind::Restart
            | LogMomentKind::Recovery => true,
        };
        self.story.moments.iter().filter(|moment| is_meant(moment) && !is_told(&moment.place)).collect()
    }

    /// As what a pinned line is known beside being evidence.
    pub(super) fn moment_at(&self, place: &str) -> Option<&'static str> {
        self.story.moments.iter().find(|moment| moment.place == place).map(LogMoment::label)
    }

    fn pins_of_whys(&self) -> impl Iterator<Item = &Evidence> {
        let alive = |why: &&Why| why.state != WhyState::Refuted;
        let held: Vec<_> = self.whys.all().iter().filter(alive).flat_map(|why| why.evidence.iter().copied()).collect();
        self.evidence.iter().filter(move |pin| held.contains(&pin.id))
    }

    pub(super) fn said<'a>(&self, why: &'a Why) -> Said<'a> {
        said(why, self.evidence)
    }
}

/// The words of an answer, apart from the place and the number of lines that the guide puts at its end: the marks of the
/// evidence say where it is.
pub(super) fn said<'a>(why: &'a Why, evidence: &[Evidence]) -> Said<'a> {
    let answer = why.answer.expose().trim();
    let whole = Said { words: answer, lines: None };
    let Some((words, place)) = answer.strip_suffix(')').and_then(|answer| answer.rsplit_once(" (")) else {
        return whole;
    };
    let (place, lines) = match place.split_once(", one of ") {
        Some((place, lines)) => (place, Some(lines)),
        None => (place, None),
    };
    let is_pinned = |pin: &Evidence| why.evidence.contains(&pin.id) && is_log(pin) && pin.place() == place;
    if !evidence.iter().any(is_pinned) {
        return whole;
    }
    Said { words: words.trim_end_matches('.'), lines }
}

/// An answer in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) words: &'a str,
    /// `70 such lines`
    pub(super) lines: Option<&'a str>,
}

const fn is_log(pin: &Evidence) -> bool {
    matches!(pin.source, EvidenceSource::Log { .. })
}
