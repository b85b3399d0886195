//! Who am I? Both generations answer it at the same place of the first.

use crate::domain::IntegrationConfig;
use crate::integrations::{Call, Caller, IntegrationError, Tested};
use crate::privacy::Outbound;
use serde::Deserialize;

/// Source: <https://docs.atlassian.com/ConfluenceServer/rest/latest/#api/user-getCurrent>.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    email: String,
}

pub(super) async fn run(caller: &Caller, config: &IntegrationConfig) -> Result<Tested, IntegrationError> {
    let below = if config.is_cloud() { "/wiki/rest/api/user/current" } else { "/rest/api/user/current" };
    let answer = caller.send(Call::new(Outbound::get(&caller.endpoint(below)))).await?;
    let user: User = answer.json("the current user")?;
    // Without a sign-in, a site that is open to all says who nobody is.
    if user.kind == "anonymous" {
        let (service, sign_in) = (config.service, config.sign_in);
        return Err(IntegrationError::NotAuthorized { service, sign_in, said: "you are anonymous".to_owned() });
    }
    let account = if user.display_name.is_empty() { user.email } else { user.display_name };
    let message = format!("Confluence answers, {}", if config.uses_v2() { "version 2" } else { "version 1" });
    Ok(Tested { account, message })
}
