//! A log that is pasted rather than picked.

use crate::ui::icons;
use crate::ui::theme::{Tokens, space};
use crate::ui::widgets::{Field, Kind, button, button_enabled, dialog};
use crate::worker::LogSource;
use egui::{ScrollArea, Ui};

/// A log that is pasted rather than picked.
#[derive(Debug, Default)]
pub(super) struct PasteDialog {
    is_open: bool,
    name: String,
    text: String,
}

impl PasteDialog {
    pub(super) fn open(&mut self) {
        self.is_open = true;
        if self.name.is_empty() {
            "pasted.log".clone_into(&mut self.name);
        }
    }

    /// Returns what was pasted, once.
    pub(super) fn ui(&mut self, ui: &Ui, tokens: &Tokens) -> Option<LogSource> {
        if !self.is_open {
            return None;
        }
        let ((add, cancel), close) = dialog(ui, tokens, ("Paste a log", 640.0), |ui| {
            Field::new("Name").ui(ui, tokens, &mut self.name);
            ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
                Field::new("Text").rows(12).code().ui(ui, tokens, &mut self.text);
            });
            ui.add_space(space::M);
            ui.horizontal(|ui| {
                let ready = !self.text.trim().is_empty() && !self.name.trim().is_empty();
                let add = button_enabled(ui, tokens, (Kind::Primary, ready), Some(icons::PLUS), "Add log").clicked();
                (add, button(ui, tokens, Kind::Secondary, None, "Cancel").clicked())
            })
            .inner
        });
        if add {
            let name = std::mem::take(&mut self.name).trim().to_owned();
            let text = std::mem::take(&mut self.text).into();
            self.is_open = false;
            return Some(LogSource::Pasted { name, text });
        }
        if cancel || close {
            self.is_open = false;
        }
        None
    }
}
