//! JSON Web Tokens: three base64url parts, the first an object with `alg` or `typ`. Source: RFC 7519.

use super::bytes::{at, before, is_word, part, run_end, slice};
use super::detector::{Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memmem;

pub(super) const DETECTOR: Detector = Detector {
    name: "jwt",
    confidence: Confidence::Certain,
    find,
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

fn find(text: &str, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut done = 0;
    // `{"` in base64url.
    for start in memmem::find_iter(bytes, b"eyJ") {
        if start < done || is_base64url(before(bytes, start)) {
            continue;
        }
        let header_end = run_end(bytes, start, LONGEST, is_base64url);
        done = header_end;
        if at(bytes, header_end) != b'.' || !is_header(part(text, start..header_end)) {
            continue;
        }
        let end = run_end(bytes, header_end, LONGEST, |byte| is_base64url(byte) || byte == b'.');
        let parts = slice(bytes, start..end).split(|byte| *byte == b'.').count();
        if parts >= 3 {
            let unsigned = parts == 3 && before(bytes, end) == b'.';
            let end = if before(bytes, end) == b'.' && !unsigned { end - 1 } else { end };
            hits.add(PiiKind::Jwt, start..end);
            done = end;
        }
    }
}

fn is_header(encoded: &str) -> bool {
    let Ok(json) = URL_SAFE_NO_PAD.decode(encoded) else { return false };
    serde_json::from_slice::<serde_json::Value>(&json)
        .is_ok_and(|header| ["alg", "typ", "enc"].iter().any(|name| header.get(name).is_some()))
}
