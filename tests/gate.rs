//! The gate, seen from the wire: what was shown is what goes, once, and nothing else does.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_types,
    reason = "a test stops at the first surprise"
)]

mod worker_support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tftsr::domain::{
    AuditQuery, Decision, IssueId, PiiKind, ProviderConfig, ProviderId, ProviderKind, RedactionOff, Settings,
    Strictness,
};
use tftsr::privacy::Confirmation;
use tftsr::worker::{
    Command, DecisionTarget, Event, Failure, FailureKind, ImageSource, LogSource, OutgoingPreview, PrivacyCommand,
    ProviderCommand, SettingsCommand, ShownImage, TriageCommand, Turn,
};
use worker_support::Scene;

const LOG: &str = "2026-03-01T01:38:20Z INFO deploy pool.maxSize 64 -> 6 by jane.doe@corp-mail.net\n\
2026-03-01T01:40:01Z ERROR db password=Tr0ub4dor3xyz rejected for 84.23.17.9\n";
const PLANTED: &[&str] = &["jane.doe@corp-mail.net", "84.23.17.9", "Tr0ub4dor3xyz"];
const FORMATS: [ProviderKind; 5] =
    [ProviderKind::OpenAi, ProviderKind::Ollama, ProviderKind::Anthropic, ProviderKind::Gemini, ProviderKind::MsiGenai];

fn pasted(text: &str) -> Vec<LogSource> {
    vec![LogSource::Pasted { name: "app.log".to_owned(), text: text.into() }]
}

/// A server that keeps the bodies of the requests that it gets, and answers each with the next of `answers`.
struct Recorder {
    base: String,
    bodies: Receiver<Vec<u8>>,
}

impl Recorder {
    fn answering(kind: ProviderKind, answers: Vec<(u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let path = if kind == ProviderKind::OpenAi { "/v1" } else { "" };
        let base = format!("http://{}{path}", listener.local_addr().unwrap());
        let (sender, bodies) = channel();
        std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let mut answers = answers.into_iter();
                loop {
                    let Ok((mut stream, _)) = listener.accept() else { return };
                    let body = read_body(&mut stream);
                    // A question about the model itself, which an Ollama is asked first: it holds the model's name alone.
                    if body == br#"{"model":"test-model"}"# {
                        let unknown = "HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                        stream.write_all(unknown.as_bytes()).unwrap();
                        continue;
                    }
                    let Some((status, answer)) = answers.next() else { return };
                    sender.send(body).unwrap();
                    let content = match kind {
                        _ if status != 200 => "application/json",
                        ProviderKind::Ollama => "application/x-ndjson",
                        ProviderKind::MsiGenai => "application/json",
                        _ => "text/event-stream",
                    };
                    let length = answer.len();
                    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {content}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                    stream.write_all(format!("{head}{answer}").as_bytes()).unwrap();
                }
            })
            .unwrap();
        Self { base, bodies }
    }

    fn new(kind: ProviderKind) -> Self {
        let answer = match kind {
            ProviderKind::Ollama => format!("{}\n", json!({"message": {"content": "ok"}, "done": true})),
            ProviderKind::MsiGenai => json!({"status": true, "sessionId": "s-1", "msg": "ok"}).to_string(),
            ProviderKind::Anthropic => {
                let text = json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "ok"}});
                format!("data: {text}\n\ndata: {}\n\n", json!({"type": "message_stop"}))
            }
            ProviderKind::Gemini => {
                let content = json!({"role": "model", "parts": [{"text": "ok"}]});
                format!("data: {}\n\n", json!({"candidates": [{"content": content, "finishReason": "STOP"}]}))
            }
            _ => format!("data: {}\n\ndata: [DONE]\n\n", json!({"choices": [{"delta": {"content": "ok"}}]})),
        };
        Self::answering(kind, vec![(200, answer); 4])
    }

    fn body(&self) -> Vec<u8> {
        self.bodies.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    fn got_nothing(&self) -> bool {
        self.bodies.try_recv().is_err()
    }
}

/// The system text and the message of a body without images.
fn texts(kind: ProviderKind, body: &Value) -> [&str; 2] {
    let places = match kind {
        ProviderKind::Anthropic => ["/system", "/messages/0/content"],
        ProviderKind::Gemini => ["/systemInstruction/parts/0/text", "/contents/0/parts/0/text"],
        ProviderKind::MsiGenai => ["/system", "/prompt"],
        _ => ["/messages/0/content", "/messages/1/content"],
    };
    places.map(|place| body.pointer(place).unwrap().as_str().unwrap())
}

