//! What every handler may use.

use super::command::Turn;
use super::connections::Connections;
use super::failure::{Failure, FailureKind};
use super::handlers::PublicationTicket;
use super::snapshot::KeySource;
use crate::domain::{
    ImageId, IssueId, LogFileId, ModelId, Prompt, ProviderConfig, ProviderId, ServerToken, Settings, Unredacted,
};
use crate::insight::LogAnalysis;
use crate::net::{Http, HttpOptions};
use crate::privacy::{ClearedImage, Redacted};
use crate::providers::{Prepared, Providers};
use crate::store::{DataDir, Database, Store, StoreError};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How many analyses are remembered; each takes up to a few megabytes.
const ANALYSES_KEPT: usize = 32;

/// What the command line decides before anything is opened.
#[derive(Clone, Debug, Default)]
pub struct WorkerOptions {
    /// `--data-dir`; else `TFTSR_DATA_DIR`, else the platform's folder.
    pub data_dir: Option<PathBuf>,
}

/// What every handler may use.
#[derive(Debug)]
pub(super) struct Services {
    options: WorkerOptions,
    open: RwLock<Option<Arc<Session>>>,
}

/// An open store and what hangs on it.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) store: Store,
    pub(super) dir: DataDir,
    pub(super) key_source: KeySource,
    settings: RwLock<Settings>,
    providers: RwLock<Providers>,
    revision: Arc<AtomicU64>,
    /// How often placeholders were stored in this session.
    vault_turn: tokio::sync::Mutex<u64>,
    pull_turn: tokio::sync::Mutex<()>,
    model_limits: Mutex<HashMap<(String, ModelId), ModelLimits>>,
    analyses: Mutex<HashMap<LogFileId, Arc<LogAnalysis>>>,
    tickets: Mutex<HashMap<IssueId, Ticket>>,
    pub(super) connections: Connections,
    publications: Mutex<HashMap<IssueId, PublicationTicket>>,
}

/// A request that was shown and may be sent once, exactly as it was shown.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) provider: ProviderConfig,
    pub(super) draft: Unredacted,
    pub(super) turn: Turn,
    pub(super) prompt: Prompt<Redacted>,
    /// The bytes for the wire.
    pub(super) prepared: Prepared,
    pub(super) images: Vec<(ImageId, ClearedImage)>,
    pub(super) is_unredacted: bool,
    /// The server's session that the request goes on with.
    pub(super) session_before: Option<ServerToken>,
}

/// What a model says of itself that matters for sending to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ModelLimits {
    /// The longest context, in tokens.
    pub(super) context: Option<u32>,
    /// Whether the server only passes on what it gets to a model elsewhere.
    pub(super) is_elsewhere: bool,
}

impl Services {
    pub(super) const fn new(options: WorkerOptions) -> Self {
        Self { options, open: RwLock::new(None) }
    }

    pub(super) fn data_dir(&self) -> Result<DataDir, Failure> {
        Ok(DataDir::resolve(self.options.data_dir.as_deref())?)
    }

    /// Fails while the store is not open.
    pub(super) fn session(&self) -> Result<Arc<Session>, Failure> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| Failure::new(FailureKind::Locked, "the data is locked", "Unlock it first"))
    }

    /// Lets go of the store; it is closed once the last job that uses it has ended.
    pub(super) fn close_session(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn set_session(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&session));
        session
    }
}

impl Session {
    pub(super) fn new(store: Store, dir: DataDir, key_source: KeySource, settings: Settings) -> Result<Self, Failure> {
        let providers = RwLock::new(network(&settings)?);
        Ok(Self {
            store,
            dir,
            key_source,
            settings: RwLock::new(settings),
            providers,
            revision: Arc::default(),
            vault_turn: tokio::sync::Mutex::default(),
            pull_turn: tokio::sync::Mutex::default(),
            model_limits: Mutex::default(),
            analyses: Mutex::default(),
            tickets: Mutex::default(),
            connections: Connections::default(),
            publications: Mutex::default(),
        })
    }

