//! The RCA tab: source beside preview, versions, export.
mod editor;
mod export;
mod outline;

use self::editor::Editor;
use self::export::ExportDialog;
use crate::domain::{Document, DocumentKind};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{IssueState, Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Answer, Kind, Pressed, button, confirm, empty_state, error_panel, menu_select, skeleton, text, toggle,
};
use crate::worker::{Command, DocumentCommand, DocumentView, IssueDetail};
use egui::{Align, Key, Layout, Modifiers, Ui};

/// Below this width the outline folds away.
const OUTLINE_FROM: f32 = 820.0;
/// Below this width source and preview take turns.
const SIDE_BY_SIDE_FROM: f32 = 860.0;
const KIND: DocumentKind = DocumentKind::Rca;

/// What is chosen in the RCA tab.
#[derive(Debug, Default)]
pub(super) struct RcaTab {
    editor: Editor,
    export: ExportDialog,
    /// Asks whoever owns the dialog to open it for this document.
    pub(super) publishes: Option<DocumentKind>,
    /// Where there is room for one only: whether it is the preview.
    shows_preview: bool,
    /// `None` follows the width.
    shows_outline: Option<bool>,
    /// Asks before a new draft takes the place of this one.
    drafts_anew: bool,
    has_loaded: bool,
}

impl RcaTab {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        let known = state.documents.get(&KIND);
        if !std::mem::replace(&mut self.has_loaded, true) {
            let load = DocumentCommand::Load { issue: detail.issue.id, kind: KIND };
            cx.submit(Slot::Document(detail.issue.id, KIND), Command::Document(load));
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
            empty_ui(ui, cx, detail, is_busy);
            return;
        };
        self.editor.take(cx, document);
        self.keys(ui, cx, detail, document);
        self.bar_ui(ui, cx, (state, detail), (view, document));
        ui.add_space(space::S);
        self.editor.autosave(ui, cx, state, document);
        self.export.ui(ui, cx, detail, (document, self.editor.is_stored(state, document)));
        self.body_ui(ui, cx, detail, document);
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
            self.publishes = Some(KIND);
        }
    }

    fn save_version(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail, document: &Document) {
        let save = DocumentCommand::SaveVersion(self.editor.document(document));
        cx.submit(Slot::Document(detail.issue.id, KIND), Command::Document(save));
        self.editor.leave(cx, document);
    }

    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        (view, document): (&DocumentView, &Document),
    ) {
        let tokens = cx.tokens;
        let is_narrow = ui.available_width() < SIDE_BY_SIDE_FROM;
        if self.drafts_anew {
            self.ask_anew_ui(ui, cx, (state, detail), document);
        }
        ui.horizontal(|ui| {
            let mut outlined = self.shows_outline.unwrap_or_else(|| ui.available_width() >= OUTLINE_FROM);
            if toggle(ui, tokens, icons::LIST, "Outline", &mut outlined) {
                self.shows_outline = Some(outlined);
            }
            if is_narrow {
                toggle(ui, tokens, icons::EYE, "Preview", &mut self.shows_preview);
            }
            versions_ui(ui, cx, detail, (view, document));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, tokens, Kind::Primary, Some(icons::DOWNLOAD), "Export…").on_hover_text("Ctrl+E").clicked()
                {
                    self.export.open(cx);
                }
                let publish = button(ui, tokens, Kind::Secondary, Some(icons::SEND), "Publish…");
                if publish.on_hover_text("Ctrl+P").clicked() {
                    self.publishes = Some(KIND);
                }
                let save = button(ui, tokens, Kind::Secondary, Some(icons::SAVE), "Save version");
                if save.on_hover_text("Ctrl+S").clicked() {
                    self.save_version(cx, detail, document);
                }
                if button(ui, tokens, Kind::Ghost, Some(icons::REFRESH), "New draft").clicked() {
                    self.drafts_anew = true;
                }
                if !is_narrow {
                    self.words_ui(ui, cx, state, document);
                }
            });
        });
        if is_narrow {
            self.words_ui(ui, cx, state, document);
        }
    }

    fn words_ui(&self, ui: &mut Ui, cx: &ViewContext<'_>, state: &IssueState, document: &Document) {
        let words = self.editor.text().split_whitespace().count();
        let (saved, color) = match state.saves.get(&document.id) {
            Some(save) if save.failure().is_some() => ("not saved, trying again", cx.tokens.bad),
            _ if self.editor.is_stored(state, document) => ("saved", cx.tokens.muted),
            _ => ("saving…", cx.tokens.muted),
        };
        text(ui, &format!("{} words · {saved}", format::count(words as u64)), Type::Caption, color);
    }

    fn ask_anew_ui(
        &mut self,
        ui: &Ui,
        cx: &mut ViewContext<'_>,
        (state, detail): (&IssueState, &IssueDetail),
        document: &Document,
    ) {
        let consequence = "A new version is built from what is known now. This one stays in the list of versions";
        match confirm(ui, cx.tokens, "Draft the RCA anew?", consequence, "Draft anew") {
            Answer::Open => {}
            Answer::No => self.drafts_anew = false,
            Answer::Yes => {
                self.drafts_anew = false;
                self.editor.store(cx, state, document);
                generate(cx, detail);
            }
        }
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, document: &Document) {
        let width = ui.available_width();
        let outlined = self.shows_outline.unwrap_or(width >= OUTLINE_FROM);
        if outlined {
            self.editor.outline_ui(ui, cx.tokens);
        }
        let is_wide = width >= SIDE_BY_SIDE_FROM;
        if is_wide {
            let rest = ui.available_width();
            self.editor.preview_panel_ui(ui, cx.tokens, detail, rest * 0.5);
        }
        if is_wide || !self.shows_preview {
            self.editor.source_ui(ui, cx, document);
        } else {
            self.editor.preview_ui(ui, cx.tokens, detail);
        }
    }
}

fn empty_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, is_busy: bool) {
    if is_busy {
        text(ui, "Drafting…", Type::Body, cx.tokens.muted);
        skeleton(ui, cx.tokens, 8);
        return;
    }
    let sentence = "The RCA is drafted from what is known: whys, evidence, timeline, actions. You edit it then";
    if empty_state(ui, cx.tokens, icons::FILE_TEXT, sentence, Some("Draft the RCA")) {
        generate(cx, detail);
    }
}

fn generate(cx: &mut ViewContext<'_>, detail: &IssueDetail) {
    let generate = DocumentCommand::Generate { issue: detail.issue.id, kind: KIND };
    cx.submit(Slot::Document(detail.issue.id, KIND), Command::Document(generate));
}

fn versions_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    detail: &IssueDetail,
    (view, document): (&DocumentView, &Document),
) {
    let names: Vec<String> = view
        .versions
        .iter()
        .map(|version| {
            let here = if version.id == document.id { "Version" } else { "Restore version" };
            format!("{here} {} · {}", version.version, format::moment(version.updated_at))
        })
        .collect();
    let choices: Vec<_> = view.versions.iter().zip(&names).map(|(version, name)| (version.id, name.as_str())).collect();
    let current = format!("Version {}", document.version);
    let chosen = menu_select(ui, cx.tokens, "Versions", (&current, cx.tokens.muted), &choices);
    if let Some(version) = chosen.filter(|version| *version != document.id) {
        let restore = DocumentCommand::RestoreVersion(version);
        cx.submit(Slot::Document(detail.issue.id, KIND), Command::Document(restore));
    }
}
