//! The Triage tab: the chat, what it proposes, what would be sent, and the why tree beside it.
mod composer;
mod images;
mod message;
mod messages;
mod outgoing;
mod proposal;
mod sending;
mod whys;

pub(super) use self::outgoing::{Outgoing, Verdict};

use self::composer::Composer;
use self::images::Pictures;
use self::messages::{Asked, Messages};
use self::sending::Sending;
use self::whys::WhyPanel;
use super::FocusLines;
use crate::domain::{IssueId, MessageId, Placeholder, ProviderConfig, ProviderId, Unredacted};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::state::{Chat, IssueState, Slot};
use crate::ui::theme::space;
use crate::ui::widgets::{Kind, Pressed, button, error_panel, skeleton, toggle};
use crate::worker::{Command, FailureKind, IssueCommand, IssueDetail, TriageCommand, Turn};
use egui::{Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, Ui};

/// Below this width the why tree folds into a toggle.
const WIDE: f32 = 860.0;

/// The draft of the chat of an issue.
pub(super) fn draft_key(issue: IssueId) -> String {
    format!("chat/{issue}")
}

/// What is chosen in the Triage tab.
#[derive(Debug, Default)]
pub(super) struct TriageTab {
    /// The provider chosen for this issue; else the default one.
    pub(super) provider: Option<ProviderId>,
    messages: Messages,
    composer: Composer,
    sending: Sending,
    pictures: Pictures,
    whys: WhyPanel,
    /// `None` follows the width.
    shows_whys: Option<bool>,
    was_answering: bool,
    /// How many previews had come when the issue was loaded last: each may have given out placeholders.
    previews: u64,
}

/// What all parts of the tab look at.
pub(super) struct Scene<'a> {
    pub(super) state: &'a IssueState,
    pub(super) detail: &'a IssueDetail,
    pub(super) provider: ProviderConfig,
    pub(super) chat: Option<&'a Chat>,
}

impl Scene<'_> {
    pub(super) fn issue(&self) -> IssueId {
        self.detail.issue.id
    }

    pub(super) fn is_answering(&self) -> bool {
        self.chat.is_some_and(|chat| chat.answering)
    }

    pub(super) fn answer_slot(&self) -> Slot {
        Slot::Answer(self.issue(), self.provider.id)
    }

    /// The value that a placeholder stands for in this issue.
    pub(super) fn value(&self, placeholder: Placeholder) -> Option<String> {
        self.detail.vault.value(placeholder).map(|value| value.expose().to_owned())
    }

    /// Whether this provider gets texts as they are.
    pub(super) fn is_unredacted(&self, cx: &ViewContext<'_>) -> bool {
        cx.state.settings.unredacted_for(&self.provider).is_some()
    }

    fn last_message(&self) -> Option<MessageId> {
        let view = self.chat?.view.value()?;
        view.messages.last().map(|message| message.id)
    }
}