/// The image of a body in base64, and the words beside it.
fn picture(kind: ProviderKind, body: &Value) -> (&str, &str) {
    let (image, words) = match kind {
        ProviderKind::Ollama => ("/messages/1/images/0", "/messages/1/content"),
        ProviderKind::Anthropic => ("/messages/0/content/0/source/data", "/messages/0/content/1/text"),
        ProviderKind::Gemini => ("/contents/0/parts/0/inlineData/data", "/contents/0/parts/1/text"),
        _ => ("/messages/1/content/1/image_url/url", "/messages/1/content/0/text"),
    };
    let media_type = match kind {
        ProviderKind::Anthropic => body.pointer("/messages/0/content/0/source/media_type"),
        ProviderKind::Gemini => body.pointer("/contents/0/parts/0/inlineData/mimeType"),
        _ => None,
    };
    assert!(media_type.is_none_or(|found| found == "image/png"), "{media_type:?}");
    let [image, words] = [image, words].map(|place| body.pointer(place).unwrap().as_str().unwrap());
    (image.strip_prefix("data:image/png;base64,").unwrap_or(image), words)
}

/// The body as it came over the wire, byte for byte.
fn read_body(stream: &mut std::net::TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut bytes = vec![0; 65_536];
    loop {
        let count = stream.read(&mut bytes).unwrap();
        request.extend_from_slice(&bytes[..count]);
        let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4) else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        if count == 0 || length.is_some_and(|length| request.len() >= end + length) {
            return request.split_off(end);
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn provider(scene: &mut Scene, kind: ProviderKind, base: &str) -> ProviderConfig {
    let provider = ProviderConfig::new("test", kind, base, "test-model");
    scene.done(Command::Provider(ProviderCommand::Save { provider: provider.clone(), key: None }));
    provider
}

fn preview_with(
    scene: &mut Scene,
    (issue, provider, draft): (IssueId, ProviderId, &str),
    images: Vec<Confirmation>,
) -> OutgoingPreview {
    let draft = draft.into();
    let preview = TriageCommand::Preview { issue, provider, draft, turn: Turn::New, images };
    match scene.done(Command::Triage(preview)) {
        Event::MessagePreviewed(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

fn send(issue: IssueId, provider: ProviderId, draft: &str, preview: &OutgoingPreview) -> Command {
    let (draft, prompt) = (draft.into(), preview.prompt.clone());
    Command::Triage(TriageCommand::Send { issue, provider, draft, turn: Turn::New, prompt })
}

fn audited(scene: &mut Scene, action: &str) -> Vec<Value> {
    let query = AuditQuery { action: Some(action.to_owned()), ..AuditQuery::default() };
    match scene.done(Command::Settings(SettingsCommand::ListAudit(query))) {
        Event::AuditListed(entries) => entries.into_iter().map(|entry| entry.details).collect(),
        other => panic!("{other:?}"),
    }
}

fn images(scene: &mut Scene, command: TriageCommand) -> Vec<ShownImage> {
    match scene.done(Command::Triage(command)) {
        Event::ImagesLoaded { images, .. } => images,
        other => panic!("{other:?}"),
    }
}

fn confirm(image: &ShownImage, host: &str) -> Confirmation {
    Confirmation::new(image.id, image.sha256.as_str(), host)
}

/// A picture of one color with a note of whose it is.
fn png_with_a_note() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(6, 4, image::Rgb([10, 20, 30])).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let mut png = png.into_inner();
    let note = b"Author\0jane.doe@corp-mail.net";
    let chunk = [&u32::try_from(note.len()).unwrap().to_be_bytes(), b"tEXt".as_slice(), note, b"crc!"].concat();
    // Behind the signature and the header.
    png.splice(33..33, chunk);
    png
}

#[test]
fn the_bytes_on_the_wire_are_those_that_were_shown_and_those_of_the_audit_log() {
    for kind in FORMATS {
        let server = Recorder::new(kind);
        let mut scene = Scene::new();
        let issue = scene.issue_with("Charges fail for jane.doe@corp-mail.net", pasted(LOG)).issue.id;
        let provider = provider(&mut scene, kind, &server.base).id;

        let preview = preview_with(&mut scene, (issue, provider, "what did 84.23.17.9 do?"), Vec::new());
        scene.done(send(issue, provider, "what did 84.23.17.9 do?", &preview));

        let body = server.body();
        assert_eq!(sha256(&body), preview.body_sha256, "{kind:?}");
        assert_eq!(body.len(), preview.body_bytes, "{kind:?}");
        let entries = audited(&mut scene, "ai_send");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["sent"]["body_sha256"], preview.body_sha256.as_str(), "{kind:?}");
        assert_eq!(entries[0]["sent"]["bytes"], preview.body_bytes, "{kind:?}");
        assert_eq!(entries[0]["redaction"], "on");
        let text = String::from_utf8(body).unwrap();
        assert!(PLANTED.iter().all(|value| !text.contains(value)), "{text}");
        // Every text that goes was in the preview, headers of the fences included.
        let sent: Value = serde_json::from_str(&text).unwrap();
        let shown: Vec<_> = preview.prompt.messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts(kind, &sent).as_slice(), shown, "{kind:?}");
        assert!(shown.iter().any(|text| text.contains("untrusted-data log lines")));
    }
}

#[test]
fn only_what_was_shown_last_is_sent_and_once() {
    let server = Recorder::new(ProviderKind::OpenAi);
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let config = provider(&mut scene, ProviderKind::OpenAi, &server.base);
    let id = config.id;
    let refused = |scene: &mut Scene, command| {
        let failure: Failure = scene.failure(command);
        assert_eq!(failure.kind, FailureKind::RefusedByGate, "{failure:?}");
    };

    let first = preview_with(&mut scene, (issue, id, "why?"), Vec::new());
    refused(&mut scene, send(issue, id, "something else", &first));
    // The attempt has used it up.
    refused(&mut scene, send(issue, id, "why?", &first));

    let second = preview_with(&mut scene, (issue, id, "why?"), Vec::new());
    let mut edited = second;
    edited.prompt.messages.pop();
    refused(&mut scene, send(issue, id, "why?", &edited));

    let older = preview_with(&mut scene, (issue, id, "one?"), Vec::new());
    preview_with(&mut scene, (issue, id, "two?"), Vec::new());
    refused(&mut scene, send(issue, id, "one?", &older));

    let third = preview_with(&mut scene, (issue, id, "why?"), Vec::new());
    let changed = ProviderConfig { base_url: "http://127.0.0.1:9/v1".to_owned(), ..config.clone() };
    scene.done(Command::Provider(ProviderCommand::Save { provider: changed, key: None }));
    refused(&mut scene, send(issue, id, "why?", &third));

    assert!(server.got_nothing());
    assert_eq!(audited(&mut scene, "ai_send"), Vec::<Value>::new());
    scene.done(Command::Provider(ProviderCommand::Save { provider: config, key: None }));
    let last = preview_with(&mut scene, (issue, id, "why?"), Vec::new());
    scene.done(send(issue, id, "why?", &last));
    assert_eq!(sha256(&server.body()), last.body_sha256);
    refused(&mut scene, send(issue, id, "why?", &last));
}

#[test]
fn an_image_goes_when_it_is_confirmed_without_its_name_and_its_notes_and_once() {
    for kind in FORMATS.into_iter().filter(|kind| *kind != ProviderKind::MsiGenai) {
        let server = Recorder::new(kind);
        let mut scene = Scene::new();
        let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
        let id = provider(&mut scene, kind, &server.base).id;
        let path = scene.write("jane.doe-desktop.png", png_with_a_note());
        let attached = images(&mut scene, TriageCommand::AttachImage { issue, source: ImageSource::File(path) });
        let image = &attached[0];
        assert_eq!(image.thumbnail.as_ref().map(|small| (small.width, small.height)), Some((6, 4)));

        let without = preview_with(&mut scene, (issue, id, "what is this?"), Vec::new());
        assert!(without.images.is_empty());
        assert!(without.left_out.iter().any(|one| one.contains("not confirmed")), "{:?}", without.left_out);

        let preview = preview_with(&mut scene, (issue, id, "what is this?"), vec![confirm(image, "127.0.0.1")]);
        scene.done(send(issue, id, "what is this?", &preview));

        let body = server.body();
        assert_eq!(sha256(&body), preview.body_sha256);
        let text = String::from_utf8(body).unwrap();
        assert!(!text.contains("desktop") && !text.contains(&STANDARD.encode(b"jane.doe")), "{kind:?}");
        let sent: Value = serde_json::from_str(&text).unwrap();
        let (encoded, words) = picture(kind, &sent);
        assert_eq!(words, preview.prompt.messages.last().unwrap().text.as_str(), "{kind:?}");
        let bytes = STANDARD.decode(encoded).unwrap();
        assert_eq!(sha256(&bytes), image.sha256);
        assert!(!bytes.windows(8).any(|part| part == b"jane.doe"));
        assert!(image::load_from_memory(&bytes).is_ok());
        let entries = audited(&mut scene, "ai_send");
        assert_eq!(entries[0]["images"][0]["sha256"], image.sha256.as_str());
        assert_eq!(entries[0]["images"][0]["bytes"], bytes.len());

        let kept = images(&mut scene, TriageCommand::LoadImages(issue));
        assert!(kept[0].message.is_some(), "it belongs to the question now");
        let next = preview_with(&mut scene, (issue, id, "and now?"), Vec::new());
        assert!(next.images.is_empty());
        assert!(next.left_out.iter().any(|one| one.contains("earlier messages")), "{:?}", next.left_out);
    }
}

#[test]
fn a_gateway_that_takes_words_alone_refuses_an_image_before_anything_goes() {
    let server = Recorder::new(ProviderKind::MsiGenai);
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let provider = provider(&mut scene, ProviderKind::MsiGenai, &server.base).id;
    let path = scene.write("shot.png", png_with_a_note());
    let image = images(&mut scene, TriageCommand::AttachImage { issue, source: ImageSource::File(path) }).remove(0);

    let (draft, images) = ("what?".into(), vec![confirm(&image, "127.0.0.1")]);
    let failure =
        scene.failure(Command::Triage(TriageCommand::Preview { issue, provider, draft, turn: Turn::New, images }));

    assert!(
        failure.summary.contains("cannot look at images") && failure.advice.contains("without the image"),
        "{failure:?}"
    );
    assert!(server.got_nothing());
    let without = preview_with(&mut scene, (issue, provider, "what?"), Vec::new());
    scene.done(send(issue, provider, "what?", &without));
    assert_eq!(sha256(&server.body()), without.body_sha256);
}

#[test]
fn a_confirmation_for_another_host_or_image_sends_nothing() {
    let server = Recorder::new(ProviderKind::OpenAi);
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let other_issue = scene.issue_with("Another", Vec::new()).issue.id;
    let provider = provider(&mut scene, ProviderKind::OpenAi, &server.base).id;
    let path = scene.write("shot.png", png_with_a_note());
    let source = || ImageSource::File(path.clone());
    let image = images(&mut scene, TriageCommand::AttachImage { issue, source: source() }).remove(0);
    let foreign = images(&mut scene, TriageCommand::AttachImage { issue: other_issue, source: source() }).remove(0);

    let wrong = [
        confirm(&image, "api.example.com"),
        Confirmation::new(image.id, "00".repeat(32), "127.0.0.1"),
        confirm(&foreign, "127.0.0.1"),
    ];
    for confirmation in wrong {
        let preview = TriageCommand::Preview {
            issue,
            provider,
            draft: "why?".into(),
            turn: Turn::New,
            images: vec![confirmation],
        };
        assert_eq!(scene.failure(Command::Triage(preview)).kind, FailureKind::RefusedByGate);
    }
    assert!(server.got_nothing());
}

#[test]
fn a_model_without_vision_is_explained() {
    for (kind, status, message) in [
        (ProviderKind::OpenAi, 400, "Invalid content type. image_url is only supported by certain models."),
        (ProviderKind::OpenAi, 501, "image input is not supported - hint: you may need to provide the mmproj"),
        (ProviderKind::Ollama, 400, "this model is missing data required for image input"),
    ] {
        let error = json!({"error": {"message": message}}).to_string();
        let server = Recorder::answering(kind, vec![(status, error); 6]);
        let mut scene = Scene::new();
        let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
        let id = provider(&mut scene, kind, &server.base).id;
        let path = scene.write("shot.png", png_with_a_note());
        let attached = images(&mut scene, TriageCommand::AttachImage { issue, source: ImageSource::File(path) });
        let preview = preview_with(&mut scene, (issue, id, "what?"), vec![confirm(&attached[0], "127.0.0.1")]);

        let failure = scene.failure(send(issue, id, "what?", &preview));

        assert!(failure.summary.contains("cannot look at images"), "{failure:?}");
        assert!(failure.advice.contains("vision"), "{failure:?}");
    }
}

#[test]
fn redaction_is_off_for_one_server_on_this_machine_only_and_the_audit_log_says_so() {
    let server = Recorder::new(ProviderKind::OpenAi);
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let config = provider(&mut scene, ProviderKind::OpenAi, &server.base);
    let off = RedactionOff::of(&config).unwrap();
    for origin in ["https://api.example.com", "http://192.168.1.4:1234"] {
        let redaction_off = vec![RedactionOff { origin: origin.to_owned(), ..off.clone() }];
        let settings = Settings { redaction_off, ..Settings::default() };
        let failure = scene.failure(Command::Settings(SettingsCommand::Save(settings)));
        assert_eq!(failure.kind, FailureKind::RefusedByGate, "{origin}");
    }

    scene.save_settings(Settings { redaction_off: vec![off], ..Settings::default() });
    let changes = audited(&mut scene, "settings_change");
    assert!(changes.iter().any(|entry| entry["after"]["redaction_off"][0]["provider"] == config.id.to_string()));
    let preview = preview_with(&mut scene, (issue, config.id, "what did 84.23.17.9 do?"), Vec::new());
    assert!(preview.is_unredacted && !preview.may_skip_review);
    scene.done(send(issue, config.id, "what did 84.23.17.9 do?", &preview));
    let body = String::from_utf8(server.body()).unwrap();
    assert!(body.contains("84.23.17.9") && body.contains("Tr0ub4dor3xyz"));
    assert_eq!(audited(&mut scene, "ai_send")[0]["redaction"], "off");

    // The same provider at another address gets nothing but redacted text, although the setting is as it was.
    let moved = ProviderConfig { base_url: "https://api.example.com/v1".to_owned(), ..config.clone() };
    scene.done(Command::Provider(ProviderCommand::Save { provider: moved, key: None }));
    let preview = preview_with(&mut scene, (issue, config.id, "what did 84.23.17.9 do?"), Vec::new());
    assert!(!preview.is_unredacted);
    let text = format!("{:?}", preview.prompt.messages);
    assert!(PLANTED.iter().all(|value| !text.contains(value)), "{text}");
}

#[test]
fn switching_redaction_on_between_preview_and_send_stops_the_send() {
    let server = Recorder::new(ProviderKind::OpenAi);
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let config = provider(&mut scene, ProviderKind::OpenAi, &server.base);
    let redaction_off = RedactionOff::of(&config).into_iter().collect();
    scene.save_settings(Settings { redaction_off, ..Settings::default() });
    let preview = preview_with(&mut scene, (issue, config.id, "why?"), Vec::new());

    scene.save_settings(Settings::default());

    assert_eq!(scene.failure(send(issue, config.id, "why?", &preview)).kind, FailureKind::RefusedByGate);
    assert!(server.got_nothing());
}

#[test]
fn each_strictness_acts_as_it_is_written() {
    let mut scene = Scene::new();
    let clean = scene.issue_with("Charges fail", Vec::new()).issue.id;
    let dirty = scene.issue_with("Charges fail for jane.doe@corp-mail.net", Vec::new()).issue.id;
    let here = ProviderConfig::new("here", ProviderKind::OpenAi, "http://127.0.0.1:9/v1", "m");
    let there = ProviderConfig::new("there", ProviderKind::OpenAi, "https://api.example.com/v1", "m");
    for provider in [&here, &there] {
        scene.done(Command::Provider(ProviderCommand::Save { provider: provider.clone(), key: None }));
    }
    let cases = [
        (Strictness::AlwaysReview, [false, false, false, false]),
        (Strictness::ReviewWhenFound, [true, false, true, false]),
        (Strictness::LocalWithoutReview, [true, true, false, false]),
    ];
    for (strictness, expected) in cases {
        scene.save_settings(Settings { strictness, ..Settings::default() });
        let asked = [(here.id, clean), (here.id, dirty), (there.id, clean), (there.id, dirty)];
        let skips = asked.map(|(provider, issue)| scene.preview(issue, provider, "why?").may_skip_review);
        assert_eq!(skips, expected, "{strictness:?}");
    }
    // What the user keeps was found as well.
    scene.save_settings(Settings { strictness: Strictness::ReviewWhenFound, ..Settings::default() });
    let target = DecisionTarget::Value { kind: PiiKind::Email, value: "jane.doe@corp-mail.net".into() };
    scene.done(Command::Privacy(PrivacyCommand::Decide { issue: dirty, target, decision: Decision::Keep }));
    let preview = scene.preview(dirty, there.id, "why?");
    assert!(preview.kept > 0 && !preview.may_skip_review);
}

fn detected(scene: &mut Scene, issue: Option<IssueId>, text: &str) -> Vec<(String, String)> {
    match scene.done(Command::Privacy(PrivacyCommand::Detect { issue, text: text.into() })) {
        Event::TextDetected(spans) => {
            spans.into_iter().map(|span| (span.value.expose().to_owned(), span.placeholder.to_string())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_typed_is_looked_at_with_the_issues_own_eyes_and_leaves_no_trace() {
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
    let before = scene.load(issue).vault;
    let known: Vec<_> = before.entries().map(|(one, value)| (value.expose().to_owned(), one.to_string())).collect();
    let email = known.iter().find(|(value, _)| value == "jane.doe@corp-mail.net").cloned().unwrap();

    let found = detected(&mut scene, Some(issue), "did jane.doe@corp-mail.net mail bob@corp-mail.net? Tr0ub4dor3xyz");

    assert_eq!(found[0], email);
    assert_eq!(found[1].0, "bob@corp-mail.net");
    assert!(!known.iter().any(|(_, placeholder)| *placeholder == found[1].1), "a new one: {}", found[1].1);
    // A value of the log is known where nothing names it.
    assert_eq!(found[2].0, "Tr0ub4dor3xyz");
    assert_eq!(scene.load(issue).vault, before);

    let target = DecisionTarget::Value { kind: PiiKind::Email, value: "jane.doe@corp-mail.net".into() };
    scene.done(Command::Privacy(PrivacyCommand::Decide { issue, target, decision: Decision::Keep }));
    assert_eq!(detected(&mut scene, Some(issue), "did jane.doe@corp-mail.net call?"), []);
    assert_eq!(detected(&mut scene, None, "did jane.doe@corp-mail.net call?").len(), 1);
}

/// Breaks the store as a defect or a foreign program might.
fn poisoned(scene: Scene, sql: &str) -> Scene {
    scene.restarted_after(|folder| {
        let tool = rusqlite::Connection::open(folder.join("tftsr.db")).unwrap();
        tool.execute_batch("PRAGMA key = 'correct horse'; PRAGMA cipher_compatibility = 4").unwrap();
        assert!(tool.execute(sql, []).unwrap() > 0);
    })
}

#[test]
fn a_vault_or_decisions_that_cannot_be_read_close_the_gate() {
    for sql in [
        "UPDATE vault SET kind = 'Nonsense' WHERE kind = 'Email' AND number = 1",
        "INSERT INTO redaction_decisions (issue_id, kind, value, decision) SELECT id, 'Nonsense', 'x', 'keep' FROM issues",
    ] {
        let server = Recorder::new(ProviderKind::OpenAi);
        let mut scene = Scene::new();
        let issue = scene.issue_with("Charges fail", pasted(LOG)).issue.id;
        let provider = provider(&mut scene, ProviderKind::OpenAi, &server.base).id;
        let mut scene = poisoned(scene, sql);

        let preview =
            TriageCommand::Preview { issue, provider, draft: "why?".into(), turn: Turn::New, images: Vec::new() };
        let failure = scene.failure(Command::Triage(preview));
        assert!(!failure.summary.is_empty() && !failure.advice.is_empty(), "{failure:?}");
        let detect = PrivacyCommand::Detect { issue: Some(issue), text: "mail bob@corp-mail.net".into() };
        scene.failure(Command::Privacy(detect));
        assert!(server.got_nothing(), "{sql}");
        assert_eq!(audited(&mut scene, "ai_send"), Vec::<Value>::new());
    }
}
