//! Sixty-four bytes to a mask: which of them are digits, letters, dots, …, one bit a byte.
//!
//! Four kilobytes are classed together, the same step for all their blocks in a row: a compiler makes instructions of
//! that which take several blocks at once. Which instructions a processor has is asked once for a stretch of text, and
//! all that is inlined is compiled for each sort of them.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use crate::privacy::detectors::bytes::at;
use fearless_simd::prelude::*;
use fearless_simd::{i8x64, u8x64};

/// How many bytes make a block: one for each bit of a mask.
pub(in crate::privacy) const BLOCK: usize = 64;

/// How many blocks are classed at once: many, for all of that and then all detectors' code must be fetched anew for each
/// segment; no more than a number has bits.
pub(in crate::privacy) const SEGMENT: usize = 64;

/// The blocks of a segment, with the one before and the one after it.
const ALL: usize = SEGMENT + 2;

/// How many bytes these are.
const PADDED: usize = ALL * BLOCK;

/// How many masks are taken at once.
pub(super) const LANES: usize = 4;

/// One mask for each block, that of the block before the segment first; the last ones are empty.
pub(in crate::privacy) type Masks = [u64; ALL + LANES];

/// The bytes of a segment, and a block before and after it; outside the text they are zero.
pub(in crate::privacy) type Padded = [u8; PADDED];

/// The segment that begins at `start`; `spare` is where it is put together at the edges of the text.
pub(in crate::privacy) fn padded<'a>(bytes: &'a [u8], start: usize, spare: &'a mut Padded) -> &'a Padded {
    let from = start.checked_sub(BLOCK);
    if let Some(whole) = from.and_then(|from| bytes.get(from..)?.first_chunk()) {
        return whole;
    }
    for (offset, place) in spare.iter_mut().enumerate() {
        *place = (start + offset).checked_sub(BLOCK).map_or(0, |index| at(bytes, index));
    }
    spare
}

/// For each class of bytes its masks: bit `i` tells whether byte `i` of a block is of that class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    pub digit: Masks,
    pub upper: Masks,
    /// Letters of ASCII, upper and lower case.
    pub letter: Masks,
    /// Digits and the letters `a` to `f`, upper and lower case.
    pub hex: Masks,
    /// Letters, digits and underscore.
    pub word: Masks,
    /// The first bytes of characters beyond ASCII.
    pub wide: Masks,
    pub dot: Masks,
    pub colon: Masks,
    pub dash: Masks,
    pub slash: Masks,
    pub backslash: Masks,
    pub space: Masks,
    pub line_break: Masks,
    pub at_sign: Masks,
    pub percent: Masks,
    pub plus: Masks,
    pub equals: Masks,
    pub parenthesis: Masks,
    pub dollar: Masks,
    pub less: Masks,
    /// Kept only because to clear it each time takes as long as a class.
    planes: Planes,
}

impl Classes {
    /// Nothing is classed yet.
    pub const fn new() -> Self {
        let none = [0; ALL + LANES];
        Self {
            digit: none,
            upper: none,
            letter: none,
            hex: none,
            word: none,
            wide: none,
            dot: none,
            colon: none,
            dash: none,
            slash: none,
            backslash: none,
            space: none,
            line_break: none,
            at_sign: none,
            percent: none,
            plus: none,
            equals: none,
            parenthesis: none,
            dollar: none,
            less: none,
            planes: [[0; ALL]; 8],
        }
    }

