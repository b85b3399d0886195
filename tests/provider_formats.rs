//! The Anthropic and Gemini formats against played servers: what is sent to the letter, and what answers become.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod provider_support;

use httpmock::Method::{GET, POST};
use httpmock::MockServer;
use provider_support::{EVENTS, KEY, MODEL, ask, outcome, provider, providers, text};
use serde_json::{Value, json};
use std::time::Duration;
use tftsr::domain::{ProviderKind, Usage};
use tftsr::net::Backoff;
use tftsr::providers::{Delta, FinishReason, Parameter, ProviderError};

/// The formats that stream, and their chat paths.
const STREAMING: [(ProviderKind, &str); 2] =
    [(ProviderKind::Anthropic, "/v1/messages"), (ProviderKind::Gemini, "/v1beta/models/model-1:streamGenerateContent")];

fn reasoning(deltas: &[Delta]) -> String {
    let text = |delta: &Delta| match delta {
        Delta::Reasoning(text) => Some(text.expose().to_owned()),
        _ => None,
    };
    deltas.iter().filter_map(text).collect()
}

fn anthropic_events(events: &[Value]) -> String {
    let one = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap());
    events.iter().map(one).collect()
}

#[tokio::test]
async fn anthropic_is_sent_to_the_letter_and_read_as_it_streams() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v1/messages")
                .header("content-type", "application/json")
                .header("x-api-key", KEY)
                .header("anthropic-version", "2023-06-01")
                .header_missing("authorization")
                .is_true(|request| !request.body_string().contains(KEY) && !request.uri_str().contains(KEY))
                .json_body(json!({
                    "model": MODEL, "max_tokens": 100, "stream": true, "temperature": 1.0, "system": "Be brief",
                    "messages": [
                        {"role": "user", "content": "One"},
                        {"role": "assistant", "content": "Two"},
                        {"role": "user", "content": "Three\n\nFour"},
                    ],
                }));
            then.status(200).header("content-type", EVENTS).body(anthropic_events(&[
                json!({"type": "message_start", "message": {"usage": {"input_tokens": 12, "output_tokens": 1}}}),
                json!({"type": "ping"}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}}),
                json!({"type": "content_block_stop", "index": 0}),
                json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Grüß "}}),
                json!({"type": "brand_new_event", "x": 1}),
                json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Gott"}}),
                json!({"type": "content_block_stop", "index": 1}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
                json!({"type": "message_stop"}),
            ]));
        })
        .await;
    let (deltas, end) = ask(&providers(), &provider(&server, ProviderKind::Anthropic)).await;
    mock.assert_async().await;
    assert_eq!((reasoning(&deltas).as_str(), text(&deltas).as_str()), ("Hm", "Grüß Gott"));
    let answer = end.unwrap();
    assert_eq!(answer.usage, Usage { prompt_tokens: 12, completion_tokens: 9, estimated: false });
    assert_eq!(answer.finish, FinishReason::Stop);
}

#[tokio::test]
async fn anthropic_without_its_closing_event_is_incomplete() {
    let body = anthropic_events(&[
        json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Half"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
    ]);
    let (deltas, end, _) = outcome(ProviderKind::Anthropic, |then| {
        then.status(200).header("content-type", EVENTS).body(body);
    })
    .await;
    assert_eq!(text(&deltas), "Half");
    assert!(matches!(end, Err(ProviderError::Incomplete { cause: None })), "{end:?}");
}

#[tokio::test]
async fn an_error_in_the_middle_is_told_by_its_kind_and_never_tried_again() {
    for (kind, is_right) in [
        (
            "overloaded_error",
            (|e| matches!(e, ProviderError::ServerFailed { status: 529, .. })) as fn(&ProviderError) -> bool,
        ),
        ("rate_limit_error", |e| matches!(e, ProviderError::RateLimited { .. })),
        ("something_new", |e| matches!(e, ProviderError::BrokeOff { .. })),
    ] {
        let body = anthropic_events(&[
            json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Half"}}),
            json!({"type": "error", "error": {"type": kind, "message": "no"}}),
        ]);
        let (deltas, end, calls) = outcome(ProviderKind::Anthropic, |then| {
            then.status(200).header("content-type", EVENTS).body(body);
        })
        .await;
        assert_eq!((text(&deltas).as_str(), calls), ("Half", 1));
        assert!(end.as_ref().is_err_and(is_right), "{kind}: {end:?}");
    }
}

