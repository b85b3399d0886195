//! A text with its findings masked, to see whether taking them out brings others to light.

use super::finding::Finding;
use crate::domain::Placeholder;
use memchr::{memchr, memrchr};
use std::ops::Range;

/// How much of a line is looked at about a mask; lines are shorter but for data in one piece.
const NEAR: usize = 4 * 1024;

/// The text as it will look, but for the numbers of the placeholders; and the way back to the source.
#[derive(Debug)]
pub(super) struct Masked {
    pub text: String,
    /// What was copied: where it stands here, and where in the source.
    copied: Vec<(usize, usize)>,
    /// Where the masks stand here.
    masks: Vec<Range<usize>>,
}

impl Masked {
    /// Masks findings that are sorted and do not overlap.
    pub fn new(source: &str, findings: &[Finding]) -> Self {
        let mut masked = Self { text: String::with_capacity(source.len()), copied: Vec::new(), masks: Vec::new() };
        let mut done = 0;
        for finding in findings {
            masked.copy(source, done, finding.range.start);
            let start = masked.text.len();
            masked.text.push_str(&Placeholder { kind: finding.kind, number: 1 }.to_string());
            masked.masks.push(start..masked.text.len());
            done = finding.range.end;
        }
        masked.copy(source, done, source.len());
        masked
    }

    /// The lines with masks and those after them, for a key may name the value on the next line. In order, apart.
    pub fn near_masks(&self) -> Vec<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut near: Vec<Range<usize>> = Vec::new();
        for mask in &self.masks {
            let earliest = mask.start.saturating_sub(NEAR);
            let before = bytes.get(earliest..mask.start).unwrap_or_default();
            let start = memrchr(b'\n', before).map_or(earliest, |line_break| earliest + line_break + 1);
            let end = self.line_end(self.line_end(mask.end));
            let (start, end) = (self.text.floor_char_boundary(start), self.text.ceil_char_boundary(end));
            match near.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => near.push(start..end),
            }
        }
        near
    }

    /// After the line break that follows.
    fn line_end(&self, start: usize) -> usize {
        let limit = self.text.len().min(start + NEAR);
        let rest = self.text.as_bytes().get(start..limit).unwrap_or_default();
        memchr(b'\n', rest).map_or(limit, |line_break| start + line_break + 1)
    }

    /// The same finding in the source. It must not touch a mask.
    pub fn in_source(&self, finding: &Finding) -> Option<Finding> {
        let after = self.copied.partition_point(|(here, _)| *here <= finding.range.start);
        let (here, source) = self.copied.get(after.checked_sub(1)?)?;
        let start = finding.range.start - here + source;
        Some(Finding { kind: finding.kind, range: start..start + finding.range.len(), confidence: finding.confidence })
    }

    fn copy(&mut self, source: &str, from: usize, to: usize) {
        self.copied.push((self.text.len(), from));
        self.text.push_str(source.get(from..to).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidence, PiiKind};

    #[test]
    fn a_finding_in_the_masked_text_is_told_in_the_source() {
        let finding = |range| Finding { kind: PiiKind::User, range, confidence: Confidence::Likely };
        let masked = Masked::new("ab12cd34ef", &[finding(2..4), finding(6..8)]);

        assert_eq!(masked.text, "ab[User-1]cd[User-1]ef");
        assert_eq!(masked.in_source(&finding(10..12)), Some(finding(4..6)));
        assert_eq!(masked.in_source(&finding(21..22)), Some(finding(9..10)));
    }
}
