//! Who answers: the list of providers, and the form of one.
mod form;
mod form_view;
mod model_picker;
mod more_view;
mod test_steps;

use crate::domain::{ProviderConfig, ProviderId, ProviderKind};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Answer, Kind, Pressed, button, card, chip, confirm, error_panel, focus_ring, icon_button, section, skeleton,
    truncated,
};
use crate::worker::{Command, PRESETS, Preset, ProviderCommand, SessionCommand};
use egui::accesskit::Role;
use egui::{Align, Layout, Sense, Stroke, Ui, UiBuilder, WidgetInfo, vec2};

use super::prompts::PromptsPart;

use self::form::ProviderForm;
use self::form_view::{FormEnd, FormView};

/// The draft that the form is kept in. Never the key.
const DRAFT: &str = "provider/form";

/// The list of providers, and the form of one of them.
#[derive(Debug, Default)]
pub(super) struct ProvidersPage {
    form: Option<FormView>,
    removing: Option<ProviderConfig>,
    prompts: PromptsPart,
}

impl ProvidersPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        if self.form.is_none() {
            self.form = ProviderForm::from_draft(cx.draft(DRAFT)).map(FormView::new);
        }
        let Some(form) = &mut self.form else { return self.list_ui(ui, cx) };
        match form.ui(ui, cx) {
            FormEnd::Open => {
                let draft = form.form.to_draft();
                if *cx.draft(DRAFT) != draft {
                    *cx.draft(DRAFT) = draft;
                }
            }
            FormEnd::Closed => {
                cx.clear_draft(DRAFT);
                self.form = None;
                // The list stands there from the next frame on.
                ui.ctx().request_repaint();
            }
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        section(ui, tokens, "Your providers");
        if cx.state.providers.is_unasked() {
            cx.submit(Slot::Providers, Command::Provider(ProviderCommand::List));
        }
        if let Some(failure) = cx.state.providers.failure() {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Providers, Command::Provider(ProviderCommand::List)),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        match cx.state.providers.value() {
            None => skeleton(ui, tokens, 3),
            Some(providers) => {
                self.provider_ui(ui, cx, &ProviderConfig::guide());
                for provider in providers.iter().filter(|one| !one.is_guide()) {
                    self.provider_ui(ui, cx, provider);
                }
            }
        }
        ui.add_space(space::XL);
        section(ui, tokens, "Add a provider");
        self.tiles_ui(ui, cx);
        ui.add_space(space::XL);
        self.prompts.ui(ui, cx);
        self.removal_ui(ui, cx);
    }

    fn provider_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, provider: &ProviderConfig) {
        let tokens = cx.tokens;
        let is_default = cx.state.provider().id == provider.id;
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let (glyph, color) = place(tokens, provider);
                ui.label(icon(glyph, 20.0).color(color));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.buttons_ui(ui, cx, provider, is_default);
                    ui.with_layout(Layout::top_down(Align::Min), |ui| names_ui(ui, tokens, provider));
                });
            });
        });
    }

    /// Drawn from right to left.
    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, provider: &ProviderConfig, is_default: bool) {
        let tokens = cx.tokens;
        let name = &provider.name;
        if !provider.is_guide() {
            if icon_button(ui, tokens, icons::TRASH, &format!("Remove {name}")).clicked() {
                self.removing = Some(provider.clone());
            }
            if icon_button(ui, tokens, icons::PENCIL, &format!("Edit {name}")).clicked() {
                self.form = Some(FormView::new(ProviderForm::edit(provider)));
            }
        }
        if is_default {
            chip(ui, tokens, "default", tokens.accent);
        } else if button(ui, tokens, Kind::Ghost, None, "Make default").clicked() {
            set_default(cx, provider.id);
        }
    }

    fn tiles_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let (columns, count) = if ui.available_width() < 480.0 { (2, 2.0) } else { (3, 3.0) };
        let width = (ui.available_width() - space::S * (count - 1.0)) / count;
        for row in PRESETS.chunks(columns) {
            let pressed = ui.horizontal(|ui| row.iter().filter(|one| tile_ui(ui, cx.tokens, one, width)).last());
            if let Some(preset) = pressed.inner {
                self.add(cx, preset);
            }
        }
    }

    fn add(&mut self, cx: &mut ViewContext<'_>, preset: &Preset) {
        if preset.kind == ProviderKind::Ollama {
            cx.submit(Slot::Ollama, Command::Session(SessionCommand::DetectOllama));
        }
        let names: Vec<&str> =
            cx.state.providers.value().into_iter().flatten().map(|provider| provider.name.as_str()).collect();
        self.form = Some(FormView::new(ProviderForm::add(preset, &names)));
    }

    fn removal_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let Some(provider) = &self.removing else { return };
        let title = format!("Remove {}?", provider.name);
        let consequence = "Its key is deleted too. Chats with it stay, but cannot be continued";
        match confirm(ui, cx.tokens, &title, consequence, "Remove provider") {
            Answer::Open => return,
            Answer::No => {}
            Answer::Yes => {
                if cx.state.settings.default_provider == provider.id {
                    set_default(cx, ProviderId::GUIDE);
                }
                cx.run_detached("Removing provider", Command::Provider(ProviderCommand::Remove(provider.id)));
            }
        }
        self.removing = None;
    }
}

