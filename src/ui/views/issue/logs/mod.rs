//! The Logs tab: which logs there are, what stands in them, and what is out of the ordinary.
mod insight;
mod list;
mod paste;
mod rows;
mod search;
mod viewer;

use self::insight::InsightPanel;
use self::list::Listed;
use self::paste::PasteDialog;
use self::search::SearchBar;
use self::viewer::Viewer;
use super::FocusLines;
use crate::domain::{EvidenceSource, LineRange, LogFile, LogFileId, LogState, Unredacted, WhyId};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, empty_state, icon_button, menu_item, text, toggle, truncated};
use crate::worker::{Command, IssueDetail, LogCommand, LogSource, ResolutionCommand};
use egui::{Align, CentralPanel, Frame, Layout, Panel, Popup, Ui};
use std::path::PathBuf;

/// Below this width the list of logs folds into a menu.
const WIDE: f32 = 900.0;

/// What is chosen in the Logs tab.
#[derive(Debug)]
pub(super) struct LogsTab {
    log: Option<LogFileId>,
    viewer: Viewer,
    search: SearchBar,
    paste: PasteDialog,
    insight: InsightPanel,
    shows_list: bool,
    removes: Option<LogFileId>,
    /// Tells several imports apart.
    imports: u64,
    focus: Option<FocusLines>,
}

impl Default for LogsTab {
    fn default() -> Self {
        Self {
            log: None,
            viewer: Viewer::default(),
            search: SearchBar::default(),
            paste: PasteDialog::default(),
            insight: InsightPanel::default(),
            shows_list: true,
            removes: None,
            imports: 0,
            focus: None,
        }
    }
}

impl LogsTab {
    /// Opens these lines the next time the tab is drawn.
    pub(super) const fn focus(&mut self, lines: FocusLines) {
        self.focus = Some(lines);
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        self.take_files(ui, cx, detail);
        self.follow_focus(detail);
        if let Some(source) = self.paste.ui(ui, cx.tokens) {
            self.import(cx, detail, source);
        }
        list::remove_ui(ui, cx, detail, &mut self.removes);
        if detail.logs.is_empty() {
            self.empty_ui(ui, cx, detail);
            return;
        }
        let is_wide = ui.available_width() >= WIDE;
        self.toolbar_ui(ui, cx, detail, is_wide);
        ui.add_space(space::S);
        if is_wide && self.shows_list {
            let panel = Panel::left("logs").exact_size(250.0).resizable(false).show_separator_line(false);
            panel.frame(Frame::NONE).show(ui, |ui| {
                self.listed_ui(ui, cx, detail);
            });
        }
        if state.insight.is_unasked() && self.insight.is_open {
            cx.submit(Slot::Insight(detail.issue.id), Command::Log(LogCommand::LoadInsight(detail.issue.id)));
        }
        let margin = if is_wide && self.shows_list { 12 } else { 0 };
        let frame = Frame::new().inner_margin(egui::Margin { left: margin, ..egui::Margin::ZERO });
        CentralPanel::default().frame(frame).show(ui, |ui| {
            if let Some(lines) = self.insight.ui(ui, cx, state, detail) {
                self.focus(lines);
            }
            CentralPanel::default().frame(Frame::NONE).show(ui, |ui| self.log_ui(ui, cx, state, detail));
        });
    }

