//! One scan over a text by all detectors, under a policy. Long texts are cut into blocks that are scanned side by side.
//!
//! The cuts are where the text's own bytes say so, so neither threads nor pieces change what is found.

use super::detectors::bytes::whole_characters;
use super::detectors::{ALL, Hit, Hits, Rows};
use super::finding::{Finding, united};
use super::kept::{take_kept, take_kept_whole};
use super::known::KnownValues;
use super::placeholders::placeholders_near;
use super::plain::Forms;
use super::sweep::Plan;
use super::tables::with_tables;
use super::watch::Watch;
use super::{Policy, PrivacyError};
use memchr::memrchr;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::LazyLock;

/// All detectors, ready to run; or the name of one that cannot.
static PLAN: LazyLock<Result<Plan, &'static str>> = LazyLock::new(|| Plan::new(ALL));

/// How much one thread scans at a time.
pub(super) const BLOCK: usize = 256 * 1024;
/// How much a detector sees beyond its block: the longest private key and the longest value fit.
pub(super) const AHEAD: usize = 64 * 1024;
/// How much a detector sees before its block: what a long line began with.
pub(super) const BEHIND: usize = 4 * 1024;
/// Where a line is cut, how far beyond the cut an anchor may stand whose finding begins before it.
const MARGIN: usize = 2 * 1024;
/// How much is scanned between two looks at whether to go on.
const STEP: usize = 256 * 1024;

/// Finds personal data and secrets. Sorted, without overlaps, on character boundaries.
///
/// Secrets and names found once are found wherever else they stand in the text. Placeholders are no findings.
pub fn detect(text: &str, policy: &Policy) -> Result<Vec<Finding>, PrivacyError> {
    let watch = Watch::default();
    let forms = Forms::of(text);
    let (seen, scanned, unseen) = match &forms {
        None => (text, scan_seen(text, &blocks(text), None, (policy, &watch))?, Vec::new()),
        Some(forms) => {
            let (scanned, unseen) = scan_forms(forms, None, (policy, &watch))?;
            (forms.joined(), scanned, unseen)
        }
    };
    let mut known = KnownValues::default();
    known.learn(seen, &scanned.findings)?;
    let findings = with_known(seen, scanned.findings, &known, policy, &watch)?;
    Ok(match forms {
        None => findings,
        Some(forms) => forms.all_in_source(&findings, unseen),
    })
}

/// What a scan brought to light.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub findings: Vec<Finding>,
    /// In how many places a value stands that the user keeps.
    pub kept: u64,
    /// What the user keeps, sorted by where it begins.
    pub kept_ranges: Vec<Range<usize>>,
    /// The tables with columns of secrets.
    pub tables: Vec<Rows>,
}

/// The blocks of a text.
pub(super) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut start = 0;
    while let Some(end) = block_end(text, start) {
        blocks.push(start..end);
        start = end;
    }
    blocks.push(start..text.len());
    blocks
}

/// Where the block ends that begins at `start`: after its last line break; within a longer line, at a character.
///
/// `None` while too little text follows to tell what stands at the cut.
pub(super) fn block_end(text: &str, start: usize) -> Option<usize> {
    let block = text.as_bytes().get(start..start + BLOCK)?;
    text.as_bytes().get(start + BLOCK..start + BLOCK + AHEAD)?;
    match memrchr(b'\n', block) {
        Some(line_break) => Some(start + line_break + 1),
        None => Some(text.floor_char_boundary(start + BLOCK)),
    }
}

/// Runs every detector over ranges of a text, side by side. What begins in them is found, also where something hides.
///
/// `open` is a table that goes on in the first of them.
pub(super) fn scan(
    text: &str,
    ranges: &[Range<usize>],
    open: Option<&Rows>,
    (policy, watch): (&Policy, &Watch),
) -> Result<Scanned, PrivacyError> {
    with_tables(text, ranges, open, |range, cells| scan_range(text, range, cells, (policy, watch))).map(together)
}

