//! What was put into a wiki or a tracker, and what is found there.

use super::issue::words;
use super::{Audience, DocumentKind, IssueId, PublicationId, RemoteId, RemoteName, Service, Severity, Unredacted};
use jiff::Timestamp;

words! {
    /// What a publication is over there.
    PublicationKind {
        Page = "page", "Page";
        Ticket = "ticket", "Ticket";
    }
}

words! {
    /// How a publication stood when it was last looked at.
    PublicationState {
        /// As it was left.
        Published = "published", "published";
        /// Somebody has changed it over there.
        Changed = "changed", "changed since";
        Gone = "gone", "gone";
    }
}

/// A document or ticket that was put into a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    pub id: PublicationId,
    pub issue: IssueId,
    pub service: Service,
    pub kind: PublicationKind,
    /// Of a page: the document that it shows.
    pub document: Option<DocumentKind>,
    /// Which version of the document was sent last.
    pub document_version: Option<u32>,
    /// Who was meant to read it.
    pub audience: Audience,
    /// The space or project.
    pub place: String,
    pub remote: RemoteId,
    /// What people call it: `INC0010001`, `4711`; for a page its id.
    pub number: String,
    pub url: String,
    /// As it was sent, so with placeholders for values that did not leave.
    pub title: Unredacted,
    /// The service's own count of changes, as it was when we wrote last.
    pub version: u32,
    /// SHA-256 of the last body that was sent, in hex; also in the audit log.
    pub content_sha256: String,
    pub state: PublicationState,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When the service was last asked how it stands.
    pub checked_at: Timestamp,
}

words! {
    /// What a ticket is to be told without being asked.
    TicketStep {
        Create = "create", "Create the ticket";
        Resolve = "resolve", "Tell that it is resolved";
    }
}

/// A ticket that the settings call for and that waits for a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingTicket {
    pub service: Service,
    pub step: TicketStep,
    /// The ticket, where there is one.
    pub publication: Option<PublicationId>,
}

/// A space, project or kind of work item, as a service lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePlace {
    /// What requests name it by.
    pub key: RemoteName,
    /// Where the service has an id beside the key.
    pub id: Option<RemoteId>,
    pub label: String,
}

/// A page, incident or work item of a service. Its texts come from elsewhere, and pass the gate like all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteItem {
    pub service: Service,
    pub id: RemoteId,
    /// What people call it.
    pub number: String,
    pub title: Unredacted,
    /// A description, or the words around what was searched for; may be empty.
    pub text: Unredacted,
    /// The space or project.
    pub place: String,
    /// As the service words it; may be empty.
    pub state: String,
    pub severity: Option<Severity>,
    pub url: String,
    pub created_at: Option<Timestamp>,
    /// The service's own count of changes; 0 where a list does not tell.
    pub version: u32,
}
