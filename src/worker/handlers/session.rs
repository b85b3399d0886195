//! Opening the store, and what the first screens need.

use super::care;
use crate::domain::{AuditAction, ProviderConfig, Settings};
use crate::providers::{Lesson, Parameter};
use crate::store::{DataDir, DbKey, KeychainError, Store, StoreError, StoredQuirk, keychain};
use crate::worker::blocking;
use crate::worker::command::{Protection, SessionCommand};
use crate::worker::event::{Event, OllamaFound};
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::services::{Services, Session, network};
use crate::worker::snapshot::{KeySource, SessionInfo};
use serde_json::json;
use std::sync::Arc;

pub(super) async fn run(services: &Services, command: SessionCommand) -> Result<Event, Failure> {
    match command {
        SessionCommand::Open => open(services).await,
        SessionCommand::Create { protection } => create(services, protection).await,
        SessionCommand::Unlock { passphrase } => {
            let dir = services.data_dir()?;
            start(services, dir, DbKey::Passphrase(passphrase), KeySource::Passphrase).await
        }
        SessionCommand::Lock => care::lock(services),
        SessionCommand::ChangeKey { protection } => care::change_key(services, protection).await,
        SessionCommand::BackUp { path, passphrase, overwrite } => {
            care::back_up(services, path, passphrase, overwrite).await
        }
        SessionCommand::RestoreBackup { path, passphrase } => care::restore(services, path, passphrase).await,
        SessionCommand::DetectOllama => detect_ollama(services).await,
        SessionCommand::LoadDrafts => Ok(Event::DraftsLoaded(services.session()?.call(|db| db.drafts()).await?)),
        SessionCommand::SaveDraft { key, text } => {
            services.session()?.call(move |db| db.save_draft(&key, &text)).await?;
            Ok(Event::Done)
        }
    }
}

async fn open(services: &Services) -> Result<Event, Failure> {
    let dir = services.data_dir()?;
    if let Some(key) = DbKey::from_environment()? {
        return start(services, dir, key, KeySource::Environment).await;
    }
    let folder = dir.clone();
    if !Store::exists(&dir) {
        let keychain_available = blocking::run(move |_stop| Ok(keychain::available())).await?;
        return Ok(Event::SetupNeeded { keychain_available });
    }
    // A keychain that is locked looks as if it held nothing: no new key is ever made for a store that exists.
    match blocking::run(move |_stop| Ok(keychain::load(&folder))).await? {
        Ok(Some(key)) => match start(services, dir.clone(), key, KeySource::Keychain).await {
            Err(failure) if failure.kind == FailureKind::WrongKey => open_staged(services, dir).await,
            result => result,
        },
        Ok(None) => open_staged(services, dir).await,
        Err(KeychainError::Unavailable) => Ok(Event::PassphraseNeeded),
        Err(error) => Err(StoreError::from(error).into()),
    }
}

/// A change of the key that broke off between the file and the keychain left the new key beside the old one.
async fn open_staged(services: &Services, dir: DataDir) -> Result<Event, Failure> {
    let folder = dir.clone();
    let Ok(Some(key)) = blocking::run(move |_stop| Ok(keychain::load_staged(&folder))).await? else {
        return Ok(Event::PassphraseNeeded);
    };
    match start(services, dir.clone(), key, KeySource::Keychain).await {
        Err(failure) if failure.kind == FailureKind::WrongKey => Ok(Event::PassphraseNeeded),
        Err(failure) => Err(failure),
        Ok(event) => {
            blocking::run(move |_stop| Ok(keychain::promote(&dir).map_err(StoreError::from)?)).await?;
            Ok(event)
        }
    }
}

async fn create(services: &Services, protection: Protection) -> Result<Event, Failure> {
    let dir = services.data_dir()?;
    if Store::exists(&dir) {
        return Err(Failure::new(FailureKind::Other, "there is a database already", "Start the program again"));
    }
    match protection {
        Protection::Passphrase(passphrase) => {
            start(services, dir, DbKey::Passphrase(passphrase), KeySource::Passphrase).await
        }
        Protection::Keychain => {
            let folder = dir.clone();
            let key = blocking::run(move |_stop| Ok(keychain::create(&folder)?)).await?;
            start(services, dir, key, KeySource::Keychain).await
        }
    }
}

async fn start(services: &Services, dir: DataDir, key: DbKey, key_source: KeySource) -> Result<Event, Failure> {
    let folder = dir.clone();
    let (store, opened) = blocking::run(move |_stop| Ok(Store::open(&folder, key)?)).await?;
    let (session, mut info) = begin(services, store, dir, key_source).await?;
    if opened.is_new {
        let details = json!({"source": key_source.as_str(), "reason": "first start"});
        session.call(move |db| db.audit(AuditAction::KeyChange, "store", "", &details)).await?;
    }
    info.is_new = opened.is_new;
    Ok(Event::SessionOpened(info))
}

/// Makes an open store the one that all commands use.
pub(super) async fn begin(
    services: &Services,
    store: Store,
    dir: DataDir,
    key_source: KeySource,
) -> Result<(Arc<Session>, Box<SessionInfo>), Failure> {
    let (settings, providers, quirks) = store.call(|db| Ok((db.settings()?, db.providers()?, db.quirks()?))).await?;
    let data_dir = dir.root().to_owned();
    let session = services.set_session(Session::new(store, dir, key_source, settings.clone())?);
    session.providers().remember(quirks.into_iter().filter_map(lesson));
    let providers = with_guide(providers);
    Ok((session, Box::new(SessionInfo { settings, providers, key_source, data_dir, is_new: false })))
}

/// A parameter that this version does not know is one that it does not send.
fn lesson(quirk: StoredQuirk) -> Option<Lesson> {
    let parameter = Parameter::parse(&quirk.parameter)?;
    Some(Lesson { base_url: quirk.base_url, model: quirk.model, parameter })
}

/// The guide is always there, and first.
pub(super) fn with_guide(configured: Vec<ProviderConfig>) -> Vec<ProviderConfig> {
    let mut providers = vec![ProviderConfig::guide()];
    providers.extend(configured);
    providers
}

async fn detect_ollama(services: &Services) -> Result<Event, Failure> {
    // The first start asks before there is a store with settings.
    let (providers, url) = match services.session() {
        Ok(session) => (session.providers(), session.settings().ollama_url),
        Err(_no_store_yet) => (network(&Settings::default())?, Settings::default().ollama_url),
    };
    // Any error means that none answers, which is no failure here.
    let found = providers.detect_ollama(&url).await.ok();
    Ok(Event::OllamaDetected(found.map(|found| OllamaFound { version: found.version, models: found.models })))
}
