//! What is looked for, and what is kept.

use super::plain::plain;
use crate::domain::{Decision, PiiKind, Settings, Unredacted};
use std::collections::HashSet;

/// What is looked for, and what is kept by the user's decision.
///
/// Secrets are always looked for: neither a setting nor a decision about a whole kind lets them go.
/// Only the decision about one value does.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    off: HashSet<PiiKind>,
    redact_reserved_addresses: bool,
    kept_values: HashSet<Unredacted>,
    kept_kinds: HashSet<PiiKind>,
}

impl Policy {
    /// From the settings, the decisions about values, and its decisions about whole kinds.
    ///
    /// A value is kept when it is found exactly as it was decided on, under whatever kind.
    pub fn new(
        settings: &Settings,
        values: impl IntoIterator<Item = (PiiKind, Unredacted, Decision)>,
        kinds: impl IntoIterator<Item = (PiiKind, Decision)>,
    ) -> Self {
        let kept = |decision: Decision| decision == Decision::Keep;
        Self {
            off: settings.kinds_off.iter().copied().filter(|kind| !kind.is_secret()).collect(),
            redact_reserved_addresses: settings.redact_reserved_addresses,
            kept_values: values.into_iter().filter(|(.., one)| kept(*one)).map(|(_, value, _)| seen(value)).collect(),
            kept_kinds: kinds
                .into_iter()
                .filter(|(kind, one)| kept(*one) && !kind.is_secret())
                .map(|(kind, _)| kind)
                .collect(),
        }
    }

    /// Whether findings of this kind count at all.
    pub(super) fn looks_for(&self, kind: PiiKind, reserved: bool) -> bool {
        !self.off.contains(&kind) && (self.redact_reserved_addresses || !reserved)
    }

    /// Whether the user wants this value to stay.
    pub(super) fn keeps(&self, kind: PiiKind, value: &str) -> bool {
        self.kept_kinds.contains(&kind)
            || (!self.kept_values.is_empty() && self.kept_values.contains(&Unredacted::from(value)))
    }
}

/// Values are compared as they are seen.
fn seen(value: Unredacted) -> Unredacted {
    match plain(value.expose()) {
        std::borrow::Cow::Borrowed(_) => value,
        std::borrow::Cow::Owned(seen) => seen.into(),
    }
}
