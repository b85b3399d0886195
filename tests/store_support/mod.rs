//! A store in a temporary folder, and things to put into it.

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use tftsr::domain::{Issue, IssueId, LogFile, LogFileId, LogState};
use tftsr::store::{DataDir, Database, DbKey, Opened, Store, StoreError};
use zeroize::Zeroizing;

const KEY: [u8; 32] = [7; 32];

/// A whole second, as the store keeps for issues and files.
pub fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub struct Scene {
    pub dir: DataDir,
    _folder: TempDir,
}

impl Scene {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { dir: DataDir::at(folder.path().join("data")), _folder: folder }
    }

    pub fn open(&self) -> Store {
        self.try_open().unwrap().0
    }

    pub fn try_open(&self) -> Result<(Store, Opened), StoreError> {
        Store::open(&self.dir, DbKey::Raw(Zeroizing::new(KEY)))
    }

    /// Opens a store and runs `work` in it.
    pub fn with<T: Send + 'static>(&self, work: impl FnOnce(&mut Database) -> T + Send + 'static) -> T {
        self.open().call_blocking(|db| Ok(work(db))).unwrap()
    }

    /// The file as another program that knows the key sees it, while no store has it open.
    pub fn raw(&self) -> Connection {
        let connection = Connection::open(self.dir.database()).unwrap();
        connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", hex::encode(KEY))).unwrap();
        connection
    }
}

pub fn issue(db: &Database, title: &str) -> IssueId {
    let issue = Issue::new(title, noon());
    db.insert_issue(&issue).unwrap();
    issue.id
}

pub fn log(issue: IssueId, file_name: &str) -> LogFile {
    LogFile {
        id: LogFileId::new(),
        issue,
        file_name: file_name.to_owned(),
        path: Some("/var/log/app.log".into()),
        size_bytes: 12,
        line_count: 2,
        encoding: "UTF-8".to_owned(),
        content_hash: "ab".repeat(32),
        added_at: noon(),
        time_range: Some((noon(), "2026-03-01T12:00:00.123456789Z".parse().unwrap())),
        findings: None,
        kept_inside: true,
        state: LogState::Ready,
    }
}
