//! Where the lines of a large log are: a sparse index that is small enough to be kept with the file's hash.

use super::levels::LevelCounts;
use super::lines::LineSplitter;
use super::timestamps::TimeFinder;
use crate::domain::Level;
use jiff::Timestamp;

/// A checkpoint stands at every so many lines.
pub const LINES_PER_CHECKPOINT: u64 = 64;

/// Stands for "no time" in a checkpoint; no timestamp has this value.
const NO_TIME: i64 = i64::MIN;

/// First bytes of a stored index; the last one is the version.
const MAGIC: &[u8; 8] = b"TFLIDX\x00\x01";

/// Bytes of a stored index before its checkpoints: mark, lines, bytes, level counts, number of checkpoints.
const HEADER_BYTES: usize = 8 + 8 + 8 + 8 * 8 + 8;

/// Why stored bytes are not an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    #[error("the stored index has another version")]
    OtherVersion,
    #[error("the stored index is damaged")]
    Damaged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Checkpoint {
    offset: u64,
    /// Milliseconds since 1970 of the last time seen before or at this line.
    time_ms: i64,
}

/// Where to begin reading to reach a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes from the beginning of the decoded text.
    pub offset: u64,
    /// Lines to skip from there.
    pub skip: u64,
}

/// Sparse line offsets and times of one log, over its decoded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogIndex {
    lines: u64,
    bytes: u64,
    levels: LevelCounts,
    checkpoints: Vec<Checkpoint>,
    last_time_ms: Option<i64>,
}

impl LogIndex {
    /// Takes the next line: its length in the text with its break, its time and its level.
    pub fn add_line(&mut self, bytes: u64, time: Option<Timestamp>, level: Option<Level>) {
        if let Some(time) = time {
            self.last_time_ms = Some(time.as_millisecond());
        }
        if self.lines.is_multiple_of(LINES_PER_CHECKPOINT) {
            let time_ms = self.last_time_ms.unwrap_or(NO_TIME);
            self.checkpoints.push(Checkpoint { offset: self.bytes, time_ms });
        }
        self.lines += 1;
        self.bytes += bytes;
        self.levels.add(level);
    }

    pub const fn line_count(&self) -> u64 {
        self.lines
    }

    /// Length of the decoded text in bytes.
    pub const fn byte_count(&self) -> u64 {
        self.bytes
    }

    pub const fn levels(&self) -> &LevelCounts {
        &self.levels
    }

    /// Where to begin reading to reach `line`, counted from 1; `None` if there is no such line.
    pub fn locate(&self, line: u64) -> Option<Place> {
        let index = line.checked_sub(1).filter(|_| line <= self.lines)?;
        let checkpoint = self.checkpoints.get(usize::try_from(index / LINES_PER_CHECKPOINT).ok()?)?;
        Some(Place { offset: checkpoint.offset, skip: index % LINES_PER_CHECKPOINT })
    }

    /// The last checkpoint's line, counted from 1, that does not begin behind this byte: where to look for its line.
    pub fn line_before(&self, offset: u64) -> Option<u64> {
        let behind = self.checkpoints.partition_point(|one| one.offset <= offset);
        behind.checked_sub(1).filter(|_| offset < self.bytes).map(|found| found as u64 * LINES_PER_CHECKPOINT + 1)
    }

    /// The last checkpoint's line, counted from 1, that is not later than `time`: where to look for it.
    ///
    /// Assumes that times grow; `None` if the log has no times or begins later.
    pub fn line_near(&self, time: Timestamp) -> Option<u64> {
        let wanted = time.as_millisecond();
        let later = self.checkpoints.partition_point(|one| one.time_ms <= wanted);
        let found = later.checked_sub(1)?;
        self.checkpoints.get(found).filter(|one| one.time_ms != NO_TIME)?;
        Some(found as u64 * LINES_PER_CHECKPOINT + 1)
    }

