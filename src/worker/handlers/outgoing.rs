//! What would be sent: built from what is stored, redacted as a whole, and shown as it is.

use super::privacy::redacting;
use crate::domain::{
    ChatMessage, Evidence, Issue, IssueId, MessageId, MessageState, Prompt, ProviderConfig, ProviderId, Role,
    ServerToken, Strictness, Unredacted, WhyTree,
};
use crate::insight::{self, Insight, Pack, estimate_tokens};
use crate::privacy::instruction_like;
use crate::store::{Database, StoreError};
use crate::worker::command::Turn;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::prompt::{self, Budget, PromptParts};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use crate::worker::snapshot::OutgoingPreview;
use std::sync::Arc;

/// How much of the end of an answer is quoted when it is to go on.
const GO_ON_CHARS: usize = 200;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) issue: IssueId,
    pub(super) provider: ProviderId,
    pub(super) text: Unredacted,
    pub(super) turn: Turn,
}

pub(super) async fn preview(session: &Arc<Session>, reporter: &Reporter, draft: Draft) -> Result<Event, Failure> {
    let provider = session.provider(draft.provider).await?;
    let model = provider.model_id().ok_or_else(|| {
        Failure::new(
            FailureKind::ProviderSettings,
            "no model is chosen for this provider",
            "Choose one in its settings",
        )
    })?;
    let (insight, _logs) = super::insight::of_issue(session, reporter, draft.issue).await?;
    let (issue, turn, config) = (draft.issue, draft.turn, provider.clone());
    let facts = session
        .call(move |db| {
            Ok(Facts {
                in_session: session_of(db, issue, &config, turn)?.is_some(),
                issue: db.issue(issue)?,
                whys: WhyTree::new(db.whys(issue)?),
                evidence: db.evidence(issue)?,
                history: db.messages(issue)?,
            })
        })
        .await?;
    let (history, text) = history_and_draft(facts.history.clone(), draft.text, draft.turn)?;
    let built = build(&facts, &insight, &provider, &history, text.expose());
    let prompt = Prompt {
        model,
        messages: built.messages,
        max_tokens: built.budget.answer,
        temperature: provider.temperature,
        context_window: Some(built.budget.window),
    };
    let (prompt, redacted, kept) = redacting(session, issue, move |redactor| {
        let prompt = prompt.try_map(|text| redactor.redact(text))?;
        Ok((prompt, redactor.counts(), redactor.kept()))
    })
    .await?;
    let tokens = prompt.messages.iter().map(|message| estimate_tokens(message.text.as_str())).sum();
    Ok(Event::MessagePreviewed(Box::new(OutgoingPreview {
        prompt,
        host: provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default(),
        is_local: provider.is_local(),
        may_skip_review: may_skip_review(session.settings().strictness, &provider, redacted.is_empty()),
        redacted,
        kept,
        tokens,
        coverage: built.pack.coverage,
        log_shares: built.pack.per_log_share.clone(),
        instruction_like: suspicious(&insight, &built.pack),
        left_out: built.left_out,
    })))
}

/// Only servers on this machine may get a text that nobody has looked at; anywhere else it depends on the setting and
/// on whether something was found.
fn may_skip_review(strictness: Strictness, provider: &ProviderConfig, nothing_found: bool) -> bool {
    match strictness {
        Strictness::AlwaysReview => false,
        Strictness::ReviewWhenFound => nothing_found,
        Strictness::LocalWithoutReview => provider.is_local(),
    }
}

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

struct Facts {
    /// Whether the server knows what was said before.
    in_session: bool,
    issue: Issue,
    whys: WhyTree,
    evidence: Vec<Evidence>,
    history: Vec<ChatMessage>,
}

struct Built {
    messages: Vec<crate::domain::Message<Unredacted>>,
    budget: Budget,
    pack: Pack,
    left_out: Vec<String>,
}

fn build(facts: &Facts, insight: &Insight, provider: &ProviderConfig, history: &[ChatMessage], draft: &str) -> Built {
    let keeps_history = provider.api_format.keeps_history();
    let budget = Budget::new(provider.context_window, provider.max_tokens, provider.is_local());
    let whole = insight::prompts::for_domain(facts.issue.domain);
    let is_whole = budget.has_room_beside(&whole);
    let system = if is_whole { whole } else { insight::prompts::BRIEF.to_owned() };
    let parts = PromptParts {
        system: &system,
        issue: &facts.issue,
        whys: &facts.whys,
        evidence: &facts.evidence,
        history,
        draft,
        takes_one_message: keeps_history,
    };
    if facts.in_session {
        let (messages, left_out) = prompt::next_of_session(&parts);
        return Built { messages, budget, pack: insight::pack(insight, 0), left_out: vec![left_out] };
    }
    let pack = insight::pack(insight, budget.for_logs(&parts));
    let (messages, mut left_out) = prompt::messages(&parts, &pack, budget);
    if !is_whole {
        left_out.push("the domain's own instructions: the model's context window is small".to_owned());
    }
    Built { messages, budget, pack, left_out }
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

/// Lines in the pack that speak to the model rather than about the system.
fn suspicious(insight: &Insight, pack: &Pack) -> Vec<String> {
    let examples = insight.templates.iter().flat_map(|template| &template.examples);
    let lines = examples.filter(|line| pack.cited.contains(&line.at) && instruction_like(line.text.expose()));
    lines.map(|line| insight.cite(line.at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConversationId, ProviderKind};
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

    #[test]
    fn a_remote_server_never_gets_an_unseen_text_with_findings() {
        let remote = ProviderConfig::new("r", ProviderKind::OpenAi, "https://api.example.com/v1", "m");
        let local = ProviderConfig::new("l", ProviderKind::OpenAi, "http://localhost:1234/v1", "m");
        let mut gateway = ProviderConfig::new("g", ProviderKind::OpenAi, "http://localhost:8000/v1", "m");
        gateway.forwards = true;
        assert!(!may_skip_review(Strictness::LocalWithoutReview, &gateway, false));
        for strictness in Strictness::ALL {
            assert!(!may_skip_review(*strictness, &remote, false), "{strictness:?}");
        }
        assert!(may_skip_review(Strictness::LocalWithoutReview, &local, false));
        assert!(!may_skip_review(Strictness::AlwaysReview, &local, true));
    }
}
