//! Where a detector is woken by how bytes stand beside each other, told from the masks of [`Classes`].

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::classes::{Classes, LANES, Masks, SEGMENT};
use fearless_simd::prelude::*;
use fearless_simd::u64x4;

/// What wakes a detector, apart from words. A new one needs its line in [`Shapes::find`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) enum Shape {
    /// The first byte of a line that begins with a priority in angle brackets, with a time of ISO 8601, or with three
    /// letters as the names of months are written.
    DatedLine,
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
    /// does not begin as the name of a class does. Of these dots only those before known endings wake.
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
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    /// By the number of the [`Shape`].
    pub all: [Places; Shape::COUNT],
    /// First letters of words, and first digits of words that are followed by a slash.
    pub word_starts: Places,
    /// Last letters of runs of letters. Of one letter alone only before what belongs to no word: nothing that is looked
    /// for ends in one before a digit, and identifiers are full of them.
    pub letter_ends: Places,
    /// First bytes of characters beyond ASCII.
    pub wide: Places,
    /// First digits of groups of digits that are at least seven bytes long together.
    pub numbers: Places,
    /// First dots of three among digits.
    octets: Masks,
    /// First colons of four with groups of hexadecimal digits between them.
    groups: Masks,
    /// Kept, as the two before, only because to clear them each time takes as long as to fill them.
    spare: [Masks; 2],
}

/// Masks of some blocks in a row, and how those beside them are reached.
#[derive(Clone, Copy)]
struct Blocks<'a, S> {
    simd: S,
    of: &'a Classes,
    /// The first of the blocks, counted as [`Masks`] are.
    first: usize,
}

impl<S: Simd> Blocks<'_, S> {
    #[inline(always)]
    fn load(self, masks: &Masks, index: usize) -> u64x4<S> {
        let four: Option<&[u64; LANES]> = masks.get(index..).and_then(|rest| rest.first_chunk());
        u64x4::from_slice(self.simd, four.unwrap_or(&[0; LANES]))
    }

    #[inline(always)]
    fn here(self, masks: &Masks) -> u64x4<S> {
        self.load(masks, self.first)
    }

    /// What stands `count` places on.
    #[inline(always)]
    fn after(self, masks: &Masks, count: u32) -> u64x4<S> {
        self.here(masks) >> count | self.load(masks, self.first + 1) << (u64::BITS - count)
    }

    /// What stood `count` places ago.
    #[inline(always)]
    fn before(self, masks: &Masks, count: u32) -> u64x4<S> {
        self.here(masks) << count | self.load(masks, self.first - 1) >> (u64::BITS - count)
    }

    /// Those of some places at which, two to `most` places on, one of others stands.
    #[inline(always)]
    fn followed(self, places: &Masks, others: &Masks, most: u32) -> u64x4<S> {
        let near = self.after(others, 2) | self.after(others, 3) | self.after(others, 4);
        self.here(places) & if most > 4 { near | self.after(others, 5) } else { near }
    }

    /// A sign between two bytes of a class.
    #[inline(always)]
    fn between(self, sign: &Masks, class: &Masks) -> u64x4<S> {
        self.here(sign) & self.before(class, 1) & self.after(class, 1)
    }

    /// Capitals, digits and dashes that stood `count` places ago.
    #[inline(always)]
    fn capital_before(self, count: u32) -> u64x4<S> {
        let Classes { upper, digit, dash, .. } = self.of;
        self.before(upper, count) | self.before(digit, count) | self.before(dash, count)
    }

    /// The first of five signs with two bytes between each.
    #[inline(always)]
    fn five_pairs(self, sign: &Masks) -> u64x4<S> {
        let more = self.after(sign, 3) & self.after(sign, 6) & self.after(sign, 9) & self.after(sign, 12);
        self.here(sign) & more
    }

    /// Notes places in the blocks.
    #[inline(always)]
    fn put(self, found: u64x4<S>, places: &mut Places) {
        if let Some(places) = places.get_mut(self.first - 1..self.first - 1 + LANES) {
            found.store_slice(places);
        }
    }
}

