//! Markdown from plain text: what a user wrote keeps its letters and cannot change the structure around it.
//!
//! Only what would be read as markup is escaped, and never inside a name, an address or a path: the finished document
//! may go through the privacy gate, and a value that a backslash has cut in two would no longer be recognized.

use crate::domain::Placeholder;

/// The shortest fence of a code block.
const FENCE: usize = 3;
/// How many characters of a hash are shown.
const SHORT_HASH: usize = 12;

/// One line of text, for a heading, a cell, or the start of a paragraph. Line breaks become spaces.
pub fn inline(text: &str) -> String {
    let one_line: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = one_line.split(' ').filter(|word| !word.is_empty()).collect();
    escape(&words.join(" "))
}

/// Text of several lines as paragraphs; a line end inside a paragraph stays a line end.
pub(super) fn prose(text: &str) -> String {
    let text = normal_line_ends(text);
    let lines: Vec<String> = text.lines().map(inline).collect();
    let paragraphs = lines.split(String::is_empty).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join("\\\n")).collect::<Vec<_>>().join("\n\n")
}

/// Markdown whose further lines belong to the list item in which it stands.
pub(super) fn indented(markdown: &str) -> String {
    let lines = markdown.lines().map(|line| if line.is_empty() { String::new() } else { format!("  {line}") });
    lines.collect::<Vec<_>>().join("\n").trim_start().to_owned()
}

