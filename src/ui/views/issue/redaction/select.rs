//! What was selected in a line becomes a rule.

use super::act::Act;
use crate::domain::RuleAction;
use crate::privacy::rule_for;
use crate::ui::icons;
use crate::ui::theme::Tokens;
use crate::ui::widgets::{Kind, button, menu_item};
use egui::{Popup, Ui};
use std::ops::Range;

/// Offers to redact what is selected in a line. Returns what was chosen.
pub(in crate::ui::views::issue) fn redact_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    (line, range): (&str, &Range<usize>),
) -> Option<Act> {
    let (matcher, found) = rule_for(line, range)?;
    let mut act = None;
    let opener = button(ui, tokens, Kind::Secondary, Some(icons::SHIELD), "Redact this");
    Popup::menu(&opener).show(|ui| {
        ui.set_max_width(300.0);
        for (word, everywhere) in [("Everywhere in this issue", false), ("In all issues", true)] {
            if menu_item(ui, tokens, icons::SHIELD, word, "").clicked() {
                let text = found.clone().into();
                act = Some(Act::Rule { action: RuleAction::Always, matcher, text, everywhere });
                ui.close();
            }
        }
    });
    act
}
