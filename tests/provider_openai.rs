//! The `OpenAI` format against a played server: what is sent to the letter, and what every answer becomes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop where it fails")]

use httpmock::Method::{GET, POST};
use httpmock::{Mock, MockServer, Then, When};
use serde_json::{Value, json};
use std::time::Duration;
use tftsr::domain::{Message, ModelId, Prompt, ProviderConfig, ProviderKind, Role, Usage};
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::privacy::{Policy, Redacted, Redactor, Vault};
use tftsr::providers::{Answer, Delta, FinishReason, Parameter, ProviderError, Providers, Step};

const KEY: &str = "sk-test-4711";
const EVENTS: &str = "text/event-stream";

fn redacted(text: &str) -> Redacted {
    Redactor::new(Vault::default(), Policy::default()).redact(&text.into()).unwrap()
}

fn prompt(model: &str) -> Prompt<Redacted> {
    let message = |role, text| Message { role, text: redacted(text) };
    Prompt {
        model: ModelId::parse(model).unwrap(),
        messages: vec![message(Role::System, "Be brief"), message(Role::User, "Say \"hi\"")],
        max_tokens: 100,
        temperature: Some(0.7),
        context_window: None,
    }
}

fn providers() -> Providers {
    let backoff = Backoff { base: Duration::from_millis(1), ..Backoff::default() };
    Providers::new(Http::new(&HttpOptions::default()).unwrap()).with_backoff(backoff)
}

fn provider(server: &MockServer) -> ProviderConfig {
    ProviderConfig::new("p", ProviderKind::OpenAi, &server.url("/v1"), "gpt-4o")
}

/// What came, and how it ended.
async fn ask(providers: &Providers, provider: &ProviderConfig) -> (Vec<Delta>, Result<Answer, ProviderError>) {
    let prepared = providers.prepare(provider, prompt(&provider.model)).unwrap();
    let mut chat = providers.chat(prepared, Some(KEY.into()));
    let mut deltas = Vec::new();
    loop {
        match chat.next().await {
            Ok(Some(Delta::Finished(answer))) => return (deltas, Ok(answer)),
            Ok(Some(delta)) => deltas.push(delta),
            Ok(None) => panic!("ended without an answer"),
            Err(error) => {
                assert_eq!(chat.next().await.unwrap(), None);
                return (deltas, Err(error));
            }
        }
    }
}

fn text(deltas: &[Delta]) -> String {
    let text = |delta: &Delta| match delta {
        Delta::Text(text) => Some(text.expose().to_owned()),
        _ => None,
    };
    deltas.iter().filter_map(text).collect()
}

async fn chat_mock(server: &MockServer, then: impl FnOnce(Then) + Send) -> Mock<'_> {
    server
        .mock_async(|when: When, reply: Then| {
            when.method(POST).path("/v1/chat/completions");
            then(reply);
        })
        .await
}

/// The error that an answer with this status and body becomes.
async fn error_for(status: u16, headers: &[(&str, &str)], body: &str) -> ProviderError {
    let server = MockServer::start_async().await;
    chat_mock(&server, |then| {
        let then = then.status(status).body(body);
        headers.iter().fold(then, |then, (name, value)| then.header(*name, *value));
    })
    .await;
    let providers = providers().with_backoff(Backoff::NEVER);
    let error = ask(&providers, &provider(&server)).await.1.unwrap_err();
    assert!(!format!("{error} {error:?} {}", error.advice()).contains(KEY));
    assert!(!error.advice().is_empty() && !error.advice().ends_with('.'), "{error:?}");
    error
}

/// The outcome of a 200 with this body.
async fn outcome(content_type: &str, body: &str) -> (String, Result<Answer, ProviderError>) {
    let server = MockServer::start_async().await;
    chat_mock(&server, |then| {
        then.status(200).header("content-type", content_type).body(body);
    })
    .await;
    let (deltas, end) = ask(&providers(), &provider(&server)).await;
    (text(&deltas), end)
}

