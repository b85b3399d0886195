//! From effect to cause: which of the rules that matched explain each other, and by which lines.

use super::levels::level_of;
use super::ports::ports;
use super::rules::{RuleBase, RuleHit, RuleIndex, RuleKind, RuleMoment};
use super::summary::{Insight, SeenLine};
use crate::domain::{Domain, Level};
use jiff::{SignedDuration, Timestamp};

/// Five whys.
pub(super) const MAX_DEPTH: usize = 5;

/// How much later than its effect a cause may appear in a log, in seconds: some are written when they end.
const LATE_SECS: i64 = 300;

/// The same for what sets things off, which is written when it happens: only clocks may differ.
const CLOCK_SECS: i64 = 60;

/// A first line so long before the start belongs to the incident, in seconds.
const LEAD_SECS: i64 = 900;

/// What a chain loses that begins with a cause: nothing noticed leads to it.
const LONE_CAUSE: i64 = 12;

/// What a chain gains that begins with a line of the highest level: a program's last words.
const FATAL: i64 = 5;

/// What a chain gains at most because its first step is seen often: one for each doubling.
const MAX_OFTEN: u32 = 6;

/// However much later a chain begins than the trouble, it counts as so many minutes.
const MAX_LATE_MINUTES: i64 = 8;

/// One step of a chain: a rule, and the lines that show it, the most telling first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub rule: RuleIndex,
    pub lines: Vec<SeenLine>,
    pub count: u64,
}

impl Link {
    pub fn time(&self) -> Option<Timestamp> {
        self.lines.first()?.time
    }
}

/// What the logs say, seen through the rules.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    pub base: &'a RuleBase,
    hits: Vec<RuleHit>,
    onset: Option<Timestamp>,
    domain: Option<Domain>,
    /// The title and description, in lower case.
    words: String,
    /// The rules that these words match: what people say they see.
    reported: Vec<RuleIndex>,
}

