//! The words that wake detectors, by the sort of place at which they are found.

use super::endings::Endings;
use super::survey::Tables;
use super::words::{Table, Word};

/// Words that are gathered before the tables are made of them.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    begins: Vec<Word>,
    ends: Vec<Word>,
    wide: Vec<Word>,
    endings: Endings,
}

impl Lexicon {
    /// A word is found at the first place in it where a word of ASCII begins, else where letters end.
    pub fn add_word(&mut self, text: &str, exact: bool, task: usize) -> Option<()> {
        let bytes = text.as_bytes();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let begins = |index: usize| index == 0 || bytes.get(index - 1).is_some_and(|byte| !is_word(byte));
        let found = |index: usize, byte: &u8| {
            byte.is_ascii_alphabetic() || (byte.is_ascii_digit() && bytes.get(index + 1) == Some(&b'/'))
        };
        let word = |offset| Word::new(bytes, offset, exact, task);
        if let Some((offset, _)) = bytes.iter().enumerate().find(|(index, byte)| begins(*index) && found(*index, byte))
        {
            self.begins.push(word(offset));
            return Some(());
        }
        let ends = |index: usize| bytes.get(index + 1).is_some_and(|byte| !byte.is_ascii_alphabetic());
        let offset = bytes.iter().enumerate().position(|(index, byte)| byte.is_ascii_alphabetic() && ends(index))?;
        self.ends.push(word(offset));
        Some(())
    }

    /// A key's name is found where its letters end; one beyond ASCII where its first such character begins.
    pub fn add_ending(&mut self, text: &str, task: usize) {
        let bytes = text.as_bytes();
        let word = |offset| Word::new(bytes, offset, false, task);
        match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => self.wide.push(word(offset)),
            None => self.ends.push(word(bytes.len() - 1)),
        }
    }

    /// A last part of names that wakes detectors at the dot before it.
    pub fn add_name_ending(&mut self, ending: &str) {
        self.endings.add(ending);
    }

    /// The words, ready to be looked up.
    pub fn tables(self) -> Tables {
        let Self { begins, ends, wide, endings } = self;
        Tables { begins: Table::new(0, &begins), ends: Table::new(2, &ends), wide: Table::new(0, &wide), endings }
    }
}
