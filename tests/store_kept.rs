//! What is put into the store comes back as it was, and goes when it should.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod store_support;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::time::Duration;
use store_support::{Scene, issue, log, noon};
use tftsr::domain::{
    ActionId, ActionItem, ActionKind, ActionStatus, Author, ChatMessage, Citation, Confidence, ConversationId,
    Decision, Document, DocumentId, DocumentKind, Domain, EvidenceSource, Issue, IssueId, IssueQuery, IssueSort, Join,
    LineRange, LogFileId, MessageId, MessageState, Outcome, PiiKind, PiiSpan, Placeholder, Price, Priority, Proposal,
    ProviderConfig, ProviderId, ProviderKind, Proxy, Role, RootCauseCategory, Settings, Severity, Status,
    TimelineEvent, TimelineId, TimelineKind, TimelineSource, Unredacted, Usage, Why, WhyId, WhyState,
};
use tftsr::store::{Conversation, Database, DecisionEntry, NewConversation, StoreError, StoredQuirk};

fn titles(db: &Database, query: &IssueQuery) -> Vec<String> {
    db.issues(query).unwrap().rows.into_iter().map(|row| row.title.into_exposed()).collect()
}

fn search(db: &Database, text: &str) -> Vec<String> {
    titles(
        db,
        &IssueQuery { text: text.to_owned(), descending: false, sort: IssueSort::Title, ..IssueQuery::default() },
    )
}

fn conversation(db: &Database, issue: IssueId, provider: ProviderId) -> Conversation {
    let new = NewConversation {
        issue,
        provider,
        model: "llama3.1:8b".to_owned(),
        title: "Triage".into(),
        system_prompt: "You are a careful engineer".into(),
    };
    db.open_conversation(&new, noon()).unwrap()
}

fn message(conversation: ConversationId, role: Role, text: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId::new(),
        conversation,
        role,
        text: text.into(),
        reasoning: Unredacted::default(),
        state: MessageState::Complete,
        model: None,
        usage: None,
        cost_micros: None,
        took: None,
        proposals: Vec::new(),
        created_at: noon(),
    }
}

fn why(issue: IssueId, question: &str, answer: &str) -> Why {
    Why {
        id: WhyId::new(),
        issue,
        parent: None,
        order: 0,
        question: question.into(),
        answer: answer.into(),
        state: WhyState::Possible,
        join: Join::Or,
        author: Author::Model("llama3.1:8b".to_owned()),
        evidence: Vec::new(),
        root_cause: None,
        created_at: noon(),
    }
}

fn document(issue: IssueId, text: &str) -> Document {
    Document {
        id: DocumentId::new(),
        issue,
        kind: DocumentKind::Rca,
        title: "RCA".into(),
        markdown: text.into(),
        drafted: None,
        version: 0,
        created_at: noon(),
        updated_at: noon(),
    }
}

fn span(kind: PiiKind, start: usize, value: &str, number: u32) -> PiiSpan {
    let placeholder = Placeholder { kind, number };
    let confidence = Confidence::Likely;
    PiiSpan { kind, range: start..start + value.len(), value: value.into(), placeholder, confidence }
}

#[test]
fn an_issue_comes_back_as_it_was() {
    Scene::new().with(|db| {
        let mut issue = Issue::new("Checkout is down", noon());
        db.insert_issue(&issue).unwrap();
        assert_eq!(db.issue(issue.id).unwrap(), issue);

        issue.description = "since the deploy".into();
        issue.severity = Severity::P1;
        issue.status = Status::Resolved;
        issue.domain = Some(Domain::PublicSafety);
        issue.started_at = Some(noon());
        issue.resolved_at = Some(noon() + SignedDuration::from_mins(5));
        issue.assigned_to = Some("Zoë".into());
        issue.tags = vec!["payment".into(), "a \"quoted\" one".into()];
        issue.outcome = Outcome::Inconclusive { reason: "no logs".into() };
        db.update_issue(&issue).unwrap();
        assert_eq!(db.issue(issue.id).unwrap(), issue);

        issue.outcome = Outcome::Override { reason: "known".into() };
        db.update_issue(&issue).unwrap();
        assert_eq!(db.issue(issue.id).unwrap().outcome, issue.outcome);
    });
}

