//! Broken, slow, endless and treacherous servers, played on bare TCP.
#![expect(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test plays the server itself")]

use proptest::prelude::*;
use std::net::SocketAddr;
use std::time::Duration;
use tftsr::domain::{Credential, Endpoint, Message, ModelId, Origin, Prompt, ProviderConfig, ProviderKind, Role};
use tftsr::net::{Backoff, Http, HttpOptions, Limits, NetError, Stage, TlsProblem};
use tftsr::privacy::{Outbound, Policy, Redacted, Redactor, Vault};
use tftsr::providers::{Answer, Chat, Delta, ProviderError, Providers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

const SECOND: Duration = Duration::from_secs(1);
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

fn http() -> Http {
    Http::new(&HttpOptions::default()).unwrap()
}

fn prompt() -> Prompt<Redacted> {
    let text = Redactor::new(Vault::default(), Policy::default()).redact(&"hi".into()).unwrap();
    let messages = vec![Message { role: Role::User, text }];
    Prompt { model: ModelId::parse("m").unwrap(), messages, max_tokens: 10, temperature: None, context_window: None }
}

fn chat(address: SocketAddr) -> Chat {
    chat_by(http(), address)
}

fn chat_by(http: Http, address: SocketAddr) -> Chat {
    let provider = ProviderConfig::new("p", ProviderKind::OpenAi, &format!("http://{address}/v1"), "m");
    let providers = Providers::new(http).with_backoff(Backoff::NEVER);
    let prepared = providers.prepare(&provider, prompt()).unwrap();
    providers.chat(prepared, Some("sk-test".into()))
}

async fn read_all(mut chat: Chat) -> (String, Result<Answer, ProviderError>) {
    let mut text = String::new();
    loop {
        match chat.next().await {
            Ok(Some(Delta::Text(more))) => text.push_str(more.expose()),
            Ok(Some(Delta::Finished(answer))) => return (text, Ok(answer)),
            Ok(Some(_)) => {}
            Ok(None) => panic!("ended without an answer"),
            Err(error) => return (text, Err(error)),
        }
    }
}

/// Reads a request up to its end: these bodies end with a brace.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !(request.ends_with(b"}") || request.starts_with(b"GET") && request.ends_with(b"\r\n\r\n")) {
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            break;
        }
    }
    String::from_utf8(request).unwrap()
}

/// A server that reads one request, writes these bytes and closes. The request comes out at the end.
async fn plays(bytes: Vec<u8>) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        // The other side may have had enough.
        stream.write_all(&bytes).await.ok();
        stream.shutdown().await.ok();
        request
    });
    (address, task)
}

fn delta(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn a_stream_that_is_cut_keeps_what_came(share in 0.0_f64..1.0) {
        let words = ["Grüß ", "Gott, ", "漢字 ", "🙂"];
        let body: String = words.iter().map(|word| delta(word)).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in the body")]
        let cut = (body.len() as f64 * share) as usize;
        let sent = [HEAD.as_bytes(), &body.as_bytes()[..cut]].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (text, end) = runtime.block_on(async { read_all(chat(plays(sent).await.0)).await });
        prop_assert!(words.concat().starts_with(&text), "{text}");
        prop_assert_eq!(text.is_empty(), cut < delta(words[0]).len() - 2);
        let is_right = if cut == 0 {
            matches!(end, Err(ProviderError::Empty))
        } else {
            matches!(end, Err(ProviderError::Incomplete { .. }))
        };
        prop_assert!(is_right, "{:?}", end);
    }
}

#[tokio::test]
async fn a_cut_within_a_chunked_body_is_told_and_keeps_what_came() {
    let first = delta("a");
    let head = HEAD.replace("\r\n\r\n", "\r\ntransfer-encoding: chunked\r\n\r\n");
    let sent = format!("{head}{:x}\r\n{first}\r\nff\r\ndata: {{", first.len());
    let (text, end) = read_all(chat(plays(sent.into_bytes()).await.0)).await;
    assert_eq!(text, "a");
    assert!(matches!(end, Err(ProviderError::Incomplete { cause: Some(NetError::Broken { .. }) })), "{end:?}");
}

