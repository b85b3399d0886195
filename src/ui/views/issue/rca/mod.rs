//! The tab of a document, RCA or post-mortem: source beside preview, check, facts, versions, export.
mod changes;
mod checks;
mod conflicts;
mod editor;
mod export;
mod facts;
mod find;
mod marks;
mod outline;
mod polish;
mod preview;
mod toolbar;
mod versions;

use self::checks::Leads;
use self::conflicts::{Decisions, Done};
use self::editor::Editor;
use self::export::ExportDialog;
use self::facts::FactsForm;
use self::polish::Polish;
use self::preview::Preview;
use self::versions::Versions;
use crate::domain::{Document, DocumentKind};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::{IssueState, Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Kind, Pressed, button, empty_state, error_panel, icon_button, segmented, skeleton, text, toggle,
};
use crate::worker::{Command, DocumentCommand, DocumentView, IssueDetail};
use egui::{Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, Ui};
use std::time::Duration;

/// Below this width the outline folds away.
const OUTLINE_FROM: f32 = 980.0;
/// Below this width source and what is beside it take turns.
const SIDE_BY_SIDE_FROM: f32 = 860.0;
/// How long typing must rest before the text is checked, in seconds.
const CHECK_AFTER_SECS: f64 = 0.7;

/// What stands beside the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    /// Where there is room for one only.
    Source,
    #[default]
    Preview,
    Check,
    Facts,
    Versions,
    Polish,
}

/// What is chosen in the tab of a document.
#[derive(Debug)]
pub(super) struct DocumentTab {
    kind: DocumentKind,
    editor: Editor,
    preview: Preview,
    export: ExportDialog,
    facts: FactsForm,
    versions: Versions,
    decisions: Decisions,
    polish: Polish,
    side: Side,
    /// Asks whoever owns the dialog to open it for this document.
    pub(super) publishes: Option<DocumentKind>,
    /// `None` follows the width.
    shows_outline: Option<bool>,
    /// Which version of the text and of the issue was checked last.
    checked: Option<(u64, u64)>,
    /// The version of the document that a new draft began from, until that has come.
    redrafts: Option<u32>,
    has_loaded: bool,
}

