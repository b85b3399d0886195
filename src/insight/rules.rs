//! The rule base of the built-in guide: data in `assets/knowledge`, compiled in. Adding a rule needs no code.

use super::summary::{Insight, SeenLine, TemplateStat};
use crate::domain::{Domain, RootCauseCategory};
use regex::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The files, each with the domain that it is about; the first one is about all.
const FILES: &[(Option<Domain>, &str)] = &[
    (None, include_str!("../../assets/knowledge/general.toml")),
    (Some(Domain::Linux), include_str!("../../assets/knowledge/linux.toml")),
    (Some(Domain::Databases), include_str!("../../assets/knowledge/databases.toml")),
    (Some(Domain::Kubernetes), include_str!("../../assets/knowledge/kubernetes.toml")),
    (Some(Domain::Network), include_str!("../../assets/knowledge/network.toml")),
];

/// Evidence lines kept for one rule.
const MAX_LINES: usize = 24;

/// Where in a chain from effect to cause a rule usually stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// What users or monitors notice.
    Symptom,
    /// What leads from a cause to what is noticed.
    Mechanism,
    /// What set it off: a change, a limit, a fault.
    Cause,
}

/// One piece of knowledge: what a line usually means, and what to ask next.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    /// A regular expression; upper and lower case are the same.
    pub pattern: String,
    pub kind: RuleKind,
    /// One sentence, without a period at the end.
    pub meaning: String,
    /// The next why.
    pub question: String,
    /// How to verify it: a command, and what to look for.
    pub check: String,
    /// Typical causes, in words.
    pub causes: Vec<String>,
    category: String,
    /// Whether this is typically where the chain ends.
    #[serde(default)]
    pub root: bool,
    /// Ids of rules that typically cause this one.
    #[serde(default)]
    pub follows: Vec<String>,
    /// A line that matches.
    pub example: String,
    /// A similar line that does not.
    pub counter_example: String,
    #[serde(skip)]
    pub domain: Option<Domain>,
}