#[test]
fn a_log_comes_back_with_its_text_and_index() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let text = "Grüße 漢字 line\n".repeat(60_000);
        let log = log(issue, "app.log");
        db.insert_log_file(&log, Some(&text), &[1, 2, 3]).unwrap();

        assert_eq!(db.log_files(issue).unwrap(), std::slice::from_ref(&log));
        assert_eq!(db.log_index(log.id).unwrap(), [1, 2, 3]);
        assert_eq!(db.log_text(log.id).unwrap().expose(), text);
        for range in [0..0, 0..5, 262_130..262_158, 524_270..524_280] {
            let (from, to) = (text.floor_char_boundary(range.start), text.floor_char_boundary(range.end));
            let part = db.log_text_range(log.id, from as u64..to as u64).unwrap();
            assert_eq!(part.expose(), text.get(from..to).unwrap());
        }
        let past_the_end = text.len() as u64 + 1;
        assert!(matches!(db.log_text_range(log.id, 0..past_the_end), Err(StoreError::BadRange)));
        assert!(matches!(db.log_text_range(log.id, 0..3), Err(StoreError::BadRange)), "cuts the ü");

        db.remove_log_file(log.id).unwrap();
        assert!(matches!(db.log_text(log.id), Err(StoreError::NotFound("log"))));
    });
}

#[test]
fn a_log_that_stays_outside_has_no_text_here() {
    Scene::new().with(|db| {
        let mut log = log(issue(db, "i"), "huge.log");
        log.kept_inside = false;
        log.path = None;
        log.time_range = None;
        db.insert_log_file(&log, None, &[]).unwrap();
        assert_eq!(db.log_file(log.id).unwrap(), log);
        assert!(matches!(db.log_text(log.id), Err(StoreError::NotKeptInside)));
    });
}

#[test]
fn spans_are_replaced_as_a_whole_and_never_doubled() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let log = log(issue, "app.log");
        db.insert_log_file(&log, Some("bob@a.net eve@a.net bob@a.net"), &[]).unwrap();
        let first = db.begin_spans(log.id).unwrap();
        db.append_spans(&first, &[span(PiiKind::Email, 0, "bob@a.net", 1)]).unwrap();
        db.append_spans(&first, &[span(PiiKind::Email, 20, "bob@a.net", 1)]).unwrap();
        assert!(db.spans_in(log.id, 0..100).unwrap().is_empty(), "nothing counts before the end");
        assert_eq!(db.finish_spans(first).unwrap(), 2);
        assert_eq!(db.log_file(log.id).unwrap().findings, Some(2));

        let second = db.begin_spans(log.id).unwrap();
        db.append_spans(&second, &[span(PiiKind::Email, 10, "eve@a.net", 2)]).unwrap();
        assert_eq!(db.spans_in(log.id, 0..100).unwrap().len(), 2, "the old ones stay until then");
        db.finish_spans(second).unwrap();

        assert_eq!(db.spans_in(log.id, 0..100).unwrap(), [span(PiiKind::Email, 10, "eve@a.net", 2)]);
        assert_eq!(db.spans_in(log.id, 18..19).unwrap().len(), 1);
        assert!(db.spans_in(log.id, 19..100).unwrap().is_empty());
        assert_eq!(db.value_groups(issue).unwrap().len(), 1);
    });
}

#[test]
fn a_later_detection_cuts_off_an_earlier_one() {
    Scene::new().with(|db| {
        let log = log(issue(db, "i"), "app.log");
        db.insert_log_file(&log, Some("x"), &[]).unwrap();
        let early = db.begin_spans(log.id).unwrap();
        db.append_spans(&early, &[span(PiiKind::Host, 0, "x", 1)]).unwrap();
        let late = db.begin_spans(log.id).unwrap();
        assert!(matches!(db.append_spans(&early, &[]), Err(StoreError::Superseded)));
        assert!(matches!(db.finish_spans(early), Err(StoreError::Superseded)));
        assert_eq!(db.finish_spans(late).unwrap(), 0);
    });
}

