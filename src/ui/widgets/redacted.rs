//! Lines of code face in which redacted places stand on the redacted ground.

use super::reveal::{Piece, Reveal, pieces};
use crate::domain::Placeholder;
use crate::ui::theme::{Tokens, Type};
use egui::{Color32, Label, RichText, Ui};

/// A line with placeholders in it, each on the redacted ground with a tooltip that names its kind.
pub fn redacted_line_ui(ui: &mut Ui, tokens: &Tokens, line: &str, reveal: &Reveal<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for piece in pieces(line, reveal) {
            match piece {
                Piece::Plain(text) => plain_ui(ui, tokens, text),
                Piece::Redacted { placeholder, value } => {
                    let name = placeholder.to_string();
                    let shown = value.filter(|_| reveal.shows_values);
                    mark_ui(ui, tokens, shown.as_deref().unwrap_or(&name), placeholder);
                }
            }
        }
        if line.is_empty() {
            plain_ui(ui, tokens, " ");
        }
    });
}

/// What a tooltip says of a placeholder that no vault knows.
pub(super) const INVENTED: &str = "The model invented this placeholder: it stands for no value";

/// Prose with placeholders in it, shown as the reveal says; it wraps. An invented one is drawn as such.
pub fn revealed_ui(ui: &mut Ui, tokens: &Tokens, words: &str, (style, color): (Type, Color32), reveal: &Reveal<'_>) {
    for line in words.lines() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(0.0, 2.0);
            ui.spacing_mut().interact_size.y = 0.0;
            for piece in pieces(line, reveal) {
                match piece {
                    Piece::Plain(text) => drop(ui.label(RichText::new(text).font(style.font()).color(color))),
                    Piece::Redacted { placeholder, value } => {
                        placeholder_ui(ui, tokens, (placeholder, value.as_deref(), reveal.shows_values), style);
                    }
                }
            }
            if line.is_empty() {
                ui.label(RichText::new(" ").font(style.font()));
            }
        });
    }
}

fn placeholder_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    (placeholder, value, shows_values): (Placeholder, Option<&str>, bool),
    style: Type,
) {
    let name = placeholder.to_string();
    let Some(value) = value else {
        let invented = RichText::new(name).font(style.font()).color(tokens.warn).underline();
        ui.label(invented).on_hover_text(INVENTED);
        return;
    };
    let shown = if shows_values { value } else { &name };
    let marked = RichText::new(shown).font(style.font()).color(tokens.redacted_text);
    let kind = placeholder.kind.label();
    ui.label(marked.background_color(tokens.redacted_ground)).on_hover_text(format!("{kind}, sent as {name}"));
}

fn plain_ui(ui: &mut Ui, tokens: &Tokens, text: &str) {
    if !text.is_empty() {
        ui.add(Label::new(RichText::new(text).font(Type::Code.font()).color(tokens.text)).extend());
    }
}

fn mark_ui(ui: &mut Ui, tokens: &Tokens, text: &str, placeholder: Placeholder) {
    let marked = RichText::new(text).font(Type::Code.font());
    let marked = marked.color(tokens.redacted_text).background_color(tokens.redacted_ground);
    let kind = placeholder.kind.label();
    ui.add(Label::new(marked).extend()).on_hover_text(format!("{kind}, sent as {placeholder}"));
}
