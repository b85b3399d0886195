//! What a model's answer proposes: its fenced `triage` block, and the log lines that its text cites.

use super::mend::objects;
use crate::domain::{Author, Citation, LineRange, Proposal, RootCauseCategory};
use serde_json::{Map, Value};
use std::ops::Range;

/// Proposals taken from one block; a model that repeats itself writes hundreds.
const MAX_PROPOSALS: usize = 10;

/// An answer without its `triage` blocks, and what they propose.
///
/// Read as far as it goes: missing fields, one object in place of a list, numbers written as text, broken JSON, blocks
/// that are fenced differently, named otherwise or not at all, and blocks that do not end. Without a block, or without
/// a level in it, the level is read from the text.
pub fn parse_proposals(answer: &str, model: &str) -> (String, Vec<Proposal>) {
    let mut visible = String::with_capacity(answer.len());
    let mut proposals = Vec::new();
    let mut rest = answer;
    while let Some(block) = next_block(rest) {
        let found = read_block(block.inside, model);
        visible.push_str(block.before);
        // A block of another kind stays to be seen, unless it proposes something.
        if found.is_empty() && !block.is_named {
            visible.push_str(block.whole);
        }
        proposals.extend(found);
        rest = block.behind;
    }
    let (text, unfenced) = without_bare_object(rest, model, proposals.is_empty());
    visible.push_str(text);
    proposals.extend(unfenced);
    let level = level_in_text(&visible);
    for proposal in proposals.iter_mut().filter(|proposal| proposal.level == 0) {
        proposal.level = level.unwrap_or(1);
    }
    (visible.trim().to_owned(), proposals)
}

/// A fenced block of an answer.
struct Block<'a> {
    before: &'a str,
    whole: &'a str,
    inside: &'a str,
    behind: &'a str,
    /// Whether its fence says `triage`.
    is_named: bool,
}

/// The next fenced block that says `triage` or begins like JSON.
fn next_block(text: &str) -> Option<Block<'_>> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let start = ["```", "~~~"].iter().filter_map(|fence| rest.find(fence)).min()? + from;
        let after = text.get(start + 3..)?;
        let fence = text.get(start..start + 3)?;
        let first_line = after.lines().next().unwrap_or_default().trim_matches(['`', '~', ' ']);
        let label: String = first_line.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect();
        let is_named = label.to_lowercase().contains("triage");
        let label_end = after.find(label.as_str()).unwrap_or(0) + label.len();
        let content = after.get(label_end..)?.trim_start_matches(['`', '~']);
        let end = content.find(fence);
        let inside = end.and_then(|end| content.get(..end)).unwrap_or(content);
        let behind = end.and_then(|end| content.get(end..)).unwrap_or_default().trim_start_matches(['`', '~']);
        let begins_like_json = inside.trim_start().starts_with(['{', '[']);
        if is_named || begins_like_json {
            let behind = behind.strip_prefix('\n').unwrap_or(behind);
            let whole = text.get(start..text.len() - behind.len())?;
            return Some(Block { before: text.get(..start)?, whole, inside, behind, is_named });
        }
        from = text.len() - behind.len();
    }
}

/// Without any block: an object at the answer's end that looks like one, with or without the word before it.
fn without_bare_object<'a>(text: &'a str, model: &str, is_wanted: bool) -> (&'a str, Vec<Proposal>) {
    let start = text.match_indices('{').map(|(at, _)| at).find(|at| {
        let after = text.get(*at..).unwrap_or_default();
        let keys = after.get(..after.floor_char_boundary(200)).unwrap_or(after).to_lowercase();
        keys.contains("level") && (keys.contains("question") || keys.contains("answer"))
    });
    let Some((before, object)) = start.filter(|_| is_wanted).and_then(|start| text.split_at_checked(start)) else {
        return (text, Vec::new());
    };
    let found = read_block(object, model);
    if found.is_empty() { (text, found) } else { (before.trim_end().trim_end_matches("triage"), found) }
}

fn read_block(block: &str, model: &str) -> Vec<Proposal> {
    objects(block).iter().filter_map(|object| read_proposal(object, model)).take(MAX_PROPOSALS).collect()
}

fn read_proposal(object: &Map<String, Value>, model: &str) -> Option<Proposal> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let (question, answer) = (text("question"), text("answer"));
    if answer.is_empty() && question.is_empty() || is_template(&answer) {
        return None;
    }
    let declared = object.get("root_cause").is_some_and(is_true);
    let category = || RootCauseCategory::parse(&text("category").to_lowercase().replace([' ', '-'], "_"));
    Some(Proposal {
        level: object.get("level").and_then(number).and_then(|level| u32::try_from(level).ok()).unwrap_or(0),
        question: question.into(),
        answer: answer.into(),
        citations: object.get("lines").map(read_lines).unwrap_or_default(),
        root_cause: declared.then(|| category().unwrap_or(RootCauseCategory::Unknown)),
        confidence: object.get("confidence").and_then(confidence),
        author: Author::Model(model.to_owned()),
    })
}

