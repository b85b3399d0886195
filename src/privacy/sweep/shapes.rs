//! Where a detector is woken by how bytes stand beside each other, told from the masks of [`Classes`].

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::classes::{Classes, Masks, SEGMENT};

/// What wakes a detector, apart from words. A new one needs its line in [`Shapes::find`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) enum Shape {
    /// The first byte of a line.
    LineStart,
    /// `@`
    AtSign,
    /// `%` before two digits.
    Percent,
    /// The colon of `://`.
    SchemeEnd,
    /// The equals sign of `=(`.
    Call,
    /// A plus before a digit, at no word's end.
    PlusNumber,
    /// A parenthesis before a digit.
    OpenNumber,
    /// The first dot of three that stand among digits as in an IPv4 address.
    DottedQuad,
    /// The first colon of two, or of four with groups of hexadecimal digits between them.
    HexGroups,
    /// The first colon or dash of five with two bytes between each.
    BytePairs,
    /// The first of two dots with four bytes between them, among hexadecimal digits.
    HexDots,
    /// A dot in a name, before its last part, which begins with a letter, is no longer than endings of domains are, and
    /// does not begin as the name of a class does.
    NameDot,
    /// The first of two backslashes or more.
    Backslashes,
    /// A backslash behind two capitals, digits or dashes.
    CapitalsBackslash,
    /// Two capitals and two digits at the beginning of a word.
    CapitalsDigits,
    /// A capital at the end of a word, behind three digits and something else of the word.
    DigitsCapital,
    /// The first of two dollar signs with one, two, four or eight bytes of a word between them.
    DollarPair,
}

impl Shape {
    pub const COUNT: usize = 17;
}

/// A mask for each block of a segment.
pub(super) type Places = [u64; SEGMENT];

/// Places in a segment where something begins or ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes {
    /// By the number of the [`Shape`].
    pub all: [Places; Shape::COUNT],
    /// First letters of words, and first digits of words that are followed by a slash.
    pub word_starts: Places,
    /// Last letters of runs of letters.
    pub letter_ends: Places,
    /// First bytes of characters beyond ASCII.
    pub wide: Places,
    /// First digits of groups of digits that are at least seven bytes long together.
    pub numbers: Places,
}

/// What stands `count` places on.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a mask follows those of all blocks")]
fn after(masks: &Masks, block: usize, count: u32) -> u64 {
    masks[block] >> count | masks[block + 1] << (64 - count)
}

/// What stood `count` places ago.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a block stands before those of the segment")]
fn before(masks: &Masks, block: usize, count: u32) -> u64 {
    masks[block] << count | masks[block - 1] >> (64 - count)
}

/// Those of some places at which, two to `most` places on, one of others stands.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "the arrays are equally long")]
fn followed(places: &Masks, others: &Masks, most: u32) -> Masks {
    let mut result = [0; SEGMENT + 3];
    for i in 1..SEGMENT + 2 {
        let near = after(others, i, 2) | after(others, i, 3) | after(others, i, 4);
        result[i] = places[i] & if most > 4 { near | after(others, i, 5) } else { near };
    }
    result
}

/// A sign between two bytes of a class.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "the arrays are equally long")]
fn between(sign: &Masks, class: &Masks) -> Masks {
    let mut result = [0; SEGMENT + 3];
    for i in 1..SEGMENT + 2 {
        result[i] = sign[i] & before(class, i, 1) & after(class, i, 1);
    }
    result
}

impl Shapes {
    /// Finds them in a segment that is classed.
    #[inline(always)]
    pub fn find(&mut self, of: &Classes) {
        self.find_signs(of);
        self.find_names(of);
        self.find_addresses(of);
        self.find_numbers(of);
    }

    /// Only those among the first so many bytes of the segment.
    #[inline(always)]
    pub fn keep_first(&mut self, bytes: usize) {
        let words = [&mut self.word_starts, &mut self.letter_ends, &mut self.wide, &mut self.numbers];
        for places in self.all.iter_mut().chain(words) {
            for (block, mask) in places.iter_mut().enumerate() {
                let left = bytes.saturating_sub(block * 64);
                *mask &= if left < 64 { (1 << left) - 1 } else { u64::MAX };
            }
        }
    }

