//! Parameters that models were found to refuse, so that no later run has to find it out again.

use super::{Database, StoreError};
use rusqlite::params;

/// A model behind an address refuses a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQuirk {
    pub base_url: String,
    pub model: String,
    /// As it is written on the wire.
    pub parameter: String,
}

impl Database {
    /// Keeping one twice changes nothing.
    pub fn add_quirk(&self, quirk: &StoredQuirk) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO provider_quirks (base_url, model, parameter) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, params![quirk.base_url, quirk.model, quirk.parameter])?;
        Ok(())
    }

    pub fn quirks(&self) -> Result<Vec<StoredQuirk>, StoreError> {
        let sql = "SELECT base_url, model, parameter FROM provider_quirks ORDER BY base_url, model, parameter";
        let mut statement = self.connection.prepare_cached(sql)?;
        let quirks = statement.query_map([], |row| {
            Ok(StoredQuirk { base_url: row.get(0)?, model: row.get(1)?, parameter: row.get(2)? })
        })?;
        Ok(quirks.collect::<Result<_, _>>()?)
    }

    /// All that is known of a model behind an address.
    pub fn forget_quirks(&self, base_url: &str, model: &str) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM provider_quirks WHERE base_url = ?1 AND model = ?2", params![base_url, model])?;
        Ok(())
    }
}
