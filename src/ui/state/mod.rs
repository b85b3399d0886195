//! What the views read. Changed by events alone; pure, so that it is tested without a window.
mod apply;
mod integrations;
mod issue;
mod issue_list;
mod lines;
mod loadable;
mod notice;
mod ollama;
mod pending;
mod publish;
mod settings;
mod slot;

pub use self::integrations::{IntegrationsPageState, ServiceState, SignInWait};
pub use self::issue::{Chat, DraftCheck, Findings, IssueState, LinesFound, RedactionPage};
pub use self::issue_list::{ISSUE_BLOCK, IssueList};
pub use self::lines::{BLOCK, LineCache};
pub use self::loadable::Loadable;
pub use self::notice::{Notice, NoticeAction, Tone};
pub use self::ollama::{OllamaPageState, PullItem, PullState};
pub use self::publish::{Kinds, Places, PublishPage};
pub use self::settings::{SettingsChange, SettingsSync};
pub use self::slot::Slot;

use super::screen::Screen;
use crate::domain::{AuditEntry, AuditVerdict, Domain, IssueId, IssueSummary, ProviderConfig, ProviderId, Settings};
use crate::worker::{CheckItem, Dashboard, Failure, JobId, ListedRule, OllamaFound, SessionInfo, TestStep};
use std::collections::{BTreeMap, HashMap};

/// How far the program has come in opening the store.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    #[default]
    Starting,
    /// There is no store yet. `failure` says why the last attempt to make one failed.
    Setup {
        keychain_available: bool,
        failure: Option<Failure>,
    },
    /// The store is open, by a key from the environment, and nobody has read yet what a model can get wrong.
    Welcome,
    /// A passphrase is needed. `failure` says what was wrong with the last one.
    Locked {
        failure: Option<Failure>,
    },
    Ready,
    /// The store cannot be opened at all.
    Broken(Failure),
}

/// What a test of a provider has shown so far.
#[derive(Clone, Debug, Default)]
pub struct ProviderTest {
    pub steps: Vec<(TestStep, Result<String, Failure>)>,
    /// `None` while it runs.
    pub ok: Option<bool>,
}

/// A job that the status bar shows.
#[derive(Clone, Debug)]
pub struct Running {
    pub label: String,
    /// `None` for a change that must run to its end; it cannot be cancelled.
    pub slot: Option<Slot>,
    pub done: u64,
    pub total: Option<u64>,
}

impl Running {
    /// From 0 to 1; `None` while the total is not known.
    pub fn share(&self) -> Option<f32> {
        #[expect(clippy::cast_precision_loss, reason = "a share of a bar of some hundred points")]
        let share = |total: u64| self.done as f32 / total as f32;
        self.total.filter(|total| *total > 0).map(share)
    }
}

/// What the views read.
#[derive(Debug, Default)]
pub struct State {
    pub phase: Phase,
    /// Known once the phase is `Ready`.
    pub session: Option<Box<SessionInfo>>,
    /// As the user wants them, stored or about to be. Defaults until the store is open.
    pub settings: Settings,
    pub settings_sync: SettingsSync,
    pub ollama: Loadable<Option<OllamaFound>>,
    pub ollama_page: OllamaPageState,
    pub integrations: IntegrationsPageState,
    pub publish: PublishPage,
    pub providers: Loadable<Vec<ProviderConfig>>,
    /// The last saving of a provider's form; the failure if it was not saved.
    pub provider_save: Loadable<()>,
    pub provider_test: Loadable<ProviderTest>,
    pub models: Loadable<Vec<String>>,
    pub dashboard: Loadable<Box<Dashboard>>,
    pub issue_list: Loadable<IssueList>,
    /// How many questions the list of issues has been asked.
    pub issue_questions: u64,
    pub palette_issues: Loadable<Vec<IssueSummary>>,
    pub domain_suggestion: Loadable<Option<Domain>>,
    /// An issue is created; the failure if it was not.
    pub new_issue: Loadable<IssueId>,
    pub issues: HashMap<IssueId, IssueState>,
    /// By the key of the field.
    pub draft_checks: HashMap<String, DraftCheck>,
    pub lines: LineCache,
    pub rules: Loadable<Vec<ListedRule>>,
    /// The last saving of a rule's form; the failure if it was not saved.
    pub rule_save: Loadable<()>,
    /// The last import of rules, for its failure.
    pub rule_import: Loadable<()>,
    /// The last export of rules: its path, or why it failed.
    pub rule_export: Loadable<std::path::PathBuf>,
    /// How many lists of findings and pages of previews there have been.
    pub versions: u64,
    pub audit: Loadable<Vec<AuditEntry>>,
    pub audit_verdict: Loadable<AuditVerdict>,
    pub doctor: Loadable<Vec<CheckItem>>,
    /// The last change of the key, back-up or restoring.
    pub care: Loadable<()>,
    /// The last export: its path, or why it failed.
    pub export: Loadable<std::path::PathBuf>,
    /// What the format of the last export could not show as it is.
    pub export_remarks: Vec<String>,
    /// In the order in which they were started.
    pub running: BTreeMap<JobId, Running>,
    pub notices: Vec<Notice>,
    /// Where an event leads; the app takes it and goes there.
    pub go_to: Option<Screen>,
}

