//! Signing in with the browser: what the listener lets in, what the tokens come from, and how they are renewed.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod browser;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use browser::{closes, free_port, has_ipv6, parameter, raw, visit};
use httpmock::Method::{GET, POST};
use httpmock::MockServer;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tftsr::domain::{OAuthEndpoints, Service, ServiceUrl};
use tftsr::integrations::{
    Access, Call, Callbacks, Caller, Grant, IntegrationError, KeepTokens, Kept, OAuthClient, SignInError, Tokens,
};
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::privacy::{Method, Outbound, Request};

fn client(server: &MockServer) -> OAuthClient {
    OAuthClient {
        client_id: "tftsr".to_owned(),
        client_secret: Some("client-secret-1".into()),
        endpoints: OAuthEndpoints {
            authorize: ServiceUrl::parse(&server.url("/auth")).unwrap(),
            token: ServiceUrl::parse(&server.url("/token")).unwrap(),
            scopes: vec!["read".to_owned(), "offline_access".to_owned()],
            extra: &[("prompt", "consent")],
            gateway: None,
        },
    }
}

fn http() -> Http {
    Http::new(&HttpOptions::default()).unwrap()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn token_answer() -> serde_json::Value {
    json!({"access_token": "access-1", "refresh_token": "refresh-1", "token_type": "Bearer", "expires_in": 3600})
}

#[expect(clippy::disallowed_methods, reason = "the test compares secrets")]
fn exposed(secret: &secrecy::SecretString) -> &str {
    secrecy::ExposeSecret::expose_secret(secret)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_and_the_verifier_become_tokens_and_the_listener_stops() {
    let server = MockServer::start();
    let port = free_port();
    let flow = Callbacks::default().begin(client(&server), port).await.unwrap();
    let url = flow.url().to_owned();
    assert_eq!(parameter(&url, "redirect_uri"), format!("http://localhost:{port}/callback"));
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    assert_eq!(parameter(&url, "scope"), "read offline_access");
    assert_eq!(parameter(&url, "prompt"), "consent");
    let (challenge, state) = (parameter(&url, "code_challenge"), parameter(&url, "state"));
    assert!(state.len() >= 22, "128 bits and more");
    let token = server.mock(|when, then| {
        when.method(POST)
            .path("/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .form_urlencoded_tuple("grant_type", "authorization_code")
            .form_urlencoded_tuple("code", "c0de/+")
            .form_urlencoded_tuple("client_id", "tftsr")
            .form_urlencoded_tuple("client_secret", "client-secret-1")
            .is_true(move |request| {
                let body = request.body_string();
                let fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
                let verifier = fields.iter().find(|(name, _)| name == "code_verifier").unwrap();
                URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.1.as_bytes())) == challenge
            });
        then.status(200).json_body(token_answer());
    });
    let path = format!("/callback?code=c0de%2F%2B&state={state}&iss=x&session_state=y");
    let (page, tokens) = tokio::join!(blocking(move || visit(port, &path)), async { flow.finish(&http()).await });
    let (status, page) = page.unwrap();
    assert_eq!(status, 200);
    for header in
        ["content-security-policy: default-src 'none'", "cache-control: no-store", "referrer-policy: no-referrer"]
    {
        assert!(page.to_lowercase().contains(header), "{header}: {page}");
    }
    let tokens = tokens.unwrap();
    token.assert();
    assert_eq!((exposed(&tokens.access), exposed(tokens.refresh.as_ref().unwrap())), ("access-1", "refresh-1"));
    assert!(!format!("{tokens:?}").contains("access-1"));
    assert!(blocking(move || closes(port)).await, "a replayed answer reaches nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_answer_that_is_waited_for_is_let_in() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(200).json_body(token_answer());
    });
    let port = free_port();
    let flow = Callbacks::default().begin(client(&server), port).await.unwrap();
    let state = parameter(flow.url(), "state");
    let good = format!("/callback?code=c&state={state}");
    let host = |name: &str, path: &str| format!("GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
    let local = format!("localhost:{port}");
    let cases = [
        ("wrong state", host(&local, "/callback?code=c&state=wrong"), 403),
        ("no state", host(&local, "/callback?code=c"), 403),
        ("a longer state", host(&local, &format!("{good}0")), 403),
        ("state twice", host(&local, &format!("{good}&state={state}")), 400),
        ("another path", host(&local, "/"), 404),
        ("a path behind", host(&local, &format!("/callback/x?code=c&state={state}")), 404),
        ("another host", host("evil.example", &good), 421),
        ("another port", host("localhost:1", &good), 421),
        (
            "two hosts",
            format!("GET {good} HTTP/1.1\r\nHost: {local}\r\nHost: {local}\r\nConnection: close\r\n\r\n"),
            421,
        ),
        (
            "another method",
            format!("POST {good} HTTP/1.1\r\nHost: {local}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            405,
        ),
        ("endless", host(&local, &format!("/callback?x={}", "a".repeat(20_000))), 400),
    ];
    for (name, request, expected) in cases {
        let answer = blocking(move || raw(Ipv4Addr::LOCALHOST.into(), port, &request)).await;
        assert_eq!(answer.unwrap().0, expected, "{name}");
    }
    let address = if has_ipv6() { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
    let request = host(&local, &good);
    assert_eq!(blocking(move || raw(address, port, &request)).await.unwrap().0, 200, "IPv6 too");
    flow.finish(&http()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_ends_the_sign_in_with_a_page_that_says_so() {
    let server = MockServer::start();
    let cases = [
        ("error=access_denied&error_description=no", 403, SignInError::Denied { said: "no".to_owned() }),
        (
            "error=invalid_scope&error_description=<b>x</b>",
            400,
            SignInError::Refused { code: "invalid_scope".to_owned(), said: "<b>x</b>".to_owned() },
        ),
        ("session_state=1", 400, SignInError::NoCode),
        ("code=", 400, SignInError::NoCode),
    ];
    for (query, status, expected) in cases {
        let port = free_port();
        let flow = Callbacks::default().begin(client(&server), port).await.unwrap();
        let path = format!("/callback?{query}&state={}", parameter(flow.url(), "state"));
        let (page, result) = tokio::join!(blocking(move || visit(port, &path)), async { flow.finish(&http()).await });
        let page = page.unwrap();
        assert_eq!((page.0, result.unwrap_err()), (status, expected), "{query}");
        assert!(!page.1.contains("<b>x</b>"), "{}", page.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_address_for_tokens_says_is_told_apart() {
    let secret = "client-secret-1";
    let cases = [
        (400, json!({"error": "invalid_grant", "error_description": format!("x {secret}")}).to_string(), "code"),
        (401, json!({"error": "invalid_client"}).to_string(), "client"),
        (400, json!({"error": "invalid_scope"}).to_string(), "scope"),
        (400, json!({"error": "odd"}).to_string(), "no token"),
        (200, "<html>Sign in</html>".to_owned(), "malformed"),
        (200, json!({"access_token": "a"}).to_string(), "malformed"),
        (200, json!({"access_token": "a", "token_type": "mac"}).to_string(), "malformed"),
        (200, json!({"access_token": ["a"], "token_type": "bearer"}).to_string(), "malformed"),
        (200, "x".repeat(300 << 10), "too large"),
        (302, String::new(), "redirect"),
        (503, String::new(), "failed"),
    ];
    for (status, body, expected) in cases {
        let server = MockServer::start();
        server.mock(|when, then| {
            when.method(POST).path("/token");
            then.status(status).header("location", "http://127.0.0.1:9/").body(&body);
        });
        let port = free_port();
        let flow = Callbacks::default().begin(client(&server), port).await.unwrap();
        let path = format!("/callback?code=c&state={}", parameter(flow.url(), "state"));
        let (_, result) = tokio::join!(blocking(move || visit(port, &path)), async { flow.finish(&http()).await });
        let error = result.unwrap_err();
        let found = match &error {
            SignInError::CodeRefused { said } => {
                assert_eq!(said, "x [hidden]");
                "code"
            }
            SignInError::ClientRefused { .. } => "client",
            SignInError::ScopeRefused { .. } => "scope",
            SignInError::NoToken { .. } => "no token",
            SignInError::Malformed => "malformed",
            SignInError::Net(tftsr::net::NetError::TooLarge { .. }) => "too large",
            SignInError::Net(tftsr::net::NetError::Redirect { .. }) => "redirect",
            SignInError::Net(tftsr::net::NetError::Status(_)) => "failed",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{status}");
        assert!(!error.advice().is_empty(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_and_nothing_is_waited_for() {
    let server = MockServer::start();
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Callbacks::default().begin(client(&server), port).await.unwrap_err();
    assert_eq!(error, SignInError::PortTaken { port });
    assert!(error.to_string().contains(&port.to_string()) && error.advice().contains("another port"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_dropped_or_too_late_frees_its_port() {
    let server = MockServer::start();
    let callbacks = Callbacks::default().with_limit(Duration::from_millis(50));
    let port = free_port();
    drop(callbacks.begin(client(&server), port).await.unwrap());
    assert!(blocking(move || closes(port)).await);
    let flow = callbacks.begin(client(&server), port).await.unwrap();
    assert_eq!(flow.finish(&http()).await.unwrap_err(), SignInError::TimedOut);
    assert!(blocking(move || closes(port)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sign_ins_on_one_port_do_not_mix() {
    let server = MockServer::start();
    for code in ["one", "two"] {
        server.mock(|when, then| {
            when.method(POST).path("/token").form_urlencoded_tuple("code", code);
            then.status(200).json_body(json!({"access_token": format!("access-{code}"), "token_type": "bearer"}));
        });
    }
    let (callbacks, port) = (Callbacks::default(), free_port());
    let one = callbacks.begin(client(&server), port).await.unwrap();
    let two = callbacks.begin(client(&server), port).await.unwrap();
    let paths = [(&two, "two"), (&one, "one")]
        .map(|(flow, code)| format!("/callback?code={code}&state={}", parameter(flow.url(), "state")));
    let [second, first] = paths;
    let visiting = blocking(move || (visit(port, &second), visit(port, &second), visit(port, &first)));
    let (pages, one, two) =
        tokio::join!(visiting, async { one.finish(&http()).await }, async { two.finish(&http()).await });
    assert_eq!((pages.0.unwrap().0, pages.2.unwrap().0), (200, 200));
    assert!(matches!(pages.1.unwrap().0, 403 | 410), "a second answer with the same state");
    assert_eq!((exposed(&one.unwrap().access), exposed(&two.unwrap().access)), ("access-one", "access-two"));
}

/// Stores in memory, as it is told to.
#[derive(Debug, Default)]
struct Keeper {
    kept: Arc<Mutex<Vec<String>>>,
    answers: Mutex<Vec<Kept>>,
}

impl KeepTokens for Keeper {
    fn keep<'a>(&'a self, _: &'a Tokens, after: &'a Tokens) -> Pin<Box<dyn Future<Output = Kept> + Send + 'a>> {
        Box::pin(async move {
            let answer = self.answers.lock().unwrap().pop().unwrap_or(Kept::Stored);
            self.kept.lock().unwrap().push(exposed(&after.access).to_owned());
            answer
        })
    }
}

struct Signed {
    caller: Caller,
    kept: Arc<Mutex<Vec<String>>>,
}

/// Signed in with `access-0` and `refresh-0`, which end then.
fn signed(server: &MockServer, ends_in_secs: i64, answers: Vec<Kept>) -> Signed {
    let keeper = Keeper { answers: Mutex::new(answers), ..Keeper::default() };
    let kept = Arc::clone(&keeper.kept);
    let tokens = Tokens {
        access: "access-0".into(),
        refresh: Some("refresh-0".into()),
        expires_at: Timestamp::now() + SignedDuration::from_secs(ends_in_secs),
    };
    let grant = Grant::new(Service::ServiceNow, client(server), tokens, Box::new(keeper));
    let base = ServiceUrl::parse(&server.url("/api")).unwrap();
    let caller = Caller::new(http(), Service::ServiceNow, base, Access::OAuth(Arc::new(grant)));
    Signed { caller: caller.with_backoff(Backoff::NEVER), kept }
}

fn call(caller: &Caller) -> Call {
    Call::new(Outbound::encode(&caller.endpoint("/x"), |at| Request::to(Method::Get, at)))
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_calls_at_once_renew_an_ended_token_once() {
    let server = MockServer::start();
    let renewal = server.mock(|when, then| {
        when.method(POST)
            .path("/token")
            .form_urlencoded_tuple("grant_type", "refresh_token")
            .form_urlencoded_tuple("refresh_token", "refresh-0");
        then.status(200).delay(Duration::from_millis(50)).json_body(token_answer());
    });
    let good = server.mock(|when, then| {
        when.method(GET).path("/api/x").header("authorization", "Bearer access-1");
        then.status(200).json_body(json!({}));
    });
    let signed = signed(&server, -1, Vec::new());
    let calls = (0..20).map(|_| signed.caller.send(call(&signed.caller)));
    for result in join_all(calls).await {
        result.unwrap();
    }
    assert_eq!((renewal.calls(), good.calls()), (1, 20));
    assert_eq!(*signed.kept.lock().unwrap(), ["access-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_is_renewed_once_and_no_more() {
    let server = MockServer::start();
    let renewal = server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(200).json_body(token_answer());
    });
    server.mock(|when, then| {
        when.method(GET).path("/api/x");
        then.status(401).json_body(json!({"error": {"message": "no access-1"}}));
    });
    let signed = signed(&server, 3600, Vec::new());
    let error = signed.caller.send(call(&signed.caller)).await.unwrap_err();
    let IntegrationError::NotAuthorized { said, .. } = &error else { panic!("{error:?}") };
    assert_eq!((said.as_str(), renewal.calls()), ("no [hidden]", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_revoked_is_asked_for_once_and_then_said_to_have_ended() {
    let server = MockServer::start();
    let renewal = server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(400).json_body(json!({"error": "invalid_grant", "error_description": "grant revoked"}));
    });
    let signed = signed(&server, -1, Vec::new());
    let calls = (0..5).map(|_| signed.caller.send(call(&signed.caller)));
    for result in join_all(calls).await {
        assert!(matches!(result.unwrap_err(), IntegrationError::ConnectAgain { .. }));
    }
    assert_eq!(renewal.calls(), 1, "a refused refresh token is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_does_not_cost_the_sign_in() {
    let server = MockServer::start();
    let mut down = server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(503);
    });
    let signed = signed(&server, -1, Vec::new());
    assert!(matches!(signed.caller.send(call(&signed.caller)).await.unwrap_err(), IntegrationError::Net(_)));
    down.delete();
    server.mock(|when, then| {
        when.method(POST).path("/token").form_urlencoded_tuple("refresh_token", "refresh-0");
        then.status(200).json_body(token_answer());
    });
    server.mock(|when, then| {
        when.method(GET).path("/api/x").header("authorization", "Bearer access-1");
        then.status(200).json_body(json!({}));
    });
    signed.caller.send(call(&signed.caller)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_token_is_not_used_before_it_is_stored_and_never_asked_for_twice() {
    let server = MockServer::start();
    let renewal = server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(200).json_body(token_answer());
    });
    let good = server.mock(|when, then| {
        when.method(GET).path("/api/x").header("authorization", "Bearer access-1");
        then.status(200).json_body(json!({}));
    });
    let signed = signed(&server, -1, vec![Kept::Stored, Kept::Failed]);
    assert_eq!(signed.caller.send(call(&signed.caller)).await.unwrap_err(), IntegrationError::NotKept);
    assert_eq!((renewal.calls(), good.calls()), (1, 0));
    signed.caller.send(call(&signed.caller)).await.unwrap();
    assert_eq!((renewal.calls(), good.calls()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_disconnected_meanwhile_does_not_come_back() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(200).json_body(token_answer());
    });
    let signed = signed(&server, -1, vec![Kept::Gone]);
    for _ in 0..2 {
        let error = signed.caller.send(call(&signed.caller)).await.unwrap_err();
        assert_eq!(error, IntegrationError::NotConnected(Service::ServiceNow));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_dropped_while_it_renews_loses_nothing() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).path("/token");
        then.status(200).delay(Duration::from_millis(200)).json_body(token_answer());
    });
    let signed = signed(&server, -1, Vec::new());
    let dropped = tokio::time::timeout(Duration::from_millis(50), signed.caller.send(call(&signed.caller))).await;
    assert!(dropped.is_err());
    for _ in 0..200 {
        if !signed.kept.lock().unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the new token was not stored");
}

/// Waits for all, while all run.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut is_over = true;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => is_over = false,
                }
            }
        }
        if is_over { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}
