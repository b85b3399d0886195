//! The source of a document, kept as one types, with its marks, its tables and its places.

use super::find::{Find, Wish};
use super::marks::{self, Mark};
use super::outline::{self, Heading};
use super::toolbar;
use crate::domain::{Document, DocumentId};
use crate::ui::command::UiCommand;
use crate::ui::context::ViewContext;
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Tokens, Type};
use crate::worker::{Command, DocumentCommand};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{Event, Frame, Galley, Id, Key, Margin, Modifiers, Panel, ScrollArea, TextEdit, Ui, vec2};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// How long typing must rest before the text is stored, in seconds.
const REST_SECS: f64 = 1.0;
/// Around the text, in points.
const MARGIN: f32 = 12.0;

/// The source of a document.
#[derive(Debug, Default)]
pub(super) struct Editor {
    /// Which document the text is of.
    of: Option<DocumentId>,
    /// The field that shows it.
    field: Option<Id>,
    text: String,
    /// As it was sent to be stored last.
    stored: String,
    changed_at: f64,
    /// Counts the changes of the text.
    version: u64,
    /// Characters that something leads to, and whether the field takes the focus.
    goes_to: Option<(Range<usize>, bool)>,
    /// Characters.
    selected: Range<usize>,
    /// The place that the find bar has led to, in characters.
    found: Option<Range<usize>>,
    /// Undoing by the button: the text before it, and how many frames it may take. The field's history holds cursors,
    /// too, and in the frame of the click the field has lost the focus.
    undoes: Option<(String, u8)>,
    /// What the button has undone, the last one at the end.
    undone: Vec<String>,
    /// A character of the table in which something was typed.
    table: Option<usize>,
    find: Find,
    /// Words and headings, of a version of the text.
    read: Option<(u64, usize, Vec<Heading>)>,
    galley: Option<Arc<Galley>>,
    offset: f32,
    scrolls_to: Option<f32>,
}

fn key(document: DocumentId) -> String {
    format!("document/{document}")
}

/// The same for all versions, so that undoing goes on behind a saved one.
fn field(document: &Document) -> Id {
    Id::unique(("document source", document.issue, document.kind.as_str()))
}

