//! What the detectors found in logs.
//!
//! Spans come in batches, for a large log has more than fit into memory. Until the last batch has come the old spans
//! stay in force: the new ones belong to a generation that does not count yet.

use super::columns::{int, offset, text, uint, unexpected, word};
use super::{Database, StoreError};
use crate::domain::{Confidence, Decision, IssueId, LogFileId, PiiKind, PiiSpan, Placeholder, Unredacted, ValueGroup};
use rusqlite::{OptionalExtension as _, Row, named_params, params};
use std::ops::Range;
use uuid::Uuid;

/// A detection of one log, whose spans are on their way into the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "spans count only once the batch is finished"]
pub struct SpanBatch {
    log: LogFileId,
    generation: i64,
}

impl Database {
    /// Begins to replace the spans of a log. An earlier replacement of the same log that still runs is cut off.
    pub fn begin_spans(&self, log: LogFileId) -> Result<SpanBatch, StoreError> {
        self.transaction(|db| {
            db.log_file(log)?;
            let id = log.to_string();
            let unfinished = "SELECT generation FROM span_replacements WHERE log_file_id = ?1";
            let unfinished = db.connection.query_row(unfinished, [&id], |row| row.get(0)).optional()?;
            let current = "SELECT span_generation FROM log_files WHERE id = ?1";
            let current: i64 = db.connection.query_row(current, [&id], |row| row.get(0))?;
            let generation = unfinished.unwrap_or(current) + 1;
            db.discard_spans_of(&id)?;
            let begin = "INSERT INTO span_replacements (log_file_id, generation) VALUES (?1, ?2)";
            db.connection.execute(begin, params![id, generation])?;
            Ok(SpanBatch { log, generation })
        })
    }

