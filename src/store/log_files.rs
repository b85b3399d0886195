//! Logs attached to issues.

use super::columns::{int, optional_parsed, optional_uint, parsed, precise, seconds, seconds_time, uint};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{IssueId, LogFile, LogFileId, LogState};
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{OptionalExtension as _, Row, ToSql, named_params};
use std::path::{Path, PathBuf};

impl Database {
    /// Keeps a log with its index, and with its text where that is to be kept inside.
    ///
    /// `content` is the decoded text; `None` leaves it in the file it came from, whatever `log.kept_inside` says.
    pub fn insert_log_file(&self, log: &LogFile, content: Option<&str>, index: &[u8]) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_issue(log.issue)?;
            db.insert_log_row(log, content.is_some())?;
            db.insert_log_index(log.id, index)?;
            if let Some(content) = content {
                db.insert_log_text(log.id, content)?;
            }
            Ok(())
        })
    }

    fn insert_log_row(&self, log: &LogFile, kept_inside: bool) -> Result<(), StoreError> {
        let (first_time, last_time) = log.time_range.unzip();
        let sql = "INSERT INTO log_files (id, issue_id, file_name, file_path, file_size, mime_type, content_hash,
                       uploaded_at, redacted, line_count, encoding, first_time, last_time, findings, kept_inside)
                   VALUES (:id, :issue, :name, :path, :size, :mime, :hash, :added, :redacted, :lines, :encoding,
                       :first, :last, :findings, :kept)";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": log.id.to_string(),
            ":issue": log.issue.to_string(),
            ":name": log.file_name,
            ":path": log.path.as_deref().map(StoredPath),
            ":size": int(log.size_bytes),
            ":mime": mime_type(&log.file_name),
            ":hash": log.content_hash,
            ":added": seconds(log.added_at),
            ":redacted": log.findings.is_some(),
            ":lines": int(log.line_count),
            ":encoding": log.encoding,
            ":first": first_time.map(precise),
            ":last": last_time.map(precise),
            ":findings": log.findings.map(int),
            ":kept": kept_inside,
        })?;
        Ok(())
    }

    /// In the order in which they were attached. Whether a file is still there is not looked at.
    pub fn log_files(&self, issue: IssueId) -> Result<Vec<LogFile>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM log_files WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let logs = statement.query_map([issue.to_string()], log_from)?;
        Ok(logs.collect::<Result<_, _>>()?)
    }

    pub fn log_file(&self, id: LogFileId) -> Result<LogFile, StoreError> {
        let sql = "SELECT log_files.* FROM log_files JOIN issues ON issues.id = issue_id
                   WHERE log_files.id = ?1 AND deleted_at IS NULL";
        let log = self.connection.prepare_cached(sql)?.query_row([id.to_string()], log_from).optional()?;
        log.ok_or(StoreError::NotFound("log"))
    }

    /// With its text, its index and its spans. Pins keep their snippets.
    pub fn remove_log_file(&self, id: LogFileId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM log_files WHERE id = ?1", [id.to_string()])?, "log")
    }

    /// Says how many spans the detectors found; `None` when they have to run again.
    pub fn set_findings(&self, id: LogFileId, findings: Option<u64>) -> Result<(), StoreError> {
        let sql = "UPDATE log_files SET findings = :findings, redacted = :redacted WHERE id = :id";
        let changed = self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": id.to_string(),
            ":findings": findings.map(int),
            ":redacted": findings.is_some(),
        })?;
        found(changed, "log")
    }
}

/// By the ending of the name; the text itself has been decoded already.
fn mime_type(file_name: &str) -> &'static str {
    let ending = Path::new(file_name).extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("gz") => "application/gzip",
        Some("zst") => "application/zstd",
        Some("json" | "jsonl" | "ndjson") => "application/json",
        Some("csv") => "text/csv",
        Some("xml") => "text/xml",
        Some(_) | None => "text/plain",
    }
}

fn log_from(row: &Row<'_>) -> rusqlite::Result<LogFile> {
    let first: Option<Timestamp> = optional_parsed(row, "first_time")?;
    Ok(LogFile {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        file_name: row.get("file_name")?,
        path: path_from(row.get("file_path")?),
        size_bytes: uint(row, "file_size")?,
        line_count: uint(row, "line_count")?,
        encoding: row.get("encoding")?,
        content_hash: row.get("content_hash")?,
        added_at: seconds_time(row, "uploaded_at")?,
        time_range: first.zip(optional_parsed(row, "last_time")?),
        findings: optional_uint(row, "findings")?,
        kept_inside: row.get("kept_inside")?,
        state: LogState::Ready,
    })
}

/// A path as text, or as bytes where it is not Unicode.
struct StoredPath<'a>(&'a Path);

impl ToSql for StoredPath<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0.to_str() {
            Some(text) => ValueRef::Text(text.as_bytes()),
            None => ValueRef::Blob(self.0.as_os_str().as_encoded_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

#[cfg(unix)]
fn path_from(stored: Value) -> Option<PathBuf> {
    match stored {
        Value::Text(text) => Some(PathBuf::from(text)),
        Value::Blob(bytes) => {
            Some(std::os::unix::ffi::OsStringExt::from_vec(bytes)).map(|name: std::ffi::OsString| name.into())
        }
        Value::Null | Value::Integer(_) | Value::Real(_) => None,
    }
}

/// Other systems have no way back from bytes; such a file counts as missing.
#[cfg(not(unix))]
fn path_from(stored: Value) -> Option<PathBuf> {
    match stored {
        Value::Text(text) => Some(PathBuf::from(text)),
        Value::Blob(bytes) => Some(PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())),
        Value::Null | Value::Integer(_) | Value::Real(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_the_type() {
        for (name, mime) in [
            ("app.log", "text/plain"),
            ("app.log.GZ", "application/gzip"),
            ("a.zst", "application/zstd"),
            ("pasted", "text/plain"),
        ] {
            assert_eq!(mime_type(name), mime, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_unicode_survives() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/logs/\xff.log"));
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let stored: Value = connection.query_row("SELECT ?1", [StoredPath(path)], |row| row.get(0)).unwrap();
        assert_eq!(path_from(stored).as_deref(), Some(path));
    }
}
