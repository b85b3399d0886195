//! Stack traces: what was thrown, where, and how often.

use super::lines::{clip, clip_with_mark};
use super::stored;
use super::summary::LineRef;
use crate::domain::Unredacted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Groups that are kept for one log.
const MAX_GROUPS: usize = 300;

/// Frames that tell one group from another.
const TOP_FRAMES: usize = 3;

/// Longest part of a type, message or frame that is kept, in bytes.
const MAX_PART_BYTES: usize = 300;

/// Stack traces of one type from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceGroup {
    /// The innermost cause's type: `java.sql.SQLTransientConnectionException`.
    #[serde(with = "stored::text")]
    pub kind: Unredacted,
    /// The innermost cause's message in its first occurrence.
    #[serde(with = "stored::text")]
    pub message: Unredacted,
    /// The top frames, without line numbers.
    #[serde(with = "stored::texts")]
    pub frames: Vec<Unredacted>,
    pub count: u64,
    /// The line of the first occurrence that names the type.
    pub first: LineRef,
    /// The first line of that event.
    #[serde(default)]
    pub began: u64,
    #[serde(with = "stored::maybe_time")]
    pub first_time: Option<Timestamp>,
    #[serde(with = "stored::maybe_time")]
    pub last_time: Option<Timestamp>,
}

/// Collects the stack traces of one log, line by line.
#[derive(Debug, Default)]
pub struct TraceCollector {
    groups: Vec<TraceGroup>,
    open: Option<Open>,
}

/// How Python begins a traceback.
const PYTHON_HEADING: &str = "Traceback (most recent call last)";

/// What Python writes between an exception and the one that came of it.
const PYTHON_CHAINS: &[&str] =
    &["During handling of the above exception", "The above exception was the direct cause of"];

#[derive(Debug, Default)]
struct Open {
    kind: String,
    message: String,
    line: u64,
    began: u64,
    frames: Vec<String>,
    time: Option<Timestamp>,
    /// Python names the exception below the frames.
    bottom_up: bool,
    /// Python tells the innermost cause first: what follows came of it.
    is_settled: bool,
    /// Rust writes the message of a panic on the line below its place.
    message_follows: bool,
}

impl TraceCollector {
    /// Takes the first line of an event.
    pub fn head(&mut self, line: &str, number: u64, time: Option<Timestamp>) {
        self.close();
        let mut open = Open { time, line: number, began: number, ..Open::default() };
        open.bottom_up = line.contains(PYTHON_HEADING);
        open.take_thrown(line, number);
        self.open = Some(open);
    }

    /// Takes a further line of the event.
    pub fn continued(&mut self, line: &str, number: u64) {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_settled) else { return };
        if open.bottom_up && !open.kind.is_empty() && PYTHON_CHAINS.iter().any(|words| line.starts_with(words)) {
            open.is_settled = true;
        } else if line.starts_with(PYTHON_HEADING) {
            open.bottom_up = true;
        } else if let Some(frame) = frame_of(line) {
            if open.frames.len() < TOP_FRAMES || open.bottom_up {
                open.frames.push(clip_with_mark(&frame, MAX_PART_BYTES).into_owned());
            }
            if open.frames.len() > TOP_FRAMES {
                open.frames.remove(0);
            }
        } else if std::mem::take(&mut open.message_follows) {
            open.message = clip_with_mark(line.trim(), MAX_PART_BYTES).into_owned();
        } else {
            open.take_thrown(line, number);
        }
    }

    /// The groups, most frequent first.
    pub fn finish(mut self) -> Vec<TraceGroup> {
        self.close();
        self.groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.first));
        self.groups
    }

    fn close(&mut self) {
        let Some(open) = self.open.take().filter(|open| !open.kind.is_empty() && !open.frames.is_empty()) else {
            return;
        };
        let same = |group: &&mut TraceGroup| {
            group.kind.expose() == open.kind
                && group.frames.iter().map(Unredacted::expose).eq(open.frames.iter().map(String::as_str))
        };
        if let Some(group) = self.groups.iter_mut().find(same) {
            group.count += 1;
            group.last_time = open.time.or(group.last_time);
        } else if self.groups.len() < MAX_GROUPS {
            self.groups.push(TraceGroup {
                kind: open.kind.into(),
                message: open.message.into(),
                frames: open.frames.into_iter().map(Unredacted::from).collect(),
                count: 1,
                first: LineRef { log: 0, line: open.line },
                began: open.began,
                first_time: open.time,
                last_time: open.time,
            });
        }
    }
}

