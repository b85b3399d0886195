//! The authorized caller and the test calls against played services: what is sent, and what every answer becomes.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use httpmock::Method::{GET, POST};
use httpmock::MockServer;
use serde_json::json;
use std::time::Duration;
use tftsr::domain::{ConfluenceApi, IntegrationConfig, Service, SignIn};
use tftsr::integrations::{
    Access, Call, Caller, IntegrationError, SignInError, Tested, access_of, cloud_id, integration,
};
use tftsr::net::{Backoff, Http, HttpOptions, NetError};
use tftsr::privacy::{Method, Outbound, Request};

const SECRET: &str = "p4ss/word\"1";

fn http() -> Http {
    Http::new(&HttpOptions::default()).unwrap()
}

fn config(service: Service, url: &str) -> IntegrationConfig {
    let sign_in = if service == Service::AzureDevOps { SignIn::Token } else { SignIn::Basic };
    IntegrationConfig {
        base_url: url.to_owned(),
        username: "ann".to_owned(),
        project_name: "Größe & Co".to_owned(),
        sign_in,
        ..IntegrationConfig::new(service)
    }
    .put_right()
}

fn caller(config: &IntegrationConfig) -> Caller {
    let backoff = Backoff { base: Duration::from_millis(1), ..Backoff::default() };
    let caller = tftsr::integrations::caller(&http(), config, access_of(config, SECRET.into()), None).unwrap();
    caller.with_backoff(backoff)
}

async fn test(config: &IntegrationConfig) -> Result<Tested, IntegrationError> {
    integration(config.service).test(&caller(config), config).await
}

fn get(caller: &Caller) -> Call {
    Call::new(Outbound::get(&caller.endpoint("/x")))
}

fn post(caller: &Caller) -> Call {
    Call::new(Outbound::encode(&caller.endpoint("/x"), |at| Request::to(Method::Post, at).json(&json!({"a": 1}))))
}

#[tokio::test]
async fn each_test_call_is_the_vendor_s_own() {
    let server = MockServer::start();
    // base64("ann:p4ss/word\"1") and base64(":p4ss/word\"1")
    let (user, token) = ("Basic YW5uOnA0c3Mvd29yZCIx", "Basic OnA0c3Mvd29yZCIx");
    let data_center = server.mock(|when, then| {
        when.method(GET).path("/confluence/rest/api/user/current").header("authorization", user);
        then.status(200).json_body(json!({"type": "known", "displayName": "Ann"}));
    });
    let cloud = server.mock(|when, then| {
        when.method(GET).path("/wiki/rest/api/user/current").header("authorization", user);
        then.status(200).json_body(json!({"type": "known", "displayName": "", "email": "a@b.c"}));
    });
    let incidents = server.mock(|when, then| {
        when.method(GET)
            .path("/api/now/table/incident")
            .query_param("sysparm_limit", "1")
            .query_param("sysparm_fields", "sys_id")
            .header("authorization", user);
        then.status(200).json_body(json!({"result": [{"sys_id": "1"}]}));
    });
    let project = server.mock(|when, then| {
        when.method(GET)
            .path("/contoso/_apis/projects/Gr%C3%B6%C3%9Fe%20%26%20Co")
            .query_param("api-version", "7.0")
            .header("authorization", token);
        then.status(200).json_body(json!({"id": "1", "name": "Größe & Co"}));
    });
    let found = test(&config(Service::Confluence, &server.url("/confluence/"))).await.unwrap();
    assert_eq!((found.account.as_str(), found.message.as_str()), ("Ann", "Confluence answers, version 1"));
    let v2 = IntegrationConfig { api: ConfluenceApi::V2, ..config(Service::Confluence, &server.base_url()) };
    assert_eq!(test(&v2).await.unwrap().account, "a@b.c");
    assert_eq!(test(&config(Service::ServiceNow, &server.base_url())).await.unwrap().account, "ann");
    test(&config(Service::AzureDevOps, &server.url("/contoso"))).await.unwrap();
    for mock in [data_center, cloud, incidents, project] {
        mock.assert();
    }
}

