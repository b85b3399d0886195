//! Lines of logs, kept in blocks so that a log of any size scrolls without being held.

use crate::domain::{LogFileId, LogLine};
use std::collections::BTreeMap;

/// Lines in a block. A block begins at line 1, 257, 513, …
pub const BLOCK: u32 = 256;
/// How many blocks are kept over all logs: about 65,000 lines.
const KEPT: usize = 256;

/// Lines of logs that have been read, the least recently read blocks forgotten first.
#[derive(Debug, Default)]
pub struct LineCache {
    blocks: BTreeMap<(LogFileId, u64), Block>,
    clock: u64,
}

#[derive(Debug)]
struct Block {
    lines: Vec<LogLine>,
    read_at: u64,
}

impl LineCache {
    /// The first line of the block that holds line `number`.
    pub const fn block_of(number: u64) -> u64 {
        number.saturating_sub(1) / BLOCK as u64 * BLOCK as u64 + 1
    }

    /// `None` when its block must be read first: ask for `BLOCK` lines from `block_of(number)`.
    pub fn line(&self, log: LogFileId, number: u64) -> Option<&LogLine> {
        let first = Self::block_of(number);
        let block = self.blocks.get(&(log, first))?;
        block.lines.get(usize::try_from(number - first).ok()?)
    }

    /// Whether the block that holds line `number` has been read.
    pub fn has(&self, log: LogFileId, number: u64) -> bool {
        self.blocks.contains_key(&(log, Self::block_of(number)))
    }

    pub fn insert(&mut self, log: LogFileId, first: u64, lines: Vec<LogLine>) {
        self.clock += 1;
        self.blocks.insert((log, first), Block { lines, read_at: self.clock });
        if self.blocks.len() > KEPT
            && let Some(oldest) = self.blocks.iter().min_by_key(|(_, block)| block.read_at).map(|(key, _)| *key)
        {
            self.blocks.remove(&oldest);
        }
    }

    /// Forgets a log that was removed.
    pub fn forget(&mut self, log: LogFileId) {
        self.blocks.retain(|(of, _), _| *of != log);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(first: u64) -> Vec<LogLine> {
        (first..first + u64::from(BLOCK))
            .map(|number| LogLine { number, time: None, level: None, text: "x".into(), instructs: false })
            .collect()
    }

    #[test]
    fn a_line_is_found_in_its_block() {
        let (mut cache, log) = (LineCache::default(), LogFileId::new());
        cache.insert(log, 257, lines(257));
        assert_eq!(cache.line(log, 257).map(|line| line.number), Some(257));
        assert_eq!(cache.line(log, 512).map(|line| line.number), Some(512));
        assert_eq!(cache.line(log, 256), None);
        assert_eq!((LineCache::block_of(1), LineCache::block_of(256), LineCache::block_of(257)), (1, 1, 257));
    }

    #[test]
    fn the_oldest_block_is_forgotten_first() {
        let (mut cache, log) = (LineCache::default(), LogFileId::new());
        for block in 0..=KEPT as u64 {
            let first = block * u64::from(BLOCK) + 1;
            cache.insert(log, first, lines(first));
        }
        assert!(!cache.has(log, 1));
        assert!(cache.has(log, 257));
    }
}
