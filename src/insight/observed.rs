//! What the logs say of themselves, without any rule: the first error, the exception behind it, what began and what
//! changed around it. Quoted, never interpreted.

use super::changes::is_change;
use super::lines::clip_with_mark;
use super::summary::{Insight, LineRef, SeenLine, TemplateStat};
use super::traces::TraceGroup;
use crate::domain::Level;
use jiff::Timestamp;

/// Longest quotation within a sentence, in bytes.
const MAX_QUOTE_BYTES: usize = 160;

/// Facts of one kind that are told.
const MAX_OF_A_KIND: usize = 3;

/// How far below an error the event of its exception may begin, in lines.
const NEXT_EVENT_LINES: u64 = 2;

/// After so many seconds without an error the trouble seems to be over.
const CALM_SECS: i64 = 60;

/// Something that the logs say, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Observation {
    /// A sentence without a period at the end.
    pub says: String,
    pub line: SeenLine,
    pub count: u64,
}

/// The line with which the trouble begins, then the exception behind it: at most two steps, each of them a quotation.
pub(super) fn steps(insight: &Insight) -> Vec<Observation> {
    let error = first_error(insight);
    let trace = behind(insight, error.map(|(_, line)| line.at));
    let mut steps: Vec<Observation> = Vec::new();
    if let Some((template, line)) = error.filter(|(_, line)| trace.is_none_or(|trace| trace.first != line.at)) {
        let says = format!("The log reports “{}”", quote(line.text.expose()));
        steps.push(Observation { says, line: line.clone(), count: template.count });
    }
    steps.extend(trace.map(thrown));
    steps
}

/// The first template at error or worse, by time, else by its place.
fn first_error(insight: &Insight) -> Option<(&TemplateStat, &SeenLine)> {
    let errors = insight.templates.iter().filter(|one| one.level.is_some_and(Level::is_error));
    let lines = errors.filter_map(|one| one.examples.first().map(|line| (one, line)));
    lines.min_by_key(|(_, line)| (line.time.is_none(), line.time, line.at))
}

/// The exception that belongs to the error at this line; without an error, the most frequent one.
fn behind(insight: &Insight, error: Option<LineRef>) -> Option<&TraceGroup> {
    let Some(error) = error else { return insight.traces.first() };
    insight.traces.iter().find(|trace| {
        let is_within = (trace.began..=trace.first.line).contains(&error.line);
        let is_next = (error.line..=error.line + NEXT_EVENT_LINES).contains(&trace.began);
        trace.first.log == error.log && (is_within || is_next)
    })
}

fn thrown(trace: &TraceGroup) -> Observation {
    let kind = trace.kind.expose();
    let message = quote(trace.message.expose());
    let place = trace.frames.first().map(|frame| format!(", at {}", quote(frame.expose()))).unwrap_or_default();
    let quoted = if message.is_empty() { String::new() } else { format!(": “{message}”") };
    let says = format!("The program failed with {kind}{quoted}{place}");
    let text = format!("{kind}: {}", trace.message.expose());
    Observation {
        says,
        line: SeenLine { at: trace.first, time: trace.first_time, text: text.into() },
        count: trace.count,
    }
}

/// What a reader would look at next: sentences that cite their lines.
pub(super) fn facts(insight: &Insight) -> Vec<String> {
    let mut told = Vec::new();
    let lead = if insight.onset.is_some() { "Changed before the trouble" } else { "Changed" };
    told.extend(changes_before(insight).iter().map(|line| format!("{lead}: {}", told_line(insight, line))));
    for seen in insight.first_seen.iter().filter(|one| one.from_start_secs >= -CALM_SECS).take(MAX_OF_A_KIND) {
        told.push(format!("New around the start: {}", told_line(insight, &seen.line)));
    }
    let bursts = insight.bursts.iter().filter(|burst| burst.line.is_some()).take(MAX_OF_A_KIND);
    told.extend(bursts.filter_map(|burst| {
        let line = insight.cite(burst.line?);
        Some(format!("A burst of {} errors from {:.0} to {:.0}, first at {line}.", burst.count, burst.from, burst.to))
    }));
    for trace in insight.traces.iter().take(MAX_OF_A_KIND) {
        let times = if trace.count == 1 { "once".to_owned() } else { format!("{} times", trace.count) };
        let (kind, message) = (trace.kind.expose(), quote(trace.message.expose()));
        told.push(format!("Thrown {times}: {kind}: {message} ({})", insight.cite(trace.first)));
    }
    told.extend(errors_end(insight).map(|(at, line)| format!("The errors end at {at:.0} ({}).", insight.cite(line))));
    told
}

