//! Finding hundreds of words at once: three letters at a word's beginning or end tell whether to compare at all.

use super::classes::{BLOCK, Padded, SEGMENT};
use super::shapes::Places;
use crate::privacy::detectors::bytes::at;

/// How many combinations three letters of five bits have.
const COMBINATIONS: usize = 1 << 15;

/// One word to look for.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: Box<[u8]>,
    /// Where in it the byte stands at which it is found.
    pub offset: usize,
    /// Whether capitals count.
    pub exact: bool,
    /// Who is woken by it.
    pub task: usize,
    /// Its first eight bytes, those of letters without the bit of their case where that does not count.
    head: u64,
    /// Which bits of eight bytes of a text are compared with that.
    mask: u64,
}

impl Word {
    pub fn new(text: &[u8], offset: usize, exact: bool, task: usize) -> Self {
        let bits = |byte: u8| if !exact && byte.is_ascii_alphabetic() { 0xdf } else { 0xff };
        let mut masks = [0; 8];
        for (mask, byte) in masks.iter_mut().zip(text) {
            *mask = bits(*byte);
        }
        let mask = u64::from_le_bytes(masks);
        Self { text: text.into(), offset, exact, task, head: eight(text, 0) & mask, mask }
    }

    /// Whether it stands at `start`. Most words that do not are told from the text by their first eight bytes.
    #[inline]
    fn stands(&self, bytes: &[u8], start: usize) -> bool {
        eight(bytes, start) & self.mask == self.head && self.stands_whole(bytes, start)
    }

    fn stands_whole(&self, bytes: &[u8], start: usize) -> bool {
        bytes
            .get(start..start + self.text.len())
            .is_some_and(|found| if self.exact { *found == *self.text } else { found.eq_ignore_ascii_case(&self.text) })
    }
}

/// The eight bytes from `start` on; beyond the text they are zero.
#[inline]
fn eight(bytes: &[u8], start: usize) -> u64 {
    let rest = bytes.get(start..).unwrap_or_default();
    if let Some(eight) = rest.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    rest.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Words that are found at the same sort of place.
#[derive(Debug)]
pub(super) struct Table {
    /// How many bytes before that place the three letters begin that are looked at.
    back: usize,
    /// For each combination of three letters whether some word has it.
    filter: Box<[u64; COMBINATIONS / 64]>,
    /// For each combination the list of its words.
    list_of: Vec<u16>,
    lists: Vec<List>,
}

/// Words with three letters in common.
#[derive(Debug, Default)]
struct List {
    words: Vec<Word>,
    /// Which letters, as five bits, the words have beside these three, on the side that goes on in the word.
    fourth: u32,
}

impl Table {
    pub fn new(back: usize) -> Self {
        Self {
            back,
            filter: Box::new([0; COMBINATIONS / 64]),
            list_of: vec![0; COMBINATIONS],
            lists: vec![List::default()],
        }
    }

    /// Adds a word. Of those that wake the same task at the same place, the longest counts.
    pub fn add(&mut self, word: &Word) {
        let back = self.back;
        let letter = |place: usize| word.text.get((word.offset + place).checked_sub(back)?);
        let choices = |place| letter(place).map_or(0..32, |byte| u16::from(byte & 31)..u16::from(byte & 31) + 1);
        for first in choices(0) {
            for second in choices(1) {
                for third in choices(2) {
                    self.insert(first << 10 | second << 5 | third, word);
                }
            }
        }
    }

    fn insert(&mut self, combination: u16, word: &Word) {
        let index = usize::from(combination);
        let Some(list) = self.list_of.get_mut(index) else { return };
        if *list == 0 {
            *list = u16::try_from(self.lists.len()).unwrap_or(0);
            self.lists.push(List::default());
        }
        let fourth =
            if self.back == 0 { word.text.get(word.offset + 3) } else { beyond(&word.text, word.offset, self.back) };
        if let (Some(filter), Some(list)) = (self.filter.get_mut(index / 64), self.lists.get_mut(usize::from(*list))) {
            *filter |= 1 << (index % 64);
            list.fourth |= fourth.map_or(u32::MAX, |byte| 1 << (byte & 31));
            list.words.push(word.clone());
            list.words.sort_by_key(|word| (word.task, usize::MAX - word.text.len()));
        }
    }

    /// Of places in a segment, those at which some word may stand. There are few, so none is tested by a branch.
    pub fn likely(&self, padded: &Padded, places: &Places) -> Places {
        let mut likely = [0; SEGMENT];
        for ((block, mask), places) in likely.iter_mut().enumerate().zip(places) {
            let window = padded.get((block + 1) * BLOCK - self.back..).and_then(|rest| rest.first_chunk());
            if let Some(window) = window {
                *mask = self.likely_in(window, *places);
            }
        }
        likely
    }

    #[inline]
    fn likely_in(&self, window: &[u8; BLOCK + 8], mut places: u64) -> u64 {
        let mut likely = 0;
        while places != 0 {
            let bit = places.trailing_zeros() % 64;
            places &= places - 1;
            let four = window.get(bit as usize..bit as usize + 4).and_then(|four| four.first_chunk().copied());
            let [first, second, third, _] = four.unwrap_or_default();
            let combination = combined([first, second, third]);
            // The remainder tells the compiler what is true anyway.
            let filter = self.filter.get(combination / 64 % (COMBINATIONS / 64)).copied().unwrap_or(0);
            likely |= (filter >> (combination % 64) & 1) << bit;
        }
        likely
    }

    /// The words that stand at a place, longest first, and where they begin.
    pub fn find<'a>(&'a self, bytes: &'a [u8], place: usize) -> impl Iterator<Item = (&'a Word, usize)> {
        let list = self.list_of.get(self.combination(bytes, place)).copied().unwrap_or(0);
        let fourth = if self.back == 0 { bytes.get(place + 3) } else { beyond(bytes, place, self.back) };
        let goes_on = |list: &&List| list.fourth >> (fourth.copied().unwrap_or(0) & 31) & 1 != 0;
        let words = self.lists.get(usize::from(list)).filter(goes_on).map_or(&[][..], |list| list.words.as_slice());
        words.iter().filter_map(move |word| {
            let start = place.checked_sub(word.offset)?;
            word.stands(bytes, start).then_some((word, start))
        })
    }

    #[inline]
    fn combination(&self, bytes: &[u8], place: usize) -> usize {
        let three = match place.checked_sub(self.back).and_then(|from| bytes.get(from..)?.first_chunk()) {
            Some(three) => *three,
            None => [0, 1, 2].map(|index| (place + index).checked_sub(self.back).map_or(0, |index| at(bytes, index))),
        };
        combined(three)
    }
}

/// The byte before the three that end at a place.
fn beyond(bytes: &[u8], place: usize, back: usize) -> Option<&u8> {
    bytes.get(place.checked_sub(back + 1)?)
}

/// Five bits of each of three letters.
#[inline]
fn combined([first, second, third]: [u8; 3]) -> usize {
    usize::from(first & 31) << 10 | usize::from(second & 31) << 5 | usize::from(third & 31)
}