#[tokio::test]
async fn nobody_is_not_somebody() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET);
        then.status(200).json_body(json!({"type": "anonymous", "displayName": "Anonymous"}));
    });
    let error = test(&config(Service::Confluence, &server.base_url())).await.unwrap_err();
    assert!(matches!(error, IntegrationError::NotAuthorized { .. }), "{error:?}");
}

#[tokio::test]
async fn every_refusal_is_told_apart_and_has_advice() {
    use IntegrationError as E;
    let said = || "said".to_owned();
    let now = Service::ServiceNow;
    let cases = [
        (
            401,
            json!({"error": {"message": "said"}}),
            E::NotAuthorized { service: now, sign_in: SignIn::Basic, said: said() },
        ),
        (403, json!({"message": "said"}), E::Forbidden { service: now, said: said() }),
        (404, json!({"errors": [{"detail": "said"}]}), E::NotFound { service: now, said: said() }),
        (407, json!(null), E::ProxySignIn),
        (409, json!({"message": "said"}), E::Conflict { service: now, said: said() }),
        (412, json!({"message": "said"}), E::Conflict { service: now, said: said() }),
        (400, json!({"message": "said"}), E::Refused { service: now, status: 400, said: said() }),
        (
            429,
            json!({"message": "said"}),
            E::RateLimited { retry_after: Some(Duration::from_secs(9999)), said: said() },
        ),
        (500, json!("said"), E::ServerFailed { service: now, status: 500, said: String::new() }),
        (302, json!(null), E::Redirected { host: "127.0.0.1".to_owned(), status: 302 }),
        (203, json!({}), E::SignInPage(now)),
    ];
    for (status, body, expected) in cases {
        let server = MockServer::start();
        let elsewhere = MockServer::start();
        let followed = elsewhere.mock(|when, then| {
            when.is_true(|_| true);
            then.status(200);
        });
        server.mock(|when, then| {
            when.method(GET);
            let then = then.status(status).header("location", elsewhere.url("/"));
            then.header("retry-after", "9999").json_body(body);
        });
        let config = config(now, &server.base_url());
        let error = caller(&config).send(get(&caller(&config))).await.unwrap_err();
        assert_eq!(error, expected, "{status}");
        assert!(!error.advice().is_empty() && !error.advice().ends_with('.'), "{error:?}");
        assert_eq!(followed.calls(), 0, "a redirect carries no sign-in to another server");
    }
}

#[tokio::test]
async fn a_sign_in_page_is_no_answer_whatever_its_status() {
    for service in Service::ALL {
        for (status, content_type, body) in [
            (200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>"),
            (200, "application/json", "  <html>"),
            (203, "text/html", ""),
            (302, "text/html", "<a>moved</a>"),
        ] {
            let server = MockServer::start();
            server.mock(|when, then| {
                when.method(GET);
                then.status(status).header("content-type", content_type).body(body);
            });
            let config = config(*service, &server.url("/o"));
            let error = test(&config).await.unwrap_err();
            let is_told = matches!(error, IntegrationError::SignInPage(_))
                || (status == 302 && matches!(error, IntegrationError::Redirected { .. }));
            assert!(is_told, "{service:?} {status}: {error:?}");
        }
    }
}

#[tokio::test]
async fn answers_of_a_wrong_type_are_refused() {
    for service in Service::ALL {
        for body in
            ["", "null", "[]", "{}", "{\"result\":{}}", "{\"name\":1,\"type\":2}", "{\"type\":\"known\"", "\u{0}"]
        {
            let server = MockServer::start();
            server.mock(|when, then| {
                when.method(GET);
                then.status(200).header("content-type", "application/json").body(body);
            });
            let error = test(&config(*service, &server.url("/o"))).await.unwrap_err();
            assert!(matches!(error, IntegrationError::Malformed { .. }), "{service:?} {body}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_cut_off() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET);
        then.status(200).header("content-type", "application/json").body("x".repeat(70_000));
    });
    let config = config(Service::ServiceNow, &server.base_url());
    let caller = caller(&config);
    let error = caller.send(get(&caller).at_most(64 << 10)).await.unwrap_err();
    assert_eq!(error, IntegrationError::Net(NetError::TooLarge { limit_bytes: 64 << 10 }));
    assert!(error.is_unsure());
}

#[tokio::test]
async fn the_secret_is_taken_out_of_what_a_server_echoes() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET);
        let message = format!("bad {SECRET} or YW5uOnA0c3Mvd29yZCIx");
        then.status(403).json_body(json!({"message": message}));
    });
    let error = test(&config(Service::ServiceNow, &server.base_url())).await.unwrap_err();
    assert_eq!(error.to_string(), "ServiceNow does not permit this: bad [hidden] or [hidden]");
    assert!(!format!("{error:?}").contains("p4ss"));
}

