//! How severe a line says it is: words in the usual places, syslog priorities, klog letters, JSON fields.

use super::json::field;
use super::lines::clip;
use crate::domain::Level;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How far behind the time a level is looked for, in bytes.
const WINDOW_BYTES: usize = 120;

/// Lines by level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelCounts {
    /// In the order of [`Level::ALL`]; the last one counts lines without a level.
    counts: [u64; 8],
}

impl LevelCounts {
    pub fn add(&mut self, level: Option<Level>) {
        let place = level.map_or(7, |level| level as usize);
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
    }

    pub fn get(&self, level: Level) -> u64 {
        self.counts.get(level as usize).copied().unwrap_or_default()
    }

    /// Lines in which no level was recognized.
    pub const fn unknown(&self) -> u64 {
        let [.., unknown] = self.counts;
        unknown
    }

    /// Lines at error or worse.
    pub fn errors(&self) -> u64 {
        self.get(Level::Error) + self.get(Level::Fatal)
    }

    pub(super) const fn to_array(self) -> [u64; 8] {
        self.counts
    }

    pub(super) const fn from_array(counts: [u64; 8]) -> Self {
        Self { counts }
    }

    /// `None` where the sum does not fit.
    pub(super) fn total(&self) -> Option<u64> {
        self.counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count))
    }
}

/// Which level `line` states. `time` is where its timestamp stands, when it has one.
pub fn level_of(line: &str, time: Option<Range<usize>>) -> Option<Level> {
    if line.starts_with('{') {
        return json_level(line);
    }
    if let Some(level) = syslog_priority(line).or_else(|| tool_prefix(line)) {
        return Some(level);
    }
    let (start, end) = time.map_or((0, 0), |range| (range.start, range.end));
    if start == 0
        && end > 0
        && line.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
        && let Some(level) = klog_letter(line)
    {
        return Some(level);
    }
    let after = clip(line.get(end..).unwrap_or_default(), WINDOW_BYTES);
    scan(after).or_else(|| scan(clip(line, start)))
}

/// `E1122 …`: the letter before the date.
fn klog_letter(line: &str) -> Option<Level> {
    match line.as_bytes().first()? {
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warn),
        b'E' => Some(Level::Error),
        b'F' => Some(Level::Fatal),
        _ => None,
    }
}

/// How package managers, compilers, test runners and servers without a log format of their own begin a line.
const PREFIXES: &[(&str, Level)] = &[
    ("E: ", Level::Error),
    ("W: ", Level::Warn),
    ("(EE) ", Level::Error),
    ("(WW) ", Level::Warn),
    ("npm ERR! ", Level::Error),
    ("npm error ", Level::Error),
    ("npm WARN ", Level::Warn),
    ("npm warn ", Level::Warn),
    ("dpkg: error ", Level::Error),
    ("dpkg: warning", Level::Warn),
    ("error[", Level::Error),
    ("make: *** ", Level::Error),
    ("gmake: *** ", Level::Error),
    ("FAILED: ", Level::Error),
    ("--- FAIL", Level::Error),
    ("not ok ", Level::Error),
    ("Fatal server error", Level::Fatal),
    ("Exception in thread ", Level::Error),
    ("Unhandled exception", Level::Error),
    ("Traceback (most recent call last)", Level::Error),
];

fn tool_prefix(line: &str) -> Option<Level> {
    // npm's own log numbers its lines, and nested makes number their depth.
    let unnumbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if unnumbered.len() < line.len()
        && let Some(rest) = unnumbered.strip_prefix(' ')
    {
        let word = rest.split(' ').next()?;
        return matches!(word, "error" | "warn" | "info" | "verbose" | "silly" | "http").then(|| from_word(word))?;
    }
    if line.starts_with("make[") && line.contains("]: *** ") {
        return Some(Level::Error);
    }
    PREFIXES.iter().find(|(prefix, _)| line.starts_with(prefix)).map(|(_, level)| *level)
}

/// `<11>` at the beginning. Source: RFC 5424, section 6.2.1.
fn syslog_priority(line: &str) -> Option<Level> {
    let (number, _) = line.strip_prefix('<')?.split_once('>')?;
    let priority: u16 = number.parse().ok().filter(|_| number.len() <= 3)?;
    (priority <= 191).then(|| from_syslog_severity(priority % 8))
}

const fn from_syslog_severity(severity: u16) -> Level {
    match severity {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 => Level::Notice,
        6 => Level::Info,
        _ => Level::Debug,
    }
}

fn json_level(line: &str) -> Option<Level> {
    let value = field(line, &["level", "severity", "lvl", "levelname", "log.level", "loglevel"]);
    if let Some(value) = value {
        return match value.parse::<u16>() {
            Ok(number) => from_number(number),
            Err(_) => from_word(value),
        };
    }
    let severity = field(line, &["PRIORITY"])?.parse::<u16>().ok().filter(|severity| *severity <= 7)?;
    Some(from_syslog_severity(severity))
}

/// bunyan and pino count in tens; smaller numbers are syslog's.
const fn from_number(number: u16) -> Option<Level> {
    match number {
        0..=7 => Some(from_syslog_severity(number)),
        8..=19 => Some(Level::Trace),
        20..=29 => Some(Level::Debug),
        30..=39 => Some(Level::Info),
        40..=49 => Some(Level::Warn),
        50..=59 => Some(Level::Error),
        60..=69 => Some(Level::Fatal),
        _ => None,
    }
}

