//! The vault: which placeholder stands for which value, one for each issue.

use super::columns::{text, word};
use super::{Database, StoreError};
use crate::domain::{IssueId, PiiKind, Placeholder, Unredacted};
use rusqlite::params;

impl Database {
    /// All entries of the issue, by kind and number.
    pub fn vault_entries(&self, issue: IssueId) -> Result<Vec<(Placeholder, Unredacted)>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT kind, number, value FROM vault WHERE issue_id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let entries = statement.query_map([issue.to_string()], |row| {
            let placeholder = Placeholder { kind: word(row, "kind", PiiKind::parse)?, number: row.get("number")? };
            Ok((placeholder, text(row, "value")?))
        })?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|(placeholder, _)| *placeholder);
        Ok(entries)
    }

    /// Adds entries, all or none. An entry that is there already is left as it is; one that gives another value to a
    /// placeholder, or another placeholder to a value, is a [`StoreError::Conflict`]: load the vault again and retry.
    pub fn add_vault_entries(&self, issue: IssueId, entries: &[(Placeholder, Unredacted)]) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_issue(issue)?;
            let issue = issue.to_string();
            let mut is_there = db.connection.prepare_cached(
                "SELECT 1 FROM vault WHERE issue_id = ?1 AND kind = ?2 AND number = ?3 AND value = ?4",
            )?;
            let mut insert = db
                .connection
                .prepare_cached("INSERT INTO vault (issue_id, kind, number, value) VALUES (?1, ?2, ?3, ?4)")?;
            for (placeholder, value) in entries {
                let kind = placeholder.kind.as_str();
                if !is_there.exists(params![issue, kind, placeholder.number, value.expose()])? {
                    insert.execute(params![issue, kind, placeholder.number, value.expose()])?;
                }
            }
            Ok(())
        })
    }
}
