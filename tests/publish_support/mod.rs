//! The scene of the clients' tests: one service that is a mock, one user, texts that have passed the gate.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use httpmock::MockServer;
use tftsr::domain::{ConfluenceApi, IntegrationConfig, RemoteId, RemoteName, RemotePlace, Service, SignIn};
use tftsr::integrations::{Access, Caller, PageText};
use tftsr::net::{Backoff, Http, HttpOptions};
use tftsr::privacy::{Policy, Redacted, Redactor, Vault};

pub struct Site {
    pub server: MockServer,
    pub config: IntegrationConfig,
    pub caller: Caller,
}

pub fn site(service: Service, api: ConfluenceApi, path: &str) -> Site {
    let server = MockServer::start();
    let config = IntegrationConfig {
        base_url: format!("http://{}{path}", server.address()),
        sign_in: SignIn::Token,
        project_name: "Ops & Support".to_owned(),
        api,
        ..IntegrationConfig::new(service)
    };
    let access = Access::Bearer("token-1".into());
    let http = Http::new(&HttpOptions::default()).unwrap();
    let caller = Caller::new(http, service, config.base().unwrap(), access).with_backoff(Backoff::NEVER);
    Site { server, config, caller }
}

pub fn cleared(text: &str) -> Redacted {
    Redactor::new(Vault::default(), Policy::default()).redact(&text.into()).unwrap()
}

pub fn name(text: &str) -> RemoteName {
    RemoteName::parse(text).unwrap()
}

pub fn id(text: &str) -> RemoteId {
    RemoteId::parse(text).unwrap()
}

pub fn space() -> RemotePlace {
    RemotePlace { key: name("OPS"), id: Some(id("7")), label: "Operations".to_owned() }
}

pub fn page_text() -> PageText {
    PageText { title: cleared("Why & how"), storage: cleared("<p>a &amp; b</p>") }
}
