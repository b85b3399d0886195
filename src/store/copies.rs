//! Copies of the whole database: back-ups, putting one back, and another key for all of it.
//!
//! Nothing is changed in place. A new file is written beside the old one, opened with its key, sealed keys are sealed
//! anew, and everything is checked; only then does one rename put it in the old one's place. A crash at any moment
//! leaves a whole database: the old one before the rename, the new one after it.

use super::opening::{self, connect, prepare};
use super::paths::open_private;
use super::{Database, DbKey, StoreError, migrations};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a copy holds, to be told to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFacts {
    pub path: PathBuf,
    pub bytes: u64,
    /// How many issues there are in it, deleted ones not counted.
    pub issues: u64,
}

impl Database {
    /// Writes a copy to a file, under the same key or under one of its own. A file that is there is replaced only if
    /// `overwrite` says so, and only by a copy that has been checked.
    pub fn back_up(&self, path: &Path, key: Option<&DbKey>, overwrite: bool) -> Result<CopyFacts, StoreError> {
        if path.exists() && !overwrite {
            return Err(StoreError::FileExists);
        }
        let key = key.unwrap_or(&self.key);
        let part = beside(path, "part")?;
        let facts = self.write_copy(&self.connection, &part, key).and_then(|facts| {
            fs::rename(&part, path).map_err(StoreError::io("keeping the back-up"))?;
            Ok(CopyFacts { path: path.to_owned(), ..facts })
        });
        remove_database(&part);
        facts
    }

    /// Re-encrypts everything. The file under the old key is removed once the new one has been opened and checked.
    pub fn change_key(&mut self, key: DbKey) -> Result<(), StoreError> {
        let next = self.dir.root().join("tftsr.next.db");
        remove_database(&next);
        let swapped =
            self.write_copy(&self.connection, &next, &key).and_then(|_| self.swap_in(&next, key, "before-key-change"));
        remove_database(&next);
        let old = swapped?;
        fs::remove_file(&old).map_err(StoreError::io("removing the database under the old key"))
    }

    /// Puts a back-up in the place of everything, under the key in use now. What was there before is kept in the folder
    /// of back-ups; its path is returned.
    ///
    /// `key` is the back-up's own; `None` when it was written under the key in use now.
    pub fn restore(&mut self, from: &Path, key: Option<&DbKey>) -> Result<(PathBuf, CopyFacts), StoreError> {
        File::open(from).map_err(StoreError::io("opening the back-up"))?;
        let next = self.dir.root().join("tftsr.next.db");
        remove_database(&next);
        let scratch = self.dir.root().join("tftsr.restore.db");
        remove_database(&scratch);
        let result = self.restored(from, key.unwrap_or(&self.key), &scratch, &next).and_then(|facts| {
            let before = self.swap_in(&next, self.key.clone(), "before-restore")?;
            Ok((before, facts))
        });
        remove_database(&scratch);
        remove_database(&next);
        result
    }

    /// The back-up itself is only read: it is copied before anything opens it.
    fn restored(&self, from: &Path, key: &DbKey, scratch: &Path, next: &Path) -> Result<CopyFacts, StoreError> {
        let doing = "copying the back-up";
        let mut source = File::open(from).map_err(StoreError::io(doing))?;
        let mut copy = open_private(scratch).map_err(StoreError::io(doing))?;
        std::io::copy(&mut source, &mut copy).map_err(StoreError::io(doing))?;
        drop(copy);
        let connection = connect(scratch, key)?;
        if !connection.table_exists(None, "_migrations")? {
            return Err(StoreError::Corrupt);
        }
        migrations::pending(&connection)?;
        let salt: Vec<u8> = connection.query_row("SELECT salt FROM seal_salt", [], |row| row.get(0))?;
        let source =
            Self { sealing: key.sealing_key(&salt)?, connection, key: key.clone(), dir: self.dir.clone(), lock: None };
        source.write_copy(&source.connection, next, &self.key)
    }

