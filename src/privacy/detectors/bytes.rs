//! Looking at bytes around a place, without ever leaving the text.
//!
//! Word boundaries are those of ASCII on purpose: a value glued to Chinese or Korean text is still a value.

use std::ops::{Deref, Range};

/// The byte at `index`; zero outside the text.
pub(in crate::privacy) fn at(bytes: &[u8], index: usize) -> u8 {
    bytes.get(index).copied().unwrap_or(0)
}

/// The byte before `index`; zero at the beginning of the text.
pub(in crate::privacy) fn before(bytes: &[u8], index: usize) -> u8 {
    index.checked_sub(1).map_or(0, |index| at(bytes, index))
}

/// Letters, digits and underscore.
pub(in crate::privacy) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What names of keys are made of.
pub(in crate::privacy) const fn is_name(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.')
}

/// Where a run of such bytes that begins at `start` ends; at most `limit` bytes on.
pub(in crate::privacy) fn run_end(bytes: &[u8], start: usize, limit: usize, holds: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take(limit).take_while(|byte| holds(**byte)).count()
}

/// Where a run of such bytes that ends at `end` begins; at most `limit` bytes back.
pub(in crate::privacy) fn run_start(bytes: &[u8], end: usize, limit: usize, holds: impl Fn(u8) -> bool) -> usize {
    let head = bytes.get(..end).unwrap_or_default();
    end - head.iter().rev().take(limit).take_while(|byte| holds(**byte)).count()
}

/// The bytes of a range; none when it leaves the text.
pub(in crate::privacy) fn slice(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

/// The text of a range; none when it leaves the text or cuts a character.
pub(in crate::privacy) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// At most the last `limit` bytes before `index` on the same line.
pub(in crate::privacy) fn line_before(bytes: &[u8], index: usize, limit: usize) -> &[u8] {
    let start = run_start(bytes, index, limit, |byte| byte != b'\n');
    slice(bytes, start..index)
}

/// Whether `needle` (lower case) stands anywhere in a short stretch, upper and lower case alike.
pub(in crate::privacy) fn mentions(stretch: &[u8], needle: &str) -> bool {
    stretch.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
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
