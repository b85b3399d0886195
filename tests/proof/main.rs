//! The proof that nothing gets out: every kind of value is planted in every place where text comes in, the whole program
//! is used, and none of it may stand in what a server receives, in the program's log, in a file of the data folder, in
//! the audit log, or in what `Debug` prints.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]
#![expect(clippy::string_slice, reason = "planted text is ASCII where it is cut")]

#[path = "../document_support/pdf.rs"]
mod pdf;
mod planted;
mod search;
mod server;
mod story;
#[path = "../worker_support/mod.rs"]
mod worker_support;

use planted::{FORMS, Planted, Seed};
use search::Search;
use server::Server;
use std::collections::BTreeSet;
use story::{Story, events_of_tracing};
use tftsr::domain::{CUT_MARK, Decision, PiiKind, ProviderKind};
use tftsr::privacy::{Policy, Redactor, Vault};
use tftsr::worker::{Command, DecisionTarget, PrivacyCommand, Turn};

/// With placeholders, as a model writes them, and with a proposal to take.
const ANSWER: &str = "Seen [Password-1] and [Email-2], says main.log:1.\n```triage\n{\"level\":1,\"question\":\"Why [Host-1]?\",\
                      \"answer\":\"[User-1] did it\",\"lines\":[\"main.log:1\"]}\n```";

const KEY: &str = "sk-own-4Jd82mXq7Lw0";

#[test]
fn every_kind_is_planted() {
    for kind in PiiKind::ALL {
        assert!(FORMS.iter().any(|form| form.kind == *kind), "{kind:?} is planted nowhere");
    }
}

#[test]
fn no_two_places_share_a_value() {
    let values: Vec<_> = (0..40).flat_map(|seed| Seed(seed).plant("here").1).map(|one| one.value).collect();

    assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), values.len());
}

#[test]
fn nothing_planted_gets_out_in_the_format_of_openai() {
    nothing_planted_gets_out(ProviderKind::OpenAi, "/v1");
}

#[test]
fn nothing_planted_gets_out_in_the_format_of_ollama() {
    nothing_planted_gets_out(ProviderKind::Ollama, "");
}

fn nothing_planted_gets_out(kind: ProviderKind, path: &str) {
    let traced = events_of_tracing();
    let server = Server::start(ANSWER);
    let mut story = Story::new(kind, &format!("{}{path}", server.url), KEY);
    story.open_the_issue();
    story.write_down_what_is_known();
    story.ask("draft", Turn::New);
    story.ask("second draft", Turn::New);
    story.ask_again();
    story.edit_the_first_question("edited draft");
    story.ask_the_guide("guide draft");
    story.take_the_proposal();
    story.ask("last draft", Turn::New);
    story.try_the_provider();
    let rca = story.write_the_rca();
    let post_mortem = story.write_the_post_mortem();
    story.polish_a_section();
    story.publish_the_post_mortem(&server.url);
    let audit = story.audit_export();
    let preview = story.redaction_previews();
    let received = server.received.bytes();
    let files = story.close();

    let search = Search::new(&story.planted);
    let mut wrong = story.not_sent(&received);
    let mut look = |what: &str, search: &Search, bytes: &[u8]| {
        wrong.extend(search.leaks(bytes).into_iter().map(|leak| format!("{what}: {leak}")));
    };
    look("the server received", &search, &received);
    look("an external RCA holds", &search, rca.as_bytes());
    look("an external post-mortem holds", &search, post_mortem.as_bytes());
    look("the audit log holds", &search, audit.as_bytes());
    look("a preview shows", &search, preview.as_bytes());
    look("the program's log holds", &search, &traced.lock().unwrap());
    for (name, bytes) in &files {
        look(&format!("the file {name} holds"), &search, bytes);
    }
    // A file's name is no text of the user to the types, so `Debug` may print it; the rest must hold.
    let texts = Search::new(story.planted.iter().filter(|one| !one.label.contains("file name")));
    look("Debug prints", &texts, story.debug.as_bytes());
    assert!(wrong.is_empty(), "{} leaks:\n{}", wrong.len(), wrong.join("\n"));
    key_stays_in_its_header(&received, kind, &[audit.as_bytes(), story.debug.as_bytes()], &files);
    assert!(server.received.count("POST ") >= 6, "fewer requests than were made");
}