/// What the short prompt shows in place of an answer; a small model repeats it.
fn is_template(answer: &str) -> bool {
    matches!(answer, "…" | "...")
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(told) => *told,
        Value::String(word) => word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("yes"),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn number(value: &Value) -> Option<u64> {
    // "Why 2" is a level too.
    value.as_u64().or_else(|| value.as_str()?.trim().trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok())
}

/// A percentage, or a share between 0 and 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100 before")]
fn confidence(value: &Value) -> Option<u8> {
    let told = value.as_f64().or_else(|| value.as_str()?.trim().trim_end_matches('%').parse().ok())?;
    let is_share = told > 0.0 && told <= 1.0 && !value.is_u64();
    let percent = if is_share { told * 100.0 } else { told };
    percent.is_finite().then(|| percent.clamp(0.0, 100.0).round() as u8)
}

fn read_lines(value: &Value) -> Vec<Citation> {
    match value {
        Value::String(one) => one.split(',').filter_map(parse_citation).collect(),
        Value::Array(many) => many.iter().filter_map(Value::as_str).filter_map(parse_citation).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// Reads `app.log:120-134`, the whole text and nothing else.
fn parse_citation(text: &str) -> Option<Citation> {
    let text = text.trim().trim_matches(['`', '[', ']', '(', ')']);
    let (file_name, lines) = text.rsplit_once(':')?;
    let (lines, used) = line_range(lines)?;
    let whole = used + file_name.len() + 1 == text.len();
    (whole && !file_name.is_empty()).then(|| Citation { file_name: file_name.to_owned(), lines, log: None })
}

/// A line or a range of lines at the beginning of `text`, and how many bytes it takes.
fn line_range(text: &str) -> Option<(LineRange, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let length = digits(text);
    let first: u64 = text.get(..length)?.parse().ok()?;
    let after = text.get(length..)?;
    for dash in ["-", "–", "—"] {
        let Some(second) = after.strip_prefix(dash) else { continue };
        let more = digits(second);
        let last = second.get(..more).and_then(|number| number.parse().ok());
        if let Some(range) = last.and_then(|last| LineRange::new(first, last)) {
            return Some((range, length + dash.len() + more));
        }
    }
    Some((LineRange::new(first, first)?, length))
}

/// The places in `text` that cite lines of the given logs: `app.log:120-134`, `app.log line 5`, `app.log lines 5-7`.
///
/// In the order of the text. That the lines exist is for the caller to verify.
pub fn citations(text: &str, file_names: &[&str]) -> Vec<(Range<usize>, Citation)> {
    let mut names: Vec<&str> = file_names.iter().copied().filter(|name| !name.is_empty()).collect();
    // Where one name ends with another, the longer one is meant.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut found: Vec<(Range<usize>, Citation)> = Vec::new();
    for name in names {
        for (start, _) in text.match_indices(name) {
            let behind = start + name.len();
            let Some((lines, used)) = text.get(behind..).and_then(lines_after_name) else { continue };
            let range = start..behind + used;
            let inside_word = text
                .get(..start)
                .is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || "-_/\\".contains(c)));
            let taken = found.iter().any(|(other, _)| other.start < range.end && range.start < other.end);
            if !inside_word && !taken {
                found.push((range, Citation { file_name: name.to_owned(), lines, log: None }));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn lines_after_name(rest: &str) -> Option<(LineRange, usize)> {
    let mut used = rest.len();
    let after_quote = rest.strip_prefix(['`', '"', '\'']).unwrap_or(rest);
    let marks = [":L", ":", "#L", ", lines ", ", line ", " lines ", " line "];
    let numbers = marks.iter().find_map(|mark| {
        after_quote.strip_prefix(mark).filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
    })?;
    used -= numbers.len();
    let (range, length) = line_range(numbers)?;
    Some((range, used + length))
}

/// The why level that a text speaks of: "Why 3", "3rd why"; at a named root cause, the fifth.
pub fn level_in_text(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let mut level = None;
    for (at, _) in lower.match_indices("why") {
        let after = lower.get(at + 3..).unwrap_or_default().trim_start_matches([' ', '#', '*', '_', '-']);
        let number: String = after.chars().take_while(char::is_ascii_digit).take(2).collect();
        level = level.max(number.parse::<u32>().ok().filter(|level| (1..=20).contains(level)));
    }
    let root = ["root cause identified", "root cause is", "root cause was", "root cause:"];
    if root.iter().any(|phrase| lower.contains(phrase)) { level.max(Some(5)) } else { level }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_block_is_taken_out_and_understood() {
        let answer = "The pool ran out.\n\n```triage\n{\"level\":2,\"question\":\"Why?\",\"answer\":\"Locks\",\"lines\":[\"app.log:905\",\"db.log:1-3\"],\"root_cause\":true,\"category\":\"code defect\",\"confidence\":70}\n```\nMore.";
        let (visible, proposals) = parse_proposals(answer, "m");
        assert_eq!(visible, "The pool ran out.\n\nMore.");
        let [one] = proposals.as_slice() else { panic!("{proposals:?}") };
        assert_eq!((one.level, one.confidence, one.root_cause), (2, Some(70), Some(RootCauseCategory::CodeDefect)));
        assert_eq!(one.citations[1].lines, LineRange::new(1, 3).unwrap());
        assert_eq!(one.author, Author::Model("m".to_owned()));
    }

    #[test]
    fn what_small_models_write_is_read_as_far_as_it_goes() {
        let cases = [
            ("list", "```triage\n[{\"answer\":\"a\"},{\"answer\":\"b\"}]\n```", 2),
            ("two objects", "```triage\n{\"answer\":\"a\"}\n{\"answer\":\"b\"}\n```", 2),
            ("not closed", "```triage\n{\"answer\":\"a\"}", 1),
            ("broken", "```triage\n{\"answer\":", 0),
            ("cut off", "```triage\n{\"level\":1,\"answer\":\"the disk is fu", 1),
            ("single quotes", "```triage\n{'level':1,'answer':'a',}\n```", 1),
            ("another fence", "~~~triage\n{\"answer\":\"a\"}\n~~~", 1),
            ("a space", "``` triage\n{\"answer\":\"a\"}\n```", 1),
            ("four ticks", "````triage\n{\"answer\":\"a\"}\n````", 1),
            ("json", "```json\n{\"level\":1,\"answer\":\"a\"}\n```", 1),
            ("no name", "```\n{\"level\":1,\"answer\":\"a\"}\n```", 1),
            ("no fence", "triage\n{\"level\":1,\"question\":\"Why?\",\"answer\":\"a\"}", 1),
            ("other code", "```sh\ndf -h\n```", 0),
            ("another object", "```json\n{\"name\":\"x\"}\n```", 0),
            ("the example", "```triage\n{\"level\":1,\"question\":\"Why …?\",\"answer\":\"…\"}\n```", 0),
            ("empty", "```triage\n{}\n```", 0),
            ("numbers as text", "```triage\n{\"level\":\"3\",\"answer\":\"a\",\"confidence\":\"80%\"}\n```", 1),
            ("none", "plain", 0),
        ];
        for (name, answer, count) in cases {
            assert_eq!(parse_proposals(answer, "m").1.len(), count, "{name}");
        }
        assert_eq!(parse_proposals("Why 3: x\n```triage\n{\"answer\":\"a\"}\n```", "m").1[0].level, 3);
    }

    #[test]
    fn only_what_proposes_something_is_hidden() {
        let cases = [
            ("See:\n```sh\ndf -h\n```\nthen look.", "See:\n```sh\ndf -h\n```\nthen look."),
            ("A.\n```json\n{\"name\":1}\n```\nB.", "A.\n```json\n{\"name\":1}\n```\nB."),
            ("A.\n```json\n{\"level\":1,\"answer\":\"x\"}\n```\nB.", "A.\nB."),
            ("A.\ntriage\n{\"level\":1,\"answer\":\"x\"}", "A."),
            ("Use {\"level\": \"debug\"} in the file.", "Use {\"level\": \"debug\"} in the file."),
        ];
        for (answer, visible) in cases {
            assert_eq!(parse_proposals(answer, "m").0, visible);
        }
    }

    #[test]
    fn a_model_that_repeats_itself_does_not_flood() {
        let block = "{\"answer\":\"a\"}\n".repeat(500);
        assert_eq!(parse_proposals(&format!("```triage\n{block}```"), "m").1.len(), MAX_PROPOSALS);
    }

    #[test]
    fn citations_are_found_in_text() {
        let text =
            "See app.log:120-134 and `my-app.log`:5, app.log line 7; not xapp.log:3 nor app.log alone, other.log:1";
        let found = citations(text, &["app.log", "my-app.log"]);
        let told: Vec<String> = found.iter().map(|(_, one)| format!("{}:{}", one.file_name, one.lines)).collect();
        assert_eq!(told, ["app.log:120-134", "my-app.log:5", "app.log:7"]);
        assert_eq!(text.get(found[0].0.clone()), Some("app.log:120-134"));
    }

    #[test]
    fn the_level_is_read_from_words() {
        let cases = [
            ("**Why 2**: because", Some(2)),
            ("Why #4?", Some(4)),
            ("The root cause is X", Some(5)),
            ("Why not?", None),
        ];
        for (text, level) in cases {
            assert_eq!(level_in_text(text), level, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_survived(answer in "(```triage)?[\\{\\}\\[\\]\":,a-z0-9`.\\-\\n ]{0,100}", name in "[a-c.]{0,4}") {
            parse_proposals(&answer, "m");
            for (range, _) in citations(&answer, &[&name]) {
                prop_assert!(answer.get(range).is_some());
            }
        }
    }
}
