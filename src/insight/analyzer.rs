//! One log, line by line, in bounded memory.

use super::bursts::LogBuckets;
use super::changes::is_change;
use super::decode::{DecodeError, Decoder};
use super::events::Grouper;
use super::index::LogIndex;
use super::json::field;
use super::levels::{LevelCounts, level_of};
use super::lines::{LineSplitter, clip, clip_with_mark};
use super::summary::{LineRef, LogAnalysis, LogSummary, SeenLine, TemplateStat};
use super::templates::{Miner, TemplateId};
use super::timestamps::TimeFinder;
use super::traces::TraceCollector;
use crate::domain::Level;
use jiff::Timestamp;

/// Longest example that is kept of a template, in bytes.
const MAX_EXAMPLE_BYTES: usize = 800;

/// Longest part of a message that tells its kind, in bytes.
const MAX_MESSAGE_BYTES: usize = 2048;

/// Examples kept of one template: the first three, and the latest of those at powers of two.
const FIRST_EXAMPLES: usize = 3;
const MAX_EXAMPLES: usize = 6;

/// Timed lines at the beginning whose zone is looked for.
const MAX_ZONES_CHECKED: u32 = 20;

/// A line so much earlier than the one above means that a clock was set, or that logs were mixed; in seconds.
const STEP_BACK_SECS: i64 = 60;

/// Keys of a JSON line that say what happened.
const MESSAGE_KEYS: &[&str] = &["msg", "message", "MESSAGE", "event", "log"];

/// What was recognized in one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFacts {
    pub time: Option<Timestamp>,
    pub level: Option<Level>,
}

/// Analyzes one log.
#[derive(Debug)]
pub struct Analyzer {
    summary: LogSummary,
    finder: TimeFinder,
    grouper: Grouper,
    miner: Miner,
    templates: Vec<TemplateStat>,
    current: Option<TemplateId>,
    /// Of the event that is being read.
    event_time: Option<Timestamp>,
    offset_secs: i32,
    /// Of the line above that had one.
    latest: Option<Timestamp>,
    /// Lines whose zone was looked for.
    zones_checked: u32,
    traces: TraceCollector,
    buckets: LogBuckets,
    message: String,
}

impl Analyzer {
    /// `reference_time` is a moment near the log's end; it settles the year where lines do not give one.
    pub fn new(file_name: impl Into<String>, reference_time: Timestamp) -> Self {
        Self {
            summary: LogSummary {
                name: file_name.into(),
                lines: 0,
                bytes: 0,
                events: 0,
                timed_lines: 0,
                first_time: None,
                last_time: None,
                levels: LevelCounts::default(),
                assumed_offset_secs: None,
                steps_back: 0,
            },
            finder: TimeFinder::new(reference_time),
            grouper: Grouper::default(),
            miner: Miner::default(),
            templates: Vec::new(),
            current: None,
            event_time: None,
            offset_secs: 0,
            latest: None,
            zones_checked: 0,
            traces: TraceCollector::default(),
            buckets: LogBuckets::default(),
            message: String::new(),
        }
    }

    /// Reads times without a zone as `offset_secs` seconds east of UTC.
    #[must_use]
    pub fn with_offset(mut self, offset_secs: i32) -> Self {
        self.finder = self.finder.with_offset(offset_secs);
        self.offset_secs = offset_secs;
        self
    }

    /// Takes the next line, without its line break.
    pub fn push_line(&mut self, line: &str) -> LineFacts {
        self.push_sized(line, line.len() as u64 + 1)
    }

    /// As [`Self::push_line`], for a line that took `bytes` bytes in the text, break included.
    pub(super) fn push_sized(&mut self, line: &str, bytes: u64) -> LineFacts {
        let found = self.finder.find(line);
        let time = found.as_ref().map(|(time, _)| *time);
        let span = found.map(|(_, range)| range);
        let begins = self.grouper.begins_event(line, time.is_some());
        let level = if begins { level_of(line, span.clone()) } else { level_of_further(line) };
        self.count(bytes, LineFacts { time, level });
        self.look_for_zone(line, time.is_some());
        if begins {
            self.event_time = time;
            let Self { message, summary, traces, .. } = self;
            summary.events += 1;
            write_message(line, span.map_or((0, 0), |span| (span.start, span.end)), message);
            traces.head(line, summary.lines, time);
            let template = self.miner.add(&self.message);
            self.current = Some(template);
            self.note(template, line, LineFacts { time, level });
        } else {
            self.traces.continued(line, self.summary.lines);
            if level.is_some() || is_change_below(line) {
                // It tells something of its own: a build tool's error below a heading, a package manager's list.
                let template = self.miner.add(line);
                self.note(template, line, LineFacts { time: self.event_time, level });
            } else if let Some(stat) = self.current.and_then(|current| self.templates.get_mut(current)) {
                stat.lines += 1;
            }
        }
        LineFacts { time, level }
    }

    fn look_for_zone(&mut self, line: &str, is_timed: bool) {
        if is_timed && self.zones_checked < MAX_ZONES_CHECKED {
            self.zones_checked += 1;
            if self.finder.assumes_zone(line) {
                self.summary.assumed_offset_secs = Some(self.offset_secs);
            }
        }
    }

    pub fn finish(mut self) -> LogAnalysis {
        self.buckets.flush();
        for (template, stat) in self.templates.iter_mut().enumerate() {
            stat.text = self.miner.text(template).into();
        }
        LogAnalysis {
            summary: self.summary,
            templates: self.templates,
            traces: self.traces.finish(),
            buckets: self.buckets,
        }
    }

