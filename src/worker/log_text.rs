//! The text of a log, wherever it lies: in the database, or in the file that it came from.
//!
//! Everything here blocks and runs on the blocking pool.

use super::failure::{Failure, FailureKind};
use crate::domain::{LogFile, LogState};
use crate::insight::{self, Decoder, LineSplitter, LogIndex};
use crate::store::Store;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

/// How much is read at a time: large enough to be quick, small enough to notice a cancellation.
pub(super) const CHUNK_BYTES: usize = 1024 * 1024;
/// Text of a kept log is fetched in pieces of this size.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// Hands the decoded text to `each`, piece by piece, until it says stop. Pieces end between characters.
pub(super) fn for_each_piece(
    store: &Store,
    log: &LogFile,
    mut each: impl FnMut(&str) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    if log.kept_inside {
        return for_each_kept_piece(store, log, each);
    }
    let mut reader = insight::open(open(log)?.take(log.size_bytes)).map_err(|error| unreadable(log, &error))?;
    let mut decoder = Decoder::new();
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        let count = read(&mut *reader, &mut bytes).map_err(|error| unreadable(log, &error))?;
        let text = match bytes.get(..count) {
            Some(chunk) if count > 0 => decoder.push(chunk),
            _ => decoder.finish(),
        };
        let text = text.map_err(|error| changed(log).because(&error))?;
        if !each(&text)? || count == 0 {
            return Ok(());
        }
    }
}

fn for_each_kept_piece(
    store: &Store,
    log: &LogFile,
    mut each: impl FnMut(&str) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let id = log.id;
    // A kept log is at most a few pieces long, so it is fetched as a whole and handed on in pieces.
    let text = store.call_blocking(move |db| db.log_text(id))?;
    let mut rest = text.expose();
    while !rest.is_empty() {
        let cut = floor_boundary(rest, usize::try_from(PIECE_BYTES).unwrap_or(usize::MAX));
        let (piece, after) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        if !each(piece)? {
            return Ok(());
        }
        rest = after;
    }
    Ok(())
}

fn floor_boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        text.len()
    } else {
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    }
}

/// A line, and where it begins in the decoded text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlacedLine {
    pub(super) start: u64,
    pub(super) text: String,
}

/// The lines from `first`, counted from 1, at most `count` of them, each cut when it is very long.
pub(super) fn lines(
    store: &Store,
    log: &LogFile,
    index: &LogIndex,
    first: u64,
    count: u64,
) -> Result<Vec<PlacedLine>, Failure> {
    let Some(place) = index.locate(first) else { return Ok(Vec::new()) };
    let mut wanted = Wanted { at: place.offset, skip: place.skip, left: count, lines: Vec::new() };
    let mut splitter = LineSplitter::default();
    if log.kept_inside {
        let end = index
            .locate(first + count)
            .map_or_else(|| index.byte_count(), |after| next_checkpoint(index, first + count, after.offset));
        let (id, range) = (log.id, place.offset..end);
        let text = store.call_blocking(move |db| db.log_text_range(id, range))?;
        splitter.push(text.expose(), |line, bytes| wanted.take(line, bytes));
        splitter.finish(|line, bytes| wanted.take(line, bytes));
        return Ok(wanted.lines);
    }
    if is_seekable(log, index) {
        let mut file = open(log)?;
        file.seek(SeekFrom::Start(place.offset)).map_err(|error| unreadable(log, &error))?;
        read_lines(file.take(index.byte_count() - place.offset), log, &mut splitter, &mut wanted)?;
        return Ok(wanted.lines);
    }
    // Compressed or transcoded: the way to a line leads through all before it.
    wanted.skip = first - 1;
    wanted.at = 0;
    for_each_piece(store, log, |piece| {
        splitter.push(piece, |line, bytes| wanted.take(line, bytes));
        Ok(wanted.left > 0)
    })?;
    splitter.finish(|line, bytes| wanted.take(line, bytes));
    Ok(wanted.lines)
}

fn next_checkpoint(index: &LogIndex, line: u64, offset: u64) -> u64 {
    let beyond = line + insight::LINES_PER_CHECKPOINT;
    index.locate(beyond).map_or_else(|| index.byte_count(), |place| place.offset.max(offset))
}

/// Which of the lines that come by are kept.
struct Wanted {
    /// Where the next line begins.
    at: u64,
    skip: u64,
    left: u64,
    lines: Vec<PlacedLine>,
}

impl Wanted {
    /// Takes a line that has this many bytes in the text, its break included.
    fn take(&mut self, line: &str, bytes: u64) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.left > 0 {
            self.left -= 1;
            self.lines.push(PlacedLine { start: self.at, text: insight::clip_line(line).into_owned() });
        }
        self.at += bytes;
    }
}

/// Plain UTF-8, byte for byte what was indexed: a line is found by its offset.
fn is_seekable(log: &LogFile, index: &LogIndex) -> bool {
    log.encoding == "UTF-8" && log.size_bytes == index.byte_count()
}

