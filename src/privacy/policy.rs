//! What is looked for, and what is kept.

use super::detectors::Hit;
use super::places::{Places, Verdict};
use super::plain::plain;
use super::rules::Rules;
use crate::domain::{Confidence, Decision, PiiKind, Settings, SpanDecision, Unredacted};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What is looked for, and what is kept by the user's decision.
///
/// Secrets are always looked for: neither a setting nor a decision about a whole kind lets them go.
/// Only a decision about one value, or one place of it, does. A decision about a place counts more than one about the
/// value, that more than a rule, and that more than one about the kind.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    off: HashSet<PiiKind>,
    redact_reserved_addresses: bool,
    values: HashMap<Unredacted, Decision>,
    kept_kinds: HashSet<PiiKind>,
    places: Places,
    rules: Rules,
}

impl Policy {
    /// From the settings, the issue's decisions about values, and its decisions about whole kinds.
    ///
    /// A value is kept when it is found exactly as it was decided on, under whatever kind.
    pub fn new(
        settings: &Settings,
        values: impl IntoIterator<Item = (PiiKind, Unredacted, Decision)>,
        kinds: impl IntoIterator<Item = (PiiKind, Decision)>,
    ) -> Self {
        let kept = |decision: Decision| decision == Decision::Keep;
        let mut decided = HashMap::new();
        for (_, value, decision) in values {
            let value = seen(value);
            // Found as two kinds and decided on twice: what redacts counts.
            if decision == Decision::Redact || !decided.contains_key(&value) {
                decided.insert(value, decision);
            }
        }
        Self {
            off: settings.kinds_off.iter().copied().filter(|kind| !kind.is_secret()).collect(),
            redact_reserved_addresses: settings.redact_reserved_addresses,
            values: decided,
            kept_kinds: kinds
                .into_iter()
                .filter(|(kind, one)| kept(*one) && !kind.is_secret())
                .map(|(kind, _)| kind)
                .collect(),
            ..Self::default()
        }
    }

    /// With the user's rules.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// With decisions about single places.
    #[must_use]
    pub fn with_spans(self, spans: impl IntoIterator<Item = SpanDecision>) -> Self {
        Self { places: spans.into_iter().collect(), ..self }
    }

    /// What holds for a value of this kind, but for single places.
    pub fn decision(&self, kind: PiiKind, value: &str) -> Decision {
        let decided = if self.values.is_empty() { None } else { self.values.get(&Unredacted::from(value)) };
        let stays = || self.rules.stays(kind, value) || self.kept_kinds.contains(&kind);
        decided.copied().unwrap_or_else(|| if stays() { Decision::Keep } else { Decision::Redact })
    }

    /// Whether findings of this kind count at all.
    pub(super) fn looks_for(&self, kind: PiiKind, reserved: bool) -> bool {
        !self.off.contains(&kind) && (self.redact_reserved_addresses || !reserved)
    }

    /// Whether the user wants what stands here to stay.
    pub(super) fn keeps(&self, text: &str, kind: PiiKind, range: &Range<usize>) -> bool {
        match self.places.verdict(text, kind, range) {
            Verdict::Decided(decision) => decision == Decision::Keep,
            Verdict::Unsure => false,
            Verdict::Open => self.decision(kind, text.get(range.clone()).unwrap_or_default()) == Decision::Keep,
        }
    }

    /// Whether the user has seen exactly these bytes and wants them to stay: not their kind, and not by a rule.
    pub(super) fn keeps_by_name(&self, text: &str, kind: PiiKind, range: &Range<usize>) -> bool {
        match self.places.verdict(text, kind, range) {
            Verdict::Decided(decision) => decision == Decision::Keep,
            Verdict::Unsure => false,
            Verdict::Open if self.values.is_empty() => false,
            Verdict::Open => {
                let value = Unredacted::from(text.get(range.clone()).unwrap_or_default());
                self.values.get(&value) == Some(&Decision::Keep)
            }
        }
    }

    /// Whether it is redacted even inside something that is kept.
    pub(super) const fn redacts_inside_kept(kind: PiiKind) -> bool {
        kind.is_secret() || matches!(kind, PiiKind::Custom)
    }

    /// What the user's own rules find.
    pub(super) fn own_hits(&self, text: &str) -> impl Iterator<Item = Hit> {
        let found = if self.rules.is_empty() { Vec::new() } else { self.rules.find(text) };
        found.into_iter().map(|range| Hit {
            kind: PiiKind::Custom,
            range,
            confidence: Confidence::Certain,
            reserved: false,
        })
    }
}

