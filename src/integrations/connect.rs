//! From a configured service and its secret to a caller.

use super::{Access, Call, Caller, IntegrationError, SignInError};
use crate::domain::{IntegrationConfig, RemoteId, Service, ServiceUrl, SignIn};
use crate::net::Http;
use crate::privacy::Outbound;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// How a service takes a password or a personal access token.
pub fn access_of(config: &IntegrationConfig, secret: SecretString) -> Access {
    match (config.sign_in, config.service) {
        (SignIn::Token | SignIn::OAuth, Service::AzureDevOps) => {
            Access::Basic { user: String::new(), secret, sign_in: SignIn::Token }
        }
        (SignIn::Token | SignIn::OAuth, _) => Access::Bearer(secret),
        (SignIn::Basic, _) => Access::Basic { user: config.username.clone(), secret, sign_in: SignIn::Basic },
    }
}

/// Speaks to the service. `cloud_id` is the site's in Atlassian's cloud, where an OAuth token is good at a gateway only.
pub fn caller(
    http: &Http,
    config: &IntegrationConfig,
    access: Access,
    cloud_id: Option<&str>,
) -> Result<Caller, IntegrationError> {
    let site = config.base()?;
    let base = match (cloud_id, config.oauth_endpoints()?.gateway) {
        (Some(id), Some(gateway)) if matches!(access, Access::OAuth(_)) => {
            let service = config.service;
            let id = RemoteId::parse(id).ok_or(IntegrationError::Malformed { service, what: "the id of a site" })?;
            gateway.join(&format!("/ex/confluence/{id}"))
        }
        _ => site,
    };
    let caller = Caller::new(http.clone(), config.service, base, access);
    Ok(caller.with_timeout(Duration::from_secs(config.timeout_secs.into())))
}

/// Source: <https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps/>.
#[derive(Deserialize)]
struct Site {
    id: String,
    url: String,
}

/// Which of the account's sites in Atlassian's cloud is the configured one. `None` where there is no gateway.
pub async fn cloud_id(
    http: &Http,
    config: &IntegrationConfig,
    token: &SecretString,
) -> Result<Option<String>, IntegrationError> {
    let Some(gateway) = config.oauth_endpoints()?.gateway else { return Ok(None) };
    let wanted = config.base()?;
    let caller = Caller::new(http.clone(), config.service, gateway, Access::Bearer(token.clone()));
    let request = Outbound::get(&caller.endpoint("/oauth/token/accessible-resources"));
    let sites: Vec<Site> = caller.send(Call::new(request)).await?.json("a list of sites")?;
    let is_wanted = |site: &&Site| ServiceUrl::parse(&site.url).is_ok_and(|url| url.origin() == wanted.origin());
    let found = sites.iter().find(is_wanted).filter(|site| RemoteId::parse(&site.id).is_some());
    let site = || wanted.origin().host().to_owned();
    found.map(|site| Some(site.id.clone())).ok_or_else(|| SignInError::NoSite { site: site() }.into())
}
