//! What is found in a segment before any detector looks closer: shapes, and places where words may stand.
//!
//! All of it is compiled for each sort of instructions that processors have, and calls nothing that is not.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::candidates::Candidates;
use super::classes::{BLOCK, Classes, LANES, Masks, Padded, SEGMENT};
use super::endings::Endings;
use super::number::Number;
use super::shapes::{Places, Shape, Shapes, number_runs};
use super::words::Table;
use crate::privacy::detectors::bytes::is_word;
use fearless_simd::prelude::*;
use fearless_simd::u64x4;

/// The words to look for, by the sort of place at which they are found.
#[derive(Debug)]
pub(super) struct Tables {
    pub begins: Table,
    pub ends: Table,
    pub wide: Table,
    pub endings: Endings,
}

/// A segment, looked at from afar.
#[derive(Debug)]
pub(super) struct Survey {
    classes: Classes,
    /// Groups of digits with what joins them.
    runs: Masks,
    pub shapes: Shapes,
    /// For each shape in which blocks it is, one bit for each.
    pub present: [u64; Shape::COUNT],
    /// In which blocks numbers are.
    pub numbers: u64,
    /// Dots before the last part of a name.
    pub last_dots: Candidates,
    /// Where words may begin.
    pub begins: Candidates,
    /// Where names of keys may end, or begin if they are beyond ASCII.
    pub ends: Candidates,
    wide: Candidates,
}

impl Survey {
    pub fn new() -> Self {
        Self {
            classes: Classes::new(),
            runs: [0; size_of::<Masks>() / size_of::<u64>()],
            shapes: Shapes::new(),
            present: [0; Shape::COUNT],
            numbers: 0,
            last_dots: Candidates::new(),
            begins: Candidates::new(),
            ends: Candidates::new(),
            wide: Candidates::new(),
        }
    }

    /// Looks at the first so many bytes of a segment, which may be the first one of a text.
    #[inline(always)]
    pub fn look<S: Simd>(&mut self, simd: S, bytes: &Padded, (is_first, count): (bool, usize), tables: &Tables) {
        self.classes.fill(simd, bytes);
        // A text begins as a line does.
        if let (true, Some(before)) = (is_first, self.classes.line_break.first_mut()) {
            *before = 1 << (BLOCK - 1);
        }
        number_runs(simd, &self.classes, &mut self.runs);
        self.shapes.find(simd, &self.classes, &self.runs);
        if count < SEGMENT * BLOCK {
            self.shapes.keep_first(count);
        }
        for (present, places) in self.present.iter_mut().zip(&self.shapes.all) {
            *present = busy(simd, places);
        }
        self.numbers = busy(simd, &self.shapes.numbers);
        self.thin_dots(bytes, &tables.endings);
        self.find_last_dots(bytes, &tables.endings);
        tables.begins.find(bytes, &self.shapes.word_starts, &mut self.begins);
        tables.begins.label(bytes, &mut self.begins);
        tables.ends.find(bytes, &self.shapes.letter_ends, &mut self.ends);
        tables.ends.label(bytes, &mut self.ends);
        if busy(simd, &self.shapes.wide) != 0 {
            tables.wide.find(bytes, &self.shapes.wide, &mut self.wide);
            tables.wide.label(bytes, &mut self.wide);
            // Both are names of keys, so they come in the order of the text.
            self.ends.merge(&self.wide);
        }
    }

    /// The number whose first digit is at a place of the segment that begins at `start`; `None` if it is too long to be
    /// told from the masks.
    #[inline]
    pub fn number(&self, place: usize, start: usize) -> Option<Number> {
        Number::told_by(window(&self.classes.digit, place), window(&self.runs, place), start + place)
    }

    /// Whether the number there is a date and maybe an hour: `2024-05-01`, `2024/05/01 10`. No detector wants these.
    #[inline]
    pub fn is_date(&self, place: usize) -> bool {
        // Most other numbers do not even begin as a year.
        window(&self.classes.digit, place) & 0x7ff == 0b011_0110_1111
            && matches!(window(&self.runs, place).trailing_ones(), 10 | 13)
    }

