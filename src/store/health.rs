//! What the doctor asks the store: whether the file is sound, sealed and private.

use super::{Database, StoreError};
use crate::domain::AuditVerdict;

#[cfg(unix)]
use super::paths::{is_private, mode_of};

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthItem {
    pub name: &'static str,
    pub ok: bool,
    /// What was found; no content of the database.
    pub detail: String,
}

impl Database {
    /// Reads the whole file; takes a while for a large one.
    pub fn health(&self) -> Result<Vec<HealthItem>, StoreError> {
        let mut items = vec![
            self.check("Encryption of every page", "PRAGMA cipher_integrity_check")?,
            self.check("Structure of the database", "PRAGMA integrity_check")?,
            self.check("References between tables", "PRAGMA foreign_key_check")?,
            self.search_index_health(),
            self.audit_health()?,
        ];
        items.extend(self.file_modes());
        Ok(items)
    }

    /// Runs a check that answers with a row for each problem, or with `ok`. The rows hold page numbers and names of
    /// tables; they are counted, not told.
    fn check(&self, name: &'static str, pragma: &str) -> Result<HealthItem, StoreError> {
        let mut statement = self.connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        let mut problems = 0;
        loop {
            match rows.next() {
                Ok(Some(row)) if row.get_ref(0)?.as_str() == Ok("ok") => {}
                Ok(Some(_)) => problems += 1,
                Ok(None) => break,
                // A page that cannot be read ends the check.
                Err(_) => {
                    problems += 1;
                    break;
                }
            }
        }
        let detail = if problems == 0 { "sound".to_owned() } else { format!("{problems} problems; restore a backup") };
        Ok(HealthItem { name, ok: problems == 0, detail })
    }

    fn search_index_health(&self) -> HealthItem {
        let check = self.connection.execute("INSERT INTO issues_fts (issues_fts) VALUES ('integrity-check')", []);
        let detail = if check.is_ok() { "sound" } else { "damaged; searches may miss issues" };
        HealthItem { name: "Search index", ok: check.is_ok(), detail: detail.to_owned() }
    }

    fn audit_health(&self) -> Result<HealthItem, StoreError> {
        let name = "Audit log";
        Ok(match self.verify_audit()? {
            AuditVerdict::Intact { rows } => HealthItem { name, ok: true, detail: format!("{rows} entries, unbroken") },
            AuditVerdict::Broken { sequence, problem } => {
                HealthItem { name, ok: false, detail: format!("entry {sequence}: {problem}") }
            }
        })
    }

    /// Whether others can get at the files.
    #[cfg(unix)]
    fn file_modes(&self) -> Vec<HealthItem> {
        let places = [("Data folder", self.dir.root().to_owned()), ("Database file", self.dir.database())];
        let items = places.map(|(name, path)| match mode_of(&path) {
            Ok(mode) => HealthItem { name, ok: is_private(mode), detail: format!("mode {mode:04o}") },
            Err(error) => HealthItem { name, ok: false, detail: error.kind().to_string() },
        });
        items.to_vec()
    }

    /// The user's own folder is private on other systems.
    #[cfg(not(unix))]
    fn file_modes(&self) -> Vec<HealthItem> {
        vec![HealthItem { name: "Data folder", ok: self.dir.root().is_dir(), detail: "private to the user".to_owned() }]
    }
}
