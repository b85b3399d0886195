//! What the merged time line takes for granted: zones that no line names, clocks that differ, lines without a time.

use super::summary::{Insight, LogSummary};
use crate::domain::Level;
use jiff::Timestamp;

/// Zones differ by multiples of this, in seconds.
const ZONE_STEP_SECS: i64 = 1800;

/// The widest difference between two zones, in seconds.
const MAX_ZONE_SECS: i64 = 14 * 3600;

/// How exactly two first errors must meet for their distance to look like a zone, in seconds.
const NEAR_SECS: i64 = 60;

/// Below this share of timed lines, a log's lines mostly have no place on the time line.
const FEW_TIMED: u64 = 10;

impl Insight {
    /// What a reader of the time line must know, a sentence each; empty if every line names its time and zone.
    pub fn assumptions(&self) -> Vec<String> {
        let of_log = |(place, log)| taken_for_granted(log).into_iter().chain(self.zone_hint(place));
        self.logs.iter().enumerate().flat_map(of_log).collect()
    }

    /// The same without guesses: what stands in a document.
    pub fn taken_for_granted(&self) -> Vec<String> {
        self.logs.iter().flat_map(taken_for_granted).collect()
    }

    /// By how many seconds the clock of a log without zones seems to be ahead of the others: its first error would then
    /// meet theirs. A hint, not a finding.
    pub fn clock_ahead_secs(&self, log: usize) -> Option<i64> {
        self.logs.get(log)?.assumed_offset_secs?;
        let own = self.first_error(|one| one == log)?;
        let others = self.first_error(|one| one != log).or_else(|| self.onset.filter(|_| self.onset_given))?;
        let ahead = own.duration_since(others).as_secs();
        let steps = (ahead + ZONE_STEP_SECS / 2).div_euclid(ZONE_STEP_SECS);
        let is_zone = (ahead - steps * ZONE_STEP_SECS).abs() <= NEAR_SECS && ahead.abs() <= MAX_ZONE_SECS;
        (steps != 0 && is_zone).then_some(steps * ZONE_STEP_SECS)
    }

    fn zone_hint(&self, log: usize) -> Option<String> {
        let ahead = self.clock_ahead_secs(log)?;
        let name = &self.logs.get(log)?.name;
        Some(format!(
            "{name}: its first error is {} {} than the others'; its times may be those of {}.",
            crate::domain::format::duration(jiff::SignedDuration::from_secs(ahead.abs())),
            if ahead > 0 { "later" } else { "earlier" },
            zone_name(i32::try_from(ahead).ok()?)
        ))
    }

    fn first_error(&self, is_meant: impl Fn(usize) -> bool) -> Option<Timestamp> {
        let errors = self.templates.iter().filter(|one| one.level.is_some_and(Level::is_error) && is_meant(one.log));
        errors.filter_map(|template| template.first_time).min()
    }
}

fn taken_for_granted(log: &LogSummary) -> Vec<String> {
    let mut told: Vec<String> = without_times(log).into_iter().collect();
    told.extend(
        log.assumed_offset_secs
            .map(|offset| format!("{}: its times name no zone and are read as {}.", log.name, zone_name(offset))),
    );
    if log.steps_back > 0 {
        let times = if log.steps_back == 1 { "once".to_owned() } else { format!("{} times", log.steps_back) };
        told.push(format!("{}: the time steps back {times}; a clock was set, or logs were joined.", log.name));
    }
    told
}

fn without_times(log: &LogSummary) -> Option<String> {
    if log.lines == 0 || log.timed_lines.saturating_mul(FEW_TIMED) >= log.lines {
        return None;
    }
    let share = if log.timed_lines == 0 {
        "no line has a time; they are known by their order alone"
    } else {
        "few lines have a time; the others are known by their order alone"
    };
    Some(format!("{}: {share}.", log.name))
}

/// `UTC`, `UTC+1`, `UTC-3:30`.
fn zone_name(offset_secs: i32) -> String {
    if offset_secs == 0 {
        return "UTC".to_owned();
    }
    let sign = if offset_secs < 0 { '-' } else { '+' };
    let minutes = offset_secs.unsigned_abs() / 60;
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::{Analyzer, LogAnalysis};

    fn log(name: &str, lines: &[&str]) -> LogAnalysis {
        let mut analyzer = Analyzer::new(name, "2026-11-25T12:00:00Z".parse().unwrap());
        for line in lines {
            analyzer.push_line(line);
        }
        analyzer.finish()
    }

    #[test]
    fn a_zone_that_no_line_names_is_said() {
        let zoned = log("a.log", &["2026-11-22T01:38:20Z INFO x"]);
        let zoneless = log("b.log", &["2026-11-22 01:38:20 INFO x"]);
        let told = Insight::merge(vec![zoned, zoneless], None).assumptions();
        assert_eq!(told, ["b.log: its times name no zone and are read as UTC."]);
    }

    #[test]
    fn a_clock_one_hour_ahead_is_hinted_at_and_a_real_delay_is_not() {
        let zoned = log("a.log", &["2026-11-22T01:00:00Z INFO x", "2026-11-22T01:38:20Z ERROR down"]);
        let cases = [("2026-11-22 02:38:41 ERROR down", Some(3600)), ("2026-11-22 02:01:00 ERROR down", None)];
        for (line, ahead) in cases {
            let insight =
                Insight::merge(vec![zoned.clone(), log("b.log", &["2026-11-22 01:10:00 INFO x", line])], None);
            assert_eq!(insight.clock_ahead_secs(1), ahead, "{line}");
            assert_eq!(insight.assumptions().iter().any(|one| one.contains("UTC+1")), ahead.is_some());
        }
    }

    #[test]
    fn a_clock_that_was_set_back_is_said() {
        let told = Insight::merge(vec![log("a.log", &["2026-11-22T01:38:20Z x", "2026-11-22T01:08:20Z x"])], None);
        assert!(told.assumptions().iter().any(|one| one.contains("steps back once")));
    }

    #[test]
    fn a_log_without_times_is_said() {
        let told = Insight::merge(vec![log("a.log", &["one", "two"])], None).assumptions();
        assert_eq!(told, ["a.log: no line has a time; they are known by their order alone."]);
    }

    #[test]
    fn zones_are_named() {
        for (offset, name) in [(0, "UTC"), (3600, "UTC+1"), (-12_600, "UTC-3:30"), (20_700, "UTC+5:45")] {
            assert_eq!(zone_name(offset), name);
        }
    }
}