impl TriageTab {
    /// Returns lines that were asked for.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IssueState,
        detail: &IssueDetail,
    ) -> Option<FocusLines> {
        let chosen = self.provider.and_then(|id| cx.state.provider_by_id(id)).cloned();
        let provider = chosen.unwrap_or_else(|| cx.state.provider());
        let chat = state.conversations.get(&provider.id);
        let scene = Scene { state, detail, provider, chat };
        self.load(cx, &scene);
        self.sending.ui(ui, cx, &scene, &mut self.pictures);
        Pictures::take(ui, cx, &scene);
        if scene.is_answering() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            cx.cancel(scene.answer_slot());
        }
        let is_wide = ui.available_width() >= WIDE;
        let mut shows_whys = self.shows_whys.unwrap_or(is_wide);
        self.bar_ui(ui, cx, &mut shows_whys, is_wide);
        let mut lines = None;
        if shows_whys {
            let width = if is_wide { 320.0 } else { 260.0 };
            let frame = Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO });
            let panel = Panel::right("why tree").exact_size(width).resizable(false).frame(frame);
            lines = panel.show(ui, |ui| self.whys.ui(ui, cx, &scene, self.messages.shows_values)).inner;
        }
        let margin = Margin { right: if shows_whys { 16 } else { 0 }, ..Margin::ZERO };
        let frame = Frame::new().inner_margin(margin);
        let bottom = Panel::bottom("composer").resizable(false).show_separator_line(false).frame(frame);
        let wish = bottom.show(ui, |ui| self.composer.ui(ui, cx, &scene, (&self.sending, &mut self.pictures))).inner;
        if let Some(wish) = wish {
            self.sending.ask(cx, &scene, wish);
        }
        let chat = CentralPanel::default().frame(frame).show(ui, |ui| self.chat_ui(ui, cx, &scene));
        lines.or(chat.inner)
    }

    /// Loads the chat, and again once an answer has ended: how it ended is in the store.
    fn load(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        let (issue, provider) = (scene.issue(), scene.provider.id);
        let ended = self.was_answering && !scene.is_answering();
        self.was_answering = scene.is_answering();
        self.pictures.load(cx, scene);
        if self.previews != scene.state.previews {
            self.previews = scene.state.previews;
            cx.submit(Slot::Issue(issue), Command::Issue(IssueCommand::Load(issue)));
        }
        let is_unasked = scene.chat.is_none_or(|chat| chat.view.is_unasked());
        if is_unasked || ended || self.messages.wants_reload(scene, cx) {
            let load = TriageCommand::LoadConversation { issue, provider };
            cx.submit(Slot::Conversation(issue, provider), Command::Triage(load));
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, shows_whys: &mut bool, is_wide: bool) {
        ui.horizontal(|ui| {
            toggle(ui, cx.tokens, icons::EYE, "Show real values", &mut self.messages.shows_values);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if toggle(ui, cx.tokens, icons::TREE, "Why tree", shows_whys) {
                    self.shows_whys = Some(*shows_whys).filter(|shows| *shows != is_wide);
                }
            });
        });
        ui.add_space(space::XS);
    }

    fn chat_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) -> Option<FocusLines> {
        let Some(chat) = scene.chat else {
            skeleton(ui, cx.tokens, 4);
            return None;
        };
        if let Some(failure) = chat.view.failure() {
            let load = TriageCommand::LoadConversation { issue: scene.issue(), provider: scene.provider.id };
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => {
                    cx.submit(Slot::Conversation(scene.issue(), scene.provider.id), Command::Triage(load));
                }
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(view) = chat.view.value() else {
            skeleton(ui, cx.tokens, 4);
            return None;
        };
        let (lines, asked) = self.messages.ui(ui, cx, scene, (chat, view, &mut self.pictures));
        match asked {
            Some(Asked::Edit(message)) => {
                let text = view.messages.iter().find(|one| one.id == message).map(|one| one.text.expose().to_owned());
                self.composer.edit(cx, scene, message, text.unwrap_or_default());
            }
            Some(Asked::Regenerate) => {
                self.sending.ask(cx, scene, sending::Wish::new(Turn::Regenerate, String::new()));
            }
            Some(Asked::Continue) => {
                self.sending.ask(cx, scene, sending::Wish::new(Turn::Continue, String::new()));
            }
            Some(Asked::Retry) => self.sending.retry(cx, scene),
            Some(Asked::Guide) => self.ask_guide(cx, scene.issue()),
            None => {}
        }
        lines
    }

    /// The guide goes on with the same conversation.
    fn ask_guide(&mut self, cx: &mut ViewContext<'_>, issue: IssueId) {
        self.provider = Some(ProviderId::GUIDE);
        let ask = TriageCommand::AskGuide { issue, draft: Unredacted::default() };
        cx.submit(Slot::Answer(issue, ProviderId::GUIDE), Command::Triage(ask));
    }
}

/// Why the last question was not answered, and what can be done about it. Returns whether to ask again.
fn failure_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, failure: &crate::worker::Failure) -> bool {
    let pressed = error_panel(ui, cx.tokens, failure);
    if pressed == Pressed::CopyDetails {
        cx.copy(failure.details.clone());
    }
    let page = match failure.kind {
        FailureKind::ProviderSettings => Some(SettingsPage::Providers),
        FailureKind::IntegrationSettings => Some(SettingsPage::Integrations),
        FailureKind::OllamaNotRunning => Some(SettingsPage::Ollama),
        FailureKind::Network | FailureKind::Offline => Some(SettingsPage::Network),
        FailureKind::RefusedByGate => Some(SettingsPage::Privacy),
        FailureKind::Other
        | FailureKind::Locked
        | FailureKind::WrongKey
        | FailureKind::FileExists
        | FailureKind::AlreadyRunning
        | FailureKind::NoSpace
        | FailureKind::Rule => None,
    };
    let words = if page == Some(SettingsPage::Ollama) { "Open Ollama" } else { "Open settings" };
    if let Some(page) = page
        && button(ui, cx.tokens, Kind::Secondary, Some(icons::SETTINGS), words).clicked()
    {
        cx.open(Screen::Settings(page));
    }
    pressed == Pressed::Retry
}
