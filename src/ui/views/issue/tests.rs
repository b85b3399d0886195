//! The tabs of an issue, used by their accessible names.

use super::scene::Scene;
use crate::domain::{DocumentKind, MessageId, MessageState, Role, WhyState};
use crate::ui::context::Request;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::shell::Shell;
use crate::ui::state::Slot;
use crate::ui::theme;
use crate::worker::{
    Command, DocumentCommand, Event, Existing, Failure, FailureKind, IssueCommand, JobId, LogCommand,
    ResolutionCommand, TriageCommand, Update,
};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

pub(super) struct Window {
    pub(super) harness: Harness<'static, Shell>,
    pub(super) scene: Scene,
}

impl Window {
    /// An issue with all that the worker has told of it.
    pub(super) fn at(tab: IssueTab) -> Self {
        let scene = Scene::new();
        let mut shell = Shell::default();
        for (slot, event) in scene.events() {
            shell.state.apply(Update { job: JobId(0), event }, slot.as_ref());
        }
        shell.screen = Screen::Issue(scene.issue, tab);
        let harness = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_max_steps(40).build_ui_state(
            |ui, shell: &mut Shell| {
                if !ui.ctx().data(|data| data.get_temp(egui::Id::NULL).unwrap_or(false)) {
                    ui.ctx().data_mut(|data| data.insert_temp(egui::Id::NULL, true));
                    theme::install_fonts(ui.ctx());
                    let density = crate::domain::Density::Comfortable;
                    theme::apply(ui.ctx(), crate::domain::ThemeChoice::Dark, density, 1.0);
                    return;
                }
                shell.ui(ui);
            },
            shell,
        );
        let mut window = Self { harness, scene };
        window.step();
        window
    }

    pub(super) fn step(&mut self) {
        self.harness.run_steps(4);
    }

    pub(super) fn press(&mut self, name: &str) -> &mut Self {
        self.harness.get_all_by_label(name).next().unwrap_or_else(|| panic!("no {name}")).click();
        self.step();
        self
    }

    pub(super) fn fill(&mut self, name: &str, text: &str) -> &mut Self {
        self.harness.get_by_label(name).focus();
        self.harness.run_steps(2);
        self.harness.get_by_label(name).type_text(text);
        self.step();
        self
    }

    pub(super) fn key(&mut self, modifiers: Modifiers, key: Key) -> &mut Self {
        self.harness.key_press_modifiers(modifiers, key);
        self.step();
        self
    }

    pub(super) fn tell(&mut self, slot: Option<&Slot>, event: Event) -> &mut Self {
        self.harness.state_mut().state.apply(Update { job: JobId(0), event }, slot);
        self.step();
        self
    }

    pub(super) fn begin(&mut self, slot: &Slot) -> &mut Self {
        self.harness.state_mut().state.begin(slot, JobId(0));
        self
    }

    pub(super) fn sees(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Everything asked for since the last call.
    pub(super) fn requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.harness.state_mut().desk.requests)
    }

    pub(super) fn commands(&mut self) -> Vec<Command> {
        self.requests()
            .into_iter()
            .filter_map(|request| match request {
                Request::Submit { command, .. } | Request::Detach { command, .. } => Some(command),
                _ => None,
            })
            .collect()
    }

    pub(super) fn answer_slot(&self) -> Slot {
        Slot::Answer(self.scene.issue, self.scene.provider)
    }
}

#[test]
fn the_header_names_what_it_changes_and_deleting_can_be_undone() {
    let mut window = Window::at(IssueTab::Timeline);
    for name in ["Severity P1", "Status triaging", "Domain Application", "Provider Acme acme-4", "More actions"] {
        assert!(window.sees(name), "{name}");
    }
    window.press("More actions").press("Delete issue…").press("Delete issue");
    let requests = window.requests();
    assert!(requests.iter().any(|one| matches!(one, Request::Notify(notice) if notice.action.is_some())));
    assert!(
        requests
            .iter()
            .any(|one| { matches!(one, Request::Detach { command: Command::Issue(IssueCommand::Delete(_)), .. }) })
    );
}

#[test]
fn seven_tabs_are_there_and_number_keys_lead_to_them() {
    let mut window = Window::at(IssueTab::Timeline);
    assert!(window.sees("Logs 2, needs attention"));
    assert!(window.sees("Redaction 5"));
    assert!(window.sees("Post-mortem") && !window.sees("Activity"));
    window.key(Modifiers::COMMAND, Key::Num4);
    let runs = window.requests().into_iter().filter(|one| matches!(one, Request::Run(_))).count();
    assert_eq!(runs, 1);
}

