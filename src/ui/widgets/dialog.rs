//! Dialogs over the window. Esc closes them.

use super::button::{Kind, button};
use super::surface::text;
use crate::ui::theme::{Tokens, Type, space};
use egui::{Align, Frame, Id, Layout, Modal, Stroke, Ui, vec2};

/// How a question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not yet.
    Open,
    Yes,
    No,
}

/// A dialog with any content, `width` points wide. Returns what the content returned, and whether it should close.
pub fn dialog<R>(
    ui: &Ui,
    tokens: &Tokens,
    (title, width): (&str, f32),
    contents: impl FnOnce(&mut Ui) -> R,
) -> (R, bool) {
    let frame = Frame::new()
        .fill(tokens.panel)
        .stroke(Stroke::new(1.0, tokens.border_strong))
        .corner_radius(10)
        .inner_margin(20)
        .shadow(ui.visuals().window_shadow);
    let response = Modal::new(Id::unique(("dialog", title))).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 80.0));
        text(ui, title, Type::Title, tokens.text);
        ui.add_space(space::S);
        contents(ui)
    });
    let close = response.should_close();
    (response.inner, close)
}

/// The buttons at a dialog's foot, from the right. No higher than they are: a layout from the right would take all the height
/// that the dialog had, and keep it from shrinking.
pub fn buttons_row<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), contents).inner
}

/// Asks before something is destroyed. `verb` is on the button: `Delete issue`.
pub fn confirm(ui: &Ui, tokens: &Tokens, title: &str, consequence: &str, verb: &str) -> Answer {
    let (answer, close) = dialog(ui, tokens, (title, 420.0), |ui| {
        let mut answer = Answer::Open;
        text(ui, consequence, Type::Body, tokens.muted);
        ui.add_space(space::L);
        buttons_row(ui, |ui| {
            if button(ui, tokens, Kind::Danger, None, verb).clicked() {
                answer = Answer::Yes;
            }
            if button(ui, tokens, Kind::Secondary, None, "Cancel").clicked() {
                answer = Answer::No;
            }
        });
        answer
    });
    if close && answer == Answer::Open { Answer::No } else { answer }
}
