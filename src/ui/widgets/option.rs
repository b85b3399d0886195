//! Choices that need a word of explanation.

use super::button::focus_ring;
use super::surface::text;
use crate::ui::icons::icon;
use crate::ui::theme::{Tokens, Type, space};
use egui::accesskit::Role;
use egui::{Align, Frame, Layout, Response, Sense, Stroke, Ui, UiBuilder, WidgetInfo, vec2};

/// One of several choices, as a card with an icon, a name and an explanation. Returns whether it was chosen now.
pub fn option_card(ui: &mut Ui, tokens: &Tokens, chosen: bool, (glyph, name, help): (char, &str, &str)) -> bool {
    let response = ui.scope_builder(UiBuilder::new().id_salt(name).sense(Sense::click()), |ui| {
        let hovered = ui.response().hovered();
        let (fill, stroke) = match (chosen, hovered) {
            (true, _) => (tokens.accent_tint, Stroke::new(1.5, tokens.accent)),
            (false, true) => (tokens.raised, Stroke::new(1.0, tokens.border_strong)),
            (false, false) => (tokens.panel, Stroke::new(1.0, tokens.border)),
        };
        Frame::new().fill(fill).stroke(stroke).corner_radius(8).inner_margin(space::M).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let color = if chosen { tokens.accent } else { tokens.muted };
                ui.label(icon(glyph, 20.0).color(color));
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    text(ui, name, Type::Strong, tokens.text);
                    text(ui, help, Type::Caption, tokens.muted);
                });
            });
        });
    });
    let response = response.response;
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    focus_ring(ui, tokens, &response);
    response.clicked()
}

/// A switch at the right of its name and explanation. Changes nothing itself: returns whether it was pressed.
pub fn switch_row(ui: &mut Ui, tokens: &Tokens, is_on: bool, name: &str, help: &str) -> bool {
    ui.horizontal_top(|ui| {
        let mut label = None;
        let words = vec2((ui.available_width() - 56.0).max(80.0), 0.0);
        ui.allocate_ui_with_layout(words, Layout::top_down(Align::Min), |ui| {
            ui.set_width(words.x);
            ui.spacing_mut().item_spacing.y = 2.0;
            label = Some(text(ui, name, Type::Body, tokens.text).id);
            if !help.is_empty() {
                text(ui, help, Type::Caption, tokens.muted);
            }
        });
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let switch = switch(ui, tokens, is_on, name);
            label.map_or_else(|| switch.clone(), |label| switch.clone().labelled_by(label)).clicked()
        })
        .inner
    })
    .inner
}

/// A switch alone; `name` is its accessible name.
pub fn switch(ui: &mut Ui, tokens: &Tokens, is_on: bool, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(36.0, 20.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, is_on, name));
    let (ground, border) = if is_on { (tokens.accent, tokens.accent) } else { (tokens.sunken, tokens.muted) };
    ui.painter().rect(rect, 10, ground, Stroke::new(1.0, border), egui::StrokeKind::Inside);
    let x = if is_on { rect.right() - 10.0 } else { rect.left() + 10.0 };
    let knob = if is_on { tokens.on_accent } else { tokens.muted };
    ui.painter().circle_filled(egui::pos2(x, rect.center().y), 6.0, knob);
    focus_ring(ui, tokens, &response);
    response
}

/// A box to tick in front of its name. Returns whether it was pressed.
pub fn tick(ui: &mut Ui, tokens: &Tokens, is_on: bool, name: &str) -> bool {
    let mut value = is_on;
    let response = ui.checkbox(&mut value, egui::RichText::new(name).color(tokens.text));
    focus_ring(ui, tokens, &response);
    response.clicked()
}
