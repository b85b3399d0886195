//! The built-in guide: proposes the next why from rules and log lines. No model, no network, no guessing.

use super::chain::{Findings, Link, MAX_DEPTH};
use super::lines::clip_with_mark;
use super::moments::{Moment, moments};
use super::observed;
use super::quotes::{observed_chain, observed_step, thrown_behind};
use super::rules::{Rule, RuleBase, RuleIndex, RuleKind};
use super::summary::{Insight, SeenLine};
use crate::domain::{Author, Citation, Domain, LineRange, LogFileId, Proposal, Unredacted, Why, WhyState, WhyTree};
use std::fmt::Write as _;

/// Longest excerpt of a line in an answer, in bytes.
const MAX_EXCERPT_BYTES: usize = 220;

const MAX_PROPOSALS: usize = 3;

/// What the guide looks at.
#[derive(Clone, Copy, Debug)]
pub struct GuideInput<'a> {
    pub title: &'a Unredacted,
    pub description: &'a Unredacted,
    pub domain: Option<Domain>,
    pub insight: &'a Insight,
    pub whys: &'a WhyTree,
    /// The logs in the order in which they were merged into the insight.
    pub logs: &'a [(LogFileId, String)],
}

/// What the guide has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideAnswer {
    /// Markdown.
    pub text: Unredacted,
    /// For the next level, most probable first; empty when the logs give nothing.
    pub proposals: Vec<Proposal>,
    /// Facts that are missing.
    pub questions: Vec<String>,
    /// What happened when: proposals for the time line, each with its line.
    pub timeline: Vec<Moment>,
}

/// The built-in guide.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guide;

impl Guide {
    /// The next why: one level below the deepest that is answered.
    pub fn next_step(input: &GuideInput<'_>) -> GuideAnswer {
        let findings = findings(input);
        let told = ToldTree::new(input, &findings);
        let level = input.whys.deepest_answered_level() + 1;
        let steps = next_links(&findings, &told, level);
        let new = steps.iter().filter(|step| !told.has(&findings, &step.link, input)).take(MAX_PROPOSALS);
        let (mut proposals, mut quotes): (Vec<_>, Vec<_>) =
            new.map(|step| (proposal(input, &findings, step), quoted(input.insight, &step.link.lines))).unzip();
        if let Some((said, quote)) = observed_step(input, &told, level).filter(|_| proposals.is_empty()) {
            (proposals, quotes) = (vec![said], vec![quote]);
        }
        let chain =
            [told.path.as_slice(), &steps.first().map(|step| step.link.clone()).into_iter().collect::<Vec<_>>()]
                .concat();
        let is_done = input.whys.root_causes().iter().any(|why| why.root_cause.is_some());
        let has_rule = steps.iter().any(|step| !told.has(&findings, &step.link, input));
        let questions = questions(input, &findings, &chain, !has_rule);
        let facts = if has_rule { Vec::new() } else { observed::facts(input.insight) };
        let said = Said { proposals: &proposals, quotes: &quotes, questions: &questions, facts: &facts, has_rule };
        let text = answer_text(input.insight, &findings, &said, is_done);
        let shown = [findings.best_chain(), chain].concat();
        GuideAnswer { text, proposals, questions, timeline: moments(input.insight, &findings, &shown) }
    }

    /// What is known in general of what an answer says: how to verify it, and what usually stands behind it.
    pub fn rule_for(answer: &Unredacted) -> Option<&'static Rule> {
        let base = RuleBase::built_in();
        base.get(rule_told_by(base, answer.expose())?)
    }

    /// The whole chain, up to five whys; it stops where the evidence ends.
    pub fn full_chain(input: &GuideInput<'_>) -> Vec<Proposal> {
        let findings = findings(input);
        let chain = findings.best_chain();
        if chain.is_empty() {
            return observed_chain(input);
        }
        let mut proposals = Vec::new();
        let mut asked = None;
        for (level, (place, link)) in (1..).zip(chain.iter().enumerate()) {
            let is_last = place + 1 == chain.len();
            let step = Step { link: link.clone(), level, asked, ends_chain: is_last, linked: true };
            proposals.push(proposal(input, &findings, &step));
            asked = Some(link.rule);
        }
        proposals.extend(thrown_behind(input, &chain));
        proposals
    }
}

