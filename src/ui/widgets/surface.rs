//! Grounds, headings and plain text.

use crate::ui::theme::{Tokens, Type, radius, space};
use egui::{Color32, Frame, InnerResponse, Label, Response, RichText, Stroke, Ui};

/// A card on the canvas.
pub fn card<R>(ui: &mut Ui, tokens: &Tokens, contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    Frame::new()
        .fill(tokens.panel)
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(radius::CARD)
        .inner_margin(space::L)
        .show(ui, contents)
}

/// The heading of a part of a screen.
pub fn section(ui: &mut Ui, tokens: &Tokens, title: &str) -> Response {
    let response = text(ui, title, Type::Lead, tokens.text);
    ui.add_space(space::XS);
    response
}

/// The head of a column.
pub fn table_header(ui: &mut Ui, tokens: &Tokens, title: &str) -> Response {
    text(ui, title, Type::Caption, tokens.muted)
}

/// Text of a named style that wraps.
pub fn text(ui: &mut Ui, text: &str, style: Type, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(style.font()).color(color)).wrap())
}

/// Text on one line, cut with an ellipsis where it does not fit; whole as a tooltip.
pub fn truncated(ui: &mut Ui, text: &str, style: Type, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(style.font()).color(color)).truncate())
}
