//! How wide the columns of a table are.

use crate::documents::measure::width;
use crate::documents::parsed::{Table, plain_text};

/// Left and right of the text of a cell, in twentieths of a point, and a little to spare.
const CELL_PADDING: u32 = 230;
/// At this size the face that is measured is as wide as that of tables, which is narrower, at nine points.
const TABLE_TYPE: f32 = 8.4;

/// The width of each column, in twentieths of a point: no word is broken as long as there is room for all of them, narrow
/// columns get what they ask for, and the wide ones share the rest.
pub(super) fn widths(table: &Table, columns: usize, room: u32) -> Vec<u32> {
    let rows = || std::iter::once(&table.head).chain(&table.rows);
    let texts = |column: usize| rows().filter_map(move |row| row.get(column)).map(|cell| plain_text(cell));
    // A word longer than this is broken anyway.
    let most = room / 4;
    let longest_word = |text: &String| text.split_whitespace().map(text_width).max().unwrap_or(0).min(most);
    let least: Vec<u32> =
        (0..columns).map(|column| texts(column).map(|text| longest_word(&text)).max().unwrap_or(0)).collect();
    let natural: Vec<u32> =
        (0..columns).map(|column| texts(column).map(|text| text_width(&text)).max().unwrap_or(0)).collect();
    let least: Vec<u32> = least.into_iter().map(|width| width + CELL_PADDING).collect();
    let natural: Vec<u32> = natural.into_iter().map(|width| width.saturating_add(CELL_PADDING)).collect();
    let spare = room.saturating_sub(least.iter().sum());
    if spare == 0 {
        return shared(room, &least);
    }
    let mut widths = least.clone();
    let mut order: Vec<usize> = (0..columns).collect();
    let wanted = |column: usize| {
        let width = |all: &[u32]| all.get(column).copied().unwrap_or(0);
        width(&natural).saturating_sub(width(&least))
    };
    order.sort_by_key(|column| wanted(*column));
    let (mut left, mut waiting) = (spare, u32::try_from(columns).unwrap_or(u32::MAX).max(1));
    for column in order {
        let more = wanted(column).min(left / waiting);
        if let Some(width) = widths.get_mut(column) {
            *width += more;
        }
        (left, waiting) = (left - more, waiting.saturating_sub(1).max(1));
    }
    widths.iter().zip(shared(left, &natural)).map(|(width, more)| width + more).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and a float saturates")]
fn text_width(text: &str) -> u32 {
    (width(text, TABLE_TYPE) * 20.0) as u32
}

/// `room` in parts by weight.
fn shared(room: u32, weights: &[u32]) -> Vec<u32> {
    let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum::<u64>().max(1);
    let part = |weight: &u32| u32::try_from(u64::from(room) * u64::from(*weight) / all).unwrap_or(room);
    weights.iter().map(part).collect()
}
