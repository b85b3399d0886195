//! Lines of a log before and after redaction, for the eye.

use super::privacy::redacting;
use crate::domain::{LogFileId, PiiSpan, Placeholder, Unredacted};
use crate::privacy::Marked;
use crate::worker::event::{Event, PreviewLine, PreviewMark};
use crate::worker::failure::Failure;
use crate::worker::log_text::PlacedLine;
use crate::worker::services::Session;
use std::ops::Range;
use std::sync::Arc;

pub(super) async fn log(session: &Arc<Session>, log: LogFileId, first: u64, count: u32) -> Result<Event, Failure> {
    let (log, lines) = super::log::read(session, log, first, u64::from(count)).await?;
    let text = joined(&lines);
    let source = text.clone();
    let marked = redacting(session, log.issue, move |redactor| Ok(redactor.redact_marked(&source)?));
    let marked = marked.await?;
    let id = log.id;
    let spans = match (lines.first(), lines.last()) {
        (Some(from), Some(to)) => {
            let range = from.start..to.start + to.text.len() as u64;
            session.call(move |db| db.spans_in(id, range)).await?
        }
        _ => Vec::new(),
    };
    let page = Page { first, lines: &lines };
    let (before, after) = page.sides(&text, &marked, &spans);
    Ok(Event::RedactionPreviewed { log: id, first, before, after })
}

fn joined(lines: &[PlacedLine]) -> Unredacted {
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.join("\n").into()
}

/// Some lines of a log, one after the other.
struct Page<'a> {
    /// Number of the first one.
    first: u64,
    lines: &'a [PlacedLine],
}

/// A mark in the text of a page.
struct Mark {
    range: Range<usize>,
    placeholder: Placeholder,
    is_kept: bool,
    place: Range<u64>,
    /// Line breaks of the value that are not there any more.
    swallowed: usize,
}

