//! What the front ends read: values, put together by handlers from what the store holds.

use super::failure::Failure;
use crate::documents::Merge;
use crate::domain::{
    ActionItem, AuditEntry, ChatMessage, ConversationId, DashboardFigures, Document, DocumentId, Durations, Evidence,
    Hardware, ImageId, ImageKind, IntegrationConfig, Issue, IssueId, IssueSummary, LogFile, MessageId, PiiKind,
    PostMortem, Prompt, ProviderConfig, ProviderId, Publication, RemoteItem, Service, Settings, SignIn, TimelineEvent,
    WaitingTicket, WhyTree,
};
use crate::insight::Coverage;
use crate::privacy::{ClearedImage, Redacted, Vault};
use crate::providers::{InstalledModel, LoadedModel, Recommendation};
use jiff::Timestamp;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What is known once the store is open.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionInfo {
    pub settings: Settings,
    pub providers: Vec<ProviderConfig>,
    /// `environment`, `keychain` or `passphrase`.
    pub key_source: KeySource,
    pub data_dir: PathBuf,
    /// Whether this is the first start with this store.
    pub is_new: bool,
}

/// Where the database key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    Environment,
    Keychain,
    Passphrase,
}

impl KeySource {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Keychain => "keychain",
            Self::Passphrase => "passphrase",
        }
    }
}

/// What the dashboard and the rail show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dashboard {
    pub figures: DashboardFigures,
    /// The ten latest.
    pub latest: Vec<IssueSummary>,
    /// All that are not resolved, latest first, at most a hundred.
    pub open: Vec<IssueSummary>,
    /// How many issues there are in all.
    pub total: u64,
}

/// One issue with all that its tabs show, but for messages and the text of logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDetail {
    pub issue: Issue,
    pub logs: Vec<LogFile>,
    pub whys: WhyTree,
    /// In order of their numbers.
    pub evidence: Vec<Evidence>,
    pub actions: Vec<ActionItem>,
    /// What people have told for the post-mortem.
    pub told: PostMortem,
    /// In order of time.
    pub timeline: Vec<TimelineEvent>,
    pub durations: Durations,
    pub documents: Vec<DocumentVersion>,
    /// Its pages and tickets in other services, oldest first.
    pub publications: Vec<Publication>,
    /// Tickets that the settings call for and that are not made or told yet.
    pub waiting: Vec<WaitingTicket>,
    /// Values and their placeholders, to show answers with real values.
    pub vault: Vault,
    /// Counts up with every change, so that a late answer cannot overwrite a newer one.
    pub revision: u64,
    /// What is missing before the issue can be resolved with a root cause. Empty when nothing is.
    pub missing: Vec<String>,
}

/// One row of a list of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentVersion {
    pub id: DocumentId,
    pub kind: crate::domain::DocumentKind,
    pub version: u32,
    pub updated_at: Timestamp,
}

/// A document and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentView {
    /// `None` when none has been generated.
    pub document: Option<Document>,
    /// All versions, newest first.
    pub versions: Vec<DocumentVersion>,
}

/// A new draft that does not fit with what the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentConflicts {
    /// With the user's text, and with the new draft as what the next version was edited from.
    pub document: Document,
    pub merge: Merge,
}

/// The chat of one issue with one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationView {
    pub id: ConversationId,
    pub issue: IssueId,
    pub provider: ProviderId,
    /// Oldest first, without the system message.
    pub messages: Vec<ChatMessage>,
}

/// Exactly what would be sent, for the eye and for sending.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingPreview {
    pub prompt: Prompt<Redacted>,
    /// `api.openai.com`; empty for the guide.
    pub host: String,
    pub is_local: bool,
    /// How many values were replaced, by kind.
    pub redacted: Vec<(PiiKind, u64)>,
    /// How many values the user chose to keep stand in it.
    pub kept: u64,
    /// Of the body on the wire.
    pub body_bytes: usize,
    /// Of the exact body on the wire, in hex: what the audit log will say.
    pub body_sha256: String,
    /// The images that go along, each confirmed.
    pub images: Vec<ClearedImage>,
    /// Whether redaction is off for this provider, so that the text is as it is.
    pub is_unredacted: bool,
    /// An estimate.
    pub tokens: u32,
    /// What part of the logs it represents. `None` when the server has them already, from the session's start.
    pub coverage: Option<Coverage>,
    /// Share of each log's lines that goes along, by file name, from 0 to 1. Empty when none has to.
    pub log_shares: Vec<(String, f32)>,
    /// Lines that try to instruct the model, as `file:line`.
    pub instruction_like: Vec<String>,
    /// What was left out to fit the budget, in words. Empty when all fits.
    pub left_out: Vec<String>,
    /// Whether the settings let it go without a look.
    pub may_skip_review: bool,
}

