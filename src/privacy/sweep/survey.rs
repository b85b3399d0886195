//! What is found in a segment before any detector looks closer: shapes, and places where words may stand.
//!
//! All of it is compiled for each sort of instructions that processors have, and calls nothing that is not.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::candidates::Candidates;
use super::classes::{BLOCK, Classes, LANES, Masks, Padded, SEGMENT};
use super::shapes::{Places, Shape, Shapes};
use super::words::Table;
use crate::privacy::detectors::bytes::is_word;
use fearless_simd::prelude::*;
use fearless_simd::u64x4;

/// The longest last part of a name that means anything to a detector: `international`.
const LONGEST_ENDING: u32 = 13;

/// The words to look for, by the sort of place at which they are found.
#[derive(Debug)]
pub(super) struct Tables {
    pub begins: Table,
    pub ends: Table,
    pub wide: Table,
}

/// A segment, looked at from afar.
#[derive(Debug)]
pub(super) struct Survey {
    classes: Classes,
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
            shapes: Shapes::default(),
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
        self.shapes.find(simd, &self.classes);
        if count < SEGMENT * BLOCK {
            self.shapes.keep_first(count);
        }
        for (present, places) in self.present.iter_mut().zip(&self.shapes.all) {
            *present = busy(simd, places);
        }
        self.numbers = busy(simd, &self.shapes.numbers);
        self.find_last_dots(bytes);
        tables.begins.likely(bytes, &self.shapes.word_starts, &mut self.begins);
        tables.ends.likely(bytes, &self.shapes.letter_ends, &mut self.ends);
        if busy(simd, &self.shapes.wide) != 0 {
            tables.wide.likely(bytes, &self.shapes.wide, &mut self.wide);
            // Both are names of keys, so they come in the order of the text.
            self.ends.merge(&self.wide);
        }
    }

    /// A dot is the last one if no other part follows: most dots of class names are not, or their last part is that of
    /// a class.
    #[inline(always)]
    #[expect(clippy::needless_bitwise_bool, reason = "a processor could not foresee the branches")]
    fn find_last_dots(&mut self, bytes: &Padded) {
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
                let [next, beyond] = pair(bytes, place + 1 + (length % u64::BITS) as usize);
                let class = first.is_ascii_uppercase() & second.is_ascii_lowercase();
                let goes_on = (next == b'_') | (((next == b'.') | (next == b'-')) & is_word(beyond));
                u64::from((length <= LONGEST_ENDING) & !class & !goes_on)
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

/// Two bytes of a segment.
#[inline(always)]
fn pair(bytes: &Padded, place: usize) -> [u8; 2] {
    bytes.get(BLOCK + place..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::classes::padded;
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn last_dots(text: &str) -> Vec<usize> {
        let tables = Tables { begins: Table::new(0), ends: Table::new(2), wide: Table::new(0) };
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
    fn a_last_part_may_go_on_in_the_next_block() {
        for gap in 0..200 {
            let text = format!("{} a.io b.io.x", "-".repeat(gap));
            assert_eq!(last_dots(&text), [gap + 2, gap + 10], "{gap}");
        }
    }
}
