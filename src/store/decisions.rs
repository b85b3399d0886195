//! What the user decided about findings: per kind, per value, and per place.

use super::columns::{int, optional_text, text, word};
use super::{Database, StoreError};
use crate::domain::{Decision, IssueId, LogFileId, PiiKind, SpanDecision, Unredacted};
use rusqlite::params;

/// What the user wants done with a value, or with a whole kind where `value` is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionEntry {
    pub kind: PiiKind,
    pub value: Option<Unredacted>,
    pub decision: Decision,
}

impl Database {
    /// Keeps a decision in place of the one before. One for a value takes the place of those for its places and of what
    /// was decided when it was found as another kind; one for a whole kind, of those for its values.
    pub fn set_decision(&self, issue: IssueId, entry: &DecisionEntry) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_issue(issue)?;
            let value = entry.value.as_ref().map(Unredacted::expose);
            match &entry.value {
                Some(value) => db.forget_decisions(issue, value)?,
                None => {
                    for table in ["redaction_decisions", "span_decisions"] {
                        let sql = format!("DELETE FROM {table} WHERE issue_id = ?1 AND kind = ?2");
                        db.connection.execute(&sql, [&issue.to_string(), entry.kind.as_str()])?;
                    }
                }
            }
            db.connection.execute(
                "INSERT INTO redaction_decisions (issue_id, kind, value, decision) VALUES (?1, ?2, ?3, ?4)",
                params![issue.to_string(), entry.kind.as_str(), value, entry.decision.as_str()],
            )?;
            Ok(())
        })
    }

    /// Forgets what was decided about a value, its places included, whatever kind it was found as.
    pub fn forget_decisions(&self, issue: IssueId, value: &Unredacted) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_issue(issue)?;
            for table in ["redaction_decisions", "span_decisions"] {
                let sql = format!("DELETE FROM {table} WHERE issue_id = ?1 AND value = ?2");
                db.connection.execute(&sql, params![issue.to_string(), value.expose()])?;
            }
            Ok(())
        })
    }

    /// What has been decided in this issue. One for a value counts more than one for its kind.
    pub fn decisions(&self, issue: IssueId) -> Result<Vec<DecisionEntry>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT kind, value, decision FROM redaction_decisions WHERE issue_id = ?1 ORDER BY kind, value";
        let mut statement = self.connection.prepare_cached(sql)?;
        let entries = statement.query_map([issue.to_string()], |row| {
            Ok(DecisionEntry {
                kind: word(row, "kind", PiiKind::parse)?,
                value: optional_text(row, "value")?,
                decision: word(row, "decision", Decision::parse)?,
            })
        })?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Keeps a decision about one place, in this line of this log, in place of the one before. Goes with the log.
    pub fn set_span_decision(&self, log: LogFileId, line: u64, entry: &SpanDecision) -> Result<(), StoreError> {
        self.transaction(|db| {
            let issue = db.log_file(log)?.issue;
            db.connection.execute(
                "INSERT OR REPLACE INTO span_decisions
                     (issue_id, value, line_hash, occurrence, kind, decision, log_file_id, line)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    issue.to_string(),
                    entry.value.expose(),
                    entry.line_hash,
                    entry.occurrence,
                    entry.kind.as_str(),
                    entry.decision.as_str(),
                    log.to_string(),
                    int(line),
                ],
            )?;
            Ok(())
        })
    }

    /// What has been decided about single places in this issue. It counts more than what was about their values.
    pub fn span_decisions(&self, issue: IssueId) -> Result<Vec<SpanDecision>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT kind, value, line_hash, occurrence, decision, file_name || ':' || line AS cited
                   FROM span_decisions JOIN log_files ON log_files.id = log_file_id
                   WHERE span_decisions.issue_id = ?1 ORDER BY value, line_hash, occurrence";
        let mut statement = self.connection.prepare_cached(sql)?;
        let entries = statement.query_map([issue.to_string()], |row| {
            Ok(SpanDecision {
                kind: word(row, "kind", PiiKind::parse)?,
                value: text(row, "value")?,
                line_hash: row.get("line_hash")?,
                occurrence: row.get("occurrence")?,
                decision: word(row, "decision", Decision::parse)?,
                cited: row.get("cited")?,
            })
        })?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// How many places of a value were decided on one by one.
    pub fn exceptions(&self, issue: IssueId, kind: PiiKind, value: &Unredacted) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) AS places FROM span_decisions WHERE issue_id = ?1 AND kind = ?2 AND value = ?3";
        let key = params![issue.to_string(), kind.as_str(), value.expose()];
        Ok(self.connection.prepare_cached(sql)?.query_row(key, |row| super::columns::uint(row, "places"))?)
    }
}