fn findings<'a>(input: &GuideInput<'_>) -> Findings<'a> {
    let words = format!("{} {}", input.title.expose(), input.description.expose());
    Findings::new(RuleBase::built_in(), input.insight, input.domain, &words)
}

/// One candidate for the next why.
struct Step {
    link: Link,
    level: u32,
    /// The rule of the why above, whose question this one answers.
    asked: Option<RuleIndex>,
    ends_chain: bool,
    /// Whether a rule connects it with the why above.
    linked: bool,
}

/// What the why tree already says, in terms of rules.
pub(super) struct ToldTree {
    answers: Vec<String>,
    /// From the first level to the deepest why, as far as its answers are known to rules.
    pub path: Vec<Link>,
}

impl ToldTree {
    fn new(input: &GuideInput<'_>, findings: &Findings<'_>) -> Self {
        let alive = |why: &&Why| !why.answer.is_blank();
        let answers = input.whys.all().iter().filter(alive).map(|why| why.answer.expose().to_lowercase()).collect();
        let mut rules: Vec<RuleIndex> = Vec::new();
        let mut at = deepest_answered(input.whys);
        while let Some(why) = at {
            rules.extend(rule_told_by(findings.base, why.answer.expose()));
            at = why.parent.and_then(|parent| input.whys.get(parent));
        }
        let mut path: Vec<Link> = Vec::new();
        for rule in rules.into_iter().rev() {
            path.extend(findings.link_of(rule, path.last()));
        }
        Self { answers, path }
    }

    /// Whether the tree already says it, or cites the line that it rests on, refuted answers included.
    fn has(&self, findings: &Findings<'_>, link: &Link, input: &GuideInput<'_>) -> bool {
        let meaning = findings.base.get(link.rule).map(|rule| rule.meaning.to_lowercase()).unwrap_or_default();
        let place = link.lines.first().map(|line| input.insight.cite(line.at));
        self.answers.iter().any(|answer| answer.contains(&meaning)) || place.is_some_and(|place| self.cites(&place))
    }

    pub fn cites(&self, place: &str) -> bool {
        let place = place.to_lowercase();
        self.answers.iter().any(|answer| cites(answer, &place))
    }
}

/// Whether `answer` names exactly this place: `app.log:12` is not in `app.log:120`.
fn cites(answer: &str, place: &str) -> bool {
    let mut rest = answer;
    while let Some((_, after)) = rest.split_once(place) {
        if !after.starts_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
        rest = after;
    }
    false
}

fn deepest_answered(tree: &WhyTree) -> Option<&Why> {
    let rows = tree.walk();
    let answered = rows.iter().filter(|(_, why)| !why.answer.is_blank() && why.state != WhyState::Refuted);
    answered.max_by_key(|(level, why)| (*level, std::cmp::Reverse(why.order))).map(|(_, why)| *why)
}

/// The rule that an answer states: in its own words, else by a pattern that the answer matches.
fn rule_told_by(base: &RuleBase, answer: &str) -> Option<RuleIndex> {
    let lower = answer.to_lowercase();
    let stated = base.rules.iter().position(|rule| lower.contains(&rule.meaning.to_lowercase()));
    stated.or_else(|| base.matching(answer).into_iter().next())
}