#[test]
fn the_viewer_shows_the_lines_in_view_and_reads_those_that_are_missing() {
    let mut window = Window::at(IssueTab::Logs);
    assert!(window.harness.query_by_label_contains("4: ERROR").is_some());
    assert!(window.harness.query_by_label_contains("904: ").is_none());
    window.harness.get_by_label("Lines of app.log").focus();
    window.step();
    window.key(Modifiers::NONE, Key::End);
    assert!(window.harness.query_by_label_contains("2404: ").is_some());
    let reads = |command: &Command| matches!(command, Command::Log(LogCommand::ReadLines { first: 2305, .. }));
    assert!(window.commands().iter().any(reads));
}

#[test]
fn a_citation_leads_to_its_lines() {
    let mut window = Window::at(IssueTab::Triage);
    window.requests();
    window.press("app.log:906");
    let opened = window.requests().into_iter().find_map(|one| match one {
        Request::Open(screen) => Some(screen),
        _ => None,
    });
    let logs = Screen::Issue(window.scene.issue, IssueTab::Logs);
    assert_eq!(opened, Some(logs));
    window.harness.state_mut().screen = logs;
    window.step();
    assert!(window.harness.query_by_label_contains("906: ").is_some());
    assert!(window.sees("app.log:906"));
}

#[test]
fn selected_lines_are_pinned_and_asked_about() {
    let mut window = Window::at(IssueTab::Logs);
    window.harness.query_by_label_contains("4: ERROR").unwrap().click();
    window.step();
    window.press("Pin as evidence").press("Pin without a why");
    let pins = |command: &Command| matches!(command, Command::Resolution(ResolutionCommand::Pin { why: None, .. }));
    assert!(window.commands().iter().any(pins));
    window.press("Ask about these lines");
    let key = super::triage::draft_key(window.scene.issue);
    assert_eq!(window.harness.state_mut().desk.drafts.text(&key), "app.log:4 ");
}

#[test]
fn a_search_counts_its_hits_and_goes_from_one_to_the_next() {
    let mut window = Window::at(IssueTab::Logs);
    window.fill("Search lines", "pool").key(Modifiers::NONE, Key::Enter);
    let searched = |command: &Command| match command {
        Command::Log(LogCommand::Search { filter, .. }) => filter.text == "pool",
        _ => false,
    };
    assert!(window.commands().iter().any(searched));
    let (log, numbers) = (window.scene.log, std::sync::Arc::new(vec![3, 4, 1200]));
    let slot = Slot::LineSearch(log);
    window.begin(&slot).tell(Some(&slot), Event::LinesFound { log, numbers, truncated: false });
    assert!(window.sees("3 lines"));
    window.press("Next match").press("Next match");
    assert!(window.sees("2 of 3"));
    window.press("Next match");
    let reads = |command: &Command| matches!(command, Command::Log(LogCommand::ReadLines { first: 1025, .. }));
    assert!(window.commands().iter().any(reads));
}

#[test]
fn a_growing_answer_is_shown_without_its_machine_part_and_esc_stops_it() {
    let mut window = Window::at(IssueTab::Triage);
    let (id, slot) = (MessageId::new(), window.answer_slot());
    let mut answer = window.scene.message(id, Role::Assistant, "");
    answer.state = MessageState::Streaming;
    window.begin(&slot).tell(Some(&slot), Event::AnswerStarted { question: None, answer: Box::new(answer) });
    window.tell(Some(&slot), Event::AnswerGrew { message: id, delta: "The pool ".into() });
    let delta = "is too small.\n\n```triage\n{\"level\": 2".into();
    window.tell(Some(&slot), Event::AnswerGrew { message: id, delta });
    assert!(window.sees("The pool is too small."));
    assert!(window.harness.query_by_label_contains("\"level\"").is_none());
    assert!(window.sees("Stop"));
    window.requests();
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.requests().iter().any(|one| matches!(one, Request::Cancel(cancelled) if *cancelled == slot)));
}

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut window = Window::at(IssueTab::Triage);
    window.fill("Message", "what did kim change?").key(Modifiers::NONE, Key::Enter);
    let previews = |command: &Command| match command {
        Command::Triage(TriageCommand::Preview { draft, .. }) => draft.expose() == "what did kim change?",
        _ => false,
    };
    assert!(window.commands().iter().any(previews));
    let outgoing = Scene::outgoing();
    let slot = Slot::MessagePreview(window.scene.issue);
    window.begin(&slot).tell(Some(&slot), Event::MessagePreviewed(Box::new(outgoing.clone())));
    for words in ["You help to find the root cause", "what did ", "[Email-1]", " change?", "api.acme.example"] {
        assert!(window.sees(words), "{words}");
    }
    window.press("Send to api.acme.example");
    let sent = window.commands().into_iter().find_map(|command| match command {
        Command::Triage(TriageCommand::Send { prompt, .. }) => Some(prompt),
        _ => None,
    });
    assert_eq!(sent, Some(outgoing.prompt));
}

