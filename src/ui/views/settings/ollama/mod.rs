//! The Ollama page: whether it runs, its models, what is on its way, and what suits this machine.
mod choose;
mod hardware;
mod models;
mod pulls;
mod status;
#[cfg(test)]
mod tests;

use crate::domain::ModelId;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Kind, button_enabled, icon_button, section, text, truncated};
use crate::worker::{Command, OllamaCommand, OllamaModels, OllamaState, OllamaTask};
use egui::accesskit::Role;
use egui::{Align, Frame, Layout, Margin, Response, Ui, WidgetInfo};

use self::choose::Choose;
use self::models::Models;
use self::status::Status;

/// The page.
#[derive(Debug, Default)]
pub(super) struct OllamaPage {
    /// The frame in which it was drawn last: what it shows is asked for each time that it is come back to.
    last_frame: Option<u64>,
    /// The address that was asked last.
    asked_url: String,
    status: Status,
    models: Models,
    choose: Choose,
}

impl OllamaPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        self.ask(ui, cx);
        section(ui, cx.tokens, "Server");
        self.status.ui(ui, cx);
        if !cx.state.ollama_page.pulls.is_empty() {
            ui.add_space(space::XL);
            section(ui, cx.tokens, "On their way");
            pulls::ui(ui, cx);
        }
        if is_running(cx) {
            ui.add_space(space::XL);
            section(ui, cx.tokens, "Models");
            self.models.ui(ui, cx);
        }
        ui.add_space(space::XL);
        self.choose.ui(ui, cx);
        ui.add_space(space::XL);
        section(ui, cx.tokens, "This machine");
        hardware::ui(ui, cx);
    }

    fn ask(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let frame = ui.ctx().cumulative_frame_nr();
        let url = &cx.state.settings.ollama_url;
        let is_other = self.asked_url != *url;
        let is_back = is_other || self.last_frame.is_none_or(|last| frame > last + 1);
        self.last_frame = Some(frame);
        self.asked_url.clone_from(url);
        let page = &cx.state.ollama_page;
        if is_back && (is_other || !page.status.is_loading()) {
            submit(cx, Slot::OllamaStatus, OllamaTask::Status);
        }
        if is_back && !page.machine.is_loading() {
            submit(cx, Slot::Machine, OllamaTask::Machine);
        }
        // Each news of the server makes the list stale, so it is asked for once when the page is come back to.
        let is_due = page.models_stale || (models(cx).is_none() && page.models.failure().is_none());
        if is_due && is_running(cx) && !page.models.is_loading() {
            submit(cx, Slot::OllamaModels, OllamaTask::List);
        }
    }
}

/// By the last that was heard of this address.
fn is_running(cx: &ViewContext<'_>) -> bool {
    let status = cx.state.ollama_page.status.value().filter(|status| status.url == cx.state.settings.ollama_url);
    status.is_some_and(|status| matches!(status.state, OllamaState::Running { .. }))
}

/// What the server at this address has, and not what another had.
fn models<'a>(cx: &ViewContext<'a>) -> Option<&'a OllamaModels> {
    let models = cx.state.ollama_page.models.value();
    models.map(|models| &**models).filter(|models| models.url == cx.state.settings.ollama_url)
}

/// Whether the server is this machine; so it is until something else is known.
fn is_local(cx: &ViewContext<'_>) -> bool {
    cx.state.ollama_page.status.value().is_none_or(|status| status.is_local)
}

/// To the address that is on the screen, which may be newer than the one that is stored.
fn command(cx: &ViewContext<'_>, task: OllamaTask) -> Command {
    Command::Ollama(OllamaCommand { at: Some(cx.state.settings.ollama_url.clone()), task })
}

fn submit(cx: &mut ViewContext<'_>, slot: Slot, task: OllamaTask) {
    let command = command(cx, task);
    cx.submit(slot, command);
}

fn pull(cx: &mut ViewContext<'_>, model: ModelId, ignores_space: bool) {
    submit(cx, Slot::Pull(model.clone()), OllamaTask::Pull { model, ignores_space });
}

/// A button whose accessible name says more than its text, where several stand below each other.
fn named_button(
    ui: &mut Ui,
    tokens: &Tokens,
    (kind, enabled): (Kind, bool),
    (glyph, words): (Option<char>, &str),
    name: &str,
) -> Response {
    let response = button_enabled(ui, tokens, (kind, enabled), glyph, words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response
}

/// A command for a terminal, to be copied.
fn command_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, line: &str) {
    let tokens = cx.tokens;
    let frame = Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(Margin::symmetric(10, 2));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::COPY, &format!("Copy {line}")).clicked() {
                    cx.copy(line);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    truncated(ui, line, Type::Code, tokens.text);
                });
            });
        });
    });
}

/// What stands where a value will be.
fn is_first_loading<T>(value: &Loadable<T>) -> bool {
    value.value().is_none() && value.failure().is_none()
}

fn caption(ui: &mut Ui, tokens: &Tokens, words: &str) {
    text(ui, words, Type::Caption, tokens.muted);
}
