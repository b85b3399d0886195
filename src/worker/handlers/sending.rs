//! Sending what was previewed: exactly that, once, and only if nothing has changed since.

use super::answers::{Following, sent_json};
use super::triage::{message, open_conversation};
use super::turns::{continued, session_of};
use crate::domain::{
    AuditAction, ChatMessage, IssueId, MessageState, PiiKind, Prompt, ProviderConfig, ProviderId, Role, Unredacted,
};
use crate::insight::estimate_tokens;
use crate::privacy::{Piece, Redacted, Vault};
use crate::store::{Conversation, Database, StoreError};
use crate::worker::command::Turn;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::{Session, Ticket};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a front end wants to send; it has shown it.
pub(super) struct Asked {
    pub(super) issue: IssueId,
    pub(super) provider: ProviderId,
    pub(super) draft: Unredacted,
    pub(super) turn: Turn,
    pub(super) prompt: Prompt<Redacted>,
}

/// Stores the question, records the attempt, sends, and follows the answer.
pub(super) async fn send(session: &Arc<Session>, reporter: &Reporter, asked: Asked) -> Result<Event, Failure> {
    let issue = asked.issue;
    let ticket = redeemed(session, asked).await?;
    let details = attempt(session, issue, &ticket).await?;
    let Ticket { provider, draft, turn, prompt, prepared, images, session_before, .. } = ticket;
    let config = provider.clone();
    let prompt_tokens: u32 = prompt.messages.iter().map(|message| estimate_tokens(message.text.as_str())).sum();
    let (question, answer, logs, (key, vault)) = session
        .call(move |db| {
            db.transaction(|db| {
                let conversation = open_conversation(db, issue, &config)?;
                let kept: Vec<_> = images.iter().map(|(id, _)| *id).collect();
                // The message that they belong to may be about to go.
                for image in &kept {
                    db.set_image_message(*image, None)?;
                }
                let (question, answer) = store_turn(db, &conversation, &config, (draft, turn))?;
                let owner = match &question {
                    Some(question) => Some(question.id),
                    None => last_question(db, issue)?,
                };
                for image in kept {
                    db.set_image_message(image, owner)?;
                }
                db.audit(AuditAction::AiSend, "conversation", &conversation.id.to_string(), &details)?;
                Ok((
                    question,
                    answer,
                    db.log_files(issue)?,
                    (db.provider_key(config.id)?, super::privacy::vault(db, issue)?),
                ))
            })
        })
        .await?;
    let started = Event::AnswerStarted { question: question.map(Box::new), answer: Box::new(answer.clone()) };
    reporter.report(started).await;
    let (provider, logs, vault) = (&provider, &logs, &vault);
    let following = Following { session, reporter, provider, logs, vault, session_before, prompt_tokens };
    following.follow(session.providers().chat(prepared, key), answer).await
}

/// The preview that is sent: refused unless it is the last one of the issue, and all is as it was when it was shown.
pub(super) async fn redeemed(session: &Session, asked: Asked) -> Result<Ticket, Failure> {
    let refused = |summary: &str| {
        Failure::new(FailureKind::RefusedByGate, summary, "Look at what will be sent, and send it again").retryable()
    };
    let ticket =
        session.take_ticket(asked.issue).ok_or_else(|| refused("only what was shown can be sent, and once"))?;
    let is_same = ticket.provider.id == asked.provider
        && ticket.prompt == asked.prompt
        && ticket.draft == asked.draft
        && ticket.turn == asked.turn;
    if !is_same {
        return Err(refused("this is not the text that was shown"));
    }
    let provider = session.provider(asked.provider).await?;
    if provider != ticket.provider {
        return Err(refused("the provider's settings have changed since the text was shown"));
    }
    let (issue, turn) = (asked.issue, asked.turn);
    let config = provider.clone();
    if session.call(move |db| session_of(db, issue, &config, turn)).await? != ticket.session_before {
        return Err(refused("the server's session has changed since the text was shown"));
    }
    if ticket.is_unredacted && session.settings().unredacted_for(&provider).is_none() {
        return Err(refused("redaction has been switched on since the text was shown"));
    }
    Ok(ticket)
}

/// What the audit log says of a sending: never any text.
pub(super) async fn attempt(session: &Session, issue: IssueId, ticket: &Ticket) -> Result<serde_json::Value, Failure> {
    let (vault, logs) = session.call(move |db| Ok((super::privacy::vault(db, issue)?, db.log_files(issue)?))).await?;
    let logs: Vec<_> = logs.iter().map(|log| log.id.to_string()).collect();
    let images = ticket.images.iter().map(
        |(_, image)| json!({"sha256": image.sha256(), "bytes": image.bytes().len(), "kind": image.kind().as_str()}),
    );
    Ok(json!({
        "outcome": "attempt", "issue": issue.to_string(), "provider": ticket.provider.name,
        "model": ticket.provider.model, "redacted": placeholders_in(&ticket.prompt, &vault), "log_files": logs,
        "redaction": if ticket.is_unredacted { "off" } else { "on" }, "images": images.collect::<Vec<_>>(),
        "sent": sent_json(&ticket.prepared.sent()),
    }))
}

fn placeholders_in(prompt: &Prompt<Redacted>, vault: &Vault) -> BTreeMap<&'static str, u64> {
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    for message in &prompt.messages {
        let text = message.text.as_str();
        for piece in vault.pieces(text) {
            if let Piece::Known { range, placeholder } = piece
                && text.get(range).is_some_and(|written| written == placeholder.to_string())
            {
                *counts.entry(PiiKind::as_str(placeholder.kind)).or_default() += 1;
            }
        }
    }
    counts
}

/// Puts the question and the empty answer where the turn says. Another answer to the same question has none of its own.
fn store_turn(
    db: &Database,
    conversation: &Conversation,
    provider: &ProviderConfig,
    (draft, turn): (Unredacted, Turn),
) -> Result<(Option<ChatMessage>, ChatMessage), StoreError> {
    if turn == Turn::Continue
        && let Some(broken) = continued(&db.messages(conversation.issue)?)
    {
        let answer = ChatMessage { state: MessageState::Streaming, ..broken.clone() };
        db.update_message(&answer)?;
        return Ok((None, answer));
    }
    match turn {
        Turn::New => {}
        Turn::Edit(message) => drop(db.remove_messages_from(message)?),
        Turn::Regenerate | Turn::Continue => {
            let last = last_question(db, conversation.issue)?.ok_or(StoreError::NotFound("message"))?;
            db.remove_messages_after(last)?;
        }
    }
    let question = turn.has_draft().then(|| message(conversation.id, Role::User, draft, MessageState::Complete));
    let mut answer = message(conversation.id, Role::Assistant, Unredacted::default(), MessageState::Streaming);
    answer.model = Some(provider.model.clone());
    if let Some(question) = &question {
        db.insert_message(question)?;
    }
    db.insert_message(&answer)?;
    Ok((question, answer))
}

fn last_question(db: &Database, issue: IssueId) -> Result<Option<crate::domain::MessageId>, StoreError> {
    Ok(db.messages(issue)?.iter().rfind(|message| message.role == Role::User).map(|message| message.id))
}
