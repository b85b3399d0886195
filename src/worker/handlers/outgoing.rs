//! What would be sent: built from what is stored, redacted as a whole, and shown as it is.

use super::context_window;
use super::images;
use super::privacy::redacting;
use super::turns::{history_and_draft, session_of};
use crate::domain::{
    ApiFormat, AttachedImage, ChatMessage, Evidence, Issue, IssueId, Loopback, PiiKind, Prompt, ProviderConfig,
    ProviderId, ServerToken, Settings, Strictness, Unredacted, WhyTree,
};
use crate::insight::{self, Insight, Pack, estimate_tokens};
use crate::privacy::{Confirmation, Redacted, instruction_like};
use crate::worker::command::Turn;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::prompt::{self, Budget, PromptParts};
use crate::worker::report::Reporter;
use crate::worker::services::{Session, Ticket};
use crate::worker::snapshot::OutgoingPreview;
use std::sync::Arc;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) issue: IssueId,
    pub(super) provider: ProviderId,
    pub(super) text: Unredacted,
    pub(super) turn: Turn,
    /// The images that may go along.
    pub(super) images: Vec<Confirmation>,
}

pub(super) async fn preview(session: &Arc<Session>, reporter: &Reporter, draft: Draft) -> Result<Event, Failure> {
    // Whatever was shown before may not be sent any more.
    session.forget_ticket(draft.issue);
    let provider = session.provider(draft.provider).await?;
    let model = provider.model_id().ok_or_else(no_model)?;
    let host = provider.origin().map(|origin| origin.host().to_owned()).unwrap_or_default();
    let (insight, _logs) = super::insight::of_issue(session, reporter, draft.issue).await?;
    let Draft { issue, text, turn, images: confirmations, .. } = draft;
    let facts = facts(session, issue, turn, provider.clone()).await?;
    let images = images::cleared(&facts.images, confirmations, &host)?;
    let (history, asked) = history_and_draft(facts.history.clone(), text.clone(), turn)?;
    let limits = context_window::limits_of(session, &provider, &model).await;
    let place = if provider.is_local() && !limits.is_elsewhere { Place::Here } else { Place::Elsewhere };
    let budget = context_window::budget(&provider, limits);
    let built = build(&facts, &insight, (budget, provider.api_format), &history, asked.expose());
    let before = texts(&facts, &text);
    let prompt = Prompt {
        model,
        messages: built.messages,
        max_tokens: built.budget.answer,
        temperature: provider.temperature,
        context_window: Some(built.budget.window),
    };
    let off = session.settings().unredacted_for(&provider).filter(|_| place == Place::Here);
    let (mut prompt, redacted, kept) = redacted(session, issue, (prompt, before, off)).await?;
    let tokens = prompt.messages.iter().map(|message| estimate_tokens(message.text.as_str())).sum();
    if provider.api_format == ApiFormat::Ollama {
        prompt.context_window = Some(context_window::wanted((tokens, images.len()), built.budget));
    }
    let cleared: Vec<_> = images.iter().map(|(_, image)| image.clone()).collect();
    let prepared = session
        .providers()
        .prepare_with_images(&provider, prompt.clone(), cleared.clone())?
        .in_session(facts.session.clone());
    let sent = prepared.sent();
    let instruction_like = suspicious(&insight, &built.pack);
    let is_unredacted = off.is_some();
    let found_nothing = redacted.is_empty() && kept == 0 && instruction_like.is_empty() && !is_unredacted;
    let left_out = [built.left_out, images_left_out(&facts, images.len())].concat();
    let preview = OutgoingPreview {
        prompt: prompt.clone(),
        host,
        is_local: place == Place::Here,
        may_skip_review: may_skip_review(session.settings().strictness, place, found_nothing),
        redacted,
        kept,
        body_bytes: sent.bytes,
        body_sha256: sent.body_sha256,
        images: cleared,
        is_unredacted,
        tokens,
        coverage: (!built.goes_on).then_some(built.pack.coverage),
        log_shares: if built.goes_on { Vec::new() } else { built.pack.per_log_share.clone() },
        instruction_like,
        left_out,
    };
    let session_before = facts.session;
    let ticket = Ticket { provider, draft: text, turn, prompt, prepared, images, is_unredacted, session_before };
    session.keep_ticket(issue, ticket);
    Ok(Event::MessagePreviewed(Box::new(preview)))
}

fn no_model() -> Failure {
    Failure::new(FailureKind::ProviderSettings, "no model is chosen for this provider", "Choose one in its settings")
}

/// The whole prompt on the other side of the gate, with what was replaced and how much the user keeps.
pub(super) async fn redacted(
    session: &Session,
    issue: IssueId,
    (prompt, before, off): (Prompt<Unredacted>, Vec<Unredacted>, Option<Loopback>),
) -> Result<(Prompt<Redacted>, Vec<(PiiKind, u64)>, u64), Failure> {
    redacting(session, issue, move |redactor| {
        for text in &before {
            redactor.learn(text)?;
        }
        let prompt = prompt.try_map(|text| match off {
            Some(loopback) => Ok(redactor.pass(text, loopback)),
            None => redactor.redact(text),
        })?;
        Ok((prompt, redactor.counts(), redactor.kept()))
    })
    .await
}

