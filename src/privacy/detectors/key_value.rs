//! Reading `key=value` in all its dresses: assignments, JSON, YAML, headers, queries, flags, XML, prose.

use super::bare_value::{bare_end, before_kana, whole_end, words_follow};
use super::bytes::{at, before, is_word, run_end, run_start, slice};
use super::phrase::skip_verb;
use crate::domain::Placeholder;
use memchr::{memchr2, memmem};
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
    /// In quotes behind the name in quotes: `define('KEY', 'value')`. A list of names looks the same.
    Listed,
    /// Other words follow, or only a space separates: `password hunter2`, `password: expired since monday`.
    Prose,
}

/// The longest value that is followed.
const LONGEST: usize = 64 * 1024;

/// The longest value in three quotes, which may have several lines.
const LONGEST_TEXT: usize = 4 * 1024;

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
    if let Some(range) = element(bytes, key, after_quote, longest) {
        return Some((range, Form::Quoted));
    }
    // Attributes of a tag are no value of it.
    if matches!(at(bytes, key.end), b' ' | b'/') && matches!(before(bytes, key.start), b'<') {
        return None;
    }
    let gap = skip_blanks(bytes, after_quote);
    let next = at(bytes, gap);
    // The arguments of a program, as Python and YAML print them: `[--user, ann, --password, …]`.
    if next == b',' && gap == key.end && at(bytes, gap + 1) == b' ' && is_flag(bytes, key.start) {
        let end = run_end(bytes, gap + 2, 256, |byte| byte > b' ' && !matches!(byte, b',' | b']' | b'"' | b'\''));
        let ends = matches!(at(bytes, end), b',' | b']') && at(bytes, gap + 2) != b'-';
        return (ends && end > gap + 2).then_some((gap + 2..end, Form::Flag));
    }
    let listed = next == b',' && after_quote != key.end && is_argument(bytes, key, gap);
    if listed || (next == b'(' && gap == key.end) {
        return quoted(bytes, skip_blanks(bytes, gap + 1), longest).map(|range| (range, Form::Listed));
    }
    let (start, form) = match separator_end(bytes, gap) {
        // `**Password:** …` in Markdown.
        Some((end, form)) => (skip_blanks(bytes, run_end(bytes, end, 2, |byte| byte == b'*')), form),
        None if gap == after_quote || after_quote != key.end || matches!(next, b'=' | b':' | b'!') => {
            return None;
        }
        None if is_flag(bytes, key.start) => (gap, Form::Flag),
        // `user-to-server token` names no pair, nor do `method=password` and `?q=reset+password`.
        None if matches!(before(bytes, key.start), b'-' | b'/' | b'=' | b'+' | b'&' | b'?') => return None,
        None => skip_verb(bytes, gap),
    };
    // `"Password:"` is a prompt: the quote behind it ends what began before it.
    let prompt = after_quote == key.end
        && matches!(at(bytes, start), b'"' | b'\'')
        && at(bytes, start) == before(bytes, key.start);
    if prompt || (form == Form::Assigned && is_empty(bytes, gap, start)) {
        return None;
    }
    if let Some((range, is_quoted)) = bracketed(bytes, (after_quote != key.end, gap + 1), start) {
        return Some((range, if is_quoted { Form::Quoted } else { form }));
    }
    let start = skip_string_mark(bytes, inner_value(bytes, start));
    if let Some(range) = quoted(bytes, start, longest) {
        return Some((range, Form::Quoted));
    }
    // A quote that never closes still begins a value.
    let start = if matches!(at(bytes, start), b'"' | b'\'') { start + 1 } else { start };
    let block = block_start(bytes, start).filter(|_| form == Form::Colon && start > gap + 1);
    if let Some(start) = block {
        let end = run_end(bytes, start, longest, |byte| byte != b'\n' && byte != b'\r');
        return (end > start).then_some((start..end, Form::Colon));
    }
    let mut end = whole_end(bytes, key, start..bare_end(bytes, start, longest));
    if form == Form::Prose {
        end = start + before_kana(slice(bytes, start..end));
    }
    let glued = form == Form::Colon && start == gap + 1;
    let form = if form == Form::Colon && !glued && words_follow(bytes, end) { Form::Prose } else { form };
    (end > start && !(form == Form::Flag && at(bytes, start) == b'-')).then_some((start..end, form))
}

