//! Reading `key=value` in all its dresses: assignments, JSON, YAML, headers, queries, flags, XML, prose.

use super::bytes::{at, before, run_end, slice};
use crate::domain::Placeholder;
use memchr::{memchr_iter, memchr2, memmem};
use std::ops::Range;

/// How a value was written: tells how far it may be trusted to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes, or between XML tags.
    Quoted,
    /// `key=value`
    Assigned,
    /// `key: value`, and the value is the last thing on its line or in its list.
    Colon,
    /// `--key value`
    Flag,
    /// Other words follow, or only a space separates: `password hunter2`, `password: expired since monday`.
    Prose,
}

/// The longest value that is followed.
const LONGEST: usize = 64 * 1024;

/// Longer than a host name, with a domain and a path.
const LONGEST_NAME: usize = 1024;

/// The value of the key that stands at `key`, without its quotes.
pub(super) fn value_of(bytes: &[u8], key: &Range<usize>) -> Option<(Range<usize>, Form)> {
    value_within(bytes, key, LONGEST)
}

/// As [`value_of`], of a key whose values are names: they are not followed any farther than names are long.
pub(super) fn name_of(bytes: &[u8], key: &Range<usize>) -> Option<(Range<usize>, Form)> {
    value_within(bytes, key, LONGEST_NAME)
}

fn value_within(bytes: &[u8], key: &Range<usize>, longest: usize) -> Option<(Range<usize>, Form)> {
    if is_placeholder(bytes, key) {
        return None;
    }
    let after_quote = closing_quote_end(bytes, key.end);
    if before(bytes, key.start) == b'<' && at(bytes, key.end) == b'>' {
        let end = run_end(bytes, key.end + 1, longest, |byte| !matches!(byte, b'<' | b'\n'));
        return (at(bytes, end) == b'<').then_some((key.end + 1..end, Form::Quoted));
    }
    let gap = skip_blanks(bytes, after_quote);
    let (start, form) = match separator_end(bytes, gap) {
        Some(end) => (skip_blanks(bytes, end), if at(bytes, gap) == b':' { Form::Colon } else { Form::Assigned }),
        None if gap == after_quote || after_quote != key.end || matches!(at(bytes, gap), b'=' | b':' | b'!') => {
            return None;
        }
        None if before(bytes, key.start) == b'-' => (gap, Form::Flag),
        None => (skip_verb(bytes, gap), Form::Prose),
    };
    if let Some(range) = quoted(bytes, start, longest) {
        return Some((range, Form::Quoted));
    }
    // A quote that never closes still begins a value.
    let start = if matches!(at(bytes, start), b'"' | b'\'') { start + 1 } else { start };
    let end = bare_end(bytes, start, longest);
    let glued = form == Form::Colon && start == gap + 1;
    let form = if form == Form::Colon && !glued && words_follow(bytes, end) { Form::Prose } else { form };
    (end > start && !(form == Form::Flag && at(bytes, start) == b'-')).then_some((start..end, form))
}

/// Whether a key is only a word of a sentence, told in a few steps: `user mkeller`. Then its value is [`Form::Prose`].
pub(super) fn is_in_prose(bytes: &[u8], key: &Range<usize>) -> bool {
    let next = slice(bytes, key.end + 1..key.end + 4);
    at(bytes, key.end) == b' '
        && next.first().is_some_and(u8::is_ascii_alphanumeric)
        && before(bytes, key.start) != b'-'
        && !next.starts_with(b"is")
        && !next.starts_with(b"to")
        && next != b"was"
}

/// `[Token-1]: …` names no key.
fn is_placeholder(bytes: &[u8], key: &Range<usize>) -> bool {
    before(bytes, key.start) == b'['
        && std::str::from_utf8(slice(bytes, key.start - 1..key.end + 1))
            .is_ok_and(|text| Placeholder::parse(text).is_some())
}

/// After the quote or bracket that ends the key's own name: `"key"`, `\"key\"`, `['key']`.
fn closing_quote_end(bytes: &[u8], end: usize) -> usize {
    let end = run_end(bytes, end, 3, |byte| byte == b'\\');
    run_end(bytes, end, 2, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']'))
}

fn skip_blanks(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 64, |byte| matches!(byte, b' ' | b'\t'))
}

/// After `=`, `:`, `:=`, `=>`, `%3D`, or the full-width colon; `None` for `==` and `::`.
fn separator_end(bytes: &[u8], start: usize) -> Option<usize> {
    match (at(bytes, start), at(bytes, start + 1)) {
        (b'=', b'=' | b'~') | (b':', b':') => None,
        (b'=', b'>') | (b':', b'=') => Some(start + 2),
        (b'=' | b':', _) => Some(start + 1),
        (b'%', b'3') if matches!(at(bytes, start + 2), b'D' | b'd') => Some(start + 3),
        _ => slice(bytes, start..start + 3).eq("：".as_bytes()).then_some(start + 3),
    }
}

/// After `is`, `was` or `to`, as in "the password is …".
fn skip_verb(bytes: &[u8], start: usize) -> usize {
    let end = run_end(bytes, start, 4, |byte| byte.is_ascii_alphabetic());
    let verb = matches!(slice(bytes, start..end), b"is" | b"was" | b"to");
    if verb { skip_blanks(bytes, end) } else { start }
}

