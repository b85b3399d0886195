//! From a draft to an answer: preview, review, send.

use super::Scene;
use super::images::{self, Consent, Pictures};
use super::outgoing::{self, Verdict};
use crate::domain::{ProviderId, Role};
use crate::privacy::Confirmation;
use crate::ui::context::ViewContext;
use crate::ui::state::Slot;
use crate::ui::widgets::{Pressed, dialog, error_panel};
use crate::worker::{Command, OutgoingPreview, ShownImage, TriageCommand, Turn};
use egui::Ui;

/// What is to be sent.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    turn: Turn,
    draft: String,
    /// Whether the user wants to see it whatever the settings say.
    reviews: bool,
}

impl Wish {
    pub(super) const fn new(turn: Turn, draft: String) -> Self {
        Self { turn, draft, reviews: false }
    }

    pub(super) const fn review(turn: Turn, draft: String) -> Self {
        Self { turn, draft, reviews: true }
    }
}

/// What was asked for, and the number of previews that had come before.
#[derive(Clone, Debug)]
struct Waiting {
    wish: Wish,
    provider: ProviderId,
    previews: u64,
}

/// From a draft to an answer.
#[derive(Debug, Default)]
pub(super) struct Sending {
    waiting: Option<Waiting>,
    /// What was sent last, to ask again, and to give back what was typed if it was never stored.
    sent: Option<Wish>,
    in_flight: bool,
    /// A message whose images wait for the user's word, and whether the dialog has been drawn.
    asks: Option<(Wish, bool)>,
    outgoing: outgoing::Outgoing,
}

impl Sending {
    /// Whether a preview is being made or looked at.
    pub(super) const fn is_waiting(&self) -> bool {
        self.waiting.is_some() || self.asks.is_some()
    }

    /// Whether the worker is redacting, or has.
    pub(super) const fn is_redacting(&self) -> bool {
        self.waiting.is_some()
    }

    /// What the last preview said of this draft, if it was made of it.
    pub(super) fn known<'a>(&self, scene: &'a Scene<'_>, draft: &str) -> Option<&'a OutgoingPreview> {
        let of_this = self.waiting.as_ref().is_some_and(|waiting| waiting.wish.draft == draft);
        scene.state.preview.value().filter(|_| of_this).map(|preview| &**preview)
    }

    /// Begins: the guide is asked at once, since nothing leaves this machine; anybody else gets a preview first.
    pub(super) fn ask(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, wish: Wish) {
        let issue = scene.issue();
        if scene.provider.is_guide() {
            let draft = wish.draft.as_str().into();
            cx.submit(scene.answer_slot(), Command::Triage(TriageCommand::AskGuide { issue, draft }));
            self.sent(cx, scene, wish);
            return;
        }
        // Each sending of an image needs the user's word, whatever was said before.
        if images_of(scene, wish.turn).is_empty() {
            self.preview(cx, scene, wish, Vec::new());
        } else {
            self.asks = Some((wish, false));
        }
    }

    fn preview(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, wish: Wish, images: Vec<Confirmation>) {
        let (issue, provider) = (scene.issue(), scene.provider.id);
        let draft = wish.draft.as_str().into();
        let preview = TriageCommand::Preview { issue, provider, draft, turn: wish.turn, images };
        cx.submit(Slot::MessagePreview(issue), Command::Triage(preview));
        self.waiting = Some(Waiting { wish, provider, previews: scene.state.previews });
    }

