//! Which rows the list of values has. Made once for each change, however often they are drawn.

use crate::domain::{Confidence, Decision, IssueId, PiiKind, Placeholder, ValueGroup};
use crate::ui::state::Findings;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Which values are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Show {
    #[default]
    All,
    /// Those that the detectors were not sure of.
    Possible,
    Kept,
    Redacted,
}

impl Show {
    pub(super) const ALL: [(Self, &'static str); 4] =
        [(Self::All, "All"), (Self::Possible, "Unsure"), (Self::Kept, "Kept"), (Self::Redacted, "Redacted")];
}

/// In which order the values of a kind stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// The most frequent first.
    #[default]
    Places,
    Value,
    /// What the detectors were least sure of first.
    Confidence,
}

impl Order {
    pub(super) const ALL: [(Self, &'static str); 3] =
        [(Self::Places, "Most places"), (Self::Value, "By value"), (Self::Confidence, "Least sure")];
}

/// What decides about the rows, beside the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Part of a value, or of the name of a kind; upper and lower case are the same.
    pub(super) filter: String,
    pub(super) show: Show,
    pub(super) order: Order,
    /// Kinds whose values are not listed.
    pub(super) folded: BTreeSet<PiiKind>,
}

/// What a row is about, whatever its place.
pub(super) type RowKey = (PiiKind, Option<Placeholder>);

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Kind {
        kind: PiiKind,
        values: usize,
        places: u64,
        all_kept: bool,
    },
    /// The place of the value among the groups.
    Value(usize),
}

/// Sums over all findings, whatever is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) values: u64,
    pub(super) places: u64,
    pub(super) kept: u64,
}

/// The rows, and what they were made of.
#[derive(Debug, Default)]
pub(super) struct Listed {
    made_of: Option<(IssueId, u64, Choice)>,
    pub(super) rows: Vec<Row>,
    pub(super) totals: Totals,
}

impl Listed {
    /// Makes the rows anew if anything has changed. Returns whether it has.
    pub(super) fn update(&mut self, issue: IssueId, findings: &Findings, choice: &Choice) -> bool {
        let is_same = self
            .made_of
            .as_ref()
            .is_some_and(|(of, version, made)| (*of, *version) == (issue, findings.version) && made == choice);
        if is_same {
            return false;
        }
        self.rows = rows(&findings.groups, choice);
        self.totals = totals(&findings.groups);
        self.made_of = Some((issue, findings.version, choice.clone()));
        true
    }

    pub(super) fn key(&self, index: usize, groups: &[ValueGroup]) -> Option<RowKey> {
        match *self.rows.get(index)? {
            Row::Kind { kind, .. } => Some((kind, None)),
            Row::Value(at) => groups.get(at).map(|group| (group.kind, Some(group.placeholder))),
        }
    }

    pub(super) fn position(&self, key: RowKey, groups: &[ValueGroup]) -> Option<usize> {
        (0..self.rows.len()).find(|index| self.key(*index, groups) == Some(key))
    }
}

fn totals(groups: &[ValueGroup]) -> Totals {
    Totals {
        values: groups.len() as u64,
        places: groups.iter().map(|group| group.places).sum(),
        kept: groups.iter().filter(|group| group.decision == Decision::Keep).count() as u64,
    }
}

/// Each kind in the order of [`PiiKind::ALL`], with its values below it.
fn rows(groups: &[ValueGroup], choice: &Choice) -> Vec<Row> {
    let filter = choice.filter.trim().to_lowercase();
    let mut of_kinds: Vec<Vec<usize>> = vec![Vec::new(); PiiKind::ALL.len()];
    for (at, group) in groups.iter().enumerate() {
        if is_listed(group, choice.show, &filter)
            && let Some(of_kind) = of_kinds.get_mut(group.kind as usize)
        {
            of_kind.push(at);
        }
    }
    let mut rows = Vec::new();
    for (kind, mut values) in PiiKind::ALL.iter().copied().zip(of_kinds) {
        if values.is_empty() {
            continue;
        }
        let of = |at: &usize| groups.get(*at);
        match choice.order {
            Order::Places => values.sort_by_key(|at| of(at).map(|one| (Reverse(one.places), one.placeholder.number))),
            Order::Value => values.sort_by(|one, other| {
                of(one).map(|group| group.value.expose()).cmp(&of(other).map(|group| group.value.expose()))
            }),
            Order::Confidence => {
                values
                    .sort_by_key(|at| of(at).map(|one| (one.confidence, Reverse(one.places), one.placeholder.number)));
            }
        }
        let places = values.iter().filter_map(of).map(|group| group.places).sum();
        let all_kept = values.iter().filter_map(of).all(|group| group.decision == Decision::Keep);
        rows.push(Row::Kind { kind, values: values.len(), places, all_kept });
        if !choice.folded.contains(&kind) {
            rows.extend(values.into_iter().map(Row::Value));
        }
    }
    rows
}