/// Values are compared as they are seen.
fn seen(value: Unredacted) -> Unredacted {
    match plain(value.expose()) {
        std::borrow::Cow::Borrowed(_) => value,
        std::borrow::Cow::Owned(seen) => seen.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Rule, RuleAction, RuleMatch, RuleScope};
    use crate::privacy::{Redactor, Vault, place_of};
    use proptest::prelude::*;

    const LOG: &str =
        "01:40 84.23.17.9 asks db for ann@acme.io\n01:41 84.23.17.9 asks 84.23.17.9 password=Tr0ub4dor3xyz\n";

    fn span(text: &str, kind: PiiKind, range: Range<usize>, decision: Decision) -> SpanDecision {
        let place = place_of(text, &range).unwrap();
        SpanDecision {
            kind,
            value: text.get(range).unwrap().into(),
            line_hash: place.line_hash,
            occurrence: place.occurrence,
            decision,
            cited: "app.log:2".to_owned(),
        }
    }

    fn nth(text: &str, value: &str, nth: usize) -> Range<usize> {
        let (at, _) = text.match_indices(value).nth(nth).unwrap();
        at..at + value.len()
    }

    fn redacted(policy: Policy, text: &str) -> String {
        Redactor::new(Vault::default(), policy).redact(&text.into()).unwrap().as_str().to_owned()
    }

    fn value(kind: PiiKind, value: &str, decision: Decision) -> (PiiKind, Unredacted, Decision) {
        (kind, value.into(), decision)
    }

    fn rules(rules: &[Rule]) -> Rules {
        Rules::compile(rules).unwrap()
    }

    #[test]
    fn one_place_is_kept_and_the_others_are_redacted() {
        let kept = span(LOG, PiiKind::Ipv4, nth(LOG, "84.23.17.9", 2), Decision::Keep);
        let policy = Policy::default().with_spans([kept]);
        assert_eq!(
            redacted(policy.clone(), LOG),
            "01:40 [IPv4-1] asks db for [Email-1]\n01:41 [IPv4-1] asks 84.23.17.9 password=[Password-1]\n"
        );
        let quoted = "app.log:2 01:41 84.23.17.9 asks 84.23.17.9 password=Tr0ub4dor3xyz";
        let expected = "app.log:2 01:41 [IPv4-1] asks 84.23.17.9 password=[Password-1]";
        assert_eq!(redacted(policy.clone(), quoted), expected);
        let changed = quoted.replace("Tr0ub", "Xr0ub");
        assert!(!redacted(policy, &changed).contains("84.23"));
    }

    #[test]
    fn a_secret_is_kept_in_the_one_place_that_was_seen() {
        let kept = span(LOG, PiiKind::Password, nth(LOG, "Tr0ub4dor3xyz", 0), Decision::Keep);
        let policy = Policy::default().with_spans([kept]);
        let text = format!("{LOG}retry with password=Tr0ub4dor3xyz\nTr0ub4dor3xyz\n");
        assert_eq!(redacted(policy, &text).matches("Tr0ub4dor3xyz").count(), 1);
    }

    #[test]
    fn one_place_is_redacted_though_the_value_and_its_kind_are_kept() {
        let redact = span(LOG, PiiKind::Ipv4, nth(LOG, "84.23.17.9", 1), Decision::Redact);
        let keep = [value(PiiKind::Ipv4, "84.23.17.9", Decision::Keep)];
        let policy = Policy::new(&Settings::default(), keep, [(PiiKind::Ipv4, Decision::Keep)]).with_spans([redact]);
        let text = redacted(policy.clone(), LOG);
        assert_eq!(text.matches("84.23.17.9").count(), 2);
        assert!(text.contains("01:41 [IPv4-1] asks 84.23.17.9"), "{text}");
        assert!(!redacted(policy.clone(), "01:41 84.23.17.9 asks … [cut]").contains("84.23"));
        assert!(redacted(policy, "what of 84.23.17.9?").contains("84.23"));
    }

    #[test]
    fn a_value_counts_more_than_its_kind_in_both_directions() {
        let redact = [value(PiiKind::Email, "ann@acme.io", Decision::Redact)];
        let policy = Policy::new(&Settings::default(), redact, [(PiiKind::Email, Decision::Keep)]);
        assert_eq!(redacted(policy, "ann@acme.io bob@acme.io"), "[Email-1] bob@acme.io");
    }

    #[test]
    fn a_rule_that_always_redacts_does_so_in_any_text_and_inside_what_is_kept() {
        let always = rules(&[Rule::new(RuleScope::All, RuleAction::Always, RuleMatch::Words, "falcon")]);
        let keep = [value(PiiKind::Email, "falcon@acme.io", Decision::Keep)];
        let policy = Policy::new(&Settings::default(), keep, []).with_rules(always);
        assert_eq!(redacted(policy.clone(), "see falcon and falconry"), "see [Custom-1] and falconry");
        assert_eq!(redacted(policy, "of falcon@acme.io"), "of [Custom-1]@acme.io");
    }

    #[test]
    fn a_rule_that_never_flags_lets_what_it_names_stay_unless_the_issue_says_otherwise() {
        let never = [Rule::new(RuleScope::All, RuleAction::Never, RuleMatch::Pattern, r"84\..+|.*@acme\.io|Tr0.*")];
        let policy = Policy::default().with_rules(rules(&never));
        let text = redacted(policy, LOG);
        assert_eq!(text, LOG.replace("Tr0ub4dor3xyz", "[Password-1]"), "no pattern lets a secret go");
        let redact = [value(PiiKind::Email, "ann@acme.io", Decision::Redact)];
        let policy = Policy::new(&Settings::default(), redact, []).with_rules(rules(&never));
        assert!(!redacted(policy, LOG).contains("ann@acme.io"));
    }

    proptest! {
        /// Whatever else stands in the line: of all places of a value, the one that was decided on stays and no other.
        #[test]
        fn exactly_the_place_that_was_decided_on_is_kept(
            between in "(to|asks|and then|;|, of|é|->)", places in 1_usize..5, chosen in 0_usize..5,
        ) {
            let chosen = chosen % places;
            let line = vec!["84.23.17.9"; places].join(&format!(" {between} "));
            let kept = span(&line, PiiKind::Ipv4, nth(&line, "84.23.17.9", chosen), Decision::Keep);
            let text = redacted(Policy::default().with_spans([kept]), &line);
            prop_assert_eq!(text.matches("84.23.17.9").count(), 1, "{}", text);
            let before = text.split("84.23.17.9").next().unwrap();
            prop_assert_eq!(before.matches("[IPv4-1]").count(), chosen);
        }
    }
}
