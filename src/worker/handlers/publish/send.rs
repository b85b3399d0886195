//! Publishing what was shown: exactly that, once, and only if nothing has changed since.

use super::preview::{Act, PageSource, PublicationTicket};
use super::{Connection, audit, connected, outcome, pictures};
use crate::documents::writers::storage::Difference;
use crate::domain::{
    Audience, AuditAction, IntegrationConfig, IssueId, Publication, PublicationId, PublicationKind, PublicationState,
    RemoteItem, Service, TimelineKind,
};
use crate::integrations::{Incidents, IntegrationError, Wiki, WorkItems, Written};
use crate::privacy::{ClearedImage, Confirmation};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::handlers::detail;
use crate::worker::services::Session;
use crate::worker::snapshot::{PublicationPreview, Published};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

pub(super) async fn send(
    session: &Arc<Session>,
    issue: IssueId,
    (body_sha256, confirmations): (&str, Vec<Confirmation>),
) -> Result<Event, Failure> {
    let refused = |summary: &str| {
        Failure::new(FailureKind::RefusedByGate, summary, "Look at what will be published, and publish it again")
            .retryable()
    };
    let ticket = session.take_publication(issue).ok_or_else(|| refused("only what was shown can be sent, and once"))?;
    if ticket.preview.body_sha256 != body_sha256 {
        return Err(refused("this is not the text that was shown"));
    }
    let at = connected(session, ticket.preview.service).await?;
    if at.config != ticket.config {
        return Err(refused("the settings of the service have changed since the text was shown"));
    }
    let pictures = pictures::cleared(&ticket.pictures, confirmations, &ticket.preview.host)?;
    let entity = || ("issue", issue.to_string());
    let action = action_of(&ticket.act);
    audit(session, action, entity(), attempt(&ticket)).await?;
    let result = perform(&at, &ticket, issue).await;
    let said = outcome(result.as_ref().map(|written| written.item.number.as_str()));
    audit(session, action, entity(), said).await?;
    let written = result?;
    let lost = complete(session, &at, (issue, &ticket.act), (&written.item, pictures.as_slice())).await;
    store(session, issue, ticket, &at.config, (written, lost)).await
}

const fn action_of(act: &Act) -> AuditAction {
    match act {
        Act::CreatePage { .. } | Act::UpdatePage { .. } => AuditAction::Publish,
        Act::CreateTicket { .. } => AuditAction::TicketCreate,
        Act::UpdateTicket { .. } => AuditAction::TicketUpdate,
    }
}

/// What the audit log says of a publication: never any text.
fn attempt(ticket: &PublicationTicket) -> serde_json::Value {
    let PublicationPreview { service, host, body, body_sha256, redacted, kept, .. } = &ticket.preview;
    let redacted: serde_json::Map<_, _> =
        redacted.iter().map(|(kind, count)| (kind.as_str().to_owned(), json!(count))).collect();
    json!({
        "outcome": "attempt", "service": service.as_str(), "host": host, "audience": ticket.audience.as_str(),
        "body_bytes": body.len(), "body_sha256": body_sha256, "redacted": redacted, "kept": kept,
    })
}

async fn perform(at: &Connection, ticket: &PublicationTicket, issue: IssueId) -> Result<Written, IntegrationError> {
    let call = ticket.call.clone();
    match &ticket.act {
        Act::CreatePage { generation, space, text, .. } => {
            Wiki::of_generation(&at.caller, &at.config, *generation).create(call, space, text).await
        }
        Act::UpdatePage { generation, page, text, .. } => {
            Wiki::of_generation(&at.caller, &at.config, *generation).update(call, page, text).await
        }
        Act::CreateTicket { project } => match at.config.service {
            Service::AzureDevOps => WorkItems::new(&at.caller, &at.config, project.clone())?.create(call, issue).await,
            Service::ServiceNow | Service::Confluence => {
                Incidents::new(&at.caller, &at.config).create(call, issue).await
            }
        },
        Act::UpdateTicket { project, .. } => match at.config.service {
            Service::AzureDevOps => WorkItems::new(&at.caller, &at.config, project.clone())?.update(call).await,
            Service::ServiceNow | Service::Confluence => Incidents::new(&at.caller, &at.config).update(call).await,
        },
    }
}

/// Puts the pictures beside the page, and reads the page back. Says what is not there as it was sent: the page itself is
/// made, so nothing here may keep it from being noted.
async fn complete(
    session: &Session,
    at: &Connection,
    (issue, act): (IssueId, &Act),
    (item, pictures): (&RemoteItem, &[ClearedImage]),
) -> Option<String> {
    let (Act::CreatePage { generation, .. } | Act::UpdatePage { generation, .. }) = act else { return None };
    let wiki = Wiki::of_generation(&at.caller, &at.config, *generation);
    let mut lost = Vec::new();
    if !pictures.is_empty() {
        match attach(session, &wiki, (issue, at.caller.host()), (item, pictures)).await {
            Ok(failures) => lost.extend(failures),
            Err(failure) => lost.push(failure.summary),
        }
    }
    lost.extend(read_back(at, act, item).await);
    (!lost.is_empty()).then(|| lost.join("; "))
}

