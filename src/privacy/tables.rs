//! Tables that go on from one block of a text in the next one.
//!
//! Blocks are looked at side by side, and only one of them has a table's header. So where a table is open at the end of
//! a block, its rows are read on, and the blocks that have some are looked at again with what these hold.

use super::PrivacyError;
use super::detectors::{Hit, Rows};
use super::scan::{Scanned, each};
use std::ops::Range;

/// Looks at ranges of a text side by side, each with the secrets in it that belong to tables which began before it.
///
/// `open` is a table that goes on in the first range.
pub(super) fn with_tables(
    text: &str,
    ranges: &[Range<usize>],
    open: Option<&Rows>,
    look: impl Fn(&Range<usize>, &[Hit]) -> Result<Scanned, PrivacyError> + Send + Sync,
) -> Result<Vec<Scanned>, PrivacyError> {
    let mut reading = Reading::of(text, ranges);
    if let Some(rows) = open {
        reading.read_on(rows, 0);
    }
    let mut parts = each(&reading.blocks, |block| look(&block.range, &block.cells))?;
    reading.blocks.iter_mut().for_each(|block| block.is_new = false);
    // Ranges that are apart are lines of a text that was looked at before.
    if ranges.array_windows().all(|[one, next]| one.end == next.start) {
        for (number, (part, range)) in parts.iter().zip(ranges).enumerate() {
            if number >= reading.ended_in
                && let Some(rows) = open_at(&part.tables, range.end)
            {
                reading.read_on(rows, number + 1);
            }
        }
    }
    let again: Vec<(&mut Scanned, &Block)> =
        parts.iter_mut().zip(&reading.blocks).filter(|(_, block)| block.is_new).collect();
    let looked = each(&again, |(_, block)| look(&block.range, &block.cells))?;
    again.into_iter().zip(looked).for_each(|((part, _), looked)| *part = looked);
    if let Some(last) = parts.last_mut() {
        last.tables.append(&mut reading.tables);
    }
    Ok(parts)
}

/// The table whose rows go on at a place, or may.
pub(super) fn open_at(tables: &[Rows], place: usize) -> Option<&Rows> {
    tables.iter().rev().find(|rows| rows.range.start <= place && place <= rows.range.end)
}

/// A range of a text, and the secrets that begin in it and belong to tables which began before.
struct Block {
    range: Range<usize>,
    cells: Vec<Hit>,
    /// Whether some of them came after the last look.
    is_new: bool,
}

/// Rows being read.
struct Reading<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    /// What was read.
    tables: Vec<Rows>,
    /// The number of the block in which the last table ended that was read.
    ended_in: usize,
}

impl<'a> Reading<'a> {
    fn of(text: &'a str, ranges: &[Range<usize>]) -> Self {
        let blocks = ranges.iter().map(|range| Block { range: range.clone(), cells: Vec::new(), is_new: false });
        Self { text, blocks: blocks.collect(), tables: Vec::new(), ended_in: 0 }
    }

    /// Reads the rows of an open table from a block on.
    fn read_on(&mut self, rows: &Rows, first: usize) {
        let Some(start) = self.blocks.get(first).map(|block| block.range.start) else { return };
        let end = self.blocks.last().map_or(start, |block| block.range.end);
        let (rows, cells) = rows.below(self.text, start..end);
        self.ended_in = self.blocks.partition_point(|block| block.range.end <= rows.range.end);
        self.tables.push(rows);
        for cell in cells.into_iter().filter(|cell| cell.range.start >= start) {
            let number = self.blocks.partition_point(|block| block.range.end <= cell.range.start);
            if let Some(block) = self.blocks.get_mut(number) {
                block.cells.push(cell);
                block.is_new = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Decision, PiiKind, Settings, Unredacted};
    use crate::privacy::scan::{AHEAD, BLOCK};
    use crate::privacy::{Policy, Redactor, StreamScanner, Vault, detect};
    use std::fmt::Write as _;

    /// So many rows, each with a password of its own, and with a cell of two lines where that is wanted.
    fn table(rows: usize, joined: bool) -> String {
        let mut text = "name,note,password,since\n".to_owned();
        for row in 0..rows {
            let note = if joined && row % 3 == 0 { "\"first, then\nsecond\"" } else { "none" };
            writeln!(text, "n{row},{note},s3cret!{row},{}", 2000 + row % 26).unwrap();
        }
        text
    }

    fn passwords(text: &str) -> usize {
        let found = detect(text, &Policy::default()).unwrap();
        found.iter().filter(|one| one.kind == PiiKind::Password).count()
    }

    fn streamed(text: &str, step: usize) -> Vec<(PiiKind, std::ops::Range<u64>)> {
        let mut scanner = StreamScanner::new(Policy::default());
        let mut found = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(step));
            found.extend(scanner.push(piece).unwrap());
            rest = after;
        }
        found.extend(scanner.finish().unwrap());
        found.into_iter().map(|one| (one.kind, one.range)).collect()
    }

