//! What is missing from a document, what contradicts itself, and wording that blames a person.

use super::Facts;
use super::blame;
use super::contradictions::contradictions;
use super::outline::{Outline, Prompt, Section};
use super::questions::UNMARKED;
use crate::domain::{ActionStatus, DocumentKind, Outcome, Question, TimelineKind, WhyState};

/// The sections that a kind of document has, in order.
const fn sections_of(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::Rca => &[
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
        ],
        DocumentKind::PostMortem => &[
            "Executive summary",
            "Impact",
            "Detection",
            "Lead-up",
            "Timeline",
            "Root causes and trigger",
            "Contributing factors",
            "Resolution and recovery",
            "What went well",
            "What went wrong",
            "Where we got lucky",
            "Action items",
            "Declined actions",
            "Supporting information",
            "External statement",
        ],
    }
}

/// The section of an RCA or a post-mortem that tells of the whys, of the root cause, of the actions.
const WHYS: &[&str] = &["5 Whys", "Root causes and trigger"];
const ROOT_CAUSE: &[&str] = &["Root cause", "Root causes and trigger"];
const ACTIONS: &[&str] = &["Corrective actions", "Action items"];
const STATEMENT: &str = "External statement";
/// Names shorter than this are found in every second word.
const SHORTEST_NAME: usize = 3;

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
    /// A place of the timeline on which the durations rest is not marked.
    UnmarkedTime,
    ContradictingTimes,
    Blame,
    /// A person or team is named where readers outside are spoken to.
    NameOutside,
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
pub fn check(facts: &Facts<'_>, kind: DocumentKind, markdown: &str) -> Vec<CheckFinding> {
    let outline = Outline::of(markdown);
    let mut findings = whys(facts, &outline);
    findings.extend(root_causes(facts, &outline));
    findings.extend(unknown_evidence(facts, &outline, markdown));
    findings.extend(actions(facts, &outline));
    let said = sections(&outline, kind, &findings);
    findings.extend(said);
    findings.extend(times(facts, &outline));
    findings.extend(wording(&outline, markdown));
    findings.extend(names_outside(facts, &outline, markdown));
    findings.sort_by_key(|finding| (finding.at.unwrap_or(usize::MAX), finding.kind));
    findings
}

fn finding(kind: CheckKind, message: impl Into<String>, suggestion: &str, at: Option<usize>) -> CheckFinding {
    CheckFinding { kind, message: message.into(), suggestion: suggestion.to_owned(), at }
}

fn start(section: Option<&Section>) -> Option<usize> {
    section.map(|section| section.start)
}

/// The first of these sections that the document has.
fn one_of<'a>(outline: &'a Outline, titles: &[&str]) -> Option<&'a Section> {
    titles.iter().find_map(|title| outline.section(title))
}