async fn facts(session: &Session, issue: IssueId, turn: Turn, provider: ProviderConfig) -> Result<Facts, Failure> {
    session
        .call(move |db| {
            Ok(Facts {
                session: session_of(db, issue, &provider, turn)?,
                issue: db.issue(issue)?,
                settings: db.settings()?,
                whys: WhyTree::new(db.whys(issue)?),
                evidence: db.evidence(issue)?,
                history: db.messages(issue)?,
                images: images::of_turn(db, issue, turn)?,
                all_images: db.images(issue)?.len(),
            })
        })
        .await
}

/// An image goes once: neither one that was sent before nor one that is not confirmed goes along by itself.
fn images_left_out(facts: &Facts, going: usize) -> Vec<String> {
    let counted = |count: usize| if count == 1 { "1 image".to_owned() } else { format!("{count} images") };
    let mut left_out = Vec::new();
    let earlier = facts.all_images - facts.images.len();
    if earlier > 0 {
        left_out.push(format!("{} of earlier messages; attach them again to send them", counted(earlier)));
    }
    let unconfirmed = facts.images.len() - going;
    if unconfirmed > 0 {
        left_out.push(format!("{} that you have not confirmed", counted(unconfirmed)));
    }
    left_out
}

/// The texts as they were written. In the prompt some of them stand on one line, where a value may look like less.
fn texts(facts: &Facts, draft: &Unredacted) -> Vec<Unredacted> {
    let whys = facts.whys.all().iter().flat_map(|why| [why.question.clone(), why.answer.clone()]);
    let issue = [facts.issue.title.clone(), facts.issue.description.clone(), draft.clone()];
    issue.into_iter().chain(whys).filter(|text| text.expose().contains('\n')).collect()
}

/// Where a text ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    /// Also by way of a server on this machine that passes it on.
    Elsewhere,
}

/// Only servers on this machine may get a text that nobody has looked at; anywhere else it depends on the setting and
/// on whether something was found.
pub(super) fn may_skip_review(strictness: Strictness, place: Place, nothing_found: bool) -> bool {
    match strictness {
        Strictness::AlwaysReview => false,
        Strictness::ReviewWhenFound => nothing_found,
        Strictness::LocalWithoutReview => place == Place::Here,
    }
}

struct Facts {
    /// What the server knows of what was said before.
    session: Option<ServerToken>,
    issue: Issue,
    settings: Settings,
    whys: WhyTree,
    evidence: Vec<Evidence>,
    history: Vec<ChatMessage>,
    /// Those that belong to this turn.
    images: Vec<AttachedImage>,
    all_images: usize,
}

struct Built {
    messages: Vec<crate::domain::Message<Unredacted>>,
    budget: Budget,
    pack: Pack,
    left_out: Vec<String>,
    /// Whether the server has the logs already.
    goes_on: bool,
}

fn build(
    facts: &Facts,
    insight: &Insight,
    (budget, format): (Budget, ApiFormat),
    history: &[ChatMessage],
    draft: &str,
) -> Built {
    let domain = facts.issue.domain;
    let whole = insight::prompts::for_domain(domain, facts.settings.own_prompt(domain));
    let is_whole = budget.has_room_beside(&whole);
    let system = if is_whole { whole } else { insight::prompts::BRIEF.to_owned() };
    let parts = PromptParts {
        system: &system,
        issue: &facts.issue,
        whys: &facts.whys,
        evidence: &facts.evidence,
        history,
        draft,
        takes_one_message: format.keeps_history(),
    };
    if facts.session.is_some() {
        let (messages, left_out) = prompt::next_of_session(&parts);
        let pack = insight::pack(insight, 0);
        return Built { messages, budget, pack, left_out: vec![left_out], goes_on: true };
    }
    let pack = insight::pack(insight, budget.for_logs(&parts));
    let (messages, mut left_out) = prompt::messages(&parts, &pack, budget);
    if !is_whole {
        left_out.push("the domain's own instructions: the model's context window is small".to_owned());
    }
    Built { messages, budget, pack, left_out, goes_on: false }
}

/// Lines in the pack that speak to the model rather than about the system, as `file:line`.
fn suspicious(insight: &Insight, pack: &Pack) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for line in pack.text.expose().lines().filter(|line| instruction_like(line)) {
        let cited = pack
            .cited
            .iter()
            .map(|at| insight.cite(*at))
            .find(|place| line.strip_prefix(place.as_str()).is_some_and(|rest| rest.starts_with(' ')));
        let place = cited.unwrap_or_else(|| "the overview of the logs".to_owned());
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_strictness_acts_as_it_is_written() {
        // For each: here with findings, here without, elsewhere with, elsewhere without.
        let cases = [
            (Strictness::AlwaysReview, [false, false, false, false]),
            (Strictness::ReviewWhenFound, [false, true, false, true]),
            (Strictness::LocalWithoutReview, [true, true, false, false]),
        ];
        for (strictness, expected) in cases {
            let skips =
                [(Place::Here, false), (Place::Here, true), (Place::Elsewhere, false), (Place::Elsewhere, true)]
                    .map(|(place, nothing_found)| may_skip_review(strictness, place, nothing_found));
            assert_eq!(skips, expected, "{strictness:?}");
        }
    }
}