impl Open {
    fn take_thrown(&mut self, line: &str, number: u64) {
        if let Some((_, place)) = line.split_once(" panicked at ") {
            "panic".clone_into(&mut self.kind);
            let (place, message) = place.split_once(":\n").unwrap_or((place, ""));
            self.message = clip_with_mark(message, MAX_PART_BYTES).into_owned();
            self.frames =
                vec![clip(place.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':'), MAX_PART_BYTES).to_owned()];
            (self.line, self.message_follows) = (number, true);
            return;
        }
        let Some((kind, message)) = thrown(line) else { return };
        clip(kind, MAX_PART_BYTES).clone_into(&mut self.kind);
        self.message = clip_with_mark(message, MAX_PART_BYTES).into_owned();
        self.line = number;
        // The innermost cause's own frames are the ones that tell.
        if !self.bottom_up {
            self.frames.clear();
        }
    }
}

/// The type and message that a line says were thrown.
fn thrown(line: &str) -> Option<(&str, &str)> {
    const ENDINGS: &[&str] = &["Exception", "Error", "Interrupt", "Fault"];
    /// Words that are no type by their form, but are when a line begins with them.
    const FIRST: &[&str] = &["Error", "panic", "fatal error"];
    let text = clip(line, 1000);
    let bare = text.trim_start().trim_start_matches("[cause]: ").trim_start_matches("Uncaught ");
    for word in FIRST {
        if let Some(message) = bare.strip_prefix(word).and_then(|rest| rest.strip_prefix(": ")) {
            return Some((word, message));
        }
    }
    let mut from = 0;
    for word in text.split_inclusive([' ', '\t', ':', ',', '"', '\'']) {
        let end = from + word.len();
        let name = word.trim_end_matches([' ', '\t', ':', ',', '"', '\'']);
        let named = name.len() > 5 && ENDINGS.iter().any(|ending| name.ends_with(ending)) && looks_like_type(name);
        if named {
            let message = line.get(end..).unwrap_or_default();
            return Some((name, message.trim_start_matches([' ', ':'])));
        }
        from = end;
    }
    None
}

fn looks_like_type(name: &str) -> bool {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$' | '/');
    let shaped = name.contains('.') || name.chars().filter(|c| c.is_uppercase()).count() >= 2;
    name.chars().all(legal) && shaped
}

