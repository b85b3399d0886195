//! Whether one of some words stands in the few bytes before a value: what names it.

/// How many combinations three letters of five bits have.
const COMBINATIONS: usize = 1 << 15;

/// Words in lower case, and which three letters they begin with.
#[derive(Debug)]
pub(super) struct Names {
    list: &'static [&'static str],
    /// For each combination of three letters whether some word begins with it.
    beginnings: [u64; COMBINATIONS / 64],
}

impl Names {
    /// Each word has two letters at least.
    pub const fn new(list: &'static [&'static str]) -> Self {
        Self { list, beginnings: beginnings_of(list) }
    }

    /// Whether one of them stands on the same line in the last `limit` bytes before `index`.
    pub fn are_before(&self, bytes: &[u8], index: usize, limit: usize) -> bool {
        let head = bytes.get(index.saturating_sub(limit)..index).unwrap_or_default();
        let mut three = 0;
        for (place, byte) in head.iter().enumerate().rev() {
            if *byte == b'\n' {
                return false;
            }
            three = three >> 5 | usize::from(byte & 31) << 10;
            if self.may_begin(three) && self.begin(head.get(place..).unwrap_or_default()) {
                return true;
            }
        }
        false
    }

    /// Whether one of them stands anywhere in a short stretch, upper and lower case ASCII alike.
    pub fn are_in(&self, stretch: &[u8]) -> bool {
        let mut three = 0;
        stretch.iter().enumerate().rev().any(|(place, byte)| {
            three = three >> 5 | usize::from(byte & 31) << 10;
            self.may_begin(three) && self.begin(stretch.get(place..).unwrap_or_default())
        })
    }

    #[inline]
    fn may_begin(&self, three: usize) -> bool {
        self.beginnings.get(three / 64 % (COMBINATIONS / 64)).is_some_and(|bits| bits >> (three % 64) & 1 != 0)
    }

    #[inline(never)]
    fn begin(&self, rest: &[u8]) -> bool {
        let stands =
            |name: &str| rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        self.list.iter().any(|name| stands(name))
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
            assert_eq!(NAMES.are_before(stretch.as_bytes(), stretch.len(), 24), expected, "{stretch}");
        }
    }
}