async fn attach(
    session: &Session,
    wiki: &Wiki<'_>,
    (issue, host): (IssueId, &str),
    (item, pictures): (&RemoteItem, &[ClearedImage]),
) -> Result<Vec<String>, Failure> {
    let entity = || ("issue", issue.to_string());
    let sha256: Vec<&str> = pictures.iter().map(ClearedImage::sha256).collect();
    let attempt = json!({"outcome": "attempt", "host": host, "pictures_sha256": sha256});
    audit(session, AuditAction::Publish, entity(), attempt).await?;
    let failures = pictures::attach(wiki, &item.id, pictures).await;
    let outcome = if failures.is_empty() { "done" } else { "failed" };
    let said = json!({"outcome": outcome, "pictures": pictures.len(), "failed": failures.len()});
    audit(session, AuditAction::Publish, entity(), said).await?;
    Ok(failures)
}

/// Reads a page back. What was lost is told; that it cannot be read just now undoes nothing.
async fn read_back(at: &Connection, act: &Act, item: &RemoteItem) -> Option<String> {
    let (Act::CreatePage { generation, text, .. } | Act::UpdatePage { generation, text, .. }) = act else {
        return None;
    };
    let wiki = Wiki::of_generation(&at.caller, &at.config, *generation);
    match wiki.read_back(&item.id, text).await {
        Ok(None) => None,
        Ok(Some(Difference::Unreadable)) => Some("the page cannot be read as a page".to_owned()),
        Ok(Some(Difference::Text { at })) => Some(format!("its text is another from character {at} on")),
        Ok(Some(Difference::Parts { what, sent, stored })) => {
            Some(format!("{sent} of `{what}` were sent and {stored} are there"))
        }
        Err(error) => Some(format!("it could not be read back: {error}")),
    }
}

async fn store(
    session: &Arc<Session>,
    issue: IssueId,
    ticket: PublicationTicket,
    config: &IntegrationConfig,
    (written, lost): (Written, Option<String>),
) -> Result<Event, Failure> {
    let Written { item, created } = written;
    let before = session.call(move |db| db.publications(issue)).await?;
    let mut publication = linked(issue, &item, config);
    let is_same = |one: &&Publication| one.service == publication.service && one.remote == publication.remote;
    if let Some(known) = before.iter().find(is_same) {
        (publication.id, publication.created_at) = (known.id, known.created_at);
    }
    match &ticket.act {
        Act::CreatePage { space, source, .. } => shows(&mut publication, *source, space.key.as_str()),
        Act::UpdatePage { space, source, .. } => shows(&mut publication, *source, space),
        Act::CreateTicket { .. } => {}
        Act::UpdateTicket { publication: id, .. } => {
            if let Some(known) = before.iter().find(|one| one.id == *id) {
                publication.title.clone_from(&known.title);
            }
        }
    }
    if !matches!(ticket.act, Act::UpdateTicket { .. }) {
        publication.title = ticket.preview.title.as_str().into();
    }
    publication.audience = ticket.audience;
    publication.content_sha256.clone_from(&ticket.preview.body_sha256);
    let what = if publication.kind == PublicationKind::Page { "page" } else { "ticket" };
    let linked = !created && matches!(ticket.act, Act::CreateTicket { .. });
    let did = if created {
        "created"
    } else if linked {
        "linked"
    } else {
        "updated"
    };
    let label = format!("{} {what} {} {did}", item.service.label(), item.number);
    let kept = publication.clone();
    let event = detail::change(session, issue, move |db| {
        db.save_publication(&kept)?;
        db.save_timeline_event(&detail::system_event(issue, TimelineKind::Publication, label))
    })
    .await?;
    let Event::IssueLoaded(detail) = event else { return Ok(event) };
    Ok(Event::Published(Box::new(Published { publication, created, linked, lost, detail })))
}

fn shows(publication: &mut Publication, source: PageSource, space: &str) {
    publication.document = Some(source.kind);
    publication.document_version = Some(source.version);
    space.clone_into(&mut publication.place);
}

/// A publication for what is over there, before it says what was sent.
pub(super) fn linked(issue: IssueId, item: &RemoteItem, config: &IntegrationConfig) -> Publication {
    let now = Timestamp::now();
    let kind = if item.service == Service::Confluence { PublicationKind::Page } else { PublicationKind::Ticket };
    let place = if item.place.is_empty() { config.project_name.clone() } else { item.place.clone() };
    Publication {
        id: PublicationId::new(),
        issue,
        service: item.service,
        kind,
        document: None,
        document_version: None,
        audience: Audience::Internal,
        place,
        remote: item.id.clone(),
        number: item.number.clone(),
        url: item.url.clone(),
        title: item.title.clone(),
        version: item.version,
        content_sha256: String::new(),
        state: PublicationState::Published,
        created_at: now,
        updated_at: now,
        checked_at: now,
    }
}