/// What stands in quotes that begin at `start` and end on the same line.
fn quoted(bytes: &[u8], start: usize, longest: usize) -> Option<Range<usize>> {
    let escapes = run_end(bytes, start, 3, |byte| byte == b'\\') - start;
    let quote = at(bytes, start + escapes);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let first = start + escapes + 1;
    let mut index = first;
    let limit = bytes.len().min(first + longest);
    while index < limit {
        let found = index + memchr2(quote, b'\n', slice(bytes, index..limit))?;
        if at(bytes, found) == b'\n' {
            return None;
        }
        let slashes = slice(bytes, first..found).iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes == escapes || (escapes == 0 && slashes % 2 == 0) {
            return Some(first..found - slashes.min(escapes));
        }
        index = found + 1;
    }
    None
}

/// The end of a value without quotes: at white space, a quote, a bracket of markup, or where the next pair begins.
fn bare_end(bytes: &[u8], start: usize, longest: usize) -> usize {
    let stops = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | 0x7f);
    let end = run_end(bytes, start, longest, |byte| !stops(byte));
    let end = start + wide_punctuation(slice(bytes, start..end));
    let end = start + next_pair(slice(bytes, start..end));
    start + without_closers(slice(bytes, start..end)).len()
}

/// Where Chinese and Japanese punctuation ends a value.
fn wide_punctuation(value: &[u8]) -> usize {
    let marks = ["，", "。", "、", "；", "）", "」", "！", "：", "”", "’", "»", "…"];
    if value.is_ascii() {
        return value.len();
    }
    marks.iter().filter_map(|mark| memmem::find(value, mark.as_bytes())).min().unwrap_or(value.len())
}

/// Where `;`, `&` or `,` is followed by another key and `=` or `:`.
fn next_pair(value: &[u8]) -> usize {
    let mut start = 0;
    while let Some(found) = slice(value, start..value.len()).iter().position(|byte| matches!(byte, b';' | b'&' | b','))
    {
        let found = start + found;
        let name = run_end(value, found + 1, 40, |byte| super::bytes::is_name(byte) || byte == b'"');
        let pair = name > found + 1 && matches!(at(value, name), b'=' | b':');
        if pair || found + 1 == value.len() || (at(value, found) == b';' && at(value, found + 1) == b'}') {
            return found;
        }
        start = found + 1;
    }
    value.len()
}

/// Without the closing brackets that were opened before the value, and the punctuation of the sentence.
fn without_closers(mut value: &[u8]) -> &[u8] {
    while let Some((last, rest)) = value.split_last() {
        let open = match last {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            b',' | b';' | b'.' | b'\\' => 0,
            _ => break,
        };
        let count = |wanted: u8| memchr_iter(wanted, value).count();
        if open != 0 && count(open) >= count(*last) {
            break;
        }
        value = rest;
    }
    value
}

/// Whether another word follows on the line.
fn words_follow(bytes: &[u8], end: usize) -> bool {
    let next = run_end(bytes, end, 8, |byte| byte == b' ');
    next > end && at(bytes, next).is_ascii_alphabetic() && {
        let word = run_end(bytes, next, 40, super::bytes::is_name);
        !matches!(at(bytes, word), b'=' | b':')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_all_forms() {
        let cases = [
            ("KEY=abc def", "abc", Form::Assigned),
            ("KEY = 'a b'", "a b", Form::Quoted),
            (r#""KEY": "a\"b","#, r#"a\"b"#, Form::Quoted),
            (r#"{\"KEY\":\"a b\"}"#, "a b", Form::Quoted),
            ("KEY: abc", "abc", Form::Colon),
            ("KEY: abc was refused", "abc", Form::Prose),
            ("KEY=abc&next=1", "abc", Form::Assigned),
            ("KEY=a&b;", "a&b", Form::Assigned),
            ("KEY=abc;Server=db", "abc", Form::Assigned),
            ("(KEY=abc)", "abc", Form::Assigned),
            ("KEY=a(b)", "a(b)", Form::Assigned),
            ("--KEY abc", "abc", Form::Flag),
            ("<KEY>a b</KEY>", "a b", Form::Quoted),
            ("KEY => 'abc'", "abc", Form::Quoted),
            ("KEY：abc，然后", "abc", Form::Assigned),
            ("KEY is abc", "abc", Form::Prose),
            ("KEY%3Dabc", "abc", Form::Assigned),
        ];
        for (text, value, form) in cases {
            let key = text.find("KEY").unwrap();
            let (range, found) = value_of(text.as_bytes(), &(key..key + 3)).unwrap();
            assert_eq!((text.get(range), found), (Some(value), form), "{text}");
        }
    }

    #[test]
    fn scopes_comparisons_and_flags_without_value_are_no_pairs() {
        for text in ["KEY::new", "KEY == abc", "KEY", "--KEY --next", "KEY)", "KEY="] {
            let key = text.find("KEY").unwrap();
            assert_eq!(value_of(text.as_bytes(), &(key..key + 3)), None, "{text}");
        }
    }
}
