//! A table that was begun: which of its columns hold secrets, and where its rows end.
//!
//! A long text is looked at in blocks, and a table goes on in the next one: it can be put away and read on there.

use super::bytes::{at, part, run_end, run_start, slice};
use super::detector::{Hit, Hits};
use super::key_name::{Asks, Named, secret_kind};
use super::key_value::Form;
use super::key_worth::is_secret;
use crate::domain::Confidence;
use memchr::memchr;
use std::ops::Range;

/// What titles of columns of secrets end in.
pub(super) const TITLES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "pass",
    "secret",
    "token",
    "api_key",
    "apikey",
    "secret_key",
    "access_key",
    "passphrase",
    "passwort",
    "contraseña",
    "senha",
    "password_hash",
];

/// How sure it is that what stands below such a title is a secret.
pub(super) const CONFIDENCE: Confidence = Confidence::Possible;

/// How long a title may be, in bytes.
pub(super) const LONGEST_TITLE: usize = 64;

/// How long a row in one line may be, in bytes.
const LONGEST: usize = 32 * 1024;

/// How long a row may be that has line breaks in its cells, in bytes.
const LONGEST_JOINED: usize = 4096;

/// What a header says of the rows below it.
#[derive(Clone, Debug)]
pub(in crate::privacy) struct Table {
    separator: u8,
    /// How many cells each row has.
    width: usize,
    /// The cells that hold secrets, and what sort of secrets.
    columns: Vec<(usize, Named)>,
}

/// The rows of a table that were read.
#[derive(Clone, Debug)]
pub(in crate::privacy) struct Rows {
    pub table: Table,
    /// From the first row to where the next one would begin.
    pub range: Range<usize>,
}

impl Rows {
    /// Where the row begins that reaches to a place or begins there; the place itself if the table ended before.
    fn next_row(&self, text: &str, place: usize) -> usize {
        let mut row = self.range.start;
        while row < place {
            match self.table.row(text.as_bytes(), row) {
                None => return place,
                Some((end, _)) if end >= place => return row,
                Some((end, _)) => row = end + 1,
            }
        }
        row
    }

    /// The rows of the table in a later range of the text, and what they hold; they may begin a little before it.
    pub fn below(&self, text: &str, range: Range<usize>) -> (Self, Vec<Hit>) {
        let (mut table, mut hits) = (self.table.clone(), Hits::default());
        hits.begin(0, CONFIDENCE);
        let from = self.next_row(text, range.start);
        let end = table.read(text, from..range.end, &mut hits);
        (Self { table, range: from..end }, hits.list)
    }

    /// The same table, to be read on from a place.
    pub fn from(&self, text: &str, place: usize) -> Self {
        let row = self.next_row(text, place);
        Self { table: self.table.clone(), range: row..row }
    }

    /// The same when so many bytes before it are gone.
    pub fn moved_back(self, bytes: usize) -> Self {
        let Range { start, end } = self.range;
        Self { range: start.saturating_sub(bytes)..end.saturating_sub(bytes), ..self }
    }
}

impl Table {
    /// The table below a line of titles.
    pub fn below(text: &str, titles: Range<usize>, separator: u8, hits: &mut Hits) -> Self {
        let (cells, ..) = cells(slice(text.as_bytes(), titles.clone()), separator);
        let mut table = Self { separator, width: cells.len(), columns: Vec::new() };
        table.note_columns(text, titles.start, &cells, hits);
        table
    }

