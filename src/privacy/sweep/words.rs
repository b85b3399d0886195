//! Finding hundreds of words at once: three letters at a word's beginning or end tell whether to compare at all.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::candidates::Candidates;
use super::classes::{BLOCK, Padded, SEGMENT};
use super::shapes::Places;
use crate::privacy::detectors::bytes::at;
use std::collections::BTreeMap;

/// How many combinations two letters of five bits have.
const PAIRS: usize = 1 << PAIR_BITS;

/// Their number as a power of two.
const PAIR_BITS: u32 = 10;

/// How many places of a block are taken at once, though fewer may be there: a processor cannot foresee how many are.
const AT_ONCE: usize = 2;

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
    /// All its bytes in eights and then the last eight, each with the bits that count.
    eights: Box<[(u64, u64)]>,
}

impl Word {
    pub fn new(text: &[u8], offset: usize, exact: bool, task: usize) -> Self {
        Self { text: text.into(), offset, exact, task, near: 0, mask: 0, is_short: false, eights: Box::default() }
    }

    /// The same, to be compared with what [`eight`] gives so far back.
    fn seen(&self, back: usize) -> Self {
        let bits: Vec<u8> = self.text.iter().map(|byte| self.bits(*byte)).collect();
        let mask = eight(&bits, self.offset, back);
        let told = mask.to_le_bytes().iter().filter(|bits| **bits != 0).count();
        let near = eight(&self.text, self.offset, back) & mask;
        let masked = |(eight, bits): (u64, u64)| (eight & bits, bits);
        let eights = in_eights(&self.text).zip(in_eights(&bits)).map(masked).collect();
        Self { near, mask, is_short: told == self.text.len(), eights, ..self.clone() }
    }

    /// The numbers of the three letters that may stand so far back from where it is found; what is no part of it may be
    /// anything.
    fn combinations(&self, back: usize) -> impl Iterator<Item = usize> {
        let letter = |place: usize| self.text.get((self.offset + place).checked_sub(back)?).copied();
        let choices = |letter: Option<u8>| letter.map_or(0..32, |byte| byte & 31..(byte & 31) + 1);
        let [first, second, third] = [0, 1, 2].map(letter);
        choices(first).flat_map(move |first| {
            choices(second).flat_map(move |second| {
                choices(third).map(move |third| {
                    let letters = u32::from_le_bytes([first, second, third, 0]);
                    pair_of(letters) << 5 | first_of(letters) as usize
                })
            })
        })
    }

    /// Whether another one wakes the same task at the same place.
    fn is_same(&self, other: &Self) -> bool {
        self.task == other.task && self.text == other.text && self.offset == other.offset
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
        if self.is_short {
            return Some(start);
        }
        let found = bytes.get(start..start + self.text.len())?;
        let is_it = match (self.eights.is_empty(), self.exact) {
            (false, _) => in_eights(found).zip(&self.eights).all(|(eight, (wanted, bits))| eight & bits == *wanted),
            (true, true) => *found == *self.text,
            (true, false) => found.eq_ignore_ascii_case(&self.text),
        };
        is_it.then_some(start)
    }
}

/// Bytes in eights, and then the last eight; nothing if there are fewer.
#[inline]
fn in_eights(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (wholes, _) = bytes.as_chunks();
    wholes.iter().chain(bytes.last_chunk()).map(|eight| u64::from_le_bytes(*eight))
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
///
/// What is looked up at each word of a text is small, for it must stay in the cache that is nearest to the processor.
#[derive(Debug)]
pub(super) struct Table {
    /// How many bytes before that place the three letters begin that are looked at.
    back: usize,
    /// For each combination of three letters whether some word has it, one bit for each first letter.
    filter: Box<[u32; PAIRS]>,
    /// For each of these numbers how many combinations there are in those before it.
    ranks: Box<[u16; PAIRS]>,
    /// For each combination that some word has the list of its words.
    list_of: Vec<u16>,
    lists: Vec<List>,
    /// For each list what its words have in common.
    common: Vec<Common>,
}

/// Words with three letters in common.
#[derive(Debug)]
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
        let difference = |(near, mask): (u64, u64)| bytes & mask ^ near;
        // The lesser of the two is zero if one is, which is told without a branch.
        u64::from(beside) & u64::from(difference(first).min(difference(second)) == 0)
    }
}

