//! Where one of some texts may begin, told from its first three bytes for 64 places at once.
//!
//! Each text is in one of eight groups. For each of the three bytes there are two tables of sixteen entries, by the
//! lower and by the upper half of the byte: which groups have a text with such a byte there. A place at which some
//! group is left by all six may be one; all others are none. Source: the Teddy algorithm of Hyperscan.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::classes::{BLOCK, Padded, SEGMENT};
use super::shapes::Places;
use fearless_simd::prelude::*;
use fearless_simd::{u8x16, u8x32, u8x64};

/// How many blocks a segment has with those beside it.
const BLOCKS: usize = SEGMENT + 2;

/// The lower halves of bytes of words: of digits, of `A` to `O` and `a` to `o`, of `P` to `Z` and `p` to `z`, of `_`.
const WORD_LOWER: Halves = [0b0101, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0b0110, 2, 2, 2, 2, 0b1010];

/// Their upper halves.
const WORD_UPPER: Halves = [0, 0, 0, 1, 2, 0b1100, 2, 0b0100, 0, 0, 0, 0, 0, 0, 0, 0];

/// How many bytes are looked at.
const BYTES: usize = 3;

/// For each half of a byte which groups have it, one bit for each group.
type Halves = [u8; 16];

/// The first bytes of texts.
#[derive(Clone, Debug, Default)]
pub(in crate::privacy) struct Fingerprints {
    lower: [Halves; BYTES],
    upper: [Halves; BYTES],
}

impl Fingerprints {
    /// Adds a text to one of the eight groups; any bytes may follow it.
    pub fn add(&mut self, text: &[u8], group: u32) {
        let bit = 1 << (group % u8::BITS);
        for (place, (lower, upper)) in self.lower.iter_mut().zip(&mut self.upper).enumerate() {
            let byte = text.get(place);
            for (half, (lower, upper)) in (0..).zip(lower.iter_mut().zip(upper)) {
                *lower |= if byte.is_none_or(|byte| byte & 15 == half) { bit } else { 0 };
                *upper |= if byte.is_none_or(|byte| byte >> 4 == half) { bit } else { 0 };
            }
        }
    }

    /// The places of a segment at which a text may begin.
    #[inline(always)]
    pub fn places<S: Simd>(&self, simd: S, bytes: &Padded) -> Places {
        let mut places = [0; SEGMENT];
        for (place, start) in places.iter_mut().zip((BLOCK..).step_by(BLOCK)) {
            let mut groups = u8x64::splat(simd, u8::MAX);
            for (index, (lower, upper)) in self.lower.iter().zip(&self.upper).enumerate() {
                let window: Option<&[u8; BLOCK]> = bytes.get(start + index..).and_then(|rest| rest.first_chunk());
                let window = u8x64::from_slice(simd, window.unwrap_or(&[0; BLOCK]));
                groups = groups & looked_up(simd, lower, window & 15) & looked_up(simd, upper, window >> 4);
            }
            *place = !groups.simd_eq(0).to_bitmask();
        }
        places
    }
}

/// Notes for a group the halves of a byte in lower case and in upper case, or those of all bytes.
#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const fn note(byte: Option<u8>, group: u8, lower: &mut Halves, upper: &mut Halves) {
    let mut half = 0;
    while half < 16 {
        let (is_lower, is_upper) = match byte {
            None => (true, true),
            Some(byte) => (byte & 15 == half, byte >> 4 == half || byte.to_ascii_uppercase() >> 4 == half),
        };
        lower[half as usize] |= if is_lower { group } else { 0 };
        upper[half as usize] |= if is_upper { group } else { 0 };
        half += 1;
    }
}

/// How many places are looked at for the beginnings of words.
pub(in crate::privacy) const WINDOW: usize = 32;

/// The same of a few words that are known when this is compiled, upper and lower case ASCII alike.
#[derive(Debug)]
pub(in crate::privacy) struct Beginnings {
    lower: [Halves; BYTES],
    upper: [Halves; BYTES],
}

