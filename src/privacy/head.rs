//! Where a text is cut that is redacted in parts.

use super::finding::Finding;
use super::scan::{AHEAD, BEHIND, BLOCK};
use memchr::memrchr;

/// The one of these, in order and apart from each other, that begins before a place and ends behind it.
pub(super) fn covering(findings: &[Finding], place: usize) -> Option<&Finding> {
    let after = findings.partition_point(|finding| finding.range.end <= place);
    findings.get(after).filter(|finding| finding.range.start < place)
}

/// Where the first part of a text may end whose rest is redacted later; the whole text if it is short.
pub(super) fn head_end(text: &str, findings: &[Finding]) -> usize {
    let certain = text.len().saturating_sub(AHEAD);
    if certain == 0 {
        return text.len();
    }
    let lines = text.as_bytes().get(certain.saturating_sub(BLOCK)..certain).unwrap_or_default();
    let line_end = memrchr(b'\n', lines).map(|line_break| certain - lines.len() + line_break + 1);
    if let Some(end) = line_end.filter(|end| covering(findings, *end).is_none()) {
        return end;
    }
    // Within a line, what stands before a value may say what it is: so the cut is behind a value, or far before one.
    let after = findings.partition_point(|finding| finding.range.start < certain);
    let last = after.checked_sub(1).and_then(|last| findings.get(last)).map_or(0, |finding| finding.range.end);
    let next = findings.get(after).map_or(text.len(), |finding| finding.range.start);
    text.floor_char_boundary(last.max(certain.min(next.saturating_sub(BEHIND))))
}
