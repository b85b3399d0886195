//! The messages of a chat. Those out of view are skipped, so that ten thousand cost what is on screen.

use super::Scene;
use super::images::{self, Pictures};
use super::message::{self, Shown};
use super::proposal::Proposals;
use crate::domain::{ChatMessage, MessageId, MessageState, Role};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::Chat;
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::FocusLines;
use crate::ui::widgets::{empty_state, text};
use crate::worker::ConversationView;
use egui::{ScrollArea, Ui, UiBuilder, vec2};
use std::collections::HashMap;

/// What was asked for in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Edit(MessageId),
    Regenerate,
    Continue,
    /// The same question again, after a failure.
    Retry,
    /// The next step of the built-in guide.
    Guide,
}

/// The messages of a chat.
#[derive(Debug)]
pub(super) struct Messages {
    pub(super) shows_values: bool,
    /// How tall each message was when it was drawn last, and what it depended on.
    heights: HashMap<MessageId, (Measure, f32)>,
    proposals: Proposals,
}

impl Default for Messages {
    fn default() -> Self {
        Self { shows_values: true, heights: HashMap::new(), proposals: Proposals::default() }
    }
}

/// What the height of a message depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Measure {
    bytes: usize,
    /// Of what the model thought; it is folded, so only whether there is any matters.
    reasons: bool,
    width: f32,
    proposals: usize,
    state: MessageState,
    is_last: bool,
    images: usize,
    shows_values: bool,
}

impl Messages {
    /// Whether a decision on a proposal has changed the conversation in the store.
    pub(super) fn wants_reload(&mut self, scene: &Scene<'_>, cx: &ViewContext<'_>) -> bool {
        let is_loading = scene.chat.is_some_and(|chat| chat.view.is_loading());
        self.proposals.wants_reload(scene.detail.revision, is_loading, cx.state.notices.len())
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        (chat, view, pictures): (&Chat, &ConversationView, &mut Pictures),
    ) -> (Option<FocusLines>, Option<Asked>) {
        let (mut lines, mut asked) = (None, None);
        let area = ScrollArea::vertical().id_salt("chat").auto_shrink(false).stick_to_bottom(true);
        area.show_viewport(ui, |ui, viewport| {
            if view.messages.is_empty() && chat.failure.is_none() && !chat.answering {
                empty_ui(ui, cx, scene);
            }
            ui.spacing_mut().item_spacing.y = space::S;
            // The space between two messages is a part of the one above.
            let (mut y, mut skipped) = (0.0, 0.0);
            for message in &view.messages {
                let measure = Measure {
                    bytes: message.text.expose().len(),
                    reasons: !message.reasoning.is_blank(),
                    width: ui.available_width(),
                    proposals: message.proposals.len(),
                    state: message.state,
                    is_last: scene.last_message() == Some(message.id),
                    images: images::all(scene).iter().filter(|image| image.message == Some(message.id)).count(),
                    shows_values: self.shows_values,
                };
                let known = self.heights.get(&message.id).filter(|(of, _)| *of == measure).map(|(_, height)| *height);
                let height = known.unwrap_or_else(|| estimate(&measure));
                let out_of_view = y + height < viewport.top() - 200.0 || y > viewport.bottom() + 200.0;
                if out_of_view && !self.proposals.is_editing(message.id) {
                    (y, skipped) = (y + height, skipped + height);
                    continue;
                }
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.allocate_space(vec2(0.0, std::mem::take(&mut skipped)));
                let top = ui.cursor().top();
                ui.scope_builder(UiBuilder::new().id_salt(message.id), |ui| {
                    ui.spacing_mut().item_spacing.y = space::S;
                    let done = self.message_ui(ui, cx, scene, (message, pictures));
                    lines = done.0.or(lines);
                    asked = done.1.or(asked);
                    ui.add_space(space::M);
                });
                let drawn = ui.cursor().top() - top;
                self.heights.insert(message.id, (measure, drawn));
                y += drawn;
            }
            ui.allocate_space(vec2(0.0, skipped));
            asked = end_ui(ui, cx, chat).or(asked);
        });
        (lines, asked)
    }

    fn message_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        (message, pictures): (&ChatMessage, &mut Pictures),
    ) -> (Option<FocusLines>, Option<Asked>) {
        let is_last = scene.last_message() == Some(message.id);
        let shown = Shown { message, is_last, shows_values: self.shows_values };
        let (lines, asked) = message::ui(ui, cx, scene, (&shown, pictures));
        if message.role != Role::Assistant || message.proposals.is_empty() {
            return (lines, asked);
        }
        let more = self.proposals.ui(ui, cx, scene, (message, self.shows_values));
        (lines.or(more), asked)
    }
}

/// What stands behind the last message: waiting, trying again, failed.
fn end_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, chat: &Chat) -> Option<Asked> {
    let tokens = cx.tokens;
    if let Some((attempt, wait_ms, reason)) = &chat.retrying {
        let wait = format::duration(jiff::SignedDuration::from_millis(i64::try_from(*wait_ms).unwrap_or(0)));
        let words = format!("{reason}. Trying again in {wait}, attempt {attempt}");
        text(ui, &words, Type::Caption, tokens.warn);
    } else if chat.answering {
        let streams = chat.view.value().and_then(|view| view.messages.last());
        if streams.is_none_or(|message| message.state != MessageState::Streaming) {
            text(ui, "Waiting for the answer…", Type::Caption, tokens.muted);
        }
    }
    let failure = chat.failure.as_ref()?;
    super::failure_ui(ui, cx, failure).then_some(Asked::Retry)
}

/// About how tall a message is that has not been drawn.
#[expect(clippy::cast_precision_loss, reason = "an estimate in points")]
fn estimate(measure: &Measure) -> f32 {
    let per_line = (measure.width / 7.0).clamp(20.0, 86.0);
    (measure.bytes as f32 / per_line).ceil() * 20.0 + 64.0 + measure.proposals as f32 * 110.0
}

fn empty_ui(ui: &mut Ui, cx: &ViewContext<'_>, scene: &Scene<'_>) {
    let sentence = if scene.provider.is_guide() {
        "The guide reads the logs and asks the next why. Press Next step to begin"
    } else if scene.detail.logs.is_empty() {
        "Ask about the issue. With logs attached, the answers can cite them"
    } else {
        "Ask what changed before it began. What leaves this machine is redacted, and shown first"
    };
    empty_state(ui, cx.tokens, icons::MESSAGE, sentence, None);
}