/// Whether a name in quotes is the first argument of a call, an option, a name of two words in a row of a table, or the
/// first of two: in other lists words only stand beside each other.
fn is_argument(bytes: &[u8], key: &Range<usize>, comma: usize) -> bool {
    let quote = key.start.saturating_sub(1);
    let open = before(bytes, run_start(bytes, quote, 2, |byte| byte == b' '));
    let pair =
        || quoted(bytes, skip_blanks(bytes, comma + 1), 256).is_some_and(|value| at(bytes, value.end + 1) == b']');
    before(bytes, key.start) == b'-'
        || matches!(open, b'(' | b'=' | b'+')
        || (open == b'[' && pair())
        || (open == b',' && slice(bytes, key.clone()).iter().any(|byte| matches!(byte, b'_' | b'.')))
}

/// Whether a dash before the name begins a word: `-key`, `--key`.
fn is_flag(bytes: &[u8], start: usize) -> bool {
    let dashes = run_start(bytes, start, 2, |byte| byte == b'-');
    dashes < start && !is_word(before(bytes, dashes))
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

/// The text of `<key …>text</key>` or of `<x name="key">text</x>`.
fn element(bytes: &[u8], key: &Range<usize>, after_quote: usize, longest: usize) -> Option<Range<usize>> {
    let start = match at(bytes, key.end) {
        b'>' if matches!(before(bytes, key.start), b'<' | b':') => key.end + 1,
        b' ' if matches!(before(bytes, key.start), b'<' | b':') => {
            let tag = run_start(bytes, key.start, 20, |byte| byte.is_ascii_alphanumeric() || byte == b':');
            let end = run_end(bytes, key.end, 300, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
            let open = before(bytes, tag) == b'<' && at(bytes, end) == b'>' && before(bytes, end) != b'/';
            if !open {
                return None;
            }
            end + 1
        }
        b'"' | b'\'' if at(bytes, after_quote) == b'>' && is_named_by(bytes, key.start) => after_quote + 1,
        _ => return None,
    };
    let end = run_end(bytes, start, longest, |byte| !matches!(byte, b'<' | b'\n'));
    (slice(bytes, end..end + 2) == b"</" && end > start).then_some(start..end)
}

/// Whether the attribute around this value is what names an element.
fn is_named_by(bytes: &[u8], start: usize) -> bool {
    let sign = run_start(bytes, start, 2, |byte| matches!(byte, b'"' | b'\'' | b'='));
    let attribute = run_start(bytes, sign, 8, |byte| byte.is_ascii_alphabetic());
    [&b"name"[..], b"key", b"id", b"property"].iter().any(|one| one.eq_ignore_ascii_case(slice(bytes, attribute..sign)))
}

/// After the quote or bracket that ends the key's own name: `"key"`, `\"key\"`, `['key']`, `&quot;key&quot;`.
fn closing_quote_end(bytes: &[u8], end: usize) -> usize {
    if slice(bytes, end..end + ENTITY.len()) == ENTITY {
        return end + ENTITY.len();
    }
    let end = run_end(bytes, end, 3, |byte| byte == b'\\');
    run_end(bytes, end, 2, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b'*'))
}

/// A quote in the text of XML.
const ENTITY: &[u8] = b"&quot;";

pub(super) fn skip_blanks(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 64, |byte| matches!(byte, b' ' | b'\t'))
}

