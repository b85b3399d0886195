//! The Redaction tab: what was found in the logs, what is kept of it, and how the text looks before and after.
pub(super) mod act;
mod lines;
mod outdated;
mod preview;
mod rows;
pub(super) mod select;
mod values;

use self::preview::Preview;
use self::values::Values;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Pressed, button, empty_state, error_panel, skeleton, text, toggle};
use crate::worker::{Command, IssueDetail, PrivacyCommand};
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, Ui};

/// Below this width the values fold into a toggle.
const WIDE: f32 = 820.0;

/// What is chosen in the Redaction tab.
#[derive(Debug, Default)]
pub(super) struct RedactionTab {
    values: Values,
    preview: Preview,
    /// Where there is no room for both: whether the text is shown.
    shows_text: bool,
}

impl RedactionTab {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        if detail.logs.is_empty() {
            let sentence = "Add logs first: what is personal or secret in them is listed here";
            if empty_state(ui, cx.tokens, icons::SHIELD, sentence, Some("Add logs")) {
                cx.open(Screen::Issue(detail.issue.id, IssueTab::Logs));
            }
            return;
        }
        load_ui(ui, cx, state, detail);
        let Some(findings) = state.findings.value() else {
            if state.findings.failure().is_none() {
                text(ui, "Looking for personal data and secrets…", Type::Body, cx.tokens.muted);
                skeleton(ui, cx.tokens, 8);
            }
            return;
        };
        outdated::ui(ui, cx, detail, &findings.outdated);
        let is_wide = ui.available_width() >= WIDE;
        let has_values = !findings.groups.is_empty();
        if is_wide && has_values {
            Panel::left("values").exact_size(350.0).resizable(false).frame(Frame::NONE).show(ui, |ui| {
                self.values.ui(ui, cx, (detail.issue.id, findings));
            });
        } else if has_values {
            toggle(ui, cx.tokens, icons::FILE_TEXT, "Show the text", &mut self.shows_text);
            ui.add_space(space::S);
        } else {
            let sentence = "Nothing personal or secret was found. Texts are checked again whenever something is sent";
            text(ui, sentence, Type::Body, cx.tokens.muted);
            ui.add_space(space::S);
        }
        if !is_wide && !self.shows_text && has_values {
            self.shows_text = self.values.ui(ui, cx, (detail.issue.id, findings));
            return;
        }
        if is_wide && has_values && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F6)) {
            if self.preview.has_focus() {
                self.values.take_focus();
            } else {
                self.preview.take_focus();
            }
            ui.request_repaint();
        }
        let left = if is_wide && has_values { 14 } else { 0 };
        let frame = Frame::new().inner_margin(Margin { left, ..Margin::ZERO });
        CentralPanel::default().frame(frame).show(ui, |ui| self.preview.ui(ui, cx, state, detail));
    }
}

/// Asks for the findings where they are not there, or not those of now.
fn load_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
    let issue = detail.issue.id;
    let load = || Command::Privacy(PrivacyCommand::LoadFindings(issue));
    let is_stale = state.findings.value().is_some_and(|findings| findings.is_stale);
    let is_settled = !state.findings.is_loading() && state.findings.failure().is_none();
    if state.findings.is_unasked() || (is_stale && is_settled) {
        cx.submit(Slot::Findings(issue), load());
    }
    let Some(failure) = state.findings.failure() else { return };
    match error_panel(ui, cx.tokens, failure) {
        Pressed::Retry => cx.submit(Slot::Findings(issue), load()),
        Pressed::CopyDetails => cx.copy(failure.details.clone()),
        Pressed::Nothing => {}
    }
    if !failure.retry && button(ui, cx.tokens, crate::ui::widgets::Kind::Secondary, None, "Look again").clicked() {
        cx.submit(Slot::Findings(issue), load());
    }
    ui.add_space(space::S);
}
