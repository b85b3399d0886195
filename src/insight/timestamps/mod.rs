//! The time of a line: finds it, in whichever of the usual formats it is written.
//!
//! A time without a zone is read as UTC unless the finder was told another offset.

mod formats;
mod scan;

use self::formats::{Clock, Format};
use super::json::field;
use jiff::Timestamp;
use std::ops::Range;

/// How far into a line a time is looked for, in bytes.
const WINDOW_BYTES: usize = 80;

/// How far into a JSON line its time field is looked for.
const JSON_WINDOW_BYTES: usize = 4096;

/// JSON keys that hold a line's time.
const JSON_KEYS: &[&str] =
    &["time", "ts", "timestamp", "@timestamp", "__REALTIME_TIMESTAMP", "eventTime", "asctime", "t", "date"];

/// Finds the times of one log's lines; remembers what the last line looked like.
#[derive(Clone, Debug)]
pub struct TimeFinder {
    clock: Clock,
    /// The format of the last line that had a time, and where in the line it stood.
    last: Option<(Format, usize)>,
}

impl TimeFinder {
    /// `reference` is a moment near the log's end, such as when it was imported or last changed: it settles the year
    /// where lines do not give one.
    pub fn new(reference: Timestamp) -> Self {
        Self { clock: Clock::new(reference), last: None }
    }

    /// Reads times without a zone as `offset_secs` seconds east of UTC.
    #[must_use]
    pub const fn with_offset(mut self, offset_secs: i32) -> Self {
        self.clock.offset_secs = offset_secs;
        self
    }

    /// The time of `line` and the bytes that it takes. Only the beginning of the line is looked at.
    pub fn find(&mut self, line: &str) -> Option<(Timestamp, Range<usize>)> {
        let bytes = line.as_bytes();
        if bytes.first() == Some(&b'{') {
            return self.find_json(line);
        }
        let window = bytes.get(..WINDOW_BYTES).unwrap_or(bytes);
        if let Some((format, start)) = self.last
            && let Some(found) = scan::at(window, start, format, &self.clock)
        {
            return Some(found);
        }
        let (format, found) = scan::anywhere(window, &self.clock)?;
        self.last = Some((format, found.1.start));
        Some(found)
    }

    /// Whether the time of `line` names no zone, so that this finder's offset was taken for it.
    pub fn assumes_zone(&self, line: &str) -> bool {
        let told = |offset_secs| self.clone().with_offset(offset_secs).find(line).map(|(time, _)| time);
        told(0) != told(3600)
    }

    fn find_json(&self, line: &str) -> Option<(Timestamp, Range<usize>)> {
        let window = super::lines::clip(line, JSON_WINDOW_BYTES);
        let value = JSON_KEYS.iter().find_map(|key| {
            let value = field(window, &[key])?;
            self.read_value(value).map(|time| (time, value))
        });
        let (time, value) = value?;
        let start = (value.as_ptr() as usize).checked_sub(window.as_ptr() as usize)?;
        Some((time, start..start + value.len()))
    }