    /// Runs `work` on the store's thread.
    pub(super) async fn call<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Database) -> Result<T, StoreError> + Send + 'static,
    {
        Ok(self.store.call(work).await?)
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on; the network client is made anew where it must be.
    pub(super) fn use_settings(&self, settings: Settings) -> Result<(), Failure> {
        let before = self.settings();
        if (before.offline, &before.extra_ca_file) != (settings.offline, &settings.extra_ca_file) {
            let providers = self.providers().with_http(http(&settings)?);
            *self.providers.write().unwrap_or_else(PoisonError::into_inner) = providers;
        }
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        Ok(())
    }

    pub(super) fn providers(&self) -> Providers {
        self.providers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A configured provider, or the built-in guide.
    pub(super) async fn provider(&self, id: ProviderId) -> Result<ProviderConfig, Failure> {
        if id == ProviderId::GUIDE {
            return Ok(ProviderConfig::guide());
        }
        self.call(move |db| db.provider(id)).await
    }

    /// Held while placeholders are given out: two at a time would give two values the same number.
    ///
    /// Who stores some counts it up, so that others see that what they know of a vault is old.
    pub(super) async fn vault_turn(&self) -> tokio::sync::MutexGuard<'_, u64> {
        self.vault_turn.lock().await
    }

    /// Held while a model is pulled: one after the other, in the order in which they were asked for.
    pub(super) async fn pull_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.pull_turn.lock().await
    }

    /// What a model of this server was found to be limited to.
    pub(super) fn remembered_limits(&self, server: &str, model: &ModelId) -> Option<ModelLimits> {
        let known = self.model_limits.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(server.to_owned(), model.clone())).copied()
    }

    pub(super) fn remember_limits(&self, server: &str, model: &ModelId, limits: ModelLimits) {
        let mut known = self.model_limits.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((server.to_owned(), model.clone()), limits);
    }

    /// A model that was pulled or removed may be another one under the same name.
    pub(super) fn forget_limits(&self) {
        self.model_limits.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// As [`Self::vault_turn`], on a thread that may block.
    pub(super) fn vault_turn_blocking(&self) -> tokio::sync::MutexGuard<'_, u64> {
        self.vault_turn.blocking_lock()
    }

    /// The last preview of an issue is the one that may be sent.
    pub(super) fn keep_ticket(&self, issue: IssueId, ticket: Ticket) {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).insert(issue, ticket);
    }

    pub(super) fn forget_ticket(&self, issue: IssueId) {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue);
    }

    /// Takes the ticket, so that it is good for one sending.
    pub(super) fn take_ticket(&self, issue: IssueId) -> Option<Ticket> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue)
    }

    /// The last publication that was shown of an issue is the one that may be sent.
    pub(super) fn keep_publication(&self, issue: IssueId, ticket: PublicationTicket) {
        self.publications.lock().unwrap_or_else(PoisonError::into_inner).insert(issue, ticket);
    }

    pub(super) fn forget_publication(&self, issue: IssueId) {
        self.publications.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue);
    }

    /// Takes it, so that it is good for one sending.
    pub(super) fn take_publication(&self, issue: IssueId) -> Option<PublicationTicket> {
        self.publications.lock().unwrap_or_else(PoisonError::into_inner).remove(&issue)
    }

    /// The next number for a snapshot; later ones are larger.
    pub(super) fn revision_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.revision)
    }

    pub(super) fn remembered_analysis(&self, log: LogFileId) -> Option<Arc<LogAnalysis>> {
        self.analyses.lock().unwrap_or_else(PoisonError::into_inner).get(&log).cloned()
    }

    pub(super) fn remember_analysis(&self, log: LogFileId, analysis: LogAnalysis) -> Arc<LogAnalysis> {
        let analysis = Arc::new(analysis);
        let mut known = self.analyses.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ANALYSES_KEPT {
            known.clear();
        }
        known.insert(log, Arc::clone(&analysis));
        analysis
    }
}

/// Takes the next number of a counter.
pub(super) fn next_revision(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

/// The way to the network that these settings allow.
pub(super) fn network(settings: &Settings) -> Result<Providers, Failure> {
    http(settings).map(Providers::new)
}

fn http(settings: &Settings) -> Result<Http, Failure> {
    let extra_ca_pem = match &settings.extra_ca_file {
        None => None,
        Some(path) => Some(std::fs::read(path).map_err(|error| {
            Failure::new(
                FailureKind::Network,
                "the file with the extra certificate authority cannot be read",
                "Choose it again in Settings → Network",
            )
            .because(&error)
        })?),
    };
    let options = HttpOptions { offline: settings.offline, extra_ca_pem, ..HttpOptions::default() };
    Http::new(&options).map_err(|error| {
        Failure::new(FailureKind::Network, "the network client could not be made", "Check Settings → Network")
            .because(&error)
    })
}