impl Beginnings {
    /// Words in lower case, two bytes long at least. Those with the same first byte are one group.
    #[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
    pub const fn of(words: &[&str]) -> Self {
        let (mut lower, mut upper) = ([[0; 16]; BYTES], [[0; 16]; BYTES]);
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            let mut place = 0;
            while place < BYTES {
                let byte = if place < word.len() { Some(word[place]) } else { None };
                note(byte, 1 << (word[0] % 8), &mut lower[place], &mut upper[place]);
                place += 1;
            }
            index += 1;
        }
        Self { lower, upper }
    }

    /// The places at which a word may begin, one bit for each; of the last two bytes only what begins before them counts.
    #[inline(always)]
    pub fn places<S: Simd>(&self, simd: S, bytes: &[u8; WINDOW + BYTES - 1]) -> u32 {
        let mut groups = u8x32::splat(simd, u8::MAX);
        for (index, (lower, upper)) in self.lower.iter().zip(&self.upper).enumerate() {
            let window: Option<&[u8; WINDOW]> = bytes.get(index..).and_then(|rest| rest.first_chunk());
            let window = u8x32::from_slice(simd, window.unwrap_or(&[0; WINDOW]));
            let look_up = |table: &Halves, halves| {
                u8x32::block_splat(u8x16::from_slice(simd, table)).swizzle_dyn_within_blocks(halves)
            };
            groups = groups & look_up(lower, window & 15) & look_up(upper, window >> 4);
        }
        !u32::try_from(groups.simd_eq(0).to_bitmask()).unwrap_or(0)
    }
}

/// For each block of a segment, that before it first, which bytes belong to words.
#[inline(always)]
pub(in crate::privacy) fn word_masks<S: Simd>(simd: S, bytes: &Padded) -> [u64; BLOCKS] {
    let mut masks = [0; BLOCKS];
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    for (mask, bytes) in masks.iter_mut().zip(blocks) {
        let bytes = u8x64::from_slice(simd, bytes);
        let classes = looked_up(simd, &WORD_LOWER, bytes & 15) & looked_up(simd, &WORD_UPPER, bytes >> 4);
        *mask = !classes.simd_eq(0).to_bitmask();
    }
    masks
}

/// What a table says of halves of bytes.
#[inline(always)]
fn looked_up<S: Simd>(simd: S, table: &Halves, halves: u8x64<S>) -> u8x64<S> {
    let table = u8x64::block_splat(u8x16::from_slice(simd, table));
    table.swizzle_dyn_within_blocks(halves)
}

#[cfg(test)]
mod tests {
    use super::super::classes::padded;
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn places(texts: &[&str], text: &str) -> Vec<usize> {
        let mut fingerprints = Fingerprints::default();
        texts.iter().zip(0..).for_each(|(text, group)| fingerprints.add(text.as_bytes(), group));
        let mut spare = [0; size_of::<Padded>()];
        let bytes = padded(text.as_bytes(), 0, &mut spare);
        let places = dispatch!(Level::new(), simd => fingerprints.places(simd, bytes));
        (0..text.len()).filter(|place| places[place / BLOCK] >> (place % BLOCK) & 1 == 1).collect()
    }

    #[test]
    fn a_text_may_begin_where_its_first_bytes_stand() {
        assert_eq!(places(&[], "abc"), [0; 0]);
        assert_eq!(places(&["abcd"], "abc abd abcd"), [0, 8]);
        assert_eq!(places(&["a", "é1"], "xa.é1"), [1, 3]);
        assert_eq!(places(&["abc", "bcd", "cde"], "abcde"), [0, 1, 2]);
    }

    #[test]
    fn bytes_of_words_are_letters_digits_and_underscores() {
        for byte in 0..=u8::MAX {
            let bytes = [byte; size_of::<Padded>()];
            let masks = dispatch!(Level::new(), simd => word_masks(simd, &bytes));
            let expected = byte.is_ascii_alphanumeric() || byte == b'_';
            assert_eq!(masks, [if expected { u64::MAX } else { 0 }; BLOCKS], "{byte}");
        }
    }

    #[test]
    fn no_place_is_missed() {
        for gap in 0..200 {
            let text = format!("{}mkeller", ".".repeat(gap));
            assert_eq!(places(&["mkeller"], &text), [gap], "{gap}");
        }
    }
}
