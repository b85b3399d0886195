//! Events in, state out.

use super::super::{Phase, Slot, State};
use crate::domain::{
    ChatMessage, ConversationId, Durations, Issue, IssueId, MessageId, MessageState, PostMortem, ProviderId, Role,
    Settings, WhyTree,
};
use crate::privacy::Vault;
use crate::ui::screen::Screen;
use crate::worker::{
    ConversationView, Event, Failure, FailureKind, IssueDetail, JobId, KeySource, SessionInfo, Update,
};
use jiff::Timestamp;

fn happens(state: &mut State, slot: Option<&Slot>, event: Event) {
    state.apply(Update { job: JobId(1), event }, slot);
}

fn detail(issue: &Issue, revision: u64, title: &str) -> Box<IssueDetail> {
    Box::new(IssueDetail {
        issue: Issue { title: title.into(), ..issue.clone() },
        logs: Vec::new(),
        whys: WhyTree::default(),
        evidence: Vec::new(),
        actions: Vec::new(),
        told: PostMortem::new(issue.id),
        timeline: Vec::new(),
        durations: Durations::default(),
        documents: Vec::new(),
        publications: Vec::new(),
        waiting: Vec::new(),
        vault: Vault::default(),
        revision,
        missing: Vec::new(),
    })
}

fn an_answer(conversation: ConversationId, text: &str, state: MessageState) -> ChatMessage {
    ChatMessage {
        id: MessageId::new(),
        conversation,
        role: Role::Assistant,
        text: text.into(),
        reasoning: "".into(),
        state,
        model: None,
        usage: None,
        cost_micros: None,
        took: None,
        proposals: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_wrong_key_is_told_where_the_key_is_typed() {
    let mut state = State::default();
    happens(&mut state, Some(&Slot::Session), Event::PassphraseNeeded);
    let failure = Failure::new(FailureKind::WrongKey, "the passphrase does not fit", "");
    happens(&mut state, Some(&Slot::Session), Event::Failed(failure));
    assert!(matches!(state.phase, Phase::Locked { failure: Some(_) }));
    assert!(state.notices.is_empty());
}

#[test]
fn opening_the_session_brings_settings_and_providers() {
    let mut state = State::default();
    let session = SessionInfo {
        settings: Settings { offline: true, disclaimer_accepted: true, ..Settings::default() },
        providers: vec![crate::domain::ProviderConfig::guide()],
        key_source: KeySource::Passphrase,
        data_dir: std::path::PathBuf::new(),
        is_new: false,
    };
    happens(&mut state, Some(&Slot::Session), Event::SessionOpened(Box::new(session)));
    assert!(matches!(state.phase, Phase::Ready));
    assert!(state.settings.offline);
    assert!(state.provider().is_guide());
}

#[test]
fn an_older_revision_does_not_overwrite_a_newer_one() {
    let mut state = State::default();
    let issue = Issue::new("", Timestamp::UNIX_EPOCH);
    happens(&mut state, None, Event::IssueLoaded(detail(&issue, 5, "newer")));
    happens(&mut state, None, Event::IssueLoaded(detail(&issue, 4, "older")));
    let shown = state.issue(issue.id).and_then(|one| one.detail.value()).unwrap();
    assert_eq!(shown.issue.title.expose(), "newer");
}

#[test]
fn a_created_issue_opens() {
    let mut state = State::default();
    let issue = Issue::new("", Timestamp::UNIX_EPOCH);
    happens(&mut state, Some(&Slot::NewIssue), Event::IssueLoaded(detail(&issue, 1, "x")));
    assert_eq!(state.go_to.and_then(Screen::issue), Some(issue.id));
}

#[test]
fn an_answer_grows_and_is_replaced_by_its_final_form() {
    let (mut state, issue, provider) = (State::default(), IssueId::new(), ProviderId::GUIDE);
    let slot = Slot::Answer(issue, provider);
    let id = ConversationId::new();
    let view = ConversationView { id, issue, provider, messages: Vec::new() };
    happens(&mut state, None, Event::ConversationLoaded(Box::new(view)));
    state.begin(&slot, JobId(1));

    let answer = an_answer(id, "", MessageState::Streaming);
    happens(&mut state, Some(&slot), Event::AnswerStarted { question: None, answer: Box::new(answer.clone()) });
    happens(&mut state, Some(&slot), Event::AnswerGrew { message: answer.id, delta: "pool ".into() });
    happens(&mut state, Some(&slot), Event::AnswerGrew { message: answer.id, delta: "exhausted".into() });
    let messages = |state: &State| {
        let chat = state.issue(issue).and_then(|one| one.conversations.get(&provider)).unwrap();
        chat.view.value().unwrap().messages.clone()
    };
    assert_eq!(messages(&state)[0].text.expose(), "pool exhausted");

    let done = ChatMessage { state: MessageState::Complete, text: "Pool exhausted.".into(), ..answer };
    happens(&mut state, Some(&slot), Event::Answered(Box::new(done)));
    assert_eq!(messages(&state).len(), 1);
    assert_eq!(messages(&state)[0].text.expose(), "Pool exhausted.");
    assert!(!state.issue(issue).unwrap().conversations[&provider].answering);
    assert!(state.running.is_empty());
}

#[test]
fn a_change_that_fails_is_told_and_a_question_that_fails_stands_in_its_place() {
    let mut state = State::default();
    let failure = || Failure::new(FailureKind::Other, "the disk is full", "Free some space");
    happens(&mut state, None, Event::Failed(failure()));
    assert_eq!(state.notices.len(), 1);
    assert_eq!(state.notices[0].lifetime(), None);

    state.begin(&Slot::Dashboard, JobId(1));
    happens(&mut state, Some(&Slot::Dashboard), Event::Failed(failure()));
    assert_eq!(state.notices.len(), 1);
    assert!(state.dashboard.failure().is_some());
}

#[test]
fn progress_is_shown_until_the_job_ends() {
    let mut state = State::default();
    let slot = Slot::Insight(IssueId::new());
    state.begin(&slot, JobId(1));
    happens(&mut state, Some(&slot), Event::Progressed { done: 3, total: Some(4) });
    assert_eq!(state.running.values().map(|job| (job.done, job.total)).collect::<Vec<_>>(), [(3, Some(4))]);
    happens(&mut state, Some(&slot), Event::Cancelled);
    assert!(state.running.is_empty());
}

#[test]
fn a_document_counts_as_saved_only_when_the_worker_says_so() {
    let (mut state, issue, document) = (State::default(), IssueId::new(), crate::domain::DocumentId::new());
    let slot = Slot::DocumentSave(issue, document);
    state.begin(&slot, JobId(1));
    assert!(state.issues[&issue].saves[&document].is_loading());
    happens(&mut state, Some(&slot), Event::Failed(Failure::new(FailureKind::Other, "the disk is full", "")));
    assert!(state.issues[&issue].saves[&document].failure().is_some());
    happens(&mut state, Some(&slot), Event::DocumentSaved);
    assert!(state.issues[&issue].saves[&document].value().is_some());
}
