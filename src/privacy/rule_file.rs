//! Rules as a file, to be kept beside other configuration or given to a colleague.
//!
//! ```toml
//! version = 1
//!
//! [[rule]]
//! action = "always"      # always: redact it; never: do not flag it
//! match = "words"        # words: exact text; any_case: text in any case; pattern: a regular expression
//! text = "Project Falcon"
//! enabled = true         # may be left out
//! ```
//!
//! A file holds rules for all issues. Fields that are not known are refused: a rule that is understood in part would
//! redact less than its author meant. Messages name lines and never quote the file.

use super::rules::check_rule;
use crate::domain::{Rule, RuleAction, RuleError, RuleMatch, RuleScope};
use serde::{Deserialize, Serialize};
use toml::Spanned;

const VERSION: u32 = 1;
/// A larger file is no list of rules.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Why a file of rules is refused. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileError {
    #[error("the file is too large for a list of rules")]
    TooLarge,
    #[error("line {line} is not as a file of rules has it{reason}")]
    Malformed { line: usize, reason: String },
    #[error("the file says version {0}, and this program reads version 1")]
    Version(u32),
    #[error("line {line}: {source}")]
    Rule { line: usize, source: RuleError },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    #[serde(default)]
    rule: Vec<Spanned<StoredRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRule {
    action: Spanned<String>,
    #[serde(rename = "match")]
    matcher: Spanned<String>,
    text: Spanned<String>,
    #[serde(default = "enabled")]
    enabled: bool,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

const fn enabled() -> bool {
    true
}

/// Reads rules for all issues. All of them are good, or none is returned.
pub fn read_rules(text: &str) -> Result<Vec<Rule>, RuleFileError> {
    if text.len() > MOST_BYTES {
        return Err(RuleFileError::TooLarge);
    }
    // A later version may have fields that are not known here, so its number is read first.
    if let Ok(Head { version }) = toml::from_str(text)
        && version != VERSION
    {
        return Err(RuleFileError::Version(version));
    }
    let stored: Stored = toml::from_str(text).map_err(|error| malformed(text, &error))?;
    if stored.version != VERSION {
        return Err(RuleFileError::Version(stored.version));
    }
    stored.rule.into_iter().map(|rule| rule_from(text, rule.into_inner())).collect()
}

fn rule_from(text: &str, stored: StoredRule) -> Result<Rule, RuleFileError> {
    let word = |at: usize, all: &[&str]| RuleFileError::Malformed {
        line: line_of(text, at),
        reason: format!(": it is one of {}", all.join(", ")),
    };
    let action = RuleAction::parse(stored.action.get_ref());
    let words: Vec<_> = RuleAction::ALL.iter().map(|one| one.as_str()).collect();
    let action = action.ok_or_else(|| word(stored.action.span().start, &words))?;
    let matcher = RuleMatch::parse(stored.matcher.get_ref());
    let words: Vec<_> = RuleMatch::ALL.iter().map(|one| one.as_str()).collect();
    let matcher = matcher.ok_or_else(|| word(stored.matcher.span().start, &words))?;
    let line = line_of(text, stored.text.span().start);
    let mut rule = Rule::new(RuleScope::All, action, matcher, stored.text.into_inner());
    rule.enabled = stored.enabled;
    check_rule(&rule).map_err(|source| RuleFileError::Rule { line, source })?;
    Ok(rule)
}

fn malformed(text: &str, error: &toml::de::Error) -> RuleFileError {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    // Other messages quote the file.
    let reason = error.message().strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let reason = reason.map_or_else(String::new, |field| format!(": {field} is missing"));
    RuleFileError::Malformed { line, reason }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    rule: Vec<WrittenRule<'a>>,
}

#[derive(Serialize)]
struct WrittenRule<'a> {
    action: &'a str,
    #[serde(rename = "match")]
    matcher: &'a str,
    text: &'a str,
    enabled: bool,
}

/// The rules as a file that [`read_rules`] reads. It is for this machine: it holds the texts of the rules.
pub fn write_rules<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Result<String, toml::ser::Error> {
    let rule = rules.into_iter().map(|rule| WrittenRule {
        action: rule.action.as_str(),
        matcher: rule.matcher.as_str(),
        text: rule.text.expose(),
        enabled: rule.enabled,
    });
    let body = toml::to_string(&Written { version: VERSION, rule: rule.collect() })?;
    Ok(format!("# Rules for what is redacted. Their texts may be confidential themselves.\n{body}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(body: &str) -> String {
        read_rules(body).unwrap_err().to_string()
    }

    #[test]
    fn a_file_that_is_not_right_is_refused_with_the_line_and_without_its_words() {
        let rule = "version = 1\n\n[[rule]]\naction = \"always\"\nmatch = \"words\"\ntext = \"Falcon\"\n";
        assert_eq!(read_rules(rule).unwrap().len(), 1);
        for (from, to, expected) in [
            ("\"always\"", "\"Falcon\"", "line 4 is not as a file of rules has it: it is one of always, never"),
            ("\"words\"", "\"x\"", "line 5 is not as a file of rules has it: it is one of words, any_case, pattern"),
            ("\"Falcon\"", "\"F\"", "line 6: the text of a rule needs at least two characters"),
            ("\"Falcon\"", "17", "line 6 is not as a file of rules has it"),
            ("text", "texts", "line 6 is not as a file of rules has it"),
            ("version = 1", "version = 2\nnew = 3", "the file says version 2, and this program reads version 1"),
            ("version = 1", "", "line 1 is not as a file of rules has it: version is missing"),
            ("[[rule]]", "[[rule", "line 3 is not as a file of rules has it"),
            ("text = \"Falcon\"\n", "", "line 3 is not as a file of rules has it: text is missing"),
        ] {
            assert_eq!(refused(&rule.replacen(from, to, 1)), expected, "{to}");
        }
        let pattern = rule.replace("\"words\"", "\"pattern\"").replace("Falcon", "(Falcon");
        assert_eq!(refused(&pattern), "line 6: the pattern is not a regular expression");
    }

    #[test]
    fn an_empty_list_is_a_list() {
        assert_eq!(read_rules("version = 1").unwrap(), []);
    }

    proptest! {
        #[test]
        fn rules_survive_the_way_to_a_file_and_back(texts in prop::collection::vec("\\PC{2,30}", 0..6), on: bool) {
            let rules = texts.iter().map(|text| Rule::new(RuleScope::All, RuleAction::Never, RuleMatch::Words, text.as_str()));
            let mut rules: Vec<_> = rules.filter(|rule| check_rule(rule).is_ok()).collect();
            for rule in &mut rules {
                rule.enabled = on;
            }
            let read = read_rules(&write_rules(&rules).unwrap()).unwrap();
            prop_assert_eq!(read.len(), rules.len());
            prop_assert!(read.iter().zip(&rules).all(|(one, other)| one.is_same(other) && one.enabled == on));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(version = 1\n)?\\PC{0,60}") {
            let _unless_it_panics = read_rules(&text);
        }
    }
}
