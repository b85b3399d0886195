//! What a text says once nothing in it hides: without escape sequences, zero-width characters and the like.
//!
//! A value may be cut by what nobody sees, as in `pass<U+200B>word=…` or `ESC[31mpassword ESC[0m=…`, so detectors look
//! at the text in several forms, and what they find is told in bytes of the source. A text in which nothing hides,
//! which is nearly every one, costs one look at its bytes.
//!
//! Look-alikes are another matter: a Cyrillic `а` is a letter in its own right, and is neither replaced nor removed.

use super::finding::{Finding, united};
use super::suspect::first_suspect;
use std::borrow::Cow;
use std::ops::Range;

/// The text without what hides: as it is sent, and as values are remembered.
///
/// Escape sequences, control characters, bidi controls, zero-width characters, variation selectors and tags go. Line
/// breaks of other kinds than `\n` and `\r\n` become `\n`.
pub fn plain(text: &str) -> Cow<'_, str> {
    Form::joined(text).map_or(Cow::Borrowed(text), |form| Cow::Owned(form.text))
}

/// What a stretch of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Seen,
    /// A line break of another kind: a lone carriage return, a line separator.
    Break(char),
    Hidden(char),
    /// An escape sequence with all that belongs to it.
    Escape,
}

/// A text cut into what is seen and what is not, without gaps and in order.
pub(super) fn parts(text: &str) -> impl Iterator<Item = (Range<usize>, Part)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let Some((hidden, letter)) = next_hidden(text, at) else {
            at = text.len();
            return (start < at).then_some((start..at, Part::Seen));
        };
        if hidden > start {
            at = hidden;
            return Some((start..at, Part::Seen));
        }
        let after = hidden + letter.len_utf8();
        let (end, part) = match letter {
            '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}' => {
                (after + escape_len(letter, text.get(after..).unwrap_or_default()), Part::Escape)
            }
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => (after, Part::Break(letter)),
            _ => (after, Part::Hidden(letter)),
        };
        at = end;
        Some((start..end, part))
    })
}

/// The first character from `from` on that hides or breaks the line in another way.
fn next_hidden(text: &str, from: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += first_suspect(bytes.get(at..)?)?;
        let rest = text.get(at..)?;
        let letter = rest.chars().next()?;
        if is_hidden(letter) && !(letter == '\r' && rest.starts_with("\r\n")) {
            return Some((at, letter));
        }
        at += letter.len_utf8();
    }
}

