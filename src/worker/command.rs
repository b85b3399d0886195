//! What a front end asks for. Imperative, grouped by feature; one handler each.

use super::snapshot::Thumbnail;
use crate::domain::{
    ActionId, ActionItem, Audience, AuditQuery, Decision, Document, DocumentKind, Domain, EvidenceId, EvidenceSource,
    ImageId, IntegrationConfig, IssueId, IssueQuery, Level, LogFileId, MessageId, ModelId, Outcome, Paper, PiiKind,
    PostMortem, Prompt, Proposal, ProviderConfig, ProviderId, PublicationId, RemoteId, RemoteItem, RemoteName,
    RootCauseCategory, Rule, RuleId, Service, Settings, Severity, Status, TimelineEvent, TimelineId, Unredacted,
    WaitingTicket, Why, WhyId, WhyState,
};
use crate::privacy::{Confirmation, Redacted};
use jiff::Timestamp;
use secrecy::SecretString;
use std::ops::Range;
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
pub enum PrivacyCommand {
    /// Values found in the logs of the issue, by kind. Ends with `FindingsLoaded`.
    LoadFindings(IssueId),
    /// Ends with `FindingsChanged`.
    Decide { issue: IssueId, target: DecisionTarget, decision: Decision },
    /// Where another span stands, in the logs in the order in which they were attached. Ends with `SpanSought`.
    FindSpan { issue: IssueId, seek: Seek },
    /// Searches a log again and puts the spans in place of the old ones, with progress in bytes. Ends with `Redetected`.
    Redetect { log: LogFileId },
    /// Lines of a log before and after redaction. Ends with `RedactionPreviewed`.
    PreviewLog { log: LogFileId, first: u64, count: u32 },
    /// Finds what would be redacted of one text: with the vault, decisions and rules of an issue, or without. Stores
    /// nothing. Ends with `TextDetected`.
    Detect { issue: Option<IssueId>, text: Unredacted },
    /// Finds spans in a file of any size, without an issue. `SpansFound`…, ends with `Done`.
    DetectFile { source: TextSource },
    /// Redacts a file of any size, without an issue. `ChunkRedacted`…, ends with `Done`.
    RedactFile { source: TextSource },
}

/// Which span to look for. Offsets are bytes of the decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seek {
    /// The first that begins behind this byte of the log, or in a later log.
    After { log: LogFileId, offset: u64 },
    /// The last that begins before this byte of the log, or in an earlier log.
    Before { log: LogFileId, offset: u64 },
    /// The first place of a value.
    First { kind: PiiKind, value: Unredacted },
}

/// The user's rules for what is redacted.
#[derive(Debug)]
pub enum RuleCommand {
    /// Ends with `RulesListed`.
    Load,
    /// Adds it, or changes the one with its id. What was decided about its text in the issue `instead_of` is forgotten,
    /// so that the rule decides. Ends with `RulesListed`.
    Save { rule: Rule, instead_of: Option<IssueId> },
    /// Ends with `RulesListed`.
    Remove(RuleId),
    /// Adds the rules of a file that are not there yet, all or none. Ends with `RulesImported`.
    Import { path: PathBuf },
    /// Writes the rules for all issues. Ends with `Exported`; fails with `FailureKind::FileExists` unless `overwrite`.
    Export { path: PathBuf, overwrite: bool },
}

/// Where a text comes from that belongs to no issue.
#[derive(Clone, Debug)]
pub enum TextSource {
    File(PathBuf),
    StandardInput,
}

/// What a decision is about. One about a span counts more than one about its value, and that more than one about the
/// kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionTarget {
    /// The bytes `range` of a log's decoded text. It holds wherever the whole line is quoted.
    Span {
        log: LogFileId,
        kind: PiiKind,
        range: Range<u64>,
    },
    Value {
        kind: PiiKind,
        value: Unredacted,
    },
    Kind(PiiKind),
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
pub enum ProviderCommand {
    /// Ends with `ProvidersListed`.
    List,
    /// A key of `None` leaves the stored one. Ends with `ProvidersListed`.
    Save { provider: ProviderConfig, key: Option<SecretString> },
    /// Ends with `ProvidersListed`.
    Remove(ProviderId),
    /// `TestStepDone` for each step; ends with `ProviderTested`. The stored key is used where none is given.
    Test { provider: ProviderConfig, key: Option<SecretString> },
    /// Ends with `ModelsListed`.
    ListModels { provider: ProviderConfig, key: Option<SecretString> },
}

/// About the models of an Ollama server: the one that the settings name. The command line may name another.
#[derive(Debug)]
pub struct OllamaCommand {
    pub at: Option<String>,
    pub task: OllamaTask,
}

