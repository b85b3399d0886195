//! Where placeholders stand in a text: as this program writes them, and as models write them.
//!
//! A model that is shown `[Email-1]` writes `\[Email-1\]`, `[email-1]`, `(Email-1)` or `Email-1` as well. What is
//! unambiguous is read as what it means; numbers that stand in a text in any of these spellings are never given to a
//! value of it, so that reading them generously cannot put a value where the user wrote a word.

use crate::domain::{PiiKind, Placeholder};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memchr_iter;
use std::ops::Range;
use std::sync::LazyLock;

/// Longer than any, in bytes: the longest stem, a dash, ten digits, brackets and their escapes.
pub(super) const LONGEST: usize = 40;

/// A place of a text that names a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// With its brackets.
    pub range: Range<usize>,
    pub placeholder: Placeholder,
    /// Whether it can be meant as nothing else: in square brackets, with a dash.
    pub is_plain: bool,
}

static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).clone();
    builder.build(PiiKind::ALL.iter().map(|kind| kind.label())).ok()
});

/// All placeholders of a text as this program writes them, in order.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = (Range<usize>, Placeholder)> {
    memchr_iter(b'[', text.as_bytes()).filter_map(move |start| {
        let bytes = text.as_bytes().get(start..)?;
        // Every stem begins with a capital; most brackets of logs do not.
        bytes.get(1).filter(|byte| byte.is_ascii_uppercase())?;
        let end = start + bytes.iter().take(LONGEST).position(|byte| *byte == b']')? + 1;
        Some((start..end, Placeholder::parse(text.get(start..end)?)?))
    })
}

/// The placeholders that may overlap a range, in order.
pub(super) fn placeholders_near<'a>(
    text: &'a str,
    range: &Range<usize>,
) -> impl Iterator<Item = (Range<usize>, Placeholder)> + use<'a> {
    let from = text.floor_char_boundary(range.start.saturating_sub(LONGEST));
    let to = text.ceil_char_boundary(range.end + LONGEST);
    let near = placeholders(text.get(from..to).unwrap_or_default());
    near.map(move |(range, placeholder)| (range.start + from..range.end + from, placeholder))
}

/// All placeholders of a text in any spelling, in order.
pub fn mentions(text: &str) -> Vec<Mention> {
    mentions_after(None, text)
}

/// As [`mentions`], where `before` is the character that stood before the text.
pub(super) fn mentions_after(before: Option<char>, text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for stem in STEMS.iter().flat_map(|stems| stems.find_iter(text.as_bytes())) {
        let Some(kind) = PiiKind::ALL.get(stem.pattern().as_usize()) else { continue };
        let last = found.last().map_or(0, |mention| mention.range.end);
        let mention = mention_at(before, text, *kind, stem.range());
        found.extend(mention.filter(|mention| mention.range.start >= last));
    }
    found
}

fn mention_at(before: Option<char>, text: &str, kind: PiiKind, stem: Range<usize>) -> Option<Mention> {
    let (head, tail) = (text.get(..stem.start)?, text.get(stem.end..)?);
    let dash = Separator::of(tail.chars().next()?)?;
    let digits_at = tail.chars().next()?.len_utf8();
    let digits = tail.get(digits_at..)?;
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits.get(..count).filter(|digits| !digits.starts_with('0'))?.parse().ok()?;
    let behind = digits.get(count..)?;
    let end = stem.end + digits_at + count;
    let is_exact = text.get(stem.clone())? == kind.label();
    let placeholder = Placeholder { kind, number };
    for (open, close) in [('[', ']'), ('<', '>'), ('{', '}'), ('(', ')')] {
        let Some(outer) = head.strip_suffix(open) else { continue };
        let (escaped, rest) = match behind.strip_prefix('\\') {
            Some(rest) => (outer.strip_suffix('\\'), rest),
            None => (Some(outer), behind),
        };
        let (Some(outer), true) = (escaped, rest.starts_with(close)) else { continue };
        let is_meant = match open {
            '[' => true,
            '(' => is_exact && dash == Separator::Dash,
            _ => dash != Separator::Space,
        };
        let range = outer.len()..text.len() - rest.len() + 1;
        let is_plain = open == '[' && dash == Separator::Dash;
        return is_meant.then_some(Mention { range, placeholder, is_plain });
    }
    let is_alone = is_exact && dash == Separator::Dash && !glues(head.chars().next_back().or(before)) && ends(behind);
    is_alone.then_some(Mention { range: stem.start..end, placeholder, is_plain: false })
}

/// What may stand between stem and number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// Also the dashes that typography prefers.
    Dash,
    Underscore,
    Space,
}

impl Separator {
    const fn of(letter: char) -> Option<Self> {
        match letter {
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Some(Self::Dash),
            '_' => Some(Self::Underscore),
            ' ' | '\u{a0}' => Some(Self::Space),
            _ => None,
        }
    }
}

/// Whether this character makes one word with a placeholder without brackets that follows it.
fn glues(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '\\'))
}

/// Whether a placeholder without brackets may end before this.
fn ends(behind: &str) -> bool {
    let mut letters = behind.chars();
    match letters.next() {
        Some('.') => !letters.next().is_some_and(char::is_alphanumeric),
        letter => !letter.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-')),
    }
}

