//! `tftsr audit` and `tftsr doctor`: trust and care.

use super::args::AuditTask;
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{AuditQuery, AuditVerdict};
use crate::worker::{Command, Event, SettingsCommand, audit_json};
use serde_json::json;

pub(super) fn run(client: &mut Client, output: &Output, task: &AuditTask) -> Result<(), CliError> {
    client.open()?;
    match task {
        AuditTask::List { action, entity, limit } => {
            let query = AuditQuery {
                action: action.clone(),
                entity_id: entity.clone(),
                limit: *limit,
                ..AuditQuery::default()
            };
            list(client, output, query)
        }
        AuditTask::Verify => verify(client, output),
        AuditTask::Export { path, overwrite } => {
            let (query, path, overwrite) = (AuditQuery::default(), path.clone(), *overwrite);
            let event = client.ask(Command::Settings(SettingsCommand::ExportAudit { query, path, overwrite }))?;
            let Event::Exported { path, .. } = event else { return Err(unexpected(&event)) };
            output.line(&path.display().to_string())
        }
    }
}

fn list(client: &mut Client, output: &Output, query: AuditQuery) -> Result<(), CliError> {
    let event = client.ask(Command::Settings(SettingsCommand::ListAudit(query)))?;
    let Event::AuditListed(entries) = event else { return Err(unexpected(&event)) };
    for entry in &entries {
        if output.is_json() {
            output.line(&audit_json(entry).to_string())?;
        } else {
            output.line(&format!(
                "{:>6}  {}  {:<20} {} {}  {}",
                entry.sequence,
                entry.at.strftime("%Y-%m-%d %H:%M:%SZ"),
                entry.action,
                entry.entity_type,
                entry.entity_id,
                entry.details
            ))?;
        }
    }
    Ok(())
}

fn verify(client: &mut Client, output: &Output) -> Result<(), CliError> {
    let event = client.ask(Command::Settings(SettingsCommand::VerifyAudit))?;
    let Event::AuditVerified(verdict) = event else { return Err(unexpected(&event)) };
    match verdict {
        AuditVerdict::Intact { rows } if output.is_json() => output.json(&json!({"intact": true, "rows": rows})),
        AuditVerdict::Intact { rows } => output.line(&format!("intact: {rows} entries, unchanged and in order")),
        AuditVerdict::Broken { sequence, problem } => {
            if output.is_json() {
                output.json(&json!({"intact": false, "sequence": sequence, "problem": problem}))?;
            }
            Err(CliError::Io(format!("the audit log is broken at entry {sequence}: {problem}")))
        }
    }
}

pub(super) fn doctor(client: &mut Client, output: &Output) -> Result<(), CliError> {
    client.open()?;
    let event = client.ask(Command::Settings(SettingsCommand::Doctor))?;
    let Event::DoctorReported(items) = event else { return Err(unexpected(&event)) };
    let ok = items.iter().all(|item| item.ok);
    if output.is_json() {
        let checks: Vec<_> =
            items.iter().map(|item| json!({"name": item.name, "ok": item.ok, "detail": item.detail})).collect();
        output.json(&json!({"ok": ok, "checks": checks}))?;
    } else {
        for item in &items {
            output.line(&format!("{} {:<24} {}", if item.ok { "ok  " } else { "FAIL" }, item.name, item.detail))?;
        }
    }
    if ok { Ok(()) } else { Err(CliError::Io("some checks failed".to_owned())) }
}