    fn read_value(&self, value: &str) -> Option<Timestamp> {
        if let Some(time) = formats::epoch_number(value) {
            return Some(time);
        }
        let window = value.as_bytes().get(..WINDOW_BYTES).unwrap_or(value.as_bytes());
        scan::anywhere(window, &self.clock).map(|(_, (time, _))| time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finder() -> TimeFinder {
        TimeFinder::new("2026-11-25T12:00:00Z".parse().unwrap())
    }

    fn time(line: &str) -> Option<String> {
        finder().find(line).map(|(time, _)| time.to_string())
    }

    #[test]
    fn the_usual_formats_are_read() {
        let cases = [
            ("2026-11-22T01:38:20Z x", "2026-11-22T01:38:20Z"),
            ("2026-11-22T01:38:20.123456789Z x", "2026-11-22T01:38:20.123456789Z"),
            ("2026-11-22 01:38:20,5 [main] INFO", "2026-11-22T01:38:20.5Z"),
            ("2026-11-22T01:38:20+05:30 x", "2026-11-21T20:08:20Z"),
            ("2026-11-22T01:38:20+0100 host app: journald short-iso", "2026-11-22T00:38:20Z"),
            ("2026-11-22T01:38:20-08 x", "2026-11-22T09:38:20Z"),
            ("2026-11-22 01:38:20.123 UTC [123] LOG:  x", "2026-11-22T01:38:20.123Z"),
            ("2026-11-22 01:38:20.123 CET [123] LOG:  x", "2026-11-22T00:38:20.123Z"),
            ("[2026-11-22 01:38:20] x", "2026-11-22T01:38:20Z"),
            ("2026/11/22 01:38:20 [error] 31#31: nginx", "2026-11-22T01:38:20Z"),
            ("2026/11/22 01:38:20.000123 main.go:5: go", "2026-11-22T01:38:20.000123Z"),
            ("20261122T013820Z x", "2026-11-22T01:38:20Z"),
            ("Nov 22 01:38:20 host app[1]: x", "2026-11-22T01:38:20Z"),
            ("<11>Nov  2 01:38:20 host app[1]: x", "2026-11-02T01:38:20Z"),
            ("Dec 31 23:59:59 host: last year", "2025-12-31T23:59:59Z"),
            ("*Nov 22 2025 01:38:20.123: %LINK-3-UPDOWN", "2025-11-22T01:38:20.123Z"),
            ("[Sun Nov 22 01:38:20.123456 2026] [core:error]", "2026-11-22T01:38:20.123456Z"),
            ("10.0.0.1 - - [22/Nov/2026:01:38:20 +0100] \"GET /\"", "2026-11-22T00:38:20Z"),
            ("22-Nov-2026 01:38:20.123 SEVERE [main] tomcat", "2026-11-22T01:38:20.123Z"),
            ("11/22/2026 1:38:20 AM Error", "2026-11-22T01:38:20Z"),
            ("11/22/2026 12:38:20 AM Error", "2026-11-22T00:38:20Z"),
            ("11/22/2026 1:38:20 PM Error", "2026-11-22T13:38:20Z"),
            ("22/11/2026 13:38:20 day first", "2026-11-22T13:38:20Z"),
            ("22.11.2026 13:38:20 day first", "2026-11-22T13:38:20Z"),
            ("E1122 01:38:20.123456       1 klog.go:1] x", "2026-11-22T01:38:20.123456Z"),
            ("1795311500 x", "2026-11-22T01:38:20Z"),
            ("1795311500.250 x", "2026-11-22T01:38:20.25Z"),
            ("1795311500250 x", "2026-11-22T01:38:20.25Z"),
            ("[1795311500] nagios", "2026-11-22T01:38:20Z"),
            ("Start-Date: 2026-11-22  01:38:20", "2026-11-22T01:38:20Z"),
            ("Nov 22, 2026 1:38:20 PM com.example.App main", "2026-11-22T13:38:20Z"),
            (r#"{"ts":1795311500.25,"msg":"x"}"#, "2026-11-22T01:38:20.25Z"),
            (r#"{"level":30,"time":1795311500250}"#, "2026-11-22T01:38:20.25Z"),
            (r#"{"msg":"x","@timestamp":"2026-11-22T01:38:20.123Z"}"#, "2026-11-22T01:38:20.123Z"),
            (r#"{"__REALTIME_TIMESTAMP":"1795311500123456"}"#, "2026-11-22T01:38:20.123456Z"),
            ("time=2026-11-22T01:38:20Z level=info", "2026-11-22T01:38:20Z"),
            ("time=\"2026-11-22T01:38:20Z\" level=info", "2026-11-22T01:38:20Z"),
            ("host-1 app 2026-11-22T01:38:20Z x", "2026-11-22T01:38:20Z"),
        ];
        for (line, expected) in cases {
            assert_eq!(time(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_only_resembles_a_time_is_none() {
        for line in [
            "",
            "2026",
            "2026-13-22T01:38:20Z",
            "2026-11-22T25:38:20Z",
            "12345678901234567890",
            "Nov",
            "{",
            "v1.2.3",
            "May be late",
            "1234567 x",
        ] {
            assert_eq!(time(line), None, "{line}");
        }
    }

    #[test]
    fn the_range_covers_the_time_alone() {
        let line = "[2026-11-22 01:38:20.5] INFO x";
        let (_, range) = finder().find(line).unwrap();
        assert_eq!(line.get(range), Some("2026-11-22 01:38:20.5"));
    }

    #[test]
    fn a_finder_follows_a_change_of_format() {
        let mut finder = finder();
        for line in ["Nov 22 01:38:20 a", "Nov 22 01:38:21 b", "2026-11-22T01:38:22Z c", "Nov 22 01:38:23 d"] {
            assert!(finder.find(line).is_some(), "{line}");
        }
    }

    #[test]
    fn a_leap_day_without_a_year_is_in_a_leap_year() {
        assert_eq!(time("Feb 29 01:00:00 x").as_deref(), Some("2024-02-29T01:00:00Z"));
    }

    #[test]
    fn an_offset_can_be_given_for_logs_without_a_zone() {
        let mut finder = finder().with_offset(3600);
        let (time, _) = finder.find("2026-11-22 01:38:20 x").unwrap();
        assert_eq!(time.to_string(), "2026-11-22T00:38:20Z");
    }

    #[test]
    fn whether_a_zone_is_named_is_known() {
        let cases = [
            ("2026-11-22T01:38:20Z x", false),
            ("2026-11-22T01:38:20+01:00 x", false),
            ("1795311500 x", false),
            ("2026-11-22 01:38:20,123 x", true),
            ("Nov 22 01:38:20 host x", true),
            ("no time", false),
        ];
        for (line, assumed) in cases {
            assert_eq!(finder().assumes_zone(line), assumed, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in "\\PC{0,120}") {
            finder().find(&line);
        }

        #[test]
        fn nearly_times_are_survived(line in "[0-9TZ:+., /\\[\\]\"{}NovISEWDAP-]{0,60}") {
            let mut finder = finder();
            if let Some((_, range)) = finder.find(&line) {
                prop_assert!(line.get(range).is_some());
            }
            finder.find(&line);
        }

        #[test]
        fn a_written_time_is_read_back(second in 1_000_000_000_i64..4_000_000_000, nanos in 0_i32..1_000_000_000) {
            let time = Timestamp::new(second, nanos).unwrap();
            let line = format!("{time} INFO x");
            prop_assert_eq!(finder().find(&line).map(|(time, _)| time), Some(time));
        }
    }
}
