//! Publishing through the worker: what is shown is what goes, once, and what is there already is not made again.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod worker_support;

use httpmock::Method::{GET, POST, PUT};
use httpmock::{HttpMockRequest, MockServer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex};
use tftsr::domain::{
    Audience, AuditQuery, ConfluenceApi, Decision, DocumentKind, IntegrationConfig, IssueId, PiiKind, RemoteId,
    RemoteName, Service, Severity, SignIn, Strictness, TicketStep,
};
use tftsr::privacy::Confirmation;
use tftsr::worker::{
    Command, DecisionTarget, DocumentCommand, Event, FailureKind, IntegrationCommand, IssueCommand, IssueDetail,
    LogSource, NewIssue, Onto, PrivacyCommand, PublicationDraft, PublicationPart, PublicationPreview, PublishCommand,
    Published, RemoteSearch, SettingsCommand, TriageCommand, WHY_PICTURE,
};
use worker_support::Scene;

fn connect(scene: &mut Scene, server: &MockServer, service: Service, auto_create_enabled: bool) {
    let organization = if service == Service::AzureDevOps { "/contoso" } else { "" };
    let config = IntegrationConfig {
        base_url: format!("http://{}{organization}", server.address()),
        sign_in: if service == Service::ServiceNow { SignIn::Basic } else { SignIn::Token },
        username: "ann".to_owned(),
        project_name: "Ops".to_owned(),
        space_key: "OPS".to_owned(),
        api: ConfluenceApi::V1,
        auto_create_enabled,
        ..IntegrationConfig::new(service)
    };
    let (config, secret) = (Box::new(config), Some("token-1".into()));
    scene.done(Command::Integration(IntegrationCommand::Save { config, secret, client_secret: None }));
}

fn issue(scene: &mut Scene, title: &str, severity: Severity) -> IssueDetail {
    let new = NewIssue {
        title: title.into(),
        description: "ann.olsen@acme-corp.net sees 502 from 84.23.17.9".into(),
        severity: Some(severity),
        ..NewIssue::default()
    };
    scene.loaded(Command::Issue(IssueCommand::Create(new)))
}

fn draft_rca(scene: &mut Scene, issue: IssueId) {
    scene.done(Command::Document(DocumentCommand::Generate { issue, kind: DocumentKind::Rca }));
}

fn page_draft(issue: IssueId, audience: Audience, onto: Option<&str>) -> PublicationDraft {
    let part = PublicationPart::Page {
        kind: DocumentKind::Rca,
        space: RemoteName::parse("OPS").unwrap(),
        parent: None,
        title: "RCA of ann.olsen@acme-corp.net".into(),
        audience,
        pictures: true,
        onto: onto.map(|id| RemoteId::parse(id).unwrap()),
    };
    PublicationDraft { issue, service: Service::Confluence, part }
}

fn ticket_draft(detail: &IssueDetail) -> PublicationDraft {
    let part = PublicationPart::Ticket {
        kind: None,
        project: None,
        severity: detail.issue.severity,
        title: detail.issue.title.clone(),
        text: detail.issue.description.clone(),
    };
    PublicationDraft { issue: detail.issue.id, service: Service::ServiceNow, part }
}

