//! What happened. Past tense.

use super::failure::Failure;
use super::job::JobId;
use super::snapshot::{
    CheckItem, ConversationView, Dashboard, DocumentConflicts, DocumentView, IntegrationState, IssueDetail, Machine,
    OllamaModels, OllamaStatus, OutgoingPreview, PublicationPreview, Published, SessionInfo, ShownImage, TestStep,
};
use crate::documents::CheckFinding;
use crate::domain::{
    AuditEntry, AuditVerdict, ChatMessage, Decision, Document, DocumentId, Domain, IssueId, IssueSummary, LogFileId,
    LogLine, MessageId, ModelId, PiiKind, PiiSpan, Placeholder, ProviderConfig, RemoteItem, RemoteName, RemotePlace,
    Rule, Service, Settings, Unredacted, ValueGroup,
};
use crate::insight::Insight;
use crate::privacy::Redacted;
use crate::providers::{ModelDetails, PullProgress};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What happened. Those that [`Event::is_final`] names end their job.
#[derive(Clone, Debug)]
pub enum Event {
    /// How far a job has come. The unit is the job's own: bytes, lines, logs.
    Progressed {
        done: u64,
        total: Option<u64>,
    },

    SessionOpened(Box<SessionInfo>),
    /// There is no store yet.
    SetupNeeded {
        keychain_available: bool,
    },
    /// There is a store, and nothing but a passphrase opens it.
    PassphraseNeeded,
    BackedUp {
        path: PathBuf,
        bytes: u64,
        issues: u64,
    },
    /// `kept` is where the data from before lies now.
    Restored {
        session: Box<SessionInfo>,
        kept: PathBuf,
        issues: u64,
    },
    /// `None` when none answers.
    OllamaDetected(Option<OllamaFound>),
    DraftsLoaded(Vec<(String, Unredacted)>),

    DashboardLoaded(Box<Dashboard>),
    IssuesListed {
        rows: Vec<IssueSummary>,
        total: u64,
    },
    IssueLoaded(Box<IssueDetail>),
    IssueDeleted(IssueId),
    IssueRestored(IssueId),
    DomainSuggested(Option<Domain>),

    LinesRead {
        log: LogFileId,
        first: u64,
        lines: Vec<LogLine>,
    },
    /// Numbers of the matching lines, ascending. `truncated` when there were more than are listed.
    LinesFound {
        log: LogFileId,
        numbers: Arc<Vec<u64>>,
        truncated: bool,
    },
    InsightLoaded {
        issue: IssueId,
        insight: Arc<Insight>,
    },

    FindingsLoaded {
        issue: IssueId,
        groups: Vec<ValueGroup>,
        /// Logs that were not searched to their end, or with other settings or rules than those of now.
        outdated: Vec<LogFileId>,
    },
    FindingsChanged {
        issue: IssueId,
        change: FindingsChange,
    },
    /// `None` when there is no further one.
    SpanSought {
        issue: IssueId,
        place: Option<SpanPlace>,
    },
    Redetected(Box<IssueDetail>),
    RedactionPreviewed {
        log: LogFileId,
        first: u64,
        before: Vec<PreviewLine>,
        after: Vec<PreviewLine>,
    },
    TextDetected(Vec<PiiSpan>),
    /// The next spans of a file, in order; byte ranges count from its beginning.
    SpansFound(Vec<PiiSpan>),
    /// The next part of a redacted file, and how many spans of which kind stood in it.
    ChunkRedacted {
        text: Redacted,
        counts: Vec<(PiiKind, u64)>,
    },

    /// All images of the issue's chat, in the order in which they were attached.
    ImagesLoaded {
        issue: IssueId,
        images: Vec<ShownImage>,
    },
    RulesListed(Vec<ListedRule>),
    /// How many rules of the file are new, and how many were there already.
    RulesImported {
        new: u64,
        known: u64,
        rules: Vec<ListedRule>,
    },

    ConversationLoaded(Box<ConversationView>),
    MessagePreviewed(Box<OutgoingPreview>),
    /// The user's message and the empty answer are stored.
    AnswerStarted {
        question: Option<Box<ChatMessage>>,
        answer: Box<ChatMessage>,
    },
    /// More of the answer, with placeholders as the model wrote them.
    AnswerGrew {
        message: MessageId,
        delta: Unredacted,
    },
    /// More of what the model thinks before it answers.
    ReasoningGrew {
        message: MessageId,
        delta: Unredacted,
    },
    /// The request failed before any text came and is tried again after this time.
    Retrying {
        attempt: u32,
        wait_ms: u64,
        reason: String,
    },
    Answered(Box<ChatMessage>),

