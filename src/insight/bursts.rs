//! Lines over time: a histogram, bursts of errors and lines, and silences.

use super::stored;
use super::summary::LineRef;
use crate::domain::Level;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Widths of a bucket in seconds; each is a multiple of the one before.
const WIDTHS: &[i64] = &[10, 60, 300, 900, 3600, 21_600, 86_400, 864_000, 8_640_000];

/// Buckets that one log may occupy before they are made wider.
const MAX_LOG_BUCKETS: usize = 4096;

/// Buckets of the histogram of all logs.
const MAX_BUCKETS: i64 = 400;

/// Shortest silence that is told, in seconds.
const MIN_SILENCE_SECS: i64 = 120;

/// What happened within one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub lines: u64,
    pub warnings: u64,
    pub errors: u64,
    /// The first line at error or worse.
    pub first_error: Option<LineRef>,
}

impl Bucket {
    fn absorb(&mut self, other: &Self) {
        self.lines += other.lines;
        self.warnings += other.warnings;
        self.errors += other.errors;
        self.first_error = self.first_error.or(other.first_error);
    }
}

/// The occupied buckets of one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogBuckets {
    width: i64,
    /// By number: seconds since 1970 divided by the width.
    buckets: BTreeMap<i64, Bucket>,
    #[serde(skip)]
    open: Option<(i64, Bucket)>,
}

impl Default for LogBuckets {
    fn default() -> Self {
        Self { width: 10, buckets: BTreeMap::new(), open: None }
    }
}

impl LogBuckets {
    pub(super) fn add(&mut self, time: Timestamp, level: Option<Level>, line: u64) {
        let number = time.as_second().div_euclid(self.width);
        if self.open.is_none_or(|(open, _)| open != number) {
            self.flush();
        }
        let (_, bucket) = self.open.get_or_insert_with(|| (number, Bucket::default()));
        bucket.lines += 1;
        match level {
            Some(Level::Warn) => bucket.warnings += 1,
            Some(Level::Error | Level::Fatal) => {
                bucket.errors += 1;
                bucket.first_error = bucket.first_error.or(Some(LineRef { log: 0, line }));
            }
            _ => {}
        }
    }

    pub(super) fn flush(&mut self) {
        let Some((number, bucket)) = self.open.take() else { return };
        self.buckets.entry(number).or_default().absorb(&bucket);
        if self.buckets.len() > MAX_LOG_BUCKETS
            && let Some(wider) = WIDTHS.iter().copied().find(|width| *width > self.width)
        {
            self.widen(wider);
        }
    }

    fn widen(&mut self, width: i64) {
        let factor = width / self.width;
        let mut wide: BTreeMap<i64, Bucket> = BTreeMap::new();
        for (number, bucket) in &self.buckets {
            wide.entry(number.div_euclid(factor)).or_default().absorb(bucket);
        }
        (self.width, self.buckets) = (width, wide);
    }

    fn silences(&self, log: usize) -> Vec<Burst> {
        let starts: Vec<i64> = self.buckets.keys().map(|number| number * self.width).collect();
        let mut gaps: Vec<i64> = starts.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
        if gaps.len() < 10 {
            return Vec::new();
        }
        let usual = median(&mut gaps);
        let shortest = (usual * 6).max(MIN_SILENCE_SECS);
        let mut found = Vec::new();
        for (from, to) in starts.iter().zip(starts.iter().skip(1)).filter(|(from, to)| *to - *from > shortest) {
            let times = (Timestamp::from_second(from + self.width), Timestamp::from_second(*to));
            if let (Ok(from), Ok(to)) = times {
                found.push(Burst {
                    kind: BurstKind::Silence,
                    from,
                    to,
                    count: 0,
                    usual: 0,
                    log: Some(log),
                    line: None,
                });
            }
        }
        found
    }
}

/// Lines of all logs over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    pub width_secs: i64,
    /// The first bucket's beginning.
    #[serde(with = "stored::maybe_time")]
    pub start: Option<Timestamp>,
    /// Without gaps: a bucket without lines is there too.
    pub buckets: Vec<Bucket>,
    /// Lines whose time lies far from all others and that are therefore not shown.
    pub outliers: u64,
}

