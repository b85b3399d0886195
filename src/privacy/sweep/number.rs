//! Digits in groups: one walk tells every detector of numbers whether to look closer.

use crate::privacy::detectors::bytes::{at, run_end};
use std::ops::{Range, RangeInclusive};

/// Digits in groups that single spaces, dashes, dots or slashes join: `4111 1111 1111 1111`, `2024-05-01 10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::privacy) struct Number {
    pub range: Range<usize>,
    /// How many digits there are in all.
    pub digits: usize,
    /// Bit `n` tells whether some group has `n` digits; 31 stands for all that are longer.
    lengths: u32,
    /// The lengths of the first three groups.
    first: [usize; 3],
}

/// Which numbers wake a detector.
#[derive(Clone, Copy, Debug)]
pub(in crate::privacy) struct Wanted {
    /// Bit `n` tells whether a number of `n` digits does; 31 stands for all that are longer.
    digits: u32,
    /// It has groups of all the lengths of one of these, below 31 each.
    groups: &'static [&'static [u32]],
}

impl Wanted {
    /// Those with so many digits in all. None has fewer than seven, as a local telephone number has.
    pub const fn with_digits(counts: RangeInclusive<u32>) -> Self {
        let (first, last) = (*counts.start(), *counts.end());
        let digits = u32::MAX << first & u32::MAX >> (31 - if last < 31 { last } else { 31 });
        Self { digits, groups: &[] }
    }

    /// Those among them that have groups of all the lengths of one of these.
    pub const fn in_groups(self, groups: &'static [&'static [u32]]) -> Self {
        Self { groups, ..self }
    }

    /// Whether a number does.
    #[inline]
    pub fn includes(&self, number: &Number) -> bool {
        self.digits >> number.digits.min(31) & 1 != 0
            && (self.groups.is_empty() || self.groups.iter().any(|lengths| number.has_groups(lengths)))
    }
}

impl Number {
    /// The number whose first digit is at `start`.
    pub fn at(bytes: &[u8], start: usize) -> Self {
        let mut number = Self { range: start..start, digits: 0, lengths: 0, first: [0; 3] };
        let mut count = 0;
        let mut group = start;
        loop {
            let end = run_end(bytes, group, usize::MAX, |byte| byte.is_ascii_digit());
            number.range.end = end;
            number.digits += end - group;
            if let Some(first) = number.first.get_mut(count) {
                *first = end - group;
            }
            count += 1;
            number.lengths |= 1 << (end - group).min(31);
            let joined = matches!(at(bytes, end), b' ' | b'-' | b'.' | b'/') && at(bytes, end + 1).is_ascii_digit();
            if !joined {
                return number;
            }
            group = end + 1;
        }
    }

    /// The same from the masks of digits and of all that belongs to such numbers, from its first digit on; `None` when
    /// it goes on beyond them.
    pub fn told_by(digits: u64, run: u64, start: usize) -> Option<Self> {
        let length = run.trailing_ones();
        let mut digits = digits & 1_u64.checked_shl(length)?.wrapping_sub(1);
        let mut number = Self { range: start..start + length as usize, digits: 0, lengths: 0, first: [0; 3] };
        let mut count = 0;
        while digits != 0 {
            let group = digits.trailing_ones();
            if let Some(first) = number.first.get_mut(count) {
                *first = group as usize;
            }
            count += 1;
            number.digits += group as usize;
            number.lengths |= 1 << group.min(31);
            digits = digits >> group >> 1;
        }
        Some(number)
    }

    /// Whether there are groups of all these lengths, below 31 each.
    pub fn has_groups(&self, lengths: &[u32]) -> bool {
        lengths.iter().all(|length| self.lengths & (1 << length) != 0)
    }

    /// Whether it begins as `2024-05-01` or `01.05.2024` do.
    pub fn begins_with_date(&self) -> bool {
        matches!(self.first, [4, 2, 2] | [2, 2, 4])
    }

    /// Its parts that only these separators join, each at most about `limit` bytes long.
    pub fn parts<'a>(
        &self,
        bytes: &'a [u8],
        separators: &'static [u8],
        limit: usize,
    ) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let Range { start: mut next, end: last } = self.range;
        std::iter::from_fn(move || {
            let start = next;
            if start >= last {
                return None;
            }
            let mut end = run_end(bytes, start, usize::MAX, |byte| byte.is_ascii_digit());
            while end - start < limit && separators.contains(&at(bytes, end)) && at(bytes, end + 1).is_ascii_digit() {
                end = run_end(bytes, end + 1, usize::MAX, |byte| byte.is_ascii_digit());
            }
            next = end + 1;
            Some(start..end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_tell_the_same_as_the_text() {
        let text = b"x 2024-05-01 10:00 1.2.3 55 0 1 -4 12345678901234567890123456789012345 7/8 ";
        let mask = |holds: &dyn Fn(usize) -> bool, start: usize| {
            (0..64).fold(0, |mask, bit| mask | u64::from(start + bit < text.len() && holds(start + bit)) << bit)
        };
        let digit = |place: usize| at(text, place).is_ascii_digit();
        let run = |place: usize| {
            let separator = matches!(at(text, place), b' ' | b'-' | b'.' | b'/');
            digit(place) || (separator && place > 0 && digit(place - 1) && digit(place + 1))
        };
        for start in (1..text.len()).filter(|start| digit(*start) && !run(start - 1)) {
            let told = Number::told_by(mask(&digit, start), mask(&run, start), start);
            assert_eq!(told, Some(Number::at(text, start)), "{start}");
        }
        assert_eq!(Number::told_by(u64::MAX, u64::MAX, 0), None);
    }

    #[test]
    fn a_detector_says_which_numbers_it_wants() {
        let wakes = |wanted: Wanted, text: &[u8]| wanted.includes(&Number::at(text, 0));
        for (wanted, text, expected) in [
            (Wanted::with_digits(7..=13), &b"1234567"[..], true),
            (Wanted::with_digits(7..=13), b"123456", false),
            (Wanted::with_digits(7..=13), b"12345678901234", false),
            (Wanted::with_digits(12..=u32::MAX), &[b'1'; 40], true),
            (Wanted::with_digits(9..=u32::MAX).in_groups(&[&[3, 2, 4], &[9]]), b"123-45-6789", true),
            (Wanted::with_digits(9..=u32::MAX).in_groups(&[&[3, 2, 4], &[9]]), b"123456789 1", true),
            (Wanted::with_digits(9..=u32::MAX).in_groups(&[&[3, 2, 4], &[9]]), b"123-456-789", false),
        ] {
            assert_eq!(wakes(wanted, text), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn groups_are_joined_by_single_separators() {
        let text = b"x 2024-05-01 10:00";
        let number = Number::at(text, 2);

        assert_eq!((number.range.clone(), number.digits), (2..15, 10));
        assert!(number.has_groups(&[4, 2]) && !number.has_groups(&[4, 3]));
        assert_eq!(number.parts(text, b"-", 20).collect::<Vec<_>>(), [2..12, 13..15]);
        assert_eq!(number.parts(text, b"", 20).collect::<Vec<_>>(), [2..6, 7..9, 10..12, 13..15]);
    }
}
