//! Issues: the dashboard, lists, making, changing and removing them; their timeline.

use super::detail::{self, REMOVAL, system_event};
use super::log::attach;
use crate::domain::{Domain, Issue, IssueId, Outcome, Status, TimelineEvent, TimelineKind, TimelineSource, Unredacted};
use crate::insight;
use crate::insight::samples::{self, Sample};
use crate::store::{Database, StoreError};
use crate::worker::command::{IssueChange, IssueCommand, LogSource, NewIssue};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::Dashboard;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

/// How many issues the dashboard lists.
const LATEST: u64 = 10;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: IssueCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        IssueCommand::LoadDashboard => dashboard(&session).await,
        IssueCommand::List(query) => {
            let page = session.call(move |db| db.issues(&query)).await?;
            Ok(Event::IssuesListed { rows: page.rows, total: page.total })
        }
        IssueCommand::Create(new) => create(&session, reporter, new).await,
        IssueCommand::CreateSample { name } => create_sample(&session, reporter, &name).await,
        IssueCommand::Load(issue) => Ok(Event::IssueLoaded(Box::new(detail::load(&session, issue).await?))),
        IssueCommand::Change { issue, change } => {
            detail::change(&session, issue, move |db| apply(db, issue, change)).await
        }
        IssueCommand::Delete(issue) => delete(&session, issue).await,
        IssueCommand::Restore(issue) => {
            session.call(move |db| db.restore_issue(issue)).await?;
            Ok(Event::IssueRestored(issue))
        }
        IssueCommand::Purge(issue) => {
            session.call(move |db| db.purge_issue(issue)).await?;
            Ok(Event::Done)
        }
        IssueCommand::SuggestDomain { text } => {
            Ok(Event::DomainSuggested(insight::suggest_domain(text.expose(), None)))
        }
        IssueCommand::SaveTimelineEvent(event) => {
            detail::change(&session, event.issue, move |db| db.save_timeline_event(&event)).await
        }
        IssueCommand::SavePostMortem(told) => {
            detail::change(&session, told.issue, move |db| db.save_post_mortem(&told)).await
        }
        IssueCommand::RemoveTimelineEvent { issue, event } => {
            detail::change(&session, issue, move |db| db.remove_timeline_event(event)).await
        }
        IssueCommand::Export { issue, path, overwrite } => {
            super::document::export_issue(&session, issue, path, overwrite).await
        }
    }
}

async fn dashboard(session: &Session) -> Result<Event, Failure> {
    let dashboard = session
        .call(|db| {
            let latest = db.issues(&crate::domain::IssueQuery { limit: LATEST, ..Default::default() })?.rows;
            Ok(Dashboard {
                figures: db.dashboard_figures(Timestamp::now())?,
                latest,
                open: db.open_issues()?,
                total: db.issue_count()?,
            })
        })
        .await?;
    Ok(Event::DashboardLoaded(Box::new(dashboard)))
}

pub(super) async fn create(session: &Arc<Session>, reporter: &Reporter, new: NewIssue) -> Result<Event, Failure> {
    if new.title.is_blank() {
        return Err(Failure::new(FailureKind::Other, "the issue has no title", "Say in a few words what broke"));
    }
    let now = Timestamp::now();
    let mut issue = Issue::new(Unredacted::from(new.title.expose().trim()), now);
    issue.description = new.description;
    issue.domain = new.domain;
    issue.severity = new.severity.unwrap_or(issue.severity);
    issue.started_at = new.started_at;
    issue.tags = new.tags;
    if !new.source.is_empty() {
        issue.source = new.source;
    }
    store_new(session, &issue).await?;
    let result = attach(session, reporter, issue.id, new.logs).await;
    if let Err(failure) = result {
        return Err(undo(session, &issue, failure).await);
    }
    if issue.domain.is_none() {
        suggest(session, reporter, &issue).await?;
    }
    Ok(Event::IssueLoaded(Box::new(detail::load(session, issue.id).await?)))
}

/// An issue whose logs cannot be read is not made: the form is still there, with all that was typed.
async fn undo(session: &Session, issue: &Issue, failure: Failure) -> Failure {
    let id = issue.id;
    let removed = session.call(move |db| {
        db.transaction(|db| {
            db.delete_issue(id, Timestamp::now())?;
            db.purge_issue(id)
        })
    });
    match removed.await {
        Ok(()) => failure,
        Err(second) => Failure { details: format!("{}; {}", failure.details, second.summary), ..failure },
    }
}

