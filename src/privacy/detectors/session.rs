//! Cookies: what `Cookie` and `Set-Cookie` carry. Source: RFC 6265.

use super::bytes::{at, before, is_word, part, run_end};
use super::detector::{Anchor, Detector, Hits};
use super::reference::is_reference;
use super::secret::names_session;
use crate::domain::{Confidence, PiiKind};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "session",
    confidence: Confidence::Likely,
    anchors: &[Anchor::Begin(&["cookie"], header)],
    matches: &[
        "Cookie: sid=«Fe26.2abc»; theme=dark; _ga=«GA1.2.1234567890.1699999999»",
        "Set-Cookie: PHPSESSID=«q1w2e3r4t5»; Path=/; HttpOnly",
        "-H 'Cookie: auth=«9f8e7d6c5b4a»' https",
        r#""cookie":"connect.sid=«s%3Aabc123.def456»""#,
    ],
    clean: &[
        "Cookie: theme=dark; lang=en",
        "cookies are disabled",
        "Set-Cookie: sid=; Max-Age=0",
        "Cookie: sid=[Session-1]",
        "cookie_consent=accepted",
    ],
};

/// How long a header is read. Browsers and servers allow 4 to 16 KiB.
const LONGEST: usize = 32 * 1024;

fn header(text: &str, header: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let quoted = run_end(bytes, header.end, 4, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    let separated = run_end(bytes, quoted, 4, |byte| matches!(byte, b':' | b'=' | b' '));
    if is_word(before(bytes, header.start)) || !has_separator(part(text, quoted..separated)) {
        return;
    }
    let start = run_end(bytes, separated, 4, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '));
    let end = run_end(bytes, start, LONGEST, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\''));
    let only_first = before(bytes, header.start) == b'-';
    pairs(text, start, end, only_first, hits);
    hits.skip_to(end);
}

fn has_separator(gap: &str) -> bool {
    gap.contains([':', '='])
}

/// Each `name=value` up to `end`; of `Set-Cookie` only the first, for the others are attributes.
fn pairs(text: &str, start: usize, end: usize, only_first: bool, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut next = start;
    while next < end {
        let name_start = run_end(bytes, next, 8, |byte| byte == b' ');
        let name_end = run_end(bytes, name_start, 128, |byte| byte > b' ' && !matches!(byte, b'=' | b';'));
        let pair_end = run_end(bytes, name_end, end.saturating_sub(name_end), |byte| byte != b';');
        if at(bytes, name_end) != b'=' {
            return;
        }
        let value_end = run_end(bytes, name_end + 1, pair_end.saturating_sub(name_end + 1), |byte| byte > b' ');
        let value = part(text, name_end + 1..value_end);
        if !is_reference(value) && opens_session(part(text, name_start..name_end), value) {
            hits.add(PiiKind::Session, name_end + 1..value_end);
        }
        if only_first {
            return;
        }
        next = pair_end + 1;
    }
}

/// By its name, or because the value is long or was made by a machine.
fn opens_session(name: &str, value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let shown =
        ["route", "consent", "theme", "lang", "locale"].iter().any(|word| name.to_ascii_lowercase().contains(word));
    if shown {
        return false;
    }
    names_session(name) || value.len() >= 16 || (value.len() >= 8 && digits >= 1 && letters >= 1)
}
