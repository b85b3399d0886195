//! The RCA: facts in, Markdown out. What is not known becomes a question to the author, never a statement.

use super::causes::{contributing_factors, root_cause, root_cause_in_short, whys};
use super::markup::{inline, prose, table};
use super::sources::{evidence, how_made, logs};
use super::template::fill;
use super::{DocumentError, RcaFacts};
use crate::domain::format::{duration, local_time};
use crate::domain::{ActionItem, TimelineKind, TimelineSource, Unredacted};
use jiff::Timestamp;

/// The template that comes with the program; a user may put another in its place.
pub const RCA_TEMPLATE: &str = include_str!("../../assets/templates/rca.md");

/// How a question to the author begins; the check finds it by this.
pub(super) const PROMPT: &str = "*Not recorded yet: ";

/// A question to the author, where the facts are silent.
pub(super) fn prompt(question: &str) -> String {
    format!("{PROMPT}{question}*")
}

/// The RCA as Markdown, by `template` or by [`RCA_TEMPLATE`].
///
/// The text holds the facts as they are given: real values where the facts have real values.
pub fn draft_rca(facts: &RcaFacts<'_>, template: Option<&str>) -> Result<Unredacted, DocumentError> {
    let title = inline(facts.issue.title.expose());
    let blocks = [
        ("title", if title.is_empty() { "untitled".to_owned() } else { title }),
        ("title_block", title_block(facts)),
        ("summary", summary(facts)),
        ("impact", impact(facts)),
        ("timeline", timeline(facts)),
        ("whys", whys(facts)),
        ("root_cause", root_cause(facts)),
        ("contributing_factors", contributing_factors(facts)),
        ("resolution", resolution(facts)),
        ("corrective_actions", corrective_actions(facts)),
        ("lessons_learned", prompt("what went well, what did not, and what will be done differently?")),
        ("evidence", evidence(facts)),
        ("logs", logs(facts)),
        ("how_made", how_made(facts)),
    ];
    fill(template.unwrap_or(RCA_TEMPLATE), &blocks).map(Unredacted::from)
}

fn title_block(facts: &RcaFacts<'_>) -> String {
    let issue = facts.issue;
    let time = |at: Option<Timestamp>| at.map(|at| local_time(at, &facts.zone)).unwrap_or_default();
    let text = |text: &Unredacted| inline(text.expose());
    let took = |took: Option<_>| took.map(duration).unwrap_or_default();
    let rows = [
        ("Issue", issue.id.to_string()),
        ("Severity", issue.severity.label().to_owned()),
        ("Status", issue.status.label().to_owned()),
        ("Domain", issue.domain.map(|domain| domain.label().to_owned()).unwrap_or_default()),
        ("Owner", issue.assigned_to.as_ref().map(text).unwrap_or_default()),
        ("Tags", issue.tags.iter().map(text).collect::<Vec<_>>().join(", ")),
        ("Started", time(issue.started_at)),
        ("Created", time(Some(issue.created_at))),
        ("Resolved", time(issue.resolved_at)),
        ("Time to detect", took(facts.durations.to_detect)),
        ("Time to mitigate", took(facts.durations.to_mitigate)),
        ("Time to resolve", took(facts.durations.to_resolve)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    table(&["Field", "Value"], &rows)
}

fn summary(facts: &RcaFacts<'_>) -> String {
    let description = prose(facts.issue.description.expose());
    let what = if description.is_empty() { prompt("what happened, in two or three sentences?") } else { description };
    format!("{what}\n\n{}", root_cause_in_short(facts))
}

fn impact(facts: &RcaFacts<'_>) -> String {
    let began = first(facts, TimelineKind::Start).or(facts.issue.started_at);
    let ended = first(facts, TimelineKind::Resolution).or(facts.issue.resolved_at);
    let time = |at| local_time(at, &facts.zone);
    let when = match (began, ended) {
        (Some(began), Some(ended)) if began <= ended => {
            let took = duration(ended.duration_since(began));
            format!("From {} to {} ({took}).", time(began), time(ended))
        }
        (Some(began), Some(_) | None) => format!("Since {}.", time(began)),
        (None, Some(_) | None) => prompt("when did the impact begin?"),
    };
    format!("{when}\n\n{}", prompt("who was affected, and how?"))
}

fn first(facts: &RcaFacts<'_>, kind: TimelineKind) -> Option<Timestamp> {
    facts.timeline.iter().filter(|moment| moment.kind == kind).map(|moment| moment.at).min()
}

fn timeline(facts: &RcaFacts<'_>) -> String {
    let moments = facts.moments();
    if moments.is_empty() {
        return prompt("what happened when, from the first sign to the end?");
    }
    let rows: Vec<Vec<String>> = moments
        .into_iter()
        .map(|moment| {
            let source = match &moment.source {
                TimelineSource::User => "by hand".to_owned(),
                TimelineSource::System => "TFTSR".to_owned(),
                TimelineSource::Log { file_name, line, .. } => format!("{}:{line}", inline(file_name)),
            };
            let at = local_time(moment.at, &facts.zone);
            vec![at, moment.kind.label().to_owned(), inline(moment.text.expose()), source]
        })
        .collect();
    table(&["Time", "Event", "What happened", "Source"], &rows)
}

fn resolution(facts: &RcaFacts<'_>) -> String {
    let mut steps: Vec<String> = facts
        .moments()
        .into_iter()
        .filter(|moment| matches!(moment.kind, TimelineKind::Mitigation | TimelineKind::Resolution))
        .filter(|moment| !moment.text.is_blank())
        .map(|moment| {
            let at = local_time(moment.at, &facts.zone);
            format!("- {at}, {}: {}", moment.kind.label().to_lowercase(), inline(moment.text.expose()))
        })
        .collect();
    if steps.is_empty() {
        steps.push(prompt("what was done to end the impact, and how was it verified?"));
    }
    let resolved = facts.issue.resolved_at.map(|at| format!("Resolved at {}.", local_time(at, &facts.zone)));
    let steps = steps.join("\n");
    resolved.map_or_else(|| steps.clone(), |resolved| format!("{resolved}\n\n{steps}"))
}

fn corrective_actions(facts: &RcaFacts<'_>) -> String {
    if facts.actions.is_empty() {
        return prompt("what will be done so that it does not happen again, by whom and by when?");
    }
    let head = ["Action", "Kind", "Priority", "Owner", "Due", "Status", "Root cause"];
    let rows: Vec<Vec<String>> = facts.actions.iter().map(|action| action_row(facts, action)).collect();
    table(&head, &rows)
}

fn action_row(facts: &RcaFacts<'_>, action: &ActionItem) -> Vec<String> {
    let cause = action.root_cause.and_then(|id| facts.whys.get(id));
    vec![
        inline(action.title.expose()),
        action.kind.label().to_owned(),
        action.priority.label().to_owned(),
        inline(action.owner.expose()),
        action.due.map(|due| due.to_string()).unwrap_or_default(),
        action.status.label().to_owned(),
        cause.map(|why| inline(why.answer.expose())).unwrap_or_default(),
    ]
}
