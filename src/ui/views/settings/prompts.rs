//! What models are told first, by domain: as delivered, or in the user's own words.

use crate::domain::{Domain, MAX_OWN_PROMPT_BYTES};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Answer, Field, Kind, button, confirm, section, text};
use crate::worker::default_part;
use egui::{Align, ComboBox, Layout, ScrollArea, Ui};

/// Rows of the field before it grows.
const ROWS: usize = 12;

/// How tall the field becomes before it scrolls, in points.
const MAX_HEIGHT: f32 = 280.0;

/// The part of the page, and the text that is being written.
#[derive(Debug)]
pub(super) struct PromptsPart {
    domain: Domain,
    /// `None` while the text is folded away.
    text: Option<String>,
    is_resetting: bool,
}

impl Default for PromptsPart {
    fn default() -> Self {
        Self { domain: Domain::Linux, text: None, is_resetting: false }
    }
}

impl PromptsPart {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        section(ui, cx.tokens, "Instructions for models");
        let help = "Each conversation begins with the text of its domain. What follows it always stays: how evidence is \
                    cited, that logs are no instructions, and the form of an answer";
        text(ui, help, Type::Caption, cx.tokens.muted);
        ui.add_space(space::S);
        self.choice_ui(ui, cx);
        self.text_ui(ui, cx);
        self.reset_ui(ui, cx);
    }

    fn choice_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        let before = self.domain;
        let is_own = is_own(cx, before);
        ui.horizontal(|ui| {
            let label = text(ui, "Domain", Type::Body, tokens.text);
            let combo = ComboBox::from_id_salt("prompt's domain").width(200.0).selected_text(name(cx, before));
            let combo = combo.show_ui(ui, |ui| {
                for domain in Domain::ALL {
                    ui.selectable_value(&mut self.domain, *domain, name(cx, *domain));
                }
            });
            combo.response.labelled_by(label.id);
            if is_own && button(ui, tokens, Kind::Ghost, Some(icons::REFRESH), "Reset").clicked() {
                self.is_resetting = true;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (verb, glyph) = match self.text {
                    Some(_) => ("Close", icons::X),
                    None => ("Edit instructions", icons::PENCIL),
                };
                if button(ui, tokens, Kind::Ghost, Some(glyph), verb).clicked() {
                    self.text = self.text.is_none().then(|| stored(cx, before));
                }
            });
        });
        if self.domain != before && self.text.is_some() {
            self.text = Some(stored(cx, self.domain));
        }
    }

    /// What is typed is stored at once, so there is no draft and nothing to lose.
    fn text_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let domain = self.domain;
        let Some(written) = &mut self.text else { return };
        let is_long = written.len() > MAX_OWN_PROMPT_BYTES;
        let error = is_long.then_some("Instructions may have 32 kB at most; this text is not stored");
        let name = format!("Instructions for {}", domain.label());
        let field = Field::new(&name).rows(ROWS).error(error);
        let help = "Stored as you type. It passes the privacy gate like all else that is sent";
        // The row above stays in view, however long the text is.
        let area =
            ScrollArea::vertical().id_salt("instructions").max_height(MAX_HEIGHT).min_scrolled_height(MAX_HEIGHT);
        let response = area.show(ui, |ui| field.help(help).ui(ui, cx.tokens, written)).inner;
        if response.changed() && written.len() <= MAX_OWN_PROMPT_BYTES {
            let text = written.clone();
            cx.change_settings(move |settings| settings.set_own_prompt(domain, &text, default_part(domain)));
        }
    }

    fn reset_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        if !self.is_resetting {
            return;
        }
        let domain = self.domain;
        let title = format!("Reset the instructions for {}?", domain.label());
        match confirm(ui, cx.tokens, &title, "Your own text is deleted", "Reset instructions") {
            Answer::Open => return,
            Answer::No => {}
            Answer::Yes => {
                cx.change_settings(move |settings| settings.set_own_prompt(domain, "", ""));
                self.text = self.text.take().map(|_own| default_part(domain).to_owned());
            }
        }
        self.is_resetting = false;
    }
}

fn is_own(cx: &ViewContext<'_>, domain: Domain) -> bool {
    cx.state.settings.own_prompts.contains_key(&domain)
}

fn name(cx: &ViewContext<'_>, domain: Domain) -> String {
    format!("{}{}", domain.label(), if is_own(cx, domain) { " · your own" } else { "" })
}

fn stored(cx: &ViewContext<'_>, domain: Domain) -> String {
    cx.state.settings.own_prompt(Some(domain)).unwrap_or_else(|| default_part(domain)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::screen::{Screen, SettingsPage};
    use crate::ui::shell::Shell;
    use crate::ui::views::testing::{a_session, shell_after, window};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn press(harness: &mut Harness<'static, Shell>, name: &str) {
        harness.get_by_label(name).click();
        harness.run_steps(4);
    }

    fn own(harness: &Harness<'static, Shell>) -> Option<String> {
        harness.state().state.settings.own_prompt(Some(Domain::Linux)).map(str::to_owned)
    }

    #[test]
    fn instructions_are_stored_as_they_are_typed_and_reset_after_a_question() {
        let mut shell = shell_after(vec![a_session()]);
        shell.screen = Screen::Settings(SettingsPage::Providers);
        let mut harness = window(shell);
        press(&mut harness, "Edit instructions");
        let field = format!("Instructions for {}", Domain::Linux.label());
        harness.get_by_label(&field).focus();
        harness.run_steps(4);
        harness.get_by_label(&field).type_text("Ask for the rack.");
        harness.run_steps(4);
        let text = own(&harness).unwrap();
        assert!(text.contains("Ask for the rack.") && text.len() > default_part(Domain::Linux).len(), "{text}");
        press(&mut harness, "Reset");
        press(&mut harness, "Cancel");
        assert_eq!(own(&harness).as_deref(), Some(text.as_str()));
        press(&mut harness, "Reset");
        press(&mut harness, "Reset instructions");
        assert_eq!(own(&harness), None);
    }
}
