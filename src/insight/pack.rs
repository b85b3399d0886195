//! The ranked insight pack: what a reader, or a model, needs of the logs, within a budget of tokens.

use super::bursts::BurstKind;
use super::lines::clip_with_mark;
use super::summary::{Insight, LineRef, TemplateStat};
use crate::domain::{Level, Unredacted};
use std::collections::HashSet;
use std::fmt::Write as _;

/// See [`estimate_tokens`].
const BYTES_PER_TOKEN: usize = 3;

/// Longest line in a pack, in bytes.
const MAX_LINE_BYTES: usize = 400;

/// What part of the logs a pack represents; each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Share of lines whose template is in it.
    pub lines: f32,
    /// Share of templates.
    pub templates: f32,
    /// Share of the logs' time between first and last appearances of these templates.
    pub time: f32,
}

/// A ranked extract of the logs.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    pub text: Unredacted,
    pub coverage: Coverage,
    /// Share of each log's lines whose template is in it, from 0 to 1, by file name.
    pub per_log_share: Vec<(String, f32)>,
    /// The lines that stand in it.
    pub cited: Vec<LineRef>,
}

/// About how many tokens a text takes: a third of its bytes, rounded up.
///
/// Prose takes a quarter, but logs are full of digits and signs, which tokenizers cut small. A real one was seen to take
/// 5,456 tokens for 12.9 KB of prompt and log lines; an estimate that is too high only leaves room.
pub fn estimate_tokens(text: &str) -> u32 {
    u32::try_from(text.len().div_ceil(BYTES_PER_TOKEN)).unwrap_or(u32::MAX)
}

/// The most telling lines of `insight` that fit into `budget_tokens`.
///
/// Every line is carried as `app.log:905 …`, so that it can be cited. What is left out is said.
pub fn pack(insight: &Insight, budget_tokens: u32) -> Pack {
    let mut writer = Writer { insight, text: String::new(), limit: limit_bytes(budget_tokens), cited: Vec::new() };
    writer.overview();
    writer.bursts();
    writer.traces();
    let included = writer.templates();
    let coverage = coverage(insight, &included);
    let per_log_share = (0..insight.logs.len()).filter_map(|log| share_of_log(insight, log, &included)).collect();
    Pack { text: writer.text.into(), coverage, per_log_share, cited: writer.cited }
}

fn limit_bytes(budget_tokens: u32) -> usize {
    usize::try_from(budget_tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_TOKEN)
}

struct Writer<'a> {
    insight: &'a Insight,
    text: String,
    limit: usize,
    cited: Vec<LineRef>,
}

impl Writer<'_> {
    /// Appends a block whole or not at all, leaving `reserve` bytes free.
    fn add(&mut self, block: &str, reserve: usize) -> bool {
        let fits = self.text.len() + block.len() + reserve <= self.limit;
        if fits {
            self.text.push_str(block);
        }
        fits
    }

    fn overview(&mut self) {
        let mut block = String::from("Logs:\n");
        for log in &self.insight.logs {
            let errors = log.levels.errors();
            write!(block, "- {}: {} lines, {errors} errors", log.name, log.lines).ok();
            if let (Some(first), Some(last)) = (log.first_time, log.last_time) {
                write!(block, ", {first:.0} to {last:.0}").ok();
            }
            block.push('\n');
        }
        for assumption in self.insight.assumptions() {
            writeln!(block, "- {assumption}").ok();
        }
        if let Some(onset) = self.insight.onset {
            let source = if self.insight.onset_given { "as reported" } else { "found in the logs" };
            writeln!(block, "Start of the trouble, {source}: {onset:.0}").ok();
        }
        self.add(&block, 0);
    }

    fn bursts(&mut self) {
        for burst in self.insight.bursts.iter().take(12) {
            let (from, to) = (burst.from, burst.to);
            let line = burst.line.map(|line| format!(", first at {}", self.insight.cite(line))).unwrap_or_default();
            let block = match burst.kind {
                BurstKind::Errors => format!("- burst of {} errors, {from:.0} to {to:.0}{line}\n", burst.count),
                BurstKind::Lines => format!("- burst of {} lines, {from:.0} to {to:.0}\n", burst.count),
                BurstKind::Silence => {
                    let name = burst.log.and_then(|log| self.insight.logs.get(log)).map_or("?", |log| &log.name);
                    format!("- {name} is silent, {from:.0} to {to:.0}\n")
                }
            };
            self.add(&block, self.limit / 2);
        }
    }

    fn traces(&mut self) {
        for group in self.insight.traces.iter().take(10) {
            let frames: Vec<&str> = group.frames.iter().map(Unredacted::expose).collect();
            let block = format!(
                "{} {}: {} ({} times; at {})\n",
                self.insight.cite(group.first),
                group.kind.expose(),
                clip_with_mark(group.message.expose(), MAX_LINE_BYTES),
                group.count,
                frames.join(" < ")
            );
            if self.add(&block, self.limit / 2) {
                self.cited.push(group.first);
            }
        }
    }

    /// Writes templates by rank until the budget is used up, and tells which ones are in.
    fn templates(&mut self) -> HashSet<usize> {
        let ranked = rank(self.insight);
        let mut included = HashSet::new();
        for place in &ranked {
            let Some(template) = self.insight.templates.get(*place) else { continue };
            let (block, lines) = self.template_block(template);
            if self.add(&block, 80) {
                included.insert(*place);
                self.cited.extend(lines);
            }
        }
        let left = ranked.len() - included.len();
        if left > 0 {
            self.add(&format!("… {left} kinds of lines were left out to fit the budget\n"), 0);
        }
        included
    }

    fn template_block(&self, template: &TemplateStat) -> (String, Vec<LineRef>) {
        let mut block = String::new();
        let mut lines = Vec::new();
        let wanted = if is_telling(template) { 2 } else { 1 };
        for example in template.examples.iter().take(wanted) {
            let text = clip_with_mark(example.text.expose(), MAX_LINE_BYTES);
            writeln!(block, "{} {text}", self.insight.cite(example.at)).ok();
            lines.push(example.at);
        }
        let more = template.count - (lines.len() as u64).min(template.count);
        if more > 0 {
            let last = self.insight.cite(LineRef { log: template.log, line: template.last_line });
            writeln!(block, "… {more} more lines of this template, the last at {last}").ok();
        }
        (block, lines)
    }
}

