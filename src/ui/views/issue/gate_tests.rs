//! The privacy gate in the chat: what stands marked while one types, images, and what models make of placeholders.

use super::tests::Window;
use crate::domain::{Confidence, ImageId, ImageKind, MessageId, PiiKind, PiiSpan, Placeholder, RedactionOff, Role};
use crate::ui::context::Request;
use crate::ui::screen::IssueTab;
use crate::ui::state::Slot;
use crate::worker::{
    Command, ConversationView, Event, Failure, FailureKind, PrivacyCommand, ShownImage, Thumbnail, TriageCommand, Turn,
};
use egui::{Key, Modifiers};
use std::sync::Arc;

const EMAIL: Placeholder = Placeholder { kind: PiiKind::Email, number: 9 };

impl Window {
    fn check_slot(&self) -> Slot {
        Slot::DraftCheck(format!("chat/{0}@{0}", self.scene.issue))
    }

    fn is_asked_to_detect(&mut self, expected: &str) -> bool {
        self.commands().iter().any(|command| {
            matches!(command, Command::Privacy(PrivacyCommand::Detect { issue: Some(_), text }) if text.expose() == expected)
        })
    }

    fn previews(&mut self) -> Vec<usize> {
        let count = |command: &Command| match command {
            Command::Triage(TriageCommand::Preview { images, .. }) => Some(images.len()),
            _ => None,
        };
        self.commands().iter().filter_map(count).collect()
    }

    fn an_image_waits(&mut self) -> ShownImage {
        let thumbnail = Thumbnail { width: 2, height: 2, rgba: vec![200; 16] };
        let image = ShownImage {
            id: ImageId::new(),
            message: None,
            kind: ImageKind::Png,
            bytes: 2_048,
            sha256: "ab".repeat(32),
            thumbnail: Some(Arc::new(thumbnail)),
        };
        let issue = self.scene.issue;
        self.tell(Some(&Slot::Images(issue)), Event::ImagesLoaded { issue, images: vec![image.clone()] });
        image
    }

    fn answers(&mut self, text: &str) {
        let mut question = self.scene.message(MessageId::new(), Role::User, "who wrote to kim.olsen@acme.net?");
        question.model = None;
        let answer = self.scene.message(self.scene.answer, Role::Assistant, text);
        let view = ConversationView {
            id: self.scene.conversation,
            issue: self.scene.issue,
            provider: self.scene.provider,
            messages: vec![question, answer],
        };
        self.tell(None, Event::ConversationLoaded(Box::new(view)));
    }

    fn sees_part(&self, words: &str) -> bool {
        use egui_kittest::kittest::Queryable as _;
        self.harness.query_all_by_label_contains(words).next().is_some()
    }
}

fn found(text: &str, value: &str) -> Event {
    let start = text.find(value).unwrap();
    let range = start..start + value.len();
    Event::TextDetected(vec![PiiSpan {
        kind: PiiKind::Email,
        range,
        value: value.into(),
        placeholder: EMAIL,
        confidence: Confidence::Likely,
    }])
}

#[test]
fn what_is_typed_is_checked_once_it_rests_and_counted_below_the_field() {
    let mut window = Window::at(IssueTab::Triage);
    let draft = "ask bob@corp-mail.net";
    window.fill("Message", draft);
    assert!(window.is_asked_to_detect(draft));
    let slot = window.check_slot();
    window.tell(Some(&slot), found(draft, "bob@corp-mail.net"));
    assert!(window.sees("1 value will be redacted when sent ·"));
    assert!(!window.is_asked_to_detect(draft), "a text that was checked is not checked again");

    window.harness.state_mut().desk.checks.forget();
    window.step();
    assert!(window.is_asked_to_detect(draft), "a decision has changed");
}

#[test]
fn detectors_that_cannot_run_are_told_while_one_types() {
    let mut window = Window::at(IssueTab::Triage);
    window.fill("Message", "ask bob@corp-mail.net");
    let slot = window.check_slot();
    let failure = Failure::new(FailureKind::RefusedByGate, "the detector for Email could not run", "Report it");
    window.tell(Some(&slot), Event::Failed(failure));
    assert!(window.sees("The detectors cannot run: nothing can be sent ·"));
}

#[test]
fn an_image_is_asked_for_each_time_and_enter_sends_nothing() {
    let mut window = Window::at(IssueTab::Triage);
    window.an_image_waits();
    window.fill("Message", "what is this?");
    window.press("Send");
    assert!(window.sees("Nothing in this image can be redacted. Whatever it shows will be sent to api.acme.example."));
    assert_eq!(window.previews(), Vec::<usize>::new());

    window.key(Modifiers::NONE, Key::Enter);
    assert!(!window.sees("Send this image?"), "Cancel had the focus");
    assert_eq!(window.previews(), Vec::<usize>::new());

    window.press("Send").key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.previews(), Vec::<usize>::new());

    window.press("Send").press("Send image");
    assert_eq!(window.previews(), [1]);
}

#[test]
fn an_image_can_be_taken_away_again() {
    let mut window = Window::at(IssueTab::Triage);
    let image = window.an_image_waits();
    window.press("Remove image");
    let removes = |command: &Command| matches!(command, Command::Triage(TriageCommand::RemoveImage { image: id, .. }) if *id == image.id);
    assert!(window.commands().iter().any(removes));
}

