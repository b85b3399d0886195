//! What a front end asks of the services that documents and tickets go to.

use crate::domain::{
    Audience, DocumentKind, IntegrationConfig, IssueId, PublicationId, RemoteId, RemoteItem, RemoteName, Service,
    Severity, Unredacted, WaitingTicket,
};
use crate::privacy::Confirmation;
use secrecy::SecretString;

/// Services that documents and tickets go to.
#[derive(Debug)]
pub enum IntegrationCommand {
    /// Ends with `IntegrationsLoaded`.
    Load,
    /// `secret` is the password or personal access token; `None` leaves the stored ones. With another address, user or
    /// way to authorize the stored ones are removed. Ends with `IntegrationsLoaded`.
    Save { config: Box<IntegrationConfig>, secret: Option<SecretString>, client_secret: Option<SecretString> },
    /// Signs in as the service is set up: with the browser, `SignInWaits` first, or by a call with the stored secret.
    /// Dropping the job stops waiting. Ends with `IntegrationsLoaded`.
    Connect { service: Service, opens_browser: bool },
    /// A call that changes nothing. Ends with `IntegrationTested`.
    Test(Service),
    /// Removes the sign-in for good; how it is set up stays. Ends with `IntegrationsLoaded`.
    Disconnect(Service),
}

/// Pages and tickets in other services.
#[derive(Debug)]
pub enum PublishCommand {
    /// Spaces or projects. Ends with `PlacesListed`.
    ListPlaces(Service),
    /// Kinds of work item. Ends with `KindsListed`.
    ListKinds { project: RemoteName },
    /// Pages, incidents or work items by words, which pass the gate. Ends with `RemoteFound`.
    Search(RemoteSearch),
    /// What would be sent, to the letter; the last one of an issue may be sent. Ends with `PublicationPreviewed`.
    Preview(Box<PublicationDraft>),
    /// The newest version of a document in the words of a ticket, to be changed before it goes. Ends with
    /// `TicketTextMade`.
    MakeTicketText { issue: IssueId, kind: DocumentKind },
    /// Sends what was previewed, once: `body_sha256` is that of the preview, and each picture of the document was confirmed.
    /// Ends with `Published`.
    Send { issue: IssueId, body_sha256: String, pictures: Vec<Confirmation> },
    /// Asks how the issue's pages and tickets stand. `Progressed`…, ends with `IssueLoaded`.
    Refresh(IssueId),
    /// Forgets the link; over there nothing changes. Ends with `IssueLoaded`.
    Forget { issue: IssueId, publication: PublicationId },
    /// Makes an issue of an incident or work item, by its number. Ends with `IssueLoaded`.
    Import { service: Service, number: String, place: Option<RemoteName> },
    /// Puts what was found beside the issue, as a note. Ends with `IssueLoaded`.
    Attach { issue: IssueId, item: Box<RemoteItem> },
    /// Makes and updates tickets as the settings of the services say, where no look is asked for first. Ends with
    /// `IssueLoaded`.
    Automatic(IssueId),
    /// Does not make or tell a ticket by itself. Ends with `IssueLoaded`.
    Decline { issue: IssueId, ticket: WaitingTicket },
}

/// Words to look for in a service.
#[derive(Clone, Debug)]
pub struct RemoteSearch {
    pub service: Service,
    /// Whose placeholders and decisions count.
    pub issue: Option<IssueId>,
    pub words: Unredacted,
    /// A space or project.
    pub place: Option<RemoteName>,
    pub limit: usize,
    /// Confluence: not in the text of pages.
    pub titles_only: bool,
}

/// What is to be put into a service.
#[derive(Clone, Debug)]
pub struct PublicationDraft {
    pub issue: IssueId,
    pub service: Service,
    pub part: PublicationPart,
}

/// What a publication is made of.
#[derive(Clone, Debug)]
pub enum PublicationPart {
    /// The newest version of a document, as a page.
    Page {
        kind: DocumentKind,
        space: RemoteName,
        parent: Option<RemoteId>,
        title: Unredacted,
        /// Outside, values that the user keeps are replaced, too.
        audience: Audience,
        /// Whether the pictures that the document holds go along, as they are. For readers outside they never do.
        pictures: bool,
        /// The page that it takes the place of. `None` takes the one that shows this document, or makes one.
        onto: Option<RemoteId>,
    },
    /// The ticket of the issue.
    Ticket {
        /// Azure DevOps.
        kind: Option<RemoteName>,
        /// Azure DevOps.
        project: Option<RemoteName>,
        severity: Severity,
        title: Unredacted,
        text: Unredacted,
    },
    /// A change to a ticket.
    Change { publication: PublicationId, note: Unredacted, severity: Option<Severity>, resolves: bool },
}
