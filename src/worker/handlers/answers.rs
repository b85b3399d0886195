//! An answer on its way: stored while it streams, and whole whatever ends it.

use super::insight::verified;
use crate::domain::{
    AuditAction, ChatMessage, Citation, ConversationId, LogFile, MessageState, Price, Proposal, ProviderConfig,
    ServerToken, Unredacted, Usage,
};
use crate::insight::{citations, estimate_tokens, parse_proposals};
use crate::privacy::Vault;
use crate::providers::{Chat, Delta, FinishReason, ProviderError, Sent};
use crate::store::Store;
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use serde_json::json;
use std::time::{Duration, Instant};

/// How much of an answer may be lost when the power goes.
const STORE_EVERY: Duration = Duration::from_millis(300);

/// Follows an answer to its end.
pub(super) struct Following<'a> {
    pub(super) session: &'a Session,
    pub(super) reporter: &'a Reporter,
    pub(super) provider: &'a ProviderConfig,
    pub(super) logs: &'a [LogFile],
    /// The names of logs may themselves have been redacted.
    pub(super) vault: &'a Vault,
    /// The server's session that the question was asked in.
    pub(super) session_before: Option<ServerToken>,
    /// About how many tokens were sent.
    pub(super) prompt_tokens: u32,
}

impl Following<'_> {
    /// Streams into the message, which is stored already and empty. Dropping the future stops the answer and keeps what
    /// came.
    pub(super) async fn follow(&self, mut chat: Chat, message: ChatMessage) -> Result<Event, Failure> {
        let mut open = OpenAnswer::new(self.session.store.clone(), message, (self.prompt_tokens, self.provider.price));
        loop {
            match chat.next().await {
                Ok(Some(Delta::Text(delta))) => {
                    let delta = open.joined(delta);
                    open.grow(&delta);
                    let message = open.message.id;
                    self.reporter.report(Event::AnswerGrew { message, delta }).await;
                }
                Ok(Some(Delta::Reasoning(delta))) => {
                    open.message.reasoning.push(delta.expose());
                    let message = open.message.id;
                    self.reporter.report(Event::ReasoningGrew { message, delta }).await;
                }
                Ok(Some(Delta::Retrying { attempt, wait, reason })) => {
                    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                    self.reporter.report(Event::Retrying { attempt, wait_ms, reason }).await;
                }
                // The body differs from the one that was recorded, so it is recorded as well.
                Ok(Some(Delta::Corrected { parameter, sent })) => {
                    let details =
                        json!({"sent": sent_json(&sent), "without": parameter.as_str(), "outcome": "attempt"});
                    let id = open.message.conversation.to_string();
                    self.session.call(move |db| db.audit(AuditAction::AiSend, "conversation", &id, &details)).await?;
                }
                Ok(Some(Delta::Finished(answer))) => {
                    self.keep_session(open.message.conversation, answer.session).await?;
                    return self.finished(open, answer.usage, answer.finish).await;
                }
                Ok(None) => return self.finished(open, Usage::default(), FinishReason::Stop).await,
                Err(error) => return Err(self.failed(open, error).await),
            }
        }
    }

    /// Keeps what the server wants to see with the next message of this conversation, and of no other.
    async fn keep_session(&self, conversation: ConversationId, given: Option<ServerToken>) -> Result<(), Failure> {
        let Some(session) = given.or_else(|| self.session_before.clone()) else { return Ok(()) };
        let session = Unredacted::from(session.as_str());
        self.session.call(move |db| db.set_session(conversation, Some(&session))).await
    }

    async fn finished(&self, mut open: OpenAnswer, usage: Usage, finish: FinishReason) -> Result<Event, Failure> {
        let (visible, proposals) = parse_proposals(open.message.text.expose(), &self.provider.model);
        let proposals = self.with_evidence(proposals, &visible);
        let cut = finish == FinishReason::Length;
        open.message.text = Unredacted::new(visible);
        // An answer that goes on has some of its own already.
        open.message.proposals.extend(proposals);
        open.message.cost_micros =
            sum(open.message.cost_micros, self.provider.price.map(|price| price.cost_micros(&usage)));
        open.message.usage = Some(added(open.message.usage, usage));
        open.message.state = if cut { MessageState::Incomplete } else { MessageState::Complete };
        let message = self.close(open, if cut { "cut off at the most tokens" } else { "complete" }).await?;
        Ok(Event::Answered(Box::new(message)))
    }

    async fn failed(&self, mut open: OpenAnswer, error: ProviderError) -> Failure {
        open.message.state = MessageState::Incomplete;
        open.estimate_usage();
        let failure = Failure::from(error);
        match self.close(open, "failed").await {
            Ok(_kept) => failure,
            Err(second) => Failure { details: format!("{}; {}", failure.details, second.summary), ..failure },
        }
    }

    /// Writes how the answer ended, with its audit entry.
    async fn close(&self, mut open: OpenAnswer, outcome: &str) -> Result<ChatMessage, Failure> {
        let message = open.take();
        let usage = message.usage.unwrap_or_default();
        let details = json!({
            "provider": self.provider.name, "model": self.provider.model, "outcome": outcome,
            "duration_ms": message.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            "bytes": message.text.expose().len(), "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens, "cost_micros": message.cost_micros,
        });
        let stored = message.clone();
        self.session
            .call(move |db| {
                db.transaction(|db| {
                    db.update_message(&stored)?;
                    let id = stored.conversation.to_string();
                    db.audit(AuditAction::AiReceive, "conversation", &id, &details)
                })
            })
            .await?;
        Ok(message)
    }

    /// Only lines that exist count. A proposal without lines of its own gets those that the text cites.
    fn with_evidence(&self, proposals: Vec<Proposal>, visible: &str) -> Vec<Proposal> {
        let concealed = self.logs.iter().map(|log| self.vault.conceal(&log.file_name));
        let names: Vec<_> = self.logs.iter().map(|log| log.file_name.clone()).chain(concealed).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let by_name = |citation: Citation| Citation { file_name: self.vault.restore(&citation.file_name), ..citation };
        let in_text: Vec<_> = citations(visible, &names).into_iter().map(|(_, citation)| by_name(citation)).collect();
        let only_one = proposals.len() == 1;
        let checked = proposals.into_iter().map(|proposal| {
            let own = verified(proposal.citations.into_iter().map(by_name).collect(), self.logs);
            let cited = if own.is_empty() && only_one { verified(in_text.clone(), self.logs) } else { own };
            Proposal { citations: cited, ..proposal }
        });
        checked.collect()
    }
}