    /// Whether some column holds secrets.
    pub(super) const fn has_secrets(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Reads the rows that begin in a range, and tells where the next one would begin: what is no row ends the table.
    pub fn read(&mut self, text: &str, rows: Range<usize>, hits: &mut Hits) -> usize {
        let bytes = text.as_bytes();
        let mut row = rows.start;
        while row < rows.end.min(bytes.len())
            && let Some((end, cells)) = self.row(bytes, row)
        {
            for (place, named) in &self.columns {
                let Some(cell) = cells.get(*place) else { continue };
                let value = unwrapped(bytes, row + cell.start..row + cell.end);
                let form = if named.asks == Asks::Nothing { Form::Listed } else { Form::Quoted };
                if is_secret(named.kind, part(text, value.clone()), form) {
                    hits.add(named.kind, value);
                }
            }
            // Another header, of a table that was put behind this one.
            if are_titles(slice(bytes, row..end), self.separator) {
                self.note_columns(text, row, &cells, hits);
            }
            row = end + 1;
        }
        row
    }

    /// Where the row ends that begins at a place, and its cells, none if it is a line drawn between others; `None` if
    /// it has not as many as the table.
    fn row(&self, bytes: &[u8], start: usize) -> Option<(usize, Vec<Range<usize>>)> {
        let end = run_end(bytes, start, LONGEST, |byte| byte != b'\n');
        let line = slice(bytes, start..end);
        if is_border(line) {
            return Some((end, Vec::new()));
        }
        let (one_line, _, is_open) = cells(line, self.separator);
        // A quote that is open at the end of its line goes on in the next ones, or is none.
        if is_open {
            let lines = slice(bytes, start..bytes.len().min(start + LONGEST_JOINED));
            let (cells, length, is_open) = cells(lines, self.separator);
            let is_whole = !is_open && (length < lines.len() || start + length == bytes.len());
            if is_whole && cells.len() == self.width {
                return Some((start + length, cells));
            }
        }
        (one_line.len() == self.width).then_some((end, one_line))
    }

    /// Notes which of these cells name secrets, each once.
    fn note_columns(&mut self, text: &str, row: usize, cells: &[Range<usize>], hits: &mut Hits) {
        for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.len() <= LONGEST_TITLE) {
            let title = part(text, unwrapped(text.as_bytes(), row + cell.start..row + cell.end));
            let is_one = |name: &&str| {
                let head = title.len().checked_sub(name.len());
                head.and_then(|head| title.get(head..)).is_some_and(|tail| tail.eq_ignore_ascii_case(name))
            };
            if TITLES.iter().any(is_one)
                && self.columns.iter().all(|(known, _)| *known != place)
                && let Some(named) = hits.memos.secrets.of(title, secret_kind)
            {
                self.columns.push((place, named));
            }
        }
    }
}

/// Whether a line may be one of titles.
pub(super) fn are_titles(row: &[u8], separator: u8) -> bool {
    row.iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || *byte >= 0x80
            || matches!(byte, b'_' | b' ' | b'"' | b'-' | b'.' | b'\r')
            || *byte == separator
    })
}

/// Whether a row is a line drawn between others.
fn is_border(row: &[u8]) -> bool {
    !row.is_empty() && row.iter().all(|byte| matches!(byte, b'+' | b'-' | b'|' | b'=' | b' ' | b'\r'))
}

/// The cells of a row, how long it is, and whether a quote in it does not end: separators and line breaks within quotes do not count (RFC 4180).
fn cells(row: &[u8], separator: u8) -> (Vec<Range<usize>>, usize, bool) {
    let (mut cells, mut start, mut may_end) = (Vec::new(), 0, true);
    loop {
        let open = run_end(row, start, row.len(), |byte| byte == b' ');
        let quoted = if may_end && at(row, open) == b'"' {
            let end = quote_end(row, open + 1, separator);
            // What ends no quote ends none that begins later.
            may_end = end.is_some();
            end
        } else {
            None
        };
        let end = quoted.unwrap_or_else(|| run_end(row, start, row.len(), |byte| byte != separator && byte != b'\n'));
        cells.push(start..end);
        if end >= row.len() || at(row, end) == b'\n' {
            return (cells, end, !may_end);
        }
        start = end + 1;
    }
}

/// Where a cell in quotes ends: behind the first quote that a separator or the end of the row follows. Two quotes stand
/// for one in the cell.
fn quote_end(row: &[u8], start: usize, separator: u8) -> Option<usize> {
    let mut place = start;
    loop {
        let quote = place + memchr(b'"', row.get(place..)?)?;
        place = quote + 1;
        if at(row, place) == b'"' {
            place += 1;
            continue;
        }
        let end = run_end(row, place, row.len(), |byte| matches!(byte, b' ' | b'\r'));
        if end >= row.len() || at(row, end) == separator || at(row, end) == b'\n' {
            return Some(end);
        }
    }
}

/// A cell without blanks and quotes.
fn unwrapped(bytes: &[u8], cell: Range<usize>) -> Range<usize> {
    let padding = |byte: u8| matches!(byte, b' ' | b'"' | b'\r');
    let start = run_end(bytes, cell.start, cell.len(), padding);
    start..run_start(bytes, cell.end, cell.end - start, padding)
}
