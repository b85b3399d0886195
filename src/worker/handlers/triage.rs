//! The chat: conversations, sending what was previewed, the built-in guide, and taking proposals.

use super::detail;
use super::images;
use super::insight::{of_issue, source_of, verified};
use super::outgoing::{self, Draft};
use super::privacy::redacting;
use super::sending::{self, Asked};
use crate::domain::{
    Author, ChatMessage, ConversationId, IssueId, Join, LogFile, MessageId, MessageState, Proposal, ProviderConfig,
    ProviderId, Role, Unredacted, Why, WhyId, WhyState, WhyTree,
};
use crate::insight::prompts::for_domain;
use crate::insight::{Guide, GuideInput};
use crate::store::{Conversation, Database, NewConversation, StoreError};
use crate::worker::command::TriageCommand;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::ConversationView;
use jiff::Timestamp;
use std::sync::Arc;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: TriageCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        TriageCommand::LoadConversation { issue, provider } => conversation_event(&session, issue, provider).await,
        TriageCommand::Preview { issue, provider, draft, turn, images } => {
            outgoing::preview(&session, reporter, Draft { issue, provider, text: draft, turn, images }).await
        }
        TriageCommand::Send { issue, provider, draft, turn, prompt } => {
            sending::send(&session, reporter, Asked { issue, provider, draft, turn, prompt }).await
        }
        TriageCommand::LoadImages(issue) => images::load(&session, issue).await,
        TriageCommand::AttachImage { issue, source } => images::attach(&session, issue, source).await,
        TriageCommand::RemoveImage { issue, image } => images::remove(&session, issue, image).await,
        TriageCommand::AskGuide { issue, draft } => ask_guide(&session, reporter, issue, draft).await,
        TriageCommand::TakeGuideChain { issue } => take_guide_chain(&session, reporter, issue).await,
        TriageCommand::AcceptProposal { issue, message, index, edited } => {
            accept(&session, issue, message, index, edited).await
        }
        TriageCommand::DeclineProposal { message, index } => decline(&session, message, index).await,
    }
}

async fn conversation_event(session: &Session, issue: IssueId, provider: ProviderId) -> Result<Event, Failure> {
    let config = session.provider(provider).await?;
    let (conversation, messages) =
        session.call(move |db| Ok((open_conversation(db, issue, &config)?, db.messages(issue)?))).await?;
    Ok(Event::ConversationLoaded(Box::new(ConversationView { id: conversation.id, issue, provider, messages })))
}

pub(super) fn open_conversation(
    db: &Database,
    issue: IssueId,
    provider: &ProviderConfig,
) -> Result<Conversation, StoreError> {
    let found = db.issue(issue)?;
    let system_prompt = if provider.is_guide() {
        String::new()
    } else {
        for_domain(found.domain, db.settings()?.own_prompt(found.domain))
    };
    let new = NewConversation {
        issue,
        provider: provider.id,
        model: provider.model.clone(),
        title: found.title,
        system_prompt: system_prompt.into(),
    };
    db.open_conversation(&new, Timestamp::now())
}

pub(super) fn message(conversation: ConversationId, role: Role, text: Unredacted, state: MessageState) -> ChatMessage {
    ChatMessage {
        id: MessageId::new(),
        conversation,
        role,
        text,
        reasoning: Unredacted::default(),
        state,
        model: None,
        usage: None,
        cost_micros: None,
        took: None,
        proposals: Vec::new(),
        created_at: Timestamp::now(),
    }
}

/// The facts that the guide looks at.
struct GuideFacts {
    issue: crate::domain::Issue,
    whys: WhyTree,
    insight: Arc<crate::insight::Insight>,
    logs: Vec<LogFile>,
    names: Vec<(crate::domain::LogFileId, String)>,
}

impl GuideFacts {
    async fn read(session: &Arc<Session>, reporter: &Reporter, issue: IssueId) -> Result<Self, Failure> {
        let (insight, logs) = of_issue(session, reporter, issue).await?;
        let (issue, whys) = session.call(move |db| Ok((db.issue(issue)?, WhyTree::new(db.whys(issue)?)))).await?;
        let names = logs.iter().map(|log| (log.id, log.file_name.clone())).collect();
        Ok(Self { issue, whys, insight, logs, names })
    }

    fn input(&self) -> GuideInput<'_> {
        GuideInput {
            title: &self.issue.title,
            description: &self.issue.description,
            domain: self.issue.domain,
            insight: &self.insight,
            whys: &self.whys,
            logs: &self.names,
        }
    }

    fn checked(&self, proposal: Proposal) -> Proposal {
        Proposal { citations: verified(proposal.citations, &self.logs), ..proposal }
    }
}

async fn ask_guide(
    session: &Arc<Session>,
    reporter: &Reporter,
    issue: IssueId,
    draft: Unredacted,
) -> Result<Event, Failure> {
    let facts = GuideFacts::read(session, reporter, issue).await?;
    let answer = Guide::next_step(&facts.input());
    let guide = ProviderConfig::guide();
    let proposals: Vec<_> = answer.proposals.into_iter().map(|proposal| facts.checked(proposal)).collect();
    let answered = session
        .call(move |db| {
            db.transaction(|db| {
                let conversation = open_conversation(db, issue, &guide)?;
                if !draft.is_blank() {
                    db.insert_message(&message(conversation.id, Role::User, draft, MessageState::Complete))?;
                }
                let mut answered = message(conversation.id, Role::Assistant, answer.text, MessageState::Complete);
                answered.model = Some(guide.name);
                answered.proposals = proposals;
                db.insert_message(&answered)?;
                Ok(answered)
            })
        })
        .await?;
    Ok(Event::Answered(Box::new(answered)))
}

