//! What was found: a kind and its bytes; and how findings that overlap become one.

use crate::domain::{Confidence, PiiKind};
use std::hint::black_box;
use std::ops::Range;

/// One detected value: its kind and its bytes in the text, on character boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: PiiKind,
    pub range: Range<usize>,
    pub confidence: Confidence,
}

/// From the least to the most specific: decides the label of two findings of the same length.
const BY_SPECIFICITY: [PiiKind; 23] = [
    PiiKind::Secret,
    PiiKind::User,
    PiiKind::Host,
    PiiKind::Phone,
    PiiKind::NationalId,
    PiiKind::Url,
    PiiKind::Ipv4,
    PiiKind::Ipv6,
    PiiKind::Mac,
    PiiKind::Email,
    PiiKind::Ssn,
    PiiKind::Iban,
    PiiKind::CreditCard,
    PiiKind::Session,
    PiiKind::Password,
    PiiKind::ApiKey,
    PiiKind::Bearer,
    PiiKind::BasicAuth,
    PiiKind::Token,
    PiiKind::ConnectionString,
    PiiKind::Jwt,
    PiiKind::PrivateKey,
    PiiKind::Custom,
];

fn specificity(kind: PiiKind) -> usize {
    BY_SPECIFICITY.iter().position(|one| *one == kind).unwrap_or(0)
}

/// Findings of a text in their order, each with its text fetched a while before it is looked at.
///
/// Findings lie far apart in a text that is no longer in the cache: to wait for each takes longer than to look at it.
pub(super) fn fetched<'a>(text: &'a str, findings: &'a [Finding]) -> impl Iterator<Item = &'a Finding> {
    const AHEAD: usize = 16;
    let later = findings.iter().skip(AHEAD).map(|finding| finding.range.start).chain(std::iter::repeat(0));
    findings.iter().zip(later).map(|(finding, place)| {
        // What is read goes nowhere, so nothing waits for it.
        black_box(text.as_bytes().get(place).copied());
        finding
    })
}

/// Joins what overlaps: all its bytes, labeled as its longest part, or the more specific of two equally long ones.
///
/// Dropping the shorter of two findings that overlap in part would leak its tail. Findings that only touch stay apart.
/// The result is sorted.
pub(super) fn united(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.range.start, finding.range.end));
    let mut result: Vec<(Finding, usize)> = Vec::with_capacity(findings.len());
    for finding in findings {
        let size = finding.range.len();
        match result.last_mut() {
            Some((last, longest)) if finding.range.start < last.range.end => {
                if (size, specificity(finding.kind)) > (*longest, specificity(last.kind)) {
                    last.kind = finding.kind;
                    *longest = size;
                }
                last.confidence = last.confidence.max(finding.confidence);
                last.range.end = last.range.end.max(finding.range.end);
            }
            _ => result.push((finding, size)),
        }
    }
    result.into_iter().map(|(finding, _)| finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: PiiKind, range: Range<usize>) -> Finding {
        Finding { kind, range, confidence: Confidence::Likely }
    }

    #[test]
    fn findings_that_overlap_in_part_lose_no_byte() {
        let joined = united(vec![finding(PiiKind::Password, 6..12), finding(PiiKind::Host, 0..8)]);

        assert_eq!(joined, [finding(PiiKind::Host, 0..12)]);
    }

    #[test]
    fn of_two_equally_long_findings_the_more_specific_names_both() {
        let joined = united(vec![finding(PiiKind::Token, 0..9), finding(PiiKind::Jwt, 0..9)]);

        assert_eq!(joined, [finding(PiiKind::Jwt, 0..9)]);
    }

    #[test]
    fn findings_that_touch_stay_apart() {
        let two = vec![finding(PiiKind::User, 0..3), finding(PiiKind::Host, 3..9)];

        assert_eq!(united(two.clone()), two);
    }

    #[test]
    fn every_kind_has_a_place_in_the_order() {
        for kind in PiiKind::ALL {
            assert!(BY_SPECIFICITY.contains(kind), "{kind:?}");
        }
    }
}
