//! Where a message goes in a conversation: what comes before it, and the server's own memory of that.

use crate::domain::{ChatMessage, IssueId, MessageId, MessageState, ProviderConfig, Role, ServerToken, Unredacted};
use crate::store::{Database, StoreError};
use crate::worker::command::Turn;
use crate::worker::failure::{Failure, FailureKind};

/// How much of the end of an answer is quoted when it is to go on.
const GO_ON_CHARS: usize = 200;

/// The session of the server that the next message belongs to. `None` where the server keeps none, and where what it
/// remembers is not what stands here: after an edit, a failure, or an answer of another provider.
pub(super) fn session_of(
    db: &Database,
    issue: IssueId,
    provider: &ProviderConfig,
    turn: Turn,
) -> Result<Option<ServerToken>, StoreError> {
    if !provider.api_format.keeps_history() || matches!(turn, Turn::Edit(_) | Turn::Regenerate) {
        return Ok(None);
    }
    let conversations = db.conversations(issue)?;
    let Some(conversation) = conversations.into_iter().find(|one| one.provider == provider.id) else {
        return Ok(None);
    };
    let history = db.messages(issue)?;
    let is_current = history.last().is_some_and(|last| {
        last.conversation == conversation.id && last.role == Role::Assistant && last.state == MessageState::Complete
    });
    Ok(conversation.session.filter(|_| is_current).and_then(|session| ServerToken::parse(session.expose())))
}

/// The answer that goes on: the last message, if it is one that broke off with something in it.
pub(super) fn continued(history: &[ChatMessage]) -> Option<&ChatMessage> {
    history.last().filter(|last| last.role == Role::Assistant && !last.text.is_blank())
}

/// Asks for the rest of an answer. Its end is quoted, since a model with a small window may not see the whole.
fn go_on(broken: &ChatMessage) -> Unredacted {
    let text = broken.text.expose();
    let skipped = text.chars().count().saturating_sub(GO_ON_CHARS);
    let tail: String = text.chars().skip(skipped).collect();
    Unredacted::new(format!(
        "Your last answer broke off. Go on exactly where it ended, without repeating anything and without a new \
         beginning. It ended with:\n\n{tail}"
    ))
}

/// The messages that come before the draft, and the draft: for another answer, it is the last question.
pub(super) fn history_and_draft(
    mut history: Vec<ChatMessage>,
    draft: Unredacted,
    turn: Turn,
) -> Result<(Vec<ChatMessage>, Unredacted), Failure> {
    let draft = match turn {
        Turn::New => draft,
        Turn::Continue => match continued(&history).map(go_on) {
            Some(draft) => draft,
            None => return history_and_draft(history, draft, Turn::Regenerate),
        },
        Turn::Edit(message) => {
            let at = position(&history, message)?;
            history.truncate(at);
            draft
        }
        Turn::Regenerate => {
            let last = history.iter().rposition(|message| message.role == Role::User);
            let Some(at) = last else {
                return Err(Failure::new(FailureKind::Other, "there is no question to answer again", "Write one"));
            };
            let question = history.get(at).map(|message| message.text.clone()).unwrap_or_default();
            history.truncate(at);
            question
        }
    };
    if draft.is_blank() {
        return Err(Failure::new(FailureKind::Other, "there is nothing to send", "Write a message first"));
    }
    Ok((history, draft))
}

fn position(history: &[ChatMessage], id: MessageId) -> Result<usize, Failure> {
    let found = history.iter().position(|message| message.id == id);
    found.ok_or_else(|| Failure::new(FailureKind::Other, "this message is not there any more", "Load the chat again"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConversationId;
    use jiff::Timestamp;

    fn message(role: Role, text: &str) -> ChatMessage {
        ChatMessage {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            role,
            text: text.into(),
            reasoning: Unredacted::default(),
            state: MessageState::Complete,
            model: None,
            usage: None,
            cost_micros: None,
            took: None,
            proposals: Vec::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn another_answer_is_asked_with_the_last_question() {
        let history = vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c")];
        let (before, draft) = history_and_draft(history, Unredacted::default(), Turn::Regenerate).unwrap();
        assert_eq!((before.len(), draft.expose()), (2, "c"));
    }

    #[test]
    fn an_edit_takes_the_place_of_all_that_came_after() {
        let history = vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c")];
        let first = history[0].id;
        let (before, draft) = history_and_draft(history, "A".into(), Turn::Edit(first)).unwrap();
        assert_eq!((before.len(), draft.expose()), (0, "A"));
    }

    #[test]
    fn a_broken_answer_goes_on_where_it_ended() {
        let broken = format!("{}the pool was", "x".repeat(500));
        let history = vec![message(Role::User, "a"), message(Role::Assistant, &broken)];
        let (before, draft) = history_and_draft(history, "typed".into(), Turn::Continue).unwrap();
        assert_eq!(before.len(), 2);
        assert!(draft.expose().ends_with("xthe pool was") && !draft.expose().contains("typed"));
        assert!(draft.expose().len() < 500);
        // Nothing had come: the question is asked again.
        let history = vec![message(Role::User, "a"), message(Role::Assistant, " ")];
        let (before, draft) = history_and_draft(history, Unredacted::default(), Turn::Continue).unwrap();
        assert_eq!((before.len(), draft.expose()), (0, "a"));
    }
}