impl DocumentTab {
    pub(super) fn new(kind: DocumentKind) -> Self {
        Self {
            kind,
            editor: Editor::default(),
            preview: Preview::default(),
            export: ExportDialog::default(),
            facts: FactsForm::default(),
            versions: Versions::default(),
            decisions: Decisions::default(),
            polish: Polish::default(),
            side: Side::default(),
            publishes: None,
            shows_outline: None,
            checked: None,
            redrafts: None,
            has_loaded: false,
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        let known = state.documents.get(&self.kind);
        if !std::mem::replace(&mut self.has_loaded, true) {
            self.submit(cx, detail, DocumentCommand::Load { issue: detail.issue.id, kind: self.kind });
        }
        if let Some(failure) = known.and_then(Loadable::failure) {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => self.has_loaded = false,
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(view) = known.and_then(Loadable::value) else { return skeleton(ui, cx.tokens, 10) };
        let Some(document) = &view.document else {
            let is_busy = known.is_some_and(Loadable::is_loading);
            self.empty_ui(ui, cx, detail, is_busy);
            return;
        };
        self.editor.take(cx, document);
        self.editor.autosave(ui, cx, state, document);
        self.facts.store(ui, cx);
        if let Some(conflicts) = state.conflicts.get(&self.kind) {
            match self.decisions.ui(ui, cx.tokens, conflicts) {
                Done::Open => {}
                Done::Decided(decided) => {
                    self.submit(cx, detail, DocumentCommand::SaveVersion(*decided));
                    self.editor.leave(cx, document);
                }
                Done::Left => {
                    self.redrafts = None;
                    self.submit(cx, detail, DocumentCommand::Load { issue: detail.issue.id, kind: self.kind });
                }
            }
            return;
        }
        self.follow_redraft(cx, document);
        self.keys(ui, cx, detail, document);
        self.check(ui, cx, detail, document);
        self.bar_ui(ui, cx, (state, detail), (view, document));
        ui.add_space(space::S);
        self.export.ui(ui, cx, detail, (document, self.editor.is_stored(state, document)));
        self.body_ui(ui, cx, (state, detail), (view, document));
    }

    fn submit(&self, cx: &mut ViewContext<'_>, detail: &IssueDetail, command: DocumentCommand) {
        cx.submit(Slot::Document(detail.issue.id, self.kind), Command::Document(command));
    }

    fn keys(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, document: &Document) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
        if pressed(Key::S) {
            self.save_version(cx, detail, document);
        }
        if pressed(Key::E) {
            self.export.open(cx);
        }
        if pressed(Key::P) {
            self.publishes = Some(self.kind);
        }
    }

    fn save_version(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail, document: &Document) {
        self.submit(cx, detail, DocumentCommand::SaveVersion(self.editor.document(document)));
        self.editor.leave(cx, document);
    }

    /// Builds a new draft around what was edited.
    fn redraft(&mut self, cx: &mut ViewContext<'_>, (state, detail): (&IssueState, &IssueDetail), document: &Document) {
        self.editor.store(cx, state, document);
        self.redrafts = Some(document.version);
        self.decisions = Decisions::default();
        self.submit(cx, detail, DocumentCommand::Redraft(self.editor.document(document)));
    }

    /// A new draft has come: what it changed is shown.
    fn follow_redraft(&mut self, cx: &mut ViewContext<'_>, document: &Document) {
        if let Some(before) = self.redrafts.filter(|before| *before < document.version) {
            self.redrafts = None;
            self.side = Side::Versions;
            self.versions.compare_with(cx, document, before);
        }
    }

    /// Has the text checked once it rests, and again when the issue has changed.
    fn check(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, document: &Document) {
        let now = (self.editor.version(), detail.revision);
        if self.checked == Some(now) {
            return;
        }
        let left = CHECK_AFTER_SECS - self.editor.rests_for(ui);
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        self.checked = Some(now);
        let check = DocumentCommand::Check(self.editor.document(document));
        cx.submit(Slot::DocumentCheck(detail.issue.id, self.kind), Command::Document(check));
    }

    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        (_, document): (&DocumentView, &Document),
    ) {
        let tokens = cx.tokens;
        let is_narrow = ui.available_width() < SIDE_BY_SIDE_FROM;
        let found = state.checks.get(&self.kind).and_then(Loadable::value).map(Vec::len);
        let check = found.map_or_else(|| "Check".to_owned(), |found| format!("Check {found}"));
        let version = format!("Version {}", document.version);
        ui.horizontal(|ui| {
            let mut outlined = self.shows_outline.unwrap_or_else(|| ui.available_width() >= OUTLINE_FROM);
            if !is_narrow && toggle(ui, tokens, icons::LIST, "Outline", &mut outlined) {
                self.shows_outline = Some(outlined);
            }
            let mut sides = vec![
                (Side::Preview, "Preview"),
                (Side::Check, check.as_str()),
                (Side::Facts, "Facts"),
                (Side::Versions, version.as_str()),
                (Side::Polish, "Polish"),
            ];
            if is_narrow {
                sides.insert(0, (Side::Source, "Source"));
            } else if self.side == Side::Source {
                self.side = Side::Preview;
            }
            segmented(ui, tokens, &mut self.side, &sides);
            if !is_narrow {
                self.actions_ui(ui, cx, (state, detail), document);
            }
        });
        if is_narrow {
            ui.add_space(space::XS);
            ui.horizontal(|ui| self.actions_ui(ui, cx, (state, detail), document));
        }
    }

