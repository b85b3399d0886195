//! Settings, the audit log, and the doctor.

use super::export::write_atomically;
use crate::domain::{AuditAction, AuditQuery, Settings, SettingsError};
use crate::worker::command::{Existing, SettingsCommand};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::CheckItem;
use crate::worker::snapshot::audit_json;
use serde_json::json;
use std::path::PathBuf;

pub(super) async fn run(services: &Services, command: SettingsCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        SettingsCommand::Save(settings) => save(&session, settings).await,
        SettingsCommand::ListAudit(query) => {
            Ok(Event::AuditListed(session.call(move |db| db.audit_entries(&query)).await?))
        }
        SettingsCommand::VerifyAudit => Ok(Event::AuditVerified(session.call(|db| db.verify_audit()).await?)),
        SettingsCommand::ExportAudit { query, path, overwrite } => export_audit(&session, query, path, overwrite).await,
        SettingsCommand::Doctor => doctor(&session).await,
    }
}

async fn save(session: &Session, settings: Settings) -> Result<Event, Failure> {
    settings.validate().map_err(|error| {
        let kind = match error {
            SettingsError::RedactionOff => FailureKind::RefusedByGate,
            SettingsError::Zoom
            | SettingsError::SecretKindOff
            | SettingsError::OllamaUrl(_)
            | SettingsError::LongPrompt => FailureKind::Other,
        };
        Failure::new(kind, error.to_string(), "Choose another value").because(&error)
    })?;
    let before = session.settings();
    // First what may fail: a client for an unreadable certificate must not be stored.
    session.use_settings(settings.clone())?;
    let stored = settings.clone();
    let details = changes(&before, &settings);
    let result = session
        .call(move |db| {
            db.transaction(|db| {
                db.save_settings(&stored)?;
                // How the window looks is nobody's business but the user's.
                match details {
                    Some(details) => db.audit(AuditAction::SettingsChange, "settings", "", &details).map(drop),
                    None => Ok(()),
                }
            })
        })
        .await;
    if let Err(failure) = result {
        session.use_settings(before)?;
        return Err(failure);
    }
    Ok(Event::SettingsSaved(Box::new(settings)))
}

/// What of the settings matters for what may leave, before and after.
fn changes(before: &Settings, after: &Settings) -> Option<serde_json::Value> {
    let relevant = |settings: &Settings| {
        json!({
            "strictness": settings.strictness.as_str(), "offline": settings.offline,
            "kinds_off": settings.kinds_off.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
            "redaction_off": settings.redaction_off.iter()
                .map(|off| json!({"provider": off.provider.to_string(), "origin": off.origin})).collect::<Vec<_>>(),
            "redact_reserved_addresses": settings.redact_reserved_addresses,
            "extra_ca": settings.extra_ca_file.is_some(), "ollama_url": settings.ollama_url,
            "default_provider": settings.default_provider.to_string(),
            "own_prompts": settings.own_prompts.keys().map(|domain| domain.as_str()).collect::<Vec<_>>(),
        })
    };
    let (before, after) = (relevant(before), relevant(after));
    (before != after).then(|| json!({"before": before, "after": after}))
}

/// One JSON object a line, oldest first, with all that the hash of a row is made of.
async fn export_audit(session: &Session, query: AuditQuery, path: PathBuf, overwrite: bool) -> Result<Event, Failure> {
    let entries = session.call(move |db| db.audit_entries(&query)).await?;
    let mut text = String::new();
    for entry in entries.iter().rev() {
        text.push_str(&audit_json(entry).to_string());
        text.push('\n');
    }
    write_atomically(path.clone(), text.into_bytes(), Existing::replacing(overwrite)).await?;
    Ok(Event::Exported { path, remarks: Vec::new() })
}

async fn doctor(session: &Session) -> Result<Event, Failure> {
    let items = session.call(|db| Ok(db.health())).await?;
    let mut checks: Vec<_> = items
        .into_iter()
        .map(|item| CheckItem { name: item.name.to_owned(), ok: item.ok, detail: item.detail })
        .collect();
    checks.push(CheckItem {
        name: "key".to_owned(),
        ok: true,
        detail: format!("from the {}", session.key_source.as_str()),
    });
    checks.push(CheckItem {
        name: "data folder".to_owned(),
        ok: true,
        detail: session.dir.root().display().to_string(),
    });
    Ok(Event::DoctorReported(checks))
}