    /// Adds spans to the batch, in any order.
    pub fn append_spans(&self, batch: &SpanBatch, spans: &[PiiSpan]) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_running(batch)?;
            let log = batch.log.to_string();
            let mut statement = db.connection.prepare_cached(
                "INSERT INTO pii_spans (id, log_file_id, pii_type, start_offset, end_offset, original_value,
                     replacement, generation, confidence)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            for span in spans {
                statement.execute(params![
                    Uuid::now_v7().to_string(),
                    log,
                    span.kind.as_str(),
                    int(span.range.start as u64),
                    int(span.range.end as u64),
                    span.value.expose(),
                    span.placeholder.to_string(),
                    batch.generation,
                    rank(span.confidence),
                ])?;
            }
            Ok(())
        })
    }

    /// Puts the batch in place of the log's spans. Returns how many spans it has.
    pub fn finish_spans(&self, batch: SpanBatch) -> Result<u64, StoreError> {
        self.transaction(|db| {
            db.require_running(&batch)?;
            let id = batch.log.to_string();
            let end = "DELETE FROM span_replacements WHERE log_file_id = ?1";
            db.connection.execute(end, [&id])?;
            let outdated = "DELETE FROM pii_spans WHERE log_file_id = ?1 AND generation <> ?2";
            db.connection.execute(outdated, params![id, batch.generation])?;
            let switch = "UPDATE log_files SET span_generation = ?2, longest_span =
                              (SELECT ifnull(max(end_offset - start_offset), 0) FROM pii_spans WHERE log_file_id = ?1)
                          WHERE id = ?1";
            db.connection.execute(switch, params![id, batch.generation])?;
            db.connection.execute("DELETE FROM pii_values WHERE log_file_id = ?1", [&id])?;
            db.connection.execute(
                "INSERT INTO pii_values (log_file_id, kind, value, replacement, places, confidence)
                 SELECT log_file_id, pii_type, original_value, min(replacement), count(*), max(confidence)
                 FROM pii_spans
                 WHERE log_file_id = ?1 GROUP BY pii_type, original_value",
                [&id],
            )?;
            let count = "SELECT ifnull(sum(places), 0) AS spans FROM pii_values WHERE log_file_id = ?1";
            let count = db.connection.query_row(count, [&id], |row| uint(row, "spans"))?;
            db.set_findings(batch.log, Some(count))?;
            Ok(count)
        })
    }

    fn require_running(&self, batch: &SpanBatch) -> Result<(), StoreError> {
        let sql = "SELECT 1 FROM span_replacements WHERE log_file_id = ?1 AND generation = ?2";
        let is_running =
            self.connection.prepare_cached(sql)?.exists(params![batch.log.to_string(), batch.generation])?;
        if is_running { Ok(()) } else { Err(StoreError::Superseded) }
    }

    /// Removes the spans of a replacement that was not finished.
    fn discard_spans_of(&self, log: &str) -> Result<(), StoreError> {
        let spans = "DELETE FROM pii_spans WHERE log_file_id = ?1
                     AND generation = (SELECT generation FROM span_replacements WHERE log_file_id = ?1)";
        self.connection.execute(spans, [log])?;
        self.connection.execute("DELETE FROM span_replacements WHERE log_file_id = ?1", [log])?;
        Ok(())
    }

    /// Removes the spans of all replacements that the last run did not finish.
    pub(super) fn discard_unfinished_spans(&self) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("SELECT log_file_id FROM span_replacements")?;
        let logs = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        logs.iter().try_for_each(|log| self.discard_spans_of(log))
    }

    /// The spans that touch these bytes of the decoded text, in order.
    pub fn spans_in(&self, log: LogFileId, range: Range<u64>) -> Result<Vec<PiiSpan>, StoreError> {
        let sql = "SELECT pii_type, start_offset, end_offset, original_value, replacement, confidence
                   FROM log_files JOIN issues ON issues.id = issue_id
                       JOIN pii_spans ON log_file_id = log_files.id AND generation = span_generation
                           AND start_offset > :start - longest_span AND start_offset < :end
                   WHERE log_files.id = :log AND deleted_at IS NULL AND end_offset > :start
                   ORDER BY start_offset";
        let mut statement = self.connection.prepare_cached(sql)?;
        let spans = statement.query_map(
            named_params! { ":log": log.to_string(), ":start": int(range.start), ":end": int(range.end) },
            span_from,
        )?;
        Ok(spans.collect::<Result<_, _>>()?)
    }

    /// The first span that begins behind this byte, or the last one that begins before it.
    pub fn next_span(&self, log: LogFileId, from: u64, forward: bool) -> Result<Option<PiiSpan>, StoreError> {
        let sql = if forward {
            "SELECT pii_spans.* FROM log_files JOIN pii_spans ON log_file_id = log_files.id
                 AND generation = span_generation AND start_offset > ?2
             WHERE log_files.id = ?1 ORDER BY start_offset LIMIT 1"
        } else {
            "SELECT pii_spans.* FROM log_files JOIN pii_spans ON log_file_id = log_files.id
                 AND generation = span_generation AND start_offset < ?2
             WHERE log_files.id = ?1 ORDER BY start_offset DESC LIMIT 1"
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let span = statement.query_row(params![log.to_string(), int(from)], span_from);
        Ok(span.optional()?)
    }

    /// The first span of a log, from its very beginning.
    pub fn first_span(&self, log: LogFileId) -> Result<Option<PiiSpan>, StoreError> {
        let first = self.spans_in(log, 0..1)?.into_iter().next();
        if first.is_some() { Ok(first) } else { self.next_span(log, 0, true) }
    }

    /// The first place of a value in a log.
    pub fn first_place(
        &self,
        log: LogFileId,
        kind: PiiKind,
        value: &Unredacted,
    ) -> Result<Option<PiiSpan>, StoreError> {
        let known = "SELECT 1 FROM pii_values WHERE log_file_id = ?1 AND kind = ?2 AND value = ?3";
        let key = params![log.to_string(), kind.as_str(), value.expose()];
        if !self.connection.prepare_cached(known)?.exists(key)? {
            return Ok(None);
        }
        // In order of the index until the first one is met: an index of values would double the size of the table.
        let sql = "SELECT pii_spans.* FROM log_files JOIN pii_spans ON log_file_id = log_files.id
                       AND generation = span_generation
                   WHERE log_files.id = ?1 AND pii_type = ?2 AND original_value = ?3 ORDER BY start_offset LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row(key, span_from).optional()?)
    }

    /// Remembers with which settings and rules a log was searched.
    pub fn set_detected_with(&self, log: LogFileId, stamp: &str) -> Result<(), StoreError> {
        let sql = "UPDATE log_files SET detected_with = ?2 WHERE id = ?1";
        super::issues::found(self.connection.execute(sql, [&log.to_string(), stamp])?, "log")
    }

    /// The logs of an issue that were not searched to their end, or with other settings or rules than these.
    pub fn logs_not_detected_with(&self, issue: IssueId, stamp: &str) -> Result<Vec<LogFileId>, StoreError> {
        let sql = "SELECT id FROM log_files WHERE issue_id = ?1 AND (findings IS NULL OR detected_with IS NOT ?2)
                   ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let logs = statement.query_map([&issue.to_string(), stamp], |row| super::columns::parsed(row, "id"))?;
        Ok(logs.collect::<Result<_, _>>()?)
    }

    /// All values found in the logs of the issue, with what has been decided about them; by kind, then by number.
    pub fn value_groups(&self, issue: IssueId) -> Result<Vec<ValueGroup>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT found.kind, found.value, min(found.replacement) AS replacement,
                       sum(found.places) AS places, max(found.confidence) AS confidence,
                       ifnull(ifnull(one.decision, whole.decision), 'redact') AS decision,
                       ifnull(single.exceptions, 0) AS exceptions
                   FROM pii_values AS found JOIN log_files ON log_files.id = found.log_file_id
                       LEFT JOIN redaction_decisions AS one
                           ON one.issue_id = ?1 AND one.kind = found.kind AND one.value = found.value
                       LEFT JOIN redaction_decisions AS whole
                           ON whole.issue_id = ?1 AND whole.kind = found.kind AND whole.value IS NULL
                       LEFT JOIN (SELECT kind, value, count(*) AS exceptions FROM span_decisions WHERE issue_id = ?1
                                  GROUP BY kind, value) AS single
                           ON single.kind = found.kind AND single.value = found.value
                   WHERE log_files.issue_id = ?1 GROUP BY found.kind, found.value";
        let mut statement = self.connection.prepare_cached(sql)?;
        let groups = statement.query_map([issue.to_string()], group_from)?;
        let mut groups = groups.collect::<Result<Vec<_>, _>>()?;
        groups.sort_by_key(|group| group.placeholder);
        Ok(groups)
    }
}

