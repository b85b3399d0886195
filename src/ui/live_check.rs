//! What would be redacted of a text while it is being typed: asked of the worker once the typing rests, never in a
//! frame's own time.

use super::state::DraftCheck;
use crate::domain::{PiiSpan, Placeholder};
use crate::privacy::Vault;
use std::collections::BTreeMap;
use std::ops::Range;

/// How long a text must rest before it is looked at, in seconds.
pub const REST_SECS: f64 = 0.15;

/// How many fields are remembered.
const MOST: usize = 64;

/// A value in a text that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub placeholder: Placeholder,
    /// Whether the vault has the value; else the placeholder is given when the text is redacted.
    pub is_known: bool,
}

impl Mark {
    /// What a tooltip says.
    pub fn hint(&self) -> String {
        let kind = self.placeholder.kind.label();
        if self.is_known {
            format!("{kind}, sent as {}", self.placeholder)
        } else {
            format!("{kind}, will be redacted")
        }
    }
}

/// `2 values will be redacted when sent`; `None` when there are none.
pub fn count_in_words(marks: &[Mark]) -> Option<String> {
    match marks.len() {
        0 => None,
        1 => Some("1 value will be redacted when sent".to_owned()),
        count => Some(format!("{count} values will be redacted when sent")),
    }
}

/// What is known of a text, and what is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub marks: Vec<Mark>,
    /// Whether the detectors could not run, so that nothing could be sent either.
    pub has_failed: bool,
    /// Whether the worker is to be asked now.
    pub asks: bool,
    /// When to look again, in seconds from now.
    pub again_in: Option<f64>,
}

/// All fields that are being typed in, by key.
#[derive(Debug, Default)]
pub struct LiveChecks {
    fields: BTreeMap<String, Field>,
}

#[derive(Debug, Default)]
struct Field {
    seen: String,
    changed_at: f64,
    /// What the worker was asked last, and how many answers had come for the field before.
    asked: Option<(String, u64)>,
    /// The text that was looked at last, with what was found.
    answered: (String, Vec<Mark>),
    has_failed: bool,
}

impl LiveChecks {
    /// Looks at a field's text, at `now` in seconds. `answer` is the last one that the worker gave for this field.
    pub fn look(
        &mut self,
        key: &str,
        text: &str,
        now: f64,
        (answer, vault): (Option<&DraftCheck>, Option<&Vault>),
    ) -> Look {
        if self.fields.len() > MOST && !self.fields.contains_key(key) {
            self.fields.clear();
        }
        let field = self.fields.entry(key.to_owned()).or_default();
        field.take(answer, vault);
        if text != field.seen {
            text.clone_into(&mut field.seen);
            field.changed_at = now;
        }
        if text.trim().is_empty() {
            field.asked = None;
            field.answered = Default::default();
            return Look::default();
        }
        let mut look = Look { marks: moved(&field.answered, text), has_failed: field.has_failed, ..Look::default() };
        if field.asked.as_ref().is_none_or(|(asked, _)| asked != text) {
            let left = field.changed_at + REST_SECS - now;
            if left <= 0.0 {
                field.asked = Some((text.to_owned(), answer.map_or(0, |answer| answer.arrived)));
                look.asks = true;
            } else {
                look.again_in = Some(left);
            }
        }
        look
    }

    /// Asks anew for all: the rules or decisions have changed.
    pub fn forget(&mut self) {
        for field in self.fields.values_mut() {
            field.asked = None;
        }
    }
}

impl Field {
    /// An answer counts only for the text that was asked last: a request for a newer one drops the older job.
    fn take(&mut self, answer: Option<&DraftCheck>, vault: Option<&Vault>) {
        let Some(((asked, before), answer)) = self.asked.as_ref().zip(answer) else { return };
        if answer.arrived <= *before {
            return;
        }
        self.has_failed = answer.failure.is_some();
        let fits = |span: &&PiiSpan| asked.get(span.range.clone()) == Some(span.value.expose());
        let spans = answer.spans.iter();
        if spans.len() == spans.clone().filter(fits).count() {
            let mark = |span: &PiiSpan| Mark {
                range: span.range.clone(),
                placeholder: span.placeholder,
                is_known: vault.and_then(|vault| vault.value(span.placeholder)) == Some(&span.value),
            };
            self.answered = (asked.clone(), spans.map(mark).collect());
        }
    }
}

