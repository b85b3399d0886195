//! Whether one of some words stands in the few bytes before a value: what names it.

use super::bytes::{at, slice};
use crate::privacy::sweep::{Beginnings, WINDOW, level};
use fearless_simd::dispatch;
use std::ops::Range;

/// How many combinations three letters of five bits have.
const COMBINATIONS: usize = 1 << 15;

/// Words in lower case, and which three letters they begin with.
#[derive(Debug)]
pub(super) struct Names {
    list: &'static [&'static str],
    /// Tells of many places at once that none of them begins there.
    first: Beginnings,
    /// For each combination of three letters whether some word begins with it.
    beginnings: [u64; COMBINATIONS / 64],
}

impl Names {
    /// Each word has two letters at least.
    pub const fn new(list: &'static [&'static str]) -> Self {
        Self { list, first: Beginnings::of(list), beginnings: beginnings_of(list) }
    }

    /// Whether one of them stands on the same line in the last `limit` bytes before `index`.
    pub fn are_before(&self, bytes: &[u8], index: usize, limit: usize) -> bool {
        self.stand_in(bytes, index.saturating_sub(limit)..index, |rest| !rest.contains(&b'\n'))
    }

    /// Whether the first three letters of one of them stand in the last `limit` bytes before `index`.
    pub fn may_stand_before(&self, bytes: &[u8], index: usize, limit: usize) -> bool {
        let range = index.saturating_sub(limit)..index;
        self.begin_in(bytes, range, |_| true)
    }

    /// Whether one of them stands anywhere in a short stretch, upper and lower case ASCII alike.
    pub fn are_in(&self, stretch: &[u8]) -> bool {
        self.stand_in(stretch, 0..stretch.len(), |_| true)
    }

    /// Whether one of them stands in a range where what follows in the range is as it must be.
    fn stand_in(&self, bytes: &[u8], range: Range<usize>, follows: impl Fn(&[u8]) -> bool) -> bool {
        self.begin_in(bytes, range, |rest| self.begin(rest) && follows(rest))
    }

    /// Whether the first three letters of one of them stand in a range where the rest of the range is as it must be.
    fn begin_in(&self, bytes: &[u8], range: Range<usize>, is_one: impl Fn(&[u8]) -> bool) -> bool {
        range.clone().step_by(WINDOW).any(|start| {
            let mut likely = self.likely(bytes, start);
            while likely != 0 {
                let rest = slice(bytes, start + likely.trailing_zeros() as usize..range.end);
                if self.may_begin(rest) && is_one(rest) {
                    return true;
                }
                likely &= likely - 1;
            }
            false
        })
    }

    /// Where in a window that begins at a place one of them may begin, one bit for each byte.
    fn likely(&self, bytes: &[u8], start: usize) -> u32 {
        let rest = bytes.get(start..).unwrap_or_default();
        if let Some(window) = rest.first_chunk() {
            return dispatch!(level(), simd => self.first.places(simd, window));
        }
        let mut spare = [0; WINDOW + 2];
        spare.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        dispatch!(level(), simd => self.first.places(simd, &spare))
    }

    #[inline]
    fn may_begin(&self, rest: &[u8]) -> bool {
        let letter = |place| usize::from(at(rest, place) & 31);
        let three = letter(0) << 10 | letter(1) << 5 | letter(2);
        self.beginnings.get(three / 64 % (COMBINATIONS / 64)).is_some_and(|bits| bits >> (three % 64) & 1 != 0)
    }

    #[inline(never)]
    fn begin(&self, rest: &[u8]) -> bool {
        let first = at(rest, 0).to_ascii_lowercase();
        let stands = |name: &[u8]| rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        // Nearly all names are told from what stands there by their first byte.
        self.list.iter().map(|name| name.as_bytes()).any(|name| at(name, 0) == first && stands(name))
    }
}

/// Notes the first three letters of words; of those with two, any third one.
#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const fn beginnings_of(words: &[&str]) -> [u64; COMBINATIONS / 64] {
    let mut beginnings = [0; COMBINATIONS / 64];
    let mut index = 0;
    while index < words.len() {
        let word = words[index].as_bytes();
        let two = ((word[0] & 31) as usize) << 10 | ((word[1] & 31) as usize) << 5;
        let mut third = 0;
        while third < 32 {
            if word.len() == 2 || (word[2] & 31) as usize == third {
                beginnings[(two | third) / 64] |= 1 << (third % 64 + two % 64);
            }
            third += 1;
        }
        index += 1;
    }
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_line_counts_and_only_so_far_back() {
        static NAMES: Names = Names::new(&["phone"]);

        let before = |text: &str, limit| NAMES.are_before(text.as_bytes(), text.len(), limit);
        assert!(before("phone: ", 7) && before("\nphone: ", 24) && !before("phone: ", 6));
        assert!(!before("phone\n ", 24) && !before("pho\nne: ", 24));
        assert!(!NAMES.are_before(b"phone", 4, 24));
    }

    #[test]
    fn where_no_three_letters_stand_no_name_does() {
        static NAMES: Names = Names::new(&["phone", "me"]);

        for (text, expected) in [("my phone 1", true), ("PHO", true), ("ME", true), ("m e p honey", false), ("", false)]
        {
            assert_eq!(NAMES.may_stand_before(text.as_bytes(), text.len(), 24), expected, "{text}");
        }
        assert!(!NAMES.may_stand_before(b"phone: 123", 10, 9));
    }

    #[test]
    fn names_are_found_anywhere_in_any_case() {
        static NAMES: Names = Names::new(&["phone", "电话", "id=", "ts"]);

        for (stretch, expected) in [
            ("Telephone ", true),
            ("PHON", false),
            ("打电话", true),
            ("x_id=", true),
            ("i", false),
            ("a Ts", true),
            ("t", false),
            ("", false),
        ] {
            assert_eq!(NAMES.are_in(stretch.as_bytes()), expected, "{stretch}");
            for gap in 0..100 {
                let long = format!("{}{stretch}{}", "-".repeat(gap), "-".repeat(100 - gap));
                assert_eq!(NAMES.are_in(long.as_bytes()), expected, "{long}");
                assert_eq!(NAMES.are_before(long.as_bytes(), gap + stretch.len(), 24), expected, "{long}");
            }
            assert_eq!(NAMES.are_before(stretch.as_bytes(), stretch.len(), 24), expected, "{stretch}");
        }
    }
}
