//! The scene of the worker's stories: the real worker and store in a temporary folder.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#![expect(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tftsr::domain::{IssueId, ProviderConfig, ProviderId, ProviderKind, Settings};
use tftsr::worker::{
    Command, Event, Failure, IssueCommand, IssueDetail, Job, JobId, LogSource, NewIssue, OutgoingPreview, Protection,
    ProviderCommand, SessionCommand, SettingsCommand, TriageCommand, Turn, Update, Worker, WorkerOptions,
};
use tokio::sync::mpsc::Receiver;

/// How long anything here may take before the test is given up.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Scene {
    pub folder: TempDir,
    worker: Option<Worker>,
    updates: Receiver<Update>,
}

impl Scene {
    /// A new store, open.
    pub fn new() -> Self {
        let mut scene = Self::closed(tempfile::tempdir().unwrap());
        let protection = Protection::Passphrase("correct horse".into());
        scene.done(Command::Session(SessionCommand::Create { protection }));
        scene
    }

    fn closed(folder: TempDir) -> Self {
        let (worker, updates) = start(folder.path());
        Self { folder, worker: Some(worker), updates }
    }

    /// Ends the program and starts it again with the same folder.
    pub fn restarted(mut self) -> Self {
        drop(self.worker.take());
        let mut scene = Self::closed(self.folder);
        scene.done(Command::Session(SessionCommand::Unlock { passphrase: "correct horse".into() }));
        scene
    }

    /// As [`Self::restarted`]; `work` is done to the folder while no program has it open.
    pub fn restarted_after(mut self, work: impl FnOnce(&Path)) -> Self {
        drop(self.worker.take());
        work(self.folder.path());
        let mut scene = Self::closed(self.folder);
        scene.done(Command::Session(SessionCommand::Unlock { passphrase: "correct horse".into() }));
        scene
    }

    /// Ends the program, changes what it has stored, and starts it again.
    pub fn with_changed_store(mut self, sql: &str) -> Self {
        drop(self.worker.take());
        let connection = rusqlite::Connection::open(self.data_dir().join("tftsr.db")).unwrap();
        connection.pragma_update(None, "key", "correct horse").unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let mut scene = Self::closed(self.folder);
        scene.done(Command::Session(SessionCommand::Unlock { passphrase: "correct horse".into() }));
        scene
    }

    /// As after a power cut: what is in the folder now, opened by another start.
    pub fn after_power_cut(&self) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for name in ["tftsr.db", "tftsr.db-wal"] {
            std::fs::copy(self.data_dir().join(name), copy.path().join(name)).unwrap();
        }
        let mut scene = Self::closed(copy);
        scene.done(Command::Session(SessionCommand::Unlock { passphrase: "correct horse".into() }));
        scene
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn submit(&mut self, command: Command) -> Job {
        self.worker.as_mut().unwrap().submit(command).unwrap()
    }

    /// The next event of a job.
    pub fn next(&mut self, job: JobId) -> Event {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.updates.try_recv() {
                Ok(update) if update.job == job => return update.event,
                Ok(_other) => {}
                Err(_nothing_yet) => {
                    assert!(Instant::now() < until, "nothing happened");
                    std::thread::park_timeout(Duration::from_millis(2));
                }
            }
        }
    }

    /// The events of several jobs, in the order in which they came, until each has ended.
    pub fn until_all_end(&mut self, jobs: Vec<Job>) -> Vec<(JobId, Event)> {
        let until = Instant::now() + PATIENCE;
        let mut running: Vec<_> = jobs.iter().map(Job::id).collect();
        let mut events = Vec::new();
        while !running.is_empty() {
            match self.updates.try_recv() {
                Ok(update) if running.contains(&update.job) => {
                    if update.event.is_final() {
                        running.retain(|job| *job != update.job);
                    }
                    events.push((update.job, update.event));
                }
                Ok(_other) => {}
                Err(_nothing_yet) => {
                    assert!(Instant::now() < until, "nothing happened");
                    std::thread::park_timeout(Duration::from_millis(2));
                }
            }
        }
        for job in jobs {
            job.detach();
        }
        events
    }

    /// Runs a command to its end.
    pub fn end_of(&mut self, command: Command) -> Event {
        let job = self.submit(command);
        loop {
            let event = self.next(job.id());
            if event.is_final() {
                job.detach();
                return event;
            }
        }
    }

    /// Runs a command that must not fail.
    pub fn done(&mut self, command: Command) -> Event {
        match self.end_of(command) {
            Event::Failed(failure) => panic!("{failure:?}"),
            event => event,
        }
    }

    pub fn failure(&mut self, command: Command) -> Failure {
        match self.end_of(command) {
            Event::Failed(failure) => failure,
            other => panic!("{other:?}"),
        }
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn issue_with(&mut self, title: &str, logs: Vec<LogSource>) -> IssueDetail {
        let new = NewIssue { title: title.into(), logs, ..NewIssue::default() };
        self.loaded(Command::Issue(IssueCommand::Create(new)))
    }

    /// Runs a command that answers with the issue.
    pub fn loaded(&mut self, command: Command) -> IssueDetail {
        match self.done(command) {
            Event::IssueLoaded(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }

    pub fn load(&mut self, issue: IssueId) -> IssueDetail {
        self.loaded(Command::Issue(IssueCommand::Load(issue)))
    }

    /// An OpenAI-compatible server at this address.
    pub fn provider(&mut self, url: &str, key: Option<&str>) -> ProviderId {
        let mut provider = ProviderConfig::new("test", ProviderKind::OpenAi, url, "test-model");
        provider.first_byte_timeout_secs = 20;
        let id = provider.id;
        let key = key.map(Into::into);
        self.done(Command::Provider(ProviderCommand::Save { provider, key }));
        id
    }

    pub fn save_settings(&mut self, settings: Settings) {
        self.done(Command::Settings(SettingsCommand::Save(settings)));
    }

    pub fn preview(&mut self, issue: IssueId, provider: ProviderId, draft: &str) -> OutgoingPreview {
        let preview =
            TriageCommand::Preview { issue, provider, draft: draft.into(), turn: Turn::New, images: Vec::new() };
        match self.done(Command::Triage(preview)) {
            Event::MessagePreviewed(preview) => *preview,
            other => panic!("{other:?}"),
        }
    }

    pub fn send(&mut self, issue: IssueId, provider: ProviderId, draft: &str) -> Job {
        let preview = self.preview(issue, provider, draft);
        self.submit(Command::Triage(TriageCommand::Send {
            issue,
            provider,
            draft: draft.into(),
            turn: Turn::New,
            prompt: preview.prompt,
        }))
    }
}

fn start(folder: &Path) -> (Worker, Receiver<Update>) {
    Worker::start(WorkerOptions { data_dir: Some(folder.to_owned()) }, || {}).unwrap()
}
