//! Opening the database: lock, key, version, settings of the connection, migrations, tidying up.

use super::paths::open_private;
use super::{DataDir, Database, DbKey, SealingKey, StoreError, migrations};
use jiff::{SignedDuration, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The bytes of a page of `SQLCipher` 4.
const PAGE_BYTES: u64 = 4096;

/// How long a deleted issue can be brought back.
const UNDO_PERIOD: SignedDuration = SignedDuration::from_hours(24);

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Whether the database was made just now.
    pub is_new: bool,
    /// The copy from before a migration.
    pub backup: Option<PathBuf>,
}

pub(super) fn open(dir: &DataDir, key: DbKey) -> Result<(Database, Opened), StoreError> {
    dir.create()?;
    let lock = lock(dir)?;
    let is_new = !super::Store::exists(dir);
    drop(open_private(&dir.database()).map_err(StoreError::io("opening the database file"))?);
    let (connection, sealing, backup) = prepare(dir, &key, is_new)?;
    let database = Database { connection, sealing, key, dir: dir.clone(), lock: Some(lock) };
    tidy_up(&database)?;
    Ok((database, Opened { is_new, backup }))
}

/// Connects, sets up and migrates the file in its place; tells the sealing key and the copy from before a migration.
pub(super) fn prepare(
    dir: &DataDir,
    key: &DbKey,
    is_new: bool,
) -> Result<(Connection, SealingKey, Option<PathBuf>), StoreError> {
    let connection = connect(&dir.database(), key)?;
    let pending = migrations::pending(&connection)?;
    configure(&connection)?;
    let backup = match pending.first() {
        Some(first) if !is_new => Some(back_up(&connection, dir, first.name)?),
        Some(_) | None => None,
    };
    migrations::apply(&connection, &pending)?;
    // Looks at a few rows of tables that have grown, so that the planner knows which index is worth its while.
    connection.execute_batch("PRAGMA optimize = 0x10002")?;
    let salt: Vec<u8> = connection.query_row("SELECT salt FROM seal_salt", [], |row| row.get(0))?;
    let sealing = key.sealing_key(&salt)?;
    Ok((connection, sealing, backup))
}

/// Held for as long as the file is open; the system lets go of it when the process ends, however it ends.
fn lock(dir: &DataDir) -> Result<File, StoreError> {
    let file = open_private(&dir.lock()).map_err(StoreError::io("opening the lock file"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen),
        Err(TryLockError::Error(source)) => Err(StoreError::io("locking the data folder")(source)),
    }
}

/// `SQLCipher` sets itself up when the first connection gets its key, and fails when two do so at once.
static CONNECTING: Mutex<()> = Mutex::new(());

/// Opens the file with the key and reads from it. Writes nothing to an existing file.
pub(super) fn connect(path: &Path, key: &DbKey) -> Result<Connection, StoreError> {
    let _alone = CONNECTING.lock().unwrap_or_else(PoisonError::into_inner);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // A file that turns out to be newer, or not to open with this key, is left as it is.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // It would write to standard error, past the program's own log.
    connection.execute_batch("PRAGMA cipher_log = off")?;
    key.apply(&connection)?;
    let read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    match read {
        Ok(_) => Ok(connection),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => Err(wrong_key_or_damage(path)),
        Err(error) => Err(error.into()),
    }
}

/// A page that fails its authentication says nothing about why, but the file's shape may.
fn wrong_key_or_damage(path: &Path) -> StoreError {
    let Ok(mut file) = File::open(path) else { return StoreError::Corrupt };
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let mut head = [0; 16];
    let has_head = file.read_exact(&mut head).is_ok();
    let is_plain = head == *b"SQLite format 3\0";
    let has_whole_pages = size >= PAGE_BYTES && size.is_multiple_of(PAGE_BYTES);
    if has_head && has_whole_pages && !is_plain { StoreError::WrongKey } else { StoreError::Corrupt }
}

pub(super) fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Temporary tables and sorters stay in memory: a temporary file would not be encrypted.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;",
    )?;
    Ok(())
}

/// Copies the file. Nobody else has it open, so once the log is folded in, the file by itself is the whole database.
fn back_up(connection: &Connection, dir: &DataDir, before: &str) -> Result<PathBuf, StoreError> {
    let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if is_busy {
        return Err(StoreError::Busy);
    }
    let doing = "copying the database before a migration";
    let stamp = Timestamp::now().strftime("%Y%m%d-%H%M%S%.3f");
    let path = dir.backups().join(format!("tftsr-{stamp}-before-{before}.db"));
    let mut copy = open_private(&path).map_err(StoreError::io(doing))?;
    let mut original = File::open(dir.database()).map_err(StoreError::io(doing))?;
    std::io::copy(&mut original, &mut copy).map_err(StoreError::io(doing))?;
    copy.sync_all().map_err(StoreError::io(doing))?;
    Ok(path)
}

/// Finishes what the last run could not.
fn tidy_up(database: &Database) -> Result<(), StoreError> {
    database.transaction(|db| {
        db.mark_streaming_incomplete()?;
        db.discard_unfinished_spans()?;
        db.purge_issues_deleted_before(Timestamp::now() - UNDO_PERIOD)?;
        Ok(())
    })
}
