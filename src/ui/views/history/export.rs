//! Asks where to write an issue, and whether a file that is there may be replaced.

use crate::domain::{IssueId, IssueSummary};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::state::{Slot, State};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, Pressed, button, button_enabled, dialog, error_panel, text};
use crate::worker::{Command, FailureKind, IssueCommand};
use egui::Ui;
use std::path::PathBuf;

/// The dialog for exporting one issue.
#[derive(Debug)]
pub(super) struct ExportDialog {
    issue: IssueId,
    name: String,
    path: String,
    /// Whether this dialog has asked for the export, so that an older one's end is not taken for it.
    is_asked: bool,
}

impl ExportDialog {
    pub(super) fn new(state: &State, row: &IssueSummary) -> Self {
        let name = format!("{}.md", slug(row.title.expose()));
        let folder = state.settings.export_folder.clone();
        let folder = folder.or_else(|| state.session.as_ref().map(|session| session.data_dir.join("exports")));
        let path = folder.unwrap_or_default().join(&name).display().to_string();
        Self { issue: row.id, name, path, is_asked: false }
    }

    /// Returns whether it is over.
    pub(super) fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) -> bool {
        let is_done = self.is_asked && !cx.state.export.is_loading() && cx.state.export.failure().is_none();
        if let Some(path) = cx.take_picked(PickPurpose::IssueExport).into_iter().next() {
            self.path = path.display().to_string();
            // The system's dialog has asked about an existing file.
            self.export(cx, true);
        }
        let (done, close) = dialog(ui, cx.tokens, ("Export issue", 480.0), |ui| self.contents_ui(ui, cx));
        done || close || (is_done && cx.state.export.value().is_some())
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> bool {
        let tokens = cx.tokens;
        let what = "The whole issue as one Markdown file, with its documents and with real values: keep it inside";
        text(ui, what, Type::Body, tokens.muted);
        ui.add_space(space::S);
        if Field::new("Write to").code().ui(ui, tokens, &mut self.path).changed() {
            self.is_asked = false;
        }
        let failure = cx.state.export.failure().filter(|_| self.is_asked);
        let exists = failure.is_some_and(|failure| failure.kind == FailureKind::FileExists);
        if let Some(failure) = failure {
            ui.add_space(space::XS);
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => self.export(cx, false),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        ui.add_space(space::M);
        let mut done = false;
        ui.horizontal(|ui| {
            let ready = !self.path.trim().is_empty() && !cx.state.export.is_loading();
            let (kind, label) = if exists { (Kind::Danger, "Replace the file") } else { (Kind::Primary, "Export") };
            if button_enabled(ui, tokens, (kind, ready), Some(icons::DOWNLOAD), label).clicked() {
                self.export(cx, exists);
            }
            if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Browse").clicked() {
                cx.pick_save(PickPurpose::IssueExport, self.name.clone());
            }
            done = button(ui, tokens, Kind::Ghost, None, "Cancel").clicked();
        });
        done
    }

    fn export(&mut self, cx: &mut ViewContext<'_>, overwrite: bool) {
        self.is_asked = true;
        let path = PathBuf::from(self.path.trim());
        let command = IssueCommand::Export { issue: self.issue, path, overwrite };
        cx.submit(Slot::Export(self.issue), Command::Issue(command));
    }
}

/// A file name out of a title: `charges-fail-with-502`.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "issue".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_has_no_character_that_a_system_refuses() {
        assert_eq!(slug("Charges fail: 502 <b>/etc\\x?"), "charges-fail-502-b-etc-x");
        assert_eq!(slug("../.."), "issue");
    }
}