impl Table {
    /// Of the words that wake the same task at the same place, the longest counts.
    pub fn new(back: usize, words: &[Word]) -> Self {
        let mut by_combination: BTreeMap<usize, Vec<Word>> = BTreeMap::new();
        for word in words {
            let word = word.seen(back);
            for combination in word.combinations(back) {
                let words = by_combination.entry(combination).or_default();
                if !words.iter().any(|known| known.is_same(&word)) {
                    words.push(word.clone());
                }
            }
        }
        let mut table = Self {
            back,
            filter: Box::new([0; PAIRS]),
            ranks: Box::new([0; PAIRS]),
            list_of: Vec::new(),
            lists: Vec::new(),
            common: Vec::new(),
        };
        for (index, words) in by_combination {
            table.append(index, words);
        }
        let mut rank = 0;
        for (filter, before) in table.filter.iter().zip(table.ranks.iter_mut()) {
            *before = rank;
            rank += u16::try_from(filter.count_ones()).unwrap_or(0);
        }
        table
    }

    /// Notes the words of the next combination.
    fn append(&mut self, index: usize, mut words: Vec<Word>) {
        if let Some(filter) = self.filter.get_mut(index >> 5) {
            *filter |= 1 << (index & 31);
        }
        words.sort_by_key(|word| (word.task, usize::MAX - word.text.len()));
        let same = |list: &List| {
            list.words.len() == words.len() && list.words.iter().zip(&words).all(|(one, other)| one.is_same(other))
        };
        let list = self.lists.iter().position(same).unwrap_or(self.lists.len());
        self.list_of.push(u16::try_from(list).unwrap_or(u16::MAX));
        if list == self.lists.len() {
            self.common.push(Common::of(&words, self.back));
            self.lists.push(List { words });
        }
    }

    /// Of places, one bit for each, those at which some word has the three letters.
    ///
    /// None is tested by a branch, for a processor could not foresee it.
    #[inline(always)]
    pub fn find(&self, padded: &Padded, places: &Places, found: &mut Candidates) {
        let (filter, back) = (&*self.filter, self.back);
        found.clear();
        for (block, places) in places.iter().enumerate() {
            let (mut left, mut kept) = (*places, 0);
            while left != 0 {
                for _ in 0..AT_ONCE {
                    // When none is left, this is the first place of the block, which is judged as it always is.
                    let bit = left.trailing_zeros() as usize % BLOCK;
                    left &= left.wrapping_sub(1);
                    let letters = letters_at(padded, block * BLOCK + bit, back);
                    kept |= u64::from(filter_at(filter, letters) >> first_of(letters) & 1) << bit;
                }
            }
            found.add(block, kept & places);
        }
    }

    /// Of places of which that is true, those at which a word may stand, labelled with the lists of these words. None
    /// is tested by a branch, for few are.
    #[inline(always)]
    pub fn label(&self, padded: &Padded, likely: &mut Candidates) {
        // Each way is compiled with its number.
        if self.back == 0 { self.label_back(padded, likely, 0) } else { self.label_back(padded, likely, self.back) }
    }

    #[inline(always)]
    fn label_back(&self, padded: &Padded, likely: &mut Candidates, back: usize) {
        let (lists, commons) = (self.list_of.as_slice(), self.common.as_slice());
        likely.label(
            #[inline(always)]
            |place| {
                let list = lists.get(self.rank_at(letters_at(padded, place, back))).copied().unwrap_or(u16::MAX);
                let common = commons.get(usize::from(list)).unwrap_or(&Common::NONE);
                let bytes = window(padded, place, if back == 0 { 0 } else { 7 });
                (list, common.may_stand(bytes, if back == 0 { bytes } else { bytes.swap_bytes() }))
            },
        );
    }

