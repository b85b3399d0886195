//! What the user decided to keep is taken out of what was found.

use super::Policy;
use super::detectors::Hit;
use super::finding::Finding;
use std::ops::Range;

/// Takes out what the user keeps, with the parts of it that are no secrets: keeping an address keeps its host.
pub(super) fn take_kept(text: &str, hits: &mut Vec<Hit>, policy: &Policy) -> Vec<Range<usize>> {
    let keeps = |hit: &Hit| policy.keeps(text, hit.kind, &hit.range);
    let mut kept: Vec<Range<usize>> = hits.iter().filter(|hit| keeps(hit)).map(|hit| hit.range.clone()).collect();
    if kept.is_empty() {
        return kept;
    }
    kept.sort_by_key(|range| (range.start, range.end));
    kept.dedup();
    let inside = |hit: &Hit| {
        let from = kept.partition_point(|range| range.end < hit.range.end);
        kept.iter()
            .skip(from)
            .take_while(|range| range.start <= hit.range.start)
            .any(|range| hit.range.end <= range.end)
    };
    hits.retain(|hit| !keeps(hit) && (Policy::redacts_inside_kept(hit.kind) || !inside(hit)));
    kept
}

/// Takes out what the user keeps of what was found in parts and put together.
pub(super) fn take_kept_whole(text: &str, findings: &mut Vec<Finding>, kept: &mut Vec<Range<usize>>, policy: &Policy) {
    let before = kept.len();
    findings.retain(|finding| {
        let keeps = policy.keeps_by_name(text, finding.kind, &finding.range);
        if keeps {
            kept.push(finding.range.clone());
        }
        !keeps
    });
    if kept.len() > before {
        kept.sort_by_key(|range| (range.start, range.end));
    }
}
