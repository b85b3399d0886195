//! Whether one of some words stands in the few bytes before a value: what names it.

/// Words in lower case, and which two letters they begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    list: &'static [&'static str],
    /// For each first letter, as five bits, which second letters there are.
    beginnings: [u32; 32],
}

impl Names {
    /// Each word has two letters at least.
    pub const fn new(list: &'static [&'static str]) -> Self {
        Self { list, beginnings: with_beginnings([0; 32], list) }
    }

    /// Whether one of them stands on the same line in the last `limit` bytes before `index`.
    pub fn are_before(&self, bytes: &[u8], index: usize, limit: usize) -> bool {
        let head = bytes.get(index.saturating_sub(limit)..index).unwrap_or_default();
        let mut next = b'\n';
        for (place, byte) in head.iter().enumerate().rev() {
            if *byte == b'\n' {
                return false;
            }
            if begins(&self.beginnings, &[*byte, next]) && self.begin(head.get(place..).unwrap_or_default()) {
                return true;
            }
            next = *byte;
        }
        false
    }

    /// Whether one of them stands anywhere in a short stretch, upper and lower case ASCII alike.
    pub fn are_in(&self, stretch: &[u8]) -> bool {
        stretch
            .windows(2)
            .enumerate()
            .any(|(place, two)| begins(&self.beginnings, two) && self.begin(stretch.get(place..).unwrap_or_default()))
    }

    fn begin(&self, rest: &[u8]) -> bool {
        let stands =
            |name: &str| rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        self.list.iter().any(|name| stands(name))
    }
}

/// Whether some word begins with these two letters.
pub(super) fn begins(beginnings: &[u32; 32], two: &[u8]) -> bool {
    let [first, second] = two else { return false };
    beginnings.get(usize::from(first & 31)).is_some_and(|seconds| seconds >> (second & 31) & 1 != 0)
}

/// Adds the first two letters of words.
#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
pub(super) const fn with_beginnings(mut beginnings: [u32; 32], words: &[&str]) -> [u32; 32] {
    let mut index = 0;
    while index < words.len() {
        let word = words[index].as_bytes();
        beginnings[(word[0] & 31) as usize] |= 1 << (word[1] & 31);
        index += 1;
    }
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_anywhere_in_any_case() {
        const NAMES: Names = Names::new(&["phone", "电话", "id="]);

        for (stretch, expected) in
            [("Telephone ", true), ("PHON", false), ("打电话", true), ("x_id=", true), ("i", false), ("", false)]
        {
            assert_eq!(NAMES.are_in(stretch.as_bytes()), expected, "{stretch}");
            assert_eq!(NAMES.are_before(stretch.as_bytes(), stretch.len(), 24), expected, "{stretch}");
        }
    }
}
