//! What differs between two texts, and how a new draft and the user's edits come together: three-way, line by line.
//! In Markdown a line is a paragraph, an item or a row, so that a conflict is about one thought.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    Same,
    Removed,
    Added,
}

/// A line of either text, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    pub change: LineChange,
    pub text: String,
}

/// All lines of both texts, in order; what was removed stands before what was added in its place.
pub fn diff(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new) = (lines(old), lines(new));
    let mut found = Vec::with_capacity(old.len().max(new.len()));
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let (tag, before, after) = op.as_tag_tuple();
        let mut push = |change, lines: &[&str]| {
            found.extend(lines.iter().map(|text| DiffLine { change, text: text.trim_end_matches('\n').to_owned() }));
        };
        if tag == DiffTag::Equal {
            push(LineChange::Same, part(&old, before));
            continue;
        }
        push(LineChange::Removed, part(&old, before));
        push(LineChange::Added, part(&new, after));
    }
    found
}

/// The lines that both texts have, in order: what they may have come from, where nobody knows better.
pub fn common(one: &str, other: &str) -> String {
    let (one, other) = (lines(one), lines(other));
    let ops = capture_diff_slices(Algorithm::Patience, &one, &other);
    let same = ops.iter().map(similar::DiffOp::as_tag_tuple).filter(|(tag, ..)| *tag == DiffTag::Equal);
    same.flat_map(|(_, range, _)| part(&one, range)).copied().collect()
}

/// Which side of a conflict to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// As the user wrote it.
    Edited,
    /// As the facts say now.
    Drafted,
    /// What the user wrote, then what the facts say.
    Both,
}

/// A part of a merged text. Texts end with a line end, unless they are empty or stand last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergePart {
    /// The same in both, or changed in one of them only.
    Settled(String),
    /// Changed in both, and differently.
    Conflict { before: String, edited: String, drafted: String },
}

/// Two texts that came from one, put together again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merge {
    pub parts: Vec<MergePart>,
}

impl Merge {
    pub fn conflicts(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, MergePart::Conflict { .. })).count()
    }

    /// The whole text, with a choice for each conflict in order; a missing one keeps what the user wrote.
    pub fn resolved(&self, choices: &[Choice]) -> String {
        let mut choices = choices.iter();
        let mut text = String::new();
        for part in &self.parts {
            let MergePart::Conflict { edited, drafted, .. } = part else {
                let MergePart::Settled(settled) = part else { continue };
                text.push_str(settled);
                continue;
            };
            match choices.next().copied().unwrap_or(Choice::Edited) {
                Choice::Edited => text.push_str(edited),
                Choice::Drafted => text.push_str(drafted),
                Choice::Both => {
                    text.push_str(edited);
                    if !edited.is_empty() && !edited.ends_with('\n') {
                        text.push('\n');
                    }
                    text.push_str(drafted);
                }
            }
        }
        text
    }
}

/// Brings the edits made to `before` into `drafted`, which was made from newer facts.
pub fn merge(before: &str, edited: &str, drafted: &str) -> Merge {
    let (base, ours, theirs) = (lines(before), lines(edited), lines(drafted));
    let sides = [Side::new(&base, &ours), Side::new(&base, &theirs)];
    let mut merge = Merge::default();
    let mut at = 0;
    while let Some(region) = next_region(&sides, at) {
        merge.settle(part(&base, at..region.start));
        let [edited, drafted] = sides.each_ref().map(|side| side.lines_of(&region));
        let before = part(&base, region.clone());
        if edited == before || edited == drafted {
            merge.settle(drafted);
        } else if drafted == before {
            merge.settle(edited);
        } else {
            let [before, edited, drafted] = [before, edited, drafted].map(<[&str]>::concat);
            merge.parts.push(MergePart::Conflict { before, edited, drafted });
        }
        at = region.end;
        for side in &sides {
            side.pass(&region);
        }
    }
    merge.settle(part(&base, at..base.len()));
    merge
}

impl Merge {
    fn settle(&mut self, lines: &[&str]) {
        if lines.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(MergePart::Settled(text)) => text.push_str(&lines.concat()),
            _ => self.parts.push(MergePart::Settled(lines.concat())),
        }
    }
}

/// A text and where it differs from the one it came from.
struct Side<'a> {
    base: &'a [&'a str],
    lines: &'a [&'a str],
    /// Ranges of the base and of this text, in order.
    changes: Vec<(Range<usize>, Range<usize>)>,
    /// How many changes were dealt with.
    passed: std::cell::Cell<usize>,
}

impl<'a> Side<'a> {
    fn new(base: &'a [&'a str], lines: &'a [&'a str]) -> Self {
        let ops = capture_diff_slices(Algorithm::Patience, base, lines);
        let changes = ops.iter().map(similar::DiffOp::as_tag_tuple).filter(|(tag, ..)| *tag != DiffTag::Equal);
        let changes = changes.map(|(_, before, after)| (before, after)).collect();
        Self { base, lines, changes, passed: std::cell::Cell::new(0) }
    }

    fn waiting(&self) -> &[(Range<usize>, Range<usize>)] {
        self.changes.get(self.passed.get()..).unwrap_or_default()
    }

    fn inside(&self, region: &Range<usize>) -> &[(Range<usize>, Range<usize>)] {
        let waiting = self.waiting();
        let count = waiting.iter().take_while(|(before, _)| meets(region, before)).count();
        waiting.get(..count).unwrap_or_default()
    }

    fn pass(&self, region: &Range<usize>) {
        self.passed.set(self.passed.get() + self.inside(region).len());
    }

    /// What stands here in place of these lines of the base.
    fn lines_of(&self, region: &Range<usize>) -> &'a [&'a str] {
        let inside = self.inside(region);
        let (Some((first, here)), Some((last, there))) = (inside.first(), inside.last()) else {
            return part(self.base, region.clone());
        };
        part(self.lines, here.start - (first.start - region.start)..there.end + (region.end - last.end))
    }
}

