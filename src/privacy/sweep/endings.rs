//! The last parts of names that are looked for: whether one may stand somewhere, told from its length and three letters.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

/// For each letter, or each length, one bit for each letter that goes with it; letters are five bits, their case aside.
type Letters = [u32; 32];

/// Endings of names, such as `internal` and `io`. A log is full of words behind dots that are none.
#[derive(Debug, Default)]
pub(super) struct Endings {
    /// For each first letter the second ones.
    seconds: Letters,
    /// For each length the last letters.
    lasts: Letters,
}

impl Endings {
    /// Adds an ending of two letters at least and 31 at most.
    pub fn add(&mut self, ending: &str) {
        if let [first, second, ..] = ending.as_bytes()
            && let Some(last) = ending.as_bytes().last()
            && let Some(seconds) = self.seconds.get_mut(usize::from(first & 31))
            && let Some(lasts) = self.lasts.get_mut(ending.len())
        {
            *seconds |= 1 << (second & 31);
            *lasts |= 1 << (last & 31);
        }
    }

    /// Whether a part of a name may be one of them, as the lowest bit: by its length, and its first, its second and its
    /// last letter.
    #[inline(always)]
    pub fn may_be(&self, length: u32, [first, second, last]: [u8; 3]) -> u64 {
        self.may_begin([first, second]) & with(&self.lasts, length as usize, last) & u64::from(length < 32)
    }

    /// Whether one of them may begin with two letters, as the lowest bit.
    #[inline(always)]
    pub fn may_begin(&self, [first, second]: [u8; 2]) -> u64 {
        with(&self.seconds, usize::from(first), second)
    }
}

/// Whether a letter goes with another one or with a length, as the lowest bit.
#[inline(always)]
fn with(letters: &Letters, index: usize, letter: u8) -> u64 {
    u64::from(letters.get(index % 32).copied().unwrap_or(0) >> (letter & 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(endings: &Endings, part: &str) -> bool {
        let bytes = part.as_bytes();
        let letter = |place| bytes.get(place).copied().unwrap_or(b'.');
        endings.may_be(u32::try_from(part.len()).unwrap(), [letter(0), letter(1), letter(part.len() - 1)]) & 1 == 1
    }

    #[test]
    fn no_ending_is_missed_and_most_words_are_none() {
        let mut endings = Endings::default();
        let list = ["io", "de", "com", "internal", "international"];
        for ending in list {
            endings.add(ending);
        }
        for ending in list {
            assert!(may_be(&endings, ending) && may_be(&endings, &ending.to_uppercase()), "{ending}");
            assert_eq!(endings.may_begin(*ending.as_bytes().first_chunk().unwrap()) & 1, 1, "{ending}");
        }
        assert_eq!(endings.may_begin(*b"ja") & 1, 0);
        for other in ["java", "i", "comm", "dm", "ia", "internationals", &"io".repeat(17)] {
            assert!(!may_be(&endings, other), "{other}");
        }
    }
}
