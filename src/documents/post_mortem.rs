//! The sections that only a post-mortem has.

use super::Facts;
use super::markup::{inline, table};
use super::questions::{prompt, told};
use super::sections::summary;
use crate::domain::format::{duration, local_time};
use crate::domain::{Question, TimelineKind};

/// Who answers for the document, and how far its review is.
pub(super) fn metadata(facts: &Facts<'_>) -> String {
    let issue = facts.issue;
    let of = |question: Question| {
        let answer = facts.told.answer(question).map(|answer| inline(answer.expose()));
        answer.unwrap_or_else(|| prompt(question.asks()))
    };
    let rows = [
        ("Date of the incident", facts.date_of_incident()),
        ("Issue", issue.id.to_string()),
        ("Severity", issue.severity.label().to_owned()),
        ("Authors", of(Question::Authors)),
        ("Reviewers", of(Question::Reviewers)),
        ("Status", facts.told.status.label().to_owned()),
        ("Time to detect", facts.took(facts.durations.to_detect, TimelineKind::Detection)),
        ("Time to mitigate", facts.took(facts.durations.to_mitigate, TimelineKind::Mitigation)),
        ("Time to resolve", facts.took(facts.durations.to_resolve, TimelineKind::Resolution)),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    table(&["Field", "Value"], &rows)
}

/// What people have told, or else what the facts say in short.
pub(super) fn executive_summary(facts: &Facts<'_>) -> String {
    if facts.told.answer(Question::ExecutiveSummary).is_some() {
        told(facts, Question::ExecutiveSummary)
    } else {
        summary(facts)
    }
}

/// When it was noticed, as far as it is marked, and how.
pub(super) fn detection(facts: &Facts<'_>) -> String {
    let noticed = facts.first(TimelineKind::Detection).map(|moment| {
        let took = facts.durations.to_detect.filter(|took| !took.is_zero());
        let after = took.map(|took| format!(", {} after the impact began", duration(took))).unwrap_or_default();
        let text = inline(moment.text.expose());
        let text = if text.is_empty() { String::new() } else { format!(": {text}") };
        format!("Detected at {}{after}{text}", local_time(moment.at, &facts.zone))
    });
    let told = told(facts, Question::Detection);
    noticed.map_or_else(|| told.clone(), |noticed| format!("{}\n\n{told}", ended(&noticed)))
}

/// What people have told of the time before, or else what the logs say was changed in it.
pub(super) fn lead_up(facts: &Facts<'_>) -> String {
    let changes = facts.changes_before();
    if facts.told.answer(Question::LeadUp).is_some() || changes.is_empty() {
        return told(facts, Question::LeadUp);
    }
    let items: Vec<String> = changes.into_iter().map(|change| format!("- {change}")).collect();
    let lead =
        "What the logs say was changed before the impact began; whether it played a part is for the whys to show:";
    format!("{lead}\n\n{}\n\n{}", items.join("\n"), prompt(Question::LeadUp.asks()))
}

/// With a period, unless the sentence has an end of its own.
pub(super) fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?', '…', '。']) { sentence.to_owned() } else { format!("{sentence}.") }
}
