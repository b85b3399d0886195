//! The whole program in use, with something planted wherever text comes in.

use super::pdf;
use super::planted::{FORMS, Planted, RULE, Seed, mark};
use super::worker_support::Scene;
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use tempfile::TempDir;
use tftsr::domain::{
    ActionId, ActionItem, ActionKind, ActionStatus, Audience, AuditQuery, Author, ChatMessage, ConfluenceApi,
    DocumentKind, EvidenceSource, IntegrationConfig, IssueId, Join, Paper, PiiKind, PostMortem, Priority,
    ProviderConfig, ProviderId, ProviderKind, Question, RemoteName, Role, Rule, RuleAction, RuleId, RuleMatch,
    RuleScope, Service, SignIn, TimelineEvent, TimelineId, TimelineKind, TimelineSource, Unredacted, Why, WhyId,
    WhyState,
};
use tftsr::worker::{
    Command, ConversationView, DocumentCommand, DocumentExport, Event, Existing, IntegrationCommand, IssueChange,
    IssueCommand, LogCommand, LogSource, NewIssue, PrivacyCommand, ProviderCommand, PublicationDraft, PublicationPart,
    PublishCommand, ResolutionCommand, RuleCommand, SettingsCommand, TriageCommand, Turn,
};

/// Kinds that a file's name may hold, and how.
const NAMES: &[(PiiKind, &str)] = &[
    (PiiKind::Email, "jane.doe900@corp-mail.net"),
    (PiiKind::Ipv4, "84.23.199.9"),
    (PiiKind::Host, "ledger900.payments.acme.internal"),
    (PiiKind::Token, "ghp_aQ7kD83kLm20Xc94VbQw71TzPs65YhNr42Ju"),
    (PiiKind::Ssn, "536-22-8177"),
];

pub struct Story {
    scene: Option<Scene>,
    /// Logs as the user has them, and what the user exports: outside the data folder.
    outside: TempDir,
    provider: ProviderConfig,
    pub issue: IssueId,
    pub planted: Vec<Planted>,
    /// Places whose text is to be in the prompts.
    sent: Vec<&'static str>,
    seeds: u32,
    /// What `Debug` prints of everything that came and went.
    pub debug: String,
}

impl Story {
    pub fn new(kind: ProviderKind, url: &str, key: &str) -> Self {
        let mut provider = ProviderConfig::new("test", kind, url, "test-model");
        provider.context_window = Some(400_000);
        provider.first_byte_timeout_secs = 20;
        let mut story = Self {
            scene: Some(Scene::new()),
            outside: tempfile::tempdir().unwrap(),
            provider: provider.clone(),
            issue: IssueId::new(),
            planted: Vec::new(),
            sent: Vec::new(),
            seeds: 0,
            debug: String::new(),
        };
        story.done(Command::Provider(ProviderCommand::Save { provider, key: Some(key.into()) }));
        let rule = Rule {
            id: RuleId::new(),
            number: 0,
            scope: RuleScope::All,
            action: RuleAction::Always,
            matcher: RuleMatch::Pattern,
            text: RULE.into(),
            enabled: true,
        };
        story.done(Command::Rule(RuleCommand::Save { rule, instead_of: None }));
        story
    }

    /// A text for this place, with everything in it.
    fn text(&mut self, place: &'static str) -> Unredacted {
        self.seeds += 1;
        let (text, planted) = Seed(self.seeds).plant(place);
        self.planted.extend(planted);
        text.into()
    }

    fn sent_text(&mut self, place: &'static str) -> Unredacted {
        self.sent.push(place);
        self.text(place)
    }

    pub fn done(&mut self, command: Command) -> Event {
        writeln!(self.debug, "{command:?}").unwrap();
        let event = self.scene.as_mut().unwrap().done(command);
        writeln!(self.debug, "{event:?}").unwrap();
        event
    }