    /// For keeping; read back by [`Self::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.checkpoints.len() * 16);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.lines.to_le_bytes());
        bytes.extend_from_slice(&self.bytes.to_le_bytes());
        for count in self.levels.to_array() {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        bytes.extend_from_slice(&(self.checkpoints.len() as u64).to_le_bytes());
        for checkpoint in &self.checkpoints {
            bytes.extend_from_slice(&checkpoint.offset.to_le_bytes());
            bytes.extend_from_slice(&checkpoint.time_ms.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; anything else is an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(IndexError::OtherVersion)?;
        let (words, []) = body.as_chunks::<8>() else { return Err(IndexError::Damaged) };
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || words.next().ok_or(IndexError::Damaged);
        let (lines, byte_count) = (next()?, next()?);
        let mut counts = [0_u64; 8];
        for count in &mut counts {
            *count = next()?;
        }
        let expected = next()?;
        if expected != lines.div_ceil(LINES_PER_CHECKPOINT) || expected != ((bytes.len() - HEADER_BYTES) / 16) as u64 {
            return Err(IndexError::Damaged);
        }
        let mut checkpoints = Vec::new();
        while let (Ok(offset), Ok(time)) = (next(), next()) {
            checkpoints.push(Checkpoint { offset, time_ms: time.cast_signed() });
        }
        let last_time_ms = checkpoints.last().map(|one| one.time_ms).filter(|time| *time != NO_TIME);
        let index =
            Self { lines, bytes: byte_count, levels: LevelCounts::from_array(counts), checkpoints, last_time_ms };
        index.is_sound().then_some(index).ok_or(IndexError::Damaged)
    }

    fn is_sound(&self) -> bool {
        self.checkpoints.is_sorted_by_key(|one| one.offset)
            && self.checkpoints.last().is_none_or(|one| one.offset <= self.bytes)
            && self.levels.total() == Some(self.lines)
    }
}

/// Builds a [`LogIndex`] from decoded text in chunks, where no analysis is wanted.
#[derive(Debug)]
pub struct IndexBuilder {
    splitter: LineSplitter,
    finder: TimeFinder,
    index: LogIndex,
}

impl IndexBuilder {
    /// `reference` is a moment near the log's end; it settles the year where lines do not give one.
    pub fn new(reference: Timestamp) -> Self {
        Self { splitter: LineSplitter::default(), finder: TimeFinder::new(reference), index: LogIndex::default() }
    }

    pub fn push(&mut self, chunk: &str) {
        let Self { splitter, finder, index } = self;
        splitter.push(chunk, |line, bytes| add(finder, index, line, bytes));
    }

    pub fn finish(mut self) -> LogIndex {
        let Self { splitter, finder, index } = &mut self;
        splitter.finish(|line, bytes| add(finder, index, line, bytes));
        self.index
    }
}

fn add(finder: &mut TimeFinder, index: &mut LogIndex, line: &str, bytes: u64) {
    let found = finder.find(line);
    let level = super::levels::level_of(line, found.as_ref().map(|(_, range)| range.clone()));
    index.add_line(bytes, found.map(|(time, _)| time), level);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn build(text: &str, chunk: usize) -> LogIndex {
        let mut builder = IndexBuilder::new(Timestamp::UNIX_EPOCH);
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.ceil_char_boundary(chunk.min(rest.len())));
            builder.push(part);
            rest = after;
        }
        builder.finish()
    }

    fn log(lines: usize) -> String {
        let line = |n| format!("2026-11-22T01:{:02}:{:02}Z INFO größe {n}\n", n / 60 % 60, n % 60);
        (0..lines).map(line).collect::<Vec<_>>().concat()
    }

    #[test]
    fn every_line_is_found_again() {
        let text = log(1000);
        let index = build(&text, 777);
        assert_eq!((index.line_count(), index.byte_count()), (1000, text.len() as u64));
        for (number, line) in (1_u64..).zip(text.lines()) {
            let place = index.locate(number).unwrap();
            let from = text.get(usize::try_from(place.offset).unwrap()..).unwrap();
            assert_eq!(from.lines().nth(usize::try_from(place.skip).unwrap()), Some(line));
        }
        assert_eq!((index.locate(0), index.locate(1001)), (None, None));
    }

    #[test]
    fn a_time_leads_to_its_neighborhood() {
        let index = build(&log(1000), 100_000);
        let line = index.line_near("2026-11-22T01:05:00Z".parse().unwrap()).unwrap();
        assert!((301 - 64..=301).contains(&line), "{line}");
        assert_eq!(index.line_near("2020-01-01T00:00:00Z".parse().unwrap()), None);
    }

    #[test]
    fn two_million_lines_cost_less_than_two_megabytes() {
        let mut index = LogIndex::default();
        for _ in 0..2_000_000 {
            index.add_line(100, None, Some(Level::Info));
        }
        assert!(index.to_bytes().len() < 2_000_000);
    }

    #[test]
    fn a_cut_index_is_refused() {
        let bytes = build(&log(500), 100).to_bytes();
        assert_eq!(LogIndex::from_bytes(&bytes[..bytes.len() - 8]), Err(IndexError::Damaged));
        assert_eq!(LogIndex::from_bytes(&bytes[..20]), Err(IndexError::Damaged));
        assert_eq!(LogIndex::from_bytes(b"something else"), Err(IndexError::OtherVersion));
    }

    proptest! {
        #[test]
        fn an_index_survives_being_kept(lines in 0_usize..400, chunk in 1_usize..300) {
            let index = build(&log(lines), chunk);
            prop_assert_eq!(&index, &build(&log(lines), 1_000_000));
            prop_assert_eq!(LogIndex::from_bytes(&index.to_bytes()).unwrap().to_bytes(), index.to_bytes());
        }

        #[test]
        fn hostile_bytes_are_an_error(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
            let bytes = [MAGIC.as_slice(), &tail].concat();
            prop_assert!(LogIndex::from_bytes(&bytes).is_err());
        }
    }
}