/// The same over a text in which nothing hides.
pub(super) fn scan_seen(
    text: &str,
    ranges: &[Range<usize>],
    open: Option<&Rows>,
    (policy, watch): (&Policy, &Watch),
) -> Result<Scanned, PrivacyError> {
    let look = |range: &Range<usize>, cells: &[Hit]| {
        scan_window(text, range, cells, |seen, inside, cells| found_in(seen, inside, cells, (policy, watch)))
    };
    with_tables(text, ranges, open, look).map(together)
}

/// Looks at all forms of a text that hides something. What is found is told in the joined form; the second value is
/// what stands in nothing that is seen, told in the source.
pub(super) fn scan_forms(
    forms: &Forms,
    open: Option<&Rows>,
    (policy, watch): (&Policy, &Watch),
) -> Result<(Scanned, Vec<Finding>), PrivacyError> {
    let text = forms.joined();
    let mut scanned = scan_seen(text, &blocks(text), open, (policy, watch))?;
    // The joined form knows better where a value begins; the others add what it does not cover.
    let covered: Vec<Range<usize>> = scanned.findings.iter().map(|finding| finding.range.clone()).collect();
    let (mut more, mut unseen) = (Vec::new(), Vec::new());
    for (number, other) in forms.others().enumerate() {
        let found = scan_seen(other, &blocks(other), None, (policy, watch))?.findings;
        for finding in forms.other_in_source(number, &found) {
            match forms.in_joined(&finding) {
                None => unseen.push(finding),
                Some(seen) if policy.keeps(text, seen.kind, &seen.range) => {}
                Some(seen) => push_outside(text, &seen, &covered, &mut more),
            }
        }
    }
    scanned.findings.append(&mut more);
    scanned.findings = without_placeholders(text, united(scanned.findings));
    Ok((scanned, unseen))
}

fn together(parts: Vec<Scanned>) -> Scanned {
    let mut all = Scanned::default();
    let mut done = 0;
    for part in parts {
        all.kept += part.kept;
        all.kept_ranges.extend(part.kept_ranges);
        all.tables.extend(part.tables);
        for finding in part.findings {
            // What was found before reaches over the cut: it is new from there on.
            let start = finding.range.start.max(done);
            if finding.range.end > start {
                done = finding.range.end;
                all.findings.push(Finding { range: start..done, ..finding });
            }
        }
    }
    all
}

/// Does the same to each, in parallel when there are several.
pub(super) fn each<A: Sync, T: Send>(
    these: &[A],
    work: impl Fn(&A) -> Result<T, PrivacyError> + Send + Sync,
) -> Result<Vec<T>, PrivacyError> {
    match these {
        [one] => Ok(vec![work(one)?]),
        several => several.par_iter().map(work).collect(),
    }
}

fn scan_range(
    text: &str,
    range: &Range<usize>,
    cells: &[Hit],
    (policy, watch): (&Policy, &Watch),
) -> Result<Scanned, PrivacyError> {
    scan_window(text, range, cells, |seen, inside, cells| {
        let Some(forms) = Forms::of(seen) else { return found_in(seen, inside, cells, (policy, watch)) };
        let (mut scanned, unseen) = scan_forms(&forms, None, (policy, watch))?;
        let cells = cells.iter().filter(|cell| policy.looks_for(cell.kind, cell.reserved)).map(Hit::as_finding);
        let cells = cells.filter_map(|cell| forms.in_joined(&cell));
        let cells: Vec<Finding> = cells.filter(|cell| !policy.keeps(forms.joined(), cell.kind, &cell.range)).collect();
        if !cells.is_empty() {
            scanned.findings.extend(cells);
            scanned.findings = without_placeholders(forms.joined(), united(scanned.findings));
        }
        let mut findings = forms.all_in_source(&scanned.findings, unseen);
        findings.retain(|finding| inside.contains(&finding.range.start));
        let kept_ranges: Vec<_> = scanned.kept_ranges.iter().filter_map(|range| forms.in_source(range)).collect();
        let place = |place: usize| forms.in_source(&(0..place)).map_or(0, |range| range.end);
        let rows = |rows: Rows| Rows { range: place(rows.range.start)..place(rows.range.end), ..rows };
        let tables = scanned.tables.into_iter().map(rows).collect();
        Ok(Scanned { findings, kept: scanned.kept, kept_ranges, tables })
    })
}

