//! Where in a line a time may begin, and which formats to try there.

use super::formats::{self, Clock, Cursor, Format};
use jiff::Timestamp;
use std::ops::Range;

type Found = (Timestamp, Range<usize>);

/// Reads `format` at `start`, where it stood in the line before.
pub(super) fn at(window: &[u8], start: usize, format: Format, clock: &Clock) -> Option<Found> {
    let cursor = Cursor { bytes: window, at: start };
    if !begins_here(window, start) {
        return None;
    }
    read(format, cursor, clock)
}

/// The first time in the window, in any format.
pub(super) fn anywhere(window: &[u8], clock: &Clock) -> Option<(Format, Found)> {
    (0..window.len()).filter(|start| begins_here(window, *start)).find_map(|start| {
        let cursor = Cursor { bytes: window, at: start };
        candidates(cursor).iter().find_map(|format| read(*format, cursor, clock).map(|found| (*format, found)))
    })
}

fn read(format: Format, mut cursor: Cursor<'_>, clock: &Clock) -> Option<Found> {
    let start = cursor.at;
    let time = formats::read(format, &mut cursor, clock)?;
    Some((time, start..cursor.at))
}

/// Whether a word begins here: the byte before is no letter or digit.
fn begins_here(window: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| window.get(at));
    before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.' && *byte != b'-')
}

/// The formats that may begin with what stands at the cursor.
fn candidates(cursor: Cursor<'_>) -> &'static [Format] {
    let at_start = cursor.at == 0 || (cursor.at == 1 && cursor.bytes.first() == Some(&b'['));
    match cursor.peek() {
        Some(b'0'..=b'9') => digits(cursor, at_start),
        Some(b'E' | b'F' | b'I' | b'W') if cursor.at == 0 => &[Format::Klog, Format::Syslog],
        Some(b'A' | b'D' | b'F' | b'J' | b'M' | b'N' | b'O' | b'S') => &[Format::Syslog],
        _ => &[],
    }
}

fn digits(cursor: Cursor<'_>, at_start: bool) -> &'static [Format] {
    let ahead = cursor.bytes.get(cursor.at..).unwrap_or_default();
    let run = ahead.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match run {
        1 | 2 => &[Format::DayMonthName, Format::Numeric],
        4 => &[Format::Iso],
        8 => &[Format::Compact],
        10 | 13 if at_start => &[Format::Epoch],
        _ => &[],
    }
}
