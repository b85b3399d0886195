//! The whole of an issue, as the front ends read it.

use crate::domain::{
    AuditAction, Durations, Evidence, IssueId, LogFile, Outcome, TimelineEvent, TimelineId, TimelineKind,
    TimelineSource, Unredacted, WhyState, WhyTree,
};
use crate::store::{Database, StoreError};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::log_text;
use crate::worker::services::{Session, next_revision};
use crate::worker::snapshot::IssueDetail;
use jiff::Timestamp;
use std::sync::atomic::AtomicU64;

/// Changes an issue and answers with what it is then. All or nothing.
pub(super) async fn change<F>(session: &Session, issue: IssueId, work: F) -> Result<Event, Failure>
where
    F: FnOnce(&Database) -> Result<(), StoreError> + Send + 'static,
{
    let counter = session.revision_counter();
    let detail = session
        .call(move |db| {
            db.transaction(|db| {
                work(db)?;
                db.touch_issue(issue, Timestamp::now())
            })?;
            read(db, issue, &counter)
        })
        .await?;
    Ok(loaded(detail))
}

/// As [`change`], where the rules of the domain may refuse.
pub(super) async fn change_by_rule<F>(session: &Session, issue: IssueId, work: F) -> Result<Event, Failure>
where
    F: FnOnce(&Database) -> Result<Result<(), Failure>, StoreError> + Send + 'static,
{
    let counter = session.revision_counter();
    let result = session
        .call(move |db| {
            let allowed = db.transaction(|db| {
                let allowed = work(db)?;
                if allowed.is_ok() {
                    db.touch_issue(issue, Timestamp::now())?;
                }
                Ok(allowed)
            })?;
            Ok((allowed, read(db, issue, &counter)?))
        })
        .await?;
    let (allowed, detail) = result;
    allowed?;
    Ok(loaded(detail))
}

pub(super) async fn load(session: &Session, issue: IssueId) -> Result<IssueDetail, Failure> {
    let counter = session.revision_counter();
    let mut detail = session.call(move |db| read(db, issue, &counter)).await?;
    look_after_files(&mut detail);
    Ok(detail)
}

fn loaded(mut detail: IssueDetail) -> Event {
    look_after_files(&mut detail);
    Event::IssueLoaded(Box::new(detail))
}

/// Says which logs are missing or have changed since they were attached.
fn look_after_files(detail: &mut IssueDetail) {
    for log in &mut detail.logs {
        log.state = log_text::state_of(log);
    }
}

fn read(db: &Database, id: IssueId, counter: &AtomicU64) -> Result<IssueDetail, StoreError> {
    let issue = db.issue(id)?;
    let whys = WhyTree::new(db.whys(id)?);
    let evidence = db.evidence(id)?;
    let timeline = db.timeline(id)?;
    let actions = db.actions(id)?;
    let told = db.post_mortem(id)?;
    let durations = Durations::from_events(&timeline, issue.began_at());
    let missing = missing(&whys, &evidence, actions.len());
    let publications = db.publications(id)?;
    let waiting = super::publish::waiting(db, &issue, &publications)?;
    Ok(IssueDetail {
        logs: db.log_files(id)?,
        documents: super::document::versions(db, id)?,
        publications,
        waiting,
        vault: super::privacy::vault(db, id)?,
        issue,
        whys,
        evidence,
        actions,
        told,
        timeline,
        durations,
        revision: next_revision(counter),
        missing,
    })
}

/// What stands between an issue and being resolved with a root cause.
fn missing(whys: &WhyTree, evidence: &[Evidence], actions: usize) -> Vec<String> {
    let mut missing = Vec::new();
    if whys.all().is_empty() {
        missing.push("the first why".to_owned());
    }
    let open = whys.all().iter().filter(|why| why.answer.is_blank()).count();
    if open > 0 {
        missing.push(format!("an answer to {open} open {}", if open == 1 { "why" } else { "whys" }));
    }
    if evidence.is_empty() {
        missing.push("evidence: pin the log lines that prove an answer".to_owned());
    }
    let confirmed = whys.all().iter().any(|why| why.state == WhyState::Confirmed);
    if !confirmed && !whys.all().is_empty() {
        missing.push("a confirmed why".to_owned());
    }
    if whys.root_causes().is_empty() {
        missing.push("a confirmed why that is declared the root cause".to_owned());
    }
    if actions == 0 {
        missing.push("a corrective action".to_owned());
    }
    missing
}

/// An event that the program itself notes.
pub(super) fn system_event(issue: IssueId, kind: TimelineKind, text: impl Into<Unredacted>) -> TimelineEvent {
    TimelineEvent {
        id: TimelineId::new(),
        issue,
        at: Timestamp::now(),
        kind,
        text: text.into(),
        source: TimelineSource::System,
    }
}

/// What an attached log says of when things happened.
pub(super) fn log_events(log: &LogFile) -> Vec<TimelineEvent> {
    let Some((first, last)) = log.time_range else { return Vec::new() };
    let event = |kind, at, line, words: &str| TimelineEvent {
        id: TimelineId::new(),
        issue: log.issue,
        at,
        kind,
        text: format!("{words} {}", log.file_name).into(),
        source: TimelineSource::Log { log: log.id, file_name: log.file_name.clone(), line },
    };
    vec![
        event(TimelineKind::FirstLogLine, first, 1, "First line of"),
        event(TimelineKind::LastLogLine, last, log.line_count, "Last line of"),
    ]
}

/// Whether an outcome may be set now.
pub(super) fn outcome_is_allowed(whys: &WhyTree, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::RootCauseFound => !whys.root_causes().is_empty(),
        Outcome::Inconclusive { reason } | Outcome::Override { reason } => !reason.is_blank(),
        Outcome::Undetermined => false,
    }
}

/// The audit action of removing an issue for good.
pub(super) const REMOVAL: AuditAction = AuditAction::IssueDelete;
