//! Attaching a log: one pass that hashes, decompresses, decodes, indexes and analyzes it in bounded memory, and a second
//! one that looks for what must not leave.

use super::blocking::Stop;
use super::failure::{Failure, FailureKind};
use super::log_text::CHUNK_BYTES;
use super::report::Reporter;
use crate::domain::{IssueId, LogFile, LogFileId, LogState, Unredacted};
use crate::insight::{self, LogAnalysis, LogIndex, Scan};
use crate::store::LOG_KEPT_INSIDE_BYTES;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A compressed log that unpacks to more than this is refused: it is a mistake or an attack.
const MOST_UNPACKED_BYTES: u64 = 16 * 1024 * 1024 * 1024;

/// A log that has been read once.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) log: LogFile,
    pub(super) index: LogIndex,
    pub(super) analysis: LogAnalysis,
    /// The text, if it is small enough to be kept inside.
    pub(super) content: Option<Unredacted>,
}

/// Counts the progress of several logs as one.
pub(super) struct Progress<'a> {
    pub(super) reporter: &'a Reporter,
    pub(super) done: u64,
    pub(super) total: u64,
}

impl Progress<'_> {
    pub(super) fn add(&mut self, bytes: u64) {
        self.done += bytes;
        self.reporter.progress(self.done.min(self.total), Some(self.total));
    }
}

/// Reads a file whole. A file that grows meanwhile is read up to the size that it had.
pub(super) fn read_file(
    issue: IssueId,
    path: &Path,
    stop: &Stop,
    progress: &mut Progress<'_>,
) -> Result<Imported, Failure> {
    let cannot = |error: &io::Error| cannot_read(path, error);
    let metadata = std::fs::metadata(path).map_err(|error| cannot(&error))?;
    if metadata.is_dir() {
        return Err(Failure::new(
            FailureKind::Other,
            format!("{} is a folder", name_of(path)),
            "Choose the files in it",
        ));
    }
    let file = File::open(path).map_err(|error| cannot(&error))?;
    // Pipes and the like have no size; they are read to their end.
    let size = if metadata.is_file() { metadata.len() } else { u64::MAX };
    let modified = metadata.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    let source = Source { name: seen_name(&name_of(path)), reference: modified.unwrap_or_else(Timestamp::now) };
    let mut imported = read(issue, &source, file.take(size), stop, progress)?;
    let path = std::path::absolute(path).unwrap_or_else(|_error| path.to_owned());
    imported.log.path = Some(path);
    if !metadata.is_file() && imported.content.is_none() {
        return Err(Failure::new(
            FailureKind::Other,
            format!("{} is too large for something that is not a file", source.name),
            "Save it to a file first",
        ));
    }
    Ok(imported)
}

/// Takes pasted text.
pub(super) fn read_pasted(
    issue: IssueId,
    name: &str,
    text: &Unredacted,
    stop: &Stop,
    progress: &mut Progress<'_>,
) -> Result<Imported, Failure> {
    let source = Source { name: seen_name(name), reference: Timestamp::now() };
    let mut imported = read(issue, &source, text.expose().as_bytes(), stop, progress)?;
    // However large it is: there is no file to go back to.
    imported.content = Some(text.clone());
    imported.log.kept_inside = true;
    Ok(imported)
}

struct Source {
    name: String,
    /// A moment near the log's end.
    reference: Timestamp,
}

fn read(
    issue: IssueId,
    source: &Source,
    reader: impl Read + Send,
    stop: &Stop,
    progress: &mut Progress<'_>,
) -> Result<Imported, Failure> {
    let unreadable = |error: io::Error| {
        Failure::new(FailureKind::Other, format!("{} could not be read to its end", source.name), "Try again")
            .because(&error)
            .retryable()
    };
    let counted = Arc::new(Mutex::new((Sha256::new(), 0_u64)));
    let mut unpacked = insight::open(Hashing { reader, counted: Arc::clone(&counted) }).map_err(unreadable)?;
    let mut scan = Scan::new(source.name.clone(), source.reference);
    let mut content = Some(String::new());
    let mut bytes = vec![0; CHUNK_BYTES];
    let (mut seen, mut out) = (0, 0_u64);
    loop {
        stop.check()?;
        let count = unpacked.read(&mut bytes).map_err(unreadable)?;
        if count == 0 {
            break;
        }
        out += count as u64;
        if out > MOST_UNPACKED_BYTES {
            return Err(Failure::new(FailureKind::Other, format!("{} unpacks to more than 16 GB", source.name), ""));
        }
        let text = scan.push(bytes.get(..count).unwrap_or_default()).map_err(|error| not_a_log(source, &error))?;
        keep(&mut content, &text);
        let read = counted.lock().unwrap_or_else(PoisonError::into_inner).1;
        progress.add(read - seen);
        seen = read;
    }
    drop(unpacked);
    let (scanned, rest) = scan.finish().map_err(|error| not_a_log(source, &error))?;
    keep(&mut content, &rest);
    if scanned.index.line_count() == 0 {
        return Err(Failure::new(FailureKind::Other, format!("{} is empty", source.name), "Choose another file"));
    }
    let (hash, size_bytes) = std::mem::take(&mut *counted.lock().unwrap_or_else(PoisonError::into_inner));
    let summary = &scanned.analysis.summary;
    let log = LogFile {
        id: LogFileId::new(),
        issue,
        file_name: source.name.clone(),
        path: None,
        size_bytes,
        line_count: scanned.index.line_count(),
        encoding: scanned.encoding.to_owned(),
        content_hash: hex::encode(hash.finalize()),
        added_at: Timestamp::now(),
        time_range: summary.first_time.zip(summary.last_time),
        findings: None,
        kept_inside: content.is_some(),
        state: LogState::Ready,
    };
    Ok(Imported { log, index: scanned.index, analysis: scanned.analysis, content: content.map(Unredacted::new) })
}

fn keep(content: &mut Option<String>, more: &str) {
    let Some(text) = content else { return };
    text.push_str(more);
    if text.len() as u64 > LOG_KEPT_INSIDE_BYTES {
        *content = None;
    }
}

/// Hashes and counts the bytes of the file as they are read.
struct Hashing<R> {
    reader: R,
    counted: Arc<Mutex<(Sha256, u64)>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(bytes)?;
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.0.update(bytes.get(..count).unwrap_or_default());
        counted.1 += count as u64;
        Ok(count)
    }
}

/// A file's name as it is cited: on one line, without what hides. A line break in it would begin a line of its own in a
/// prompt.
fn seen_name(name: &str) -> String {
    let seen = crate::privacy::one_line(name);
    if seen.is_empty() { "log".to_owned() } else { seen }
}

/// The last part of a path, for showing.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "is not there",
        io::ErrorKind::PermissionDenied => "may not be read",
        _ => "cannot be read",
    };
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "Check the path",
        io::ErrorKind::PermissionDenied => "Copy it to where you may read it, or run with the rights that it needs",
        _ => "Try again, or copy the file elsewhere",
    };
    Failure::new(FailureKind::Other, format!("{} {why}", name_of(path)), advice).because(error).retryable()
}

fn not_a_log(source: &Source, error: &insight::DecodeError) -> Failure {
    Failure::new(
        FailureKind::Other,
        format!("{} is not a text: {error}", source.name),
        "Attach the log as text, or compressed with gzip or zstd",
    )
}
