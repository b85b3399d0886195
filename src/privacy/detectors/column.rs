//! Columns of secrets: a header names them, the rows below hold them. CSV, and the tables that database clients draw.

use super::bytes::{at, before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::{Asks, secret_kind};
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

/// How many rows are read, and how long each may be.
const ROWS: usize = 1000;
const LONGEST: usize = 2000;

fn header(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let next = run_end(bytes, name.end, 64, |byte| byte == b' ');
    let start = run_start(bytes, name.start, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let previous = before(bytes, run_start(bytes, start, 64, |byte| byte == b' '));
    let Some(separator) = separator(at(bytes, next), previous) else { return };
    let line = run_start(bytes, start, LONGEST, |byte| byte != b'\n');
    let line_end = run_end(bytes, name.end, LONGEST, |byte| byte != b'\n');
    let cells = count(slice(bytes, line..line_end), separator);
    let place = count(slice(bytes, line..start), separator);
    let titles = slice(bytes, line..line_end).iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || *byte >= 0x80
            || matches!(byte, b'_' | b' ' | b'"' | b'-' | b'.' | b'\r')
            || *byte == separator
    });
    let Some(named) = secret_kind(part(text, start..name.end)).filter(|_| titles && cells > 0) else { return };
    let form = if named.asks == Asks::Nothing { Form::Listed } else { Form::Quoted };
    let mut row = line_end + 1;
    for _ in 0..ROWS {
        let end = run_end(bytes, row, LONGEST, |byte| byte != b'\n');
        let written = slice(bytes, row..end);
        let border =
            !written.is_empty() && written.iter().all(|byte| matches!(byte, b'+' | b'-' | b'|' | b'=' | b' ' | b'\r'));
        if !border {
            if count(written, separator) != cells {
                return;
            }
            let value = cell(bytes, row..end, separator, place);
            if is_secret(named.kind, part(text, value.clone()), form) {
                hits.add(named.kind, value);
            }
        }
        row = end + 1;
    }
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

fn count(line: &[u8], separator: u8) -> usize {
    memchr_iter(separator, line).count()
}

/// The cell behind so many separators, without blanks and quotes.
fn cell(bytes: &[u8], row: Range<usize>, separator: u8, place: usize) -> Range<usize> {
    let mut start = row.start;
    for _ in 0..place {
        start = run_end(bytes, start, LONGEST, |byte| byte != separator) + 1;
    }
    let end = run_end(bytes, start, row.end.saturating_sub(start), |byte| byte != separator);
    let padding = |byte: u8| matches!(byte, b' ' | b'"' | b'\r');
    let start = run_end(bytes, start, end.saturating_sub(start), padding);
    start..run_start(bytes, end, end.saturating_sub(start), padding)
}
