//! The offline switch: whatever the program can do over a network is tried, and nothing but this machine is reached.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod browser;
mod worker_support;

use browser::{closes, free_port, parameter, visit};
use std::collections::BTreeSet;
use tftsr::domain::{
    ApiFormat, Audience, AuditQuery, DocumentKind, IntegrationConfig, IssueId, ModelId, ProviderConfig, ProviderKind,
    RemoteName, Service, Settings, Severity, SignIn,
};
use tftsr::worker::{
    Command, DocumentCommand, Event, FailureKind, IntegrationCommand, OllamaCommand, OllamaTask, ProviderCommand,
    PublicationDraft, PublicationPart, PublishCommand, RemoteSearch, SettingsCommand, TriageCommand, Turn,
};
use worker_support::Scene;

/// The command fails because of the switch, and for no other reason.
fn is_refused(scene: &mut Scene, what: &str, command: Command) {
    match scene.end_of(command) {
        Event::Failed(failure) => assert_eq!(failure.kind, FailureKind::Offline, "{what}: {failure:?}"),
        event => panic!("{what}: {event:?}"),
    }
}

fn listed(scene: &mut Scene) -> BTreeSet<String> {
    let query = AuditQuery { action: Some("network_refused".to_owned()), ..AuditQuery::default() };
    let Event::AuditListed(entries) = scene.done(Command::Settings(SettingsCommand::ListAudit(query))) else {
        panic!()
    };
    entries.iter().filter_map(|entry| Some(entry.details.get("host")?.as_str()?.to_owned())).collect()
}

/// One provider of each wire format, each at a host of its own.
fn providers() -> Vec<ProviderConfig> {
    let kinds = [
        (ProviderKind::OpenAi, "openai"),
        (ProviderKind::Anthropic, "anthropic"),
        (ProviderKind::Gemini, "gemini"),
        (ProviderKind::Ollama, "ollama"),
        (ProviderKind::Custom, "custom"),
        (ProviderKind::MsiGenai, "gateway"),
    ];
    let provider = |(kind, name): (ProviderKind, &str)| {
        ProviderConfig::new(name, kind, &format!("https://{name}.example.com/v1"), "m")
    };
    kinds.map(provider).into()
}

fn chats(scene: &mut Scene, issue: IssueId) -> Vec<String> {
    let mut hosts = Vec::new();
    for provider in providers() {
        let (id, name, format) = (provider.id, provider.name.clone(), provider.api_format);
        let key = Some("sk-test".into());
        scene.done(Command::Provider(ProviderCommand::Save { provider: provider.clone(), key }));
        let prompt = scene.preview(issue, id, "why?").prompt;
        let (draft, turn) = ("why?".into(), Turn::New);
        let send = TriageCommand::Send { issue, provider: id, draft, turn, prompt };
        is_refused(scene, &format!("chat with {name}"), Command::Triage(send));
        // The gateway tells no models: those that are known are all.
        if format != ApiFormat::MsiGenai {
            let list = ProviderCommand::ListModels { provider: provider.clone(), key: None };
            is_refused(scene, &format!("models of {name}"), Command::Provider(list));
        }
        scene.end_of(Command::Provider(ProviderCommand::Test { provider, key: None }));
        hosts.push(format!("{name}.example.com"));
    }
    hosts
}

fn ollama(scene: &mut Scene) {
    let model = || ModelId::parse("a:1").unwrap();
    let tasks = [
        OllamaTask::List,
        OllamaTask::Show(model()),
        OllamaTask::Pull { model: model(), ignores_space: true },
        OllamaTask::Unload(model()),
        OllamaTask::Remove(model()),
    ];
    for task in tasks {
        let what = format!("{task:?}");
        let at = Some("https://models.example.com".to_owned());
        is_refused(scene, &what, Command::Ollama(OllamaCommand { at, task }));
    }
}

fn service(service: Service, sign_in: SignIn) -> (IntegrationConfig, String) {
    let host = format!("{}.example.com", service.as_str());
    let config = IntegrationConfig {
        base_url: format!("https://{host}"),
        sign_in,
        username: "ann".to_owned(),
        project_name: "Ops".to_owned(),
        space_key: "OPS".to_owned(),
        callback_port: free_port(),
        ..IntegrationConfig::new(service)
    };
    (config, host)
}

fn save(scene: &mut Scene, config: IntegrationConfig) {
    let (config, secret, client_secret) = (Box::new(config), Some("token-1".into()), Some("client-secret".into()));
    scene.done(Command::Integration(IntegrationCommand::Save { config, secret, client_secret }));
}