impl Page<'_> {
    fn sides(&self, text: &Unredacted, marked: &Marked, spans: &[PiiSpan]) -> (Vec<PreviewLine>, Vec<PreviewLine>) {
        let starts = self.starts();
        let mut before: Vec<_> = marked
            .before
            .iter()
            .map(|(range, placeholder)| Mark {
                range: range.clone(),
                placeholder: *placeholder,
                is_kept: false,
                place: self.in_log(&starts, range.start)..self.in_log(&starts, range.end),
                swallowed: 0,
            })
            .collect();
        let after = marked.after.iter().zip(&before).map(|((range, placeholder), source)| Mark {
            range: range.clone(),
            placeholder: *placeholder,
            is_kept: false,
            place: source.place.clone(),
            swallowed: text.expose().get(source.range.clone()).map_or(0, |value| value.matches('\n').count()),
        });
        let after: Vec<_> = after.collect();
        let kept: Vec<_> = spans.iter().filter_map(|span| self.kept(&starts, span, &before)).collect();
        before.extend(kept);
        before.sort_by_key(|mark| mark.range.start);
        (self.cut(text.expose(), &before), self.cut(marked.text.as_str(), &after))
    }

    /// Where each line begins in the text of the page.
    fn starts(&self) -> Vec<usize> {
        let starts = self.lines.iter().scan(0, |next, line| {
            let start = *next;
            *next += line.text.len() + 1;
            Some(start)
        });
        starts.collect()
    }

    /// A place in the text of the page as a place in the log.
    fn in_log(&self, starts: &[usize], at: usize) -> u64 {
        let line = starts.partition_point(|start| *start <= at).saturating_sub(1);
        let (Some(start), Some(line)) = (starts.get(line), self.lines.get(line)) else { return 0 };
        line.start + (at - start) as u64
    }

    /// A span that was found in the log and stands as it is.
    fn kept(&self, starts: &[usize], span: &PiiSpan, redacted: &[Mark]) -> Option<Mark> {
        let local = |at: u64| {
            let line = self.lines.partition_point(|line| line.start <= at).checked_sub(1)?;
            let offset = usize::try_from(at - self.lines.get(line)?.start).ok()?;
            // Line breaks of two bytes are one here.
            Some(starts.get(line)? + offset.min(self.lines.get(line)?.text.len()))
        };
        let place = span.range.start as u64..span.range.end as u64;
        let range = local(place.start)?..local(place.end)?;
        let from = redacted.partition_point(|mark| mark.range.end <= range.start);
        let is_redacted = redacted.get(from).is_some_and(|mark| mark.range.start < range.end);
        let is_there = !range.is_empty() && !is_redacted;
        is_there.then_some(Mark { range, placeholder: span.placeholder, is_kept: true, place, swallowed: 0 })
    }

    /// Cuts a text and its marks into lines. A mark over several lines marks a part of each; where it stands for several
    /// lines, empty ones follow, so that the lines of both sides are the same.
    fn cut(&self, text: &str, marks: &[Mark]) -> Vec<PreviewLine> {
        let mut lines = Vec::with_capacity(self.lines.len());
        let (mut start, mut from) = (0, 0);
        for line in text.split('\n') {
            let (begin, end) = (start, start + line.len());
            start = end + 1;
            from += marks.iter().skip(from).take_while(|mark| mark.range.end <= begin).count();
            let inside = || marks.iter().skip(from).take_while(|mark| mark.range.start < end);
            let cut = inside().map(|mark| PreviewMark {
                range: mark.range.start.max(begin) - begin..mark.range.end.min(end) - begin,
                placeholder: mark.placeholder,
                is_kept: mark.is_kept,
                place: mark.place.clone(),
            });
            let swallowed: usize = inside().map(|mark| mark.swallowed).sum();
            self.push(&mut lines, line, cut.collect());
            for _ in 0..swallowed {
                self.push(&mut lines, "", Vec::new());
            }
        }
        lines
    }

    fn push(&self, lines: &mut Vec<PreviewLine>, text: &str, marks: Vec<PreviewMark>) {
        let start = self.lines.get(lines.len()).map_or(0, |line| line.start);
        lines.push(PreviewLine { number: self.first + lines.len() as u64, start, text: text.into(), marks });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidence, PiiKind};
    use crate::privacy::{Policy, Redactor, Vault};

    fn placed(lines: &[(u64, &str)]) -> Vec<PlacedLine> {
        lines.iter().map(|(start, text)| PlacedLine { start: *start, text: (*text).to_owned() }).collect()
    }

    #[test]
    fn marks_are_cut_at_line_ends() {
        let lines = placed(&[(0, "ab"), (3, "cd"), (6, "ef")]);
        let page = Page { first: 10, lines: &lines };
        let placeholder = Placeholder { kind: PiiKind::PrivateKey, number: 1 };
        let mark = Mark { range: 1..4, placeholder, is_kept: false, place: 1..4, swallowed: 0 };
        let lines = page.cut("ab\ncd\nef", &[mark]);
        let range = |line: &PreviewLine| line.marks.iter().map(|mark| mark.range.clone()).next();
        assert_eq!((range(&lines[0]), range(&lines[1])), (Some(1..2), Some(0..1)));
        assert_eq!((lines[2].number, lines[2].start, lines[2].marks.len()), (12, 6, 0));
    }

    #[test]
    fn what_stands_for_several_lines_leaves_both_sides_alike() {
        let key = "x -----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq1\n-----END RSA PRIVATE KEY-----\nend";
        let lines: Vec<_> =
            key.lines().map(|line| (line.as_ptr().addr() as u64 - key.as_ptr().addr() as u64, line)).collect();
        let lines = placed(&lines);
        let text = joined(&lines);
        let marked = Redactor::new(Vault::default(), Policy::default()).redact_marked(&text).unwrap();
        let (before, after) = Page { first: 1, lines: &lines }.sides(&text, &marked, &[]);
        assert_eq!((before.len(), after.len()), (4, 4));
        assert_eq!(
            after.iter().map(|line| line.text.expose()).collect::<Vec<_>>(),
            ["x [PrivateKey-1]", "", "", "end"]
        );
    }

    #[test]
    fn marks_say_where_in_the_log_they_stand_and_what_is_kept() {
        // A log with line breaks of two bytes, read from its byte 100.
        let lines = placed(&[(100, "of ann@acme.io"), (116, "db1 and bob@acme.io")]);
        let page = Page { first: 7, lines: &lines };
        let text = joined(&lines);
        let marked = Redactor::new(Vault::default(), Policy::default()).redact_marked(&text).unwrap();
        let placeholder = Placeholder { kind: PiiKind::Host, number: 4 };
        let kept = PiiSpan {
            kind: PiiKind::Host,
            range: 116..119,
            value: "db1".into(),
            placeholder,
            confidence: Confidence::Possible,
        };
        let (before, after) = page.sides(&text, &marked, &[kept]);
        let places =
            |line: &PreviewLine| line.marks.iter().map(|mark| (mark.place.clone(), mark.is_kept)).collect::<Vec<_>>();
        assert_eq!(places(&before[0]), [(103..114, false)]);
        assert_eq!(places(&before[1]), [(116..119, true), (124..135, false)]);
        assert_eq!(places(&after[1]), [(124..135, false)]);
        assert_eq!(after[1].text.expose(), "db1 and [Email-2]");
    }
}
