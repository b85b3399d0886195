//! Places that are worth a closer look, gathered without a branch for each place.

use super::classes::{BLOCK, SEGMENT};

/// Places of a segment, counted from its beginning.
#[derive(Debug)]
pub(in crate::privacy) struct Candidates {
    places: [u16; SEGMENT * BLOCK],
    count: usize,
}

impl Candidates {
    pub const fn new() -> Self {
        Self { places: [0; SEGMENT * BLOCK], count: 0 }
    }

    pub const fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds a place if the bit is set.
    #[inline]
    pub fn add_if(&mut self, place: usize, bit: u64) {
        if let (Some(entry), Ok(place)) = (self.places.get_mut(self.count), u16::try_from(place)) {
            *entry = place;
        }
        self.count += usize::from(bit != 0);
    }

    /// In the order of the text.
    pub fn sort(&mut self) {
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
    fn only_places_with_a_bit_are_kept() {
        let mut likely = Candidates::new();
        for place in (0..SEGMENT * BLOCK).rev() {
            likely.add_if(place, u64::from(place % 1000 == 7));
        }
        likely.sort();
        assert_eq!(likely.iter().collect::<Vec<_>>(), [7, 1007, 2007]);

        likely.clear();
        assert_eq!(likely.iter().count(), 0);
    }
}
