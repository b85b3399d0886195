//! Lines of code face in which redacted places stand on the redacted ground.

use super::reveal::{Piece, Reveal, pieces};
use crate::domain::Placeholder;
use crate::ui::theme::{Tokens, Type};
use egui::{Label, RichText, Ui};

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
