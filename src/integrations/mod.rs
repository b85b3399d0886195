//! Services that documents and tickets go to: one folder each, one authorized caller for all of them.
//!
//! To add a service: a variant of [`Service`], a folder with a value of [`Integration`], and one line in
//! [`integration`]. What is sent is an [`Outbound`](crate::privacy::Outbound), so the privacy gate has passed it.
mod access;
mod azure_devops;
mod call;
mod confluence;
mod connect;
mod error;
mod explain;
mod oauth;
mod servicenow;
mod writing;

pub use self::access::Access;
pub use self::azure_devops::{WorkItemKind, WorkItems};
pub use self::call::{Answer, Call, Caller};
pub use self::confluence::{Generation, PageText, StoredPage, Wiki, file_name};
pub use self::connect::{access_of, caller, cloud_id};
pub use self::error::IntegrationError;
pub use self::oauth::{Callbacks, Grant, KeepTokens, Kept, OAuthClient, SignInError, SignInFlow, Tokens};

pub use self::servicenow::Incidents;
pub use self::writing::{TicketChange, TicketText, Written};

use crate::domain::{IntegrationConfig, Service};
use std::pin::Pin;

/// The future of one call to a service.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, IntegrationError>> + Send + 'a>>;

/// What a test call found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// As whom the service knows the user; empty where it does not say.
    pub account: String,
    /// What was reached, in a sentence without a period.
    pub message: String,
}

/// What every service can do.
pub trait Integration: Sync {
    /// A call that changes nothing and works only with a sign-in that is good.
    fn test<'a>(&self, caller: &'a Caller, config: &'a IntegrationConfig) -> Pending<'a, Tested>;
}

/// The registry.
pub const fn integration(service: Service) -> &'static dyn Integration {
    match service {
        Service::Confluence => &confluence::Confluence,
        Service::ServiceNow => &servicenow::ServiceNow,
        Service::AzureDevOps => &azure_devops::AzureDevOps,
    }
}