#[test]
fn spans_of_a_detection_that_broke_off_are_gone_after_the_next_start() {
    let scene = Scene::new();
    let log = scene.with(|db| {
        let log = log(issue(db, "i"), "app.log");
        db.insert_log_file(&log, Some("x"), &[]).unwrap();
        let batch = db.begin_spans(log.id).unwrap();
        db.append_spans(&batch, &[span(PiiKind::Host, 0, "x", 1)]).unwrap();
        log.id
    });
    scene.with(move |db| assert!(db.spans_in(log, 0..10).unwrap().is_empty()));
    let left: i64 = scene.raw().query_row("SELECT count(*) FROM pii_spans", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn values_are_grouped_over_all_logs_with_the_decision_that_counts() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        for name in ["a.log", "b.log"] {
            let log = log(issue, name);
            db.insert_log_file(&log, Some("…"), &[]).unwrap();
            let batch = db.begin_spans(log.id).unwrap();
            let spans = [
                span(PiiKind::Email, 0, "bob@a.net", 1),
                span(PiiKind::Email, 20, "eve@a.net", 2),
                span(PiiKind::Host, 40, "db1", 1),
            ];
            db.append_spans(&batch, &spans).unwrap();
            db.finish_spans(batch).unwrap();
        }
        let decide = |kind, value: Option<&str>, decision| {
            db.set_decision(issue, &DecisionEntry { kind, value: value.map(Unredacted::from), decision }).unwrap();
        };
        let seen = || {
            let groups = db.value_groups(issue).unwrap();
            groups.iter().map(|group| (group.placeholder.to_string(), group.places, group.decision)).collect::<Vec<_>>()
        };
        let (redact, keep) = (Decision::Redact, Decision::Keep);
        let row = |placeholder: &str, decision| (placeholder.to_owned(), 2, decision);

        decide(PiiKind::Email, Some("eve@a.net"), keep);
        assert_eq!(seen(), [row("[Host-1]", redact), row("[Email-1]", redact), row("[Email-2]", keep)]);

        decide(PiiKind::Email, None, keep);
        decide(PiiKind::Email, Some("eve@a.net"), redact);
        assert_eq!(seen(), [row("[Host-1]", redact), row("[Email-1]", keep), row("[Email-2]", redact)]);
        assert_eq!(db.decisions(issue).unwrap().len(), 2);

        decide(PiiKind::Email, None, redact);
        assert_eq!(db.decisions(issue).unwrap().len(), 1, "a decision for the kind takes the place of the others");
    });
}

#[test]
fn a_placeholder_never_comes_to_stand_for_another_value() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let entry = |number, value: &str| (Placeholder { kind: PiiKind::Email, number }, Unredacted::from(value));
        db.add_vault_entries(issue, &[entry(2, "eve"), entry(1, "bob")]).unwrap();
        db.add_vault_entries(issue, &[entry(1, "bob"), entry(3, "kim")]).unwrap();
        assert!(matches!(db.add_vault_entries(issue, &[entry(4, "new"), entry(1, "eve")]), Err(StoreError::Conflict)));
        assert!(matches!(db.add_vault_entries(issue, &[entry(9, "bob")]), Err(StoreError::Conflict)));
        assert_eq!(db.vault_entries(issue).unwrap(), [entry(1, "bob"), entry(2, "eve"), entry(3, "kim")]);
    });
}

#[test]
fn a_why_tree_comes_back_with_its_evidence() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let lines = LineRange::new(120, 134).unwrap();
        let source =
            EvidenceSource::Log { log: LogFileId::new(), file_name: "app.log".into(), file_hash: "ab".into(), lines };
        let pin = db.add_evidence(issue, source, "pool exhausted".into(), noon()).unwrap();
        let note = db.add_evidence(issue, EvidenceSource::Note, "seen by eye".into(), noon()).unwrap();
        let said = EvidenceSource::Message(MessageId::new());
        let said = db.add_evidence(issue, said, "in the chat".into(), noon()).unwrap();

        let mut top = why(issue, "Why?", "the pool was exhausted");
        top.evidence = vec![pin.id, said.id];
        let mut below = why(issue, "Why was it?", "its size was cut");
        below.parent = Some(top.id);
        below.state = WhyState::Confirmed;
        below.root_cause = Some(RootCauseCategory::CodeDefect);
        below.join = Join::And;
        db.save_why(&top).unwrap();
        db.save_why(&below).unwrap();
        db.attach_evidence(below.id, note.id).unwrap();
        db.attach_evidence(below.id, note.id).unwrap();
        below.evidence = vec![note.id];
        assert_eq!(db.evidence(issue).unwrap(), [pin.clone(), note.clone(), said.clone()]);
        assert_eq!(db.whys(issue).unwrap(), [top.clone(), below.clone()]);

        db.remove_evidence(pin.id).unwrap();
        db.detach_evidence(below.id, note.id).unwrap();
        let whys = db.whys(issue).unwrap();
        assert_eq!((whys[0].evidence.as_slice(), whys[1].evidence.len()), ([said.id].as_slice(), 0));

        db.remove_why(top.id).unwrap();
        assert!(db.whys(issue).unwrap().is_empty(), "what hangs below goes along");
    });
}

#[test]
fn the_number_of_a_removed_pin_is_not_used_again() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let pin = |text: &str| db.add_evidence(issue, EvidenceSource::Note, text.into(), noon()).unwrap();
        pin("one");
        let second = pin("two");
        db.remove_evidence(second.id).unwrap();
        assert_eq!(pin("three").number, 3);
    });
}

#[test]
fn a_pin_hangs_only_on_whys_of_its_own_issue() {
    Scene::new().with(|db| {
        let (here, there) = (issue(db, "here"), issue(db, "there"));
        let pin = db.add_evidence(there, EvidenceSource::Note, "x".into(), noon()).unwrap();
        let why = why(here, "Why?", "");
        db.save_why(&why).unwrap();
        assert!(matches!(db.attach_evidence(why.id, pin.id), Err(StoreError::NotFound(_))));
    });
}

