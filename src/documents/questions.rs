//! What no fact answers: a question to the author stands in its place, never a guess.

use super::Facts;
use super::markup::{indented, prose};
use crate::domain::Question;

/// How a question to the author begins; the check finds it by this.
pub(super) const PROMPT: &str = "*Not recorded yet: ";

/// How the question ends that a missing mark of the timeline leaves.
pub(super) const UNMARKED: &str = " is not marked in the timeline";

/// A question to the author, where the facts are silent.
pub(super) fn prompt(question: &str) -> String {
    format!("{PROMPT}{question}*")
}

/// What people have told, as paragraphs, or the question.
pub(super) fn told(facts: &Facts<'_>, question: Question) -> String {
    facts.told.answer(question).map_or_else(|| prompt(question.asks()), |answer| prose(answer.expose()))
}

/// The same as an item of a list, with a name in front.
pub(super) fn told_item(facts: &Facts<'_>, name: &str, question: Question) -> String {
    format!("- **{name}.** {}", indented(&told(facts, question)))
}
