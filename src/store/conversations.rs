//! Conversations: the chat of one issue with one provider.

use super::columns::{optional_text, parsed, precise, text};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{ConversationId, IssueId, MessageId, ProviderId, Role, Unredacted};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params, params};

/// The chat of one issue with one provider, apart from its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    pub issue: IssueId,
    pub provider: ProviderId,
    /// The model that it was begun with.
    pub model: String,
    pub title: Unredacted,
    pub created_at: Timestamp,
    /// What the server wants to see again to continue a session of its own.
    pub session: Option<Unredacted>,
}

/// What a conversation is begun with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConversation {
    pub issue: IssueId,
    pub provider: ProviderId,
    pub model: String,
    pub title: Unredacted,
    /// Kept as the first message.
    pub system_prompt: Unredacted,
}

impl Database {
    /// The conversation of this issue with this provider; made on first use.
    pub fn open_conversation(&self, new: &NewConversation, at: Timestamp) -> Result<Conversation, StoreError> {
        self.transaction(|db| {
            db.require_issue(new.issue)?;
            if let Some(there) = db.find_conversation(new.issue, new.provider)? {
                return Ok(there);
            }
            let conversation = Conversation {
                id: ConversationId::new(),
                issue: new.issue,
                provider: new.provider,
                model: new.model.clone(),
                title: new.title.clone(),
                created_at: at,
                session: None,
            };
            db.insert_conversation(&conversation)?;
            db.insert_system_prompt(conversation.id, &new.system_prompt, at)?;
            Ok(conversation)
        })
    }

    fn insert_conversation(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let sql = "INSERT INTO ai_conversations (id, issue_id, provider, model, created_at, title)
                   VALUES (:id, :issue, :provider, :model, :at, :title)";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": conversation.id.to_string(),
            ":issue": conversation.issue.to_string(),
            ":provider": conversation.provider.to_string(),
            ":model": conversation.model,
            ":at": precise(conversation.created_at),
            ":title": conversation.title.expose(),
        })?;
        Ok(())
    }

    fn insert_system_prompt(
        &self,
        conversation: ConversationId,
        prompt: &Unredacted,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO ai_messages (id, conversation_id, role, content, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                MessageId::new().to_string(),
                conversation.to_string(),
                Role::System.as_str(),
                prompt.expose(),
                precise(at)
            ],
        )?;
        Ok(())
    }

    fn find_conversation(&self, issue: IssueId, provider: ProviderId) -> Result<Option<Conversation>, StoreError> {
        let sql = "SELECT * FROM ai_conversations WHERE issue_id = ?1 AND provider = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([issue.to_string(), provider.to_string()], conversation_from).optional()?)
    }

    /// In the order in which they were begun.
    pub fn conversations(&self, issue: IssueId) -> Result<Vec<Conversation>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM ai_conversations WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let conversations = statement.query_map([issue.to_string()], conversation_from)?;
        Ok(conversations.collect::<Result<_, _>>()?)
    }

    pub fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let sql = "SELECT * FROM ai_conversations WHERE id = ?1";
        let found = self.connection.prepare_cached(sql)?.query_row([id.to_string()], conversation_from).optional()?;
        found.ok_or(StoreError::NotFound("conversation"))
    }

    /// The first message, which the program wrote.
    pub fn system_prompt(&self, conversation: ConversationId) -> Result<Unredacted, StoreError> {
        let sql =
            "SELECT content FROM ai_messages WHERE conversation_id = ?1 AND role = 'system' ORDER BY number LIMIT 1";
        let prompt = self
            .connection
            .prepare_cached(sql)?
            .query_row([conversation.to_string()], |row| text(row, "content"))
            .optional()?;
        prompt.ok_or(StoreError::NotFound("conversation"))
    }

    /// Replaces the first message, after the issue's domain has changed.
    pub fn set_system_prompt(&self, conversation: ConversationId, prompt: &Unredacted) -> Result<(), StoreError> {
        let sql = "UPDATE ai_messages SET content = ?2 WHERE conversation_id = ?1 AND role = 'system'";
        found(self.connection.execute(sql, [&conversation.to_string(), prompt.expose()])?, "conversation")
    }

    /// Keeps what the server wants to see again.
    pub fn set_session(&self, conversation: ConversationId, session: Option<&Unredacted>) -> Result<(), StoreError> {
        let sql = "UPDATE ai_conversations SET session = ?2 WHERE id = ?1";
        let session = session.map(Unredacted::expose);
        found(self.connection.execute(sql, params![conversation.to_string(), session])?, "conversation")
    }

    /// Ends the sessions of all conversations with a provider: another server knows nothing of them.
    pub fn end_sessions(&self, provider: ProviderId) -> Result<(), StoreError> {
        let sql = "UPDATE ai_conversations SET session = NULL WHERE provider = ?1";
        self.connection.execute(sql, [provider.to_string()])?;
        Ok(())
    }
}

fn conversation_from(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        provider: parsed(row, "provider")?,
        model: row.get("model")?,
        title: text(row, "title")?,
        created_at: parsed(row, "created_at")?,
        session: optional_text(row, "session")?,
    })
}