#[test]
fn citations_of_a_why_can_be_read_in_the_table_itself() {
    let scene = Scene::new();
    scene.with(|db| {
        let issue = issue(db, "i");
        let pins: Vec<_> = ["a", "b", "c"]
            .map(|text| db.add_evidence(issue, EvidenceSource::Note, text.into(), noon()).unwrap().id)
            .into();
        let mut why = why(issue, "Why?", "");
        why.evidence = vec![pins[2], pins[0], pins[1]];
        db.save_why(&why).unwrap();
        db.detach_evidence(why.id, pins[1]).unwrap();
    });
    let cited: String = scene.raw().query_row("SELECT evidence FROM resolution_steps", [], |row| row.get(0)).unwrap();
    assert_eq!(cited, "[E1] [E3]");
}

#[test]
fn actions_come_back_and_outlive_their_root_cause() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let cause = why(issue, "Why?", "because");
        db.save_why(&cause).unwrap();
        let mut action = ActionItem {
            id: ActionId::new(),
            issue,
            title: "Alert on the pool".into(),
            kind: ActionKind::Detect,
            priority: Priority::High,
            owner: "Kim".into(),
            due: Some("2026-04-01".parse().unwrap()),
            status: ActionStatus::Open,
            declined_because: Unredacted::default(),
            root_cause: Some(cause.id),
        };
        db.save_action(&action).unwrap();
        action.status = ActionStatus::InProgress;
        db.save_action(&action).unwrap();
        assert_eq!(db.actions(issue).unwrap(), [action.clone()]);

        db.remove_why(cause.id).unwrap();
        assert_eq!(db.actions(issue).unwrap()[0].root_cause, None);
        db.remove_action(action.id).unwrap();
        assert!(db.actions(issue).unwrap().is_empty());
    });
}

#[test]
fn the_timeline_is_in_order_of_time() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let event = |at: &str, source| TimelineEvent {
            id: TimelineId::new(),
            issue,
            at: at.parse().unwrap(),
            kind: TimelineKind::Note,
            text: "x".into(),
            source,
        };
        let line = TimelineSource::Log { log: LogFileId::new(), file_name: "a.log".into(), line: 7 };
        let late = event("2026-03-01T12:00:00.5Z", line);
        let early = event("2026-03-01T12:00:00Z", TimelineSource::User);
        let earliest = event("2026-02-01T12:00:00Z", TimelineSource::System);
        for event in [&late, &early, &earliest] {
            db.save_timeline_event(event).unwrap();
        }
        assert_eq!(db.timeline(issue).unwrap(), [earliest.clone(), early.clone(), late]);
        db.save_timeline_event(&TimelineEvent { at: noon() + SignedDuration::from_hours(1), ..early }).unwrap();
        db.remove_timeline_event(earliest.id).unwrap();
        assert_eq!(db.timeline(issue).unwrap().len(), 2);
        assert_eq!(db.timeline(issue).unwrap()[1].source, TimelineSource::User);
    });
}

#[test]
fn a_conversation_is_made_once_and_the_history_is_shared() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let ollama = ProviderId::new();
        let guide = conversation(db, issue, ProviderId::GUIDE);
        assert_eq!(conversation(db, issue, ProviderId::GUIDE), guide);
        let other = conversation(db, issue, ollama);
        assert_eq!(db.conversations(issue).unwrap(), [guide.clone(), other.clone()]);
        assert_eq!(db.system_prompt(guide.id).unwrap().expose(), "You are a careful engineer");

        db.set_system_prompt(other.id, &"You know Kubernetes".into()).unwrap();
        db.set_session(other.id, Some(&"s-1".into())).unwrap();
        assert_eq!(db.system_prompt(other.id).unwrap().expose(), "You know Kubernetes");
        assert_eq!(conversation(db, issue, ollama).session, Some("s-1".into()));

        let said = [
            message(guide.id, Role::User, "one"),
            message(guide.id, Role::Assistant, "two"),
            message(other.id, Role::User, "three"),
            message(guide.id, Role::User, "four"),
        ];
        for message in &said {
            db.insert_message(message).unwrap();
        }
        assert_eq!(db.messages(issue).unwrap(), said, "in order, over both conversations");

        assert_eq!(db.remove_messages_after(said[2].id).unwrap(), 1);
        assert_eq!(db.remove_messages_from(said[1].id).unwrap(), 2);
        assert_eq!(db.messages(issue).unwrap(), said[..1]);
        assert_eq!(db.system_prompt(other.id).unwrap().expose(), "You know Kubernetes");
    });
}

