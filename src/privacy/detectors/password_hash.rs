//! Hashes of passwords, as `/etc/shadow`, `.htpasswd`, directories, databases and network devices keep them.
//!
//! Source: crypt(5), the PHC string format, RFC 2307.

use super::bytes::{at, before, is_word, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "password hash",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Shape(Shape::DollarPair, crypted), Anchor::Begin(SCHEMES, tagged)],
    matches: &[
        "maria:«$6$q7LmZ2xV$n4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWoY3kM4n4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWoY3kM4xYz./ab»:19723:0:99999:7:::",
        "maria:«$apr1$aB3dEfGh$9xKq2LmZvRtYw8Pn4Hs6d0»",
        "hash «$2b$12$q7LmZ2xVn4RbT9wKc3Hd8uJf1Gy5Ap6Qe0UiWoY3kM4n4RbT9wKc3» stored",
        "«$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQxMjM$RdescudvJCsgt3ub+b4dWRWJTmaaJObG»",
        "root:«$y$j9T$aB3dEfGhIjKlMnOp$9xKq2LmZvRtYw8Pn4Hs6d0q7LmZ2xVn4RbT9wKc3Hd8»:19000::::::",
        "userPassword: «{MD5}X03MO1qnZdYdgyfeuILPmQ==»",
        "userPassword: «{SSHA}q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5Ap6Q»",
        "«pbkdf2_sha256$600000$aB3dEfGhIjKl$9xKq2LmZvRtYw8Pn4Hs6d0q7LmZ2xVn4=»",
    ],
    clean: &[
        "costs $5$ or $6$ each",
        "$a$b$c",
        "$1$2",
        "echo $HOME$PATH",
        "{SHA} is weak",
        "regex ^a$b$c",
        "$6$ marks SHA-512",
        "content changed '{md5}4f7a1c9e2b8d30564f7a1c9e2b8d3056' to '{sha256}4f7a1c9e2b8d30564f7a1c9e2b8d30564f7a1c9e'",
    ],
};

/// What begins a hash in a directory or a framework's database.
const SCHEMES: &[&str] = &[
    "{ssha",
    "{sha",
    "{crypt}",
    "{md5}",
    "{smd5}",
    "{pbkdf2",
    "{argon2",
    "pbkdf2_sha256$",
    "pbkdf2_sha1$",
    "bcrypt_sha256$",
    "argon2$argon2",
    "scrypt:",
    "pbkdf2:sha",
];

const fn belongs(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'/' | b'+' | b'=' | b'$' | b',' | b'-' | b':' | b'{' | b'}')
}

/// `$id$…$…`, found at its first sign.
fn crypted(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let id_end = run_end(bytes, sign.end, 9, is_word);
    let id = slice(bytes, sign.end..id_end);
    let known = matches!(id, [b'1' | b'5' | b'6' | b'7' | b'8' | b'9' | b'y' | b'S' | b'P' | b'H'])
        || matches!(
            id,
            b"2a"
                | b"2b"
                | b"2x"
                | b"2y"
                | b"apr1"
                | b"gy"
                | b"sm3"
                | b"sha1"
                | b"argon2i"
                | b"argon2d"
                | b"argon2id"
                | b"14"
        );
    let end = run_end(bytes, id_end, 400, |byte| belongs(byte) && byte != b':');
    if known && before(bytes, sign.start) != b'$' && is_hash(slice(bytes, id_end..end)) {
        hits.add(PiiKind::Secret, sign.start..end);
        hits.skip_to(end);
    }
}

/// `{SSHA}…`, `pbkdf2_sha256$…`
fn tagged(text: &str, scheme: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, scheme.end, 400, belongs);
    if is_checksum(slice(bytes, scheme.start..end)) {
        return;
    }
    if !is_word(before(bytes, scheme.start)) && is_hash(slice(bytes, scheme.end..end)) && at(bytes, end) != b'(' {
        hits.add(PiiKind::Secret, scheme.start..end);
        hits.skip_to(end);
    }
}

/// `{md5}` and `{sha256}` with nothing but hexadecimal digits: so Puppet writes what a file holds. Directories use base64.
fn is_checksum(tagged: &[u8]) -> bool {
    let brace = tagged.iter().position(|byte| *byte == b'}').unwrap_or(0);
    let (tag, rest) = tagged.split_at(brace);
    let known = [&b"{md5"[..], b"{sha1", b"{sha256", b"{sha256lite", b"{sha512", b"{sha384"].contains(&tag);
    known && rest.iter().skip(1).all(u8::is_ascii_hexdigit)
}

/// Long, and with digits and letters of both cases, or all of it hexadecimal.
fn is_hash(rest: &[u8]) -> bool {
    let count = |holds: fn(&u8) -> bool| rest.iter().filter(|byte| holds(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    rest.len() >= 20 && digits >= 1 && lower >= 2 && (upper >= 2 || digits >= 8)
}
