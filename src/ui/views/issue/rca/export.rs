//! Where a document goes, and who is to read it.

use crate::domain::{Audience, Document};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::state::Slot;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Answer, Field, Kind, Pressed, button, button_enabled, confirm, dialog, error_panel, segmented, text,
};
use crate::worker::{Command, DocumentCommand, FailureKind, IssueDetail};
use egui::Ui;
use std::path::PathBuf;

/// An export that was asked for.
#[derive(Clone, Debug)]
struct Wish {
    path: PathBuf,
    audience: Audience,
    overwrite: bool,
    /// Whether it was handed on; before, it waits for the text to be stored.
    is_sent: bool,
}

/// Where a document goes.
#[derive(Debug)]
pub(super) struct ExportDialog {
    is_open: bool,
    audience: Audience,
    path: String,
    wish: Option<Wish>,
}

impl Default for ExportDialog {
    fn default() -> Self {
        Self { is_open: false, audience: Audience::Internal, path: String::new(), wish: None }
    }
}

impl ExportDialog {
    pub(super) fn open(&mut self, cx: &ViewContext<'_>) {
        self.is_open = true;
        if self.path.is_empty()
            && let Some(folder) = &cx.state.settings.export_folder
        {
            self.path = folder.join("rca.md").display().to_string();
        }
    }

    pub(super) fn ui(
        &mut self,
        ui: &Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (document, is_stored): (&Document, bool),
    ) {
        self.follow(ui, cx, detail, (document, is_stored));
        if !self.is_open {
            return;
        }
        if let Some(picked) = cx.take_picked(PickPurpose::Export).into_iter().next() {
            self.path = picked.display().to_string();
        }
        let tokens = cx.tokens;
        let ((export, cancel), close) = dialog(ui, tokens, ("Export RCA", 520.0), |ui| {
            let audiences = [(Audience::Internal, "Internal"), (Audience::External, "External")];
            text(ui, "Audience", Type::Caption, tokens.muted);
            segmented(ui, tokens, &mut self.audience, &audiences);
            let help = match self.audience {
                Audience::Internal => "With real values",
                Audience::External => "With placeholders in place of personal data and secrets",
            };
            text(ui, help, Type::Caption, tokens.muted);
            ui.add_space(space::S);
            Field::new("File").help("Markdown").code().ui(ui, tokens, &mut self.path);
            ui.add_space(space::M);
            ui.horizontal(|ui| {
                let ready = (Kind::Primary, !self.path.trim().is_empty());
                let export = button_enabled(ui, tokens, ready, Some(icons::DOWNLOAD), "Export").clicked();
                if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
                    cx.pick_save(PickPurpose::Export, "rca.md");
                }
                (export, button(ui, tokens, Kind::Ghost, None, "Cancel").clicked())
            })
            .inner
        });
        if export {
            let path = PathBuf::from(self.path.trim());
            self.wish = Some(Wish { path, audience: self.audience, overwrite: false, is_sent: false });
        }
        if export || cancel || close {
            self.is_open = false;
        }
    }

    /// Hands the export on once the text is stored, and asks when the file is there already.
    fn follow(
        &mut self,
        ui: &Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (document, is_stored): (&Document, bool),
    ) {
        let Some(wish) = &mut self.wish else { return };
        if !wish.is_sent {
            if is_stored {
                wish.is_sent = true;
                let Wish { path, audience, overwrite, .. } = wish.clone();
                let export = DocumentCommand::Export { document: document.id, path, audience, overwrite };
                cx.submit(Slot::Export(detail.issue.id), Command::Document(export));
            }
            return;
        }
        if cx.state.export.is_loading() || cx.state.export.is_unasked() {
            return;
        }
        let Some(failure) = cx.state.export.failure() else {
            self.wish = None;
            return;
        };
        if failure.kind == FailureKind::FileExists {
            let question = format!("{} is there already", wish.path.display());
            match confirm(ui, cx.tokens, "Replace the file?", &question, "Replace") {
                Answer::Open => {}
                Answer::No => self.wish = None,
                Answer::Yes => *wish = Wish { overwrite: true, is_sent: false, ..wish.clone() },
            }
            return;
        }
        let ((pressed, closes), close) = dialog(ui, cx.tokens, ("Not exported", 520.0), |ui| {
            let pressed = error_panel(ui, cx.tokens, failure);
            (pressed, button(ui, cx.tokens, Kind::Secondary, None, "Close").clicked())
        });
        match pressed {
            Pressed::Retry => wish.is_sent = false,
            Pressed::CopyDetails => cx.copy(failure.details.clone()),
            Pressed::Nothing if closes || close => self.wish = None,
            Pressed::Nothing => {}
        }
    }
}
