//! Where a document goes, in which format, and who is to read it.

use crate::domain::{Audience, Document, DocumentKind, Paper};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::pick::PickPurpose;
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Field, Kind, Pressed, button, button_enabled, dialog, error_panel, progress_bar, segmented, text,
};
use crate::worker::{
    Command, DOCUMENT_FORMATS, DocumentCommand, DocumentExport, DocumentFormat, Existing, FailureKind, IssueDetail,
    open_points,
};
use egui::Ui;
use std::path::PathBuf;

const WIDTH: f32 = 520.0;

/// What the dialog shows.
#[derive(Debug)]
enum Stage {
    Closed,
    Form,
    /// Handed on once the text is stored; then its progress, its end, or what stopped it.
    Sent {
        path: PathBuf,
        existing: Existing,
        /// Whether the worker has it.
        is_handed_on: bool,
    },
}

/// What was pressed in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Nothing,
    Export,
    Cancel,
}

/// Where a document goes.
#[derive(Debug)]
pub(super) struct ExportDialog {
    stage: Stage,
    format: &'static str,
    audience: Audience,
    paper: Paper,
    folder: String,
    name: String,
    /// Whether a name is still to be proposed.
    is_new: bool,
}

impl Default for ExportDialog {
    fn default() -> Self {
        Self {
            stage: Stage::Closed,
            format: "pdf",
            audience: Audience::Internal,
            paper: Paper::A4,
            folder: String::new(),
            name: String::new(),
            is_new: true,
        }
    }
}

impl ExportDialog {
    /// Starts with the folder and the paper of the last time.
    pub(super) fn open(&mut self, cx: &ViewContext<'_>) {
        self.stage = Stage::Form;
        self.paper = cx.state.settings.paper;
        if self.folder.is_empty() {
            let exports = || cx.state.session.as_ref().map(|session| session.data_dir.join("exports"));
            let folder = cx.state.settings.export_folder.clone().or_else(exports).unwrap_or_default();
            self.folder = folder.display().to_string();
        }
        self.is_new = true;
    }

    pub(super) fn ui(
        &mut self,
        ui: &Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (document, is_stored): (&Document, bool),
    ) {
        if self.hand_on(cx, detail, (document, is_stored)) {
            // What is known of an export is not yet of this one.
            return self.busy_ui(ui, cx, detail);
        }
        match self.stage {
            Stage::Closed => {}
            Stage::Form => self.form_ui(ui, cx, document),
            Stage::Sent { .. } => self.sent_ui(ui, cx, detail),
        }
    }

