//! How wide the columns of a table are.

/// Between two columns, in points.
pub(super) const CELL_GAP: f32 = 16.0;
/// No column is narrower than this for want of room, in points.
const NARROWEST: f32 = 64.0;

/// Shares `room` points out among columns that would like to be `natural` wide: narrow ones get all they ask for, the
/// wide ones share the rest equally and wrap. No column goes below 64 points, so a table of many columns may be wider
/// than its room.
pub(super) fn column_widths(natural: &[f32], room: f32) -> Vec<f32> {
    let gaps: f32 = natural.iter().skip(1).map(|_| CELL_GAP).sum();
    let mut left = (room - gaps).max(0.0);
    let mut widths = natural.to_vec();
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

    #[test]
    fn what_fits_keeps_its_width() {
        assert_eq!(column_widths(&[40.0, 100.0], 400.0), [40.0, 100.0]);
        assert!(column_widths(&[], 400.0).is_empty());
    }

    #[test]
    fn wide_columns_share_what_narrow_ones_leave() {
        let widths = column_widths(&[900.0, 40.0, 800.0], 400.0);
        assert_eq!(widths, [164.0, 40.0, 164.0]);
    }

    #[test]
    fn no_column_vanishes() {
        let widths = column_widths(&[300.0; 9], 200.0);
        assert!(widths.iter().all(|width| *width >= NARROWEST), "{widths:?}");
    }
}
