//! Sixty-four bytes at a time: which of them are digits, letters, dots, …, one bit a byte.

/// How many bytes are classed at once: one for each bit of a mask.
pub(in crate::privacy) const BLOCK: usize = 64;

/// For each class of bytes a mask: bit `i` tells whether byte `i` of the block is of that class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes {
    pub digit: u64,
    pub upper: u64,
    /// Letters of ASCII, upper and lower case.
    pub letter: u64,
    /// Digits and the letters `a` to `f`, upper and lower case.
    pub hex: u64,
    /// Letters, digits and underscore.
    pub word: u64,
    /// The first bytes of characters beyond ASCII.
    pub wide: u64,
    pub dot: u64,
    pub colon: u64,
    pub dash: u64,
    pub slash: u64,
    pub backslash: u64,
    pub space: u64,
    pub line_break: u64,
    pub at_sign: u64,
    pub percent: u64,
    pub plus: u64,
    pub equals: u64,
    pub parenthesis: u64,
    pub dollar: u64,
}

impl Classes {
    /// Of the block that begins at `start`; outside the text every byte is zero.
    pub fn at(bytes: &[u8], start: usize) -> Self {
        with_block(bytes, start, Self::of)
    }

    /// Of the block that ends at `end`; outside the text every byte is zero.
    pub fn before(bytes: &[u8], end: usize) -> Self {
        let mut block = [0; BLOCK];
        let head = bytes.get(..end).unwrap_or_default();
        for (place, byte) in block.iter_mut().rev().zip(head.iter().rev()) {
            *place = *byte;
        }
        Self::of(&block)
    }

    /// What a byte is, told from its bits: the names are those of the hexadecimal digits that they make.
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let [b0, b1, b2, b3, b4, b5, b6, b7] = planes(block);
        let (x0, x1, x2, x3) = (!b1 & !b0, !b1 & b0, b1 & !b0, b1 & b0);
        let (zeros, fours, eights, twelves) = (!b3 & !b2, !b3 & b2, b3 & !b2, b3 & b2);
        let (low_0, low_5, low_8, low_a, low_b) = (zeros & x0, fours & x1, eights & x0, eights & x2, eights & x3);
        let (low_c, low_d, low_e, low_f) = (twelves & x0, twelves & x1, twelves & x2, twelves & x3);
        let (high_0, high_2, high_3) = (!b7 & !b6 & !b5 & !b4, !b7 & !b6 & b5 & !b4, !b7 & !b6 & b5 & b4);
        let (high_4, high_5, letters) = (!b7 & b6 & !b5 & !b4, !b7 & b6 & !b5 & b4, !b7 & b6);
        let letter = letters & (b4 | b3 | b2 | b1 | b0) & !(b4 & b3 & (b2 | x3));
        let digit = high_3 & !(b3 & (b2 | b1));
        Self {
            digit,
            upper: letter & !b5,
            letter,
            hex: digit | (letters & !b4 & !b3 & (b2 | b1 | b0) & !(b2 & x3)),
            word: digit | letter | (high_5 & low_f),
            wide: b7 & b6,
            dot: high_2 & low_e,
            colon: high_3 & low_a,
            dash: high_2 & low_d,
            slash: high_2 & low_f,
            backslash: high_5 & low_c,
            space: high_2 & low_0,
            line_break: high_0 & low_a,
            at_sign: high_4 & low_0,
            percent: high_2 & low_5,
            plus: high_2 & low_b,
            equals: high_3 & low_d,
            parenthesis: high_2 & low_8,
            dollar: high_2 & fours & x0,
        }
    }
}

