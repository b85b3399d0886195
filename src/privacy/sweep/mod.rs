//! One walk over a text for all detectors: it finds what wakes them, and they look closer there.
//!
//! Bytes are classed 64 at a time; shapes such as `://` or three dots among digits are then a few operations on
//! masks. Words are looked up at the beginnings and ends of runs of letters. Nothing here decides what a finding is.
mod candidates;
mod classes;
mod fingerprint;
mod number;
mod shapes;
mod survey;
mod words;

pub(super) use self::candidates::Candidates;
pub(super) use self::classes::{BLOCK, Padded, SEGMENT, padded};
pub(super) use self::fingerprint::{Fingerprints, word_masks};
pub(super) use self::number::Number;
pub(super) use self::shapes::Shape;

use self::number::LEAST_DIGITS;
use self::shapes::Places;
use self::survey::{Survey, Tables};
use self::words::{Table, Word};
use super::detectors::{Anchor, Detector, Hits};
use crate::domain::Confidence;
use fearless_simd::{Level, dispatch};
use std::ops::Range;

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
    numbers: Vec<usize>,
    tables: Tables,
}

impl Plan {
    /// Fails with the name of the detector whose words could not be loaded.
    pub fn new(detectors: &[Detector]) -> Result<Self, &'static str> {
        let mut plan = Self {
            tasks: Vec::new(),
            by_shape: Default::default(),
            numbers: Vec::new(),
            tables: Tables { begins: Table::new(0), ends: Table::new(2), wide: Table::new(0) },
        };
        for detector in detectors {
            for anchor in detector.anchors {
                plan.add(anchor, detector.confidence).ok_or(detector.name)?;
            }
        }
        Ok(plan)
    }

    fn add(&mut self, anchor: &Anchor, confidence: Confidence) -> Option<()> {
        let task = self.tasks.len();
        let verify = match anchor {
            Anchor::Begin(words, verify) => {
                words.iter().try_for_each(|word| self.add_word(word, false, task))?;
                Verify::Place(*verify)
            }
            Anchor::End(words, verify) => {
                words.iter().for_each(|word| self.add_ending(word, task));
                Verify::Place(*verify)
            }
            Anchor::Exact(words, verify) => {
                words.iter().try_for_each(|word| self.add_word(word, true, task))?;
                Verify::Place(*verify)
            }
            Anchor::Loaded(words, verify) => {
                words()?.iter().try_for_each(|word| self.add_word(word, true, task))?;
                Verify::Place(*verify)
            }
            Anchor::LoadedBegin(words, verify) => {
                words()?.iter().try_for_each(|word| self.add_word(word, false, task))?;
                Verify::Place(*verify)
            }
            Anchor::LoadedEnd(words, verify) => {
                words()?.iter().for_each(|word| self.add_ending(word, task));
                Verify::Place(*verify)
            }
            Anchor::Shape(shape, verify) => {
                self.by_shape.get_mut(*shape as usize)?.push(task);
                Verify::Place(*verify)
            }
            Anchor::Number(verify) => {
                self.numbers.push(task);
                Verify::Number(*verify)
            }
        };
        self.tasks.push(Task { verify, confidence });
        Some(())
    }

    /// A word is found at the first place in it where a word of ASCII begins, else where letters end.
    fn add_word(&mut self, text: &str, exact: bool, task: usize) -> Option<()> {
        let bytes = text.as_bytes();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let begins = |index: usize| index == 0 || bytes.get(index - 1).is_some_and(|byte| !is_word(byte));
        let found = |index: usize, byte: &u8| {
            byte.is_ascii_alphabetic() || (byte.is_ascii_digit() && bytes.get(index + 1) == Some(&b'/'))
        };
        let word = |offset| Word::new(bytes, offset, exact, task);
        if let Some((offset, _)) = bytes.iter().enumerate().find(|(index, byte)| begins(*index) && found(*index, byte))
        {
            self.tables.begins.add(&word(offset));
            return Some(());
        }
        let ends = |index: usize| bytes.get(index + 1).is_some_and(|byte| !byte.is_ascii_alphabetic());
        let offset = bytes.iter().enumerate().position(|(index, byte)| byte.is_ascii_alphabetic() && ends(index))?;
        self.tables.ends.add(&word(offset));
        Some(())
    }

    /// A key's name is found where its letters end; one beyond ASCII where its first such character begins.
    fn add_ending(&mut self, text: &str, task: usize) {
        let bytes = text.as_bytes();
        let word = |offset| Word::new(bytes, offset, false, task);
        match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => self.tables.wide.add(&word(offset)),
            None => self.tables.ends.add(&word(bytes.len() - 1)),
        }
    }

    /// Wakes the detectors at the anchors in a range of the text; they see the whole text.
    ///
    /// A segment is looked at from afar first, then closer: steps of one sort in a row are what a processor foresees.
    pub fn sweep(&self, text: &str, range: Range<usize>, hits: &mut Hits) {
        hits.done.resize(self.tasks.len(), 0);
        let level = Level::new();
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
        for place in places(&shapes.numbers, survey.numbers, start) {
            self.wake_numbers(text, place, hits);
        }
        for place in survey.begins.iter() {
            self.wake_words(&self.tables.begins, text, start + place, hits);
        }
        let bytes = text.as_bytes();
        for place in survey.ends.iter() {
            let is_ascii = bytes.get(start + place).is_some_and(u8::is_ascii);
            let table = if is_ascii { &self.tables.ends } else { &self.tables.wide };
            self.wake_words(table, text, start + place, hits);
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
    fn wake_words(&self, table: &Table, text: &str, place: usize, hits: &mut Hits) {
        let bytes = text.as_bytes();
        let (words, near) = table.near(bytes, place);
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

    fn wake_numbers(&self, text: &str, place: usize, hits: &mut Hits) {
        let number = Number::at(text.as_bytes(), place);
        if number.digits < LEAST_DIGITS {
            return;
        }
        for index in &self.numbers {
            if let Some(Task { verify: Verify::Number(verify), confidence }) = self.tasks.get(*index) {
                hits.begin(*index, *confidence);
                verify(text, &number, hits);
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