/// Text of several lines as a block quote.
pub(super) fn quote(text: &str) -> String {
    let lines = prose(text);
    lines
        .lines()
        .map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text as it is, in a code block whose fence is longer than any in the text.
pub(super) fn code_block(text: &str) -> String {
    let text = normal_line_ends(text);
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(FENCE.max(longest + 1));
    format!("{fence}text\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// A table; cells are Markdown already, of one line each.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut lines = vec![row(head), row(&vec!["---"; head.len()])];
    lines.extend(rows.iter().map(|cells| row(cells)));
    lines.join("\n")
}

fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<&str> =
        cells.iter().map(|cell| if cell.as_ref().is_empty() { "—" } else { cell.as_ref() }).collect();
    format!("| {} |", cells.join(" | "))
}

/// The first characters of a hash, as code.
pub(super) fn short_hash(hash: &str) -> String {
    let short: String = hash.chars().filter(char::is_ascii_alphanumeric).take(SHORT_HASH).collect();
    if short.is_empty() { String::new() } else { format!("`{short}`") }
}

fn normal_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Escapes one trimmed line.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let leading = leading_mark(line);
    let closing = line.len() - line.trim_end_matches('#').len();
    let mut before = None;
    let mut bare_bracket_until = 0;
    for (at, c) in line.char_indices() {
        let rest = line.get(at..).unwrap_or_default();
        if c == '['
            && let Some(length) = reference(rest)
        {
            bare_bracket_until = at + length;
        }
        let is_bare = at < bare_bracket_until;
        // Hashes at the end of a heading would be taken for its closing sequence.
        let is_closing = c == '#' && at == line.len() - closing && before.is_none_or(|c| c == ' ');
        // `[E1](…)` and `[E1]: …` would be a link and the definition of one.
        let is_link_tail = before == Some(']') && at == bare_bracket_until && matches!(c, '(' | ':');
        if leading == Some(at) || is_closing || is_link_tail || (!is_bare && is_markup(c, before, rest)) {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

/// Whether this character would be read as markup here. `rest` begins with it.
fn is_markup(c: char, before: Option<char>, rest: &str) -> bool {
    let after = rest.chars().nth(1);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '`' | '*' | '|' | '[' => true,
        '\\' => after.is_none_or(|c| c.is_ascii_punctuation()),
        '_' => !(is_word(before) && is_word(after)),
        '~' => before != Some('/') && after != Some('/'),
        '<' => after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => is_entity(rest),
        _ => false,
    }
}

/// Where to escape so that the line does not begin a heading, a list, a quote, a rule or a table.
fn leading_mark(line: &str) -> Option<usize> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after_digits = line.get(digits..).unwrap_or_default();
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    if digits > 0 {
        return after_digits.strip_prefix(['.', ')']).filter(|rest| ends(rest)).map(|_| digits);
    }
    let first = line.chars().next()?;
    let rest = line.get(first.len_utf8()..).unwrap_or_default();
    let begins_block = match first {
        '#' => ends(rest.trim_start_matches('#')),
        '>' | '=' => true,
        '-' | '+' => ends(rest) || rest.starts_with(first),
        ':' => rest.starts_with('-'),
        _ => false,
    };
    begins_block.then_some(0)
}

/// The length of a placeholder or an evidence mark, which stays as it is: `[Email-1]`, `[E1]`.
fn reference(rest: &str) -> Option<usize> {
    let length = rest.find(']')? + 1;
    let mark = rest.get(..length)?;
    (Placeholder::parse(mark).is_some() || evidence_number(mark).is_some()).then_some(length)
}

/// Reads `[E12]`.
pub(super) fn evidence_number(mark: &str) -> Option<u32> {
    let digits = mark.strip_prefix("[E")?.strip_suffix(']')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Whether `&amp;`, `&#39;` or the like begins here.
fn is_entity(rest: &str) -> bool {
    let Some((name, _)) = rest.strip_prefix('&').and_then(|rest| rest.split_once(';')) else { return false };
    (1..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::testing::plain_text;
    use proptest::prelude::*;

    #[test]
    fn a_value_that_the_gate_must_see_is_not_cut_by_a_backslash() {
        let values = [
            "john_doe@corp-mail.net",
            "db_prod_01.corp.local",
            "https://api.corp.net/v1/users?id=7&name=a_b#top",
            "10.20.30.40:8443",
            "fe80::1ff:fe23:4567:890a",
            "C:\\Users\\bob\\app.log",
            "/home/bob/~cache/x",
            "~/notes.txt",
            "+49 30 901820",
            "-Dpassword=hunter2",
            "sk-proj-a1B2_c3D4",
            "[Email-1] and [E12]",
        ];
        for value in values {
            assert_eq!(inline(value), value);
        }
    }

    #[test]
    fn what_would_begin_a_block_is_escaped() {
        let lines = ["# a", "#", "- a", "+ a", "---", "1. a", "12) a", "> a", "===", "***", "___", "~~~", ":-", "```"];
        for line in lines {
            assert!(inline(line).contains('\\'), "{line}");
            assert_eq!(plain_text(&prose(&format!("before\n{line}"))), format!("before\n{line}"));
        }
    }

    #[test]
    fn the_fence_of_a_code_block_is_longer_than_any_in_the_text() {
        let block = code_block("a\r\n```\n````rust\nb\0\n");
        assert_eq!(block, "`````text\na\n```\n````rust\nb\n`````");
    }

    #[test]
    fn an_empty_cell_shows_a_dash() {
        assert_eq!(table(&["A", "B"], &[vec!["1".to_owned(), String::new()]]), "| A | B |\n| --- | --- |\n| 1 | — |");
    }

    #[test]
    fn only_a_whole_mark_is_one() {
        let cases = [("[E1]", Some(1)), ("[E120]", Some(120)), ("[E]", None), ("[E+1]", None), ("E1", None)];
        for (mark, number) in cases {
            assert_eq!(evidence_number(mark), number, "{mark}");
        }
    }

    proptest! {
        #[test]
        fn a_line_is_read_back_to_the_letter(line in "[ -~äé漢]{0,40}") {
            let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(plain_text(&inline(&line)), words.join(" "));
        }

        #[test]
        fn a_line_of_nothing_but_signs_is_read_back_too(line in r"[-#*_`~<>\[\]()!|\\&;:=+.1 aE]{0,16}") {
            let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(plain_text(&inline(&line)), words.join(" "));
        }
    }
}
