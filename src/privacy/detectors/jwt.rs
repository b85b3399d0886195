//! JSON Web Tokens: three base64url parts, the first an object with `alg` or `typ`. Source: RFC 7519.

use super::bytes::{at, before, is_word, part, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "jwt",
    confidence: Confidence::Certain,
    // `{"` in base64url.
    anchors: &[Anchor::Exact(&["eyJ"], token)],
    matches: &[
        "got «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.3q2-7wXvT0aZ» from the client",
        "令牌«eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.»过期",
    ],
    clean: &[
        "jwt malformed: expected 3 parts, got 1",
        "eyJub3QiOiJhIGhlYWRlciJ9.eyJzdWIiOiI0MiJ9.3q2",
        "eyJhbGciOiJIUzI1NiJ9",
    ],
};

/// How far a token is followed. Servers refuse headers far shorter than this.
const LONGEST: usize = 32 * 1024;

const fn is_base64url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

fn token(text: &str, begin: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = begin.start;
    if is_base64url(before(bytes, start)) {
        return;
    }
    let header_end = run_end(bytes, start, LONGEST, is_base64url);
    hits.skip_to(header_end);
    if at(bytes, header_end) != b'.' || !is_header(part(text, start..header_end)) {
        return;
    }
    let end = run_end(bytes, header_end, LONGEST, |byte| is_base64url(byte) || byte == b'.');
    let parts = slice(bytes, start..end).split(|byte| *byte == b'.').count();
    if parts >= 3 {
        let unsigned = parts == 3 && before(bytes, end) == b'.';
        let end = if before(bytes, end) == b'.' && !unsigned { end - 1 } else { end };
        hits.add(PiiKind::Jwt, start..end);
        hits.skip_to(end);
    }
}

fn is_header(encoded: &str) -> bool {
    let Ok(json) = URL_SAFE_NO_PAD.decode(encoded) else { return false };
    serde_json::from_slice::<serde_json::Value>(&json)
        .is_ok_and(|header| ["alg", "typ", "enc"].iter().any(|name| header.get(name).is_some()))
}