    fn file(&self, name: &str, text: &str) -> LogSource {
        let path = self.outside.path().join(name);
        std::fs::write(&path, text).unwrap();
        LogSource::File(path)
    }

    pub fn open_the_issue(&mut self) {
        let log = self.sent_text("log").into_exposed();
        let begins = |line: &str| line.contains("mark-") || line.ends_with("follows");
        // With a time on each line that begins an event, and without any.
        let timed: Vec<_> = log
            .lines()
            .map(|line| if begins(line) { format!("2026-03-01T01:40:00Z ERROR {line}") } else { line.to_owned() })
            .collect();
        let bare = self.sent_text("log without times").into_exposed();
        let mut logs = vec![self.file("main.log", &timed.join("\n")), self.file("bare.log", &bare)];
        for (kind, value) in NAMES {
            logs.push(self.file(&format!("{value}.log"), "2026-03-01T01:40:00Z ERROR nothing planted in here\n"));
            self.planted.push(Planted {
                kind: *kind,
                label: format!("{kind:?} in a file name"),
                value: (*value).to_owned(),
            });
        }
        let pasted = self.sent_text("pasted log");
        logs.push(LogSource::Pasted { name: "pasted.log".to_owned(), text: pasted });
        let new = NewIssue {
            title: self.sent_text("title"),
            description: self.sent_text("description"),
            tags: vec![self.text("tag")],
            logs,
            ..NewIssue::default()
        };
        match self.done(Command::Issue(IssueCommand::Create(new))) {
            Event::IssueLoaded(detail) => self.issue = detail.issue.id,
            other => panic!("{other:?}"),
        }
    }

    /// An issue with nothing but lines that are too long to be quoted whole.
    pub fn open_with_long_lines(&mut self) {
        let logs = vec![self.long_lines()];
        let new = NewIssue { title: "Long lines".into(), logs, ..NewIssue::default() };
        match self.done(Command::Issue(IssueCommand::Create(new))) {
            Event::IssueLoaded(detail) => self.issue = detail.issue.id,
            other => panic!("{other:?}"),
        }
    }

