//! The sections of an RCA that come from the why tree: the whys, the root cause, the contributing factors.

use super::Facts;
use super::markup::inline;
use super::questions::prompt;
use crate::domain::{Author, EvidenceId, Outcome, Unredacted, Why, WhyId, WhyState};

/// The whole tree as nested lists, refuted whys included: what was ruled out is part of the story.
pub(super) fn whys(facts: &Facts<'_>) -> String {
    let rows = facts.whys.walk();
    if rows.is_empty() {
        return prompt("why did it happen, and what was the cause of that?");
    }
    rows.into_iter().map(|(level, why)| why_item(facts, level, why)).collect::<Vec<_>>().join("\n")
}

fn why_item(facts: &Facts<'_>, level: u32, why: &Why) -> String {
    let indent = "  ".repeat(usize::try_from(level.saturating_sub(1)).unwrap_or(0));
    let question = inline(why.question.expose());
    let mut lines = vec![format!("{indent}- **Why {level}.** {question}").trim_end().to_owned(), answer(facts, why)];
    if let Some(category) = why.root_cause {
        lines.push(format!("**Root cause: {}**", category.label().to_lowercase()));
    }
    if facts.whys.children(Some(why.id)).count() > 1 {
        lines.push(format!("*Caused by {}:*", why.join.label()));
    }
    lines.join(&format!("\\\n{indent}  "))
}

fn answer(facts: &Facts<'_>, why: &Why) -> String {
    if why.answer.is_blank() {
        return prompt("what is the answer to this why?");
    }
    format!("→ {}", stated(facts, why))
}

/// What a why says, how sure it is, who says so, and what it rests on.
fn stated(facts: &Facts<'_>, why: &Why) -> String {
    let said = facts.said(why);
    let (answer, state, author) = (inline(said.words), why.state.label(), author(&why.author));
    let of = said.lines.map(|lines| format!(", of {}", inline(lines))).unwrap_or_default();
    format!("{answer} ({state}; {author}){}{of}", marks(facts, &why.evidence))
}

fn author(author: &Author) -> String {
    match author {
        Author::User => "by hand".to_owned(),
        Author::Guide => "built-in guide".to_owned(),
        Author::Model(name) => inline(name),
    }
}

/// ` [E1] [E3]`, or nothing.
fn marks(facts: &Facts<'_>, evidence: &[EvidenceId]) -> String {
    let mut numbers: Vec<u32> =
        facts.evidence.iter().filter(|pin| evidence.contains(&pin.id)).map(|pin| pin.number).collect();
    numbers.sort_unstable();
    numbers.iter().fold(String::new(), |marks, number| format!("{marks} [E{number}]"))
}

/// The root causes, or in plain words that there is none, and why.
pub(super) fn root_cause(facts: &Facts<'_>) -> String {
    let declared = facts.whys.root_causes();
    let mut parts = match &facts.issue.outcome {
        Outcome::Inconclusive { reason } => vec![
            "**Inconclusive.** The evidence does not suffice to confirm a root cause.".to_owned(),
            because(reason, "what evidence is missing?"),
        ],
        Outcome::Override { reason } => vec![
            "**Resolved by an override.** The evidence that a root cause needs was not asked for.".to_owned(),
            because(reason, "why was the issue resolved without that evidence?"),
        ],
        Outcome::Undetermined | Outcome::RootCauseFound => Vec::new(),
    };
    let is_confirmed = declared.iter().any(|why| why.state == WhyState::Confirmed);
    if parts.is_empty() && !is_confirmed {
        parts.push("**No root cause is confirmed.**".to_owned());
        parts.extend(hypothesis(facts));
        parts.extend(next_look(facts));
        parts.push(prompt("which confirmed why is the root cause?"));
    }
    if !declared.is_empty() {
        parts.push(list(declared.into_iter().map(|why| statement(facts, why))));
    }
    parts.join("\n\n")
}