fn next_links(findings: &Findings<'_>, told: &ToldTree, level: u32) -> Vec<Step> {
    if told.answers.is_empty() {
        let chain = findings.best_chain();
        let ends_chain = chain.len() == 1;
        let first = chain.into_iter().next();
        return first.map(|link| Step { link, level, asked: None, ends_chain, linked: true }).into_iter().collect();
    }
    let asked = told.path.last().map(|link| link.rule);
    let mut steps: Vec<Step> = findings
        .causes_after(&told.path)
        .into_iter()
        .filter_map(|chain| {
            let ends_chain = chain.len() == 1;
            chain.into_iter().next().map(|link| Step { link, level, asked, ends_chain, linked: true })
        })
        .collect();
    let is_root = asked.and_then(|rule| findings.base.get(rule)).is_some_and(|rule| rule.root);
    if steps.is_empty() && !is_root {
        let fallback = if told.path.is_empty() { None } else { findings.unconnected_change(&told.path) };
        steps.extend(fallback.map(|link| Step { link, level, asked, ends_chain: true, linked: false }));
    }
    if steps.is_empty() && told.path.is_empty() {
        // What the tree says is in nobody's rules, so the logs' own chain is offered below it.
        let chain = findings.best_chain().into_iter();
        steps.extend(chain.map(|link| Step { link, level, asked: None, ends_chain: false, linked: false }));
    }
    steps
}

fn proposal(input: &GuideInput<'_>, findings: &Findings<'_>, step: &Step) -> Proposal {
    let rule = findings.base.get(step.link.rule);
    let above = step.asked.and_then(|rule| findings.base.get(rule));
    let question = above.map_or_else(|| first_question(input.title.expose()), |rule| rule.question.clone());
    let root = rule
        .filter(|rule| step.linked && step.ends_chain && step.level > 1 && rule.root && rule.kind == RuleKind::Cause);
    Proposal {
        level: step.level,
        question: question.into(),
        answer: answer(input.insight, rule, step).into(),
        citations: citations(input, &step.link.lines),
        root_cause: root.map(Rule::category),
        confidence: Some(confidence(step, rule)),
        author: Author::Guide,
    }
}

pub(super) fn first_question(title: &str) -> String {
    let title = title.trim().trim_end_matches(['?', '.', '!']);
    if title.is_empty() { "Why did it fail?".to_owned() } else { format!("Why did this happen: “{title}”?") }
}

fn answer(insight: &Insight, rule: Option<&Rule>, step: &Step) -> String {
    let meaning = rule.map_or("", |rule| &rule.meaning);
    let mut text = if step.linked {
        format!("{meaning}.")
    } else {
        format!("{meaning}. This came before it in the logs; whether it is the cause is to be confirmed.")
    };
    if let Some(line) = step.link.lines.first() {
        write!(text, " {}", cited(insight, line, step.link.count)).ok();
    }
    text
}

/// `(app.log:905, one of 12 such lines)`
pub(super) fn cited(insight: &Insight, line: &SeenLine, count: u64) -> String {
    let more = if count > 1 { format!(", one of {count} such lines") } else { String::new() };
    format!("({}{more})", insight.cite(line.at))
}

/// Lines as they stand in their logs, as a block of code that nothing in them closes.
pub(super) fn quoted(insight: &Insight, lines: &[SeenLine]) -> String {
    let lines = lines.iter().map(|line| {
        let excerpt = clip_with_mark(line.text.expose().trim(), MAX_EXCERPT_BYTES).replace("```", "'''");
        format!("{} {excerpt}", insight.cite(line.at))
    });
    format!("```\n{}\n```\n", lines.collect::<Vec<_>>().join("\n"))
}

pub(super) fn citations(input: &GuideInput<'_>, lines: &[SeenLine]) -> Vec<Citation> {
    let cite = |line: &SeenLine| {
        let (id, name) = input.logs.get(line.at.log).map(|(id, name)| (*id, name.clone()))?;
        Some(Citation { file_name: name, lines: LineRange::new(line.at.line, line.at.line)?, log: Some(id) })
    };
    lines.iter().filter_map(cite).collect()
}

