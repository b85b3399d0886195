//! Words in an encoded query.

/// Longer texts are cut: the address of a request has its limits.
const MAX_CHARS: usize = 200;

/// The words with nothing in them that an encoded query would read as an operator.
///
/// There is no escape for `^` (<https://www.servicenow.com/docs/csh?topicname=c_EncodedQueryStrings.html>), so it becomes a
/// blank, and so does what begins a script (`javascript:`) and every control character.
pub(super) fn harmless(text: &str) -> String {
    let text: String = text.chars().map(|c| if c == '^' || c.is_control() { ' ' } else { c }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut words = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.to_ascii_lowercase().find("javascript:") {
        let (before, script) = rest.split_at(at);
        words.push_str(before);
        words.push(' ');
        rest = script.split_once(':').map_or("", |(_, rest)| rest);
    }
    words.push_str(rest);
    words.trim().chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_no_operator() {
        let cases = [
            ("disk full", "disk full"),
            ("a^ORactive=true", "a ORactive=true"),
            ("x^NQnumberLIKEINC", "x NQnumberLIKEINC"),
            ("javascript:gs.getUserID()", "gs.getUserID()"),
            ("a JavaScript:x ^ javascript:y", "a  x  y"),
            ("\" ' ]]> ${x}\n\u{0}", "\" ' ]]> ${x}"),
        ];
        for (text, expected) in cases {
            assert_eq!(harmless(text), expected, "{text:?}");
            assert!(!harmless(text).contains('^'));
        }
        assert_eq!(harmless(&"ä".repeat(500)).chars().count(), MAX_CHARS);
    }
}