    /// Lines, and signs with what stands beside them.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a segment has as many blocks as the arrays have masks")]
    fn find_signs(&mut self, of: &Classes) {
        let [lines, at_signs, percents, schemes, calls, pluses, opens, ..] = &mut self.all;
        for block in 0..SEGMENT {
            let i = block + 1;
            let digits = after(&of.digit, i, 1);
            lines[block] = before(&of.line_break, i, 1);
            at_signs[block] = of.at_sign[i];
            percents[block] = of.percent[i] & digits & after(&of.digit, i, 2);
            schemes[block] = of.colon[i] & after(&of.slash, i, 1) & after(&of.slash, i, 2);
            calls[block] = of.equals[i] & after(&of.parenthesis, i, 1);
            pluses[block] = of.plus[i] & digits & !before(&of.word, i, 1);
            opens[block] = of.parenthesis[i] & digits;
        }
    }

    /// Words, names, and signs that stand in them.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a segment has as many blocks as the arrays have masks")]
    fn find_names(&mut self, of: &Classes) {
        let [.., name_dots, backslashes, domains, prefixed, suffixed, dollars] = &mut self.all;
        for block in 0..SEGMENT {
            let i = block + 1;
            let begins = !before(&of.word, i, 1);
            let name = before(&of.word, i, 1) | before(&of.dash, i, 1) | before(&of.dot, i, 1);
            name_dots[block] = of.dot[i] & after(&of.letter, i, 1) & name;
            let (slash, word) = (&of.backslash, &of.word);
            backslashes[block] = slash[i] & after(slash, i, 1) & !before(slash, i, 1);
            let capital =
                |count| before(&of.upper, i, count) | before(&of.digit, i, count) | before(&of.dash, i, count);
            domains[block] = slash[i] & capital(1) & capital(2);
            let two_digits = after(&of.digit, i, 2) & after(&of.digit, i, 3);
            prefixed[block] = of.upper[i] & after(&of.upper, i, 1) & two_digits & begins;
            let digits = before(&of.digit, i, 1) & before(&of.digit, i, 2) & before(&of.digit, i, 3);
            suffixed[block] = of.upper[i] & digits & before(word, i, 4) & !after(word, i, 1);
            let dollar = |count| after(&of.dollar, i, count);
            dollars[block] = of.dollar[i] & after(word, i, 1) & (dollar(2) | dollar(3) | dollar(5) | dollar(9));
            self.word_starts[block] = (of.letter[i] | (of.digit[i] & after(&of.slash, i, 1))) & begins;
            self.letter_ends[block] = of.letter[i] & !after(&of.letter, i, 1);
            self.wide[block] = of.wide[i];
        }
    }

    /// Groups of digits, decimal or hexadecimal, with dots, colons and dashes between them.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a segment has as many blocks as the arrays have masks")]
    fn find_addresses(&mut self, of: &Classes) {
        let [_, _, _, _, _, _, _, quads, hex_groups, byte_pairs, hex_dots, ..] = &mut self.all;
        let octet = between(&of.dot, &of.digit);
        let two_octets = followed(&octet, &octet, 4);
        let three_octets = followed(&octet, &two_octets, 4);
        let group = between(&of.colon, &of.hex);
        let two_groups = followed(&group, &group, 5);
        let three_groups = followed(&group, &two_groups, 5);
        let four_groups = followed(&group, &three_groups, 5);
        for block in 0..SEGMENT {
            let i = block + 1;
            quads[block] = three_octets[i];
            hex_groups[block] = (of.colon[i] & after(&of.colon, i, 1)) | four_groups[i];
            let pairs =
                |sign: &Masks| sign[i] & after(sign, i, 3) & after(sign, i, 6) & after(sign, i, 9) & after(sign, i, 12);
            byte_pairs[block] = pairs(&of.colon) | pairs(&of.dash);
            let hex = before(&of.hex, i, 4) & before(&of.hex, i, 1) & after(&of.hex, i, 1) & after(&of.hex, i, 4);
            hex_dots[block] = of.dot[i] & after(&of.dot, i, 5) & hex;
        }
    }

    /// Digits in groups: each group but the last is followed by one separator and a digit.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "a segment has as many blocks as the arrays have masks")]
    fn find_numbers(&mut self, of: &Classes) {
        let mut run = [0; SEGMENT + 3];
        for (i, place) in run.iter_mut().enumerate().take(SEGMENT + 2) {
            let separator = of.space[i] | of.dash[i] | of.dot[i] | of.slash[i];
            let behind = if i == 0 { of.digit[0] << 1 } else { before(&of.digit, i, 1) };
            *place = of.digit[i] | (separator & behind & after(&of.digit, i, 1));
        }
        for block in 0..SEGMENT {
            let i = block + 1;
            let seven = (1..7).fold(run[i], |all, count| all & after(&run, i, count));
            self.numbers[block] = seven & of.digit[i] & !before(&run, i, 1);
        }
    }
}
