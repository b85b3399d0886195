//! Single fields of a JSON line, found without parsing the whole line.

/// The raw value of the first of `names` that stands as a key in `line`: without quotes, escapes left as they are.
///
/// A key inside a nested object is found too; for what logs need, that does no harm.
pub(super) fn field<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| one_field(line, name))
}

fn one_field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(line.as_bytes().get(from..)?, name.as_bytes()) {
        let start = from + at;
        from = start + name.len();
        let quoted = start.checked_sub(1).and_then(|before| line.as_bytes().get(before)) == Some(&b'"');
        let Some(rest) = line.get(from..).and_then(|rest| rest.strip_prefix('"')).filter(|_| quoted) else { continue };
        if let Some(value) = rest.trim_start().strip_prefix(':') {
            return Some(value_at(value.trim_start()));
        }
    }
    None
}

fn value_at(text: &str) -> &str {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '}', ']', ' ']).unwrap_or(text.len());
        return text.get(..end).unwrap_or(text);
    };
    let bytes = quoted.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return quoted.get(..at).unwrap_or(quoted);
        }
        at += 2;
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_found() {
        let line = r#"{"a":"level","level": "error","n":12,"msg":"say \"hi\" ü"}"#;
        assert_eq!(field(line, &["level"]), Some("error"));
        assert_eq!(field(line, &["missing", "n"]), Some("12"));
        assert_eq!(field(line, &["msg"]), Some(r#"say \"hi\" ü"#));
        assert_eq!(field(line, &["sg"]), None);
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in "[{}\":\\\\,a-cä ]{0,60}") {
            field(&line, &["a", "b", "ä"]);
        }
    }
}
