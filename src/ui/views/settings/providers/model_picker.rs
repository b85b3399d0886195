//! The field of the model, and the list to pick it from.

use super::form::ProviderForm;
use crate::domain::ProviderKind;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{BESIDE_FIELD, Field, Kind, SecretField, button_enabled, inline_error, menu_item, text};
use crate::worker::{Command, ProviderCommand};
use egui::{Frame, ScrollArea, Stroke, Ui};

/// The list of models under its field.
#[derive(Debug, Default)]
pub(super) struct ModelPicker {
    is_open: bool,
    search: String,
    /// Whether the server was asked from this form; else the list in the state is another server's.
    is_asked: bool,
}

impl ModelPicker {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        form: &mut ProviderForm,
        (key, problem): (&SecretField, Option<&str>),
    ) {
        let tokens = cx.tokens;
        ui.horizontal_top(|ui| {
            let width = (ui.available_width() - 140.0).max(120.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                Field::new("Model").error(problem).code().ui(ui, tokens, &mut form.model);
            });
            ui.vertical(|ui| {
                ui.add_space(BESIDE_FIELD);
                let loading = self.is_asked && cx.state.models.is_loading();
                let ready = (Kind::Secondary, !loading && form.to_config().origin().is_ok());
                if button_enabled(ui, tokens, ready, Some(icons::LIST), "Load models").clicked() {
                    self.is_asked = true;
                    self.is_open = true;
                    self.search.clear();
                    let (provider, key) = (form.to_config(), key.copy());
                    cx.submit(Slot::Models, Command::Provider(ProviderCommand::ListModels { provider, key }));
                }
            });
        });
        if let Some(failure) = cx.state.models.failure().filter(|_| self.is_asked) {
            inline_error(ui, tokens, &failure.summary);
            if !failure.advice.is_empty() {
                text(ui, &failure.advice, Type::Caption, tokens.muted);
            }
        }
        let models = self.models(cx, form);
        if self.is_open || (form.model.is_empty() && !models.is_empty()) {
            self.list_ui(ui, cx, form, &models);
        }
    }

    /// What the server listed; until it has, what is known without asking.
    fn models(&self, cx: &ViewContext<'_>, form: &ProviderForm) -> Vec<String> {
        if self.is_asked
            && let Some(models) = cx.state.models.value()
        {
            return models.clone();
        }
        match cx.state.ollama.value() {
            Some(Some(found)) if form.kind() == ProviderKind::Ollama => found.models.clone(),
            _ => form.known_models().iter().map(|model| (*model).to_owned()).collect(),
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, form: &mut ProviderForm, models: &[String]) {
        let tokens = cx.tokens;
        if models.is_empty() {
            let is_loading = cx.state.models.is_loading();
            let words = if is_loading { "Asking the server" } else { "The server lists no model; type its name" };
            if cx.state.models.failure().is_none() {
                text(ui, words, Type::Caption, tokens.muted);
            }
            return;
        }
        let frame = Frame::new().fill(tokens.panel).stroke(Stroke::new(1.0, tokens.border)).corner_radius(8);
        frame.inner_margin(space::S).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            if models.len() > 8 {
                Field::new("Search models").ui(ui, tokens, &mut self.search);
            }
            let wanted = self.search.trim().to_lowercase();
            let shown = models.iter().filter(|model| model.to_lowercase().contains(&wanted));
            if let Some(model) = names_ui(ui, tokens, shown, &form.model) {
                form.model.clone_from(model);
                self.is_open = false;
            }
        });
    }
}

/// Returns the model that was clicked.
fn names_ui<'a>(
    ui: &mut Ui,
    tokens: &Tokens,
    models: impl Iterator<Item = &'a String>,
    chosen: &str,
) -> Option<&'a String> {
    let mut clicked = None;
    ScrollArea::vertical().max_height(168.0).auto_shrink([false, true]).show(ui, |ui| {
        for model in models {
            let glyph = if model == chosen { icons::CHECK } else { icons::CPU };
            if menu_item(ui, tokens, glyph, model, "").clicked() {
                clicked = Some(model);
            }
        }
    });
    clicked
}