#[test]
fn an_answer_grows_and_ends_with_what_it_cost_and_proposed() {
    Scene::new().with(|db| {
        let chat = conversation(db, issue(db, "i"), ProviderId::GUIDE);
        let mut answer = message(chat.id, Role::Assistant, "The ");
        answer.state = MessageState::Streaming;
        db.insert_message(&answer).unwrap();
        db.grow_message(answer.id, &"pool".into()).unwrap();
        assert_eq!(db.message(answer.id).unwrap().text.expose(), "The pool");

        answer.text = "The pool was too small".into();
        answer.state = MessageState::Complete;
        answer.model = Some("llama3.1:8b".to_owned());
        answer.usage = Some(Usage { prompt_tokens: 900, completion_tokens: 12, estimated: true });
        answer.reasoning = "The pool is small".into();
        answer.cost_micros = Some(12_345);
        answer.took = Some(Duration::from_millis(1234));
        let citation = Citation {
            file_name: "app.log".to_owned(),
            lines: LineRange::new(3, 9).unwrap(),
            log: Some(LogFileId::new()),
        };
        answer.proposals = vec![Proposal {
            level: 2,
            question: "Why was it small?".into(),
            answer: "A deploy cut it".into(),
            citations: vec![citation],
            root_cause: Some(RootCauseCategory::Change),
            confidence: Some(80),
            author: Author::Guide,
        }];
        db.update_message(&answer).unwrap();
        assert_eq!(db.message(answer.id).unwrap(), answer);

        db.set_proposals(answer.id, &[]).unwrap();
        db.set_message_state(answer.id, MessageState::Stopped).unwrap();
        let stopped = db.message(answer.id).unwrap();
        assert_eq!((stopped.state, stopped.proposals.len()), (MessageState::Stopped, 0));
    });
}

#[test]
fn an_answer_that_broke_off_is_incomplete_after_the_next_start() {
    let scene = Scene::new();
    let answer = scene.with(|db| {
        let chat = conversation(db, issue(db, "i"), ProviderId::GUIDE);
        let mut answer = message(chat.id, Role::Assistant, "pgbouncer was");
        answer.state = MessageState::Streaming;
        db.insert_message(&answer).unwrap();
        assert!(search(db, "pgbouncer").is_empty(), "a growing text is not indexed yet");
        answer.id
    });
    scene.with(move |db| {
        let kept = db.message(answer).unwrap();
        assert_eq!((kept.state, kept.text.expose()), (MessageState::Incomplete, "pgbouncer was"));
        assert_eq!(search(db, "pgbouncer"), ["i"]);
    });
}

#[test]
fn documents_have_versions_and_the_newest_is_worked_on() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        assert_eq!(db.latest_document(issue, DocumentKind::Rca).unwrap(), None);
        let first = db.insert_document_version(&document(issue, "one")).unwrap();
        let mut second = db.insert_document_version(&document(issue, "two")).unwrap();
        let other = Document { kind: DocumentKind::PostMortem, ..document(issue, "other") };
        assert_eq!(db.insert_document_version(&other).unwrap().version, 1);
        assert_eq!((first.version, second.version), (1, 2));

        second.markdown = "two, edited".into();
        second.updated_at = noon() + SignedDuration::from_millis(1);
        db.update_document(&second).unwrap();
        assert_eq!(db.latest_document(issue, DocumentKind::Rca).unwrap(), Some(second));
        assert_eq!(db.document(first.id).unwrap(), first);
        let versions = db.document_versions(issue).unwrap();
        let listed: Vec<_> = versions.iter().map(|entry| (entry.kind, entry.version)).collect();
        assert_eq!(listed, [(DocumentKind::PostMortem, 1), (DocumentKind::Rca, 2), (DocumentKind::Rca, 1)]);
    });
}

#[test]
fn drafts_are_back_after_a_restart_and_go_when_emptied() {
    let scene = Scene::new();
    scene.with(|db| {
        db.save_draft("chat", &"hel".into()).unwrap();
        db.save_draft("chat", &"hello".into()).unwrap();
        db.save_draft("form", &"x".into()).unwrap();
        db.save_draft("form", &"".into()).unwrap();
    });
    scene.with(|db| assert_eq!(db.drafts().unwrap(), [("chat".to_owned(), "hello".into())]));
}

#[test]
fn settings_come_back_and_invalid_ones_are_refused() {
    Scene::new().with(|db| {
        assert_eq!(db.settings().unwrap(), Settings::default());
        let settings = Settings {
            zoom: 1.1,
            kinds_off: vec![PiiKind::Email, PiiKind::Host],
            offline: true,
            default_provider: ProviderId::new(),
            export_folder: Some("/home/kim/out".into()),
            ..Settings::default()
        };
        db.save_settings(&settings).unwrap();
        assert_eq!(db.settings().unwrap(), settings);

        let refused = Settings { zoom: 9.0, ..settings.clone() };
        assert!(matches!(db.save_settings(&refused), Err(StoreError::Settings(_))));
        assert_eq!(db.settings().unwrap(), settings);
    });
}