/// A stack frame's place without its line number.
fn frame_of(line: &str) -> Option<String> {
    let text = line.trim();
    let indented = line.starts_with([' ', '\t']);
    if let Some(frame) = text.strip_prefix("at ") {
        let place = frame.rsplit_once(':').map_or(frame, |(place, _)| place);
        return Some(place.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':').to_owned());
    }
    if let Some(file) = text.strip_prefix("File \"").filter(|_| indented) {
        let (path, rest) = file.split_once('"')?;
        let function = rest.rsplit_once(" in ").map_or("", |(_, function)| function);
        return Some(format!("{path} in {function}"));
    }
    if let Some(place) = text.strip_prefix("from ").filter(|place| indented && place.contains(":in ")) {
        // Ruby.
        return place.split_once(":in ").map(|(file, function)| {
            format!("{} in {function}", file.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':'))
        });
    }
    if let Some(numbered) = text.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        // PHP and gdb.
        let place = numbered.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        return Some(place.split('(').next().unwrap_or(place).trim_end().to_owned());
    }
    // Go writes the place of a frame on a line of its own: a tab, the file, a colon, the line.
    let (place, number) = text.rsplit_once(".go:").filter(|_| line.starts_with('\t'))?;
    number.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("{place}.go"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collect(lines: &[&str]) -> Vec<TraceGroup> {
        let mut collector = TraceCollector::default();
        for (number, line) in (1_u64..).zip(lines) {
            match line.strip_prefix("> ") {
                Some(head) => collector.head(head, number, None),
                None => collector.continued(line, number),
            }
        }
        collector.finish()
    }

    #[test]
    fn java_traces_are_grouped_by_their_innermost_cause() {
        let trace = [
            "> ERROR request failed",
            "org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain",
            "\tat org.springframework.jdbc.DataSourceUtils.get(DataSourceUtils.java:84)",
            "Caused by: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available",
            "\tat com.zaxxer.hikari.pool.HikariPool.create(HikariPool.java:696)",
            "\t... 64 more",
        ];
        let groups = collect(&[trace, trace].concat());
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].count, groups[0].first.line), (2, 4));
        assert_eq!(groups[0].kind.expose(), "java.sql.SQLTransientConnectionException");
        assert_eq!(groups[0].frames[0].expose(), "com.zaxxer.hikari.pool.HikariPool.create(HikariPool.java");
    }

    #[test]
    fn python_traces_end_with_the_exception() {
        let groups = collect(&[
            "> ERROR failed",
            "Traceback (most recent call last):",
            "  File \"/srv/app/main.py\", line 10, in main",
            "    run()",
            "  File \"/srv/app/db.py\", line 5, in run",
            "psycopg2.OperationalError: could not connect",
        ]);
        assert_eq!(groups[0].kind.expose(), "psycopg2.OperationalError");
        assert_eq!(groups[0].frames.last().map(Unredacted::expose), Some("/srv/app/db.py in run"));
    }

    #[test]
    fn of_chained_python_exceptions_the_first_one_is_the_innermost_cause() {
        for between in [
            "During handling of the above exception, another exception occurred:",
            "The above exception was the direct cause of the following exception:",
        ] {
            let groups = collect(&[
                "> ERROR order 7 failed",
                "Traceback (most recent call last):",
                "  File \"/usr/lib/python3/socket.py\", line 836, in create_connection",
                "ConnectionRefusedError: [Errno 111] Connection refused",
                "",
                between,
                "",
                "Traceback (most recent call last):",
                "  File \"/srv/app.py\", line 6, in charge",
                "RuntimeError: payment 7 failed",
            ]);
            assert_eq!((groups.len(), groups[0].first.line), (1, 4), "{between}");
            assert_eq!(groups[0].kind.expose(), "ConnectionRefusedError");
            assert_eq!(groups[0].frames[0].expose(), "/usr/lib/python3/socket.py in create_connection");
        }
    }

    /// Language, lines, and the kind, message and first frame of the group.
    type Case = (&'static str, &'static [&'static str], [&'static str; 3]);

    const OTHER_LANGUAGES: &[Case] = &[
        (
            "Go",
            &[
                "> panic: runtime error: index out of range [5]",
                "goroutine 1 [running]:",
                "main.main()",
                "\t/src/main.go:10 +0x1d",
            ],
            ["panic", "runtime error: index out of range [5]", "/src/main.go"],
        ),
        (
            "Rust",
            &["> thread 'main' panicked at src/main.rs:5:10:", "called `unwrap()` on a `None` value"],
            ["panic", "called `unwrap()` on a `None` value", "src/main.rs"],
        ),
        (
            ".NET",
            &[
                "> Unhandled exception. System.InvalidOperationException: outer",
                " ---> System.IO.IOException: There is not enough space on the disk",
                "   at App.Store.Write(Byte[] data) in C:\\src\\Store.cs:line 42",
                "   --- End of inner exception stack trace ---",
            ],
            [
                "System.IO.IOException",
                "There is not enough space on the disk",
                "App.Store.Write(Byte[] data) in C:\\src\\Store.cs",
            ],
        ),
        (
            "Node",
            &["> Error: connect ECONNREFUSED", "    at TCPConnectWrap.afterConnect (node:net:1555:16)"],
            ["Error", "connect ECONNREFUSED", "TCPConnectWrap.afterConnect (node:net"],
        ),
        (
            "PHP",
            &["> PHP Fatal error:  Uncaught TypeError: bad argument", "Stack trace:", "#0 /srv/a.php(30): total()"],
            ["TypeError", "bad argument", "/srv/a.php"],
        ),
    ];

    #[test]
    fn the_traces_of_other_languages_are_understood() {
        for (language, lines, expected) in OTHER_LANGUAGES {
            let groups = collect(lines);
            let group = groups.first().unwrap_or_else(|| panic!("{language}: no group"));
            let told = [group.kind.expose(), group.message.expose(), group.frames[0].expose()];
            assert_eq!(told, *expected, "{language}");
        }
    }

    #[test]
    fn a_line_that_only_mentions_an_error_is_no_trace() {
        assert_eq!(collect(&["> an Error occurred", "> SomeError: x"]), []);
    }

    proptest! {
        #[test]
        fn any_lines_are_survived(lines in proptest::collection::vec("(> )?[ \\t]?(at |File \")?\\PC{0,40}", 0..10)) {
            collect(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
