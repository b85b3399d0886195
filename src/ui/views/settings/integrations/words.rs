//! What the fields and states of a service are called.

use crate::domain::{IntegrationConfig, Service, SignIn};
use crate::ui::format;
use crate::worker::IntegrationState;
use jiff::Timestamp;

/// Label, hint and help of the address.
pub(super) const fn address(service: Service) -> (&'static str, &'static str, &'static str) {
    match service {
        Service::Confluence => (
            "Address of the site",
            "https://company.atlassian.net",
            "As the browser shows it; for a Data Center with its path, such as /confluence",
        ),
        Service::ServiceNow => {
            ("Address of the instance", "https://company.service-now.com", "As the browser shows it")
        }
        Service::AzureDevOps => {
            ("Address of the organization", "https://dev.azure.com/company", "As the browser shows it")
        }
    }
}

/// The short name of a way to authorize.
pub(super) fn sign_in(config: &IntegrationConfig, sign_in: SignIn) -> &'static str {
    match (sign_in, config.service) {
        (SignIn::OAuth, _) => "Browser",
        (SignIn::Basic, Service::Confluence) => "E-mail and API token",
        (SignIn::Basic, _) => "User and password",
        (SignIn::Token, _) => "Access token",
    }
}

/// Label and help of the secret.
pub(super) fn secret(config: &IntegrationConfig) -> (&'static str, &'static str) {
    match (config.sign_in, config.service) {
        (SignIn::Basic, Service::Confluence) => ("API token", "Make one at id.atlassian.com → Security → API tokens"),
        (SignIn::Basic, _) => ("Password", "Of a user that may use the API"),
        (_, Service::Confluence) => ("Personal access token", "For the Data Center: profile → Personal access tokens"),
        (..) => ("Personal access token", "With the scope Work Items (read & write)"),
    }
}

/// The line under the name: as whom, and until when.
pub(super) fn state(state: &IntegrationState) -> String {
    let Some(connection) = &state.connection else {
        return if state.is_set_up { host(state) } else { "Not set up yet".to_owned() };
    };
    if connection.verified_at.is_none() {
        return format!("{} · no call has worked with this sign-in yet", host(state));
    }
    let who = if connection.account.is_empty() { String::new() } else { format!(" as {}", connection.account) };
    let until = match connection.expires_at {
        Some(at) if connection.renews => format!(" until {}, renews itself", format::moment(at)),
        Some(at) if at <= Timestamp::now() => " · ended: connect again".to_owned(),
        Some(at) => format!(" until {}", format::moment(at)),
        None => String::new(),
    };
    format!("Connected{who}{until}")
}

/// Host of the address.
fn host(state: &IntegrationState) -> String {
    state.config.base().map_or_else(|_| state.config.base_url.clone(), |base| base.origin().host().to_owned())
}
