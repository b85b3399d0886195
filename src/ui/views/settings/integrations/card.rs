//! The card of one service: how it stands, what can be done, what went wrong.

use super::form::{FormEnd, ServiceForm};
use super::words;
use crate::domain::{Service, SignIn};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::state::{ServiceState, SignInWait, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Answer, Kind, Pressed, button, button_enabled, chip, confirm, error_panel, icon_button, text, truncated,
};
use crate::worker::{Command, Failure, FailureKind, IntegrationCommand, IntegrationState};
use egui::accesskit::Role;
use egui::{Align, Color32, Frame, Layout, Margin, OpenUrl, Response, Ui, WidgetInfo};

#[derive(Debug)]
pub(super) struct ServiceCard {
    pub(super) service: Service,
    form: Option<ServiceForm>,
    /// Whether it is asked if the sign-in is to be removed.
    asks_disconnect: bool,
}

impl ServiceCard {
    pub(super) const fn new(service: Service) -> Self {
        Self { service, form: None, asks_disconnect: false }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IntegrationState) {
        let nothing = ServiceState::default();
        let page = &cx.state.integrations;
        let asked = page.card(self.service).unwrap_or(&nothing);
        head_ui(ui, cx.tokens, state, asked);
        if let Some(form) = &mut self.form {
            ui.add_space(space::S);
            if form.ui(ui, cx, state, asked) == FormEnd::Closed {
                self.form = None;
            }
            return;
        }
        if let Some(waits) = &asked.waits.as_ref().filter(|_| asked.connect.is_loading()) {
            self.waits_ui(ui, cx, waits);
            return;
        }
        self.outcome_ui(ui, cx, (state, asked));
        self.buttons_ui(ui, cx, state, asked);
        self.disconnect_ui(ui, cx);
    }

    /// What came of the last call.
    fn outcome_ui(&self, ui: &mut Ui, cx: &mut ViewContext<'_>, (state, asked): (&IntegrationState, &ServiceState)) {
        if let Some(found) = asked.test.value().filter(|_| state.is_connected()) {
            ui.horizontal(|ui| {
                ui.label(icon(icons::CIRCLE_CHECK, 16.0).color(cx.tokens.ok));
                text(ui, found, Type::Body, cx.tokens.text);
            });
        }
        if let Some(failure) = asked.connect.failure() {
            self.failure_ui(ui, cx, failure, Self::connect);
        } else if let Some(failure) = asked.test.failure() {
            self.failure_ui(ui, cx, failure, Self::test);
        }
    }

    fn failure_ui(
        &self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        failure: &Failure,
        again: fn(&Self, &mut ViewContext<'_>),
    ) {
        match error_panel(ui, cx.tokens, failure) {
            Pressed::Retry => again(self, cx),
            Pressed::CopyDetails => cx.copy(failure.details.clone()),
            Pressed::Nothing => {}
        }
        let elsewhere = matches!(failure.kind, FailureKind::Offline | FailureKind::Network);
        if elsewhere && button(ui, cx.tokens, Kind::Ghost, Some(icons::GLOBE), "Network settings").clicked() {
            cx.open(Screen::Settings(SettingsPage::Network));
        }
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IntegrationState, asked: &ServiceState) {
        let tokens = cx.tokens;
        let label = self.service.label();
        let is_busy = asked.connect.is_loading() || asked.test.is_loading();
        ui.horizontal_wrapped(|ui| {
            if !state.is_set_up {
                let set_up = named_button(ui, tokens, (Kind::Secondary, true), (icons::SETTINGS, "Set up"), label);
                if set_up.clicked() {
                    self.form = Some(ServiceForm::new(&state.config));
                }
                return;
            }
            let is_oauth = state.config.sign_in == SignIn::OAuth;
            if is_oauth && !state.is_connected() {
                let words = if asked.connect.is_loading() { "Connecting" } else { "Connect" };
                if named_button(ui, tokens, (Kind::Primary, !is_busy), (icons::LINK, words), label).clicked() {
                    self.connect(cx);
                }
            }
            if state.connection.is_some() {
                let words = if asked.test.is_loading() { "Testing" } else { "Test" };
                if named_button(ui, tokens, (Kind::Secondary, !is_busy), (icons::PLAY, words), label).clicked() {
                    self.test(cx);
                }
            }
            if named_button(ui, tokens, (Kind::Secondary, !is_busy), (icons::PENCIL, "Edit"), label).clicked() {
                self.form = Some(ServiceForm::new(&state.config));
            }
            if is_oauth && state.is_connected() {
                let again = (icons::REFRESH, "Connect again");
                if named_button(ui, tokens, (Kind::Ghost, !is_busy), again, label).clicked() {
                    self.connect(cx);
                }
            }
            if state.connection.is_some()
                && named_button(ui, tokens, (Kind::Danger, !is_busy), (icons::X, "Disconnect"), label).clicked()
            {
                self.asks_disconnect = true;
            }
        });
    }

    fn connect(&self, cx: &mut ViewContext<'_>) {
        let command = IntegrationCommand::Connect { service: self.service, opens_browser: true };
        cx.submit(Slot::IntegrationConnect(self.service), Command::Integration(command));
    }

    fn test(&self, cx: &mut ViewContext<'_>) {
        let command = Command::Integration(IntegrationCommand::Test(self.service));
        cx.submit(Slot::IntegrationTest(self.service), command);
    }

    fn disconnect_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        if !self.asks_disconnect {
            return;
        }
        let title = format!("Disconnect {}?", self.service.label());
        let words = "The stored sign-in is removed from this machine for good. How the service is set up stays";
        match confirm(ui, cx.tokens, &title, words, "Disconnect") {
            Answer::Yes => {
                self.asks_disconnect = false;
                let command = IntegrationCommand::Disconnect(self.service);
                cx.run_detached("", Command::Integration(command));
            }
            Answer::No => self.asks_disconnect = false,
            Answer::Open => {}
        }
    }

