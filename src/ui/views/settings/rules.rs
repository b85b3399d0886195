//! The user's rules: listed, added, changed, switched off, removed.

use super::rule_files::RuleFiles;
use super::rule_form::RuleForm;
use crate::domain::{Rule, RuleAction};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Notice, NoticeAction, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Kind, Pressed, button, card, error_panel, icon_button, inline_error, section, skeleton, switch, text, truncated,
};
use crate::worker::{Command, ListedRule, RuleCommand};
use egui::{Align, Layout, Ui};

/// The rules on the Privacy page.
#[derive(Debug, Default)]
pub(super) struct RulesPart {
    form: Option<RuleForm>,
    files: RuleFiles,
}

impl RulesPart {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        section(ui, tokens, "Your rules");
        let help = "They hold for every text before it leaves, and when logs are searched";
        text(ui, help, Type::Caption, tokens.muted);
        if cx.state.rules.is_unasked() {
            cx.submit(Slot::Rules, Command::Rule(RuleCommand::Load));
        }
        if let Some(failure) = cx.state.rules.failure() {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Rules, Command::Rule(RuleCommand::Load)),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        ui.add_space(space::XS);
        self.list_ui(ui, cx);
        if self.form.as_mut().is_some_and(|form| form.ui(ui, cx)) {
            self.form = None;
        }
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Secondary, Some(icons::PLUS), "Add rule").clicked() {
                self.form = Some(RuleForm::new());
            }
            self.files.ui(ui, cx);
        });
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let state = cx.state;
        let Some(rules) = state.rules.value() else { return skeleton(ui, cx.tokens, 2) };
        if rules.is_empty() {
            let words = "None yet. Add one here, or select text in a log";
            text(ui, words, Type::Body, cx.tokens.muted);
            return;
        }
        card(ui, cx.tokens, |ui| {
            ui.set_width(ui.available_width());
            for (index, listed) in rules.iter().enumerate() {
                if index > 0 {
                    ui.separator();
                }
                self.rule_ui(ui, cx, listed);
            }
        });
        ui.add_space(space::S);
    }

    fn rule_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, listed: &ListedRule) {
        let tokens = cx.tokens;
        let rule = &listed.rule;
        let name = format!("rule {}", rule.number);
        let color = if rule.enabled { tokens.text } else { tokens.muted };
        ui.horizontal(|ui| {
            if switch(ui, tokens, rule.enabled, &format!("Use {name}")).clicked() {
                save(cx, Rule { enabled: !rule.enabled, ..rule.clone() });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::TRASH, &format!("Remove {name}")).clicked() {
                    remove(cx, rule);
                }
                if icon_button(ui, tokens, icons::PENCIL, &format!("Change {name}")).clicked() {
                    self.form = Some(RuleForm::of(rule));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    truncated(ui, rule.text.expose(), Type::Code, color);
                    truncated(ui, &describe(listed), Type::Caption, tokens.muted);
                });
            });
        });
        if let Some(problem) = &listed.problem {
            inline_error(ui, tokens, &format!("Nothing is sent where it holds: {problem}"));
        }
    }
}

fn describe(listed: &ListedRule) -> String {
    let rule = &listed.rule;
    let place = match &listed.issue_title {
        Some(title) => format!("in “{}”", title.expose()),
        None => "all issues".to_owned(),
    };
    let action = match rule.action {
        RuleAction::Always => "Always redacted",
        RuleAction::Never => "Never flagged",
    };
    format!("{} · {action} · {} · {place}", rule.number, rule.matcher.label().to_lowercase())
}

fn save(cx: &mut ViewContext<'_>, rule: Rule) {
    cx.run_detached("", Command::Rule(RuleCommand::Save { rule, instead_of: None }));
}

fn remove(cx: &mut ViewContext<'_>, rule: &Rule) {
    let undo = RuleCommand::Save { rule: rule.clone(), instead_of: None };
    let undo = NoticeAction::Run(Box::new(Command::Rule(undo)));
    cx.notify(Notice::ok(format!("Rule {} removed", rule.number)).action("Undo", undo));
    cx.run_detached("", Command::Rule(RuleCommand::Remove(rule.id)));
}
