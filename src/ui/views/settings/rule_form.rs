//! One rule as a form.

use crate::domain::{Rule, RuleAction, RuleMatch, RuleScope};
use crate::privacy::check_rule;
use crate::ui::context::ViewContext;
use crate::ui::state::Slot;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, button, card, segmented, text};
use crate::worker::{Command, Failure, RuleCommand};
use egui::Ui;

/// A rule that is being written.
#[derive(Debug)]
pub(super) struct RuleForm {
    rule: Rule,
    text: String,
    error: Option<String>,
    /// Whether it was handed on, and the answer is awaited.
    is_sent: bool,
    takes_focus: bool,
}

impl RuleForm {
    pub(super) fn new() -> Self {
        Self::of(&Rule::new(RuleScope::All, RuleAction::Always, RuleMatch::Words, ""))
    }

    pub(super) fn of(rule: &Rule) -> Self {
        let text = rule.text.expose().to_owned();
        Self { rule: rule.clone(), text, error: None, is_sent: false, takes_focus: true }
    }

    /// Returns whether it is done with.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> bool {
        if self.is_sent && !cx.state.rule_save.is_loading() && !cx.state.rule_save.is_unasked() {
            self.is_sent = false;
            match cx.state.rule_save.failure() {
                None => return true,
                Some(failure) => self.error = Some(failure.summary.clone()),
            }
        }
        let tokens = cx.tokens;
        let mut cancelled = false;
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            self.choices_ui(ui, cx);
            ui.add_space(space::S);
            let help = match self.rule.matcher {
                RuleMatch::Words => "Found where it stands by itself, apart from other letters and digits",
                RuleMatch::AnyCase => "As exact text; upper and lower case of A to Z are the same",
                RuleMatch::Pattern => r"A regular expression, such as \bcust-\d{6}\b; ^ and $ are the ends of a line",
            };
            let field = Field::new("Text of the rule").help(help).error(self.error.as_deref()).code();
            let response = field.ui(ui, tokens, &mut self.text);
            if std::mem::take(&mut self.takes_focus) {
                response.request_focus();
            }
            if response.changed() {
                self.error = None;
            }
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                if button(ui, tokens, Kind::Primary, None, "Save rule").clicked() || entered {
                    self.save(cx);
                }
                cancelled = button(ui, tokens, Kind::Ghost, None, "Cancel").clicked();
            });
        });
        cancelled
    }

    fn choices_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        let actions: Vec<_> = RuleAction::ALL.iter().map(|one| (*one, one.label())).collect();
        segmented(ui, tokens, &mut self.rule.action, &actions);
        let help = match self.rule.action {
            RuleAction::Always => "What it finds is redacted as [Custom-1], wherever it stands",
            RuleAction::Never => "A value that is exactly this stays as it is; no pattern lets a secret stay",
        };
        text(ui, help, Type::Caption, tokens.muted);
        ui.add_space(space::XS);
        let matchers: Vec<_> = RuleMatch::ALL.iter().map(|one| (*one, one.label())).collect();
        if segmented(ui, tokens, &mut self.rule.matcher, &matchers) {
            self.error = None;
        }
    }

    fn save(&mut self, cx: &mut ViewContext<'_>) {
        let text = match self.rule.matcher {
            RuleMatch::Words | RuleMatch::AnyCase => self.text.trim(),
            RuleMatch::Pattern => &self.text,
        };
        let rule = Rule { text: text.into(), ..self.rule.clone() };
        if let Err(error) = check_rule(&rule) {
            self.error = Some(Failure::from(error).summary);
            return;
        }
        self.is_sent = true;
        cx.submit(Slot::RuleSave, Command::Rule(RuleCommand::Save { rule, instead_of: None }));
    }
}