    fn empty_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let sentence = "Drop logs here: any text, also .gz and .zst. Nothing leaves this machine by adding them";
        if empty_state(ui, cx.tokens, icons::UPLOAD, sentence, Some("Browse…")) {
            cx.pick_files(PickPurpose::IssueLogs);
        }
        ui.vertical_centered(|ui| {
            if button(ui, cx.tokens, Kind::Secondary, Some(icons::CLIPBOARD), "Paste text…").clicked() {
                self.paste.open();
            }
        });
        list::imports_ui(ui, cx, detail.issue.id);
    }

    fn toolbar_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, is_wide: bool) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            if is_wide {
                toggle(ui, tokens, icons::PANEL_LEFT, "Logs", &mut self.shows_list);
            } else {
                self.log_menu_ui(ui, cx, detail);
            }
            if let Some(log) = detail.logs.iter().find(|log| Some(log.id) == self.log) {
                self.search.ui(ui, cx, log, &mut self.viewer);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::CLIPBOARD, "Paste a log").clicked() {
                    self.paste.open();
                }
                if icon_button(ui, tokens, icons::FOLDER_OPEN, "Browse for logs").clicked() {
                    cx.pick_files(PickPurpose::IssueLogs);
                }
                toggle(ui, tokens, icons::ACTIVITY, "Insight", &mut self.insight.is_open);
            });
        });
    }

    /// The list of logs where there is no room for it.
    fn log_menu_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let name = detail.logs.iter().find(|log| Some(log.id) == self.log).map_or("Logs", |log| &log.file_name);
        let opener = button(ui, cx.tokens, Kind::Secondary, Some(icons::FILE_TEXT), &super::links::head_of(name, 24));
        Popup::menu(&opener).width(260.0).show(|ui| {
            ui.set_width(260.0);
            self.listed_ui(ui, cx, detail);
        });
    }

    fn listed_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        match list::ui(ui, cx, detail, self.log) {
            Some(Listed::Open(log)) => self.open(log),
            Some(Listed::Remove(log)) => self.removes = Some(log),
            None => {}
        }
    }

    fn open(&mut self, log: LogFileId) {
        if self.log != Some(log) {
            self.log = Some(log);
            self.viewer = Viewer::default();
            self.search.reset();
        }
    }

    fn follow_focus(&mut self, detail: &IssueDetail) {
        let chosen_is_there = detail.logs.iter().any(|log| Some(log.id) == self.log);
        if !chosen_is_there && let Some(first) = detail.logs.first() {
            self.open(first.id);
        }
        let Some(FocusLines { log, lines }) = self.focus.take() else { return };
        if detail.logs.iter().any(|one| one.id == log) {
            self.open(log);
            self.search.show_all();
            self.viewer.go_to(lines);
        }
    }

    fn log_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        let Some(log) = detail.logs.iter().find(|log| Some(log.id) == self.log) else { return };
        if let LogState::Missing(why) = &log.state {
            lost_ui(ui, cx, why);
            return;
        }
        if log.state == LogState::Changed {
            let note =
                "The file has changed since it was imported: pins may point elsewhere. Import it again as a new log";
            text(ui, note, Type::Caption, cx.tokens.warn);
        }
        let found = state.searches.get(&log.id).filter(|_| self.search.is_active());
        self.search.hits_ui(ui, cx, (log, found), &mut self.viewer);
        let hits = found.and_then(|found| found.value()).filter(|_| self.search.only_hits).map(|found| &*found.numbers);
        self.selection_ui(ui, cx, detail, log);
        self.viewer.ui(ui, cx, detail, (log, hits.map(Vec::as_slice)));
    }

    /// What can be done with the selected lines.
    fn selection_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, log: &LogFile) {
        let Some(lines) = self.viewer.selected() else { return };
        let tokens = cx.tokens;
        let frame = Frame::new().fill(tokens.accent_tint).corner_radius(6).inner_margin(egui::Margin::symmetric(8, 2));
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.selected_ui(ui, cx, detail, (log, lines));
                });
            });
        });
        ui.add_space(space::XS);
    }

    /// Drawn from right to left.
    fn selected_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (log, lines): (&LogFile, LineRange),
    ) {
        let tokens = cx.tokens;
        let place = format!("{}:{lines}", log.file_name);
        if icon_button(ui, tokens, icons::X, "Clear selection").clicked() {
            self.viewer.clear_selection();
        }
        self.words_ui(ui, cx, detail, log);
        if button(ui, tokens, Kind::Ghost, Some(icons::COPY), "Copy lines").clicked() {
            cx.copy(viewer::lines_text(&cx.state.lines, log.id, lines));
        }
        if button(ui, tokens, Kind::Ghost, Some(icons::MESSAGE), "Ask about these lines").clicked() {
            ask(cx, detail, &place);
        }
        pin_menu_ui(ui, cx, detail, (log, lines));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            truncated(ui, &place, Type::Code, tokens.text);
        });
    }

    /// What can be done with text that is selected in a line.
    fn words_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, log: &LogFile) {
        let Some((number, range)) = self.viewer.selected_words() else { return };
        let Some(line) = cx.state.lines.line(log.id, number) else { return };
        if let Some(act) = super::redaction::select::redact_ui(ui, cx.tokens, (line.text.expose(), &range)) {
            self.viewer.clear_selection();
            act.run(cx, detail.issue.id);
        }
    }

    fn take_files(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for path in dropped.into_iter().chain(cx.take_picked(PickPurpose::IssueLogs)) {
            self.import(cx, detail, LogSource::File(path));
        }
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            let rect = ui.max_rect();
            let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
            painter.rect_filled(rect, 10, cx.tokens.accent_tint.gamma_multiply(0.85));
            painter.rect_stroke(rect, 10, (2.0, cx.tokens.accent), egui::StrokeKind::Inside);
            let words = "Drop to add the logs";
            painter.text(rect.center(), egui::Align2::CENTER_CENTER, words, Type::Title.font(), cx.tokens.text);
        }
    }

    fn import(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail, source: LogSource) {
        self.imports += 1;
        let issue = detail.issue.id;
        // Other starts of this view must not meet in one slot, or the later import would cancel the earlier.
        let number = self.imports.wrapping_add(detail.revision << 16);
        cx.submit(Slot::Import(issue, number), Command::Log(LogCommand::Import { issue, source }));
    }
}

