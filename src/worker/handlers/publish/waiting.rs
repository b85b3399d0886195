//! Tickets that are to be made or resolved by themselves, and that wait where the settings ask for a look first.

use super::preview::prepare;
use super::send::send;
use crate::domain::{
    Issue, IssueId, Publication, PublicationKind, Service, Severity, Strictness, TicketStep, Unredacted, WaitingTicket,
};
use crate::store::{Database, StoreError};
use crate::worker::command::{PublicationDraft, PublicationPart};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::handlers::detail;
use crate::worker::services::Session;
use std::sync::Arc;

const TRACKERS: [Service; 2] = [Service::ServiceNow, Service::AzureDevOps];

/// What is still to be done for an issue, by the settings of the services.
pub(in crate::worker) fn waiting(
    db: &Database,
    issue: &Issue,
    publications: &[Publication],
) -> Result<Vec<WaitingTicket>, StoreError> {
    let mut waiting = Vec::new();
    for service in TRACKERS {
        let is_on = db.integration(service)?.is_some_and(|config| config.auto_create_enabled);
        if !is_on || db.credential_entry(service)?.is_none() {
            continue;
        }
        let ticket = publications.iter().find(|one| one.service == service && one.kind == PublicationKind::Ticket);
        let step = match ticket {
            None if issue.status.is_open() && is_urgent(issue.severity) => TicketStep::Create,
            // What was sent after the end of the trouble says so already.
            Some(ticket) if issue.resolved_at.is_some_and(|at| ticket.updated_at < at) => TicketStep::Resolve,
            _ => continue,
        };
        if !db.is_ticket_declined(issue.id, service, step)? {
            let publication = ticket.map(|ticket| ticket.id);
            waiting.push(WaitingTicket { service, step, publication });
        }
    }
    Ok(waiting)
}

const fn is_urgent(severity: Severity) -> bool {
    matches!(severity, Severity::P1 | Severity::P2)
}

/// Does what waits, as far as the settings let it go without a look. The rest goes on waiting.
pub(super) async fn automatic(session: &Arc<Session>, issue: IssueId) -> Result<Event, Failure> {
    let detail = detail::load(session, issue).await?;
    // Nothing would go without a look, so nothing is asked over there either.
    if session.settings().strictness == Strictness::AlwaysReview {
        return Ok(Event::IssueLoaded(Box::new(detail)));
    }
    let mut failure = None;
    for ticket in &detail.waiting {
        // One service that is down keeps no other from being told.
        if let Err(error) = make(session, draft_of(&detail.issue, *ticket)).await {
            failure.get_or_insert(error);
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(Event::IssueLoaded(Box::new(detail::load(session, issue).await?))),
    }
}

async fn make(session: &Arc<Session>, draft: PublicationDraft) -> Result<(), Failure> {
    let issue = draft.issue;
    let preview = prepare(session, draft).await?;
    if preview.may_skip_review {
        send(session, issue, (&preview.body_sha256, Vec::new())).await?;
    }
    Ok(())
}

/// What a ticket says unless the user writes something else.
pub(in crate::worker) fn draft_of(issue: &Issue, ticket: WaitingTicket) -> PublicationDraft {
    let part = match (ticket.step, ticket.publication) {
        (TicketStep::Resolve, Some(publication)) => {
            PublicationPart::Change { publication, note: resolution_note(issue), severity: None, resolves: true }
        }
        (TicketStep::Create | TicketStep::Resolve, _) => PublicationPart::Ticket {
            kind: None,
            project: None,
            severity: issue.severity,
            title: issue.title.clone(),
            text: issue.description.clone(),
        },
    };
    PublicationDraft { issue: issue.id, service: ticket.service, part }
}

fn resolution_note(issue: &Issue) -> Unredacted {
    use crate::domain::Outcome;
    let how = match &issue.outcome {
        Outcome::RootCauseFound => "The root cause was found.".to_owned(),
        Outcome::Inconclusive { reason } | Outcome::Override { reason } => reason.expose().to_owned(),
        Outcome::Undetermined => String::new(),
    };
    format!("Resolved. {how}").trim().into()
}
