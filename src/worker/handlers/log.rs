//! Attaching, reading, searching and removing logs.

use super::detail::{self, log_events};
use super::{findings, insight};
use crate::domain::{AuditAction, IssueId, LogFile, LogFileId, LogLine, Status, TimelineKind, Unredacted};
use crate::insight::{LineSplitter, LogIndex, TimeFinder, clip_line, level_of};
use crate::worker::blocking::{self, Stop};
use crate::worker::command::{LineFilter, LogCommand, LogSource};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::import::{self, Imported, Progress};
use crate::worker::log_text::{self, PlacedLine};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use serde_json::json;
use std::sync::Arc;

/// Most lines that are given at a time.
const MOST_LINES: u64 = 4096;
/// Most hits of a search.
const MOST_HITS: usize = 100_000;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: LogCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        LogCommand::Import { issue, source } => {
            attach(&session, reporter, issue, vec![source]).await?;
            Ok(Event::IssueLoaded(Box::new(detail::load(&session, issue).await?)))
        }
        LogCommand::Remove { issue, log } => detail::change(&session, issue, move |db| db.remove_log_file(log)).await,
        LogCommand::ReadLines { log, first, count } => {
            let (log, lines) = read(&session, log, first.max(1), u64::from(count)).await?;
            Ok(Event::LinesRead { log: log.id, first, lines: described(&log, first.max(1), lines) })
        }
        LogCommand::Search { log, filter } => search(&session, reporter, log, filter).await,
        LogCommand::LoadInsight(issue) => {
            let (insight, _logs) = insight::of_issue(&session, reporter, issue).await?;
            Ok(Event::InsightLoaded { issue, insight })
        }
    }
}

/// Reads logs, keeps them, and looks for what must not leave. One that fails stops the rest; those before it are kept.
pub(super) async fn attach(
    session: &Arc<Session>,
    reporter: &Reporter,
    issue: IssueId,
    sources: Vec<LogSource>,
) -> Result<(), Failure> {
    // Reading is one half of the way, detection the other.
    let total = 2 * sources.iter().map(size_of).sum::<u64>();
    let mut done = 0;
    let taken: Vec<_> = session.call(move |db| db.log_files(issue)).await?;
    let mut names: Vec<_> = taken.into_iter().map(|log| log.file_name).collect();
    for source in sources {
        let size = size_of(&source);
        let from = done;
        let teller = reporter.clone();
        let mut imported = blocking::run(move |stop| {
            let mut progress = Progress { reporter: &teller, done: from, total };
            match &source {
                LogSource::File(path) => import::read_file(issue, path, stop, &mut progress),
                LogSource::Pasted { name, text } => import::read_pasted(issue, name, text, stop, &mut progress),
            }
        })
        .await?;
        imported.log.file_name = unused_name(&imported.log.file_name, &names);
        imported.analysis.summary.name.clone_from(&imported.log.file_name);
        names.push(imported.log.file_name.clone());
        let log = keep(session, imported).await?;
        done += size;
        let (from, teller) = (done, reporter.clone());
        let mut scanned = 0;
        let found = findings::detect(session, log.clone(), move |bytes| {
            scanned += bytes;
            teller.progress((from + scanned).min(total), Some(total));
        });
        let found = found.await?;
        done += size;
        let text = format!("{found} values found in {} that are redacted before anything leaves", log.file_name);
        let event = detail::system_event(issue, TimelineKind::Redaction, text);
        session.call(move |db| db.save_timeline_event(&event)).await?;
    }
    Ok(())
}

fn size_of(source: &LogSource) -> u64 {
    match source {
        LogSource::File(path) => std::fs::metadata(path).map_or(0, |found| found.len()),
        LogSource::Pasted { text, .. } => text.expose().len() as u64,
    }
}

