//! Every format against servers that cut, dribble, garble and stall, and the way through a proxy, on bare TCP.
#![expect(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test plays the server itself")]

use std::net::SocketAddr;
use std::time::Duration;
use tftsr::domain::{Message, ModelId, Prompt, ProviderConfig, ProviderKind, Proxy, Role};
use tftsr::net::{Backoff, Http, HttpOptions, NetError, ProxyProblem, Stage};
use tftsr::privacy::{Policy, Redacted, Redactor, Vault};
use tftsr::providers::{Answer, Delta, ProviderError, Providers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "sk-test-4711";
const WORDS: [&str; 3] = ["Grüß ", "Gott, ", "漢字 🙂"];

fn prompt() -> Prompt<Redacted> {
    let text = Redactor::new(Vault::default(), Policy::default()).redact(&"hi".into()).unwrap();
    let messages = vec![Message { role: Role::User, text }];
    Prompt { model: ModelId::parse("m").unwrap(), messages, max_tokens: 10, temperature: None, context_window: None }
}

fn providers() -> Providers {
    Providers::new(Http::new(&HttpOptions::default()).unwrap()).with_backoff(Backoff::NEVER)
}

async fn ask(provider: &ProviderConfig) -> (String, Result<Answer, ProviderError>) {
    ask_by(&providers(), provider).await
}

async fn ask_by(providers: &Providers, provider: &ProviderConfig) -> (String, Result<Answer, ProviderError>) {
    let prepared = providers.prepare(provider, prompt()).unwrap();
    let mut chat = providers.chat(prepared, Some(KEY.into()));
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

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !(request.ends_with(b"}") || request.starts_with(b"CONNECT") && request.ends_with(b"\r\n\r\n")) {
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            break;
        }
    }
    String::from_utf8(request).unwrap()
}

/// How the bytes are written.
#[derive(Clone, Copy)]
enum Pace {
    AtOnce,
    ByteByByte,
}

/// A server that reads one request, writes these bytes and closes. The request comes out at the end.
async fn plays(bytes: Vec<u8>, pace: Pace) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let request = read_request(&mut stream).await;
        let step = match pace {
            Pace::AtOnce => bytes.len().max(1),
            Pace::ByteByByte => 1,
        };
        for piece in bytes.chunks(step) {
            // The other side may have had enough.
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        stream.shutdown().await.ok();
        request
    });
    (address, task)
}

struct Format {
    kind: ProviderKind,
    content_type: &'static str,
    /// One frame with a word, and the frames that end the answer.
    word: fn(&str) -> String,
    end: &'static str,
}

const FORMATS: [Format; 5] = [
    Format {
        kind: ProviderKind::OpenAi,
        content_type: "text/event-stream",
        word: |word| format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{word}\"}}}}]}}\n\n"),
        end: "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    },
    Format {
        kind: ProviderKind::Anthropic,
        content_type: "text/event-stream",
        word: |word| {
            format!(
                "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"delta\":{{\"type\":\"text_delta\",\"text\":\"{word}\"}}}}\n\n"
            )
        },
        end: "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
    },
    Format {
        kind: ProviderKind::Gemini,
        content_type: "text/event-stream",
        word: |word| format!("data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"{word}\"}}]}}}}]}}\n\n"),
        end: "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n",
    },
    Format {
        kind: ProviderKind::Ollama,
        content_type: "application/x-ndjson",
        word: |word| format!("{{\"message\":{{\"content\":\"{word}\"}},\"done\":false}}\n"),
        end: "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n",
    },
    Format {
        kind: ProviderKind::MsiGenai,
        content_type: "application/json",
        // It comes as a whole: the first word opens it, the end closes it.
        word: |word| if word == WORDS[0] { format!("{{\"status\":true,\"msg\":\"{word}") } else { word.to_owned() },
        end: "\"}",
    },
];

impl Format {
    fn body(&self) -> String {
        WORDS.iter().map(|word| (self.word)(word)).chain([self.end.to_owned()]).collect()
    }

    fn answer(&self, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {}\r\n\r\n", self.content_type);
        [head.as_bytes(), body].concat()
    }

    fn provider(&self, address: SocketAddr) -> ProviderConfig {
        let path = if self.kind == ProviderKind::OpenAi { "/v1" } else { "" };
        ProviderConfig::new("p", self.kind, &format!("http://{address}{path}"), "m")
    }

