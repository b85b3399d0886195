//! Decisions about single places.
//!
//! A place is known by the text of its line, so a decision holds wherever that line is quoted, and nowhere else. A line
//! that was cut or changed is another line: what was to be kept in it is redacted.

use super::plain::plain;
use crate::domain::{CUT_MARK, Decision, PiiKind, SpanDecision, Unredacted};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// How far into a line the number of a citation is looked for: a long file name and the number.
const LONGEST_CITATION: usize = 300;

/// Where a value stands: which line, and which of the value's places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePlace {
    /// SHA-256, in hex, of the line, without what is around it and what hides in it.
    pub line_hash: String,
    /// From 0.
    pub occurrence: u32,
}

/// Where the bytes `range` of a text stand. `None` when they are no part of it.
pub fn place_of(text: &str, range: &Range<usize>) -> Option<LinePlace> {
    let value = text.get(range.clone()).filter(|value| !value.is_empty())?;
    let line = line_around(text, range);
    place_in(text.get(line.clone())?, range.start - line.start, value)
}

/// The decisions about single places of one issue.
#[derive(Clone, Default)]
pub(super) struct Places {
    by_value: HashMap<Unredacted, Vec<SpanDecision>>,
}

/// What the decisions about single places say about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is one of them.
    Decided(Decision),
    /// It may be one that is to be redacted: its line was cut or changed.
    Unsure,
    /// It is none of them.
    Open,
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Places of {} values", self.by_value.len())
    }
}

impl FromIterator<SpanDecision> for Places {
    fn from_iter<I: IntoIterator<Item = SpanDecision>>(decisions: I) -> Self {
        let mut by_value: HashMap<Unredacted, Vec<SpanDecision>> = HashMap::new();
        for decision in decisions {
            by_value.entry(plain(decision.value.expose()).as_ref().into()).or_default().push(decision);
        }
        Self { by_value }
    }
}

impl Places {
    pub fn verdict(&self, text: &str, kind: PiiKind, range: &Range<usize>) -> Verdict {
        if self.by_value.is_empty() {
            return Verdict::Open;
        }
        let Some(value) = text.get(range.clone()) else { return Verdict::Open };
        let Some(known) = self.by_value.get(&Unredacted::from(value)) else { return Verdict::Open };
        let around = line_around(text, range);
        let Some(line) = text.get(around.clone()) else { return Verdict::Unsure };
        let at = range.start - around.start;
        let mut is_whole = false;
        let mut kept = false;
        for begin in quoted_from(line).filter(|begin| *begin <= at) {
            let Some(place) = line.get(begin..).and_then(|line| place_in(line, at - begin, value)) else { continue };
            for one in known.iter().filter(|one| one.line_hash == place.line_hash) {
                is_whole = true;
                // What was shown as no secret was not decided on as one.
                let fits = one.occurrence == place.occurrence && (one.kind.is_secret() || !kind.is_secret());
                match one.decision {
                    Decision::Redact if one.occurrence == place.occurrence => {
                        return Verdict::Decided(Decision::Redact);
                    }
                    Decision::Keep if fits => kept = true,
                    Decision::Redact | Decision::Keep => {}
                }
            }
        }
        let is_cut = line.trim_end().ends_with(CUT_MARK);
        let mut redacted = known.iter().filter(|one| one.decision == Decision::Redact);
        match (kept, is_whole) {
            (true, _) => Verdict::Decided(Decision::Keep),
            (false, false) if redacted.any(|one| is_cut || line.contains(&one.cited)) => Verdict::Unsure,
            (false, _) => Verdict::Open,
        }
    }
}

/// The line, or the lines, that these bytes stand in.
fn line_around(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(range.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| range.end + at);
    start..end
}

/// Where the line of a log may begin in a line that quotes it: at once, or behind a citation such as `app.log:905 `.
fn quoted_from(line: &str) -> impl Iterator<Item = usize> {
    let head = line.get(..line.floor_char_boundary(LONGEST_CITATION)).unwrap_or(line);
    let behind = head.match_indices(':').filter_map(|(colon, _)| {
        let digits = head.get(colon + 1..)?.bytes().take_while(u8::is_ascii_digit).count();
        let end = colon + 1 + digits;
        (digits > 0 && head.as_bytes().get(end) == Some(&b' ')).then_some(end + 1)
    });
    std::iter::once(0).chain(behind)
}

