//! The why tree, evidence, root cause, actions and the end of an issue.

use super::detail::{change, change_by_rule, outcome_is_allowed, system_event};
use super::triage::snippet;
use crate::domain::{
    EvidenceSource, IssueId, Outcome, RootCauseCategory, Status, TimelineKind, Unredacted, Why, WhyError, WhyId,
    WhyState, WhyTree,
};
use crate::store::{Database, StoreError};
use crate::worker::command::ResolutionCommand;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::services::{Services, Session};
use jiff::Timestamp;
use std::sync::Arc;

pub(super) async fn run(services: &Services, command: ResolutionCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        ResolutionCommand::SaveWhy(why) => {
            change_by_rule(&session, why.issue, move |db| by_rule(save_why(db, &why))).await
        }
        ResolutionCommand::SetWhyState { issue, why, state } => {
            change_by_rule(&session, issue, move |db| by_rule(set_state(db, issue, why, state))).await
        }
        ResolutionCommand::RemoveWhy { issue, why } => change(&session, issue, move |db| db.remove_why(why)).await,
        ResolutionCommand::DeclareRootCause { issue, why, category } => {
            change_by_rule(&session, issue, move |db| by_rule(declare(db, issue, why, category))).await
        }
        ResolutionCommand::Pin { issue, source, text, why } => pin(&session, issue, source, text, why).await,
        ResolutionCommand::AttachEvidence { issue, why, evidence } => {
            change(&session, issue, move |db| db.attach_evidence(why, evidence)).await
        }
        ResolutionCommand::DetachEvidence { issue, why, evidence } => {
            change_by_rule(&session, issue, move |db| {
                db.detach_evidence(why, evidence)?;
                keep_rules(db, issue).map(Ok)
            })
            .await
        }
        ResolutionCommand::RemoveEvidence { issue, evidence } => {
            change(&session, issue, move |db| {
                db.remove_evidence(evidence)?;
                keep_rules(db, issue)
            })
            .await
        }
        ResolutionCommand::SaveAction(action) => {
            change(&session, action.issue, move |db| db.save_action(&action)).await
        }
        ResolutionCommand::RemoveAction { issue, action } => {
            change(&session, issue, move |db| db.remove_action(action)).await
        }
        ResolutionCommand::Resolve { issue, outcome } => {
            change_by_rule(&session, issue, move |db| resolve(db, issue, outcome)).await
        }
    }
}

/// What a rule refuses is the user's to read; what the store cannot do ends the job.
enum Refusal {
    Rule(WhyError),
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<WhyError> for Refusal {
    fn from(error: WhyError) -> Self {
        Self::Rule(error)
    }
}

fn by_rule(result: Result<(), Refusal>) -> Result<Result<(), Failure>, StoreError> {
    match result {
        Ok(()) => Ok(Ok(())),
        Err(Refusal::Rule(error)) => Ok(Err(error.into())),
        Err(Refusal::Store(error)) => Err(error),
    }
}

fn tree(db: &Database, issue: IssueId) -> Result<WhyTree, StoreError> {
    Ok(WhyTree::new(db.whys(issue)?))
}

/// Author, state, evidence and root cause of a why that exists are not this command's to change.
fn save_why(db: &Database, why: &Why) -> Result<(), Refusal> {
    let tree = tree(db, why.issue)?;
    if let Some(parent) = why.parent {
        tree.get(parent).ok_or(WhyError::NotFound)?;
    }
    let Some(known) = tree.get(why.id) else {
        let mut new = why.clone();
        new.evidence.clear();
        new.root_cause = None;
        if new.state == WhyState::Confirmed {
            new.state = WhyState::Possible;
        }
        return Ok(db.save_why(&new)?);
    };
    tree.may_move(why.id, why.parent)?;
    let changed = Why {
        parent: why.parent,
        order: why.order,
        question: why.question.clone(),
        answer: why.answer.clone(),
        join: why.join,
        ..known.clone()
    };
    db.save_why(&changed)?;
    Ok(keep_rules(db, why.issue)?)
}

fn set_state(db: &Database, issue: IssueId, id: WhyId, state: WhyState) -> Result<(), Refusal> {
    let tree = tree(db, issue)?;
    tree.may_become(id, state)?;
    let why = tree.get(id).ok_or(WhyError::NotFound)?;
    db.save_why(&Why { state, ..why.clone() })?;
    Ok(keep_rules(db, issue)?)
}

fn declare(db: &Database, issue: IssueId, id: WhyId, category: Option<RootCauseCategory>) -> Result<(), Refusal> {
    let tree = tree(db, issue)?;
    if category.is_some() {
        tree.may_be_root_cause(id)?;
    }
    let why = tree.get(id).ok_or(WhyError::NotFound)?;
    Ok(db.save_why(&Why { root_cause: category, ..why.clone() })?)
}

/// After a change: what lost its evidence or its answer is no longer confirmed, and what is not confirmed, or has a
/// confirmed cause below it, is no root cause.
fn keep_rules(db: &Database, issue: IssueId) -> Result<(), StoreError> {
    for why in tree(db, issue)?.all() {
        if why.state == WhyState::Confirmed && (why.evidence.is_empty() || why.answer.is_blank()) {
            db.save_why(&Why { state: WhyState::Possible, root_cause: None, ..why.clone() })?;
        }
    }
    let tree = tree(db, issue)?;
    for why in tree.root_causes() {
        if tree.may_be_root_cause(why.id).is_err() {
            db.save_why(&Why { root_cause: None, ..why.clone() })?;
        }
    }
    Ok(())
}

async fn pin(
    session: &Arc<Session>,
    issue: IssueId,
    source: EvidenceSource,
    text: Unredacted,
    why: Option<WhyId>,
) -> Result<Event, Failure> {
    let snippet = match &source {
        EvidenceSource::Log { log, lines, .. } => snippet(session, *log, *lines).await?,
        EvidenceSource::Message(_) | EvidenceSource::Note => {
            super::privacy::redacting(session, issue, move |redactor| Ok(redactor.redact(&text)?.as_str().into()))
                .await?
        }
    };
    if snippet.is_blank() {
        return Err(Failure::new(FailureKind::Other, "there is nothing to pin", "Choose lines, or write a note"));
    }
    change(session, issue, move |db| {
        let pin = db.add_evidence(issue, source, snippet, Timestamp::now())?;
        match why {
            Some(why) => db.attach_evidence(why, pin.id),
            None => Ok(()),
        }
    })
    .await
}

fn resolve(db: &Database, id: IssueId, outcome: Outcome) -> Result<Result<(), Failure>, StoreError> {
    let whys = tree(db, id)?;
    if !outcome_is_allowed(&whys, &outcome) {
        return Ok(Err(Failure::new(
            FailureKind::Rule,
            "the issue cannot be resolved like this yet",
            "Declare a confirmed why the root cause, or resolve it as inconclusive or by an override with a reason",
        )));
    }
    let mut issue = db.issue(id)?;
    let now = Timestamp::now();
    let text = format!("{} → resolved", issue.status.label());
    issue.status = Status::Resolved;
    issue.resolved_at = Some(now);
    issue.outcome = outcome;
    issue.updated_at = now;
    db.update_issue(&issue)?;
    db.save_timeline_event(&system_event(id, TimelineKind::Status, text))?;
    let resolution = db.timeline(id)?.iter().any(|event| event.kind == TimelineKind::Resolution);
    if !resolution {
        db.save_timeline_event(&system_event(id, TimelineKind::Resolution, "Issue resolved"))?;
    }
    Ok(Ok(()))
}
