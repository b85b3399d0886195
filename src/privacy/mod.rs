//! Redaction, and the only types that may leave the machine.
//!
//! Detectors find values, the vault gives them placeholders, the redactor makes [`Redacted`] text of both, and
//! [`Outbound`] takes nothing else.
pub mod cleared;
mod cut;
mod detectors;
mod display;
mod finding;
mod head;
mod image;
mod instructions;
mod kept;
mod known;
mod masked;
mod metadata;
mod placeholders;
mod places;
mod plain;
mod policy;
mod redacted;
mod redactor;
mod request;
mod rule_file;
mod rules;
mod scan;
mod short_hash;
mod sign_in;
mod stream;
mod suspect;
mod sweep;
mod tables;
mod vault;
mod watch;

pub use self::cleared::{Cleared, Method, Outbound, Request};
pub use self::display::{fence, one_line, visible};
pub use self::finding::Finding;
pub use self::image::{ClearedImage, Confirmation, NotConfirmed};
pub use self::instructions::instruction_like;
pub use self::metadata::{DamagedImage, without_metadata};
pub use self::placeholders::{Mention, mentions, unfinished};
pub use self::places::{LinePlace, place_of};
pub use self::plain::plain;
pub use self::policy::Policy;
pub use self::redacted::Redacted;
pub use self::redactor::{Marked, PrivacyError, Redactor};
pub use self::request::encoded;
pub use self::rule_file::{RuleFileError, read_rules, write_rules};
pub use self::rules::{Rules, check_rule, rule_for};
pub use self::scan::detect;
pub use self::sign_in::SignInForm;
pub use self::stream::{StreamFinding, StreamScanner};
pub use self::vault::{Piece, Restorer, Vault};
