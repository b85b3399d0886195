//! An issue as it is in the middle of the night, for the tests of this room.

use crate::domain::{
    ActionId, ActionItem, ActionKind, ActionStatus, Author, ChatMessage, Citation, Confidence, ConversationId,
    Decision, Document, DocumentId, DocumentKind, Domain, Durations, Evidence, EvidenceId, EvidenceSource, Issue,
    IssueId, Join, Level, LineRange, LogFile, LogFileId, LogLine, LogState, Message, MessageId, MessageState, ModelId,
    PiiKind, Placeholder, PostMortem, Priority, Prompt, Proposal, ProviderConfig, ProviderId, ProviderKind, Role,
    RootCauseCategory, Severity, Status, TimelineEvent, TimelineId, TimelineKind, TimelineSource, Usage, ValueGroup,
    Why, WhyId, WhyState, WhyTree,
};
use crate::privacy::{Policy, Redactor, Vault};
use crate::ui::state::Slot;
use crate::worker::{
    ConversationView, Coverage, DocumentVersion, DocumentView, Event, Insight, IssueDetail, KeySource, OutgoingPreview,
    PreviewLine, PreviewMark, SessionInfo,
};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The identifiers that a test needs to know.
#[derive(Clone, Debug)]
pub struct Scene {
    pub issue: IssueId,
    pub log: LogFileId,
    pub provider: ProviderId,
    pub conversation: ConversationId,
    pub answer: MessageId,
    pub document: DocumentId,
    pub confirmed: WhyId,
    pub possible: WhyId,
    pub pin: EvidenceId,
}

