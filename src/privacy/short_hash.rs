//! Looking up short texts, which is most of what detectors do: names of keys, endings, values that are known.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

/// A list of words.
pub(super) type Words = HashSet<String, Seeded>;

/// Hashes short texts in few steps. The seed keeps a log from being written so that all its values collide.
#[derive(Clone, Debug)]
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = ShortHasher;

    fn build_hasher(&self) -> ShortHasher {
        ShortHasher(self.0)
    }
}

pub(super) struct ShortHasher(u64);

impl Hasher for ShortHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, _) = bytes.as_chunks();
        for eight in eights {
            self.0 = mixed(self.0 ^ u64::from_le_bytes(*eight)).rotate_left(29);
        }
        self.0 = mixed(self.0 ^ last_of(bytes) ^ (bytes.len() as u64) << 56).rotate_left(29);
    }

    /// What ends a text for others; its length is in its hash.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        mixed(self.0 ^ (self.0 >> 32))
    }
}

/// The last bytes of a text, eight at most, in a few steps that do not depend on how many there are.
#[inline]
fn last_of(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.last_chunk() {
        return u64::from_le_bytes(*eight);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    let byte = |place: usize| bytes.get(place).map_or(0, |byte| u64::from(*byte));
    byte(0) | byte(1) << 8 | byte(2) << 16
}

/// Spreads the bits of a number (Knuth's multiplicative hashing).
#[inline]
pub(super) const fn mixed(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// How long a text is at most that is put in lower case on the stack, in bytes.
const SHORT: usize = 64;

/// Does something with a text in lower case of ASCII. Short texts, which nearly all are, need no memory for that.
pub(super) fn in_lower_case<T>(text: &str, work: impl FnOnce(&str) -> T) -> T {
    if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return work(text);
    }
    let mut spare = [0; SHORT];
    let short = spare.get_mut(..text.len()).and_then(|spare| {
        spare.copy_from_slice(text.as_bytes());
        spare.make_ascii_lowercase();
        std::str::from_utf8(spare).ok()
    });
    match short {
        Some(lower) => work(lower),
        None => work(&text.to_ascii_lowercase()),
    }
}

/// What was judged of short texts before: those of a log come again and again. A verdict depends on its text alone.
#[derive(Debug)]
pub(super) struct Memo<V> {
    verdicts: HashMap<Box<str>, V, Seeded>,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { verdicts: HashMap::default() }
    }
}

impl<V: Copy> Memo<V> {
    /// How many texts are remembered, and how long they are at most, in bytes.
    const MOST: usize = 512;
    const LONGEST: usize = 64;

    /// The verdict on a text.
    pub fn of(&mut self, text: &str, judge: impl FnOnce(&str) -> V) -> V {
        if let Some(verdict) = self.verdicts.get(text) {
            return *verdict;
        }
        let verdict = judge(text);
        if text.len() <= Self::LONGEST && self.verdicts.len() < Self::MOST {
            self.verdicts.insert(text.into(), verdict);
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_a_byte_or_in_length_have_other_hashes() {
        let seed = Seeded::default();
        for length in 0..40 {
            let text = vec![b'a'; length];
            let hash = seed.hash_one(&*text);
            assert_ne!(hash, seed.hash_one(&*vec![b'a'; length + 1]), "{length}");
            for place in 0..length {
                let mut other = text.clone();
                other[place] = b'b';
                assert_ne!(hash, seed.hash_one(&*other), "{length} {place}");
            }
        }
    }

    #[test]
    fn lower_case_is_that_of_ascii_at_any_length() {
        for text in ["", "a", "Ab", "ÄbC", &"Xy".repeat(32), &"Xy".repeat(33), &"é".repeat(33)] {
            assert_eq!(in_lower_case(text, str::to_owned), text.to_ascii_lowercase(), "{text}");
        }
    }

    #[test]
    fn a_text_is_judged_once_and_memory_is_bounded() {
        let mut memo = Memo::default();
        let mut judged = 0;
        for number in 0..2000 {
            let text = format!("key{}", number % 100);
            let verdict = memo.of(&text, |text| {
                judged += 1;
                text.len()
            });
            assert_eq!(verdict, text.len());
        }
        assert_eq!(judged, 100);

        for number in 0..2000 {
            memo.of(&number.to_string(), str::len);
        }
        assert_eq!(memo.verdicts.len(), Memo::<usize>::MOST);
    }
}