/// Where the whys have led so far, said as what it is.
fn hypothesis(facts: &Facts<'_>) -> Option<String> {
    let why = facts.whys.deepest().filter(|why| !why.answer.is_blank())?;
    Some(format!("Leading hypothesis, to be confirmed or refuted: {}", stated(facts, why)))
}

/// How to find out whether the hypothesis holds, and what to ask if it does: general knowledge, said as what it is.
fn next_look(facts: &Facts<'_>) -> Option<String> {
    let verify = facts.story.verify.as_ref().map(|verify| format!("- **To confirm or refute it.** {}", inline(verify)));
    let behind = facts.story.behind.iter().map(|cause| inline(cause)).collect::<Vec<_>>().join("; ");
    let behind =
        (!behind.is_empty()).then(|| format!("- **What usually stands behind it.** {}.", capitalized(&behind)));
    let items: Vec<String> = verify.into_iter().chain(behind).collect();
    (!items.is_empty()).then(|| items.join("\n"))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn because(reason: &Unredacted, question: &str) -> String {
    if reason.is_blank() { prompt(question) } else { format!("Reason: {}", inline(reason.expose())) }
}

fn statement(facts: &Facts<'_>, why: &Why) -> String {
    let category = why.root_cause.map(|category| format!("**{}.** ", category.label())).unwrap_or_default();
    let marks = marks(facts, &why.evidence);
    let doubt = match why.state {
        WhyState::Confirmed if marks.is_empty() => " *(without evidence)*".to_owned(),
        WhyState::Confirmed => String::new(),
        state @ (WhyState::Proposed | WhyState::Possible | WhyState::Refuted) => {
            format!(" *(not confirmed: {})*", state.label())
        }
    };
    format!("{category}{}{marks}{doubt}", inline(facts.said(why).words))
}

/// One sentence for the summary.
pub(super) fn root_cause_in_short(facts: &Facts<'_>) -> String {
    let confirmed: Vec<_> =
        facts.whys.root_causes().into_iter().filter(|why| why.state == WhyState::Confirmed).collect();
    match (&facts.issue.outcome, confirmed.as_slice()) {
        (Outcome::Inconclusive { .. }, _) => "Root cause: *inconclusive*.".to_owned(),
        (Outcome::Override { .. }, _) => "Root cause: *resolved by an override*.".to_owned(),
        (_, []) => {
            let none = "Root cause: *none is confirmed*.".to_owned();
            hypothesis(facts).map_or_else(|| none.clone(), |hypothesis| format!("{none} {hypothesis}"))
        }
        (_, [one]) => format!("Root cause: {}", statement(facts, one)),
        (_, several) => format!("Root causes: {}, listed below.", several.len()),
    }
}

/// What else was found, or may have played a part: causes beside the way to the root cause. The way itself is the chain
/// of effects, which the whys tell.
pub(super) fn contributing_factors(facts: &Facts<'_>) -> String {
    let counts = |why: &Why| matches!(why.state, WhyState::Confirmed | WhyState::Possible) && !why.answer.is_blank();
    let way = way_to_causes(facts);
    let others = facts.whys.walk().into_iter().map(|(_, why)| why).filter(|why| !way.contains(&why.id));
    let factors: Vec<String> = others
        .filter(|why| counts(why))
        .map(|why| {
            let (answer, state) = (inline(facts.said(why).words), why.state.label());
            format!("{answer} ({state}){}", marks(facts, &why.evidence))
        })
        .collect();
    if factors.is_empty() { prompt("what made it possible, or worse?") } else { list(factors.into_iter()) }
}

/// The root causes, or else the leading hypothesis, and all that leads to them.
fn way_to_causes(facts: &Facts<'_>) -> Vec<WhyId> {
    let mut ends = facts.whys.root_causes();
    if ends.is_empty() {
        ends.extend(facts.whys.deepest());
    }
    let mut way = Vec::new();
    for end in ends {
        let mut at = Some(end);
        while let Some(why) = at {
            way.push(why.id);
            at = why.parent.and_then(|parent| facts.whys.get(parent));
        }
    }
    way
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}
