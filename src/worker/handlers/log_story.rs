//! What the logs of an issue tell by themselves, put together for its documents.

use crate::documents::{LinesLike, LogMoment, LogMomentKind, LogStory};
use crate::domain::{Evidence, EvidenceSource, LogFile};
use crate::insight::{Guide, GuideInput, Insight, LineRef, Moment, MomentKind, TimeFinder};
use crate::worker::snapshot::IssueDetail;

/// Longest text of a moment in a document, in bytes.
const MAX_TEXT_BYTES: usize = 160;

/// `logs` in the order of the insight.
pub(super) fn of(detail: &IssueDetail, insight: &Insight, logs: &[LogFile]) -> LogStory {
    let names: Vec<_> = logs.iter().map(|log| (log.id, log.file_name.clone())).collect();
    let input = GuideInput {
        title: &detail.issue.title,
        description: &detail.issue.description,
        domain: detail.issue.domain,
        insight,
        whys: &detail.whys,
        logs: &names,
    };
    let moments = Guide::next_step(&input).timeline;
    let hypothesis = detail.whys.deepest().and_then(|why| Guide::rule_for(&why.answer));
    LogStory {
        moments: moments.iter().filter_map(|moment| told(insight, moment)).collect(),
        kinds: detail.evidence.iter().filter_map(|pin| lines_like(insight, logs, pin)).collect(),
        assumptions: if logs.is_empty() { Vec::new() } else { insight.taken_for_granted() },
        verify: hypothesis.map(|rule| rule.check.clone()),
        behind: hypothesis.map(|rule| rule.causes.clone()).unwrap_or_default(),
    }
}

/// Evidence of whys has its rows already, and other notable lines mark nothing. That errors end in one log says nothing of
/// the trouble as long as it shows in another.
fn told(insight: &Insight, moment: &Moment) -> Option<LogMoment> {
    let kind = match moment.kind {
        MomentKind::FirstError => LogMomentKind::FirstError,
        MomentKind::Deployment => LogMomentKind::Deployment,
        MomentKind::ConfigurationChange => LogMomentKind::Configuration,
        MomentKind::Change => LogMomentKind::Change,
        MomentKind::Restart => LogMomentKind::Restart,
        MomentKind::Recovery => LogMomentKind::Recovery,
        MomentKind::ErrorsEnd | MomentKind::Evidence => return None,
    };
    Some(LogMoment {
        at: moment.time,
        kind,
        place: insight.cite(moment.at),
        text: without_time(moment.text.expose()).into(),
    })
}

/// The time has a column of its own.
fn without_time(line: &str) -> String {
    let found = TimeFinder::new(jiff::Timestamp::UNIX_EPOCH).find(line).filter(|(_, time)| time.start <= 1);
    let text = found.and_then(|(_, time)| line.get(time.end..)).unwrap_or(line);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ']' | ')' | ',' | ':' | '-'));
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    match text.get(..end) {
        Some(part) if end < text.len() => format!("{}…", part.trim_end()),
        _ => text.to_owned(),
    }
}

/// The lines of one kind to which the first line of a pin belongs.
fn lines_like(insight: &Insight, logs: &[LogFile], pin: &Evidence) -> Option<LinesLike> {
    let EvidenceSource::Log { log, lines, .. } = &pin.source else { return None };
    let at = LineRef { log: logs.iter().position(|one| one.id == *log)?, line: lines.first };
    let kind = insight.templates.iter().find(|kind| kind.examples.iter().any(|line| line.at == at))?;
    let summary = insight.logs.get(kind.log)?;
    Some(LinesLike {
        pin: pin.number,
        count: kind.count,
        first: kind.first_time?,
        last: kind.last_time?,
        last_place: insight.cite(LineRef { log: kind.log, line: kind.last_line }),
        log_name: summary.name.clone(),
        log_until: summary.last_time?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_without_its_time_and_not_at_any_length() {
        let cases = [
            ("2026-11-18 09:40:22.401 UTC [4391] LOG:  statement", "[4391] LOG:  statement"),
            ("[2026-11-18T09:40:22Z] started", "started"),
            ("Nov 20 15:13:40 web-03 sudo: x", "web-03 sudo: x"),
            ("started at 2026-11-18T09:40:22Z", "started at 2026-11-18T09:40:22Z"),
            ("no time", "no time"),
        ];
        for (line, expected) in cases {
            assert_eq!(without_time(line), expected);
        }
        assert!(without_time(&"é".repeat(500)).len() <= MAX_TEXT_BYTES + '…'.len_utf8());
    }
}
