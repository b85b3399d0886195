//! Documents: drafting from the facts, saving, versions, and files.

use super::detail;
use super::export::write_atomically;
use super::privacy::redacting;
use crate::documents::{LogCoverage, ProviderUse, RcaFacts, draft_rca, escaped};
use crate::domain::{
    Audience, AuditAction, Document, DocumentId, DocumentKind, IssueId, PiiKind, TimelineKind, Unredacted,
};
use crate::insight::{self, Coverage};
use crate::privacy::Redactor;
use crate::store::{Database, StoreError};
use crate::worker::command::{DocumentCommand, Existing};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::{DocumentVersion, DocumentView, IssueDetail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What the analysis that the documents speak of could have carried at most.
const WHOLE_PACK_TOKENS: u32 = 8_000;
/// Values shorter than this are not looked for in their escaped form: they would be found in every second word.
const SHORTEST_VALUE: usize = 4;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: DocumentCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        DocumentCommand::Generate { issue, kind } => generate(&session, reporter, issue, kind).await,
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

async fn load(session: &Session, issue: IssueId, kind: DocumentKind) -> Result<Event, Failure> {
    let view = session
        .call(move |db| {
            let versions = versions(db, issue)?.into_iter().filter(|version| version.kind == kind).collect();
            Ok(DocumentView { document: db.latest_document(issue, kind)?, versions })
        })
        .await?;
    Ok(Event::DocumentLoaded(Box::new(view)))
}

/// Builds a new version from what is stored. Earlier versions, and what was edited in them, stay.
async fn generate(
    session: &Arc<Session>,
    reporter: &Reporter,
    issue: IssueId,
    kind: DocumentKind,
) -> Result<Event, Failure> {
    if kind != DocumentKind::Rca {
        return Err(Failure::new(FailureKind::Other, "this kind of document cannot be drafted", "Draft an RCA"));
    }
    let facts = detail::load(session, issue).await?;
    let (insight, logs) = super::insight::of_issue(session, reporter, issue).await?;
    let coverage = (!logs.is_empty()).then(|| insight::pack(&insight, WHOLE_PACK_TOKENS).coverage);
    let (found, asked) = session
        .call(move |db| {
            let mut found: BTreeMap<PiiKind, u64> = BTreeMap::new();
            for group in db.value_groups(issue)? {
                *found.entry(group.kind).or_default() += group.places;
            }
            Ok((found.into_iter().collect::<Vec<_>>(), asked(db, issue)?))
        })
        .await?;
    let text = draft(&facts, &found, &asked, coverage)?;
    let now = Timestamp::now();
    let document = Document {
        id: DocumentId::new(),
        issue,
        kind,
        title: facts.issue.title.clone(),
        markdown: text,
        version: 0,
        created_at: now,
        updated_at: now,
    };
    session
        .call(move |db| {
            db.transaction(|db| {
                let document = db.insert_document_version(&document)?;
                let text = format!("{} version {} drafted", kind.label(), document.version);
                db.save_timeline_event(&detail::system_event(issue, TimelineKind::Document, text))?;
                let details = json!({"kind": kind.as_str(), "version": document.version});
                db.audit(AuditAction::DocumentGenerate, "document", &document.id.to_string(), &details)
            })
        })
        .await?;
    load(session, issue, kind).await
}

/// Who answered in the chat of this issue: names of providers, and models.
fn asked(db: &Database, issue: IssueId) -> Result<Vec<(String, String)>, StoreError> {
    let mut asked = Vec::new();
    for conversation in db.conversations(issue)? {
        let name = db.provider(conversation.provider).map(|provider| provider.name);
        let name = name.unwrap_or_else(|_removed| "a provider that was removed".to_owned());
        asked.push((name, conversation.model));
    }
    if db.whys(issue)?.iter().any(|why| why.author == crate::domain::Author::Guide) {
        asked.push(("Built-in guide".to_owned(), String::new()));
    }
    asked.sort();
    asked.dedup();
    Ok(asked)
}

fn draft(
    detail: &IssueDetail,
    found: &[(PiiKind, u64)],
    asked: &[(String, String)],
    coverage: Option<Coverage>,
) -> Result<Unredacted, Failure> {
    let providers: Vec<_> = asked.iter().map(|(name, model)| ProviderUse { name, model }).collect();
    let facts = RcaFacts {
        issue: &detail.issue,
        logs: &detail.logs,
        whys: &detail.whys,
        evidence: &detail.evidence,
        actions: &detail.actions,
        timeline: &detail.timeline,
        durations: detail.durations,
        redacted: found,
        providers: &providers,
        coverage: coverage.map(|one| LogCoverage { lines: one.lines, templates: one.templates, time: one.time }),
        now: Timestamp::now(),
        zone: TimeZone::system(),
    };
    Ok(draft_rca(&facts, None)?)
}

/// The text as its readers get it: real values inside, placeholders outside.
async fn render(session: &Session, document: &Document, audience: Audience) -> Result<Unredacted, Failure> {
    Ok(rendered(session, document.issue, (audience, [document.markdown.clone()])).await?.pop().unwrap_or_default())
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
        let facts = detail::load(session, issue).await?;
        let text = draft(&facts, &[], &[], None)?;
        facts.vault.restore(text.expose()).into()
    };
    let details = json!({"what": "issue", "audience": Audience::Internal.as_str(), "format": "markdown"});
    session.call(move |db| db.audit(AuditAction::DocumentExport, "issue", &issue.to_string(), &details)).await?;
    write_atomically(path.clone(), text.into_exposed().into_bytes(), Existing::replacing(overwrite)).await?;
    Ok(Event::Exported { path, remarks: Vec::new() })
}