/// Rules and times make a step probable; they never make it certain.
fn confidence(step: &Step, rule: Option<&Rule>) -> u8 {
    let is_symptom = rule.is_some_and(|rule| rule.kind == RuleKind::Symptom);
    let mut confidence = match (step.linked, is_symptom || step.level > 1) {
        (true, true) => 60,
        // A lone step on the way, which nothing noticed leads to.
        (true, false) => 45,
        (false, _) => 30,
    };
    if step.link.time().is_some() {
        confidence += 10;
    }
    if step.link.count >= 3 {
        confidence += 5;
    }
    if rule.is_some_and(|rule| rule.kind == RuleKind::Cause) && step.linked {
        confidence += 5;
    }
    confidence
}

fn questions(input: &GuideInput<'_>, findings: &Findings<'_>, chain: &[Link], found_nothing: bool) -> Vec<String> {
    let mut questions = Vec::new();
    if let Some(rule) = chain.last().and_then(|link| findings.base.get(link.rule)) {
        questions.push(format!("To verify: {}", rule.check));
        if found_nothing && !rule.root {
            questions.push(format!("{} Typical causes: {}.", rule.question, rule.causes.join("; ")));
        }
    }
    if found_nothing || chain.is_empty() {
        questions.push(match input.insight.onset {
            Some(onset) => {
                format!("What changed shortly before {onset:.0}: a deployment, a configuration, load, a certificate?")
            }
            None => {
                "When did it begin, and what changed shortly before: a deployment, a configuration, load?".to_owned()
            }
        });
        questions.push("Who or what is affected, and who or what is not?".to_owned());
        questions.push("Which log of the component that fails covers the time of the first failure?".to_owned());
    }
    questions
}

/// What an answer is written from.
struct Said<'a> {
    proposals: &'a [Proposal],
    quotes: &'a [String],
    questions: &'a [String],
    facts: &'a [String],
    /// Whether a rule explains the proposals.
    has_rule: bool,
}

fn answer_text(insight: &Insight, findings: &Findings<'_>, said: &Said<'_>, is_done: bool) -> Unredacted {
    let mut text = String::from("**Built-in guide (no AI)**\n\n");
    text.push_str(opening(findings, said, is_done));
    for (place, (proposal, quote)) in said.proposals.iter().zip(said.quotes).enumerate() {
        write_proposal(&mut text, proposal, quote, place == 0);
    }
    if !said.facts.is_empty() {
        text.push_str("What the logs show:\n");
        write_list(&mut text, said.facts);
        text.push_str("\nThese answers would help:\n");
    }
    write_list(&mut text, said.questions);
    let assumptions = insight.assumptions();
    if !assumptions.is_empty() {
        text.push_str("\nTaken for granted:\n");
        write_list(&mut text, &assumptions);
    }
    text.into()
}

/// Where no rule speaks, that is said before anything else.
fn opening(findings: &Findings<'_>, said: &Said<'_>, is_done: bool) -> &'static str {
    match (said.has_rule, said.proposals.is_empty()) {
        (true, _) => "",
        (false, false) => "No rule explains these logs, so the guide only quotes what they report.\n\n",
        (false, true) if is_done => "A root cause is declared. The logs give no further why.\n\n",
        (false, true) if findings.is_empty() => "No rule matches these logs, so the guide proposes nothing.\n\n",
        (false, true) if !findings.has_failure() => "The logs tell of changes, but of no failure.\n\n",
        (false, true) => "The logs give no line for a further why. The evidence ends here.\n\n",
    }
}

fn write_proposal(text: &mut String, proposal: &Proposal, quote: &str, is_first: bool) {
    let lead = if is_first { "Proposed" } else { "Also possible" };
    let (question, answer) = (proposal.question.expose(), proposal.answer.expose());
    writeln!(text, "{lead}, **Why {}**: {question}\n\n{answer}\n\n{quote}", proposal.level).ok();
    if let Some(category) = proposal.root_cause {
        let label = category.label();
        writeln!(text, "This is typically a root cause; category: {label}. Confirm it with evidence.\n").ok();
    }
}

fn write_list(text: &mut String, items: &[String]) {
    for item in items {
        writeln!(text, "- {item}").ok();
    }
}

/// How many whys a chain may have.
pub const MAX_WHYS: usize = MAX_DEPTH;
