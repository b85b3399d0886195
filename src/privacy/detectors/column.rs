//! Columns of secrets: a header names them, the rows below hold them. CSV, and the tables that database clients draw.

use super::bytes::{at, before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::{Asks, Named, secret_kind};
use super::key_value::Form;
use super::key_worth::is_secret;
use crate::domain::Confidence;
use memchr::memchr_iter;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "column",
    confidence: Confidence::Possible,
    anchors: &[Anchor::End(HEADERS, header)],
    matches: &[
        "user,password,email\nmaria,«hunter2»,x\nolaf,«s3cret!»,y\n",
        "id;login;pwd\n1;maria;«hunter2»\n",
        "| id | password |\n+----+----------+\n| 1  | «hunter2»  |\n| 2  | «s3cret!»  |\n",
        " id |  api_key\n----+---------\n  1 | «4f7a1c9e2b8d3056»\n(1 row)\n",
        "name\tpassword\nmaria\t«hunter2»\n",
        "\"name\",\"password\"\n\"Doe, Jane\",\"«hunter2»\"\n\"Roe, \"\"Max\"\"\",«s3cret!»\n",
        "name,pwd\n\"Doe,«hunter2»\n",
        "user,password,x,token\nmaria,«hunter2»,1,«s3cretT0ken»\npassword,user,x,y\n«s3cret!»,olaf,3,4\n",
    ],
    clean: &[
        "user,password,email\n",
        "enter user, password, and email\nthen press ok, or cancel, or help",
        "id,password_changed\n1,2024-05-01\n",
        "| field | password |\n| type | string |\n",
        "a,password\n1,2,3\n",
    ],
};

const HEADERS: &[&str] = &[
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

/// How long a row may be.
const LONGEST: usize = 2000;

/// How long a title may be.
const LONGEST_TITLE: usize = 64;

/// Reads the table below a header once, with all its columns: what stands in it is no header any more.
fn header(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, name.start, LONGEST_TITLE, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_quoted = before(bytes, start) == b'"' && at(bytes, name.end) == b'"';
    let padding = |byte: u8| byte == b' ' || is_quoted && byte == b'"';
    let next = at(bytes, run_end(bytes, name.end, 64, padding));
    let previous = before(bytes, run_start(bytes, start, 64, padding));
    let Some(separator) = separator(next, previous) else { return };
    let line = run_start(bytes, start, LONGEST, |byte| byte != b'\n');
    let line_end = run_end(bytes, name.end, LONGEST, |byte| byte != b'\n');
    if !are_titles(slice(bytes, line..line_end), separator) {
        return;
    }
    let titles = cells(slice(bytes, line..line_end), separator);
    let mut columns = Vec::new();
    note_columns(text, line, &titles, hits, &mut columns);
    let mut row = line_end + 1;
    while row < bytes.len() {
        let end = run_end(bytes, row, LONGEST, |byte| byte != b'\n');
        let written = slice(bytes, row..end);
        if !is_border(written) {
            let cells = cells(written, separator);
            if cells.len() != titles.len() {
                break;
            }
            for (place, named) in &columns {
                let Some(cell) = cells.get(*place) else { continue };
                let value = unwrapped(bytes, row + cell.start..row + cell.end);
                let form = if named.asks == Asks::Nothing { Form::Listed } else { Form::Quoted };
                if is_secret(named.kind, part(text, value.clone()), form) {
                    hits.add(named.kind, value);
                }
            }
            // Another header, of a table that was put behind this one.
            if are_titles(written, separator) {
                note_columns(text, row, &cells, hits, &mut columns);
            }
        }
        row = end + 1;
    }
    hits.skip_to(row);
}

/// Notes which of these cells name secrets, each once.
fn note_columns(text: &str, row: usize, cells: &[Range<usize>], hits: &mut Hits, columns: &mut Vec<(usize, Named)>) {
    for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.len() <= LONGEST_TITLE) {
        let title = part(text, unwrapped(text.as_bytes(), row + cell.start..row + cell.end));
        let is_one = |name: &&str| {
            let head = title.len().checked_sub(name.len());
            head.and_then(|head| title.get(head..)).is_some_and(|tail| tail.eq_ignore_ascii_case(name))
        };
        if HEADERS.iter().any(is_one)
            && columns.iter().all(|(known, _)| *known != place)
            && let Some(named) = hits.memos.secrets.of(title, secret_kind)
        {
            columns.push((place, named));
        }
    }
}

fn are_titles(row: &[u8], separator: u8) -> bool {
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

/// What separates the cells, told from what stands beside the title.
fn separator(next: u8, previous: u8) -> Option<u8> {
    let known = |byte: u8| matches!(byte, b',' | b';' | b'\t' | b'|');
    let edge = |byte: u8| matches!(byte, b'\n' | b'\r' | 0 | b'"');
    match (known(previous), known(next)) {
        (true, true) if previous == next => Some(next),
        (true, false) if edge(next) => Some(previous),
        (false, true) if edge(previous) => Some(next),
        _ => None,
    }
}

/// The cells of a row: separators within quotes do not count (RFC 4180).
fn cells(row: &[u8], separator: u8) -> Vec<Range<usize>> {
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
        let end = quoted.unwrap_or_else(|| run_end(row, start, row.len(), |byte| byte != separator));
        cells.push(start..end);
        if end >= row.len() {
            return cells;
        }
        start = end + 1;
    }
}

/// Where a cell in quotes ends: behind the first quote that a separator or the end of the row follows.
fn quote_end(row: &[u8], start: usize, separator: u8) -> Option<usize> {
    memchr_iter(b'"', row.get(start..)?).find_map(|quote| {
        let end = run_end(row, start + quote + 1, row.len(), |byte| matches!(byte, b' ' | b'\r'));
        (end >= row.len() || at(row, end) == separator).then_some(end)
    })
}

/// A cell without blanks and quotes.
fn unwrapped(bytes: &[u8], cell: Range<usize>) -> Range<usize> {
    let padding = |byte: u8| matches!(byte, b' ' | b'"' | b'\r');
    let start = run_end(bytes, cell.start, cell.len(), padding);
    start..run_start(bytes, cell.end, cell.end - start, padding)
}