#[tokio::test]
async fn a_question_is_asked_again_and_a_change_only_where_nothing_was_done() {
    // Status, header, whether it is a question, how often it is sent.
    let cases = [
        (503, "", true, 5),
        (500, "", true, 5),
        (500, "", false, 1),
        (503, "", false, 1),
        (503, "0", false, 5),
        (429, "0", false, 5),
        (404, "", true, 1),
    ];
    for (status, retry_after, is_question, expected) in cases {
        let server = MockServer::start();
        let mock = server.mock(|when, then| {
            when.path("/x");
            let then = then.status(status);
            if !retry_after.is_empty() {
                then.header("retry-after", retry_after);
            }
        });
        let caller = caller(&config(Service::ServiceNow, &server.base_url()));
        let call = if is_question { get(&caller) } else { post(&caller) };
        caller.send(call).await.unwrap_err();
        assert_eq!(mock.calls(), expected, "{status} {retry_after} {is_question}");
    }
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST).path("/x");
        then.status(500);
    });
    let caller = caller(&config(Service::ServiceNow, &server.base_url()));
    caller.send(post(&caller).repeatable()).await.unwrap_err();
    assert_eq!(mock.calls(), 5, "a search by POST");
}

#[tokio::test]
async fn the_next_page_is_fetched_from_the_same_server_only() {
    let server = MockServer::start();
    let config = config(Service::Confluence, &server.url("/c"));
    let caller = caller(&config);
    assert_eq!(caller.follow("/rest/api/space?start=2").unwrap().path_and_query(), "/c/rest/api/space?start=2");
    for link in ["https://evil.example/rest/api/space", "//evil.example/", "http://127.0.0.1:1/"] {
        assert!(matches!(caller.follow(link), Err(IntegrationError::ForeignLink(_))), "{link}");
    }
}

#[tokio::test]
async fn the_site_of_a_token_is_found_by_its_address() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET).path("/oauth/token/accessible-resources").header("authorization", "Bearer t");
        then.status(200).json_body(json!([
            {"id": "c-1", "url": "https://other.atlassian.net", "name": "other", "scopes": []},
            {"id": "c-2", "url": "https://acme.atlassian.net", "name": "acme", "scopes": []},
            {"id": "../..", "url": "https://evil.atlassian.net"},
        ]));
    });
    let site = |url: &str| {
        let mut config = config(Service::Confluence, url);
        config.sign_in = SignIn::OAuth;
        config.oauth.gateway_url = server.base_url();
        config
    };
    let acme = site("https://acme.atlassian.net/wiki");
    assert_eq!(cloud_id(&http(), &acme, &"t".into()).await.unwrap().as_deref(), Some("c-2"));
    for foreign in ["https://third.atlassian.net", "https://evil.atlassian.net"] {
        let error = cloud_id(&http(), &site(foreign), &"t".into()).await.unwrap_err();
        assert!(matches!(error, IntegrationError::SignIn(SignInError::NoSite { .. })), "{error:?}");
    }
    assert_eq!(cloud_id(&http(), &config(Service::ServiceNow, "https://x.net"), &"t".into()).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_sent_while_offline() {
    let offline = Http::new(&HttpOptions { offline: true, ..HttpOptions::default() }).unwrap();
    let config = config(Service::ServiceNow, "https://dev1.service-now.com");
    let access = Access::Bearer("t".into());
    let caller = tftsr::integrations::caller(&offline, &config, access, None).unwrap();
    let error = caller.send(get(&caller)).await.unwrap_err();
    let host = "dev1.service-now.com".to_owned();
    assert_eq!(error, IntegrationError::Net(NetError::Offline { host }));
    assert!(error.advice().contains("offline"));
}