    async fn hears(&self, body: &[u8], pace: Pace) -> (String, Result<Answer, ProviderError>) {
        self.hears_by(&providers(), body, pace).await
    }

    async fn hears_by(
        &self,
        providers: &Providers,
        body: &[u8],
        pace: Pace,
    ) -> (String, Result<Answer, ProviderError>) {
        let (address, _server) = plays(self.answer(body), pace).await;
        ask_by(providers, &self.provider(address)).await
    }
}

#[tokio::test]
async fn a_cut_at_any_byte_keeps_what_came_and_is_told() {
    let providers = providers();
    for format in &FORMATS {
        let body = format.body();
        let whole = WORDS.concat();
        let (text, end) = format.hears(body.as_bytes(), Pace::AtOnce).await;
        assert_eq!(text, whole);
        assert!(end.is_ok(), "{:?}: {end:?}", format.kind);
        for cut in 0..body.len() {
            let (text, end) = format.hears_by(&providers, &body.as_bytes()[..cut], Pace::AtOnce).await;
            assert!(whole.starts_with(&text), "{:?} at {cut}: {text}", format.kind);
            match end {
                // The frame that says why the model stopped is enough for some; the text must be whole then.
                Ok(_) => assert_eq!(text, whole, "{:?} at {cut}", format.kind),
                Err(ProviderError::Empty) => assert_eq!(cut, 0, "{:?}", format.kind),
                Err(ProviderError::Incomplete { .. }) => {}
                Err(other) => panic!("{:?} at {cut}: {other:?}", format.kind),
            }
        }
    }
}

#[tokio::test]
async fn a_dribble_of_single_bytes_is_the_same_answer() {
    for format in &FORMATS {
        let (text, end) = format.hears(format.body().as_bytes(), Pace::ByteByByte).await;
        assert_eq!(text, WORDS.concat(), "{:?}", format.kind);
        assert!(end.is_ok(), "{:?}: {end:?}", format.kind);
    }
}

#[tokio::test]
async fn carriage_returns_and_byte_order_marks_do_not_matter() {
    for format in &FORMATS {
        let body = format!("\u{feff}{}", format.body().replace('\n', "\r\n"));
        let (text, end) = format.hears(body.as_bytes(), Pace::AtOnce).await;
        assert_eq!(text, WORDS.concat(), "{:?}", format.kind);
        assert!(end.is_ok(), "{:?}: {end:?}", format.kind);
    }
}

#[tokio::test]
async fn garbled_json_is_malformed_and_keeps_what_came() {
    for format in FORMATS.iter().filter(|format| format.kind != ProviderKind::MsiGenai) {
        let body = format!("{}{}{}", (format.word)(WORDS[0]), (format.word)("x").replace('{', "#"), format.end);
        let (text, end) = format.hears(body.as_bytes(), Pace::AtOnce).await;
        assert_eq!(text, WORDS[0], "{:?}", format.kind);
        assert!(matches!(end, Err(ProviderError::Malformed)), "{:?}: {end:?}", format.kind);
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_end_an_answer() {
    for format in &FORMATS {
        let mut body = format.body().into_bytes();
        let at = body.windows(2).position(|pair| pair == "ü".as_bytes()).unwrap();
        body[at] = 0xff;
        let (text, end) = format.hears(&body, Pace::AtOnce).await;
        assert!(text.starts_with("Gr\u{fffd}") && text.ends_with("漢字 🙂"), "{:?}: {text}", format.kind);
        assert!(end.is_ok(), "{:?}: {end:?}", format.kind);
    }
}

#[tokio::test]
async fn a_page_for_people_is_told_in_every_format() {
    for format in &FORMATS {
        let (address, _server) =
            plays(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>Sign in</html>".to_vec(), Pace::AtOnce)
                .await;
        let (_, end) = ask(&format.provider(address)).await;
        assert!(matches!(end, Err(ProviderError::WrongUrl { .. })), "{:?}: {end:?}", format.kind);
    }
}

#[tokio::test]
async fn the_patience_of_a_provider_is_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        // The first says nothing, the second stops after a word.
        let (mut silent, _) = listener.accept().await.unwrap();
        read_request(&mut silent).await;
        let (mut stalling, _) = listener.accept().await.unwrap();
        read_request(&mut stalling).await;
        let word = FORMATS[0].answer((FORMATS[0].word)("a").as_bytes());
        stalling.write_all(&word).await.unwrap();
        stalling.read(&mut [0; 8]).await.unwrap_or(0)
    });
    let mut provider = FORMATS[0].provider(address);
    provider.first_byte_timeout_secs = 1;
    let (_, end) = ask(&provider).await;
    assert!(matches!(end, Err(ProviderError::Net(NetError::Timeout { stage: Stage::FirstByte, .. }))), "{end:?}");
    provider.first_byte_timeout_secs = 30;
    provider.idle_timeout_secs = 1;
    let (text, end) = ask(&provider).await;
    assert_eq!(text, "a");
    let stage = match end {
        Err(ProviderError::Incomplete { cause: Some(NetError::Timeout { stage, .. }) }) => stage,
        other => panic!("{other:?}"),
    };
    assert_eq!((stage, server.await.unwrap()), (Stage::Idle, 0));
}

