//! Is the project there, and may the user see it?

use crate::domain::{IntegrationConfig, IntegrationConfigError};
use crate::integrations::{Call, Caller, IntegrationError, Tested};
use crate::privacy::{Method, Outbound, Request};
use serde::Deserialize;

#[derive(Deserialize)]
struct Project {
    name: String,
}

pub(super) async fn run(caller: &Caller, config: &IntegrationConfig) -> Result<Tested, IntegrationError> {
    let project = config.project().ok_or(IntegrationConfigError::NoProject)?;
    let request = Outbound::encode(&(caller.endpoint("/_apis/projects"), project), |(at, project)| {
        Request::to(Method::Get, at).segment(project.as_str()).query("api-version", "7.0")
    });
    let found: Project = caller.send(Call::new(request)).await?.json("a project")?;
    Ok(Tested {
        account: String::new(),
        message: format!("Azure DevOps answers, and the project {} is there", found.name),
    })
}
