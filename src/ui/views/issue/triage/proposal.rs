//! What an answer proposes, as cards: accepted, edited, or declined. Nothing of it enters the why tree by itself.

use super::Scene;
use crate::domain::{ChatMessage, MessageId, Proposal};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::{FocusLines, links};
use crate::ui::widgets::{Field, Kind, Reveal, button, card, chip, icon_button, revealed_ui, text};
use crate::worker::{Command, TriageCommand};
use egui::{Align, Layout, Ui, vec2};

/// The proposals of a chat that wait for a decision.
#[derive(Debug, Default)]
pub(super) struct Proposals {
    edits: Option<Edit>,
    /// Decided, until the conversation has been loaded again.
    decided: Vec<(MessageId, usize)>,
    waits: Option<Waits>,
}

/// A proposal while it is edited.
#[derive(Debug)]
struct Edit {
    message: MessageId,
    index: usize,
    question: String,
    answer: String,
}

/// How things stood when a proposal was accepted.
#[derive(Clone, Copy, Debug)]
struct Waits {
    revision: u64,
    notices: usize,
    /// Whether the conversation has been asked for since.
    reloads: bool,
}

impl Proposals {
    pub(super) fn is_editing(&self, message: MessageId) -> bool {
        self.edits.as_ref().is_some_and(|edit| edit.message == message)
    }

    /// Whether an accepted proposal has reached the store, or was refused, so that the conversation must be read again.
    pub(super) fn wants_reload(&mut self, revision: u64, is_loading: bool, notices: usize) -> bool {
        let Some(waits) = &mut self.waits else { return false };
        if waits.reloads {
            if !is_loading {
                self.decided.clear();
                self.waits = None;
            }
            return false;
        }
        let is_over = revision > waits.revision || notices > waits.notices;
        waits.reloads = is_over;
        is_over
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        (message, shows_values): (&ChatMessage, bool),
    ) -> Option<FocusLines> {
        let mut lines = None;
        for (index, proposal) in message.proposals.iter().enumerate() {
            if self.decided.contains(&(message.id, index)) {
                continue;
            }
            ui.push_id(index, |ui| {
                card(ui, cx.tokens, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = space::XS;
                    let place = (message.id, index);
                    lines = self.card_ui(ui, cx, scene, (place, proposal, shows_values)).or(lines);
                });
            });
        }
        lines
    }

    fn card_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        (place, proposal, shows_values): ((MessageId, usize), &Proposal, bool),
    ) -> Option<FocusLines> {
        let tokens = cx.tokens;
        let value = |placeholder| scene.value(placeholder);
        let reveal = Reveal { value: &value, shows_values };
        let mut lines = None;
        let words = vec2(ui.available_width(), 20.0);
        ui.allocate_ui_with_layout(words, Layout::left_to_right(Align::Center), |ui| {
            text(ui, &format!("Proposal · Why {}", proposal.level), Type::Caption, tokens.muted);
            if let Some(category) = proposal.root_cause {
                chip(ui, tokens, &format!("root cause: {}", category.label()), tokens.accent);
            }
            if let Some(confidence) = proposal.confidence {
                text(ui, &format!("{confidence} % sure"), Type::Caption, tokens.muted);
            }
        });
        let is_edited = self.edits.as_ref().is_some_and(|edit| (edit.message, edit.index) == place);
        if is_edited {
            self.form_ui(ui, cx, scene, proposal);
        } else {
            if !proposal.question.is_blank() {
                revealed_ui(ui, tokens, proposal.question.expose(), (Type::Body, tokens.muted), &reveal);
            }
            revealed_ui(ui, tokens, proposal.answer.expose(), (Type::Strong, tokens.text), &reveal);
        }
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if !is_edited {
                    self.buttons_ui(ui, cx, scene, (place, proposal));
                }
                ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                    lines = citations_ui(ui, cx, scene, proposal);
                });
            });
        });
        lines
    }

    /// Drawn from right to left.
    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        ((message, index), proposal): ((MessageId, usize), &Proposal),
    ) {
        // Deciding on one moves the places of the others: they wait until the conversation is there again.
        ui.add_enabled_ui(self.waits.is_none(), |ui| {
            if icon_button(ui, cx.tokens, icons::X, "Decline proposal").clicked() {
                self.decide(scene, cx, (message, index));
                cx.run_detached("", Command::Triage(TriageCommand::DeclineProposal { message, index }));
            }
            if button(ui, cx.tokens, Kind::Ghost, Some(icons::PENCIL), "Edit").clicked() {
                self.edits = Some(Edit {
                    message,
                    index,
                    question: proposal.question.expose().to_owned(),
                    answer: proposal.answer.expose().to_owned(),
                });
            }
            if button(ui, cx.tokens, Kind::Secondary, Some(icons::CHECK), "Accept").clicked() {
                self.accept(scene, cx, (message, index), proposal.clone());
            }
        });
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, proposal: &Proposal) {
        let Some(edit) = &mut self.edits else { return };
        let issue = Some(scene.issue());
        let marks = cx.marks(ui, "proposal/question", (issue, &edit.question));
        Field::new("Question").rows(2).marks(&marks).ui(ui, cx.tokens, &mut edit.question);
        let marks = cx.marks(ui, "proposal/answer", (issue, &edit.answer));
        Field::new("Answer").rows(2).marks(&marks).ui(ui, cx.tokens, &mut edit.answer);
        let (accept, cancel) = ui
            .horizontal(|ui| {
                let accept = button(ui, cx.tokens, Kind::Primary, Some(icons::CHECK), "Accept edited").clicked();
                (accept, button(ui, cx.tokens, Kind::Ghost, None, "Cancel").clicked())
            })
            .inner;
        if accept {
            let (question, answer) = (edit.question.trim().into(), edit.answer.trim().into());
            let place = (edit.message, edit.index);
            self.accept(scene, cx, place, Proposal { question, answer, ..proposal.clone() });
        }
        if accept || cancel {
            self.edits = None;
        }
    }

    fn accept(
        &mut self,
        scene: &Scene<'_>,
        cx: &mut ViewContext<'_>,
        (message, index): (MessageId, usize),
        edited: Proposal,
    ) {
        self.decide(scene, cx, (message, index));
        let accept = TriageCommand::AcceptProposal { issue: scene.issue(), message, index, edited };
        cx.run_detached("", Command::Triage(accept));
    }

    fn decide(&mut self, scene: &Scene<'_>, cx: &ViewContext<'_>, place: (MessageId, usize)) {
        self.decided.push(place);
        let (revision, notices) = (scene.detail.revision, cx.state.notices.len());
        self.waits = Some(Waits { revision, notices, reloads: false });
    }
}

fn citations_ui(ui: &mut Ui, cx: &ViewContext<'_>, scene: &Scene<'_>, proposal: &Proposal) -> Option<FocusLines> {
    let mut lines = None;
    for citation in &proposal.citations {
        lines = links::citation_ui(ui, cx.tokens, scene.detail, citation).or(lines);
    }
    lines
}