#[test]
fn where_an_answer_cites_no_line_that_is_said_and_the_guide_is_at_hand() {
    let mut window = Window::at(IssueTab::Triage);
    let warning = "This answer cites no line of the logs";
    assert!(!window.sees(warning), "the scene's answer cites lines");
    let Event::ConversationLoaded(mut view) = window.scene.conversation() else { panic!("no conversation") };
    let answer = view.messages.last_mut().unwrap();
    (answer.text, answer.proposals) = ("It is always the network.".into(), Vec::new());
    let slot = Slot::Conversation(window.scene.issue, window.scene.provider);
    window.tell(Some(&slot), Event::ConversationLoaded(view));
    assert!(window.sees(warning));
    window.press("Ask the built-in guide");
    let asks = |command: &Command| matches!(command, Command::Triage(TriageCommand::AskGuide { .. }));
    assert!(window.commands().iter().any(asks));
}

#[test]
fn an_older_preview_is_never_sent_for_a_newer_question() {
    let mut window = Window::at(IssueTab::Triage);
    let mut outgoing = Scene::outgoing();
    outgoing.may_skip_review = true;
    let slot = Slot::MessagePreview(window.scene.issue);
    window.tell(Some(&slot), Event::MessagePreviewed(Box::new(outgoing)));
    window.fill("Message", "something else").key(Modifiers::NONE, Key::Enter);
    let sends = |command: &Command| matches!(command, Command::Triage(TriageCommand::Send { .. }));
    assert!(!window.commands().iter().any(sends));
}

#[test]
fn a_proposal_is_accepted_as_it_was_edited() {
    let mut window = Window::at(IssueTab::Triage);
    window.requests();
    window.press("Accept");
    let accepted = window.commands().into_iter().find_map(|command| match command {
        Command::Triage(TriageCommand::AcceptProposal { index, edited, .. }) => Some((index, edited)),
        _ => None,
    });
    assert_eq!(accepted, Some((0, window.scene.proposal())));
    assert!(!window.sees("Accept"));
}

#[test]
fn a_failure_offers_the_settings_that_can_help() {
    let mut window = Window::at(IssueTab::Triage);
    let slot = window.answer_slot();
    let failure = Failure::new(FailureKind::ProviderSettings, "The key was refused", "Enter another key");
    window.tell(Some(&slot), Event::Failed(failure));
    assert!(window.sees("The key was refused"));
    window.press("Open settings");
    assert!(window.requests().iter().any(|one| matches!(one, Request::Open(Screen::Settings(_)))));
}

#[test]
fn a_why_without_evidence_is_not_confirmed() {
    let mut window = Window::at(IssueTab::Resolution);
    window.requests();
    window.press("State possible").press("confirmed");
    let requests = window.requests();
    assert!(requests.iter().any(|one| matches!(one, Request::Notify(_))));
    let sets = |one: &Request| {
        let Request::Detach { command: Command::Resolution(command), .. } = one else { return false };
        matches!(command, ResolutionCommand::SetWhyState { state: WhyState::Confirmed, .. })
    };
    assert!(!requests.iter().any(sets));
}

#[test]
fn an_issue_without_a_root_cause_is_resolved_with_a_reason_only() {
    let mut window = Window::at(IssueTab::Resolution);
    window.press("Resolve…");
    assert!(window.harness.get_by_label("Resolve").accesskit_node().is_disabled());
    window.fill("Reason", "The logs were rotated away").press("Resolve");
    let resolved = window.commands().into_iter().any(|command| match command {
        Command::Resolution(ResolutionCommand::Resolve { outcome, .. }) => {
            outcome == crate::domain::Outcome::Inconclusive { reason: "The logs were rotated away".into() }
        }
        _ => false,
    });
    assert!(resolved);
}

