//! The rule base of the built-in guide: data in `assets/knowledge`, compiled in. Adding a rule needs no code.

use super::literals::required;
use super::summary::{Insight, SeenLine, TemplateStat};
use crate::domain::{Domain, RootCauseCategory};
use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// The files, each with the domain that it is about; the first one is about all.
const FILES: &[(Option<Domain>, &str)] = &[
    (None, include_str!("../../assets/knowledge/general.toml")),
    (Some(Domain::Linux), include_str!("../../assets/knowledge/linux.toml")),
    (Some(Domain::Windows), include_str!("../../assets/knowledge/windows.toml")),
    (Some(Domain::Network), include_str!("../../assets/knowledge/network.toml")),
    (Some(Domain::Kubernetes), include_str!("../../assets/knowledge/kubernetes.toml")),
    (Some(Domain::Databases), include_str!("../../assets/knowledge/databases.toml")),
    (Some(Domain::Virtualization), include_str!("../../assets/knowledge/virtualization.toml")),
    (Some(Domain::Hardware), include_str!("../../assets/knowledge/hardware.toml")),
    (Some(Domain::Observability), include_str!("../../assets/knowledge/observability.toml")),
    (Some(Domain::Telephony), include_str!("../../assets/knowledge/telephony.toml")),
    (Some(Domain::Security), include_str!("../../assets/knowledge/security.toml")),
    (Some(Domain::PublicSafety), include_str!("../../assets/knowledge/public_safety.toml")),
    (Some(Domain::Application), include_str!("../../assets/knowledge/application.toml")),
    (Some(Domain::Automation), include_str!("../../assets/knowledge/automation.toml")),
    (Some(Domain::HpeInfra), include_str!("../../assets/knowledge/hpe_infra.toml")),
    (Some(Domain::DellHardware), include_str!("../../assets/knowledge/dell_hardware.toml")),
    (Some(Domain::Identity), include_str!("../../assets/knowledge/identity.toml")),
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

/// What kind of moment a matching line marks on the time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleMoment {
    /// A new version went live.
    Deploy,
    /// A setting was changed.
    Config,
    /// Some other change: packages, schema, hardware, scale.
    Change,
    /// A service or machine started, stopped or failed over.
    Restart,
    /// Something works again.
    Recovery,
}

