//! Servers of one's own, the MSI gateway among them, and the test of a provider, against played servers.

mod provider_support;

use httpmock::Method::{GET, POST};
use httpmock::MockServer;
use provider_support::{EVENTS, KEY, MODEL, ask, ask_in, outcome, provider, providers, text};
use serde_json::{Value, json};
use tftsr::domain::{ProviderConfig, ProviderKind, ServerToken};
use tftsr::providers::{ProviderError, Step};

fn gateway(server: &MockServer) -> ProviderConfig {
    ProviderConfig::new("p", ProviderKind::MsiGenai, &server.url("/app-gateway"), MODEL)
}

#[tokio::test]
async fn the_gateway_gets_the_newest_message_and_no_field_that_it_does_not_know() {
    let server = MockServer::start_async().await;
    let first = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/app-gateway/api/v2/chat")
                .header("x-msi-genai-api-key", KEY)
                .header("x-msi-genai-client", "tftsr-devops-investigation")
                .header_missing("authorization")
                .json_body(json!({"model": MODEL, "prompt": "Four", "system": "Be brief"}));
            then.json_body(json!({"status": true, "sessionId": "s-1", "msg": "Five", "initialPrompt": true}));
        })
        .await;
    let second = server
        .mock_async(|when, then| {
            when.method(POST).json_body(
                json!({"model": MODEL, "prompt": "Four", "system": "Be brief", "sessionId": "s-1", "userId": "kim"}),
            );
            then.json_body(json!({"status": true, "sessionId": "s-1", "msg": "Six", "initialPrompt": false}));
        })
        .await;
    let mut provider = gateway(&server);
    let (deltas, end) = ask(&providers(), &provider).await;
    let answer = end.unwrap();
    assert_eq!(text(&deltas), "Five");
    assert_eq!(answer.session.as_ref().map(ServerToken::as_str), Some("s-1"));
    assert!(answer.usage.estimated && answer.usage.completion_tokens > 0);
    provider.user_id = Some("kim".to_owned());
    let (deltas, _) = ask_in(&providers(), &provider, Some("s-1")).await;
    assert_eq!(text(&deltas), "Six");
    first.assert_async().await;
    second.assert_async().await;
    let listed = providers().list_models(&provider, None).await.unwrap();
    assert_eq!(listed, ["VertexGemini", "Claude-Sonnet-4", "ChatGPT4o", "ChatGPT-5_2-Chat"]);
}

/// Status, body, and what the error must be.
type Declined = (u16, Value, fn(&ProviderError) -> bool);

#[tokio::test]
async fn the_gateway_s_refusals_are_told_apart() {
    let declined = |msg: &str| json!({"status": false, "sessionId": null, "msg": msg, "initialPrompt": true});
    let cases: [Declined; 6] = [
        (
            200,
            declined("Model is not enabled"),
            |e| matches!(e, ProviderError::Declined { said } if said == "Model is not enabled"),
        ),
        (
            401,
            declined("invalid api key"),
            |e| matches!(e, ProviderError::KeyRefused { said, .. } if said == "invalid api key"),
        ),
        (403, declined("no access"), |e| matches!(e, ProviderError::Forbidden { .. }) && e.advice().contains("portal")),
        (404, declined("unknown sessionId"), |e| matches!(e, ProviderError::SessionGone { .. })),
        (200, json!({"status": true, "msg": ""}), |e| matches!(e, ProviderError::Empty)),
        (200, json!({"text": "hello"}), |e| matches!(e, ProviderError::Malformed)),
    ];
    for (status, body, is_right) in cases {
        let (_, end, calls) = outcome(ProviderKind::MsiGenai, |then| {
            then.status(status).json_body(body.clone());
        })
        .await;
        assert!(end.as_ref().is_err_and(is_right), "{status} {body}: {end:?}");
        assert_eq!(calls, 1);
    }
}

#[tokio::test]
async fn a_custom_server_gets_path_header_and_prefix_of_one_s_own() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST).path("/gate/ask").header("x-token", format!("Token {KEY}")).header("x-team", "blue");
            then.json_body(json!({"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}));
        })
        .await;
    let mut provider = ProviderConfig::new("p", ProviderKind::Custom, &server.url("/gate"), MODEL);
    provider.custom_endpoint_path = Some("/ask".to_owned());
    provider.custom_auth_header = Some("X-Token".to_owned());
    provider.custom_auth_prefix = Some("Token ".to_owned());
    provider.extra_headers.push(("X-Team".to_owned(), "blue".to_owned()));
    let (deltas, _) = ask(&providers(), &provider).await;
    assert_eq!(text(&deltas), "Hi");
    mock.assert_async().await;
}

#[tokio::test]
async fn the_test_of_each_format_goes_through_its_steps() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/v1beta/models");
            then.status(403).json_body(json!({"error": {"code": 403, "message": "listing is not permitted"}}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(POST).path("/v1beta/models/model-1:streamGenerateContent");
            then.header("content-type", EVENTS).body(
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},\"finishReason\":\"STOP\"}]}\n\n",
            );
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(POST).path("/api/v2/chat");
            then.status(401).json_body(json!({"status": false, "msg": "invalid api key"}));
        })
        .await;
    let (reach, authorize, model, answer) = (Step::Reach, Step::Authorize, Step::Model, Step::Answer);
    let cases = [
        (ProviderKind::Gemini, vec![(reach, true), (authorize, true), (model, true), (answer, true)]),
        (ProviderKind::MsiGenai, vec![(reach, true), (authorize, false)]),
    ];
    for (kind, expected) in cases {
        let mut seen = Vec::new();
        let provider = provider(&server, kind);
        let ok = providers().test(&provider, Some(KEY.into()), |step, result| seen.push((step, result.is_ok()))).await;
        assert_eq!((ok, &seen), (expected.len() == 4, &expected), "{kind:?}");
    }
}
