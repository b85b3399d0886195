//! Finding hundreds of words at once: three letters at a word's beginning or end tell whether to compare at all.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::candidates::Candidates;
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
    /// Its eight bytes at the place where it is found, those of letters without their case where that does not count.
    near: u64,
    /// Which bits of eight bytes of a text are compared with that.
    mask: u64,
    /// Whether these are all its bytes.
    is_short: bool,
}

impl Word {
    pub fn new(text: &[u8], offset: usize, exact: bool, task: usize) -> Self {
        Self { text: text.into(), offset, exact, task, near: 0, mask: 0, is_short: false }
    }

    /// The same, to be compared with what [`eight`] gives so far back.
    fn seen(&self, back: usize) -> Self {
        let bits: Vec<u8> = self.text.iter().map(|byte| self.bits(*byte)).collect();
        let mask = eight(&bits, self.offset, back);
        let told = mask.to_le_bytes().iter().filter(|bits| **bits != 0).count();
        let near = eight(&self.text, self.offset, back) & mask;
        Self { near, mask, is_short: told == self.text.len(), ..self.clone() }
    }

    /// Which bits of a byte count.
    const fn bits(&self, byte: u8) -> u8 {
        if !self.exact && byte.is_ascii_alphabetic() { 0xdf } else { 0xff }
    }

    /// Whether it may stand where these eight bytes do: nearly all words that do not are told from the text by them.
    #[inline]
    pub const fn is_near(&self, bytes: u64) -> bool {
        bytes & self.mask == self.near
    }

    /// Where it begins if it is found at a place where it may stand.
    #[inline]
    pub fn start(&self, bytes: &[u8], place: usize) -> Option<usize> {
        let start = place.checked_sub(self.offset)?;
        let is_it =
            |found: &[u8]| if self.exact { *found == *self.text } else { found.eq_ignore_ascii_case(&self.text) };
        (self.is_short || bytes.get(start..start + self.text.len()).is_some_and(is_it)).then_some(start)
    }
}

/// The eight bytes from a place on, or those that end there if one looks back; outside the text they are zero.
#[inline]
fn eight(bytes: &[u8], place: usize, back: usize) -> u64 {
    let behind = if back == 0 { 0 } else { 7 };
    if let Some(eight) = place.checked_sub(behind).and_then(|from| bytes.get(from..)?.first_chunk()) {
        return u64::from_le_bytes(*eight);
    }
    let byte = |index: usize| (place + index).checked_sub(behind).map_or(0, |index| at(bytes, index));
    (0..8).rev().fold(0, |sum, index| sum << 8 | u64::from(byte(index)))
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
    /// For each list what its words have in common.
    common: Vec<Common>,
}

/// Words with three letters in common.
#[derive(Debug, Default)]
struct List {
    words: Vec<Word>,
}

/// What is true of all words of a list, to be compared with the eight bytes at a place.
#[derive(Clone, Copy, Debug)]
struct Common {
    /// Which letters, as five bits, stand beside the three on the side that goes on in the word, and beside that one.
    beside: [u32; 2],
    /// For the first word, and for all others together, what these bytes are and which bits of them are told.
    near: [(u64, u64); 2],
}

/// What no bytes are.
const NOTHING: (u64, u64) = (1, 0);

impl Common {
    const NONE: Self = Self { beside: [0; 2], near: [NOTHING; 2] };

    /// Of words that are found where they begin, or where they end if one looks back.
    fn of(words: &[Word], back: usize) -> Self {
        let beside = |index: usize| {
            let place = |word: &Word| {
                if back == 0 { Some(word.offset + 3 + index) } else { word.offset.checked_sub(back + 1 + index) }
            };
            let letter = |word: &Word| word.text.get(place(word)?).copied();
            words.iter().fold(0, |any, word| any | letter(word).map_or(u32::MAX, |byte| 1 << (byte & 31)))
        };
        let joined = |(near, mask): (u64, u64), word: &Word| {
            let mask = mask & word.mask & !(near ^ word.near);
            (near & mask, mask)
        };
        let first = words.first().map_or(NOTHING, |word| (word.near, word.mask));
        let second = words.get(1).map(|word| (word.near, word.mask));
        let second = second.map_or(NOTHING, |second| words.iter().skip(2).fold(second, joined));
        Self { beside: [beside(0), beside(1)], near: [first, second] }
    }

    /// Whether one of the words may stand where these bytes do, as the lowest bit; `order` are the same, those beside
    /// the three letters from its fourth byte on.
    #[inline(always)]
    fn may_stand(&self, bytes: u64, order: u64) -> u64 {
        let [fourth, fifth] = self.beside;
        let [first, second] = self.near;
        let beside = fourth >> (order >> 24 & 31) & fifth >> (order >> 32 & 31);
        let is = |(near, mask): (u64, u64)| u64::from(bytes & mask == near);
        u64::from(beside) & (is(first) | is(second))
    }
}

