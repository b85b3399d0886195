//! Several logs to one insight: one time line, what began when, and what is worth a look.

use super::bursts::{self, Burst, BurstKind, Histogram};
use super::changes::is_change;
use super::summary::{FirstSeen, Insight, LineRef, LogAnalysis, LogSummary, NotableLine, Reason, TemplateStat};
use crate::domain::Level;
use jiff::Timestamp;

/// How long before the start a first appearance still belongs to it, in seconds.
const BEFORE_SECS: i64 = 45 * 60;

/// How long after the start, in seconds.
const AFTER_SECS: i64 = 20 * 60;

/// A log must have told something for so long before a first appearance means anything, in seconds.
const BASELINE_SECS: i64 = 60;

const MAX_FIRST_SEEN: usize = 200;
const MAX_NOTABLE: usize = 300;

impl Insight {
    /// Merges the analyses of an issue's logs, in the order of its logs.
    ///
    /// Without a given start of the incident, the first burst of errors stands in, else the first error.
    pub fn merge(analyses: Vec<LogAnalysis>, incident_start: Option<Timestamp>) -> Self {
        let all_buckets: Vec<_> = analyses.iter().map(|one| &one.buckets).collect();
        let histogram = Histogram::merge(&all_buckets);
        let bursts = bursts::find(&histogram, &all_buckets);
        let mut insight = Self { bursts, histogram, onset_given: incident_start.is_some(), ..Self::default() };
        for (log, analysis) in analyses.into_iter().enumerate() {
            insight.logs.push(analysis.summary);
            insight.templates.extend(analysis.templates.into_iter().map(|template| moved_to(template, log)));
            insight.traces.extend(analysis.traces.into_iter().map(|mut group| {
                group.first.log = log;
                group
            }));
        }
        insight.templates.sort_by_key(|one| (std::cmp::Reverse(one.count), one.log, one.first_line));
        insight.traces.sort_by_key(|group| (std::cmp::Reverse(group.count), group.first));
        insight.onset = incident_start.or_else(|| onset(&insight.bursts, &insight.templates));
        insight.first_seen = first_seen(&insight);
        insight.notable = notable(&insight);
        insight
    }
}

fn moved_to(mut template: TemplateStat, log: usize) -> TemplateStat {
    template.log = log;
    for example in &mut template.examples {
        example.at = LineRef { log, ..example.at };
    }
    template
}

fn onset(bursts: &[Burst], templates: &[TemplateStat]) -> Option<Timestamp> {
    let burst = bursts.iter().find(|burst| burst.kind == BurstKind::Errors).map(|burst| burst.from);
    burst.or_else(|| {
        let errors = templates.iter().filter(|template| template.level.is_some_and(Level::is_error));
        errors.filter_map(|template| template.first_time).min()
    })
}

fn first_seen(insight: &Insight) -> Vec<FirstSeen> {
    let Some(onset) = insight.onset else { return Vec::new() };
    let mut found: Vec<FirstSeen> = insight
        .templates
        .iter()
        .enumerate()
        .filter_map(|(place, template)| {
            let line = template.examples.first()?.clone();
            let at = line.time?;
            let from_start_secs = at.duration_since(onset).as_secs();
            let in_window = (-BEFORE_SECS..=AFTER_SECS).contains(&from_start_secs);
            let log = insight.logs.get(template.log)?;
            (in_window && had_baseline(log, at)).then_some(FirstSeen {
                template: place,
                line,
                level: template.level,
                from_start_secs,
            })
        })
        .collect();
    found.sort_by_key(|one| (one.from_start_secs.abs(), one.line.at));
    found.truncate(MAX_FIRST_SEEN);
    found
}

fn had_baseline(log: &LogSummary, at: Timestamp) -> bool {
    log.first_time.is_some_and(|first| at.duration_since(first).as_secs() >= BASELINE_SECS)
}

fn notable(insight: &Insight) -> Vec<NotableLine> {
    let near: std::collections::HashSet<usize> = insight.first_seen.iter().map(|one| one.template).collect();
    let mut found: Vec<(u32, NotableLine)> = insight
        .templates
        .iter()
        .enumerate()
        .filter_map(|(place, template)| {
            let line = template.examples.first()?.clone();
            let is_near = near.contains(&place);
            let (reason, base) = reason_of(template, line.text.expose(), is_near)?;
            let score = base + if is_near { 3 } else { 0 } + u32::from(template.count <= 3);
            Some((score, NotableLine { line, level: template.level, reason }))
        })
        .collect();
    found.sort_by_key(|(score, one)| (std::cmp::Reverse(*score), one.line.time, one.line.at));
    found.truncate(MAX_NOTABLE);
    found.into_iter().map(|(_, one)| one).collect()
}

fn reason_of(template: &TemplateStat, line: &str, is_near: bool) -> Option<(Reason, u32)> {
    match template.level {
        Some(Level::Fatal) => Some((Reason::Fatal, 6)),
        Some(Level::Error) => Some((Reason::Error, 5)),
        _ if is_change(line) => Some((Reason::Change, 4)),
        _ if is_near => Some((Reason::FirstSeen, 1)),
        _ => None,
    }
}
