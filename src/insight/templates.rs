//! Kinds of lines, mined as Drain does: a tree by length and first words, then similarity; what differs varies.
//!
//! Source: He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017.

use super::mask::{VARIABLE, mask_into};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// Templates of one log; lines of further kinds go to one that stands for all others.
pub const MAX_TEMPLATES: usize = 5000;

/// Templates compared under one key of the tree.
const MAX_LEAF: usize = 64;

/// Masked lines whose template is remembered.
const MAX_REMEMBERED: usize = 50_000;

/// Two templates of more words than this share are one.
const SIMILAR: f64 = 0.55;

/// What the template for all further kinds is called.
pub(super) const OTHER: &str = "(other lines)";

/// Which template a line belongs to; counted from 0 in the order of appearance.
pub type TemplateId = usize;

/// Mines the templates of one log.
#[derive(Debug, Default)]
pub struct Miner {
    templates: Vec<Vec<Box<str>>>,
    tree: HashMap<(usize, Box<str>), Vec<TemplateId>>,
    remembered: HashMap<u64, TemplateId>,
    hasher: BuildHasherDefault<DefaultHasher>,
    masked: String,
    other: Option<TemplateId>,
}

impl Miner {
    /// The template of a message, a new one where none is similar.
    pub fn add(&mut self, message: &str) -> TemplateId {
        mask_into(message, &mut self.masked);
        let hash = self.hasher.hash_one(&self.masked);
        if let Some(found) = self.remembered.get(&hash) {
            return *found;
        }
        let masked = std::mem::take(&mut self.masked);
        let words: Vec<&str> = masked.split(' ').collect();
        let found = self.similar_or_new(&words);
        if self.remembered.len() < MAX_REMEMBERED {
            self.remembered.insert(hash, found);
        }
        self.masked = masked;
        found
    }

    /// The template's words, with [`VARIABLE`] where they vary.
    pub fn text(&self, template: TemplateId) -> String {
        self.templates.get(template).map(|words| words.join(" ")).unwrap_or_default()
    }

    pub const fn len(&self) -> usize {
        self.templates.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    fn similar_or_new(&mut self, words: &[&str]) -> TemplateId {
        let key = (words.len(), Box::from(leading_word(words)));
        let leaf = self.tree.entry(key).or_default();
        let mut best = None;
        for template in leaf.iter().copied() {
            let share = self.templates.get(template).map_or(0.0, |known| similarity(known, words));
            if share >= SIMILAR && best.is_none_or(|(most, _)| share > most) {
                best = Some((share, template));
            }
        }
        if let Some((_, template)) = best {
            self.generalize(template, words);
            return template;
        }
        if self.templates.len() >= MAX_TEMPLATES || leaf.len() >= MAX_LEAF {
            return self.other();
        }
        let template = self.templates.len();
        leaf.push(template);
        self.templates.push(words.iter().map(|word| Box::from(*word)).collect());
        template
    }

    fn generalize(&mut self, template: TemplateId, words: &[&str]) {
        let Some(known) = self.templates.get_mut(template) else { return };
        for (known, word) in known.iter_mut().zip(words) {
            if **known != **word {
                *known = Box::from(VARIABLE);
            }
        }
    }

    fn other(&mut self) -> TemplateId {
        let templates = &mut self.templates;
        *self.other.get_or_insert_with(|| {
            templates.push(vec![Box::from(OTHER)]);
            templates.len() - 1
        })
    }
}

/// The first word that does not vary: the tree's second level.
fn leading_word<'a>(words: &[&'a str]) -> &'a str {
    words.iter().copied().find(|word| !word.contains(VARIABLE) && word.len() > 1).unwrap_or(VARIABLE)
}

/// Share of places with the same word, from 0 to 1. Places that already vary count half.
fn similarity(known: &[Box<str>], words: &[&str]) -> f64 {
    let mut score = 0_u32;
    let places = u32::try_from(words.len().max(1)).unwrap_or(u32::MAX);
    for (known, word) in known.iter().zip(words) {
        if **known == **word {
            score += 2;
        } else if &**known == VARIABLE {
            score += 1;
        }
    }
    f64::from(score) / (2.0 * f64::from(places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_one_kind_share_a_template() {
        let mut miner = Miner::default();
        let first = miner.add("user alice logged in from 10.0.0.1");
        let second = miner.add("user bob logged in from 10.0.0.2");
        let third = miner.add("disk full on /var/lib/x");
        assert_eq!(first, second);
        assert_ne!(first, third);
        assert_eq!(miner.text(first), "user <*> logged in from <*>");
    }

    #[test]
    fn different_messages_of_one_length_stay_apart() {
        let mut miner = Miner::default();
        let up = miner.add("connection to database established");
        let down = miner.add("connection was suddenly lost");
        assert_ne!(up, down);
    }

    #[test]
    fn the_number_of_templates_is_bounded() {
        let mut miner = Miner::default();
        for n in 0..MAX_TEMPLATES * 2 {
            let word = |mut n: usize| {
                let mut word = String::new();
                while n > 0 {
                    word.push(char::from(b'g' + u8::try_from(n % 20).unwrap()));
                    n /= 20;
                }
                word
            };
            miner.add(&format!("{}y {}z {}v", word(n + 1), word(n + 7), word(n + 9)));
        }
        assert_eq!(miner.len(), MAX_TEMPLATES + 1);
    }

    proptest! {
        #[test]
        fn a_line_is_always_put_where_it_was_put_before(lines in proptest::collection::vec("[ab1 ]{0,12}", 1..30)) {
            let mut miner = Miner::default();
            for line in &lines {
                let first = miner.add(line);
                prop_assert_eq!(miner.add(line), first);
                prop_assert!(first < miner.len());
            }
        }
    }
}
