//! A new draft and the user's text have changed the same lines: each place is decided, then they come together.

use super::changes::line_ui;
use crate::domain::Document;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Kind, button, card, segmented, text};
use crate::worker::{Choice, DiffLine, DocumentConflicts, LineChange, MergePart};
use egui::{ScrollArea, Ui};

/// The decisions so far.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    choices: Vec<Choice>,
}

/// What was done.
#[derive(Debug)]
pub(super) enum Done {
    Open,
    /// The text with all places decided.
    Decided(Box<Document>),
    /// The text stays as it is.
    Left,
}

impl Decisions {
    pub(super) fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, conflicts: &DocumentConflicts) -> Done {
        let count = conflicts.merge.conflicts();
        self.choices.resize(count, Choice::Edited);
        let mut done = Done::Open;
        let places = if count == 1 { "One place was".to_owned() } else { format!("{count} places were") };
        text(ui, &format!("{places} changed by you and by the facts"), Type::Lead, tokens.text);
        text(
            ui,
            "Everything else has come together already. Decide here, then keep it as a new version.",
            Type::Caption,
            tokens.muted,
        );
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Primary, None, "Keep as new version").clicked() {
                let markdown = conflicts.merge.resolved(&self.choices).into();
                done = Done::Decided(Box::new(Document { markdown, ..conflicts.document.clone() }));
            }
            if button(ui, tokens, Kind::Ghost, None, "Leave the text as it is").clicked() {
                done = Done::Left;
            }
        });
        ui.add_space(space::S);
        ScrollArea::vertical().id_salt("conflicts").auto_shrink(false).show(ui, |ui| {
            let parts = conflicts.merge.parts.iter().filter_map(|part| match part {
                MergePart::Conflict { edited, drafted, .. } => Some((edited, drafted)),
                MergePart::Settled(_) => None,
            });
            for (index, ((edited, drafted), choice)) in parts.zip(&mut self.choices).enumerate() {
                ui.push_id(index, |ui| place_ui(ui, tokens, (edited, drafted), choice));
                ui.add_space(space::S);
            }
        });
        done
    }
}

fn place_ui(ui: &mut Ui, tokens: &Tokens, (edited, drafted): (&str, &str), choice: &mut Choice) {
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        lines_ui(ui, tokens, ("Yours", edited), (*choice != Choice::Drafted, LineChange::Added));
        ui.add_space(space::XS);
        lines_ui(ui, tokens, ("From the facts", drafted), (*choice != Choice::Edited, LineChange::Added));
        ui.add_space(space::S);
        let choices = [(Choice::Edited, "Keep mine"), (Choice::Drafted, "Take the new"), (Choice::Both, "Keep both")];
        segmented(ui, tokens, choice, &choices);
    });
}

fn lines_ui(ui: &mut Ui, tokens: &Tokens, (name, lines): (&str, &str), (is_taken, taken): (bool, LineChange)) {
    text(ui, name, Type::Caption, tokens.muted);
    let change = if is_taken { taken } else { LineChange::Removed };
    if lines.trim().is_empty() {
        text(ui, "(taken out)", Type::Caption, tokens.muted);
    }
    for line in lines.lines() {
        line_ui(ui, tokens, &DiffLine { change, text: line.to_owned() });
    }
}