/// The next lines of the base that either side changed, with all changes that touch each other.
fn next_region(sides: &[Side<'_>; 2], at: usize) -> Option<Range<usize>> {
    let starts = sides.iter().filter_map(|side| side.waiting().first());
    let mut region = starts.map(|(before, _)| before.clone()).min_by_key(|before| (before.start, before.end))?;
    region.start = region.start.max(at);
    loop {
        let ends = sides.iter().flat_map(|side| side.inside(&region)).map(|(before, _)| before.end);
        let end = ends.max().unwrap_or(region.end).max(region.end);
        if end == region.end {
            return Some(region);
        }
        region.end = end;
    }
}

/// Whether a change belongs to this region. Where lines are put in at its edge, their order would be a guess.
const fn meets(region: &Range<usize>, change: &Range<usize>) -> bool {
    let at_edge = change.start == region.end && (change.start == change.end || region.start == region.end);
    change.start < region.end || at_edge
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn part<'a>(lines: &'a [&'a str], range: Range<usize>) -> &'a [&'a str] {
    lines.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "# A\n\none\n\ntwo\n\nthree\n";

    #[test]
    fn edits_and_new_facts_in_different_places_come_together() {
        let merged = merge(BASE, "# A\n\nONE\n\ntwo\n\nthree\n", "# A\n\none\n\ntwo\n\nthree\nfour\n");
        assert_eq!(merged.conflicts(), 0);
        assert_eq!(merged.resolved(&[]), "# A\n\nONE\n\ntwo\n\nthree\nfour\n");
    }

    #[test]
    fn the_same_line_changed_twice_is_a_conflict_that_is_decided() {
        let merged = merge(BASE, &BASE.replace("two", "mine"), &BASE.replace("two", "theirs"));
        assert_eq!(merged.conflicts(), 1);
        for (choice, expected) in
            [(Choice::Edited, "mine\n"), (Choice::Drafted, "theirs\n"), (Choice::Both, "mine\ntheirs\n")]
        {
            assert_eq!(merged.resolved(&[choice]), BASE.replace("two\n", expected), "{choice:?}");
        }
        assert_eq!(merged.resolved(&[]), BASE.replace("two", "mine"));
    }

    #[test]
    fn a_paragraph_that_was_taken_out_stays_out_and_a_changed_one_asks() {
        let without = BASE.replace("two\n\n", "");
        assert_eq!(merge(BASE, &without, BASE).resolved(&[]), without);
        assert_eq!(merge(BASE, &without, &BASE.replace("two", "2")).conflicts(), 1);
    }

    #[test]
    fn lines_put_in_at_the_same_place_ask_for_their_order() {
        let merged = merge("a\nb\n", "a\nx\nb\n", "a\ny\nb\n");
        assert_eq!((merged.conflicts(), merged.resolved(&[Choice::Both])), (1, "a\nx\ny\nb\n".to_owned()));
    }

    #[test]
    fn a_diff_shows_what_was_removed_before_what_was_added() {
        let shown: Vec<_> = diff("a\nb\nc", "a\nB\nc").into_iter().map(|line| (line.change, line.text)).collect();
        let expected =
            [(LineChange::Same, "a"), (LineChange::Removed, "b"), (LineChange::Added, "B"), (LineChange::Same, "c")];
        assert_eq!(shown, expected.map(|(change, text)| (change, text.to_owned())));
    }

    proptest! {
        #[test]
        fn one_side_unchanged_gives_the_other(base in "[abc\n]{0,30}", other in "[abcd\n]{0,30}") {
            prop_assert_eq!(merge(&base, &base, &other).resolved(&[]), &*other);
            prop_assert_eq!(merge(&base, &other, &base).resolved(&[]), &*other);
            prop_assert_eq!(merge(&base, &other, &other).resolved(&[]), other);
        }

        #[test]
        fn each_side_can_be_had_whole_where_all_is_in_conflict(
            base in "[abc\n]{0,30}", mine in "[abcd\n]{0,30}", new in "[abce\n]{0,30}",
        ) {
            // What nobody changed is in the result whatever is chosen, and nothing is invented.
            let merged = merge(&base, &mine, &new);
            for choice in [Choice::Edited, Choice::Drafted, Choice::Both] {
                let text = merged.resolved(&vec![choice; merged.conflicts()]);
                let known = [&base, &mine, &new];
                for line in text.lines().filter(|line| !line.is_empty()) {
                    prop_assert!(known.iter().any(|text| text.contains(line)) || choice == Choice::Both, "{}", line);
                }
            }
        }
    }
}
