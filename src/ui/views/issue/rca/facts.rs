//! The form for what only people can tell: impact, detection, lead-up, lessons, and who reviews.

use crate::domain::{PostMortem, Question, ReviewStatus};
use crate::ui::context::ViewContext;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, button, select, text};
use crate::worker::{Command, IssueCommand, IssueDetail};
use egui::{ScrollArea, Ui};
use std::time::Duration;

/// How long typing must rest before the answers are stored, in seconds.
const REST_SECS: f64 = 0.8;

/// What is being told.
#[derive(Debug, Default)]
pub(super) struct FactsForm {
    told: Option<PostMortem>,
    /// As it was handed on last.
    stored: Option<PostMortem>,
    /// Whether what was handed on has not come back with the issue yet.
    awaits: bool,
    changed_at: f64,
    /// Draws the document anew once all is stored.
    redrafts: bool,
}

fn key(told: &PostMortem, question: Question) -> String {
    format!("told/{}/{}", told.issue, question.as_str())
}

impl FactsForm {
    /// Returns whether the document is to be drafted anew now.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> bool {
        self.begin(cx, detail);
        let Some(told) = &mut self.told else { return false };
        let tokens = cx.tokens;
        let before = told.clone();
        let statuses: Vec<_> = ReviewStatus::ALL.iter().map(|one| (*one, one.label())).collect();
        let draft = ScrollArea::vertical().id_salt("facts").auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - space::M);
            text(ui, "What only people can tell. Both documents use it.", Type::Caption, tokens.muted);
            let draft = button(ui, tokens, Kind::Primary, None, "Draft anew with these facts");
            let draft = draft.on_hover_text("What you edited in the text is carried over").clicked();
            ui.add_space(space::S);
            select(ui, tokens, "Review", &mut told.status, &statuses);
            for question in Question::ALL {
                question_ui(ui, cx, told, *question);
            }
            draft
        });
        if *told != before {
            self.changed_at = ui.input(|input| input.time);
        }
        self.redrafts |= draft.inner;
        self.redrafts
            && self.told == self.stored
            && self.told.as_ref().is_some_and(|told| is_same(told, &detail.told))
            && std::mem::take(&mut self.redrafts)
    }

    fn begin(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        if self.told.is_some() {
            self.follow(detail);
            return;
        }
        let mut told = detail.told.clone();
        for question in Question::ALL {
            let draft = cx.draft(&key(&told, *question)).clone();
            if !draft.is_empty() {
                told.answers.insert(*question, draft.into());
            }
        }
        self.stored = Some(detail.told.clone());
        self.told = Some(told);
    }

    /// Takes over what was told elsewhere, unless something is told here.
    fn follow(&mut self, detail: &IssueDetail) {
        let has_come = self.stored.as_ref().is_some_and(|stored| is_same(stored, &detail.told));
        self.awaits &= !has_come;
        if !has_come && !self.awaits && self.told == self.stored {
            self.told = Some(detail.told.clone());
            self.stored = Some(detail.told.clone());
        }
    }

    /// Stores the answers once they rest, and at once when a draft waits for them.
    pub(super) fn store(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        if self.told == self.stored {
            return;
        }
        let left = self.changed_at + REST_SECS - ui.input(|input| input.time);
        if left > 0.0 && !self.redrafts {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        self.stored.clone_from(&self.told);
        self.awaits = true;
        if let Some(told) = &self.told {
            cx.run_detached("", Command::Issue(IssueCommand::SavePostMortem(told.clone())));
            cx.clear_drafts(&format!("told/{}/", told.issue));
        }
    }
}

/// A blank answer is none.
fn is_same(one: &PostMortem, other: &PostMortem) -> bool {
    one.status == other.status && Question::ALL.iter().all(|question| one.answer(*question) == other.answer(*question))
}

fn question_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, told: &mut PostMortem, question: Question) {
    let mut answer = told.answers.get(&question).map(|answer| answer.expose().to_owned()).unwrap_or_default();
    let asks = capital(question.asks());
    let rows = if matches!(question, Question::Authors | Question::Reviewers) { 1 } else { 2 };
    let field = Field::new(question.label()).help(&asks).rows(rows);
    if field.ui(ui, cx.tokens, &mut answer).changed() {
        cx.draft(&key(told, question)).clone_from(&answer);
        told.answers.insert(question, answer.into());
    }
    ui.add_space(space::XS);
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
