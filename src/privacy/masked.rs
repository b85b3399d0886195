//! A text with its findings masked, to see whether taking them out brings others to light.

use super::finding::Finding;
use crate::domain::Placeholder;

/// The text as it will look, but for the numbers of the placeholders; and the way back to the source.
#[derive(Debug)]
pub(super) struct Masked {
    pub text: String,
    /// What was copied: where it stands here, and where in the source.
    copied: Vec<(usize, usize)>,
}

impl Masked {
    /// Masks findings that are sorted and do not overlap.
    pub fn new(source: &str, findings: &[Finding]) -> Self {
        let mut masked = Self { text: String::with_capacity(source.len()), copied: Vec::new() };
        let mut done = 0;
        for finding in findings {
            masked.copy(source, done, finding.range.start);
            masked.text.push_str(&Placeholder { kind: finding.kind, number: 1 }.to_string());
            done = finding.range.end;
        }
        masked.copy(source, done, source.len());
        masked
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
