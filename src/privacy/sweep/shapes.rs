//! Where a detector is woken by how bytes stand beside each other, told from the masks of [`Classes`].

use super::classes::Classes;
use std::ops::RangeInclusive;

/// What wakes a detector, apart from words. A new one needs its line in [`Window::shapes`].
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
    /// A dot in a name, before a letter.
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

/// Places in a block where something begins or ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shapes {
    /// By the number of the [`Shape`].
    pub all: [u64; Shape::COUNT],
    /// First letters of words, and first digits of words that are followed by a slash.
    pub word_starts: u64,
    /// Last letters of runs of letters.
    pub letter_ends: u64,
    /// First bytes of characters beyond ASCII.
    pub wide: u64,
    /// First digits of groups of digits that are at least seven bytes long together.
    pub numbers: u64,
}

impl Shapes {
    /// Those among some places.
    #[inline]
    pub fn within(mut self, places: u64) -> Self {
        for mask in &mut self.all {
            *mask &= places;
        }
        let Self { all, word_starts, letter_ends, wide, numbers } = self;
        Self {
            all,
            word_starts: word_starts & places,
            letter_ends: letter_ends & places,
            wide: wide & places,
            numbers: numbers & places,
        }
    }
}

/// A block with its neighbors, whose bytes decide about those at the edges.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    previous: &'a Classes,
    current: &'a Classes,
    next: &'a Classes,
}

/// One class over the block (the lower half) and the next one, and what stood before them.
#[derive(Clone, Copy)]
struct Mask {
    behind: u64,
    here: u128,
}

impl Mask {
    /// For each place, what stands `count` places on.
    const fn after(self, count: u32) -> u128 {
        self.here >> count
    }

    /// For each place, what stood `count` places ago.
    fn before(self, count: u32) -> u128 {
        (self.here << count) | u128::from(self.behind >> (64 - count))
    }
}

/// For each place, whether something stands one of so many places on.
fn within(mask: u128, mut places: RangeInclusive<u32>) -> u128 {
    places.try_fold(0, |all, count| Some(all | (mask >> count))).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "the upper half is the next block, which has its own turn")]
const fn lower(mask: u128) -> u64 {
    mask as u64
}

impl<'a> Window<'a> {
    /// Of three blocks.
    pub const fn of(blocks: &'a [Classes]) -> Option<Self> {
        match blocks {
            [previous, current, next] => Some(Self { previous, current, next }),
            _ => None,
        }
    }

    #[inline]
    fn mask(&self, of: impl Fn(&Classes) -> u64) -> Mask {
        let here = u128::from(of(self.current)) | (u128::from(of(self.next)) << 64);
        Mask { behind: of(self.previous), here }
    }

    #[inline]
    pub fn shapes(&self) -> Shapes {
        let (digit, upper, letter) =
            (self.mask(|all| all.digit), self.mask(|all| all.upper), self.mask(|all| all.letter));
        let (hex, word) = (self.mask(|all| all.hex), self.mask(|all| all.word));
        let (dot, colon, dash) = (self.mask(|all| all.dot), self.mask(|all| all.colon), self.mask(|all| all.dash));
        let (slash, backslash) = (self.mask(|all| all.slash), self.mask(|all| all.backslash));
        let open = self.mask(|all| all.parenthesis);
        let dollar = self.mask(|all| all.dollar);
        let name = self.mask(|all| all.word | all.dash | all.dot);
        let capital = self.mask(|all| all.upper | all.digit | all.dash);
        let word_begins = !word.before(1);

        let octet = dot.here & digit.before(1) & digit.after(1);
        let group = colon.here & hex.before(1) & hex.after(1);
        // The time of day has two colons, so most blocks end here.
        let two_groups = group & within(group, 2..=5);
        let three_groups = group & within(two_groups, 2..=5);
        let four_groups = if three_groups == 0 { 0 } else { group & within(three_groups, 2..=5) };
        let quads = if octet == 0 { 0 } else { octet & within(octet & within(octet, 2..=4), 2..=4) };
        let pairs = |sign: u128| sign & (sign >> 3) & (sign >> 6) & (sign >> 9) & (sign >> 12);
        let all = [
            self.mask(|all| all.line_break).before(1),
            self.mask(|all| all.at_sign).here,
            self.mask(|all| all.percent).here & digit.after(1) & digit.after(2),
            colon.here & slash.after(1) & slash.after(2),
            self.mask(|all| all.equals).here & open.after(1),
            self.mask(|all| all.plus).here & digit.after(1) & word_begins,
            open.here & digit.after(1),
            quads,
            (colon.here & colon.after(1)) | four_groups,
            pairs(colon.here) | pairs(dash.here),
            dot.here & dot.after(5) & hex.before(4) & hex.before(1) & hex.after(1) & hex.after(4),
            dot.here & letter.after(1) & name.before(1),
            backslash.here & backslash.after(1) & !backslash.before(1),
            backslash.here & capital.before(1) & capital.before(2),
            upper.here & upper.after(1) & digit.after(2) & digit.after(3) & word_begins,
            upper.here & digit.before(1) & digit.before(2) & digit.before(3) & word.before(4) & !word.after(1),
            dollar.here & word.after(1) & (dollar.after(2) | dollar.after(3) | dollar.after(5) | dollar.after(9)),
        ];
        Shapes {
            all: all.map(lower),
            word_starts: lower((letter.here | (digit.here & slash.after(1))) & word_begins),
            letter_ends: lower(letter.here & !letter.after(1)),
            wide: self.current.wide,
            numbers: self.numbers(digit),
        }
    }

    #[inline]
    fn numbers(&self, digit: Mask) -> u64 {
        let separator = self.mask(|all| all.space | all.dash | all.dot | all.slash);
        let joined = separator.here & digit.before(1) & digit.after(1);
        let run = digit.here | joined;
        let two = run & (run >> 1);
        let four = two & (two >> 2);
        let seven = four & (four >> 3);
        // Of the block before, only its last two bytes decide whether a run goes on here.
        let goes_on = (digit.behind | (separator.behind & (digit.behind << 1))) >> 63;
        lower(seven & digit.here & !((run << 1) | u128::from(goes_on)))
    }
}
