//! The models that are there: what they are, which one answers, and how they are removed.

use super::{caption, command, named_button, submit};
use crate::domain::{ModelId, ProviderConfig, ProviderKind};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{Notice, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Answer, Kind, Pressed, card, chip, confirm, empty_state, error_panel, icon_button, skeleton, text, truncated,
};
use crate::worker::{Command, InstalledModel, LoadedModel, ModelDetails, OllamaModels, OllamaTask, ProviderCommand};
use egui::{Align, CollapsingHeader, Layout, Ui};

/// The list of models.
#[derive(Debug, Default)]
pub(super) struct Models {
    /// The one whose details are open.
    open: Option<ModelId>,
    removing: Option<InstalledModel>,
}

impl Models {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let failure = cx.state.ollama_page.models.failure();
        if let Some(failure) = failure {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => submit(cx, Slot::OllamaModels, OllamaTask::List),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(models) = super::models(cx) else {
            if failure.is_none() {
                skeleton(ui, tokens, 3);
            }
            return;
        };
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            if models.installed.is_empty() {
                empty_state(ui, tokens, icons::CPU, "No model yet. Pull one that suits this machine", None);
            }
            for (index, model) in models.installed.iter().enumerate() {
                if index > 0 {
                    ui.separator();
                }
                self.model_ui(ui, cx, models, model);
            }
        });
        self.removal_ui(ui, cx);
    }

    fn model_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, all: &OllamaModels, model: &InstalledModel) {
        let tokens = cx.tokens;
        let id = ModelId::parse(&model.name);
        let loaded = all.loaded.iter().find(|one| one.name == model.name);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(id) = &id {
                    self.buttons_ui(ui, cx, (model, id), loaded.is_some());
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    truncated(ui, &model.name, Type::Strong, tokens.text);
                    truncated(ui, &summary(model, loaded), Type::Caption, tokens.muted);
                });
            });
        });
        if let Some(host) = &model.remote_host {
            let words = format!("Not on this machine: what is sent to it goes on to {host}");
            text(ui, &words, Type::Caption, tokens.warn);
        }
        if id.is_some() && self.open == id {
            details_ui(ui, cx);
        }
    }

    /// Drawn from right to left.
    fn buttons_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (model, id): (&InstalledModel, &ModelId),
        is_loaded: bool,
    ) {
        let (tokens, name) = (cx.tokens, &model.name);
        if icon_button(ui, tokens, icons::TRASH, &format!("Delete {name}")).clicked() {
            self.removing = Some(model.clone());
        }
        let is_open = self.open.as_ref() == Some(id);
        let glyph = if is_open { icons::CHEVRON_UP } else { icons::CHEVRON_DOWN };
        if icon_button(ui, tokens, glyph, &format!("Details of {name}")).clicked() {
            self.open = (!is_open).then(|| id.clone());
            if !is_open {
                submit(cx, Slot::ModelDetails, OllamaTask::Show(id.clone()));
            }
        }
        if is_loaded && icon_button(ui, tokens, icons::MOON, &format!("Take {name} out of memory")).clicked() {
            let command = command(cx, OllamaTask::Unload(id.clone()));
            cx.run_detached("Unloading model", command);
        }
        if model.is_embedding() {
            chip(ui, tokens, "embedding", tokens.muted);
            return;
        }
        let known = provider_with(cx, name);
        if known.as_ref().is_some_and(|one| one.id == cx.state.provider().id) {
            chip(ui, tokens, "in use", tokens.accent);
        } else if named_button(ui, tokens, (Kind::Ghost, true), (None, "Use"), &format!("Use {name}")).clicked() {
            use_model(cx, known, name);
        }
    }

    fn removal_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let Some(model) = &self.removing else { return };
        let title = format!("Delete {}?", model.name);
        let size = model.size_bytes.map_or_else(|| "Its room".to_owned(), format::size);
        let consequence = format!("{size} on the disk become free. It can be pulled again from the network");
        match confirm(ui, cx.tokens, &title, &consequence, "Delete model") {
            Answer::Open => return,
            Answer::No => {}
            Answer::Yes => {
                if let Some(id) = ModelId::parse(&model.name) {
                    let command = command(cx, OllamaTask::Remove(id));
                    cx.run_detached("Deleting model", command);
                }
            }
        }
        self.removing = None;
    }
}