const WORDS: &[(&str, Level)] = &[
    ("info", Level::Info),
    ("error", Level::Error),
    ("warn", Level::Warn),
    ("warning", Level::Warn),
    ("debug", Level::Debug),
    ("trace", Level::Trace),
    ("fatal", Level::Fatal),
    ("critical", Level::Fatal),
    ("crit", Level::Fatal),
    ("err", Level::Error),
    ("notice", Level::Notice),
    ("panic", Level::Fatal),
    ("emerg", Level::Fatal),
    ("alert", Level::Fatal),
    ("severe", Level::Error),
    ("information", Level::Info),
    ("verbose", Level::Trace),
    ("log", Level::Info),
    ("statement", Level::Info),
    ("detail", Level::Info),
    ("hint", Level::Info),
    ("normal", Level::Info),
    ("fine", Level::Debug),
];

fn from_word(word: &str) -> Option<Level> {
    WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, level)| *level)
}

/// Finds a level word that is written like one: in capitals, in brackets, as a field, or before a colon.
fn scan(window: &str) -> Option<Level> {
    let bytes = window.as_bytes();
    let mut at = 0;
    let mut words_seen = 0;
    while at < bytes.len() {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at += 1;
        }
        if at == start {
            at += 1;
            continue;
        }
        words_seen += 1;
        if (3..=11).contains(&(at - start))
            && let Some(level) = word_level(window, start..at, words_seen)
        {
            return Some(level);
        }
    }
    None
}

fn word_level(window: &str, range: Range<usize>, words_seen: usize) -> Option<Level> {
    let word = window.get(range.clone())?;
    let bytes = window.as_bytes();
    let before = range.start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let after = bytes.get(range.end).copied().unwrap_or(b' ');
    if before.is_ascii_digit() || after.is_ascii_digit() || matches!(before, b'-' | b'_' | b'.' | b'/') {
        return None;
    }
    let level = from_word(word)?;
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase());
    let capitalized = word.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
    let weak = matches!(
        word.to_ascii_lowercase().as_str(),
        "log" | "statement" | "detail" | "hint" | "normal" | "alert" | "fine"
    );
    let bracketed = matches!((before, after), (b'[' | b':', b']') | (b'<', b'>') | (b'(', b')') | (b'|', b'|'));
    let labeled = matches!(before, b'=' | b'"')
        && range.start >= 4
        && window.get(..range.start)?.trim_end_matches(['=', '"']).ends_with(['l', 'y']);
    let colon = after == b':' && words_seen <= 6 && (capitals || !weak);
    let alone =
        matches!(before, b' ' | b'\t' | b'[' | b']' | b'|') && matches!(after, b' ' | b'\t' | b'|' | b'[' | b']');
    let told = bracketed
        || labeled
        || colon
        || (capitals && !weak && (alone || before == b'['))
        || (capitalized && alone && words_seen <= 2);
    told.then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::timestamps::TimeFinder;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn level(line: &str) -> Option<Level> {
        let found = TimeFinder::new(Timestamp::from_second(1_795_000_000).unwrap()).find(line);
        level_of(line, found.map(|(_, range)| range))
    }

    #[test]
    fn levels_are_found_where_they_usually_stand() {
        let cases: &[(&str, Option<Level>)] = &[
            ("2026-11-22T01:38:20Z ERROR 1 --- [main] c.e.App : failed", Some(Level::Error)),
            ("2026-11-22 01:38:20,123 [main] WARN  com.example - slow", Some(Level::Warn)),
            ("2026-11-22 01:38:20.123 UTC [123] FATAL:  too many", Some(Level::Fatal)),
            ("2026-11-22 01:38:20.123 UTC [123] LOG:  checkpoint", Some(Level::Info)),
            ("E1122 01:38:20.123456       1 reflector.go:147] failed", Some(Level::Error)),
            ("2026/11/22 01:38:20 [error] 31#31: *1 connect() failed", Some(Level::Error)),
            ("[Sun Nov 22 01:38:20.123 2026] [core:error] [pid 1] oops", Some(Level::Error)),
            (r#"{"level":"warn","ts":1795000000,"msg":"slow"}"#, Some(Level::Warn)),
            (r#"{"level":50,"time":1795000000000,"msg":"bad"}"#, Some(Level::Error)),
            (r#"{"PRIORITY":"3","MESSAGE":"bad"}"#, Some(Level::Error)),
            ("<11>Nov 22 01:38:20 host app: bad", Some(Level::Error)),
            ("time=2026-11-22T01:38:20Z level=error msg=\"bad\"", Some(Level::Error)),
            ("2026-11-22T01:38:20Z   Warning   BackOff   pod/x", Some(Level::Warn)),
            ("Nov 22 01:38:20 host kernel: EXT4-fs warning (device sda1): full", None),
            ("Nov 22 01:38:20 host app[1]: error: cannot open", Some(Level::Error)),
            ("Nov 22 01:38:20 host app[1]: no errors were found", None),
            ("2026-11-22T01:38:20Z the error rate is fine", None),
            ("GET /error 200", None),
            ("E: Unable to locate package nosuch", Some(Level::Error)),
            ("error[E0432]: unresolved import", Some(Level::Error)),
            ("make[2]: *** [Makefile:7: all] Error 1", Some(Level::Error)),
            ("make[2]: Leaving directory", None),
            ("412 error code E404", Some(Level::Error)),
            ("412 errors were corrected", None),
            ("cc1: fatal error: nope.c: No such file or directory", Some(Level::Error)),
            ("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space", Some(Level::Error)),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(level(line), *expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in "\\PC{0,200}", start in 0_usize..50, length in 0_usize..50) {
            level_of(&line, Some(start..start + length));
        }
    }
}
