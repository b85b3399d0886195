//! Which line stands in which row, for logs of any length.

/// The rows of a viewer: all lines of a log, or those that matched a search.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rows<'a> {
    /// This many lines, from 1.
    All(u64),
    /// Their numbers, ascending.
    Hits(&'a [u64]),
}

impl Rows<'_> {
    pub(super) const fn len(self) -> u64 {
        match self {
            Self::All(lines) => lines,
            Self::Hits(numbers) => numbers.len() as u64,
        }
    }

    /// The number of the line in this row, counted from 0.
    pub(super) fn line_at(self, row: u64) -> Option<u64> {
        match self {
            Self::All(lines) => (row < lines).then_some(row + 1),
            Self::Hits(numbers) => numbers.get(usize::try_from(row).ok()?).copied(),
        }
    }

    /// The row of this line, or of the next one that is shown.
    pub(super) fn row_of(self, line: u64) -> u64 {
        match self {
            Self::All(lines) => line.saturating_sub(1).min(lines.saturating_sub(1)),
            Self::Hits(numbers) => {
                (numbers.partition_point(|number| *number < line) as u64).min(self.len().saturating_sub(1))
            }
        }
    }
}

/// Where the view of a long list begins, in rows and parts of a row.
///
/// Kept as `f64` and never turned into one tall area: at millions of rows, points would no longer tell rows apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scroll {
    pub(super) top: f64,
}

impl Scroll {
    /// Keeps the last page in view.
    pub(super) fn clamp(&mut self, rows: u64, page: f64) {
        self.top = self.top.clamp(0.0, (as_f64(rows) - page).max(0.0));
    }

    /// Moves as little as needed so that the row is in view; from afar it comes to stand at a third of the page.
    pub(super) fn reveal(&mut self, row: u64, page: f64) {
        let row = as_f64(row);
        let (first, last) = (self.top, self.top + page - 1.0);
        if row < first - page || row > last + page {
            self.top = row - page / 3.0;
        } else if row < first {
            self.top = row;
        } else if row > last {
            self.top = row - page + 1.0;
        }
    }

    /// Where the handle of the bar begins and how long it is, as shares of the bar.
    pub(super) fn handle(self, rows: u64, page: f64, shortest: f64) -> (f64, f64) {
        let rows = as_f64(rows).max(1.0);
        let length = (page / rows).clamp(shortest, 1.0);
        let most = (rows - page).max(0.0);
        let begin = if most > 0.0 { self.top / most * (1.0 - length) } else { 0.0 };
        (begin, length)
    }

    /// The opposite of [`Self::handle`]: the handle is dragged to begin at this share of the bar.
    pub(super) fn drag_to(&mut self, begin: f64, length: f64, rows: u64, page: f64) {
        let free = (1.0 - length).max(f64::EPSILON);
        self.top = (begin / free).clamp(0.0, 1.0) * (as_f64(rows) - page).max(0.0);
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 rows")]
pub(super) const fn as_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_lines_lead_to_each_other() {
        let hits = [3, 7, 900];
        for (rows, line, row) in [(Rows::All(1000), 7, 6), (Rows::Hits(&hits), 7, 1), (Rows::Hits(&hits), 8, 2)] {
            assert_eq!(rows.row_of(line), row);
        }
        assert_eq!(Rows::Hits(&hits).line_at(2), Some(900));
        assert_eq!((Rows::All(5).line_at(5), Rows::Hits(&hits).line_at(3)), (None, None));
        assert_eq!((Rows::All(0).row_of(9), Rows::Hits(&[]).row_of(9)), (0, 0));
    }

    #[test]
    fn single_rows_are_told_apart_at_a_hundred_million() {
        let mut scroll = Scroll::default();
        scroll.reveal(99_999_998, 30.0);
        scroll.clamp(100_000_000, 30.0);
        let before = scroll.top;
        scroll.top -= 0.05;
        assert!(before - scroll.top > 0.04 && before - scroll.top < 0.06);
        assert!((before - 99_999_970.0).abs() < 1e-6);
    }

    #[test]
    fn the_handle_reaches_both_ends() {
        let mut scroll = Scroll::default();
        let (_, length) = scroll.handle(1_000_000, 30.0, 0.05);
        scroll.drag_to(1.0 - length, length, 1_000_000, 30.0);
        assert!((scroll.top - 999_970.0).abs() < 1e-6);
        assert!((scroll.handle(1_000_000, 30.0, 0.05).0 + length - 1.0).abs() < 1e-9);
        scroll.drag_to(-0.5, length, 1_000_000, 30.0);
        assert!((scroll.top - 0.0).abs() < 1e-6);
    }

    #[test]
    fn a_near_row_moves_the_view_only_as_far_as_needed() {
        let mut scroll = Scroll { top: 100.0 };
        scroll.reveal(110, 30.0);
        assert!((scroll.top - 100.0).abs() < 1e-6);
        scroll.reveal(130, 30.0);
        assert!((scroll.top - 101.0).abs() < 1e-6);
        scroll.reveal(99, 30.0);
        assert!((scroll.top - 99.0).abs() < 1e-6);
    }
}