impl Editor {
    /// Takes the text of the document when another one is shown. What was typed and not stored comes first.
    pub(super) fn take(&mut self, cx: &mut ViewContext<'_>, document: &Document) {
        if self.of == Some(document.id) {
            return;
        }
        let before = self.of.replace(document.id);
        self.field = Some(field(document));
        if let Some(before) = before {
            cx.clear_draft(&key(before));
        }
        // What was typed while a version was being saved goes on in the new one.
        let goes_on = before.is_some() && self.text != self.stored && self.stored == document.markdown.expose();
        document.markdown.expose().clone_into(&mut self.stored);
        let draft = cx.draft(&key(document.id));
        if goes_on {
            draft.clone_from(&self.text);
        } else if draft.is_empty() {
            self.text.clone_from(&self.stored);
        } else {
            self.text.clone_from(draft);
        }
        self.version += 1;
        self.changed_at = 0.0;
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Another one with every change.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    /// How long nothing has been typed, in seconds.
    pub(super) fn rests_for(&self, ui: &Ui) -> f64 {
        ui.input(|input| input.time) - self.changed_at
    }

    /// The document with the text as it is now.
    pub(super) fn document(&self, document: &Document) -> Document {
        Document { markdown: self.text.as_str().into(), ..document.clone() }
    }

    /// Puts the cursor at this byte and shows it.
    pub(super) fn go_to_byte(&mut self, byte: usize) {
        let character = marks::character_of(&self.text, byte);
        self.goes_to = Some((character..character, true));
    }

    /// The section in which the cursor stands: its bytes, with its heading.
    pub(super) fn section(&self) -> Range<usize> {
        let at = marks::byte_of(&self.text, self.selected.start);
        let is_start = |(place, _): &(usize, &str)| *place == 0 || self.text.as_bytes().get(*place - 1) == Some(&b'\n');
        let starts: Vec<usize> = self.text.match_indices("## ").filter(is_start).map(|(place, _)| place).collect();
        let next = starts.partition_point(|start| *start <= at);
        let start = next.checked_sub(1).and_then(|place| starts.get(place).copied()).unwrap_or(0);
        start..starts.get(next).copied().unwrap_or(self.text.len())
    }

    /// Puts a text in the place of these bytes.
    pub(super) fn replace(&mut self, cx: &mut ViewContext<'_>, ui: &Ui, range: Range<usize>, with: &str) {
        if self.text.get(range.clone()).is_some() {
            self.remember(ui);
            self.text.replace_range(range, with);
            self.changed(cx, ui);
        }
    }

    /// Puts the text as it is now into the field's history: by itself the field knows only what is changed while it has
    /// the focus.
    fn remember(&self, ui: &Ui) {
        let Some(id) = self.field else { return };
        let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        let mut history = state.undoer();
        let range = state.cursor.char_range().unwrap_or_default();
        history.add_undo(&(range, self.text.clone()));
        state.set_undoer(history);
        state.store(ui.ctx(), id);
    }

    fn changed(&mut self, cx: &mut ViewContext<'_>, ui: &Ui) {
        self.found = None;
        self.version += 1;
        self.changed_at = ui.input(|input| input.time);
        if let Some(document) = self.of {
            cx.draft(&key(document)).clone_from(&self.text);
        }
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

    pub(super) fn words(&mut self) -> usize {
        self.read().0
    }

    fn read(&mut self) -> (usize, &[Heading]) {
        let (version, text) = (self.version, &self.text);
        let known = self.read.take().filter(|(known, ..)| *known == version);
        let read = known.unwrap_or_else(|| (version, text.split_whitespace().count(), outline::headings(text)));
        let (_, words, headings) = self.read.insert(read);
        (*words, headings)
    }

    /// Returns the byte of the source at the top, if the user has scrolled it or moved the cursor.
    pub(super) fn source_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (document, is_busy): (&Document, bool),
    ) -> Option<usize> {
        if is_busy {
            ui.disable();
        }
        let tokens = cx.tokens;
        let id = field(document);
        self.keys(ui, cx, id);
        if let Some(mark) = toolbar::ui(ui, tokens, id) {
            self.act(ui, cx, mark, id);
        }
        let wish = self.find.ui(ui, tokens, (&self.text, self.version));
        self.grant(cx, ui, wish);
        let frame = Frame::new().fill(if tokens.is_dark { tokens.sunken } else { tokens.panel });
        let frame = frame.stroke(egui::Stroke::new(1.0, tokens.border)).corner_radius(8);
        let output = frame.show(ui, |ui| {
            let mut area = ScrollArea::vertical().id_salt("source").auto_shrink(false);
            let is_led = self.scrolls_to.is_some();
            if let Some(offset) = self.scrolls_to.take() {
                area = area.vertical_scroll_offset(offset);
            }
            let output = area.show(ui, |ui| self.field_ui(ui, cx, id));
            (output.state.clamped_offset().y, is_led, ui.rect_contains_pointer(output.inner_rect))
        });
        let (offset, is_led, is_hovered) = output.inner;
        let moved = (offset - self.offset).abs() > 0.5;
        self.offset = offset;
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        (moved && !is_led && (is_hovered || has_focus)).then(|| self.byte_at_top()).flatten()
    }

    /// Shows this byte at the top.
    pub(super) fn show(&mut self, byte: usize) {
        let character = marks::character_of(&self.text, byte);
        let place = self.galley.as_ref().map(|galley| galley.pos_from_cursor(CCursor::new(character)).top());
        self.scrolls_to = place.map(|top| (top + MARGIN).max(0.0));
    }

    fn byte_at_top(&self) -> Option<usize> {
        let galley = self.galley.as_ref()?;
        let cursor = galley.cursor_from_pos(vec2(0.0, (self.offset - MARGIN).max(0.0)));
        Some(marks::byte_of(&self.text, cursor.index.into()))
    }

    fn keys(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, id: Id) {
        UiCommand::lend_keys(ui.ctx(), id);
        self.go_on_undoing(ui, id);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return;
        }
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let both = Modifiers::COMMAND | Modifiers::SHIFT;
        if pressed(both, Key::K) {
            self.act(ui, cx, toolbar::Act::Mark(Mark::Link), id);
        }
        for (key, act) in [
            (Key::B, toolbar::Act::Mark(Mark::Bold)),
            (Key::I, toolbar::Act::Mark(Mark::Italic)),
            (Key::F, toolbar::Act::Find),
            (Key::H, toolbar::Act::Find),
        ] {
            if pressed(Modifiers::COMMAND, key) {
                self.act(ui, cx, act, id);
            }
        }
    }

    fn act(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, act: toolbar::Act, id: Id) {
        match act {
            toolbar::Act::Mark(mark) => {
                self.remember(ui);
                let selected = marks::apply(&mut self.text, self.selected.clone(), mark);
                self.selected = selected.clone();
                set_selection(ui, id, selected);
                ui.memory_mut(|memory| memory.request_focus(id));
                self.changed(cx, ui);
            }
            toolbar::Act::Find => {
                let range =
                    marks::byte_of(&self.text, self.selected.start)..marks::byte_of(&self.text, self.selected.end);
                let selected = self.text.get(range).unwrap_or_default().to_owned();
                self.find.open(&selected);
            }
            // The field knows its own history.
            toolbar::Act::Undo => {
                self.undoes = Some((self.text.clone(), 4));
                ui.ctx().request_repaint();
            }
            toolbar::Act::Redo => {
                if let Some(text) = self.undone.pop() {
                    self.text = text;
                    self.changed(cx, ui);
                }
            }
        }
    }