impl RuleMoment {
    /// Whether somebody or something changed the system, as opposed to the system reacting.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Deploy | Self::Config | Self::Change)
    }
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
    /// Whether, as a cause, it explains only what names the same port, where both name one.
    #[serde(default)]
    pub same_port: bool,
    /// What a matching line marks on the time line, if anything.
    pub moment: Option<RuleMoment>,
    /// Lines that match, at least one.
    pub examples: Vec<String>,
    /// Similar lines that do not, at least one.
    pub counter_examples: Vec<String>,
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
    #[error("the texts to look for are too many")]
    Texts(#[from] aho_corasick::BuildError),
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
#[derive(Debug, Default)]
pub struct RuleBase {
    pub rules: Vec<Rule>,
    /// Finds the texts without which a pattern cannot match; few lines hold any.
    finder: Option<AhoCorasick>,
    /// The rule to which each of these texts belongs.
    owners: Vec<RuleIndex>,
    /// Rules whose pattern has no such text: they are tried on every line.
    always: Vec<RuleIndex>,
    /// Each pattern is compiled when it is first tried: most never are.
    patterns: Vec<OnceLock<Option<Regex>>>,
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
    RuleBase::parse(FILES).unwrap_or_default()
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
        Self::of_rules(rules)
    }

    fn of_rules(rules: Vec<Rule>) -> Result<Self, KnowledgeError> {
        let causes = resolve(&rules)?;
        let (mut texts, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (place, rule) in rules.iter().enumerate() {
            let needed = required(&rule.pattern);
            if needed.is_empty() {
                always.push(place);
            }
            owners.extend(needed.iter().map(|_| place));
            texts.extend(needed);
        }
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(&texts)?;
        let patterns = rules.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { rules, finder: Some(finder), owners, always, patterns, causes })
    }

    pub fn get(&self, rule: RuleIndex) -> Option<&Rule> {
        self.rules.get(rule)
    }

    /// The rules that typically cause this one.
    pub fn causes_of(&self, rule: RuleIndex) -> &[RuleIndex] {
        self.causes.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The rules that a text matches, in the order of [`Self::rules`].
    pub fn matching(&self, text: &str) -> Vec<RuleIndex> {
        let mut candidates = self.always.clone();
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text));
        candidates.extend(found.filter_map(|found| self.owners.get(found.pattern().as_usize()).copied()));
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|rule| self.pattern(*rule).is_some_and(|pattern| pattern.is_match(text.as_bytes())));
        candidates
    }

    /// The compiled pattern of a rule. Tests see to it that each one compiles.
    fn pattern(&self, rule: RuleIndex) -> Option<&Regex> {
        let compiled = self.patterns.get(rule)?;
        compiled.get_or_init(|| compile(&self.rules.get(rule)?.pattern).ok()).as_ref()
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
            for rule in self.matching(example.text.expose()) {
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
            for rule in self.matching(&text) {
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

/// Upper and lower case alike; letters and word ends are those of ASCII, which is faster and what logs are written in.
fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).unicode(false).build()
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
        let wrong: Vec<String> = (0..base.rules.len()).flat_map(|place| faults(&base, place)).collect();
        assert_eq!(wrong, Vec::<String>::new());
    }

    fn faults(base: &RuleBase, place: RuleIndex) -> Vec<String> {
        let rule = &base.rules[place];
        let missed = rule.examples.iter().filter(|line| !base.matching(line).contains(&place));
        let loose = rule.counter_examples.iter().filter(|line| base.matching(line).contains(&place));
        let mut found: Vec<String> = missed.map(|line| format!("{}: does not match {line}", rule.id)).collect();
        found.extend(loose.map(|line| format!("{}: matches {line}", rule.id)));
        let claims = [
            (compile(&rule.pattern).is_ok(), "the pattern is not a regular expression"),
            (!rule.examples.is_empty() && !rule.counter_examples.is_empty(), "has no example"),
            (!rule.follows.contains(&rule.id), "follows itself"),
            (rule.question.ends_with('?'), "the question does not ask"),
            (!rule.meaning.ends_with('.'), "the meaning ends with a period"),
            (!rule.check.is_empty() && !rule.causes.is_empty(), "says too little"),
            (!rule.root || rule.kind == RuleKind::Cause, "only a cause ends a chain"),
        ];
        found.extend(claims.iter().filter(|(holds, _)| !holds).map(|(_, fault)| format!("{}: {fault}", rule.id)));
        found
    }

    #[test]
    fn every_domain_has_enough_rules() {
        let base = RuleBase::parse(FILES).unwrap();
        for domain in Domain::ALL {
            let count = base.rules.iter().filter(|rule| rule.domain == Some(*domain)).count();
            assert!(count >= 20, "{domain:?} has {count}");
        }
    }

    #[test]
    fn every_pattern_names_a_text_that_is_looked_for_first() {
        let base = RuleBase::parse(FILES).unwrap();
        let slow: Vec<&str> = base.always.iter().map(|rule| base.rules[*rule].id.as_str()).collect();
        assert_eq!(slow, Vec::<&str>::new());
    }

    #[test]
    fn looking_for_texts_first_loses_no_match() {
        let base = RuleBase::parse(FILES).unwrap();
        let patterns: Vec<Regex> = base.rules.iter().map(|rule| compile(&rule.pattern).unwrap()).collect();
        for line in base.rules.iter().flat_map(|rule| rule.examples.iter().chain(&rule.counter_examples)) {
            let all: Vec<RuleIndex> =
                (0..patterns.len()).filter(|place| patterns[*place].is_match(line.as_bytes())).collect();
            assert_eq!(base.matching(line), all, "{line}");
        }
    }

    #[test]
    fn no_two_rules_say_the_same() {
        let base = RuleBase::parse(FILES).unwrap();
        let mut told: HashMap<String, &str> = HashMap::new();
        for rule in &base.rules {
            let before = told.insert(rule.meaning.to_lowercase(), &rule.id);
            assert_eq!(before, None, "{} says what another rule says", rule.id);
        }
    }

    #[test]
    fn a_rule_that_follows_nothing_known_is_refused() {
        let text = FILES[0].1.replacen("follows = [\"", "follows = [\"no-such-rule\", \"", 1);
        let error = RuleBase::parse(&[(None, &text)]).unwrap_err();
        assert!(matches!(error, KnowledgeError::UnknownRule { .. }), "{error}");
    }
}