/// Detectors see whole lines, but what is quoted of a long one ends in the middle of a value.
#[test]
fn a_value_that_is_cut_leaves_no_half_behind() {
    let server = Server::start(ANSWER);
    let mut story = Story::new(ProviderKind::OpenAi, &format!("{}/v1", server.url), KEY);
    story.open_with_long_lines();

    story.ask("draft", Turn::New);

    let received = server.received.bytes();
    let cuts = String::from_utf8_lossy(&received).matches("[cut]").count();
    assert!(cuts >= 20, "only {cuts} lines were cut");
    let leaks: Vec<_> = Search::new(&story.planted).leaks(&received).into_iter().collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// The same for every place in which a value can be cut.
#[test]
fn half_a_value_before_the_mark_of_a_cut_is_hidden() {
    let (text, planted) = Seed(99).plant("here");
    let mut redactor = Redactor::new(Vault::default(), Policy::default());
    redactor.redact(&text.as_str().into()).unwrap();
    let vault = redactor.into_vault();
    let secrets: Vec<_> = planted.iter().filter(|one| one.kind.is_secret()).collect();
    let search = Search::new(secrets.iter().copied());
    let mut leaks = BTreeSet::new();
    for secret in &secrets {
        let start = text.find(&secret.value).unwrap();
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        for end in start + 8..start + secret.value.len() {
            let cut = format!("app.log:7 {}{CUT_MARK}\n", &text[line..end]);
            let mut redactor = Redactor::new(vault.clone(), Policy::default());
            leaks.extend(search.leaks(redactor.redact(&cut.into()).unwrap().as_str().as_bytes()));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The provider's own key is in one header of each request, and nowhere else.
fn key_stays_in_its_header(received: &[u8], kind: ProviderKind, elsewhere: &[&[u8]], files: &[(String, Vec<u8>)]) {
    let text = String::from_utf8_lossy(received);
    let places = text.matches(KEY).count();
    let headers =
        text.lines().filter(|line| line.to_lowercase() == format!("authorization: bearer {}", KEY.to_lowercase()));
    assert_eq!(headers.count(), places, "the key stands outside its header");
    assert!(places > 0 || kind == ProviderKind::Ollama, "no request had the key");
    let all = elsewhere.iter().copied().chain(files.iter().map(|(_, bytes)| bytes.as_slice()));
    for bytes in all {
        assert!(!bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "the key stands where it must not");
    }
}

/// That the proof can fail: a value that the user chose to keep is seen by the same search, and it alone.
#[test]
fn the_search_sees_a_value_that_was_kept() {
    let server = Server::start(ANSWER);
    let mut story = Story::new(ProviderKind::OpenAi, &format!("{}/v1", server.url), KEY);
    story.open_the_issue();
    let kept: Vec<Planted> =
        story.planted.iter().filter(|one| one.label == "Ipv4 (address) in the log").cloned().collect();
    let issue = story.issue;
    for one in &kept {
        let target = DecisionTarget::Value { kind: one.kind, value: one.value.as_str().into() };
        story.done(Command::Privacy(PrivacyCommand::Decide { issue, target, decision: Decision::Keep }));
    }

    story.ask("draft", Turn::New);

    assert_eq!(kept.len(), 1);
    let leaks = Search::new(&story.planted).leaks(&server.received.bytes());
    let values: BTreeSet<_> = leaks.iter().filter_map(|leak| leak.split(", ").next()).collect();
    assert_eq!(values.into_iter().collect::<Vec<_>>(), ["Ipv4 (address) in the log"]);
}

/// That the search knows the disguises.
#[test]
fn the_search_sees_through_other_spellings() {
    let value = "hunter22-Zq9!/x";
    let planted = Planted { kind: PiiKind::Password, label: "it".to_owned(), value: value.to_owned() };
    let search = Search::new([&planted]);
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let cases = [
        ("plain", format!("x {value} y")),
        ("another case", value.to_uppercase()),
        ("backwards", value.chars().rev().collect()),
        ("base64", base64(value)),
        ("base64 amid others", base64(&format!("user:{value}:z"))),
        ("base64 one off", base64(&format!("a{value}"))),
        ("percent", "hunter22-Zq9%21%2Fx".to_owned()),
        ("JSON", "\"hunter22-Zq9!\\/x\"".to_owned()),
        ("JSON by numbers", "hunt\\u0065r22-Zq9!/x".to_owned()),
        ("a part", "er22-Zq9 only".to_owned()),
        ("with something in between", "hun\u{200b}ter22-\u{1b}Zq9!/x".to_owned()),
        ("hex", hex::encode(value)),
    ];
    for (how, text) in cases {
        assert!(!search.leaks(text.as_bytes()).is_empty(), "{how}: {text}");
    }
    assert!(search.leaks(b"hunter2 and nothing else").is_empty());
}