fn place_in(line: &str, at: usize, value: &str) -> Option<LinePlace> {
    let line_hash = hex::encode(Sha256::digest(plain(line.trim()).trim()));
    let (mut occurrence, mut from) = (0, 0);
    while let Some(found) = line.get(from..)?.find(value).map(|found| from + found).filter(|found| *found < at) {
        occurrence += 1;
        from = line.ceil_char_boundary(found + 1);
    }
    Some(LinePlace { line_hash, occurrence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: &str = "01:40 10.0.0.7 talks to 10.0.0.7 of kim";

    fn decision(line: &str, occurrence: u32, decision: Decision) -> SpanDecision {
        let place = place_of(line, &(0..1)).unwrap();
        SpanDecision {
            kind: PiiKind::Ipv4,
            value: "10.0.0.7".into(),
            line_hash: place.line_hash,
            occurrence,
            decision,
            cited: "app.log:905".to_owned(),
        }
    }

    /// The verdict on each place of the value in a text.
    fn verdicts(decisions: &[SpanDecision], text: &str) -> Vec<Verdict> {
        let places: Places = decisions.iter().cloned().collect();
        let all = text.match_indices("10.0.0.7").map(|(at, value)| at..at + value.len());
        all.map(|range| places.verdict(text, PiiKind::Ipv4, &range)).collect()
    }

    #[test]
    fn a_decision_holds_in_its_place_wherever_the_line_is_quoted() {
        let kept = Verdict::Decided(Decision::Keep);
        for (text, expected) in [
            (LINE.to_owned(), vec![Verdict::Open, kept]),
            (format!("app.log:905 {LINE}"), vec![Verdict::Open, kept]),
            (format!("10.0.0.7\n  {LINE}\r\n10.0.0.7"), vec![Verdict::Open, Verdict::Open, kept, Verdict::Open]),
            (format!("my 10.0.0.7 notes.log:12 {LINE}"), vec![Verdict::Open, Verdict::Open, kept]),
            (format!("{LINE}!"), vec![Verdict::Open, Verdict::Open]),
            (LINE.replace("kim", "bob"), vec![Verdict::Open, Verdict::Open]),
            (format!("he said: {LINE}"), vec![Verdict::Open, Verdict::Open]),
        ] {
            assert_eq!(verdicts(&[decision(LINE, 1, Decision::Keep)], &text), expected, "{text}");
        }
    }

    #[test]
    fn what_hides_in_a_line_does_not_hide_the_line() {
        let raw = format!("{LINE}\u{1b}[0m\u{200b}");
        let kept = [decision(&raw, 0, Decision::Keep)];
        assert_eq!(verdicts(&kept, &raw)[0], Verdict::Decided(Decision::Keep));
        assert_eq!(verdicts(&kept, &plain(&raw))[0], Verdict::Decided(Decision::Keep));
    }

    #[test]
    fn a_cut_or_changed_line_may_be_the_one_to_be_redacted() {
        let redact = [decision(LINE, 0, Decision::Redact)];
        let redacted = Verdict::Decided(Decision::Redact);
        for (text, expected) in [
            (LINE, vec![redacted, Verdict::Open]),
            ("01:40 10.0.0.7 talks to … [cut]", vec![Verdict::Unsure]),
            ("app.log:905 Talk: 10.0.0.7 (3 times)", vec![Verdict::Unsure]),
            ("01:41 10.0.0.7 talks", vec![Verdict::Open]),
        ] {
            assert_eq!(verdicts(&redact, text), expected, "{text}");
        }
    }

    #[test]
    fn a_place_shown_as_no_secret_is_not_kept_as_one() {
        let places: Places = [decision(LINE, 0, Decision::Keep)].into_iter().collect();
        assert_eq!(places.verdict(LINE, PiiKind::Ipv4, &(6..14)), Verdict::Decided(Decision::Keep));
        assert_eq!(places.verdict(LINE, PiiKind::Password, &(6..14)), Verdict::Open);
    }

    #[test]
    fn a_value_over_several_lines_has_a_place() {
        let text = "a\nbegin KEY\nKEY end\nb";
        let place = place_of(text, &(8..15)).unwrap();
        assert_eq!(place, place_of("begin KEY\nKEY end", &(6..13)).unwrap());
        assert_eq!(place_of(text, &(8..99)), None);
        assert_eq!(place_of("é", &(1..2)), None);
    }

    proptest! {
        /// Whatever becomes of a line: a place is kept only where the whole line stands.
        #[test]
        fn nothing_is_kept_in_another_line(text in "[01:.7 tok]{0,20}10\\.0\\.0\\.7[ a-k]{0,9}") {
            let kept = verdicts(&[decision(LINE, 0, Decision::Keep)], &text);
            prop_assert!(kept.iter().all(|verdict| *verdict == Verdict::Open));
        }

        #[test]
        fn places_of_any_text_are_found_again(text in "[aé\\n ]{1,30}", from in 0_usize..30, to in 1_usize..5) {
            let from = text.floor_char_boundary(from.min(text.len()));
            let to = text.ceil_char_boundary((from + to).min(text.len()));
            if let Some(place) = place_of(&text, &(from..to)) {
                let value = Unredacted::from(text.get(from..to).unwrap());
                let decision = SpanDecision {
                    kind: PiiKind::User, value, line_hash: place.line_hash, occurrence: place.occurrence,
                    decision: Decision::Keep, cited: String::new(),
                };
                let places: Places = [decision].into_iter().collect();
                prop_assert_eq!(places.verdict(&text, PiiKind::User, &(from..to)), Verdict::Decided(Decision::Keep));
            }
        }
    }
}
