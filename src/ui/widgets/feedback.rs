//! The states of a view that has nothing, waits, or has failed.

use super::button::{Kind, button};
use super::surface::text;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type, space};
use crate::worker::Failure;
use egui::{CollapsingHeader, Frame, Rect, Response, Sense, Stroke, Ui, vec2};

/// Which button of an error panel was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    Nothing,
    Retry,
    CopyDetails,
}

/// One sentence and one action. Returns whether the action was pressed.
pub fn empty_state(ui: &mut Ui, tokens: &Tokens, glyph: char, sentence: &str, action: Option<&str>) -> bool {
    ui.vertical_centered(|ui| {
        ui.add_space(space::XXL);
        ui.label(icon(glyph, 28.0).color(tokens.faint));
        ui.add_space(space::S);
        text(ui, sentence, Type::Body, tokens.muted);
        ui.add_space(space::S);
        let pressed = action.is_some_and(|action| button(ui, tokens, Kind::Primary, None, action).clicked());
        ui.add_space(space::XXL);
        pressed
    })
    .inner
}

/// Grey bars where lines of text will be. They do not move.
pub fn skeleton(ui: &mut Ui, tokens: &Tokens, rows: usize) {
    for row in 0..rows {
        let share = [1.0, 0.82, 0.9, 0.64].into_iter().cycle().nth(row).unwrap_or(1.0);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width() * share, 14.0), Sense::hover());
        ui.painter().rect_filled(rect, 4, tokens.raised);
        ui.add_space(space::XS);
    }
}

/// What happened, what to do next, the details folded. Stands where the value would be.
pub fn error_panel(ui: &mut Ui, tokens: &Tokens, failure: &Failure) -> Pressed {
    let mut pressed = Pressed::Nothing;
    let frame = Frame::new().fill(tokens.tint(tokens.bad)).stroke(Stroke::new(1.0, tokens.bad.gamma_multiply(0.5)));
    frame.corner_radius(8).inner_margin(space::M).show(ui, |ui| {
        ui.set_width(ui.available_width());
        // Whatever the spacing around it: its button does not touch the sentence above.
        ui.spacing_mut().item_spacing.y = space::S;
        ui.horizontal(|ui| {
            ui.label(icon(icons::CIRCLE_ALERT, 16.0).color(tokens.bad));
            text(ui, &failure.summary, Type::Strong, tokens.text);
        });
        if !failure.advice.is_empty() {
            text(ui, &failure.advice, Type::Body, tokens.text);
        }
        ui.horizontal(|ui| {
            if failure.retry && button(ui, tokens, Kind::Secondary, Some(icons::REFRESH), "Retry").clicked() {
                pressed = Pressed::Retry;
            }
            if !failure.details.is_empty()
                && button(ui, tokens, Kind::Ghost, Some(icons::COPY), "Copy details").clicked()
            {
                pressed = Pressed::CopyDetails;
            }
        });
        if !failure.details.is_empty() {
            CollapsingHeader::new("Details").id_salt(&failure.details).show(ui, |ui| {
                text(ui, &failure.details, Type::Code, tokens.muted);
            });
        }
    });
    pressed
}

/// One line under a field or a form.
pub fn inline_error(ui: &mut Ui, tokens: &Tokens, message: &str) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(icon(icons::CIRCLE_ALERT, 14.0).color(tokens.bad));
        text(ui, message, Type::Caption, tokens.bad)
    })
    .inner
}

/// A thin bar. `share` is from 0 to 1; `None` where the total is not known, drawn as a half-tone bar that rests.
pub fn progress_bar(ui: &mut Ui, tokens: &Tokens, share: Option<f32>, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    ui.painter().rect_filled(rect, 3, tokens.border);
    let (part, color) = match share {
        Some(share) => (share.clamp(0.0, 1.0), tokens.accent),
        None => (1.0, tokens.accent.gamma_multiply(0.4)),
    };
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * part, rect.height()));
    ui.painter().rect_filled(filled, 3, color);
    response
}
