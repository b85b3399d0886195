//! Asks for the passphrase. Tells nothing of what it protects.

use super::View;
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Phase, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, SecretField, button_enabled, card, text};
use crate::worker::{Command, FailureKind, SessionCommand};
use egui::{Key, Ui};

/// Asks for the passphrase.
#[derive(Debug, Default)]
pub struct UnlockView {
    passphrase: SecretField,
    has_focused: bool,
}

impl View for UnlockView {
    fn title(&self) -> &'static str {
        "Unlock"
    }

    fn icon(&self) -> char {
        icons::LOCK
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let Phase::Locked { failure } = &cx.state.phase else { return };
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() * 0.28).min(200.0));
            ui.set_max_width(380.0);
            card(ui, tokens, |ui| {
                ui.vertical_centered(|ui| ui.label(icon(icons::LOCK, 24.0).color(tokens.accent)));
                ui.vertical_centered(|ui| text(ui, "TFTSR is locked", Type::Title, tokens.text));
                ui.add_space(space::M);
                let error = failure.as_ref().map(|failure| failure.summary.as_str());
                let response = self.passphrase.ui(ui, tokens, Field::new("Passphrase").error(error));
                if !self.has_focused {
                    self.has_focused = true;
                    response.request_focus();
                }
                if let Some(failure) = failure.as_ref().filter(|failure| failure.kind != FailureKind::WrongKey) {
                    text(ui, &failure.advice, Type::Caption, tokens.muted);
                }
                let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                ui.add_space(space::S);
                let enabled = !self.passphrase.is_empty();
                let clicked = ui
                    .vertical_centered_justified(|ui| {
                        button_enabled(ui, tokens, (Kind::Primary, enabled), Some(icons::LOCK_OPEN), "Unlock").clicked()
                    })
                    .inner;
                if enabled && (clicked || entered) {
                    let passphrase = self.passphrase.take(ui.ctx());
                    self.has_focused = false;
                    cx.submit(Slot::Session, Command::Session(SessionCommand::Unlock { passphrase }));
                }
            });
        });
    }
}
