//! Pins.

use super::columns::{int, parsed, precise, text, uint, unexpected};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{Evidence, EvidenceId, EvidenceSource, IssueId, LineRange, Unredacted};
use jiff::Timestamp;
use rusqlite::{Row, named_params};

impl Database {
    /// Pins something under the issue's next number. Numbers are never used twice, also after a pin was removed.
    pub fn add_evidence(
        &self,
        issue: IssueId,
        source: EvidenceSource,
        snippet: Unredacted,
        at: Timestamp,
    ) -> Result<Evidence, StoreError> {
        self.transaction(|db| {
            db.require_issue(issue)?;
            let sql = "UPDATE issues SET evidence_count = evidence_count + 1 WHERE id = ?1 RETURNING evidence_count";
            let number = db.connection.query_row(sql, [issue.to_string()], |row| row.get(0))?;
            let evidence = Evidence { id: EvidenceId::new(), issue, number, source, snippet, created_at: at };
            db.insert_evidence(&evidence)?;
            Ok(evidence)
        })
    }

    fn insert_evidence(&self, evidence: &Evidence) -> Result<(), StoreError> {
        let (word, log, message) = match &evidence.source {
            EvidenceSource::Log { log, file_name, file_hash, lines } => {
                ("log", Some((log.to_string(), file_name, file_hash, lines)), None)
            }
            EvidenceSource::Message(message) => ("message", None, Some(message.to_string())),
            EvidenceSource::Note => ("note", None, None),
        };
        let sql = "INSERT INTO evidence (id, issue_id, number, source, log_file_id, file_name, file_hash, first_line,
                       last_line, message_id, snippet, created_at)
                   VALUES (:id, :issue, :number, :source, :log, :name, :hash, :first, :last, :message, :snippet, :at)";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": evidence.id.to_string(),
            ":issue": evidence.issue.to_string(),
            ":number": evidence.number,
            ":source": word,
            ":log": log.as_ref().map(|(log, ..)| log),
            ":name": log.as_ref().map(|(_, name, ..)| name),
            ":hash": log.as_ref().map(|(_, _, hash, _)| hash),
            ":first": log.as_ref().map(|(.., lines)| int(lines.first)),
            ":last": log.as_ref().map(|(.., lines)| int(lines.last)),
            ":message": message,
            ":snippet": evidence.snippet.expose(),
            ":at": precise(evidence.created_at),
        })?;
        Ok(())
    }

    /// By number.
    pub fn evidence(&self, issue: IssueId) -> Result<Vec<Evidence>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM evidence WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let evidence = statement.query_map([issue.to_string()], evidence_from)?;
        Ok(evidence.collect::<Result<_, _>>()?)
    }

    /// Takes it off every why, too.
    pub fn remove_evidence(&self, id: EvidenceId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM evidence WHERE id = ?1", [id.to_string()])?, "evidence")
    }
}

fn evidence_from(row: &Row<'_>) -> rusqlite::Result<Evidence> {
    Ok(Evidence {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        number: row.get("number")?,
        source: source_from(row)?,
        snippet: text(row, "snippet")?,
        created_at: parsed(row, "created_at")?,
    })
}

fn source_from(row: &Row<'_>) -> rusqlite::Result<EvidenceSource> {
    match row.get::<_, String>("source")?.as_str() {
        "log" => Ok(EvidenceSource::Log {
            log: parsed(row, "log_file_id")?,
            file_name: row.get("file_name")?,
            file_hash: row.get("file_hash")?,
            lines: LineRange::new(uint(row, "first_line")?, uint(row, "last_line")?)
                .ok_or_else(|| unexpected("last_line"))?,
        }),
        "message" => Ok(EvidenceSource::Message(parsed(row, "message_id")?)),
        "note" => Ok(EvidenceSource::Note),
        _ => Err(unexpected("source")),
    }
}