impl State {
    /// The issue's detail, if it is loaded.
    pub fn issue(&self, issue: IssueId) -> Option<&IssueState> {
        self.issues.get(&issue)
    }

    /// The provider that is used unless another is chosen; the built-in guide if that one is gone.
    pub fn provider(&self) -> ProviderConfig {
        self.provider_by_id(self.settings.default_provider).cloned().unwrap_or_else(ProviderConfig::guide)
    }

    pub fn provider_by_id(&self, provider: ProviderId) -> Option<&ProviderConfig> {
        self.providers.value()?.iter().find(|one| one.id == provider)
    }

    pub fn notify(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// How far the job in this slot has come, from 0 to 1; `None` where that is not known.
    pub fn running_share(&self, slot: &Slot) -> Option<f32> {
        let running = self.running.values().find(|running| running.slot.as_ref() == Some(slot))?;
        let total = running.total.filter(|total| *total > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "a share of a bar some hundred points wide")]
        let share = running.done as f32 / total as f32;
        Some(share.clamp(0.0, 1.0))
    }

    /// Marks what `slot` is about as loading. The app calls it when it has submitted the request.
    pub fn begin(&mut self, slot: &Slot, job: JobId) {
        if let Some(label) = slot.label() {
            let running = Running { label: label.to_owned(), slot: Some(slot.clone()), done: 0, total: None };
            self.running.insert(job, running);
        }
        match slot {
            Slot::Ollama => self.ollama.start(job),
            Slot::Dashboard => self.dashboard.start(job),
            Slot::Issues => {
                self.issue_questions += 1;
                self.issue_list.start(job);
            }
            Slot::PaletteIssues => self.palette_issues.start(job),
            Slot::NewIssue => self.new_issue.start(job),
            Slot::DomainSuggestion => self.domain_suggestion.start(job),
            Slot::Providers => self.providers.start(job),
            Slot::ProviderSave => self.provider_save.start(job),
            Slot::ProviderTest => {
                self.provider_test = Loadable::Loading { job, previous: Some(ProviderTest::default()) }
            }
            Slot::Models => self.models.start(job),
            Slot::Rules | Slot::RuleSave | Slot::RuleImport | Slot::RuleExport => self.begin_rules(slot, job),
            Slot::Audit => self.audit.start(job),
            Slot::Care => {
                self.care = Loadable::NotAsked;
                self.care.start(job);
            }
            Slot::AuditVerdict => self.audit_verdict.start(job),
            Slot::Doctor => self.doctor.start(job),
            Slot::PublishPlaces
            | Slot::PublishKinds
            | Slot::RemoteSearch
            | Slot::TicketText
            | Slot::PublishPreview
            | Slot::PublishSend => self.publish.begin(slot, job),
            Slot::Export(_) => {
                // What was exported before says nothing of this one, should it be cancelled.
                self.export = Loadable::NotAsked;
                self.export.start(job);
            }
            Slot::Settings => self.settings_sync.begin(),
            Slot::Session
            | Slot::Drafts
            | Slot::Sample
            | Slot::RemoteImport
            | Slot::Tickets(_)
            | Slot::MoreIssues(..)
            | Slot::Import(..)
            | Slot::Lines(..) => {}
            Slot::OllamaStatus
            | Slot::OllamaStart
            | Slot::Machine
            | Slot::OllamaModels
            | Slot::ModelDetails
            | Slot::Pull(_) => self.begin_ollama(slot, job),
            Slot::Integrations | Slot::IntegrationSave(_) | Slot::IntegrationConnect(_) | Slot::IntegrationTest(_) => {
                self.begin_integration(slot, job);
            }
            _ => self.begin_of_issue(slot, job),
        }
    }