    fn count(&mut self, bytes: u64, facts: LineFacts) {
        let summary = &mut self.summary;
        summary.lines += 1;
        summary.bytes += bytes;
        summary.levels.add(facts.level);
        let Some(time) = facts.time else { return };
        summary.timed_lines += 1;
        let is_back = self.latest.is_some_and(|latest| latest.duration_since(time).as_secs() > STEP_BACK_SECS);
        summary.steps_back += u64::from(is_back);
        self.latest = Some(time);
        summary.first_time = Some(summary.first_time.map_or(time, |first| first.min(time)));
        summary.last_time = Some(summary.last_time.map_or(time, |last| last.max(time)));
        self.buckets.add(time, facts.level, summary.lines);
    }

    fn note(&mut self, template: TemplateId, line: &str, facts: LineFacts) {
        let number = self.summary.lines;
        if template >= self.templates.len() {
            self.templates.push(new_stat(number, facts));
        }
        let Some(stat) = self.templates.get_mut(template) else { return };
        stat.count += 1;
        stat.lines += 1;
        stat.level = stat.level.max(facts.level);
        stat.last_line = number;
        stat.first_time = stat.first_time.or(facts.time);
        stat.last_time = facts.time.or(stat.last_time);
        if stat.examples.len() < FIRST_EXAMPLES || stat.count.is_power_of_two() {
            let text = clip_with_mark(line, MAX_EXAMPLE_BYTES).into_owned();
            if stat.examples.len() >= MAX_EXAMPLES {
                stat.examples.remove(FIRST_EXAMPLES);
            }
            stat.examples.push(SeenLine { at: LineRef { log: 0, line: number }, time: facts.time, text: text.into() });
        }
    }
}

/// The level of a line that continues an event, if it tells something of its own; frames and wrapped text do not.
fn level_of_further(line: &str) -> Option<Level> {
    if line.starts_with(|c: char| c.is_whitespace() || c == '{') || line.starts_with("Traceback ") {
        return None;
    }
    level_of(line, None).filter(|level| *level >= Level::Warn)
}

/// Whether a line that continues an event tells of a change; frames and wrapped text do not.
fn is_change_below(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic()) && is_change(clip(line, MAX_MESSAGE_BYTES))
}

fn new_stat(line: u64, facts: LineFacts) -> TemplateStat {
    TemplateStat {
        text: String::new().into(),
        log: 0,
        count: 0,
        lines: 0,
        level: None,
        first_line: line,
        last_line: line,
        first_time: facts.time,
        last_time: None,
        examples: Vec::new(),
    }
}

/// What tells the kind of a line: all but its time, or what a JSON line gives as its message.
fn write_message(line: &str, (start, end): (usize, usize), message: &mut String) {
    message.clear();
    if line.starts_with('{')
        && let Some(told) = field(line, MESSAGE_KEYS)
    {
        message.push_str(clip(told, MAX_MESSAGE_BYTES));
        if let Some(error) = field(line, &["error", "err", "reason"]) {
            message.push(' ');
            message.push_str(clip(error, MAX_MESSAGE_BYTES));
        }
        return;
    }
    message.push_str(clip(line.get(..start).unwrap_or_default(), MAX_MESSAGE_BYTES));
    message.push_str(clip(line.get(end..).unwrap_or(line), MAX_MESSAGE_BYTES));
}

/// Everything about one log in a single pass over its bytes: encoding, index and analysis.
#[derive(Debug)]
pub struct Scan {
    decoder: Decoder,
    splitter: LineSplitter,
    analyzer: Analyzer,
    index: LogIndex,
}

/// What a [`Scan`] found.
#[derive(Clone, Debug)]
pub struct Scanned {
    pub analysis: LogAnalysis,
    pub index: LogIndex,
    pub encoding: &'static str,
}

impl Scan {
    /// See [`Analyzer::new`].
    pub fn new(file_name: impl Into<String>, reference_time: Timestamp) -> Self {
        Self {
            decoder: Decoder::new(),
            splitter: LineSplitter::default(),
            analyzer: Analyzer::new(file_name, reference_time),
            index: LogIndex::default(),
        }
    }

    /// See [`Analyzer::with_offset`].
    #[must_use]
    pub fn with_offset(mut self, offset_secs: i32) -> Self {
        self.analyzer = self.analyzer.with_offset(offset_secs);
        self
    }

    /// Takes the next bytes and gives back their text, for whoever wants to keep it.
    pub fn push(&mut self, bytes: &[u8]) -> Result<String, DecodeError> {
        let text = self.decoder.push(bytes)?;
        self.take(&text);
        Ok(text)
    }

    /// The result, and the rest of the text.
    pub fn finish(mut self) -> Result<(Scanned, String), DecodeError> {
        let text = self.decoder.finish()?;
        self.take(&text);
        let Self { splitter, analyzer, index, .. } = &mut self;
        splitter.finish(|line, bytes| add(analyzer, index, line, bytes));
        let encoding = self.decoder.encoding_name();
        Ok((Scanned { analysis: self.analyzer.finish(), index: self.index, encoding }, text))
    }

    fn take(&mut self, text: &str) {
        let Self { splitter, analyzer, index, .. } = self;
        splitter.push(text, |line, bytes| add(analyzer, index, line, bytes));
    }
}

fn add(analyzer: &mut Analyzer, index: &mut LogIndex, line: &str, bytes: u64) {
    let facts = analyzer.push_sized(line, bytes);
    index.add_line(bytes, facts.time, facts.level);
}