    /// Drops most dots of which [`Self::find_last_dots`] would find that they do not count: before the names of classes,
    /// before parts that begin as no ending does, and before parts that others follow in the same block.
    #[inline(always)]
    fn thin_dots(&mut self, bytes: &Padded, endings: &Endings) {
        let Some(dots) = self.shapes.all.get_mut(Shape::NameDot as usize) else { return };
        let Classes { letter, upper, digit, word, dot, dash, .. } = &self.classes;
        for (block, dots) in dots.iter_mut().enumerate().filter(|(_, dots)| **dots != 0) {
            let here = |masks: &Masks| mask(masks, block + 1);
            let part = here(letter) | here(digit);
            let another = (here(dot) | here(dash)) & (here(word) >> 1 | mask(word, block + 2) << (BLOCK - 1));
            let goes_on = another | (here(word) & !part);
            let class = here(upper) >> 1 & (here(letter) & !here(upper)) >> 2;
            let (mut left, mut kept) = (*dots & !class, 0);
            *dots = left;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                let behind = !part & u64::MAX << bit << 1;
                let is_last = u64::from(behind & behind.wrapping_neg() & goes_on == 0);
                kept |= (is_last & endings.may_begin(pair(bytes, block * BLOCK + bit as usize + 1))) << bit;
            }
            *dots &= kept;
        }
    }

    /// A dot is the last one if no other part follows: most dots of class names are not, or their last part is that of
    /// a class. It counts if one of the endings may follow.
    #[inline(always)]
    #[expect(clippy::needless_bitwise_bool, reason = "a processor could not foresee the branches")]
    fn find_last_dots(&mut self, bytes: &Padded, endings: &Endings) {
        let Some(dots) = self.shapes.all.get(Shape::NameDot as usize) else { return };
        let Classes { letter, digit, .. } = &self.classes;
        self.last_dots.fill(
            dots,
            #[inline(always)]
            |block, bit| {
                let (place, block) = (block * BLOCK + bit, block + 1);
                let (here, next) =
                    (mask(letter, block) | mask(digit, block), mask(letter, block + 1) | mask(digit, block + 1));
                let part = here >> bit >> 1 | next << (BLOCK - 1 - bit);
                let length = part.trailing_ones();
                let [first, second] = pair(bytes, place + 1);
                let [last, _] = pair(bytes, place + (length % u64::BITS) as usize);
                let [next, beyond] = pair(bytes, place + 1 + (length % u64::BITS) as usize);
                let class = first.is_ascii_uppercase() & second.is_ascii_lowercase();
                let goes_on = (next == b'_') | (((next == b'.') | (next == b'-')) & is_word(beyond));
                u64::from(!class & !goes_on) & endings.may_be(length, [first, second, last])
            },
        );
    }
}

/// In which blocks there are bits.
#[inline(always)]
fn busy<S: Simd>(simd: S, masks: &Places) -> u64 {
    let mut busy = 0;
    let (fours, _) = masks.as_chunks::<LANES>();
    for (four, first) in fours.iter().zip((0..).step_by(LANES)) {
        let some = !u64x4::from_slice(simd, four).simd_eq(0).to_bitmask() & 15;
        busy |= some << first;
    }
    busy
}

#[inline(always)]
fn mask(masks: &Masks, block: usize) -> u64 {
    masks.get(block).copied().unwrap_or(0)
}

/// The bits of masks from a place of the segment on.
#[inline(always)]
fn window(masks: &Masks, place: usize) -> u64 {
    let (block, bit) = (place / BLOCK + 1, place % BLOCK);
    mask(masks, block) >> bit | mask(masks, block + 1) << 1 << (BLOCK - 1 - bit)
}

