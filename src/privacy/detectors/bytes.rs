//! Looking at bytes around a place, without ever leaving the text.
//!
//! Word boundaries are those of ASCII on purpose: a value glued to Chinese or Korean text is still a value.

use memchr::{memchr_iter, memchr2_iter};
use std::ops::{Deref, Range};

/// The byte at `index`; zero outside the text.
#[inline]
pub(in crate::privacy) fn at(bytes: &[u8], index: usize) -> u8 {
    bytes.get(index).copied().unwrap_or(0)
}

/// The byte before `index`; zero at the beginning of the text.
#[inline]
pub(in crate::privacy) fn before(bytes: &[u8], index: usize) -> u8 {
    index.checked_sub(1).map_or(0, |index| at(bytes, index))
}

/// For each byte what it belongs to: words, the names of keys, times, hexadecimal numbers.
#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "checked when it is compiled")]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        let word = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        let name = word || matches!(byte as u8, b'-' | b'.');
        let time = (byte as u8).is_ascii_digit() || matches!(byte as u8, b'-' | b':' | b'.' | b'T' | b'Z' | b'+');
        let hex = (byte as u8).is_ascii_hexdigit();
        classes[byte] = if word { WORD } else { 0 }
            | if name { NAME } else { 0 }
            | if time { TIME } else { 0 }
            | if hex { HEX } else { 0 };
        byte += 1;
    }
    classes
};

const WORD: u8 = 1;
const NAME: u8 = 2;
const TIME: u8 = 4;
const HEX: u8 = 8;

/// Letters, digits and underscore.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
pub(in crate::privacy) const fn is_word(byte: u8) -> bool {
    CLASSES[byte as usize] & WORD != 0
}

/// What the times of ISO 8601 are made of.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
pub(in crate::privacy) const fn is_time(byte: u8) -> bool {
    CLASSES[byte as usize] & TIME != 0
}

/// Digits and the letters `a` to `f`, upper and lower case.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
pub(in crate::privacy) const fn is_hex(byte: u8) -> bool {
    CLASSES[byte as usize] & HEX != 0
}

/// What names of keys are made of.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is a class for each byte")]
pub(in crate::privacy) const fn is_name(byte: u8) -> bool {
    CLASSES[byte as usize] & NAME != 0
}

/// Where a run of such bytes that begins at `start` ends; at most `limit` bytes on.
#[inline]
pub(in crate::privacy) fn run_end(bytes: &[u8], start: usize, limit: usize, holds: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let rest = rest.get(..limit).unwrap_or(rest);
    start + rest.iter().position(|byte| !holds(*byte)).unwrap_or(rest.len())
}

/// Where a run of such bytes that ends at `end` begins; at most `limit` bytes back.
#[inline]
pub(in crate::privacy) fn run_start(bytes: &[u8], end: usize, limit: usize, holds: impl Fn(u8) -> bool) -> usize {
    let head = bytes.get(..end).unwrap_or_default();
    let head = head.get(head.len().saturating_sub(limit)..).unwrap_or_default();
    end - head.iter().rev().position(|byte| !holds(*byte)).unwrap_or(head.len())
}

/// The bytes of a range; none when it leaves the text.
#[inline]
pub(in crate::privacy) fn slice(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

/// The text of a range, with the whole of a character that the range cuts; none when it leaves the text.
#[inline]
pub(in crate::privacy) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range.clone()).unwrap_or_else(|| text.get(whole_characters(text, range)).unwrap_or_default())
}

/// The range with the whole of the characters that it cuts: what a detector looks at at most is counted in bytes.
#[inline]
pub(in crate::privacy) fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    if range.end > text.len() {
        return range;
    }
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

/// At most the last `limit` bytes before `index` on the same line.
pub(in crate::privacy) fn line_before(bytes: &[u8], index: usize, limit: usize) -> &[u8] {
    let start = run_start(bytes, index, limit, |byte| byte != b'\n');
    slice(bytes, start..index)
}

/// Whether `needle` (lower case) stands anywhere in a short stretch, upper and lower case alike.
pub(in crate::privacy) fn mentions(stretch: &[u8], needle: &str) -> bool {
    let needle = needle.as_bytes();
    let Some(first) = needle.first() else { return true };
    let begins =
        |start: usize| stretch.get(start..start + needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle));
    memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), stretch).any(begins)
}

/// Whether `needle` stands anywhere in a short stretch.
pub(in crate::privacy) fn holds(stretch: &[u8], needle: &str) -> bool {
    let needle = needle.as_bytes();
    let Some(first) = needle.first() else { return true };
    memchr_iter(*first, stretch).any(|start| slice(stretch, start..stretch.len()).starts_with(needle))
}

/// Whether a text begins with one of some others, which are told apart by their first two bytes nearly always.
pub(in crate::privacy) fn begins_with_one(text: &[u8], beginnings: &[String]) -> bool {
    let first = text.first_chunk::<2>();
    let begins = |one: &[u8]| one.first_chunk().is_none_or(|two| Some(two) == first) && text.starts_with(one);
    beginnings.iter().any(|one| begins(one.as_bytes()))
}

/// A few digits as numbers, on the stack: most numbers of a log are looked at only to be left.
#[derive(Clone, Copy, Debug)]
pub(in crate::privacy) struct Digits {
    list: [u32; 32],
    count: usize,
}

impl Deref for Digits {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

/// The first 32 digits of a stretch, as numbers.
pub(in crate::privacy) fn digits(stretch: &[u8]) -> Digits {
    let mut digits = Digits { list: [0; 32], count: 0 };
    let found = stretch.iter().filter(|byte| byte.is_ascii_digit());
    for (place, byte) in digits.list.iter_mut().zip(found) {
        *place = u32::from(byte - b'0');
        digits.count += 1;
    }
    digits
}

/// Whether nothing that belongs to a word or a number touches the range.
pub(in crate::privacy) fn stands_alone(bytes: &[u8], range: &Range<usize>) -> bool {
    let follows = at(bytes, range.end);
    let decimal = |byte: u8, beyond: u8| matches!(byte, b'.' | b'-' | b',') && beyond.is_ascii_digit();
    !is_word(before(bytes, range.start))
        && !decimal(before(bytes, range.start), before(bytes, range.start.saturating_sub(1)))
        && !is_word(follows)
        && !decimal(follows, at(bytes, range.end + 1))
}