fn is_listed(group: &ValueGroup, show: Show, filter: &str) -> bool {
    let shown = match show {
        Show::All => true,
        Show::Possible => group.confidence == Confidence::Possible,
        Show::Kept => group.decision == Decision::Keep,
        Show::Redacted => group.decision == Decision::Redact,
    };
    shown
        && (filter.is_empty()
            || group.kind.label().to_lowercase().contains(filter)
            || group.value.expose().to_lowercase().contains(filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(kind: PiiKind, number: u32, places: u64, value: &str) -> ValueGroup {
        ValueGroup {
            kind,
            value: value.into(),
            placeholder: Placeholder { kind, number },
            places,
            confidence: if number.is_multiple_of(2) { Confidence::Possible } else { Confidence::Certain },
            decision: if places > 8 { Decision::Keep } else { Decision::Redact },
            exceptions: 0,
        }
    }

    fn three() -> Vec<ValueGroup> {
        vec![
            group(PiiKind::Email, 1, 12, "b@acme.io"),
            group(PiiKind::Ipv4, 1, 1, "10.0.0.7"),
            group(PiiKind::Email, 2, 9, "A@acme.io"),
            group(PiiKind::Email, 3, 9, "c@acme.io"),
        ]
    }

    fn words(choice: &Choice) -> Vec<String> {
        let groups = three();
        let word = |row: &Row| match row {
            Row::Kind { kind, values, places, all_kept } => format!("{} {values} {places} {all_kept}", kind.label()),
            Row::Value(at) => groups[*at].value.expose().to_owned(),
        };
        rows(&groups, choice).iter().map(word).collect()
    }

    #[test]
    fn values_stand_below_their_kind_in_the_chosen_order() {
        let (ip, email) = ("IPv4 1 1 false", "Email 3 30 true");
        for (order, expected) in [
            (Order::Places, ["b@acme.io", "A@acme.io", "c@acme.io"]),
            (Order::Value, ["A@acme.io", "b@acme.io", "c@acme.io"]),
            (Order::Confidence, ["A@acme.io", "b@acme.io", "c@acme.io"]),
        ] {
            let [one, two, three] = expected;
            let choice = Choice { order, ..Choice::default() };
            assert_eq!(words(&choice), [ip, "10.0.0.7", email, one, two, three], "{order:?}");
        }
    }

    #[test]
    fn the_filter_looks_at_kinds_and_values() {
        let filtered = |filter: &str| words(&Choice { filter: filter.to_owned(), ..Choice::default() });
        assert_eq!(filtered("ipv"), ["IPv4 1 1 false", "10.0.0.7"]);
        assert_eq!(filtered(" a@ACME "), ["Email 1 9 true", "A@acme.io"]);
        assert!(filtered("nothing").is_empty());
        let unsure = Choice { show: Show::Possible, ..Choice::default() };
        assert_eq!(words(&unsure), ["Email 1 9 true", "A@acme.io"]);
        let folded = Choice { folded: [PiiKind::Email].into(), ..Choice::default() };
        assert_eq!(words(&folded), ["IPv4 1 1 false", "10.0.0.7", "Email 3 30 true"]);
    }

    #[test]
    fn rows_are_made_anew_only_when_something_has_changed() {
        let mut listed = Listed::default();
        let (issue, choice) = (IssueId::new(), Choice::default());
        let mut findings = Findings { groups: three(), version: 1, ..Findings::default() };
        assert!(listed.update(issue, &findings, &choice));
        assert!(!listed.update(issue, &findings, &choice));
        assert_eq!(listed.totals, Totals { values: 4, places: 31, kept: 3 });
        findings.version = 2;
        assert!(listed.update(issue, &findings, &choice));
        assert!(listed.update(IssueId::new(), &findings, &choice));
        let key = listed.key(3, &findings.groups).unwrap();
        assert_eq!(listed.position(key, &findings.groups), Some(3));
    }

    /// Prints how long the list takes at the largest size that it is made for; it asserts nothing about time.
    #[test]
    #[expect(clippy::print_stdout, reason = "times are for whoever runs it")]
    fn fifty_thousand_values_are_listed() {
        let kinds = PiiKind::ALL;
        let groups = (0..50_000_u32).map(|number| {
            let kind = kinds[number as usize % kinds.len()];
            group(
                kind,
                number,
                u64::from(number % 97),
                &format!("value-{}.acme.io", number.wrapping_mul(2_654_435_761)),
            )
        });
        let findings = Findings { groups: groups.collect(), version: 1, ..Findings::default() };
        let mut listed = Listed::default();
        for (order, filter) in
            [(Order::Places, ""), (Order::Value, ""), (Order::Confidence, "77"), (Order::Places, "host")]
        {
            let choice = Choice { order, filter: filter.to_owned(), ..Choice::default() };
            let start = std::time::Instant::now();
            assert!(listed.update(IssueId::new(), &findings, &choice));
            println!("{order:?} `{filter}`: {} rows in {:?}", listed.rows.len(), start.elapsed());
            assert!(!listed.rows.is_empty());
        }
    }
}
