//! Chips, badges, dots and key-caps: a word on a tint.

use crate::domain::{Domain, Severity, Status};
use crate::ui::theme::{Tokens, Type};
use egui::accesskit::Role;
use egui::{Color32, Response, Sense, Stroke, Ui, WidgetInfo, vec2};

/// A short word in `color` on a tint of it.
pub fn chip(ui: &mut Ui, tokens: &Tokens, text: &str, color: Color32) -> Response {
    // Painted by hand: a frame would grow to the height of its row.
    let galley = ui.painter().layout_no_wrap(text.to_owned(), Type::Caption.font(), color);
    let padding = vec2(7.0, 2.0);
    let (rect, response) = ui.allocate_exact_size(galley.size() + 2.0 * padding, Sense::hover());
    ui.painter().rect_filled(rect, 5, tokens.tint(color));
    ui.painter().galley(rect.min + padding, galley, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// `P1`, with what it means as a tooltip.
pub fn severity_chip(ui: &mut Ui, tokens: &Tokens, severity: Severity) -> Response {
    chip(ui, tokens, severity.as_str(), tokens.severity(severity)).on_hover_text(severity.label())
}

/// `triaging`.
pub fn status_chip(ui: &mut Ui, tokens: &Tokens, status: Status) -> Response {
    let color = match status {
        Status::Open => tokens.info,
        Status::Triaging => tokens.accent,
        Status::Resolved => tokens.ok,
        Status::Closed => tokens.muted,
    };
    chip(ui, tokens, status.label(), color)
}

pub fn domain_chip(ui: &mut Ui, tokens: &Tokens, domain: Domain) -> Response {
    chip(ui, tokens, domain.label(), tokens.muted)
}

/// A small dot in the color of the severity.
pub fn severity_dot(ui: &mut Ui, tokens: &Tokens, severity: Severity) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, tokens.severity(severity));
    response.on_hover_text(severity.label())
}

/// A count beside a title.
pub fn badge(ui: &mut Ui, tokens: &Tokens, count: u64) -> Response {
    chip(ui, tokens, &crate::ui::format::count(count), tokens.muted)
}

/// A key as it looks on a keyboard.
pub fn key_cap(ui: &mut Ui, tokens: &Tokens, key: &str) -> Response {
    // Painted by hand: a frame would grow to the height of its row.
    let galley = ui.painter().layout_no_wrap(key.to_owned(), Type::Caption.font(), tokens.muted);
    let padding = vec2(6.0, 2.0);
    let (rect, response) = ui.allocate_exact_size(galley.size() + 2.0 * padding, Sense::hover());
    let stroke = Stroke::new(1.0, tokens.border_strong);
    ui.painter().rect(rect, 4, tokens.raised, stroke, egui::StrokeKind::Inside);
    ui.painter().galley(rect.min + padding, galley, tokens.muted);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, key));
    response
}
