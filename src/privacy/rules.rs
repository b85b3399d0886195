//! The user's rules, ready to be used: what they find, and what they let stay.

use super::PrivacyError;
use crate::domain::{PiiKind, Rule, RuleAction, RuleError, RuleMatch, RuleScope, Unredacted};
use aho_corasick::{AhoCorasick, MatchKind};
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// Bytes that one compiled pattern may take, and that its cache may take.
const LARGEST_PATTERN: usize = 1024 * 1024;

/// Texts in which a pattern that can match nothing shows it.
const PROBES: [&str; 6] = ["", "a", "1 b", " ", "a.b-c_d: \"e\"", "é漢\n\nz"];

/// Enabled rules of one issue, compiled.
///
/// A rule of the issue counts more than one for all issues. Of two in the same scope, the one that redacts does.
#[derive(Clone, Default)]
pub struct Rules {
    words: Option<AhoCorasick>,
    any_case: Option<AhoCorasick>,
    patterns: Vec<Regex>,
    always_in_issue: Texts,
    never_in_issue: Texts,
    never_in_all: Texts,
    count: usize,
}

/// Whole values that rules are about.
#[derive(Clone, Default)]
struct Texts {
    words: HashSet<Unredacted>,
    /// In lower case.
    any_case: HashSet<Unredacted>,
    /// Each matches a whole value or not at all.
    patterns: Vec<Regex>,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rules({})", self.count)
    }
}

/// Whether a rule can be used: its text is long enough, and its pattern is one.
pub fn check_rule(rule: &Rule) -> Result<(), RuleError> {
    rule.validate()?;
    if rule.matcher == RuleMatch::Pattern {
        let found = pattern(rule.text.expose())?;
        if PROBES.iter().any(|probe| found.find_iter(probe).any(|one| one.range().is_empty())) {
            return Err(RuleError::MatchesNothing);
        }
        whole(rule.text.expose())?;
    }
    Ok(())
}

impl Rules {
    /// From rules as they are stored; those that are not enabled do not count.
    ///
    /// A rule that cannot be used fails all, by its number: without it something might leave that it is there to hold.
    pub fn compile(rules: &[Rule]) -> Result<Self, PrivacyError> {
        let mut compiled = Self::default();
        let (mut words, mut any_case) = (Vec::new(), Vec::new());
        for rule in rules.iter().filter(|rule| rule.enabled) {
            let refused = |source| PrivacyError::Rule { number: rule.number, source };
            check_rule(rule).map_err(refused)?;
            compiled.count += 1;
            let text = rule.text.expose();
            match (rule.action, rule.matcher) {
                (RuleAction::Always, RuleMatch::Words) => words.push(text),
                (RuleAction::Always, RuleMatch::AnyCase) => any_case.push(text),
                (RuleAction::Always, RuleMatch::Pattern) => compiled.patterns.push(pattern(text).map_err(refused)?),
                (RuleAction::Never, _) => {}
            }
            let texts = match (rule.action, rule.scope) {
                (RuleAction::Always, RuleScope::Issue(_)) => &mut compiled.always_in_issue,
                (RuleAction::Never, RuleScope::Issue(_)) => &mut compiled.never_in_issue,
                (RuleAction::Never, RuleScope::All) => &mut compiled.never_in_all,
                (RuleAction::Always, RuleScope::All) => continue,
            };
            texts.add(rule).map_err(refused)?;
        }
        compiled.words = finder(&words, false)?;
        compiled.any_case = finder(&any_case, true)?;
        Ok(compiled)
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Where the rules that always redact find something, unsorted.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for finder in self.words.iter().chain(&self.any_case) {
            let apart = finder.find_overlapping_iter(text).map(|one| one.range()).filter(|one| stands_apart(text, one));
            found.extend(apart);
        }
        for pattern in &self.patterns {
            found.extend(pattern.find_iter(text).map(|one| one.range()).filter(|one| !one.is_empty()));
        }
        found
    }

    /// Whether a rule says that this value stays.
    ///
    /// A pattern lets no secret stay: nobody can see all that it lets go. An exact text does; that is the user's word.
    pub(super) fn stays(&self, kind: PiiKind, value: &str) -> bool {
        if self.count == 0 {
            return false;
        }
        let in_issue = self.never_in_issue.has(value, !kind.is_secret());
        match kind {
            PiiKind::Custom => in_issue && !self.always_in_issue.has(value, true),
            _ => in_issue || self.never_in_all.has(value, !kind.is_secret()),
        }
    }
}

impl Texts {
    fn add(&mut self, rule: &Rule) -> Result<(), RuleError> {
        let text = rule.text.expose();
        match rule.matcher {
            RuleMatch::Words => drop(self.words.insert(rule.text.clone())),
            RuleMatch::AnyCase => drop(self.any_case.insert(text.to_ascii_lowercase().into())),
            RuleMatch::Pattern => self.patterns.push(whole(text)?),
        }
        Ok(())
    }

