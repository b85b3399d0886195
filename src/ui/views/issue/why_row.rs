//! A why as a row, and the form in which one is written.

use crate::domain::{Author, Join, Why, WhyId, WhyState};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Tokens, space};
use crate::ui::widgets::{Field, Kind, button, button_enabled, select};
use crate::worker::{Command, IssueDetail, ResolutionCommand};
use egui::{Color32, Frame, Stroke, Ui};
use jiff::Timestamp;

/// The glyph and color of a state.
pub(super) const fn look(tokens: &Tokens, state: WhyState) -> (char, Color32) {
    match state {
        WhyState::Proposed => (icons::CIRCLE, tokens.muted),
        WhyState::Possible => (icons::CIRCLE_DOT, tokens.warn),
        WhyState::Confirmed => (icons::CIRCLE_CHECK, tokens.ok),
        WhyState::Refuted => (icons::CIRCLE_X, tokens.muted),
    }
}

/// How far a row of this level stands in, in points; deep trees stop moving so that words keep their room.
pub(super) fn indent(level: u32, step: f32) -> f32 {
    let steps = u8::try_from(level.saturating_sub(1)).unwrap_or(u8::MAX).min(6);
    f32::from(steps) * step
}

/// The form in which a why is written.
#[derive(Debug)]
pub(super) struct WhyForm {
    /// The why that is changed; `None` for a new one.
    pub(super) changes: Option<WhyId>,
    parent: Option<WhyId>,
    question: String,
    answer: String,
    join: Join,
}

impl WhyForm {
    /// A new why below `parent`.
    pub(super) fn below(parent: Option<WhyId>) -> Self {
        Self { changes: None, parent, question: String::new(), answer: String::new(), join: Join::Or }
    }

    pub(super) fn of(why: &Why) -> Self {
        Self {
            changes: Some(why.id),
            parent: why.parent,
            question: why.question.expose().to_owned(),
            answer: why.answer.expose().to_owned(),
            join: why.join,
        }
    }

    /// Whether this form adds a why below `parent`.
    pub(super) fn adds_below(&self, parent: Option<WhyId>) -> bool {
        self.changes.is_none() && self.parent == parent
    }

    /// Returns whether it is done, saved or not.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> bool {
        let tokens = cx.tokens;
        let frame = Frame::new().fill(tokens.panel).stroke(Stroke::new(1.0, tokens.border_strong)).corner_radius(8);
        frame
            .inner_margin(space::S)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                let issue = Some(detail.issue.id);
                let marks = cx.marks(ui, "why/question", (issue, &self.question));
                let question = Field::new("Question").hint("Why did this happen?").rows(2).marks(&marks);
                question.ui(ui, tokens, &mut self.question);
                let marks = cx.marks(ui, "why/answer", (issue, &self.answer));
                let answer = Field::new("Answer").hint("What the evidence says").rows(2).marks(&marks);
                answer.ui(ui, tokens, &mut self.answer);
                if self.changes.is_some() {
                    let choices =
                        [(Join::Or, "Any of its causes suffices"), (Join::And, "All of its causes were needed")];
                    select(ui, tokens, "Causes below", &mut self.join, &choices);
                }
                ui.horizontal(|ui| {
                    let filled = !self.question.trim().is_empty() || !self.answer.trim().is_empty();
                    let save = button_enabled(ui, tokens, (Kind::Primary, filled), Some(icons::CHECK), "Save why");
                    let cancel = button(ui, tokens, Kind::Ghost, None, "Cancel");
                    if save.clicked() {
                        let save = ResolutionCommand::SaveWhy(self.why(detail));
                        cx.run_detached("", Command::Resolution(save));
                    }
                    save.clicked() || cancel.clicked()
                })
                .inner
            })
            .inner
    }

    fn why(&self, detail: &IssueDetail) -> Why {
        let (question, answer) = (self.question.trim().into(), self.answer.trim().into());
        if let Some(why) = self.changes.and_then(|id| detail.whys.get(id)) {
            return Why { question, answer, join: self.join, ..why.clone() };
        }
        Why {
            id: WhyId::new(),
            issue: detail.issue.id,
            parent: self.parent,
            order: detail.whys.next_order(self.parent),
            question,
            answer,
            state: WhyState::Possible,
            join: self.join,
            author: Author::User,
            evidence: Vec::new(),
            root_cause: None,
            created_at: Timestamp::now(),
        }
    }
}
