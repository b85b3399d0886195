//! Finding hundreds of words at once: three letters at a word's beginning or end tell whether to compare at all.

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
}

impl Word {
    /// Whether it stands at `start`.
    fn stands(&self, bytes: &[u8], start: usize) -> bool {
        bytes
            .get(start..start + self.text.len())
            .is_some_and(|found| if self.exact { *found == *self.text } else { found.eq_ignore_ascii_case(&self.text) })
    }
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
    lists: Vec<Vec<Word>>,
}

impl Table {
    pub fn new(back: usize) -> Self {
        Self { back, filter: Box::new([0; COMBINATIONS / 64]), list_of: vec![0; COMBINATIONS], lists: vec![Vec::new()] }
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
            self.lists.push(Vec::new());
        }
        if let (Some(filter), Some(words)) = (self.filter.get_mut(index / 64), self.lists.get_mut(usize::from(*list))) {
            *filter |= 1 << (index % 64);
            words.push(word.clone());
            words.sort_by_key(|word| (word.task, usize::MAX - word.text.len()));
        }
    }

    /// Of places in a block, those at which some word may stand. There are few, so none is tested by a branch.
    #[inline]
    pub fn likely(&self, bytes: &[u8], start: usize, mut places: u64) -> u64 {
        let mut likely = 0;
        while places != 0 {
            let bit = places.trailing_zeros();
            places &= places - 1;
            let combination = self.combination(bytes, start + bit as usize);
            // The remainder tells the compiler what is true anyway.
            let filter = self.filter.get(combination / 64 % (COMBINATIONS / 64)).copied().unwrap_or(0);
            likely |= (filter >> (combination % 64) & 1) << bit;
        }
        likely
    }

    /// The words that stand at a place, longest first, and where they begin.
    pub fn find<'a>(&'a self, bytes: &'a [u8], place: usize) -> impl Iterator<Item = (&'a Word, usize)> {
        let list = self.list_of.get(self.combination(bytes, place)).copied().unwrap_or(0);
        let candidates = self.lists.get(usize::from(list)).map_or(&[][..], Vec::as_slice);
        candidates.iter().filter_map(move |word| {
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
        three.iter().fold(0, |sum, byte| sum << 5 | usize::from(byte & 31))
    }
}