    fn waits_ui(&self, ui: &mut Ui, cx: &mut ViewContext<'_>, waits: &SignInWait) {
        let tokens = cx.tokens;
        let color = if waits.opened { tokens.accent } else { tokens.warn };
        Frame::new().fill(tokens.tint(color)).corner_radius(8).inner_margin(space::M).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::S;
            ui.horizontal(|ui| {
                ui.label(icon(icons::BUSY, 16.0).color(color));
                let words = if waits.opened {
                    "Waiting for the browser"
                } else {
                    "No browser could be opened; open this page yourself"
                };
                text(ui, words, Type::Strong, tokens.text);
            });
            let minutes = waits.minutes;
            let help = format!(
                "Sign in at {} and allow the access; {minutes} min at most. The page can also be opened in another \
                 browser on this machine",
                self.service.label()
            );
            text(ui, &help, Type::Caption, tokens.muted);
            copied_line_ui(ui, cx, &waits.url, "Copy the page's address");
            ui.horizontal(|ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::EXTERNAL), "Open the page").clicked() {
                    ui.ctx().open_url(OpenUrl::new_tab(&waits.url));
                }
                if button(ui, tokens, Kind::Ghost, Some(icons::X), "Cancel").clicked() {
                    cx.cancel(Slot::IntegrationConnect(self.service));
                }
            });
        });
    }
}

fn head_ui(ui: &mut Ui, tokens: &Tokens, state: &IntegrationState, asked: &ServiceState) {
    ui.horizontal(|ui| {
        ui.label(icon(glyph(state.config.service), 20.0).color(tokens.muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (words, color) = status(tokens, state, asked);
            chip(ui, tokens, words, color);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                truncated(ui, state.config.service.label(), Type::Strong, tokens.text);
                truncated(ui, &words::state(state), Type::Caption, tokens.muted);
            });
        });
    });
}

const fn glyph(service: Service) -> char {
    match service {
        Service::Confluence => icons::BOOK,
        Service::ServiceNow => icons::FLAG,
        Service::AzureDevOps => icons::LAYERS,
    }
}

fn status(tokens: &Tokens, state: &IntegrationState, asked: &ServiceState) -> (&'static str, Color32) {
    let failed = asked.connect.failure().is_some() || asked.test.failure().is_some();
    if asked.connect.is_loading() {
        ("connecting", tokens.accent)
    } else if failed {
        ("needs attention", tokens.bad)
    } else if state.is_connected() {
        ("connected", tokens.ok)
    } else if state.connection.is_some() {
        ("not tested", tokens.warn)
    } else {
        ("not connected", tokens.muted)
    }
}

/// A line to be copied, in the code face.
pub(super) fn copied_line_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, line: &str, name: &str) {
    let tokens = cx.tokens;
    Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(Margin::symmetric(10, 2)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::COPY, name).clicked() {
                    cx.copy(line);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    truncated(ui, line, Type::Code, tokens.text);
                });
            });
        });
    });
}

/// A button whose accessible name says which service it is about: several cards have the same words.
fn named_button(
    ui: &mut Ui,
    tokens: &Tokens,
    (kind, enabled): (Kind, bool),
    (glyph, words): (char, &str),
    about: &str,
) -> Response {
    let response = button_enabled(ui, tokens, (kind, enabled), Some(glyph), words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, format!("{words} {about}")));
    response
}
