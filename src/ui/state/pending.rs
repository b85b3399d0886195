//! What becomes of what was being loaded when its job was cancelled or has failed.

use super::{Loadable, Notice, Phase, Slot, State};
use crate::worker::{Failure, FailureKind};

impl State {
    pub(super) fn cancelled(&mut self, slot: Option<&Slot>) {
        let Some(slot) = slot else { return };
        match slot {
            Slot::Answer(issue, provider) => {
                let chat = self.chat(*issue, *provider);
                chat.answering = false;
                chat.retrying = None;
            }
            Slot::ProviderTest => self.provider_test = Loadable::NotAsked,
            Slot::Pull(model) => self.pull_stopped(model),
            _ => self.each_loading(slot, &mut |target| target.cancel()),
        }
    }

    pub(super) fn failed(&mut self, failure: Failure, slot: Option<&Slot>) {
        tracing::warn!(kind = ?failure.kind, details = %failure.details, "a job failed");
        match slot {
            Some(Slot::Session) => self.session_failed(failure),
            Some(Slot::Answer(issue, provider)) => {
                let chat = self.chat(*issue, *provider);
                chat.answering = false;
                chat.retrying = None;
                chat.failure = Some(failure);
            }
            Some(Slot::Settings) => {
                self.settings_refused();
                self.notify(Notice::failure(&failure));
            }
            Some(
                Slot::Sample
                | Slot::MoreIssues(..)
                | Slot::Import(..)
                | Slot::Lines(..)
                | Slot::SpanSeek(_)
                | Slot::Redetect(_)
                | Slot::RemoteImport
                | Slot::Tickets(_),
            )
            | None => {
                self.notify(Notice::failure(&failure));
            }
            Some(Slot::Pull(model)) => self.pull_failed(model, failure),
            Some(Slot::DraftCheck(key)) => self.draft_checked(key, Err(failure)),
            // Nobody waits for it: the form stays as it is.
            Some(Slot::Drafts) => {}
            Some(slot) => self.each_loading(slot, &mut |target| target.fail(&failure)),
        }
    }

    pub(super) fn session_failed(&mut self, failure: Failure) {
        match &mut self.phase {
            Phase::Setup { failure: slot, .. } | Phase::Locked { failure: slot } => *slot = Some(failure),
            Phase::Starting | Phase::Welcome | Phase::Ready | Phase::Broken(_) => {
                self.phase = match failure.kind {
                    FailureKind::WrongKey | FailureKind::Locked => Phase::Locked { failure: Some(failure) },
                    _ => Phase::Broken(failure),
                };
            }
        }
    }