fn set_default(cx: &mut ViewContext<'_>, provider: ProviderId) {
    cx.change_settings(move |settings| settings.default_provider = provider);
}

fn place(tokens: &Tokens, provider: &ProviderConfig) -> (char, egui::Color32) {
    match (provider.is_guide(), provider.is_local()) {
        (true, _) => (icons::COMPASS, tokens.ok),
        (false, true) => (icons::SHIELD_CHECK, tokens.ok),
        (false, false) => (icons::CLOUD, tokens.warn),
    }
}

fn names_ui(ui: &mut Ui, tokens: &Tokens, provider: &ProviderConfig) {
    ui.spacing_mut().item_spacing.y = 2.0;
    truncated(ui, &provider.name, Type::Strong, tokens.text);
    truncated(ui, &summary(provider), Type::Caption, tokens.muted);
}

/// `gpt-4o · api.openai.com · remote · key stored`.
fn summary(provider: &ProviderConfig) -> String {
    if provider.is_guide() {
        return "By rules, without a model and without a network".to_owned();
    }
    let mut parts = Vec::new();
    if !provider.model.is_empty() {
        parts.push(provider.model.clone());
    }
    if let Ok(origin) = provider.origin() {
        parts.push(origin.host().to_owned());
    }
    parts.push(if provider.is_local() { "local" } else { "remote" }.to_owned());
    if provider.has_key {
        parts.push("key stored".to_owned());
    }
    parts.join(" · ")
}

/// Returns whether it was pressed.
fn tile_ui(ui: &mut Ui, tokens: &Tokens, preset: &Preset, width: f32) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 56.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Add {}", preset.name)));
    let (fill, stroke) = if response.hovered() {
        (tokens.raised, Stroke::new(1.0, tokens.border_strong))
    } else {
        (tokens.panel, Stroke::new(1.0, tokens.border))
    };
    ui.painter().rect(rect, 8, fill, stroke, egui::StrokeKind::Inside);
    focus_ring(ui, tokens, &response);
    let provider = preset.to_config();
    let inside = UiBuilder::new().max_rect(rect.shrink2(vec2(12.0, 8.0))).layout(Layout::left_to_right(Align::Center));
    // A child of its own: a scope would move the next tile to where the words end.
    let ui = &mut ui.new_child(inside);
    let (glyph, _) = place(tokens, &provider);
    ui.label(icon(glyph, 18.0).color(tokens.muted));
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(2.0);
        truncated(ui, preset.name, Type::Strong, tokens.text);
        let place = match (provider.is_local(), provider.is_here()) {
            (true, _) => "on this machine",
            (false, true) => "handed on by this machine",
            (false, false) => "over the network",
        };
        truncated(ui, place, Type::Caption, tokens.muted);
    });
    response.clicked()
}
