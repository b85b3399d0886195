//! What a front end asks for. Imperative, grouped by feature; one handler each.

mod privacy;
mod provider;
mod publish;

pub use self::privacy::{DecisionTarget, PrivacyCommand, RuleCommand, Seek, TextSource};
pub use self::provider::{OllamaCommand, OllamaTask, ProviderCommand};
pub use self::publish::{IntegrationCommand, PublicationDraft, PublicationPart, PublishCommand, RemoteSearch};

use super::snapshot::Thumbnail;
use crate::domain::{
    ActionId, ActionItem, Audience, AuditQuery, Document, DocumentKind, Domain, EvidenceId, EvidenceSource, ImageId,
    IssueId, IssueQuery, Level, LogFileId, MessageId, Outcome, Paper, PostMortem, Prompt, Proposal, ProviderId,
    RootCauseCategory, Settings, Severity, Status, TimelineEvent, TimelineId, Unredacted, Why, WhyId, WhyState,
};
use crate::privacy::{Confirmation, Redacted};
use jiff::Timestamp;
use secrecy::SecretString;
use std::path::PathBuf;

/// What a front end asks for.
#[derive(Debug)]
pub enum Command {
    Session(SessionCommand),
    Issue(IssueCommand),
    Log(LogCommand),
    Privacy(PrivacyCommand),
    Rule(RuleCommand),
    Triage(TriageCommand),
    Resolution(ResolutionCommand),
    Document(DocumentCommand),
    Provider(ProviderCommand),
    Settings(SettingsCommand),
    Ollama(OllamaCommand),
    Integration(IntegrationCommand),
    Publish(PublishCommand),
}

/// Opening the store, and what the first screens need.
#[derive(Debug)]
pub enum SessionCommand {
    /// Tries `TFTSR_DB_KEY`, then the keychain. Ends with `SessionOpened`, `SetupNeeded` or `PassphraseNeeded`.
    Open,
    /// First start: makes the store. Ends with `SessionOpened`.
    Create { protection: Protection },
    /// Ends with `SessionOpened`, or fails with `FailureKind::WrongKey`.
    Unlock { passphrase: SecretString },
    /// Forgets the key and closes the store. Ends with `PassphraseNeeded`; refused when no passphrase opens it.
    Lock,
    /// Encrypts everything anew. Ends with `SessionOpened`.
    ChangeKey { protection: Protection },
    /// Writes a copy of everything, under the key in use or under a passphrase of its own. Ends with `BackedUp`.
    BackUp { path: PathBuf, passphrase: Option<SecretString>, overwrite: bool },
    /// Puts a copy in the place of everything. What was there is kept. Ends with `Restored`.
    RestoreBackup { path: PathBuf, passphrase: Option<SecretString> },
    /// Asks the local Ollama, if there is one. Ends with `OllamaDetected`.
    DetectOllama,
    /// Ends with `DraftsLoaded`.
    LoadDrafts,
    /// Keeps what is being typed. An empty text removes the draft. Ends with `Done`.
    SaveDraft { key: String, text: Unredacted },
}

/// Where the database key comes from.
#[derive(Debug)]
pub enum Protection {
    /// A random key in the system's keychain.
    Keychain,
    Passphrase(SecretString),
}

#[derive(Debug)]
pub enum IssueCommand {
    /// Ends with `DashboardLoaded`.
    LoadDashboard,
    /// Ends with `IssuesListed`.
    List(IssueQuery),
    /// Imports the logs too, with progress. Ends with `IssueLoaded`.
    Create(NewIssue),
    /// One of the samples that come with the program, by its name. Ends with `IssueLoaded`.
    CreateSample { name: String },
    /// Ends with `IssueLoaded`.
    Load(IssueId),
    /// Ends with `IssueLoaded`.
    Change { issue: IssueId, change: IssueChange },
    /// Marks it as deleted; it can be brought back until it is purged. Ends with `IssueDeleted`.
    Delete(IssueId),
    /// Ends with `IssueRestored`.
    Restore(IssueId),
    /// Removes for good what was deleted. Ends with `Done`.
    Purge(IssueId),
    /// From the words of the form. Ends with `DomainSuggested`.
    SuggestDomain { text: Unredacted },
    /// Ends with `IssueLoaded`.
    SaveTimelineEvent(TimelineEvent),
    /// What people tell for the post-mortem. Ends with `IssueLoaded`.
    SavePostMortem(PostMortem),
    /// Ends with `IssueLoaded`.
    RemoveTimelineEvent { issue: IssueId, event: TimelineId },
    /// The whole issue as Markdown, with its documents. Ends with `Exported`.
    Export { issue: IssueId, path: PathBuf, overwrite: bool },
}

