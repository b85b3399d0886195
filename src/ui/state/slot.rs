//! Names for every kind of request. A new request in a slot cancels the old one.

use crate::domain::{DocumentId, DocumentKind, IssueId, LogFileId, ModelId, ProviderId, Service};

/// What a request is about. A new request in a slot cancels the old one, so a slot is for asking; a change that must
/// happen is sent with `ViewContext::run_detached`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Open, create, unlock.
    Session,
    /// Whether one answers: at the first start, and in the form of a provider.
    Ollama,
    OllamaStatus,
    OllamaStart,
    /// What this machine has, and which models suit it.
    Machine,
    OllamaModels,
    ModelDetails,
    /// One model on its way. They wait for each other in the worker.
    Pull(ModelId),
    /// All services.
    Integrations,
    /// Saving what the form of a service holds.
    IntegrationSave(Service),
    /// Signing in; the browser is waited for.
    IntegrationConnect(Service),
    IntegrationTest(Service),
    Drafts,
    Dashboard,
    /// The first block of the list of issues; a new question.
    Issues,
    /// A further block of the same question: the count of questions so far, and the number of its first row, from 0.
    MoreIssues(u64, u64),
    /// What the command palette looks for.
    PaletteIssues,
    /// Creating an issue from the form. When it is loaded, its screen opens.
    NewIssue,
    /// Creating an issue from a sample. When it is loaded, its screen opens.
    Sample,
    DomainSuggestion,
    Providers,
    /// Saving what the form of a provider holds.
    ProviderSave,
    ProviderTest,
    Models,
    Settings,
    Rules,
    /// Saving what the form of a rule holds.
    RuleSave,
    /// Rules from a file.
    RuleImport,
    /// Rules into a file.
    RuleExport,
    Audit,
    AuditVerdict,
    Doctor,
    /// Another key, a back-up, restoring one.
    Care,
    Issue(IssueId),
    /// One import; the number tells several of one issue apart.
    Import(IssueId, u64),
    /// The block of lines that begins with this line.
    Lines(LogFileId, u64),
    LineSearch(LogFileId),
    Insight(IssueId),
    Findings(IssueId),
    /// The next or previous span.
    SpanSeek(IssueId),
    /// Searching a log again.
    Redetect(LogFileId),
    RedactionPreview(LogFileId),
    Conversation(IssueId, ProviderId),
    MessagePreview(IssueId),
    /// What would be redacted of the text that is being typed in the field of this key.
    DraftCheck(String),
    /// The images of the issue's chat.
    Images(IssueId),
    /// The answer that is being written.
    Answer(IssueId, ProviderId),
    Document(IssueId, DocumentKind),
    /// What the document lacks.
    DocumentCheck(IssueId, DocumentKind),
    /// An older version, to compare with.
    DocumentVersion(IssueId),
    /// What would be sent to have a section polished.
    PolishPreview(IssueId),
    /// A section that is being polished.
    Polish(IssueId),
    /// Autosave of a document: a newer text takes the place of an older one.
    DocumentSave(IssueId, DocumentId),
    Export(IssueId),
    /// Spaces or projects of a service.
    PublishPlaces,
    /// Kinds of work item of a project.
    PublishKinds,
    /// Pages and tickets found in a service.
    RemoteSearch,
    /// What would be published.
    PublishPreview,
    /// Publishing it.
    PublishSend,
    /// A ticket that becomes an issue. When it is loaded, its screen opens.
    RemoteImport,
    /// How the issue's pages and tickets stand, and those that wait.
    Tickets(IssueId),
}

impl Slot {
    /// What the status bar says while it runs; `None` for what is too small to mention.
    #[expect(clippy::too_many_lines, reason = "one list of all slots, so that a new one is not forgotten")]
    pub const fn label(&self) -> Option<&'static str> {
        match self {
            Self::Import(..) => Some("Importing log"),
            Self::NewIssue => Some("Creating issue"),
            Self::Sample => Some("Opening sample"),
            Self::LineSearch(_) => Some("Searching lines"),
            Self::Insight(_) => Some("Analyzing logs"),
            Self::Findings(_) | Self::Redetect(_) => Some("Looking for personal data"),
            Self::Answer(..) => Some("Answering"),
            Self::Document(..) => Some("Building document"),
            Self::Polish(_) => Some("Polishing"),
            Self::Export(_) => Some("Exporting"),
            Self::ProviderTest => Some("Testing provider"),
            Self::AuditVerdict => Some("Verifying audit log"),
            Self::Doctor => Some("Checking"),
            Self::Care => Some("Copying all data"),
            Self::OllamaStart => Some("Starting Ollama"),
            Self::IntegrationConnect(_) => Some("Connecting"),
            Self::IntegrationTest(_) => Some("Testing connection"),
            Self::PublishSend => Some("Publishing"),
            Self::RemoteSearch => Some("Searching"),
            Self::RemoteImport => Some("Importing ticket"),
            Self::Tickets(_) => Some("Looking after tickets"),
            Self::PublishPlaces
            | Self::PublishKinds
            | Self::PublishPreview
            | Self::Session
            | Self::Ollama
            | Self::OllamaStatus
            | Self::Machine
            | Self::OllamaModels
            | Self::ModelDetails
            | Self::Pull(_)
            | Self::Integrations
            | Self::IntegrationSave(_)
            | Self::Drafts
            | Self::Dashboard
            | Self::Issues
            | Self::MoreIssues(..)
            | Self::PaletteIssues
            | Self::DomainSuggestion
            | Self::Providers
            | Self::ProviderSave
            | Self::Models
            | Self::Settings
            | Self::Rules
            | Self::RuleSave
            | Self::RuleImport
            | Self::RuleExport
            | Self::Audit
            | Self::Issue(_)
            | Self::Lines(..)
            | Self::SpanSeek(_)
            | Self::RedactionPreview(_)
            | Self::Conversation(..)
            | Self::DocumentSave(..)
            | Self::DocumentCheck(..)
            | Self::DocumentVersion(_)
            | Self::PolishPreview(_)
            | Self::DraftCheck(_)
            | Self::Images(_)
            | Self::MessagePreview(_) => None,
        }
    }
}
