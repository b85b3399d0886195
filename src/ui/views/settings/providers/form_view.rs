//! The form of a provider: only the fields that its kind needs, the rest folded away.

use super::form::{Problems, ProviderForm};
use super::model_picker::ModelPicker;
use super::{more_view, test_steps};
use crate::domain::{ApiFormat, ProviderKind};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Field, Kind, Pressed, SecretField, button, button_enabled, error_panel, icon_button, select, text, tick,
};
use crate::worker::{Command, ProviderCommand};
use egui::{Align, Frame, Ui};
use zeroize::Zeroizing;

/// Whether the form goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormEnd {
    Open,
    Closed,
}

/// Whether the last test was of this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tested {
    No,
    /// It runs, and is kept in view until its end.
    InView,
    Yes,
}

/// The form on the screen.
#[derive(Debug)]
pub(super) struct FormView {
    pub(super) form: ProviderForm,
    key: SecretField,
    models: ModelPicker,
    /// Whether problems are shown; not before the first try.
    is_tried: bool,
    tested: Tested,
    /// Whether this form waits to be saved.
    is_saving: bool,
    /// Environment variables that are set and usually hold the key of such a server.
    variables: Vec<&'static str>,
}

impl FormView {
    pub(super) fn new(form: ProviderForm) -> Self {
        let is_set = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            variables: form.key_variables().iter().filter(is_set).copied().collect(),
            form,
            key: SecretField::default(),
            models: ModelPicker::default(),
            is_tried: false,
            tested: Tested::No,
            is_saving: false,
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> FormEnd {
        if self.is_saving && matches!(cx.state.provider_save, Loadable::Ready(())) {
            self.key.clear(ui.ctx());
            return FormEnd::Closed;
        }
        let tokens = cx.tokens;
        let mut end = FormEnd::Open;
        ui.horizontal(|ui| {
            if icon_button(ui, tokens, icons::ARROW_LEFT, "Back to the list").clicked() {
                end = FormEnd::Closed;
            }
            let title = match self.form.preset() {
                Some(preset) => format!("Add {}", preset.name),
                None => format!("Edit {}", self.form.name),
            };
            text(ui, &title, Type::Lead, tokens.text);
        });
        ui.add_space(space::S);
        let others: Vec<&str> = cx
            .state
            .providers
            .value()
            .into_iter()
            .flatten()
            .filter(|one| Some(one.id) != self.form.id())
            .map(|one| one.name.as_str())
            .collect();
        let problems = self.form.problems(&others);
        let shown = if self.is_tried { problems.clone() } else { Problems::default() };
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            self.fields_ui(ui, cx, &shown);
            more_view::ui(ui, cx, &mut self.form, &shown);
        });
        ui.add_space(space::S);
        if self.buttons_ui(ui, cx, &problems) == FormEnd::Closed {
            end = FormEnd::Closed;
        }
        if self.tested != Tested::No {
            test_steps::ui(ui, cx);
        }
        if self.tested == Tested::InView {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
            if !cx.state.provider_test.is_loading() {
                self.tested = Tested::Yes;
            }
        }
        if end == FormEnd::Closed {
            self.key.clear(ui.ctx());
        }
        end
    }

    fn fields_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, problems: &Problems) {
        let tokens = cx.tokens;
        if self.form.kind() == ProviderKind::Ollama {
            detection_ui(ui, cx);
        }
        let hint = self.form.preset().map_or("", |preset| preset.hint);
        Field::new("Name").error(problems.name.as_deref()).ui(ui, tokens, &mut self.form.name);
        let url = Field::new("Address").help(hint).error(problems.base_url.as_deref()).code();
        url.ui(ui, tokens, &mut self.form.base_url);
        // Only of a server on this machine it is not plain.
        if self.form.kind() != ProviderKind::Ollama && self.form.to_config().is_here() {
            let words = "It hands requests on to servers elsewhere, so what is sent leaves this machine";
            if tick(ui, tokens, self.form.forwards, words) {
                self.form.forwards = !self.form.forwards;
            }
        }
        if self.form.takes_key() {
            let needs = self.form.preset().is_some_and(|preset| preset.needs_key);
            let label = if needs || self.form.has_key { "Key" } else { "Key, if the server asks for one" };
            let help = if self.form.has_key {
                "A key is stored; leave empty to keep it"
            } else {
                "Stored encrypted, shown nowhere, sent to this address only"
            };
            self.key.ui(ui, tokens, Field::new(label).help(help));
            self.variables_ui(ui, cx);
        }
        if self.form.kind() == ProviderKind::Custom {
            format_ui(ui, cx, &mut self.form);
            more_view::address_ui(ui, cx, &mut self.form);
        }
        if self.form.format() == ApiFormat::MsiGenai {
            let user = Field::new("User ID").help("Sent with each message, if it is not empty");
            user.ui(ui, tokens, &mut self.form.user_id);
        }
        self.models.ui(ui, cx, &mut self.form, (&self.key, problems.model.as_deref()));
    }

    /// Keys that lie in the environment are offered by the variable's name, and read when that is pressed.
    fn variables_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        if self.variables.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            for name in &self.variables {
                let pressed = button(ui, cx.tokens, Kind::Secondary, Some(icons::KEY), &format!("Take it from {name}"));
                if pressed.on_hover_text("An environment variable that is set").clicked()
                    && let Ok(key) = std::env::var(name)
                {
                    self.key.fill(Zeroizing::new(key));
                }
            }
        });
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, problems: &Problems) -> FormEnd {
        let tokens = cx.tokens;
        if let Some(failure) = cx.state.provider_save.failure().filter(|_| self.is_saving)
            && error_panel(ui, tokens, failure) == Pressed::CopyDetails
        {
            cx.copy(failure.details.clone());
        }
        let mut end = FormEnd::Open;
        ui.horizontal(|ui| {
            let saving = cx.state.provider_save.is_loading();
            if button_enabled(ui, tokens, (Kind::Primary, !saving), Some(icons::CHECK), "Save").clicked() {
                self.is_tried = true;
                if problems.are_none() {
                    self.save(cx);
                }
            }
            let testing = cx.state.provider_test.is_loading();
            if testing && self.tested != Tested::No {
                if button(ui, tokens, Kind::Secondary, Some(icons::STOP), "Stop the test").clicked() {
                    cx.cancel(Slot::ProviderTest);
                }
            } else if button(ui, tokens, Kind::Secondary, Some(icons::PLAY), "Test").clicked() {
                self.is_tried = true;
                if problems.are_none() {
                    self.tested = Tested::InView;
                    let (provider, key) = (self.form.to_config(), self.key.copy());
                    cx.submit(Slot::ProviderTest, Command::Provider(ProviderCommand::Test { provider, key }));
                }
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel").clicked() {
                end = FormEnd::Closed;
            }
        });
        end
    }

    /// The key stays in its field until it is stored, so that a failure does not cost it.
    fn save(&mut self, cx: &mut ViewContext<'_>) {
        self.is_saving = true;
        let (provider, key) = (self.form.to_config(), self.key.copy());
        cx.submit(Slot::ProviderSave, Command::Provider(ProviderCommand::Save { provider, key }));
    }
}

