//! The encrypted database: `SQLCipher` behind one thread.
//!
//! [`Store::open`] opens or makes it, [`Store::call`] runs a closure on the thread that owns it, and the closure uses the
//! methods of [`Database`], one file for each kind of thing. What is read comes back as `Unredacted`: nothing from here
//! may leave the machine without passing the privacy gate.
mod actions;
mod audit;
mod columns;
mod conversations;
mod copies;
mod credentials;
mod database;
mod decisions;
mod documents;
mod drafts;
mod error;
mod evidence;
mod findings;
mod health;
mod images;
mod integrations;
mod issue_list;
mod issues;
mod key;
pub mod keychain;
mod log_contents;
mod log_files;
mod messages;
mod migrations;
mod opening;
mod paths;
mod post_mortems;
mod providers;
mod publications;
mod quirks;
mod rules;
mod sealing;
mod settings;
mod timeline;
mod vault;
mod whys;

pub use self::conversations::{Conversation, NewConversation};
pub use self::copies::CopyFacts;
pub use self::credentials::{CredentialEntry, StoredCredential};
pub use self::database::{Database, Store};
pub use self::decisions::DecisionEntry;
pub use self::documents::DocumentEntry;
pub use self::error::StoreError;
pub use self::findings::SpanBatch;
pub use self::health::HealthItem;
pub use self::issue_list::IssuePage;
pub use self::key::DbKey;
pub use self::keychain::KeychainError;
pub use self::log_contents::LOG_KEPT_INSIDE_BYTES;
pub use self::opening::Opened;
pub use self::paths::DataDir;
pub use self::quirks::StoredQuirk;
pub use self::sealing::SealingKey;
