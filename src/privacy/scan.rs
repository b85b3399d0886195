//! One scan over a text by all detectors, under a policy.

use super::detectors::{ALL, Hit, Hits};
use super::finding::{Finding, united};
use super::known::KnownValues;
use super::placeholders::placeholders;
use super::{Policy, PrivacyError};
use std::ops::Range;

/// Finds personal data and secrets. Sorted, without overlaps, on character boundaries.
///
/// Secrets and names found once are found wherever else they stand in the text. Placeholders are no findings.
pub fn detect(text: &str, policy: &Policy) -> Result<Vec<Finding>, PrivacyError> {
    let scanned = scan(text, policy)?;
    let mut known = KnownValues::default();
    known.learn(text, &scanned.findings)?;
    Ok(with_known(text, scanned.findings, &known, policy))
}

/// What one scan brought to light.
#[derive(Debug)]
pub(super) struct Scanned {
    pub findings: Vec<Finding>,
    /// In how many places a value stands that the user keeps.
    pub kept: u64,
    /// What the user keeps, sorted by where it begins.
    pub kept_ranges: Vec<Range<usize>>,
}

/// Runs every detector. Any that fails, fails the scan.
pub(super) fn scan(text: &str, policy: &Policy) -> Result<Scanned, PrivacyError> {
    let mut hits = Hits::default();
    for detector in ALL {
        hits.confidence = detector.confidence;
        (detector.find)(text, &mut hits);
        if hits.failed.is_some() {
            return Err(PrivacyError::Detector(detector.name));
        }
    }
    let mut hits = hits.list;
    hits.extend(policy.own_hits(text));
    if hits.iter().any(|hit| text.get(hit.range.clone()).is_none()) {
        return Err(PrivacyError::OffBoundary);
    }
    hits.retain(|hit| policy.looks_for(hit.kind, hit.reserved));
    let mut kept_ranges = take_kept(text, &mut hits, policy);
    let found = hits.into_iter().map(|hit| Finding { kind: hit.kind, range: hit.range, confidence: hit.confidence });
    let mut findings = united(found.collect());
    take_kept_whole(text, &mut findings, &mut kept_ranges, policy);
    let findings = without_placeholders(text, findings);
    let overlaps = |range: &Range<usize>| {
        let from = findings.partition_point(|finding| finding.range.end <= range.start);
        findings.get(from).is_some_and(|finding| finding.range.start < range.end)
    };
    let kept = kept_ranges.iter().filter(|range| !overlaps(range)).count();
    let kept = u64::try_from(kept).unwrap_or(u64::MAX);
    Ok(Scanned { findings, kept, kept_ranges })
}

/// Adds the repeats of known values to what was found.
pub(super) fn with_known(text: &str, mut findings: Vec<Finding>, known: &KnownValues, policy: &Policy) -> Vec<Finding> {
    let before = findings.len();
    findings.extend(
        known.find(text).filter(|finding| {
            policy.looks_for(finding.kind, false) && !policy.keeps(text, finding.kind, &finding.range)
        }),
    );
    if findings.len() == before {
        return findings;
    }
    without_placeholders(text, united(findings))
}

/// Takes out what the user keeps, with the parts of it that are no secrets: keeping an address keeps its host.
fn take_kept(text: &str, hits: &mut Vec<Hit>, policy: &Policy) -> Vec<Range<usize>> {
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
fn take_kept_whole(text: &str, findings: &mut Vec<Finding>, kept: &mut Vec<Range<usize>>, policy: &Policy) {
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

/// Cuts placeholders out of findings; what is left of one is still a finding if it says anything.
fn without_placeholders(text: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let standing: Vec<Range<usize>> = placeholders(text).map(|(range, _)| range).collect();
    if standing.is_empty() {
        return findings;
    }
    let mut result = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut start = finding.range.start;
        let from = standing.partition_point(|range| range.end <= start);
        for hole in standing.iter().skip(from).take_while(|hole| hole.start < finding.range.end) {
            push_part(text, &finding, start..hole.start.max(start), &mut result);
            start = hole.end;
        }
        push_part(text, &finding, start..finding.range.end.max(start), &mut result);
    }
    result
}

fn push_part(text: &str, finding: &Finding, range: Range<usize>, result: &mut Vec<Finding>) {
    let whole = range == finding.range;
    if whole || text.get(range.clone()).is_some_and(|rest| rest.contains(char::is_alphanumeric)) {
        result.push(Finding { kind: finding.kind, range, confidence: finding.confidence });
    }
}