    DocumentLoaded(Box<DocumentView>),
    DocumentSaved,
    /// The new draft and the user's text have changed the same lines.
    DocumentConflicts(Box<DocumentConflicts>),
    DocumentChecked {
        document: DocumentId,
        findings: Vec<CheckFinding>,
    },
    DocumentVersionLoaded(Box<Document>),
    /// What a model proposes in place of a section.
    SectionPolished(Unredacted),
    DocumentRendered(Unredacted),
    Exported {
        path: PathBuf,
        /// What the format could not show as it is, in sentences without a period.
        remarks: Vec<String>,
    },

    ProvidersListed(Vec<ProviderConfig>),
    TestStepDone {
        step: TestStep,
        result: Result<String, Failure>,
    },
    /// Whether every step held.
    ProviderTested {
        ok: bool,
    },
    ModelsListed(Vec<String>),

    OllamaStatusRead(Box<OllamaStatus>),
    MachineRead(Box<Machine>),
    OllamaModelsListed(Box<OllamaModels>),
    OllamaModelShown {
        model: ModelId,
        details: Box<ModelDetails>,
    },
    PullProgressed {
        model: ModelId,
        progress: Box<PullProgress>,
    },
    Pulled {
        model: ModelId,
    },

    /// All services, in a fixed order.
    IntegrationsLoaded(Vec<IntegrationState>),
    /// The browser is waited for.
    SignInWaits {
        service: Service,
        /// The page to sign in.
        url: String,
        /// Must be registered with the application exactly so.
        redirect: String,
        /// How long it is waited, from now.
        limit: Duration,
        /// Whether a browser could be started.
        opened: bool,
    },
    /// The test call worked.
    IntegrationTested {
        service: Service,
        message: String,
        all: Vec<IntegrationState>,
    },
    /// Spaces or projects; `usual` is the one of the settings.
    PlacesListed {
        service: Service,
        places: Vec<RemotePlace>,
        usual: Option<RemoteName>,
    },
    KindsListed {
        project: RemoteName,
        kinds: Vec<RemoteName>,
        usual: Option<RemoteName>,
    },
    /// `words` are those that were looked for, as they left.
    RemoteFound {
        service: Service,
        items: Vec<RemoteItem>,
        words: Redacted,
    },
    PublicationPreviewed(Box<PublicationPreview>),
    Published(Box<Published>),

    SettingsSaved(Box<Settings>),
    AuditListed(Vec<AuditEntry>),
    AuditVerified(AuditVerdict),
    DoctorReported(Vec<CheckItem>),

    Done,
    Cancelled,
    Failed(Failure),
}

/// A line before or after redaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    pub number: u64,
    /// Where the line begins in the log's decoded text, in bytes.
    pub start: u64,
    pub text: Unredacted,
    /// In order, without overlaps.
    pub marks: Vec<PreviewMark>,
}

/// A value in a line, or what stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewMark {
    /// Bytes of the line.
    pub range: Range<usize>,
    pub placeholder: Placeholder,
    /// Whether it was found and stays as it is.
    pub is_kept: bool,
    /// Bytes of the value in the log's decoded text.
    pub place: Range<u64>,
}

/// What a decision changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingsChange {
    Value {
        value: Unredacted,
        decision: Decision,
    },
    /// `except` are the values that a rule decides about.
    Kind {
        kind: PiiKind,
        decision: Decision,
        except: Vec<Unredacted>,
    },
    /// `exceptions` are the places of the value that were decided on one by one.
    Span {
        kind: PiiKind,
        value: Unredacted,
        exceptions: u64,
    },
}

/// Where a span stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanPlace {
    pub log: LogFileId,
    /// Counted from 1.
    pub line: u64,
    /// Bytes of the log's decoded text.
    pub range: Range<u64>,
}

/// A rule as the list of rules shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRule {
    pub rule: Rule,
    /// Of the issue that it holds in; `None` where it holds in all.
    pub issue_title: Option<Unredacted>,
    /// Why it cannot be used. Nothing is sent where it holds.
    pub problem: Option<String>,
}

/// What a local Ollama said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OllamaFound {
    pub version: String,
    pub models: Vec<String>,
}

impl Event {
    /// Whether the job is over. Every job sends exactly one such event, last.
    pub const fn is_final(&self) -> bool {
        !matches!(
            self,
            Self::Progressed { .. }
                | Self::AnswerStarted { .. }
                | Self::AnswerGrew { .. }
                | Self::ReasoningGrew { .. }
                | Self::Retrying { .. }
                | Self::TestStepDone { .. }
                | Self::PullProgressed { .. }
                | Self::SignInWaits { .. }
                | Self::SpansFound(_)
                | Self::ChunkRedacted { .. }
        )
    }
}

/// An event and the job that it belongs to.
#[derive(Clone, Debug)]
pub struct Update {
    pub job: JobId,
    pub event: Event,
}
