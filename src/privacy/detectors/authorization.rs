//! `Bearer …`, `Basic …` and their kin: what stands after an HTTP authorization scheme.
//!
//! Source: RFC 6750, RFC 7617.

use super::bytes::{at, before, is_word, line_before, mentions, part, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use super::reference::is_reference;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "authorization",
    confidence: Confidence::Likely,
    anchors: &[Anchor::Begin(SCHEMES, scheme), Anchor::Shape(Shape::Call, pair)],
    matches: &[
        "Authorization: Bearer «mF_9.B5f-4.1JqM»",
        "authorization=bearer «2YotnFZFEjr1zCsicMWpAA»",
        r#"-H "Authorization: Basic «bWFyaWE6UzNjcjN0IQ==»""#,
        "proxy sent Basic «bWFyaWE6UzNjcjN0IQ==» to the server",
        "Authorization: Token «9944b09199c62bcf9418ad846dd0e4bb»",
        r#"requests.get(url, auth=("«maria»", "«S3cr3t!»"))"#,
        "令牌Bearer «2YotnFZFEjr1zCsicMWpAA»无效",
    ],
    clean: &[
        "Bearer authentication is required",
        "WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"",
        "Basic functionality works",
        "Authorization: Bearer ${TOKEN}",
        "Authorization: Bearer [Bearer-1]",
        "Authorization: Bearer <token>",
        "Authorization: Basic realm",
        "forbearer abcdefgh12345678abcdefgh",
    ],
};

const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "authorization: token",
    "authorization: apikey",
    "authorization: negotiate",
    "authorization: ntlm",
    "genie-key",
    "splunk ",
];

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn scheme(text: &str, scheme: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let gap = run_end(bytes, scheme.end, 4, |byte| matches!(byte, b' ' | b'\t' | b'+'));
    let gap = if slice(bytes, scheme.end..scheme.end + 3).eq_ignore_ascii_case(b"%20") { gap + 3 } else { gap };
    let spaced = gap > scheme.end || before(bytes, scheme.end) == b' ';
    if !spaced || is_word(before(bytes, scheme.start)) {
        return;
    }
    let end = run_end(bytes, gap, 64 * 1024, |byte| {
        is_word(byte) || matches!(byte, b'-' | b'.' | b'~' | b'+' | b'/' | b'=' | b':' | b'%' | b'|')
    });
    let end = if matches!(before(bytes, end), b'.' | b':') { end - 1 } else { end };
    let value = part(text, gap..end);
    let in_header = mentions(line_before(bytes, scheme.start, 24), "authorization");
    let basic = slice(bytes, scheme).eq_ignore_ascii_case(b"basic");
    if basic && is_basic(value) {
        hits.add(PiiKind::BasicAuth, gap..end);
    } else if !basic && at(bytes, end) != b'(' && is_credential(value, in_header) {
        hits.add(PiiKind::Bearer, gap..end);
    }
}

/// `auth=("user", "password")`, as Python's HTTP clients take it; found at the equals sign.
fn pair(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if slice(bytes, sign.start.saturating_sub(4)..sign.start) != b"auth" {
        return;
    }
    let user = quoted(bytes, sign.end + 1);
    let comma = run_end(bytes, user.end + 1, 3, |byte| matches!(byte, b',' | b' '));
    let password = quoted(bytes, comma);
    if user.is_empty() || password.is_empty() || is_reference(part(text, password.clone())) {
        return;
    }
    hits.add(PiiKind::User, user);
    hits.add(PiiKind::Password, password);
}

/// What stands in quotes that begin here; an empty range when there are none.
fn quoted(bytes: &[u8], start: usize) -> Range<usize> {
    let quote = at(bytes, start);
    let end = run_end(bytes, start + 1, 256, |byte| byte != quote && byte != b'\n');
    if matches!(quote, b'"' | b'\'') && at(bytes, end) == quote { start + 1..end } else { start..start }
}

/// Whether it is `user:password` in base64.
pub(super) fn is_basic(value: &str) -> bool {
    value.len() >= 6
        && LENIENT.decode(value).is_ok_and(|plain| {
            plain.iter().skip(1).any(|byte| *byte == b':') && plain.iter().all(|byte| *byte >= b' ' && *byte != 0x7f)
        })
}

/// In the header itself most things are a credential; elsewhere it must look like one.
fn is_credential(value: &str, in_header: bool) -> bool {
    let digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let mixed =
        value.bytes().any(|byte| byte.is_ascii_uppercase()) && value.bytes().any(|byte| byte.is_ascii_lowercase());
    let assignment = value.split_once('=').is_some_and(|(_, rest)| !rest.trim_start_matches('=').is_empty());
    let least = if in_header { 8 } else { 16 };
    value.len() >= least && !assignment && ((digit && letter) || (mixed && value.len() >= 20))
}
