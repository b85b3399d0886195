//! Making text from outside safe to look at and safe to quote: hidden characters and fences.

use super::plain::{Part, parts, plain};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text without ANSI escapes, and with what would act in hiding made visible as `<U+202E>`.
///
/// Tabs and line breaks stay. Carriage returns before a line break go, and so do variation selectors, which only choose
/// how the character before them is drawn.
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut result: Option<String> = None;
    for (range, part) in parts(text) {
        let seen = text.get(range.clone()).unwrap_or_default();
        if result.is_none() && part == Part::Seen && !seen.contains('\r') {
            if range.len() == text.len() {
                return Cow::Borrowed(text);
            }
            result = Some(seen.to_owned());
            continue;
        }
        let result = result.get_or_insert_with(|| String::with_capacity(text.len()));
        match part {
            Part::Seen => result.extend(seen.split("\r\n").enumerate().flat_map(|(line, words)| {
                let line_break = if line == 0 { "" } else { "\n" };
                [line_break, words]
            })),
            Part::Escape | Part::Hidden('\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') => {}
            Part::Break(letter) | Part::Hidden(letter) => {
                // Writing to a string cannot fail.
                write!(result, "<U+{:04X}>", u32::from(letter)).ok();
            }
        }
    }
    result.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Text wrapped as data: a fence of backticks that is longer than any inside, so that nothing inside closes it.
///
/// `name` is told in the first line, on one line and without backticks. What hides in the text goes: without it, two
/// short runs of backticks could become a long one later.
pub fn fence(name: &str, text: &str) -> String {
    let text = plain(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let name: String =
        plain(name).chars().map(|letter| if letter == '`' || letter.is_control() { ' ' } else { letter }).collect();
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}untrusted-data {}\n{text}{gap}{fence}\n", name.trim())
}

/// A text on one line and without backticks in a row, for a place in a prompt that has no fence of its own.
pub fn one_line(text: &str) -> String {
    let text = plain(text);
    let words: Vec<_> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    while line.contains("```") {
        line = line.replace("```", "'''");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(visible("GET /ä 200\tok\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn hidden_characters_are_shown_and_escapes_go() {
        let cases = [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{9b}1mbold", "bold"),
            ("\u{9d}0;title\u{9c}text", "text"),
            ("\u{1b}P1$r0m\u{1b}\\after", "after"),
            ("\u{1b}(Bplain\u{1b}=\u{1b}7", "plain"),
            ("\u{1b}]0;a title without an end\nnext", "\nnext"),
            ("a\r\nb\rc", "a\nb<U+000D>c"),
            ("\r\n\r\n", "\n\n"),
            ("50%\r100%", "50%<U+000D>100%"),
            ("user\u{202e}gpj.exe", "user<U+202E>gpj.exe"),
            ("a\u{2066}b\u{2069}", "a<U+2066>b<U+2069>"),
            ("zero\u{200b}width", "zero<U+200B>width"),
            ("tag\u{e0041}ged", "tag<U+E0041>ged"),
            ("bell\u{7}back\u{8}", "bell<U+0007>back<U+0008>"),
            ("next\u{85}line\u{2028}sep", "next<U+0085>line<U+2028>sep"),
            ("warn ⚠\u{fe0f}", "warn ⚠"),
            ("nul\0", "nul<U+0000>"),
            ("cut \u{1b}", "cut "),
            ("cut \u{1b}[3", "cut "),
            ("\u{1b}\nkept", "\nkept"),
            ("Cyrillic раss stays", "Cyrillic раss stays"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_fence_inside_does_not_close_the_fence() {
        assert_eq!(fence("a.log", "x\n````\ny"), "`````untrusted-data a.log\nx\n````\ny\n`````\n");
        assert_eq!(fence("a`\n.log", ""), "```untrusted-data a  .log\n```\n");
        assert_eq!(fence("a", "``\u{200b}``"), "`````untrusted-data a\n````\n`````\n");
    }

    #[test]
    fn a_line_of_its_own_holds_no_fence_and_no_heading() {
        assert_eq!(one_line("a\n````\r\n# b\u{200b}\n``\u{200b}`"), "a '''` # b '''");
    }
}
