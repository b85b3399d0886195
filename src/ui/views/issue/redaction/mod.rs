//! The Redaction tab: what was found in the logs, what is kept of it, and how the text looks before and after.
mod preview;
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
use egui::{CentralPanel, Frame, Margin, Panel, Ui};

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
        let issue = detail.issue.id;
        let load = || Command::Privacy(PrivacyCommand::LoadFindings(issue));
        if detail.logs.is_empty() {
            let sentence = "Add logs first: what is personal or secret in them is listed here";
            if empty_state(ui, cx.tokens, icons::SHIELD, sentence, Some("Add logs")) {
                cx.open(Screen::Issue(issue, IssueTab::Logs));
            }
            return;
        }
        if state.findings.is_unasked() {
            cx.submit(Slot::Findings(issue), load());
        }
        if let Some(failure) = state.findings.failure() {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Findings(issue), load()),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            if !failure.retry
                && button(ui, cx.tokens, crate::ui::widgets::Kind::Secondary, None, "Look again").clicked()
            {
                cx.submit(Slot::Findings(issue), load());
            }
        }
        let Some(groups) = state.findings.value() else {
            text(ui, "Looking for personal data and secrets…", Type::Body, cx.tokens.muted);
            skeleton(ui, cx.tokens, 8);
            return;
        };
        if groups.is_empty() {
            let sentence = "Nothing personal or secret was found. Texts are checked again whenever something is sent";
            empty_state(ui, cx.tokens, icons::SHIELD_CHECK, sentence, None);
            return;
        }
        let is_wide = ui.available_width() >= WIDE;
        if is_wide {
            Panel::left("values").exact_size(330.0).resizable(false).frame(Frame::NONE).show(ui, |ui| {
                self.values.ui(ui, cx, (issue, groups));
            });
        } else {
            toggle(ui, cx.tokens, icons::FILE_TEXT, "Show the text", &mut self.shows_text);
            ui.add_space(space::S);
        }
        if !is_wide && !self.shows_text {
            self.values.ui(ui, cx, (issue, groups));
            return;
        }
        let frame = Frame::new().inner_margin(Margin { left: if is_wide { 14 } else { 0 }, ..Margin::ZERO });
        CentralPanel::default().frame(frame).show(ui, |ui| self.preview.ui(ui, cx, state, detail));
    }
}
