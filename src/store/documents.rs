//! Versions of RCA and post-mortem.

use super::columns::{milliseconds_time, optional_text, parsed, text, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{Document, DocumentId, DocumentKind, IssueId, Unredacted};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params};

/// One row of a list of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentEntry {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub version: u32,
    pub updated_at: Timestamp,
}

impl Database {
    /// Keeps the text as the newest version of its kind. The document's own id and version do not count; it comes back
    /// with those it was given.
    pub fn insert_document_version(&self, document: &Document) -> Result<Document, StoreError> {
        self.transaction(|db| {
            db.require_issue(document.issue)?;
            let next = "SELECT ifnull(max(version), 0) + 1 FROM documents WHERE issue_id = ?1 AND doc_type = ?2";
            let (issue, kind) = (document.issue.to_string(), document.kind.as_str());
            let version = db.connection.query_row(next, [issue.as_str(), kind], |row| row.get(0))?;
            let kept = Document { id: DocumentId::new(), version, ..document.clone() };
            let sql =
                "INSERT INTO documents (id, issue_id, doc_type, title, content_md, drafted_md, created_at, updated_at,
                                        version)
                       VALUES (:id, :issue, :kind, :title, :content, :drafted, :created_at, :updated_at,
                               :version)";
            db.connection.prepare_cached(sql)?.execute(named_params! {
                ":id": kept.id.to_string(),
                ":issue": issue,
                ":kind": kind,
                ":title": kept.title.expose(),
                ":content": kept.markdown.expose(),
                ":drafted": kept.drafted.as_ref().map(Unredacted::expose),
                ":created_at": kept.created_at.as_millisecond(),
                ":updated_at": kept.updated_at.as_millisecond(),
                ":version": version,
            })?;
            Ok(kept)
        })
    }

    /// Writes title, text and time of change of a version that is there.
    pub fn update_document(&self, document: &Document) -> Result<(), StoreError> {
        let sql = "UPDATE documents SET title = :title, content_md = :content, updated_at = :updated_at WHERE id = :id";
        let changed = self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": document.id.to_string(),
            ":title": document.title.expose(),
            ":content": document.markdown.expose(),
            ":updated_at": document.updated_at.as_millisecond(),
        })?;
        found(changed, "document")
    }

    pub fn document(&self, id: DocumentId) -> Result<Document, StoreError> {
        let sql = "SELECT documents.* FROM documents JOIN issues ON issues.id = issue_id
                   WHERE documents.id = ?1 AND deleted_at IS NULL";
        let document = self.connection.prepare_cached(sql)?.query_row([id.to_string()], document_from).optional()?;
        document.ok_or(StoreError::NotFound("document"))
    }

    /// The newest version, which is the one being worked on.
    pub fn latest_document(&self, issue: IssueId, kind: DocumentKind) -> Result<Option<Document>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM documents WHERE issue_id = ?1 AND doc_type = ?2 ORDER BY version DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([issue.to_string().as_str(), kind.as_str()], document_from).optional()?)
    }

    /// All versions of both kinds, newest first.
    pub fn document_versions(&self, issue: IssueId) -> Result<Vec<DocumentEntry>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT id, doc_type, version, updated_at FROM documents WHERE issue_id = ?1 ORDER BY number DESC";
        let mut statement = self.connection.prepare_cached(sql)?;
        let entries = statement.query_map([issue.to_string()], |row| {
            Ok(DocumentEntry {
                id: parsed(row, "id")?,
                kind: word(row, "doc_type", DocumentKind::parse)?,
                version: row.get("version")?,
                updated_at: milliseconds_time(row, "updated_at")?,
            })
        })?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

fn document_from(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        kind: word(row, "doc_type", DocumentKind::parse)?,
        title: text(row, "title")?,
        markdown: text(row, "content_md")?,
        drafted: optional_text(row, "drafted_md")?,
        version: row.get("version")?,
        created_at: milliseconds_time(row, "created_at")?,
        updated_at: milliseconds_time(row, "updated_at")?,
    })
}
