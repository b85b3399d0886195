//! The services through the worker: setting up, signing in, testing, disconnecting, and what is stored of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod browser;
mod worker_support;

use browser::{closes, free_port, parameter, visit};
use httpmock::Method::{GET, POST};
use httpmock::{Mock, MockServer};
use serde_json::json;
use std::path::Path;
use tftsr::domain::{AuditQuery, IntegrationConfig, Service, SignIn};
use tftsr::worker::{Command, Event, FailureKind, IntegrationCommand, IntegrationState, SettingsCommand};
use worker_support::Scene;

fn set_up(server: &MockServer, sign_in: SignIn) -> IntegrationConfig {
    let mut config = IntegrationConfig::new(Service::ServiceNow);
    config.base_url = server.url("/");
    config.sign_in = sign_in;
    config.username = "ann".into();
    config.oauth.client_id = "tftsr".into();
    config.callback_port = free_port();
    config
}

fn save(config: &IntegrationConfig, secret: Option<&str>) -> Command {
    let config = Box::new(config.clone());
    let (secret, client_secret) = (secret.map(Into::into), Some("client-secret-1".into()));
    Command::Integration(IntegrationCommand::Save { config, secret, client_secret })
}

fn connect() -> Command {
    Command::Integration(IntegrationCommand::Connect { service: Service::ServiceNow, opens_browser: false })
}

fn test() -> Command {
    Command::Integration(IntegrationCommand::Test(Service::ServiceNow))
}

fn service(event: Event) -> IntegrationState {
    let (Event::IntegrationsLoaded(all) | Event::IntegrationTested { all, .. }) = event else { panic!("{event:?}") };
    all.into_iter().find(|one| one.config.service == Service::ServiceNow).unwrap()
}

fn incidents<'a>(server: &'a MockServer, authorization: &str) -> Mock<'a> {
    server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident").header("authorization", authorization);
        then.status(200).json_body(json!({"result": []}));
    })
}

fn tokens(server: &MockServer) -> Mock<'_> {
    server.mock(|when, then| {
        when.method(POST).path("/oauth_token.do");
        let (access, refresh) = ("access-token-1", "refresh-token-1");
        then.status(200).json_body(
            json!({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 3600}),
        );
    })
}

/// Connects by the browser; its state at the end.
fn signed_in(scene: &mut Scene, config: &IntegrationConfig) -> Event {
    let job = scene.submit(connect());
    let Event::SignInWaits { url, redirect, opened, .. } = scene.next(job.id()) else { panic!("no page to sign in") };
    assert_eq!((redirect, opened), (format!("http://localhost:{}/callback", config.callback_port), false));
    let path = format!("/callback?code=c-1&state={}", parameter(&url, "state"));
    assert_eq!(visit(config.callback_port, &path).unwrap().0, 200);
    let end = scene.next(job.id());
    job.detach();
    end
}

/// No file of the folder holds any of these.
fn is_nowhere(folder: &Path, secrets: &[&str]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            is_nowhere(&path, secrets);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
}

#[test]
fn a_sign_in_is_connected_once_a_call_has_worked_and_its_tokens_lie_nowhere_in_clear() {
    let server = MockServer::start();
    tokens(&server);
    let calls = incidents(&server, "Bearer access-token-1");
    let mut scene = Scene::new();
    let config = set_up(&server, SignIn::OAuth);
    assert!(!service(scene.done(save(&config, None))).is_connected());
    let state = service(signed_in(&mut scene, &config));
    assert!(state.is_connected() && state.has_client_secret);
    assert!(state.connection.as_ref().is_some_and(|connection| connection.renews && connection.expires_at.is_some()));
    assert_eq!(calls.calls(), 1);
    assert!(closes(config.callback_port));

    let Event::AuditListed(audit) = scene.done(Command::Settings(SettingsCommand::ListAudit(AuditQuery::default())))
    else {
        panic!("no audit log")
    };
    let actions: Vec<_> = audit.iter().rev().map(|entry| entry.action.as_str()).collect();
    let expected =
        ["settings_change", "integration_connect", "integration_connect", "integration_test", "integration_test"];
    assert!(actions.ends_with(&expected), "{actions:?}");
    let secrets = ["access-token-1", "refresh-token-1", "client-secret-1"];
    let told = format!("{audit:?}");
    assert!(secrets.iter().all(|secret| !told.contains(secret)), "{told}");
    is_nowhere(&scene.data_dir(), &secrets);

    let mut scene = scene.restarted();
    assert!(service(scene.done(test())).is_connected());
    let gone = service(scene.done(Command::Integration(IntegrationCommand::Disconnect(Service::ServiceNow))));
    assert_eq!((gone.is_set_up, gone.connection), (true, None));
    assert!(scene.failure(test()).summary.contains("not connected"));
}