#[test]
fn the_rca_is_stored_by_itself_and_its_export_asks_before_it_replaces() {
    let mut window = Window::at(IssueTab::Document(DocumentKind::Rca));
    window.fill("Source", "Ü");
    window.harness.run_steps(90);
    let saved = window.commands().into_iter().find_map(|command| match command {
        Command::Document(DocumentCommand::Save(document)) => Some(document),
        _ => None,
    });
    assert!(saved.unwrap().markdown.expose().contains('Ü'));
    let draft = format!("document/{}", window.scene.document);
    assert!(window.harness.state_mut().desk.drafts.text(&draft).contains('Ü'));

    let slot = Slot::Export(window.scene.issue);
    window.press("Export…").press("Markdown").fill("Folder", "/tmp").begin(&slot).press("Export");
    let exports = |command: &Command| match command {
        Command::Document(DocumentCommand::Export(export)) => Some((export.existing, export.path.clone())),
        _ => None,
    };
    let (existing, path) = window.commands().iter().find_map(exports).unwrap();
    assert_eq!((existing, path.extension().unwrap().to_str()), (Existing::Refuse, Some("md")));
    let failure = Failure::new(FailureKind::FileExists, "The file is there already", "");
    window.tell(Some(&slot), Event::Failed(failure));
    window.press("Keep both");
    assert_eq!(window.commands().iter().find_map(exports), Some((Existing::Number, path.clone())));
    let remarks = vec!["One character is in no font here".to_owned()];
    window.begin(&slot).tell(Some(&slot), Event::Exported { path, remarks });
    assert!(window.sees("One character is in no font here"));
    window.press("Show in folder");
    let shows = |command: &Command| matches!(command, Command::Document(DocumentCommand::ShowInFolder(_)));
    assert!(window.commands().iter().any(shows));
}

#[test]
fn an_event_is_added_to_the_timeline_by_hand() {
    let mut window = Window::at(IssueTab::Timeline);
    window.press("Add event").fill("What happened", "Traffic moved to the standby").press("Save event");
    let added = window.commands().into_iter().any(|command| match command {
        Command::Issue(IssueCommand::SaveTimelineEvent(event)) => {
            event.text.expose() == "Traffic moved to the standby" && event.source == crate::domain::TimelineSource::User
        }
        _ => false,
    });
    assert!(added);
}

#[test]
fn ten_thousand_messages_cost_what_is_in_view() {
    let mut window = Window::at(IssueTab::Triage);
    let Event::ConversationLoaded(mut view) = window.scene.conversation() else { panic!("another event") };
    let words = "what changed before the first failure, and who would know of it?";
    let more = (0..10_000).map(|_| window.scene.message(MessageId::new(), Role::User, words));
    view.messages.splice(0..0, more);
    window.tell(None, Event::ConversationLoaded(view));
    let drawn = window.harness.query_all_by_label("Copy message").count();
    assert!((1..60).contains(&drawn), "{drawn}");
    assert!(window.sees("Accept"));
}

#[test]
fn the_why_tree_folds_into_a_toggle_where_there_is_no_room() {
    let mut window = Window::at(IssueTab::Triage);
    assert!(window.sees("Add why"));
    window.harness.set_size(egui::vec2(960.0, 600.0));
    window.step();
    assert!(!window.sees("Add why"));
    window.press("Why tree");
    assert!(window.sees("Add why"));
}

#[test]
fn what_was_typed_comes_back_when_it_could_not_be_sent() {
    let mut window = Window::at(IssueTab::Triage);
    window.fill("Message", "and then?").key(Modifiers::NONE, Key::Enter);
    let mut outgoing = Scene::outgoing();
    outgoing.may_skip_review = true;
    let preview = Slot::MessagePreview(window.scene.issue);
    window.begin(&preview).tell(Some(&preview), Event::MessagePreviewed(Box::new(outgoing)));
    let key = super::triage::draft_key(window.scene.issue);
    assert_eq!(window.harness.state_mut().desk.drafts.text(&key), "");
    let slot = window.answer_slot();
    let failure = Failure::new(FailureKind::Network, "No answer", "Check the network");
    window.begin(&slot).tell(Some(&slot), Event::Failed(failure));
    assert_eq!(window.harness.state_mut().desk.drafts.text(&key), "and then?");
}
