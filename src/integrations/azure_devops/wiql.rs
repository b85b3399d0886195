//! Texts in WIQL.

/// Longer texts are refused by the service.
const MAX_CHARS: usize = 200;

/// A text in its quotes: quotes within it doubled, so that it cannot end early, and nothing that breaks a line.
///
/// Source: <https://learn.microsoft.com/azure/devops/boards/queries/wiql-syntax>.
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cut: String = text.trim().chars().take(MAX_CHARS).collect();
    format!("'{}'", cut.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        let cases = [
            ("pool", "'pool'"),
            ("a' OR [System.Id] > '0", "'a'' OR [System.Id] > ''0'"),
            ("''", "''''''"),
            ("a\n\"b\" ^ ]]> ${x}", "'a \"b\" ^ ]]> ${x}'"),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        let long = quoted(&"'".repeat(900));
        assert_eq!(long.matches('\'').count() % 2, 0);
    }
}
