//! Fields: label above, help and error below, and an accessible name.

use super::feedback::inline_error;
use super::marked_edit::{Marked, marked_edit};
use super::surface::text;
use crate::ui::live_check::{Mark, count_in_words};
use crate::ui::theme::{Tokens, Type, space};
use egui::text_edit::TextEditState;
use egui::{ComboBox, Margin, Response, RichText, TextEdit, Ui};
use secrecy::SecretString;
use zeroize::{Zeroize as _, Zeroizing};

/// From the top of a [`Field`] to its frame, in points: what stands beside it begins there.
pub const BESIDE_FIELD: f32 = 18.5;

/// A text field, built up and then drawn by [`Field::ui`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    label: &'a str,
    help: &'a str,
    error: Option<&'a str>,
    hint: &'a str,
    rows: usize,
    is_code: bool,
    marks: &'a [Mark],
}

impl<'a> Field<'a> {
    pub fn new(label: &'a str) -> Self {
        Self { label, rows: 1, ..Self::default() }
    }

    /// A quiet line under the field.
    #[must_use]
    pub const fn help(mut self, help: &'a str) -> Self {
        self.help = help;
        self
    }

    /// Stands in place of the help.
    #[must_use]
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Shown while the field is empty. Never the only name of a field.
    #[must_use]
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// More than 1 makes it a field of several lines.
    #[must_use]
    pub const fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// In the code face.
    #[must_use]
    pub const fn code(mut self) -> Self {
        self.is_code = true;
        self
    }

    /// What would be redacted of the text: it stands on the redacted ground, and is counted below the field.
    #[must_use]
    pub const fn marks(mut self, marks: &'a [Mark]) -> Self {
        self.marks = marks;
        self
    }

    /// As wide as there is room.
    pub fn ui(self, ui: &mut Ui, tokens: &Tokens, value: &mut String) -> Response {
        let font = if self.is_code { Type::Code } else { Type::Body }.font();
        let marked = Marked { marks: self.marks, font: &font, is_multiline: self.rows > 1 };
        let rows = if self.rows > 1 { self.rows } else { 1 };
        self.framed(ui, tokens, |ui| {
            marked_edit(ui, tokens, value, marked, |edit| self.dressed(tokens, edit).desired_rows(rows))
        })
    }

    fn dressed<'t>(self, tokens: &Tokens, edit: TextEdit<'t>) -> TextEdit<'t> {
        let hint = RichText::new(self.hint).color(tokens.muted);
        edit.hint_text(hint).desired_width(f32::INFINITY).margin(Margin::symmetric(10, 7))
    }

    fn framed(self, ui: &mut Ui, tokens: &Tokens, edit_ui: impl FnOnce(&mut Ui) -> Response) -> Response {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let label = text(ui, self.label, Type::Caption, tokens.muted);
            let response = edit_ui(ui).labelled_by(label.id);
            if let Some(error) = self.error {
                inline_error(ui, tokens, error);
            } else if let Some(count) = count_in_words(self.marks) {
                text(ui, &count, Type::Caption, tokens.redacted_text);
            } else if !self.help.is_empty() {
                text(ui, self.help, Type::Caption, tokens.muted);
            }
            response
        })
        .inner
    }
}

/// A field for a secret: shown as dots, wiped from memory, never a draft.
#[derive(Debug, Default)]
pub struct SecretField {
    text: Zeroizing<String>,
    id: Option<egui::Id>,
}

impl SecretField {
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, field: Field<'_>) -> Response {
        let response = field.framed(ui, tokens, |ui| {
            let edit = TextEdit::singleline(&mut *self.text).password(true).font(Type::Body.font());
            ui.add(field.dressed(tokens, edit))
        });
        self.id = Some(response.id);
        response
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Puts a secret in place of what is typed.
    pub fn fill(&mut self, secret: Zeroizing<String>) {
        self.text = secret;
    }

    /// A copy, for a call that leaves the field as it is. `None` when it is empty.
    pub fn copy(&self) -> Option<SecretString> {
        (!self.text.is_empty()).then(|| SecretString::from(self.text.as_str()))
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// How many characters it has, and of how many classes: lower, upper, digits, others.
    pub fn strength(&self) -> (usize, usize) {
        let classes: [fn(&char) -> bool; 4] =
            [|c| c.is_lowercase(), |c| c.is_uppercase(), char::is_ascii_digit, |c| !c.is_alphanumeric()];
        let present = classes.iter().filter(|class| self.text.chars().any(|c| class(&c))).count();
        (self.text.chars().count(), present)
    }

    /// Takes the secret and leaves nothing: neither in the field nor in its undo history, which keeps plain copies.
    pub fn take(&mut self, ctx: &egui::Context) -> SecretString {
        let secret = SecretString::from(self.text.as_str());
        self.clear(ctx);
        secret
    }

    pub fn clear(&mut self, ctx: &egui::Context) {
        self.text.zeroize();
        if let Some(id) = self.id
            && let Some(mut state) = TextEditState::load(ctx, id)
        {
            state.clear_undoer();
            state.store(ctx, id);
        }
    }
}

/// A choice out of a list. Changes `chosen` and returns whether it did. `label` stands above it and names it.
pub fn select<T: Copy + PartialEq>(
    ui: &mut Ui,
    tokens: &Tokens,
    label: &str,
    chosen: &mut T,
    choices: &[(T, &str)],
) -> bool {
    let before = *chosen;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let name = text(ui, label, Type::Caption, tokens.muted);
        let current = choices.iter().find(|(value, _)| value == chosen).map_or("", |(_, text)| *text);
        let combo = ComboBox::from_id_salt(label).selected_text(current).width(ui.available_width().min(280.0));
        let response = combo.show_ui(ui, |ui| {
            for (value, text) in choices {
                ui.selectable_value(chosen, *value, *text);
            }
        });
        response.response.labelled_by(name.id);
    });
    *chosen != before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_secret_is_gone_from_the_field() {
        let mut field = SecretField { text: Zeroizing::new("Hunter-2".to_owned()), id: None };
        assert_eq!(field.strength(), (8, 4));
        let secret = field.take(&egui::Context::default());
        assert!(field.is_empty());
        assert!(!format!("{secret:?}").contains("Hunter"));
    }
}