    fn ollama_page_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        let page = &mut self.ollama_page;
        match slot {
            Slot::OllamaStatus => change(&mut page.status),
            Slot::OllamaStart => change(&mut page.start),
            Slot::Machine => change(&mut page.machine),
            Slot::OllamaModels => change(&mut page.models),
            Slot::ModelDetails => change(&mut page.details),
            _ => {}
        }
    }

    fn rules_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        match slot {
            Slot::Rules => change(&mut self.rules),
            Slot::RuleSave => change(&mut self.rule_save),
            Slot::RuleImport => change(&mut self.rule_import),
            Slot::RuleExport => change(&mut self.rule_export),
            _ => {}
        }
    }

    fn integrations_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        let page = &mut self.integrations;
        page.is_stale |= matches!(slot, Slot::IntegrationConnect(_) | Slot::IntegrationTest(_));
        match slot {
            Slot::Integrations => change(&mut page.all),
            Slot::IntegrationSave(service) => change(&mut page.card_mut(*service).save),
            Slot::IntegrationConnect(service) => change(&mut page.card_mut(*service).connect),
            Slot::IntegrationTest(service) => change(&mut page.card_mut(*service).test),
            _ => {}
        }
    }

    fn publish_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        let page = &mut self.publish;
        match slot {
            Slot::PublishPlaces => change(&mut page.places),
            Slot::PublishKinds => change(&mut page.kinds),
            Slot::RemoteSearch => change(&mut page.found),
            Slot::TicketText => change(&mut page.ticket_text),
            Slot::PublishPreview => change(&mut page.preview),
            Slot::PublishSend => change(&mut page.sent),
            _ => {}
        }
    }

    fn issue_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        match slot {
            Slot::Issue(issue) => change(&mut self.issues.entry(*issue).or_default().detail),
            Slot::Insight(issue) => change(&mut self.issues.entry(*issue).or_default().insight),
            Slot::Findings(issue) => change(&mut self.issues.entry(*issue).or_default().findings),
            Slot::MessagePreview(issue) => change(&mut self.issues.entry(*issue).or_default().preview),
            Slot::Conversation(issue, provider) => change(&mut self.chat(*issue, *provider).view),
            Slot::Document(issue, kind) => {
                change(self.issues.entry(*issue).or_default().documents.entry(*kind).or_default());
            }
            Slot::DocumentCheck(issue, kind) => {
                change(self.issues.entry(*issue).or_default().checks.entry(*kind).or_default());
            }
            Slot::PolishPreview(issue) => change(&mut self.issues.entry(*issue).or_default().polish_preview),
            Slot::Polish(issue) => change(&mut self.issues.entry(*issue).or_default().polished),
            Slot::DocumentVersion(issue) => change(&mut self.issues.entry(*issue).or_default().compared),
            Slot::DocumentSave(issue, document) => {
                change(self.issues.entry(*issue).or_default().saves.entry(*document).or_default());
            }
            Slot::LineSearch(log) => {
                let found = self.issue_of_log(*log).and_then(|issue| issue.searches.get_mut(log));
                if let Some(target) = found {
                    change(target);
                }
            }
            Slot::RedactionPreview(log) => {
                let page = self.issue_of_log(*log).and_then(|issue| issue.redaction_previews.get_mut(log));
                if let Some(target) = page {
                    change(target);
                }
            }
            Slot::Images(issue) => change(&mut self.issues.entry(*issue).or_default().images),
            _ => {}
        }
    }

    /// Hands what `slot` fills to `change`.
    fn each_loading(&mut self, slot: &Slot, change: &mut dyn FnMut(&mut dyn Pending)) {
        match slot {
            Slot::Ollama => change(&mut self.ollama),
            Slot::OllamaStatus | Slot::OllamaStart | Slot::Machine | Slot::OllamaModels | Slot::ModelDetails => {
                self.ollama_page_loading(slot, change);
            }
            Slot::Integrations | Slot::IntegrationSave(_) | Slot::IntegrationConnect(_) | Slot::IntegrationTest(_) => {
                self.integrations_loading(slot, change);
            }
            Slot::Dashboard => change(&mut self.dashboard),
            Slot::Issues => change(&mut self.issue_list),
            Slot::NewIssue => change(&mut self.new_issue),
            Slot::PaletteIssues => change(&mut self.palette_issues),
            Slot::ProviderSave => change(&mut self.provider_save),
            Slot::DomainSuggestion => change(&mut self.domain_suggestion),
            Slot::Providers => change(&mut self.providers),
            Slot::ProviderTest => change(&mut self.provider_test),
            Slot::Models => change(&mut self.models),
            Slot::Rules | Slot::RuleSave | Slot::RuleImport | Slot::RuleExport => self.rules_loading(slot, change),
            Slot::Audit => change(&mut self.audit),
            Slot::AuditVerdict => change(&mut self.audit_verdict),
            Slot::Doctor => change(&mut self.doctor),
            Slot::PublishPlaces
            | Slot::PublishKinds
            | Slot::RemoteSearch
            | Slot::TicketText
            | Slot::PublishPreview
            | Slot::PublishSend => self.publish_loading(slot, change),
            Slot::Care => change(&mut self.care),
            Slot::Export(_) => change(&mut self.export),
            Slot::Issue(_)
            | Slot::Insight(_)
            | Slot::Findings(_)
            | Slot::MessagePreview(_)
            | Slot::Conversation(..)
            | Slot::Document(..)
            | Slot::DocumentCheck(..)
            | Slot::DocumentVersion(_)
            | Slot::PolishPreview(_)
            | Slot::Polish(_)
            | Slot::DocumentSave(..)
            | Slot::LineSearch(_)
            | Slot::RedactionPreview(_)
            | Slot::Images(_) => self.issue_loading(slot, change),
            Slot::Session
            | Slot::Drafts
            | Slot::DraftCheck(_)
            | Slot::RemoteImport
            | Slot::Tickets(_)
            | Slot::Settings
            | Slot::Sample
            | Slot::MoreIssues(..)
            | Slot::Import(..)
            | Slot::Lines(..)
            | Slot::Pull(_)
            | Slot::SpanSeek(_)
            | Slot::Redetect(_)
            | Slot::Answer(..) => {}
        }
    }
}

/// A `Loadable` of whatever type.
trait Pending {
    fn cancel(&mut self);
    fn fail(&mut self, failure: &Failure);
}

impl<T> Pending for Loadable<T> {
    fn cancel(&mut self) {
        Self::cancel(self);
    }

    fn fail(&mut self, failure: &Failure) {
        Self::fail(self, failure.clone());
    }
}
