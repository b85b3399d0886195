//! The store: one thread that owns the connection, and a handle that sends it work.

use super::{DataDir, DbKey, Opened, SealingKey, StoreError, opening};
use rusqlite::Connection;
use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce(&mut Database) + Send>;

/// A handle to the open store. Cheap to clone; the work of all clones is done one after the other.
///
/// Dropping the last clone waits until all work is done and the file is closed.
#[derive(Clone, Debug)]
pub struct Store {
    worker: Arc<Worker>,
}

impl Store {
    /// Whether there is a database in this folder. One that cannot be looked at counts as there.
    pub fn exists(dir: &DataDir) -> bool {
        match std::fs::metadata(dir.database()) {
            Ok(file) => file.len() > 0,
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    /// Opens the database of this folder, or makes it. Blocks for as long as deriving a key and migrating take.
    pub fn open(dir: &DataDir, key: DbKey) -> Result<(Self, Opened), StoreError> {
        let (database, opened) = opening::open(dir, key)?;
        let (sender, receiver) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("tftsr-store".to_owned())
            .spawn(move || run(database, &receiver))
            .map_err(StoreError::io("starting the store's thread"))?;
        let worker = Worker { sender: Some(sender), thread: Mutex::new(Some(thread)) };
        Ok((Self { worker: Arc::new(worker) }, opened))
    }

    /// Runs `work` on the store's thread. What has been asked for is done even if the future is dropped.
    pub async fn call<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    {
        match self.ask(work)?.await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Closed),
        }
    }

    /// As [`Self::call`], for threads that may block. Panics inside an asynchronous context.
    pub fn call_blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    {
        match self.ask(work)?.blocking_recv() {
            Ok(result) => result,
            Err(_) => Err(StoreError::Closed),
        }
    }

    /// Runs `work` some time later, without an answer; a failure goes to the program's log. Never blocks, so it may be
    /// used in `Drop`.
    pub fn post<F>(&self, work: F)
    where
        F: FnOnce(&mut Database) -> Result<(), StoreError> + Send + 'static,
    {
        let sent = self.worker.send(Box::new(move |database| {
            if let Err(error) = work(database) {
                tracing::error!(%error, "work left to the store failed");
            }
        }));
        if sent.is_err() {
            tracing::error!("work left to the store came after it was closed");
        }
    }

    fn ask<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.worker.send(Box::new(move |database| {
            // Nobody waits any more when the job was cancelled.
            answer.send(work(database)).ok();
        }))?;
        Ok(answered)
    }
}

/// The store's thread and the way to it.
struct Worker {
    sender: Option<Sender<Work>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Worker {
    fn send(&self, work: Work) -> Result<(), StoreError> {
        match &self.sender {
            Some(sender) if sender.send(work).is_ok() => Ok(()),
            Some(_) | None => Err(StoreError::Closed),
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.sender = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Work may hold a clone of the store, and a thread cannot wait for itself.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            thread.join().ok();
        }
    }
}

fn run(mut database: Database, receiver: &Receiver<Work>) {
    while let Ok(work) = receiver.recv() {
        // One faulty piece of work must not take the store away from all others; whoever waits for it is told.
        if catch_unwind(AssertUnwindSafe(|| work(&mut database))).is_err() {
            tracing::error!("work for the store panicked");
        }
        database.roll_back();
    }
}

/// The open database. All methods block; [`Store::call`] gives access to it.
pub struct Database {
    // In this order: the file is closed before another start may open it.
    pub(super) connection: Connection,
    pub(super) sealing: SealingKey,
    /// Copies under the same key need it.
    pub(super) key: DbKey,
    pub(super) dir: DataDir,
    /// Held while this is the database of its folder; a copy holds none.
    #[expect(dead_code, reason = "held, not read: the system lets go of it when it is dropped")]
    pub(super) lock: Option<File>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Database {
    /// Does all of `work` or nothing of it. Inside another transaction it becomes a part of that one.
    pub fn transaction<T>(&self, work: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if !self.connection.is_autocommit() {
            return work(self);
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let result = work(self).and_then(|value| {
            self.connection.execute_batch("COMMIT")?;
            Ok(value)
        });
        self.roll_back();
        result
    }

    /// Undoes a transaction that is still open. `SQLite` has closed it already after some failures.
    fn roll_back(&self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            tracing::error!(error = %StoreError::from(error), "a transaction could not be rolled back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn a_full_disk_is_told_and_nothing_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let key = DbKey::Raw(Zeroizing::new([7; 32]));
        let (store, _) = Store::open(&DataDir::at(folder.path()), key).unwrap();
        let full = store.call_blocking(|db| {
            let pages: i64 = db.connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            db.connection.execute_batch(&format!("PRAGMA max_page_count = {pages}"))?;
            db.transaction(|db| {
                db.save_draft("small", &"x".into())?;
                db.save_draft("large", &"x".repeat(1_000_000).into())
            })
        });
        assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
        assert!(store.call_blocking(|db| db.drafts()).unwrap().is_empty());
    }
}
