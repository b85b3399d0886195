//! Deciding about findings, going from one to the next, and looking for them again.

use super::privacy::{Decided, policy};
use super::{detail, findings};
use crate::domain::{AuditAction, Decision, IssueId, LogFile, LogFileId, PiiKind, PiiSpan, SpanDecision};
use crate::insight::{LINES_PER_CHECKPOINT, LogIndex};
use crate::privacy::place_of;
use crate::store::{Database, DecisionEntry, StoreError};
use crate::worker::blocking;
use crate::worker::command::{DecisionTarget, Seek};
use crate::worker::event::{Event, FindingsChange, SpanPlace};
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::log_text::{self, PlacedLine};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Arc;

/// Lines that a value may go over: the longest private keys have fewer.
const MOST_LINES_OF_A_VALUE: u64 = 256;

pub(super) async fn decide(
    session: &Arc<Session>,
    issue: IssueId,
    target: DecisionTarget,
    decision: Decision,
) -> Result<Event, Failure> {
    let change = match target {
        DecisionTarget::Span { log, kind, range } => decide_span(session, issue, (log, kind, range), decision).await?,
        DecisionTarget::Value { kind, value } => {
            let entry = DecisionEntry { kind, value: Some(value.clone()), decision };
            let details = json!({"kind": kind.as_str(), "decision": decision.as_str(), "scope": "value"});
            keep(session, issue, details, move |db| db.set_decision(issue, &entry)).await?;
            FindingsChange::Value { value, decision }
        }
        DecisionTarget::Kind(kind) => decide_kind(session, issue, kind, decision).await?,
    };
    Ok(Event::FindingsChanged { issue, change })
}

/// Stores a decision together with its entry in the audit log.
async fn keep<T: Send + 'static>(
    session: &Session,
    issue: IssueId,
    details: Value,
    work: impl FnOnce(&Database) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Failure> {
    let kept = session.call(move |db| {
        db.transaction(|db| {
            let kept = work(db)?;
            db.audit(AuditAction::RedactionOverride, "issue", &issue.to_string(), &details)?;
            Ok(kept)
        })
    });
    kept.await
}

async fn decide_kind(
    session: &Session,
    issue: IssueId,
    kind: PiiKind,
    decision: Decision,
) -> Result<FindingsChange, Failure> {
    if kind.is_secret() && decision == Decision::Keep {
        return Err(Failure::new(
            FailureKind::RefusedByGate,
            "a whole kind of secrets cannot be kept",
            "Keep the values one by one that are no secrets",
        ));
    }
    let details = json!({"kind": kind.as_str(), "decision": decision.as_str(), "scope": "kind"});
    let entry = DecisionEntry { kind, value: None, decision };
    let (decided, groups) = keep(session, issue, details, move |db| {
        db.set_decision(issue, &entry)?;
        let decided = Decided::read(db, issue)?;
        let groups = if decided.rules.is_empty() { Vec::new() } else { db.value_groups(issue)? };
        Ok((decided, groups))
    })
    .await?;
    let policy = policy(&session.settings(), decided)?;
    let of_kind = groups.into_iter().filter(|group| group.kind == kind).map(|group| group.value);
    let except = of_kind.filter(|value| policy.decision(kind, value.expose()) != decision).collect();
    Ok(FindingsChange::Kind { kind, decision, except })
}

async fn decide_span(
    session: &Arc<Session>,
    issue: IssueId,
    (log, kind, range): (LogFileId, PiiKind, Range<u64>),
    decision: Decision,
) -> Result<FindingsChange, Failure> {
    let worker = Arc::clone(session);
    let wanted = range.clone();
    let (line, found) = blocking::run(move |_stop| {
        let (log, index) = worker.store.call_blocking(move |db| Ok((db.log_file(log)?, db.log_index(log)?)))?;
        let index = LogIndex::from_bytes(&index)?;
        span_at(&worker, (&log, &index), &wanted)
    })
    .await?;
    let entry = SpanDecision { kind, decision, ..found };
    let value = entry.value.clone();
    let details = json!({
        "kind": kind.as_str(), "decision": decision.as_str(), "scope": "span", "log": log.to_string(), "line": line,
    });
    let exceptions = keep(session, issue, details, move |db| {
        db.set_span_decision(log, line, &entry)?;
        db.exceptions(issue, entry.kind, &entry.value)
    })
    .await?;
    Ok(FindingsChange::Span { kind, value, exceptions })
}