/// What the New issue form holds.
#[derive(Clone, Debug, Default)]
pub struct NewIssue {
    pub title: Unredacted,
    pub description: Unredacted,
    pub domain: Option<Domain>,
    pub severity: Option<Severity>,
    pub started_at: Option<Timestamp>,
    pub tags: Vec<Unredacted>,
    pub logs: Vec<LogSource>,
    /// `manual`, `cli`.
    pub source: String,
}

/// What can be attached as a log.
#[derive(Clone, Debug)]
pub enum LogSource {
    File(PathBuf),
    Pasted { name: String, text: Unredacted },
}

/// One field of an issue.
#[derive(Clone, Debug)]
pub enum IssueChange {
    Title(Unredacted),
    Description(Unredacted),
    Severity(Severity),
    Status(Status),
    Domain(Option<Domain>),
    StartedAt(Option<Timestamp>),
    AssignedTo(Unredacted),
    Tags(Vec<Unredacted>),
}

#[derive(Debug)]
pub enum LogCommand {
    /// With progress in bytes. Ends with `IssueLoaded`.
    Import { issue: IssueId, source: LogSource },
    /// Ends with `IssueLoaded`.
    Remove { issue: IssueId, log: LogFileId },
    /// Ends with `LinesRead`. `first` counts from 1.
    ReadLines { log: LogFileId, first: u64, count: u32 },
    /// Ends with `LinesFound`.
    Search { log: LogFileId, filter: LineFilter },
    /// Templates, bursts, first-seen lines of all logs of the issue. Ends with `InsightLoaded`.
    LoadInsight(IssueId),
}

/// Which lines of a log to show. Empty fields filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// Case does not matter.
    pub text: String,
    /// This level and worse.
    pub at_least: Option<Level>,
}

#[derive(Debug)]
pub enum TriageCommand {
    /// The chat of this issue with this provider; made on first use. Ends with `ConversationLoaded`.
    LoadConversation { issue: IssueId, provider: ProviderId },
    /// What would be sent, to the letter. Of the images that wait, those go along that the user has confirmed for this
    /// provider's host. Ends with `MessagePreviewed`.
    Preview { issue: IssueId, provider: ProviderId, draft: Unredacted, turn: Turn, images: Vec<Confirmation> },
    /// Sends what was previewed last, once: refused with `FailureKind::RefusedByGate` if anything differs from it.
    /// `AnswerStarted`, then `AnswerGrew`…, ends with `Answered`. Dropping the job stops the answer and keeps what came.
    Send { issue: IssueId, provider: ProviderId, draft: Unredacted, turn: Turn, prompt: Prompt<Redacted> },
    /// All images of the issue's chat. Ends with `ImagesLoaded`.
    LoadImages(IssueId),
    /// Reads an image, takes its metadata out, and puts it beside the draft. Sends nothing. Ends with `ImagesLoaded`.
    AttachImage { issue: IssueId, source: ImageSource },
    /// Takes an image away that has not been sent. Ends with `ImagesLoaded`.
    RemoveImage { issue: IssueId, image: ImageId },
    /// Asks the built-in guide; an empty draft asks for the next step. Ends with `Answered`.
    AskGuide { issue: IssueId, draft: Unredacted },
    /// Takes the guide's whole chain into the why tree as possible whys with their evidence: the headless triage, where
    /// asking for it is the consent. Ends with `IssueLoaded`.
    TakeGuideChain { issue: IssueId },
    /// Takes a proposal into the why tree, with its citations as evidence. Ends with `IssueLoaded`.
    AcceptProposal { issue: IssueId, message: MessageId, index: usize, edited: Proposal },
    /// Ends with `ConversationLoaded`.
    DeclineProposal { message: MessageId, index: usize },
}

/// Where an image comes from.
#[derive(Clone, Debug)]
pub enum ImageSource {
    File(PathBuf),
    /// From the clipboard.
    Pixels(Thumbnail),
}

/// Where in the conversation a message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// At its end.
    #[default]
    New,
    /// In place of the last answer; the draft is not used.
    Regenerate,
    /// No message at all: the last answer, which broke off, goes on where it ended. The draft is not used.
    Continue,
    /// In place of this message of the user, and of all that came after it.
    Edit(MessageId),
}

impl Turn {
    /// Whether a message of the user comes with it.
    pub const fn has_draft(self) -> bool {
        matches!(self, Self::New | Self::Edit(_))
    }
}

