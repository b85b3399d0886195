//! What is missing from a document, what contradicts itself, and wording that blames a person.

use super::RcaFacts;
use super::blame;
use super::contradictions::contradictions;
use super::outline::{Outline, Section};
use crate::domain::{ActionStatus, Outcome, WhyState};

/// The sections that an RCA has.
const SECTIONS: &[&str] = &[
    "Summary",
    "Impact",
    "Timeline",
    "5 Whys",
    "Root cause",
    "Contributing factors",
    "Resolution",
    "Corrective actions",
    "Lessons learned",
    "Evidence",
    "Logs analyzed",
    "How this was made",
];

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    UnansweredWhy,
    NoRootCause,
    RootCauseWithoutEvidence,
    UnknownEvidence,
    NoAction,
    ActionWithoutOwner,
    ActionWithoutDate,
    MissingSection,
    EmptySection,
    /// A question to the author is still there.
    OpenQuestion,
    ContradictingTimes,
    Blame,
}

/// One fault, in words that hold no text of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFinding {
    pub kind: CheckKind,
    /// What is wrong, in one sentence without a period.
    pub message: String,
    /// What to do about it, in one sentence without a period.
    pub suggestion: String,
    /// Byte in the Markdown, on a character boundary; `None` where the document has no such place.
    pub at: Option<usize>,
}

/// All faults, in the order of their places; those without a place come last.
pub fn check(facts: &RcaFacts<'_>, markdown: &str) -> Vec<CheckFinding> {
    let outline = Outline::of(markdown);
    let mut findings = whys(facts, &outline);
    findings.extend(root_causes(facts, &outline));
    findings.extend(unknown_evidence(facts, &outline, markdown));
    findings.extend(actions(facts, &outline));
    let said = sections(&outline, &findings);
    findings.extend(said);
    findings.extend(times(facts, &outline));
    findings.extend(wording(&outline, markdown));
    findings.sort_by_key(|finding| (finding.at.unwrap_or(usize::MAX), finding.kind));
    findings
}

fn finding(kind: CheckKind, message: impl Into<String>, suggestion: &str, at: Option<usize>) -> CheckFinding {
    CheckFinding { kind, message: message.into(), suggestion: suggestion.to_owned(), at }
}

fn start(section: Option<&Section>) -> Option<usize> {
    section.map(|section| section.start)
}

fn whys(facts: &RcaFacts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let section = outline.section("5 Whys");
    let rows = facts.whys.walk();
    // Only an unedited list has an item for each why.
    let items = section.map(|section| section.items.as_slice()).filter(|items| items.len() == rows.len());
    let open = rows.iter().enumerate().filter(|(_, (_, why))| why.answer.is_blank() && why.state != WhyState::Refuted);
    open.map(|(place, (level, _))| {
        let at = items.and_then(|items| items.get(place).copied()).or_else(|| start(section));
        let message = format!("Why {level} has no answer");
        finding(CheckKind::UnansweredWhy, message, "Answer it, mark it as refuted, or remove it", at)
    })
    .collect()
}

fn root_causes(facts: &RcaFacts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let at = start(outline.section("Root cause"));
    let declared = facts.whys.root_causes();
    let is_excused = matches!(facts.issue.outcome, Outcome::Inconclusive { .. } | Outcome::Override { .. });
    if declared.is_empty() && !is_excused {
        let suggestion = "Declare a confirmed why as the root cause, or resolve the issue as inconclusive";
        return vec![finding(CheckKind::NoRootCause, "No root cause is declared", suggestion, at)];
    }
    let is_held = |ids: &[_]| facts.evidence.iter().any(|pin| ids.contains(&pin.id));
    declared
        .into_iter()
        .filter(|why| !is_held(&why.evidence))
        .map(|_| {
            let suggestion = "Pin the log lines, message or note that shows it";
            finding(CheckKind::RootCauseWithoutEvidence, "A root cause has no evidence", suggestion, at)
        })
        .collect()
}

fn unknown_evidence(facts: &RcaFacts<'_>, outline: &Outline, markdown: &str) -> Vec<CheckFinding> {
    let is_unknown = |number: u32| !facts.evidence.iter().any(|pin| pin.number == number);
    let unknown = outline.marks(markdown).into_iter().filter(|(_, number)| is_unknown(*number));
    unknown
        .map(|(at, number)| {
            let message = format!("[E{number}] is cited, but there is no such evidence");
            finding(CheckKind::UnknownEvidence, message, "Cite another pin, or remove the mark", Some(at))
        })
        .collect()
}

fn actions(facts: &RcaFacts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let section = outline.section("Corrective actions");
    if facts.actions.is_empty() {
        let suggestion = "Add what will prevent, detect or mitigate it next time";
        return vec![finding(CheckKind::NoAction, "There is no corrective action", suggestion, start(section))];
    }
    let rows = section.map(|section| section.rows.as_slice()).filter(|rows| rows.len() == facts.actions.len());
    let mut found = Vec::new();
    for (place, action) in facts.actions.iter().enumerate() {
        let at = rows.and_then(|rows| rows.get(place).copied()).or_else(|| start(section));
        let number = place + 1;
        let is_wanted = action.status != ActionStatus::Declined;
        if is_wanted && action.owner.is_blank() {
            let message = format!("Action {number} has no owner");
            found.push(finding(CheckKind::ActionWithoutOwner, message, "Name the person or team that does it", at));
        }
        if is_wanted && action.due.is_none() {
            let message = format!("Action {number} has no due date");
            found.push(finding(CheckKind::ActionWithoutDate, message, "Set the date by which it is done", at));
        }
    }
    found
}

/// `known` are the findings so far: an open question that they say already is not said twice.
fn sections(outline: &Outline, known: &[CheckFinding]) -> Vec<CheckFinding> {
    let mut found = Vec::new();
    for title in SECTIONS {
        let Some(section) = outline.section(title) else {
            let message = format!("The section “{title}” is missing");
            let suggestion = "Add the heading again, or draft a new version";
            found.push(finding(CheckKind::MissingSection, message, suggestion, None));
            continue;
        };
        if !section.has_content {
            let message = format!("The section “{title}” is empty");
            found.push(finding(
                CheckKind::EmptySection,
                message,
                "Write it, or say why it does not apply",
                Some(section.start),
            ));
        }
        if known.iter().any(|finding| asks_the_same(finding, section)) {
            continue;
        }
        let open = section.prompts.iter().map(|at| {
            let message = format!("The section “{title}” has an open question");
            finding(CheckKind::OpenQuestion, message, "Answer it in place of the italic line", Some(*at))
        });
        found.extend(open);
    }
    found
}

fn asks_the_same(finding: &CheckFinding, section: &Section) -> bool {
    let is_question = matches!(finding.kind, CheckKind::UnansweredWhy | CheckKind::NoRootCause | CheckKind::NoAction);
    is_question && finding.at.is_some_and(|at| (section.start..section.end).contains(&at))
}

fn times(facts: &RcaFacts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let at = start(outline.section("Timeline"));
    let suggestion = "Correct one of the two times";
    let sentences = contradictions(facts).into_iter();
    sentences.map(|message| finding(CheckKind::ContradictingTimes, message, suggestion, at)).collect()
}

/// What is quoted in code is not the author's wording.
fn wording(outline: &Outline, markdown: &str) -> Vec<CheckFinding> {
    let said = blame::find(markdown).into_iter().filter(|blame| !outline.is_code(blame.at));
    said.map(|blame| {
        let message = format!("“{}” points at a person", blame.phrase);
        finding(CheckKind::Blame, message, blame.suggestion, Some(blame.at))
    })
    .collect()
}
