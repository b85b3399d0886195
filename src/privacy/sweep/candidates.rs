//! Places that are worth a closer look, gathered without a branch for each place.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::classes::{BLOCK, SEGMENT};

/// How many places a segment has.
const PLACES: usize = SEGMENT * BLOCK;

/// Places of a segment, counted from its beginning.
#[derive(Debug)]
pub(in crate::privacy) struct Candidates {
    places: [u16; PLACES],
    count: usize,
}

impl Candidates {
    pub const fn new() -> Self {
        Self { places: [0; PLACES], count: 0 }
    }

    /// The places of the bits of masks, one for each block, for which the lowest bit of something is set. That is told
    /// the number of the block and the place in it.
    ///
    /// The bit is not tested by a branch, for a processor could not foresee it.
    #[inline(always)]
    pub fn fill(&mut self, masks: &[u64; SEGMENT], bit: impl Fn(usize, usize) -> u64) {
        let mut count = 0;
        for (block, mask) in masks.iter().enumerate() {
            let mut mask = *mask;
            while mask != 0 {
                // The remainders tell the compiler what is true anyway.
                let place = mask.trailing_zeros() as usize % BLOCK;
                mask &= mask - 1;
                let entry = self.places.get_mut(count % PLACES);
                if let (Some(entry), Ok(place)) = (entry, u16::try_from((block * BLOCK + place) % PLACES)) {
                    *entry = place;
                }
                count += (bit(block, place) & 1) as usize;
            }
        }
        self.count = count;
    }

    /// Keeps those for which the lowest bit is set.
    #[inline(always)]
    pub fn retain(&mut self, bit: impl Fn(usize) -> u64) {
        let mut kept = 0;
        for index in 0..self.count {
            let place = self.places.get(index % PLACES).copied().unwrap_or(0);
            if let Some(entry) = self.places.get_mut(kept % PLACES) {
                *entry = place;
            }
            kept += (bit(usize::from(place)) & 1) as usize;
        }
        self.count = kept;
    }

    /// Adds those of others, in the order of the text.
    pub fn merge(&mut self, others: &Self) {
        for place in others.places.iter().take(others.count) {
            if let Some(entry) = self.places.get_mut(self.count) {
                *entry = *place;
                self.count += 1;
            }
        }
        self.places.get_mut(..self.count).unwrap_or_default().sort_unstable();
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.places.iter().take(self.count).map(|place| usize::from(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_of_all_bits_are_there_in_order() {
        for every in [1, 2, 3, 7, 64, 100, 3000] {
            let expected: Vec<usize> = (0..SEGMENT * BLOCK).filter(|place| place % every == every / 2).collect();
            let mut masks = [0; SEGMENT];
            for place in &expected {
                masks[place / BLOCK] |= 1 << (place % BLOCK);
            }
            let mut places = Candidates::new();
            places.fill(&masks, |_, _| 1);
            assert_eq!(places.iter().collect::<Vec<_>>(), expected, "{every}");

            places.fill(&masks, |block, place| u64::from(block * BLOCK + place > 500));
            places.retain(|place| u64::from(place > 1000));
            assert!(places.iter().eq(expected.into_iter().filter(|place| *place > 1000)), "{every}");
        }
    }

    #[test]
    fn two_lists_become_one_in_order() {
        let (mut some, mut others) = (Candidates::new(), Candidates::new());
        some.fill(&std::array::from_fn(|block| u64::from(block == 1)), |_, _| 1);
        others.fill(&std::array::from_fn(|block| u64::from(block != 1)), |_, _| 1);
        some.merge(&others);
        assert!(some.iter().eq((0..SEGMENT).map(|block| block * BLOCK)));
    }
}
