//! One issue: its header, its tabs, and what is chosen in them.
mod chat_text;
mod header;
mod links;
mod logs;
mod publish;
mod rca;
mod redaction;
mod resolution;
mod timeline;
mod triage;
mod when;
mod why_row;

pub use self::links::FocusLines;

use self::header::Header;
use self::logs::LogsTab;
use self::rca::DocumentTab;
use self::redaction::RedactionTab;
use self::resolution::ResolutionTab;
use self::timeline::TimelineTab;
use self::triage::TriageTab;
use super::View;
use crate::domain::{DocumentKind, IssueId, LogState, WhyState};
use crate::ui::context::ViewContext;
use crate::ui::drafts::provider_of;
use crate::ui::icons;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::{IssueState, Slot};
use crate::ui::widgets::{Pressed, error_panel, pill_tab, skeleton};
use crate::worker::{Command, IssueCommand, IssueDetail};
use egui::Ui;

/// One issue. Drafts and selections of the issue that is shown; another issue begins anew.
#[derive(Debug)]
pub struct IssueView {
    shown: Option<IssueId>,
    header: Header,
    logs: LogsTab,
    redaction: RedactionTab,
    triage: TriageTab,
    resolution: ResolutionTab,
    rca: DocumentTab,
    post_mortem: DocumentTab,
    timeline: TimelineTab,
}

impl Default for IssueView {
    fn default() -> Self {
        Self {
            shown: None,
            header: Header::default(),
            logs: LogsTab::default(),
            redaction: RedactionTab::default(),
            triage: TriageTab::default(),
            resolution: ResolutionTab::default(),
            rca: DocumentTab::new(DocumentKind::Rca),
            post_mortem: DocumentTab::new(DocumentKind::PostMortem),
            timeline: TimelineTab::default(),
        }
    }
}

impl IssueView {
    /// Shows these lines the next time the Logs tab is drawn.
    pub fn focus_lines(&mut self, lines: FocusLines) {
        self.logs.focus(lines);
    }

    fn begin_issue(&mut self, issue: IssueId) {
        if self.shown != Some(issue) {
            *self = Self { shown: Some(issue), ..Self::default() };
        }
    }
}

impl View for IssueView {
    fn title(&self) -> &'static str {
        "Issue"
    }

    fn icon(&self) -> char {
        icons::LAYERS
    }

    fn has_own_header(&self) -> bool {
        true
    }

    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let Some(issue) = cx.screen.issue() else { return };
        self.begin_issue(issue);
        if let Some(detail) = cx.state.issue(issue).and_then(|state| state.detail.value()) {
            self.choose_provider_ui(ui, cx, detail);
        }
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let Screen::Issue(issue, tab) = cx.screen else { return };
        self.begin_issue(issue);
        let load = || Command::Issue(IssueCommand::Load(issue));
        let state = cx.state.issue(issue);
        if state.is_none_or(|state| state.detail.is_unasked()) {
            cx.submit(Slot::Issue(issue), load());
        }
        let Some(state) = state else { return skeleton(ui, cx.tokens, 8) };
        if let Some(failure) = state.detail.failure() {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Issue(issue), load()),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(detail) = state.detail.value() else { return skeleton(ui, cx.tokens, 8) };
        if let Some(tab) = tabs_ui(ui, cx, (state, detail), tab) {
            cx.open(Screen::Issue(issue, tab));
        }
        ui.add_space(10.0);
        ui.push_id((issue, tab), |ui| self.tab_ui(ui, cx, (state, detail), tab));
    }
}

impl IssueView {
    /// The head; the provider that is chosen in it stays with the issue.
    fn choose_provider_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let key = provider_of(detail.issue.id);
        let provider = &mut self.triage.provider;
        *provider = provider.or_else(|| cx.draft(&key).parse().ok());
        self.header.ui(ui, cx, detail, provider);
        if let Some(chosen) = provider.map(|id| id.to_string()) {
            *cx.draft(&key) = chosen;
        }
    }

    fn tab_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        tab: IssueTab,
    ) {
        let leads_to = match tab {
            IssueTab::Logs => {
                self.logs.ui(ui, cx, state, detail);
                None
            }
            IssueTab::Redaction => {
                self.redaction.ui(ui, cx, state, detail);
                None
            }
            IssueTab::Triage => self.triage.ui(ui, cx, state, detail),
            IssueTab::Resolution => self.resolution.ui(ui, cx, detail),
            IssueTab::Document(DocumentKind::PostMortem) => {
                self.post_mortem.ui(ui, cx, state, detail);
                if let Some(kind) = self.post_mortem.publishes.take() {
                    self.header.publish.open_page(cx, detail, kind);
                }
                None
            }
            IssueTab::Document(DocumentKind::Rca) => {
                self.rca.ui(ui, cx, state, detail);
                if let Some(kind) = self.rca.publishes.take() {
                    self.header.publish.open_page(cx, detail, kind);
                }
                None
            }
            IssueTab::Timeline => self.timeline.ui(ui, cx, detail),
        };
        if let Some(lines) = leads_to {
            self.logs.focus(lines);
            cx.open(Screen::Issue(detail.issue.id, IssueTab::Logs));
        }
    }
}

/// The strip of tabs. Returns the one that was chosen now.
fn tabs_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    (state, detail): (&IssueState, &IssueDetail),
    chosen: IssueTab,
) -> Option<IssueTab> {
    let mut opened = None;
    let response = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (tab, number) in IssueTab::ALL.into_iter().zip(1_u8..) {
            let (count, dot) = tab_marks(state, detail, tab);
            let keys = crate::ui::command::UiCommand::Tab(number - 1).shortcut_text(ui.ctx());
            let response = pill_tab(ui, cx.tokens, (tab.title(), tab == chosen), count, dot);
            if response.on_hover_text(keys).clicked() {
                opened = Some(tab);
            }
        }
    });
    let rect = response.response.rect;
    ui.painter().hline(ui.max_rect().x_range(), rect.bottom() + 0.5, (1.0, cx.tokens.border));
    opened.filter(|tab| *tab != chosen)
}

/// The count of a tab, and whether something in it waits for the user.
fn tab_marks(state: &IssueState, detail: &IssueDetail, tab: IssueTab) -> (Option<u64>, bool) {
    let count = |number: usize| Some(number as u64);
    match tab {
        IssueTab::Logs => {
            let lost = detail.logs.iter().any(|log| log.state != LogState::Ready);
            (count(detail.logs.len()), lost)
        }
        IssueTab::Redaction => {
            let groups = state.findings.value().map(|findings| findings.groups.len());
            (groups.and_then(count), false)
        }
        IssueTab::Triage => {
            let chats = || state.conversations.values();
            let waits = chats().any(|chat| {
                let messages = chat.view.value().map_or(&[][..], |view| view.messages.as_slice());
                chat.failure.is_some() || messages.last().is_some_and(|message| !message.proposals.is_empty())
            });
            (None, waits)
        }
        IssueTab::Resolution => {
            let proposed = detail.whys.all().iter().any(|why| why.state == WhyState::Proposed);
            (count(detail.whys.all().len()), proposed)
        }
        IssueTab::Document(kind) => {
            (count(detail.documents.iter().filter(|document| document.kind == kind).count()), false)
        }
        IssueTab::Timeline => (count(detail.timeline.len()), false),
    }
}

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod publish_tests;
#[cfg(test)]
mod redaction_tests;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod tests;
