//! One file a feature; this match is the whole table of contents.
mod answers;
mod detail;
mod document;
mod export;
mod findings;
mod insight;
mod issue;
mod log;
mod outgoing;
mod privacy;
mod provider;
mod resolution;
mod session;
mod settings;
mod triage;

use super::command::Command;
use super::event::Event;
use super::failure::Failure;
use super::report::Reporter;
use super::services::Services;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: Command) -> Result<Event, Failure> {
    match command {
        Command::Session(command) => Box::pin(session::run(services, command)).await,
        Command::Issue(command) => Box::pin(issue::run(services, reporter, command)).await,
        Command::Log(command) => Box::pin(log::run(services, reporter, command)).await,
        Command::Privacy(command) => Box::pin(privacy::run(services, reporter, command)).await,
        Command::Triage(command) => Box::pin(triage::run(services, reporter, command)).await,
        Command::Resolution(command) => Box::pin(resolution::run(services, command)).await,
        Command::Document(command) => Box::pin(document::run(services, reporter, command)).await,
        Command::Provider(command) => Box::pin(provider::run(services, reporter, command)).await,
        Command::Settings(command) => Box::pin(settings::run(services, command)).await,
    }
}