fn preview(scene: &mut Scene, draft: PublicationDraft) -> PublicationPreview {
    match scene.done(Command::Publish(PublishCommand::Preview(Box::new(draft)))) {
        Event::PublicationPreviewed(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

fn send(issue: IssueId, body_sha256: &str) -> Command {
    Command::Publish(PublishCommand::Send { issue, body_sha256: body_sha256.to_owned(), pictures: Vec::new() })
}

fn published(event: Event) -> Published {
    match event {
        Event::Published(published) => *published,
        other => panic!("{other:?}"),
    }
}

/// A wiki that keeps one page.
#[derive(Clone, Default)]
struct Wiki {
    page: Arc<Mutex<Option<Value>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Wiki {
    fn serve(&self, server: &MockServer) {
        server.mock(|when, then| {
            when.method(GET).path("/rest/api/space/OPS");
            then.json_body(json!({"id": 7, "key": "OPS", "name": "Operations"}));
        });
        let found = self.clone();
        server.mock(|when, then| {
            when.method(GET).path("/rest/api/content");
            then.respond_with(move |_: &HttpMockRequest| {
                let page = found.page.lock().unwrap().clone();
                answer(&json!({"results": page.into_iter().collect::<Vec<_>>()}))
            });
        });
        let read = self.clone();
        server.mock(|when, then| {
            when.method(GET).path("/rest/api/content/42");
            then.respond_with(move |_: &HttpMockRequest| answer(&read.page.lock().unwrap().clone().unwrap()));
        });
        for (method, path) in [(POST, "/rest/api/content"), (PUT, "/rest/api/content/42")] {
            let kept = self.clone();
            server.mock(|when, then| {
                when.method(method).path(path);
                then.respond_with(move |request: &HttpMockRequest| answer(&kept.keep(request)));
            });
        }
    }

    fn keep(&self, request: &HttpMockRequest) -> Value {
        let body = request.body_ref().to_vec();
        let mut page: Value = serde_json::from_slice(&body).unwrap();
        self.bodies.lock().unwrap().push(body);
        page["id"] = json!("42");
        let version = page["version"]["number"].as_u64().unwrap_or(1);
        page["version"] = json!({"number": version});
        page["space"] = json!({"key": "OPS"});
        page["_links"] = json!({"webui": "/x/42"});
        *self.page.lock().unwrap() = Some(page.clone());
        page
    }

    fn last_body(&self) -> Vec<u8> {
        self.bodies.lock().unwrap().last().unwrap().clone()
    }
}

fn answer(body: &Value) -> httpmock::HttpMockResponse {
    httpmock::HttpMockResponse::builder()
        .status(200)
        .header("content-type", "application/json")
        .body(body.to_string())
        .build()
}

#[test]
fn what_was_shown_goes_once_and_the_same_document_again_updates_its_page() {
    let (server, wiki) = (MockServer::start(), Wiki::default());
    wiki.serve(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::Confluence, false);
    let detail = issue(&mut scene, "Charges fail", Severity::P3);
    let id = detail.issue.id;
    draft_rca(&mut scene, id);
    let refused = scene.failure(send(id, "0"));
    assert_eq!(refused.kind, FailureKind::RefusedByGate, "nothing was shown");

    let shown = preview(&mut scene, page_draft(id, Audience::Internal, None));
    assert_eq!((&shown.onto, shown.title.as_str()), (&Onto::New, "RCA of [Email-1]"));
    let first = published(scene.done(send(id, &shown.body_sha256)));
    assert!(first.created && first.lost.is_none(), "{first:?}");
    let body = wiki.last_body();
    assert_eq!(String::from_utf8_lossy(&body), shown.body);
    let sha256 = hex::encode(Sha256::digest(&body));
    assert_eq!((&sha256, &sha256), (&shown.body_sha256, &first.publication.content_sha256));
    for value in ["ann.olsen", "84.23.17.9"] {
        assert!(!shown.body.contains(value), "{value}");
    }
    let query = AuditQuery { action: Some("publish".to_owned()), ..AuditQuery::default() };
    let Event::AuditListed(entries) = scene.done(Command::Settings(SettingsCommand::ListAudit(query))) else {
        panic!()
    };
    assert_eq!(entries.len(), 2, "before and after");
    assert!(entries.iter().any(|entry| entry.details["body_sha256"] == json!(sha256)), "{entries:?}");
    assert_eq!(scene.failure(send(id, &shown.body_sha256)).kind, FailureKind::RefusedByGate, "twice");

    let again = preview(&mut scene, page_draft(id, Audience::Internal, None));
    assert!(matches!(&again.onto, Onto::Update(page) if page.version == 1), "{:?}", again.onto);
    let second = published(scene.done(send(id, &again.body_sha256)));
    assert_eq!((second.created, second.publication.version), (false, 2));
    assert_eq!(second.detail.publications.len(), 1);
}

#[test]
fn a_title_that_is_taken_is_the_users_decision() {
    let (server, wiki) = (MockServer::start(), Wiki::default());
    *wiki.page.lock().unwrap() = Some(json!({
        "id": "42", "type": "page", "title": "RCA of [Email-1]", "version": {"number": 8},
        "body": {"storage": {"value": "<p>theirs</p>"}}, "_links": {},
    }));
    wiki.serve(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::Confluence, false);
    let id = issue(&mut scene, "Charges fail", Severity::P3).issue.id;
    draft_rca(&mut scene, id);
    let shown = preview(&mut scene, page_draft(id, Audience::Internal, None));
    assert_eq!(shown.title_taken_by.as_ref().map(|page| page.id.as_str()), Some("42"));
    assert_eq!(scene.failure(send(id, &shown.body_sha256)).kind, FailureKind::RefusedByGate);
    let shown = preview(&mut scene, page_draft(id, Audience::Internal, Some("42")));
    let done = published(scene.done(send(id, &shown.body_sha256)));
    assert_eq!((done.created, done.publication.version), (false, 9));
}

#[test]
fn readers_outside_get_nothing_that_is_kept_for_those_inside() {
    let (server, wiki) = (MockServer::start(), Wiki::default());
    wiki.serve(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::Confluence, false);
    let id = issue(&mut scene, "Charges fail", Severity::P3).issue.id;
    draft_rca(&mut scene, id);
    let target = DecisionTarget::Value { kind: PiiKind::Ipv4, value: "84.23.17.9".into() };
    scene.done(Command::Privacy(PrivacyCommand::Decide { issue: id, target, decision: Decision::Keep }));
    let inside = preview(&mut scene, page_draft(id, Audience::Internal, None));
    assert!(inside.body.contains("84.23.17.9") && inside.kept > 0, "{}", inside.body);
    let outside = preview(&mut scene, page_draft(id, Audience::External, None));
    assert!(!outside.body.contains("84.23.17.9") && outside.kept == 0, "{}", outside.body);
}

fn incidents(server: &MockServer, issue: IssueId, status: u16) -> httpmock::Mock<'_> {
    let row =
        json!({"sys_id": "a9f3c1d2e4b5a6978899aabbccddeeff", "number": "INC1", "correlation_id": issue.to_string()});
    server.mock(|when, then| {
        when.method(POST).path("/api/now/table/incident");
        then.status(status).json_body(json!({"result": row}));
    })
}

fn no_incident(server: &MockServer) -> httpmock::Mock<'_> {
    server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident");
        then.json_body(json!({"result": []}));
    })
}

