//! Private keys in PEM armor, on many lines or with escaped line breaks; also when the end is missing.
//!
//! Source: RFC 7468, RFC 4880 section 6.2, the PPK format of `PuTTY`.

use super::bytes::{at, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "private key",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Exact(&["PRIVATE KEY"], armor), Anchor::Exact(&["Private-Lines: "], putty)],
    matches: &[
        "«-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq\nq83hZk3v\n-----END RSA PRIVATE KEY-----»\nnext",
        r#"{"private_key":"«-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----»\n"}"#,
        "key: |\n  «-----BEGIN EC PRIVATE KEY-----\n  MHcCAQEEIIrYSSNQFaA2Hwf1\n  -----END EC PRIVATE KEY-----»\n",
        "Private-Lines: 2\n«AAAAIQC1q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWoY3kM4n4RbT9wKc3Hd8\nsJf1Gy5Ap6Qe0UiWoY3kM4==»\nPrivate-MAC: 0a1b",
        "cut: «-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ»\nand then text",
        "cut: «-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nq83hZk==»\nand then text",
        "«-----BEGIN PRIVATE KEY-----»\nand then text",
    ],
    clean: &[
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
        "a PRIVATE KEY is needed",
    ],
};

/// The longest armor that is followed to its end: far beyond a 16384-bit RSA key.
const LONGEST: usize = 48 * 1024;

fn armor(text: &str, label: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let label = label.start;
    let start = run_start(bytes, label, 40, |byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-'));
    let Some(begin) = memmem::find(slice(bytes, start..label), b"-----BEGIN ") else { return };
    let end = armor_end(bytes, label);
    hits.add(PiiKind::PrivateKey, start + begin..end);
    hits.skip_to(end);
}

/// The lines of a key of `PuTTY`, as many as the header says.
fn putty(text: &str, header: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let digits_end = run_end(bytes, header.end, 3, |byte| byte.is_ascii_digit());
    let count: usize = super::bytes::part(text, header.end..digits_end).parse().unwrap_or(0);
    let start = run_end(bytes, digits_end, 8, |byte| byte.is_ascii_whitespace());
    let mut end = start;
    for line in 0..count.min(200) {
        let from = if line == 0 { end } else { run_end(bytes, end, 8, |byte| byte.is_ascii_whitespace()) };
        let to = run_end(bytes, from, 80, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if to == from {
            break;
        }
        end = to;
    }
    hits.add(PiiKind::PrivateKey, start..end);
}

/// After the `-----END …-----` line; without one, after the last line that is still base64.
fn armor_end(bytes: &[u8], label: usize) -> usize {
    let head_end = run_end(bytes, label, 40, |byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-'));
    let window = slice(bytes, head_end..bytes.len().min(head_end + LONGEST));
    let Some(end) = memmem::find(window, b"-----END ") else { return body_end(bytes, head_end) };
    let label_end = run_end(bytes, head_end + end + 5, 60, |byte| byte.is_ascii_uppercase() || byte == b' ');
    run_end(bytes, label_end, 5, |byte| byte == b'-')
}

/// After the last line that is still base64. What follows that line, its line break first, is not the key's: without it
/// the next line would come up to the placeholder and read otherwise than before.
fn body_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while end - start < LONGEST {
        let gap = run_end(bytes, end, 80, |byte| byte.is_ascii_whitespace());
        let gap = if slice(bytes, gap..gap + 2) == br"\n" { gap + 2 } else { gap };
        let line =
            run_end(bytes, gap, LONGEST, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        let ends_line = matches!(at(bytes, line), 0 | b'\n' | b'\r' | b'\\' | b'"' | b'\'');
        let is_last = start < end && gap < line && at(bytes, line - 1) == b'=';
        if !ends_line || (line - gap < 16 && !is_last) {
            return end;
        }
        end = line;
    }
    end
}
