//! Messages of conversations, stored as they happen.

use super::columns::{int, json, optional_uint, parsed, precise, text, uint, unexpected, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{
    Author, ChatMessage, Citation, IssueId, LineRange, MessageId, MessageState, Proposal, Role, RootCauseCategory,
    Unredacted, Usage,
};
use rusqlite::{OptionalExtension as _, Row, named_params};
use serde::{Deserialize, Serialize};
use std::time::Duration;

impl Database {
    /// Adds a message at the end.
    pub fn insert_message(&self, message: &ChatMessage) -> Result<(), StoreError> {
        self.write_message(
            message,
            "INSERT INTO ai_messages (id, conversation_id, role, content, token_count, created_at, state, model,
                 prompt_tokens, tokens_estimated, took_ms, proposals, reasoning, cost_micros)
             VALUES (:id, :conversation, :role, :content, :tokens, :at, :state, :model, :prompt_tokens, :estimated,
                 :took, :proposals, :reasoning, :cost)",
        )?;
        Ok(())
    }

    /// Writes all of a message that is there: how an answer ended.
    pub fn update_message(&self, message: &ChatMessage) -> Result<(), StoreError> {
        let changed = self.write_message(
            message,
            "UPDATE ai_messages SET conversation_id = :conversation, role = :role, content = :content,
                 token_count = :tokens, created_at = :at, state = :state, model = :model,
                 prompt_tokens = :prompt_tokens, tokens_estimated = :estimated, took_ms = :took,
                 proposals = :proposals, reasoning = :reasoning, cost_micros = :cost
             WHERE id = :id",
        )?;
        found(changed, "message")
    }

    fn write_message(&self, message: &ChatMessage, sql: &str) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": message.id.to_string(),
            ":conversation": message.conversation.to_string(),
            ":role": message.role.as_str(),
            ":content": message.text.expose(),
            ":tokens": message.usage.map(|usage| usage.completion_tokens),
            ":at": precise(message.created_at),
            ":state": message.state.as_str(),
            ":model": message.model,
            ":prompt_tokens": message.usage.map(|usage| usage.prompt_tokens),
            ":estimated": message.usage.is_some_and(|usage| usage.estimated),
            ":took": message.took.map(|took| int(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))),
            ":proposals": proposals_to_json(&message.proposals),
            ":reasoning": message.reasoning.expose(),
            ":cost": message.cost_micros.map(int),
        })?)
    }

    /// Adds what has come of an answer.
    pub fn grow_message(&self, id: MessageId, more: &Unredacted) -> Result<(), StoreError> {
        let sql = "UPDATE ai_messages SET content = content || ?2 WHERE id = ?1";
        found(self.connection.prepare_cached(sql)?.execute([&id.to_string(), more.expose()])?, "message")
    }

    /// Says how far the message has come, when nothing else of it is known: the user stopped it, the stream broke.
    pub fn set_message_state(&self, id: MessageId, state: MessageState) -> Result<(), StoreError> {
        let sql = "UPDATE ai_messages SET state = ?2 WHERE id = ?1";
        found(self.connection.prepare_cached(sql)?.execute([id.to_string().as_str(), state.as_str()])?, "message")
    }

    /// Keeps what is left of the proposals after one was accepted or declined.
    pub fn set_proposals(&self, id: MessageId, proposals: &[Proposal]) -> Result<(), StoreError> {
        let sql = "UPDATE ai_messages SET proposals = ?2 WHERE id = ?1";
        found(self.connection.execute(sql, [id.to_string(), proposals_to_json(proposals)])?, "message")
    }

    pub fn message(&self, id: MessageId) -> Result<ChatMessage, StoreError> {
        let sql = "SELECT ai_messages.* FROM ai_messages JOIN ai_conversations ON ai_conversations.id = conversation_id
                       JOIN issues ON issues.id = issue_id
                   WHERE ai_messages.id = ?1 AND deleted_at IS NULL";
        let message = self.connection.prepare_cached(sql)?.query_row([id.to_string()], message_from).optional()?;
        message.ok_or(StoreError::NotFound("message"))
    }

    /// The history of an issue over all its conversations, oldest first, without the system messages: whichever
    /// provider is asked next continues with it.
    pub fn messages(&self, issue: IssueId) -> Result<Vec<ChatMessage>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT ai_messages.* FROM ai_messages JOIN ai_conversations ON ai_conversations.id = conversation_id
                   WHERE issue_id = ?1 AND role <> 'system' ORDER BY ai_messages.number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let messages = statement.query_map([issue.to_string()], message_from)?;
        Ok(messages.collect::<Result<_, _>>()?)
    }

    /// Removes this message and all that came after it in the history of its issue: what an edit or a new answer
    /// takes the place of. System messages stay. Returns how many were removed.
    pub fn remove_messages_from(&self, id: MessageId) -> Result<usize, StoreError> {
        self.remove_messages(id, ">=")
    }

    /// As [`Self::remove_messages_from`], but this message stays.
    pub fn remove_messages_after(&self, id: MessageId) -> Result<usize, StoreError> {
        self.remove_messages(id, ">")
    }

    fn remove_messages(&self, id: MessageId, comparison: &'static str) -> Result<usize, StoreError> {
        self.transaction(|db| {
            db.message(id)?;
            let sql = format!(
                "DELETE FROM ai_messages
                 WHERE number {comparison} (SELECT number FROM ai_messages WHERE id = ?1) AND role <> 'system'
                 AND conversation_id IN
                     (SELECT id FROM ai_conversations WHERE issue_id =
                         (SELECT issue_id FROM ai_messages JOIN ai_conversations
                              ON ai_conversations.id = conversation_id WHERE ai_messages.id = ?1))"
            );
            Ok(db.connection.execute(&sql, [id.to_string()])?)
        })
    }

    /// Messages that the last run was still receiving will not go on.
    pub(super) fn mark_streaming_incomplete(&self) -> Result<(), StoreError> {
        self.connection.execute("UPDATE ai_messages SET state = 'incomplete' WHERE state = 'streaming'", [])?;
        Ok(())
    }
}

