//! All pins of the issue.

use crate::domain::{Evidence, EvidenceId, EvidenceSource};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::{FocusLines, links};
use crate::ui::widgets::{
    Answer, Field, Kind, Reveal, button, button_enabled, confirm, icon_button, redacted_line_ui, section, text,
};
use crate::worker::{Command, IssueDetail, ResolutionCommand};
use egui::{Align, Frame, Layout, ScrollArea, Ui};

/// All pins of the issue.
#[derive(Debug, Default)]
pub(super) struct EvidenceList {
    /// A note while it is written.
    note: Option<String>,
    removes: Option<EvidenceId>,
}

impl EvidenceList {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> Option<FocusLines> {
        let tokens = cx.tokens;
        self.remove_ui(ui, cx, detail);
        ui.horizontal(|ui| {
            section(ui, tokens, "Evidence");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::PIN), "Pin a note").clicked() {
                    self.note = Some(String::new());
                }
            });
        });
        self.note_ui(ui, cx, detail);
        if detail.evidence.is_empty() && self.note.is_none() {
            let words = "Select lines in Logs and pin them, or pin a note of what was seen";
            text(ui, words, Type::Body, tokens.muted);
        }
        let mut lines = None;
        for pin in &detail.evidence {
            ui.push_id(pin.id, |ui| lines = self.pin_ui(ui, cx, detail, pin).or(lines));
        }
        lines
    }

    fn pin_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        detail: &IssueDetail,
        pin: &Evidence,
    ) -> Option<FocusLines> {
        let tokens = cx.tokens;
        let mut lines = None;
        ui.horizontal(|ui| {
            text(ui, &format!("E{}", pin.number), Type::Strong, tokens.accent);
            match links::pin_target(detail, pin.id) {
                Some(target) if links::place_link_ui(ui, tokens, &pin.place(), "Show these lines") => {
                    lines = Some(target);
                }
                Some(_) => {}
                None => drop(text(ui, &pin.place(), Type::Caption, tokens.muted)),
            }
            if !detail.whys.all().iter().any(|why| why.evidence.contains(&pin.id)) {
                text(ui, "not attached to a why", Type::Caption, tokens.muted);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::TRASH, &format!("Remove E{}", pin.number)).clicked() {
                    self.removes = Some(pin.id);
                }
            });
        });
        let value = |placeholder| detail.vault.value(placeholder).map(|value| value.expose().to_owned());
        let reveal = Reveal { value: &value, shows_values: true };
        Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(space::S).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ScrollArea::horizontal().id_salt("snippet").show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.spacing_mut().interact_size.y = 18.0;
                for line in pin.snippet.expose().lines().take(12) {
                    redacted_line_ui(ui, tokens, line, &reveal);
                }
                if pin.snippet.expose().lines().count() > 12 {
                    text(ui, "… more lines in the log", Type::Caption, tokens.muted);
                }
            });
        });
        lines
    }

    fn note_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(note) = &mut self.note else { return };
        let hint = "What was seen or told, by whom and when";
        let marks = cx.marks(ui, "evidence/note", (Some(detail.issue.id), note));
        Field::new("Note").hint(hint).rows(3).marks(&marks).ui(ui, cx.tokens, note);
        let (pin, cancel) = ui
            .horizontal(|ui| {
                let ready = (Kind::Primary, !note.trim().is_empty());
                let pin = button_enabled(ui, cx.tokens, ready, Some(icons::PIN), "Pin note").clicked();
                (pin, button(ui, cx.tokens, Kind::Ghost, None, "Cancel").clicked())
            })
            .inner;
        if pin {
            let text = note.trim().into();
            let pin = ResolutionCommand::Pin { issue: detail.issue.id, source: EvidenceSource::Note, text, why: None };
            cx.run_detached("", Command::Resolution(pin));
        }
        if pin || cancel {
            self.note = None;
        }
    }

    fn remove_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(evidence) = self.removes else { return };
        let consequence = "Whys that rest on it lose it. Its number is not used again";
        match confirm(ui, cx.tokens, "Remove this pin?", consequence, "Remove pin") {
            Answer::Open => {}
            Answer::No => self.removes = None,
            Answer::Yes => {
                let remove = ResolutionCommand::RemoveEvidence { issue: detail.issue.id, evidence };
                cx.run_detached("", Command::Resolution(remove));
                self.removes = None;
            }
        }
    }
}