#[test]
fn a_provider_comes_back_with_all_its_fields() {
    Scene::new().with(|db| {
        let mut provider = ProviderConfig::new("Gateway", ProviderKind::OpenAi, "https://x.example.com/v1", "gpt-4o");
        db.save_provider(&provider).unwrap();
        provider.custom_endpoint_path = Some("/ask".into());
        provider.custom_auth_header = Some("x-key".into());
        provider.custom_auth_prefix = Some(String::new());
        provider.user_id = Some("kim".into());
        provider.extra_headers = vec![("x-team".into(), "sre".into()), ("x-team".into(), "two".into())];
        provider.temperature = None;
        provider.context_window = Some(8192);
        provider.idle_timeout_secs = 7;
        provider.forwards = true;
        provider.proxy = Proxy::parse("http://u:p@proxy.example.net:3128").unwrap();
        provider.price = Some(Price { prompt: 0.25, completion: 1.5 });
        db.save_provider(&provider).unwrap();
        db.set_provider_key(provider.id, &"sk-1".into()).unwrap();
        provider.has_key = true;
        assert_eq!(db.providers().unwrap(), [provider.clone()]);

        let same_name = ProviderConfig::new("Gateway", ProviderKind::Ollama, "http://localhost:11434", "m");
        assert!(matches!(db.save_provider(&same_name), Err(StoreError::Conflict)));
        assert!(matches!(db.save_provider(&ProviderConfig::guide()), Err(StoreError::GuideIsFixed)));
        assert!(db.provider(ProviderId::GUIDE).unwrap().is_guide());

        db.remove_provider(provider.id).unwrap();
        assert!(db.provider_key(provider.id).unwrap().is_none());
    });
}

#[test]
fn lists_are_filtered_sorted_and_cut_into_pages() {
    Scene::new().with(|db| {
        let rows = [
            ("b", Severity::P1, Status::Closed, Some(Domain::Linux), &["x", "Ü"][..], 1),
            ("A", Severity::P3, Status::Open, Some(Domain::Network), &[][..], 2),
            ("c", Severity::P1, Status::Triaging, None, &["X"][..], 3),
        ];
        for (title, severity, status, domain, tags, hour) in rows {
            let mut issue = Issue::new(title, noon() + SignedDuration::from_hours(hour));
            issue.severity = severity;
            issue.status = status;
            issue.domain = domain;
            issue.tags = tags.iter().map(|tag| Unredacted::from(*tag)).collect();
            db.insert_issue(&issue).unwrap();
        }
        let all = IssueQuery::default;
        let hour = |count| Some(noon() + SignedDuration::from_hours(count));
        let cases: Vec<(IssueQuery, &[&str])> = vec![
            (all(), &["c", "A", "b"]),
            (IssueQuery { descending: false, ..all() }, &["b", "A", "c"]),
            (IssueQuery { sort: IssueSort::Title, descending: false, ..all() }, &["A", "b", "c"]),
            (IssueQuery { sort: IssueSort::Status, descending: false, ..all() }, &["A", "c", "b"]),
            (IssueQuery { sort: IssueSort::Severity, descending: false, ..all() }, &["b", "c", "A"]),
            (IssueQuery { sort: IssueSort::Domain, ..all() }, &["A", "b", "c"]),
            (IssueQuery { statuses: vec![Status::Open, Status::Closed], ..all() }, &["A", "b"]),
            (IssueQuery { severities: vec![Severity::P1], statuses: vec![Status::Closed], ..all() }, &["b"]),
            (IssueQuery { domains: vec![Domain::Network], ..all() }, &["A"]),
            (IssueQuery { tag: Some("x".into()), ..all() }, &["c", "b"]),
            (IssueQuery { created_from: hour(2), created_to: hour(3), ..all() }, &["A"]),
            (IssueQuery { offset: 1, limit: 1, ..all() }, &["A"]),
        ];
        for (query, expected) in cases {
            assert_eq!(titles(db, &query), expected, "{query:?}");
        }
        assert_eq!(db.issues(&IssueQuery { offset: 1, limit: 1, ..all() }).unwrap().total, 3);
        assert_eq!(db.open_issues().unwrap().len(), 2);
    });
}

