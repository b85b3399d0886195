//! Plain data and its rules: no I/O, no async, no window.
mod action;
mod audit;
mod conversation;
mod credential;
mod document;
mod endpoint;
mod evidence;
pub mod format;
mod hardware;
mod id;
mod image;
mod integration;
mod issue;
mod log_file;
mod pii;
mod post_mortem;
mod proposal;
mod provider;
mod proxy;
mod publication;
mod query;
mod remote;
mod rule;
mod server_token;
mod service_url;
mod settings;
mod text;
mod timeline;
mod why;

pub use self::action::{ActionItem, ActionKind, ActionStatus, Priority};
pub use self::audit::{AuditAction, AuditEntry, AuditQuery, AuditVerdict};
pub use self::conversation::{ChatMessage, Message, MessageState, Prompt, Role, Usage};
pub use self::credential::{Credential, Loopback, Origin, OriginError};
pub use self::document::{Audience, Document, DocumentKind, Paper};
pub use self::endpoint::Endpoint;
pub use self::evidence::{Evidence, EvidenceSource, LineRange};
pub use self::hardware::{Gpu, GpuVendor, Hardware};
pub use self::id::{
    ActionId, ConversationId, DocumentId, EvidenceId, ImageId, IssueId, LogFileId, MessageId, ModelId, ProviderId,
    PublicationId, RuleId, TimelineId, WhyId,
};
pub use self::image::{AttachedImage, ImageKind};
pub use self::integration::{
    CALLBACK_PORT, ConfluenceApi, IntegrationConfig, IntegrationConfigError, OAuthEndpoints, OAuthFields, Service,
    SignIn,
};
pub use self::issue::{Domain, Issue, IssueSummary, Outcome, Severity, Status};
pub use self::log_file::{Level, LogFile, LogLine, LogState};
pub use self::pii::{Confidence, Decision, PiiKind, PiiSpan, Placeholder, SpanDecision, ValueGroup};
pub use self::post_mortem::{PostMortem, Question, ReviewStatus};
pub use self::proposal::{Citation, Proposal};
pub use self::provider::{ApiFormat, Price, ProviderConfig, ProviderKind};
pub use self::proxy::{Proxy, ProxyUrl};
pub use self::publication::{
    Publication, PublicationKind, PublicationState, RemoteItem, RemotePlace, TicketStep, WaitingTicket,
};
pub use self::query::{DashboardFigures, IssueQuery, IssueSort};
pub use self::remote::{RemoteId, RemoteName};
pub use self::rule::{Rule, RuleAction, RuleError, RuleMatch, RuleScope};
pub use self::server_token::ServerToken;
pub use self::service_url::ServiceUrl;
pub use self::settings::{
    Density, MAX_OWN_PROMPT_BYTES, RedactionOff, Settings, SettingsError, Strictness, ThemeChoice,
};
pub use self::text::{CUT_MARK, Unredacted};
pub use self::timeline::{Durations, TimelineEvent, TimelineKind, TimelineSource};
pub use self::why::{Author, Join, RootCauseCategory, Why, WhyError, WhyState, WhyTree};