/// The provider that stands for this model of this server.
fn provider_with(cx: &ViewContext<'_>, model: &str) -> Option<ProviderConfig> {
    let url = &cx.state.settings.ollama_url;
    let mut all = cx.state.providers.value().into_iter().flatten();
    all.find(|one| one.kind == ProviderKind::Ollama && one.base_url == *url && one.model == model).cloned()
}

/// Makes it the provider that answers unless another is chosen.
fn use_model(cx: &mut ViewContext<'_>, known: Option<ProviderConfig>, model: &str) {
    let id = known.map_or_else(
        || {
            let taken = |name: &str| cx.state.providers.value().into_iter().flatten().any(|one| one.name == name);
            let plain = format!("Ollama {model}");
            let mut names = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain} ({number})")));
            let name = names.find(|name| !taken(name)).unwrap_or(plain);
            let provider = ProviderConfig::new(&name, ProviderKind::Ollama, &cx.state.settings.ollama_url, model);
            let id = provider.id;
            cx.run_detached("", Command::Provider(ProviderCommand::Save { provider, key: None }));
            id
        },
        |known| known.id,
    );
    cx.change_settings(move |settings| settings.default_provider = id);
    cx.notify(Notice::ok(format!("{model} answers from now on")));
}

/// `in memory, 100 % on graphics cards · 5.2 GB · qwen3 · 8.2B · Q4_K_M`.
fn summary(model: &InstalledModel, loaded: Option<&LoadedModel>) -> String {
    let mut parts = Vec::new();
    // First, so that it is seen also where the line is cut.
    if let Some(loaded) = loaded {
        parts.push(match loaded.gpu_percent() {
            Some(0) => "in memory, on the processor".to_owned(),
            Some(percent) => format!("in memory, {percent} % on graphics cards"),
            None => "in memory".to_owned(),
        });
    }
    parts.extend(model.size_bytes.map(format::size));
    for word in [&model.family, &model.parameters, &model.quantization] {
        if !word.is_empty() {
            parts.push(word.clone());
        }
    }
    parts.extend(model.modified_at.map(|at| at.strftime("%Y-%m-%d").to_string()));
    parts.join(" · ")
}

fn details_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    ui.add_space(space::XS);
    let details = &cx.state.ollama_page.details;
    if let Some(failure) = details.failure() {
        if error_panel(ui, tokens, failure) == Pressed::CopyDetails {
            cx.copy(failure.details.clone());
        }
        return;
    }
    let Some((_, details)) = details.value().filter(|_| !details.is_loading()) else {
        skeleton(ui, tokens, 3);
        return;
    };
    for (name, value) in rows(details) {
        ui.horizontal(|ui| {
            ui.allocate_ui(egui::vec2(128.0, 16.0), |ui| {
                ui.set_min_width(128.0);
                caption(ui, tokens, name);
            });
            truncated(ui, &value, Type::Caption, tokens.text);
        });
    }
    for (name, words) in [("Template", &details.template), ("Settings that come with it", &details.settings)] {
        if !words.is_empty() {
            CollapsingHeader::new(name).show(ui, |ui| text(ui, words, Type::Code, tokens.muted));
        }
    }
}

fn rows(details: &ModelDetails) -> Vec<(&'static str, String)> {
    let context = details.context.map(|tokens| format!("{} tokens", format::count(u64::from(tokens))));
    let known = |word: &String| if word.is_empty() { "not known".to_owned() } else { word.clone() };
    let mut rows = vec![
        ("Longest context", context.unwrap_or_else(|| "not known".to_owned())),
        ("Family", known(&details.family)),
        ("Parameters", known(&details.parameters)),
        ("Quantization", known(&details.quantization)),
    ];
    if !details.capabilities.is_empty() {
        rows.push(("Can do", details.capabilities.join(", ")));
    }
    if !details.license.is_empty() {
        rows.push(("License", details.license.clone()));
    }
    rows
}