#[test]
fn an_urgent_issue_waits_for_a_look_and_the_user_may_say_no() {
    let server = MockServer::start();
    let asked = no_incident(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::ServiceNow, true);
    assert!(issue(&mut scene, "Slow", Severity::P3).waiting.is_empty());
    let detail = issue(&mut scene, "Down", Severity::P1);
    let waits = *detail.waiting.first().unwrap();
    assert_eq!((waits.service, waits.step), (Service::ServiceNow, TicketStep::Create));
    let still = scene.loaded(Command::Publish(PublishCommand::Automatic(detail.issue.id)));
    assert_eq!((still.waiting.len(), asked.calls()), (1, 0), "nothing is asked before the look");
    let decline = PublishCommand::Decline { issue: detail.issue.id, ticket: waits };
    assert!(scene.loaded(Command::Publish(decline)).waiting.is_empty());
}

#[test]
fn where_no_look_is_asked_for_the_ticket_is_made_by_itself() {
    let server = MockServer::start();
    no_incident(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::ServiceNow, true);
    let settings =
        tftsr::domain::Settings { strictness: Strictness::LocalWithoutReview, ..tftsr::domain::Settings::default() };
    scene.done(Command::Settings(SettingsCommand::Save(settings)));
    let detail = issue(&mut scene, "Down", Severity::P1);
    let post = incidents(&server, detail.issue.id, 201);
    let after = scene.loaded(Command::Publish(PublishCommand::Automatic(detail.issue.id)));
    assert_eq!(after.publications.first().map(|one| one.number.as_str()), Some("INC1"));
    assert!(after.waiting.is_empty());
    post.assert();
}

#[test]
fn a_ticket_says_nothing_that_identifies_and_is_linked_on_the_issue() {
    let server = MockServer::start();
    no_incident(&server);
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::ServiceNow, false);
    let detail = issue(&mut scene, "ann.olsen@acme-corp.net is locked out", Severity::P2);
    incidents(&server, detail.issue.id, 201);
    let shown = preview(&mut scene, ticket_draft(&detail));
    assert_eq!(shown.title.as_str(), "[Email-1] is locked out");
    assert!(!shown.body.contains("ann.olsen") && !shown.body.contains("84.23.17.9"), "{}", shown.body);
    let done = published(scene.done(send(detail.issue.id, &shown.body_sha256)));
    assert!(done.publication.url.contains("nav_to.do?uri=incident.do"), "{}", done.publication.url);
    let restarted = scene.restarted().load(detail.issue.id);
    assert_eq!(restarted.publications, done.detail.publications);
}

