//! Documents: saving, versions, readers, and files.

use super::drafting::{self, Known};
use super::export::write_atomically;
use super::polish;
use super::privacy::redacting;
use super::sending::Asked;
use crate::documents::{escaped, for_readers};
use crate::domain::{Audience, AuditAction, Document, DocumentKind, IssueId, Unredacted};
use crate::privacy::Redactor;
use crate::store::{Database, StoreError};
use crate::worker::command::{DocumentCommand, Existing, Turn};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::{DocumentVersion, DocumentView};
use jiff::Timestamp;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// Values shorter than this are not looked for in their escaped form: they would be found in every second word.
const SHORTEST_VALUE: usize = 4;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: DocumentCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        DocumentCommand::Generate { issue, kind } => drafting::generate(&session, reporter, issue, kind).await,
        DocumentCommand::Redraft(document) => drafting::redraft(&session, reporter, document).await,
        DocumentCommand::Check(document) => drafting::checked(&session, document).await,
        DocumentCommand::LoadVersion(id) => {
            let document = session.call(move |db| db.document(id)).await?;
            Ok(Event::DocumentVersionLoaded(Box::new(document)))
        }
        DocumentCommand::Load { issue, kind } => load(&session, issue, kind).await,
        DocumentCommand::Save(document) => {
            session.call(move |db| db.update_document(&Document { updated_at: Timestamp::now(), ..document })).await?;
            Ok(Event::DocumentSaved)
        }
        DocumentCommand::SaveVersion(document) => {
            let (issue, kind) = (document.issue, document.kind);
            let document = Document { updated_at: Timestamp::now(), ..document };
            session.call(move |db| db.insert_document_version(&document).map(drop)).await?;
            load(&session, issue, kind).await
        }
        DocumentCommand::RestoreVersion(id) => {
            let now = Timestamp::now();
            let document = session
                .call(move |db| {
                    let old = db.document(id)?;
                    db.insert_document_version(&Document { created_at: now, updated_at: now, ..old })
                })
                .await?;
            load(&session, document.issue, document.kind).await
        }
        DocumentCommand::PreviewPolish { issue, provider, text } => {
            polish::preview(&session, (issue, provider), text).await
        }
        DocumentCommand::Polish { issue, provider, text, prompt } => {
            let asked = Asked { issue, provider, draft: text, turn: Turn::New, prompt };
            polish::send(&session, reporter, asked).await
        }
        DocumentCommand::Render { document, audience } => {
            let document = session.call(move |db| db.document(document)).await?;
            Ok(Event::DocumentRendered(render(&session, &document, audience).await?))
        }
        DocumentCommand::Export(export) => super::document_export::run(&session, reporter, export).await,
        DocumentCommand::ShowInFolder(path) => super::document_export::show_in_folder(path).await,
    }
}

/// All versions of both kinds, newest first.
pub(super) fn versions(db: &Database, issue: IssueId) -> Result<Vec<DocumentVersion>, StoreError> {
    let entries = db.document_versions(issue)?.into_iter().map(|entry| DocumentVersion {
        id: entry.id,
        kind: entry.kind,
        version: entry.version,
        updated_at: entry.updated_at,
    });
    Ok(entries.collect())
}

pub(super) async fn load(session: &Session, issue: IssueId, kind: DocumentKind) -> Result<Event, Failure> {
    let view = session
        .call(move |db| {
            let versions = versions(db, issue)?.into_iter().filter(|version| version.kind == kind).collect();
            Ok(DocumentView { document: db.latest_document(issue, kind)?, versions })
        })
        .await?;
    Ok(Event::DocumentLoaded(Box::new(view)))
}

/// The text as its readers get it: real values inside, placeholders outside.
async fn render(session: &Session, document: &Document, audience: Audience) -> Result<Unredacted, Failure> {
    let text = Unredacted::from(for_readers(document.markdown.expose()));
    Ok(rendered(session, document.issue, (audience, [text])).await?.pop().unwrap_or_default())
}

/// Texts of one issue as their readers get them, in the same order.
pub(super) async fn rendered(
    session: &Session,
    issue: IssueId,
    (audience, texts): (Audience, impl IntoIterator<Item = Unredacted> + Send + 'static),
) -> Result<Vec<Unredacted>, Failure> {
    match audience {
        Audience::Internal => {
            let vault = session.call(move |db| super::privacy::vault(db, issue)).await?;
            Ok(texts.into_iter().map(|text| vault.restore(text.expose()).into()).collect())
        }
        Audience::External => {
            redacting(session, issue, move |redactor| {
                texts.into_iter().map(|text| for_outsiders(redactor, text)).collect()
            })
            .await
        }
    }
}

fn for_outsiders(redactor: &mut Redactor, text: Unredacted) -> Result<Unredacted, Failure> {
    let mut text = text.into_exposed();
    // Markdown escapes some signs, and an escaped value is not the value that detectors know.
    for (placeholder, value) in redactor.vault().entries() {
        let written = escaped(value.expose());
        if written.len() >= SHORTEST_VALUE && written != value.expose() && text.contains(&written) {
            text = text.replace(&written, &placeholder.to_string());
        }
    }
    Ok(redactor.redact(&text.into())?.as_str().into())
}

/// The whole issue as Markdown: the newest RCA, or one drafted for this file alone.
pub(super) async fn export_issue(
    session: &Arc<Session>,
    issue: IssueId,
    path: PathBuf,
    overwrite: bool,
) -> Result<Event, Failure> {
    let latest = session.call(move |db| db.latest_document(issue, DocumentKind::Rca)).await?;
    let text = if let Some(document) = &latest {
        render(session, document, Audience::Internal).await?
    } else {
        let text = Known::of(session, issue).await?.draft(DocumentKind::Rca, None)?;
        let vault = session.call(move |db| super::privacy::vault(db, issue)).await?;
        vault.restore(&for_readers(text.expose())).into()
    };
    let details = json!({"what": "issue", "audience": Audience::Internal.as_str(), "format": "markdown"});
    session.call(move |db| db.audit(AuditAction::DocumentExport, "issue", &issue.to_string(), &details)).await?;
    write_atomically(path.clone(), text.into_exposed().into_bytes(), Existing::replacing(overwrite)).await?;
    Ok(Event::Exported { path, remarks: Vec::new() })
}
