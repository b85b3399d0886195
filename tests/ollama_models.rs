//! The models of an Ollama, against servers that are scripted line by line, on real sockets.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use httpmock::Method::{DELETE, GET, POST};
use httpmock::MockServer;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tftsr::domain::ModelId;
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::providers::{OllamaServer, ProviderError, Providers, PullPhase, PullProgress};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn providers() -> Providers {
    let backoff = Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(5), retries: 3 };
    Providers::new(Http::new(&HttpOptions::default()).unwrap()).with_backoff(backoff)
}

fn model(name: &str) -> ModelId {
    ModelId::parse(name).unwrap()
}

fn at(url: &str) -> OllamaServer {
    OllamaServer::at(url).unwrap()
}

#[tokio::test]
async fn models_are_listed_shown_unloaded_and_deleted_as_the_server_wants_it() {
    let server = MockServer::start_async().await;
    let tags = json!({"models": [{"model": "a:1", "size": 5}, {"model": "b:2", "size": 6}]});
    server.mock_async(|when, then| drop((when.method(GET).path("/api/tags"), then.json_body(tags)))).await;
    let ps = json!({"models": [{"model": "a:1", "size": 10, "size_vram": 5}]});
    server.mock_async(|when, then| drop((when.method(GET).path("/api/ps"), then.json_body(ps)))).await;
    let show = json!({"details": {"family": "llama"}, "model_info": {"general.architecture": "llama", "llama.context_length": 8192}});
    let shown = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/show").json_body(json!({"model": "a:1"}));
            then.json_body(show);
        })
        .await;
    let deleted = server
        .mock_async(|when, then| {
            let when = when.method(DELETE).path("/api/delete").header("content-type", "application/json");
            when.json_body(json!({"model": "a:1"}));
            then.status(200);
        })
        .await;
    let unloaded = server
        .mock_async(|when, then| {
            let body = json!({"model": "a:1", "keep_alive": 0, "stream": false});
            when.method(POST).path("/api/generate").json_body(body);
            then.json_body(json!({"model": "a:1", "response": "", "done": true, "done_reason": "unload"}));
        })
        .await;
    let (providers, ollama) = (providers(), at(&server.base_url()));
    let names: Vec<_> = providers.ollama_models(&ollama).await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["a:1", "b:2"]);
    assert_eq!(providers.ollama_loaded(&ollama).await.unwrap()[0].gpu_percent(), Some(50));
    assert_eq!(providers.ollama_details(&ollama, model("a:1")).await.unwrap().context, Some(8192));
    providers.ollama_unload(&ollama, model("a:1")).await.unwrap();
    providers.ollama_delete(&ollama, model("a:1")).await.unwrap();
    for mock in [shown, deleted, unloaded] {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    type Check = fn(&ProviderError) -> bool;
    let cases: &[(u16, &str, &str, Check)] = &[
        (404, "application/json", r#"{"error":"model 'a:1' not found"}"#, |e| {
            matches!(e, ProviderError::ModelNotFound { .. })
        }),
        (404, "text/plain", "404 page not found", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (405, "text/plain", "405 method not allowed", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (403, "", "", |e| matches!(e, ProviderError::Forbidden { .. })),
        (500, "application/json", r#"{"error":"llama runner process has terminated"}"#, |e| {
            e.to_string().contains("terminated")
        }),
        (200, "text/html", "<html>sign in</html>", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (200, "text/plain", "Ollama is running", |e| matches!(e, ProviderError::Malformed)),
        (302, "", "", |e| matches!(e, ProviderError::WrongUrl { .. })),
    ];
    for (status, content_type, body, is_right) in cases {
        let server = MockServer::start_async().await;
        server
            .mock_async(|_, then| {
                let then = then.status(*status).body(body);
                drop(if content_type.is_empty() { then } else { then.header("content-type", *content_type) });
            })
            .await;
        let (providers, ollama) = (providers(), at(&server.base_url()));
        let shown = providers.ollama_details(&ollama, model("a:1")).await.unwrap_err();
        assert!(is_right(&shown), "{status} {body}: {shown:?}");
        let listed = providers.ollama_models(&ollama).await.unwrap_err();
        assert!(is_right(&listed), "{status} {body}: {listed:?}");
        let pulled = ended(&providers, &ollama, None).await.1.unwrap_err();
        assert!(is_right(&pulled), "{status} {body}: {pulled:?}");
    }
}

#[tokio::test]
async fn an_ollama_that_does_not_run_is_told_at_once() {
    let ollama = at("http://127.0.0.1:1");
    let not_running = |e: &ProviderError| matches!(e, ProviderError::OllamaNotRunning { .. });
    assert!(not_running(&providers().ollama_version(&ollama).await.unwrap_err()));
    let (told, end) = ended(&providers(), &ollama, None).await;
    assert!(told.is_empty() && not_running(&end.unwrap_err()));
}

#[tokio::test]
async fn several_layers_count_together_and_only_success_is_success() {
    let lines = [
        r#"{"status":"pulling manifest"}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa"}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":500}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":1000}"#,
        r#"{"status":"pulling bbbb","digest":"sha256:bbbb","total":200,"completed":200}"#,
        r#"{"status":"pulling cccc","digest":"sha256:cccc","total":800,"completed":400}"#,
        r#"{"status":"pulling cccc","digest":"sha256:cccc","total":800,"completed":800}"#,
        r#"{"status":"verifying sha256 digest"}"#,
        r#"{"status":"writing manifest"}"#,
        r#"{"status":"removing any unused layers"}"#,
        r#"{"status":"success"}"#,
    ];
    let script = Script::start(vec![Answer::whole(&lines)]).await;
    let (told, end) = ended(&providers(), &script.ollama(), Some(2000)).await;
    end.unwrap();
    let shares: Vec<f32> = told.iter().map(|one| one.share.unwrap_or_default()).collect();
    assert!(shares.is_sorted(), "{shares:?}");
    assert!((shares[3] - 0.25).abs() < 1e-6 && (shares[6] - 0.8).abs() < 1e-6, "{shares:?}");
    assert!(told.iter().any(|one| one.phase == PullPhase::Verifying));
    let last = told.last().unwrap();
    assert_eq!((last.done_bytes, last.total_bytes, last.share), (2000, Some(2000), Some(1.0)));
    assert_eq!(script.bodies(), [json!({"model": "a:1", "stream": true})]);
}

#[tokio::test]
async fn an_error_in_mid_stream_ends_it_with_the_server_s_words() {
    type Check = fn(&ProviderError) -> bool;
    let cases: &[(&str, Check)] = &[
        ("pull model manifest: file does not exist", |e| matches!(e, ProviderError::ModelNotFound { .. })),
        ("max retries exceeded: EOF", |e| matches!(e, ProviderError::BrokeOff { said } if said.contains("EOF"))),
        ("write /x: no space left on device", |e| e.to_string().contains("no space left")),
    ];
    for (message, is_right) in cases {
        let error = json!({"error": message}).to_string();
        let lines = [
            r#"{"status":"pulling manifest"}"#,
            r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":500}"#,
            &error,
            r#"{"status":"success"}"#,
        ];
        let script = Script::start(vec![Answer::whole(&lines)]).await;
        let (told, end) = ended(&providers(), &script.ollama(), None).await;
        let error = end.unwrap_err();
        assert!(is_right(&error), "{message}: {error:?}");
        assert_eq!(told.last().unwrap().done_bytes, 500);
        assert_eq!(script.bodies().len(), 1, "{message}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_made_anew_and_goes_on_where_it_stopped() {
    let first = [
        r#"{"status":"pulling manifest"}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":100}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":600}"#,
    ];
    let second = [
        r#"{"status":"pulling manifest"}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":550}"#,
        r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":1000}"#,
        r#"{"status":"verifying sha256 digest"}"#,
        r#"{"status":"success"}"#,
    ];
    // Cut between two lines, within a line, and by an end that says nothing of success.
    for cut in [Answer::cut(&first, ""), Answer::cut(&first, r#"{"status":"pull"#), Answer::whole(&first)] {
        let script = Script::start(vec![cut, Answer::whole(&second)]).await;
        let (told, end) = ended(&providers(), &script.ollama(), None).await;
        end.unwrap();
        assert!(told.iter().any(|one| matches!(one.phase, PullPhase::Retrying { attempt: 1, .. })), "{told:?}");
        assert!(told.is_sorted_by_key(|one| one.done_bytes), "{told:?}");
        let shares: Vec<f32> = told.iter().map(|one| one.share.unwrap_or_default()).collect();
        assert!(shares.is_sorted(), "{shares:?}");
        assert_eq!(script.bodies().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_never_gets_further_is_given_up() {
    let stuck = [r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":100}"#];
    let script = Script::start((0..20).map(|_| Answer::cut(&stuck, "")).collect()).await;
    let (told, end) = ended(&providers(), &script.ollama(), None).await;
    assert!(end.is_err());
    assert_eq!(told.last().unwrap().done_bytes, 100);
    let tries = script.bodies().len();
    assert!((2..10).contains(&tries), "{tries}");
}

#[tokio::test]
async fn a_slow_server_is_read_line_by_line_whatever_the_chunks() {
    let line = r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":1000,"completed":500}"#;
    let text = format!("{line}\r\n\n{{\"status\":\"success\"}}");
    let script = Script::start(vec![Answer { text, step: 7, cuts: false }]).await;
    let (told, end) = ended(&providers(), &script.ollama(), None).await;
    end.unwrap();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn stopping_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ollama = at(&format!("http://{}", listener.local_addr().unwrap()));
    let serving = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_body(&mut socket).await;
        let line = "{\"status\":\"pulling aaaa\",\"digest\":\"a\",\"total\":10,\"completed\":1}\n";
        socket.write_all(head().as_bytes()).await.unwrap();
        socket.write_all(chunk(line).as_bytes()).await.unwrap();
        // Ends only when the other side has gone away.
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).await.unwrap_or_default();
    };
    let pulling = async {
        let mut pull = providers().ollama_pull(&ollama, model("a:1"), None).unwrap();
        assert_eq!(pull.next().await.unwrap().unwrap().done_bytes, 1);
        drop(pull);
    };
    tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(serving, pulling) }).await.unwrap();
}

/// All that was told of a pull, and how it ended.
async fn ended(
    providers: &Providers,
    ollama: &OllamaServer,
    expected: Option<u64>,
) -> (Vec<PullProgress>, Result<(), ProviderError>) {
    let mut pull = providers.ollama_pull(ollama, model("a:1"), expected).unwrap();
    let mut told = Vec::new();
    loop {
        match pull.next().await {
            Ok(Some(progress)) => told.push(progress),
            Ok(None) => return (told, Ok(())),
            Err(error) => return (told, Err(error)),
        }
    }
}

/// What the server answers to one request.
struct Answer {
    text: String,
    /// Bytes a chunk.
    step: usize,
    /// Whether the connection ends without the end of the answer.
    cuts: bool,
}

impl Answer {
    fn whole(lines: &[&str]) -> Self {
        Self { text: lines.join("\n") + "\n", step: 4096, cuts: false }
    }

    fn cut(lines: &[&str], rest: &str) -> Self {
        let text = lines.join("\n") + "\n" + rest;
        Self { text, step: 4096, cuts: true }
    }
}

/// A server that answers one request after the other from a script.
struct Script {
    url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Script {
    async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies: Arc<Mutex<Vec<Value>>> = Arc::default();
        let seen = Arc::clone(&bodies);
        #[expect(clippy::disallowed_methods, reason = "the other side of the test, not a job")]
        tokio::spawn(async move {
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let body = read_body(&mut socket).await;
                seen.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                socket.write_all(head().as_bytes()).await.unwrap();
                for piece in answer.text.as_bytes().chunks(answer.step) {
                    let piece = chunk(std::str::from_utf8(piece).unwrap());
                    socket.write_all(piece.as_bytes()).await.unwrap();
                    socket.flush().await.unwrap();
                }
                if !answer.cuts {
                    socket.write_all(b"0\r\n\r\n").await.unwrap();
                }
            }
        });
        Self { url, bodies }
    }

    fn ollama(&self) -> OllamaServer {
        at(&self.url)
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }
}

const fn head() -> &'static str {
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

async fn read_body(socket: &mut TcpStream) -> Vec<u8> {
    let mut received = Vec::new();
    loop {
        let mut buffer = [0; 1024];
        let count = socket.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request ended early");
        received.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&received).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let Some(length) = length else { panic!("no length: {head}") };
        if body.len() >= length.parse().unwrap() {
            return body.as_bytes().to_vec();
        }
    }
}
