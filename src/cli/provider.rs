//! `tftsr provider`: list, add, test, models, remove.

use super::args::{ProviderArgs, ProviderTask, Temperature};
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{ProviderConfig, ProviderId, ProviderKind, Settings};
use crate::worker::{Command, Event, PRESETS, Preset, ProviderCommand, SessionInfo, SettingsCommand, TestStep};
use secrecy::SecretString;
use serde_json::json;
use std::io::Read as _;
use zeroize::Zeroizing;

pub(super) fn run(client: &mut Client, output: &Output, task: ProviderTask) -> Result<(), CliError> {
    if matches!(task, ProviderTask::Presets) {
        return presets(output);
    }
    let session = client.open()?;
    match task {
        ProviderTask::Presets => Ok(()),
        ProviderTask::List => list(output, &session),
        ProviderTask::Add(args) => add(client, output, &session, &args),
        ProviderTask::Test { name } => test(client, output, find(&session, &name)?),
        ProviderTask::Models { name } => {
            let command = ProviderCommand::ListModels { provider: find(&session, &name)?, key: None };
            let event = client.ask(Command::Provider(command))?;
            let Event::ModelsListed(models) = event else { return Err(unexpected(&event)) };
            if output.is_json() { output.json(&json!(models)) } else { output.line(&models.join("\n")) }
        }
        ProviderTask::Remove { name } => {
            client.ask(Command::Provider(ProviderCommand::Remove(find(&session, &name)?.id)))?;
            output.note("removed");
            Ok(())
        }
    }
}

fn find(session: &SessionInfo, name: &str) -> Result<ProviderConfig, CliError> {
    let found = session.providers.iter().find(|provider| provider.name.eq_ignore_ascii_case(name));
    found.cloned().ok_or_else(|| CliError::Usage(format!("no provider is named `{name}`")))
}

fn list(output: &Output, session: &SessionInfo) -> Result<(), CliError> {
    let default = session.settings.default_provider;
    if output.is_json() {
        let rows: Vec<_> = session.providers.iter().map(|one| provider_json(one, default)).collect();
        return output.json(&json!(rows));
    }
    for one in &session.providers {
        let mark = if one.id == default { "*" } else { " " };
        let place = if one.is_local() { "local" } else { "remote" };
        let key = if one.has_key { "key stored" } else { "no key" };
        output.line(&format!(
            "{mark} {:<20} {:<8} {place:<6} {key:<10} {} {}",
            one.name,
            one.kind.as_str(),
            one.model,
            one.base_url
        ))?;
    }
    Ok(())
}

fn provider_json(one: &ProviderConfig, default: ProviderId) -> serde_json::Value {
    json!({
        "name": one.name, "kind": one.kind.as_str(), "url": one.base_url, "model": one.model,
        "local": one.is_local(), "has_key": one.has_key, "default": one.id == default,
    })
}

fn add(client: &mut Client, output: &Output, session: &SessionInfo, args: &ProviderArgs) -> Result<(), CliError> {
    let known = session.providers.iter().find(|provider| provider.name.eq_ignore_ascii_case(&args.name));
    if known.is_some_and(ProviderConfig::is_guide) {
        return Err(CliError::Usage("the built-in guide cannot be changed; choose another name".to_owned()));
    }
    let mut provider = begin(args);
    if let Some(known) = known {
        provider.id = known.id;
        provider.has_key = known.has_key;
    }
    if let Some(format) = args.api_format {
        provider.api_format = format;
    }
    provider.custom_endpoint_path.clone_from(&args.endpoint_path);
    if args.auth_header.is_some() {
        provider.custom_auth_header.clone_from(&args.auth_header);
    }
    if args.auth_prefix.is_some() {
        provider.custom_auth_prefix.clone_from(&args.auth_prefix);
    }
    provider.user_id.clone_from(&args.user_id);
    provider.extra_headers.clone_from(&args.headers);
    provider.context_window = args.context_window;
    provider.max_tokens = args.max_tokens;
    if let Some(Temperature(temperature)) = args.temperature {
        provider.temperature = temperature;
    }
    provider.first_byte_timeout_secs = args.first_byte_timeout;
    provider.idle_timeout_secs = args.idle_timeout;
    provider.proxy.clone_from(&args.proxy);
    provider.forwards |= args.forwards;
    provider.price = args.price;
    let id = provider.id;
    client.ask(Command::Provider(ProviderCommand::Save { provider, key: read_key(args)? }))?;
    if args.default {
        let settings = Settings { default_provider: id, ..session.settings.clone() };
        client.ask(Command::Settings(SettingsCommand::Save(settings)))?;
    }
    output.note(&format!("saved; try it with `tftsr provider test \"{}\"`", args.name));
    Ok(())
}

