//! One walk over a text for all detectors: it finds what wakes them, and they look closer there.
//!
//! Bytes are classed 64 at a time; shapes such as `://` or three dots among digits are then a few operations on
//! masks. Words are looked up at the beginnings and ends of runs of letters. Nothing here decides what a finding is.
mod candidates;
mod classes;
mod endings;
mod fingerprint;
mod lexicon;
mod number;
mod shapes;
mod survey;
mod words;

pub(super) use self::candidates::Candidates;
pub(super) use self::classes::{BLOCK, Padded, SEGMENT, padded};
pub(super) use self::fingerprint::{Beginnings, Fingerprints, WINDOW, word_masks};
pub(super) use self::number::{Number, Wanted};
pub(super) use self::shapes::Shape;

use self::lexicon::Lexicon;
use self::shapes::Places;
use self::survey::{Survey, Tables};
use self::words::Table;
use super::detectors::bytes::before;
use super::detectors::{Anchor, Detector, Hits};
use crate::domain::Confidence;
use fearless_simd::{Level, dispatch};
use std::ops::Range;
use std::sync::LazyLock;

/// Which instructions the processor has.
pub(super) fn level() -> Level {
    static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);
    *LEVEL
}

/// Looks closer at an anchor.
#[derive(Clone, Copy, Debug)]
enum Verify {
    Place(fn(&str, Range<usize>, &mut Hits)),
    Number(fn(&str, &Number, &mut Hits)),
}

/// One anchor of one detector.
#[derive(Clone, Copy, Debug)]
struct Task {
    verify: Verify,
    confidence: Confidence,
}

/// All anchors of some detectors, ready to be looked for.
#[derive(Debug)]
pub(super) struct Plan {
    tasks: Vec<Task>,
    by_shape: [Vec<usize>; Shape::COUNT],
    numbers: Vec<(usize, Wanted)>,
    tables: Tables,
}

