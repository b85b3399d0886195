//! What every handler may use.

use super::failure::{Failure, FailureKind};
use super::snapshot::KeySource;
use crate::domain::{LogFileId, ProviderConfig, ProviderId, Settings};
use crate::insight::LogAnalysis;
use crate::net::{Http, HttpOptions};
use crate::providers::Providers;
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
    vault_turn: tokio::sync::Mutex<()>,
    analyses: Mutex<HashMap<LogFileId, Arc<LogAnalysis>>>,
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
            analyses: Mutex::default(),
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
    pub(super) async fn vault_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.vault_turn.lock().await
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