    /// Classes a segment. Bytes are told from their bits: the names are those of the hexadecimal digits they make.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "all arrays have a mask for each of the blocks")]
    pub fn fill<S: Simd>(&mut self, simd: S, bytes: &Padded) {
        fill_planes(simd, bytes, &mut self.planes);
        let [p0, p1, p2, p3, p4, p5, p6, p7] = &self.planes;
        for i in 0..ALL {
            let (b0, b1, b2, b3, b4, b5, b6, b7) = (p0[i], p1[i], p2[i], p3[i], p4[i], p5[i], p6[i], p7[i]);
            let (x0, x1, x2, x3) = (!b1 & !b0, !b1 & b0, b1 & !b0, b1 & b0);
            let (zeros, fours, eights, twelves) = (!b3 & !b2, !b3 & b2, b3 & !b2, b3 & b2);
            let (low_0, low_5, low_8, low_a, low_b) = (zeros & x0, fours & x1, eights & x0, eights & x2, eights & x3);
            let (low_c, low_d, low_e, low_f) = (twelves & x0, twelves & x1, twelves & x2, twelves & x3);
            let (high_0, high_2, high_3) = (!b7 & !b6 & !b5 & !b4, !b7 & !b6 & b5 & !b4, !b7 & !b6 & b5 & b4);
            let (high_4, high_5, letters) = (!b7 & b6 & !b5 & !b4, !b7 & b6 & !b5 & b4, !b7 & b6);
            let letter = letters & (b4 | b3 | b2 | b1 | b0) & !(b4 & b3 & (b2 | x3));
            let digit = high_3 & !(b3 & (b2 | b1));
            self.digit[i] = digit;
            self.upper[i] = letter & !b5;
            self.letter[i] = letter;
            self.hex[i] = digit | (letters & !b4 & !b3 & (b2 | b1 | b0) & !(b2 & x3));
            self.word[i] = digit | letter | (high_5 & low_f);
            self.wide[i] = b7 & b6;
            self.dot[i] = high_2 & low_e;
            self.colon[i] = high_3 & low_a;
            self.dash[i] = high_2 & low_d;
            self.slash[i] = high_2 & low_f;
            self.backslash[i] = high_5 & low_c;
            self.space[i] = high_2 & low_0;
            self.line_break[i] = high_0 & low_a;
            self.at_sign[i] = high_4 & low_0;
            self.percent[i] = high_2 & low_5;
            self.plus[i] = high_2 & low_b;
            self.equals[i] = high_3 & low_d;
            self.parenthesis[i] = high_2 & low_8;
            self.dollar[i] = high_2 & fours & x0;
            self.less[i] = high_3 & low_c;
        }
    }
}

/// For each block the lowest bits of all its bytes, then the next ones, up to the highest.
type Planes = [[u64; ALL]; 8];

/// The highest bit of each byte makes a mask; doubled, the next bit is the highest.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "each plane has a mask for each of the blocks")]
fn fill_planes<S: Simd>(simd: S, bytes: &Padded, planes: &mut Planes) {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    for (block, bytes) in blocks.iter().enumerate().take(ALL) {
        let mut bytes = u8x64::from_slice(simd, bytes);
        for plane in planes.iter_mut().rev() {
            let signed: i8x64<S> = bytes.bitcast();
            plane[block] = signed.simd_lt(i8x64::splat(simd, 0)).to_bitmask();
            bytes = bytes + bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn classes(bytes: &Padded) -> Classes {
        let mut classes = Classes::new();
        dispatch!(Level::new(), simd => classes.fill(simd, bytes));
        classes
    }

    #[test]
    fn every_byte_is_in_the_classes_that_it_belongs_to() {
        for byte in 0..=u8::MAX {
            let all = classes(&[byte; PADDED]);
            let expect = |holds: bool| if holds { u64::MAX } else { 0 };
            assert_eq!(all.digit[7], expect(byte.is_ascii_digit()), "{byte}");
            assert_eq!(all.letter[7], expect(byte.is_ascii_alphabetic()), "{byte}");
            assert_eq!(all.upper[7], expect(byte.is_ascii_uppercase()), "{byte}");
            assert_eq!(all.hex[7], expect(byte.is_ascii_hexdigit()), "{byte}");
            assert_eq!(all.word[7], expect(byte.is_ascii_alphanumeric() || byte == b'_'), "{byte}");
            assert_eq!(all.wide[7], expect(byte >= 0xc0), "{byte}");
            assert_eq!(all.dot[7], expect(byte == b'.'), "{byte}");
        }
    }

    #[test]
    fn each_bit_is_that_of_its_byte_and_nothing_stands_outside() {
        let mut spare = [0; PADDED];
        let all = classes(padded(b"a1.", 0, &mut spare));
        assert_eq!((all.letter[1], all.digit[1], all.dot[1]), (0b001, 0b010, 0b100));
        assert_eq!((all.letter[0], all.letter[2]), (0, 0));

        let after = classes(padded(b"a1.", 3, &mut spare));
        assert_eq!((after.dot[0], after.dot[1]), (1 << 63, 0));

        let long: Vec<u8> = (0..2 * PADDED).map(|place| if place % 7 == 0 { b'.' } else { b'a' }).collect();
        let all = classes(padded(&long, 100, &mut spare));
        for place in 0..PADDED {
            let dot = (place + 100 - BLOCK).is_multiple_of(7);
            assert_eq!(all.dot[place / BLOCK] >> (place % BLOCK) & 1 == 1, dot, "{place}");
        }
    }
}
