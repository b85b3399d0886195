//! Buttons.

use crate::ui::icons::icon;
use crate::ui::theme::{Tokens, Type, space};
use egui::accesskit::Role;
use egui::{Button, Color32, IntoAtoms as _, Response, RichText, Stroke, Ui, WidgetInfo, vec2};

/// How much a button weighs. One primary button a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Primary,
    Secondary,
    /// Without ground until it is hovered.
    Ghost,
    /// For what destroys.
    Danger,
}

/// A button with an optional icon before its text, which is its accessible name too.
pub fn button(ui: &mut Ui, tokens: &Tokens, kind: Kind, glyph: Option<char>, text: &str) -> Response {
    let is_filled = kind == Kind::Primary && ui.is_enabled();
    let color = match kind {
        Kind::Primary if is_filled => tokens.on_accent,
        // A dead primary looks like any other dead button: on a pale accent it would be hard to read.
        Kind::Primary | Kind::Secondary | Kind::Ghost => tokens.text,
        Kind::Danger => tokens.bad,
    };
    let label = RichText::new(text).font(Type::Body.font()).color(color);
    let atoms = match glyph {
        Some(glyph) => (icon(glyph, 16.0).color(color), label).into_atoms(),
        None => label.into_atoms(),
    };
    let mut widget = Button::new(atoms).gap(6.0).min_size(vec2(0.0, tokens.row_height - 2.0));
    if kind == Kind::Ghost {
        widget = widget.frame_when_inactive(false);
    }
    let response = ui.scope(|ui| {
        if is_filled {
            let widgets = &mut ui.visuals_mut().widgets;
            for (visuals, towards) in
                [(&mut widgets.inactive, 0.0), (&mut widgets.hovered, 0.12), (&mut widgets.active, 0.2)]
            {
                visuals.weak_bg_fill = tokens.accent.lerp_to_gamma(tokens.text, towards);
                visuals.bg_stroke = Stroke::new(1.0, visuals.weak_bg_fill);
            }
        }
        ui.add(widget)
    });
    let response = response.inner;
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    focus_ring(ui, tokens, &response);
    response
}

/// [`button`], grey and dead unless `enabled`.
pub fn button_enabled(
    ui: &mut Ui,
    tokens: &Tokens,
    (kind, enabled): (Kind, bool),
    glyph: Option<char>,
    text: &str,
) -> Response {
    ui.add_enabled_ui(enabled, |ui| button(ui, tokens, kind, glyph, text)).inner
}

/// A square button with an icon alone; `name` is its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, tokens: &Tokens, glyph: char, name: &str) -> Response {
    let side = tokens.row_height - 4.0;
    let widget =
        Button::new(icon(glyph, 16.0).color(tokens.muted)).frame_when_inactive(false).min_size(vec2(side, side));
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(space::XS, space::XS);
        ui.add(widget)
    });
    let enabled = ui.is_enabled();
    response.inner.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    focus_ring(ui, tokens, &response.inner);
    response.inner.on_hover_text(name)
}

/// [`icon_button`], grey and dead unless `enabled`.
pub fn icon_button_enabled(ui: &mut Ui, tokens: &Tokens, glyph: char, name: &str, enabled: bool) -> Response {
    ui.add_enabled_ui(enabled, |ui| icon_button(ui, tokens, glyph, name)).inner
}

/// An entry of a menu, as wide as the menu, with its shortcut at the right. Empty `shortcut`: none.
pub fn menu_item(ui: &mut Ui, tokens: &Tokens, glyph: char, text: &str, shortcut: &str) -> Response {
    let widget = Button::new((icon(glyph, 16.0).color(tokens.muted), RichText::new(text).color(tokens.text)))
        .gap(space::S)
        .frame_when_inactive(false)
        .right_text(RichText::new(shortcut).font(Type::Caption.font()).color(tokens.muted))
        .min_size(vec2(ui.available_width().max(180.0), tokens.row_height - 4.0));
    let response = ui.add(widget);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    response
}

/// A row of choices of which one holds. Changes `chosen` and returns whether it did.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, tokens: &Tokens, chosen: &mut T, choices: &[(T, &str)]) -> bool {
    let before = *chosen;
    egui::Frame::new().fill(tokens.sunken).corner_radius(7).inner_margin(2).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (value, text) in choices {
                let is_chosen = *chosen == *value;
                let color = if is_chosen { tokens.text } else { tokens.muted };
                let fill = if is_chosen { tokens.raised } else { Color32::TRANSPARENT };
                let stroke = if is_chosen { Stroke::new(1.0, tokens.border_strong) } else { Stroke::NONE };
                let widget = Button::new(RichText::new(*text).color(color)).fill(fill).stroke(stroke);
                let response = ui.add(widget.min_size(vec2(0.0, tokens.row_height - 8.0)));
                response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, *text));
                focus_ring(ui, tokens, &response);
                if response.clicked() {
                    *chosen = *value;
                }
            }
        });
    });
    *chosen != before
}

/// The ring around what has the keyboard: 2 points of accent.
pub fn focus_ring(ui: &Ui, tokens: &Tokens, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens.accent);
        ui.painter().rect_stroke(response.rect.expand(1.0), 7, stroke, egui::StrokeKind::Outside);
    }
}