    fn has(&self, value: &str, by_pattern: bool) -> bool {
        (!self.words.is_empty() && self.words.contains(&Unredacted::from(value)))
            || (!self.any_case.is_empty() && self.any_case.contains(&Unredacted::new(value.to_ascii_lowercase())))
            || (by_pattern && self.patterns.iter().any(|pattern| pattern.is_match(value)))
    }
}

/// `^` and `$` are the ends of a line, so that the result does not depend on where a large log is cut.
fn pattern(text: &str) -> Result<Regex, RuleError> {
    let mut builder = RegexBuilder::new(text);
    builder.multi_line(true).size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => RuleError::TooLarge,
        _ => RuleError::Broken,
    })
}

/// The pattern for a whole value. A line break ends the comment that a verbose pattern may end with.
fn whole(text: &str) -> Result<Regex, RuleError> {
    pattern(&format!("\\A(?:{text})\\z")).or_else(|_in_a_comment| pattern(&format!("\\A(?:{text}\n)\\z")))
}

fn finder(words: &[&str], any_case: bool) -> Result<Option<AhoCorasick>, PrivacyError> {
    if words.is_empty() {
        return Ok(None);
    }
    let built = AhoCorasick::builder().ascii_case_insensitive(any_case).match_kind(MatchKind::Standard).build(words);
    built.map(Some).map_err(PrivacyError::KnownValues)
}

/// How a rule finds what was selected in a line, in that place and in others like it. `None` where nothing was.
///
/// A part of a longer word is found by a pattern, for exact text stands by itself.
pub fn rule_for(line: &str, selected: &Range<usize>) -> Option<(RuleMatch, String)> {
    let text = line.get(selected.clone())?;
    let start = selected.start + text.len() - text.trim_start().len();
    let text = text.trim();
    let range = start..start + text.len();
    if text.is_empty() {
        return None;
    }
    if stands_apart(line, &range) {
        return Some((RuleMatch::Words, text.to_owned()));
    }
    Some((RuleMatch::Pattern, regex::escape(text)))
}

