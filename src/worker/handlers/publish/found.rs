//! What is over there already: found by words, taken as a new issue, or put beside one as context.

use super::{Connection, audit, connected, item, outcome};
use crate::domain::{
    AuditAction, EvidenceSource, IssueId, PublicationKind, RemoteId, RemoteItem, RemoteName, Service, TimelineKind,
    Unredacted,
};
use crate::integrations::{Incidents, Wiki, WorkItems};
use crate::privacy::{Redactor, Vault};
use crate::worker::command::{NewIssue, RemoteSearch};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::handlers::detail;
use crate::worker::handlers::privacy::{Decided, policy, redacting};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

/// A number that somebody typed is not longer.
const NUMBER_MAX_CHARS: usize = 64;

/// The words pass the gate like any text that leaves.
pub(super) async fn search(session: &Arc<Session>, search: RemoteSearch) -> Result<Event, Failure> {
    let RemoteSearch { service, issue, words, place, limit, titles_only } = search;
    let at = connected(session, service).await?;
    let cleared = if let Some(issue) = issue {
        redacting(session, issue, move |redactor| Ok(redactor.redact(&words)?)).await?
    } else {
        let rules = session.call(|db| db.rules_for(None)).await?;
        let policy = policy(&session.settings(), Decided { entries: Vec::new(), spans: Vec::new(), rules })?;
        Redactor::new(Vault::default(), policy).redact(&words)?
    };
    if cleared.as_str().trim().is_empty() {
        return Err(Failure::new(FailureKind::Other, "there is nothing to search for", "Write a word or two"));
    }
    let entity = ("service", service.as_str().to_owned());
    let details = json!({"outcome": "attempt", "host": at.caller.host(), "words_sha256": cleared.sha256()});
    audit(session, AuditAction::RemoteSearch, entity, details).await?;
    let items = match service {
        Service::Confluence => {
            let wiki = Wiki::open(&at.caller, &at.config).await?;
            let space = place.as_ref();
            if titles_only {
                wiki.search_titles(&cleared, space, limit).await?
            } else {
                wiki.search(&cleared, space, limit).await?
            }
        }
        Service::ServiceNow => Incidents::new(&at.caller, &at.config).search(&cleared, limit).await?,
        Service::AzureDevOps => WorkItems::new(&at.caller, &at.config, place)?.search(&cleared, limit).await?,
    };
    Ok(Event::RemoteFound { service, items, words: cleared })
}

/// An incident or work item becomes a new issue, linked to where it came from.
pub(super) async fn import(
    session: &Arc<Session>,
    reporter: &Reporter,
    (service, number, place): (Service, &str, Option<RemoteName>),
) -> Result<Event, Failure> {
    let number = number.trim().trim_start_matches('#');
    let advice = "Write its number, such as INC0010001 or 4711";
    let not_one = || Failure::new(FailureKind::Other, "this is no number of a ticket", advice);
    if number.chars().count() > NUMBER_MAX_CHARS {
        return Err(not_one());
    }
    let id = RemoteId::parse(number).ok_or_else(not_one)?;
    let at = connected(session, service).await?;
    let found = ticket(session, &at, &id, place).await?;
    let new = NewIssue {
        title: found.title.clone(),
        description: found.text.clone(),
        severity: found.severity,
        started_at: found.created_at,
        source: service.as_str().to_owned(),
        ..NewIssue::default()
    };
    let event = crate::worker::handlers::issue::create(session, reporter, new).await?;
    let Event::IssueLoaded(loaded) = event else { return Ok(event) };
    let issue = loaded.issue.id;
    let publication = super::send::linked(issue, &found, &at.config);
    detail::change(session, issue, move |db| db.save_publication(&publication)).await
}

async fn ticket(
    session: &Arc<Session>,
    at: &Connection,
    id: &RemoteId,
    place: Option<RemoteName>,
) -> Result<RemoteItem, Failure> {
    let service = at.config.service;
    let entity = || ("service", service.as_str().to_owned());
    let result = item(at, PublicationKind::Ticket, id, place).await;
    let said = outcome(result.as_ref().map(|item| item.number.as_str()));
    audit(session, AuditAction::RemoteRead, entity(), said).await?;
    Ok(result?)
}

/// What was found goes beside the issue as a note: whatever is sent of it later passes the gate then.
pub(super) async fn attach(session: &Arc<Session>, issue: IssueId, item: RemoteItem) -> Result<Event, Failure> {
    let kind = if item.service == Service::Confluence { "page" } else { "ticket" };
    let head = format!("{} {kind} {}: {}", item.service.label(), item.number, item.title.expose());
    let text = [head.as_str(), item.url.as_str(), item.text.expose()].join("\n");
    let note: Unredacted = text.trim().into();
    let note = redacting(session, issue, move |redactor| Ok(redactor.redact(&note)?.as_str().into())).await?;
    let label = format!("{} {kind} {} put beside the issue", item.service.label(), item.number);
    detail::change(session, issue, move |db| {
        db.add_evidence(issue, EvidenceSource::Note, note, Timestamp::now())?;
        db.save_timeline_event(&detail::system_event(issue, TimelineKind::Note, label))
    })
    .await
}
