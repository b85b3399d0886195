//! Rules from a file and into one.

use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::space;
use crate::ui::widgets::{Answer, Field, Kind, Pressed, button, button_enabled, confirm, dialog, error_panel};
use crate::worker::{Command, Failure, FailureKind, RuleCommand};
use egui::Ui;
use std::path::PathBuf;

/// Which way rules go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Way {
    const fn verb(self) -> &'static str {
        match self {
            Self::In => "Import",
            Self::Out => "Export",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::In => "Import rules",
            Self::Out => "Export rules",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::In => "Rules that are there already stay as they are; a file with a mistake adds none",
            Self::Out => "The texts of the rules for all issues, readable by whoever has the file",
        }
    }

    const fn purpose(self) -> PickPurpose {
        match self {
            Self::In => PickPurpose::RuleImport,
            Self::Out => PickPurpose::RuleExport,
        }
    }
}

/// The dialog for a file of rules.
#[derive(Debug, Default)]
pub(super) struct RuleFiles {
    open: Option<Way>,
    path: String,
    is_sent: bool,
}

impl RuleFiles {
    /// The two buttons, and the dialog when one of them was pressed.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        for (way, glyph, name) in [(Way::In, icons::UPLOAD, "Import…"), (Way::Out, icons::DOWNLOAD, "Export…")] {
            if button(ui, cx.tokens, Kind::Secondary, Some(glyph), name).clicked() {
                self.open = Some(way);
                self.is_sent = false;
            }
        }
        if let Some(way) = self.open {
            self.dialog_ui(ui, cx, way);
        }
    }

    fn dialog_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, way: Way) {
        if let Some(picked) = cx.take_picked(way.purpose()).into_iter().next() {
            self.path = picked.display().to_string();
        }
        let state = cx.state;
        let failure = match way {
            Way::In => self.outcome(&state.rule_import),
            Way::Out => self.outcome(&state.rule_export),
        };
        let failure = match failure {
            Outcome::Waiting => None,
            Outcome::Done => {
                self.open = None;
                return;
            }
            Outcome::Failed(failure) if failure.kind == FailureKind::FileExists => {
                return self.replace_ui(ui, cx, failure);
            }
            Outcome::Failed(failure) => Some(failure),
        };
        let tokens = cx.tokens;
        let ((go, cancel), close) = dialog(ui, tokens, (way.title(), 520.0), |ui| {
            Field::new("File of rules").help(way.help()).hint("rules.toml").code().ui(ui, tokens, &mut self.path);
            ui.add_space(space::S);
            if let Some(failure) = failure
                && error_panel(ui, tokens, failure) == Pressed::CopyDetails
            {
                cx.copy(failure.details.clone());
            }
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                let ready = (Kind::Primary, !self.path.trim().is_empty());
                let go = button_enabled(ui, tokens, ready, None, way.verb()).clicked();
                if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
                    match way {
                        Way::In => cx.pick_files(PickPurpose::RuleImport),
                        Way::Out => cx.pick_save(PickPurpose::RuleExport, "rules.toml"),
                    }
                }
                (go, button(ui, tokens, Kind::Ghost, None, "Cancel").clicked())
            })
            .inner
        });
        if go {
            self.send(cx, way, false);
        }
        if cancel || close {
            self.open = None;
        }
    }

    fn replace_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, failure: &Failure) {
        match confirm(ui, cx.tokens, "Replace the file?", &failure.summary, "Replace") {
            Answer::Open => {}
            Answer::No => self.is_sent = false,
            Answer::Yes => self.send(cx, Way::Out, true),
        }
    }

    fn send(&mut self, cx: &mut ViewContext<'_>, way: Way, overwrite: bool) {
        let path = PathBuf::from(self.path.trim());
        self.is_sent = true;
        match way {
            Way::In => cx.submit(Slot::RuleImport, Command::Rule(RuleCommand::Import { path })),
            Way::Out => cx.submit(Slot::RuleExport, Command::Rule(RuleCommand::Export { path, overwrite })),
        }
    }

    fn outcome<'a, T>(&self, asked: &'a Loadable<T>) -> Outcome<'a> {
        if !self.is_sent || asked.is_loading() || asked.is_unasked() {
            return Outcome::Waiting;
        }
        asked.failure().map_or(Outcome::Done, Outcome::Failed)
    }
}

enum Outcome<'a> {
    Waiting,
    Done,
    Failed(&'a Failure),
}
