//! The form of one service: the fields of the chosen way to authorize, the rest folded away.

use super::card::copied_line_ui;
use super::words;
use crate::domain::{ConfluenceApi, IntegrationConfig, IntegrationConfigError, Service, SignIn};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Loadable, ServiceState, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Field, Kind, Pressed, SecretField, button, button_enabled, error_panel, inline_error, segmented, select,
    switch_row, text,
};
use crate::worker::{Command, IntegrationCommand, IntegrationState};
use egui::{CollapsingHeader, Ui};

/// Whether the form goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormEnd {
    Open,
    Closed,
}

#[derive(Debug)]
pub(super) struct ServiceForm {
    config: IntegrationConfig,
    port: String,
    timeout: String,
    secret: SecretField,
    client_secret: SecretField,
    /// Whether problems are shown; not before the first try.
    is_tried: bool,
    is_saving: bool,
}

impl ServiceForm {
    pub(super) fn new(config: &IntegrationConfig) -> Self {
        Self {
            config: config.clone(),
            port: config.callback_port.to_string(),
            timeout: config.timeout_secs.to_string(),
            secret: SecretField::default(),
            client_secret: SecretField::default(),
            is_tried: false,
            is_saving: false,
        }
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IntegrationState,
        asked: &ServiceState,
    ) -> FormEnd {
        if self.is_saving && matches!(asked.save, Loadable::Ready(())) {
            self.secret.clear(ui.ctx());
            self.client_secret.clear(ui.ctx());
            return FormEnd::Closed;
        }
        ui.spacing_mut().item_spacing.y = space::M;
        let problem = self.problem();
        self.main_ui(ui, cx, state);
        self.advanced_ui(ui, cx, problem.as_ref());
        if let Some(problem) = problem.as_ref().filter(|_| self.is_tried) {
            inline_error(ui, cx.tokens, &sentence(&problem.to_string()));
        }
        if let Some(failure) = asked.save.failure().filter(|_| self.is_saving)
            && error_panel(ui, cx.tokens, failure) == Pressed::CopyDetails
        {
            cx.copy(failure.details.clone());
        }
        self.buttons_ui(ui, cx, asked, problem.is_none())
    }

