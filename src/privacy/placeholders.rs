//! Where placeholders stand in a text.

use crate::domain::Placeholder;
use memchr::memchr_iter;
use std::ops::Range;

/// Longer than any: the longest stem, a dash, ten digits and the brackets.
pub(super) const LONGEST: usize = 32;

/// All placeholders of a text, in order.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = (Range<usize>, Placeholder)> {
    memchr_iter(b'[', text.as_bytes()).filter_map(move |start| {
        let bytes = text.as_bytes().get(start..)?;
        // Every stem begins with a capital; most brackets of logs do not.
        bytes.get(1).filter(|byte| byte.is_ascii_uppercase())?;
        let end = start + bytes.iter().take(LONGEST).position(|byte| *byte == b']')? + 1;
        Some((start..end, Placeholder::parse(text.get(start..end)?)?))
    })
}

/// The placeholders that may overlap a range, in order.
pub(super) fn placeholders_near(text: &str, range: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Placeholder)> {
    let from = text.floor_char_boundary(range.start.saturating_sub(LONGEST));
    let to = text.ceil_char_boundary(range.end + LONGEST);
    let near = placeholders(text.get(from..to).unwrap_or_default());
    near.map(move |(range, placeholder)| (range.start + from..range.end + from, placeholder))
}

/// Where a placeholder may have begun whose end is not there yet.
pub(super) fn unfinished(text: &str) -> Option<usize> {
    let start = text.rfind('[')?;
    let rest = text.get(start + 1..)?;
    let may_grow = rest.len() < LONGEST && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    may_grow.then_some(start)
}
