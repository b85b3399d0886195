//! The steps of the schema, compiled in, each applied once and never edited after its release.

use super::StoreError;
use super::columns::seconds;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    pub(super) name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) },)*]
    };
}

/// In the order in which they are applied.
const ALL: &[Migration] = migrations![
    "001_issues",
    "002_log_files",
    "003_pii_spans",
    "004_ai_conversations",
    "005_ai_messages",
    "006_resolution_steps",
    "007_documents",
    "008_audit_log",
    "009_settings",
    "010_issues_fts",
    "011_credentials_integration_config",
    "012_redaction",
    "013_log_contents",
    "014_evidence",
    "015_timeline_actions",
    "016_ai_providers",
    "017_drafts",
    "018_review",
    "019_images",
    "020_provider_sessions",
    "021_integrations",
    "022_publications",
    "023_post_mortems",
    "024_provider_preset",
];

/// What has not been applied yet. Reads only; an unknown name means that a newer program wrote the file.
pub(super) fn pending(connection: &Connection) -> Result<Vec<Migration>, StoreError> {
    let applied = applied(connection)?;
    if let Some(name) = applied.iter().find(|name| ALL.iter().all(|known| known.name != name.as_str())) {
        return Err(StoreError::Newer { name: name.clone() });
    }
    Ok(ALL.iter().copied().filter(|known| applied.iter().all(|name| name != known.name)).collect())
}

fn applied(connection: &Connection) -> Result<Vec<String>, StoreError> {
    if !connection.table_exists(None, "_migrations")? {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT name FROM _migrations ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Applies each in a transaction of its own, and records it there.
pub(super) fn apply(connection: &Connection, pending: &[Migration]) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS _migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID",
    )?;
    for migration in pending {
        let step = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        step.execute_batch(migration.sql)?;
        step.execute(
            "INSERT INTO _migrations (name, applied_at) VALUES (?1, ?2)",
            params![migration.name, seconds(Timestamp::now())],
        )?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_the_folder_is_listed_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".sql").map(str::to_owned))
            .collect();
        files.sort();
        assert_eq!(files, ALL.iter().map(|migration| migration.name).collect::<Vec<_>>());
    }

    #[test]
    fn applying_twice_changes_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, &pending(&connection).unwrap()).unwrap();
        assert!(pending(&connection).unwrap().is_empty());
    }
}