/// What an answer has used in all of its parts.
fn added(before: Option<Usage>, now: Usage) -> Usage {
    let before = before.unwrap_or_default();
    Usage {
        prompt_tokens: before.prompt_tokens.saturating_add(now.prompt_tokens),
        completion_tokens: before.completion_tokens.saturating_add(now.completion_tokens),
        estimated: before.estimated || now.estimated,
    }
}

fn tokens_of(message: &ChatMessage) -> u32 {
    estimate_tokens(message.text.expose()).saturating_add(estimate_tokens(message.reasoning.expose()))
}

fn sum(before: Option<u64>, now: Option<u64>) -> Option<u64> {
    before.into_iter().chain(now).reduce(u64::saturating_add)
}

/// What goes on the wire, for the audit log.
pub(super) fn sent_json(sent: &Sent) -> serde_json::Value {
    json!({"host": sent.host, "bytes": sent.bytes, "body_sha256": sent.body_sha256})
}

/// An answer that is not finished. Dropping it stores what came and marks it as stopped.
struct OpenAnswer {
    store: Store,
    message: ChatMessage,
    /// Whether something of it came before.
    goes_on: bool,
    /// How long its earlier parts took.
    took_before: Duration,
    /// About how many tokens its earlier parts have.
    tokens_before: u32,
    prompt_tokens: u32,
    price: Option<Price>,
    began: Instant,
    stored_at: Instant,
    /// What came since it was last stored.
    unsaved: Unredacted,
    is_open: bool,
}

impl OpenAnswer {
    fn new(store: Store, message: ChatMessage, (prompt_tokens, price): (u32, Option<Price>)) -> Self {
        let now = Instant::now();
        let tokens_before = tokens_of(&message);
        let took_before = message.took.unwrap_or_default();
        let goes_on = !message.text.is_blank();
        Self {
            store,
            message,
            goes_on,
            took_before,
            tokens_before,
            prompt_tokens,
            price,
            began: now,
            stored_at: now,
            unsaved: Unredacted::default(),
            is_open: true,
        }
    }

    /// The first words that go on with an answer. A model that goes on leaves out the space behind a sentence; within a
    /// word there is none to be left out.
    fn joined(&mut self, delta: Unredacted) -> Unredacted {
        let goes_on = std::mem::take(&mut self.goes_on);
        let ends = self.message.text.expose().ends_with(['.', ':', ';', ',', '!', '?', ')']);
        let begins = delta.expose().starts_with(char::is_alphanumeric);
        if goes_on && ends && begins { Unredacted::new(format!(" {}", delta.expose())) } else { delta }
    }

    fn grow(&mut self, delta: &Unredacted) {
        self.message.text.push(delta.expose());
        self.unsaved.push(delta.expose());
        if self.stored_at.elapsed() >= STORE_EVERY {
            self.stored_at = Instant::now();
            let (id, more) = (self.message.id, std::mem::take(&mut self.unsaved));
            self.store.post(move |db| db.grow_message(id, &more));
        }
    }

    /// What an answer has used that did not come to its end, where servers tell it.
    fn estimate_usage(&mut self) {
        let completion_tokens = tokens_of(&self.message).saturating_sub(self.tokens_before);
        if completion_tokens == 0 {
            return;
        }
        let usage = Usage { prompt_tokens: self.prompt_tokens, completion_tokens, estimated: true };
        self.message.cost_micros = sum(self.message.cost_micros, self.price.map(|price| price.cost_micros(&usage)));
        self.message.usage = Some(added(self.message.usage, usage));
    }

    /// The message as it is now; from here on the caller stores it.
    fn take(&mut self) -> ChatMessage {
        self.is_open = false;
        self.message.took = Some(self.took_before + self.began.elapsed());
        self.message.clone()
    }
}

impl Drop for OpenAnswer {
    fn drop(&mut self) {
        if !self.is_open {
            return;
        }
        self.estimate_usage();
        let mut message = self.take();
        message.state = MessageState::Stopped;
        let details = json!({"outcome": "stopped by the user", "bytes": message.text.expose().len()});
        self.store.post(move |db| {
            db.transaction(|db| {
                db.update_message(&message)?;
                let id = message.conversation.to_string();
                db.audit(AuditAction::AiReceive, "conversation", &id, &details).map(drop)
            })
        });
    }
}
