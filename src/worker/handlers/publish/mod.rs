//! Publishing: what is over there, what would be put there, and putting it there.
mod clear;
mod found;
mod pictures;
mod preview;
mod send;
mod waiting;

pub(in crate::worker) use self::preview::PublicationTicket;
pub(super) use self::waiting::waiting;

use super::detail;
use crate::domain::{
    AuditAction, DocumentKind, IntegrationConfig, IssueId, PublicationKind, PublicationState, RemoteId, RemoteName,
    RemotePlace, Service,
};
use crate::integrations::{Caller, Incidents, IntegrationError, Wiki, WorkItems};
use crate::worker::command::PublishCommand;
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// A service that is set up and connected.
pub(super) struct Connection {
    caller: Caller,
    config: IntegrationConfig,
}

pub(super) async fn run(services: &Services, reporter: &Reporter, command: PublishCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        PublishCommand::ListPlaces(service) => places(&session, service).await,
        PublishCommand::ListKinds { project } => kinds(&session, project).await,
        PublishCommand::Search(search) => found::search(&session, search).await,
        PublishCommand::Preview(draft) => preview::preview(&session, *draft).await,
        PublishCommand::MakeTicketText { issue, kind } => ticket_text(&session, issue, kind).await,
        PublishCommand::Send { issue, body_sha256, pictures } => {
            send::send(&session, issue, (&body_sha256, pictures)).await
        }
        PublishCommand::Refresh(issue) => refresh(&session, reporter, issue).await,
        PublishCommand::Forget { issue, publication } => {
            detail::change(&session, issue, move |db| db.remove_publication(publication)).await
        }
        PublishCommand::Import { service, number, place } => {
            found::import(&session, reporter, (service, &number, place)).await
        }
        PublishCommand::Attach { issue, item } => found::attach(&session, issue, *item).await,
        PublishCommand::Automatic(issue) => waiting::automatic(&session, issue).await,
        PublishCommand::Decline { issue, ticket } => {
            detail::change(&session, issue, move |db| db.decline_ticket(issue, ticket.service, ticket.step)).await
        }
    }
}

/// The service as its settings and its sign-in allow.
async fn connected(session: &Arc<Session>, service: Service) -> Result<Connection, Failure> {
    let (config, caller) = session.service(service).await?;
    Ok(Connection { caller, config })
}

async fn places(session: &Arc<Session>, service: Service) -> Result<Event, Failure> {
    let at = connected(session, service).await?;
    let places: Vec<RemotePlace> = match service {
        Service::Confluence => Wiki::open(&at.caller, &at.config).await?.spaces().await?,
        Service::AzureDevOps => WorkItems::projects(&at.caller).await?,
        // Incidents have no places.
        Service::ServiceNow => Vec::new(),
    };
    let usual = match service {
        Service::Confluence => at.config.space(),
        Service::AzureDevOps => at.config.project(),
        Service::ServiceNow => None,
    };
    Ok(Event::PlacesListed { service, places, usual })
}

async fn kinds(session: &Arc<Session>, project: RemoteName) -> Result<Event, Failure> {
    let at = connected(session, Service::AzureDevOps).await?;
    let kinds = WorkItems::new(&at.caller, &at.config, Some(project.clone()))?.kinds().await?;
    let usual = RemoteName::parse(&at.config.work_item_type);
    Ok(Event::KindsListed { project, kinds: kinds.into_iter().map(|kind| kind.name).collect(), usual })
}

/// A document in the words of a ticket.
async fn ticket_text(session: &Session, issue: IssueId, kind: DocumentKind) -> Result<Event, Failure> {
    let document = session.call(move |db| db.latest_document(issue, kind)).await?;
    let text = document.map(|document| crate::documents::ticket_text(document.markdown.expose()).into());
    Ok(Event::TicketTextMade { issue, kind, text })
}

/// Asks each service how the issue's publications stand.
async fn refresh(session: &Arc<Session>, reporter: &Reporter, issue: IssueId) -> Result<Event, Failure> {
    let publications = session.call(move |db| db.publications(issue)).await?;
    let total = Some(publications.len() as u64);
    for (done, mut publication) in publications.into_iter().enumerate() {
        reporter.report(Event::Progressed { done: done as u64, total }).await;
        let at = connected(session, publication.service).await?;
        let place = RemoteName::parse(&publication.place);
        match item(&at, publication.kind, &publication.remote, place).await {
            Ok(item) => {
                let is_ours = item.version == publication.version;
                publication.state = if is_ours { PublicationState::Published } else { PublicationState::Changed };
            }
            Err(IntegrationError::NotFound { .. }) => publication.state = PublicationState::Gone,
            Err(error) => return Err(error.into()),
        }
        publication.checked_at = Timestamp::now();
        session.call(move |db| db.save_publication(&publication)).await?;
    }
    Ok(Event::IssueLoaded(Box::new(detail::load(session, issue).await?)))
}

/// A page or ticket as it is now.
async fn item(
    at: &Connection,
    kind: PublicationKind,
    id: &RemoteId,
    place: Option<RemoteName>,
) -> Result<crate::domain::RemoteItem, IntegrationError> {
    match (at.config.service, kind) {
        (Service::Confluence, _) => Ok(Wiki::open(&at.caller, &at.config).await?.page(id).await?.item),
        (Service::ServiceNow, _) => Incidents::new(&at.caller, &at.config).get(id).await,
        (Service::AzureDevOps, _) => WorkItems::new(&at.caller, &at.config, place)?.get(id).await,
    }
}

/// What the audit log says before and after a request: never any text.
async fn audit(
    session: &Session,
    action: AuditAction,
    (entity, id): (&'static str, String),
    details: Value,
) -> Result<(), Failure> {
    session.call(move |db| db.audit(action, entity, &id, &details).map(drop)).await
}

/// How a request ended, for the audit log.
fn outcome(result: Result<&str, &IntegrationError>) -> Value {
    match result {
        Ok(number) => json!({"outcome": "done", "number": number}),
        Err(error) => json!({"outcome": "failed", "error": error.to_string()}),
    }
}
