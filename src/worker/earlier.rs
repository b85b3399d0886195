//! The earlier messages of a chat, as far as they fit: the newest whole, the older ones by their first sentences.
//!
//! The summary is made by rules, on this machine, so that nobody has to trust a model with what to leave out. What was
//! established before stands in the why tree, which always goes along.

use crate::domain::{ChatMessage, Role};
use crate::insight::estimate_tokens;

/// The most tokens that a summary takes: some thirty sentences.
const SUMMARY_MAX: u32 = 800;

/// The most characters of a message that the summary repeats.
const SENTENCE_CHARS: usize = 160;

const HEADING: &str = "\n# Earlier in this conversation (a summary by first sentences, made by the program)\n\n";

/// What goes along of the earlier messages.
#[derive(Debug)]
pub(super) struct Earlier<'a> {
    /// The newest, oldest of them first.
    pub(super) whole: &'a [ChatMessage],
    /// Markdown with its heading; empty when all fit.
    pub(super) summary: String,
    /// What is not said, in words.
    pub(super) left_out: Vec<String>,
}

impl<'a> Earlier<'a> {
    /// `budget` is in tokens.
    pub(super) fn fitting(history: &'a [ChatMessage], budget: u32) -> Self {
        let whole = newest_that_fit(history, budget);
        if whole.len() == history.len() {
            return Self { whole, summary: String::new(), left_out: Vec::new() };
        }
        let for_summary = (budget / 4).min(SUMMARY_MAX);
        let whole = newest_that_fit(history, budget - for_summary);
        let older = history.get(..history.len() - whole.len()).unwrap_or_default();
        let (summary, told) = summary(older, for_summary);
        Self { whole, summary, left_out: left_out(older.len() - told, told) }
    }
}

/// An answer without its question would confuse, so a cut never falls between the two.
fn newest_that_fit(history: &[ChatMessage], budget: u32) -> &[ChatMessage] {
    let mut used = 0;
    let mut from = history.len();
    for (index, message) in history.iter().enumerate().rev() {
        used += estimate_tokens(message.text.expose());
        if used > budget {
            break;
        }
        if message.role == Role::User {
            from = index;
        }
    }
    history.get(from..).unwrap_or_default()
}

/// The summary, and how many of the messages it tells of: the newest of them.
fn summary(older: &[ChatMessage], budget: u32) -> (String, usize) {
    let mut left = budget.saturating_sub(estimate_tokens(HEADING));
    let mut lines = Vec::new();
    for message in older.iter().rev() {
        let who = if message.role == Role::User { "Asked" } else { "Answered" };
        let line = match first_sentence(message.text.expose()) {
            Some(sentence) => format!("- {who}: {sentence}\n"),
            None => String::new(),
        };
        let cost = estimate_tokens(&line);
        if cost > left {
            break;
        }
        left -= cost;
        lines.push(line);
    }
    let told = lines.len();
    let text: String = lines.into_iter().rev().collect();
    if text.is_empty() { (String::new(), told) } else { (format!("{HEADING}{text}"), told) }
}

/// The first sentence of the first line that is prose; `None` when there is none.
fn first_sentence(text: &str) -> Option<String> {
    let mut in_code = false;
    let mut lines = text.lines().filter_map(|line| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return None;
        }
        let line = line.trim().trim_start_matches(['#', '>', '*', '-', ' ']);
        (!in_code && !line.is_empty()).then_some(line)
    });
    let line = lines.next().or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty()))?;
    let mut ends = line.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?'));
    // A point within a number, a name or an address ends no sentence.
    let end = ends.find_map(|(at, c)| {
        let rest = line.get(at + c.len_utf8()..)?;
        rest.starts_with(char::is_whitespace).then_some(at + c.len_utf8())
    });
    let sentence = end.and_then(|end| line.get(..end)).unwrap_or(line);
    let short: String = sentence.chars().take(SENTENCE_CHARS).collect();
    Some(if short.len() < sentence.len() { format!("{}…", short.trim_end()) } else { short })
}

