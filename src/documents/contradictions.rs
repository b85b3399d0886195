//! Times that cannot all be right.

use super::Facts;
use crate::domain::TimelineKind;
use jiff::Timestamp;

/// A time of an issue and how it is called.
type Named = (&'static str, Option<Timestamp>);

/// One sentence for each contradiction, without a period.
pub(super) fn contradictions(facts: &Facts<'_>) -> Vec<String> {
    let mark = |kind| facts.timeline.iter().filter(|moment| moment.kind == kind).map(|moment| moment.at).min();
    let issue = facts.issue;
    let started: Named = ("start of the impact", mark(TimelineKind::Start).or(issue.started_at));
    let detected: Named = ("detection", mark(TimelineKind::Detection));
    let responded: Named = ("response", mark(TimelineKind::Response));
    let mitigated: Named = ("mitigation", mark(TimelineKind::Mitigation));
    let ended: Named = ("resolution", mark(TimelineKind::Resolution));
    let resolved: Named = ("time of resolving the issue", issue.resolved_at);
    let claimed: Named = ("stated start", issue.started_at);
    let now: Named = ("time of this document", Some(facts.now));

    let in_order = [
        (started, detected),
        (started, responded),
        (started, mitigated),
        (started, ended),
        (started, resolved),
        (detected, responded),
        (detected, mitigated),
        (detected, ended),
        (responded, ended),
        (mitigated, ended),
        (claimed, now),
        (resolved, now),
    ];
    let mut found: Vec<String> = in_order
        .iter()
        .filter(
            |((_, earlier), (_, later))| matches!((earlier, later), (Some(earlier), Some(later)) if later < earlier),
        )
        .map(|((earlier, _), (later, _))| format!("The {later} is before the {earlier}"))
        .collect();
    let future = facts.timeline.iter().filter(|moment| moment.at > facts.now).count();
    if future > 0 {
        found.push(format!("The timeline has {} in the future", events(future)));
    }
    found
}

fn events(number: usize) -> String {
    if number == 1 { "one event".to_owned() } else { format!("{number} events") }
}