#[tokio::test]
async fn a_chat_is_sent_to_the_letter_and_read_as_it_streams() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v1/chat/completions")
                .is_true(|request| request.query_params().is_empty())
                .header("content-type", "application/json")
                .header("x-tenant", "blue")
                .header_count("^authorization$", format!("^Bearer {KEY}$"), 1)
                .header_count("^authorization$", ".*", 1)
                .is_true(|request| !request.body_string().contains(KEY) && !request.uri_str().contains(KEY))
                .json_body(json!({
                    "model": "gpt-4o",
                    "messages": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Say \"hi\""}],
                    "stream": true, "stream_options": {"include_usage": true},
                    "max_tokens": 100, "temperature": 0.7,
                }));
            then.status(200).header("content-type", EVENTS).body(concat!(
                ": ping\r\n\r\n",
                "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n",
                "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Hm\"}}]}\r\n\r\n",
                "data: {\"choices\":[{\"delta\":{\"content\":\"Grüß \"}}]}\r\n\r\n",
                "data: {\"choices\":[{\"delta\":{\"content\":\"Gott\"},\"finish_reason\":\"stop\"}]}\r\n\r\n",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":4}}\r\n\r\n",
                "data: [DONE]\r\n\r\n",
            ));
        })
        .await;
    let mut provider = provider(&server);
    provider.extra_headers.push(("x-tenant".to_owned(), "blue".to_owned()));
    let providers = providers();
    let sent = providers.prepare(&provider, prompt("gpt-4o")).unwrap().sent();

    let (deltas, end) = ask(&providers, &provider).await;

    mock.assert_async().await;
    assert_eq!(deltas.first(), Some(&Delta::Reasoning("Hm".into())));
    assert_eq!(text(&deltas), "Grüß Gott");
    let usage = Usage { prompt_tokens: 12, completion_tokens: 4, estimated: false };
    assert_eq!(end.unwrap(), Answer { usage, finish: FinishReason::Stop, sent: sent.clone(), session: None });
    assert_eq!((sent.host.as_str(), sent.body_sha256.len()), ("127.0.0.1", 64));
}

#[tokio::test]
async fn azure_gets_its_own_header_path_and_query() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/openai/deployments/d/chat/completions")
                .query_param("api-version", "2024-10-21")
                .header("api-key", KEY)
                .header_missing("authorization");
            then.status(200)
                .header("content-type", EVENTS)
                .body("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n");
        })
        .await;
    // As the portal shows it, in full.
    for base in [
        "/openai/deployments/d?api-version=2024-10-21",
        "/openai/deployments/d/chat/completions?api-version=2024-10-21",
    ] {
        let mut provider = ProviderConfig::new("az", ProviderKind::OpenAi, &server.url(base), "m");
        provider.custom_auth_header = Some("api-key".to_owned());
        provider.custom_auth_prefix = Some(String::new());
        let (_, end) = ask(&providers(), &provider).await;
        assert!(end.unwrap().usage.estimated);
    }
    mock.assert_calls_async(2).await;
}

#[tokio::test]
async fn an_extra_header_of_the_same_name_does_not_double_the_key() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.header_count("^authorization$", ".*", 1).header("authorization", format!("Bearer {KEY}"));
            then.status(400);
        })
        .await;
    let mut provider = provider(&server);
    provider.extra_headers.push(("Authorization".to_owned(), "Bearer other".to_owned()));
    let (_, end) = ask(&providers(), &provider).await;
    assert!(matches!(end, Err(ProviderError::Refused { status: 400, .. })));
    mock.assert_async().await;
}

#[tokio::test]
async fn a_path_of_one_s_own_is_used() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST).path("/v1/talk");
            then.status(500);
        })
        .await;
    let mut provider = provider(&server);
    provider.custom_endpoint_path = Some("talk".to_owned());
    let (_, end) = ask(&providers().with_backoff(Backoff::NEVER), &provider).await;
    assert!(matches!(end, Err(ProviderError::ServerFailed { status: 500, .. })));
    mock.assert_async().await;
}

/// Status, headers, body, and what the error must be.
type Refusal<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, fn(&ProviderError) -> bool);

