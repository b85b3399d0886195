//! Runs commands off the window's thread and reports events: the one worker behind both front ends.
//!
//! Every job ends with exactly one final event: what its handler returned, `Failed`, or `Cancelled`. Cancelling is
//! dropping: the handler's future is dropped at its next await, and what must happen then stands in `Drop`.
mod blocking;
mod command;
mod connections;
mod earlier;
mod errors;
mod event;
mod failure;
mod first_window;
mod handlers;
mod import;
mod job;
mod log_text;
mod machine;
mod prompt;
mod report;
mod services;
mod snapshot;
mod window_place;

pub use self::command::{
    Command, DecisionTarget, DocumentCommand, DocumentExport, Existing, ImageSource, IntegrationCommand, IssueChange,
    IssueCommand, LineFilter, LogCommand, LogSource, NewIssue, OllamaCommand, OllamaTask, PrivacyCommand, Protection,
    ProviderCommand, PublicationDraft, PublicationPart, PublishCommand, RemoteSearch, ResolutionCommand, RuleCommand,
    Seek, SessionCommand, SettingsCommand, TextSource, TriageCommand, Turn,
};
pub use self::event::{Event, FindingsChange, ListedRule, OllamaFound, PreviewLine, PreviewMark, SpanPlace, Update};
pub use self::failure::{Failure, FailureKind};
pub use self::first_window::{FirstWindow, HandedOver, Place};
pub use self::job::{Job, JobId};
pub use self::machine::{InstallGuide, InstallStep, install_guide};
pub use self::services::WorkerOptions;
pub use self::snapshot::{
    CheckItem, Connection, ConversationView, Dashboard, DocumentConflicts, DocumentVersion, DocumentView,
    IntegrationState, IssueDetail, KeySource, Machine, OllamaModels, OllamaState, OllamaStatus, Onto, OutgoingPreview,
    PublicationPicture, PublicationPreview, Published, SessionInfo, ShownImage, TestStep, Thumbnail, audit_json,
};
pub use self::window_place::WindowPlace;
// What the snapshots hold of the rooms below, so that a front end needs no other door to it.
pub use crate::documents::Writer as DocumentFormat;
pub use crate::documents::writers::{ALL as DOCUMENT_FORMATS, by_id as document_format};
pub use crate::documents::{
    CheckFinding, CheckKind, Choice, DiffLine, LineChange, Merge, MergePart, Shape, Tone, WHY_PICTURE, WhyPicture,
    diff, open_points, reworded,
};
pub use crate::insight::prompts::default_part;
pub use crate::insight::{BurstKind, Coverage, Insight, citations};
pub use crate::privacy::{Confirmation, visible};
pub use crate::providers::{
    Fit, InstalledModel, KnownModel, LoadedModel, ModelDetails, PRESETS, Preset, PullPhase, PullProgress,
    Recommendation, recommend,
};

use self::report::{Reporter, Waker};
use self::services::Services;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

/// How many commands may wait. A front end that fills this is told so.
const INBOX: usize = 256;
/// How many updates may wait for a front end that is slow.
const OUTBOX: usize = 1024;

/// How long closing the program waits for blocking work that has been told to stop.
const PATIENCE: Duration = Duration::from_secs(3);

/// The worker has too much to do, or has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker is busy or has stopped")]
pub struct Busy;

/// The front end's side of the worker.
#[derive(Debug)]
pub struct Worker {
    commands: Sender<Envelope>,
    last_job: u64,
    runtime: Option<Runtime>,
}

struct Envelope {
    job: JobId,
    cancel: CancellationToken,
    command: Command,
}

impl Worker {
    /// Starts the worker's threads; `wake` is called after every update.
    pub fn start(
        options: WorkerOptions,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, Receiver<Update>)> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("worker").enable_all().build()?;
        let (commands, inbox) = channel(INBOX);
        let (updates, outbox) = channel(OUTBOX);
        runtime.spawn(serve(options, inbox, updates, Arc::new(wake)));
        Ok((Self { commands, last_job: 0, runtime: Some(runtime) }, outbox))
    }

    /// Queues a command. Never blocks.
    pub fn submit(&mut self, command: Command) -> Result<Job, Busy> {
        self.last_job += 1;
        let job = JobId(self.last_job);
        let cancel = CancellationToken::new();
        let envelope = Envelope { job, cancel: cancel.clone(), command };
        if self.commands.try_send(envelope).is_err() {
            return Err(Busy);
        }
        Ok(Job::new(job, cancel))
    }
}

impl Drop for Worker {
    /// Cancels what still runs, and gives the store a moment to write what it was given.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(PATIENCE);
        }
    }
}

async fn serve(options: WorkerOptions, mut inbox: Receiver<Envelope>, updates: Sender<Update>, wake: Waker) {
    let services = Arc::new(Services::new(options));
    while let Some(envelope) = inbox.recv().await {
        let reporter = Reporter::new(envelope.job, updates.clone(), Arc::clone(&wake));
        #[expect(clippy::disallowed_methods, reason = "the one place that starts a job")]
        tokio::spawn(run_job(Arc::clone(&services), reporter, envelope));
    }
}

/// Runs one job to its one final event: done, failed or cancelled.
async fn run_job(services: Arc<Services>, reporter: Reporter, envelope: Envelope) {
    let Envelope { cancel, command, .. } = envelope;
    let end = tokio::select! {
        biased;
        () = cancel.cancelled() => Event::Cancelled,
        end = handlers::run(&services, &reporter, command) => end.unwrap_or_else(Event::Failed),
    };
    reporter.report(end).await;
}
