//! Configured providers: listing, saving, testing, their models.

use super::session::with_guide;
use crate::domain::{AuditAction, ProviderConfig, ProviderId};
use crate::providers::Step;
use crate::worker::command::ProviderCommand;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::TestStep;
use secrecy::SecretString;
use serde_json::json;
use std::time::Instant;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: ProviderCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        ProviderCommand::List => list(&session).await,
        ProviderCommand::Save { provider, key } => save(&session, provider, key).await,
        ProviderCommand::Remove(id) => remove(&session, id).await,
        ProviderCommand::Test { provider, key } => test(&session, reporter, provider, key).await,
        ProviderCommand::ListModels { provider, key } => {
            let key = key_for(&session, &provider, key).await?;
            Ok(Event::ModelsListed(session.providers().list_models(&provider, key).await?))
        }
    }
}

async fn list(session: &Session) -> Result<Event, Failure> {
    Ok(Event::ProvidersListed(with_guide(session.call(|db| db.providers()).await?)))
}

async fn save(session: &Session, provider: ProviderConfig, key: Option<SecretString>) -> Result<Event, Failure> {
    let wrong = |summary: &str, advice: &str| Err(Failure::new(FailureKind::ProviderSettings, summary, advice));
    if provider.is_guide() {
        return wrong("the built-in guide cannot be changed", "Add a provider of your own");
    }
    if provider.name.trim().is_empty() {
        return wrong("the provider has no name", "Give it one by which you will know it");
    }
    if let Err(error) = provider.origin() {
        return wrong(&error.to_string(), "Correct the URL");
    }
    if provider.model_id().is_none() {
        return wrong("the model's name is empty or has signs that no model has", "Choose a model");
    }
    let id = provider.id;
    let details = json!({
        "name": provider.name, "kind": provider.kind.as_str(), "model": provider.model,
        "host": provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default(),
        // With another address it is on again, whatever was chosen for the old one.
        "redaction": if session.settings().unredacted_for(&provider).is_some() { "off" } else { "on" },
    });
    // Saving is the way to try again what a model once refused.
    session.providers().forget(&provider.base_url, &provider.model);
    session
        .call(move |db| {
            db.transaction(|db| {
                // A key belongs to one origin: with another address it must be entered again. So do sessions.
                let moved = db.providers()?.iter().any(|known| known.id == id && known.origin() != provider.origin());
                if moved {
                    db.remove_provider_key(id)?;
                    db.end_sessions(id)?;
                }
                db.forget_quirks(&provider.base_url, &provider.model)?;
                db.save_provider(&provider)?;
                db.audit(AuditAction::SettingsChange, "provider", &id.to_string(), &details)?;
                if let Some(key) = key {
                    let hash = db.set_provider_key(id, &key)?;
                    let details = json!({"token_hash": hash});
                    db.audit(AuditAction::CredentialStore, "provider", &id.to_string(), &details)?;
                }
                Ok(())
            })
        })
        .await?;
    list(session).await
}

/// A default provider that is removed is followed by the guide.
async fn remove(session: &Session, id: ProviderId) -> Result<Event, Failure> {
    let mut settings = session.settings();
    let was_default = settings.default_provider == id;
    if was_default {
        settings.default_provider = ProviderId::GUIDE;
    }
    let stored = settings.clone();
    session
        .call(move |db| {
            db.transaction(|db| {
                db.remove_provider(id)?;
                if was_default {
                    db.save_settings(&stored)?;
                }
                let details = json!({"removed": true});
                db.audit(AuditAction::SettingsChange, "provider", &id.to_string(), &details)
            })
        })
        .await?;
    if was_default {
        session.use_settings(settings)?;
    }
    list(session).await
}

/// The key that was typed, else the stored one; the latter only for the address that it was stored for, so that a
/// changed URL cannot carry it elsewhere unseen.
async fn key_for(
    session: &Session,
    provider: &ProviderConfig,
    typed: Option<SecretString>,
) -> Result<Option<SecretString>, Failure> {
    if typed.is_some() {
        return Ok(typed);
    }
    let id = provider.id;
    let origin = provider.origin().ok();
    session
        .call(move |db| match db.provider(id) {
            Ok(known) if known.origin().ok() == origin => db.provider_key(id),
            Ok(_) | Err(crate::store::StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        })
        .await
}

async fn test(
    session: &Session,
    reporter: &Reporter,
    provider: ProviderConfig,
    key: Option<SecretString>,
) -> Result<Event, Failure> {
    let key = key_for(session, &provider, key).await?;
    let host = provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default();
    audit_test(session, &provider, json!({"outcome": "attempt", "host": host, "model": provider.model})).await?;
    let began = Instant::now();
    let (steps, mut done) = tokio::sync::mpsc::channel(8);
    let providers = session.providers();
    let testing = providers.test(&provider, key, move |step, result| {
        // There are four steps and room for eight.
        steps.try_send((step, result)).ok();
    });
    let telling = async {
        while let Some((step, result)) = done.recv().await {
            let result = result.map_err(Failure::from);
            reporter.report(Event::TestStepDone { step: shown(step), result }).await;
        }
    };
    // The sender goes with the future of the test, so telling ends after it.
    let (ok, ()) = tokio::join!(testing, telling);
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    audit_test(session, &provider, json!({"outcome": if ok { "ok" } else { "failed" }, "duration_ms": took})).await?;
    Ok(Event::ProviderTested { ok })
}

async fn audit_test(session: &Session, provider: &ProviderConfig, details: serde_json::Value) -> Result<(), Failure> {
    let id = provider.id.to_string();
    session.call(move |db| db.audit(AuditAction::ProviderTest, "provider", &id, &details).map(drop)).await
}

const fn shown(step: Step) -> TestStep {
    match step {
        Step::Reach => TestStep::Reach,
        Step::Authorize => TestStep::Authorize,
        Step::Model => TestStep::Model,
        Step::Answer => TestStep::Answer,
    }
}
