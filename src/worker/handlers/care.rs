//! Care for the data as a whole: locking it, another key, back-ups.

use super::session::begin;
use crate::domain::AuditAction;
use crate::store::{DbKey, StoreError, keychain};
use crate::worker::blocking;
use crate::worker::command::Protection;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::import::name_of;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::KeySource;
use secrecy::SecretString;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// A key from the keychain or the environment would open the store again at once, so locking would only pretend.
pub(super) fn lock(services: &Services) -> Result<Event, Failure> {
    let session = services.session()?;
    if session.key_source != KeySource::Passphrase {
        return Err(Failure::new(
            FailureKind::Rule,
            "only data under a passphrase can be locked",
            "Choose a passphrase in Settings → Security",
        ));
    }
    drop(session);
    services.close_session();
    Ok(Event::PassphraseNeeded)
}

pub(super) async fn change_key(services: &Services, protection: Protection) -> Result<Event, Failure> {
    let session = services.session()?;
    let dir = session.dir.clone();
    let before = session.key_source;
    let (key, after) = match protection {
        Protection::Passphrase(passphrase) => (DbKey::Passphrase(passphrase), KeySource::Passphrase),
        Protection::Keychain => {
            let dir = dir.clone();
            (blocking::run(move |_stop| Ok(keychain::stage(&dir)?)).await?, KeySource::Keychain)
        }
    };
    let changed = session.call(move |db| db.change_key(key)).await;
    let folder = dir.clone();
    // Forgetting an entry that is of no use any more is no reason to fail.
    let settled = blocking::run(move |_stop| {
        Ok(match (&changed, after) {
            (Ok(()), KeySource::Keychain) => {
                keychain::promote(&folder).map_err(StoreError::from).map_err(Failure::from)
            }
            (Ok(()), _) if before == KeySource::Keychain => {
                keychain::forget(&folder).ok();
                Ok(())
            }
            (Err(_), KeySource::Keychain) => {
                keychain::unstage(&folder).ok();
                Ok(())
            }
            (Ok(()) | Err(_), _) => Ok(()),
        }
        .and(changed))
    })
    .await?;
    settled?;
    let details = json!({"before": before.as_str(), "source": after.as_str(), "reason": "changed by the user"});
    session.call(move |db| db.audit(AuditAction::KeyChange, "store", "", &details)).await?;
    // A variable that is set is asked first at the next start, and would not open the file any more.
    let (_, info) = begin(services, session.store.clone(), dir, after).await?;
    Ok(Event::SessionOpened(info))
}

pub(super) async fn back_up(
    services: &Services,
    path: PathBuf,
    passphrase: Option<SecretString>,
    overwrite: bool,
) -> Result<Event, Failure> {
    let session = services.session()?;
    let name = name_of(&path);
    let own_key = passphrase.is_some();
    attempt(&session, AuditAction::Backup, json!({"file": name, "own_passphrase": own_key})).await?;
    let key = passphrase.map(DbKey::Passphrase);
    let result = session.call(move |db| db.back_up(&path, key.as_ref(), overwrite)).await;
    let outcome = match &result {
        Ok(facts) => json!({"file": name, "outcome": "done", "bytes": facts.bytes, "issues": facts.issues}),
        Err(failure) => json!({"file": name, "outcome": "failed", "reason": failure.summary}),
    };
    attempt(&session, AuditAction::Backup, outcome).await?;
    let facts = result?;
    Ok(Event::BackedUp { path: facts.path, bytes: facts.bytes, issues: facts.issues })
}

/// The attempt stands in the log that is replaced, the outcome in the one that takes its place.
pub(super) async fn restore(
    services: &Services,
    path: PathBuf,
    passphrase: Option<SecretString>,
) -> Result<Event, Failure> {
    let session = services.session()?;
    let _turn = session.vault_turn().await;
    let name = name_of(&path);
    attempt(&session, AuditAction::Restore, json!({"file": name})).await?;
    let key = passphrase.map(DbKey::Passphrase);
    let result = session.call(move |db| db.restore(&path, key.as_ref())).await;
    let outcome = match &result {
        Ok((kept, facts)) => {
            json!({"file": name, "outcome": "done", "kept": name_of(kept), "issues": facts.issues})
        }
        Err(failure) => json!({"file": name, "outcome": "failed", "reason": failure.summary}),
    };
    attempt(&session, AuditAction::Restore, outcome).await?;
    let (kept, facts) = result?;
    let (_, info) = begin(services, session.store.clone(), session.dir.clone(), session.key_source).await?;
    Ok(Event::Restored { session: info, kept, issues: facts.issues })
}

async fn attempt(session: &Arc<Session>, action: AuditAction, details: serde_json::Value) -> Result<(), Failure> {
    session.call(move |db| db.audit(action, "store", "", &details).map(drop)).await
}