#[test]
fn a_search_finds_words_wherever_in_the_issue_they_stand() {
    Scene::new().with(|db| {
        let one = issue(db, "Checkout café is down");
        issue(db, "Mail is slow");
        let chat = conversation(db, one, ProviderId::GUIDE);
        db.insert_message(&message(chat.id, Role::User, "pgbouncer refused a connection")).unwrap();
        db.save_why(&why(one, "Why?", "exhausted pool")).unwrap();
        db.insert_document_version(&document(one, "# Summary\nweb-01.example.com fell over")).unwrap();

        let hit = ["Checkout café is down"];
        for text in ["check", "CAFE down", "pgboun check", "exhausted", "web-01.exam", "\"a connection\" summ"] {
            assert_eq!(search(db, text), hit, "{text}");
        }
        for text in ["careful", "checkout mail", "\"connection a\"", "ownd"] {
            assert!(search(db, text).is_empty(), "{text}");
        }
        assert_eq!(search(db, " \" ").len(), 2, "nothing to look for filters nothing");
    });
}

#[test]
fn the_search_index_follows_every_change() {
    Scene::new().with(|db| {
        let one = issue(db, "one");
        let chat = conversation(db, one, ProviderId::GUIDE);
        let said = message(chat.id, Role::User, "alpha");
        db.insert_message(&said).unwrap();
        db.update_message(&ChatMessage { text: "beta".into(), ..said.clone() }).unwrap();
        assert!(search(db, "alpha").is_empty());
        assert_eq!(search(db, "beta"), ["one"]);
        db.remove_messages_from(said.id).unwrap();
        assert!(search(db, "beta").is_empty());

        let mut step = why(one, "gamma", "");
        db.save_why(&step).unwrap();
        step.question = "delta".into();
        db.save_why(&step).unwrap();
        assert!(search(db, "gamma").is_empty());
        assert_eq!(search(db, "delta"), ["one"]);
        let mut below = why(one, "epsilon", "");
        below.parent = Some(step.id);
        db.save_why(&below).unwrap();
        db.remove_why(step.id).unwrap();
        assert!(search(db, "delta").is_empty() && search(db, "epsilon").is_empty());

        let mut text = db.insert_document_version(&document(one, "zeta")).unwrap();
        text.markdown = "eta".into();
        db.update_document(&text).unwrap();
        assert!(search(db, "zeta").is_empty());
        let mut changed = db.issue(one).unwrap();
        changed.title = "theta".into();
        db.update_issue(&changed).unwrap();
        assert!(search(db, "one").is_empty());
        assert_eq!(search(db, "eta"), ["theta"]);
    });
}

#[test]
fn a_deleted_issue_is_invisible_and_comes_back() {
    Scene::new().with(|db| {
        let one = issue(db, "gone");
        let log = log(one, "a.log");
        db.insert_log_file(&log, Some("x"), &[]).unwrap();
        let chat = conversation(db, one, ProviderId::GUIDE);
        let said = message(chat.id, Role::User, "hello");
        db.insert_message(&said).unwrap();
        db.save_draft(&format!("chat/{one}"), &"typing".into()).unwrap();

        db.delete_issue(one, Timestamp::now()).unwrap();
        assert!(db.issues(&IssueQuery::default()).unwrap().rows.is_empty());
        assert!(search(db, "hello").is_empty());
        assert!(db.issue(one).is_err() && db.log_files(one).is_err() && db.messages(one).is_err());
        assert!(db.log_text(log.id).is_err() && db.log_index(log.id).is_err() && db.message(said.id).is_err());
        assert!(db.whys(one).is_err() && db.evidence(one).is_err() && db.value_groups(one).is_err());
        assert!(db.drafts().unwrap().is_empty());
        assert_eq!(db.dashboard_figures(Timestamp::now()).unwrap().open, 0);
        assert_eq!(db.issue_count().unwrap(), 0);

        db.restore_issue(one).unwrap();
        assert_eq!(search(db, "hello"), ["gone"]);
        assert_eq!(db.drafts().unwrap().len(), 1);
        assert!(matches!(db.purge_issue(one), Err(StoreError::NotFound(_))), "only deleted issues are purged");
    });
}