/// After `=`, `:`, `:=`, `=>`, `%3D`, the full-width signs, or a verb that is written without spaces; `None` for `==` and `::`.
fn separator_end(bytes: &[u8], start: usize) -> Option<(usize, Form)> {
    match (at(bytes, start), at(bytes, start + 1)) {
        // LDIF marks a value in Base64 so.
        (b':', b':') if at(bytes, start + 2) == b' ' => Some((start + 2, Form::Assigned)),
        (b'=', b'=' | b'~') | (b':', b':') => None,
        (b'=', b'>') => Some((start + 2, Form::Assigned)),
        (b':', b'=') => Some((start + 2, Form::Colon)),
        (b'=', _) => Some((start + 1, Form::Assigned)),
        (b':', _) => Some((start + 1, Form::Colon)),
        (b'%', b'3') if matches!(at(bytes, start + 2), b'D' | b'd') => Some((start + 3, Form::Assigned)),
        (0x80.., _) => {
            let sign = slice(bytes, start..start + 3);
            let one_of = |signs: &[&str]| signs.iter().any(|one| one.as_bytes() == sign);
            if one_of(&["：", "＝"]) {
                Some((start + 3, Form::Assigned))
            } else {
                one_of(&["是", "为", "為", "は", "→"]).then_some((start + 3, Form::Prose))
            }
        }
        _ => None,
    }
}

/// Inside of `{"Value": …}`, as some formats of JSON wrap their values.
fn inner_value(bytes: &[u8], start: usize) -> usize {
    let name = run_end(bytes, start, 4, |byte| matches!(byte, b'{' | b' ' | b'"'));
    let end = run_end(bytes, name, 12, |byte| byte.is_ascii_alphabetic());
    let known = [&b"value"[..], b"stringvalue", b"plaintext", b"s"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(slice(bytes, name..end)));
    if at(bytes, start) != b'{' || !known || at(bytes, end) != b'"' || at(bytes, end + 1) != b':' {
        return start;
    }
    skip_blanks(bytes, end + 2)
}

/// After the letter that marks a sort of string: `N'…'` in SQL, `b"…"` in Python; `Some("…")` as Rust prints it.
fn skip_string_mark(bytes: &[u8], start: usize) -> usize {
    if slice(bytes, start..start + 6) == b"Some(\"" {
        return start + 5;
    }
    let marked =
        matches!(at(bytes, start), b'N' | b'b' | b'r' | b'u' | b'f') && matches!(at(bytes, start + 1), b'"' | b'\'');
    if marked { start + 1 } else { start }
}

/// Where the text of a YAML block begins: `key: |` and the next line.
fn block_start(bytes: &[u8], start: usize) -> Option<usize> {
    let end = run_end(bytes, start, 3, |byte| matches!(byte, b'|' | b'>' | b'-' | b'+'));
    let line_end = run_end(bytes, end, 2, |byte| matches!(byte, b' ' | b'\r'));
    let block = matches!(at(bytes, start), b'|' | b'>') && at(bytes, line_end) == b'\n';
    block.then(|| skip_blanks(bytes, line_end + 1))
}

/// Whether the value between `=` and the next pair is empty: `token= user=ann`.
fn is_empty(bytes: &[u8], sign: usize, start: usize) -> bool {
    let name = run_end(bytes, start, 40, super::bytes::is_name);
    start > sign + 1
        && before(bytes, sign) != b' '
        && at(bytes, start).is_ascii_alphabetic()
        && at(bytes, name) == b'='
        && !matches!(at(bytes, name + 1), b'=' | b' ' | b'\n' | b'\r' | 0)
}

/// What stands alone in brackets, as Go prints the values of a header: `X-Api-Key:[…]`; and whether it is in quotes.
fn bracketed(bytes: &[u8], (in_json, glued): (bool, usize), start: usize) -> Option<(Range<usize>, bool)> {
    let inside = |byte: u8| byte > b' ' && !matches!(byte, b'[' | b']' | b',' | b'=' | b'"' | b'\'' | b'{' | b':');
    if in_json && before(bytes, glued) == b':' && at(bytes, start) == b'[' {
        // One element alone: `"X-Auth-Token":["…"]`.
        if let Some(element) = quoted(bytes, start + 1, 512).filter(|element| at(bytes, element.end + 1) == b']') {
            return Some((element, true));
        }
    }
    let end = run_end(bytes, start + 1, 512, inside);
    let alone = start == glued && at(bytes, start) == b'[' && at(bytes, end) == b']' && end > start + 1;
    (alone && !is_placeholder(bytes, &(start + 1..end))).then_some((start + 1..end, false))
}

