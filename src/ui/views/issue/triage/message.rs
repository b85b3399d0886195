//! One message: the user's words on a card, an answer as prose.

use super::Scene;
use super::images::Pictures;
use super::messages::Asked;
use crate::domain::{ChatMessage, MessageState, Placeholder, Role};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::theme::{PROSE_WIDTH, Type, space};
use crate::ui::views::issue::{FocusLines, chat_text, links, when};
use crate::ui::widgets::markdown::markdown_ui;
use crate::ui::widgets::{Kind, Reveal, button, chip, icon_button, revealed_ui, text};
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
    (shown, pictures): (&Shown<'_>, &mut Pictures),
) -> (Option<FocusLines>, Option<Asked>) {
    ui.set_max_width(ui.available_width().min(PROSE_WIDTH + 40.0));
    match shown.message.role {
        Role::User => (None, user_ui(ui, cx, scene, (shown, pictures))),
        Role::Assistant | Role::System => answer_ui(ui, cx, scene, shown),
    }
}

fn user_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    scene: &Scene<'_>,
    (shown, pictures): (&Shown<'_>, &mut Pictures),
) -> Option<Asked> {
    let (tokens, message) = (cx.tokens, shown.message);
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
        question_ui(ui, cx, scene, shown);
        pictures.of_message_ui(ui, tokens, scene, message.id);
    });
    asked
}

/// The user's words, with the values that were redacted on their ground. A long paste is shown as it is.
fn question_ui(ui: &mut Ui, cx: &ViewContext<'_>, scene: &Scene<'_>, shown: &Shown<'_>) {
    const LONG: usize = 8 * 1024;
    let words = shown.message.text.expose();
    if words.len() > LONG {
        text(ui, words, Type::Body, cx.tokens.text);
        return;
    }
    let value = |placeholder| scene.value(placeholder);
    let reveal = Reveal { value: &value, shows_values: shown.shows_values };
    revealed_ui(ui, cx.tokens, &scene.detail.vault.conceal(words), (Type::Body, cx.tokens.text), &reveal);
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
    let vault = &scene.detail.vault;
    // A log's name may itself have been redacted.
    let logs = || scene.detail.logs.iter().map(|log| log.file_name.as_str());
    let concealed: Vec<String> = logs().map(|name| vault.conceal(name)).collect();
    let names: Vec<&str> = logs().chain(concealed.iter().map(String::as_str)).collect();
    let (linked, cited) = chat_text::linked(&words, &names);
    let value = |placeholder| scene.value(placeholder);
    let reveal = Reveal { value: &value, shows_values: shown.shows_values };
    reasoning_ui(ui, cx, message, &reveal);
    let clicked = markdown_ui(ui, tokens, message.id, &linked, &reveal);
    if streams && scene.is_answering() && words.trim().is_empty() {
        text(ui, "Thinking…", Type::Body, tokens.muted);
    }
    let citation = clicked.and_then(|number| cited.get(number.parse::<usize>().ok()?));
    let lines = citation.and_then(|citation| links::target(scene.detail, citation));
    if !streams {
        invented_ui(ui, cx, &vault.invented(&words));
    }
    if streams {
        return (lines, None);
    }
    let asked = actions_ui(ui, cx, scene, (shown, &words));
    let asked = asked.or_else(|| if cited.is_empty() { unbacked_ui(ui, cx, scene, shown) } else { None });
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
        copy_ui(ui, cx, scene, (words, shown.shows_values));
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

/// Where a model's answer rests on no line of the logs, that is said, and the guide is at hand, which cites what it says.
fn unbacked_ui(ui: &mut Ui, cx: &ViewContext<'_>, scene: &Scene<'_>, shown: &Shown<'_>) -> Option<Asked> {
    let message = shown.message;
    // Only models count tokens.
    let is_bare = message.usage.is_some() && message.state == MessageState::Complete && message.proposals.is_empty();
    if !is_bare || !shown.is_last || scene.is_answering() || scene.detail.logs.is_empty() {
        return None;
    }
    let asked = ui.horizontal_wrapped(|ui| {
        text(ui, "This answer cites no line of the logs", Type::Caption, cx.tokens.warn);
        button(ui, cx.tokens, Kind::Ghost, Some(icons::COMPASS), "Ask the built-in guide").clicked()
    });
    asked.inner.then_some(Asked::Guide)
}

/// What the model made up stands for nothing, and the reader must know.
fn invented_ui(ui: &mut Ui, cx: &ViewContext<'_>, invented: &[Placeholder]) {
    if invented.is_empty() {
        return;
    }
    let names: Vec<_> = invented.iter().take(5).map(ToString::to_string).collect();
    let more = if invented.len() > names.len() { ", …" } else { "" };
    let words = match invented.len() {
        1 => format!("1 placeholder stands for no value, the model invented it: {}", names.join(", ")),
        count => {
            format!("{count} placeholders stand for no value, the model invented them: {}{more}", names.join(", "))
        }
    };
    text(ui, &words, Type::Caption, cx.tokens.warn);
}

/// As it is shown; and, where that is not the same, the other way.
fn copy_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, (words, shows_values): (&str, bool)) {
    let restored = scene.detail.vault.restore(words);
    let is_same = restored == words;
    let (shown, other) = if shows_values { (restored, words.to_owned()) } else { (words.to_owned(), restored) };
    if icon_button(ui, cx.tokens, icons::COPY, "Copy answer").clicked() {
        cx.copy(shown);
    }
    if is_same {
        return;
    }
    let (glyph, name) = if shows_values {
        (icons::SHIELD, "Copy answer with placeholders")
    } else {
        (icons::EYE, "Copy answer with real values")
    };
    if icon_button(ui, cx.tokens, glyph, name).clicked() {
        cx.copy(other);
    }
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
