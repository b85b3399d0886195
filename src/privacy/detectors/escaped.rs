//! Escapes of URLs and of JSON: what ends one is no part of the value behind it.

use super::bytes::{at, before, holds, line_before, slice};

/// How far back on its line the signs of JSON are looked for.
const NEAR: usize = 200;

/// Whether an escape ends right before a place: `%3D`, `%253D`, `\u003c`, `\n`.
pub(super) fn ends_at(bytes: &[u8], place: usize) -> bool {
    ends_percent(bytes, place)
        || is_unicode(slice(bytes, place.saturating_sub(6)..place))
        || matches!(slice(bytes, place.saturating_sub(2)..place), br"\n" | br"\r" | br"\t")
}

/// Whether `%3D` or `%253D` ends right before a place.
pub(super) fn ends_percent(bytes: &[u8], place: usize) -> bool {
    let Some(start) = place.checked_sub(2) else { return false };
    is_sign(slice(bytes, start..place))
        && (before(bytes, start) == b'%' || slice(bytes, start.saturating_sub(3)..start) == b"%25")
}

/// Where a word really begins that seems to begin right behind `%` or a backslash.
pub(super) fn begin_of(bytes: &[u8], start: usize) -> usize {
    match before(bytes, start) {
        b'%' if slice(bytes, start..start + 2) == b"25" && is_sign(slice(bytes, start + 2..start + 4)) => start + 4,
        b'%' if is_sign(slice(bytes, start..start + 2)) => start + 2,
        b'\\' if is_unicode(slice(bytes, start - 1..start + 5)) => start + 5,
        b'\\' if is_line_break(bytes, start - 1) => start + 1,
        _ => start,
    }
}

/// Whether the backslash at a place begins `\n`, `\r` or `\t`: JSON cannot have it otherwise, and a path can.
pub(super) fn is_line_break(bytes: &[u8], backslash: usize) -> bool {
    let line = || line_before(bytes, backslash, NEAR);
    matches!(at(bytes, backslash + 1), b'n' | b'r' | b't')
        && before(bytes, backslash) != b'\\'
        && (holds(line(), "\":") || holds(line(), "\\\"") || holds(line(), "\\n") || holds(line(), "-----"))
}

/// Whether the part of a URL begins here that names a machine: behind `%2F%2F` or `%40`.
pub(super) fn begins_authority(bytes: &[u8], start: usize) -> bool {
    let behind = |sign: &[u8]| slice(bytes, start.saturating_sub(sign.len())..start).eq_ignore_ascii_case(sign);
    behind(b"%2f%2f") || behind(b"%252f%252f") || behind(b"%40") || behind(b"%2540")
}

/// Two digits of a sign of ASCII: no letter, no digit.
fn is_sign(pair: &[u8]) -> bool {
    let [first, second] = pair else { return false };
    let nibble = |byte: u8| char::from(byte).to_digit(16);
    let code = nibble(*first).zip(nibble(*second)).and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
    code.is_some_and(|code| matches!(code, b'\t' | b'\n' | b'\r' | b' '..=b'~') && !code.is_ascii_alphanumeric())
}

/// `\u003c`: a sign of ASCII, as JSON may write it.
fn is_unicode(escape: &[u8]) -> bool {
    escape.strip_prefix(br"\u00").is_some_and(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_told_from_what_follows_them() {
        for (text, begin) in [
            ("a%3Dx", 4),
            ("a%253Dx", 6),
            (r"a\u003cx", 7),
            (r#""a":"b\nx"#, 8),
            ("a%dx", 2),
            (r"C:\name", 3),
            (r"a\\nx", 3),
        ] {
            let start = text.rfind(['%', '\\']).unwrap() + 1;
            assert_eq!(begin_of(text.as_bytes(), start), begin, "{text}");
        }
        assert!(ends_at(b"a%2F", 4) && ends_at(b"a%252f", 6) && ends_at(br"a\u0026", 7) && ends_at(br"a\n", 3));
        assert!(!ends_at(b"a%41", 4) && !ends_at(b"a3D", 3) && !ends_at(b"", 0));
    }
}
