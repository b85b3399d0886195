//! Text in chunks to whole lines, with bounded memory however long a line is.

use crate::domain::CUT_MARK;
use std::borrow::Cow;

/// What is kept of one line, in bytes. The rest is counted, not held.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// Splits chunks of text into lines.
#[derive(Debug, Default)]
pub struct LineSplitter {
    /// The beginning of a line whose end has not come yet.
    held: String,
    /// Bytes of that line so far, those that were not held included.
    held_bytes: u64,
}

impl LineSplitter {
    /// Calls `each` for every line that ends in `chunk`: its text without the line break, at most
    /// [`MAX_LINE_BYTES`], and how many bytes it took in the text, break included.
    pub fn push(&mut self, chunk: &str, mut each: impl FnMut(&str, u64)) {
        let mut rest = chunk;
        while let Some((line, after)) = memchr::memchr(b'\n', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
        {
            if self.held_bytes == 0 {
                each(strip_return(clip(line, MAX_LINE_BYTES)), line.len() as u64 + 1);
            } else {
                self.hold(line);
                each(strip_return(&self.held), self.held_bytes + 1);
                self.held.clear();
                self.held_bytes = 0;
            }
            rest = after.get(1..).unwrap_or_default();
        }
        self.hold(rest);
    }

    /// Calls `each` for the last line, if it did not end with a line break.
    pub fn finish(&mut self, mut each: impl FnMut(&str, u64)) {
        if self.held_bytes > 0 {
            each(strip_return(&self.held), self.held_bytes);
        }
        *self = Self::default();
    }

    fn hold(&mut self, part: &str) {
        // Once something was left out nothing more is appended, or the line would have a hole.
        if self.held_bytes == self.held.len() as u64 {
            self.held.push_str(clip(part, MAX_LINE_BYTES - self.held.len().min(MAX_LINE_BYTES)));
        }
        self.held_bytes += part.len() as u64;
    }
}

fn strip_return(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

/// At most `max` bytes of the beginning of `text`, cut between characters.
pub(super) fn clip(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

/// A line as it is shown: whole up to [`MAX_LINE_BYTES`], otherwise cut with a mark.
pub fn clip_line(line: &str) -> Cow<'_, str> {
    clip_with_mark(line, MAX_LINE_BYTES)
}

/// `text` if it is at most `max` bytes long, otherwise its beginning and a mark.
pub(super) fn clip_with_mark(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max { Cow::Borrowed(text) } else { Cow::Owned(format!("{}{CUT_MARK}", clip(text, max))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str, chunk: usize) -> Vec<(String, u64)> {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.ceil_char_boundary(chunk.min(rest.len())));
            splitter.push(part, |line, bytes| lines.push((line.to_owned(), bytes)));
            rest = after;
        }
        splitter.finish(|line, bytes| lines.push((line.to_owned(), bytes)));
        lines
    }

    #[test]
    fn both_kinds_of_line_breaks_and_a_missing_last_one() {
        assert_eq!(split("a\r\nb\n\nc", 100), [("a".into(), 3), ("b".into(), 2), (String::new(), 1), ("c".into(), 1)]);
    }

    #[test]
    fn a_huge_line_is_counted_whole_and_held_in_part() {
        let text = format!("{}\nend\n", "x".repeat(10_000_000));
        for chunk in [4096, 100_000_000] {
            let lines = split(&text, chunk);
            assert_eq!((lines[0].0.len(), lines[0].1), (MAX_LINE_BYTES, 10_000_001));
            assert_eq!(lines[1], ("end".into(), 4));
        }
    }

    #[test]
    fn a_cut_line_says_so() {
        assert!(clip_line(&"ä".repeat(MAX_LINE_BYTES)).ends_with("… [cut]"));
        assert_eq!(clip_line("short"), "short");
    }

    proptest! {
        #[test]
        fn chunks_change_nothing(text in "[aä\\r\\n]{0,60}", chunk in 1_usize..8) {
            prop_assert_eq!(split(&text, chunk), split(&text, 1000));
        }
    }
}
