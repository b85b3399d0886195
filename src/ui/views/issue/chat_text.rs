//! What is shown of an answer: without its machine-readable part, and with its citations as links.

use crate::domain::Citation;
use crate::privacy::unfinished;
use crate::ui::widgets::markdown::LOCAL_SCHEME;
use crate::worker::citations;
use std::borrow::Cow;

const FENCE: &str = "```triage";

/// The part of an answer that is for people. While it streams, all from the beginning of a block on is held back, and
/// so is what may become one, and what may become a placeholder.
pub(super) fn visible(text: &str, streams: bool) -> Cow<'_, str> {
    if !text.contains(FENCE) {
        let text = if streams { without_begun_fence(text) } else { text };
        let end = unfinished(text).filter(|_| streams).unwrap_or(text.len());
        return Cow::Borrowed(text.get(..end).unwrap_or(text));
    }
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, block)) = rest.split_once(FENCE) {
        shown.push_str(before);
        rest = block.split_once("```").filter(|_| !streams).map_or("", |(_, behind)| behind);
    }
    shown.push_str(rest);
    shown.truncate(shown.trim_end().len());
    Cow::Owned(shown)
}

fn without_begun_fence(text: &str) -> &str {
    let mut begun = (3..FENCE.len()).rev().filter_map(|length| FENCE.get(..length));
    begun.find_map(|head| text.strip_suffix(head)).unwrap_or(text)
}

/// The text with each citation outside code blocks as a link, and what the links cite, by number.
pub(super) fn linked(text: &str, file_names: &[&str]) -> (String, Vec<Citation>) {
    let found = citations(text, file_names);
    let mut result = String::with_capacity(text.len() + found.len() * 16);
    let mut cited = Vec::new();
    let mut done = 0;
    for (range, citation) in found {
        let (Some(before), Some(behind)) = (text.get(..range.start), text.get(range.end..)) else { continue };
        if range.start < done || in_code_block(before) || before.ends_with('[') {
            continue;
        }
        // In backticks it stays code, as the words of a link.
        let quoted = before.ends_with('`') && !before.ends_with("``") && behind.starts_with('`');
        let (start, end) = if quoted { (range.start - 1, range.end + 1) } else { (range.start, range.end) };
        let (Some(between), Some(words)) = (text.get(done..start), text.get(start..end)) else { continue };
        result.push_str(between);
        result.push_str(&format_link(words, cited.len()));
        cited.push(citation);
        done = end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    (result, cited)
}

fn format_link(words: &str, number: usize) -> String {
    format!("[{words}]({LOCAL_SCHEME}{number})")
}

fn in_code_block(before: &str) -> bool {
    before.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LineRange;

    #[test]
    fn the_machine_readable_part_is_never_shown() {
        let cases = [
            ("The pool.\n```triage\n{\"le", true, "The pool."),
            ("The pool.\n```tri", true, "The pool.\n"),
            ("The pool.\n```", true, "The pool.\n"),
            ("The pool.\n```sh\nls", true, "The pool.\n```sh\nls"),
            ("The pool.\n```triage\n{}\n```\nAnd more", false, "The pool.\n\nAnd more"),
            ("The pool.\n```triage\n{\"le", false, "The pool."),
            ("ünïcode `", true, "ünïcode `"),
            ("ask [Ema", true, "ask "),
            ("ask [Email-1", true, "ask "),
            ("ask Email-1", true, "ask "),
            ("ask [Email-1]", true, "ask [Email-1]"),
            ("ask [Ema", false, "ask [Ema"),
        ];
        for (text, streams, expected) in cases {
            assert_eq!(visible(text, streams), expected, "{text}");
        }
    }

    #[test]
    fn citations_become_links_but_not_in_code_blocks() {
        let text = "See app.log:905 and `app.log:7-9`.\n```\napp.log:3\n```\nünd app.log:1";
        let (linked, cited) = linked(text, &["app.log"]);
        assert_eq!(
            linked,
            "See [app.log:905](line:0) and [`app.log:7-9`](line:1).\n```\napp.log:3\n```\nünd [app.log:1](line:2)"
        );
        let lines: Vec<_> = cited.iter().map(|one| one.lines).collect();
        assert_eq!(lines, [LineRange { first: 905, last: 905 }, LineRange { first: 7, last: 9 }, LineRange::single(1)]);
    }
}
