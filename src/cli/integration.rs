//! `tftsr integration`: show, set, connect, test, disconnect.

use super::args::{IntegrationArgs, IntegrationTask};
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{IntegrationConfig, Service};
use crate::worker::{Command, Event, IntegrationCommand, IntegrationState, RemoteSearch};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Read as _};
use zeroize::Zeroizing;

pub(super) fn run(client: &mut Client, output: &Output, task: IntegrationTask) -> Result<(), CliError> {
    client.open()?;
    match task {
        IntegrationTask::Show { service } => show(client, output, service),
        IntegrationTask::Search { service, words, place, limit } => {
            let place = place.as_deref().map(super::publish::remote_name).transpose()?;
            let words = words.join(" ").into();
            let search = RemoteSearch { service, issue: None, words, place, limit, titles_only: false };
            super::publish::search(client, output, search)
        }
        IntegrationTask::Set(args) => set(client, output, &args),
        IntegrationTask::Connect { service, print_url } => connect(client, output, service, print_url),
        IntegrationTask::Test { service } => test(client, output, service),
        IntegrationTask::Disconnect { service } => {
            client.ask(Command::Integration(IntegrationCommand::Disconnect(service)))?;
            output.note(&format!("{} is disconnected", service.label()));
            Ok(())
        }
    }
}

fn load(client: &mut Client) -> Result<Vec<IntegrationState>, CliError> {
    match client.ask(Command::Integration(IntegrationCommand::Load))? {
        Event::IntegrationsLoaded(all) => Ok(all),
        other => Err(unexpected(&other)),
    }
}

fn show(client: &mut Client, output: &Output, wanted: Option<Service>) -> Result<(), CliError> {
    let all = load(client)?;
    let shown = all.iter().filter(|one| wanted.is_none_or(|service| one.config.service == service));
    if output.is_json() {
        return output.json(&shown.map(described).collect());
    }
    for one in shown {
        let state = match &one.connection {
            None if one.is_set_up => "not connected".to_owned(),
            None => "not set up".to_owned(),
            Some(_) if !one.is_connected() => "not tested".to_owned(),
            Some(connection) if connection.account.is_empty() => "connected".to_owned(),
            Some(connection) => format!("connected as {}", connection.account),
        };
        let config = &one.config;
        output.line(&format!(
            "{:<12} {:<6} {state}  {}",
            config.service.as_str(),
            config.sign_in.as_str(),
            config.base_url
        ))?;
    }
    Ok(())
}

fn described(one: &IntegrationState) -> Value {
    let (config, connection) = (&one.config, one.connection.as_ref());
    json!({
        "service": config.service.as_str(), "set_up": one.is_set_up, "url": config.base_url,
        "sign_in": config.sign_in.as_str(), "user": config.username, "project": config.project_name,
        "space": config.space_key, "auto_create": config.auto_create_enabled, "connected": one.is_connected(),
        "account": connection.map(|connection| &connection.account),
        "expires_at": connection.and_then(|connection| connection.expires_at).map(|at| at.to_string()),
        "renews": connection.is_some_and(|connection| connection.renews),
    })
}

fn set(client: &mut Client, output: &Output, args: &IntegrationArgs) -> Result<(), CliError> {
    let service = args.service;
    let all = load(client)?;
    let stored = all.into_iter().find(|one| one.config.service == service).map(|one| one.config);
    let mut config = stored.unwrap_or_else(|| IntegrationConfig::new(service));
    take_texts(&mut config, args);
    config.sign_in = args.sign_in.unwrap_or(config.sign_in);
    config.api = args.api.unwrap_or(config.api);
    config.auto_create_enabled = args.auto_create.unwrap_or(config.auto_create_enabled);
    config.callback_port = args.port.unwrap_or(config.callback_port);
    config.timeout_secs = args.timeout.unwrap_or(config.timeout_secs);
    let secret = read_secret(args)?;
    let client_secret = args.client_secret_env.as_deref().map(from_environment).transpose()?;
    let save = IntegrationCommand::Save { config: Box::new(config), secret, client_secret };
    client.ask(Command::Integration(save))?;
    output.note(&format!("saved; go on with `tftsr integration connect {}`", service.as_str()));
    Ok(())
}

