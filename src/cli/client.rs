//! One command at a time against the worker.

use super::output::CliError;
use crate::worker::{
    Command, Event, Failure, FailureKind, Protection, SessionCommand, SessionInfo, Update, Worker, WorkerOptions,
};
use secrecy::SecretString;
use std::io::IsTerminal as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::Receiver;

const NO_KEY: &str = "no key for the database: set TFTSR_DB_KEY to a passphrase, or run it where a system keychain \
                      is unlocked, or at a terminal, where the passphrase can be asked for";

/// The worker, asked one thing after the other.
pub(super) struct Client {
    worker: Worker,
    updates: Receiver<Update>,
    /// Waits for the worker and for Ctrl+C at once.
    waiting: Runtime,
}

impl Client {
    pub(super) fn start(options: WorkerOptions) -> Result<Self, CliError> {
        let (worker, updates) = Worker::start(options, || {})?;
        let waiting = Builder::new_current_thread().enable_io().build()?;
        Ok(Self { worker, updates, waiting })
    }

    /// Submits a command and waits for how it ended. `on_event` sees what happens on the way.
    ///
    /// Ctrl+C ends it in order: the job is cancelled, and what it had begun is removed or marked as stopped.
    pub(super) fn call(
        &mut self,
        command: Command,
        on_event: impl FnMut(Event) -> Result<(), CliError>,
    ) -> Result<Event, CliError> {
        self.follow(command, true, on_event)
    }

    fn follow(
        &mut self,
        command: Command,
        heeds_ctrl_c: bool,
        mut on_event: impl FnMut(Event) -> Result<(), CliError>,
    ) -> Result<Event, CliError> {
        let stopped = |_busy| Failure::new(FailureKind::Other, "the worker has stopped", "Start the command again");
        let job = self.worker.submit(command).map_err(stopped)?;
        while let Some(update) = self.next(heeds_ctrl_c)? {
            if update.job != job.id() {
                continue;
            }
            match update.event {
                Event::Failed(failure) => return Err(failure.into()),
                event if event.is_final() => {
                    job.detach();
                    return Ok(event);
                }
                event => on_event(event)?,
            }
        }
        Err(Failure::new(FailureKind::Other, "the worker has stopped", "Start the command again").into())
    }

    fn next(&mut self, heeds_ctrl_c: bool) -> Result<Option<Update>, CliError> {
        if !heeds_ctrl_c {
            return Ok(self.updates.blocking_recv());
        }
        let updates = &mut self.updates;
        self.waiting.block_on(async {
            tokio::select! {
                biased;
                pressed = tokio::signal::ctrl_c() => Err(pressed.map_or_else(CliError::from, |()| CliError::Stopped)),
                update = updates.recv() => Ok(update),
            }
        })
    }

    /// As [`Self::call`], for short commands that say nothing on the way.
    ///
    /// Ctrl+C is left to the system: once it is heeded, it would no longer end a question for a passphrase.
    pub(super) fn ask(&mut self, command: Command) -> Result<Event, CliError> {
        self.follow(command, false, |_event| Ok(()))
    }

    /// Opens the store, makes it at the first start, and asks for the passphrase where there is somebody to ask.
    pub(super) fn open(&mut self) -> Result<SessionInfo, CliError> {
        let event = match self.ask(Command::Session(SessionCommand::Open))? {
            Event::SetupNeeded { keychain_available: true } => {
                self.ask(Command::Session(SessionCommand::Create { protection: Protection::Keychain }))?
            }
            Event::SetupNeeded { keychain_available: false } => {
                let passphrase = ask_for_new_passphrase()?;
                let protection = Protection::Passphrase(passphrase);
                self.ask(Command::Session(SessionCommand::Create { protection }))?
            }
            Event::PassphraseNeeded => {
                let passphrase = ask_for_passphrase("Passphrase: ")?;
                self.ask(Command::Session(SessionCommand::Unlock { passphrase }))?
            }
            event => event,
        };
        match event {
            Event::SessionOpened(session) => Ok(*session),
            other => Err(unexpected(&other)),
        }
    }
}

fn ask_for_passphrase(prompt: &str) -> Result<SecretString, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Locked(NO_KEY.to_owned()));
    }
    Ok(rpassword::prompt_password(prompt)?.into())
}

fn ask_for_new_passphrase() -> Result<SecretString, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Locked(NO_KEY.to_owned()));
    }
    let first = rpassword::prompt_password("New passphrase for the database: ")?;
    let second = rpassword::prompt_password("The same again: ")?;
    if first != second {
        return Err(CliError::Locked("the two passphrases differ; nothing was made".to_owned()));
    }
    Ok(first.into())
}

/// A handler ended with an event that its command does not promise.
pub(super) fn unexpected(event: &Event) -> CliError {
    tracing::error!(?event, "unexpected event");
    Failure::new(FailureKind::Other, "the worker gave an answer that does not fit", "Report this as a defect").into()
}
