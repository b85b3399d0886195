//! One message: the user's words on a card, an answer as prose.

use super::Scene;
use super::messages::Asked;
use crate::domain::{ChatMessage, MessageState, Role};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::theme::{PROSE_WIDTH, Type, space};
use crate::ui::views::issue::{FocusLines, chat_text, links, when};
use crate::ui::widgets::markdown::markdown_ui;
use crate::ui::widgets::{Kind, Reveal, button, chip, icon_button, text};
use egui::{Align, CollapsingHeader, Frame, Layout, Margin, RichText, Ui};
use jiff::tz::TimeZone;

/// A message, and how it is shown.
pub(super) struct Shown<'a> {
    pub(super) message: &'a ChatMessage,
    pub(super) is_last: bool,
    pub(super) shows_values: bool,
}

pub(super) fn ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
) -> (Option<FocusLines>, Option<Asked>) {
    ui.set_max_width(ui.available_width().min(PROSE_WIDTH + 40.0));
    match shown.message.role {
        Role::User => (None, user_ui(ui, cx, scene, shown.message)),
        Role::Assistant | Role::System => answer_ui(ui, cx, scene, shown),
    }
}

fn user_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, message: &ChatMessage) -> Option<Asked> {
    let tokens = cx.tokens;
    let mut asked = None;
    let frame = Frame::new().fill(tokens.raised).corner_radius(10).inner_margin(Margin::symmetric(12, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            text(ui, "You", Type::Strong, tokens.text);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let clock = when::clock(message.created_at, &TimeZone::system());
                text(ui, clock.get(..5).unwrap_or(&clock), Type::Caption, tokens.muted);
                if icon_button(ui, tokens, icons::COPY, "Copy message").clicked() {
                    cx.copy(message.text.expose());
                }
                if !scene.provider.is_guide()
                    && !scene.is_answering()
                    && icon_button(ui, tokens, icons::PENCIL, "Edit and resend").clicked()
                {
                    asked = Some(Asked::Edit(message.id));
                }
            });
        });
        ui.style_mut().interaction.selectable_labels = true;
        text(ui, message.text.expose(), Type::Body, tokens.text);
    });
    asked
}

fn answer_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
) -> (Option<FocusLines>, Option<Asked>) {
    let (tokens, message) = (cx.tokens, shown.message);
    let streams = message.state == MessageState::Streaming;
    ui.horizontal(|ui| {
        text(ui, message.model.as_deref().unwrap_or("Answer"), Type::Strong, tokens.text);
        match message.state {
            MessageState::Complete | MessageState::Streaming => {}
            MessageState::Incomplete => drop(chip(ui, tokens, "incomplete", tokens.warn)),
            MessageState::Stopped => drop(chip(ui, tokens, "stopped", tokens.muted)),
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text(ui, &meta(message), Type::Caption, tokens.muted);
        });
    });
    let words = chat_text::visible(message.text.expose(), streams);
    let names: Vec<&str> = scene.detail.logs.iter().map(|log| log.file_name.as_str()).collect();
    let (linked, cited) = chat_text::linked(&words, &names);
    let vault = &scene.detail.vault;
    let value = |placeholder| vault.value(placeholder).map(|value| value.expose().to_owned());
    let reveal = Reveal { value: &value, shows_values: shown.shows_values };
    reasoning_ui(ui, cx, message, &reveal);
    let clicked = markdown_ui(ui, tokens, message.id, &linked, &reveal);
    if streams && scene.is_answering() && words.trim().is_empty() {
        text(ui, "Thinking…", Type::Body, tokens.muted);
    }
    let citation = clicked.and_then(|number| cited.get(number.parse::<usize>().ok()?));
    let lines = citation.and_then(|citation| links::target(scene.detail, citation));
    let asked = if streams { None } else { actions_ui(ui, cx, scene, (shown, &words)) };
    (lines, asked)
}

/// What the model thought before it answered, folded away.
fn reasoning_ui(ui: &mut Ui, cx: &ViewContext<'_>, message: &ChatMessage, reveal: &Reveal<'_>) {
    if message.reasoning.is_blank() {
        return;
    }
    let title = RichText::new("Reasoning").font(Type::Caption.font()).color(cx.tokens.muted);
    CollapsingHeader::new(title).id_salt((message.id, "reasoning")).show(ui, |ui| {
        ui.style_mut().interaction.selectable_labels = true;
        markdown_ui(ui, cx.tokens, (message.id, "thoughts"), message.reasoning.expose(), reveal);
    });
}

fn actions_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    scene: &Scene<'_>,
    (shown, words): (&Shown<'_>, &str),
) -> Option<Asked> {
    let tokens = cx.tokens;
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if icon_button(ui, tokens, icons::COPY, "Copy answer").clicked() {
            let shown = if shown.shows_values { scene.detail.vault.restore(words) } else { words.to_owned() };
            cx.copy(shown);
        }
        if !shown.is_last || scene.is_answering() || scene.provider.is_guide() {
            return;
        }
        if icon_button(ui, tokens, icons::REFRESH, "Regenerate answer").clicked() {
            asked = Some(Asked::Regenerate);
        }
        let is_cut = matches!(shown.message.state, MessageState::Incomplete | MessageState::Stopped);
        if is_cut && button(ui, tokens, Kind::Ghost, Some(icons::PLAY), "Continue").clicked() {
            asked = Some(Asked::Continue);
        }
    });
    asked
}

/// `2.1k → 412 tok · 0.0123 · 9.1 s`: tokens of prompt and answer, cost, time.
fn meta(message: &ChatMessage) -> String {
    let tokens = message.usage.filter(|usage| usage.completion_tokens > 0).map(|usage| {
        let about = if usage.estimated { "~" } else { "" };
        format!("{about}{} → {} tok", format::tokens(usage.prompt_tokens), format::tokens(usage.completion_tokens))
    });
    let cost = message.cost_micros.map(crate::domain::format::cost);
    let took = message.took.and_then(|took| jiff::SignedDuration::try_from(took).ok());
    let took = took.map(crate::domain::format::duration);
    [tokens, cost, took].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
