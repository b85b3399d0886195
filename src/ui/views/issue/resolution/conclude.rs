//! What is missing, and how the issue is ended.

use crate::domain::{Outcome, Status};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, button, button_enabled, card, dialog, segmented, text};
use crate::worker::{Command, IssueChange, IssueCommand, IssueDetail, ResolutionCommand};
use egui::Ui;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Found,
    Inconclusive,
    Override,
}

/// What is missing, and how the issue is ended.
#[derive(Debug, Default)]
pub(super) struct Conclusion {
    way: Option<Way>,
}

fn reason_key(detail: &IssueDetail) -> String {
    format!("reason/{}", detail.issue.id)
}

impl Conclusion {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        self.dialog_ui(ui, cx, detail);
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            if detail.issue.status.is_open() {
                text(ui, "To resolve", Type::Lead, tokens.text);
                missing_ui(ui, cx, detail);
                ui.add_space(space::S);
                if button(ui, tokens, Kind::Primary, Some(icons::FLAG), "Resolve…").clicked() {
                    self.way = Some(likely(detail));
                }
                return;
            }
            text(ui, outcome_words(&detail.issue.outcome), Type::Lead, tokens.text);
            if let Outcome::Inconclusive { reason } | Outcome::Override { reason } = &detail.issue.outcome {
                text(ui, reason.expose(), Type::Body, tokens.muted);
            }
            for why in detail.whys.root_causes() {
                text(ui, &detail.vault.restore(why.answer.expose()), Type::Body, tokens.text);
            }
            ui.add_space(space::S);
            if button(ui, tokens, Kind::Secondary, Some(icons::REOPEN), "Reopen").clicked() {
                let reopen = IssueChange::Status(Status::Triaging);
                let change = IssueCommand::Change { issue: detail.issue.id, change: reopen };
                cx.run_detached("", Command::Issue(change));
            }
        });
    }

    fn dialog_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(way) = &mut self.way else { return };
        let tokens = cx.tokens;
        let key = reason_key(detail);
        let ((resolve, cancel), close) = dialog(ui, tokens, ("Resolve issue", 520.0), |ui| {
            let ways = [
                (Way::Found, "Root cause found"),
                (Way::Inconclusive, "Inconclusive"),
                (Way::Override, "Override the rules"),
            ];
            segmented(ui, tokens, way, &ways);
            ui.add_space(space::S);
            let is_refused = *way == Way::Found && !detail.missing.is_empty();
            if *way == Way::Found {
                missing_ui(ui, cx, detail);
            } else {
                let help = match way {
                    Way::Override => "Why the evidence that the rules ask for is dispensed with. Documents say so",
                    Way::Found | Way::Inconclusive => "What is missing to be certain. Documents say so",
                };
                let words = cx.draft(&key).clone();
                let marks = cx.marks(ui, &key, (Some(detail.issue.id), &words));
                Field::new("Reason").help(help).rows(3).marks(&marks).ui(ui, tokens, cx.draft(&key));
            }
            ui.add_space(space::M);
            let reason_is_there = *way == Way::Found || !cx.draft(&key).trim().is_empty();
            let ready = (Kind::Primary, reason_is_there && !is_refused);
            ui.horizontal(|ui| {
                let resolve = button_enabled(ui, tokens, ready, Some(icons::FLAG), "Resolve").clicked();
                (resolve, button(ui, tokens, Kind::Secondary, None, "Cancel").clicked())
            })
            .inner
        });
        if resolve {
            let reason = cx.draft(&key).trim().into();
            let outcome = match way {
                Way::Found => Outcome::RootCauseFound,
                Way::Inconclusive => Outcome::Inconclusive { reason },
                Way::Override => Outcome::Override { reason },
            };
            let resolve = ResolutionCommand::Resolve { issue: detail.issue.id, outcome };
            cx.run_detached("Resolving", Command::Resolution(resolve));
            cx.clear_draft(&key);
        }
        if resolve || cancel || close {
            self.way = None;
        }
    }
}

const fn likely(detail: &IssueDetail) -> Way {
    if detail.missing.is_empty() { Way::Found } else { Way::Inconclusive }
}

const fn outcome_words(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Undetermined => "Resolved",
        Outcome::RootCauseFound => "Root cause found",
        Outcome::Inconclusive { .. } => "Inconclusive",
        Outcome::Override { .. } => "Resolved by override",
    }
}

/// The checklist: what is still to be done before a root cause counts as found.
fn missing_ui(ui: &mut Ui, cx: &ViewContext<'_>, detail: &IssueDetail) {
    let tokens = cx.tokens;
    ui.spacing_mut().interact_size.y = 0.0;
    if detail.missing.is_empty() {
        ui.horizontal(|ui| {
            ui.label(icon(icons::CIRCLE_CHECK, 16.0).color(tokens.ok));
            text(ui, "Nothing is missing", Type::Body, tokens.text);
        });
    }
    for missing in &detail.missing {
        ui.horizontal_top(|ui| {
            ui.label(icon(icons::CIRCLE, 16.0).color(tokens.warn));
            text(ui, missing, Type::Body, tokens.text);
        });
    }
}