/// Hands a range with what stands around it to `work`, and moves what that finds to its place in the text.
fn scan_window(
    text: &str,
    range: &Range<usize>,
    cells: &[Hit],
    work: impl Fn(&str, &Range<usize>, &[Hit]) -> Result<Scanned, PrivacyError>,
) -> Result<Scanned, PrivacyError> {
    let seen_from = text.floor_char_boundary(range.start.saturating_sub(BEHIND));
    let seen_to = text.floor_char_boundary(range.end.saturating_add(AHEAD));
    let seen = text.get(seen_from..seen_to).ok_or(PrivacyError::OffBoundary)?;
    let cells = cells.iter().map(|cell| cell.at(cell.range.start - seen_from..cell.range.end - seen_from));
    let found = work(seen, &(range.start - seen_from..range.end - seen_from), &cells.collect::<Vec<_>>())?;
    let moved = |range: Range<usize>| range.start + seen_from..range.end + seen_from;
    let findings = found.findings.into_iter().map(|one| Finding { range: moved(one.range), ..one }).collect();
    let tables = found.tables.into_iter().map(|rows| Rows { range: moved(rows.range), ..rows }).collect();
    let kept_ranges = found.kept_ranges.into_iter().map(moved).collect();
    Ok(Scanned { findings, kept: found.kept, kept_ranges, tables })
}

/// What of a part of a text begins inside a range of it and is to be hidden, with the cells of tables that are known.
fn found_in(
    seen: &str,
    inside: &Range<usize>,
    cells: &[Hit],
    (policy, watch): (&Policy, &Watch),
) -> Result<Scanned, PrivacyError> {
    let (mut hits, tables) = hits_of(seen, inside, watch)?;
    hits.extend(policy.own_hits(seen));
    hits.extend(cells.iter().cloned());
    for Hit { range, .. } in &mut hits {
        *range = whole_characters(seen, range.clone());
        if seen.get(range.clone()).is_none() {
            return Err(PrivacyError::OffBoundary);
        }
    }
    hits.retain(|hit| policy.looks_for(hit.kind, hit.reserved) && inside.contains(&hit.range.start));
    let mut kept_ranges = take_kept(seen, &mut hits, policy);
    let mut findings = united(hits.iter().map(Hit::as_finding).collect());
    take_kept_whole(seen, &mut findings, &mut kept_ranges, policy);
    let findings = without_placeholders(seen, findings);
    let overlaps = |range: &Range<usize>| {
        let from = findings.partition_point(|finding| finding.range.end <= range.start);
        findings.get(from).is_some_and(|finding| finding.range.start < range.end)
    };
    let kept = kept_ranges.iter().filter(|range| !overlaps(range)).count();
    let kept = u64::try_from(kept).unwrap_or(u64::MAX);
    Ok(Scanned { findings, kept, kept_ranges, tables })
}

/// What the detectors find in a part of a text, unsorted, and the tables in it. Any that fails, fails the scan.
fn hits_of(seen: &str, inside: &Range<usize>, watch: &Watch) -> Result<(Vec<Hit>, Vec<Rows>), PrivacyError> {
    let plan = PLAN.as_ref().map_err(|detector| PrivacyError::Detector(detector))?;
    let cuts_line = |place: usize| {
        place > 0 && place < seen.len() && seen.as_bytes().get(place - 1).is_some_and(|byte| *byte != b'\n')
    };
    let mut start = if cuts_line(inside.start) { inside.start.saturating_sub(MARGIN) } else { inside.start };
    let end = if cuts_line(inside.end) { (inside.end + MARGIN).min(seen.len()) } else { inside.end };
    let mut hits = Hits::default();
    hits.until = inside.end;
    while start < end {
        watch.check()?;
        let step = end.min(start + STEP);
        plan.sweep(seen, start..step, &mut hits);
        start = step;
    }
    Ok((hits.list, hits.tables))
}

