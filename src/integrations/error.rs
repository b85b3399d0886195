//! Why a service did not do what it was asked, and what the user can do about it.

use super::oauth::SignInError;
use crate::domain::{IntegrationConfigError, Service, SignIn};
use crate::net::NetError;
use std::time::Duration;

/// Why a service did not do what it was asked.
///
/// `said` is a short excerpt of the server's own words with all secrets taken out; it may be empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrationError {
    #[error(transparent)]
    Config(#[from] IntegrationConfigError),
    #[error("{} is not connected", .0.label())]
    NotConnected(Service),
    /// The server could not be reached, or the answer broke off.
    #[error(transparent)]
    Net(NetError),
    /// Status 407: a proxy stands between.
    #[error("the proxy asks for a sign-in")]
    ProxySignIn,
    /// Status 401.
    #[error("{} does not accept the sign-in{}", .service.label(), quoted(.said))]
    NotAuthorized { service: Service, sign_in: SignIn, said: String },
    /// A page to sign in came where an answer was expected: status 203 or 302, or HTML.
    #[error("{} answered with a page to sign in", .0.label())]
    SignInPage(Service),
    /// Status 403.
    #[error("{} does not permit this{}", .service.label(), quoted(.said))]
    Forbidden { service: Service, said: String },
    /// Status 404.
    #[error("{} has nothing at this place{}", .service.label(), quoted(.said))]
    NotFound { service: Service, said: String },
    /// Status 409 or 412: it was changed meanwhile, or is there already.
    #[error("this conflicts with what {} has{}", .service.label(), quoted(.said))]
    Conflict { service: Service, said: String },
    /// Status 429, and the server asked for a longer wait than anybody has.
    #[error("too many requests{}", quoted(.said))]
    RateLimited { retry_after: Option<Duration>, said: String },
    /// Any other status from 400 to 499.
    #[error("{} refused the request (status {status}){}", .service.label(), quoted(.said))]
    Refused { service: Service, status: u16, said: String },
    /// A status from 500 up.
    #[error("{} failed (status {status}){}", .service.label(), quoted(.said))]
    ServerFailed { service: Service, status: u16, said: String },
    /// Redirects are not followed: a sign-in belongs to one server.
    #[error("{host} answered with a redirect (status {status}), which is not followed")]
    Redirected { host: String, status: u16 },
    /// `what` says what was expected.
    #[error("the answer of {} could not be understood: {what}", .service.label())]
    Malformed { service: Service, what: &'static str },
    /// The server named another one for the next page.
    #[error("{0} named a page on another server, which is not fetched")]
    ForeignLink(String),
    /// The renewal of the sign-in was refused for good.
    #[error("the sign-in at {} has ended{}", .service.label(), quoted(.said))]
    ConnectAgain { service: Service, said: String },
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The renewed sign-in could not be stored, and is not used before it is.
    #[error("the renewed sign-in could not be stored")]
    NotKept,
}

pub(super) fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

impl IntegrationError {
    /// What to do next, in one sentence without a period.
    pub fn advice(&self) -> String {
        match self {
            Self::Net(cause) => cause.advice().to_owned(),
            Self::RateLimited { retry_after: Some(wait), .. } => {
                format!("Try again in {} seconds", wait.as_secs().max(1))
            }
            Self::SignIn(cause) => cause.advice(),
            _ => self.fixed_advice().to_owned(),
        }
    }

    /// Whether the same again may succeed without a change of settings.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::ServerFailed { .. } | Self::NotKept => true,
            Self::Refused { status, .. } => *status == 408,
            Self::Net(cause) => matches!(
                cause,
                NetError::Connect { .. } | NetError::Dns { .. } | NetError::Timeout { .. } | NetError::Broken { .. }
            ),
            Self::SignIn(cause) => cause.may_pass(),
            Self::Config(_)
            | Self::NotConnected(_)
            | Self::ProxySignIn
            | Self::NotAuthorized { .. }
            | Self::SignInPage(_)
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::Redirected { .. }
            | Self::Malformed { .. }
            | Self::ForeignLink(_)
            | Self::ConnectAgain { .. } => false,
        }
    }

    /// Whether the service may have done what it was asked all the same: whoever asked must look before asking again.
    pub const fn is_unsure(&self) -> bool {
        match self {
            Self::ServerFailed { .. } | Self::Malformed { .. } => true,
            Self::Refused { status, .. } => *status == 408,
            Self::Net(cause) => match cause {
                NetError::Broken { .. } | NetError::TooLarge { .. } => true,
                NetError::Timeout { stage, .. } => !matches!(stage, crate::net::Stage::Connect),
                _ => false,
            },
            _ => false,
        }
    }

    const fn fixed_advice(&self) -> &'static str {
        match self {
            Self::Config(_) => "Complete the fields of the service in Settings → Integrations",
            Self::NotConnected(_) => "Connect it in Settings → Integrations",
            Self::ProxySignIn => "Sign in at the proxy, or set HTTPS_PROXY with a user that may pass",
            Self::NotAuthorized { service, sign_in, .. } => not_authorized(*service, *sign_in),
            Self::SignInPage(service) => match service {
                Service::AzureDevOps => "The sign-in has expired: connect again, or make a new personal access token",
                Service::Confluence | Service::ServiceNow => {
                    "Connect again; if a single sign-on stands before the site, use OAuth or the address of the interface"
                }
            },
            Self::Forbidden { service, .. } => match service {
                Service::Confluence => {
                    "Check the scopes of the token, and whether you may see this space and create pages in it"
                }
                Service::ServiceNow => "Check that the user has the role itil, or another that may write incidents",
                Service::AzureDevOps => {
                    "Check that the token has the scope vso.work_write, and your rights in the project"
                }
            },
            Self::NotFound { service, .. } => match service {
                Service::Confluence => {
                    "Check the form of the address, the key of the space, and whether you may see it"
                }
                Service::ServiceNow => "Check the address of the instance, and whether the record is still there",
                Service::AzureDevOps => {
                    "Check the organization in the address and the project's name; upper and lower case matter"
                }
            },
            Self::Conflict { .. } => "Look at what is there now, then decide",
            Self::RateLimited { .. } => "Wait a moment and try again",
            Self::Refused { .. } => "Check the fields of the service in Settings → Integrations",
            Self::ServerFailed { .. } => "Try again later; the service's status page may say more",
            Self::Redirected { .. } => {
                "Enter the address that the browser shows after signing in, with https and without a page's path"
            }
            Self::Malformed { .. } | Self::ForeignLink(_) => {
                "Check that the address is that of the service itself, and not of a page in front of it"
            }
            Self::ConnectAgain { .. } => "Connect again in Settings → Integrations",
            Self::NotKept => "Free some space on the disk and try again",
            Self::Net(_) | Self::SignIn(_) => "",
        }
    }
}

const fn not_authorized(service: Service, sign_in: SignIn) -> &'static str {
    match (service, sign_in) {
        (_, SignIn::OAuth) => "Connect again; if that does not help, check the scopes of the application",
        (Service::ServiceNow, _) => {
            "Check user name and password, whether the user may use the API, and the address of the instance"
        }
        (Service::Confluence, SignIn::Basic) => {
            "Check the e-mail address, and that it is an API token rather than the password of the account"
        }
        (Service::Confluence, SignIn::Token) => {
            "Check the personal access token; Confluence Cloud wants an e-mail address and an API token instead"
        }
        (Service::AzureDevOps, _) => {
            "Check the personal access token: it may have expired, or be for another organization"
        }
    }
}
