//! How events change the state.

use super::{Findings, LinesFound, Loadable, Notice, Phase, RedactionPage, SettingsSync, Slot, State};
use crate::domain::{IssueId, PiiSpan, Status};
use crate::ui::format;
use crate::ui::screen::{IssueTab, Screen};
use crate::worker::{Event, Failure, IssueDetail, SessionInfo, Update};

impl State {
    /// Takes in what happened. `slot` is where the job was asked for, `None` for one that was let go.
    ///
    /// The app passes only updates of jobs that it still knows, so that a late answer cannot overwrite a newer one.
    pub fn apply(&mut self, update: Update, slot: Option<&Slot>) {
        let is_final = update.event.is_final();
        if is_final {
            self.running.remove(&update.job);
        }
        self.apply_event(update, slot);
        if !is_final {
            return;
        }
        if slot == Some(&Slot::ProviderSave) && self.provider_save.is_loading() {
            self.provider_save = Loadable::Ready(());
        }
        if slot == Some(&Slot::RuleSave) && self.rule_save.is_loading() {
            self.rule_save = Loadable::Ready(());
        }
    }

    fn apply_event(&mut self, update: Update, slot: Option<&Slot>) {
        match update.event {
            Event::Progressed { done, total } => {
                if let Some(running) = self.running.get_mut(&update.job) {
                    running.done = done;
                    running.total = total;
                }
            }
            Event::Cancelled => self.cancelled(slot),
            Event::Failed(failure) => self.failed(failure, slot),
            event @ (Event::SessionOpened(_)
            | Event::BackedUp { .. }
            | Event::Restored { .. }
            | Event::SetupNeeded { .. }
            | Event::PassphraseNeeded
            | Event::OllamaDetected(_)
            | Event::DraftsLoaded(_)
            | Event::ProvidersListed(_)
            | Event::TestStepDone { .. }
            | Event::ProviderTested { .. }
            | Event::ModelsListed(_)
            | Event::SettingsSaved(_)
            | Event::AuditListed(_)
            | Event::AuditVerified(_)
            | Event::DoctorReported(_)) => self.apply_session(event),
            event @ (Event::AnswerStarted { .. }
            | Event::AnswerGrew { .. }
            | Event::ReasoningGrew { .. }
            | Event::Retrying { .. }
            | Event::Answered(_)
            | Event::ConversationLoaded(_)
            | Event::MessagePreviewed(_)
            | Event::ImagesLoaded { .. }
            | Event::TextDetected(_)) => self.apply_issue(event, slot),
            event @ (Event::OllamaStatusRead(_)
            | Event::MachineRead(_)
            | Event::OllamaModelsListed(_)
            | Event::OllamaModelShown { .. }
            | Event::PullProgressed { .. }
            | Event::Pulled { .. }) => self.apply_ollama(event, update.job, slot),
            event @ (Event::IntegrationsLoaded(_) | Event::SignInWaits { .. } | Event::IntegrationTested { .. }) => {
                self.apply_integration(event, slot);
            }
            event @ (Event::FindingsLoaded { .. }
            | Event::FindingsChanged { .. }
            | Event::SpanSought { .. }
            | Event::Redetected(_)
            | Event::RedactionPreviewed { .. }
            | Event::RulesListed(_)
            | Event::RulesImported { .. }) => self.apply_review(event),
            Event::IssuesListed { rows, total } => self.issues_listed(rows, total, slot),
            Event::IssueDeleted(issue) => self.issue_deleted(issue),
            Event::IssueRestored(_) => self.list_is_stale(),
            event => self.apply_rest(event, slot),
        }
    }

    fn apply_review(&mut self, event: Event) {
        match event {
            Event::FindingsLoaded { issue, groups, outdated } => {
                let version = self.next_version();
                let state = self.issues.entry(issue).or_default();
                if state.findings.value().is_some() {
                    state.previews_are_stale();
                }
                state.findings = Loadable::Ready(Findings { groups, outdated, version, is_stale: false });
            }
            Event::FindingsChanged { issue, change } => {
                let version = self.next_version();
                let state = self.issues.entry(issue).or_default();
                if let Some(findings) = state.findings.value_mut() {
                    findings.change(&change, version);
                }
                state.previews_are_stale();
            }
            Event::SpanSought { issue, place } => {
                let state = self.issues.entry(issue).or_default();
                state.seeks += 1;
                state.sought = place;
            }
            Event::Redetected(detail) => {
                let issue = detail.issue.id;
                self.issue_loaded(detail, None);
                let findings = self.issues.entry(issue).or_default().findings.value_mut();
                if let Some(findings) = findings {
                    findings.is_stale = true;
                }
            }
            Event::RedactionPreviewed { log, first, before, after } => {
                let version = self.next_version();
                if let Some(issue) = self.issue_of_log(log) {
                    let page = RedactionPage { first, before, after, version, is_stale: false };
                    issue.redaction_previews.insert(log, Loadable::Ready(page));
                }
            }
            Event::RulesListed(rules) => {
                self.rules = Loadable::Ready(rules);
                self.findings_are_stale();
            }
            Event::RulesImported { new, known, rules } => {
                self.rules = Loadable::Ready(rules);
                self.rule_import = Loadable::Ready(());
                self.findings_are_stale();
                let detail = if known == 0 { String::new() } else { format!("{known} were there already") };
                let words = if new == 1 { "1 rule added".to_owned() } else { format!("{new} rules added") };
                self.notify(Notice::ok(words).detail(detail));
            }
            _ => {}
        }
    }

