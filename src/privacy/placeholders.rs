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
        let end = start + bytes.iter().take(LONGEST).position(|byte| *byte == b']')? + 1;
        Some((start..end, Placeholder::parse(text.get(start..end)?)?))
    })
}

/// Where a placeholder may have begun whose end is not there yet.
pub(super) fn unfinished(text: &str) -> Option<usize> {
    let start = text.rfind('[')?;
    let rest = text.get(start + 1..)?;
    let may_grow = rest.len() < LONGEST && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    may_grow.then_some(start)
}