/// Reads the lines around a span: the number of the first one, and how the place is known again.
fn span_at(
    session: &Session,
    (log, index): (&LogFile, &LogIndex),
    range: &Range<u64>,
) -> Result<(u64, SpanDecision), Failure> {
    let gone = || {
        Failure::new(FailureKind::Other, "this place cannot be decided on by itself", "Decide about the value instead")
    };
    let (line, lines) = lines_of(session, (log, index), range)?;
    let (first, last) = lines.first().zip(lines.last()).ok_or_else(gone)?;
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    let text = texts.join("\n");
    // Line breaks of two bytes are one here, so the end is counted from the last line.
    let offset = |at: u64, line: &PlacedLine| usize::try_from(at.checked_sub(line.start)?).ok();
    let start = offset(range.start, first).ok_or_else(gone)?;
    let end = text.len() - last.text.len() + offset(range.end, last).ok_or_else(gone)?;
    let local = start..end;
    let place = place_of(&text, &local).ok_or_else(gone)?;
    let value = text.get(local).ok_or_else(gone)?.into();
    let found = SpanDecision {
        kind: PiiKind::Custom,
        value,
        line_hash: place.line_hash,
        occurrence: place.occurrence,
        decision: Decision::Redact,
        cited: String::new(),
    };
    Ok((line, found))
}

/// The lines that these bytes stand in, and the number of the first.
fn lines_of(
    session: &Session,
    (log, index): (&LogFile, &LogIndex),
    range: &Range<u64>,
) -> Result<(u64, Vec<PlacedLine>), Failure> {
    let Some(from) = index.line_before(range.start) else { return Ok((1, Vec::new())) };
    let count = LINES_PER_CHECKPOINT + MOST_LINES_OF_A_VALUE;
    let mut lines = log_text::lines(&session.store, log, index, from, count)?;
    let before = lines.partition_point(|line| line.start <= range.start).saturating_sub(1);
    let behind = lines.partition_point(|line| line.start < range.end);
    lines.truncate(behind.max(before + 1));
    let lines = lines.split_off(before.min(lines.len()));
    Ok((from + before as u64, lines))
}

pub(super) async fn find_span(session: &Arc<Session>, issue: IssueId, seek: Seek) -> Result<Event, Failure> {
    let found = session.call(move |db| sought(db, issue, &seek)).await?;
    let Some((log, span)) = found else { return Ok(Event::SpanSought { issue, place: None }) };
    let range = span.range.start as u64..span.range.end as u64;
    let worker = Arc::clone(session);
    let line = blocking::run(move |_stop| {
        let (log, index) = worker.store.call_blocking(move |db| Ok((db.log_file(log)?, db.log_index(log)?)))?;
        Ok(lines_of(&worker, (&log, &LogIndex::from_bytes(&index)?), &range)?.0)
    });
    let place = SpanPlace { log, line: line.await?, range: span.range.start as u64..span.range.end as u64 };
    Ok(Event::SpanSought { issue, place: Some(place) })
}

fn sought(db: &Database, issue: IssueId, seek: &Seek) -> Result<Option<(LogFileId, PiiSpan)>, StoreError> {
    let logs: Vec<_> = db.log_files(issue)?.into_iter().map(|log| log.id).collect();
    let place = |log: &LogFileId| logs.iter().position(|one| one == log).ok_or(StoreError::NotFound("log"));
    match seek {
        Seek::After { log, offset } => {
            let at = place(log)?;
            if let Some(span) = db.next_span(*log, *offset, true)? {
                return Ok(Some((*log, span)));
            }
            first_of(logs.iter().skip(at + 1), |log| db.first_span(log))
        }
        Seek::Before { log, offset } => {
            let at = place(log)?;
            if let Some(span) = db.next_span(*log, *offset, false)? {
                return Ok(Some((*log, span)));
            }
            first_of(logs.iter().take(at).rev(), |log| db.next_span(log, u64::MAX, false))
        }
        Seek::First { kind, value } => first_of(logs.iter(), |log| db.first_place(log, *kind, value)),
    }
}

fn first_of<'a>(
    logs: impl Iterator<Item = &'a LogFileId>,
    find: impl Fn(LogFileId) -> Result<Option<PiiSpan>, StoreError>,
) -> Result<Option<(LogFileId, PiiSpan)>, StoreError> {
    for log in logs {
        if let Some(span) = find(*log)? {
            return Ok(Some((*log, span)));
        }
    }
    Ok(None)
}

pub(super) async fn redetect(session: &Arc<Session>, reporter: &Reporter, log: LogFileId) -> Result<Event, Failure> {
    let log = session.call(move |db| db.log_file(log)).await?;
    let (issue, total) = (log.issue, log.size_bytes);
    let teller = reporter.clone();
    let mut scanned = 0;
    let found = findings::detect(session, log, move |bytes| {
        scanned += bytes;
        teller.progress(scanned.min(total), Some(total));
    });
    found.await?;
    Ok(Event::Redetected(Box::new(detail::load(session, issue).await?)))
}