impl Plan {
    /// Fails with the name of the detector whose words could not be loaded.
    pub fn new(detectors: &[Detector]) -> Result<Self, &'static str> {
        let mut plan = Self {
            tasks: Vec::new(),
            by_shape: Default::default(),
            numbers: Vec::new(),
            tables: Lexicon::default().tables(),
        };
        let mut lexicon = Lexicon::default();
        for detector in detectors {
            for anchor in detector.anchors {
                plan.add(anchor, detector.confidence, &mut lexicon).ok_or(detector.name)?;
            }
        }
        plan.tables = lexicon.tables();
        Ok(plan)
    }

    fn add(&mut self, anchor: &Anchor, confidence: Confidence, lexicon: &mut Lexicon) -> Option<()> {
        let task = self.tasks.len();
        let verify = match anchor {
            Anchor::Begin(words, verify) => {
                words.iter().try_for_each(|word| lexicon.add_word(word, false, task))?;
                Verify::Place(*verify)
            }
            Anchor::End(words, verify) => {
                words.iter().for_each(|word| lexicon.add_ending(word, task));
                Verify::Place(*verify)
            }
            Anchor::Exact(words, verify) => {
                words.iter().try_for_each(|word| lexicon.add_word(word, true, task))?;
                Verify::Place(*verify)
            }
            Anchor::Loaded(words, verify) => {
                words()?.iter().try_for_each(|word| lexicon.add_word(word, true, task))?;
                Verify::Place(*verify)
            }
            Anchor::LoadedBegin(words, verify) => {
                words()?.iter().try_for_each(|word| lexicon.add_word(word, false, task))?;
                Verify::Place(*verify)
            }
            Anchor::LoadedEnd(words, verify) => {
                words()?.iter().for_each(|word| lexicon.add_ending(word, task));
                Verify::Place(*verify)
            }
            Anchor::Shape(shape, verify) => {
                self.by_shape.get_mut(*shape as usize)?.push(task);
                Verify::Place(*verify)
            }
            Anchor::NameEnding(endings, verify) => {
                endings()?.iter().for_each(|ending| lexicon.add_name_ending(ending));
                self.by_shape.get_mut(Shape::NameDot as usize)?.push(task);
                Verify::Place(*verify)
            }
            Anchor::Number(wanted, verify) => {
                self.numbers.push((task, *wanted));
                Verify::Number(*verify)
            }
        };
        self.tasks.push(Task { verify, confidence });
        Some(())
    }

    /// Wakes the detectors at the anchors in a range of the text; they see the whole text.
    ///
    /// A segment is looked at from afar first, then closer: steps of one sort in a row are what a processor foresees.
    pub fn sweep(&self, text: &str, range: Range<usize>, hits: &mut Hits) {
        hits.done.resize(self.tasks.len(), 0);
        let level = level();
        let mut survey = Survey::new();
        let mut spare = [0; size_of::<Padded>()];
        for start in range.clone().step_by(SEGMENT * BLOCK) {
            let bytes = padded(text.as_bytes(), start, &mut spare);
            let part = (start == 0, range.end - start);
            dispatch!(level, simd => survey.look(simd, bytes, part, &self.tables));
            self.wake_all(text, start, &survey, hits);
        }
    }

    fn wake_all(&self, text: &str, start: usize, survey: &Survey, hits: &mut Hits) {
        let before_all = hits.list.len();
        let shapes = &survey.shapes;
        let tasks = survey.present.iter().zip(&shapes.all).zip(&self.by_shape);
        for (number, ((present, masks), tasks)) in tasks.enumerate() {
            if *present == 0 || tasks.is_empty() {
                continue;
            }
            if number == Shape::NameDot as usize {
                self.wake_each(tasks, text, survey.last_dots.iter().map(|place| start + place), hits);
            } else {
                self.wake_each(tasks, text, places(masks, *present, start), hits);
            }
        }
        let bytes = text.as_bytes();
        for place in places(&shapes.numbers, survey.numbers, 0) {
            // Most numbers of a log are dates. Those in parentheses are not left: digits there may be an area code.
            if survey.is_date(place) && before(bytes, start + place) != b'(' {
                continue;
            }
            let number = survey.number(place, start);
            self.wake_numbers(text, &number.unwrap_or_else(|| Number::at(bytes, start + place)), hits);
        }
        for (place, list) in survey.begins.labelled() {
            self.wake_words((&self.tables.begins, list), text, start + place, hits);
        }
        for (place, list) in survey.ends.labelled() {
            let is_ascii = bytes.get(start + place).is_some_and(u8::is_ascii);
            let table = if is_ascii { &self.tables.ends } else { &self.tables.wide };
            self.wake_words((table, list), text, start + place, hits);
        }
        // A few at a time are sorted sooner than all at once.
        if let Some(new) = hits.list.get_mut(before_all..) {
            new.sort_by_key(|hit| (hit.range.start, hit.range.end));
        }
    }

    fn wake_each(&self, tasks: &[usize], text: &str, places: impl Iterator<Item = usize>, hits: &mut Hits) {
        for place in places {
            for task in tasks {
                self.wake(*task, text, place..place + 1, hits);
            }
        }
    }

    #[inline(never)]
    fn wake_words(&self, (table, list): (&Table, u16), text: &str, place: usize, hits: &mut Hits) {
        let bytes = text.as_bytes();
        let (words, near) = table.near(list, bytes, place);
        let mut woken = None;
        for word in words {
            if word.is_near(near)
                && woken != Some(word.task)
                && let Some(start) = word.start(bytes, place)
            {
                woken = Some(word.task);
                self.wake(word.task, text, start..start + word.text.len(), hits);
            }
        }
    }

    #[inline]
    fn wake_numbers(&self, text: &str, number: &Number, hits: &mut Hits) {
        for (index, wanted) in &self.numbers {
            if wanted.includes(number)
                && let Some(Task { verify: Verify::Number(verify), confidence }) = self.tasks.get(*index)
            {
                hits.begin(*index, *confidence);
                verify(text, number, hits);
            }
        }
    }

    #[inline]
    fn wake(&self, index: usize, text: &str, anchor: Range<usize>, hits: &mut Hits) {
        let done = hits.done.get(index).copied().unwrap_or(0);
        if anchor.start < done {
            return;
        }
        if let Some(Task { verify: Verify::Place(verify), confidence }) = self.tasks.get(index) {
            hits.begin(index, *confidence);
            verify(text, anchor, hits);
        }
    }
}

/// Where the bits of masks stand in the text, of those blocks that have some.
fn places(masks: &Places, busy: u64, start: usize) -> impl Iterator<Item = usize> {
    bits(busy).flat_map(move |block| {
        let mask = masks.get(block).copied().unwrap_or(0);
        bits(mask).map(move |place| start + block * BLOCK + place)
    })
}

/// The numbers of the bits of a mask.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.checked_sub(1)?;
        Some(bit as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::super::detectors::ALL;
    use super::*;

    #[test]
    fn no_detector_of_numbers_wants_the_dates_that_are_left_out() {
        let verifies = ALL.iter().flat_map(|detector| detector.anchors).filter_map(|anchor| match anchor {
            Anchor::Number(wanted, verify) => Some((wanted, verify)),
            _ => None,
        });
        let before = ["", "tel ", "phone: ", "SSN ", "+", "card=", "id \""];
        let dates = ["2024-05-01", "2024/05/01", "1985.12.31", "2024 05 01", "2024-05-01 10", "2024/05/01-23"];
        let texts = before.map(|before| dates.map(|date| (before.len(), format!("{before}{date}\""))));
        for (wanted, verify) in verifies {
            for (start, text) in texts.as_flattened() {
                let number = Number::at(text.as_bytes(), *start);
                let mut hits = Hits::default();
                hits.done.push(0);
                hits.begin(0, Confidence::Likely);
                if wanted.includes(&number) {
                    verify(text, &number, &mut hits);
                }
                assert!(hits.list.is_empty(), "{text}");
            }
        }
    }
}