impl Rule {
    pub fn category(&self) -> RootCauseCategory {
        RootCauseCategory::parse(&self.category).unwrap_or(RootCauseCategory::Unknown)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// What is wrong with a rule base.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    #[error("a knowledge file is not as it should be")]
    Syntax(#[from] toml::de::Error),
    #[error("a pattern is not a regular expression")]
    Pattern(#[from] regex::Error),
    #[error("two rules are called {0}")]
    Twice(String),
    #[error("rule {rule} follows {follows}, which does not exist")]
    UnknownRule { rule: String, follows: String },
    #[error("rule {0} has an unknown category")]
    UnknownCategory(String),
}

/// Place of a rule in [`RuleBase::rules`].
pub type RuleIndex = usize;

/// All rules, ready to be matched at once.
#[derive(Debug)]
pub struct RuleBase {
    pub rules: Vec<Rule>,
    set: RegexSet,
    /// For each rule, the rules that typically cause it.
    causes: Vec<Vec<RuleIndex>>,
}

/// A rule that matched lines of the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleHit {
    pub rule: RuleIndex,
    /// Matching lines, by time; some of many.
    pub lines: Vec<SeenLine>,
    /// Lines of the matching templates.
    pub count: u64,
}

static BUILT_IN: LazyLock<RuleBase> = LazyLock::new(|| {
    // A test reads the same files, so that a broken one is never shipped; without rules the guide still asks.
    RuleBase::parse(FILES).unwrap_or_else(|_| RuleBase {
        rules: Vec::new(),
        set: RegexSet::empty(),
        causes: Vec::new(),
    })
});

impl RuleBase {
    /// The rules that are compiled in.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn parse(files: &[(Option<Domain>, &str)]) -> Result<Self, KnowledgeError> {
        let mut rules: Vec<Rule> = Vec::new();
        for (domain, text) in files {
            let file: File = toml::from_str(text)?;
            rules.extend(file.rule.into_iter().map(|rule| Rule { domain: *domain, ..rule }));
        }
        let set = RegexSetBuilder::new(rules.iter().map(|rule| &rule.pattern))
            .case_insensitive(true)
            .size_limit(64 << 20)
            .build()?;
        let causes = resolve(&rules)?;
        Ok(Self { rules, set, causes })
    }

    pub fn get(&self, rule: RuleIndex) -> Option<&Rule> {
        self.rules.get(rule)
    }

    /// The rules that typically cause this one.
    pub fn causes_of(&self, rule: RuleIndex) -> &[RuleIndex] {
        self.causes.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The rules that a text matches.
    pub fn matching(&self, text: &str) -> Vec<RuleIndex> {
        self.set.matches(text).into_iter().collect()
    }

    /// The rules that the logs' kinds of lines match, each with its lines by time.
    pub fn hits(&self, insight: &Insight) -> Vec<RuleHit> {
        let mut hits: HashMap<RuleIndex, RuleHit> = HashMap::new();
        for template in &insight.templates {
            self.add_template(template, &mut hits);
        }
        self.add_traces(insight, &mut hits);
        let mut hits: Vec<RuleHit> = hits.into_values().collect();
        for hit in &mut hits {
            hit.lines.sort_by_key(|line| (line.time.is_none(), line.time, line.at));
            hit.lines.dedup_by_key(|line| line.at);
            thin_out(&mut hit.lines);
        }
        hits.sort_by_key(|hit| hit.rule);
        hits
    }

    fn add_template(&self, template: &TemplateStat, hits: &mut HashMap<RuleIndex, RuleHit>) {
        let mut counted: Vec<RuleIndex> = Vec::new();
        for example in &template.examples {
            for rule in self.set.matches(example.text.expose()) {
                let hit = hits.entry(rule).or_insert_with(|| RuleHit { rule, lines: Vec::new(), count: 0 });
                hit.lines.push(example.clone());
                let is_new = !counted.contains(&rule);
                hit.count += u64::from(is_new) * template.count;
                counted.extend(is_new.then_some(rule));
            }
        }
    }

    fn add_traces(&self, insight: &Insight, hits: &mut HashMap<RuleIndex, RuleHit>) {
        for group in &insight.traces {
            let text = format!("{}: {}", group.kind.expose(), group.message.expose());
            for rule in self.set.matches(&text) {
                let hit = hits.entry(rule).or_insert_with(|| RuleHit { rule, lines: Vec::new(), count: group.count });
                hit.lines.push(SeenLine { at: group.first, time: group.first_time, text: text.clone().into() });
            }
        }
    }
}

/// Keeps the first and the last lines of many.
fn thin_out(lines: &mut Vec<SeenLine>) {
    if lines.len() > MAX_LINES {
        lines.drain(MAX_LINES / 2..lines.len() - MAX_LINES / 2);
    }
}

fn resolve(rules: &[Rule]) -> Result<Vec<Vec<RuleIndex>>, KnowledgeError> {
    let mut places: HashMap<&str, RuleIndex> = HashMap::new();
    for (place, rule) in rules.iter().enumerate() {
        if places.insert(&rule.id, place).is_some() {
            return Err(KnowledgeError::Twice(rule.id.clone()));
        }
        if RootCauseCategory::parse(&rule.category).is_none() {
            return Err(KnowledgeError::UnknownCategory(rule.id.clone()));
        }
    }
    let place_of = |rule: &Rule, id: &String| {
        let unknown = || KnowledgeError::UnknownRule { rule: rule.id.clone(), follows: id.clone() };
        places.get(id.as_str()).copied().ok_or_else(unknown)
    };
    rules.iter().map(|rule| rule.follows.iter().map(|id| place_of(rule, id)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_are_compiled_in_are_sound() {
        let base = RuleBase::parse(FILES).unwrap();
        assert!(base.rules.len() >= 90, "{}", base.rules.len());
        for (place, rule) in base.rules.iter().enumerate() {
            assert!(base.matching(&rule.example).contains(&place), "{}: its example does not match", rule.id);
            assert!(!base.matching(&rule.counter_example).contains(&place), "{}: its counter-example matches", rule.id);
            assert!(!rule.causes_of_itself(), "{}: follows itself", rule.id);
            assert!(rule.question.ends_with('?'), "{}: the question does not ask", rule.id);
            assert!(!rule.meaning.ends_with('.'), "{}: the meaning ends with a period", rule.id);
            assert!(!rule.check.is_empty() && !rule.causes.is_empty(), "{}: says too little", rule.id);
        }
    }

    #[test]
    fn every_file_has_enough_rules() {
        for (domain, text) in FILES {
            let file: File = toml::from_str(text).unwrap();
            assert!(file.rule.len() >= 15, "{domain:?} has {}", file.rule.len());
        }
    }

    #[test]
    fn a_rule_that_follows_nothing_known_is_refused() {
        let text = FILES[0].1.replacen("follows = [\"", "follows = [\"no-such-rule\", \"", 1);
        let error = RuleBase::parse(&[(None, &text)]).unwrap_err();
        assert!(matches!(error, KnowledgeError::UnknownRule { .. }), "{error}");
    }

    impl Rule {
        fn causes_of_itself(&self) -> bool {
            self.follows.contains(&self.id)
        }
    }
}
