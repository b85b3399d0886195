//! Where a value without quotes ends.

use super::bytes::{at, before, is_name, run_end, run_start, slice};
use memchr::{memchr_iter, memmem};
use std::ops::Range;

/// How much of a value is looked at before all of it: most end sooner, also in a line of nothing but pairs.
const NEAR: usize = 512;

/// Longer than the name of a pair behind a separator, with its sign.
const PAIR: usize = 48;

/// Where a value ends that goes on behind a sign which mostly ends one: in a line that has nothing else, within the
/// quotes around the pair, or up to the next pair of a connection string.
pub(super) fn whole_end(bytes: &[u8], key: &Range<usize>, value: Range<usize>) -> usize {
    let sign = at(bytes, value.end);
    let around = before(bytes, key.start);
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    let line = begins_line(bytes, key.start);
    if value.is_empty() || !(matches!(sign, b'|' | b'<' | b'>') || (is_quote(sign) && (line || is_quote(around)))) {
        return value.end;
    }
    let ends = |byte: u8| match around {
        b'"' | b'\'' => byte == around,
        b';' => byte == b';' || is_quote(byte),
        _ => !line && is_quote(byte),
    };
    let end = run_end(bytes, value.end, LONGEST_TAIL, |byte| byte > b' ' && !ends(byte));
    let closed = ends(at(bytes, end)) || (!is_quote(around) && matches!(at(bytes, end), b'\n' | b'\r' | 0));
    let tail = slice(bytes, value.end..end);
    let markup = memmem::find(tail, b"</").is_some() || tail.ends_with(b">") && tail.len() < 3;
    let brackets = is_quote(sign) && tail.iter().all(u8::is_ascii_punctuation);
    let pair = memchr_iter(b'|', tail).any(|sign| {
        let name = run_end(tail, sign + 1, 40, is_name);
        name > sign + 1 && matches!(at(tail, name), b'=' | b':')
    });
    if !closed || markup || brackets || pair {
        return value.end;
    }
    value.start + without_closers(slice(bytes, value.start..end)).len()
}

/// How much of a value is looked at behind a sign that mostly ends one.
const LONGEST_TAIL: usize = 128;

/// Whether only blanks, a dash of a list or the word of a shell stand before a key on its line.
fn begins_line(bytes: &[u8], key: usize) -> bool {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let word = run_start(bytes, key, 16, blank);
    let word = ["export", "set", "ENV", "-"]
        .iter()
        .find_map(|one| slice(bytes, 0..word).ends_with(one.as_bytes()).then(|| word - one.len()))
        .unwrap_or(word);
    let line = run_start(bytes, word, 64, blank);
    matches!(before(bytes, line), b'\n' | 0)
}

/// The end of a value without quotes: at white space, a quote, a bracket of markup, or where the next pair begins.
pub(super) fn bare_end(bytes: &[u8], start: usize, longest: usize) -> usize {
    let stops = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | 0x7f);
    let ends_in = |end: usize| {
        let end = start + wide_punctuation(slice(bytes, start..end));
        start + next_pair(slice(bytes, start..end))
    };
    let near = run_end(bytes, start, NEAR.min(longest), |byte| !stops(byte));
    let mut end = ends_in(near);
    // What ends it so near ends it in any case.
    if near == start + NEAR && end + PAIR > near {
        end = ends_in(run_end(bytes, start, longest, |byte| !stops(byte)));
    }
    start + without_closers(slice(bytes, start..end)).len()
}

/// Where a Japanese sentence goes on behind a value.
pub(super) fn before_kana(value: &[u8]) -> usize {
    let kana = |three: &[u8]| matches!(three, [0xe3, 0x81 | 0x82, _]);
    value.windows(3).position(kana).filter(|start| *start > 0).unwrap_or(value.len())
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
        let name = run_end(value, found + 1, 40, |byte| is_name(byte) || byte == b'"');
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
pub(super) fn words_follow(bytes: &[u8], end: usize) -> bool {
    let next = run_end(bytes, end, 8, |byte| byte == b' ');
    next > end && at(bytes, next).is_ascii_alphabetic() && {
        let word = run_end(bytes, next, 40, is_name);
        !matches!(at(bytes, word), b'=' | b':')
    }
}
