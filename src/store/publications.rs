//! What was put into wikis and trackers.

use super::columns::{milliseconds_time, optional_word, parsed, text, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{
    Audience, DocumentKind, IssueId, Publication, PublicationId, PublicationKind, PublicationState, RemoteId, Service,
    TicketStep,
};
use rusqlite::{Row, named_params};

impl Database {
    /// Adds it, or writes all fields of the one that stands for the same page or ticket of the issue.
    pub fn save_publication(&self, publication: &Publication) -> Result<(), StoreError> {
        let sql = "INSERT INTO publications (id, issue_id, service, kind, document, document_version, audience, place,
                       remote_id, number, url, title, version, content_sha256, state, created_at, updated_at, checked_at)
                   VALUES (:id, :issue, :service, :kind, :document, :document_version, :audience, :place, :remote,
                       :number, :url, :title, :version, :sha256, :state, :created_at, :updated_at, :checked_at)
                   ON CONFLICT (issue_id, service, kind, remote_id) DO UPDATE SET document = excluded.document,
                       document_version = excluded.document_version, audience = excluded.audience,
                       place = excluded.place, number = excluded.number, url = excluded.url, title = excluded.title,
                       version = excluded.version, content_sha256 = excluded.content_sha256, state = excluded.state,
                       updated_at = excluded.updated_at, checked_at = excluded.checked_at";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": publication.id.to_string(),
            ":issue": publication.issue.to_string(),
            ":service": publication.service.as_str(),
            ":kind": publication.kind.as_str(),
            ":document": publication.document.map(DocumentKind::as_str),
            ":document_version": publication.document_version,
            ":audience": publication.audience.as_str(),
            ":place": publication.place,
            ":remote": publication.remote.as_str(),
            ":number": publication.number,
            ":url": publication.url,
            ":title": publication.title.expose(),
            ":version": publication.version,
            ":sha256": publication.content_sha256,
            ":state": publication.state.as_str(),
            ":created_at": publication.created_at.as_millisecond(),
            ":updated_at": publication.updated_at.as_millisecond(),
            ":checked_at": publication.checked_at.as_millisecond(),
        })?;
        Ok(())
    }

    /// Those of one issue, oldest first.
    pub fn publications(&self, issue: IssueId) -> Result<Vec<Publication>, StoreError> {
        let sql = "SELECT * FROM publications WHERE issue_id = ?1 ORDER BY created_at, id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([issue.to_string()], publication_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets it here; over there nothing changes.
    pub fn remove_publication(&self, id: PublicationId) -> Result<(), StoreError> {
        let changed = self.connection.execute("DELETE FROM publications WHERE id = ?1", [id.to_string()])?;
        found(changed, "publication")
    }
}

impl Database {
    /// Remembers that a ticket is not to be made or told by itself.
    pub fn decline_ticket(&self, issue: IssueId, service: Service, step: TicketStep) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO declined_tickets (issue_id, service, step) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, (issue.to_string(), service.as_str(), step.as_str()))?;
        Ok(())
    }

    pub fn is_ticket_declined(&self, issue: IssueId, service: Service, step: TicketStep) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM declined_tickets WHERE issue_id = ?1 AND service = ?2 AND step = ?3)";
        Ok(self.connection.query_row(sql, (issue.to_string(), service.as_str(), step.as_str()), |row| row.get(0))?)
    }
}

fn publication_from(row: &Row<'_>) -> rusqlite::Result<Publication> {
    let remote: String = row.get("remote_id")?;
    Ok(Publication {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        service: word(row, "service", Service::parse)?,
        kind: word(row, "kind", PublicationKind::parse)?,
        document: optional_word(row, "document", DocumentKind::parse)?,
        document_version: row.get("document_version")?,
        audience: word(row, "audience", Audience::parse)?,
        place: row.get("place")?,
        remote: RemoteId::parse(&remote).ok_or_else(|| super::columns::unexpected("remote_id"))?,
        number: row.get("number")?,
        url: row.get("url")?,
        title: text(row, "title")?,
        version: row.get("version")?,
        content_sha256: row.get("content_sha256")?,
        state: word(row, "state", PublicationState::parse)?,
        created_at: milliseconds_time(row, "created_at")?,
        updated_at: milliseconds_time(row, "updated_at")?,
        checked_at: milliseconds_time(row, "checked_at")?,
    })
}