fn read_lines(
    mut source: impl Read,
    log: &LogFile,
    splitter: &mut LineSplitter,
    wanted: &mut Wanted,
) -> Result<(), Failure> {
    let mut bytes = vec![0; 64 * 1024];
    let mut pending = Vec::new();
    while wanted.left > 0 {
        let count = read(&mut source, &mut bytes).map_err(|error| unreadable(log, &error))?;
        pending.extend_from_slice(bytes.get(..count).unwrap_or_default());
        let valid = valid_prefix(&pending, count == 0);
        let rest = pending.split_off(valid);
        splitter.push(&String::from_utf8_lossy(&pending), |line, bytes| wanted.take(line, bytes));
        pending = rest;
        if count == 0 {
            splitter.finish(|line, bytes| wanted.take(line, bytes));
            return Ok(());
        }
    }
    Ok(())
}

/// How many bytes can be decoded without the next chunk: all but a character that is cut at the end.
fn valid_prefix(bytes: &[u8], at_end: bool) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if !at_end && error.error_len().is_none() => error.valid_up_to(),
        Ok(_) | Err(_) => bytes.len(),
    }
}

/// As `read`, tried again when a signal interrupts it.
fn read(source: &mut (impl Read + ?Sized), bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn open(log: &LogFile) -> Result<File, Failure> {
    let Some(path) = &log.path else {
        return Err(Failure::new(FailureKind::Other, format!("the text of {} is not there", log.file_name), ""));
    };
    File::open(path).map_err(|error| unreadable(log, &error))
}

fn unreadable(log: &LogFile, error: &io::Error) -> Failure {
    Failure::new(
        FailureKind::Other,
        format!("{} cannot be read any more", log.file_name),
        "Put the file back where it was, or attach it again; pinned evidence is kept",
    )
    .because(error)
    .retryable()
}

fn changed(log: &LogFile) -> Failure {
    Failure::new(
        FailureKind::Other,
        format!("{} is not what was attached", log.file_name),
        "Attach the file again to work with what it holds now",
    )
}

/// Whether the file that a log lies in is still what was attached. A file that only grew is: what was attached is its
/// beginning.
pub(super) fn state_of(log: &LogFile) -> LogState {
    let Some(path) = log.path.as_deref().filter(|_| !log.kept_inside) else { return LogState::Ready };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return LogState::Missing(error.kind().to_string()),
    };
    if metadata.len() < log.size_bytes {
        return LogState::Changed;
    }
    let touched = metadata.modified().ok().and_then(|at| jiff::Timestamp::try_from(at).ok());
    // The stored time has whole seconds; a file written within the same one is looked at.
    if touched.is_some_and(|at| at < log.added_at) {
        return LogState::Ready;
    }
    match hash_of_beginning(path, log.size_bytes) {
        Ok(hash) if hash == log.content_hash => LogState::Ready,
        Ok(_) => LogState::Changed,
        Err(error) => LogState::Missing(error.kind().to_string()),
    }
}

fn hash_of_beginning(path: &Path, size_bytes: u64) -> io::Result<String> {
    let mut source = File::open(path)?.take(size_bytes);
    let mut hash = Sha256::new();
    let mut bytes = vec![0; CHUNK_BYTES];
    loop {
        let count = read(&mut source, &mut bytes)?;
        if count == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(bytes.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{IssueId, LogFileId};
    use jiff::Timestamp;

    fn log_at(path: &Path, content: &[u8]) -> LogFile {
        LogFile {
            id: LogFileId::new(),
            issue: IssueId::new(),
            file_name: "app.log".to_owned(),
            path: Some(path.to_owned()),
            size_bytes: content.len() as u64,
            line_count: 0,
            encoding: "UTF-8".to_owned(),
            content_hash: hex::encode(Sha256::digest(content)),
            added_at: Timestamp::now() - jiff::SignedDuration::from_secs(60),
            time_range: None,
            findings: None,
            kept_inside: false,
            state: LogState::Ready,
        }
    }

    #[test]
    fn a_file_that_grew_is_still_what_was_attached() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        let log = log_at(&path, b"one\n");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        assert_eq!(state_of(&log), LogState::Ready);
    }

    #[test]
    fn a_file_with_other_content_has_changed_and_a_removed_one_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        let log = log_at(&path, b"one\n");
        std::fs::write(&path, "two\n").unwrap();
        assert_eq!(state_of(&log), LogState::Changed);
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(state_of(&log), LogState::Missing(_)));
    }

    #[test]
    fn a_character_that_is_cut_waits_for_its_rest() {
        let text = "aé".as_bytes();
        assert_eq!(valid_prefix(&text[..2], false), 1);
        assert_eq!(valid_prefix(&text[..2], true), 2);
        assert_eq!(valid_prefix(text, false), 3);
    }
}
