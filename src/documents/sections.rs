//! The sections that both kinds of document have. What is not known becomes a question to the author, never a statement.

use super::causes::root_cause_in_short;
use super::markup::{inline, prose, table};
use super::post_mortem::ended;
use super::questions::{prompt, told, told_item};
use super::{Facts, LogMoment};
use crate::domain::format::{duration, local_time};
use crate::domain::{ActionItem, ActionStatus, Question, TimelineKind, TimelineSource, Unredacted, WhyState};
use jiff::Timestamp;

pub(super) fn title_block(facts: &Facts<'_>) -> String {
    let issue = facts.issue;
    let time = |at: Option<Timestamp>| at.map(|at| local_time(at, &facts.zone)).unwrap_or_default();
    let text = |text: &Unredacted| inline(text.expose());
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
        ("Time to detect", facts.took(facts.durations.to_detect, TimelineKind::Detection)),
        ("Time to mitigate", facts.took(facts.durations.to_mitigate, TimelineKind::Mitigation)),
        ("Time to resolve", facts.took(facts.durations.to_resolve, TimelineKind::Resolution)),
    ];
    let known = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let rows: Vec<Vec<String>> = known.map(|(name, value)| vec![name.to_owned(), value]).collect();
    table(&["Field", "Value"], &rows)
}

/// How bad, how long, what, and why, in a few sentences.
pub(super) fn summary(facts: &Facts<'_>) -> String {
    let description = prose(facts.issue.description.expose());
    let what = if description.is_empty() { prompt("what happened, in two or three sentences?") } else { description };
    let severity = facts.issue.severity.label();
    let state = match facts.span() {
        (Some(began), Some(ended)) if began <= ended => {
            format!("An incident of severity {severity}; it lasted {}.", duration(ended.duration_since(began)))
        }
        (_, Some(_)) => format!("An incident of severity {severity}; it is resolved."),
        (Some(began), None) => {
            let began = local_time(began, &facts.zone);
            format!("An incident of severity {severity} since {began}; its end is not recorded.")
        }
        (None, None) => format!("An incident of severity {severity}; its beginning and its end are not recorded."),
    };
    let logs = facts.symptom_in_short().map(|symptom| format!("In the logs: {symptom}\n\n")).unwrap_or_default();
    format!("{state}\n\n{what}\n\n{logs}{}{}", root_cause_in_short(facts), actions_in_short(facts))
}

fn actions_in_short(facts: &Facts<'_>) -> String {
    let wanted = || facts.actions.iter().filter(|action| action.status != ActionStatus::Declined);
    let done = wanted().filter(|action| action.status == ActionStatus::Done).count();
    let verb = if done == 1 { "is" } else { "are" };
    match (wanted().count(), done) {
        (0, _) => String::new(),
        (1, 0) => "\n\nOne corrective action follows from it; it is not done yet.".to_owned(),
        (1, _) => "\n\nOne corrective action follows from it; it is done.".to_owned(),
        (all, done) => format!("\n\n{all} corrective actions follow from it; {done} of them {verb} done."),
    }
}

/// How long, and what people have told of whom and what it touched.
pub(super) fn impact(facts: &Facts<'_>) -> String {
    let time = |at| local_time(at, &facts.zone);
    let when = match facts.span() {
        (Some(began), Some(ended)) if began <= ended => {
            let took = duration(ended.duration_since(began));
            format!("{took}, from {} to {}.", time(began), time(ended))
        }
        (Some(began), _) => format!("Since {}. {}", time(began), prompt("when did the impact end?")),
        (None, _) => {
            let shown = facts.earliest_evidence().map(|at| format!(" The earliest evidence is of {}.", time(at)));
            format!("{}{}", prompt("when did the impact begin, and when did it end?"), shown.unwrap_or_default())
        }
    };
    let mut items = vec![format!("- **Duration.** {when}")];
    items.extend(facts.symptom().map(|symptom| format!("- **In the logs.** {symptom}")));
    items.extend([
        told_item(facts, "Users", Question::Users),
        told_item(facts, "Services", Question::Services),
        told_item(facts, "Service levels", Question::Sla),
        told_item(facts, "Data", Question::Data),
    ]);
    items.join("\n")
}

/// What people have told to go on doing, to change, and not to rely on.
pub(super) fn lessons_learned(facts: &Facts<'_>) -> String {
    let lessons = [
        ("What went well", Question::WentWell),
        ("What went wrong", Question::WentWrong),
        ("Where we got lucky", Question::Lucky),
    ];
    let items: Vec<String> = lessons
        .into_iter()
        .filter(|(_, question)| facts.told.answer(*question).is_some())
        .map(|(name, question)| format!("**{name}.** {}", told(facts, question)))
        .collect();
    if items.is_empty() {
        prompt("what went well, what did not, and what will be done differently?")
    } else {
        items.join("\n\n")
    }
}