/// Two bytes of a segment.
#[inline(always)]
fn pair(bytes: &Padded, place: usize) -> [u8; 2] {
    bytes.get(BLOCK + place..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::classes::padded;
    use super::super::lexicon::Lexicon;
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn last_dots(text: &str) -> Vec<usize> {
        let mut lexicon = Lexicon::default();
        for ending in ["internal", "service", "international", "io", "b1", "de"] {
            lexicon.add_name_ending(ending);
        }
        let tables = lexicon.tables();
        let mut spare = [0; size_of::<Padded>()];
        let mut survey = Survey::new();
        let bytes = padded(text.as_bytes(), 0, &mut spare);
        dispatch!(Level::new(), simd => survey.look(simd, bytes, (true, text.len()), &tables));
        survey.last_dots.iter().collect()
    }

    #[test]
    fn only_the_last_dot_of_a_name_counts() {
        for (text, expected) in [
            ("db1.acme.internal", &[8][..]),
            ("db1.acme.internal.", &[8]),
            ("db1.acme.internal. Next", &[8]),
            ("com.acme.orders.Service", &[]),
            ("com.acme.orders.SERVICE", &[15]),
            ("a.international b.internationals", &[1]),
            ("a.io-x a.io- a.io_ a.io", &[8, 20]),
            ("a.1 a.b1", &[5]),
            (".a", &[]),
        ] {
            assert_eq!(last_dots(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_told_from_other_numbers() {
        for (text, expected) in [
            ("2024-05-01", true),
            ("2024-05-01T10", true),
            ("2024/05/01 10:00", true),
            ("2024-05-01 10 2", false),
            ("2024-05-01-100", false),
            ("2024-05-012", false),
            ("2024-5-01 1", false),
            ("202405012345", false),
        ] {
            for gap in 0..130 {
                let text = format!("{}{text}", "x".repeat(gap));
                let mut spare = [0; size_of::<Padded>()];
                let mut survey = Survey::new();
                let (bytes, tables) = (padded(text.as_bytes(), 0, &mut spare), Lexicon::default().tables());
                dispatch!(Level::new(), simd => survey.look(simd, bytes, (true, text.len()), &tables));
                assert_eq!(survey.is_date(gap), expected, "{text}");
                assert_eq!(survey.number(gap, 0), Some(Number::at(text.as_bytes(), gap)), "{text}");
            }
        }
    }

    /// What the slow way finds: each word at each place where its kind of words may stand.
    fn slowly(
        text: &[u8],
        words: &[(&str, bool)],
        places: impl Fn(usize) -> bool,
        offset: fn(&str) -> usize,
    ) -> Vec<usize> {
        let stands = |place: usize, (word, exact): &(&str, bool)| {
            let found = place.checked_sub(offset(word)).and_then(|start| text.get(start..start + word.len()));
            found.is_some_and(|found| {
                if *exact { found == word.as_bytes() } else { found.eq_ignore_ascii_case(word.as_bytes()) }
            })
        };
        (0..text.len()).filter(|place| places(*place) && words.iter().any(|word| stands(*place, word))).collect()
    }

    #[test]
    fn no_word_is_missed() {
        let begins = [("SK", true), ("pat", true), ("bearer", false), ("s.", true), ("path", true)];
        let ends = [("pw", false), ("user_id", false), ("password", false), ("uid", false)];
        let mut lexicon = Lexicon::default();
        begins.iter().zip(0..).for_each(|((word, exact), task)| lexicon.add_word(word, *exact, task).unwrap());
        ends.iter().zip(9..).for_each(|((word, _), task)| lexicon.add_ending(word, task));
        let tables = lexicon.tables();
        let pieces =
            ["SK1", "path", "BEARER x", "s.", "pw", "Uid", "my_user_id=", "db.password", "sk", " ", "\n", "é", "x"];
        let mut seed = 7_usize;
        let mut survey = Survey::new();
        for _ in 0..300 {
            let mut text = String::new();
            for _ in 0..60 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(seed >> 33) % pieces.len()]);
            }
            let bytes = text.as_bytes();
            let letter = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_alphabetic);
            let begin = |place: usize| letter(place) && (place == 0 || !is_word(bytes[place - 1]));
            let end = |place: usize| letter(place) && !letter(place + 1) && place > 0 && letter(place - 1);
            let mut spare = [0; size_of::<Padded>()];
            let padded = padded(bytes, 0, &mut spare);
            dispatch!(Level::new(), simd => survey.look(simd, padded, (true, text.len()), &tables));
            let (found_begins, found_ends): (Vec<_>, Vec<_>) =
                (survey.begins.iter().collect(), survey.ends.iter().collect());
            let expected = slowly(bytes, &begins, begin, |_| 0);
            assert!(expected.iter().all(|place| found_begins.contains(place)), "{text}");
            let expected = slowly(bytes, &ends, end, |word| word.len() - 1);
            assert!(expected.iter().all(|place| found_ends.contains(place)), "{text}");
        }
    }

    #[test]
    fn a_last_part_may_go_on_in_the_next_block() {
        for gap in 0..200 {
            let text = format!("{} a.io b.io.de", "-".repeat(gap));
            assert_eq!(last_dots(&text), [gap + 2, gap + 10], "{gap}");
        }
    }
}