    fn apply_session(&mut self, event: Event) {
        match event {
            Event::SessionOpened(session) => {
                if self.care.is_loading() {
                    self.care = Loadable::Ready(());
                    self.notify(Notice::ok("The key was changed").detail("Everything is encrypted under the new one"));
                }
                self.open_session(session);
            }
            Event::BackedUp { path, bytes, issues } => {
                self.care = Loadable::Ready(());
                let (count, size) = (format::count(issues), format::size(bytes));
                let words = format!("{}: {count} issues, {size}", path.display());
                self.notify(Notice::ok("Backed up").detail(words));
            }
            Event::Restored { session, kept, issues } => {
                self.care = Loadable::Ready(());
                let words = format!("{issues} issues. What was there before is in {}", kept.display());
                self.notify(Notice::ok("Restored").detail(words));
                self.open_session(session);
            }
            Event::SetupNeeded { keychain_available } => {
                self.phase = Phase::Setup { keychain_available, failure: None };
            }
            Event::PassphraseNeeded => self.phase = Phase::Locked { failure: None },
            Event::OllamaDetected(found) => self.ollama = Loadable::Ready(found),
            Event::ProvidersListed(providers) => self.providers = Loadable::Ready(providers),
            Event::TestStepDone { step, result } => {
                if let Some(test) = self.provider_test.value_mut() {
                    test.steps.push((step, result));
                }
            }
            Event::ProviderTested { ok } => {
                let mut test = self.provider_test.value().cloned().unwrap_or_default();
                test.ok = Some(ok);
                self.provider_test = Loadable::Ready(test);
            }
            Event::ModelsListed(models) => self.models = Loadable::Ready(models),
            Event::SettingsSaved(settings) => self.settings_saved(*settings),
            Event::AuditListed(entries) => self.audit = Loadable::Ready(entries),
            Event::AuditVerified(verdict) => self.audit_verdict = Loadable::Ready(verdict),
            Event::DoctorReported(items) => self.doctor = Loadable::Ready(items),
            _ => {}
        }
    }

    fn open_session(&mut self, session: Box<SessionInfo>) {
        self.phase = if session.settings.disclaimer_accepted { Phase::Ready } else { Phase::Welcome };
        self.settings = session.settings.clone();
        self.settings_sync = SettingsSync::new(session.settings.clone());
        self.providers = Loadable::Ready(session.providers.clone());
        self.session = Some(session);
    }

    fn apply_issue(&mut self, event: Event, slot: Option<&Slot>) {
        match (event, slot) {
            (Event::ConversationLoaded(view), _) => {
                let chat = self.chat(view.issue, view.provider);
                chat.view = Loadable::Ready(view);
            }
            (Event::AnswerStarted { question, answer }, Some(Slot::Answer(issue, provider))) => {
                self.chat(*issue, *provider).start(question.map(|question| *question), *answer);
            }
            (Event::AnswerGrew { message, delta }, Some(Slot::Answer(issue, provider))) => {
                self.chat(*issue, *provider).grow(message, delta.expose());
            }
            (Event::ReasoningGrew { message, delta }, Some(Slot::Answer(issue, provider))) => {
                self.chat(*issue, *provider).reason(message, delta.expose());
            }
            (Event::Retrying { attempt, wait_ms, reason }, Some(Slot::Answer(issue, provider))) => {
                self.chat(*issue, *provider).retrying = Some((attempt, wait_ms, reason));
            }
            (Event::Answered(message), Some(Slot::Answer(issue, provider))) => {
                let chat = self.chat(*issue, *provider);
                chat.answering = false;
                chat.retrying = None;
                chat.put(*message);
            }
            (Event::MessagePreviewed(preview), Some(Slot::MessagePreview(issue))) => {
                let state = self.issues.entry(*issue).or_default();
                state.preview = Loadable::Ready(preview);
                state.previews += 1;
            }
            (Event::ImagesLoaded { issue, images }, _) => {
                self.issues.entry(issue).or_default().images = Loadable::Ready(images);
            }
            (Event::TextDetected(spans), Some(Slot::DraftCheck(key))) => self.draft_checked(key, Ok(spans)),
            (Event::MessagePreviewed(preview), Some(Slot::PolishPreview(issue))) => {
                self.issues.entry(*issue).or_default().polish_preview = Loadable::Ready(preview);
            }
            _ => {}
        }
    }