#[tokio::test]
async fn gemini_is_sent_to_the_letter_and_read_as_it_streams() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v1beta/models/model-1:streamGenerateContent")
                .query_param("alt", "sse")
                .query_param_missing("key")
                .header("x-goog-api-key", KEY)
                .header_missing("authorization")
                .is_true(|request| !request.body_string().contains(KEY) && !request.uri_str().contains(KEY))
                .json_body(json!({
                    "systemInstruction": {"parts": [{"text": "Be brief"}]},
                    "contents": [
                        {"role": "user", "parts": [{"text": "One"}]},
                        {"role": "model", "parts": [{"text": "Two"}]},
                        {"role": "user", "parts": [{"text": "Three\n\nFour"}]},
                    ],
                    "generationConfig": {"maxOutputTokens": 100, "temperature": 1.5},
                }));
            let events = [
                json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Hm", "thought": true}]}}]}),
                json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Grüß "}]}, "finishReason": null}],
                       "usageMetadata": {"promptTokenCount": 12}}),
                json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Gott"}]}}]}),
                json!({"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}],
                       "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 4, "thoughtsTokenCount": 5}}),
            ];
            let one = |event: &Value| format!("data: {event}\r\n\r\n");
            let body: String = events.iter().map(one).collect();
            then.status(200).header("content-type", EVENTS).body(body);
        })
        .await;
    let (deltas, end) = ask(&providers(), &provider(&server, ProviderKind::Gemini)).await;
    mock.assert_async().await;
    assert_eq!((reasoning(&deltas).as_str(), text(&deltas).as_str()), ("Hm", "Grüß Gott"));
    let answer = end.unwrap();
    assert_eq!(answer.usage, Usage { prompt_tokens: 12, completion_tokens: 9, estimated: false });
    assert_eq!(answer.finish, FinishReason::Stop);
}