fn whys(facts: &Facts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let section = one_of(outline, WHYS);
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

fn root_causes(facts: &Facts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let at = start(one_of(outline, ROOT_CAUSE));
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

fn unknown_evidence(facts: &Facts<'_>, outline: &Outline, markdown: &str) -> Vec<CheckFinding> {
    let is_unknown = |number: u32| !facts.evidence.iter().any(|pin| pin.number == number);
    let unknown = outline.marks(markdown).into_iter().filter(|(_, number)| is_unknown(*number));
    unknown
        .map(|(at, number)| {
            let message = format!("[E{number}] is cited, but there is no such evidence");
            finding(CheckKind::UnknownEvidence, message, "Cite another pin, or remove the mark", Some(at))
        })
        .collect()
}

fn actions(facts: &Facts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let section = one_of(outline, ACTIONS);
    let wanted: Vec<_> = facts.actions.iter().filter(|action| action.status != ActionStatus::Declined).collect();
    if wanted.is_empty() {
        let suggestion = "Add what will prevent, detect or mitigate it next time";
        return vec![finding(CheckKind::NoAction, "There is no corrective action", suggestion, start(section))];
    }
    let rows = section.map(|section| section.rows.as_slice()).filter(|rows| rows.len() == wanted.len());
    let mut found = Vec::new();
    for (place, action) in wanted.into_iter().enumerate() {
        let at = rows.and_then(|rows| rows.get(place).copied()).or_else(|| start(section));
        let number = place + 1;
        if action.owner.is_blank() {
            let message = format!("Action {number} has no owner");
            found.push(finding(CheckKind::ActionWithoutOwner, message, "Name the person or team that does it", at));
        }
        if action.due.is_none() {
            let message = format!("Action {number} has no due date");
            found.push(finding(CheckKind::ActionWithoutDate, message, "Set the date by which it is done", at));
        }
    }
    found
}

/// `known` are the findings so far: an open question that they say already is not said twice.
fn sections(outline: &Outline, kind: DocumentKind, known: &[CheckFinding]) -> Vec<CheckFinding> {
    // A mark that is missing is a finding of its own.
    let asked = outline.head.prompts.iter().filter(|prompt| !prompt.question.ends_with(UNMARKED));
    let mut found: Vec<_> = asked.map(|prompt| open_question("the head", prompt)).collect();
    for title in sections_of(kind) {
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
        found.extend(section.prompts.iter().map(|prompt| open_question(&format!("“{title}”"), prompt)));
    }
    found
}

/// Which question it is, where it is one of those that people are asked by the form.
fn open_question(place: &str, prompt: &Prompt) -> CheckFinding {
    let asked = Question::ALL.iter().find(|question| question.asks() == prompt.question);
    let (message, suggestion) = match asked {
        Some(question) => (format!("“{}” is not recorded", question.label()), "Answer it under Facts, or in the text"),
        None => (format!("An open question in {place}"), "Answer it in place of the italic line"),
    };
    finding(CheckKind::OpenQuestion, message, suggestion, Some(prompt.at))
}

fn asks_the_same(finding: &CheckFinding, section: &Section) -> bool {
    let is_question = matches!(finding.kind, CheckKind::UnansweredWhy | CheckKind::NoRootCause | CheckKind::NoAction);
    is_question && finding.at.is_some_and(|at| (section.start..section.end).contains(&at))
}

fn times(facts: &Facts<'_>, outline: &Outline) -> Vec<CheckFinding> {
    let at = start(outline.section("Timeline"));
    let marks = [TimelineKind::Start, TimelineKind::Detection, TimelineKind::Mitigation, TimelineKind::Resolution];
    let stated = |kind| match kind {
        TimelineKind::Start => facts.issue.started_at.is_some(),
        TimelineKind::Resolution => facts.issue.resolved_at.is_some(),
        _ => false,
    };
    let unmarked = marks.into_iter().filter(|kind| facts.first(*kind).is_none() && !stated(*kind)).map(|kind| {
        let message = format!("The time of “{}” is not marked", kind.label());
        finding(CheckKind::UnmarkedTime, message, "Mark it in the timeline of the issue", at)
    });
    let suggestion = "Correct one of the two times";
    let sentences = contradictions(facts).into_iter();
    unmarked.chain(sentences.map(|message| finding(CheckKind::ContradictingTimes, message, suggestion, at))).collect()
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

/// Readers outside are told of roles and systems. Only names that the issue itself knows are looked for.
fn names_outside(facts: &Facts<'_>, outline: &Outline, markdown: &str) -> Vec<CheckFinding> {
    let Some(section) = outline.section(STATEMENT) else { return Vec::new() };
    let text = markdown.get(section.start..section.end).unwrap_or_default();
    let people = [Question::Authors, Question::Reviewers].into_iter().filter_map(|who| facts.told.answer(who));
    let owners = facts.actions.iter().map(|action| &action.owner).chain(&facts.issue.assigned_to);
    let names = people.chain(owners).flat_map(|names| names.expose().split([',', ';', '\n']));
    let mut places: Vec<usize> = names
        .map(str::trim)
        .filter(|name| name.chars().count() >= SHORTEST_NAME)
        .flat_map(|name| text.match_indices(name).map(|(at, name)| (at, name.len())))
        .filter(|(at, length)| blame::is_whole(text, *at, *length))
        .map(|(at, _)| section.start + at)
        .collect();
    places.sort_unstable();
    places.dedup();
    let suggestion = "Name the role or the service instead";
    let message = "The external statement names a person or team";
    places.into_iter().map(|at| finding(CheckKind::NameOutside, message, suggestion, Some(at))).collect()
}
