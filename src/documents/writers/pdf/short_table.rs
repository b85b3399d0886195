//! Which tables stay whole on one page.

use crate::documents::parsed::{Inline, Table, plain_text};

/// A table of no more columns and lines stays on one page.
const SHORT_TABLE_COLUMNS: usize = 8;
const SHORT_TABLE_LINES: usize = 24;
/// About how many characters of a table's text fit the width of a page.
const TABLE_LINE: usize = 80;

/// Whether a table surely fits half a page: it would run out of the page if it could not break and did not fit.
pub(super) fn is_short(table: &Table) -> bool {
    let columns = table.columns.len().max(1);
    let room = (TABLE_LINE / columns).max(1);
    let height = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| lines_of(cell, room)).max().unwrap_or(1);
    let lines = std::iter::once(&table.head).chain(&table.rows).map(height).fold(0, usize::saturating_add);
    columns <= SHORT_TABLE_COLUMNS && lines <= SHORT_TABLE_LINES
}

/// How many lines of `room` characters a cell takes at most; a picture may take any number.
fn lines_of(cell: &[Inline], room: usize) -> usize {
    let has_more = cell.iter().any(|part| match part {
        Inline::Text(_) | Inline::Code(_) => false,
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
            lines_of(inner, room) == usize::MAX
        }
        Inline::Link { content, .. } => lines_of(content, room) == usize::MAX,
        _ => true,
    });
    if has_more {
        return usize::MAX;
    }
    // Letters of other scripts may take the room of two.
    let width: usize = plain_text(cell).chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    width / room + 1
}