#[tokio::test]
async fn what_gemini_withholds_is_explained_and_keeps_what_came() {
    let safety = json!({"candidates": [{"content": {"parts": [{"text": "Half"}]}, "finishReason": "SAFETY",
        "safetyRatings": [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH"}]}]});
    let cases = [
        (json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}), "", "PROHIBITED_CONTENT"),
        (safety, "Half", "HARM_CATEGORY_DANGEROUS_CONTENT"),
    ];
    for (event, came, said) in cases {
        let (deltas, end, _) = outcome(ProviderKind::Gemini, |then| {
            then.status(200).header("content-type", EVENTS).body(format!("data: {event}\n\n"));
        })
        .await;
        assert_eq!(text(&deltas), came);
        let Err(error @ ProviderError::Filtered { .. }) = end else { panic!("{end:?}") };
        assert!(error.to_string().contains(said), "{error}");
    }
}

/// Google's published interface lists no `alt=sse`; a server that goes by it refuses the first request.
#[tokio::test]
async fn a_gemini_server_without_events_is_read_as_a_list_that_grows() {
    const PATH: &str = "/v1beta/models/model-1:streamGenerateContent";
    let server = MockServer::start_async().await;
    let refusing = server
        .mock_async(|when, then| {
            when.method(POST).path(PATH).query_param("alt", "sse");
            then.status(400).json_body(json!({"error": {"code": 400, "status": "INVALID_ARGUMENT",
                "message": "query alt='sse': 'sse' is not one of ['json', 'media', 'proto']"}}));
        })
        .await;
    let half = r#"[{"candidates": [{"content": {"parts": [{"text": "one ]}, "}]}}]}
,
{"candidates": [{"content": {"parts": [{"text": "two"}]}}]}
, {"candid"#;
    let listing = server
        .mock_async(|when, then| {
            when.method(POST).path(PATH).query_param_missing("alt");
            then.status(200).header("content-type", "application/json").body(half);
        })
        .await;
    let (providers, provider) = (providers(), provider(&server, ProviderKind::Gemini));
    let (deltas, end) = ask(&providers, &provider).await;
    assert!(matches!(deltas.first(), Some(Delta::Corrected { parameter: Parameter::AltSse, .. })), "{deltas:?}");
    // The list was cut off within its third item: what came is kept, and is no whole answer.
    assert_eq!(text(&deltas), "one ]}, two");
    assert!(matches!(end, Err(ProviderError::Incomplete { .. })), "{end:?}");
    ask(&providers, &provider).await.1.unwrap_err();
    refusing.assert_calls_async(1).await;
    listing.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_too() {
    let anthropic = json!({"type": "message", "role": "assistant", "content": [{"type": "text", "text": "whole"}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 2}});
    let gemini = json!([
        {"candidates": [{"content": {"parts": [{"text": "wh"}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "ole"}]}, "finishReason": "STOP"}],
         "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2}},
    ]);
    for (kind, body) in [(ProviderKind::Anthropic, anthropic), (ProviderKind::Gemini, gemini)] {
        let (deltas, end, _) = outcome(kind, |then| {
            then.status(200).json_body(body);
        })
        .await;
        assert_eq!(text(&deltas), "whole", "{kind:?}");
        assert_eq!(end.unwrap().usage, Usage { prompt_tokens: 1, completion_tokens: 2, estimated: false });
    }
}

/// Status, headers, body of both vendors, and what the error must be.
type Refusal<'a> = (u16, &'a [(&'a str, &'a str)], [&'a str; 2], fn(&ProviderError) -> bool);

#[expect(clippy::too_many_lines, reason = "a table")]
#[tokio::test]
async fn every_refusal_of_both_vendors_is_told_apart() {
    let cases: &[Refusal<'_>] = &[
        (
            400,
            &[],
            [
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"messages: roles must alternate"}}"#,
                r#"{"error":{"code":400,"message":"Invalid JSON payload","status":"INVALID_ARGUMENT"}}"#,
            ],
            |e| matches!(e, ProviderError::Refused { status: 400, said } if !said.is_empty()),
        ),
        (
            400,
            &[],
            [
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
                r#"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
            ],
            |e| matches!(e, ProviderError::TooLong { .. }) && e.advice().contains("context window"),
        ),
        (
            401,
            &[],
            [
                r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
                r#"{"error":{"code":401,"message":"invalid authentication credentials","status":"UNAUTHENTICATED"}}"#,
            ],
            |e| matches!(e, ProviderError::KeyRefused { .. }),
        ),
        (
            403,
            &[],
            [
                r#"{"type":"error","error":{"type":"permission_error","message":"not permitted"}}"#,
                r#"{"error":{"code":403,"message":"Permission denied","status":"PERMISSION_DENIED"}}"#,
            ],
            |e| matches!(e, ProviderError::Forbidden { .. }),
        ),
        (
            404,
            &[],
            [
                r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}"#,
                r#"{"error":{"code":404,"message":"models/x is not found for API version v1beta","status":"NOT_FOUND"}}"#,
            ],
            |e| matches!(e, ProviderError::ModelNotFound { .. }),
        ),
        (408, &[], ["{}", "{}"], |e| matches!(e, ProviderError::TooSlow { .. })),
        (
            413,
            &[],
            [
                r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
                "<html>413 Request Entity Too Large</html>",
            ],
            |e| matches!(e, ProviderError::TooLarge { .. }) && e.advice().contains("Shorten"),
        ),
        (
            429,
            &[("retry-after", "600")],
            [
                r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#,
                r#"{"error":{"code":429,"message":"Resource exhausted","status":"RESOURCE_EXHAUSTED"}}"#,
            ],
            |e| matches!(e, ProviderError::RateLimited { .. }) && e.advice().contains("10 minutes"),
        ),
        (
            429,
            &[],
            [
                r#"{"type":"error","error":{"type":"rate_limit_error","message":"You exceeded your current quota"}}"#,
                r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}"#,
            ],
            |e| matches!(e, ProviderError::QuotaUsedUp { .. }),
        ),
        (500, &[], ["{}", "<html>oops</html>"], |e| matches!(e, ProviderError::ServerFailed { status: 500, .. })),
        (503, &[("retry-after", "0")], ["", ""], |e| matches!(e, ProviderError::ServerFailed { status: 503, .. })),
        (529, &[], [r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "{}"], |e| {
            matches!(e, ProviderError::ServerFailed { status: 529, .. })
        }),
    ];
    for (status, headers, bodies, is_right) in cases {
        for ((kind, _), body) in STREAMING.iter().zip(bodies) {
            let (_, end, _) = outcome(*kind, |then| {
                let then = then.status(*status).body(*body);
                headers.iter().fold(then, |then, (name, value)| then.header(*name, *value));
            })
            .await;
            assert!(end.as_ref().is_err_and(is_right), "{kind:?} {status} {body}: {end:?}");
        }
    }
}

#[tokio::test]
async fn google_s_own_ways_to_speak_of_keys_and_money_are_understood() {
    let wrong = r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#;
    let (_, end, _) = outcome(ProviderKind::Gemini, |then| {
        then.status(400).body(wrong);
    })
    .await;
    assert!(matches!(end, Err(ProviderError::KeyRefused { .. })), "{end:?}");
    let poor = r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#;
    let (_, end, _) = outcome(ProviderKind::Anthropic, |then| {
        then.status(400).body(poor);
    })
    .await;
    assert!(matches!(end, Err(ProviderError::QuotaUsedUp { .. })), "{end:?}");
}

#[tokio::test]
async fn a_wait_that_stands_in_the_body_is_honored() {
    let soon = r#"{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0s"}]}}"#;
    let (deltas, end, calls) = outcome(ProviderKind::Gemini, |then| {
        then.status(429).body(soon);
    })
    .await;
    assert!(matches!(end, Err(ProviderError::RateLimited { .. })), "{end:?}");
    assert_eq!(calls, 5);
    let waits: Vec<Duration> = deltas
        .iter()
        .filter_map(|delta| match delta {
            Delta::Retrying { wait, .. } => Some(*wait),
            _ => None,
        })
        .collect();
    assert_eq!(waits, [Duration::ZERO; 4]);
}

#[tokio::test]
async fn a_refused_temperature_is_left_out() {
    for (kind, path) in STREAMING {
        let server = MockServer::start_async().await;
        let has = |request: &httpmock::HttpMockRequest| request.body_string().contains("temperature");
        let warm = server
            .mock_async(|when, then| {
                when.method(POST).path(path).is_true(has);
                then.status(400).json_body(json!({"error": {"message": "`temperature` is not supported here"}}));
            })
            .await;
        let cool = server
            .mock_async(|when, then| {
                when.method(POST).path(path).is_false(has);
                then.status(500);
            })
            .await;
        let providers = providers().with_backoff(Backoff::NEVER);
        let (deltas, _) = ask(&providers, &provider(&server, kind)).await;
        assert!(matches!(deltas.as_slice(), [Delta::Corrected { .. }]), "{deltas:?}");
        ask(&providers, &provider(&server, kind)).await.1.unwrap_err();
        warm.assert_calls_async(1).await;
        cool.assert_calls_async(2).await;
        let lessons = providers.take_lessons();
        assert_eq!(lessons.len(), 1);
        // The next run begins with what this one has learned.
        let next = self::providers().with_backoff(Backoff::NEVER);
        next.remember(lessons);
        ask(&next, &provider(&server, kind)).await.1.unwrap_err();
        warm.assert_calls_async(1).await;
        assert!(next.take_lessons().is_empty());
        next.forget(&server.base_url(), MODEL);
        ask(&next, &provider(&server, kind)).await.1.unwrap_err();
        warm.assert_calls_async(2).await;
    }
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/v1/models")
                .header("anthropic-version", "2023-06-01")
                .query_param_missing("after_id");
            then.json_body(json!({"data": [{"id": "b"}], "has_more": true, "last_id": "b"}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1/models").header("x-api-key", KEY).query_param("after_id", "b");
            then.json_body(json!({"data": [{"id": "a"}], "has_more": false, "last_id": "a"}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1beta/models").header("x-goog-api-key", KEY).query_param_missing("pageToken");
            then.json_body(json!({"models": [{"name": "models/b"}], "nextPageToken": "x+/="}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1beta/models").query_param("pageToken", "x+/=");
            then.json_body(json!({"models": [{"name": "models/a"}]}));
        })
        .await;
    for (kind, _) in STREAMING {
        let listed = providers().list_models(&provider(&server, kind), Some(KEY.into())).await.unwrap();
        assert_eq!(listed, ["a", "b"], "{kind:?}");
    }
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(GET);
            then.json_body(json!({"models": [{"name": "models/a"}], "nextPageToken": "again"}));
        })
        .await;
    let listed = providers().list_models(&provider(&server, ProviderKind::Gemini), None).await.unwrap();
    assert_eq!(listed, ["a"]);
    mock.assert_calls_async(20).await;
}