fn format_ui(ui: &mut Ui, cx: &ViewContext<'_>, form: &mut ProviderForm) {
    let formats = [ApiFormat::OpenAi, ApiFormat::MsiGenai, ApiFormat::Anthropic, ApiFormat::Gemini];
    let choices = formats.map(|format| (format, format.label()));
    let mut format = form.format();
    if select(ui, cx.tokens, "Format", &mut format, &choices) {
        form.set_format(format);
    }
}

/// Whether an Ollama runs on this machine.
fn detection_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let (glyph, color, words) = match cx.state.ollama.value() {
        None if cx.state.ollama.is_loading() => (icons::BUSY, tokens.muted, "Looking for Ollama".to_owned()),
        None => (icons::INFO, tokens.muted, "Whether Ollama runs is found out by the test".to_owned()),
        Some(None) => {
            let words = "No Ollama answers on this machine. Start it, then look again";
            (icons::CIRCLE_ALERT, tokens.warn, words.to_owned())
        }
        Some(Some(found)) => {
            let models = match found.models.len() {
                0 => "no model yet: pull one first".to_owned(),
                1 => "1 model".to_owned(),
                count => format!("{count} models"),
            };
            (icons::CIRCLE_CHECK, tokens.ok, format!("Ollama {} runs here with {models}", found.version))
        }
    };
    let frame = Frame::new().fill(tokens.tint(color)).corner_radius(6);
    frame.inner_margin(egui::Margin::symmetric(10, 6)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(icon(glyph, 16.0).color(color));
            text(ui, &words, Type::Body, tokens.text);
            let nothing = matches!(cx.state.ollama.value(), Some(None) | None) && !cx.state.ollama.is_loading();
            if nothing && button(ui, tokens, Kind::Ghost, Some(icons::REFRESH), "Look again").clicked() {
                let detect = crate::worker::SessionCommand::DetectOllama;
                cx.submit(Slot::Ollama, Command::Session(detect));
            }
        });
    });
}