    /// A value on each line, shifted by some bytes from line to line, so that cuts fall before, into and behind it.
    fn long_lines(&mut self) -> LogSource {
        self.seeds += 1;
        let (text, planted) = Seed(self.seeds).plant("long line");
        self.planted.extend(planted);
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| line.contains("mark-")) {
            for step in 0..5_usize {
                // Words of letters alone, and others on each line: each line is one of its kind.
                let word: String = [lines.len() / 26 % 26, lines.len() % 26].map(letter).into_iter().collect();
                let filler = format!("{word}pool ").repeat(60);
                lines.push(format!("ERROR {} {line}", filler.get(..320 + step * 13).unwrap_or_default()));
            }
        }
        self.file("long.log", &lines.join("\n"))
    }

    pub fn write_down_what_is_known(&mut self) {
        let issue = self.issue;
        let owner = self.text("assignee");
        self.done(Command::Issue(IssueCommand::Change { issue, change: IssueChange::AssignedTo(owner) }));
        let event = TimelineEvent {
            id: TimelineId::new(),
            issue,
            at: Timestamp::UNIX_EPOCH,
            kind: TimelineKind::Mitigation,
            text: self.text("timeline"),
            source: TimelineSource::User,
        };
        self.done(Command::Issue(IssueCommand::SaveTimelineEvent(event)));
        let why = Why {
            id: WhyId::new(),
            issue,
            parent: None,
            order: 0,
            question: self.sent_text("why question"),
            answer: self.sent_text("why answer"),
            state: WhyState::Possible,
            join: Join::Or,
            author: Author::User,
            evidence: Vec::new(),
            root_cause: None,
            created_at: Timestamp::UNIX_EPOCH,
        };
        let id = why.id;
        self.done(Command::Resolution(ResolutionCommand::SaveWhy(why)));
        let text = self.text("note");
        let pin = ResolutionCommand::Pin { issue, source: EvidenceSource::Note, text, why: Some(id) };
        self.done(Command::Resolution(pin));
        let action = ActionItem {
            id: ActionId::new(),
            issue,
            title: self.text("action"),
            kind: ActionKind::ALL[0],
            priority: Priority::ALL[0],
            owner: self.text("owner"),
            due: None,
            status: ActionStatus::ALL[0],
            declined_because: self.text("declined"),
            root_cause: None,
        };
        self.done(Command::Resolution(ResolutionCommand::SaveAction(action)));
    }

    /// Previews and sends, as a user does.
    pub fn ask(&mut self, place: &'static str, turn: Turn) {
        let draft = self.sent_text(place);
        self.send(draft, turn);
    }

    pub fn ask_again(&mut self) {
        self.send(Unredacted::default(), Turn::Regenerate);
    }

    pub fn edit_the_first_question(&mut self, place: &'static str) {
        let first = self.conversation().messages.iter().find(|message| message.role == Role::User).unwrap().id;
        self.ask(place, Turn::Edit(first));
    }

    fn send(&mut self, draft: Unredacted, turn: Turn) {
        let (issue, provider) = (self.issue, self.provider.id);
        let preview = TriageCommand::Preview { issue, provider, draft: draft.clone(), turn, images: Vec::new() };
        let Event::MessagePreviewed(preview) = self.done(Command::Triage(preview)) else { panic!() };
        let send = TriageCommand::Send { issue, provider, draft, turn, prompt: preview.prompt };
        assert!(matches!(self.done(Command::Triage(send)), Event::Answered(_)));
    }

    fn conversation(&mut self) -> ConversationView {
        let (issue, provider) = (self.issue, self.provider.id);
        match self.done(Command::Triage(TriageCommand::LoadConversation { issue, provider })) {
            Event::ConversationLoaded(view) => *view,
            other => panic!("{other:?}"),
        }
    }

    pub fn ask_the_guide(&mut self, place: &'static str) {
        let (issue, draft) = (self.issue, self.sent_text(place));
        self.done(Command::Triage(TriageCommand::AskGuide { issue, draft }));
        let guide = TriageCommand::LoadConversation { issue, provider: ProviderId::GUIDE };
        self.done(Command::Triage(guide));
        self.done(Command::Triage(TriageCommand::TakeGuideChain { issue }));
    }

    pub fn take_the_proposal(&mut self) {
        let with_proposal = |message: &ChatMessage| !message.proposals.is_empty() && message.model.is_some();
        let messages = self.conversation().messages;
        let message = messages.iter().rfind(|message| with_proposal(message)).unwrap();
        let (issue, edited) = (self.issue, message.proposals[0].clone());
        let accept = TriageCommand::AcceptProposal { issue, message: message.id, index: 0, edited };
        self.done(Command::Triage(accept));
    }

    pub fn try_the_provider(&mut self) {
        let provider = self.provider.clone();
        let test = ProviderCommand::Test { provider: provider.clone(), key: None };
        assert!(matches!(self.done(Command::Provider(test)), Event::ProviderTested { ok: true }));
        self.done(Command::Provider(ProviderCommand::ListModels { provider, key: None }));
    }

    pub fn write_the_rca(&mut self) -> String {
        self.write(DocumentKind::Rca, "edited document", "5Whys")
    }

    /// With an answer to each question that only people can answer.
    pub fn write_the_post_mortem(&mut self) -> String {
        let answers = Question::ALL.iter().map(|question| (*question, self.text(question.as_str()))).collect();
        let told = PostMortem { answers, ..PostMortem::new(self.issue) };
        self.done(Command::Issue(IssueCommand::SavePostMortem(told)));
        let all = self.write(DocumentKind::PostMortem, "edited post-mortem", "Rootcausesandtrigger");
        for question in Question::ALL {
            assert!(all.contains(&mark(question.as_str(), 0)), "{question:?} is not in the post-mortem");
        }
        all
    }

    /// Sends a section to be polished, as a user does who has seen what goes.
    pub fn polish_a_section(&mut self) {
        let (issue, provider) = (self.issue, self.provider.id);
        let section = format!("## Lead-up\n\n{}", self.sent_text("polished section").expose());
        let text = Unredacted::from(section.as_str());
        let preview = DocumentCommand::PreviewPolish { issue, provider, text: text.clone() };
        let Event::MessagePreviewed(preview) = self.done(Command::Document(preview)) else { panic!() };
        let polish = DocumentCommand::Polish { issue, provider, text, prompt: preview.prompt };
        assert!(matches!(self.done(Command::Document(polish)), Event::SectionPolished(_)));
    }

    /// The post-mortem as a page of the wiki at this address, under a title that holds something, for readers inside.
    pub fn publish_the_post_mortem(&mut self, url: &str) {
        let config = IntegrationConfig {
            base_url: url.to_owned(),
            sign_in: SignIn::Token,
            space_key: "OPS".to_owned(),
            api: ConfluenceApi::V1,
            ..IntegrationConfig::new(Service::Confluence)
        };
        let (config, secret) = (Box::new(config), Some("token-1".into()));
        self.done(Command::Integration(IntegrationCommand::Save { config, secret, client_secret: None }));
        // A title takes one line and 255 characters.
        let title = self.text("page title").expose().lines().next().unwrap().to_owned();
        let part = PublicationPart::Page {
            kind: DocumentKind::PostMortem,
            space: RemoteName::parse("OPS").unwrap(),
            parent: None,
            title: title.into(),
            audience: Audience::Internal,
            pictures: true,
            onto: None,
        };
        let issue = self.issue;
        let draft = PublicationDraft { issue, service: Service::Confluence, part };
        let preview = Command::Publish(PublishCommand::Preview(Box::new(draft)));
        let Event::PublicationPreviewed(shown) = self.done(preview) else { panic!() };
        for question in [Question::LeadUp, Question::ExternalStatement] {
            assert!(shown.body.contains(&mark(question.as_str(), 0)), "{question:?} is not in the page");
        }
        let body_sha256 = shown.body_sha256.clone();
        let send = PublishCommand::Send { issue, body_sha256, pictures: Vec::new() };
        let Event::Published(published) = self.done(Command::Publish(send)) else { panic!() };
        assert!(published.created, "{published:?}");
    }

    /// Drafted, edited by hand, and given to outsiders: as shown, and as a file. `heading` is one of its headings.
    fn write(&mut self, kind: DocumentKind, edited: &'static str, heading: &str) -> String {
        let issue = self.issue;
        let generate = DocumentCommand::Generate { issue, kind };
        let Event::DocumentLoaded(view) = self.done(Command::Document(generate)) else { panic!() };
        let mut document = view.document.unwrap();
        let edited = self.text(edited).into_exposed();
        document.markdown.push(&format!("\n## Notes\n\n{edited}"));
        self.done(Command::Document(DocumentCommand::Save(document.clone())));
        let audience = Audience::External;
        let render = DocumentCommand::Render { document: document.id, audience };
        let Event::DocumentRendered(shown) = self.done(Command::Document(render)) else { panic!() };
        assert!(shown.expose().contains(&mark("timeline", 0)), "the document is not about this issue");
        let mut all = shown.into_exposed();
        for ending in ["md", "html", "docx", "pdf"] {
            let path = self.outside.path().join(kind.as_str()).with_extension(ending);
            let export = DocumentExport {
                document: document.id,
                audience,
                paper: Paper::A4,
                format: None,
                path: path.clone(),
                existing: Existing::Refuse,
            };
            self.done(Command::Document(DocumentCommand::Export(export)));
            all.push_str(&readable(&path, heading));
        }
        all
    }

    /// As `audit list --json` writes it.
    pub fn audit_export(&mut self) -> String {
        let query = AuditQuery { limit: 10_000, ..AuditQuery::default() };
        let Event::AuditListed(entries) = self.done(Command::Settings(SettingsCommand::ListAudit(query))) else {
            panic!()
        };
        assert!(entries.iter().any(|entry| entry.action == "ai_send"));
        let lines = entries.iter().map(|entry| {
            json!({"action": entry.action, "entity": entry.entity_id, "user": entry.user, "details": entry.details})
                .to_string()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The logs as the Redaction tab shows them afterwards.
    pub fn redaction_previews(&mut self) -> String {
        let issue = self.issue;
        let Event::IssueLoaded(detail) = self.done(Command::Issue(IssueCommand::Load(issue))) else { panic!() };
        let mut text = String::new();
        for log in &detail.logs {
            let preview = PrivacyCommand::PreviewLog { log: log.id, first: 1, count: 1000 };
            let Event::RedactionPreviewed { after, .. } = self.done(Command::Privacy(preview)) else { panic!() };
            for line in &after {
                writeln!(text, "{}", line.text.expose()).unwrap();
            }
            self.done(Command::Log(LogCommand::ReadLines { log: log.id, first: 1, count: 1000 }));
        }
        self.done(Command::Privacy(PrivacyCommand::LoadFindings(issue)));
        text
    }

    /// Reads every file of the data folder while it is in use and after the end, and ends.
    pub fn close(&mut self) -> Vec<(String, Vec<u8>)> {
        let scene = self.scene.take().unwrap();
        let folder = scene.data_dir();
        let mut files = read_all(&folder);
        assert!(files.iter().any(|(name, bytes)| name.ends_with("tftsr.db-wal") && !bytes.is_empty()), "no journal");
        let scene = scene.restarted();
        files.extend(read_all(&folder));
        drop(scene);
        files
    }

    /// A place whose text is not on the wire proves nothing by its values not being there.
    pub fn not_sent(&self, received: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(received);
        let mut missing = Vec::new();
        for place in &self.sent {
            let arrived = (0..FORMS.len()).filter(|number| text.contains(&mark(place, *number))).count();
            // Of log lines of one kind, a few are quoted.
            let least = if place.contains("log") { FORMS.len() / 2 } else { FORMS.len() * 9 / 10 };
            if arrived < least {
                missing.push(format!("of the {place}, only {arrived} of {} lines were sent", FORMS.len()));
            }
        }
        missing
    }
}

fn letter(number: usize) -> char {
    char::from(b"abcdefghijklmnopqrstuvwxyz"[number])
}

fn read_all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.display().to_string(), std::fs::read(path).unwrap()));
            }
        }
    }
    files
}

/// What every crate logs, at the finest level, from all tests of this file.
pub fn events_of_tracing() -> Arc<Mutex<Vec<u8>>> {
    static EVENTS: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
        let events = Arc::new(Mutex::new(Vec::new()));
        let writer = Writer(Arc::clone(&events));
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        events
    });
    Arc::clone(&EVENTS)
}

#[derive(Clone)]
struct Writer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// All that can be read in a file: its bytes, what is compressed in it, and the text of its pages where the tool for
/// that is installed.
fn readable(path: &Path, heading: &str) -> String {
    let bytes = std::fs::read(path).unwrap();
    let mut all = String::from_utf8_lossy(&bytes).into_owned();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("docx") => {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            for index in 0..archive.len() {
                let mut part = Vec::new();
                archive.by_index(index).unwrap().read_to_end(&mut part).unwrap();
                all.push_str(&String::from_utf8_lossy(&part));
            }
        }
        Some("pdf") => {
            let told = pdf::read(&bytes);
            assert!(told.text.replace(' ', "").contains(heading), "the PDF cannot be read back");
            all.extend([told.text, told.notes, told.around, told.everything]);
        }
        _ => {}
    }
    all
}
