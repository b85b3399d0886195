//! What is being typed, so that it is back after a crash.

use super::columns::{seconds, text};
use super::{Database, StoreError};
use crate::domain::Unredacted;
use jiff::Timestamp;

impl Database {
    /// Keeps a draft in place of the one before; an empty text removes it. The key of an issue's draft must hold the
    /// issue's id, so that it goes when the issue goes.
    pub fn save_draft(&self, key: &str, text: &Unredacted) -> Result<(), StoreError> {
        if text.expose().is_empty() {
            self.connection.prepare_cached("DELETE FROM drafts WHERE key = ?1")?.execute([key])?;
            return Ok(());
        }
        let sql = "INSERT INTO drafts (key, text, updated_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT (key) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at";
        let now = seconds(Timestamp::now());
        self.connection.prepare_cached(sql)?.execute([key, text.expose(), &now])?;
        Ok(())
    }

    /// All drafts, by key.
    pub fn drafts(&self) -> Result<Vec<(String, Unredacted)>, StoreError> {
        let sql = "SELECT key, text FROM drafts
                   WHERE NOT EXISTS (SELECT 1 FROM issues WHERE deleted_at IS NOT NULL AND instr(key, id) > 0)
                   ORDER BY key";
        let mut statement = self.connection.prepare_cached(sql)?;
        let drafts = statement.query_map([], |row| Ok((row.get("key")?, text(row, "text")?)))?;
        Ok(drafts.collect::<Result<_, _>>()?)
    }
}
