//! Who may be reached, and whom to trust.

use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, button, button_enabled, card, section, switch_row, text};
use egui::Ui;
use std::path::PathBuf;

/// The page, and the path while it is typed.
#[derive(Debug, Default)]
pub(super) struct NetworkPage {
    path: Option<String>,
}

impl NetworkPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        section(ui, tokens, "Reach");
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            let is_on = cx.state.settings.offline;
            let help = "Only servers on this machine are reached; every other connection is refused before it is made";
            if switch_row(ui, tokens, is_on, "Work offline", help) {
                cx.change_settings(move |settings| settings.offline = !is_on);
            }
        });
        text(ui, "The proxy is the one that the system is set to", Type::Caption, tokens.muted);
        ui.add_space(space::XL);
        section(ui, tokens, "Certificates");
        self.certificates_ui(ui, cx);
    }

    fn certificates_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        if let Some(picked) = cx.take_picked(PickPurpose::CaFile).into_iter().next() {
            self.path = None;
            cx.change_settings(move |settings| settings.extra_ca_file = Some(picked));
        }
        let stored = cx.state.settings.extra_ca_file.clone();
        let stored_text = stored.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let typed = self.path.get_or_insert_with(|| stored_text.clone());
        let help = "A PEM file with further certificate authorities, such as your company's, besides the system's own";
        Field::new("Extra certificate authorities")
            .hint("/etc/ssl/company.pem")
            .help(help)
            .code()
            .ui(ui, tokens, typed);
        let wanted = typed.trim().to_owned();
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Browse").clicked() {
                cx.pick_files(PickPurpose::CaFile);
            }
            let is_new = !wanted.is_empty() && wanted != stored_text;
            if button_enabled(ui, tokens, (Kind::Secondary, is_new), Some(icons::CHECK), "Use this file").clicked() {
                cx.change_settings(move |settings| settings.extra_ca_file = Some(PathBuf::from(wanted)));
            }
            if stored.is_some() && button(ui, tokens, Kind::Ghost, Some(icons::X), "Clear").clicked() {
                self.path = None;
                cx.change_settings(|settings| settings.extra_ca_file = None);
            }
        });
    }
}