fn left_out(untold: usize, told: usize) -> Vec<String> {
    let messages = |count: usize| {
        if count == 1 { "the oldest message".to_owned() } else { format!("the {count} oldest messages") }
    };
    match (untold, told) {
        (0, 0) => Vec::new(),
        (0, told) => vec![format!("{} of the chat, but for a summary by their first sentences", messages(told))],
        (untold, 0) => vec![format!("{} of the chat", messages(untold))],
        (untold, told) => vec![
            format!("{} of the chat", messages(untold)),
            format!("{told} after these, but for a summary by their first sentences"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConversationId, MessageId, MessageState, Unredacted};
    use jiff::Timestamp;

    fn message(role: Role, text: &str) -> ChatMessage {
        ChatMessage {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            role,
            text: text.into(),
            reasoning: Unredacted::default(),
            state: MessageState::Complete,
            model: None,
            usage: None,
            cost_micros: None,
            took: None,
            proposals: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn chat(turns: usize, words: usize) -> Vec<ChatMessage> {
        let filler = "word ".repeat(words);
        (0..turns)
            .flat_map(|turn| {
                [
                    message(Role::User, &format!("Question {turn} is this. {filler}")),
                    message(Role::Assistant, &format!("Answer {turn} is that. {filler}")),
                ]
            })
            .collect()
    }

    #[test]
    fn all_that_fits_is_whole() {
        let history = chat(3, 10);
        let earlier = Earlier::fitting(&history, 10_000);
        assert_eq!((earlier.whole.len(), earlier.summary.as_str(), earlier.left_out.len()), (6, "", 0));
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_first_sentences() {
        let history = chat(10, 100);
        let earlier = Earlier::fitting(&history, 1_500);
        let whole = earlier.whole.len();
        assert!(whole >= 4 && whole.is_multiple_of(2), "{whole}");
        assert!(earlier.summary.contains("- Asked: Question 0 is this.\n- Answered: Answer 0 is that.\n"));
        assert!(!earlier.summary.contains("word"));
        let told = 20 - whole;
        let expected = format!("the {told} oldest messages of the chat, but for a summary by their first sentences");
        assert_eq!(earlier.left_out, [expected]);
    }

    #[test]
    fn nothing_is_left_out_without_saying_so() {
        for budget in [0, 50, 100, 200, 400, 800, 1_600, 3_200, 100_000] {
            let history = chat(40, 50);
            let earlier = Earlier::fitting(&history, budget);
            let told = earlier.summary.lines().filter(|line| line.starts_with("- ")).count();
            let silent = history.len() - earlier.whole.len() - told;
            let said: Vec<&str> = earlier.left_out.iter().map(String::as_str).collect();
            assert_eq!(
                silent > 0,
                said.iter().any(|line| line.ends_with("oldest messages of the chat")),
                "{budget} {said:?}"
            );
            let tokens: u32 = earlier.whole.iter().map(|message| estimate_tokens(message.text.expose())).sum();
            assert!(tokens + estimate_tokens(&earlier.summary) <= budget + 1, "{budget}");
        }
    }

    #[test]
    fn a_sentence_is_the_first_of_the_prose() {
        let cases = [
            ("The pool 4.3.0 at 10.0.0.7 was cut. Then more.", Some("The pool 4.3.0 at 10.0.0.7 was cut.")),
            ("## Heading\n\nText", Some("Heading")),
            ("```\ncode\n```\n- Why? Because.", Some("Why?")),
            ("```\nonly code", Some("```")),
            ("no end", Some("no end")),
            (" \n ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(first_sentence(text).as_deref(), expected, "{text}");
        }
        let long = first_sentence(&"ä".repeat(1_000)).unwrap();
        assert_eq!(long.chars().count(), SENTENCE_CHARS + 1);
    }
}
