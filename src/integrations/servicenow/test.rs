//! May the user read incidents?

use crate::domain::{IntegrationConfig, SignIn};
use crate::integrations::{Call, Caller, IntegrationError, Tested};
use crate::privacy::{Method, Outbound, Request};
use serde::Deserialize;

#[derive(Deserialize)]
struct Incidents {
    result: Vec<Incident>,
}

#[derive(Deserialize)]
struct Incident {
    #[serde(rename = "sys_id")]
    _sys_id: String,
}

pub(super) async fn run(caller: &Caller, config: &IntegrationConfig) -> Result<Tested, IntegrationError> {
    let at = caller.endpoint("/api/now/table/incident");
    let request = Outbound::encode(&at, |at| {
        Request::to(Method::Get, at)
            .query("sysparm_limit", "1")
            .query("sysparm_fields", "sys_id")
            .header("accept", "application/json")
    });
    let found: Incidents = caller.send(Call::new(request)).await?.json("a list of incidents")?;
    let message = match found.result.len() {
        // An empty table and one that may not be read look the same.
        0 => "ServiceNow answers, and shows no incident".to_owned(),
        _ => "ServiceNow answers, and incidents can be read".to_owned(),
    };
    // The Table API does not say who asks.
    let account = if config.sign_in == SignIn::Basic { config.username.clone() } else { String::new() };
    Ok(Tested { account, message })
}