#[test]
fn a_sign_in_whose_first_call_fails_is_not_connected() {
    let server = MockServer::start();
    tokens(&server);
    server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident");
        then.status(403).json_body(json!({"error": {"message": "no role"}}));
    });
    let mut scene = Scene::new();
    let config = set_up(&server, SignIn::OAuth);
    scene.done(save(&config, None));
    let Event::Failed(failure) = signed_in(&mut scene, &config) else { panic!("it cannot have worked") };
    assert!(failure.summary.contains("no role") && failure.advice.contains("itil"), "{failure:?}");
    let state = service(scene.done(Command::Integration(IntegrationCommand::Load)));
    assert!(!state.is_connected() && state.connection.is_some());
}

#[test]
fn cancelling_frees_the_port_and_stores_nothing() {
    let server = MockServer::start();
    let mut scene = Scene::new();
    let config = set_up(&server, SignIn::OAuth);
    scene.done(save(&config, None));
    let job = scene.submit(connect());
    let id = job.id();
    assert!(matches!(scene.next(id), Event::SignInWaits { .. }));
    drop(job);
    assert!(matches!(scene.next(id), Event::Cancelled));
    assert!(closes(config.callback_port));
    assert_eq!(service(scene.done(Command::Integration(IntegrationCommand::Load))).connection, None);
}

#[test]
fn a_password_does_not_follow_to_another_server_or_user() {
    let server = MockServer::start();
    incidents(&server, "Basic YW5uOmh1bnRlcjI=");
    let mut scene = Scene::new();
    let config = set_up(&server, SignIn::Basic);
    scene.done(save(&config, Some("hunter2")));
    assert!(service(scene.done(connect())).is_connected());
    let other_category = IntegrationConfig { category: "network".to_owned(), ..config.clone() };
    assert!(service(scene.done(save(&other_category, None))).is_connected());
    let other_user = IntegrationConfig { username: "bob".to_owned(), ..config.clone() };
    assert_eq!(service(scene.done(save(&other_user, None))).connection, None);
    scene.done(save(&config, Some("hunter2")));
    let elsewhere = MockServer::start();
    let moved = IntegrationConfig { base_url: elsewhere.base_url(), ..config };
    let state = service(scene.done(Command::Integration(IntegrationCommand::Save {
        config: Box::new(moved),
        secret: None,
        client_secret: None,
    })));
    assert_eq!((state.connection, state.has_client_secret), (None, false));
}

#[test]
fn what_cannot_be_used_is_not_saved_and_what_is_missing_is_named() {
    let server = MockServer::start();
    let mut scene = Scene::new();
    let mut config = set_up(&server, SignIn::Basic);
    config.username.clear();
    let failure = scene.failure(save(&config, None));
    assert_eq!(
        (failure.kind, failure.summary.as_str()),
        (FailureKind::IntegrationSettings, "The user name is missing")
    );
    assert!(!service(scene.done(Command::Integration(IntegrationCommand::Load))).is_set_up);
    let mut oauth = set_up(&server, SignIn::OAuth);
    oauth.oauth.client_id.clear();
    scene.done(save(&oauth, None));
    assert_eq!(scene.failure(connect()).summary, "The client id is missing");
}
