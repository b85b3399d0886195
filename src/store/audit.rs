//! The audit log: rows are only added, and each proves the one before it.

use super::columns::{int, precise};
use super::{Database, StoreError};
use crate::domain::{AuditAction, AuditEntry, AuditQuery, AuditVerdict};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

impl Database {
    /// Adds an entry. `details` must hold hashes, counts and names only.
    pub fn audit(
        &self,
        action: AuditAction,
        entity_type: &str,
        entity_id: &str,
        details: &serde_json::Value,
    ) -> Result<AuditEntry, StoreError> {
        self.transaction(|db| {
            let (length, previous) = db.audit_head()?;
            let mut row = AuditRow {
                sequence: length + 1,
                id: Uuid::now_v7().to_string(),
                timestamp: precise(Timestamp::now()),
                action: action.as_str().to_owned(),
                entity_type: entity_type.to_owned(),
                entity_id: entity_id.to_owned(),
                user: account(),
                details: details.to_string(),
                hash: String::new(),
            };
            row.hash = row.hash_after(&previous);
            db.insert_audit_row(&row)?;
            row.entry().ok_or(StoreError::Corrupt)
        })
    }

    fn audit_head(&self) -> Result<(i64, String), StoreError> {
        let sql = "SELECT length, hash FROM audit_head";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    fn insert_audit_row(&self, row: &AuditRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO audit_log (sequence, id, timestamp, action, entity_type, entity_id, user_id, details, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        self.connection.prepare_cached(sql)?.execute(params![
            row.sequence,
            row.id,
            row.timestamp,
            row.action,
            row.entity_type,
            row.entity_id,
            row.user,
            row.details,
            row.hash
        ])?;
        let head = "UPDATE audit_head SET length = ?1, hash = ?2";
        self.connection.prepare_cached(head)?.execute(params![row.sequence, row.hash])?;
        Ok(())
    }

    /// Newest first.
    pub fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        let filters = [
            ("action = ?", query.action.clone()),
            ("entity_id = ?", query.entity_id.clone()),
            ("timestamp >= ?", query.from.map(precise)),
            ("timestamp <= ?", query.to.map(precise)),
        ];
        let mut conditions = vec!["TRUE"];
        let mut values = Vec::new();
        for (condition, value) in filters {
            if let Some(value) = value {
                conditions.push(condition);
                values.push(Value::from(value));
            }
        }
        let limit = if query.limit == 0 { -1 } else { int(query.limit) };
        let conditions = conditions.join(" AND ");
        let sql = format!("SELECT * FROM audit_log WHERE {conditions} ORDER BY sequence DESC LIMIT {limit}");
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map(params_from_iter(values), AuditRow::from)?;
        rows.map(|row| row?.entry().ok_or(StoreError::Corrupt)).collect()
    }

    /// Walks the whole chain. Finds every row that was changed, removed, added or moved by somebody who does not also
    /// rewrite all rows after it and the head; a copy of the last hash elsewhere proves those too.
    pub fn verify_audit(&self) -> Result<AuditVerdict, StoreError> {
        let mut statement = self.connection.prepare("SELECT * FROM audit_log ORDER BY sequence")?;
        let mut rows = statement.query([])?;
        let mut length = 0;
        let mut previous = String::new();
        while let Some(row) = rows.next()? {
            let row = AuditRow::from(row)?;
            if row.sequence != length + 1 {
                return Ok(broken(length + 1, "it is missing"));
            }
            if row.hash != row.hash_after(&previous) {
                return Ok(broken(row.sequence, "its content or its place was changed"));
            }
            length = row.sequence;
            previous = row.hash;
        }
        let (head_length, head_hash) = self.audit_head()?;
        if head_length > length {
            return Ok(broken(length + 1, "it is missing at the end"));
        }
        if head_length < length || head_hash != previous {
            return Ok(broken(head_length.max(1), "the end of the log is not where it was left"));
        }
        Ok(AuditVerdict::Intact { rows: u64::try_from(length).unwrap_or_default() })
    }
}

fn broken(sequence: i64, problem: &str) -> AuditVerdict {
    AuditVerdict::Broken { sequence, problem: problem.to_owned() }
}

/// The account of the operating system, as the environment tells it.
fn account() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// A row as it is stored: texts, because the hash is over texts.
struct AuditRow {
    sequence: i64,
    id: String,
    timestamp: String,
    action: String,
    entity_type: String,
    entity_id: String,
    user: String,
    details: String,
    hash: String,
}

impl AuditRow {
    fn from(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            sequence: row.get("sequence")?,
            id: row.get("id")?,
            timestamp: row.get("timestamp")?,
            action: row.get("action")?,
            entity_type: row.get("entity_type")?,
            entity_id: row.get("entity_id")?,
            user: row.get("user_id")?,
            details: row.get("details")?,
            hash: row.get("hash")?,
        })
    }

    /// SHA-256, in hex, of the previous row's hash and of this row's fields, each with its length before it, so that
    /// nothing can move from one field into the next.
    fn hash_after(&self, previous: &str) -> String {
        let sequence = self.sequence.to_string();
        let fields = [
            "tftsr audit 1",
            previous,
            &sequence,
            &self.id,
            &self.timestamp,
            &self.action,
            &self.entity_type,
            &self.entity_id,
            &self.user,
            &self.details,
        ];
        let mut digest = Sha256::new();
        for field in fields {
            digest.update((field.len() as u64).to_be_bytes());
            digest.update(field.as_bytes());
        }
        hex::encode(digest.finalize())
    }

    /// `None` when somebody has put something into it that was never written.
    fn entry(self) -> Option<AuditEntry> {
        Some(AuditEntry {
            sequence: self.sequence,
            at: self.timestamp.parse().ok()?,
            action: self.action,
            entity_type: self.entity_type,
            entity_id: self.entity_id,
            user: self.user,
            details: serde_json::from_str(&self.details).ok()?,
            hash: self.hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(action: &str, entity_type: &str) -> AuditRow {
        AuditRow {
            sequence: 1,
            id: "id".to_owned(),
            timestamp: "2026-01-01T00:00:00Z".to_owned(),
            action: action.to_owned(),
            entity_type: entity_type.to_owned(),
            entity_id: String::new(),
            user: String::new(),
            details: "{}".to_owned(),
            hash: String::new(),
        }
    }

    #[test]
    fn a_letter_moved_into_the_next_field_changes_the_hash() {
        assert_ne!(row("ab", "c").hash_after(""), row("a", "bc").hash_after(""));
    }

    #[test]
    fn the_hash_depends_on_the_row_before() {
        assert_ne!(row("a", "b").hash_after("x"), row("a", "b").hash_after("y"));
    }
}
