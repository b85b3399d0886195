//! E-mail addresses, also with `%40`. Source: RFC 5321 in the shape that people use.

use super::bytes::{at, before, is_word, part, run_end, run_start};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "email",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Shape(Shape::AtSign, address), Anchor::Shape(Shape::Percent, address)],
    matches: &[
        "mail «maria.k+oncall@acme-corp.co.uk», please",
        "联系«maria@acme.io»处理",
        "From: Maria <«maria@acme.io»>",
        "?user=«maria%40acme.io»&x=1",
        "contact «müller@acme.de».",
        "to «j.o'neil@acme.io» and '«maria@acme.io»'",
        "to «maria@müller-bau.de»!",
        "via «maria%acme.io@relay.acme.io»",
        "?to=«maria%2Bx%40acme.io»",
        r#"{"msg":"550 \u003c«maria@acme.io»\u003e unknown\n«max@acme.io»"}"#,
    ],
    clean: &[
        "lodash@4.17.21",
        "git@github.com:org/repo.git",
        "user@1000.service: Succeeded",
        "@Override public void run()",
        "a@b",
        "image@sha256:9f8e7d",
        "icon@2x.jpg",
        "kex curve25519-sha256@libssh.org",
        "serial-getty@ttyS0.service",
    ],
};

/// Endings of unit names and files that look like top-level domains.
const NOT_DOMAINS: &[&str] = &[
    "service", "socket", "timer", "mount", "slice", "scope", "target", "path", "device", "swap", "js", "ts", "json",
    "log", "conf", "png", "so", "jpg", "jpeg", "gif", "svg", "webp", "css", "html", "htm", "xml", "yaml", "yml", "txt",
    "exe", "dll", "gz", "tar", "bak", "tmp", "cfg", "ini", "jar", "war", "class", "lock",
];

/// An address around `@` or `%40`.
fn address(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let sign = sign.start;
    let domain_start = match (at(bytes, sign), at(bytes, sign + 1), at(bytes, sign + 2)) {
        (b'@', ..) => sign + 1,
        (b'%', b'4', b'0') => sign + 3,
        _ => return,
    };
    let Some(end) = domain_end(bytes, domain_start) else { return };
    let start = local_start(text, sign);
    // `git@host:path` is a repository.
    let repository = part(text, start..sign) == "git" && at(bytes, end) == b':';
    // Names of algorithms, as OpenSSH negotiates them: `chacha20-poly1305@openssh.com`.
    let algorithm = ["openssh.com", "libssh.org", "lysator.liu.se"].contains(&part(text, domain_start..end));
    if start < sign && !repository && !algorithm && !is_word(at(bytes, end)) {
        hits.add(PiiKind::Email, start..end);
    }
}

/// Where the part before the sign begins; 64 bytes are allowed, letters of Latin alphabets included.
fn local_start(text: &str, sign: usize) -> usize {
    let bytes = text.as_bytes();
    let ascii = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'+' | b'-' | b'%' | b'&' | b'\'');
    let mut start = run_start(bytes, sign, 64, ascii);
    while let Some(letter) = part(text, 0..start).chars().next_back() {
        if !('\u{c0}'..='\u{24f}').contains(&letter) || sign - start > 64 {
            break;
        }
        start = run_start(bytes, start - letter.len_utf8(), 64, ascii);
    }
    let start = run_end(bytes, start, sign - start, |byte| !is_word(byte) && byte.is_ascii());
    let start = if before(bytes, start) == b'\\' { escaped::begin_of(bytes, start).min(sign) } else { start };
    quoted_start(bytes, start, sign)
}

/// An apostrophe belongs to a name such as `o'neil`; before others it is a quote.
fn quoted_start(bytes: &[u8], start: usize, sign: usize) -> usize {
    let local = super::bytes::slice(bytes, start..sign);
    let Some(quote) = local.iter().rposition(|byte| *byte == b'\'') else { return start };
    let initial =
        before(local, quote).is_ascii_alphabetic() && !before(local, quote.saturating_sub(1)).is_ascii_alphanumeric();
    let name = at(local, quote + 1).is_ascii_alphabetic();
    if initial && name && before(bytes, start) != b'\'' { start } else { start + quote + 1 }
}

/// Where the domain ends; `None` when it is none: no dot, no letters at its end.
fn domain_end(bytes: &[u8], start: usize) -> Option<usize> {
    let ascii = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let mut end = run_end(bytes, start, 253, ascii);
    // Letters of Latin alphabets beyond ASCII: `müller.de`.
    while matches!(at(bytes, end), 0xc3..=0xc8) && ascii(at(bytes, end + 2)) && end - start < 253 {
        end = run_end(bytes, end + 2, 253, ascii);
    }
    let end = end
        - super::bytes::slice(bytes, start..end).iter().rev().take_while(|byte| matches!(byte, b'.' | b'-')).count();
    let domain = std::str::from_utf8(super::bytes::slice(bytes, start..end)).ok()?;
    let (head, last) = domain.rsplit_once('.')?;
    let named = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let labels = head.split('.').all(|label| !label.is_empty()) && before(bytes, start) != b'.';
    (named && labels && !NOT_DOMAINS.contains(&last)).then_some(end)
}
