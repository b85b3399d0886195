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
    /// Reads the whole file; takes a while for a large one. A check that cannot be carried out has found a problem.
    pub fn health(&self) -> Vec<HealthItem> {
        let mut items = vec![
            self.check("Encryption of every page", "PRAGMA cipher_integrity_check"),
            self.check("Structure of the database", "PRAGMA integrity_check"),
            self.check("References between tables", "PRAGMA foreign_key_check"),
            self.search_index_health(),
            self.audit_health(),
        ];
        items.extend(self.file_modes());
        items
    }

    fn check(&self, name: &'static str, pragma: &str) -> HealthItem {
        let (ok, detail) = match self.count_problems(pragma) {
            Ok(0) => (true, "sound".to_owned()),
            Ok(problems) => (false, format!("{problems} problems; restore a backup")),
            Err(error) => (false, error.to_string()),
        };
        HealthItem { name, ok, detail }
    }

    /// Runs a check that answers with a row for each problem, or with `ok`.
    pub(super) fn count_problems(&self, pragma: &str) -> Result<usize, StoreError> {
        let mut statement = self.connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        let mut problems = 0;
        while let Some(row) = rows.next()? {
            if row.get_ref(0)?.as_str() != Ok("ok") {
                problems += 1;
            }
        }
        Ok(problems)
    }

    fn search_index_health(&self) -> HealthItem {
        let check = self.connection.execute("INSERT INTO issues_fts (issues_fts) VALUES ('integrity-check')", []);
        let detail = if check.is_ok() { "sound" } else { "damaged; searches may miss issues" };
        HealthItem { name: "Search index", ok: check.is_ok(), detail: detail.to_owned() }
    }

    fn audit_health(&self) -> HealthItem {
        let (ok, detail) = match self.verify_audit() {
            Ok(AuditVerdict::Intact { rows }) => (true, format!("{rows} entries, unbroken")),
            Ok(AuditVerdict::Broken { sequence, problem }) => (false, format!("entry {sequence}: {problem}")),
            Err(error) => (false, error.to_string()),
        };
        HealthItem { name: "Audit log", ok, detail }
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