/// What the preset knows, and what was given in its place.
fn begin(args: &ProviderArgs) -> ProviderConfig {
    let preset = args.preset.map(Preset::to_config);
    let known = |field: fn(&ProviderConfig) -> &str| preset.as_ref().map_or("", field).to_owned();
    let kind = args.kind.or_else(|| preset.as_ref().map(|preset| preset.kind)).unwrap_or(ProviderKind::Custom);
    let url = args.url.clone().unwrap_or_else(|| known(|preset| &preset.base_url));
    let model = args.model.clone().unwrap_or_else(|| known(|preset| &preset.model));
    let mut provider = ProviderConfig::new(&args.name, kind, &url, &model);
    if let Some(preset) = preset {
        provider.custom_auth_header = preset.custom_auth_header;
        provider.custom_auth_prefix = preset.custom_auth_prefix;
        provider.forwards = preset.forwards;
        provider.preset = preset.preset;
    }
    provider
}

fn presets(output: &Output) -> Result<(), CliError> {
    if output.is_json() {
        let rows: Vec<_> = PRESETS
            .iter()
            .map(|one| {
                json!({
                    "name": one.name, "kind": one.kind.as_str(), "url": one.base_url, "needs_key": one.needs_key,
                    "key_variables": one.key_variables, "models": one.models, "hint": one.hint,
                })
            })
            .collect();
        return output.json(&json!(rows));
    }
    for one in PRESETS {
        output.line(&format!("{:<18} {:<10} {}", one.name, one.kind.as_str(), one.base_url))?;
    }
    Ok(())
}

fn read_key(args: &ProviderArgs) -> Result<Option<SecretString>, CliError> {
    let key = match (&args.key_env, args.key_stdin) {
        (Some(variable), _) => {
            let missing = |_error| CliError::Usage(format!("the environment variable {variable} is not set"));
            Zeroizing::new(std::env::var(variable).map_err(missing)?)
        }
        (None, true) => {
            let mut text = Zeroizing::new(String::new());
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        (None, false) => return Ok(None),
    };
    let key = key.trim();
    if key.is_empty() {
        return Err(CliError::Usage("the key is empty".to_owned()));
    }
    Ok(Some(key.into()))
}

fn test(client: &mut Client, output: &Output, provider: ProviderConfig) -> Result<(), CliError> {
    let mut steps = Vec::new();
    let event = client.call(Command::Provider(ProviderCommand::Test { provider, key: None }), |event| {
        let Event::TestStepDone { step, result } = event else { return Ok(()) };
        let name = match step {
            TestStep::Reach => "reach",
            TestStep::Authorize => "authorize",
            TestStep::Model => "model",
            TestStep::Answer => "answer",
        };
        let (ok, text) = match result {
            Ok(text) => (true, text),
            Err(failure) => (false, format!("{}. {}", failure.summary, failure.advice)),
        };
        if !output.is_json() {
            output.line(&format!("{} {name:<10} {text}", if ok { "ok  " } else { "FAIL" }))?;
        }
        steps.push(json!({"step": name, "ok": ok, "text": text}));
        Ok(())
    })?;
    let Event::ProviderTested { ok } = event else { return Err(unexpected(&event)) };
    if output.is_json() {
        output.json(&json!({"ok": ok, "steps": steps}))?;
    }
    if ok { Ok(()) } else { Err(CliError::Io("the test failed".to_owned())) }
}
