//! A document into a file that somebody else will read.

use super::document::rendered;
use super::drafting::why_picture;
use super::export::{Written, write_atomically};
use crate::documents::writers;
use crate::documents::{DocumentFile, DocumentMeta, Picture, Pictures, Source, WHY_PICTURE, Writer, for_readers};
use crate::domain::{Audience, AuditAction, Document, Unredacted};
use crate::worker::blocking;
use crate::worker::command::DocumentExport;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The steps that are told on the way: the text for its readers, the file, the folder.
const STEPS: u64 = 3;

pub(super) async fn run(session: &Arc<Session>, reporter: &Reporter, export: DocumentExport) -> Result<Event, Failure> {
    let writer = export.format.map_or_else(|| writer_of(&export.path), Ok)?;
    let id = export.document;
    let document = session.call(move |db| db.document(id)).await?;
    reporter.report(Event::Progressed { done: 0, total: Some(STEPS) }).await;
    let texts = [for_readers(document.markdown.expose()).into(), document.title.clone()];
    let texts = rendered(session, document.issue, (export.audience, texts)).await?;
    reporter.report(Event::Progressed { done: 1, total: Some(STEPS) }).await;
    let pictures = pictures(session, &document, export.audience).await?;
    let file = write_file((writer, &export), &document, texts, pictures).await?;
    reporter.report(Event::Progressed { done: 2, total: Some(STEPS) }).await;
    audit(session, (&document, export.audience), (writer, file.bytes.len())).await?;
    let Written(path) = write_atomically(export.path.clone(), file.bytes, export.existing).await?;
    remember(session, &export).await?;
    Ok(Event::Exported { path, remarks: file.remarks })
}

fn writer_of(path: &Path) -> Result<&'static Writer, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    writers::for_extension(&ending).ok_or_else(|| {
        let known: Vec<_> = writers::ALL.iter().map(|writer| format!(".{}", writer.extension)).collect();
        Failure::new(
            FailureKind::Other,
            format!("documents cannot be written as `.{ending}`"),
            format!("End the name in {}", known.join(", ")),
        )
    })
}

/// The pictures that the text refers to by name, in the words of its readers.
async fn pictures(session: &Session, document: &Document, audience: Audience) -> Result<Pictures, Failure> {
    let mut pictures = match audience {
        Audience::Internal => Pictures::default(),
        Audience::External => Pictures::of_cleared_only(),
    };
    if document.markdown.expose().contains(WHY_PICTURE) {
        pictures.insert(WHY_PICTURE, Picture::Svg(why_picture(session, document.issue, audience).await?));
    }
    Ok(pictures)
}

/// Off the async threads: a long PDF takes seconds.
async fn write_file(
    (writer, export): (&'static Writer, &DocumentExport),
    document: &Document,
    texts: Vec<Unredacted>,
    pictures: Pictures,
) -> Result<DocumentFile, Failure> {
    let mut texts = texts.into_iter();
    let markdown = texts.next().unwrap_or_default();
    let meta = DocumentMeta {
        kind: document.kind,
        title: texts.next().unwrap_or_default(),
        version: document.version,
        created_at: document.created_at,
        updated_at: document.updated_at,
        audience: export.audience,
        paper: export.paper,
    };
    blocking::run(move |stop| {
        let source = Source { markdown: markdown.expose(), meta: &meta, pictures: &pictures };
        let file = (writer.write)(&source)?;
        stop.check()?;
        Ok(file)
    })
    .await
}

async fn audit(
    session: &Session,
    (document, audience): (&Document, Audience),
    (writer, bytes): (&Writer, usize),
) -> Result<(), Failure> {
    let details = json!({
        "kind": document.kind.as_str(), "version": document.version, "audience": audience.as_str(),
        "format": writer.id, "bytes": bytes,
    });
    let id = document.id.to_string();
    session.call(move |db| db.audit(AuditAction::DocumentExport, "document", &id, &details)).await?;
    Ok(())
}

/// Folder and paper are there again the next time.
async fn remember(session: &Session, export: &DocumentExport) -> Result<(), Failure> {
    let mut settings = session.settings();
    let folder = export.path.parent().filter(|folder| folder.is_absolute()).map(Path::to_owned);
    let folder = folder.or_else(|| settings.export_folder.clone());
    if settings.export_folder == folder && settings.paper == export.paper {
        return Ok(());
    }
    (settings.export_folder, settings.paper) = (folder, export.paper);
    let stored = settings.clone();
    session.call(move |db| db.save_settings(&stored)).await?;
    session.use_settings(settings)
}

/// Opens the folder that holds the file.
pub(super) async fn show_in_folder(path: PathBuf) -> Result<Event, Failure> {
    blocking::run(move |_stop| {
        let folder = path.parent().unwrap_or(&path);
        open::that_detached(folder).map_err(|error| {
            Failure::new(FailureKind::Other, "no file manager could be opened", "Open the folder by hand")
                .because(&error)
        })?;
        Ok(Event::Done)
    })
    .await
}