#[test]
fn words_that_are_looked_for_pass_the_gate() {
    let server = MockServer::start();
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::ServiceNow, false);
    let search = server.mock(|when, then| {
        when.method(GET)
            .path("/api/now/table/incident")
            .query_param("sysparm_query", "short_descriptionLIKE[Email-1] locked^ORDERBYDESCsys_created_on");
        then.json_body(json!({"result": []}));
    });
    let words = "ann.olsen@acme-corp.net locked".into();
    let ask =
        RemoteSearch { service: Service::ServiceNow, issue: None, words, place: None, limit: 5, titles_only: false };
    let Event::RemoteFound { items, .. } = scene.done(Command::Publish(PublishCommand::Search(ask))) else { panic!() };
    assert!(items.is_empty());
    search.assert();
}

#[test]
fn an_incident_becomes_an_issue_and_is_linked() {
    let server = MockServer::start();
    let row = json!({
        "sys_id": "a9f3c1d2e4b5a6978899aabbccddeeff", "number": "INC1", "short_description": "Disk full",
        "description": "on db1", "priority": "2", "sys_created_on": "2026-01-02 03:04:05", "sys_mod_count": "3",
    });
    server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident").query_param("sysparm_query", "number=INC1");
        then.json_body(json!({"result": [row]}));
    });
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::ServiceNow, false);
    let import = PublishCommand::Import { service: Service::ServiceNow, number: " INC1 ".to_owned(), place: None };
    let detail = scene.loaded(Command::Publish(import));
    assert_eq!((detail.issue.title.expose(), detail.issue.severity), ("Disk full", Severity::P2));
    assert_eq!(detail.issue.source, "servicenow");
    assert_eq!(detail.publications.first().map(|one| (one.number.as_str(), one.version)), Some(("INC1", 3)));
}

/// A document with a picture of its own and with the why tree.
fn pictured(scene: &mut Scene) -> IssueId {
    let lines =
        "2026-03-01T01:40:00Z ERROR connection pool exhausted, active=50 max=50, asked by ann.olsen@acme-corp.net\n";
    let log = scene.write("app.log", lines.repeat(20));
    let issue = scene.issue_with("Charges fail", vec![LogSource::File(log)]).issue.id;
    scene.loaded(Command::Triage(TriageCommand::TakeGuideChain { issue }));
    let kind = DocumentKind::PostMortem;
    let Event::DocumentLoaded(view) = scene.done(Command::Document(DocumentCommand::Generate { issue, kind })) else {
        panic!()
    };
    let mut document = view.document.unwrap();
    assert!(document.markdown.expose().contains(WHY_PICTURE));
    document.markdown = format!("{}\n\n![the dashboard]({DOT})\n", document.markdown.expose()).into();
    scene.done(Command::Document(DocumentCommand::SaveVersion(document)));
    issue
}

const DOT: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn post_mortem(issue: IssueId, audience: Audience) -> PublicationDraft {
    let mut draft = page_draft(issue, audience, None);
    if let PublicationPart::Page { kind, .. } = &mut draft.part {
        *kind = DocumentKind::PostMortem;
    }
    draft
}