    /// Asks for the user's word on the images that would go along.
    fn consent_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, pictures: &mut Pictures) {
        let Some((wish, was_drawn)) = &mut self.asks else { return };
        let host = scene.provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default();
        let images = images_of(scene, wish.turn);
        let is_first = !std::mem::replace(was_drawn, true);
        match pictures.consent_ui(ui, cx.tokens, (&images, &host), is_first) {
            Consent::Open => {}
            Consent::Refused => self.asks = None,
            Consent::Given => {
                let given =
                    images.iter().map(|image| Confirmation::new(image.id, image.sha256.as_str(), host.as_str()));
                let given = given.collect();
                let Some((wish, _)) = self.asks.take() else { return };
                self.preview(cx, scene, wish, given);
            }
        }
    }

    /// Asks again what was not answered.
    pub(super) fn retry(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        let again = self.sent.clone().unwrap_or_else(|| Wish::new(Turn::Regenerate, String::new()));
        // A question that is stored already is not asked twice.
        let wish = if self.in_flight { again } else { Wish::new(Turn::Regenerate, String::new()) };
        self.ask(cx, scene, wish);
    }

    /// Follows what was asked for; draws what will be sent when it must be looked at.
    pub(super) fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, pictures: &mut Pictures) {
        self.give_back(cx, scene);
        self.consent_ui(ui, cx, scene, pictures);
        let Some(waiting) = &self.waiting else { return };
        if waiting.provider != scene.provider.id {
            self.stop(cx, scene);
            return;
        }
        if let Some(failure) = scene.state.preview.failure() {
            let title = ("Nothing was sent", 560.0);
            let ((pressed, closed), close) = dialog(ui, cx.tokens, title, |ui| {
                let pressed = error_panel(ui, cx.tokens, failure);
                let close = crate::ui::widgets::Kind::Secondary;
                (pressed, crate::ui::widgets::button(ui, cx.tokens, close, None, "Close").clicked())
            });
            match pressed {
                Pressed::Retry => {
                    let wish = waiting.wish.clone();
                    self.ask(cx, scene, wish);
                }
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing if close || closed => self.waiting = None,
                Pressed::Nothing => {}
            }
            return;
        }
        // An older preview is of another text: only one that came after the question counts.
        let is_new = scene.state.previews > waiting.previews && !scene.state.preview.is_loading();
        let Some(preview) = scene.state.preview.value().filter(|_| is_new) else { return };
        if preview.may_skip_review && !waiting.wish.reviews {
            self.send(cx, scene, preview);
            return;
        }
        match self.outgoing.ui(ui, cx.tokens, preview) {
            Verdict::Open => {}
            Verdict::Send => self.send(cx, scene, preview),
            Verdict::Cancel => self.stop(cx, scene),
        }
    }

    fn send(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, preview: &OutgoingPreview) {
        let Some(Waiting { wish, provider, .. }) = self.waiting.take() else { return };
        let send = TriageCommand::Send {
            issue: scene.issue(),
            provider,
            draft: wish.draft.as_str().into(),
            turn: wish.turn,
            prompt: preview.prompt.clone(),
        };
        cx.submit(scene.answer_slot(), Command::Triage(send));
        self.sent(cx, scene, wish);
    }

    fn sent(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, wish: Wish) {
        let key = super::draft_key(scene.issue());
        if wish.turn.has_draft() && *cx.draft(&key) == wish.draft {
            cx.clear_draft(&key);
        }
        self.in_flight = true;
        self.sent = Some(wish);
    }

    /// What was typed goes back into the field when sending failed before it was stored.
    fn give_back(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        let Some((chat, sent)) = scene.chat.zip(self.sent.as_ref()).filter(|_| self.in_flight) else { return };
        let messages = chat.view.value().map_or(&[][..], |view| view.messages.as_slice());
        let is_stored = messages.iter().rev().take(2).any(|message| message.text.expose() == sent.draft);
        if chat.answering && is_stored {
            self.in_flight = false;
        }
        if chat.failure.is_some() && !is_stored && sent.turn.has_draft() {
            let draft = cx.draft(&super::draft_key(scene.issue()));
            if draft.is_empty() {
                draft.clone_from(&sent.draft);
            }
        }
    }

    fn stop(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        self.waiting = None;
        cx.cancel(Slot::MessagePreview(scene.issue()));
    }
}

/// The images that would go along: those that wait, and those of the question that is asked again.
fn images_of<'a>(scene: &'a Scene<'_>, turn: Turn) -> Vec<&'a ShownImage> {
    let again = match turn {
        Turn::New => None,
        Turn::Edit(message) => Some(message),
        Turn::Regenerate | Turn::Continue => {
            let view = scene.chat.and_then(|chat| chat.view.value());
            let messages = view.map_or(&[][..], |view| view.messages.as_slice());
            messages.iter().rfind(|message| message.role == Role::User).map(|message| message.id)
        }
    };
    let waits = turn.has_draft();
    let goes = |image: &&ShownImage| match image.message {
        None => waits,
        Some(message) => again == Some(message),
    };
    images::all(scene).iter().filter(goes).collect()
}