#[test]
fn a_picture_in_the_clipboard_and_the_path_of_one_are_attached_and_text_is_not() {
    let mut window = Window::at(IssueTab::Triage);
    window.commands();
    let picture = Arc::new(egui::ColorImage::filled([2, 2], egui::Color32::RED));
    for (event, expected) in [
        (egui::Event::PasteImage(picture), true),
        (egui::Event::Paste("file:///tmp/shot.png".to_owned()), true),
        (egui::Event::Paste("see app.log".to_owned()), false),
    ] {
        window.harness.event(event);
        window.step();
        let attaches = |command: &Command| matches!(command, Command::Triage(TriageCommand::AttachImage { .. }));
        assert_eq!(window.commands().iter().any(attaches), expected);
    }
}

#[test]
fn what_the_model_made_up_is_counted_under_its_answer() {
    let mut window = Window::at(IssueTab::Triage);
    window.answers("Ask [Email-1] about [Host-99] and [IPv4-7], not Host-42");
    assert!(window.sees("2 placeholders stand for no value, the model invented them: [Host-99], [IPv4-7]"));
    assert!(window.sees("kim.olsen@acme.net"));
    window.answers("Ask [Email-1]");
    assert!(!window.sees_part("stand for no value") && !window.sees_part("stands for no value"));
}

#[test]
fn odd_spellings_are_shown_with_their_values_and_addresses_never_are() {
    let mut window = Window::at(IssueTab::Triage);
    window.answers(r"\[Email-1\] is on `Host-1`; see [the page](https://evil.example/?q=[Email-1])");
    assert!(window.sees("kim.olsen@acme.net") && window.sees("db1.prod.acme.net"));
    assert!(window.sees("the page"));
    window.press("the page");
    assert!(window.harness.output().platform_output.commands.is_empty(), "an address with a placeholder opens nothing");
}

#[test]
fn an_answer_is_copied_with_values_or_with_placeholders() {
    let mut window = Window::at(IssueTab::Triage);
    window.answers("Ask [Email-1]");
    let copied = |window: &mut Window| {
        let copies = window.requests().into_iter().filter_map(|request| match request {
            Request::Copy(text) => Some(text),
            _ => None,
        });
        copies.collect::<Vec<_>>()
    };
    window.requests();
    window.press("Copy answer");
    assert_eq!(copied(&mut window), ["Ask kim.olsen@acme.net"]);
    window.press("Copy answer with placeholders");
    assert_eq!(copied(&mut window), ["Ask [Email-1]"]);
    window.press("Show real values").press("Copy answer with real values");
    assert_eq!(copied(&mut window), ["Ask kim.olsen@acme.net"]);
}

#[test]
fn a_placeholder_that_the_stream_cut_does_not_flicker() {
    let mut window = Window::at(IssueTab::Triage);
    let slot = window.answer_slot();
    let mut answer = window.scene.message(MessageId::new(), Role::Assistant, "");
    answer.state = crate::domain::MessageState::Streaming;
    let id = answer.id;
    window.begin(&slot).tell(Some(&slot), Event::AnswerStarted { question: None, answer: Box::new(answer) });
    for (delta, hidden) in [("Ask [Ema", "[Ema"), ("il-", "[Email-"), ("1", "[Email-1")] {
        window.tell(Some(&slot), Event::AnswerGrew { message: id, delta: delta.into() });
        assert!(!window.sees_part(hidden), "{hidden}");
    }
    window.tell(Some(&slot), Event::AnswerGrew { message: id, delta: "]".into() });
    assert!(window.sees_part("kim.olsen@acme.net"));
}

#[test]
fn a_server_without_redaction_is_told_in_the_status_bar_and_in_the_composer() {
    let mut window = Window::at(IssueTab::Triage);
    assert!(!window.sees("Redaction off"));
    let state = &mut window.harness.state_mut().state;
    let mut provider = state.provider();
    provider.base_url = "http://127.0.0.1:8080/v1".to_owned();
    let id = provider.id;
    if let Some(known) = state.providers.value_mut().and_then(|all| all.iter_mut().find(|one| one.id == id)) {
        *known = provider.clone();
    }
    state.settings.redaction_off = RedactionOff::of(&provider).into_iter().collect();
    window.step();
    assert!(window.sees("Redaction off"));
    assert!(window.sees("Redaction is off for this server ·"));
    window.fill("Message", "ask bob@corp-mail.net");
    assert!(!window.is_asked_to_detect("ask bob@corp-mail.net"));
}

#[test]
fn another_answer_to_a_question_with_an_image_asks_for_the_image_again() {
    let mut window = Window::at(IssueTab::Triage);
    window.answers("It shows a graph");
    let question =
        match &window.harness.state().state.issues[&window.scene.issue].conversations[&window.scene.provider].view {
            crate::ui::state::Loadable::Ready(view) => view.messages[0].id,
            other => panic!("{other:?}"),
        };
    let image = ShownImage { message: Some(question), ..window.an_image_waits() };
    let issue = window.scene.issue;
    window.tell(None, Event::ImagesLoaded { issue, images: vec![image] });
    window.commands();
    window.press("Regenerate answer");
    assert!(window.sees("Send this image?"));
    window.press("Send image");
    let regenerates = |command: &Command| matches!(command, Command::Triage(TriageCommand::Preview { turn: Turn::Regenerate, images, .. }) if images.len() == 1);
    assert!(window.commands().iter().any(regenerates));
}