/// Adds the repeats of known values to what was found.
pub(super) fn with_known(
    text: &str,
    findings: Vec<Finding>,
    known: &KnownValues,
    policy: &Policy,
    watch: &Watch,
) -> Result<Vec<Finding>, PrivacyError> {
    with_known_in(text, &blocks(text), findings, known, (policy, watch))
}

/// Adds the repeats of known values that begin in some ranges to what was found.
pub(super) fn with_known_in(
    text: &str,
    ranges: &[Range<usize>],
    mut findings: Vec<Finding>,
    known: &KnownValues,
    (policy, watch): (&Policy, &Watch),
) -> Result<Vec<Finding>, PrivacyError> {
    if known.is_empty() {
        return Ok(findings);
    }
    let repeats = each(ranges, |range| {
        watch.check()?;
        let mut found = known.find(text, range.clone());
        found.retain(|finding| {
            policy.looks_for(finding.kind, false) && !policy.keeps(text, finding.kind, &finding.range)
        });
        Ok(found)
    })?;
    let mut repeats: Vec<Finding> = repeats.into_iter().flatten().collect();
    if repeats.is_empty() {
        return Ok(findings);
    }
    // Most repeats were found before, and those that say the same change nothing. Repeats come nearly in order.
    let mut from = 0;
    repeats.retain(|repeat| {
        let is_before = |finding: &Finding| finding.range.end <= repeat.range.start;
        from = place_from(&findings, from, is_before);
        findings.get(from).is_none_or(|known| {
            known.range != repeat.range || known.kind != repeat.kind || known.confidence < repeat.confidence
        })
    });
    // No placeholder stands in what was found before.
    let is_new = |repeat: &Finding| {
        let from = findings.partition_point(|finding| finding.range.end <= repeat.range.start);
        findings.get(from).is_none_or(|finding| finding.range != repeat.range)
    };
    let unclear = repeats.iter().any(|one| is_new(one) && placeholders_near(text, &one.range).next().is_some());
    findings.append(&mut repeats);
    let findings = united(findings);
    Ok(if unclear { without_placeholders(text, findings) } else { findings })
}

/// The number of the first finding that is not before something, which is likely to be near a known one.
fn place_from(findings: &[Finding], near: usize, is_before: impl Fn(&Finding) -> bool) -> usize {
    const FEW: usize = 8;
    let is_after = near.checked_sub(1).and_then(|last| findings.get(last)).is_none_or(&is_before);
    let steps = findings.iter().skip(near).take(FEW).take_while(|finding| is_before(finding)).count();
    if is_after && steps < FEW { near + steps } else { findings.partition_point(is_before) }
}

/// Cuts placeholders out of findings; what is left of one is still a finding if it says anything.
pub(super) fn without_placeholders(text: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let mut result = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut near = placeholders_near(text, &finding.range).map(|(range, _)| range).peekable();
        if near.peek().is_none() {
            result.push(finding);
        } else {
            push_outside(text, &finding, &near.collect::<Vec<_>>(), &mut result);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidence, PiiKind};

    #[test]
    fn a_place_is_found_from_wherever_one_looks() {
        let finding =
            |start: usize| Finding { kind: PiiKind::User, range: start..start + 3, confidence: Confidence::Likely };
        let findings: Vec<Finding> = (0..40).map(|number| finding(number * 5)).collect();
        for place in 0..210 {
            let is_before = |finding: &Finding| finding.range.end <= place;
            let expected = findings.partition_point(is_before);
            for near in 0..=findings.len() {
                assert_eq!(place_from(&findings, near, is_before), expected, "{place} {near}");
            }
        }
    }
}
