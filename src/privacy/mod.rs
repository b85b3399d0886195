//! Redaction, and the only types that may leave the machine.
pub mod cleared;
mod redacted;
mod redactor;
mod vault;

pub use self::cleared::{Cleared, Method, Outbound, Request};
pub use self::redacted::Redacted;
pub use self::redactor::{Policy, PrivacyError, Redactor};
pub use self::vault::Vault;