    fn actions_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        document: &Document,
    ) {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            self.buttons_ui(ui, cx, (state, detail), document);
            self.words_ui(ui, cx, state, document);
        });
    }

    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        document: &Document,
    ) {
        let tokens = cx.tokens;
        if button(ui, tokens, Kind::Primary, Some(icons::DOWNLOAD), "Export…").on_hover_text("Ctrl+E").clicked() {
            self.export.open(cx);
        }
        let publish = button(ui, tokens, Kind::Secondary, Some(icons::SEND), "Publish…");
        if publish.on_hover_text("Ctrl+P").clicked() {
            self.publishes = Some(self.kind);
        }
        if icon_button(ui, tokens, icons::SAVE, "Save version").on_hover_text("Ctrl+S").clicked() {
            self.save_version(cx, detail, document);
        }
        let again = icon_button(ui, tokens, icons::REFRESH, "New draft");
        if again.on_hover_text("From the facts as they are now; your edits are carried over").clicked() {
            self.redraft(cx, (state, detail), document);
        }
    }

    fn words_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, state: &IssueState, document: &Document) {
        let words = self.editor.words();
        let (saved, color) = match state.saves.get(&document.id) {
            Some(save) if save.failure().is_some() => ("not saved, trying again", cx.tokens.bad),
            _ if self.editor.is_stored(state, document) => ("saved", cx.tokens.muted),
            _ => ("saving…", cx.tokens.muted),
        };
        text(ui, &format!("{} words · {saved}", format::count(words as u64)), Type::Caption, color);
    }

    fn body_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        (view, document): (&DocumentView, &Document),
    ) {
        let width = ui.available_width();
        let is_wide = width >= SIDE_BY_SIDE_FROM;
        // A new draft is on its way, with the text as it is now.
        let is_busy = self.redrafts.is_some() && state.documents.get(&self.kind).is_some_and(Loadable::is_loading);
        if is_wide && self.shows_outline.unwrap_or(width >= OUTLINE_FROM) {
            self.editor.outline_ui(ui, cx.tokens);
        }
        if !is_wide {
            if self.side == Side::Source {
                self.editor.source_ui(ui, cx, (document, is_busy));
            } else {
                self.side_ui(ui, cx, (state, detail), (view, document));
            }
            return;
        }
        let half = ui.available_width() * 0.5;
        let frame = Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO });
        let panel = Panel::right("side").exact_size(half).resizable(false).show_separator_line(false);
        panel.frame(frame).show(ui, |ui| self.side_ui(ui, cx, (state, detail), (view, document)));
        let top = CentralPanel::default()
            .frame(Frame::NONE)
            .show(ui, |ui| self.editor.source_ui(ui, cx, (document, is_busy)));
        if let Some(byte) = top.inner {
            self.preview.show(byte);
        }
    }

    fn side_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        (view, document): (&DocumentView, &Document),
    ) {
        match self.side {
            Side::Source | Side::Preview => {
                let source = (self.editor.text(), self.editor.version());
                if let Some(byte) = self.preview.ui(ui, cx.tokens, source, detail) {
                    self.editor.show(byte);
                }
            }
            Side::Check => {
                if let Some(leads) = checks::ui(ui, cx.tokens, state.checks.get(&self.kind)) {
                    self.lead(ui, cx, detail, leads);
                }
            }
            Side::Facts => {
                if self.facts.ui(ui, cx, detail) {
                    self.redraft(cx, (state, detail), document);
                }
            }
            Side::Polish => self.polish.ui(ui, cx, state, (&mut self.editor, document)),
            Side::Versions => {
                let restored = self.versions.ui(ui, cx, (state, self.editor.text()), (view, document));
                if let Some(version) = restored {
                    self.editor.store(cx, state, document);
                    self.submit(cx, detail, DocumentCommand::RestoreVersion(version));
                }
            }
        }
    }

    fn lead(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, leads: Leads) {
        let issue = detail.issue.id;
        match leads {
            Leads::To(byte) => {
                self.editor.go_to_byte(byte);
                if ui.ctx().content_rect().width() < SIDE_BY_SIDE_FROM + 240.0 {
                    self.side = Side::Source;
                }
            }
            Leads::Facts => self.side = Side::Facts,
            Leads::Resolution => cx.open(Screen::Issue(issue, IssueTab::Resolution)),
            Leads::Timeline => cx.open(Screen::Issue(issue, IssueTab::Timeline)),
        }
    }

    fn empty_ui(&self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, is_busy: bool) {
        if is_busy {
            text(ui, "Drafting…", Type::Body, cx.tokens.muted);
            skeleton(ui, cx.tokens, 8);
            return;
        }
        let (sentence, verb) = match self.kind {
            DocumentKind::Rca => (
                "The RCA is drafted from what is known: whys, evidence, timeline, actions. You edit it then",
                "Draft the RCA",
            ),
            DocumentKind::PostMortem => (
                "The post-mortem is drafted from what is known, and asks for what only people can tell. You edit it then",
                "Draft the post-mortem",
            ),
        };
        if empty_state(ui, cx.tokens, icons::FILE_TEXT, sentence, Some(verb)) {
            self.submit(cx, detail, DocumentCommand::Generate { issue: detail.issue.id, kind: self.kind });
        }
    }
}