/// Control characters, and what Unicode draws as nothing: its `Default_Ignorable_Code_Point` and line separators.
fn is_hidden(letter: char) -> bool {
    let plain = matches!(letter, '\n' | '\t');
    (letter.is_control() && !plain)
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// How many bytes after its first character belong to an escape sequence. Source: ECMA-48 section 5.
fn escape_len(first: char, rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let run = |from: usize, set: std::ops::RangeInclusive<u8>| {
        bytes.iter().skip(from).take_while(|byte| set.contains(*byte)).count()
    };
    let with_final = |end: usize, set: std::ops::RangeInclusive<u8>| {
        end + usize::from(bytes.get(end).is_some_and(|byte| set.contains(byte)))
    };
    match (first, bytes.first()) {
        ('\u{9b}', _) => with_final(run(0, 0x20..=0x3f), 0x40..=0x7e),
        ('\u{1b}', Some(b'[')) => with_final(1 + run(1, 0x20..=0x3f), 0x40..=0x7e),
        ('\u{1b}', Some(b']' | b'P' | b'X' | b'^' | b'_')) => 1 + string_len(rest.get(1..).unwrap_or_default()),
        // Two bytes, or one with intermediate bytes before it: a character set, a keypad mode, a reset.
        ('\u{1b}', _) => with_final(run(0, 0x20..=0x2f), 0x30..=0x7e),
        _ => string_len(rest),
    }
}

/// The title or link that an operating system command carries, with its end: BEL or ST, or the end of the line.
fn string_len(rest: &str) -> usize {
    let Some((end, mark)) =
        rest.char_indices().find(|(_, letter)| matches!(letter, '\u{7}' | '\u{1b}' | '\u{9c}' | '\n'))
    else {
        return rest.len();
    };
    match mark {
        '\u{7}' => end + 1,
        '\u{9c}' => end + 2,
        '\u{1b}' if rest.get(end..).is_some_and(|tail| tail.starts_with("\u{1b}\\")) => end + 2,
        _ => end,
    }
}

/// A text made of a source, and the way back to its bytes.
#[derive(Debug)]
pub(super) struct Form {
    text: String,
    /// What stands for what, without gaps here; in the source there are gaps where something went.
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

impl Form {
    /// What is seen, joined as if nothing else were there; `None` when the source is like that.
    fn joined(source: &str) -> Option<Self> {
        next_hidden(source, 0)?;
        let mut form = Self::new(source);
        for (range, part) in parts(source) {
            match part {
                Part::Seen => form.copy(source, range),
                Part::Break(_) => form.fill('\n', range),
                Part::Hidden(_) | Part::Escape => {}
            }
        }
        Some(form)
    }

    /// With a blank where something hides, for a value that would touch its neighbor.
    fn parted(source: &str) -> Self {
        let mut form = Self::new(source);
        for (range, part) in parts(source) {
            match part {
                Part::Seen => form.copy(source, range),
                Part::Break(_) => form.fill('\n', range),
                Part::Hidden(_) | Part::Escape => form.fill(' ', range),
            }
        }
        form
    }

    /// With what escape sequences carry, for the links and titles in them.
    fn carried(source: &str) -> Self {
        let mut form = Self::new(source);
        for (range, part) in parts(source) {
            match part {
                Part::Seen => form.copy(source, range),
                Part::Break(_) => form.fill('\n', range),
                Part::Hidden(_) => form.fill(' ', range),
                Part::Escape => form.carry(source, range),
            }
        }
        form
    }

    fn new(source: &str) -> Self {
        Self { text: String::with_capacity(source.len()), pieces: Vec::new() }
    }

    fn copy(&mut self, source: &str, range: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(source.get(range.clone()).unwrap_or_default());
        self.pieces.push((start..self.text.len(), range));
    }

    fn fill(&mut self, letter: char, range: Range<usize>) {
        let start = self.text.len();
        self.text.push(letter);
        self.pieces.push((start..self.text.len(), range));
    }

    /// An escape sequence with its control characters blanked, the rest as it is.
    fn carry(&mut self, source: &str, range: Range<usize>) {
        let mut at = range.start;
        for letter in source.get(range).unwrap_or_default().chars() {
            let one = at..at + letter.len_utf8();
            at = one.end;
            if is_hidden(letter) { self.fill(' ', one) } else { self.copy(source, one) }
        }
    }

    /// The bytes of the source that stand behind a range of this text.
    fn in_source(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (here, there) = self.pieces.get(self.pieces.partition_point(|(here, _)| here.end <= range.start))?;
        let start = if here.len() == there.len() { there.start + (range.start - here.start) } else { there.start };
        let (here, there) = self.pieces.get(self.pieces.partition_point(|(here, _)| here.end < range.end))?;
        let end = if here.len() == there.len() { there.start + (range.end - here.start) } else { there.end };
        (start < end).then_some(start..end)
    }

    /// The range of this text that stands for bytes of the source; `None` when all of them went.
    fn to_here(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (here, there) = self.pieces.get(self.pieces.partition_point(|(_, there)| there.end <= range.start))?;
        let skip = range.start.saturating_sub(there.start);
        let start = if here.len() == there.len() { here.start + skip } else { here.start };
        let behind = self.pieces.partition_point(|(_, there)| there.start < range.end);
        let (here, there) = self.pieces.get(behind.checked_sub(1)?)?;
        let keep = range.end.min(there.end) - there.start;
        let end = if here.len() == there.len() { here.start + keep } else { here.end };
        (start < end).then_some(start..end)
    }
}

/// The forms in which detectors look at a text that hides something.
#[derive(Debug)]
pub(super) struct Forms {
    joined: Form,
    others: Vec<Form>,
}

impl Forms {
    /// `None` when nothing hides in the text.
    pub fn of(source: &str) -> Option<Self> {
        let joined = Form::joined(source)?;
        let parted = glues(source).then(|| Form::parted(source));
        let carried = carries(source).then(|| Form::carried(source));
        Some(Self { joined, others: parted.into_iter().chain(carried).collect() })
    }

    /// What is seen, joined: [`plain`] of the source.
    pub fn joined(&self) -> &str {
        &self.joined.text
    }

    /// The other forms to look at.
    pub fn others(&self) -> impl ExactSizeIterator<Item = &str> {
        self.others.iter().map(|form| form.text.as_str())
    }

    /// What was found in the other form number `form`, told in the source.
    pub fn other_in_source<'a>(&'a self, form: usize, found: &'a [Finding]) -> impl Iterator<Item = Finding> + 'a {
        let form = self.others.get(form);
        found.iter().filter_map(move |finding| moved(finding, form?.in_source(&finding.range)))
    }

    /// A finding of the source in the joined form; `None` when it stands in what is not seen.
    pub fn in_joined(&self, finding: &Finding) -> Option<Finding> {
        moved(finding, self.joined.to_here(&finding.range))
    }

    /// A range of the joined form in the source.
    pub fn in_source(&self, range: &Range<usize>) -> Option<Range<usize>> {
        self.joined.in_source(range)
    }

    /// Findings of the joined form, and others of the source, all told in the source.
    pub fn all_in_source(&self, joined: &[Finding], others: Vec<Finding>) -> Vec<Finding> {
        let mut all = others;
        all.extend(joined.iter().filter_map(|finding| moved(finding, self.joined.in_source(&finding.range))));
        united(all)
    }
}

/// Whether words touch once what hides between them is gone. In a colored log they do not.
fn glues(source: &str) -> bool {
    let (mut before, mut between) = (false, false);
    for (range, part) in parts(source) {
        let seen = source.get(range).unwrap_or_default();
        match part {
            Part::Seen => {
                if between && before && seen.starts_with(char::is_alphanumeric) {
                    return true;
                }
                before = seen.ends_with(char::is_alphanumeric);
                between = false;
            }
            Part::Break(_) => before = false,
            Part::Hidden(_) | Part::Escape => between = true,
        }
    }
    false
}

/// Whether an escape sequence holds more than a color or the erasing of a line.
fn carries(source: &str) -> bool {
    parts(source).any(|(range, part)| {
        let body = source.get(range).and_then(|whole| whole.strip_prefix("\u{1b}["));
        let harmless = body
            .and_then(|body| body.strip_suffix(['m', 'K']))
            .is_some_and(|numbers| numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'));
        part == Part::Escape && !harmless
    })
}

fn moved(finding: &Finding, range: Option<Range<usize>>) -> Option<Finding> {
    Some(Finding { kind: finding.kind, range: range?, confidence: finding.confidence })
}

#[cfg(test)]
mod tests {
    use super::super::{Policy, Redactor, Vault, detect};
    use super::*;
    use crate::domain::{Decision, PiiKind, Settings, Unredacted};

    fn found(text: &str) -> Vec<String> {
        let found = detect(text, &Policy::default()).unwrap();
        found.into_iter().map(|one| plain(text.get(one.range).unwrap()).into_owned()).collect()
    }

    #[test]
    fn what_hides_goes_and_the_rest_stays() {
        let cases = [
            ("plain ä\r\n\ttext", "plain ä\r\n\ttext"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("a\rb\u{2028}c\u{85}d", "a\nb\nc\nd"),
            ("pa\u{200b}ss\u{ad}wo\u{2060}rd\0", "password"),
            ("x\u{1b}]8;;https://a.example\u{7}y", "xy"),
            ("tags\u{e0070}\u{e0077}", "tags"),
            ("\u{feff}mark", "mark"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn values_cut_by_what_hides_are_found() {
        let cases = [
            ("\u{1b}[31mpassword\u{1b}[0m=hunter22", "hunter22"),
            ("pass\u{200b}word=hunter22", "hunter22"),
            ("password=hunt\u{200d}er22", "hunter22"),
            ("password\u{e0020}=\u{202e}hunter22", "hunter22"),
            ("password=\u{1b}[1mhunter22\u{1b}[0m", "hunter22"),
            ("p\0a\0s\0s\0w\0o\0r\0d\0=hunter22", "hunter22"),
            ("client\u{1b}[0m84.23.17.9\u{1b}[0mport", "84.23.17.9"),
            ("client\u{200b}84.23.17.9", "84.23.17.9"),
            ("\u{1b}password=hunter22", "hunter22"),
            ("progress 10%\rpassword=hunter22", "hunter22"),
            ("mail ann\u{ad}@acme\u{200b}.io now", "ann@acme.io"),
            ("token ghp_16C7e42F292c\u{1b}[0m6912E7710c838347Ae178B4a", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
        ];
        for (text, value) in cases {
            assert!(found(text).iter().any(|one| one == value), "{text:?}: {:?}", found(text));
            let mut redactor = Redactor::new(Vault::default(), Policy::default());
            let cleared = redactor.redact(&text.into()).unwrap();
            assert!(!cleared.as_str().contains(value), "{text:?}");
            assert!(redactor.vault().entries().any(|(_, one)| one.expose() == value), "{text:?}");
        }
    }

    #[test]
    fn a_link_in_an_escape_sequence_is_found_and_does_not_leave() {
        let text = "\u{1b}]8;;https://ann:S3cr3t!x@git.acme.io/a\u{1b}\\here\u{1b}]8;;\u{1b}\\";
        let findings = detect(text, &Policy::default()).unwrap();
        let cleared = Redactor::new(Vault::default(), Policy::default()).redact(&text.into()).unwrap();

        assert!(findings.iter().any(|one| text.get(one.range.clone()).unwrap().contains("S3cr3t!x")), "{findings:?}");
        assert_eq!(cleared.as_str(), "here");
    }

    #[test]
    fn a_value_has_one_placeholder_whatever_hides_in_it() {
        let mut redactor = Redactor::new(Vault::default(), Policy::default());
        let cleared =
            redactor.redact(&"ann@acme.io, a\u{200b}nn@acme.io, \u{1b}[1mann@acme.io\u{1b}[0m".into()).unwrap();

        assert_eq!(cleared.as_str(), "[Email-1], [Email-1], [Email-1]");
        assert_eq!(redactor.vault().len(), 1);
    }

    #[test]
    fn what_the_user_keeps_stays_though_something_hides_in_it() {
        let value: Unredacted = "ann@\u{200b}acme.io".into();
        let policy = Policy::new(&Settings::default(), [(PiiKind::Email, value, Decision::Keep)], []);
        let mut redactor = Redactor::new(Vault::default(), policy);

        let cleared = redactor.redact(&"\u{1b}[1mann@acme.io\u{1b}[0m, ann@acme\u{ad}.io".into()).unwrap();

        assert_eq!(cleared.as_str(), "ann@acme.io, ann@acme.io");
    }

    #[test]
    fn marks_are_told_in_bytes_of_the_source() {
        let source = "\u{1b}[1mto\u{1b}[0m a\u{200b}nn@acme.io.";
        let mut redactor = Redactor::new(Vault::default(), Policy::default());
        let marked = redactor.redact_marked(&source.into()).unwrap();

        assert_eq!(marked.text.as_str(), "to [Email-1].");
        let range = marked.before.first().unwrap().0.clone();
        assert_eq!(source.get(range), Some("a\u{200b}nn@acme.io"));
    }
}