impl Table {
    pub fn new(back: usize) -> Self {
        Self {
            back,
            filter: Box::new([0; COMBINATIONS / 64]),
            list_of: vec![0; COMBINATIONS],
            lists: vec![List::default()],
            common: vec![Common::NONE],
        }
    }

    /// Adds a word. Of those that wake the same task at the same place, the longest counts.
    pub fn add(&mut self, word: &Word) {
        let back = self.back;
        let word = &word.seen(back);
        let letter = |place: usize| word.text.get((word.offset + place).checked_sub(back)?);
        let choices = |place| letter(place).map_or(0..32, |byte| byte & 31..(byte & 31) + 1);
        for first in choices(0) {
            for second in choices(1) {
                for third in choices(2) {
                    self.insert(combined(u32::from_le_bytes([first, second, third, 0])), word);
                }
            }
        }
    }

    fn insert(&mut self, index: usize, word: &Word) {
        let Some(list) = self.list_of.get_mut(index) else { return };
        if *list == 0 {
            *list = u16::try_from(self.lists.len()).unwrap_or(0);
            self.lists.push(List::default());
            self.common.push(Common::NONE);
        }
        let back = self.back;
        let list = usize::from(*list);
        if let (Some(filter), Some(list), Some(common)) =
            (self.filter.get_mut(index / 64), self.lists.get_mut(list), self.common.get_mut(list))
        {
            *filter |= 1 << (index % 64);
            if list
                .words
                .iter()
                .any(|known| known.task == word.task && known.text == word.text && known.offset == word.offset)
            {
                return;
            }
            list.words.push(word.clone());
            list.words.sort_by_key(|word| (word.task, usize::MAX - word.text.len()));
            *common = Common::of(&list.words, back);
        }
    }

    /// Those of some places of a segment at which a word may stand. None is tested by a branch, for few are.
    #[inline(always)]
    pub fn likely(&self, padded: &Padded, places: &Places, likely: &mut Candidates) {
        likely.fill(
            places,
            #[inline(always)]
            |block, place| {
                let window: Option<&[u8; BLOCK + 8]> =
                    padded.get((block + 1) * BLOCK - self.back..).and_then(|rest| rest.first_chunk());
                let four = window.and_then(|window| window.get(place..)?.first_chunk()).copied();
                let combination = combined(u32::from_le_bytes(four.unwrap_or_default()));
                let filter = self.filter.get(combination / 64 % (COMBINATIONS / 64)).copied().unwrap_or(0);
                filter >> (combination % 64)
            },
        );
        likely.retain(
            #[inline(always)]
            |place| {
                let list = self.list_of.get(combined_at(padded, place, self.back)).copied().unwrap_or(0);
                let common = self.common.get(usize::from(list)).copied().unwrap_or(Common::NONE);
                let bytes = window(padded, place, if self.back == 0 { 0 } else { 7 });
                common.may_stand(bytes, if self.back == 0 { bytes } else { bytes.swap_bytes() })
            },
        );
    }

    /// The words that may stand at a place, longest first, and the bytes there to compare with [`Word::is_near`].
    #[inline]
    pub fn near(&self, bytes: &[u8], place: usize) -> (&[Word], u64) {
        let list = self.list_of.get(self.combination(bytes, place)).copied().unwrap_or(0);
        let words = self.lists.get(usize::from(list)).map_or(&[][..], |list| list.words.as_slice());
        (words, if words.is_empty() { 0 } else { eight(bytes, place, self.back) })
    }

    #[inline]
    fn combination(&self, bytes: &[u8], place: usize) -> usize {
        let three = match place.checked_sub(self.back).and_then(|from| bytes.get(from..)?.first_chunk()) {
            Some(three) => *three,
            None => [0, 1, 2].map(|index| (place + index).checked_sub(self.back).map_or(0, |index| at(bytes, index))),
        };
        let [first, second, third] = three;
        combined(u32::from_le_bytes([first, second, third, 0]))
    }
}

/// The number of the three letters of a segment that begin so many bytes before a place.
#[inline(always)]
fn combined_at(padded: &Padded, place: usize, back: usize) -> usize {
    let four = window(padded, place, back).to_le_bytes().first_chunk().copied();
    combined(u32::from_le_bytes(four.unwrap_or_default()))
}

/// Eight bytes of a segment, from so many before a place on.
#[inline(always)]
fn window(padded: &Padded, place: usize, back: usize) -> u64 {
    // The remainder tells the compiler what is true anyway.
    let from = BLOCK + place % (SEGMENT * BLOCK) - back % 8;
    u64::from_le_bytes(padded.get(from..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default())
}

/// Five bits of each of three letters, in few steps: some sets of letters share a number.
#[inline]
const fn combined(letters: u32) -> usize {
    ((letters & 0x1f_1f1f).wrapping_mul(73) >> 6) as usize % COMBINATIONS
}
