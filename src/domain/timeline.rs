//! What happened when, and how long things took.

use super::issue::words;
use super::{IssueId, LogFileId, TimelineId, Unredacted};
use jiff::{SignedDuration, Timestamp};

words! {
    /// What kind of moment it was. The four marks give the durations of the documents.
    TimelineKind {
        Created = "created", "Issue created";
        Status = "status", "Status";
        FirstLogLine = "first_log_line", "First log line";
        LastLogLine = "last_log_line", "Last log line";
        Redaction = "redaction", "Redaction";
        Document = "document", "Document";
        Publication = "publication", "Publication";
        Start = "start", "Start of impact";
        Detection = "detection", "Detection";
        Response = "response", "Response";
        Mitigation = "mitigation", "Mitigation";
        Resolution = "resolution", "Resolution";
        Note = "note", "Note";
    }
}

impl TimelineKind {
    /// The kinds that a person may choose.
    pub const BY_HAND: &'static [Self] =
        &[Self::Note, Self::Start, Self::Detection, Self::Response, Self::Mitigation, Self::Resolution];
}

/// Who says that it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimelineSource {
    User,
    System,
    Log { log: LogFileId, file_name: String, line: u64 },
}

/// One moment of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    pub id: TimelineId,
    pub issue: IssueId,
    pub at: Timestamp,
    pub kind: TimelineKind,
    pub text: Unredacted,
    pub source: TimelineSource,
}

/// The durations that follow from the marks; each counts from the start of impact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    pub to_detect: Option<SignedDuration>,
    pub to_mitigate: Option<SignedDuration>,
    pub to_resolve: Option<SignedDuration>,
}

impl Durations {
    /// Reads the first mark of each kind. `began` stands in where no start of impact is marked.
    pub fn from_events(events: &[TimelineEvent], began: Timestamp) -> Self {
        let first = |kind| events.iter().filter(|event| event.kind == kind).map(|event| event.at).min();
        let start = first(TimelineKind::Start).unwrap_or(began);
        let since = |kind| first(kind).map(|at: Timestamp| at.duration_since(start)).filter(|took| !took.is_negative());
        Self {
            to_detect: since(TimelineKind::Detection),
            to_mitigate: since(TimelineKind::Mitigation),
            to_resolve: since(TimelineKind::Resolution),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: TimelineKind, second: i64) -> TimelineEvent {
        TimelineEvent {
            id: TimelineId::new(),
            issue: IssueId::new(),
            at: Timestamp::from_second(second).unwrap(),
            kind,
            text: "x".into(),
            source: TimelineSource::User,
        }
    }

    #[test]
    fn durations_count_from_the_marked_start() {
        let events = [event(TimelineKind::Start, 100), event(TimelineKind::Resolution, 400)];
        let took = Durations::from_events(&events, Timestamp::UNIX_EPOCH);
        assert_eq!(took.to_resolve, Some(SignedDuration::from_secs(300)));
        assert_eq!(took.to_detect, None);
    }

    #[test]
    fn a_mark_before_the_start_gives_no_duration() {
        let events = [event(TimelineKind::Start, 100), event(TimelineKind::Detection, 50)];
        assert_eq!(Durations::from_events(&events, Timestamp::UNIX_EPOCH).to_detect, None);
    }
}