    fn apply_document(&mut self, event: Event, slot: &Slot) {
        match (event, slot) {
            (Event::SectionPolished(text), Slot::Polish(issue)) => {
                self.issues.entry(*issue).or_default().polished = Loadable::Ready(text);
            }
            (Event::DocumentSaved, Slot::DocumentSave(issue, document)) => {
                self.issues.entry(*issue).or_default().saves.insert(*document, Loadable::Ready(()));
            }
            (Event::DocumentConflicts(conflicts), Slot::Document(issue, kind)) => {
                let state = self.issues.entry(*issue).or_default();
                state.documents.entry(*kind).or_default().cancel();
                state.conflicts.insert(*kind, conflicts);
            }
            (Event::DocumentChecked { findings, .. }, Slot::DocumentCheck(issue, kind)) => {
                self.issues.entry(*issue).or_default().checks.insert(*kind, Loadable::Ready(findings));
            }
            (Event::DocumentVersionLoaded(document), Slot::DocumentVersion(issue)) => {
                self.issues.entry(*issue).or_default().compared = Loadable::Ready(document);
            }
            (Event::DocumentLoaded(view), Slot::Document(issue, kind)) => {
                self.issues.entry(*issue).or_default().conflicts.remove(kind);
                self.issues.entry(*issue).or_default().documents.insert(*kind, Loadable::Ready(view));
            }
            (event, slot) => self.apply_publish(event, Some(slot)),
        }
    }

    pub(super) fn draft_checked(&mut self, key: &str, result: Result<Vec<PiiSpan>, Failure>) {
        let check = self.draft_checks.entry(key.to_owned()).or_default();
        check.arrived += 1;
        match result {
            Ok(spans) => (check.spans, check.failure) = (spans, None),
            Err(failure) => check.failure = Some(failure),
        }
    }

    fn apply_rest(&mut self, event: Event, slot: Option<&Slot>) {
        match event {
            Event::DashboardLoaded(dashboard) => self.dashboard = Loadable::Ready(dashboard),
            Event::IssueLoaded(detail) => self.issue_loaded(detail, slot),
            Event::DomainSuggested(domain) => self.domain_suggestion = Loadable::Ready(domain),
            Event::LinesRead { log, first, lines } => self.lines.insert(log, first, lines),
            Event::LinesFound { log, numbers, truncated } => {
                if let Some(issue) = self.issue_of_log(log) {
                    issue.searches.insert(log, Loadable::Ready(LinesFound { numbers, truncated }));
                }
            }
            Event::InsightLoaded { issue, insight } => {
                self.issues.entry(issue).or_default().insight = Loadable::Ready(insight);
            }
            Event::Exported { path, .. } if slot == Some(&Slot::RuleExport) => {
                self.notify(Notice::ok("Rules exported").detail(path.display().to_string()));
                self.rule_export = Loadable::Ready(path);
            }
            Event::Exported { path, remarks } => {
                self.notify(Notice::ok("Exported").detail(path.display().to_string()));
                self.export_remarks = remarks;
                self.export = Loadable::Ready(path);
            }
            event => match slot {
                Some(slot) => self.apply_document(event, slot),
                None => self.apply_publish(event, None),
            },
        }
    }

    pub(super) fn issue_loaded(&mut self, detail: Box<IssueDetail>, slot: Option<&Slot>) {
        let id = detail.issue.id;
        if slot == Some(&Slot::NewIssue) {
            self.new_issue = Loadable::Ready(id);
        }
        if matches!(slot, Some(Slot::NewIssue | Slot::Sample | Slot::RemoteImport)) {
            self.list_is_stale();
            self.go_to = Some(Screen::Issue(id, IssueTab::default()));
        }
        let state = self.issues.entry(id).or_default();
        let logs = |detail: &IssueDetail| detail.logs.iter().map(|log| log.id).collect::<Vec<_>>();
        let logs_changed = state.detail.value().is_some_and(|known| logs(known) != logs(&detail));
        if logs_changed {
            state.insight = Loadable::NotAsked;
            state.findings = Loadable::NotAsked;
        }
        state.take_detail(detail);
        self.refresh_summaries(id);
    }

    /// Keeps the rail and the lists in step with an issue that has just changed.
    fn refresh_summaries(&mut self, id: IssueId) {
        let Some(issue) = self.issues.get(&id).and_then(|state| state.detail.value()).map(|detail| &detail.issue)
        else {
            return;
        };
        let dashboard =
            self.dashboard.value_mut().into_iter().flat_map(|board| board.latest.iter_mut().chain(&mut board.open));
        let listed = self.issue_list.value_mut().into_iter().flat_map(super::IssueList::rows_mut);
        for row in dashboard.chain(listed).filter(|row| row.id == id) {
            row.title.clone_from(&issue.title);
            row.severity = issue.severity;
            row.status = issue.status;
            row.domain = issue.domain;
            row.updated_at = issue.updated_at;
            row.resolved_at = issue.resolved_at;
        }
        if let Some(board) = self.dashboard.value_mut() {
            board.open.retain(|row| Status::is_open(row.status));
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
