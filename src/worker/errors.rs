//! Errors of the rooms below, in the user's words. The only place that does so.

use super::failure::{Failure, FailureKind};
use crate::documents::DocumentError;
use crate::domain::{RuleError, WhyError};
use crate::insight::IndexError;
use crate::integrations::{IntegrationError, SignInError};
use crate::net::NetError;
use crate::privacy::{PrivacyError, RuleFileError};
use crate::providers::ProviderError;
use crate::store::{KeychainError, StoreError};

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (kind, advice) = match &error {
            StoreError::WrongKey => {
                (FailureKind::WrongKey, "Check TFTSR_DB_KEY or the passphrase; nothing was changed")
            }
            StoreError::Newer { .. } => (
                FailureKind::Other,
                "Start the newer version of TFTSR that wrote it, or choose another data folder; nothing was changed",
            ),
            StoreError::Corrupt => (
                FailureKind::Other,
                "Put back a copy from the `backups` folder, or choose another data folder; nothing was changed",
            ),
            StoreError::DiskFull => {
                (FailureKind::Other, "Free some space and try again; what was saved before is kept")
            }
            StoreError::AlreadyOpen => (
                FailureKind::AlreadyRunning,
                "Use the window that is open, or close it first; another data folder can be chosen with --data-dir",
            ),
            StoreError::Keychain(KeychainError::Locked) => {
                (FailureKind::Locked, "Unlock the system's keychain and start again")
            }
            StoreError::Keychain(_) => (FailureKind::Locked, "Choose a passphrase instead, or set TFTSR_DB_KEY"),
            StoreError::KeyNotUnicode | StoreError::BadPassphrase => {
                (FailureKind::WrongKey, "Choose a passphrase of letters, digits and signs")
            }
            StoreError::FileExists => (FailureKind::FileExists, "Choose another name, or replace it"),
            StoreError::PathNotUnicode => (FailureKind::Other, "Choose a path of plain letters"),
            StoreError::NotFound(_) => (FailureKind::Other, "It may have been deleted; go back and look again"),
            StoreError::Conflict => (FailureKind::Other, "Choose another name"),
            StoreError::NoDataDir => (FailureKind::Other, "Choose a folder with --data-dir or TFTSR_DATA_DIR"),
            StoreError::Io { .. } => (FailureKind::Other, "Check that the data folder can be written"),
            StoreError::Settings(_) => (FailureKind::Other, "Choose another value"),
            StoreError::Busy | StoreError::Closed | StoreError::Superseded => (FailureKind::Other, "Try again"),
            StoreError::BadRange
            | StoreError::NotKeptInside
            | StoreError::CannotUnseal
            | StoreError::NoRandomness
            | StoreError::GuideIsFixed
            | StoreError::Sqlite { .. } => (FailureKind::Other, "Run `tftsr doctor` to check the data"),
        };
        Self::new(kind, error.to_string(), advice).because(&error)
    }
}

impl From<PrivacyError> for Failure {
    fn from(error: PrivacyError) -> Self {
        let advice = match &error {
            PrivacyError::Rule { .. } => "Correct the rule, or switch it off, in Settings → Privacy",
            PrivacyError::Stopped => "Start it again",
            PrivacyError::Detector(_) | PrivacyError::OffBoundary | PrivacyError::KnownValues(_) => {
                "Report this detector"
            }
        };
        Self::new(FailureKind::RefusedByGate, error.to_string(), advice).because(&error)
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        let kind = match &error {
            ProviderError::Net(NetError::Offline { .. }) => FailureKind::Offline,
            ProviderError::Net(_) => FailureKind::Network,
            ProviderError::OllamaNotRunning { .. } => FailureKind::OllamaNotRunning,
            _ => FailureKind::ProviderSettings,
        };
        let failure = Self::new(kind, error.to_string(), error.advice()).because(&error);
        if error.may_pass() { failure.retryable() } else { failure }
    }
}

impl From<IntegrationError> for Failure {
    fn from(error: IntegrationError) -> Self {
        let kind = match &error {
            IntegrationError::Net(cause) | IntegrationError::SignIn(SignInError::Net(cause)) => match cause {
                NetError::Offline { .. } => FailureKind::Offline,
                _ => FailureKind::Network,
            },
            IntegrationError::ProxySignIn => FailureKind::Network,
            _ => FailureKind::IntegrationSettings,
        };
        let failure = Self::new(kind, error.to_string(), error.advice()).because(&error);
        if error.may_pass() { failure.retryable() } else { failure }
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        let advice = match error {
            RuleError::TooShort => "Write more of it",
            RuleError::TooLong | RuleError::ManyLines => "Write a shorter text, or a pattern",
            RuleError::Broken => "Write it as a regular expression, or choose exact text",
            RuleError::TooLarge => "Write a simpler pattern",
            RuleError::MatchesNothing => "Say what must be there at least",
        };
        Self::new(FailureKind::Rule, error.to_string(), advice)
    }
}

impl From<RuleFileError> for Failure {
    fn from(error: RuleFileError) -> Self {
        Self::new(FailureKind::Other, error.to_string(), "Correct the file and import it again; no rule was added")
    }
}

impl From<WhyError> for Failure {
    fn from(error: WhyError) -> Self {
        let advice = match error {
            WhyError::NeedsEvidence => "Pin the log lines that prove it first",
            WhyError::NotConfirmed => "Confirm it first, or take its declaration as root cause back",
            WhyError::HasFurtherCause => "Declare the deepest confirmed why instead",
            WhyError::NeedsAnswer => "Write its answer first",
            WhyError::NotFound => "Load the issue again",
            WhyError::Cycle => "Choose another place in the tree",
        };
        Self::new(FailureKind::Rule, error.to_string(), advice)
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        let advice = match error {
            DocumentError::TooLong { .. } => "Export it as HTML, Word or Markdown, or shorten it",
            DocumentError::UnknownBlock { .. }
            | DocumentError::MalformedBlock { .. }
            | DocumentError::Empty
            | DocumentError::Layout
            | DocumentError::Package => "Correct the template or the text, and try again",
        };
        Self::new(FailureKind::Other, error.to_string(), advice).because(&error)
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        Self::new(FailureKind::Other, "the index of the log cannot be read", "Attach the log again").because(&error)
    }
}