fn message_from(row: &Row<'_>) -> rusqlite::Result<ChatMessage> {
    Ok(ChatMessage {
        id: parsed(row, "id")?,
        conversation: parsed(row, "conversation_id")?,
        role: word(row, "role", Role::parse)?,
        text: text(row, "content")?,
        reasoning: text(row, "reasoning")?,
        state: word(row, "state", MessageState::parse)?,
        model: row.get("model")?,
        usage: usage_from(row)?,
        cost_micros: optional_uint(row, "cost_micros")?,
        took: optional_uint(row, "took_ms")?.map(Duration::from_millis),
        proposals: json::<Vec<StoredProposal>>(row, "proposals")?
            .into_iter()
            .map(StoredProposal::read)
            .collect::<Option<_>>()
            .ok_or_else(|| unexpected("proposals"))?,
        created_at: parsed(row, "created_at")?,
    })
}

fn usage_from(row: &Row<'_>) -> rusqlite::Result<Option<Usage>> {
    let (prompt, completion): (Option<u32>, Option<u32>) = (row.get("prompt_tokens")?, row.get("token_count")?);
    let Some((prompt_tokens, completion_tokens)) = prompt.zip(completion) else { return Ok(None) };
    Ok(Some(Usage { prompt_tokens, completion_tokens, estimated: uint(row, "tokens_estimated")? > 0 }))
}

/// A proposal as JSON. A shape of its own, so that the domain may change without old rows becoming unreadable.
#[derive(Serialize, Deserialize)]
struct StoredProposal {
    level: u32,
    question: String,
    answer: String,
    citations: Vec<StoredCitation>,
    root_cause: Option<String>,
    confidence: Option<u8>,
    author: String,
}

#[derive(Serialize, Deserialize)]
struct StoredCitation {
    file_name: String,
    first: u64,
    last: u64,
    log: Option<String>,
}

impl StoredProposal {
    fn of(proposal: &Proposal) -> Self {
        let citations = proposal.citations.iter().map(|citation| StoredCitation {
            file_name: citation.file_name.clone(),
            first: citation.lines.first,
            last: citation.lines.last,
            log: citation.log.map(|log| log.to_string()),
        });
        Self {
            level: proposal.level,
            question: proposal.question.expose().to_owned(),
            answer: proposal.answer.expose().to_owned(),
            citations: citations.collect(),
            root_cause: proposal.root_cause.map(|category| category.as_str().to_owned()),
            confidence: proposal.confidence,
            author: proposal.author.to_word(),
        }
    }

    fn read(self) -> Option<Proposal> {
        let citations = self.citations.into_iter().map(|citation| {
            Some(Citation {
                file_name: citation.file_name,
                lines: LineRange::new(citation.first, citation.last)?,
                log: citation.log.map(|log| log.parse()).transpose().ok()?,
            })
        });
        Some(Proposal {
            level: self.level,
            question: self.question.into(),
            answer: self.answer.into(),
            citations: citations.collect::<Option<_>>()?,
            root_cause: self.root_cause.as_deref().and_then(RootCauseCategory::parse),
            confidence: self.confidence,
            author: Author::from_word(&self.author),
        })
    }
}

fn proposals_to_json(proposals: &[Proposal]) -> String {
    let stored: Vec<_> = proposals.iter().map(StoredProposal::of).collect();
    serde_json::to_string(&stored).unwrap_or_else(|_| "[]".to_owned())
}