/// Only what is given changes.
fn take_texts(config: &mut IntegrationConfig, args: &IntegrationArgs) {
    let pairs = [
        (&mut config.base_url, &args.url),
        (&mut config.username, &args.user),
        (&mut config.project_name, &args.project),
        (&mut config.space_key, &args.space),
        (&mut config.oauth.client_id, &args.client_id),
        (&mut config.oauth.authorize_url, &args.authorize_url),
        (&mut config.oauth.token_url, &args.token_url),
        (&mut config.oauth.scopes, &args.scopes),
        (&mut config.oauth.gateway_url, &args.gateway_url),
        (&mut config.oauth.tenant, &args.tenant),
        (&mut config.work_item_type, &args.work_item_type),
        (&mut config.category, &args.category),
        (&mut config.assignment_group, &args.assignment_group),
        (&mut config.caller_id, &args.caller),
    ];
    for (field, given) in pairs {
        if let Some(given) = given {
            field.clone_from(given);
        }
    }
}

fn read_secret(args: &IntegrationArgs) -> Result<Option<SecretString>, CliError> {
    if let Some(variable) = &args.secret_env {
        return from_environment(variable).map(Some);
    }
    if args.secret_prompt {
        if !std::io::stdin().is_terminal() {
            return Err(CliError::Usage("there is no terminal to ask at; use --secret-stdin".to_owned()));
        }
        return given(Zeroizing::new(rpassword::prompt_password("Password or access token: ")?)).map(Some);
    }
    if args.secret_stdin {
        let mut text = Zeroizing::new(String::new());
        std::io::stdin().read_to_string(&mut text)?;
        return given(text).map(Some);
    }
    Ok(None)
}

fn from_environment(variable: &str) -> Result<SecretString, CliError> {
    let missing = |_error| CliError::Usage(format!("the environment variable {variable} is not set"));
    given(Zeroizing::new(std::env::var(variable).map_err(missing)?))
}

#[expect(clippy::needless_pass_by_value, reason = "it is wiped here, once the secret is made of it")]
fn given(text: Zeroizing<String>) -> Result<SecretString, CliError> {
    let text = text.trim();
    if text.is_empty() { Err(CliError::Usage("the secret is empty".to_owned())) } else { Ok(text.into()) }
}

fn connect(client: &mut Client, output: &Output, service: Service, print_url: bool) -> Result<(), CliError> {
    let command = IntegrationCommand::Connect { service, opens_browser: !print_url };
    let event = client.call(Command::Integration(command), |event| {
        let Event::SignInWaits { url, redirect, limit, opened, .. } = event else { return Ok(()) };
        if !opened {
            output.line(&url)?;
        }
        let minutes = limit.as_secs().div_ceil(60);
        output.note(&format!("waiting for the browser at {redirect}, {minutes} minutes at most"));
        Ok(())
    })?;
    let Event::IntegrationsLoaded(all) = event else { return Err(unexpected(&event)) };
    let state = all.iter().find(|one| one.config.service == service);
    let account = state.and_then(|one| one.connection.as_ref()).map_or("", |connection| &connection.account);
    let who = if account.is_empty() { String::new() } else { format!(" as {account}") };
    output.note(&format!("{} is connected{who}", service.label()));
    Ok(())
}

fn test(client: &mut Client, output: &Output, service: Service) -> Result<(), CliError> {
    let event = client.ask(Command::Integration(IntegrationCommand::Test(service)))?;
    let Event::IntegrationTested { message, .. } = event else { return Err(unexpected(&event)) };
    if output.is_json() {
        return output.json(&json!({"success": true, "message": message}));
    }
    output.line(&message)
}
