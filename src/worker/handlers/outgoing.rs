//! What would be sent: built from what is stored, redacted as a whole, and shown as it is.

use super::context_window;
use super::privacy::redacting;
use crate::domain::{
    ApiFormat, ChatMessage, Evidence, Issue, IssueId, MessageId, Prompt, ProviderId, Role, Strictness, Unredacted,
    WhyTree,
};
use crate::insight::{self, Insight, Pack, estimate_tokens};
use crate::privacy::instruction_like;
use crate::worker::command::Turn;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::prompt::{self, Budget, PromptParts};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use crate::worker::snapshot::OutgoingPreview;
use std::sync::Arc;

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
    let issue = draft.issue;
    let facts = session
        .call(move |db| {
            Ok(Facts {
                issue: db.issue(issue)?,
                whys: WhyTree::new(db.whys(issue)?),
                evidence: db.evidence(issue)?,
                history: db.messages(issue)?,
            })
        })
        .await?;
    let (history, text) = history_and_draft(facts.history.clone(), draft.text, draft.turn)?;
    let limits = context_window::limits_of(session, &provider, &model).await;
    let is_local = provider.is_local() && !limits.is_elsewhere;
    let window = context_window::window(&provider, limits);
    let budget = Budget::new(window, provider.max_tokens, provider.is_local());
    let built = build(&facts, &insight, budget, &history, text.expose());
    let prompt = Prompt {
        model,
        messages: built.messages,
        max_tokens: built.budget.answer,
        temperature: provider.temperature,
        context_window: Some(built.budget.window),
    };
    let (mut prompt, redacted, kept) = redacting(session, issue, move |redactor| {
        let prompt = prompt.try_map(|text| redactor.redact(text))?;
        Ok((prompt, redactor.counts(), redactor.kept()))
    })
    .await?;
    let tokens = prompt.messages.iter().map(|message| estimate_tokens(message.text.as_str())).sum();
    if provider.api_format == ApiFormat::Ollama {
        prompt.context_window = Some(context_window::wanted(tokens, built.budget.answer, built.budget.window));
    }
    Ok(Event::MessagePreviewed(Box::new(OutgoingPreview {
        prompt,
        host: provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default(),
        is_local,
        may_skip_review: may_skip_review(session.settings().strictness, is_local, redacted.len()),
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
fn may_skip_review(strictness: Strictness, is_local: bool, found: usize) -> bool {
    match strictness {
        Strictness::AlwaysReview => false,
        Strictness::ReviewWhenFound => found == 0,
        Strictness::LocalWithoutReview => is_local,
    }
}

struct Facts {
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

fn build(facts: &Facts, insight: &Insight, budget: Budget, history: &[ChatMessage], draft: &str) -> Built {
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
    };
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
    use crate::domain::{ConversationId, MessageState};
    use jiff::Timestamp;

    fn message(role: Role, text: &str) -> ChatMessage {
        ChatMessage {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            role,
            text: text.into(),
            state: MessageState::Complete,
            model: None,
            usage: None,
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
    fn a_remote_server_never_gets_an_unseen_text_with_findings() {
        for strictness in Strictness::ALL {
            assert!(!may_skip_review(*strictness, false, 1), "{strictness:?}");
        }
        assert!(may_skip_review(Strictness::LocalWithoutReview, true, 1));
        assert!(!may_skip_review(Strictness::AlwaysReview, true, 0));
    }
}