#[tokio::test]
async fn half_a_character_at_the_end_is_not_shown() {
    let mut sent = [HEAD, &delta("ok"), "data: {\"choices\":[{\"delta\":{\"content\":\"ü"].concat().into_bytes();
    sent.pop();
    let (text, end) = read_all(chat(plays(sent).await.0)).await;
    assert_eq!(text, "ok");
    assert!(matches!(end, Err(ProviderError::Incomplete { cause: None })));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = Origin::of(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let what = Outbound::get(&endpoint("/x"));
    let sent = http().send(&Credential::none(origin), what, Limits::whole(Duration::from_millis(100))).await;
    assert!(matches!(sent, Err(NetError::Timeout { stage: Stage::FirstByte, .. })));
}

#[tokio::test]
async fn polling_in_a_select_does_not_restart_the_clock_or_lose_text() {
    let (address, _server) = plays([HEAD, &delta("a"), &delta("b")].concat().into_bytes()).await;
    let mut chat = chat(address);
    let mut text = String::new();
    let end = loop {
        let next = timeout(Duration::from_micros(50), chat.next()).await;
        match next {
            Err(_) => {}
            Ok(Ok(Some(Delta::Text(more)))) => text.push_str(more.expose()),
            Ok(other) => break other,
        }
    };
    assert_eq!(text, "ab");
    assert!(matches!(end, Err(ProviderError::Incomplete { .. })));
}

#[tokio::test]
async fn dropping_the_answer_closes_the_connection() {
    for sends_text in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, was_asked) = oneshot::channel();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            if sends_text {
                stream.write_all([HEAD, &delta("a")].concat().as_bytes()).await.unwrap();
            }
            asked.send(()).unwrap();
            stream.read(&mut [0; 8]).await.unwrap_or(0)
        });
        let mut chat = chat(address);
        tokio::select! {
            biased;
            asked = was_asked => asked.unwrap(),
            () = async { while chat.next().await.is_ok() {} } => panic!("ended by itself"),
        }
        drop(chat);
        assert_eq!(timeout(5 * SECOND, server).await.unwrap().unwrap(), 0, "text first: {sends_text}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    for (name, head, piece) in [
        ("a line without end", HEAD, "x".repeat(1 << 16)),
        ("a comment without end", HEAD, format!(": {}\n\n", "x".repeat(1 << 16))),
        ("one whole", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n", " ".repeat(1 << 16)),
        ("a failure", "HTTP/1.1 500 no\r\n\r\n", "x".repeat(1 << 16)),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut written = 0;
            while written < 100 << 20 && stream.write_all(piece.as_bytes()).await.is_ok() {
                written += piece.len();
            }
            written
        });
        let (_, end) = read_all(chat(address)).await;
        let error = end.unwrap_err();
        let is_right =
            matches!(error, ProviderError::Net(NetError::TooLarge { .. }) | ProviderError::ServerFailed { .. });
        assert!(is_right, "{name}: {error:?}");
        assert!(server.await.unwrap() < 64 << 20, "{name}");
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reply = format!(
            "HTTP/1.1 {status} x\r\nlocation: http://{}/v1/chat/completions\r\ncontent-length: 0\r\n\r\n",
            trap.local_addr().unwrap()
        );
        let (address, _server) = plays(reply.into_bytes()).await;
        let (_, end) = read_all(chat(address)).await;
        assert!(matches!(end, Err(ProviderError::WrongUrl { .. })), "{end:?}");
        assert!(timeout(Duration::from_millis(50), trap.accept()).await.is_err(), "{status} was followed");
    }
}

fn endpoint(path: &str) -> Endpoint {
    let provider = ProviderConfig::new("p", ProviderKind::OpenAi, "http://127.0.0.1", "m");
    Endpoint::of(&provider, path).unwrap()
}

#[tokio::test]
async fn a_key_without_a_secret_sends_no_header() {
    let (address, server) = plays(b"HTTP/1.1 204 x\r\n\r\n".to_vec()).await;
    let origin = Origin::of(&format!("http://{address}")).unwrap();
    http().send(&Credential::none(origin), Outbound::get(&endpoint("/x?a=1")), Limits::whole(SECOND)).await.unwrap();
    let request = server.await.unwrap().to_lowercase();
    assert!(request.starts_with("get /x?a=1 http/1.1\r\n"), "{request}");
    assert!(
        !request.contains("authorization") && !request.contains("cookie") && !request.contains("referer"),
        "{request}"
    );
}

#[tokio::test]
async fn offline_reaches_this_machine_and_records_what_it_refused() {
    let http = Http::new(&HttpOptions { offline: true, ..HttpOptions::default() }).unwrap();
    let limits = Limits::whole(SECOND);
    for url in ["https://api.example.com", "http://192.168.7.7:1", "http://10.0.0.1"] {
        let origin = Origin::of(url).unwrap();
        let host = origin.host().to_owned();
        let sent = http.send(&Credential::none(origin), Outbound::get(&endpoint("/")), limits).await;
        assert_eq!(sent.unwrap_err(), NetError::Offline { host });
    }
    let (address, _server) = plays(b"HTTP/1.1 204 x\r\n\r\n".to_vec()).await;
    let here = Origin::of(&format!("http://localhost:{}", address.port())).unwrap();
    http.send(&Credential::none(here), Outbound::get(&endpoint("/")), limits).await.unwrap();
    let refused: Vec<String> = http.take_refused().into_iter().map(|refusal| refusal.host).collect();
    assert_eq!(refused, ["api.example.com", "192.168.7.7", "10.0.0.1"]);
    assert!(http.clone().take_refused().is_empty());
}

#[tokio::test]
async fn every_name_of_this_machine_stays_on_it() {
    let (address, _server) = plays(b"HTTP/1.1 204 x\r\n\r\n".to_vec()).await;
    let here = Origin::of(&format!("http://never-in-any-name-server.localhost:{}", address.port())).unwrap();
    http().send(&Credential::none(here), Outbound::get(&endpoint("/")), Limits::whole(SECOND)).await.unwrap();
}

#[tokio::test]
async fn headers_that_belong_to_the_connection_are_refused() {
    for name in ["Host", "content-length", "Transfer-Encoding", "bad name"] {
        let mut provider = ProviderConfig::new("p", ProviderKind::OpenAi, "http://127.0.0.1:1", "m");
        provider.extra_headers.push((name.to_owned(), "x".to_owned()));
        let what = Outbound::get(&Endpoint::of(&provider, "/").unwrap());
        let sent = http().send(&Credential::none(provider.origin().unwrap()), what, Limits::whole(SECOND)).await;
        assert_eq!(sent.unwrap_err(), NetError::BadHeader { name: name.to_owned() });
    }
}

#[tokio::test]
async fn an_https_address_where_plain_http_is_spoken_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = Origin::of(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        stream.write_all(b"HTTP/1.1 400 x\r\n\r\n").await.unwrap();
    });
    let sent = http().send(&Credential::none(origin), Outbound::get(&endpoint("/")), Limits::whole(5 * SECOND)).await;
    assert!(matches!(sent, Err(NetError::Tls { problem: TlsProblem::Other, .. })), "{sent:?}");
}
