//! One scan over a text by all detectors, under a policy.

use super::detectors::{ALL, Hit, Hits};
use super::finding::{Finding, united};
use super::known::KnownValues;
use super::placeholders::placeholders;
use super::plain::Forms;
use super::{Policy, PrivacyError};
use std::ops::Range;

/// Finds personal data and secrets. Sorted, without overlaps, on character boundaries.
///
/// Secrets and names found once are found wherever else they stand in the text. Placeholders are no findings.
pub fn detect(text: &str, policy: &Policy) -> Result<Vec<Finding>, PrivacyError> {
    let forms = Forms::of(text);
    let (seen, scanned, unseen) = match &forms {
        None => (text, scan_seen(text, policy)?, Vec::new()),
        Some(forms) => {
            let (scanned, unseen) = scan_forms(forms, policy)?;
            (forms.joined(), scanned, unseen)
        }
    };
    let mut known = KnownValues::default();
    known.learn(seen, &scanned.findings)?;
    let findings = with_known(seen, scanned.findings, &known, policy);
    Ok(forms.map_or_else(|| findings.clone(), |forms| forms.all_in_source(&findings, unseen)))
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
    let Some(forms) = Forms::of(text) else { return scan_seen(text, policy) };
    let (scanned, unseen) = scan_forms(&forms, policy)?;
    Ok(Scanned {
        findings: forms.all_in_source(&scanned.findings, unseen),
        kept: scanned.kept,
        kept_ranges: scanned.kept_ranges.iter().filter_map(|range| forms.in_source(range)).collect(),
    })
}

/// Looks at all forms of a text that hides something. What is found is told in the joined form; the second value is
/// what stands in nothing that is seen, told in the source.
pub(super) fn scan_forms(forms: &Forms, policy: &Policy) -> Result<(Scanned, Vec<Finding>), PrivacyError> {
    let text = forms.joined();
    let mut scanned = scan_seen(text, policy)?;
    // The joined form knows better where a value begins; the others add what it does not cover.
    let covered: Vec<Range<usize>> = scanned.findings.iter().map(|finding| finding.range.clone()).collect();
    let (mut more, mut unseen) = (Vec::new(), Vec::new());
    for (number, other) in forms.others().enumerate() {
        let found = scan_seen(other, policy)?.findings;
        for finding in forms.other_in_source(number, &found) {
            match forms.in_joined(&finding) {
                None => unseen.push(finding),
                Some(seen) if policy.keeps(seen.kind, text.get(seen.range.clone()).unwrap_or_default()) => {}
                Some(seen) => push_outside(text, &seen, &covered, &mut more),
            }
        }
    }
    scanned.findings.append(&mut more);
    scanned.findings = without_placeholders(text, united(scanned.findings));
    Ok((scanned, unseen))
}

/// Runs every detector over a text in which nothing hides.
pub(super) fn scan_seen(text: &str, policy: &Policy) -> Result<Scanned, PrivacyError> {
    let mut hits = Hits::default();
    for detector in ALL {
        hits.confidence = detector.confidence;
        (detector.find)(text, &mut hits);
        if hits.failed.is_some() {
            return Err(PrivacyError::Detector(detector.name));
        }
    }
    let mut hits = hits.list;
    if hits.iter().any(|hit| text.get(hit.range.clone()).is_none()) {
        return Err(PrivacyError::OffBoundary);
    }
    hits.retain(|hit| policy.looks_for(hit.kind, hit.reserved));
    let kept_ranges = take_kept(text, &mut hits, policy);
    let found = hits.into_iter().map(|hit| Finding { kind: hit.kind, range: hit.range, confidence: hit.confidence });
    let findings = united(found.collect());
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
    findings.extend(known.find(text).filter(|finding| {
        policy.looks_for(finding.kind, false)
            && !policy.keeps(finding.kind, text.get(finding.range.clone()).unwrap_or_default())
    }));
    if findings.len() == before {
        return findings;
    }
    without_placeholders(text, united(findings))
}

/// Takes out what the user keeps, with the parts of it that are no secrets: keeping an address keeps its host.
fn take_kept(text: &str, hits: &mut Vec<Hit>, policy: &Policy) -> Vec<Range<usize>> {
    let keeps = |hit: &Hit| policy.keeps(hit.kind, text.get(hit.range.clone()).unwrap_or_default());
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
    hits.retain(|hit| !keeps(hit) && (hit.kind.is_secret() || !inside(hit)));
    kept
}

/// Cuts placeholders out of findings; what is left of one is still a finding if it says anything.
fn without_placeholders(text: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let standing: Vec<Range<usize>> = placeholders(text).map(|(range, _)| range).collect();
    if standing.is_empty() {
        return findings;
    }
    let mut result = Vec::with_capacity(findings.len());
    for finding in findings {
        push_outside(text, &finding, &standing, &mut result);
    }
    result
}

/// The parts of a finding between holes, which are sorted and apart.
fn push_outside(text: &str, finding: &Finding, holes: &[Range<usize>], result: &mut Vec<Finding>) {
    let mut start = finding.range.start;
    let from = holes.partition_point(|range| range.end <= start);
    for hole in holes.iter().skip(from).take_while(|hole| hole.start < finding.range.end) {
        push_part(text, finding, start..hole.start.max(start), result);
        start = hole.end;
    }
    push_part(text, finding, start..finding.range.end.max(start), result);
}

fn push_part(text: &str, finding: &Finding, range: Range<usize>, result: &mut Vec<Finding>) {
    let whole = range == finding.range;
    if whole || text.get(range.clone()).is_some_and(|rest| rest.contains(char::is_alphanumeric)) {
        result.push(Finding { kind: finding.kind, range, confidence: finding.confidence });
    }
}