    /// What is left of a text that is redacted part by part.
    fn redacted(text: &str, step: usize) -> String {
        let mut redactor = Redactor::new(Vault::default(), Policy::default());
        let mut rest = text;
        let mut result = String::new();
        while !rest.is_empty() {
            let (part, _) = rest.split_at(rest.floor_char_boundary(step));
            let (head, used) = redactor.redact_head(&Unredacted::new(part), part.len() == rest.len()).unwrap();
            result.push_str(head.as_str());
            (_, rest) = rest.split_at(used);
        }
        result
    }

    #[test]
    fn a_table_is_read_to_its_end_however_many_blocks_it_has() {
        for joined in [false, true] {
            for before in ["", "\u{feff}", "2024-05-01 first line\n\n"] {
                let text = format!("{before}{}", table(20_000, joined));
                assert!(text.len() > 2 * BLOCK);
                assert_eq!(passwords(&text), 20_000, "{joined} {before:?}");
            }
        }
    }

    #[test]
    fn what_arrives_in_pieces_is_read_as_what_arrives_at_once() {
        let text = table(180_000, true);
        let whole = streamed(&text, usize::MAX);
        assert_eq!(whole.len(), 180_000);
        assert!(text.len() > 17 * BLOCK);
        for step in [64 * 1024, 1_000_003] {
            assert!(streamed(&text, step) == whole, "{step}");
        }
    }

    #[test]
    fn no_row_stands_open_where_a_text_is_redacted_in_parts() {
        for (joined, step) in [(false, AHEAD + 5000), (true, AHEAD + 5000), (true, 400_000)] {
            let text = redacted(&table(30_000, joined), step);
            assert!(!text.contains("s3cret!"), "{joined} {step}");
            assert_eq!(text.matches("[Password-").count(), 30_000);
        }
    }

    #[test]
    fn a_row_may_begin_anywhere_about_the_end_of_a_block() {
        for gap in 0..90 {
            let text = format!("{}\n{}", "x".repeat(BLOCK / 2 + gap), table(7_000, true));
            assert_eq!(passwords(&text), 7_000, "{gap}");
        }
    }

    #[test]
    fn what_stands_below_a_table_is_none_of_its_rows() {
        let text = format!("{}\nn,none,s3cret!below,1\n", table(12_000, false));
        assert_eq!(passwords(&text), 12_000);
        let another = format!("{text}user;pwd\nmaria;s3cret!maria\n");
        assert_eq!(passwords(&another), 12_001);
    }

    #[test]
    fn a_note_of_several_lines_may_stand_in_the_last_column() {
        for note in ["\"all,\r\nfine\"", "\"all\r\nis, fine\"", "\"all \"\"is\"\",\n\nfine\""] {
            let mut text = "id,name,password,note\r\n".to_owned();
            for row in 0..9_000 {
                write!(text, "{row},n{row},s3cret!{row},{}\r\n", if row % 3 == 0 { note } else { "none" }).unwrap();
            }
            assert_eq!(passwords(&text), 9_000, "{note}");
        }
    }

    #[test]
    fn what_is_kept_is_kept_in_every_block() {
        let kept = (PiiKind::Password, "s3cret!19000".into(), Decision::Keep);
        let policy = Policy::new(&Settings::default(), [kept], []);
        assert_eq!(detect(&table(20_000, false), &policy).unwrap().len(), 19_999);
    }
}
