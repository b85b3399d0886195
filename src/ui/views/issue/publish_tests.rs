//! Publishing from an issue, by the names of its controls.

use super::tests::Window;
use crate::domain::{
    Audience, DocumentKind, ImageId, ImageKind, Publication, PublicationId, PublicationKind, PublicationState,
    RemoteId, RemoteItem, RemoteName, RemotePlace, Service, Severity, TicketStep, WaitingTicket,
};
use crate::privacy::{Policy, Redacted, Redactor, Vault};
use crate::ui::screen::IssueTab;
use crate::ui::state::Slot;
use crate::worker::{
    Command, Event, Failure, FailureKind, Onto, PublicationPart, PublicationPicture, PublicationPreview,
    PublishCommand, ShownImage,
};
use egui::{Key, Modifiers};
use jiff::Timestamp;

fn redacted(text: &str) -> Redacted {
    Redactor::new(Vault::default(), Policy::default()).redact(&text.into()).unwrap()
}

fn item(number: &str, version: u32) -> RemoteItem {
    RemoteItem {
        service: Service::Confluence,
        id: RemoteId::parse(number).unwrap(),
        number: number.to_owned(),
        title: "RCA of the pool".into(),
        text: "".into(),
        place: "OPS".to_owned(),
        state: String::new(),
        severity: None,
        url: format!("https://wiki.example/{number}"),
        created_at: None,
        version,
    }
}

fn shown(window: &Window, onto: Onto, title_taken_by: Option<RemoteItem>) -> Event {
    Event::PublicationPreviewed(Box::new(PublicationPreview {
        issue: window.scene.issue,
        service: Service::Confluence,
        host: "wiki.example".to_owned(),
        title: redacted("RCA of the pool"),
        text: redacted("asked by ann.olsen@acme-corp.net"),
        storage: None,
        redacted: vec![(crate::domain::PiiKind::Email, 1)],
        kept: 0,
        body: "{\"title\":\"RCA of the pool\"}".to_owned(),
        body_sha256: "9f2c".repeat(16),
        onto,
        pictures: Vec::new(),
        left_out: 0,
        title_taken_by,
        may_skip_review: false,
    }))
}

fn spaces() -> Event {
    let place = |key: &str| RemotePlace { key: RemoteName::parse(key).unwrap(), id: None, label: key.to_owned() };
    let places = vec![place("DEV"), place("OPS")];
    Event::PlacesListed { service: Service::Confluence, places, usual: RemoteName::parse("OPS") }
}

fn asked(window: &mut Window) -> Vec<PublishCommand> {
    let commands = window.commands().into_iter();
    commands.filter_map(|command| if let Command::Publish(one) = command { Some(one) } else { None }).collect()
}

fn page_dialog() -> Window {
    let mut window = Window::at(IssueTab::Document(DocumentKind::Rca));
    window.key(Modifiers::COMMAND, Key::P);
    assert!(matches!(asked(&mut window).as_slice(), [.., PublishCommand::ListPlaces(Service::Confluence)]));
    window.begin(&Slot::PublishPlaces).tell(Some(&Slot::PublishPlaces), spaces());
    window
}

#[test]
fn a_page_is_sent_only_as_it_was_shown() {
    let mut window = page_dialog();
    assert!(!window.sees("Publish"));
    window.press("Show what will be sent");
    let part = asked(&mut window).into_iter().find_map(|command| match command {
        PublishCommand::Preview(draft) => Some(draft.part),
        _ => None,
    });
    let Some(PublicationPart::Page { space, audience, onto: None, .. }) = part else { panic!("{part:?}") };
    assert_eq!((space.as_str(), audience), ("OPS", Audience::Internal), "the space of the settings");
    let event = shown(&window, Onto::New, None);
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    window.press("Publish");
    let sent = asked(&mut window)
        .into_iter()
        .any(|command| matches!(command, PublishCommand::Send { body_sha256, .. } if body_sha256 == "9f2c".repeat(16)));
    assert!(sent);
}

#[test]
fn what_was_shown_is_void_once_the_form_has_changed() {
    let mut window = page_dialog();
    window.press("Show what will be sent");
    let event = shown(&window, Onto::New, None);
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    assert!(window.sees("Publish"));
    window.press("External");
    assert!(!window.sees("Publish") && window.sees("Show what will be sent"));
}

#[test]
fn a_title_that_is_taken_asks_whether_to_update_that_page() {
    let mut window = page_dialog();
    window.press("Show what will be sent");
    let event = shown(&window, Onto::New, Some(item("42", 8)));
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    assert!(!window.sees("Publish"));
    // The dialog has grown by the preview and needs a few frames to come to rest.
    window.step();
    window.press("Update that page");
    let onto = asked(&mut window).into_iter().rev().find_map(|command| match command {
        PublishCommand::Preview(draft) => match draft.part {
            PublicationPart::Page { onto, .. } => onto,
            _ => None,
        },
        _ => None,
    });
    assert_eq!(onto, RemoteId::parse("42"));
}