#[test]
fn pictures_become_attachments_and_one_of_the_document_must_be_confirmed() {
    let (server, wiki) = (MockServer::start(), Wiki::default());
    wiki.serve(&server);
    server.mock(|when, then| {
        when.method(GET).path("/rest/api/content/42/child/attachment");
        then.json_body(json!({"results": []}));
    });
    let attached = server.mock(|when, then| {
        when.method(POST).path("/rest/api/content/42/child/attachment");
        then.json_body(json!({"results": []}));
    });
    let mut scene = Scene::new();
    connect(&mut scene, &server, Service::Confluence, false);
    let issue = pictured(&mut scene);

    let shown = preview(&mut scene, post_mortem(issue, Audience::Internal));
    assert!(!shown.text.as_str().contains("base64") && !shown.may_skip_review);
    let names = shown.body.matches("<ri:attachment ri:filename=").count();
    let drawn: Vec<_> = shown.pictures.iter().map(|picture| picture.is_drawn).collect();
    assert_eq!((names, drawn.as_slice()), (2, [false, true].as_slice()), "{}", shown.body);
    assert_eq!(scene.failure(send(issue, &shown.body_sha256)).kind, FailureKind::RefusedByGate);
    assert_eq!(attached.calls() + wiki.bodies.lock().unwrap().len(), 0, "nothing went");

    let shown = preview(&mut scene, post_mortem(issue, Audience::Internal));
    let held = shown.pictures.first().unwrap();
    let pictures = vec![Confirmation::new(held.shown.id, &held.shown.sha256, &shown.host)];
    let send = PublishCommand::Send { issue, body_sha256: shown.body_sha256, pictures };
    let done = published(scene.done(Command::Publish(send)));
    assert_eq!((done.lost, attached.calls()), (None, 2));
    let query = AuditQuery { action: Some("publish".to_owned()), ..AuditQuery::default() };
    let Event::AuditListed(entries) = scene.done(Command::Settings(SettingsCommand::ListAudit(query))) else {
        panic!()
    };
    assert!(entries.iter().any(|entry| entry.details["pictures_sha256"].as_array().map(Vec::len) == Some(2)));

    let outside = preview(&mut scene, post_mortem(issue, Audience::External));
    let drawn: Vec<_> = outside.pictures.iter().map(|picture| picture.is_drawn).collect();
    assert_eq!((drawn.as_slice(), outside.left_out), ([true].as_slice(), 1), "only words that passed the gate");
    assert!(outside.body.contains("the dashboard"));
}

#[test]
fn a_post_mortem_becomes_the_words_of_a_ticket() {
    let mut scene = Scene::new();
    let issue = issue(&mut scene, "Charges fail", Severity::P2).issue.id;
    let make = |kind| Command::Publish(PublishCommand::MakeTicketText { issue, kind });
    let text = |event| match event {
        Event::TicketTextMade { text, .. } => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(scene.done(make(DocumentKind::PostMortem))), None);
    let kind = DocumentKind::PostMortem;
    scene.done(Command::Document(DocumentCommand::Generate { issue, kind }));
    let words = text(scene.done(make(kind))).unwrap();
    assert!(words.expose().starts_with("Executive summary\n"), "{}", words.expose());
}

#[test]
fn a_service_that_is_down_keeps_no_other_from_its_ticket() {
    let (down, server) = (MockServer::start(), MockServer::start());
    down.mock(|when, then| {
        when.is_true(|_| true);
        then.status(403).json_body(json!({"error": {"message": "no"}}));
    });
    let mut scene = Scene::new();
    connect(&mut scene, &down, Service::ServiceNow, true);
    connect(&mut scene, &server, Service::AzureDevOps, true);
    let settings =
        tftsr::domain::Settings { strictness: Strictness::LocalWithoutReview, ..tftsr::domain::Settings::default() };
    scene.done(Command::Settings(SettingsCommand::Save(settings)));
    server.mock(|when, then| {
        when.method(GET).path("/contoso/Ops/_apis/wit/workitemtypes");
        then.json_body(json!({"value": [{"name": "Bug"}]}));
    });
    server.mock(|when, then| {
        when.method(POST).path("/contoso/Ops/_apis/wit/wiql");
        then.json_body(json!({"workItems": []}));
    });
    let made = server.mock(|when, then| {
        when.method(POST).path("/contoso/Ops/_apis/wit/workitems/%24Bug");
        then.json_body(json!({"id": 7, "rev": 1, "fields": {}}));
    });
    let detail = issue(&mut scene, "Down", Severity::P1);
    assert_eq!(detail.waiting.len(), 2);
    let failure = scene.failure(Command::Publish(PublishCommand::Automatic(detail.issue.id)));
    assert!(failure.summary.contains("ServiceNow"), "{failure:?}");
    made.assert();
    let after = scene.load(detail.issue.id);
    let waits: Vec<_> = after.waiting.iter().map(|one| one.service).collect();
    assert_eq!((waits.as_slice(), after.publications.len()), ([Service::ServiceNow].as_slice(), 1));
}
