//! The guide where no rule speaks: proposals that only quote what the logs report.

use super::chain::{Link, MAX_DEPTH};
use super::guide::{GuideInput, ToldTree, citations, cited, first_question, quoted};
use super::observed::{self, Observation};
use super::rules::{RuleBase, RuleKind};
use crate::domain::{Author, Proposal};

/// What a log says is surely said; whether it is the answer, nobody has judged.
const OBSERVED_CONFIDENCE: u8 = 25;

/// The exception behind the last step of a chain that ends without a cause, if the log names one.
pub(super) fn thrown_behind(input: &GuideInput<'_>, chain: &[Link]) -> Option<Proposal> {
    let level = u32::try_from(chain.len()).ok()? + 1;
    let last = chain.last().filter(|_| chain.len() < MAX_DEPTH)?;
    let is_cause = RuleBase::built_in().get(last.rule)?.kind == RuleKind::Cause;
    let said = observed::thrown_below(input.insight, last.lines.first()?.at).filter(|_| !is_cause)?;
    let is_new = chain.iter().flat_map(|link| &link.lines).all(|line| line.at != said.line.at);
    is_new.then(|| observed_proposal(input, &said, level))
}

/// What the logs say of themselves, where no rule explains it: one why for each step, as far as there are any.
pub(super) fn observed_chain(input: &GuideInput<'_>) -> Vec<Proposal> {
    (1..).zip(observed::steps(input.insight)).map(|(level, said)| observed_proposal(input, &said, level)).collect()
}

/// The next of these steps that the tree does not cite yet, with its line. Below a why that a rule knows, it is the
/// exception that the log names right behind that why's line.
pub(super) fn observed_step(input: &GuideInput<'_>, told: &ToldTree, level: u32) -> Option<(Proposal, String)> {
    let is_new = |said: &Observation| !told.cites(&input.insight.cite(said.line.at));
    let said = match told.path.last().and_then(|link| link.lines.first()) {
        Some(line) => observed::thrown_below(input.insight, line.at).filter(is_new)?,
        None => observed::steps(input.insight).into_iter().find(is_new)?,
    };
    let quote = quoted(input.insight, std::slice::from_ref(&said.line));
    Some((observed_proposal(input, &said, level), quote))
}

fn observed_proposal(input: &GuideInput<'_>, said: &Observation, level: u32) -> Proposal {
    let question = if level == 1 { first_question(input.title.expose()) } else { "Why was this reported?".to_owned() };
    Proposal {
        level,
        question: question.into(),
        answer: format!("{}. {}", said.says, cited(input.insight, &said.line, said.count)).into(),
        citations: citations(input, std::slice::from_ref(&said.line)),
        root_cause: None,
        confidence: Some(OBSERVED_CONFIDENCE),
        author: Author::Guide,
    }
}