#[test]
fn a_ticket_takes_the_severity_of_the_issue_and_says_what_it_becomes() {
    let mut window = Window::at(IssueTab::Logs);
    window.press("More actions").press("Create ticket…");
    assert!(window.sees("Becomes urgency 1 and impact 1: priority 1"));
    window.press("Show what will be sent");
    let severity = asked(&mut window).into_iter().find_map(|command| match command {
        PublishCommand::Preview(draft) => match draft.part {
            PublicationPart::Ticket { severity, .. } => Some(severity),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(severity, Some(Severity::P1));
}

#[test]
fn what_waits_and_what_was_published_stand_in_the_head() {
    let mut window = Window::at(IssueTab::Logs);
    let mut detail = window.scene.detail();
    detail.revision += 1;
    detail.waiting = vec![WaitingTicket { service: Service::ServiceNow, step: TicketStep::Create, publication: None }];
    let now = Timestamp::now();
    detail.publications = vec![Publication {
        id: PublicationId::new(),
        issue: detail.issue.id,
        service: Service::Confluence,
        kind: PublicationKind::Page,
        document: Some(DocumentKind::Rca),
        document_version: Some(1),
        audience: Audience::Internal,
        place: "OPS".to_owned(),
        remote: RemoteId::parse("42").unwrap(),
        number: "42".to_owned(),
        url: "https://wiki.example/42".to_owned(),
        title: "RCA".into(),
        version: 3,
        content_sha256: String::new(),
        state: PublicationState::Changed,
        created_at: now,
        updated_at: now,
        checked_at: now,
    }];
    window.tell(None, Event::IssueLoaded(Box::new(detail)));
    assert!(window.sees("ServiceNow ticket waits for your look") && window.sees("RCA 42"));
    assert!(asked(&mut window).iter().any(|command| matches!(command, PublishCommand::Automatic(_))));
    window.press("Not now");
    assert!(asked(&mut window).iter().any(|command| matches!(command, PublishCommand::Decline { .. })));
}

fn picture(is_drawn: bool) -> PublicationPicture {
    let shown = ShownImage {
        id: ImageId::new(),
        message: None,
        kind: ImageKind::Png,
        bytes: 2048,
        sha256: "5a".repeat(32),
        thumbnail: None,
    };
    PublicationPicture { shown, is_drawn }
}

fn shown_with(window: &Window, pictures: Vec<PublicationPicture>) -> Event {
    let Event::PublicationPreviewed(mut preview) = shown(window, Onto::New, None) else { panic!() };
    preview.pictures = pictures;
    Event::PublicationPreviewed(preview)
}

#[test]
fn a_picture_of_the_document_goes_with_the_users_word_alone() {
    let mut window = page_dialog();
    window.press("Show what will be sent");
    let event = shown_with(&window, vec![picture(true), picture(false)]);
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    window.step();
    window.press("Publish");
    let sent = |commands: Vec<PublishCommand>| {
        commands.into_iter().find_map(|command| match command {
            PublishCommand::Send { pictures, .. } => Some(pictures.len()),
            _ => None,
        })
    };
    assert_eq!(sent(asked(&mut window)), None);
    window.press("I have looked at them: they may go to wiki.example as they are");
    window.press("Publish");
    assert_eq!(sent(asked(&mut window)), Some(1), "what is drawn of redacted words needs no confirmation");
}

#[test]
fn the_pictures_of_a_document_can_be_left_out() {
    let mut window = page_dialog();
    window.press("Show what will be sent");
    let event = shown_with(&window, vec![picture(false)]);
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    window.step();
    window.press("Leave them out");
    let goes = asked(&mut window).into_iter().rev().find_map(|command| match command {
        PublishCommand::Preview(draft) => match draft.part {
            PublicationPart::Page { pictures, .. } => Some(pictures),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(goes, Some(false));
}

#[test]
fn a_publication_that_failed_keeps_its_dialog() {
    let mut window = page_dialog();
    window.press("Show what will be sent");
    let event = shown(&window, Onto::New, None);
    window.begin(&Slot::PublishPreview).tell(Some(&Slot::PublishPreview), event);
    window.press("Publish");
    let failure = Failure::new(FailureKind::Other, "the wiki said no", "Ask it nicely");
    window.begin(&Slot::PublishSend).tell(Some(&Slot::PublishSend), Event::Failed(failure));
    assert!(window.sees("The wiki said no") && window.sees("Publish to Confluence"));
}

#[test]
fn a_ticket_can_take_the_words_of_the_post_mortem() {
    let mut window = Window::at(IssueTab::Logs);
    window.press("More actions").press("Create ticket…");
    window.press("Take the post-mortem");
    let issue = window.scene.issue;
    let kind = DocumentKind::PostMortem;
    let is_asked = |command: &PublishCommand| matches!(command, PublishCommand::MakeTicketText { .. });
    assert!(asked(&mut window).iter().any(is_asked));
    let text = Some("Executive summary".into());
    window.begin(&Slot::TicketText).tell(Some(&Slot::TicketText), Event::TicketTextMade { issue, kind, text });
    window.press("Show what will be sent");
    let words = asked(&mut window).into_iter().find_map(|command| match command {
        PublishCommand::Preview(draft) => match draft.part {
            PublicationPart::Ticket { text, .. } => Some(text),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(words.as_ref().map(crate::domain::Unredacted::expose), Some("Executive summary"));
}
