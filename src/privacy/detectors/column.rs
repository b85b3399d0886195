//! Columns of secrets: a header names them, the rows below hold them. CSV, and the tables that database clients draw.

use super::bytes::{at, before, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::table::{CONFIDENCE, LONGEST_TITLE, Rows, TITLES, Table, are_titles};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "column",
    confidence: CONFIDENCE,
    anchors: &[Anchor::End(TITLES, header)],
    matches: &[
        "user,password,email\nmaria,«hunter2»,x\nolaf,«s3cret!»,y\n",
        "id;login;pwd\n1;maria;«hunter2»\n",
        "| id | password |\n+----+----------+\n| 1  | «hunter2»  |\n| 2  | «s3cret!»  |\n",
        " id |  api_key\n----+---------\n  1 | «4f7a1c9e2b8d3056»\n(1 row)\n",
        "name\tpassword\nmaria\t«hunter2»\n",
        "\"name\",\"password\"\n\"Doe, Jane\",\"«hunter2»\"\n\"Roe, \"\"Max\"\"\",«s3cret!»\n",
        "name,pwd\n\"Doe,«hunter2»\n",
        "note,pwd,x\n\"first\nsecond, third\",«hunter2»,1\n\"open\",«s3cret!»,2\n",
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

/// How long a line of titles may be, in bytes.
const LONGEST: usize = 2000;

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
    let mut table = Table::below(text, line..line_end, separator, hits);
    let rows = line_end + 1..hits.until;
    let next = table.read(text, rows.clone(), hits);
    hits.skip_to(next);
    // No row may be there because the rows are below what is looked at.
    if table.has_secrets() && (next > rows.start || rows.start >= rows.end) {
        hits.tables.push(Rows { table, range: rows.start..next });
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