    fn begin_rules(&mut self, slot: &Slot, job: JobId) {
        match slot {
            Slot::RuleSave => self.rule_save.start(job),
            Slot::RuleImport => self.rule_import.start(job),
            Slot::RuleExport => self.rule_export.start(job),
            _ => self.rules.start(job),
        }
    }

    fn begin_of_issue(&mut self, slot: &Slot, job: JobId) {
        match slot {
            Slot::Issue(issue) => self.issues.entry(*issue).or_default().detail.start(job),
            Slot::Insight(issue) => self.issues.entry(*issue).or_default().insight.start(job),
            Slot::Findings(issue) => self.issues.entry(*issue).or_default().findings.start(job),
            Slot::MessagePreview(issue) => self.issues.entry(*issue).or_default().preview.start(job),
            Slot::Images(issue) => self.issues.entry(*issue).or_default().images.start(job),
            Slot::Conversation(issue, provider) => self.chat(*issue, *provider).view.start(job),
            Slot::Answer(issue, provider) => {
                let chat = self.chat(*issue, *provider);
                chat.failure = None;
                chat.answering = true;
            }
            Slot::Document(issue, kind) => {
                self.issues.entry(*issue).or_default().documents.entry(*kind).or_default().start(job);
            }
            Slot::DocumentCheck(issue, kind) => {
                self.issues.entry(*issue).or_default().checks.entry(*kind).or_default().start(job);
            }
            Slot::PolishPreview(issue) => self.issues.entry(*issue).or_default().polish_preview.start(job),
            Slot::Polish(issue) => self.issues.entry(*issue).or_default().polished.start(job),
            Slot::DocumentVersion(issue) => self.issues.entry(*issue).or_default().compared.start(job),
            Slot::DocumentSave(issue, document) => {
                self.issues.entry(*issue).or_default().saves.entry(*document).or_default().start(job);
            }
            Slot::LineSearch(log) => {
                if let Some(issue) = self.issue_of_log(*log) {
                    issue.searches.entry(*log).or_default().start(job);
                }
            }
            Slot::RedactionPreview(log) => {
                if let Some(issue) = self.issue_of_log(*log) {
                    issue.redaction_previews.entry(*log).or_default().start(job);
                }
            }
            _ => {}
        }
    }

    /// A number that no list and no page has had.
    pub(super) const fn next_version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// Rules or settings are others than those that findings and previews were made with.
    fn findings_are_stale(&mut self) {
        self.issues.values_mut().for_each(|issue| {
            issue.previews_are_stale();
            if let Some(findings) = issue.findings.value_mut() {
                findings.is_stale = true;
            }
        });
    }

    fn chat(&mut self, issue: IssueId, provider: ProviderId) -> &mut Chat {
        self.issues.entry(issue).or_default().conversations.entry(provider).or_default()
    }

    fn issue_of_log(&mut self, log: crate::domain::LogFileId) -> Option<&mut IssueState> {
        let holds = |state: &&mut IssueState| {
            state.detail.value().is_some_and(|detail| detail.logs.iter().any(|one| one.id == log))
        };
        self.issues.values_mut().find(holds)
    }
}