/// The lowest bits of all bytes of a block, then the next ones, up to the highest.
///
/// Each eight bytes are a square of bits that is mirrored; then the eight squares are a square of bytes.
#[inline]
fn planes(block: &[u8; BLOCK]) -> [u64; 8] {
    const QUARTERS: u64 = 0x00ff_00ff_00ff_00ff;
    const HALVES: u64 = 0x0000_ffff_0000_ffff;
    const WHOLES: u64 = 0x0000_0000_ffff_ffff;
    let (rows, _) = block.as_chunks::<8>();
    let mut squares = [0; 8];
    for (square, row) in squares.iter_mut().zip(rows) {
        *square = mirrored(*row);
    }
    let [one, two, three, four, five, six, seven, eight] = squares;
    let ((one, two), (three, four)) = (swapped(one, two, 8, QUARTERS), swapped(three, four, 8, QUARTERS));
    let ((five, six), (seven, eight)) = (swapped(five, six, 8, QUARTERS), swapped(seven, eight, 8, QUARTERS));
    let ((one, three), (two, four)) = (swapped(one, three, 16, HALVES), swapped(two, four, 16, HALVES));
    let ((five, seven), (six, eight)) = (swapped(five, seven, 16, HALVES), swapped(six, eight, 16, HALVES));
    let ((one, five), (two, six)) = (swapped(one, five, 32, WHOLES), swapped(two, six, 32, WHOLES));
    let ((three, seven), (four, eight)) = (swapped(three, seven, 32, WHOLES), swapped(four, eight, 32, WHOLES));
    [one, two, three, four, five, six, seven, eight]
}

/// Mirrors a square of eight by eight bits. Source: Warren, Hacker's Delight, section 7-3.
#[inline]
const fn mirrored(bytes: [u8; 8]) -> u64 {
    let square = u64::from_le_bytes(bytes);
    let swap = (square ^ (square >> 7)) & 0x00aa_00aa_00aa_00aa;
    let square = square ^ swap ^ (swap << 7);
    let swap = (square ^ (square >> 14)) & 0x0000_cccc_0000_cccc;
    let square = square ^ swap ^ (swap << 14);
    let swap = (square ^ (square >> 28)) & 0x0000_0000_f0f0_f0f0;
    square ^ swap ^ (swap << 28)
}

/// Swaps the bytes of two rows that stand where the mask, moved by so many bits, says.
#[inline]
const fn swapped(a: u64, b: u64, bits: u32, mask: u64) -> (u64, u64) {
    let swap = ((a >> bits) ^ b) & mask;
    (a ^ (swap << bits), b ^ swap)
}

/// Does something with the block that begins at `start`; outside the text every byte is zero.
#[inline]
fn with_block<T>(bytes: &[u8], start: usize, work: impl Fn(&[u8; BLOCK]) -> T) -> T {
    let rest = bytes.get(start..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return work(block);
    }
    let mut block = [0; BLOCK];
    for (place, byte) in block.iter_mut().zip(rest) {
        *place = *byte;
    }
    work(&block)
}

/// Which bytes of the block that begins at `start` belong to words: all that the search for known values needs.
pub(in crate::privacy) fn word_mask(bytes: &[u8], start: usize) -> u64 {
    with_block(bytes, start, |block| {
        let [b0, b1, b2, b3, b4, b5, b6, b7] = planes(block);
        let letter = b6 & (b4 | b3 | b2 | b1 | b0) & !(b4 & b3 & (b2 | (b1 & b0)));
        let digit = !b6 & b5 & b4 & !(b3 & (b2 | b1));
        let underscore = b6 & !b5 & b4 & b3 & b2 & b1 & b0;
        !b7 & (letter | digit | underscore)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_in_the_classes_that_it_belongs_to() {
        for byte in 0..=u8::MAX {
            let all = Classes::of(&[byte; BLOCK]);
            let expect = |holds: bool| if holds { u64::MAX } else { 0 };
            assert_eq!(all.digit, expect(byte.is_ascii_digit()), "{byte}");
            assert_eq!(all.letter, expect(byte.is_ascii_alphabetic()), "{byte}");
            assert_eq!(all.upper, expect(byte.is_ascii_uppercase()), "{byte}");
            assert_eq!(all.hex, expect(byte.is_ascii_hexdigit()), "{byte}");
            assert_eq!(all.word, expect(byte.is_ascii_alphanumeric() || byte == b'_'), "{byte}");
            assert_eq!(all.wide, expect(byte >= 0xc0), "{byte}");
            assert_eq!(all.dot, expect(byte == b'.'), "{byte}");
            assert_eq!(word_mask(&[byte; BLOCK], 0), all.word, "{byte}");
        }
    }

    #[test]
    fn each_bit_is_that_of_its_byte_and_nothing_stands_outside() {
        let text = b"a1.";
        let all = Classes::at(text, 0);

        assert_eq!((all.letter, all.digit, all.dot), (0b001, 0b010, 0b100));
        assert_eq!(Classes::at(text, 3), Classes::default());
        assert_eq!(Classes::before(text, 3).dot, 1 << 63);
    }
}