#[expect(clippy::too_many_lines, reason = "a table")]
#[tokio::test]
async fn every_refusal_is_told_apart() {
    let html = [("content-type", "text/html")];
    let cases: &[Refusal<'_>] = &[
        (
            401,
            &[],
            r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#,
            |e| matches!(e, ProviderError::KeyRefused { said, .. } if said == "Incorrect API key"),
        ),
        (401, &[], "", |e| matches!(e, ProviderError::KeyRefused { .. })),
        (
            400,
            &[],
            r#"{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}"#,
            |e| matches!(e, ProviderError::KeyRefused { .. }),
        ),
        (403, &[], "{}", |e| matches!(e, ProviderError::Forbidden { .. })),
        (404, &[], r#"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#, |e| {
            matches!(e, ProviderError::ModelNotFound { .. })
        }),
        (404, &[], r#"{"detail":"Not Found"}"#, |e| matches!(e, ProviderError::WrongUrl { .. })),
        (404, &html, "<html>nginx</html>", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (404, &[], "", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (403, &html, "<html>Blocked by policy</html>", |e| {
            matches!(e, ProviderError::Intercepted { status: 403, .. }) && e.advice().contains("proxy")
        }),
        (
            502,
            &html,
            "<html>Bad Gateway</html>",
            |e| matches!(e, ProviderError::ServerFailed { status: 502, said } if said.contains("web page")),
        ),
        (405, &[], "Method Not Allowed", |e| matches!(e, ProviderError::WrongUrl { .. })),
        (
            400,
            &[],
            r#"{"error":{"code":400,"message":"request (9000 tokens) exceeds","type":"exceed_context_size_error"}}"#,
            |e| matches!(e, ProviderError::TooLong { .. }),
        ),
        (
            400,
            &[],
            r#"{"error":{"message":"maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
            |e| matches!(e, ProviderError::TooLong { .. }),
        ),
        (
            413,
            &html,
            "<html>413</html>",
            |e| matches!(e, ProviderError::TooLarge { said } if said.contains("web page")),
        ),
        (
            400,
            &[],
            r#"{"error":"bad"}"#,
            |e| matches!(e, ProviderError::Refused { status: 400, said } if said == "bad"),
        ),
        (429, &[("retry-after", "7")], "{}", |e| {
            matches!(e, ProviderError::RateLimited { retry_after: Some(wait), .. } if wait.as_secs() == 7)
                && e.advice().contains("7 seconds")
        }),
        (429, &[], "{}", |e| matches!(e, ProviderError::RateLimited { retry_after: None, .. })),
        (429, &[], r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#, |e| {
            matches!(e, ProviderError::QuotaUsedUp { .. })
        }),
        (402, &[], "{}", |e| matches!(e, ProviderError::QuotaUsedUp { .. })),
        (500, &[], "oops", |e| matches!(e, ProviderError::ServerFailed { status: 500, said } if said == "oops")),
        (503, &[], r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, |e| {
            matches!(e, ProviderError::ServerFailed { status: 503, .. })
        }),
        (302, &[("location", "http://127.0.0.1:1/")], "", |e| matches!(e, ProviderError::WrongUrl { .. })),
    ];
    for (status, headers, body, is_right) in cases {
        let error = error_for(*status, headers, body).await;
        assert!(is_right(&error), "{status} {body}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_echoes_the_key_does_not_make_us_show_it() {
    for status in [400, 401, 403, 404, 429, 500] {
        for body in [
            format!(r#"{{"error":{{"message":"bad key {KEY} (Bearer {KEY})"}}}}"#),
            format!("{}{KEY}{KEY}", "x".repeat(290)),
            format!(r#"{{"error":{{"message":"bad key \u0073{}"}}}}"#, KEY.strip_prefix('s').unwrap()),
        ] {
            // `error_for` looks for the key in every form of the error.
            let error = error_for(status, &[], &body).await;
            assert!(error.to_string().chars().count() < 500);
        }
    }
    let in_stream = format!("data: {{\"error\":{{\"message\":\"bad key {KEY}\"}}}}\n\n");
    let (_, end) = outcome(EVENTS, &in_stream).await;
    let error = end.unwrap_err();
    assert_eq!(error.to_string(), "the server broke off: bad key [hidden]");
}

#[tokio::test]
async fn a_busy_server_is_asked_again_at_most_four_times() {
    for status in [408, 429, 500, 503] {
        let server = MockServer::start_async().await;
        let mock = chat_mock(&server, |then| {
            then.status(status).header("retry-after", "0");
        })
        .await;
        let (deltas, end) = ask(&providers(), &provider(&server)).await;
        assert!(end.is_err());
        let attempt = |delta: &Delta| match delta {
            Delta::Retrying { attempt, .. } => Some(*attempt),
            _ => None,
        };
        assert_eq!(deltas.iter().filter_map(attempt).collect::<Vec<_>>(), [1, 2, 3, 4], "{status}");
        mock.assert_calls_async(5).await;
    }
}

#[tokio::test]
async fn nothing_is_sent_again_once_an_answer_has_begun() {
    for body in ["", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"code\":503}}\n\n"] {
        let server = MockServer::start_async().await;
        let mock = chat_mock(&server, |then| {
            then.status(200).header("content-type", EVENTS).body(body);
        })
        .await;
        ask(&providers(), &provider(&server)).await.1.unwrap_err();
        mock.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn what_cannot_get_better_is_not_tried_again() {
    for (status, body) in [(401, "{}"), (400, "{}"), (429, r#"{"error":{"code":"insufficient_quota"}}"#)] {
        let server = MockServer::start_async().await;
        let mock = chat_mock(&server, |then| {
            then.status(status).body(body);
        })
        .await;
        ask(&providers(), &provider(&server)).await.1.unwrap_err();
        mock.assert_calls_async(1).await;
    }
}

#[tokio::test]
async fn refused_parameters_are_corrected_once_and_remembered() {
    let server = MockServer::start_async().await;
    let has = |name: &'static str| {
        move |request: &httpmock::HttpMockRequest| {
            serde_json::from_slice::<Value>(request.body_ref()).unwrap().get(name).is_some()
        }
    };
    let refuse = |param: &'static str, message: &'static str| {
        move |then: Then| {
            then.status(400)
                .json_body(json!({"error": {"message": message, "param": param, "code": "unsupported_parameter"}}));
        }
    };
    let old = server
        .mock_async(|when, then| {
            when.is_true(has("max_tokens"));
            refuse("max_tokens", "Use 'max_completion_tokens' instead.")(then);
        })
        .await;
    let warm = server
        .mock_async(|when, then| {
            when.is_false(has("max_tokens")).is_true(has("temperature"));
            refuse("temperature", "Only the default (1) is supported.")(then);
        })
        .await;
    let good = server
        .mock_async(|when, then| {
            when.json_body_includes(r#"{"max_completion_tokens": 100}"#)
                .is_false(has("temperature"))
                .is_false(has("max_tokens"));
            then.status(200)
                .header("content-type", EVENTS)
                .body("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n");
        })
        .await;
    let (providers, provider) = (providers(), provider(&server));
    let first = providers.prepare(&provider, prompt("gpt-4o")).unwrap().sent();

    let (deltas, end) = ask(&providers, &provider).await;
    let (again, _) = ask(&providers.clone(), &provider).await;

    let corrected: Vec<Parameter> = deltas
        .iter()
        .filter_map(|delta| match delta {
            Delta::Corrected { parameter, .. } => Some(*parameter),
            _ => None,
        })
        .collect();
    assert_eq!(corrected, [Parameter::MaxTokens, Parameter::Temperature]);
    let last = end.unwrap().sent;
    assert_ne!(last.body_sha256, first.body_sha256);
    assert!(matches!(&deltas[1], Delta::Corrected { sent, .. } if *sent == last));
    assert_eq!(again.len(), 1);
    old.assert_calls_async(1).await;
    warm.assert_calls_async(1).await;
    good.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_parameter_that_stays_refused_is_an_error() {
    let bodies = [
        json!({"message": {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}}),
        json!({"detail": [{"loc": ["body"], "msg": "Additional properties are not allowed ('stream_options')"}]}),
    ];
    for body in bodies {
        let server = MockServer::start_async().await;
        let mock = chat_mock(&server, |then| {
            then.status(422).json_body(body);
        })
        .await;
        let (_, end) = ask(&providers(), &provider(&server)).await;
        assert!(matches!(end, Err(ProviderError::Refused { status: 422, .. })));
        mock.assert_calls_async(2).await;
    }
}

/// Only Gemini's requests have an `alt`; elsewhere the word is about something else, and nothing is sent twice.
#[tokio::test]
async fn what_only_another_format_sends_is_not_left_out() {
    let server = MockServer::start_async().await;
    let mock = chat_mock(&server, |then| {
        then.status(400).json_body(json!({"error": {"message": "image without 'alt' text", "param": "alt"}}));
    })
    .await;
    let (deltas, end) = ask(&providers(), &provider(&server)).await;
    assert!(matches!(end, Err(ProviderError::Refused { status: 400, .. })));
    assert!(deltas.is_empty());
    mock.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_limit_that_is_too_high_is_not_mistaken_for_a_refused_parameter() {
    let server = MockServer::start_async().await;
    let mock = chat_mock(&server, |then| {
        then.status(400)
            .json_body(json!({"error": {"message": "max_tokens is too large: 100", "param": "max_tokens"}}));
    })
    .await;
    let (_, end) = ask(&providers(), &provider(&server)).await;
    assert!(matches!(end, Err(ProviderError::Refused { status: 400, .. })));
    mock.assert_calls_async(1).await;
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart() {
    let (_, end) = outcome("text/html; charset=utf-8", "<!doctype html><p>Sign in").await;
    assert!(matches!(end, Err(ProviderError::WrongUrl { .. })));
    let (_, end) = outcome("", "\n<html>").await;
    assert!(matches!(end, Err(ProviderError::WrongUrl { .. })));
    let (_, end) =
        outcome(EVENTS, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n").await;
    assert!(matches!(end, Err(ProviderError::Empty)));
    let (_, end) =
        outcome(EVENTS, "data: {\"choices\":[{\"delta\":{\"reasoning\":\"x\"},\"finish_reason\":\"length\"}]}\n\n")
            .await;
    assert!(matches!(end, Err(ProviderError::OnlyReasoned)));
    let (_, end) =
        outcome(EVENTS, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n").await;
    assert!(matches!(end, Err(ProviderError::Filtered { .. })));
    let (text, end) =
        outcome(EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {broken}\n\n").await;
    assert!(matches!(end, Err(ProviderError::Malformed)));
    assert_eq!(text, "a");
    let (text, end) = outcome(EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"code\":\"429\",\"message\":\"slow\"}}\n\n").await;
    assert!(matches!(end, Err(ProviderError::RateLimited { .. })));
    assert_eq!(text, "a");
    let (_, end) = outcome(EVENTS, "").await;
    assert!(matches!(end, Err(ProviderError::Empty)));
    let (_, end) = outcome(EVENTS, ": ping\n\n").await;
    assert!(matches!(end, Err(ProviderError::Incomplete { cause: None })));
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_too() {
    let body = json!({"choices": [{"message": {"content": "<think>Hm</think>Hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1, "completion_tokens": 2}});
    let (text, end) = outcome("application/json; charset=utf-8", &serde_json::to_string_pretty(&body).unwrap()).await;
    assert_eq!(text, "Hi");
    assert!(!end.unwrap().usage.estimated);
}

#[tokio::test]
async fn models_are_listed_with_the_key() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(GET).path("/v1/models").header("authorization", format!("Bearer {KEY}"));
            then.status(200).json_body(json!({"object": "list", "data": [{"id": "b"}, {"id": "a"}]}));
        })
        .await;
    let listed = providers().list_models(&provider(&server), Some(KEY.into())).await.unwrap();
    assert_eq!(listed, ["a", "b"]);
    mock.assert_async().await;
}

async fn steps(providers: &Providers, provider: &ProviderConfig) -> (bool, Vec<(Step, bool)>) {
    let mut seen = Vec::new();
    let ok = providers.test(provider, Some(KEY.into()), |step, result| seen.push((step, result.is_ok()))).await;
    (ok, seen)
}

#[tokio::test]
async fn the_test_names_the_step_that_failed() {
    let answer = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n";
    let no_model = r#"{"error":{"code":"model_not_found","message":"no such model"}}"#;
    let (reach, authorize, model, said) = (Step::Reach, Step::Authorize, Step::Model, Step::Answer);
    let cases = [
        ("all is well", 200, 200, answer, vec![(reach, true), (authorize, true), (model, true), (said, true)]),
        ("no list", 404, 200, answer, vec![(reach, true), (authorize, true), (model, true), (said, true)]),
        ("the list wants a key", 401, 200, answer, vec![(reach, true), (authorize, false)]),
        ("the chat wants a key", 200, 401, "{}", vec![(reach, true), (authorize, false)]),
        ("no such model", 200, 404, no_model, vec![(reach, true), (authorize, true), (model, false)]),
        ("no answer", 200, 500, "{}", vec![(reach, true), (authorize, true), (model, true), (said, false)]),
    ];
    for (name, list_status, chat_status, body, expected) in cases {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.method(GET).path("/v1/models");
                then.status(list_status).json_body(json!({"data": [{"id": "gpt-4o"}]}));
            })
            .await;
        chat_mock(&server, |then| {
            then.status(chat_status).header("content-type", EVENTS).body(body);
        })
        .await;
        let (ok, seen) = steps(&providers(), &provider(&server)).await;
        assert_eq!(seen, expected, "{name}");
        assert_eq!(ok, expected.iter().all(|(_, ok)| *ok), "{name}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_filled_in_or_without_a_model_is_told_before_sending() {
    let providers = providers();
    let azure = ProviderConfig::new("a", ProviderKind::OpenAi, "https://{resource}.openai.azure.com", "m");
    assert!(matches!(providers.prepare(&azure, prompt("m")), Err(ProviderError::Unfilled)));
    let plain = ProviderConfig::new("a", ProviderKind::OpenAi, "http://api.example.com", "m");
    assert!(matches!(providers.prepare(&plain, prompt("m")), Err(ProviderError::Address(_))));
    assert_eq!(steps(&providers, &azure).await, (false, vec![(Step::Reach, false)]));
}
