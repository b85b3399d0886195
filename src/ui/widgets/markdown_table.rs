//! How wide the columns of a table are.

/// Between two columns, in points.
pub(super) const CELL_GAP: f32 = 16.0;
/// No column is narrower than this for want of room, in points.
const NARROWEST: f32 = 64.0;
/// A word that takes more than this part of the room is broken.
const WIDEST_WORD: f32 = 0.3;

/// What a column would like, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// For its longest cell in one line.
    pub(super) natural: f32,
    /// For its longest word.
    pub(super) word: f32,
}

/// Shares `room` points out among columns: words stay whole where there is room for all of them, and what is left goes to
/// those that have most to say. No column goes below 64 points, so a table of many columns may be wider than its room.
pub(super) fn column_widths(wanted: &[Wanted], room: f32) -> Vec<f32> {
    let gaps: f32 = wanted.iter().skip(1).map(|_| CELL_GAP).sum();
    let room = (room - gaps).max(0.0);
    let least: Vec<f32> = wanted.iter().map(|one| one.word.min(room * WIDEST_WORD).min(one.natural)).collect();
    let spare = room - least.iter().sum::<f32>();
    if spare < 0.0 {
        let words: Vec<f32> = wanted.iter().map(|one| one.word.min(one.natural)).collect();
        return equal_shares(words, room);
    }
    let more: Vec<f32> = wanted.iter().zip(&least).map(|(one, least)| one.natural - least).collect();
    let part = (spare / more.iter().sum::<f32>().max(1.0)).min(1.0);
    least.iter().zip(&more).map(|(least, more)| more.mul_add(part, *least)).collect()
}

/// Narrow columns get all they ask for, the wide ones share the rest equally.
fn equal_shares(mut widths: Vec<f32>, room: f32) -> Vec<f32> {
    let mut left = room;
    let mut order: Vec<&mut f32> = widths.iter_mut().collect();
    order.sort_by(|one, other| one.total_cmp(other));
    let mut waiting = f32::from(u16::try_from(order.len()).unwrap_or(u16::MAX));
    for width in order {
        let share = (left / waiting).max(NARROWEST);
        *width = width.min(share);
        left = (left - *width).max(0.0);
        waiting -= 1.0;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(natural: f32, word: f32) -> Wanted {
        Wanted { natural, word }
    }

    #[test]
    fn what_fits_keeps_its_width() {
        assert_eq!(column_widths(&[wanted(40.0, 40.0), wanted(100.0, 20.0)], 400.0), [40.0, 100.0]);
        assert!(column_widths(&[], 400.0).is_empty());
    }

    #[test]
    fn words_stay_whole_and_the_column_that_has_most_to_say_gets_most() {
        let widths = column_widths(&[wanted(160.0, 80.0), wanted(900.0, 90.0), wanted(120.0, 110.0)], 400.0);
        assert!(widths[0] >= 80.0 && widths[2] >= 110.0 && widths[1] > 150.0, "{widths:?}");
        assert!((widths.iter().sum::<f32>() + 2.0 * CELL_GAP - 400.0).abs() < 0.1, "{widths:?}");
    }

    #[test]
    fn without_room_for_all_words_no_column_vanishes() {
        let widths = column_widths(&[wanted(300.0, 300.0); 9], 200.0);
        assert!(widths.iter().all(|width| *width >= NARROWEST), "{widths:?}");
    }
}
