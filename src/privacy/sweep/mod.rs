//! One walk over a text for all detectors: it finds what wakes them, and they look closer there.
//!
//! Bytes are classed 64 at a time; shapes such as `://` or three dots among digits are then a few operations on
//! masks. Words are looked up at the beginnings and ends of runs of letters. Nothing here decides what a finding is.
mod classes;
mod number;
mod shapes;
mod words;

pub(super) use self::classes::{BLOCK, word_mask};
pub(super) use self::number::Number;
pub(super) use self::shapes::Shape;

use self::classes::Classes;
use self::number::LEAST_DIGITS;
use self::shapes::{Shapes, Window};
use self::words::{Table, Word};
use super::detectors::{Anchor, Detector, Hits};
use crate::domain::Confidence;
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
    begins: Table,
    ends: Table,
    wide: Table,
}

impl Plan {
    /// Fails with the name of the detector whose words could not be loaded.
    pub fn new(detectors: &[Detector]) -> Result<Self, &'static str> {
        let mut plan = Self {
            tasks: Vec::new(),
            by_shape: Default::default(),
            numbers: Vec::new(),
            begins: Table::new(0),
            ends: Table::new(2),
            wide: Table::new(0),
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
            self.begins.add(&word(offset));
            return Some(());
        }
        let ends = |index: usize| bytes.get(index + 1).is_some_and(|byte| !byte.is_ascii_alphabetic());
        let offset = bytes.iter().enumerate().position(|(index, byte)| byte.is_ascii_alphabetic() && ends(index))?;
        self.ends.add(&word(offset));
        Some(())
    }

    /// A key's name is found where its letters end; one beyond ASCII where its first such character begins.
    fn add_ending(&mut self, text: &str, task: usize) {
        let bytes = text.as_bytes();
        let word = |offset| Word::new(bytes, offset, false, task);
        match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => self.wide.add(&word(offset)),
            None => self.ends.add(&word(bytes.len() - 1)),
        }
    }

    /// Wakes the detectors at the anchors in a range of the text; they see the whole text.
    ///
    /// A kilobyte is classed first, then searched for shapes, then looked at closer: steps of one sort in a row
    /// are what a processor foresees.
    pub fn sweep(&self, text: &str, range: Range<usize>, hits: &mut Hits) {
        hits.done.resize(self.tasks.len(), 0);
        let mut classes = Vec::with_capacity(SEGMENT + 2);
        let mut shapes = Vec::with_capacity(SEGMENT);
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + SEGMENT * BLOCK);
            class_all(text.as_bytes(), start..end, &mut classes);
            shapes.clear();
            shapes.extend(classes.windows(3).filter_map(Window::of).zip((start..end).step_by(BLOCK)).map(
                |(window, place)| {
                    let left = end - place;
                    let inside = if left < BLOCK { (1 << left) - 1 } else { u64::MAX };
                    window.shapes().within(inside)
                },
            ));
            self.wake_all(text, start, &shapes, hits);
            start = end;
        }
    }

    fn wake_all(&self, text: &str, start: usize, shapes: &[Shapes], hits: &mut Hits) {
        let bytes = text.as_bytes();
        let mut busy = [(0, 0); SEGMENT];
        for (shape, tasks) in self.by_shape.iter().enumerate() {
            let masks = shapes.iter().map(|shapes| shapes.all.get(shape).copied().unwrap_or(0));
            for place in places(gathered(masks, start, &mut busy)) {
                for task in tasks {
                    self.wake(*task, text, place..place + 1, hits);
                }
            }
        }
        for place in places(gathered(shapes.iter().map(|shapes| shapes.numbers), start, &mut busy)) {
            self.wake_numbers(text, place, hits);
        }
        let blocks = || (start..).step_by(BLOCK).zip(shapes);
        let begins = blocks().map(|(start, shapes)| self.begins.likely(bytes, start, shapes.word_starts));
        for place in places(gathered(begins, start, &mut busy)) {
            self.wake_words(&self.begins, text, place, hits);
        }
        // Both are names of keys, so they come in the order of the text.
        let ends = blocks().map(|(start, shapes)| {
            let wide = if shapes.wide == 0 { 0 } else { self.wide.likely(bytes, start, shapes.wide) };
            self.ends.likely(bytes, start, shapes.letter_ends) | wide
        });
        for place in places(gathered(ends, start, &mut busy)) {
            let table = if bytes.get(place).is_some_and(u8::is_ascii) { &self.ends } else { &self.wide };
            self.wake_words(table, text, place, hits);
        }
    }

    #[inline(never)]
    fn wake_words(&self, table: &Table, text: &str, place: usize, hits: &mut Hits) {
        let mut woken = None;
        for (word, start) in table.find(text.as_bytes(), place) {
            if woken != Some(word.task) {
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

/// How many blocks are searched for all shapes before detectors look closer: what the nearest cache holds.
const SEGMENT: usize = 16;

/// Classes the blocks of a range, with those before and after it.
fn class_all(bytes: &[u8], range: Range<usize>, classes: &mut Vec<Classes>) {
    let mut previous = Classes::before(bytes, range.start);
    // A text begins as a line does.
    if range.start == 0 {
        previous.line_break = 1 << (BLOCK - 1);
    }
    classes.clear();
    classes.push(previous);
    classes.extend(range.clone().step_by(BLOCK).map(|start| Classes::at(bytes, start)));
    classes.push(Classes::at(bytes, range.start + range.len().next_multiple_of(BLOCK)));
}

/// The masks that are not empty, with where their blocks begin. Whether one is empty is not told by a branch.
fn gathered(masks: impl Iterator<Item = u64>, start: usize, busy: &mut [(usize, u64); SEGMENT]) -> &[(usize, u64)] {
    let mut count = 0;
    for (mask, place) in masks.zip((start..).step_by(BLOCK)) {
        if let Some(entry) = busy.get_mut(count) {
            *entry = (place, mask);
        }
        count += usize::from(mask != 0);
    }
    busy.get(..count).unwrap_or_default()
}

/// Where the bits of masks stand in the text.
fn places(masks: &[(usize, u64)]) -> impl Iterator<Item = usize> {
    masks.iter().flat_map(|(start, mask)| {
        let mut mask = *mask;
        std::iter::from_fn(move || {
            let place = mask.trailing_zeros();
            mask &= mask.checked_sub(1)?;
            Some(start + place as usize)
        })
    })
}