    /// How many combinations that some word has stand before that of three letters.
    #[inline(always)]
    fn rank_at(&self, letters: u32) -> usize {
        let before = filter_at(&self.filter, letters) & ((1 << first_of(letters)) - 1);
        let rank = self.ranks.get(pair_of(letters)).copied().unwrap_or(0);
        usize::from(rank) + before.count_ones() as usize
    }

    /// The words of a list, longest first, and the bytes at a place to compare with [`Word::is_near`].
    #[inline]
    pub fn near(&self, list: u16, bytes: &[u8], place: usize) -> (&[Word], u64) {
        let words = self.lists.get(usize::from(list)).map_or(&[][..], |list| list.words.as_slice());
        (words, eight(bytes, place, self.back))
    }
}

/// Which first letters some word has beside the other two.
#[inline(always)]
fn filter_at(filter: &[u32; PAIRS], letters: u32) -> u32 {
    filter.get(pair_of(letters)).copied().unwrap_or(0)
}

/// The four bytes of a segment that begin so many bytes before a place: three letters, and one that does not count.
#[inline(always)]
fn letters_at(padded: &Padded, place: usize, back: usize) -> u32 {
    let four = window(padded, place, back).to_le_bytes().first_chunk().copied();
    u32::from_le_bytes(four.unwrap_or_default())
}

/// Eight bytes of a segment, from so many before a place on.
#[inline(always)]
fn window(padded: &Padded, place: usize, back: usize) -> u64 {
    // The remainder tells the compiler what is true anyway.
    let from = BLOCK + place % (SEGMENT * BLOCK) - back % 8;
    u64::from_le_bytes(padded.get(from..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default())
}

/// Five bits of the first of three letters.
#[inline]
const fn first_of(letters: u32) -> u32 {
    letters & 31
}

/// A number for the other two, in few steps. No two pairs of letters share one; beside letters some do.
///
/// The third letter comes to stand above the second one, each a little more than itself.
#[inline]
const fn pair_of(letters: u32) -> usize {
    ((letters & 0x1f_1f1f).wrapping_mul(1 << 14 | 1 << 11) >> (u32::BITS - PAIR_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_word_of_any_length_stands_only_where_all_its_bytes_do() {
        let long = ":abcdefghijklmnopqrstuvwx";
        for (length, exact) in (2..=long.len()).flat_map(|length| [(length, false), (length, true)]) {
            let long = long.get(..length).unwrap();
            let word = Word::new(long.as_bytes(), 1, exact, 0).seen(0);
            let start =
                |text: &str| word.start(text.as_bytes(), 3).filter(|_| word.is_near(eight(text.as_bytes(), 3, 0)));
            let text = format!("--{long}--");
            assert_eq!(start(&text), Some(2), "{text}");
            assert_eq!(start(&text.to_ascii_uppercase()).is_some(), !exact, "{text}");
            for place in 2..2 + length {
                let mut other = text.clone();
                other.replace_range(place..=place, "#");
                assert_eq!(start(&other), None, "{other}");
            }
            assert_eq!(start(text.get(..=length).unwrap()), None, "{text}");
        }
    }

    #[test]
    fn no_three_letters_share_their_number_with_others() {
        for first in b'a'..=b'z' {
            let pairs = (b'a'..=b'z').flat_map(|second| (b'a'..=b'z').map(move |third| [first, second, third, b'?']));
            let numbers: HashSet<usize> = pairs.clone().map(|four| pair_of(u32::from_le_bytes(four))).collect();
            assert_eq!(numbers.len(), 26 * 26, "{first}");
            for four in pairs {
                let upper = four.map(|byte| byte.to_ascii_uppercase());
                assert_eq!(pair_of(u32::from_le_bytes(upper)), pair_of(u32::from_le_bytes(four)));
            }
        }
    }
}
