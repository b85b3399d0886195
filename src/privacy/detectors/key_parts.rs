//! Private keys without armor of base64: members of a JSON Web Key and of .NET's XML, what OpenSSL prints, static keys of
//! `OpenVPN`.
//!
//! Source: RFC 7518 section 6, the XML of `RSA.ToXmlString`, openssl-pkey(1), the manual of `OpenVPN`.

use super::bytes::{at, before, is_hex, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_value::quoted;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "key parts",
    confidence: Confidence::Certain,
    anchors: &[
        Anchor::Exact(&["\"kty", "\\\"kty"], web_key),
        Anchor::Exact(&["<RSAKeyValue>", "<RSAParameters>"], xml_key),
        Anchor::Exact(
            &["priv:", "privateExponent:", "prime1:", "prime2:", "exponent1:", "exponent2:", "coefficient:"],
            printed,
        ),
        Anchor::Exact(&["BEGIN OpenVPN Static key V1-----"], static_key),
    ],
    matches: &[
        r#"{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri","e":"AQAB","d":"«VFCWOqXr8nvZNyaaJLXdnNPXZKRaWCjkU5Q2egQQpTBM»","qi":"«lzr0s2aKLPgV1sTWuQKlNcLXo4Lq»"}"#,
        "{\n  \"kty\": \"EC\",\n  \"crv\": \"P-256\",\n  \"x\": \"gI0GAILBdu7T53akrFmMyGcsF3n5dO7Mm\",\n  \"d\": \"«870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4B»\"\n}",
        r#"{"k":"«AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ»","kty":"oct","kid":"mac1"}"#,
        "<RSAKeyValue><Modulus>sXchDaQebHnPiGvyDOAT4s==</Modulus><Exponent>AQAB</Exponent><P>«2rnSOV4hKSN8sS4CgcQHFbs0+XbP==»</P>\n<D>«VFCWOqXr8nvZNyaaJLXdnNPXZKRaW+/kU5Q2egQQpTBM=»</D></RSAKeyValue>",
        "Private-Key: (256 bit)\npriv:\n    «0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:\n    f9:0a:1b:2c»\npub:\n    04:0a:1b:2c",
        "privateExponent:\n    «00:c7:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8»\nprime1:\n    «00:f1:2c:3d:4e:5f:60:71:82:93»\n",
        "-----BEGIN OpenVPN Static key V1-----\n«4f7a1c9e2b8d30564f7a1c9e2b8d3056\n0a1b2c3d4e5f60718293a4b5c6d7e8f9»\n-----END OpenVPN Static key V1-----",
    ],
    clean: &[
        r#"{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri","e":"AQAB","kid":"2011-04-29"}"#,
        r#"{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7Mm","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeU"}"#,
        r#"{"kty":"RSA","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}"#,
        r#"{"d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4B"} {"kty":"EC"}"#,
        "<RSAKeyValue><Modulus>sXchDaQebHnPiGvyDOAT4s==</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
        "pub:\n    04:0a:1b:2c:3d:4e:5f:60:71:82:93\npriv: none",
        "-----BEGIN OpenVPN Static key V1-----",
    ],
};

/// Longer than a key of RSA with 16384 bits in any of these forms.
const LONGEST: usize = 24 * 1024;

/// The private members of a JSON Web Key; `k` is one only of a symmetric key.
const MEMBERS: &[&[u8]] = &[b"d", b"p", b"q", b"dp", b"dq", b"qi"];

/// The members of the object around `"kty"`; they are strings and lists of strings.
fn web_key(text: &str, member: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let inside = |byte: u8| !matches!(byte, b'{' | b'}');
    let end = run_end(bytes, member.end, LONGEST, inside);
    hits.skip_to(end);
    let start = run_start(bytes, member.start, LONGEST, inside);
    let object = slice(bytes, start..end);
    let symmetric = memmem::find(slice(bytes, member.end..member.end + 16), b"oct").is_some();
    let mut next = 0;
    while let Some(found) = memchr::memchr(b':', slice(object, next..object.len())) {
        let colon = next + found;
        next = colon + 1;
        let name_end = run_start(object, colon, 4, |byte| matches!(byte, b'"' | b'\\' | b' '));
        let name_start = run_start(object, name_end, 4, |byte| byte.is_ascii_lowercase());
        let name = slice(object, name_start..name_end);
        if before(object, name_start) != b'"' || !(MEMBERS.contains(&name) || (symmetric && name == b"k")) {
            continue;
        }
        let value = run_end(object, colon + 1, 8, |byte| byte.is_ascii_whitespace());
        let Some(value) = quoted(object, value, LONGEST) else { continue };
        next = value.end;
        let long = value.len() >= 16;
        if long
            && slice(object, value.clone())
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
        {
            hits.add(PiiKind::PrivateKey, start + value.start..start + value.end);
        }
    }
}

/// All members but the modulus and the public exponent.
fn xml_key(text: &str, tag: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(tag.end + LONGEST);
    let end = memmem::find(slice(bytes, tag.end..limit), b"</RSA").map_or(limit, |found| tag.end + found);
    hits.skip_to(end);
    let mut next = tag.end;
    while let Some(found) = memchr::memchr(b'<', slice(bytes, next..end)) {
        let name = next + found + 1;
        let name_end = run_end(bytes, name, 10, |byte| byte.is_ascii_alphabetic());
        next = name_end.max(name);
        let private = [&b"P"[..], b"Q", b"DP", b"DQ", b"InverseQ", b"D"].contains(&slice(bytes, name..name_end));
        if !private || at(bytes, name_end) != b'>' {
            continue;
        }
        let value_end = run_end(bytes, name_end + 1, end - name_end, |byte| byte != b'<');
        hits.add(PiiKind::PrivateKey, name_end + 1..value_end);
        next = value_end;
    }
}

/// `priv:` and lines of bytes with colons between them.
fn printed(text: &str, label: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line = run_start(bytes, label.start, 4, |byte| byte == b' ');
    let belongs = |byte: u8| is_hex(byte) || byte == b':';
    let start = run_end(bytes, label.end, 80, |byte| byte.is_ascii_whitespace());
    let mut end = start;
    while end - start < LONGEST {
        let from = if end == start { start } else { run_end(bytes, end, 80, |byte| byte.is_ascii_whitespace()) };
        let to = run_end(bytes, from, 80, belongs);
        // The name of the next part may begin with a letter that is a digit, too.
        if to == from || !matches!(at(bytes, to), b'\n' | b'\r' | 0) || at(bytes, from + 2) != b':' && to - from > 2 {
            break;
        }
        end = to;
    }
    let lines = matches!(before(bytes, line), b'\n' | b'\r' | 0) && at(bytes, start + 2) == b':';
    if lines && end - start >= 20 && part(text, label.end..start).contains('\n') {
        hits.add(PiiKind::PrivateKey, start..end);
        hits.skip_to(end);
    }
}

/// All lines of digits, also when the end is missing.
fn static_key(text: &str, armor: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let gap = |start: usize| {
        let end = run_end(bytes, start, 40, |byte| byte.is_ascii_whitespace());
        if slice(bytes, end..end + 2) == br"\n" { end + 2 } else { end }
    };
    let start = gap(armor.end);
    let mut end = start;
    while end - start < 4096 {
        let from = if end == start { start } else { gap(end) };
        let to = run_end(bytes, from, 64, is_hex);
        if to - from < 16 {
            break;
        }
        end = to;
    }
    hits.add(PiiKind::PrivateKey, start..end);
    hits.skip_to(end);
}
