//! What the tests of provider formats share: a prompt, a played answer, and what came of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop where it fails")]

use httpmock::Method::POST;
use httpmock::{MockServer, Then};
use std::time::Duration;
use tftsr::domain::{Message, ModelId, Prompt, ProviderConfig, ProviderKind, Role, ServerToken};
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::privacy::{Policy, Redacted, Redactor, Vault};
use tftsr::providers::{Answer, Delta, ProviderError, Providers};

pub const KEY: &str = "sk-test-4711";
pub const EVENTS: &str = "text/event-stream";
pub const MODEL: &str = "model-1";

pub fn redacted(text: &str) -> Redacted {
    Redactor::new(Vault::default(), Policy::default()).redact(&text.into()).unwrap()
}

pub fn prompt() -> Prompt<Redacted> {
    let message = |role, text| Message { role, text: redacted(text) };
    Prompt {
        model: ModelId::parse(MODEL).unwrap(),
        messages: vec![
            message(Role::System, "Be brief"),
            message(Role::User, "One"),
            message(Role::Assistant, "Two"),
            message(Role::User, "Three"),
            message(Role::User, "Four"),
        ],
        max_tokens: 100,
        temperature: Some(1.5),
        context_window: None,
    }
}

pub fn providers() -> Providers {
    let backoff = Backoff { base: Duration::from_millis(1), ..Backoff::default() };
    Providers::new(Http::new(&HttpOptions::default()).unwrap()).with_backoff(backoff)
}

pub fn provider(server: &MockServer, kind: ProviderKind) -> ProviderConfig {
    ProviderConfig::new("p", kind, &server.base_url(), MODEL)
}

/// What came, and how it ended.
pub async fn ask_in(
    providers: &Providers,
    provider: &ProviderConfig,
    session: Option<&str>,
) -> (Vec<Delta>, Result<Answer, ProviderError>) {
    let session = session.map(|session| ServerToken::parse(session).unwrap());
    let prepared = providers.prepare(provider, prompt()).unwrap().in_session(session);
    let mut chat = providers.chat(prepared, Some(KEY.into()));
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

pub async fn ask(providers: &Providers, provider: &ProviderConfig) -> (Vec<Delta>, Result<Answer, ProviderError>) {
    ask_in(providers, provider, None).await
}

pub fn text(deltas: &[Delta]) -> String {
    let text = |delta: &Delta| match delta {
        Delta::Text(text) => Some(text.expose().to_owned()),
        _ => None,
    };
    deltas.iter().filter_map(text).collect()
}

/// The outcome of a chat that is answered so.
pub async fn outcome(
    kind: ProviderKind,
    then: impl FnOnce(Then) + Send,
) -> (Vec<Delta>, Result<Answer, ProviderError>, usize) {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, reply| {
            when.method(POST);
            then(reply);
        })
        .await;
    let (deltas, end) = ask(&providers(), &provider(&server, kind)).await;
    if let Err(error) = &end {
        assert!(!format!("{error} {error:?} {}", error.advice()).contains(KEY));
        assert!(!error.advice().is_empty() && !error.advice().ends_with('.'), "{error:?}");
    }
    let calls = mock.calls_async().await;
    (deltas, end, calls)
}