/// The browser comes back with a code; it cannot be turned into a token.
fn signs_in(scene: &mut Scene) {
    let (mut config, _host) = service(Service::ServiceNow, SignIn::OAuth);
    "https://sign-in.example.com".clone_into(&mut config.base_url);
    config.oauth.client_id = "tftsr".into();
    let port = config.callback_port;
    save(scene, config);
    let connect = IntegrationCommand::Connect { service: Service::ServiceNow, opens_browser: false };
    let job = scene.submit(Command::Integration(connect));
    let Event::SignInWaits { url, .. } = scene.next(job.id()) else { panic!("no page to sign in") };
    visit(port, &format!("/callback?code=c-1&state={}", parameter(&url, "state"))).unwrap();
    match scene.next(job.id()) {
        Event::Failed(failure) => assert_eq!(failure.kind, FailureKind::Offline, "{failure:?}"),
        event => panic!("{event:?}"),
    }
    job.detach();
    assert!(closes(port), "nobody waits for a browser any more");
}

fn services(scene: &mut Scene) -> Vec<String> {
    let all = [
        (Service::Confluence, SignIn::Token),
        (Service::ServiceNow, SignIn::Basic),
        (Service::AzureDevOps, SignIn::Token),
    ];
    let mut hosts = Vec::new();
    for (one, sign_in) in all {
        let (config, host) = service(one, sign_in);
        save(scene, config);
        is_refused(scene, &format!("test of {host}"), Command::Integration(IntegrationCommand::Test(one)));
        let connect = IntegrationCommand::Connect { service: one, opens_browser: false };
        is_refused(scene, &format!("connect {host}"), Command::Integration(connect));
        hosts.push(host);
    }
    hosts
}

fn publishing(scene: &mut Scene, issue: IssueId) {
    let name = || RemoteName::parse("OPS").unwrap();
    for service in [Service::Confluence, Service::ServiceNow, Service::AzureDevOps] {
        let words = "pool".into();
        let search = RemoteSearch { service, issue: None, words, place: Some(name()), limit: 5, titles_only: false };
        is_refused(scene, &format!("search in {service:?}"), Command::Publish(PublishCommand::Search(search)));
    }
    for service in [Service::Confluence, Service::AzureDevOps] {
        is_refused(scene, "places", Command::Publish(PublishCommand::ListPlaces(service)));
    }
    is_refused(scene, "kinds", Command::Publish(PublishCommand::ListKinds { project: name() }));
    for (service, number) in [(Service::ServiceNow, "INC1"), (Service::AzureDevOps, "1")] {
        let import = PublishCommand::Import { service, number: number.to_owned(), place: Some(name()) };
        is_refused(scene, &format!("import from {service:?}"), Command::Publish(import));
    }
    scene.done(Command::Document(DocumentCommand::Generate { issue, kind: DocumentKind::Rca }));
    let page = PublicationPart::Page {
        kind: DocumentKind::Rca,
        space: name(),
        parent: None,
        title: "RCA".into(),
        audience: Audience::Internal,
        onto: None,
        pictures: false,
    };
    let ticket = |project| PublicationPart::Ticket {
        kind: None,
        project,
        severity: Severity::P2,
        title: "Charges fail".into(),
        text: "502".into(),
    };
    let parts = [
        (Service::Confluence, page),
        (Service::ServiceNow, ticket(None)),
        (Service::AzureDevOps, ticket(Some(name()))),
    ];
    for (service, part) in parts {
        publishes(scene, PublicationDraft { issue, service, part });
    }
}

/// Whether a look at what is there already comes with the preview or with the sending is the service's own affair.
fn publishes(scene: &mut Scene, draft: PublicationDraft) {
    let (issue, what) = (draft.issue, format!("publish to {:?}", draft.service));
    let body_sha256 = match scene.end_of(Command::Publish(PublishCommand::Preview(Box::new(draft)))) {
        Event::PublicationPreviewed(preview) => preview.body_sha256.clone(),
        Event::Failed(failure) => return assert_eq!(failure.kind, FailureKind::Offline, "{what}: {failure:?}"),
        event => panic!("{what}: {event:?}"),
    };
    is_refused(scene, &what, Command::Publish(PublishCommand::Send { issue, body_sha256, pictures: Vec::new() }));
}

#[test]
fn offline_every_feature_is_refused_and_every_try_is_listed() {
    let mut scene = Scene::new();
    let issue = scene.issue_with("Charges fail", Vec::new()).issue.id;
    scene.save_settings(Settings { offline: true, ..Settings::default() });

    let mut hosts = chats(&mut scene, issue);
    ollama(&mut scene);
    signs_in(&mut scene);
    hosts.extend(services(&mut scene));
    publishing(&mut scene, issue);

    hosts.extend(["models.example.com".to_owned(), "sign-in.example.com".to_owned()]);
    let listed = listed(&mut scene);
    let missing: Vec<_> = hosts.iter().filter(|host| !listed.contains(*host)).collect();
    assert!(missing.is_empty(), "not listed: {missing:?} in {listed:?}");
}