/// A provider at an address that only the proxy can reach.
fn behind(proxy: &str, url: &str) -> ProviderConfig {
    let mut provider = ProviderConfig::new("p", ProviderKind::OpenAi, url, "m");
    provider.proxy = Proxy::parse(proxy).unwrap();
    provider
}

#[tokio::test]
async fn a_proxy_is_used_where_the_provider_says_so() {
    let answer = FORMATS[0].answer(FORMATS[0].body().as_bytes());
    let (address, server) = plays(answer, Pace::AtOnce).await;
    let (text, end) = ask(&behind(&format!("http://kim:hunter2@{address}"), "http://10.255.255.1:8000/v1")).await;
    assert_eq!(text, WORDS.concat());
    assert!(end.is_ok(), "{end:?}");
    let request = server.await.unwrap().to_lowercase();
    assert!(request.starts_with("post http://10.255.255.1:8000/v1/chat/completions http/1.1\r\n"), "{request}");
    assert!(request.contains("proxy-authorization: basic"), "{request}");
}

#[tokio::test]
async fn this_machine_is_reached_without_the_proxy() {
    let answer = FORMATS[0].answer(FORMATS[0].body().as_bytes());
    let (address, server) = plays(answer, Pace::AtOnce).await;
    let (text, _) = ask(&behind("http://127.0.0.1:9", &format!("http://{address}/v1"))).await;
    assert_eq!(text, WORDS.concat());
    assert!(server.await.unwrap().starts_with("POST /v1/chat/completions "));
}

#[tokio::test]
async fn a_proxy_that_leads_nowhere_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let cases: [(&str, &str, ProxyProblem); 4] = [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            "https",
            ProxyProblem::AuthRequired,
        ),
        ("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "http", ProxyProblem::AuthRequired),
        ("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "https", ProxyProblem::Refused),
        ("", "https", ProxyProblem::Unreachable),
    ];
    for (reply, scheme, expected) in cases {
        let address = if reply.is_empty() { free } else { plays(reply.as_bytes().to_vec(), Pace::AtOnce).await.0 };
        let proxy = format!("http://kim:hunter2@{address}");
        let (_, end) = ask(&behind(&proxy, &format!("{scheme}://10.255.255.1:8443/v1"))).await;
        let error = end.unwrap_err();
        let ProviderError::Net(NetError::Proxy { problem, proxy, .. }) = &error else { panic!("{reply}: {error:?}") };
        assert_eq!((*problem, proxy.as_str()), (expected, address.to_string().as_str()), "{reply}");
        let said = format!("{error} {error:?} {}", error.advice());
        assert!(said.contains("roxy") && !said.contains("hunter2") && !said.contains(KEY), "{said}");
    }
}

#[tokio::test]
async fn offline_no_proxy_is_asked_either() {
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider = behind(&format!("http://{}", trap.local_addr().unwrap()), "https://api.example.com/v1");
    let http = Http::new(&HttpOptions { offline: true, ..HttpOptions::default() }).unwrap();
    let providers = Providers::new(http);
    let mut chat = providers.chat(providers.prepare(&provider, prompt()).unwrap(), None);
    let error = chat.next().await.unwrap_err();
    assert!(matches!(error, ProviderError::Net(NetError::Offline { .. })), "{error:?}");
    assert!(tokio::time::timeout(Duration::from_millis(50), trap.accept()).await.is_err());
    assert_eq!(providers.take_refused().len(), 1);
}