pub const LINES: u64 = 2_404;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Scene {
    pub fn new() -> Self {
        Self {
            issue: IssueId::new(),
            log: LogFileId::new(),
            provider: ProviderId::new(),
            conversation: ConversationId::new(),
            answer: MessageId::new(),
            document: DocumentId::new(),
            confirmed: WhyId::new(),
            possible: WhyId::new(),
            pin: EvidenceId::new(),
        }
    }

    /// What the worker would have said until now, with the slot that it was asked in.
    pub fn events(&self) -> Vec<(Option<Slot>, Event)> {
        vec![
            (Some(Slot::Session), self.session()),
            (None, Event::IssueLoaded(Box::new(self.detail()))),
            (None, self.lines(1)),
            (None, self.lines(769)),
            (None, self.findings()),
            (None, self.preview_page()),
            (Some(Slot::Insight(self.issue)), self.insight()),
            (None, self.conversation()),
            (Some(Slot::Document(self.issue, DocumentKind::Rca)), self.rca()),
        ]
    }

    pub fn session(&self) -> Event {
        let mut remote = ProviderConfig::new("Acme", ProviderKind::OpenAi, "https://api.acme.example/v1", "acme-4");
        remote.id = self.provider;
        let settings = crate::domain::Settings {
            default_provider: self.provider,
            disclaimer_accepted: true,
            ..Default::default()
        };
        Event::SessionOpened(Box::new(SessionInfo {
            settings,
            providers: vec![ProviderConfig::guide(), remote],
            key_source: KeySource::Keychain,
            data_dir: std::path::PathBuf::new(),
            is_new: false,
        }))
    }

    pub fn detail(&self) -> IssueDetail {
        let mut issue = Issue::new("Charges fail with 502", at("2026-03-01T01:45:00Z"));
        issue.id = self.issue;
        issue.severity = Severity::P1;
        issue.status = Status::Triaging;
        issue.domain = Some(Domain::Application);
        issue.started_at = Some(at("2026-03-01T01:40:00Z"));
        IssueDetail {
            issue,
            logs: self.logs(),
            whys: WhyTree::new(self.whys()),
            evidence: vec![self.evidence()],
            actions: vec![self.action()],
            told: PostMortem::new(self.issue),
            timeline: self.timeline(),
            durations: Durations { to_detect: Some(jiff::SignedDuration::from_mins(7)), ..Durations::default() },
            documents: vec![self.version()],
            publications: Vec::new(),
            waiting: Vec::new(),
            vault: Vault::from_entries([
                (Placeholder { kind: PiiKind::Host, number: 1 }, "db1.prod.acme.net".into()),
                (Placeholder { kind: PiiKind::Email, number: 1 }, "kim.olsen@acme.net".into()),
            ]),
            revision: 7,
            missing: vec!["A confirmed why without a further cause, declared as the root cause".to_owned()],
        }
    }

    fn logs(&self) -> Vec<LogFile> {
        let log = LogFile {
            id: self.log,
            issue: self.issue,
            file_name: "app.log".to_owned(),
            path: None,
            size_bytes: 311_296,
            line_count: LINES,
            encoding: "UTF-8".to_owned(),
            content_hash: "9f2c4b7a1d0e".repeat(5),
            added_at: at("2026-03-01T01:50:00Z"),
            time_range: Some((at("2026-03-01T01:10:00Z"), at("2026-03-01T02:09:00Z"))),
            findings: Some(41),
            kept_inside: true,
            state: LogState::Ready,
        };
        let gone = LogFile {
            id: LogFileId::new(),
            file_name: "gateway-access.log.gz".to_owned(),
            state: LogState::Missing("No such file".to_owned()),
            findings: Some(0),
            ..log.clone()
        };
        vec![log, gone]
    }

    fn whys(&self) -> Vec<Why> {
        let why = |id, parent, question: &str, answer: &str, state| Why {
            id,
            issue: self.issue,
            parent,
            order: 0,
            question: question.into(),
            answer: answer.into(),
            state,
            join: Join::Or,
            author: Author::Model("acme-4".to_owned()),
            evidence: Vec::new(),
            root_cause: None,
            created_at: at("2026-03-01T01:55:00Z"),
        };
        let mut first = why(
            self.confirmed,
            None,
            "Why do charges fail?",
            "The connection pool to [Host-1] is exhausted",
            WhyState::Confirmed,
        );
        first.evidence = vec![self.pin];
        let second = why(
            self.possible,
            Some(self.confirmed),
            "Why is the pool exhausted?",
            "Its maximum was cut from 64 to 6",
            WhyState::Possible,
        );
        vec![first, second]
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            id: self.pin,
            issue: self.issue,
            number: 1,
            source: EvidenceSource::Log {
                log: self.log,
                file_name: "app.log".to_owned(),
                file_hash: "9f2c".to_owned(),
                lines: LineRange { first: 905, last: 906 },
            },
            snippet: "01:38:20 INFO deploy rollout 4.2.1 -> 4.3.0 on [Host-1] pool.maxSize 64 -> 6\n01:40:00 ERROR \
                      HikariPool-1 - Connection is not available"
                .into(),
            created_at: at("2026-03-01T01:56:00Z"),
        }
    }

    fn action(&self) -> ActionItem {
        ActionItem {
            id: ActionId::new(),
            issue: self.issue,
            title: "Alert when the pool waits longer than a second".into(),
            kind: ActionKind::Detect,
            priority: Priority::High,
            owner: "Kim".into(),
            due: Some(jiff::civil::date(2026, 3, 20)),
            status: ActionStatus::Open,
            declined_because: "".into(),
            root_cause: None,
        }
    }

    fn timeline(&self) -> Vec<TimelineEvent> {
        let event = |time, kind, text: &str, source| TimelineEvent {
            id: TimelineId::new(),
            issue: self.issue,
            at: at(time),
            kind,
            text: text.into(),
            source,
        };
        let log = TimelineSource::Log { log: self.log, file_name: "app.log".to_owned(), line: 905 };
        vec![
            event("2026-03-01T01:38:20Z", TimelineKind::Note, "Rollout 4.3.0 begins", log),
            event("2026-03-01T01:40:00Z", TimelineKind::Start, "First failing charge", TimelineSource::User),
            event("2026-03-01T01:45:00Z", TimelineKind::Created, "Issue created", TimelineSource::System),
            event("2026-03-01T01:47:00Z", TimelineKind::Detection, "Pager rang", TimelineSource::User),
        ]
    }

    /// The block of lines that begins here.
    pub fn lines(&self, first: u64) -> Event {
        let base = at("2026-03-01T01:10:00Z");
        let lines = (first..(first + 256).min(LINES + 1)).map(|number| {
            let seconds = i64::try_from(number).unwrap();
            let time = base + jiff::SignedDuration::from_secs(seconds);
            let (level, text) = match number % 9 {
                3 => (Level::Warn, "WARN  [http-8] pool HikariPool-1 waits 980 ms, active 6 of 6"),
                4 => (Level::Error, "ERROR [http-8] HikariPool-1 - Connection is not available, request timed out"),
                _ => (Level::Info, "INFO  [http-3] POST /v1/charge 200 12ms user=kim.olsen@acme.net host=db1.prod.acme.net \
                                    trace=9f2c4b7a1d0e8f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e"),
            };
            LogLine { number, time: Some(time), level: Some(level), text: text.into(), instructs: false }
        });
        Event::LinesRead { log: self.log, first, lines: lines.collect() }
    }

    pub fn findings(&self) -> Event {
        let group = |kind, number, value: &str, places, decision| ValueGroup {
            kind,
            value: value.into(),
            placeholder: Placeholder { kind, number },
            places,
            confidence: if number > 1 { Confidence::Possible } else { Confidence::Certain },
            decision,
            exceptions: 0,
        };
        let groups = vec![
            group(PiiKind::Ipv4, 1, "10.20.30.41", 12, Decision::Redact),
            group(PiiKind::Ipv4, 2, "10.20.30.42", 3, Decision::Redact),
            group(PiiKind::Host, 1, "db1.prod.acme.net", 17, Decision::Redact),
            group(PiiKind::Email, 1, "kim.olsen@acme.net", 8, Decision::Keep),
            group(PiiKind::Password, 1, "hunter2-and-more", 1, Decision::Redact),
        ];
        Event::FindingsLoaded { issue: self.issue, groups, outdated: Vec::new() }
    }

    pub fn preview_page(&self) -> Event {
        let email = Placeholder { kind: PiiKind::Email, number: 1 };
        let line = |number: u64, value: &str| {
            let text = format!("INFO POST /v1/charge 200 user={value} ok");
            let at = text.find(value).unwrap();
            let start = (number - 1) * 100;
            let place = start + at as u64..start + (at + value.len()) as u64;
            let mark = PreviewMark { range: at..at + value.len(), placeholder: email, is_kept: false, place };
            let marks = if number.is_multiple_of(3) { vec![mark] } else { Vec::new() };
            PreviewLine { number, start, text: text.into(), marks }
        };
        let before = (1..=256).map(|number| line(number, "kim.olsen@acme.net")).collect();
        let after = (1..=256).map(|number| line(number, "[Email-1]")).collect();
        Event::RedactionPreviewed { log: self.log, first: 1, before, after }
    }

    pub fn insight(&self) -> Event {
        let seen =
            |line: u64, text: &str| serde_json::json!({ "at": { "log": 0, "line": line }, "time": null, "text": text });
        let template = |text: &str, count: u64, line: u64, level: &str| {
            serde_json::json!({
                "text": text, "log": 0, "count": count, "lines": count, "level": level, "first_line": line,
                "last_line": line + 9, "first_time": null, "last_time": null, "examples": [seen(line, text)]
            })
        };
        let templates = [
            template("INFO <*> POST /v1/charge 200 <*>", 2_101, 1, "info"),
            template("ERROR <*> HikariPool-1 - Connection is not available, request timed out", 212, 906, "error"),
            template("WARN <*> pool HikariPool-1 waits <*> ms, active 6 of 6", 84, 903, "warn"),
        ];
        let mut whole = serde_json::to_value(Insight::default()).unwrap();
        whole["templates"] = serde_json::json!(templates);
        whole["logs"] = serde_json::json!([{
            "name": "app.log", "lines": LINES, "bytes": 311_296, "events": LINES, "timed_lines": LINES,
            "first_time": null, "last_time": null, "levels": { "counts": [0, 84, 0, 212, 0, 0, 0, 0] }
        }]);
        whole["first_seen"] = serde_json::json!([
            { "template": 1, "line": seen(906, "HikariPool-1 - Connection is not available"), "level": "error",
              "from_start_secs": -80 }
        ]);
        let insight: Insight = serde_json::from_value(whole).unwrap();
        Event::InsightLoaded { issue: self.issue, insight: Arc::new(insight) }
    }

    pub fn conversation(&self) -> Event {
        let mut answer = self.message(
            self.answer,
            Role::Assistant,
            "The rollout at 01:38 changed the pool size on [Host-1]:\n\n- `app.log:905` shows **64 -> 6**\n- the first \
             failure follows at app.log:906\n\n```sql\nSHOW max_connections;\n```\n```triage\n{}\n```",
        );
        answer.usage = Some(Usage { prompt_tokens: 2_100, completion_tokens: 412, estimated: false });
        answer.took = Some(Duration::from_millis(9_100));
        answer.model = Some("acme-4".to_owned());
        answer.proposals = vec![self.proposal()];
        Event::ConversationLoaded(Box::new(ConversationView {
            id: self.conversation,
            issue: self.issue,
            provider: self.provider,
            messages: vec![self.message(MessageId::new(), Role::User, "what changed before 01:40?"), answer],
        }))
    }

    pub fn proposal(&self) -> Proposal {
        Proposal {
            level: 2,
            question: "Why is the pool exhausted?".into(),
            answer: "The rollout cut its maximum from 64 to 6".into(),
            citations: vec![Citation {
                file_name: "app.log".to_owned(),
                lines: LineRange::single(905),
                log: Some(self.log),
            }],
            root_cause: Some(RootCauseCategory::Configuration),
            confidence: Some(85),
            author: Author::Model("acme-4".to_owned()),
        }
    }

    pub fn message(&self, id: MessageId, role: Role, text: &str) -> ChatMessage {
        ChatMessage {
            id,
            conversation: self.conversation,
            role,
            text: text.into(),
            reasoning: "".into(),
            state: MessageState::Complete,
            model: None,
            usage: None,
            cost_micros: None,
            took: None,
            proposals: Vec::new(),
            created_at: at("2026-03-01T01:52:00Z"),
        }
    }

    pub fn outgoing() -> OutgoingPreview {
        let mut redactor = Redactor::new(Vault::default(), Policy::default());
        let mut redacted = |text: &str| redactor.redact(&text.into()).unwrap();
        let messages = vec![
            Message { role: Role::System, text: redacted("You help to find the root cause") },
            Message { role: Role::User, text: redacted("what did kim.olsen@corp-mail.net change?") },
        ];
        OutgoingPreview {
            prompt: Prompt {
                model: ModelId::parse("acme-4").unwrap(),
                messages,
                max_tokens: 4096,
                temperature: None,
                context_window: None,
            },
            host: "api.acme.example".to_owned(),
            is_local: false,
            redacted: vec![(PiiKind::Email, 1)],
            kept: 0,
            body_bytes: 4_321,
            body_sha256: "9f2c4b7a".repeat(8),
            images: Vec::new(),
            is_unredacted: false,
            tokens: 2_100,
            coverage: Some(Coverage { lines: 0.04, templates: 0.91, time: 1.0 }),
            log_shares: vec![("app.log".to_owned(), 0.04)],
            instruction_like: vec!["app.log:77".to_owned()],
            left_out: vec!["12 older messages".to_owned()],
            may_skip_review: false,
        }
    }

    fn version(&self) -> DocumentVersion {
        DocumentVersion {
            id: self.document,
            kind: DocumentKind::Rca,
            version: 2,
            updated_at: at("2026-03-01T03:00:00Z"),
        }
    }

    pub fn rca(&self) -> Event {
        let markdown = "# RCA: Charges fail with 502\n\n## Summary\n\nThe pool of [Host-1] was too small after a \
                        rollout [E1].\n\n## Impact\n\n| What | How much |\n|---|---|\n| Charges | 1,204 failed |\n\n\
                        ## Root cause\n\n1. The rollout changed the pool size\n2. Nobody saw it\n";
        let document = Document {
            id: self.document,
            issue: self.issue,
            kind: DocumentKind::Rca,
            title: "RCA".into(),
            markdown: markdown.into(),
            drafted: None,
            version: 2,
            created_at: at("2026-03-01T03:00:00Z"),
            updated_at: at("2026-03-01T03:00:00Z"),
        };
        let view = DocumentView { document: Some(document), versions: vec![self.version()] };
        Event::DocumentLoaded(Box::new(view))
    }
}
