//! One file a feature; this match is the whole table of contents.
mod answers;
mod care;
mod context_window;
mod detail;
mod document;
mod document_export;
mod draft;
mod drafting;
mod export;
mod findings;
mod images;
mod insight;
mod integration;
mod issue;
mod log;
mod log_story;
mod ollama;
mod ollama_pull;
mod outgoing;
mod polish;
mod preview;
mod privacy;
mod provider;
mod publish;
mod resolution;
mod review;
mod rules;
mod sending;
mod session;
mod settings;
mod triage;
mod turns;

pub(super) use self::publish::PublicationTicket;

use super::command::Command;
use super::event::Event;
use super::failure::Failure;
use super::report::Reporter;
use super::services::Services;
use crate::domain::AuditAction;
use crate::providers::Lesson;
use crate::store::StoredQuirk;
use serde_json::json;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: Command) -> Result<Event, Failure> {
    let result = dispatch(services, reporter, command).await;
    list_refused(services).await?;
    keep_lessons(services).await?;
    result
}

/// What models were found to refuse is known in the next run, too.
async fn keep_lessons(services: &Services) -> Result<(), Failure> {
    let Ok(session) = services.session() else { return Ok(()) };
    for lesson in session.providers().take_lessons() {
        let Lesson { base_url, model, parameter } = lesson;
        let quirk = StoredQuirk { base_url, model, parameter: parameter.as_str().to_owned() };
        session.call(move |db| db.add_quirk(&quirk)).await?;
    }
    Ok(())
}

/// Every connection that the offline switch has prevented is in the audit log.
async fn list_refused(services: &Services) -> Result<(), Failure> {
    // Nothing can be refused, and nothing written, before the store is open.
    let Ok(session) = services.session() else { return Ok(()) };
    for refusal in session.providers().take_refused() {
        let details = json!({"host": refusal.host, "at": refusal.at.to_string()});
        session.call(move |db| db.audit(AuditAction::NetworkRefused, "network", "", &details)).await?;
    }
    Ok(())
}

async fn dispatch(services: &Services, reporter: &Reporter, command: Command) -> Result<Event, Failure> {
    match command {
        Command::Session(command) => Box::pin(session::run(services, command)).await,
        Command::Issue(command) => Box::pin(issue::run(services, reporter, command)).await,
        Command::Log(command) => Box::pin(log::run(services, reporter, command)).await,
        Command::Privacy(command) => Box::pin(privacy::run(services, reporter, command)).await,
        Command::Rule(command) => Box::pin(rules::run(services, command)).await,
        Command::Triage(command) => Box::pin(triage::run(services, reporter, command)).await,
        Command::Resolution(command) => Box::pin(resolution::run(services, command)).await,
        Command::Document(command) => Box::pin(document::run(services, reporter, command)).await,
        Command::Provider(command) => Box::pin(provider::run(services, reporter, command)).await,
        Command::Settings(command) => Box::pin(settings::run(services, command)).await,
        Command::Ollama(command) => Box::pin(ollama::run(services, reporter, command)).await,
        Command::Integration(command) => Box::pin(integration::run(services, reporter, command)).await,
        Command::Publish(command) => Box::pin(publish::run(services, reporter, command)).await,
    }
}
