//! What happened. Past tense.

use super::failure::Failure;
use super::job::JobId;
use super::snapshot::{
    CheckItem, ConversationView, Dashboard, DocumentView, IssueDetail, OutgoingPreview, SessionInfo, TestStep,
};
use crate::domain::{
    AuditEntry, AuditVerdict, ChatMessage, Domain, IssueId, IssueSummary, LogFileId, LogLine, MessageId, PiiKind,
    PiiSpan, ProviderConfig, Settings, Unredacted, ValueGroup,
};
use crate::insight::Insight;
use crate::privacy::Redacted;
use std::path::PathBuf;
use std::sync::Arc;

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
    },
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
    DocumentRendered(Unredacted),
    Exported {
        path: PathBuf,
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

    SettingsSaved(Box<Settings>),
    AuditListed(Vec<AuditEntry>),
    AuditVerified(AuditVerdict),
    DoctorReported(Vec<CheckItem>),

    Done,
    Cancelled,
    Failed(Failure),
}

/// A line before or after redaction, with the byte ranges of values or placeholders in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    pub number: u64,
    pub text: Unredacted,
    pub marks: Vec<(std::ops::Range<usize>, crate::domain::Placeholder)>,
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
