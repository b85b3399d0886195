//! Which lines belong to the line above: stack traces, wrapped messages, indented JSON.

/// After so many lines an event is closed, whatever follows.
const MAX_EVENT_LINES: u64 = 1000;

/// Beginnings of lines that continue an event even where no line has a time.
const CONTINUATIONS: &[&str] =
    &["at ", "Caused by:", "Suppressed:", "... ", "Traceback (most recent call last)", "goroutine "];

/// How Python says that the next traceback belongs to the one above.
const CHAINED: &[&str] = &["During handling of the above exception", "The above exception was the direct cause"];

/// After so many plain lines without a time in one event, times are headings and the lines stand for themselves.
const MAX_PLAIN_LINES: u64 = 30;

/// Where in a trace the last line stood. Parts of these are not indented, and no time tells where the next begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Traceback {
    #[default]
    None,
    /// Of Python, between its heading and the exception.
    Frames,
    /// Of Python, behind the exception.
    Ended,
    /// Of Go; it ends with a blank line.
    Goroutine,
}

/// Groups the lines of one log into events, line by line.
#[derive(Clone, Debug, Default)]
pub struct Grouper {
    lines: u64,
    timed: u64,
    in_event: u64,
    traceback: Traceback,
    /// Lines of the event that are neither indented nor part of a trace.
    plain: u64,
    /// Whether an event had too many of them.
    is_sparse: bool,
}

impl Grouper {
    /// Whether `line` begins an event; otherwise it belongs to the event above it.
    pub fn begins_event(&mut self, line: &str, has_time: bool) -> bool {
        let is_head = self.follow_traceback(line, has_time).unwrap_or_else(|| self.is_head(line, has_time));
        let begins = self.lines == 0 || self.in_event >= MAX_EVENT_LINES || is_head;
        self.lines += 1;
        self.timed += u64::from(has_time);
        self.in_event = if begins { 1 } else { self.in_event + 1 };
        let is_plain = self.traceback == Traceback::None && line.starts_with(|c: char| c.is_alphanumeric());
        self.plain = if begins { 0 } else { self.plain + u64::from(is_plain) };
        self.is_sparse |= self.plain > MAX_PLAIN_LINES;
        begins
    }

    /// Whether `line` is a head, as far as a traceback decides it.
    fn follow_traceback(&mut self, line: &str, has_time: bool) -> Option<bool> {
        if has_time {
            self.traceback = Traceback::None;
            return None;
        }
        let before = self.traceback;
        if line.starts_with("Traceback (most recent call last)") {
            self.traceback = Traceback::Frames;
            return (before == Traceback::Ended).then_some(true);
        }
        if CHAINED.iter().any(|words| line.starts_with(words)) {
            self.traceback = Traceback::None;
            return Some(false);
        }
        if line.starts_with("goroutine ") && line.ends_with("]:") {
            self.traceback = Traceback::Goroutine;
            return Some(false);
        }
        if before == Traceback::Goroutine {
            if line.is_empty() {
                self.traceback = Traceback::None;
            }
            return Some(false);
        }
        if before == Traceback::Frames && line.starts_with(|c: char| !c.is_whitespace()) {
            self.traceback = Traceback::Ended;
            return Some(false);
        }
        None
    }

    fn is_head(&self, line: &str, has_time: bool) -> bool {
        if has_time {
            return true;
        }
        let Some(first) = line.bytes().next() else { return false };
        if matches!(first, b' ' | b'\t' | b'}' | b']' | b')') || CONTINUATIONS.iter().any(|mark| line.starts_with(mark))
        {
            return false;
        }
        // Where events carry a time, a line without one is the rest of an event; a rare time is a coincidence.
        self.timed == 0 || self.is_sparse || (self.lines > 200 && self.timed * 50 < self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(lines: &[(&str, bool)]) -> Vec<bool> {
        let mut grouper = Grouper::default();
        lines.iter().map(|(line, has_time)| grouper.begins_event(line, *has_time)).collect()
    }

    #[test]
    fn a_stack_trace_belongs_to_the_line_above() {
        let lines = [
            ("2026-11-22T01:38:20Z ERROR failed", true),
            ("java.lang.IllegalStateException: pool", false),
            ("\tat com.example.App.run(App.java:5)", false),
            ("Caused by: java.io.IOException", false),
            ("", false),
            ("2026-11-22T01:38:21Z INFO next", true),
        ];
        assert_eq!(heads(&lines), [true, false, false, false, false, true]);
    }

    #[test]
    fn without_times_every_plain_line_is_an_event() {
        let lines = [("one", false), ("two", false), ("  wrapped", false), ("at App.run", false), ("three", false)];
        assert_eq!(heads(&lines), [true, true, false, false, true]);
    }

    #[test]
    fn two_tracebacks_are_two_events_unless_one_caused_the_other() {
        let trace = ["Traceback (most recent call last):", "  File \"a.py\", line 1, in f", "KeyError: 'x'"];
        let chained = ["", "During handling of the above exception, another exception occurred:", ""];
        let lines: Vec<(&str, bool)> =
            [&trace[..], &chained, &trace, &trace].concat().into_iter().map(|line| (line, false)).collect();
        let begun: Vec<usize> = heads(&lines).iter().enumerate().filter(|(_, head)| **head).map(|(at, _)| at).collect();
        assert_eq!(begun, [0, 9]);
    }

    #[test]
    fn a_goroutine_belongs_to_its_panic() {
        let lines =
            ["panic: boom", "", "goroutine 1 [running]:", "main.main()", "\t/src/main.go:5 +0x1d", "exit status 2"];
        assert_eq!(heads(&lines.map(|line| (line, false))), [true, false, false, false, false, false]);
    }

    #[test]
    fn lines_below_a_rare_heading_with_a_time_stand_for_themselves() {
        let mut lines = vec![("Log started: 2026-11-22  01:38:20", true)];
        lines.extend([("Unpacking a package", false); 40]);
        assert!(!heads(&lines)[20] && heads(&lines)[40]);
    }

    #[test]
    fn an_endless_event_is_closed() {
        let mut grouper = Grouper::default();
        let begun = (0..2500).filter(|_| grouper.begins_event(" more", false)).count();
        assert_eq!(begun, 3);
    }
}
