//! Whether Ollama runs, and what to do when it does not.

use super::{caption, command_ui, is_first_loading, submit};
use crate::domain::{Origin, Settings};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Field, Kind, Pressed, button, button_enabled, card, error_panel, icon_button, skeleton, text, truncated,
};
use crate::worker::{Failure, FailureKind, OllamaState, OllamaTask, install_guide};
use egui::{Align, Color32, Layout, Ui};

/// The card of the server.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// The address while it is typed; `None` while it is not.
    address: Option<String>,
}

impl Status {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let page = &cx.state.ollama_page;
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            if is_first_loading(&page.status) {
                skeleton(ui, tokens, 2);
                return;
            }
            if let Some(failure) = page.status.failure() {
                self.failure_ui(ui, cx, failure);
            } else if let Some(status) = page.status.value() {
                match &status.state {
                    OllamaState::Running { version } => {
                        let words = format!("Ollama {version} is running");
                        self.line_ui(ui, cx, (icons::CIRCLE_CHECK, tokens.ok), (&words, &status.url));
                    }
                    OllamaState::Stopped { program, is_service } => {
                        let path = program.display().to_string();
                        let words = "Ollama is installed and does not run";
                        self.line_ui(ui, cx, (icons::CIRCLE_ALERT, tokens.warn), (words, &path));
                        start_ui(ui, cx, *is_service);
                    }
                    OllamaState::NotInstalled => {
                        let words = "Ollama is not installed on this machine";
                        self.line_ui(ui, cx, (icons::INFO, tokens.info), (words, &status.url));
                        guide_ui(ui, cx);
                    }
                    OllamaState::Unreachable(failure) => self.failure_ui(ui, cx, failure),
                }
            }
            self.address_ui(ui, cx);
        });
    }

    fn line_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (glyph, color): (char, Color32),
        (words, below): (&str, &str),
    ) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            ui.label(icon(glyph, 20.0).color(color));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.buttons_ui(ui, cx);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    truncated(ui, words, Type::Strong, tokens.text);
                    truncated(ui, below, Type::Caption, tokens.muted);
                });
            });
        });
    }

    /// Drawn from right to left.
    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let is_loading = cx.state.ollama_page.status.is_loading();
        ui.add_enabled_ui(!is_loading, |ui| {
            if icon_button(ui, cx.tokens, icons::REFRESH, "Look again").clicked() {
                look_again(cx);
            }
        });
        if icon_button(ui, cx.tokens, icons::PENCIL, "Change the address").clicked() {
            self.address = match self.address {
                None => Some(cx.state.settings.ollama_url.clone()),
                Some(_) => None,
            };
        }
    }

    fn failure_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, failure: &Failure) {
        match error_panel(ui, cx.tokens, failure) {
            Pressed::Retry => look_again(cx),
            Pressed::CopyDetails => cx.copy(failure.details.clone()),
            Pressed::Nothing => {}
        }
        ui.horizontal(|ui| {
            caption(ui, cx.tokens, &cx.state.settings.ollama_url);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.buttons_ui(ui, cx);
                let elsewhere = matches!(failure.kind, FailureKind::Offline | FailureKind::Network);
                if elsewhere && button(ui, cx.tokens, Kind::Ghost, None, "Network settings").clicked() {
                    cx.open(Screen::Settings(SettingsPage::Network));
                }
            });
        });
    }

    fn address_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let Some(typed) = &mut self.address else { return };
        let tokens = cx.tokens;
        ui.add_space(space::S);
        let problem = Origin::of(typed).err().map(|error| error.to_string());
        let help = "The server whose models are managed here; usually http://localhost:11434";
        let field = Field::new("Address of Ollama").help(help).error(problem.as_deref()).code();
        field.ui(ui, tokens, typed);
        let wanted = typed.trim().trim_end_matches('/').to_owned();
        let mut is_over = false;
        ui.horizontal(|ui| {
            if button_enabled(ui, tokens, (Kind::Primary, problem.is_none()), Some(icons::CHECK), "Use it").clicked() {
                cx.change_settings(move |settings| settings.ollama_url = wanted);
                is_over = true;
            }
            let usual = Settings::default().ollama_url;
            if button(ui, tokens, Kind::Ghost, None, "Usual address").clicked() {
                *typed = usual;
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel").clicked() {
                is_over = true;
            }
        });
        if is_over {
            self.address = None;
        }
    }
}

fn look_again(cx: &mut ViewContext<'_>) {
    submit(cx, Slot::OllamaStatus, OllamaTask::Status);
}

fn start_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, is_service: bool) {
    let tokens = cx.tokens;
    ui.add_space(space::S);
    if is_service {
        caption(ui, tokens, "The system is set up to run it. Start it there, so that it finds the models it has:");
        command_ui(ui, cx, "sudo systemctl start ollama");
    }
    let start = &cx.state.ollama_page.start;
    if let Some(failure) = start.failure()
        && error_panel(ui, tokens, failure) == Pressed::CopyDetails
    {
        cx.copy(failure.details.clone());
    }
    let is_starting = matches!(start, Loadable::Loading { .. });
    let words = if is_starting { "Starting" } else { "Start server" };
    let kind = if is_service { Kind::Secondary } else { Kind::Primary };
    if button_enabled(ui, tokens, (kind, !is_starting), Some(icons::PLAY), words).clicked() {
        submit(cx, Slot::OllamaStart, OllamaTask::Start);
    }
    caption(ui, tokens, "It goes on running when TFTSR is closed");
}

fn guide_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let guide = install_guide();
    ui.add_space(space::S);
    for step in guide.steps {
        text(ui, step.words, Type::Body, cx.tokens.text);
        if !step.command.is_empty() {
            command_ui(ui, cx, step.command);
        }
        ui.add_space(space::XS);
    }
    ui.horizontal(|ui| {
        if button(ui, cx.tokens, Kind::Secondary, Some(icons::EXTERNAL), "Open ollama.com/download").clicked() {
            ui.ctx().open_url(egui::OpenUrl::new_tab(guide.link));
        }
        if button(ui, cx.tokens, Kind::Ghost, Some(icons::COPY), "Copy the link").clicked() {
            cx.copy(guide.link);
        }
    });
    caption(ui, cx.tokens, "TFTSR installs nothing itself. Look again once it is there");
}