/// Each why of the chain hangs below the one before, with its lines pinned. None is confirmed: nobody has looked.
async fn take_guide_chain(session: &Arc<Session>, reporter: &Reporter, issue: IssueId) -> Result<Event, Failure> {
    let facts = GuideFacts::read(session, reporter, issue).await?;
    let chain = Guide::full_chain(&facts.input());
    for proposal in chain {
        let proposal = facts.checked(proposal);
        take(session, issue, proposal, Author::Guide, WhyState::Possible).await?;
    }
    Ok(Event::IssueLoaded(Box::new(detail::load(session, issue).await?)))
}

async fn accept(
    session: &Arc<Session>,
    issue: IssueId,
    message: MessageId,
    index: usize,
    edited: Proposal,
) -> Result<Event, Failure> {
    let author = edited.author.clone();
    let known = session.call(move |db| Ok(db.message(message)?.proposals)).await?;
    if index >= known.len() {
        return Err(no_longer_there());
    }
    take(session, issue, edited, author, WhyState::Proposed).await?;
    // By what it was, not by where it stood: another one may have gone meanwhile.
    let taken = known.into_iter().nth(index);
    session
        .call(move |db| {
            let mut proposals = db.message(message)?.proposals;
            if let Some(at) = proposals.iter().position(|one| Some(one) == taken.as_ref()) {
                proposals.remove(at);
            }
            db.set_proposals(message, &proposals)
        })
        .await?;
    Ok(Event::IssueLoaded(Box::new(detail::load(session, issue).await?)))
}

async fn decline(session: &Session, id: MessageId, index: usize) -> Result<Event, Failure> {
    let (message, conversation) = session
        .call(move |db| {
            let mut message = db.message(id)?;
            if index < message.proposals.len() {
                message.proposals.remove(index);
                db.set_proposals(id, &message.proposals)?;
            }
            let conversation = db.conversation(message.conversation)?;
            Ok((message, conversation))
        })
        .await?;
    tracing::debug!(left = message.proposals.len(), "declined a proposal");
    conversation_event(session, conversation.issue, conversation.provider).await
}

fn no_longer_there() -> Failure {
    Failure::new(FailureKind::Other, "this proposal is not there any more", "Load the chat again")
}

/// Enters a proposal into the tree: below the deepest why of the level above, with its lines as evidence.
async fn take(
    session: &Arc<Session>,
    issue: IssueId,
    proposal: Proposal,
    author: Author,
    state: WhyState,
) -> Result<(), Failure> {
    let logs = session.call(move |db| db.log_files(issue)).await?;
    let mut pins = Vec::new();
    for citation in verified(proposal.citations.clone(), &logs) {
        let Some(source) = source_of(&citation, &logs) else { continue };
        let Some(log) = citation.log else { continue };
        let snippet = snippet(session, log, citation.lines).await?;
        pins.push((source, snippet));
    }
    session
        .call(move |db| {
            db.transaction(|db| {
                let tree = WhyTree::new(db.whys(issue)?);
                let parent = parent_for(&tree, proposal.level);
                let now = Timestamp::now();
                let mut evidence = Vec::new();
                for (source, snippet) in pins {
                    let known = db.evidence(issue)?.into_iter().find(|pin| pin.source == source);
                    evidence.push(match known {
                        Some(pin) => pin.id,
                        None => db.add_evidence(issue, source, snippet, now)?.id,
                    });
                }
                evidence.dedup();
                db.save_why(&Why {
                    id: WhyId::new(),
                    issue,
                    parent,
                    order: tree.next_order(parent),
                    question: proposal.question,
                    answer: proposal.answer,
                    state,
                    join: Join::Or,
                    author,
                    evidence,
                    root_cause: None,
                    created_at: now,
                })?;
                db.touch_issue(issue, now)
            })
        })
        .await
}

/// A why of level n hangs below the latest one of level n-1 that was not refuted; where there is none, below the
/// deepest.
fn parent_for(tree: &WhyTree, level: u32) -> Option<WhyId> {
    if level <= 1 {
        return None;
    }
    let rows = tree.walk();
    let above = rows.iter().rfind(|(at, why)| *at + 1 == level && why.state != WhyState::Refuted);
    above.map(|(_, why)| why.id).or_else(|| tree.deepest().map(|why| why.id))
}

/// The pinned lines, redacted with the issue's vault.
pub(super) async fn snippet(
    session: &Arc<Session>,
    log: crate::domain::LogFileId,
    lines: crate::domain::LineRange,
) -> Result<Unredacted, Failure> {
    let (log, text) = super::log::read(session, log, lines.first, lines.count()).await?;
    let text = text.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    redacting(session, log.issue, move |redactor| Ok(redactor.redact(&text.into())?.as_str().into())).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(parent: Option<WhyId>, order: u32) -> Why {
        Why {
            id: WhyId::new(),
            issue: IssueId::new(),
            parent,
            order,
            question: "Why?".into(),
            answer: "Because.".into(),
            state: WhyState::Possible,
            join: Join::Or,
            author: Author::User,
            evidence: Vec::new(),
            root_cause: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_proposal_hangs_below_the_level_above_it() {
        let first = why(None, 0);
        let second = why(Some(first.id), 0);
        let tree = WhyTree::new(vec![first.clone(), second.clone()]);
        assert_eq!(parent_for(&tree, 1), None);
        assert_eq!(parent_for(&tree, 2), Some(first.id));
        assert_eq!(parent_for(&tree, 3), Some(second.id));
        assert_eq!(parent_for(&tree, 5), Some(second.id));
        assert_eq!(parent_for(&WhyTree::default(), 3), None);
    }
}