/// An image of a chat, as it is shown: without the image itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownImage {
    pub id: ImageId,
    /// The question that it was sent with; `None` while it waits beside the draft.
    pub message: Option<MessageId>,
    pub kind: ImageKind,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
    /// `None` where the format cannot be unpacked here.
    pub thumbnail: Option<Arc<Thumbnail>>,
}

/// A picture as pixels. `Debug` prints the size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    pub width: u32,
    pub height: u32,
    /// Four bytes a pixel, row by row, alpha not multiplied in.
    pub rgba: Vec<u8>,
}

impl fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbnail({} × {})", self.width, self.height)
    }
}

/// One step of testing a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStep {
    Reach,
    Authorize,
    Model,
    Answer,
}

/// One line of the doctor's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckItem {
    pub name: String,
    pub ok: bool,
    pub detail: String,
}

/// A row of the audit log as it is exported and printed.
pub fn audit_json(entry: &AuditEntry) -> serde_json::Value {
    serde_json::json!({
        "sequence": entry.sequence, "at": entry.at.to_string(), "action": entry.action,
        "entity_type": entry.entity_type, "entity_id": entry.entity_id, "user": entry.user,
        "details": entry.details, "hash": entry.hash,
    })
}

/// The Ollama that is managed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OllamaStatus {
    pub url: String,
    /// Whether it is this machine: else nothing can be started here, and this machine's figures say nothing about it.
    pub is_local: bool,
    pub state: OllamaState,
}

/// Whether an Ollama answers, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OllamaState {
    Running {
        version: String,
    },
    /// Installed on this machine, and nothing answers.
    Stopped {
        program: PathBuf,
        /// Whether the system is set up to run it: then the system should start it.
        is_service: bool,
    },
    NotInstalled,
    /// Something else is in the way: another server, a network, the offline switch.
    Unreachable(Failure),
}

/// What this machine has, and which models suit it, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    pub hardware: Hardware,
    pub recommended: Vec<Recommendation>,
}

/// What an Ollama has on disk and in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OllamaModels {
    /// Of which server.
    pub url: String,
    /// Sorted by name.
    pub installed: Vec<InstalledModel>,
    pub loaded: Vec<LoadedModel>,
}

/// One service, as its card shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationState {
    /// As it was saved; its defaults where it never was.
    pub config: IntegrationConfig,
    pub is_set_up: bool,
    /// `None` when no secret is stored.
    pub connection: Option<Connection>,
    pub has_client_secret: bool,
}

/// A stored sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub sign_in: SignIn,
    /// As whom the service knows the user; empty where it does not say.
    pub account: String,
    /// When a call last worked with it; until then it is not connected.
    pub verified_at: Option<Timestamp>,
    /// OAuth: when the access token ends.
    pub expires_at: Option<Timestamp>,
    /// Whether a new access token can be had without the user.
    pub renews: bool,
}

impl IntegrationState {
    /// Whether a call has worked with the stored sign-in.
    pub fn is_connected(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.verified_at.is_some())
    }
}

/// Exactly what would be published, for the eye and for sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationPreview {
    pub issue: IssueId,
    pub service: Service,
    pub host: String,
    pub title: Redacted,
    /// As a reader sees it: Markdown of a page, the plain text of a ticket.
    pub text: Redacted,
    /// Of a page: the text in storage format, as it stands in the body.
    pub storage: Option<Redacted>,
    /// How many values were replaced, by kind.
    pub redacted: Vec<(PiiKind, u64)>,
    /// How many values the user chose to keep stand in it.
    pub kept: u64,
    /// The body on the wire, to the letter.
    pub body: String,
    /// Of the body, in hex: what the audit log will say.
    pub body_sha256: String,
    pub onto: Onto,
    /// Another page of this title. While there is one nothing can be sent: update it, or choose another title.
    pub title_taken_by: Option<RemoteItem>,
    /// Whether the settings let it go without a look.
    pub may_skip_review: bool,
}

/// What a publication takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onto {
    New,
    /// As it is now.
    Update(Box<RemoteItem>),
    /// The ticket that the issue has already: it is linked, and not made again.
    Found(Box<RemoteItem>),
}

/// What became of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub publication: Publication,
    /// Whether it was made, and not changed or found.
    pub created: bool,
    /// Whether the ticket was there already: then nothing was sent.
    pub linked: bool,
    /// What of the page was not there when it was read back.
    pub lost: Option<String>,
    pub detail: Box<IssueDetail>,
}

impl Published {
    /// `created`, `updated` or `linked`.
    pub const fn deed(&self) -> &'static str {
        match (self.created, self.linked) {
            (true, _) => "created",
            (false, true) => "linked",
            (false, false) => "updated",
        }
    }
}
