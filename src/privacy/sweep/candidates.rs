//! Places that are worth a closer look, gathered without a branch for each place.

#![expect(clippy::inline_always, reason = "what is inlined is compiled for the instructions that the processor has")]

use super::classes::{BLOCK, SEGMENT};

/// How many places a segment has.
const PLACES: usize = SEGMENT * BLOCK;

/// How many places of a block are taken at once.
const AT_ONCE: usize = 2;

/// Places of a segment, counted from its beginning, with labels.
#[derive(Debug)]
pub(in crate::privacy) struct Candidates {
    /// The places in the upper halves, so that they are in the order of the text; the labels in the lower ones.
    entries: [u32; PLACES],
    count: usize,
}

impl Candidates {
    pub const fn new() -> Self {
        Self { entries: [0; PLACES], count: 0 }
    }

    /// The places of the bits of masks, one for each block, for which the lowest bit of something is set. That is told
    /// the number of the block and the place in it.
    ///
    /// The bit is not tested by a branch, for a processor could not foresee it. Nor can it foresee how many places a
    /// block has: some are taken at once, though fewer may be there.
    #[inline(always)]
    pub fn fill(&mut self, masks: &[u64; SEGMENT], bit: impl Fn(usize, usize) -> u64) {
        let mut count = 0;
        for (block, mask) in masks.iter().enumerate() {
            let mut mask = *mask;
            while mask != 0 {
                for _ in 0..AT_ONCE {
                    let is_there = u64::from(mask != 0);
                    // The remainders tell the compiler what is true anyway.
                    let place = mask.trailing_zeros() as usize % BLOCK;
                    mask &= mask.wrapping_sub(1);
                    self.note(count, block * BLOCK + place);
                    count += (bit(block, place) & is_there & 1) as usize;
                }
            }
        }
        self.count = count;
    }

    /// Forgets all places.
    #[inline(always)]
    pub const fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds the places of the bits of the mask of a block.
    ///
    /// Some are taken at once, though fewer may be there, for a processor could not foresee how many.
    #[inline(always)]
    pub fn add(&mut self, block: usize, mut mask: u64) {
        let mut next = self.count;
        self.count += mask.count_ones() as usize;
        let first = u32::try_from(block * BLOCK % PLACES).unwrap_or(0);
        loop {
            // What is noted beyond the last one is overwritten. There is room: only full blocks fill the list, evenly.
            if let Some(entries) = self.entries.get_mut(next..).and_then(|entries| entries.first_chunk_mut::<AT_ONCE>())
            {
                for entry in entries {
                    *entry = (first + mask.trailing_zeros()) << 16;
                    mask &= mask.wrapping_sub(1);
                }
            }
            next += AT_ONCE;
            if mask == 0 {
                break;
            }
        }
    }

    #[inline(always)]
    fn note(&mut self, index: usize, place: usize) {
        if let (Some(entry), Ok(place)) = (self.entries.get_mut(index % PLACES), u32::try_from(place % PLACES)) {
            *entry = place << 16;
        }
    }

    /// Labels them, and keeps those for which the lowest bit is set.
    #[inline(always)]
    pub fn label(&mut self, label: impl Fn(usize) -> (u16, u64)) {
        let mut kept = 0;
        for index in 0..self.count.min(PLACES) {
            let entry = self.entries.get(index).copied().unwrap_or(0);
            let (label, bit) = label((entry >> 16) as usize % PLACES);
            if let Some(place) = self.entries.get_mut(kept % PLACES) {
                *place = entry & 0xffff_0000 | u32::from(label);
            }
            kept += (bit & 1) as usize;
        }
        self.count = kept;
    }

    /// Adds those of others, in the order of the text.
    pub fn merge(&mut self, others: &Self) {
        for other in others.entries.iter().take(others.count) {
            if let Some(entry) = self.entries.get_mut(self.count) {
                *entry = *other;
                self.count += 1;
            }
        }
        self.entries.get_mut(..self.count).unwrap_or_default().sort_unstable();
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.labelled().map(|(place, _)| place)
    }

    /// The places with their labels.
    pub fn labelled(&self) -> impl Iterator<Item = (usize, u16)> {
        self.entries.iter().take(self.count).map(|entry| ((entry >> 16) as usize, (entry & 0xffff) as u16))
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

            places.clear();
            masks.iter().enumerate().for_each(|(block, mask)| places.add(block, *mask));
            assert_eq!(places.iter().collect::<Vec<_>>(), expected, "{every}");

            places.fill(&masks, |block, place| u64::from(block * BLOCK + place > 500));
            places.label(|place| (u16::try_from(place / 2).unwrap(), u64::from(place > 1000)));
            let kept = expected.iter().filter(|place| **place > 1000).copied();
            assert!(places.iter().eq(kept.clone()), "{every}");
            assert!(places.labelled().map(|(_, label)| usize::from(label)).eq(kept.map(|place| place / 2)), "{every}");
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
