//! The keys, on one page.

use super::command::UiCommand;
use super::theme::{Tokens, Type, space};
use super::widgets::{Kind, button, dialog, key_cap, section, text};
use egui::{Align, Layout, Ui};

/// Keys that belong to a part of the window; those of the window itself are in [`UiCommand`].
const ELSEWHERE: &[(&str, &str)] = &[
    ("Send the message", "Enter"),
    ("New line in a message", "Shift+Enter"),
    ("Stop the answer, close a dialog", "Esc"),
    ("Next and previous control", "Tab, Shift+Tab"),
    ("Press the control", "Space"),
    ("Next and previous finding in a text", "J, K"),
    ("Keep or redact a finding here, its value", "Space, V"),
    ("Always redact a value, never flag it", "A, N"),
];

/// Keys and help. Returns whether it was closed.
pub fn help_ui(ui: &Ui, tokens: &Tokens) -> bool {
    let (done, close) = dialog(ui, tokens, ("Keys and help", 460.0), |ui| {
        let height = ui.ctx().content_rect().height() - 220.0;
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            section(ui, tokens, "Anywhere");
            for command in UiCommand::ALL {
                let keys = command.shortcut_text(ui.ctx());
                let name = match command {
                    UiCommand::Tab(_) => format!("Tab {} of an issue", command.text()),
                    _ => command.text().to_owned(),
                };
                if !keys.is_empty() {
                    key_ui(ui, tokens, &name, &keys);
                }
            }
            ui.add_space(space::M);
            section(ui, tokens, "Where it applies");
            for (name, keys) in ELSEWHERE {
                key_ui(ui, tokens, name, keys);
            }
        });
        ui.add_space(space::M);
        button(ui, tokens, Kind::Secondary, None, "Close").clicked()
    });
    done || close
}

fn key_ui(ui: &mut Ui, tokens: &Tokens, name: &str, keys: &str) {
    ui.horizontal(|ui| {
        text(ui, name, Type::Body, tokens.text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // Beside the bar of the scroll area, not under it.
            ui.add_space(space::M);
            key_cap(ui, tokens, keys);
        });
    });
}
