//! What all three services share in writing.

use super::IntegrationError;
use crate::domain::{RemoteItem, Severity};
use crate::net::{NetError, Stage};
use crate::privacy::Redacted;

/// What became of a request that makes or changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub item: RemoteItem,
    /// Whether it was made by this request, and not found.
    pub created: bool,
}

/// What a ticket is to say. The texts have passed the gate.
#[derive(Clone, Debug)]
pub struct TicketText {
    pub title: Redacted,
    pub text: Redacted,
}

/// What changes in a ticket.
#[derive(Clone, Debug, Default)]
pub struct TicketChange {
    /// A note for those who work on it.
    pub note: Option<Redacted>,
    pub severity: Option<Severity>,
    /// Whether it is resolved, the note being how.
    pub resolves: bool,
}

/// Whether the service may have done what it was asked although it did not say so.
pub(super) const fn outcome_is_unknown(error: &IntegrationError) -> bool {
    match error {
        IntegrationError::Net(cause) => match cause {
            NetError::Broken { .. } | NetError::TooLarge { .. } => true,
            NetError::Timeout { stage, .. } => !matches!(stage, Stage::Connect),
            _ => false,
        },
        IntegrationError::Malformed { .. } | IntegrationError::ServerFailed { .. } => true,
        _ => false,
    }
}

/// At most this many characters, cut at the end.
pub(super) fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