async fn store_new(session: &Session, issue: &Issue) -> Result<(), Failure> {
    let mut events = vec![system_event(issue.id, TimelineKind::Created, "Issue created")];
    if let Some(started) = issue.started_at {
        events.push(TimelineEvent {
            at: started,
            source: TimelineSource::User,
            ..system_event(issue.id, TimelineKind::Start, "The trouble began")
        });
    }
    let issue = issue.clone();
    session
        .call(move |db| {
            db.transaction(|db| {
                db.insert_issue(&issue)?;
                events.iter().try_for_each(|event| db.save_timeline_event(event))
            })
        })
        .await
}

/// From the words and the logs; the user can choose another at any time.
async fn suggest(session: &Arc<Session>, reporter: &Reporter, issue: &Issue) -> Result<(), Failure> {
    let (insight, _logs) = super::insight::of_issue(session, reporter, issue.id).await?;
    let words = format!("{} {}", issue.title.expose(), issue.description.expose());
    let Some(domain) = insight::suggest_domain(&words, Some(&insight)) else { return Ok(()) };
    let id = issue.id;
    session.call(move |db| set_domain(db, id, Some(domain))).await
}

fn set_domain(db: &Database, id: IssueId, domain: Option<Domain>) -> Result<(), StoreError> {
    let mut issue = db.issue(id)?;
    issue.domain = domain;
    db.update_issue(&issue)
}

async fn create_sample(session: &Arc<Session>, reporter: &Reporter, name: &str) -> Result<Event, Failure> {
    let Some(sample) = samples::ALL.iter().find(|sample| sample.name == name) else {
        return Err(Failure::new(FailureKind::Other, "there is no such sample", "Choose another one"));
    };
    create(session, reporter, from_sample(sample)).await
}

fn from_sample(sample: &Sample) -> NewIssue {
    let logs =
        sample.files.iter().map(|(name, text)| LogSource::Pasted { name: (*name).to_owned(), text: (*text).into() });
    NewIssue {
        title: sample.title.into(),
        description: sample.description.into(),
        domain: Some(sample.domain),
        severity: Some(sample.severity),
        started_at: sample.started_at.parse().ok(),
        tags: vec!["sample".into()],
        logs: logs.collect(),
        source: "sample".to_owned(),
    }
}

fn apply(db: &Database, id: IssueId, change: IssueChange) -> Result<(), StoreError> {
    let mut issue = db.issue(id)?;
    let before = issue.status;
    match change {
        IssueChange::Title(title) => issue.title = title,
        IssueChange::Description(description) => issue.description = description,
        IssueChange::Severity(severity) => issue.severity = severity,
        IssueChange::Status(status) => set_status(&mut issue, status),
        IssueChange::Domain(domain) => issue.domain = domain,
        IssueChange::StartedAt(at) => issue.started_at = at,
        IssueChange::AssignedTo(name) => issue.assigned_to = (!name.is_blank()).then_some(name),
        IssueChange::Tags(tags) => issue.tags = tags,
    }
    db.update_issue(&issue)?;
    if issue.status != before {
        let text = format!("{} → {}", before.label(), issue.status.label());
        db.save_timeline_event(&system_event(id, TimelineKind::Status, text))?;
    }
    Ok(())
}

/// Reopening takes the conclusion back; resolving without one leaves it undetermined, and documents say so.
fn set_status(issue: &mut Issue, status: Status) {
    issue.status = status;
    if status.is_open() {
        issue.resolved_at = None;
        issue.outcome = Outcome::Undetermined;
    } else if issue.resolved_at.is_none() {
        issue.resolved_at = Some(Timestamp::now());
    }
}

async fn delete(session: &Session, issue: IssueId) -> Result<Event, Failure> {
    session
        .call(move |db| {
            db.transaction(|db| {
                db.audit(REMOVAL, "issue", &issue.to_string(), &json!({}))?;
                db.delete_issue(issue, Timestamp::now())
            })
        })
        .await?;
    Ok(Event::IssueDeleted(issue))
}
