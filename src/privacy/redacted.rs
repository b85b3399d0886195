//! Text that may leave.

use sha2::{Digest as _, Sha256};

/// Text that has passed the privacy gate. Only [`super::Redactor`] makes one.
///
/// ```compile_fail,E0423
/// let forged = tftsr::privacy::Redacted("bob@example.com".to_owned());
/// ```
///
/// ```
/// use tftsr::privacy::{Policy, Redacted, Redactor, Vault};
/// let mut redactor = Redactor::new(Vault::default(), Policy::default());
/// let cleared: Redacted = redactor.redact(&"mail bob@corp-mail.net".into()).unwrap();
/// assert_eq!(cleared.as_str(), "mail [Email-1]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted(String, Reach);

/// How far a text may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Anywhere,
    /// It was not redacted: only a server on this machine may have it.
    ThisMachine,
}

impl Redacted {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text, in hex: what the audit log records.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }

    /// Whether it was passed without redaction, so that only a server on this machine may have it.
    pub fn stays_here(&self) -> bool {
        self.1 == Reach::ThisMachine
    }

    pub(super) const fn seal(text: String, reach: Reach) -> Self {
        Self(text, reach)
    }
}
