//! Which lines belong to the line above: stack traces, wrapped messages, indented JSON.

/// After so many lines an event is closed, whatever follows.
const MAX_EVENT_LINES: u64 = 1000;

/// Beginnings of lines that continue an event even where no line has a time.
const CONTINUATIONS: &[&str] =
    &["at ", "Caused by:", "Suppressed:", "... ", "Traceback (most recent call last)", "goroutine "];

/// Groups the lines of one log into events, line by line.
#[derive(Clone, Debug, Default)]
pub struct Grouper {
    lines: u64,
    timed: u64,
    in_event: u64,
}

impl Grouper {
    /// Whether `line` begins an event; otherwise it belongs to the event above it.
    pub fn begins_event(&mut self, line: &str, has_time: bool) -> bool {
        let begins = self.lines == 0 || self.in_event >= MAX_EVENT_LINES || self.is_head(line, has_time);
        self.lines += 1;
        self.timed += u64::from(has_time);
        self.in_event = if begins { 1 } else { self.in_event + 1 };
        begins
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
        self.timed == 0 || (self.lines > 200 && self.timed * 50 < self.lines)
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
    fn an_endless_event_is_closed() {
        let mut grouper = Grouper::default();
        let begun = (0..2500).filter(|_| grouper.begins_event(" more", false)).count();
        assert_eq!(begun, 3);
    }
}