/// What is out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BurstKind {
    Errors,
    Lines,
    Silence,
}

/// A span of time in which a log says much more, or much less, than usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    pub kind: BurstKind,
    #[serde(with = "stored::time")]
    pub from: Timestamp,
    #[serde(with = "stored::time")]
    pub to: Timestamp,
    /// Lines, or errors, within it.
    pub count: u64,
    /// Per bucket of the histogram, otherwise.
    pub usual: u64,
    /// The silent log.
    pub log: Option<usize>,
    /// The first error within it.
    pub line: Option<LineRef>,
}

impl Histogram {
    /// The moment at which a bucket begins.
    pub fn time_of(&self, bucket: usize) -> Option<Timestamp> {
        let secs = i64::try_from(bucket).ok()?.checked_mul(self.width_secs)?;
        Timestamp::from_second(self.start?.as_second().checked_add(secs)?).ok()
    }

    /// Share of lines at error or worse in one bucket, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more precision")]
    pub fn error_rate(&self, bucket: usize) -> Option<f64> {
        let bucket = self.buckets.get(bucket).filter(|bucket| bucket.lines > 0)?;
        Some(bucket.errors as f64 / bucket.lines as f64)
    }

    pub(super) fn merge(logs: &[&LogBuckets]) -> Self {
        let mut all: BTreeMap<i64, Bucket> = BTreeMap::new();
        let finest = logs.iter().map(|log| log.width).max().unwrap_or(10);
        for (log, buckets) in logs.iter().enumerate() {
            for (number, bucket) in &buckets.buckets {
                let mut bucket = *bucket;
                bucket.first_error = bucket.first_error.map(|line| LineRef { log, ..line });
                all.entry((number * buckets.width).div_euclid(finest)).or_default().absorb(&bucket);
            }
        }
        let Some((first, last)) = span_of_most(&all) else { return Self::default() };
        let (first, last) = (first * finest, last * finest);
        let fits = |width: &&i64| **width >= finest && (last - first) / **width < MAX_BUCKETS;
        let width = WIDTHS.iter().find(fits).copied().unwrap_or(8_640_000);
        Self::lay_out(&all, finest, width, (first, last))
    }

    fn lay_out(all: &BTreeMap<i64, Bucket>, finest: i64, width: i64, (first, last): (i64, i64)) -> Self {
        let (low, high) = (first.div_euclid(width), last.div_euclid(width));
        let count = usize::try_from(high - low + 1).unwrap_or(1).min(4096);
        let mut histogram = Self {
            width_secs: width,
            start: Timestamp::from_second(low * width).ok(),
            buckets: vec![Bucket::default(); count],
            outliers: 0,
        };
        for (number, bucket) in all {
            let place = usize::try_from((number * finest).div_euclid(width) - low).ok();
            match place.and_then(|place| histogram.buckets.get_mut(place)) {
                Some(wide) => wide.absorb(bucket),
                None => histogram.outliers += bucket.lines,
            }
        }
        histogram
    }
}

/// First and last bucket. A few lines with a time far away from all others do not stretch the span.
fn span_of_most(all: &BTreeMap<i64, Bucket>) -> Option<(i64, i64)> {
    let whole = (*all.keys().next()?, *all.keys().next_back()?);
    let total: u64 = all.values().map(|bucket| bucket.lines).sum();
    let allowed = total / 500;
    let edge = |buckets: &mut dyn Iterator<Item = (&i64, &Bucket)>| {
        let mut passed = 0;
        for (number, bucket) in buckets {
            passed += bucket.lines;
            if passed > allowed {
                return *number;
            }
        }
        whole.0
    };
    let most = (edge(&mut all.iter()), edge(&mut all.iter().rev()));
    let stretched = (whole.1 - whole.0) / 20 > most.1 - most.0;
    Some(if stretched && most.0 <= most.1 { most } else { whole })
}

pub(super) fn find(histogram: &Histogram, logs: &[&LogBuckets]) -> Vec<Burst> {
    let mut bursts = runs(histogram, BurstKind::Errors, |bucket| bucket.errors, 3);
    bursts.extend(runs(histogram, BurstKind::Lines, |bucket| bucket.lines, 20));
    for (log, buckets) in logs.iter().enumerate() {
        bursts.extend(buckets.silences(log));
    }
    bursts.sort_by_key(|burst| burst.from);
    bursts
}

