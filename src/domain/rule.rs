//! The user's own rules for what is redacted.

use super::issue::words;
use super::{IssueId, RuleId, Unredacted};

/// The longest text of a rule, in bytes.
const LONGEST: usize = 1000;
/// The shortest text, in characters: a single letter would take every text apart.
const SHORTEST: usize = 2;

words! {
    /// What a rule does.
    RuleAction {
        /// What it finds is a finding of the kind `Custom`.
        Always = "always", "Always redact";
        /// What it finds is no finding.
        Never = "never", "Never flag";
    }
}

words! {
    /// How a rule finds a text.
    RuleMatch {
        /// The text itself, apart from other letters and digits.
        Words = "words", "Exact text";
        /// As `Words`; upper and lower case of ASCII letters are the same.
        AnyCase = "any_case", "Text in any case";
        /// A regular expression.
        Pattern = "pattern", "Pattern";
    }
}

/// Where a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleScope {
    Issue(IssueId),
    /// In all issues, those to come included.
    All,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: RuleId,
    /// Given by the store, from 1, and never given again; 0 for a rule that is not stored. Messages name rules by it,
    /// because the text of a rule stays on this machine.
    pub number: u64,
    pub scope: RuleScope,
    pub action: RuleAction,
    pub matcher: RuleMatch,
    pub text: Unredacted,
    pub enabled: bool,
}

/// Why the text of a rule is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("the text of a rule needs at least two characters")]
    TooShort,
    #[error("the text of a rule is at most 1,000 bytes long")]
    TooLong,
    #[error("the text of a rule is one line")]
    ManyLines,
    #[error("the pattern is not a regular expression")]
    Broken,
    #[error("the pattern is too large")]
    TooLarge,
    #[error("the pattern matches where there is nothing")]
    MatchesNothing,
}

impl Rule {
    pub fn new(scope: RuleScope, action: RuleAction, matcher: RuleMatch, text: impl Into<Unredacted>) -> Self {
        Self { id: RuleId::new(), number: 0, scope, action, matcher, text: text.into(), enabled: true }
    }

    /// Whether two rules do the same, whatever their names.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.scope, self.action, self.matcher) == (other.scope, other.action, other.matcher) && self.text == other.text
    }

    /// Checks what needs no compiling; `privacy::check_rule` checks the rest.
    pub fn validate(&self) -> Result<(), RuleError> {
        let text = self.text.expose();
        if text.trim().chars().take(SHORTEST).count() < SHORTEST {
            return Err(RuleError::TooShort);
        }
        if text.len() > LONGEST {
            return Err(RuleError::TooLong);
        }
        if text.contains(['\n', '\r']) {
            return Err(RuleError::ManyLines);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_nothing_or_too_much_is_refused() {
        let long = "x".repeat(LONGEST + 1);
        let cases = [
            (" x ", Err(RuleError::TooShort)),
            ("", Err(RuleError::TooShort)),
            ("漢字", Ok(())),
            (long.as_str(), Err(RuleError::TooLong)),
            ("one\ntwo", Err(RuleError::ManyLines)),
        ];
        for (text, expected) in cases {
            let rule = Rule::new(RuleScope::All, RuleAction::Always, RuleMatch::Words, text);
            assert_eq!(rule.validate(), expected, "{} bytes", text.len());
        }
    }
}