/// Two logs of one issue have different names, so that a citation is unambiguous: `app.log`, `app-2.log`.
fn unused_name(name: &str, names: &[String]) -> String {
    let is_taken = |name: &str| names.iter().any(|one| one == name);
    if !is_taken(name) {
        return name.to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let mut number = 2;
    loop {
        let other = format!("{stem}-{number}{ending}");
        if !is_taken(&other) {
            return other;
        }
        number += 1;
    }
}

async fn keep(session: &Session, imported: Imported) -> Result<LogFile, Failure> {
    let Imported { log, index, analysis, content } = imported;
    session.remember_analysis(log.id, analysis);
    let details = json!({
        "file_sha256": log.content_hash, "size_bytes": log.size_bytes, "lines": log.line_count,
        "encoding": log.encoding, "kept_inside": log.kept_inside, "issue": log.issue.to_string(),
    });
    let stored = log.clone();
    session
        .call(move |db| {
            db.transaction(|db| {
                db.insert_log_file(&stored, content.as_ref().map(Unredacted::expose), &index.to_bytes())?;
                for event in log_events(&stored) {
                    db.save_timeline_event(&event)?;
                }
                let mut issue = db.issue(stored.issue)?;
                if issue.status == Status::Open {
                    issue.status = Status::Triaging;
                }
                issue.updated_at = stored.added_at;
                db.update_issue(&issue)?;
                db.audit(AuditAction::LogImport, "log_file", &stored.id.to_string(), &details)?;
                Ok(())
            })
        })
        .await?;
    Ok(log)
}

/// A log and some of its lines, from `first`, counted from 1.
pub(super) async fn read(
    session: &Arc<Session>,
    id: LogFileId,
    first: u64,
    count: u64,
) -> Result<(LogFile, Vec<PlacedLine>), Failure> {
    let worker = Arc::clone(session);
    blocking::run(move |_stop| {
        let (log, index) = worker.store.call_blocking(move |db| Ok((db.log_file(id)?, db.log_index(id)?)))?;
        let index = LogIndex::from_bytes(&index)?;
        let lines = log_text::lines(&worker.store, &log, &index, first, count.min(MOST_LINES))?;
        Ok((log, lines))
    })
    .await
}

fn described(log: &LogFile, first: u64, lines: Vec<PlacedLine>) -> Vec<LogLine> {
    let mut finder = TimeFinder::new(log.time_range.map_or(log.added_at, |(_, last)| last));
    let lines = (first..).zip(lines).map(|(number, PlacedLine { text: line, .. })| {
        let found = finder.find(&line);
        let time = found.as_ref().map(|(time, _)| *time);
        let level = level_of(&line, found.map(|(_, range)| range));
        let instructs = crate::privacy::instruction_like(&line);
        LogLine { number, time, level, text: crate::privacy::visible(&line).into_owned().into(), instructs }
    });
    lines.collect()
}

async fn search(
    session: &Arc<Session>,
    reporter: &Reporter,
    id: LogFileId,
    filter: LineFilter,
) -> Result<Event, Failure> {
    let worker = Arc::clone(session);
    let teller = reporter.clone();
    let (numbers, truncated) = blocking::run(move |stop| {
        let log = worker.store.call_blocking(move |db| db.log_file(id))?;
        let mut search = Search::new(&log, &filter);
        let mut splitter = LineSplitter::default();
        let mut done = 0;
        log_text::for_each_piece(&worker.store, &log, |piece| {
            stop.check()?;
            splitter.push(piece, |line, _bytes| search.look_at(line));
            done += piece.len() as u64;
            teller.progress(done.min(log.size_bytes), Some(log.size_bytes));
            Ok(search.hits.len() < MOST_HITS)
        })?;
        splitter.finish(|line, _bytes| search.look_at(line));
        let truncated = search.hits.len() >= MOST_HITS;
        Ok((search.hits, truncated))
    })
    .await?;
    Ok(Event::LinesFound { log: id, numbers: Arc::new(numbers), truncated })
}

struct Search<'a> {
    filter: &'a LineFilter,
    words: Option<regex::Regex>,
    finder: TimeFinder,
    number: u64,
    hits: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(log: &LogFile, filter: &'a LineFilter) -> Self {
        let escaped = regex::escape(filter.text.trim());
        let words = regex::RegexBuilder::new(&escaped).case_insensitive(true).build();
        Self {
            filter,
            // A pattern too large to compile is one that nobody typed; nothing is found then.
            words: (!escaped.is_empty()).then(|| words.ok()).flatten(),
            finder: TimeFinder::new(log.added_at),
            number: 0,
            hits: Vec::new(),
        }
    }

    fn look_at(&mut self, line: &str) {
        self.number += 1;
        if self.hits.len() >= MOST_HITS || self.words.as_ref().is_some_and(|words| !words.is_match(line)) {
            return;
        }
        if let Some(least) = self.filter.at_least {
            let time = self.finder.find(line).map(|(_, range)| range);
            if level_of(line, time).is_none_or(|level| level < least) {
                return;
            }
        }
        self.hits.push(self.number);
    }
}

/// What analyzing a whole log again takes; for [`super::insight`].
pub(super) fn analyze(
    session: &Session,
    log: &LogFile,
    stop: &Stop,
    mut on_progress: impl FnMut(u64),
) -> Result<crate::insight::LogAnalysis, Failure> {
    let reference = log.time_range.map_or(log.added_at, |(_, last)| last);
    let mut analyzer = crate::insight::Analyzer::new(log.file_name.clone(), reference);
    let mut splitter = LineSplitter::default();
    log_text::for_each_piece(&session.store, log, |piece| {
        stop.check()?;
        splitter.push(piece, |line, _bytes| {
            analyzer.push_line(&clip_line(line));
        });
        on_progress(piece.len() as u64);
        Ok(true)
    })?;
    splitter.finish(|line, _bytes| {
        analyzer.push_line(&clip_line(line));
    });
    Ok(analyzer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_log_of_the_same_name_gets_a_name_of_its_own() {
        let names = ["app.log".to_owned(), "app-2.log".to_owned(), "messages".to_owned()];
        assert_eq!(unused_name("app.log", &names), "app-3.log");
        assert_eq!(unused_name("messages", &names), "messages-2");
        assert_eq!(unused_name("db.log", &names), "db.log");
    }
}
