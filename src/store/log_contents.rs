//! The text of logs that is kept inside, and the index that says where their lines are.

use super::columns::{int, uint};
use super::{Database, StoreError};
use crate::domain::{LogFileId, Unredacted};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rusqlite::{OptionalExtension as _, named_params, params};
use std::io::{Read as _, Write as _};
use std::ops::Range;

/// Texts up to this size are kept inside; larger ones stay in the file they came from.
pub const LOG_KEPT_INSIDE_BYTES: u64 = 8 * 1024 * 1024;

/// Small enough that showing a few lines unpacks little, large enough to compress well.
const CHUNK_BYTES: usize = 256 * 1024;

impl Database {
    pub(super) fn insert_log_text(&self, log: LogFileId, content: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO log_contents (log_file_id, start, size, compressed) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut start = 0;
        for chunk in content.as_bytes().chunks(CHUNK_BYTES) {
            let packed = pack(chunk).map_err(StoreError::io("compressing a log"))?;
            let size = int(chunk.len() as u64);
            statement.execute(params![log.to_string(), start, size, packed])?;
            start += size;
        }
        Ok(())
    }

    pub(super) fn insert_log_index(&self, log: LogFileId, index: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO log_indexes (log_file_id, bytes) VALUES (?1, ?2)";
        self.connection.execute(sql, params![log.to_string(), index])?;
        Ok(())
    }

    /// The whole text of a log that is kept inside.
    pub fn log_text(&self, log: LogFileId) -> Result<Unredacted, StoreError> {
        let size = self.log_text_size(log)?;
        self.log_text_range(log, 0..size)
    }

    /// A part of the text. `range` counts bytes of the decoded text and must not cut a character.
    pub fn log_text_range(&self, log: LogFileId, range: Range<u64>) -> Result<Unredacted, StoreError> {
        let size = self.log_text_size(log)?;
        if range.start > range.end || range.end > size {
            return Err(StoreError::BadRange);
        }
        let sql = "SELECT start, size, compressed FROM log_contents
                   WHERE log_file_id = :log AND start < :end AND start + size > :start ORDER BY start";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(named_params! {
            ":log": log.to_string(), ":start": int(range.start), ":end": int(range.end)
        })?;
        let mut bytes = Vec::new();
        while let Some(row) = rows.next()? {
            let first = uint(row, "start")?;
            let chunk = unpack(row.get_ref("compressed")?.as_blob().unwrap_or_default())
                .map_err(StoreError::io("unpacking a log"))?;
            let from = index_of(range.start.saturating_sub(first));
            let to = index_of(range.end.saturating_sub(first)).min(chunk.len());
            bytes.extend_from_slice(chunk.get(from..to).ok_or(StoreError::Corrupt)?);
        }
        String::from_utf8(bytes).map(Unredacted::new).ok().ok_or(StoreError::BadRange)
    }

    /// The bytes of the decoded text.
    fn log_text_size(&self, log: LogFileId) -> Result<u64, StoreError> {
        if !self.log_file(log)?.kept_inside {
            return Err(StoreError::NotKeptInside);
        }
        let sql = "SELECT ifnull(max(start + size), 0) AS size FROM log_contents WHERE log_file_id = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([log.to_string()], |row| uint(row, "size"))?)
    }

    /// The index as it was given.
    pub fn log_index(&self, log: LogFileId) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT bytes FROM log_indexes JOIN log_files ON log_files.id = log_file_id
                       JOIN issues ON issues.id = issue_id
                   WHERE log_file_id = ?1 AND deleted_at IS NULL";
        let bytes = self.connection.prepare_cached(sql)?.query_row([log.to_string()], |row| row.get(0)).optional()?;
        bytes.ok_or(StoreError::NotFound("log"))
    }

    /// Replaces the index, after a file was read again.
    pub fn set_log_index(&self, log: LogFileId, index: &[u8]) -> Result<(), StoreError> {
        let sql = "UPDATE log_indexes SET bytes = ?2 WHERE log_file_id = ?1";
        super::issues::found(self.connection.execute(sql, params![log.to_string(), index])?, "log")
    }
}

fn index_of(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpack(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}
