//! Ollama's format against a played server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop where it fails")]

use httpmock::Method::{GET, POST};
use httpmock::MockServer;
use serde_json::json;
use std::time::Duration;
use tftsr::domain::{Message, ModelId, Prompt, ProviderConfig, ProviderKind, Role, Usage};
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::privacy::{Policy, Redactor, Vault};
use tftsr::providers::{Answer, Delta, FinishReason, OllamaVersion, ProviderError, Providers, Step};

fn providers() -> Providers {
    let backoff = Backoff { base: Duration::from_millis(1), ..Backoff::default() };
    Providers::new(Http::new(&HttpOptions::default()).unwrap()).with_backoff(backoff)
}

fn provider(base_url: &str) -> ProviderConfig {
    ProviderConfig::new("o", ProviderKind::Ollama, base_url, "llama3.1:8b")
}

async fn ask(provider: &ProviderConfig) -> (Vec<Delta>, Result<Answer, ProviderError>) {
    let text = Redactor::new(Vault::default(), Policy::default()).redact(&"hi".into()).unwrap();
    let prompt = Prompt {
        model: ModelId::parse("llama3.1:8b").unwrap(),
        messages: vec![Message { role: Role::User, text }],
        max_tokens: 50,
        temperature: None,
        context_window: Some(16384),
    };
    let providers = providers();
    let mut chat = providers.chat(providers.prepare(provider, prompt).unwrap(), None);
    let mut deltas = Vec::new();
    loop {
        match chat.next().await {
            Ok(Some(Delta::Finished(answer))) => return (deltas, Ok(answer)),
            Ok(Some(delta)) => deltas.push(delta),
            Ok(None) => panic!("ended without an answer"),
            Err(error) => return (deltas, Err(error)),
        }
    }
}

async fn outcome(status: u16, body: &str) -> (Vec<Delta>, Result<Answer, ProviderError>) {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(POST).path("/api/chat");
            then.status(status).header("content-type", "application/x-ndjson").body(body);
        })
        .await;
    ask(&provider(&server.base_url())).await
}

#[tokio::test]
async fn a_chat_is_sent_to_the_letter_and_read_line_by_line() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/api/chat")
                .header("content-type", "application/json")
                .header_missing("authorization")
                .json_body(json!({
                    "model": "llama3.1:8b", "stream": true, "messages": [{"role": "user", "content": "hi"}],
                    "options": {"num_predict": 50, "num_ctx": 16384},
                }));
            then.status(200).header("content-type", "application/x-ndjson").body(concat!(
                r#"{"message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}"#, "\n",
                r#"{"message":{"role":"assistant","content":"Hello"},"done":false}"#, "\n",
                r#"{"message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":7,"eval_count":9}"#, "\n",
            ));
        })
        .await;

    let (deltas, end) = ask(&provider(&server.base_url())).await;

    mock.assert_async().await;
    assert_eq!(deltas, [Delta::Reasoning("Hm".into()), Delta::Text("Hello".into())]);
    let answer = end.unwrap();
    assert_eq!(answer.finish, FinishReason::Length);
    assert_eq!(answer.usage, Usage { prompt_tokens: 7, completion_tokens: 9, estimated: false });
}

#[tokio::test]
async fn failures_are_told_apart() {
    type Check = fn(&ProviderError) -> bool;
    let cases: &[(u16, &str, Check)] = &[
        (404, r#"{"error":"model 'x' not found"}"#, |e| matches!(e, ProviderError::ModelNotFound { .. })),
        (404, "404 page not found", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (405, "405 method not allowed", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (403, "", |e| matches!(e, ProviderError::Forbidden { .. })),
        (400, r#"{"error":"invalid options"}"#, |e| matches!(e, ProviderError::Refused { status: 400, .. })),
        (500, r#"{"error":"model requires more system memory"}"#, |e| e.to_string().contains("more system memory")),
        (200, "{\"error\":\"model runner has unexpectedly stopped\"}\n", |e| {
            matches!(e, ProviderError::BrokeOff { .. })
        }),
        (200, "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"load\"}\n", |e| {
            matches!(e, ProviderError::Empty)
        }),
        (200, "{\"message\":{\"content\":\"a\"},\"done\":false}\n", |e| {
            matches!(e, ProviderError::Incomplete { cause: None })
        }),
        (200, "hello\n", |e| matches!(e, ProviderError::Malformed)),
    ];
    for (status, body, is_right) in cases {
        let error = outcome(*status, body).await.1.unwrap_err();
        assert!(is_right(&error), "{status} {body}: {error:?}");
    }
}

#[tokio::test]
async fn an_ollama_that_does_not_run_is_told_at_once() {
    // Nothing listens on port 1.
    let provider = provider("http://127.0.0.1:1");
    let (deltas, end) = ask(&provider).await;
    let error = end.unwrap_err();
    assert!(matches!(error, ProviderError::OllamaNotRunning { .. }), "{error:?}");
    assert!(deltas.is_empty());
    assert!(error.advice().contains("Ollama page"));
    assert!(matches!(
        providers().detect_ollama("http://127.0.0.1:1").await,
        Err(ProviderError::OllamaNotRunning { .. })
    ));
    let mut seen = Vec::new();
    assert!(!providers().test(&provider, None, |step, result| seen.push((step, result.is_ok()))).await);
    assert_eq!(seen, [(Step::Reach, false)]);
}

#[tokio::test]
async fn an_ollama_says_what_it_is_and_has() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/api/version");
            then.status(200).json_body(json!({"version": "0.12.3"}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/api/tags");
            then.status(200)
                .json_body(json!({"models": [{"name": "q:1", "model": "q:1"}, {"name": "a:2", "model": "a:2"}]}));
        })
        .await;
    let models = vec!["a:2".to_owned(), "q:1".to_owned()];
    let found = providers().detect_ollama(&server.base_url()).await.unwrap();
    assert_eq!(found, OllamaVersion { version: "0.12.3".to_owned(), models: models.clone() });
    assert_eq!(providers().list_models(&provider(&server.base_url()), None).await.unwrap(), models);
}