/// As it is stored: the surer, the larger.
const fn rank(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Possible => 0,
        Confidence::Likely => 1,
        Confidence::Certain => 2,
    }
}

fn confidence(row: &Row<'_>) -> rusqlite::Result<Confidence> {
    let stored: u8 = row.get("confidence")?;
    let found = Confidence::ALL.iter().copied().find(|one| rank(*one) == stored);
    found.ok_or_else(|| unexpected("confidence"))
}

fn span_from(row: &Row<'_>) -> rusqlite::Result<PiiSpan> {
    Ok(PiiSpan {
        kind: word(row, "pii_type", PiiKind::parse)?,
        range: offset(row, "start_offset")?..offset(row, "end_offset")?,
        value: text(row, "original_value")?,
        placeholder: word(row, "replacement", Placeholder::parse)?,
        confidence: confidence(row)?,
    })
}

fn group_from(row: &Row<'_>) -> rusqlite::Result<ValueGroup> {
    Ok(ValueGroup {
        kind: word(row, "kind", PiiKind::parse)?,
        value: text(row, "value")?,
        placeholder: word(row, "replacement", Placeholder::parse)?,
        places: uint(row, "places")?,
        confidence: confidence(row)?,
        decision: word(row, "decision", Decision::parse)?,
        exceptions: uint(row, "exceptions")?,
    })
}