pub(super) fn timeline(facts: &Facts<'_>) -> String {
    let told = facts.moments().into_iter().filter(|moment| is_told(moment.kind)).map(|moment| {
        let source = match &moment.source {
            TimelineSource::User => "by hand".to_owned(),
            TimelineSource::System => "TFTSR".to_owned(),
            TimelineSource::Log { file_name, line, .. } => format!("{}:{line}", inline(file_name)),
        };
        (moment.at, vec![moment.kind.label().to_owned(), inline(moment.text.expose()), source])
    });
    let mut moments: Vec<_> = told.chain(shown_by_evidence(facts)).chain(shown_by_logs(facts)).collect();
    moments.sort_by_key(|(at, _)| *at);
    if moments.is_empty() {
        return prompt("what happened when, from the first sign to the end?");
    }
    let rows = moments.into_iter().map(|(at, mut row)| {
        row.insert(0, local_time(at, &facts.zone));
        row
    });
    let table = table(&["Time", "Event", "What happened", "Source"], &rows.collect::<Vec<_>>());
    if facts.story.assumptions.is_empty() {
        return table;
    }
    format!("{table}\n\nWhat the times of the logs take for granted stands under “Logs analyzed”.")
}

/// For each answer, the earliest line that shows it: the story as the logs tell it.
fn shown_by_evidence(facts: &Facts<'_>) -> Vec<(Timestamp, Vec<String>)> {
    let alive = facts.whys.walk().into_iter().map(|(_, why)| why).filter(|why| why.state != WhyState::Refuted);
    let rows = alive.filter(|why| !why.answer.is_blank()).filter_map(|why| {
        let pins = facts.evidence.iter().filter(|pin| why.evidence.contains(&pin.id));
        let timed = pins.filter_map(|pin| {
            let (_, at) = facts.pinned_at.iter().find(|(number, _)| *number == pin.number)?;
            Some((*at, pin))
        });
        let (at, pin) = timed.min_by_key(|(at, pin)| (*at, pin.number))?;
        let words = format!("{} ({})", inline(facts.said(why).words), why.state.label());
        let label = facts.moment_at(&pin.place()).unwrap_or("Evidence").to_owned();
        Some((at, vec![label, words, format!("{} [E{}]", inline(&pin.place()), pin.number)]))
    });
    rows.collect()
}

/// Changes, restarts and the like, as their lines say it.
fn shown_by_logs(facts: &Facts<'_>) -> Vec<(Timestamp, Vec<String>)> {
    let moments = facts.untold_moments().into_iter();
    let row = |moment: &LogMoment| {
        vec![moment.label().to_owned(), format!("“{}”", inline(moment.text.expose())), inline(&moment.place)]
    };
    let end = facts.last_seen().map(|(at, words, place)| (at, vec!["Last seen".to_owned(), words, place]));
    moments.map(|moment| (moment.at, row(moment))).chain(end).collect()
}

/// What the program noted about its own work and about the files of logs is no part of the incident.
const fn is_told(kind: TimelineKind) -> bool {
    !matches!(
        kind,
        TimelineKind::Created
            | TimelineKind::FirstLogLine
            | TimelineKind::LastLogLine
            | TimelineKind::Redaction
            | TimelineKind::Document
            | TimelineKind::Publication
    )
}

pub(super) fn resolution(facts: &Facts<'_>) -> String {
    let mut steps: Vec<String> = facts
        .moments()
        .into_iter()
        .filter(|moment| matches!(moment.kind, TimelineKind::Mitigation | TimelineKind::Resolution))
        .filter(|moment| !moment.text.is_blank())
        .map(|moment| {
            let at = local_time(moment.at, &facts.zone);
            let text = ended(&inline(moment.text.expose()));
            format!("- {at}, {}: {text}", moment.kind.label().to_lowercase())
        })
        .collect();
    if steps.is_empty() {
        steps.push(prompt("what was done to end the impact, and how was it verified?"));
    }
    let resolved = facts.issue.resolved_at.map(|at| format!("Resolved at {}.", local_time(at, &facts.zone)));
    let steps = steps.join("\n");
    resolved.map_or_else(|| steps.clone(), |resolved| format!("{resolved}\n\n{steps}"))
}

pub(super) fn corrective_actions(facts: &Facts<'_>) -> String {
    let wanted: Vec<_> = facts.actions.iter().filter(|action| action.status != ActionStatus::Declined).collect();
    if wanted.is_empty() {
        return prompt("what will be done so that it does not happen again, by whom and by when?");
    }
    let head = ["Action", "Kind", "Priority", "Owner", "Due", "Status", "Root cause"];
    let rows: Vec<Vec<String>> = wanted.into_iter().map(|action| action_row(facts, action)).collect();
    table(&head, &rows)
}

/// What was thought of and is not done, with the reason.
pub(super) fn declined_actions(facts: &Facts<'_>) -> String {
    let declined = facts.actions.iter().filter(|action| action.status == ActionStatus::Declined);
    let rows: Vec<Vec<String>> = declined
        .map(|action| {
            let because = inline(action.declined_because.expose());
            let because = if because.is_empty() { prompt("why is it not done?") } else { because };
            vec![inline(action.title.expose()), because]
        })
        .collect();
    match (rows.is_empty(), facts.actions.is_empty()) {
        (true, true) => "No action has been considered so far.".to_owned(),
        (true, false) => "No action was declined.".to_owned(),
        (false, _) => table(&["Action", "Why not"], &rows),
    }
}

fn action_row(facts: &Facts<'_>, action: &ActionItem) -> Vec<String> {
    let cause = action.root_cause.and_then(|id| facts.whys.get(id));
    vec![
        inline(action.title.expose()),
        action.kind.label().to_owned(),
        action.priority.label().to_owned(),
        inline(action.owner.expose()),
        action.due.map(|due| due.to_string()).unwrap_or_default(),
        action.status.label().to_owned(),
        cause.map(|why| inline(facts.said(why).words)).unwrap_or_default(),
    ]
}