/// The same for all blocks of a segment and the one after it.
#[inline(always)]
fn each<S: Simd>(simd: S, of: &Classes, result: &mut Masks, masks: impl Fn(Blocks<'_, S>) -> u64x4<S>) {
    for first in (1..SEGMENT + 2).step_by(LANES) {
        if let Some(place) = result.get_mut(first..first + LANES) {
            masks(Blocks { simd, of, first }).store_slice(place);
        }
    }
}

impl Shapes {
    /// Nothing is found yet.
    pub const fn new() -> Self {
        let none = [0; SEGMENT];
        let empty = [0; size_of::<Masks>() / size_of::<u64>()];
        Self {
            all: [none; Shape::COUNT],
            word_starts: none,
            letter_ends: none,
            wide: none,
            numbers: none,
            octets: empty,
            groups: empty,
            spare: [empty; 2],
        }
    }

    /// Finds them in a segment that is classed and whose [`number_runs`] are known.
    #[inline(always)]
    pub fn find<S: Simd>(&mut self, simd: S, of: &Classes, runs: &Masks) {
        let Self { octets, groups, spare: [one, two], .. } = self;
        each(
            simd,
            of,
            one,
            #[inline(always)]
            |at| at.between(&of.dot, &of.digit),
        );
        each(
            simd,
            of,
            two,
            #[inline(always)]
            |at| at.followed(one, one, 4),
        );
        each(
            simd,
            of,
            octets,
            #[inline(always)]
            |at| at.followed(one, two, 4),
        );
        each(
            simd,
            of,
            one,
            #[inline(always)]
            |at| at.between(&of.colon, &of.hex),
        );
        each(
            simd,
            of,
            groups,
            #[inline(always)]
            |at| at.followed(one, one, 5),
        );
        each(
            simd,
            of,
            two,
            #[inline(always)]
            |at| at.followed(one, groups, 5),
        );
        each(
            simd,
            of,
            groups,
            #[inline(always)]
            |at| at.followed(one, two, 5),
        );
        for first in (1..=SEGMENT).step_by(LANES) {
            let at = Blocks { simd, of, first };
            self.find_signs(at);
            self.find_names(at);
            self.find_ends(at);
            self.find_addresses(at);
            self.find_numbers(at, runs);
        }
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
    fn find_signs<S: Simd>(&mut self, at: Blocks<'_, S>) {
        let [lines, at_signs, percents, schemes, calls, pluses, opens, ..] = &mut self.all;
        let of = at.of;
        let digits = at.after(&of.digit, 1);
        let month = at.here(&of.upper) & at.after(&of.letter, 1) & at.after(&of.letter, 2) & !at.after(&of.letter, 3);
        let time = at.after(&of.dash, 4) & at.after(&of.upper, 10) & at.after(&of.colon, 13);
        at.put(at.before(&of.line_break, 1) & (at.here(&of.less) | month | time), lines);
        at.put(at.here(&of.at_sign), at_signs);
        at.put(at.here(&of.percent) & digits & at.after(&of.digit, 2), percents);
        at.put(at.here(&of.colon) & at.after(&of.slash, 1) & at.after(&of.slash, 2), schemes);
        at.put(at.here(&of.equals) & at.after(&of.parenthesis, 1), calls);
        at.put(at.here(&of.plus) & digits & !at.before(&of.word, 1), pluses);
        at.put(at.here(&of.parenthesis) & digits, opens);
    }

    /// Names, and signs that stand in them.
    #[inline(always)]
    fn find_names<S: Simd>(&mut self, at: Blocks<'_, S>) {
        let [.., name_dots, backslashes, domains, prefixed, suffixed, dollars] = &mut self.all;
        let of = at.of;
        let word_before = at.before(&of.word, 1);
        let name = word_before | at.before(&of.dash, 1) | at.before(&of.dot, 1);
        at.put(at.here(&of.dot) & at.after(&of.letter, 1) & name, name_dots);
        let slash = at.here(&of.backslash);
        at.put(slash & at.after(&of.backslash, 1) & !at.before(&of.backslash, 1), backslashes);
        at.put(slash & at.capital_before(1) & at.capital_before(2), domains);
        let upper = at.here(&of.upper);
        let two_digits = at.after(&of.digit, 2) & at.after(&of.digit, 3);
        at.put(upper & at.after(&of.upper, 1) & two_digits & !word_before, prefixed);
        let digits = at.before(&of.digit, 1) & at.before(&of.digit, 2) & at.before(&of.digit, 3);
        at.put(upper & digits & at.before(&of.word, 4) & !at.after(&of.word, 1), suffixed);
        let dollar = &of.dollar;
        let another = at.after(dollar, 2) | at.after(dollar, 3) | at.after(dollar, 5) | at.after(dollar, 9);
        at.put(at.here(&of.dollar) & at.after(&of.word, 1) & another, dollars);
    }

    /// Where words begin and letters end.
    #[inline(always)]
    fn find_ends<S: Simd>(&mut self, at: Blocks<'_, S>) {
        let of = at.of;
        let letter = at.here(&of.letter);
        let begins = letter | (at.here(&of.digit) & at.after(&of.slash, 1));
        at.put(begins & !at.before(&of.word, 1), &mut self.word_starts);
        let several = at.before(&of.letter, 1) | !at.after(&of.word, 1);
        at.put(letter & !at.after(&of.letter, 1) & several, &mut self.letter_ends);
        at.put(at.here(&of.wide), &mut self.wide);
    }

    /// Groups of digits, decimal or hexadecimal, with dots, colons and dashes between them.
    #[inline(always)]
    fn find_addresses<S: Simd>(&mut self, at: Blocks<'_, S>) {
        let Self { octets, groups, .. } = &*self;
        let (three_octets, four_groups) = (at.here(octets), at.here(groups));
        let [_, _, _, _, _, _, _, quads, hex_groups, byte_pairs, hex_dots, ..] = &mut self.all;
        let of = at.of;
        at.put(three_octets, quads);
        at.put((at.here(&of.colon) & at.after(&of.colon, 1)) | four_groups, hex_groups);
        at.put(at.five_pairs(&of.colon) | at.five_pairs(&of.dash), byte_pairs);
        let hex = at.before(&of.hex, 4) & at.before(&of.hex, 1) & at.after(&of.hex, 1) & at.after(&of.hex, 4);
        at.put(at.here(&of.dot) & at.after(&of.dot, 5) & hex, hex_dots);
    }

    /// First digits of runs that are at least seven bytes long.
    #[inline(always)]
    fn find_numbers<S: Simd>(&mut self, at: Blocks<'_, S>, runs: &Masks) {
        let mut seven = at.here(runs);
        for count in 1..7 {
            seven &= at.after(runs, count);
        }
        at.put(seven & at.here(&at.of.digit) & !at.before(runs, 1), &mut self.numbers);
    }
}

/// Digits in groups: each group but the last is followed by one separator and a digit.
#[inline(always)]
pub(super) fn number_runs<S: Simd>(simd: S, of: &Classes, runs: &mut Masks) {
    each(
        simd,
        of,
        runs,
        #[inline(always)]
        |at| {
            let separator = at.here(&of.space) | at.here(&of.dash) | at.here(&of.dot) | at.here(&of.slash);
            at.here(&of.digit) | (separator & at.before(&of.digit, 1) & at.after(&of.digit, 1))
        },
    );
    // Of the block before the segment only the last byte counts.
    let first = |masks: &Masks| masks.first().copied().unwrap_or(0);
    let separator = first(&of.space) | first(&of.dash) | first(&of.dot) | first(&of.slash);
    let next = of.digit.get(1).copied().unwrap_or(0) << (u64::BITS - 1);
    if let Some(run) = runs.first_mut() {
        *run = first(&of.digit) | (separator & first(&of.digit) << 1 & next);
    }
}
