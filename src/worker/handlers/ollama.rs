//! The models of an Ollama: whether it runs, what it has, what suits this machine.

use super::ollama_pull;
use crate::domain::{AuditAction, ModelId};
use crate::providers::{OllamaServer, ProviderError, Providers, recommend};
use crate::worker::blocking;
use crate::worker::command::{OllamaCommand, OllamaTask};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::machine::{self, Program};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::{Machine, OllamaModels, OllamaState, OllamaStatus};
use serde_json::json;
use std::process::Child;
use std::time::Duration;
use tokio::time::sleep;

/// How long a server that was started may take until it answers.
const START_WAIT: Duration = Duration::from_secs(20);
const START_STEP: Duration = Duration::from_millis(250);

pub(super) async fn run(services: &Services, reporter: &Reporter, command: OllamaCommand) -> Result<Event, Failure> {
    if matches!(command.task, OllamaTask::Machine) {
        return machine().await;
    }
    let session = services.session()?;
    let url = command.at.unwrap_or_else(|| session.settings().ollama_url);
    let server = OllamaServer::at(&url)?;
    let target = Target { session: &session, url, server };
    match command.task {
        OllamaTask::Status | OllamaTask::Machine => target.status().await,
        OllamaTask::Start => target.start().await,
        OllamaTask::List => target.list().await,
        OllamaTask::Show(model) => {
            let details = session.providers().ollama_details(&target.server, model.clone()).await;
            let details = Box::new(details.map_err(failure)?);
            Ok(Event::OllamaModelShown { model, details })
        }
        OllamaTask::Unload(model) => {
            session.providers().ollama_unload(&target.server, model).await.map_err(failure)?;
            target.list().await
        }
        OllamaTask::Remove(model) => target.remove(model).await,
        OllamaTask::Pull { model, ignores_space } => ollama_pull::run(&target, reporter, model, ignores_space).await,
    }
}

/// The server that is meant.
pub(super) struct Target<'a> {
    pub(super) session: &'a Session,
    url: String,
    pub(super) server: OllamaServer,
}

impl Target<'_> {
    async fn status(&self) -> Result<Event, Failure> {
        let state = match self.providers().ollama_version(&self.server).await {
            Ok(version) => OllamaState::Running { version },
            Err(ProviderError::OllamaNotRunning { .. }) if self.server.is_local() => {
                match blocking::run(|_stop| Ok(machine::find_program())).await? {
                    Some(Program { path, is_service }) => OllamaState::Stopped { program: path, is_service },
                    None => OllamaState::NotInstalled,
                }
            }
            Err(error) => OllamaState::Unreachable(failure(error)),
        };
        Ok(self.status_is(state))
    }

    fn status_is(&self, state: OllamaState) -> Event {
        let (url, is_local) = (self.url.clone(), self.server.is_local());
        Event::OllamaStatusRead(Box::new(OllamaStatus { url, is_local, state }))
    }

    async fn start(&self) -> Result<Event, Failure> {
        let not_here = |summary: &str, advice: &str| Failure::new(FailureKind::Other, summary, advice);
        if !self.server.is_local() {
            return Err(not_here("this Ollama is on another machine", "Start it there"));
        }
        if let Ok(version) = self.providers().ollama_version(&self.server).await {
            return Ok(self.status_is(OllamaState::Running { version }));
        }
        let program = blocking::run(|_stop| Ok(machine::find_program())).await?;
        let program = program.ok_or_else(|| not_here("Ollama is not installed on this machine", "Install it first"))?;
        let address = self.server.host_and_port();
        let details = json!({"program": program.path.display().to_string(), "address": address});
        self.session.call(move |db| db.audit(AuditAction::ServerStart, "ollama", "", &details).map(drop)).await?;
        let failed = |error: std::io::Error| {
            let advice = "Start it in a terminal with `ollama serve` to see what it says";
            Failure::new(FailureKind::Other, "Ollama could not be started", advice).because(&error)
        };
        let mut child = machine::launch(&program.path, &address).map_err(failed)?;
        let version = self.answers(&mut child).await?;
        reap(child);
        Ok(self.status_is(OllamaState::Running { version }))
    }

    /// Asks until the server answers, ends or takes too long.
    async fn answers(&self, child: &mut Child) -> Result<String, Failure> {
        let mut waited = Duration::ZERO;
        while waited < START_WAIT {
            sleep(START_STEP).await;
            waited += START_STEP;
            if let Ok(version) = self.providers().ollama_version(&self.server).await {
                return Ok(version);
            }
            if let Ok(Some(status)) = child.try_wait() {
                let advice = "Start it in a terminal with `ollama serve` to see what it says";
                let mut failure = Failure::new(FailureKind::Other, "Ollama ended as soon as it was started", advice);
                failure.details = status.to_string();
                return Err(failure);
            }
        }
        let advice = "It may still come; look again in a moment";
        Err(Failure::new(FailureKind::Other, "Ollama was started and does not answer yet", advice).retryable())
    }

    pub(super) async fn list(&self) -> Result<Event, Failure> {
        let providers = self.providers();
        let installed = providers.ollama_models(&self.server).await.map_err(failure)?;
        // Servers that only resemble an Ollama do not tell what they hold in memory.
        let loaded = providers.ollama_loaded(&self.server).await.unwrap_or_default();
        Ok(Event::OllamaModelsListed(Box::new(OllamaModels { url: self.url.clone(), installed, loaded })))
    }

    async fn remove(&self, model: ModelId) -> Result<Event, Failure> {
        let details = json!({"model": model.as_str(), "host": self.server.host()});
        self.providers().ollama_delete(&self.server, model).await.map_err(failure)?;
        self.session.forget_limits();
        self.session.call(move |db| db.audit(AuditAction::ModelRemove, "ollama", "", &details).map(drop)).await?;
        self.list().await
    }

    pub(super) fn providers(&self) -> Providers {
        self.session.providers()
    }
}

/// Waits for the server beside everything else, so that no dead process is left when it ends before this program.
fn reap(mut child: Child) {
    let waiting = std::thread::Builder::new().name("ollama".to_owned()).spawn(move || child.wait().map(drop));
    // Without a thread the system takes the process when this program ends.
    drop(waiting);
}

async fn machine() -> Result<Event, Failure> {
    let hardware = blocking::run(|_stop| Ok(machine::hardware())).await?;
    let recommended = recommend(hardware.memory_total_bytes, hardware.gpu_memory_bytes());
    Ok(Event::MachineRead(Box::new(Machine { hardware, recommended })))
}

/// What an error means for somebody who manages models rather than chats with one.
pub(super) fn failure(error: ProviderError) -> Failure {
    let advice = match &error {
        ProviderError::Forbidden { .. } => {
            "Ollama refuses calls under this address: use localhost, or set OLLAMA_HOST and OLLAMA_ORIGINS where it runs"
        }
        ProviderError::ModelNotFound { .. } => "Check the name; https://ollama.com/library lists what there is",
        ProviderError::WrongUrl { .. } => "Check the address: an Ollama answers at its root, usually on port 11434",
        ProviderError::BrokeOff { .. } => "Try again; what has come is kept. Ollama's own log may say more",
        _ => return error.into(),
    };
    let advice = advice.to_owned();
    Failure { advice, ..error.into() }
}
