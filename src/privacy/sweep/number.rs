//! Digits in groups: one walk tells every detector of numbers whether to look closer.

use crate::privacy::detectors::bytes::{at, run_end};
use std::ops::Range;

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

/// The fewest digits that mean anything to a detector: a local telephone number.
pub(super) const LEAST_DIGITS: usize = 7;

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
    fn groups_are_joined_by_single_separators() {
        let text = b"x 2024-05-01 10:00";
        let number = Number::at(text, 2);

        assert_eq!((number.range.clone(), number.digits), (2..15, 10));
        assert!(number.has_groups(&[4, 2]) && !number.has_groups(&[4, 3]));
        assert_eq!(number.parts(text, b"-", 20).collect::<Vec<_>>(), [2..12, 13..15]);
        assert_eq!(number.parts(text, b"", 20).collect::<Vec<_>>(), [2..6, 7..9, 10..12, 13..15]);
    }
}