fn lost_ui(ui: &mut Ui, cx: &ViewContext<'_>, why: &str) {
    empty_state(ui, cx.tokens, icons::ALERT, "The file is not where it was imported from", None);
    ui.vertical_centered(|ui| {
        text(ui, why, Type::Caption, cx.tokens.muted);
        text(ui, "Put it back, or remove this log and import it again", Type::Body, cx.tokens.text);
    });
}

/// Puts a citation into the draft of the chat and goes there.
fn ask(cx: &mut ViewContext<'_>, detail: &IssueDetail, place: &str) {
    let draft = cx.draft(&super::triage::draft_key(detail.issue.id));
    if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
        draft.push(' ');
    }
    draft.push_str(place);
    draft.push(' ');
    cx.open(Screen::Issue(detail.issue.id, IssueTab::Triage));
}

fn pin_menu_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, (log, lines): (&LogFile, LineRange)) {
    let opener = button(ui, cx.tokens, Kind::Secondary, Some(icons::PIN), "Pin as evidence");
    let mut pin: Option<Option<WhyId>> = None;
    Popup::menu(&opener).show(|ui| {
        ui.set_max_width(340.0);
        if menu_item(ui, cx.tokens, icons::PIN, "Pin without a why", "").clicked() {
            pin = Some(None);
        }
        for (level, why) in detail.whys.walk() {
            let words = if why.answer.is_blank() { why.question.expose() } else { why.answer.expose() };
            let name = format!("Why {level}: {}", super::links::head_of(words, 40));
            if menu_item(ui, cx.tokens, super::why_row::look(cx.tokens, why.state).0, &name, "").clicked() {
                pin = Some(Some(why.id));
            }
        }
    });
    let Some(why) = pin else { return };
    let source = EvidenceSource::Log {
        log: log.id,
        file_name: log.file_name.clone(),
        file_hash: log.content_hash.clone(),
        lines,
    };
    let pin = ResolutionCommand::Pin { issue: detail.issue.id, source, text: Unredacted::default(), why };
    cx.run_detached("", Command::Resolution(pin));
}
