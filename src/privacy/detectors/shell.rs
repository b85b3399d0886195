//! The words of a command line, as a shell tells them apart: what stands in quotes is one.

use super::bytes::{at, before, run_end, slice};
use memchr::{memchr, memchr2};
use std::ops::Range;

/// How much of a command line is read.
const LONGEST: usize = 2048;

/// One word: without its quotes, and where it ends with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub inner: Range<usize>,
    pub end: usize,
    /// Whether all of it stands in quotes.
    pub quoted: bool,
}

/// Where the line of a command that goes on at `start` ends.
pub(super) fn line_end(bytes: &[u8], start: usize) -> usize {
    let line = slice(bytes, start..bytes.len().min(start + LONGEST));
    start + memchr2(b'\n', b'\r', line).unwrap_or(line.len())
}

/// The word that begins at `start`, up to where the command is piped into another one.
///
/// A quote within a word opens only behind a flag or a sign that separates, `-p'secret'`, `user:"secret"`; elsewhere it
/// ends what the whole command is quoted in.
pub(super) fn word(bytes: &[u8], start: usize, limit: usize) -> Word {
    let limit = limit.min(bytes.len());
    if opens(bytes, start) {
        let quote = quote_end(bytes, start);
        let closing = closing(bytes, start, limit);
        let end = closing.as_ref().map_or(limit, |closing| closing.start);
        return Word { inner: quote..end.max(quote), end: closing.map_or(limit, |closing| closing.end), quoted: true };
    }
    let mut end = start;
    while end < limit {
        end = run_end(bytes, end, limit - end, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b'|'));
        if at(bytes, end) <= b' ' || at(bytes, end) == b'|' || end >= limit {
            break;
        }
        let from = end - run_of_slashes(bytes, start, end);
        let flag = at(bytes, start) == b'-' && end - start <= 3;
        let opened = flag || matches!(before(bytes, from), b':' | b'=' | b',' | b'%' | b'/');
        let Some(closing) = opened.then(|| closing(bytes, from, limit)).flatten() else {
            return Word { inner: start..from, end: from, quoted: false };
        };
        end = closing.end;
    }
    Word { inner: start..end, end, quoted: false }
}

/// Whether quotes open here: at a word's beginning, with the backslashes of a text in quotes before them.
fn opens(bytes: &[u8], start: usize) -> bool {
    let quote = quote_end(bytes, start) - 1;
    matches!(at(bytes, quote), b'"' | b'\'')
        && !matches!(before(bytes, start), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'\\')
}

fn quote_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 3, |byte| byte == b'\\') + 1
}

fn run_of_slashes(bytes: &[u8], start: usize, end: usize) -> usize {
    slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// The quotes that close those that open at `start`, which may be a backslash before them.
fn closing(bytes: &[u8], start: usize, limit: usize) -> Option<Range<usize>> {
    let first = quote_end(bytes, start);
    let (quote, escapes) = (before(bytes, first), first - 1 - start);
    let mut index = first;
    while index < limit {
        let end = index + memchr(quote, slice(bytes, index..limit))?;
        let slashes = run_of_slashes(bytes, first, end);
        if slashes == escapes || (escapes == 0 && (quote == b'\'' || slashes.is_multiple_of(2))) {
            return Some(end - slashes.min(escapes)..end + 1);
        }
        index = end + 1;
    }
    None
}

/// Without the quotes that stand around it, with their backslashes or without.
pub(super) fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let quote = quote_end(bytes, range.start);
    let quoted = matches!(before(bytes, quote), b'"' | b'\'');
    match quoted.then(|| closing(bytes, range.start, range.end)).flatten() {
        Some(closing) if closing.end == range.end => quote..closing.start,
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<&str> {
        let (bytes, mut found, mut next) = (line.as_bytes(), Vec::new(), 0);
        while next < line.len() && at(bytes, next) != b'|' {
            let start = run_end(bytes, next, 16, |byte| byte == b' ');
            let word = word(bytes, start, line.len());
            next = word.end.max(start + 1);
            if at(bytes, word.end) == b'|' && word.inner.is_empty() {
                break;
            }
            found.extend(line.get(word.inner).filter(|word| !word.is_empty()));
        }
        found
    }

    #[test]
    fn what_stands_in_quotes_is_one_word() {
        let cases = [
            ("a -p 'x|y' b | c", &["a", "-p", "x|y", "b"][..]),
            (r#"a "x; y" z"#, &["a", "x; y", "z"]),
            (r#"a "x\"y" z"#, &["a", r#"x\"y"#, "z"]),
            (r"a -u b:'x y' z", &["a", "-u", "b:'x y'", "z"]),
            (r#"a -p"x y" z"#, &["a", r#"-p"x y""#, "z"]),
            (r#"a \"x y\" z"#, &["a", "x y", "z"]),
        ];
        for (line, expected) in cases {
            let found = words(line);
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_quote_around_the_whole_command_ends_it() {
        let line = r#"a -pSecret", "next"#;
        assert_eq!(words(line).get(1), Some(&"-pSecret"));
    }
}