impl<'a> Findings<'a> {
    pub fn new(base: &'a RuleBase, insight: &Insight, domain: Option<Domain>, words: &str) -> Self {
        Self {
            base,
            hits: base.hits(insight),
            onset: insight.onset,
            domain,
            words: words.to_lowercase(),
            reported: base.matching(words),
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// Whether a rule matched that tells of something wrong.
    pub fn has_failure(&self) -> bool {
        self.hits.iter().any(|hit| !self.tells_of_change(hit.rule))
    }

    /// Whether a rule tells of a change or of something that works: nothing that has to be explained.
    fn tells_of_change(&self, rule: RuleIndex) -> bool {
        let Some(rule) = self.base.get(rule) else { return false };
        let is_start = rule.kind == RuleKind::Cause && rule.moment == Some(RuleMoment::Restart);
        is_start || rule.moment.is_some_and(|moment| moment.is_change() || moment == RuleMoment::Recovery)
    }

    /// The lines that mark a moment on the time line, by what they mark: changes first.
    pub fn marking(&self) -> Vec<(RuleMoment, &[SeenLine])> {
        let marks = self.hits.iter().filter_map(|hit| Some((self.base.get(hit.rule)?.moment?, hit.lines.as_slice())));
        let mut marks: Vec<_> = marks.collect();
        marks.sort_by_key(|(moment, _)| *moment);
        marks
    }

    /// The chain that explains most, from what is noticed to what set it off; empty if no rule matched.
    pub fn best_chain(&self) -> Vec<Link> {
        let failures = self.hits.iter().filter(|hit| !self.tells_of_change(hit.rule));
        let starts = failures.filter_map(|hit| self.effect(hit));
        let chains = starts.map(|start| self.longest_from(vec![start]));
        best(chains.map(|chain| (self.score(&chain), chain)))
    }

    /// What may have caused the last step of `path`, most probable chain first.
    pub fn causes_after(&self, path: &[Link]) -> Vec<Vec<Link>> {
        let mut chains: Vec<(i64, Vec<Link>)> = self
            .next_links(path)
            .into_iter()
            .map(|next| {
                let chain = self.longest_from([path, &[next]].concat());
                let score = self.score(&chain);
                (score, chain.into_iter().skip(path.len()).collect())
            })
            .collect();
        chains.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        chains.into_iter().map(|(_, chain)| chain).collect()
    }

    /// The step that a rule stands for, if it matched: as the cause of the step above, or as what is noticed.
    pub fn link_of(&self, rule: RuleIndex, above: Option<&Link>) -> Option<Link> {
        let hit = self.hits.iter().find(|hit| hit.rule == rule)?;
        let cause = above.and_then(|above| self.cause(hit, above.lines.first()));
        cause.or_else(|| self.effect(hit))
    }

    /// A change before the chain's end that no rule connects with it: worth a question, not a statement.
    pub fn unconnected_change(&self, path: &[Link]) -> Option<Link> {
        let end = path.last()?;
        let found = self.hits.iter().filter(|hit| {
            let rule = self.base.get(hit.rule);
            rule.is_some_and(|rule| rule.root && rule.kind == RuleKind::Cause)
                && !path.iter().any(|one| one.rule == hit.rule)
        });
        let links = found.filter_map(|hit| self.cause(hit, end.lines.first()));
        links.filter(|link| link.time().is_some()).max_by_key(Link::time)
    }

    fn longest_from(&self, path: Vec<Link>) -> Vec<Link> {
        if path.len() >= MAX_DEPTH {
            return path;
        }
        let further =
            self.next_links(&path).into_iter().map(|next| self.longest_from([path.as_slice(), &[next]].concat()));
        let best = best(further.map(|chain| (self.score(&chain), chain)));
        if best.is_empty() || self.score(&best) <= self.score(&path) { path } else { best }
    }

    fn next_links(&self, path: &[Link]) -> Vec<Link> {
        let Some(end) = path.last() else { return Vec::new() };
        let causes = self.base.causes_of(end.rule);
        let unused = |hit: &&RuleHit| causes.contains(&hit.rule) && !path.iter().any(|one| one.rule == hit.rule);
        let found = self.hits.iter().filter(unused).filter_map(|hit| self.cause(hit, end.lines.first()));
        found.filter(|link| !path.iter().any(|one| self.same_lines(one, link)) && self.ports_agree(end, link)).collect()
    }

    /// Whether two steps rest on the same lines: one line that says two things is not two steps, unless the logs show
    /// the effect without this cause as well, as a proxy does that meets several faults of its back ends.
    fn same_lines(&self, effect: &Link, cause: &Link) -> bool {
        let first = |link: &Link| link.lines.first().map(|line| line.at);
        if first(effect) != first(cause) {
            return false;
        }
        let lines = |link: &Link| self.hits.iter().find(|hit| hit.rule == link.rule).map_or(&[][..], |hit| &hit.lines);
        let caused = lines(cause);
        lines(effect).iter().all(|line| caused.iter().any(|one| one.at == line.at))
    }

    fn ports_agree(&self, effect: &Link, cause: &Link) -> bool {
        if !self.base.get(cause.rule).is_some_and(|rule| rule.same_port) {
            return true;
        }
        let named = |link: &Link| link.lines.iter().flat_map(|line| ports(line.text.expose())).collect::<Vec<u16>>();
        let (wanted, taken) = (named(effect), named(cause));
        wanted.is_empty() || taken.is_empty() || wanted.iter().any(|port| taken.contains(port))
    }

    /// A hit seen as an effect: its lines from the incident's start on come first.
    fn effect(&self, hit: &RuleHit) -> Option<Link> {
        let begin = self.onset.map(|onset| onset.as_second() - LEAD_SECS);
        let first = hit.lines.iter().position(|line| match (line.time, begin) {
            (Some(time), Some(begin)) => time.as_second() >= begin,
            _ => true,
        });
        link(hit, first.unwrap_or(0))
    }

    /// A hit seen as a cause of what `effect` tells: not later than that, as far as times are known.
    fn cause(&self, hit: &RuleHit, effect: Option<&SeenLine>) -> Option<Link> {
        let sets_off = self.base.get(hit.rule)?.kind == RuleKind::Cause;
        let in_time = |line: &SeenLine| {
            let Some((time, (effect, at))) = line.time.zip(effect.and_then(|one| Some((one.time?, one.at)))) else {
                return true;
            };
            // One log has one clock.
            let tolerance = match (sets_off, line.at.log == at.log) {
                (true, true) => 0,
                (true, false) => CLOCK_SECS,
                (false, _) => LATE_SECS,
            };
            time.duration_since(effect) <= SignedDuration::from_secs(tolerance)
        };
        // Of several changes the latest one before the effect is the likely one; of symptoms, the first.
        let place = if sets_off { hit.lines.iter().rposition(in_time)? } else { self.first_of_incident(hit, in_time)? };
        link(hit, first_of_occurrence(&hit.lines, place))
    }

    fn first_of_incident(&self, hit: &RuleHit, in_time: impl Fn(&SeenLine) -> bool) -> Option<usize> {
        let begin = self.onset.map(|onset| onset.as_second() - 4 * LEAD_SECS);
        let recent = |line: &SeenLine| line.time.zip(begin).is_none_or(|(time, begin)| time.as_second() >= begin);
        let timed = |line: &SeenLine| line.time.is_some() && in_time(line);
        let near = hit.lines.iter().position(|line| timed(line) && recent(line));
        near.or_else(|| hit.lines.iter().rposition(timed)).or_else(|| hit.lines.iter().position(&in_time))
    }

    /// Longer chains, that begin with what is noticed and end with what set it off, in the issue's own words.
    fn score(&self, chain: &[Link]) -> i64 {
        let mut score = 0;
        for link in chain {
            let Some(rule) = self.base.get(link.rule) else { continue };
            score += 10 + i64::from(rule.domain.is_some() && rule.domain == self.domain) * 3;
            score += self.words_shared(&rule.meaning).min(3);
            score += i64::from(self.reported.contains(&link.rule)) * 4;
            // What sets things off says more than another step on the way.
            score += i64::from(rule.kind == RuleKind::Cause) * 2;
        }
        let kind_at =
            |link: Option<&Link>| link.and_then(|link| self.base.get(link.rule)).map(|rule| (rule.kind, rule.root));
        if kind_at(chain.first()).is_some_and(|(kind, _)| kind == RuleKind::Symptom) {
            score += 12;
        }
        score += self.words_shared_by_start(chain).min(6) + weight_of_start(chain);
        if kind_at(chain.first()).is_some_and(|(kind, _)| kind == RuleKind::Cause) {
            score -= LONE_CAUSE;
        }
        if chain.first().is_some_and(|link| self.is_outermost(link.rule)) {
            score += 12;
        }
        score -= self.minutes_late(chain);
        if kind_at(chain.last()).is_some_and(|(kind, root)| kind == RuleKind::Cause && root) {
            score += 12;
        }
        score
    }

    /// Minutes, [`MAX_LATE_MINUTES`] at most, by which the first step comes after the start of the trouble.
    fn minutes_late(&self, chain: &[Link]) -> i64 {
        let Some(onset) = self.onset else { return 0 };
        let begins = chain.first().and_then(Link::time);
        // Without a time it may be from another day.
        begins.map_or(MAX_LATE_MINUTES, |time| (time.duration_since(onset).as_secs() / 60).clamp(0, MAX_LATE_MINUTES))
    }

    /// Whether no symptom that the logs show follows from this rule: it is what people notice.
    fn is_outermost(&self, rule: RuleIndex) -> bool {
        let is_symptom = |hit: &RuleHit| self.base.get(hit.rule).is_some_and(|rule| rule.kind == RuleKind::Symptom);
        !self.hits.iter().any(|hit| is_symptom(hit) && self.base.causes_of(hit.rule).contains(&rule))
    }

    fn words_shared_by_start(&self, chain: &[Link]) -> i64 {
        let line = chain.first().and_then(|link| link.lines.first());
        line.map_or(0, |line| self.words_shared(line.text.expose()))
    }

    fn words_shared(&self, text: &str) -> i64 {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        let shared = words.filter(|word| self.words.contains(word)).count();
        i64::try_from(shared).unwrap_or(i64::MAX)
    }
}

/// What happens often, and what a program says before it ends, is what people notice.
fn weight_of_start(chain: &[Link]) -> i64 {
    let Some(start) = chain.first() else { return 0 };
    let often = start.count.max(1).ilog2().min(MAX_OFTEN);
    let is_fatal = start.lines.iter().any(|line| level_of(line.text.expose(), None) == Some(Level::Fatal));
    i64::from(often) + i64::from(is_fatal) * FATAL
}

fn best(chains: impl Iterator<Item = (i64, Vec<Link>)>) -> Vec<Link> {
    let mut found: Option<(i64, Vec<Link>)> = None;
    for (score, chain) in chains {
        if found.as_ref().is_none_or(|(most, _)| score > *most) {
            found = Some((score, chain));
        }
    }
    found.map(|(_, chain)| chain).unwrap_or_default()
}

/// The first of the lines around `place` that were written together, each within [`CLOCK_SECS`] of the next.
fn first_of_occurrence(lines: &[SeenLine], place: usize) -> usize {
    let together = |at: &usize| {
        let time = |at: usize| lines.get(at)?.time;
        let before = at.checked_sub(1).and_then(time);
        before.zip(time(*at)).is_some_and(|(one, next)| next.duration_since(one).as_secs() <= CLOCK_SECS)
    };
    let mut at = place;
    while together(&at) {
        at -= 1;
    }
    at
}

/// The step of a hit whose most telling line is the one at `place`, with a few more.
fn link(hit: &RuleHit, place: usize) -> Option<Link> {
    let told = hit.lines.get(place)?;
    let mut lines = vec![told.clone()];
    lines.extend(hit.lines.iter().skip(place + 1).take(2).cloned());
    Some(Link { rule: hit.rule, lines, count: hit.count })
}