/// All end with `IssueLoaded`.
#[derive(Debug)]
pub enum ResolutionCommand {
    /// Adds it, or changes question, answer, parent, order and join of the one with its id. Author and state of an
    /// existing why stay as they are.
    SaveWhy(Why),
    SetWhyState {
        issue: IssueId,
        why: WhyId,
        state: WhyState,
    },
    /// With everything below it.
    RemoveWhy {
        issue: IssueId,
        why: WhyId,
    },
    /// `None` takes the declaration back.
    DeclareRootCause {
        issue: IssueId,
        why: WhyId,
        category: Option<RootCauseCategory>,
    },
    /// Pins lines, a message or a note, and hangs the pin on a why if one is given. The snippet of log lines is read
    /// from the log; `text` is what a note says.
    Pin {
        issue: IssueId,
        source: EvidenceSource,
        text: Unredacted,
        why: Option<WhyId>,
    },
    AttachEvidence {
        issue: IssueId,
        why: WhyId,
        evidence: EvidenceId,
    },
    DetachEvidence {
        issue: IssueId,
        why: WhyId,
        evidence: EvidenceId,
    },
    RemoveEvidence {
        issue: IssueId,
        evidence: EvidenceId,
    },
    SaveAction(ActionItem),
    RemoveAction {
        issue: IssueId,
        action: ActionId,
    },
    /// Resolves the issue with this outcome, if the rules allow it.
    Resolve {
        issue: IssueId,
        outcome: Outcome,
    },
}

/// A document into a file.
#[derive(Clone, Debug)]
pub struct DocumentExport {
    pub document: crate::domain::DocumentId,
    pub audience: Audience,
    pub paper: Paper,
    /// `None` takes the format from the ending of the name.
    pub format: Option<&'static crate::documents::Writer>,
    pub path: PathBuf,
    pub existing: Existing,
}

/// What to do where a file of the name is already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Refuse,
    Replace,
    /// Writes `name (2).pdf` beside `name.pdf`.
    Number,
}

impl Existing {
    pub const fn replacing(replaces: bool) -> Self {
        if replaces { Self::Replace } else { Self::Refuse }
    }
}

#[derive(Debug)]
pub enum DocumentCommand {
    /// Builds a new version from the stored facts. Ends with `DocumentLoaded`.
    Generate { issue: IssueId, kind: DocumentKind },
    /// The version being worked on, if there is one, and the list of versions. Ends with `DocumentLoaded`.
    Load { issue: IssueId, kind: DocumentKind },
    /// Autosave of the version being worked on. Ends with `DocumentSaved`.
    Save(Document),
    /// Keeps the text as a new version. Ends with `DocumentLoaded`.
    SaveVersion(Document),
    /// Makes a new version from an old one. Ends with `DocumentLoaded`.
    RestoreVersion(crate::domain::DocumentId),
    /// As [`Self::Generate`], and what was edited since the last draft is carried over. `document` holds the text as it
    /// is in the editor. Ends with `DocumentLoaded`, or with `DocumentConflicts` where both changed the same lines: then
    /// nothing is stored, and the decided text is kept by [`Self::SaveVersion`].
    Redraft(Document),
    /// What is missing and what blames. Stores nothing. Ends with `DocumentChecked`.
    Check(Document),
    /// An older version, to compare with. Ends with `DocumentVersionLoaded`.
    LoadVersion(crate::domain::DocumentId),
    /// What would be sent to have a section polished, to the letter. Ends with `MessagePreviewed`.
    PreviewPolish { issue: IssueId, provider: ProviderId, text: Unredacted },
    /// Sends what was previewed last, once: refused with `FailureKind::RefusedByGate` if anything differs from it. Ends
    /// with `SectionPolished`; changes nothing.
    Polish { issue: IssueId, provider: ProviderId, text: Unredacted, prompt: Prompt<Redacted> },
    /// The text as this audience gets it. Ends with `DocumentRendered`.
    Render { document: crate::domain::DocumentId, audience: Audience },
    /// Ends with `Exported`; fails with `FailureKind::FileExists` where `existing` says so.
    Export(DocumentExport),
    /// Opens the folder of a file in the system's file manager. Ends with `Done`.
    ShowInFolder(PathBuf),
}

#[derive(Debug)]
pub enum SettingsCommand {
    /// Ends with `SettingsSaved`.
    Save(Settings),
    /// Ends with `AuditListed`.
    ListAudit(AuditQuery),
    /// Ends with `AuditVerified`.
    VerifyAudit,
    /// The rows of the audit log as JSON Lines, oldest first. Ends with `Exported`.
    ExportAudit { query: AuditQuery, path: PathBuf, overwrite: bool },
    /// Checks database, key, folders and file modes. Ends with `DoctorReported`.
    Doctor,
}