/// Where a placeholder may have begun whose end is not there yet: an answer that still grows is shown up to there.
pub fn unfinished(text: &str) -> Option<usize> {
    unfinished_after(None, text)
}

/// As [`unfinished`], where `before` is the character that stood before the text.
pub(super) fn unfinished_after(before: Option<char>, text: &str) -> Option<usize> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST));
    let head = text.get(..from)?.chars().next_back().or(before);
    let mut previous = head;
    for (at, letter) in text.get(from..)?.char_indices() {
        if may_grow(previous, text.get(from + at..)?) {
            return Some(from + at);
        }
        previous = Some(letter);
    }
    None
}

/// Whether a text from here to its end is the beginning of a placeholder.
fn may_grow(before: Option<char>, text: &str) -> bool {
    let unescaped = text.strip_prefix('\\').unwrap_or(text);
    let inner = unescaped.strip_prefix(['[', '<', '{', '(']);
    if inner.is_none() && (unescaped.len() < text.len() || glues(before)) {
        return unescaped.is_empty();
    }
    let word = inner.unwrap_or(unescaped);
    let same = |stem: &str| if inner.is_some() { stem.eq_ignore_ascii_case(word) } else { stem == word };
    PiiKind::ALL.iter().map(|kind| kind.label()).any(|stem| {
        let Some((head, rest)) = word.split_at_checked(stem.len()) else {
            return stem
                .get(..word.len())
                .is_some_and(|head| if inner.is_some() { head.eq_ignore_ascii_case(word) } else { head == word });
        };
        let is_stem = if inner.is_some() { head.eq_ignore_ascii_case(stem) } else { head == stem };
        is_stem && (same(stem) || number_may_grow(rest, inner.is_some()))
    })
}

/// Whether what follows a stem may become a number, and what stands in brackets may still be closed.
fn number_may_grow(rest: &str, in_brackets: bool) -> bool {
    let mut letters = rest.chars();
    if letters.next().is_some_and(|letter| Separator::of(letter).is_none()) {
        return false;
    }
    let behind = letters.as_str().trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = letters.as_str().len() - behind.len();
    let open = if in_brackets { "\\" } else { "." };
    digits <= 10 && (behind.is_empty() || (behind == open && digits > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, String)> {
        let found = mentions(text).into_iter();
        found.map(|one| (text.get(one.range.clone()).unwrap(), one.placeholder.to_string())).collect()
    }

    #[test]
    fn the_spellings_of_models_are_understood() {
        let email = "[Email-1]";
        for text in [
            "[Email-1]",
            "[email-1]",
            "[EMAIL-1]",
            "[Email 1]",
            "[Email_1]",
            "[Email\u{2011}1]",
            r"\[Email-1\]",
            "(Email-1)",
            "<Email-1>",
            "{email-1}",
            "Email-1",
            "Email\u{2011}1",
        ] {
            for (before, after) in [("", ""), ("ask ", " now"), ("`", "`"), ("**", "**"), ("“", "”."), ("to ", ".")]
            {
                let whole = format!("{before}{text}{after}");
                assert_eq!(found(&whole), [(text, email.to_owned())], "{whole}");
            }
        }
    }

    #[test]
    fn words_that_mean_something_else_are_left_alone() {
        for text in [
            "user 1",
            "(user 1)",
            "(Host 2)",
            "host-1",
            "my-Host-1",
            "Host-1-replica",
            "Host-1.prod",
            "xHost-1",
            "Host-01",
            "[Host-01]",
            "[Host-]",
            "[Hosts-1]",
            "Host-99999999999",
            "Host1",
            "[Nothing-1]",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn several_in_one_bracket_and_in_an_address_are_told_apart() {
        let names: Vec<_> = found("[Email-1, Email-2] at https://Host-1:8080/x?u=[User-3]").into_iter().collect();
        let names: Vec<&str> = names.iter().map(|(text, _)| *text).collect();
        assert_eq!(names, ["Email-1", "Email-2", "Host-1", "[User-3]"]);
    }

    #[test]
    fn only_what_can_be_meant_as_nothing_else_is_plain() {
        for (text, expected) in [("[Host-9]", true), ("[host-9]", true), ("[Host 9]", false), ("Host-9", false)] {
            let plain: Vec<_> = mentions(text).iter().map(|one| one.is_plain).collect();
            assert_eq!(plain, [expected], "{text}");
        }
    }

    #[test]
    fn a_beginning_is_told_at_every_length_and_an_end_is_an_end() {
        for whole in ["[Email-12]", r"\[Email-12\]", "(Email-12)", "[email 12]", "Email-12"] {
            for end in 1..whole.len() {
                let text = format!("ask {}", whole.get(..end).unwrap());
                assert_eq!(unfinished(&text), Some(4), "{text}");
            }
        }
        assert_eq!(unfinished("ask [Email-12]"), None);
        assert_eq!(unfinished("ask Email-12."), Some(4));
        assert_eq!(unfinished("ask Email-12, "), None);
        assert_eq!(unfinished("ask Emails"), None);
        assert_eq!(unfinished("a list [1"), None);
        assert_eq!(unfinished("xEmail"), None);
        assert_eq!(unfinished(""), None);
    }
}