fn is_telling(template: &TemplateStat) -> bool {
    template.level.is_some_and(|level| level >= Level::Warn)
}

/// Places in [`Insight::templates`], most telling first.
fn rank(insight: &Insight) -> Vec<usize> {
    let first_seen: HashSet<usize> = insight.first_seen.iter().map(|one| one.template).collect();
    let notable: HashSet<LineRef> = insight.notable.iter().map(|one| one.line.at).collect();
    let mut ranked: Vec<(u32, usize)> = insight
        .templates
        .iter()
        .enumerate()
        .map(|(place, template)| {
            let level = match template.level {
                Some(Level::Fatal) => 8,
                Some(Level::Error) => 7,
                Some(Level::Warn) => 4,
                _ => 0,
            };
            let is_notable = template.examples.first().is_some_and(|line| notable.contains(&line.at));
            let score = level
                + if first_seen.contains(&place) { 4 } else { 0 }
                + if is_notable { 3 } else { 0 }
                + template.count.min(1000).checked_ilog10().unwrap_or(0);
            (score, place)
        })
        .collect();
    ranked.sort_by_key(|(score, place)| (std::cmp::Reverse(*score), *place));
    ranked.into_iter().map(|(_, place)| place).collect()
}

fn coverage(insight: &Insight, included: &HashSet<usize>) -> Coverage {
    let kept = |(place, template): (usize, &TemplateStat)| if included.contains(&place) { template.lines } else { 0 };
    let lines: u64 = insight.templates.iter().enumerate().map(kept).sum();
    Coverage {
        lines: share(lines, insight.line_count()),
        templates: share(included.len() as u64, insight.templates.len() as u64),
        time: time_share(insight, included),
    }
}

fn share_of_log(insight: &Insight, log: usize, included: &HashSet<usize>) -> Option<(String, f32)> {
    let summary = insight.logs.get(log)?;
    let of_log = insight.templates.iter().enumerate().filter(|(place, one)| one.log == log && included.contains(place));
    let lines = of_log.map(|(_, template)| template.lines).sum();
    Some((summary.name.clone(), share(lines, summary.lines)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a share between 0 and 1 needs no more precision"
)]
fn share(part: u64, whole: u64) -> f32 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).min(1.0) as f32 }
}

fn time_share(insight: &Insight, included: &HashSet<usize>) -> f32 {
    let Some((first, last)) = insight.time_range() else { return 0.0 };
    let mut spans: Vec<(i64, i64)> = insight
        .templates
        .iter()
        .enumerate()
        .filter(|(place, _)| included.contains(place))
        .filter_map(|(_, one)| Some((one.first_time?.as_millisecond(), one.last_time?.as_millisecond())))
        .map(|(from, to)| (from.min(to), from.max(to) + 1))
        .collect();
    spans.sort_unstable();
    let (mut covered, mut reached) = (0, i64::MIN);
    for (from, to) in spans {
        covered += (to - from.max(reached)).max(0);
        reached = reached.max(to);
    }
    let whole = last.as_millisecond() - first.as_millisecond() + 1;
    share(u64::try_from(covered).unwrap_or(0), u64::try_from(whole).unwrap_or(1))
}