/// What stands in quotes that begin at `start` and end on the same line.
pub(super) fn quoted(bytes: &[u8], start: usize, longest: usize) -> Option<Range<usize>> {
    if at(bytes, start) == b'&' && slice(bytes, start..start + ENTITY.len()) == ENTITY {
        let first = start + ENTITY.len();
        let end = memmem::find(slice(bytes, first..bytes.len().min(first + longest)), ENTITY)?;
        return Some(first..first + end);
    }
    let escapes = run_end(bytes, start, 3, |byte| byte == b'\\') - start;
    let quote = at(bytes, start + escapes);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    // Three quotes, as in TOML and in Python, end at three.
    if escapes == 0 && quote != b'`' && slice(bytes, start..start + 3) == [quote; 3] {
        let first = run_end(bytes, start + 3, 2, |byte| matches!(byte, b'\r' | b'\n'));
        let text = slice(bytes, first..bytes.len().min(first + longest.min(LONGEST_TEXT)));
        return memmem::find(text, &[quote; 3]).filter(|end| *end > 0).map(|end| first..first + end);
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
        // SQL writes a quote inside as two.
        if quote == b'\'' && escapes == 0 && found > first && at(bytes, found + 1) == quote && slashes == 0 {
            index = found + 2;
            continue;
        }
        if slashes == escapes || (escapes == 0 && slashes % 2 == 0) {
            return Some(first..found - slashes.min(escapes));
        }
        index = found + 1;
    }
    None
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
            ("<a:KEY t=\"x\">a b</a:KEY>", "a b", Form::Quoted),
            ("<p name=\"KEY\">abc</p>", "abc", Form::Quoted),
            ("set('KEY', 'abc')", "abc", Form::Listed),
            ("KEY('abc')", "abc", Form::Listed),
            ("KEY = N'abc'", "abc", Form::Quoted),
            ("KEY: |\n    abc\n", "abc", Form::Colon),
            ("KEY是abc，", "abc", Form::Prose),
            ("{&quot;KEY&quot;:&quot;a b&quot;}", "a b", Form::Quoted),
            ("  KEY: a|b>c", "a|b>c", Form::Colon),
            ("export KEY=a`b", "a`b", Form::Assigned),
            ("x;KEY=a<b;y=1", "a<b", Form::Assigned),
            ("-d 'KEY=a|b' url", "a|b", Form::Assigned),
            ("x KEY=a|tail", "a|tail", Form::Assigned),
            ("KEY=a|next=1", "a", Form::Assigned),
            ("<td>KEY: a</td>", "a", Form::Colon),
            ("KEY = \"\"\"\na \"b\" c\"\"\"", "a \"b\" c", Form::Quoted),
            ("KEY: >-\n  a b c\n", "a b c", Form::Colon),
            ("X-KEY:[abc]", "abc", Form::Colon),
            ("\"KEY\":[\"abc\"]", "abc", Form::Quoted),
            ("KEY: Some(\"abc\")", "abc", Form::Quoted),
            ("**KEY:** abc", "abc", Form::Colon),
            ("KEY:: YWJj", "YWJj", Form::Assigned),
            ("[--user, ann, --KEY, abc, -x]", "abc", Form::Flag),
            ("KEY for the db is abc", "abc", Form::Prose),
            ("KEY for the share: abc", "abc", Form::Prose),
            ("KEY has been changed to abc", "abc", Form::Prose),
            ("KEY für den Zugang ist abc", "abc", Form::Prose),
        ];
        for (text, value, form) in cases {
            let key = text.find("KEY").unwrap();
            let (range, found) = value_of(text.as_bytes(), &(key..key + 3)).unwrap();
            assert_eq!((text.get(range), found), (Some(value), form), "{text}");
        }
    }

    #[test]
    fn scopes_comparisons_and_flags_without_value_are_no_pairs() {
        let none = [
            "KEY::new",
            "KEY == abc",
            "KEY",
            "--KEY --next",
            "KEY)",
            "KEY=",
            "KEY= next=1",
            "x=KEY next=1",
            "/KEY HTTP/1.1",
        ];
        for text in none {
            let key = text.find("KEY").unwrap();
            assert_eq!(value_of(text.as_bytes(), &(key..key + 3)), None, "{text}");
        }
    }
}