    fn go_on_undoing(&mut self, ui: &Ui, id: Id) {
        let Some((before, tries)) = self.undoes.take() else { return };
        if self.text != before {
            self.undone.push(before);
        } else if tries > 0 {
            press(ui, id, Key::Z);
            self.undoes = Some((before, tries - 1));
            ui.ctx().request_repaint();
        }
    }

    fn grant(&mut self, cx: &mut ViewContext<'_>, ui: &Ui, wish: Wish) {
        if let Some(range) = wish.select {
            let characters = marks::character_of(&self.text, range.start)..marks::character_of(&self.text, range.end);
            // The field of the find bar keeps the focus, so that Enter leads on.
            self.goes_to = Some((characters, false));
        }
        if wish.replace.is_empty() {
            return;
        }
        self.remember(ui);
        for range in wish.replace.into_iter().rev() {
            self.text.replace_range(range, &wish.with);
        }
        self.changed(cx, ui);
    }

    fn field_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, id: Id) {
        let edit = TextEdit::multiline(&mut self.text)
            .id(id)
            .font(Type::Code.font())
            .desired_width(f32::INFINITY)
            .frame(Frame::new().inner_margin(MARGIN))
            .min_size(vec2(0.0, ui.available_height()))
            .lock_focus(true);
        let output = edit.show(ui);
        let response = output.response.response.clone().accessible_name("Source");
        if let Some(range) = output.cursor_range {
            let [start, end] = range.sorted_cursors();
            self.selected = start.index.into()..end.index.into();
        }
        if let Some((range, takes_focus)) = self.goes_to.take() {
            set_selection(ui, id, range.clone());
            if takes_focus {
                response.request_focus();
            } else {
                self.found = Some(range.clone());
            }
            let cursor = CCursor::new(range.start);
            let place = output.galley.pos_from_cursor(cursor).translate(output.galley_pos.to_vec2());
            ui.scroll_to_rect(place, Some(egui::Align::TOP));
            self.selected = range;
        }
        if response.changed() {
            if self.undoes.is_none() {
                self.undone.clear();
            }
            self.changed(cx, ui);
            // The line break behind the last row is typed outside, and the table is still to be aligned.
            self.table = Some(self.selected.end).filter(|at| marks::is_in_table(&self.text, *at)).or(self.table);
        }
        self.mark_found(ui, cx.tokens, &output);
        self.leave_table(ui, cx, &output, id);
        self.galley = Some(output.galley);
    }

    /// A field without the focus does not show what is selected in it.
    fn mark_found(&mut self, ui: &Ui, tokens: &Tokens, output: &TextEditOutput) {
        if output.response.response.has_focus() {
            self.found = None;
        }
        let Some(found) = &self.found else { return };
        let place = |at| output.galley.pos_from_cursor(CCursor::new(at)).translate(output.galley_pos.to_vec2());
        let (start, end) = (place(found.start), place(found.end));
        let right =
            if end.top() > start.top() + 1.0 { output.response.response.rect.right() - MARGIN } else { end.left() };
        let rect = start.with_max_x(right.max(start.left() + 2.0));
        ui.painter().rect_filled(rect.expand(1.0), 3, tokens.accent.gamma_multiply(0.35));
    }

    /// Once the cursor has left a table in which something was typed, its columns are aligned.
    fn leave_table(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, output: &TextEditOutput, id: Id) {
        let Some(table) = self.table else { return };
        let at = self.selected.end;
        if output.response.response.has_focus() && marks::is_in_table(&self.text, at) {
            return;
        }
        self.table = None;
        self.remember(ui);
        let before = self.text.chars().count();
        if marks::align_table(&mut self.text, table).is_some() {
            let after = self.text.chars().count();
            // What stands behind the table has moved with it.
            let at = if at > table { (at + after).saturating_sub(before) } else { at };
            set_selection(ui, id, at..at);
            self.changed(cx, ui);
        }
    }

    pub(super) fn outline_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let frame = Frame::new().inner_margin(Margin { right: 12, ..Margin::ZERO });
        let panel = Panel::left("outline").exact_size(200.0).resizable(false).show_separator_line(false);
        panel.frame(frame).show(ui, |ui| {
            let chosen = outline::ui(ui, tokens, self.read().1);
            if let Some(character) = chosen {
                self.goes_to = Some((character..character, true));
            }
        });
    }
}

fn set_selection(ui: &Ui, id: Id, characters: Range<usize>) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let range = CCursorRange::two(CCursor::new(characters.start), CCursor::new(characters.end));
    state.cursor.set_char_range(Some(range));
    state.store(ui.ctx(), id);
}

/// Gives the field the focus and a key with Ctrl, in this frame.
fn press(ui: &Ui, id: Id, key: Key) {
    ui.memory_mut(|memory| memory.request_focus(id));
    let modifiers = Modifiers::COMMAND | Modifiers::CTRL;
    let event = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    ui.input_mut(|input| input.events.push(event));
}