/// The latest known lines that tell of a change and are not later than the start of the trouble.
///
/// Of lines of one kind only some are kept, so none of these is surely the last one.
pub(super) fn changes_before(insight: &Insight) -> Vec<&SeenLine> {
    let is_before = |line: &&SeenLine| match (line.time, insight.onset) {
        (Some(time), Some(onset)) => time <= onset,
        _ => insight.onset.is_none(),
    };
    let latest = insight.templates.iter().filter_map(|one| one.examples.iter().rfind(is_before));
    let mut before: Vec<&SeenLine> = latest.filter(|line| is_change(line.text.expose())).collect();
    before.sort_by_key(|line| std::cmp::Reverse((line.time, line.at)));
    before.truncate(MAX_OF_A_KIND);
    before
}

/// The exception that the log names right below a line: what may explain it, if the reader agrees.
pub(super) fn thrown_below(insight: &Insight, line: LineRef) -> Option<Observation> {
    behind(insight, Some(line)).map(thrown)
}

/// The first error's moment and line.
pub(super) fn errors_begin(insight: &Insight) -> Option<(Timestamp, SeenLine)> {
    let (_, line) = first_error(insight)?;
    Some((line.time?, line.clone()))
}

/// When the errors end, if the logs go on without any.
pub(super) fn errors_end(insight: &Insight) -> Option<(Timestamp, LineRef)> {
    let errors = insight.templates.iter().filter(|one| one.level.is_some_and(Level::is_error));
    let last = errors.filter_map(|one| Some((one.last_time?, LineRef { log: one.log, line: one.last_line }))).max()?;
    let (_, end) = insight.time_range()?;
    (end.duration_since(last.0).as_secs() >= CALM_SECS).then_some(last)
}

fn told_line(insight: &Insight, line: &SeenLine) -> String {
    format!("“{}” ({})", quote(line.text.expose()), insight.cite(line.at))
}

/// A quotation that stays within its sentence: one line, nothing that Markdown would read as a fence.
fn quote(text: &str) -> String {
    clip_with_mark(text.trim(), MAX_QUOTE_BYTES).replace('`', "'").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::Analyzer;

    fn insight(lines: &[&str]) -> Insight {
        let mut analyzer = Analyzer::new("a.log", "2026-11-25T12:00:00Z".parse().unwrap());
        for line in lines {
            analyzer.push_line(line);
        }
        Insight::merge(vec![analyzer.finish()], None)
    }

    #[test]
    fn an_error_and_the_exception_behind_it_are_two_steps() {
        let steps = steps(&insight(&[
            "2026-11-22T01:38:20Z ERROR cannot process order 7",
            "Traceback (most recent call last):",
            "  File \"/srv/app.py\", line 7, in parse",
            "ValueError: no such currency",
        ]));
        let places: Vec<u64> = steps.iter().map(|step| step.line.at.line).collect();
        assert_eq!(places, [1, 4]);
        assert!(steps[1].says.contains("ValueError: “no such currency”, at /srv/app.py in parse"), "{steps:?}");
    }

    #[test]
    fn a_log_without_errors_gives_no_step() {
        assert_eq!(steps(&insight(&["2026-11-22T01:38:20Z INFO fine"])), []);
    }

    #[test]
    fn the_end_of_the_errors_is_told_only_if_the_log_goes_on() {
        let lines = ["2026-11-22T01:38:20Z ERROR x", "2026-11-22T01:38:30Z INFO y", "2026-11-22T01:45:00Z INFO y"];
        assert_eq!(errors_end(&insight(&lines)).map(|(_, line)| line.line), Some(1));
        assert_eq!(errors_end(&insight(&lines[..2])), None);
    }

    #[test]
    fn the_last_change_before_the_start_is_a_fact() {
        let told = facts(&insight(&[
            "2026-11-22T01:00:00Z INFO deploy of version 1.2 finished",
            "2026-11-22T01:38:20Z ERROR x failed",
            "2026-11-22T01:40:00Z INFO deploy of version 1.1 finished after rollback",
        ]));
        assert!(
            told[0].contains("a.log:1)")
                && !told.iter().any(|fact| fact.contains("hanged before") && fact.contains("a.log:3)")),
            "{told:?}"
        );
    }
}