/// Whether what stands here is no part of a longer word. An underscore does not make a word longer.
fn stands_apart(text: &str, range: &Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|before| before.chars().next_back());
    let after = text.get(range.end..).and_then(|after| after.chars().next());
    let glued = |one: Option<char>, other: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
    };
    !glued(before, inside.chars().next()) && !glued(inside.chars().next_back(), after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IssueId;
    use proptest::prelude::*;

    fn rule(action: RuleAction, matcher: RuleMatch, text: &str) -> Rule {
        Rule::new(RuleScope::All, action, matcher, text)
    }

    fn in_issue(mut rule: Rule) -> Rule {
        rule.scope = RuleScope::Issue(IssueId::new());
        rule
    }

    fn found(rules: &[Rule], text: &str) -> Vec<String> {
        let mut ranges = Rules::compile(rules).unwrap().find(text);
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges.into_iter().map(|range| text.get(range).unwrap().to_owned()).collect()
    }

    #[test]
    fn words_are_found_apart_from_other_letters() {
        let falcon = [rule(RuleAction::Always, RuleMatch::Words, "Falcon")];
        for (text, expected) in [
            ("Falcon and Falconry", 1),
            ("falcon", 0),
            ("falcon_Falcon_2", 1),
            ("(Falcon)", 1),
            ("éFalcon", 0),
            ("Falcon9", 0),
        ] {
            assert_eq!(found(&falcon, text).len(), expected, "{text}");
        }
        let any = [rule(RuleAction::Always, RuleMatch::AnyCase, "Projekt Ä")];
        assert_eq!(found(&any, "PROJEKT Ä, projekt ä"), ["PROJEKT Ä"], "only ASCII letters have two cases");
    }

    #[test]
    fn a_rule_for_a_selection_finds_the_selection() {
        let line = "job nightly-7 of acme_prod (v2)";
        for (selected, expected) in [
            ("nightly-7", RuleMatch::Words),
            (" acme", RuleMatch::Words),
            ("ightly-7", RuleMatch::Pattern),
            ("(v2)", RuleMatch::Words),
            ("v2) ", RuleMatch::Words),
        ] {
            let at = line.find(selected.trim_end()).unwrap();
            let range = at..(at + selected.len()).min(line.len());
            let (matcher, text) = rule_for(line, &range).unwrap();
            assert_eq!(matcher, expected, "{selected}");
            assert_eq!(found(&[rule(RuleAction::Always, matcher, &text)], line), [selected.trim()]);
        }
        assert_eq!(rule_for(line, &(3..4)), None);
        assert_eq!(rule_for(line, &(3..99)), None);
    }

    #[test]
    fn rules_that_overlap_find_all_that_each_finds() {
        let rules = [
            rule(RuleAction::Always, RuleMatch::Words, "ab cd"),
            rule(RuleAction::Always, RuleMatch::Words, "cd ef"),
            rule(RuleAction::Always, RuleMatch::Pattern, r"\bb?d\d+"),
        ];
        assert_eq!(found(&rules, "ab cd ef d12"), ["ab cd", "cd ef", "d12"]);
    }

    #[test]
    fn a_pattern_that_cannot_be_used_is_refused_and_says_why() {
        let cases = [
            ("(a", RuleError::Broken),
            ("a)|(b", RuleError::Broken),
            (".*", RuleError::MatchesNothing),
            (r"\b", RuleError::MatchesNothing),
            ("x?y*", RuleError::MatchesNothing),
            (r"^|$", RuleError::MatchesNothing),
            (r"\w{500}{500}", RuleError::TooLarge),
        ];
        for (text, expected) in cases {
            let rule = rule(RuleAction::Never, RuleMatch::Pattern, text);
            assert_eq!(check_rule(&rule), Err(expected), "{text}");
        }
        assert_eq!(check_rule(&rule(RuleAction::Always, RuleMatch::Words, "(")), Err(RuleError::TooShort));
        assert_eq!(check_rule(&rule(RuleAction::Always, RuleMatch::Words, "((")), Ok(()));
    }

    #[test]
    fn one_broken_rule_fails_all_by_its_number() {
        let mut broken = rule(RuleAction::Always, RuleMatch::Pattern, "(secret name");
        broken.number = 7;
        let rules = [rule(RuleAction::Always, RuleMatch::Words, "Falcon"), broken.clone()];
        let error = Rules::compile(&rules).unwrap_err();
        assert!(error.to_string().contains("rule 7") && !error.to_string().contains("secret name"), "{error}");
        broken.enabled = false;
        assert!(Rules::compile(&[broken]).unwrap().is_empty());
    }

    #[test]
    fn an_exact_text_lets_any_value_stay_and_a_pattern_no_secret() {
        let rules = [
            rule(RuleAction::Never, RuleMatch::Words, "changeme"),
            rule(RuleAction::Never, RuleMatch::Pattern, "demo-.+|ex # a comment"),
            rule(RuleAction::Never, RuleMatch::AnyCase, "Acme.Example"),
        ];
        let rules = Rules::compile(&rules).unwrap();
        for (kind, value, expected) in [
            (PiiKind::Password, "changeme", true),
            (PiiKind::Password, "changeme2", false),
            (PiiKind::Host, "demo-1", true),
            (PiiKind::Host, "not-demo-1", false),
            (PiiKind::Password, "demo-1", false),
            (PiiKind::Host, "ACME.example", true),
        ] {
            assert_eq!(rules.stays(kind, value), expected, "{kind:?} {value}");
        }
    }

    #[test]
    fn a_rule_of_the_issue_counts_more_and_of_two_beside_each_other_the_one_that_redacts() {
        let (always, never) = (RuleAction::Always, RuleAction::Never);
        let words = |action| rule(action, RuleMatch::Words, "Falcon");
        for (rules, stays) in [
            (vec![words(always), words(never)], false),
            (vec![words(always), in_issue(words(never))], true),
            (vec![in_issue(words(always)), words(never)], false),
            (vec![in_issue(words(always)), in_issue(words(never))], false),
        ] {
            assert_eq!(Rules::compile(&rules).unwrap().stays(PiiKind::Custom, "Falcon"), stays, "{rules:?}");
        }
    }

    #[test]
    fn a_verbose_pattern_may_end_with_a_comment() {
        let rules = [rule(RuleAction::Never, RuleMatch::Pattern, "(?x) demo # hosts of the demo")];
        assert!(Rules::compile(&rules).unwrap().stays(PiiKind::Host, "demo"));
    }

    proptest! {
        #[test]
        fn what_is_found_is_on_character_boundaries_and_not_empty(text in "[aÄb _\\n]{0,40}", word in "[aÄb _]{2,4}") {
            let rules = [
                rule(RuleAction::Always, RuleMatch::Words, &word),
                rule(RuleAction::Always, RuleMatch::Pattern, "Ä+|b$"),
            ];
            if let Ok(rules) = Rules::compile(&rules) {
                for range in rules.find(&text) {
                    prop_assert!(text.get(range.clone()).is_some_and(|found| !found.is_empty()));
                }
            }
        }

        #[test]
        fn any_text_is_a_rule_or_is_refused(text in "\\PC{0,40}") {
            for matcher in RuleMatch::ALL {
                let rule = rule(RuleAction::Always, *matcher, &text);
                prop_assert_eq!(check_rule(&rule).is_ok(), Rules::compile(&[rule]).is_ok());
            }
        }
    }
}