    fn chosen(&self) -> Option<&'static DocumentFormat> {
        DOCUMENT_FORMATS.iter().copied().find(|format| format.id == self.format)
    }

    fn form_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, document: &Document) {
        if let Some(picked) = cx.take_picked(PickPurpose::ExportFolder).into_iter().next() {
            self.folder = picked.display().to_string();
        }
        if std::mem::take(&mut self.is_new) {
            self.name = document.file_stem();
        }
        let tokens = cx.tokens;
        let title = match document.kind {
            DocumentKind::Rca => "Export RCA",
            DocumentKind::PostMortem => "Export post-mortem",
        };
        let (choice, close) = dialog(ui, tokens, (title, WIDTH), |ui| {
            self.choices_ui(ui, tokens);
            open_ui(ui, tokens, document);
            self.target_ui(ui, cx);
            ui.add_space(space::M);
            self.buttons_ui(ui, tokens)
        });
        match choice {
            Choice::Export => self.stage = self.sent(Existing::Refuse),
            Choice::Cancel => self.stage = Stage::Closed,
            Choice::Nothing if close => self.stage = Stage::Closed,
            Choice::Nothing => {}
        }
    }

    fn choices_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let label = |ui: &mut Ui, words: &str| text(ui, words, Type::Caption, tokens.muted);
        let formats: Vec<_> = DOCUMENT_FORMATS.iter().map(|format| (format.id, format.label)).collect();
        label(ui, "Format");
        segmented(ui, tokens, &mut self.format, &formats);
        ui.add_space(space::S);
        label(ui, "Audience");
        let audiences: Vec<_> = Audience::ALL.iter().map(|one| (*one, one.label())).collect();
        segmented(ui, tokens, &mut self.audience, &audiences);
        label(
            ui,
            match self.audience {
                Audience::Internal => "With real values",
                Audience::External => {
                    "With placeholders in place of personal data and secrets, without attached pictures"
                }
            },
        );
        ui.add_space(space::S);
        if self.chosen().is_some_and(|format| format.has_pages) {
            label(ui, "Paper");
            let papers: Vec<_> = Paper::ALL.iter().map(|one| (*one, one.label())).collect();
            segmented(ui, tokens, &mut self.paper, &papers);
            ui.add_space(space::S);
        }
    }

    fn target_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let ending = self.chosen().map(|format| format!("The ending .{} is added", format.extension));
        Field::new("File name").help(&ending.unwrap_or_default()).ui(ui, tokens, &mut self.name);
        ui.add_space(space::S);
        Field::new("Folder").code().ui(ui, tokens, &mut self.folder);
        ui.add_space(space::XS);
        if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Choose folder…").clicked() {
            cx.pick_files(PickPurpose::ExportFolder);
        }
    }

    fn buttons_ui(&self, ui: &mut Ui, tokens: &Tokens) -> Choice {
        let mut choice = Choice::Nothing;
        ui.horizontal(|ui| {
            let is_ready = !self.folder.trim().is_empty() && !self.name.trim().is_empty();
            let ready = (Kind::Primary, is_ready);
            if button_enabled(ui, tokens, ready, Some(icons::DOWNLOAD), "Export").clicked() {
                choice = Choice::Export;
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel").clicked() {
                choice = Choice::Cancel;
            }
        });
        choice
    }

    fn sent(&self, existing: Existing) -> Stage {
        let extension = self.chosen().map(|format| format.extension).unwrap_or_default();
        let name = self.name.trim();
        let has_ending = name.to_lowercase().ends_with(&format!(".{extension}"));
        let name = if has_ending { name.to_owned() } else { format!("{name}.{extension}") };
        Stage::Sent { path: PathBuf::from(self.folder.trim()).join(name), existing, is_handed_on: false }
    }

    /// Hands the export to the worker once the text is stored; says whether it just did.
    fn hand_on(
        &mut self,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (document, is_stored): (&Document, bool),
    ) -> bool {
        let format = self.chosen();
        let Stage::Sent { path, existing, is_handed_on } = &mut self.stage else { return false };
        if *is_handed_on || !is_stored {
            return false;
        }
        *is_handed_on = true;
        let export = DocumentExport {
            document: document.id,
            audience: self.audience,
            paper: self.paper,
            format,
            path: path.clone(),
            existing: *existing,
        };
        cx.submit(Slot::Export(detail.issue.id), Command::Document(DocumentCommand::Export(export)));
        true
    }

    fn sent_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Stage::Sent { is_handed_on, .. } = &self.stage else { return };
        let is_busy = !is_handed_on || cx.state.export.is_loading();
        let failure = cx.state.export.failure().cloned();
        if is_busy {
            self.busy_ui(ui, cx, detail);
        } else if cx.state.export.is_unasked() {
            // Cancelled from the status bar.
            self.stage = Stage::Form;
        } else if let Some(failure) = failure {
            if failure.kind == FailureKind::FileExists {
                self.exists_ui(ui, cx.tokens);
            } else {
                self.failed_ui(ui, cx, &failure);
            }
        } else {
            self.done_ui(ui, cx);
        }
    }

    fn busy_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        let slot = Slot::Export(detail.issue.id);
        let share = cx.state.running_share(&slot);
        let (stops, close) = dialog(ui, tokens, ("Exporting…", WIDTH), |ui| {
            progress_bar(ui, tokens, share, ui.available_width());
            ui.add_space(space::S);
            text(ui, "A long PDF takes a few seconds", Type::Caption, tokens.muted);
            ui.add_space(space::M);
            button(ui, tokens, Kind::Secondary, None, "Stop").clicked()
        });
        if stops || close {
            cx.cancel(slot);
            self.stage = Stage::Form;
        }
    }

    fn exists_ui(&mut self, ui: &Ui, tokens: &Tokens) {
        let Stage::Sent { path, .. } = &self.stage else { return };
        let question = format!("{} is there already", path.display());
        let (chosen, close) = dialog(ui, tokens, ("Replace the file?", WIDTH), |ui| {
            text(ui, &question, Type::Body, tokens.muted);
            ui.add_space(space::L);
            ui.horizontal(|ui| {
                let replaces = button(ui, tokens, Kind::Danger, None, "Replace").clicked();
                let numbers = button(ui, tokens, Kind::Secondary, None, "Keep both").clicked();
                let goes_back = button(ui, tokens, Kind::Ghost, None, "Back").clicked();
                (replaces, numbers, goes_back)
            })
            .inner
        });
        match chosen {
            (true, ..) => self.stage = self.sent(Existing::Replace),
            (_, true, _) => self.stage = self.sent(Existing::Number),
            (.., true) => self.stage = Stage::Form,
            _ if close => self.stage = Stage::Closed,
            _ => {}
        }
    }

    fn failed_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, failure: &crate::worker::Failure) {
        let ((pressed, goes_back), close) = dialog(ui, cx.tokens, ("Not exported", WIDTH), |ui| {
            let pressed = error_panel(ui, cx.tokens, failure);
            ui.add_space(space::M);
            (pressed, button(ui, cx.tokens, Kind::Secondary, None, "Back").clicked())
        });
        match pressed {
            Pressed::Retry => self.stage = self.sent(Existing::Refuse),
            Pressed::CopyDetails => cx.copy(failure.details.clone()),
            Pressed::Nothing if goes_back => self.stage = Stage::Form,
            Pressed::Nothing if close => self.stage = Stage::Closed,
            Pressed::Nothing => {}
        }
    }

    fn done_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let Some(path) = cx.state.export.value().cloned() else { return };
        let (tokens, remarks) = (cx.tokens, &cx.state.export_remarks);
        let ((shows, done), close) = dialog(ui, tokens, ("Exported", WIDTH), |ui| {
            text(ui, &path.display().to_string(), Type::Code, tokens.text);
            for remark in remarks {
                ui.add_space(space::XS);
                ui.horizontal_wrapped(|ui| {
                    ui.label(icon(icons::ALERT, 14.0).color(tokens.warn));
                    text(ui, remark, Type::Body, tokens.text);
                });
            }
            ui.add_space(space::L);
            ui.horizontal(|ui| {
                let label = "Show in folder";
                let shows = button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), label).clicked();
                (shows, button(ui, tokens, Kind::Primary, None, "Done").clicked())
            })
            .inner
        });
        if shows {
            cx.run_detached("", Command::Document(DocumentCommand::ShowInFolder(path)));
        }
        if done || close {
            self.stage = Stage::Closed;
        }
    }
}

/// Readers get what is still to be answered as a list.
fn open_ui(ui: &mut Ui, tokens: &Tokens, document: &Document) {
    let words = match open_points(document.markdown.expose()) {
        0 => return,
        1 => "One open question is named in the file, before the evidence".to_owned(),
        all => format!("{all} open questions are listed in the file, before the evidence"),
    };
    ui.add_space(space::S);
    text(ui, &words, Type::Caption, tokens.warn);
}