#[test]
fn a_purge_takes_everything_but_the_audit_entries() {
    let scene = Scene::new();
    scene.with(|db| {
        let one = issue(db, "gone");
        let log = log(one, "a.log");
        db.insert_log_file(&log, Some("text"), &[1]).unwrap();
        let batch = db.begin_spans(log.id).unwrap();
        db.append_spans(&batch, &[span(PiiKind::Host, 0, "text", 1)]).unwrap();
        db.finish_spans(batch).unwrap();
        let entry = DecisionEntry { kind: PiiKind::Host, value: None, decision: Decision::Keep };
        db.set_decision(one, &entry).unwrap();
        db.add_vault_entries(one, &[(Placeholder { kind: PiiKind::Host, number: 1 }, "text".into())]).unwrap();
        let chat = conversation(db, one, ProviderId::GUIDE);
        db.insert_message(&message(chat.id, Role::User, "hello")).unwrap();
        let pin = db.add_evidence(one, EvidenceSource::Note, "pin".into(), noon()).unwrap();
        let mut step = why(one, "Why?", "because");
        step.evidence = vec![pin.id];
        db.save_why(&step).unwrap();
        db.insert_document_version(&document(one, "rca")).unwrap();
        db.save_draft(&format!("chat/{one}"), &"typing".into()).unwrap();
        let details = serde_json::json!({});
        db.audit(tftsr::domain::AuditAction::IssueDelete, "issue", &one.to_string(), &details).unwrap();
        db.delete_issue(one, Timestamp::now()).unwrap();
        db.purge_issue(one).unwrap();
        assert!(db.health().iter().all(|item| item.ok), "{:?}", db.health());
    });
    let raw = scene.raw();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                  AND name NOT LIKE 'issues_fts%' ORDER BY name";
    let mut statement = raw.prepare(tables).unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |table: &str| -> i64 {
        raw.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0)).unwrap()
    };
    let left: Vec<_> = names.iter().filter(|name| count(name) > 0).collect();
    assert_eq!(left, ["_migrations", "audit_head", "audit_log", "seal_salt"].iter().collect::<Vec<_>>());
    let words = "SELECT count(*) FROM issues_fts WHERE issues_fts MATCH 'gone OR hello OR because OR rca'";
    assert_eq!(raw.query_row(words, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn what_was_deleted_yesterday_is_purged_at_the_next_start() {
    let scene = Scene::new();
    scene.with(|db| {
        let (old, young) = (issue(db, "old"), issue(db, "young"));
        db.delete_issue(old, Timestamp::now() - SignedDuration::from_hours(25)).unwrap();
        db.delete_issue(young, Timestamp::now() - SignedDuration::from_hours(23)).unwrap();
    });
    drop(scene.open());
    let left: String = scene.raw().query_row("SELECT group_concat(title) FROM issues", [], |row| row.get(0)).unwrap();
    assert_eq!(left, "young");
}

#[test]
fn the_dashboard_counts_by_the_time_of_resolution() {
    Scene::new().with(|db| {
        let now = noon();
        let ago = |hours| now - SignedDuration::from_hours(hours);
        let resolved = |created, took_hours: i64| {
            let mut issue = Issue::new("r", ago(created));
            issue.status = Status::Resolved;
            issue.resolved_at = Some(ago(created - took_hours));
            db.insert_issue(&issue).unwrap();
        };
        resolved(1000, 2);
        resolved(1000, 996);
        resolved(20, 10);
        let mut urgent = Issue::new("u", now);
        urgent.severity = Severity::P2;
        urgent.status = Status::Triaging;
        db.insert_issue(&urgent).unwrap();

        let figures = db.dashboard_figures(now).unwrap();
        assert_eq!((figures.open, figures.resolved_this_week, figures.urgent), (1, 2, 1));
        assert_eq!(figures.median_to_resolve, Some(SignedDuration::from_hours(10)));
    });
}

#[test]
fn a_transaction_is_done_as_a_whole_or_not_at_all() {
    Scene::new().with(|db| {
        let failed: Result<(), _> = db.transaction(|db| {
            issue(db, "never");
            db.transaction(|db| db.save_draft("k", &"x".into()))?;
            Err(StoreError::Conflict)
        });
        assert!(failed.is_err());
        assert_eq!((db.issue_count().unwrap(), db.drafts().unwrap().len()), (0, 0));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_beyond_the_search(texts in prop::collection::vec("\\PC{0,24}|[\"*^:(){}+-]{0,8}|NEAR|a AND \"b", 40)) {
        Scene::new().with(move |db| {
            for text in texts {
                issue(db, &text);
                let found = db.issues(&IssueQuery { text: text.clone(), ..IssueQuery::default() });
                assert!(found.is_ok(), "{text:?} {found:?}");
            }
        });
    }
}

#[test]
fn what_a_model_refuses_is_kept_once_and_can_be_forgotten() {
    Scene::new().with(|db| {
        let quirk = |model: &str, parameter: &str| StoredQuirk {
            base_url: "https://x.example.com/v1".into(),
            model: model.into(),
            parameter: parameter.into(),
        };
        for kept in
            [quirk("o1", "temperature"), quirk("o1", "max_tokens"), quirk("o1", "temperature"), quirk("o2", "x")]
        {
            db.add_quirk(&kept).unwrap();
        }
        assert_eq!(db.quirks().unwrap(), [quirk("o1", "max_tokens"), quirk("o1", "temperature"), quirk("o2", "x")]);
        db.forget_quirks("https://x.example.com/v1", "o1").unwrap();
        assert_eq!(db.quirks().unwrap(), [quirk("o2", "x")]);
    });
}