    /// Writes a whole copy under a key, seals the stored keys anew, and checks it.
    fn write_copy(&self, from: &Connection, path: &Path, key: &DbKey) -> Result<CopyFacts, StoreError> {
        drop(open_private(path).map_err(StoreError::io("making the copy"))?);
        key.attach(from, path)?;
        let copied = from.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()));
        from.execute_batch("DETACH DATABASE copy")?;
        copied?;
        let connection = connect(path, key)?;
        opening::configure(&connection)?;
        let salt: Vec<u8> = connection.query_row("SELECT salt FROM seal_salt", [], |row| row.get(0))?;
        let copy =
            Self { sealing: key.sealing_key(&salt)?, connection, key: key.clone(), dir: self.dir.clone(), lock: None };
        copy.seal_anew(self)?;
        copy.require_sound(self)?;
        let sql = "SELECT count(*) FROM issues WHERE deleted_at IS NULL";
        let issues = copy.connection.query_row(sql, [], |row| super::columns::uint(row, "count(*)"))?;
        copy.connection.execute_batch("PRAGMA journal_mode = DELETE")?;
        copy.connection.close().map_err(|(_, error)| StoreError::from(error))?;
        let file = File::open(path).map_err(StoreError::io("checking the copy"))?;
        file.sync_all().map_err(StoreError::io("checking the copy"))?;
        let bytes = file.metadata().map_err(StoreError::io("checking the copy"))?.len();
        Ok(CopyFacts { path: path.to_owned(), bytes, issues })
    }

    /// Keys of providers and integrations are sealed under a key that hangs on the database's own.
    fn seal_anew(&self, before: &Self) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.seal_table_anew(before, ("provider_keys", "provider_id", "encrypted_key"), ("provider:", ""))?;
            db.seal_table_anew(before, ("credentials", "service", "encrypted_token"), ("", ""))?;
            db.seal_table_anew(before, ("credentials", "service", "encrypted_refresh_token"), ("", ":refresh"))?;
            db.seal_table_anew(before, ("integration_config", "service", "encrypted_client_secret"), ("", ":client"))
        })
    }

    fn seal_table_anew(
        &self,
        before: &Self,
        (table, name, sealed): (&str, &str, &str),
        (prefix, suffix): (&str, &str),
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT {name}, {sealed} FROM {table} WHERE {sealed} IS NOT NULL");
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (service, text) in rows.collect::<Result<Vec<(String, String)>, _>>()? {
            let label = format!("{prefix}{service}{suffix}");
            // One that does not open now would not have opened before: it is carried along as it is.
            let Ok(secret) = before.sealing.open(&label, &text) else { continue };
            let update = format!("UPDATE {table} SET {sealed} = ?2 WHERE {name} = ?1");
            self.connection.execute(&update, params![service, self.sealing.seal(&label, &secret)?])?;
        }
        Ok(())
    }

    /// Every page opens, the structure is whole, and the audit log is what it was.
    fn require_sound(&self, before: &Self) -> Result<(), StoreError> {
        for check in ["PRAGMA cipher_integrity_check", "PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
            if self.count_problems(check)? > 0 {
                return Err(StoreError::Corrupt);
            }
        }
        // A log that was tampered with before is carried along as it is: its break must stay visible.
        if self.verify_audit()? == before.verify_audit()? { Ok(()) } else { Err(StoreError::Corrupt) }
    }

    /// Puts a checked file in the place of the open one and opens it. Returns where the old one is kept.
    ///
    /// When the new file does not open, the old one is put back.
    fn swap_in(&mut self, next: &Path, key: DbKey, reason: &str) -> Result<PathBuf, StoreError> {
        let path = self.dir.database();
        let stamp = Timestamp::now().strftime("%Y%m%d-%H%M%S%.3f");
        let kept = self.dir.backups().join(format!("tftsr-{stamp}-{reason}.db"));
        let closed = std::mem::replace(&mut self.connection, Connection::open_in_memory()?);
        if let Err((open, error)) = closed.close() {
            self.connection = open;
            return Err(error.into());
        }
        let swapped = keep(&path, &kept).and_then(|()| put(next, &path)).and_then(|()| {
            let (connection, sealing, _) = prepare(&self.dir, &key, false)?;
            Ok((connection, sealing))
        });
        match swapped {
            Ok((connection, sealing)) => {
                (self.connection, self.sealing, self.key) = (connection, sealing, key);
                Ok(kept)
            }
            Err(error) => {
                if kept.exists() {
                    put(&kept, &path)?;
                }
                let (connection, sealing, _) = prepare(&self.dir, &self.key, false)?;
                (self.connection, self.sealing) = (connection, sealing);
                Err(error)
            }
        }
    }
}

/// The old file under another name, without being away from its own for a moment.
fn keep(path: &Path, kept: &Path) -> Result<(), StoreError> {
    let doing = "keeping the database from before";
    if fs::hard_link(path, kept).is_ok() {
        return Ok(());
    }
    let mut copy = open_private(kept).map_err(StoreError::io(doing))?;
    let mut original = File::open(path).map_err(StoreError::io(doing))?;
    std::io::copy(&mut original, &mut copy).map_err(StoreError::io(doing))?;
    copy.sync_all().map_err(StoreError::io(doing))
}

fn put(next: &Path, path: &Path) -> Result<(), StoreError> {
    fs::rename(next, path).map_err(StoreError::io("putting the new database in place"))?;
    // A rename lasts only once the folder is on the disk; not every system lets a folder be synced.
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        folder.sync_all().ok();
    }
    Ok(())
}

/// `name.db` becomes `name.db.part`, in the same folder.
fn beside(path: &Path, ending: &str) -> Result<PathBuf, StoreError> {
    let mut name = path.file_name().ok_or(StoreError::NotFound("file name"))?.to_owned();
    name.push(".");
    name.push(ending);
    let part = path.with_file_name(name);
    remove_database(&part);
    Ok(part)
}

/// With what `SQLite` may have laid beside it. Nothing happens when nothing is there.
fn remove_database(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        fs::remove_file(name).ok();
    }
}
