//! `tftsr document`: export and check.

use super::args::{DocumentExportArgs, DocumentTask};
use super::client::{Client, unexpected};
use super::issue::resolve;
use super::output::{CliError, Output};
use crate::domain::{Document, DocumentKind, IssueId};
use crate::worker::{
    Command, DOCUMENT_FORMATS, DocumentCommand, DocumentExport, DocumentFormat, Event, Existing, Failure, FailureKind,
};
use serde_json::json;
use std::path::PathBuf;

pub(super) fn run(client: &mut Client, output: &Output, task: DocumentTask) -> Result<(), CliError> {
    let session = client.open()?;
    match task {
        DocumentTask::Export(args) => {
            let format = format_of(&args)?;
            let issue = resolve(client, &args.issue)?;
            let document = load_or_draft(client, output, issue, args.kind)?;
            let named = || PathBuf::from(format!("{}.{}", document.file_stem(), format.extension));
            let export = DocumentExport {
                document: document.id,
                audience: args.audience,
                paper: args.paper.unwrap_or(session.settings.paper),
                format: Some(format),
                path: args.output.clone().unwrap_or_else(named),
                existing: Existing::replacing(args.force),
            };
            let (path, remarks) = export_document(client, output, export)?;
            if output.is_json() {
                return output.json(&json!({
                    "issue": issue.to_string(), "version": document.version, "out": path, "remarks": remarks,
                }));
            }
            output.line(&path.display().to_string())
        }
        DocumentTask::Check { issue, kind } => check(client, output, (&issue, kind)),
    }
}

/// Writes the file and tells what could not be shown as it is.
pub(super) fn export_document(
    client: &mut Client,
    output: &Output,
    export: DocumentExport,
) -> Result<(PathBuf, Vec<String>), CliError> {
    match client.ask(Command::Document(DocumentCommand::Export(export)))? {
        Event::Exported { path, remarks } => {
            for remark in &remarks {
                output.note(remark);
            }
            Ok((path, remarks))
        }
        other => Err(unexpected(&other)),
    }
}

fn format_of(args: &DocumentExportArgs) -> Result<&'static DocumentFormat, CliError> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    let known: Vec<_> = DOCUMENT_FORMATS.iter().map(|format| format.extension).collect();
    let missing = || CliError::Usage(format!("say which format with --format: {}", known.join(", ")));
    let ending = args.output.as_ref().and_then(|path| path.extension()).ok_or_else(missing)?;
    crate::worker::document_format(&ending.to_string_lossy()).ok_or_else(missing)
}

fn load_or_draft(
    client: &mut Client,
    output: &Output,
    issue: IssueId,
    kind: DocumentKind,
) -> Result<Document, CliError> {
    if let Some(document) = ask(client, DocumentCommand::Load { issue, kind })? {
        return Ok(document);
    }
    output.note(&format!("no {} yet: drafting it from what is known", kind.label()));
    let none = || Failure::new(FailureKind::Other, "no document was drafted", "Look at the issue in the window");
    ask(client, DocumentCommand::Generate { issue, kind })?.ok_or_else(|| none().into())
}

fn ask(client: &mut Client, command: DocumentCommand) -> Result<Option<Document>, CliError> {
    match client.ask(Command::Document(command))? {
        Event::DocumentLoaded(view) => Ok(view.document),
        other => Err(unexpected(&other)),
    }
}

fn check(client: &mut Client, output: &Output, (issue, kind): (&str, DocumentKind)) -> Result<(), CliError> {
    let issue = resolve(client, issue)?;
    let missing = || CliError::Usage(format!("there is no {} yet: export one first", kind.label()));
    let document = ask(client, DocumentCommand::Load { issue, kind })?.ok_or_else(missing)?;
    let findings = match client.ask(Command::Document(DocumentCommand::Check(document.clone())))? {
        Event::DocumentChecked { findings, .. } => findings,
        other => return Err(unexpected(&other)),
    };
    let text = document.markdown.expose();
    let line = |at: usize| text.get(..at).map(|before| before.matches('\n').count() + 1);
    if output.is_json() {
        let findings: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({
                    "message": finding.message, "suggestion": finding.suggestion, "line": finding.at.and_then(line),
                })
            })
            .collect();
        return output.json(&json!({
            "issue": issue.to_string(), "version": document.version, "ready": findings.is_empty(),
            "findings": findings,
        }));
    }
    for finding in &findings {
        let place = finding.at.and_then(line).map(|line| format!("line {line}: ")).unwrap_or_default();
        output.line(&format!("{place}{}. {}", finding.message, finding.suggestion))?;
    }
    output.note(&match findings.len() {
        0 => "ready: nothing is missing".to_owned(),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    });
    Ok(())
}