/// The marks of an earlier text that still stand in a later one: those before and behind what was changed.
fn moved((earlier, marks): &(String, Vec<Mark>), text: &str) -> Vec<Mark> {
    if earlier == text {
        return marks.clone();
    }
    let same = |(one, other): &(char, char)| one == other;
    let head: usize = earlier.chars().zip(text.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let (Some(earlier_rest), Some(rest)) = (earlier.get(head..), text.get(head..)) else { return Vec::new() };
    let tail: usize =
        earlier_rest.chars().rev().zip(rest.chars().rev()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let behind = earlier.len() - tail;
    let still = |mark: &Mark| {
        if mark.range.end <= head {
            return Some(mark.clone());
        }
        let shifted = mark.range.start.checked_sub(behind)? + text.len() - tail;
        Some(Mark { range: shifted..shifted + mark.range.len(), ..mark.clone() })
    };
    marks.iter().filter_map(still).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidence, PiiKind};

    fn email(number: u32) -> Placeholder {
        Placeholder { kind: PiiKind::Email, number }
    }

    fn answer(arrived: u64, text: &str, value: &str) -> DraftCheck {
        let start = text.find(value).unwrap();
        let range = start..start + value.len();
        let span = PiiSpan {
            kind: PiiKind::Email,
            range,
            value: value.into(),
            placeholder: email(1),
            confidence: Confidence::Likely,
        };
        DraftCheck { arrived, spans: vec![span], failure: None }
    }

    #[test]
    fn a_text_is_looked_at_once_it_rests_and_only_once() {
        let mut checks = LiveChecks::default();
        let first = checks.look("a", "ask a@b.io", 1.0, (None, None));
        assert!(!first.asks && first.again_in.is_some_and(|secs| secs > 0.1));
        assert!(!checks.look("a", "ask a@b.io,", 1.1, (None, None)).asks);
        assert!(!checks.look("a", "ask a@b.io,", 1.2, (None, None)).asks);
        assert!(checks.look("a", "ask a@b.io,", 1.3, (None, None)).asks);
        let later = checks.look("a", "ask a@b.io,", 9.0, (None, None));
        assert!(!later.asks && later.again_in.is_none());
    }

    #[test]
    fn marks_stay_on_their_values_while_one_types_on() {
        let mut checks = LiveChecks::default();
        checks.look("a", "ask a@b.io", 1.0, (None, None));
        assert!(checks.look("a", "ask a@b.io", 2.0, (None, None)).asks);
        let came = answer(1, "ask a@b.io", "a@b.io");
        let mut ranges = |text: &str| {
            let look = checks.look("a", text, 2.1, (Some(&came), None));
            look.marks.into_iter().map(|mark| text.get(mark.range).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ranges("ask a@b.io"), ["a@b.io"]);
        assert_eq!(ranges("please ask a@b.io"), ["a@b.io"]);
        assert_eq!(ranges("ask a@b.io nöw"), ["a@b.io"]);
        assert_eq!(ranges("ask a@x.io"), Vec::<String>::new());
        assert_eq!(ranges(""), Vec::<String>::new());
    }

    #[test]
    fn an_answer_from_before_the_question_is_not_taken_for_its_answer() {
        let mut checks = LiveChecks::default();
        let old = answer(3, "to a@b.io", "a@b.io");
        checks.look("a", "to a@b.io", 1.0, (Some(&old), None));
        assert!(checks.look("a", "to a@b.io", 2.0, (Some(&old), None)).asks);
        assert_eq!(checks.look("a", "to a@b.io", 2.1, (Some(&old), None)).marks, []);
        let new = answer(4, "to a@b.io", "a@b.io");
        assert_eq!(checks.look("a", "to a@b.io", 2.2, (Some(&new), None)).marks.len(), 1);
    }

    #[test]
    fn an_answer_about_another_text_is_ignored() {
        let mut checks = LiveChecks::default();
        checks.look("a", "to c@d.io", 1.0, (None, None));
        assert!(checks.look("a", "to c@d.io", 2.0, (None, None)).asks);
        let other = answer(1, "to a@b.io", "a@b.io");
        assert_eq!(checks.look("a", "to c@d.io", 2.1, (Some(&other), None)).marks, []);
    }

    #[test]
    fn a_value_that_the_vault_has_is_told_with_its_placeholder() {
        let mut checks = LiveChecks::default();
        checks.look("a", "to a@b.io", 1.0, (None, None));
        checks.look("a", "to a@b.io", 2.0, (None, None));
        let vault = Vault::from_entries([(email(1), "a@b.io".into())]);
        let came = answer(1, "to a@b.io", "a@b.io");
        let look = checks.look("a", "to a@b.io", 2.1, (Some(&came), Some(&vault)));
        assert_eq!(look.marks.first().map(Mark::hint).as_deref(), Some("Email, sent as [Email-1]"));
        assert_eq!(count_in_words(&look.marks).as_deref(), Some("1 value will be redacted when sent"));
    }
}
