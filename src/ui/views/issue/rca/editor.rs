//! The source of a document, kept as one types, and its preview.

use super::outline;
use crate::domain::{Document, DocumentId};
use crate::ui::context::ViewContext;
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::Reveal;
use crate::ui::widgets::markdown::markdown_ui;
use crate::worker::{Command, DocumentCommand, IssueDetail};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{CentralPanel, Frame, Id, Margin, Panel, ScrollArea, TextEdit, Ui};
use std::time::Duration;

/// How long typing must rest before the text is stored, in seconds.
const REST_SECS: f64 = 1.0;

/// The source of a document.
#[derive(Debug, Default)]
pub(super) struct Editor {
    /// Which document the text is of.
    of: Option<DocumentId>,
    text: String,
    /// As it was sent to be stored last.
    stored: String,
    changed_at: f64,
    /// The character that the outline leads to.
    goes_to: Option<usize>,
}

fn key(document: DocumentId) -> String {
    format!("document/{document}")
}

impl Editor {
    /// Takes the text of the document when another one is shown. What was typed and not stored comes first.
    pub(super) fn take(&mut self, cx: &mut ViewContext<'_>, document: &Document) {
        if self.of == Some(document.id) {
            return;
        }
        self.of = Some(document.id);
        document.markdown.expose().clone_into(&mut self.stored);
        let draft = cx.draft(&key(document.id));
        self.text = if draft.is_empty() { self.stored.clone() } else { draft.clone() };
        self.changed_at = 0.0;
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The document with the text as it is now.
    pub(super) fn document(&self, document: &Document) -> Document {
        Document { markdown: self.text.as_str().into(), ..document.clone() }
    }

    /// Whether all that was typed is in the store.
    pub(super) fn is_stored(&self, state: &IssueState, document: &Document) -> bool {
        let save = state.saves.get(&document.id);
        self.text == self.stored && !save.is_some_and(|save| save.is_loading() || save.failure().is_some())
    }

    /// Stores the text once it rests, and again after a failure.
    pub(super) fn autosave(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, state: &IssueState, document: &Document) {
        if self.is_stored(state, document) {
            return;
        }
        let save = state.saves.get(&document.id);
        let failed = save.is_some_and(|save| save.failure().is_some());
        if self.text == self.stored && !failed {
            return;
        }
        let now = ui.input(|input| input.time);
        let rest = if failed { 5.0 * REST_SECS } else { REST_SECS };
        let left = self.changed_at + rest - now;
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        self.changed_at = now;
        self.store(cx, state, document);
    }

    /// Stores the text now, if it has changed.
    pub(super) fn store(&mut self, cx: &mut ViewContext<'_>, state: &IssueState, document: &Document) {
        if self.is_stored(state, document) {
            return;
        }
        self.stored.clone_from(&self.text);
        let save = Command::Document(DocumentCommand::Save(self.document(document)));
        cx.submit(Slot::DocumentSave(document.issue, document.id), save);
    }

    /// The text has been handed on as a version: its draft is no longer needed.
    pub(super) fn leave(&mut self, cx: &mut ViewContext<'_>, document: &Document) {
        self.stored.clone_from(&self.text);
        cx.clear_draft(&key(document.id));
    }

    pub(super) fn source_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, document: &Document) {
        let tokens = cx.tokens;
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            let frame = Frame::new().fill(if tokens.is_dark { tokens.sunken } else { tokens.panel });
            let frame = frame.stroke(egui::Stroke::new(1.0, tokens.border)).corner_radius(8);
            frame.show(ui, |ui| {
                let area = ScrollArea::vertical().id_salt("source").auto_shrink(false);
                area.show(ui, |ui| self.field_ui(ui, cx, document));
            });
        });
    }

    fn field_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, document: &Document) {
        let id = Id::unique(("document source", document.id));
        let edit = TextEdit::multiline(&mut self.text)
            .id(id)
            .font(Type::Code.font())
            .desired_width(f32::INFINITY)
            .frame(Frame::new().inner_margin(12))
            .min_size(egui::vec2(0.0, ui.available_height()))
            .lock_focus(true);
        let output = edit.show(ui);
        let response = output.response.response.clone().accessible_name("Source");
        if let Some(character) = self.goes_to.take() {
            let cursor = CCursor::new(character);
            let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
            state.cursor.set_char_range(Some(CCursorRange::one(cursor)));
            state.store(ui.ctx(), id);
            response.request_focus();
            let place = output.galley.pos_from_cursor(cursor).translate(output.galley_pos.to_vec2());
            ui.scroll_to_rect(place, Some(egui::Align::TOP));
        }
        if response.changed() {
            self.changed_at = ui.input(|input| input.time);
            cx.draft(&key(document.id)).clone_from(&self.text);
        }
    }

    pub(super) fn preview_panel_ui(&self, ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail, width: f32) {
        let frame = Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO });
        let panel = Panel::right("preview").exact_size(width).resizable(false).show_separator_line(false);
        panel.frame(frame).show(ui, |ui| self.preview_ui(ui, tokens, detail));
    }

    pub(super) fn preview_ui(&self, ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail) {
        let value = |placeholder| detail.vault.value(placeholder).map(|value| value.expose().to_owned());
        let reveal = Reveal { value: &value, shows_values: true };
        ScrollArea::vertical().id_salt("preview").auto_shrink(false).show(ui, |ui| {
            ui.add_space(space::XS);
            markdown_ui(ui, tokens, "document", &self.text, &reveal);
        });
    }

    pub(super) fn outline_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let frame = Frame::new().inner_margin(Margin { right: 12, ..Margin::ZERO });
        let panel = Panel::left("outline").exact_size(200.0).resizable(false).show_separator_line(false);
        panel.frame(frame).show(ui, |ui| {
            let chosen = outline::ui(ui, tokens, &self.text);
            self.goes_to = chosen.or(self.goes_to);
        });
    }
}
