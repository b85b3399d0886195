//! What varies in a line is masked, so that lines of one kind become equal.
//!
//! Numbers, hexadecimal identifiers, UUIDs, addresses and paths become [`VARIABLE`].

/// What stands for a value that varies.
pub(super) const VARIABLE: &str = "<*>";

/// Words of a line that are looked at; what follows varies too much to tell kinds apart.
const MAX_WORDS: usize = 48;

/// Writes the masked words of `text` into `out`, joined by single spaces, after clearing it.
pub(super) fn mask_into(text: &str, out: &mut String) {
    out.clear();
    for word in text.split_ascii_whitespace().take(MAX_WORDS) {
        if !out.is_empty() {
            out.push(' ');
        }
        mask_word(word, out);
    }
}

fn mask_word(word: &str, out: &mut String) {
    let bytes = word.as_bytes();
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if !has_digit && !bytes.contains(&b'/') && word.len() < 24 {
        out.push_str(word);
        return;
    }
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80) {
            at += 1;
        }
        if at > start {
            mask_run(word, start, at, out);
            continue;
        }
        if let Some(end) = path_end(bytes, at) {
            push_variable(out);
            at = end;
            continue;
        }
        push_byte(bytes, at, out);
        at += 1;
    }
}

/// One run of letters and digits: kept if it is a word, masked if it varies.
fn mask_run(word: &str, start: usize, end: usize, out: &mut String) {
    let Some(run) = word.get(start..end) else { return };
    let bytes = run.as_bytes();
    let varies = bytes.iter().any(u8::is_ascii_digit)
        || (bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit))
        || bytes.len() > 40;
    if varies { push_variable(out) } else { out.push_str(run) }
}

/// `/var/log/app` and the like: where the path that begins at `at` ends, if it has at least two parts.
fn path_end(bytes: &[u8], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if bytes.get(at) != Some(&b'/') || before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'/') {
        return None;
    }
    let rest = bytes.get(at..)?;
    let length = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'%' | b'~')))
        .unwrap_or(rest.len());
    let parts = rest.get(..length)?.windows(2).filter(|pair| matches!(pair, [b'/', next] if *next != b'/')).count();
    (parts >= 2).then_some(at + length)
}

/// Adjoining variables, also with a separator between them, become one: an address is one value, not four.
fn push_variable(out: &mut String) {
    let joined = out.strip_suffix(['.', ':', '-', '/', '_', ',']).is_some_and(|before| before.ends_with(VARIABLE));
    if joined {
        out.pop();
    } else if !out.ends_with(VARIABLE) {
        out.push_str(VARIABLE);
    }
}

fn push_byte(bytes: &[u8], at: usize, out: &mut String) {
    // Everything that is not ASCII belongs to a run, so this is one whole character.
    if let Some(byte) = bytes.get(at) {
        out.push(char::from(*byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask(text: &str) -> String {
        let mut out = String::new();
        mask_into(text, &mut out);
        out
    }

    #[test]
    fn values_are_masked_and_words_kept() {
        let cases = [
            ("request took 123 ms", "request took <*> ms"),
            ("connect to 10.2.3.4:5432 failed", "connect to <*> failed"),
            ("HikariPool-1 - timed out after 30000ms", "HikariPool-<*> - timed out after <*>"),
            ("id=550e8400-e29b-41d4-a716-446655440000 done", "id=<*> done"),
            ("commit deadbee7", "commit <*>"),
            ("write to /var/log/app/x.log failed", "write to <*> failed"),
            ("path=/var/lib/pg,mode=rw", "path=<*>,mode=rw"),
            ("and/or", "and/or"),
            ("pod checkout-7d9f8b6c5-x2k4q", "pod checkout-<*>"),
            ("größe 5 äöü", "größe <*> äöü"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,120}") {
            mask(&text);
        }
    }
}