    fn main_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IntegrationState) {
        let tokens = cx.tokens;
        let service = self.config.service;
        let (label, hint, help) = words::address(service);
        Field::new(label).hint(hint).help(help).code().ui(ui, tokens, &mut self.config.base_url);
        if service == Service::AzureDevOps {
            let help = "Its name exactly as it is, upper and lower case too";
            Field::new("Project").help(help).ui(ui, tokens, &mut self.config.project_name);
        }
        if service == Service::Confluence {
            let help = "The key of the space where documents go unless another is chosen; may stay empty";
            Field::new("Space").hint("OPS").help(help).code().ui(ui, tokens, &mut self.config.space_key);
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            text(ui, "How to sign in", Type::Caption, tokens.muted);
            let choices: Vec<_> =
                service.sign_ins().iter().map(|one| (*one, words::sign_in(&self.config, *one))).collect();
            segmented(ui, tokens, &mut self.config.sign_in, &choices);
        });
        if self.config.sign_in == SignIn::OAuth {
            self.oauth_ui(ui, cx, state);
        } else {
            self.secret_ui(ui, cx, state);
        }
        if service != Service::Confluence {
            let is_on = self.config.auto_create_enabled;
            let help = "When an issue starts with P1 or P2; it is updated when the issue is resolved";
            if switch_row(ui, tokens, is_on, "Create tickets by itself", help) {
                self.config.auto_create_enabled = !is_on;
            }
        }
    }

    fn secret_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, state: &IntegrationState) {
        let tokens = cx.tokens;
        if self.config.sign_in == SignIn::Basic {
            let label = if self.config.service == Service::Confluence { "E-mail address" } else { "User" };
            Field::new(label).ui(ui, tokens, &mut self.config.username);
        }
        let (label, help) = words::secret(&self.config);
        let is_stored =
            state.connection.is_some() && self.config.clone().put_right().keeps_credential_of(&state.config);
        let help = if is_stored { "One is stored; leave empty to keep it" } else { help };
        self.secret.ui(ui, tokens, Field::new(label).help(help));
    }

    fn oauth_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IntegrationState) {
        let tokens = cx.tokens;
        let help = format!(
            "Of the application that your company registered; empty takes {} of the environment",
            self.config.service.client_id_variable()
        );
        Field::new("Client id").help(&help).code().ui(ui, tokens, &mut self.config.oauth.client_id);
        let help = if state.has_client_secret && self.config.clone().put_right().keeps_client_secret_of(&state.config) {
            "One is stored; leave empty to keep it"
        } else if self.config.is_cloud() {
            "Atlassian wants one; stored encrypted, sent to the address for tokens only"
        } else {
            "Only if the application has one; stored encrypted, sent to the address for tokens only"
        };
        self.client_secret.ui(ui, tokens, Field::new("Client secret").help(help));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            text(ui, "Redirect URI, to be registered exactly so", Type::Caption, tokens.muted);
            let redirect = format!("http://localhost:{}/callback", self.port.trim());
            copied_line_ui(ui, cx, &redirect, "Copy the redirect URI");
        });
    }

    fn advanced_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, problem: Option<&IntegrationConfigError>) {
        let tokens = cx.tokens;
        let must_open = (self.is_tried && problem.is_some_and(is_advanced)).then_some(true);
        CollapsingHeader::new("Advanced").id_salt(self.config.service).open(must_open).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            match self.config.service {
                Service::Confluence => {
                    let choices: Vec<_> = ConfluenceApi::ALL.iter().map(|one| (*one, one.label())).collect();
                    select(ui, tokens, "Interface for spaces and pages", &mut self.config.api, &choices);
                }
                Service::ServiceNow => {
                    Field::new("Category").hint("inquiry").ui(ui, tokens, &mut self.config.category);
                    Field::new("Assignment group").ui(ui, tokens, &mut self.config.assignment_group);
                    let help = "Named as caller: a user name, an e-mail address or a sys_id";
                    Field::new("Caller").help(help).ui(ui, tokens, &mut self.config.caller_id);
                }
                Service::AzureDevOps => {
                    let help = "Empty takes one that the project has";
                    Field::new("Kind of work item").hint("Bug").help(help).ui(
                        ui,
                        tokens,
                        &mut self.config.work_item_type,
                    );
                }
            }
            if self.config.sign_in == SignIn::OAuth {
                self.endpoints_ui(ui, cx);
            }
            Field::new("Wait for an answer, in seconds").ui(ui, tokens, &mut self.timeout);
        });
    }

    /// What is usual stands as a hint.
    fn endpoints_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        let usual = IntegrationConfig {
            oauth: crate::domain::OAuthFields { tenant: self.config.oauth.tenant.clone(), ..Default::default() },
            ..self.config.clone()
        };
        let usual = usual.put_right().oauth_endpoints().ok();
        let [authorize, token, scopes] = usual.map_or_else(Default::default, |all| {
            [all.authorize.to_string(), all.token.to_string(), all.scopes.join(" ")]
        });
        let (service, is_cloud) = (self.config.service, self.config.is_cloud());
        let oauth = &mut self.config.oauth;
        if service == Service::AzureDevOps {
            let help = "The company's directory, by name or id";
            Field::new("Tenant").hint("organizations").help(help).code().ui(ui, tokens, &mut oauth.tenant);
        }
        Field::new("Sign-in page").hint(&authorize).code().ui(ui, tokens, &mut oauth.authorize_url);
        Field::new("Address for tokens").hint(&token).code().ui(ui, tokens, &mut oauth.token_url);
        if is_cloud {
            let gateway = Field::new("Gateway").hint("https://api.atlassian.com").help("Where tokens are good");
            gateway.code().ui(ui, tokens, &mut oauth.gateway_url);
        }
        let rows = if scopes.len() > 60 { 3 } else { 1 };
        Field::new("Scopes").hint(&scopes).rows(rows).code().ui(ui, tokens, &mut oauth.scopes);
        let help = "Where the browser comes back to; the redirect URI changes with it";
        Field::new("Port").help(help).code().ui(ui, tokens, &mut self.port);
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, asked: &ServiceState, is_valid: bool) -> FormEnd {
        let tokens = cx.tokens;
        let mut end = FormEnd::Open;
        ui.horizontal(|ui| {
            let is_saving = asked.save.is_loading();
            if button_enabled(ui, tokens, (Kind::Primary, !is_saving), Some(icons::CHECK), "Save").clicked() {
                self.is_tried = true;
                if is_valid {
                    self.save(cx);
                }
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel").clicked() {
                self.secret.clear(ui.ctx());
                self.client_secret.clear(ui.ctx());
                end = FormEnd::Closed;
            }
        });
        end
    }

    /// The secrets stay in their fields until they are stored, so that a failure does not cost them.
    fn save(&mut self, cx: &mut ViewContext<'_>) {
        self.is_saving = true;
        let service = self.config.service;
        let command = IntegrationCommand::Save {
            config: Box::new(self.typed()),
            secret: self.secret.copy(),
            client_secret: self.client_secret.copy(),
        };
        cx.submit(Slot::IntegrationSave(service), Command::Integration(command));
    }

    /// With the figures as they are typed; one that is none becomes 0, which no service takes.
    fn typed(&self) -> IntegrationConfig {
        IntegrationConfig {
            callback_port: self.port.trim().parse().unwrap_or_default(),
            timeout_secs: self.timeout.trim().parse().unwrap_or_default(),
            ..self.config.clone()
        }
        .put_right()
    }

    fn problem(&self) -> Option<IntegrationConfigError> {
        self.typed().validate().err()
    }
}

const fn is_advanced(problem: &IntegrationConfigError) -> bool {
    matches!(problem, IntegrationConfigError::Port | IntegrationConfigError::Timeout)
        || matches!(problem, IntegrationConfigError::Characters { .. })
}

/// Errors begin in lower case.
fn sentence(error: &str) -> String {
    let mut chars = error.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