/// Runs of buckets that hold at least `floor` and four times the usual, a single quiet bucket between them allowed.
fn runs(histogram: &Histogram, kind: BurstKind, measure: fn(&Bucket) -> u64, floor: u64) -> Vec<Burst> {
    let mut counts: Vec<u64> = histogram.buckets.iter().map(measure).collect();
    if counts.len() < 5 {
        return Vec::new();
    }
    let usual = median(&mut counts);
    let threshold = floor.max(usual * 4 + 1);
    let mut found: Vec<(usize, usize, u64)> = Vec::new();
    for (place, bucket) in histogram.buckets.iter().enumerate().filter(|(_, bucket)| measure(bucket) >= threshold) {
        match found.last_mut() {
            Some((_, last, count)) if place - *last <= 2 => {
                *last = place;
                *count += measure(bucket);
            }
            _ => found.push((place, place, measure(bucket))),
        }
    }
    let burst = |(first, last, count)| {
        let inside = histogram.buckets.get(first..=last)?;
        let line = inside.iter().find_map(|bucket| bucket.first_error);
        let (from, to) = (histogram.time_of(first)?, histogram.time_of(last + 1)?);
        Some(Burst { kind, from, to, count, usual, log: None, line })
    };
    found.into_iter().filter_map(burst).collect()
}

fn median<T: Copy + Ord + Default>(values: &mut [T]) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn buckets(lines: impl IntoIterator<Item = (i64, Option<Level>)>) -> LogBuckets {
        let mut buckets = LogBuckets::default();
        for (line, (second, level)) in (1_u64..).zip(lines) {
            buckets.add(Timestamp::from_second(second).unwrap(), level, line);
        }
        buckets.flush();
        buckets
    }

    const START: i64 = 1_795_311_000;

    #[test]
    fn a_burst_of_errors_is_found_with_its_first_line() {
        let calm = (0..600).map(|n| (START + n * 5, None));
        let storm = (0..50).map(|n| (START + 1500 + n, Some(Level::Error)));
        let log = buckets(calm.chain(storm));
        let bursts = find(&Histogram::merge(&[&log]), &[&log]);
        let errors: Vec<_> = bursts.iter().filter(|burst| burst.kind == BurstKind::Errors).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].count, errors[0].line), (50, Some(LineRef { log: 0, line: 601 })));
        assert!((errors[0].from.as_second() - (START + 1500)).abs() < 60);
    }

    #[test]
    fn a_log_that_falls_silent_is_told() {
        let before = (0..100).map(|n| (START + n * 10, None));
        let after = (0..100).map(|n| (START + 2000 + n * 10, None));
        let log = buckets(before.chain(after));
        let bursts = find(&Histogram::merge(&[&log]), &[&log]);
        assert!(bursts.iter().any(|burst| burst.kind == BurstKind::Silence && burst.from.as_second() == START + 1000));
    }

    #[test]
    fn one_line_from_another_year_does_not_flatten_the_picture() {
        let lines = (0..1000).map(|n| (START + n, None)).chain([(1_000_000_000, None)]);
        let histogram = Histogram::merge(&[&buckets(lines)]);
        assert_eq!((histogram.width_secs, histogram.outliers), (10, 1));
    }

    #[test]
    fn a_steady_log_has_no_bursts() {
        let log = buckets((0..1000).map(|n| (START + n * 7, Some(Level::Error))));
        assert_eq!(find(&Histogram::merge(&[&log]), &[&log]), []);
    }

    proptest! {
        #[test]
        fn every_line_is_counted_once(seconds in proptest::collection::vec(-1_000_000_000_i64..5_000_000_000, 0..200)) {
            let log = buckets(seconds.iter().map(|second| (*second, None)));
            let histogram = Histogram::merge(&[&log]);
            let shown: u64 = histogram.buckets.iter().map(|bucket| bucket.lines).sum();
            prop_assert_eq!(shown + histogram.outliers, seconds.len() as u64);
            find(&histogram, &[&log]);
        }
    }
}
