//! The versions of a document: what changed between one and the text as it is, and the way back.

use super::changes::Changes;
use crate::domain::{Document, DocumentId};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, error_panel, menu_select, skeleton, text};
use crate::worker::{Command, DocumentCommand, DocumentView};
use egui::Ui;

/// Which version is compared with.
#[derive(Debug, Default)]
pub(super) struct Versions {
    chosen: Option<DocumentId>,
    /// The number of one that is to be chosen once the list has it.
    awaited: Option<u32>,
    changes: Changes,
}

impl Versions {
    /// Compares with the version of this number.
    pub(super) fn compare_with(&mut self, cx: &mut ViewContext<'_>, document: &Document, version: u32) {
        self.awaited = Some(version);
        // What was loaded before is of another comparison.
        cx.cancel(Slot::DocumentVersion(document.issue));
    }

    /// Returns the version that is to be restored.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, source): (&IssueState, &str),
        (view, document): (&DocumentView, &Document),
    ) -> Option<DocumentId> {
        let tokens = cx.tokens;
        if let Some(awaited) = self.awaited.take()
            && let Some(version) = view.versions.iter().find(|version| version.version == awaited)
        {
            self.choose(cx, document, version.id);
        }
        let others: Vec<_> = view.versions.iter().filter(|version| version.id != document.id).collect();
        if others.is_empty() {
            text(ui, "This is the only version. Ctrl+S keeps the text as the next one.", Type::Body, tokens.muted);
            return None;
        }
        let names: Vec<String> = others
            .iter()
            .map(|version| format!("Version {} · {}", version.version, format::moment(version.updated_at)))
            .collect();
        let choices: Vec<_> = others.iter().zip(&names).map(|(version, name)| (version.id, name.as_str())).collect();
        let chosen = others.iter().zip(&names).find(|(version, _)| Some(version.id) == self.chosen);
        let mut restored = None;
        ui.horizontal(|ui| {
            let current = chosen.map_or("Compare with…", |(_, name)| name.as_str());
            if let Some(id) = menu_select(ui, tokens, "Versions", (current, tokens.text), &choices) {
                self.choose(cx, document, id);
            }
            if let Some((version, _)) = chosen {
                let words = format!("Restore version {}", version.version);
                let old = state.compared.value().filter(|old| old.id == version.id);
                let differs = old.is_none_or(|old| old.markdown.expose() != source);
                let restore = ui.add_enabled_ui(differs, |ui| button(ui, tokens, Kind::Secondary, None, &words)).inner;
                let restore = restore.on_hover_text("As a new version; nothing is lost");
                if restore.on_disabled_hover_text("The text is the same").clicked() {
                    restored = Some(version.id);
                }
            }
        });
        ui.add_space(space::S);
        if self.chosen.is_some() {
            self.changes_ui(ui, cx, state, source);
        } else {
            text(ui, "Choose a version to see what has changed since.", Type::Body, tokens.muted);
        }
        restored
    }

    fn changes_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, state: &IssueState, source: &str) {
        if let Some(failure) = state.compared.failure() {
            error_panel(ui, cx.tokens, failure);
            return;
        }
        match state.compared.value().filter(|old| Some(old.id) == self.chosen) {
            Some(old) => {
                self.changes.compare(old.markdown.expose(), source);
                self.changes.ui(ui, cx.tokens);
            }
            None => skeleton(ui, cx.tokens, 8),
        }
    }

    fn choose(&mut self, cx: &mut ViewContext<'_>, document: &Document, version: DocumentId) {
        self.chosen = Some(version);
        cx.submit(Slot::DocumentVersion(document.issue), Command::Document(DocumentCommand::LoadVersion(version)));
    }
}