#[derive(Debug)]
pub enum OllamaTask {
    /// Whether it runs, and where its program is. Ends with `OllamaStatusRead`.
    Status,
    /// Starts the program that is installed here, and waits until it answers. Ends with `OllamaStatusRead`.
    Start,
    /// What this machine has, and which models suit it. Needs no open store. Ends with `MachineRead`.
    Machine,
    /// Installed and loaded models. Ends with `OllamaModelsListed`.
    List,
    /// Ends with `OllamaModelShown`.
    Show(ModelId),
    /// Out of memory; it stays on disk. Ends with `OllamaModelsListed`.
    Unload(ModelId),
    /// From disk. Ends with `OllamaModelsListed`.
    Remove(ModelId),
    /// One after the other, in the order in which they were asked for. `PullProgressed`…, ends with `Pulled`; fails with
    /// `FailureKind::NoSpace` unless `ignores_space`. Dropping the job stops it; the server keeps what came.
    Pull { model: ModelId, ignores_space: bool },
}

/// Services that documents and tickets go to.
#[derive(Debug)]
pub enum IntegrationCommand {
    /// Ends with `IntegrationsLoaded`.
    Load,
    /// `secret` is the password or personal access token; `None` leaves the stored ones. With another address, user or
    /// way to authorize the stored ones are removed. Ends with `IntegrationsLoaded`.
    Save { config: Box<IntegrationConfig>, secret: Option<SecretString>, client_secret: Option<SecretString> },
    /// Signs in as the service is set up: with the browser, `SignInWaits` first, or by a call with the stored secret.
    /// Dropping the job stops waiting. Ends with `IntegrationsLoaded`.
    Connect { service: Service, opens_browser: bool },
    /// A call that changes nothing. Ends with `IntegrationTested`.
    Test(Service),
    /// Removes the sign-in for good; how it is set up stays. Ends with `IntegrationsLoaded`.
    Disconnect(Service),
}

/// Pages and tickets in other services.
#[derive(Debug)]
pub enum PublishCommand {
    /// Spaces or projects. Ends with `PlacesListed`.
    ListPlaces(Service),
    /// Kinds of work item. Ends with `KindsListed`.
    ListKinds { project: RemoteName },
    /// Pages, incidents or work items by words, which pass the gate. Ends with `RemoteFound`.
    Search(RemoteSearch),
    /// What would be sent, to the letter; the last one of an issue may be sent. Ends with `PublicationPreviewed`.
    Preview(Box<PublicationDraft>),
    /// Sends what was previewed, once: `body_sha256` is that of the preview. Ends with `Published`.
    Send { issue: IssueId, body_sha256: String },
    /// Asks how the issue's pages and tickets stand. `Progressed`…, ends with `IssueLoaded`.
    Refresh(IssueId),
    /// Forgets the link; over there nothing changes. Ends with `IssueLoaded`.
    Forget { issue: IssueId, publication: PublicationId },
    /// Makes an issue of an incident or work item, by its number. Ends with `IssueLoaded`.
    Import { service: Service, number: String, place: Option<RemoteName> },
    /// Puts what was found beside the issue, as a note. Ends with `IssueLoaded`.
    Attach { issue: IssueId, item: Box<RemoteItem> },
    /// Makes and updates tickets as the settings of the services say, where no look is asked for first. Ends with
    /// `IssueLoaded`.
    Automatic(IssueId),
    /// Does not make or tell a ticket by itself. Ends with `IssueLoaded`.
    Decline { issue: IssueId, ticket: WaitingTicket },
}

/// Words to look for in a service.
#[derive(Clone, Debug)]
pub struct RemoteSearch {
    pub service: Service,
    /// Whose placeholders and decisions count.
    pub issue: Option<IssueId>,
    pub words: Unredacted,
    /// A space or project.
    pub place: Option<RemoteName>,
    pub limit: usize,
    /// Confluence: not in the text of pages.
    pub titles_only: bool,
}

/// What is to be put into a service.
#[derive(Clone, Debug)]
pub struct PublicationDraft {
    pub issue: IssueId,
    pub service: Service,
    pub part: PublicationPart,
}

/// What a publication is made of.
#[derive(Clone, Debug)]
pub enum PublicationPart {
    /// The newest version of a document, as a page.
    Page {
        kind: DocumentKind,
        space: RemoteName,
        parent: Option<RemoteId>,
        title: Unredacted,
        /// Outside, values that the user keeps are replaced, too.
        audience: Audience,
        /// The page that it takes the place of. `None` takes the one that shows this document, or makes one.
        onto: Option<RemoteId>,
    },
    /// The ticket of the issue.
    Ticket {
        /// Azure DevOps.
        kind: Option<RemoteName>,
        /// Azure DevOps.
        project: Option<RemoteName>,
        severity: Severity,
        title: Unredacted,
        text: Unredacted,
    },
    /// A change to a ticket.
    Change { publication: PublicationId, note: Unredacted, severity: Option<Severity>, resolves: bool },
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
