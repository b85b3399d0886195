//! Every call of the clients for pages and tickets: what is asked for, and what is made of the answer.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod publish_support;

use httpmock::Method::{GET, PATCH, POST, PUT};
use publish_support::{cleared, id, name, page_text, site, space};
use serde_json::{Value, json};
use tftsr::domain::{AttachedImage, ConfluenceApi, ImageId, ImageKind, IssueId, RemoteName, Service, Severity};
use tftsr::integrations::{
    Generation, Incidents, IntegrationError, TicketChange, TicketText, Wiki, WorkItems, file_name,
};
use tftsr::privacy::{ClearedImage, Confirmation};

/// What tries to leave the place that it is put into.
const INJECTIONS: [&str; 8] = [
    "a\" OR type = blogpost OR text ~ \"b",
    "a' OR [System.Id] > '0",
    "a^ORactive=true^NQnumberLIKE",
    "]]><script>alert</script>",
    "${7*7} #{x} {{y}}",
    "\\\" OR space = \\\"X",
    "a&cql=type=page#x?y/..%2f",
    "javascript:gs.getUser()",
];

fn page(number: &str, version: u32, body: &str) -> Value {
    json!({
        "id": number, "type": "page", "title": "Why & how", "space": {"id": 7, "key": "OPS", "name": "Operations"},
        "version": {"number": version, "when": "2026-01-02T03:04:05.000Z"},
        "body": {"storage": {"value": body, "representation": "storage"}},
        "_links": {"webui": "/display/OPS/Why"},
    })
}

fn parameter(request: &httpmock::HttpMockRequest, name: &str) -> String {
    let found = request.query_params().into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test]
async fn spaces_are_listed_to_the_end_in_both_generations() {
    let old = site(Service::Confluence, ConfluenceApi::V1, "/confluence");
    let first = old.server.mock(|when, then| {
        when.method(GET)
            .path("/confluence/rest/api/space")
            .header("authorization", "Bearer token-1")
            .query_param("limit", "100")
            .query_param_missing("start");
        let next = "/rest/api/space?limit=100&start=1";
        then.json_body(json!({"results": [{"id": 7, "key": "OPS", "name": "Operations"}], "_links": {"next": next}}));
    });
    let second = old.server.mock(|when, then| {
        when.method(GET).path("/confluence/rest/api/space").query_param("start", "1");
        then.json_body(json!({"results": [{"id": 8, "key": "~ann", "name": "Ann"}], "_links": {}}));
    });
    let spaces = Wiki::open(&old.caller, &old.config).await.unwrap().spaces().await.unwrap();
    assert_eq!(spaces.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["~ann", "OPS"]);
    first.assert();
    second.assert();

    let new = site(Service::Confluence, ConfluenceApi::V2, "");
    let third = new.server.mock(|when, then| {
        when.method(GET).path("/wiki/api/v2/spaces").query_param("cursor", "c=1");
        then.json_body(json!({"results": [{"id": "8", "key": "DEV", "name": ""}], "_links": {}}));
    });
    new.server.mock(|when, then| {
        when.method(GET).path("/wiki/api/v2/spaces").query_param_missing("cursor");
        let next = "/wiki/api/v2/spaces?limit=100&cursor=c%3D1";
        then.json_body(json!({"results": [{"id": "7", "key": "OPS", "name": "Operations"}], "_links": {"next": next}}));
    });
    let wiki = Wiki::open(&new.caller, &new.config).await.unwrap();
    assert_eq!(wiki.generation(), Generation::V2);
    let spaces = wiki.spaces().await.unwrap();
    assert_eq!(spaces.iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["DEV", "Operations"]);
    third.assert();
}

#[tokio::test]
async fn where_the_newer_interface_is_not_there_the_older_one_is_spoken() {
    let site = site(Service::Confluence, ConfluenceApi::V2, "");
    let gone = site.server.mock(|when, then| {
        when.method(GET).path("/wiki/api/v2/spaces");
        then.status(404).json_body(json!({"message": "no"}));
    });
    let wiki = Wiki::open(&site.caller, &site.config).await.unwrap();
    assert_eq!(wiki.generation(), Generation::V1);
    gone.assert();
    let old = site.server.mock(|when, then| {
        when.method(GET).path("/wiki/rest/api/space/OPS");
        then.json_body(json!({"id": 7, "key": "OPS", "name": "Operations"}));
    });
    assert_eq!(wiki.space(&name("OPS")).await.unwrap(), space());
    old.assert();
}

#[tokio::test]
async fn words_stay_words_in_every_query() {
    for words in INJECTIONS {
        let wiki = site(Service::Confluence, ConfluenceApi::V1, "");
        let asked = wiki.server.mock(|when, then| {
            when.method(GET).path("/rest/api/content/search").is_true(|request| {
                let cql = parameter(request, "cql");
                let bare = cql.replace("\\\\", "").replace("\\\"", "");
                bare.matches('"').count() == 4 && bare.ends_with(" AND space = \"OPS\"")
            });
            then.json_body(json!({"results": []}));
        });
        let spoken = Wiki::of_generation(&wiki.caller, &wiki.config, Generation::V1);
        spoken.search(&cleared(words), Some(&name("OPS")), 10).await.unwrap();
        assert_eq!(asked.calls(), 2, "{words}");

        let snow = site(Service::ServiceNow, ConfluenceApi::Auto, "");
        let asked = snow.server.mock(|when, then| {
            when.method(GET).path("/api/now/table/incident").query_param("sysparm_limit", "10")
                .is_true(|request| {
                let query = parameter(request, "sysparm_query");
                let terms: Vec<&str> = query.split('^').collect();
                let harmless = !query.to_lowercase().contains("javascript:");
                matches!(terms.as_slice(), [first, "ORDERBYDESCsys_created_on"] if first.starts_with("short_descriptionLIKE"))
                    && harmless
            });
            then.json_body(json!({"result": []}));
        });
        Incidents::new(&snow.caller, &snow.config).search(&cleared(words), 10).await.unwrap();
        asked.assert();

        let azure = site(Service::AzureDevOps, ConfluenceApi::Auto, "/contoso");
        let asked = azure.server.mock(|when, then| {
            when.method(POST)
                .path("/contoso/Ops%20%26%20Support/_apis/wit/wiql")
                .query_param("api-version", "7.0")
                .is_true(|request| {
                    let body: Value = serde_json::from_slice(request.body_ref()).unwrap();
                    let query = body["query"].as_str().unwrap().replace("''", "");
                    query.matches('\'').count() == 2 && query.ends_with("ORDER BY [System.ChangedDate] DESC")
                });
            then.json_body(json!({"workItems": []}));
        });
        WorkItems::new(&azure.caller, &azure.config, None).unwrap().search(&cleared(words), 10).await.unwrap();
        asked.assert();
    }
}

/// Whether the parameters have these names, in this order, and the title is that.
fn has_only(request: &httpmock::HttpMockRequest, names: &[&str], title: &str) -> bool {
    let pairs = request.query_params();
    pairs.iter().map(|(name, _)| name.as_str()).eq(names.iter().copied()) && parameter(request, "title") == title
}

#[tokio::test]
async fn a_title_stays_one_parameter() {
    for words in INJECTIONS {
        for (generation, path, names) in [
            (Generation::V1, "/wiki/rest/api/content", ["type", "spaceKey", "title", "expand"].as_slice()),
            (Generation::V2, "/wiki/api/v2/pages", ["space-id", "title", "body-format"].as_slice()),
        ] {
            let wiki = site(Service::Confluence, ConfluenceApi::V2, "");
            let asked = wiki.server.mock(|when, then| {
                when.method(GET).path(path).is_true(move |request| has_only(request, names, words));
                then.json_body(json!({"results": []}));
            });
            let spoken = Wiki::of_generation(&wiki.caller, &wiki.config, generation);
            assert!(spoken.by_title(&space(), &cleared(words)).await.unwrap().is_none());
            asked.assert();
        }
    }
}

#[tokio::test]
async fn words_stay_words_when_many_incidents_are_fetched() {
    for words in INJECTIONS {
        let snow = site(Service::ServiceNow, ConfluenceApi::Auto, "");
        let asked = snow.server.mock(|when, then| {
            when.method(GET).path("/api/now/table/incident").query_param("sysparm_limit", "100").is_true(|request| {
                let query = parameter(request, "sysparm_query");
                let terms: Vec<&str> = query.split('^').collect();
                matches!(terms.as_slice(), [first, "ORDERBYsys_id"] if first.starts_with("short_descriptionLIKE"))
            });
            then.json_body(json!({"result": []}));
        });
        Incidents::new(&snow.caller, &snow.config).search(&cleared(words), 500).await.unwrap();
        asked.assert();
    }
}

#[tokio::test]
async fn a_page_is_made_and_changed_in_both_generations() {
    for (api, generation) in [(ConfluenceApi::V1, Generation::V1), (ConfluenceApi::V2, Generation::V2)] {
        let site = site(Service::Confluence, api, "");
        let (made, changed) = match generation {
            Generation::V1 => (
                json!({
                    "type": "page", "title": "Why & how", "space": {"key": "OPS"}, "ancestors": [{"id": "3"}],
                    "body": {"storage": {"value": "<p>a &amp; b</p>", "representation": "storage"}},
                }),
                json!({
                    "type": "page", "title": "Why & how", "version": {"number": 6},
                    "body": {"storage": {"value": "<p>a &amp; b</p>", "representation": "storage"}},
                }),
            ),
            Generation::V2 => (
                json!({
                    "spaceId": "7", "status": "current", "title": "Why & how", "parentId": "3",
                    "body": {"representation": "storage", "value": "<p>a &amp; b</p>"},
                }),
                json!({
                    "id": "42", "status": "current", "title": "Why & how",
                    "body": {"representation": "storage", "value": "<p>a &amp; b</p>"},
                    "version": {"number": 6, "message": "Updated by TFTSR"},
                }),
            ),
        };
        let pages = if generation == Generation::V1 { "/rest/api/content" } else { "/wiki/api/v2/pages" };
        let post = site.server.mock(|when, then| {
            when.method(POST).path(pages).json_body(made);
            then.json_body(page("42", 1, ""));
        });
        let put = site.server.mock(|when, then| {
            when.method(PUT).path(format!("{pages}/42")).json_body(changed);
            then.json_body(page("42", 6, ""));
        });
        let wiki = Wiki::of_generation(&site.caller, &site.config, generation);
        let call = wiki.creation(&space(), Some(&id("3")), &page_text()).unwrap();
        let written = wiki.create(call, &space(), &page_text()).await.unwrap();
        assert!(written.created && written.item.version == 1, "{written:?}");
        assert!(written.item.url.ends_with("/display/OPS/Why"), "{}", written.item.url);
        let call = wiki.change(&id("42"), 5, &page_text());
        assert_eq!(wiki.update(call, &id("42"), &page_text()).await.unwrap().item.version, 6);
        post.assert();
        put.assert();
    }
}

#[tokio::test]
async fn a_page_whose_answer_was_lost_is_found_and_not_made_again() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "");
    let post = site.server.mock(|when, then| {
        when.method(POST).path("/rest/api/content");
        then.status(502).body("");
    });
    let look = site.server.mock(|when, then| {
        when.method(GET).path("/rest/api/content").query_param("spaceKey", "OPS").query_param("title", "Why & how");
        then.json_body(json!({"results": [page("42", 1, "<p>a &amp; b</p>")]}));
    });
    let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
    let call = wiki.creation(&space(), None, &page_text()).unwrap();
    let written = wiki.create(call, &space(), &page_text()).await.unwrap();
    assert_eq!((written.created, written.item.id), (true, id("42")));
    post.assert();
    look.assert();
}

#[tokio::test]
async fn another_page_of_the_same_title_is_no_success() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "");
    site.server.mock(|when, then| {
        when.method(POST).path("/rest/api/content");
        then.status(400).json_body(json!({"statusCode": 400, "message": "A page with this title already exists"}));
    });
    site.server.mock(|when, then| {
        when.method(GET).path("/rest/api/content");
        then.json_body(json!({"results": [page("9", 4, "<p>somebody else's</p>")]}));
    });
    let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
    let call = wiki.creation(&space(), None, &page_text()).unwrap();
    let error = wiki.create(call, &space(), &page_text()).await.unwrap_err();
    assert!(matches!(error, IntegrationError::Refused { status: 400, .. }), "{error:?}");
}

#[tokio::test]
async fn a_page_that_was_changed_meanwhile_is_a_conflict() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "");
    site.server.mock(|when, then| {
        when.method(PUT).path("/rest/api/content/42");
        then.status(409).json_body(json!({"statusCode": 409, "message": "Version must be incremented"}));
    });
    let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
    let call = wiki.change(&id("42"), 5, &page_text());
    let error = wiki.update(call, &id("42"), &page_text()).await.unwrap_err();
    assert!(matches!(error, IntegrationError::Conflict { .. }), "{error:?}");
}

#[tokio::test]
async fn what_was_lost_on_the_way_is_told() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "");
    site.server.mock(|when, then| {
        when.method(GET).path("/rest/api/content/42").query_param("expand", "version,body.storage,space");
        then.json_body(page("42", 1, "<p>a &amp; c</p>"));
    });
    let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
    assert!(wiki.read_back(&id("42"), &page_text()).await.unwrap().is_some());
}

fn incident(number: &str, more: &Value) -> Value {
    let mut row = json!({
        "sys_id": "a9f3c1d2e4b5a6978899aabbccddeeff", "number": number, "short_description": "Disk full",
        "description": "", "state": "2", "priority": "1", "sys_created_on": "2026-01-02 03:04:05", "sys_mod_count": "3",
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

fn ticket() -> TicketText {
    TicketText { title: cleared("Disk full"), text: cleared("since 9") }
}

#[tokio::test]
async fn severity_becomes_urgency_and_impact() {
    let cases =
        [(Severity::P1, "1", "1"), (Severity::P2, "1", "2"), (Severity::P3, "2", "2"), (Severity::P4, "3", "2")];
    for (severity, urgency, impact) in cases {
        let mut site = site(Service::ServiceNow, ConfluenceApi::Auto, "");
        site.config.assignment_group = "SRE".to_owned();
        let issue = IssueId::new();
        let none = site.server.mock(|when, then| {
            when.method(GET).path("/api/now/table/incident");
            then.json_body(json!({"result": []}));
        });
        let post = site.server.mock(|when, then| {
            when.method(POST).path("/api/now/table/incident").json_body(json!({
                "short_description": "Disk full", "description": format!("since 9\n\nTFTSR issue {issue}"),
                "urgency": urgency, "impact": impact, "correlation_id": issue.to_string(), "assignment_group": "SRE",
            }));
            then.status(201).json_body(json!({"result": incident("INC1", &json!({}))}));
        });
        let incidents = Incidents::new(&site.caller, &site.config);
        let call = incidents.creation(issue, severity, &ticket());
        let written = incidents.create(call, issue).await.unwrap();
        assert!(written.created, "{severity:?}");
        let link = "/nav_to.do?uri=incident.do%3Fsys_id%3Da9f3c1d2e4b5a6978899aabbccddeeff";
        assert!(written.item.url.ends_with(link), "{}", written.item.url);
        assert_eq!(none.calls(), 2, "by correlation id and by mark");
        post.assert();
    }
}

#[tokio::test]
async fn an_incident_that_is_there_is_not_made_again() {
    let site = site(Service::ServiceNow, ConfluenceApi::Auto, "");
    let issue = IssueId::new();
    let there = site.server.mock(|when, then| {
        when.method(GET).query_param("sysparm_query", format!("correlation_id={issue}"));
        then.json_body(json!({"result": [incident("INC7", &json!({"correlation_id": issue.to_string()}))]}));
    });
    let incidents = Incidents::new(&site.caller, &site.config);
    let call = incidents.creation(issue, Severity::P1, &ticket());
    let written = incidents.create(call, issue).await.unwrap();
    assert_eq!((written.created, written.item.number.as_str()), (false, "INC7"));
    there.assert();
}

#[tokio::test]
async fn an_incident_that_a_query_did_not_mean_is_not_taken_for_ours() {
    let site = site(Service::ServiceNow, ConfluenceApi::Auto, "");
    site.server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident");
        then.json_body(json!({"result": [incident("INC9", &json!({}))]}));
    });
    let incidents = Incidents::new(&site.caller, &site.config);
    assert_eq!(incidents.of_issue(IssueId::new()).await.unwrap(), None);
    assert!(matches!(incidents.get(&id("INC0010001")).await, Err(IntegrationError::NotFound { .. })));
}

#[tokio::test]
async fn an_incident_is_read_by_id_and_by_number_and_resolved() {
    let site = site(Service::ServiceNow, ConfluenceApi::Auto, "");
    let sys_id = "a9f3c1d2e4b5a6978899aabbccddeeff";
    let by_id = site.server.mock(|when, then| {
        when.method(GET).path(format!("/api/now/table/incident/{sys_id}"));
        then.json_body(json!({"result": incident("INC1", &json!({}))}));
    });
    let by_number = site.server.mock(|when, then| {
        when.method(GET).path("/api/now/table/incident").query_param("sysparm_query", "number=INC1");
        then.json_body(
            json!({"result": [incident("INC1", &json!({"state": {"display_value": "New", "value": "1"}}))]}),
        );
    });
    let patch = site.server.mock(|when, then| {
        when.method(PATCH).path(format!("/api/now/table/incident/{sys_id}")).json_body(json!({
            "work_notes": "pool enlarged", "state": "6", "close_code": "Solution provided",
            "close_notes": "pool enlarged",
        }));
        then.json_body(json!({"result": incident("INC1", &json!({"state": "6", "sys_mod_count": "4"}))}));
    });
    let incidents = Incidents::new(&site.caller, &site.config);
    let item = incidents.get(&id(sys_id)).await.unwrap();
    assert_eq!((item.state.as_str(), item.severity, item.version), ("In Progress", Some(Severity::P1), 3));
    assert_eq!(incidents.get(&id("INC1")).await.unwrap().state, "New");
    let change = TicketChange { note: Some(cleared("pool enlarged")), severity: None, resolves: true };
    let written = incidents.update(incidents.change(&id(sys_id), &change)).await.unwrap();
    assert_eq!((written.item.state.as_str(), written.item.version), ("Resolved", 4));
    by_id.assert();
    by_number.assert();
    patch.assert();
}

fn item(number: u64, more: &Value) -> Value {
    let mut fields = json!({
        "System.Title": "Disk full", "System.State": "New", "System.TeamProject": "Ops & Support",
        "System.WorkItemType": "Bug", "System.CreatedDate": "2026-01-02T03:04:05.1Z",
        "System.Description": "<p>a &lt; b</p>", "Microsoft.VSTS.Common.Severity": "2 - High",
    });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": number, "rev": 4, "fields": fields})
}

const WIT: &str = "/contoso/Ops%20%26%20Support/_apis/wit";

#[tokio::test]
async fn only_kinds_that_the_project_has_are_offered() {
    let site = site(Service::AzureDevOps, ConfluenceApi::Auto, "/contoso");
    site.server.mock(|when, then| {
        when.method(GET).path(format!("{WIT}/workitemtypes")).query_param("api-version", "7.0");
        let fields = json!([{"referenceName": "Microsoft.VSTS.Common.Severity"}]);
        let states = json!([{"name": "Active", "category": "InProgress"}, {"name": "Fixed", "category": "Resolved"}]);
        then.json_body(json!({"count": 3, "value": [
            {"name": "Bug", "fields": fields, "states": states},
            {"name": "Task", "fields": [{"referenceName": "System.Title"}]},
            {"name": "Old", "isDisabled": true},
        ]}));
    });
    let kinds = WorkItems::new(&site.caller, &site.config, None).unwrap().kinds().await.unwrap();
    let known: Vec<_> = kinds.iter().map(|kind| (kind.name.as_str(), kind.has_severity)).collect();
    assert_eq!(known, [("Bug", true), ("Task", false)]);
    assert_eq!(kinds.first().unwrap().resolved_state.as_ref().map(RemoteName::as_str), Some("Fixed"));
}

#[tokio::test]
async fn work_items_are_fetched_in_batches_of_200() {
    let site = site(Service::AzureDevOps, ConfluenceApi::Auto, "/contoso");
    site.server.mock(|when, then| {
        when.method(POST).path(format!("{WIT}/wiql")).query_param("$top", "450");
        let ids: Vec<Value> = (1..=450).map(|id| json!({"id": id})).collect();
        then.json_body(json!({"workItems": ids}));
    });
    let batches = site.server.mock(|when, then| {
        when.method(GET)
            .path(format!("{WIT}/workitems"))
            .query_param("errorPolicy", "omit")
            .is_true(|request| parameter(request, "ids").split(',').count() <= 200);
        then.json_body(json!({"count": 2, "value": [item(1, &json!({})), null]}));
    });
    let items = WorkItems::new(&site.caller, &site.config, None).unwrap();
    let found = items.search(&cleared("disk"), 450).await.unwrap();
    assert_eq!(batches.calls(), 3);
    let first = found.first().unwrap();
    assert_eq!((first.text.expose(), first.severity), ("a < b", Some(Severity::P2)));
    assert!(first.url.ends_with("/contoso/Ops%20%26%20Support/_workitems/edit/1"), "{}", first.url);
}

#[tokio::test]
async fn a_work_item_is_made_once_with_the_fields_that_its_kind_has() {
    let site = site(Service::AzureDevOps, ConfluenceApi::Auto, "/contoso");
    let issue = IssueId::new();
    let wiql = site.server.mock(|when, then| {
        when.method(POST).path(format!("{WIT}/wiql")).body_includes(format!("CONTAINS 'tftsr-{issue}'"));
        then.json_body(json!({"workItems": []}));
    });
    let add = |field: &str, value: &str| json!({"op": "add", "path": format!("/fields/{field}"), "value": value});
    let wanted = json!([
        add("System.Title", "Disk full"),
        add("System.Description", "<p>since 9</p>"),
        add("System.Tags", &format!("TFTSR; tftsr-{issue}")),
        add("Microsoft.VSTS.TCM.ReproSteps", "<p>since 9</p>"),
        add("Microsoft.VSTS.Common.Severity", "1 - Critical"),
    ]);
    let post = site.server.mock(|when, then| {
        when.method(POST)
            .path(format!("{WIT}/workitems/%24Bug"))
            .header("content-type", "application/json-patch+json")
            .json_body(wanted);
        then.json_body(item(4711, &json!({})));
    });
    let items = WorkItems::new(&site.caller, &site.config, None).unwrap();
    let kind = tftsr::integrations::WorkItemKind { name: name("Bug"), has_severity: true, resolved_state: None };
    let written = items.create(items.creation(&kind, issue, Severity::P1, &ticket()), issue).await.unwrap();
    assert_eq!((written.created, written.item.number.as_str()), (true, "4711"));
    wiql.assert();
    post.assert();
}

#[tokio::test]
async fn a_change_of_a_work_item_names_the_revision_that_it_was_made_for() {
    let site = site(Service::AzureDevOps, ConfluenceApi::Auto, "/contoso");
    let patch = site.server.mock(|when, then| {
        when.method(PATCH).path(format!("{WIT}/workitems/4711")).json_body(json!([
            {"op": "test", "path": "/rev", "value": 4},
            {"op": "add", "path": "/fields/System.History", "value": "<p>done &amp; checked</p>"},
            {"op": "add", "path": "/fields/System.State", "value": "Fixed"},
        ]));
        then.status(412).json_body(json!({"message": "VS403351: Test Operation for path /rev failed."}));
    });
    let items = WorkItems::new(&site.caller, &site.config, None).unwrap();
    let change = TicketChange { note: Some(cleared("done & checked")), severity: None, resolves: true };
    let error = items.update(items.change(&id("4711"), 4, Some(&name("Fixed")), &change)).await.unwrap_err();
    assert!(matches!(error, IntegrationError::Conflict { .. }), "{error:?}");
    patch.assert();
}

#[tokio::test]
async fn answers_of_the_wrong_kind_are_told_and_not_taken() {
    for body in ["{}", "[]", "{\"results\": 7}", "{\"results\": [{\"id\": {}}]}", "null", "no json"] {
        let site = site(Service::Confluence, ConfluenceApi::V1, "");
        site.server.mock(|when, then| {
            when.method(GET).path("/rest/api/content");
            then.header("content-type", "application/json").body(body);
        });
        let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
        let answer = wiki.by_title(&space(), &cleared("x")).await;
        assert!(matches!(answer, Err(IntegrationError::Malformed { .. }) | Ok(None)), "{body}: {answer:?}");
    }
}

fn picture(host: &str) -> ClearedImage {
    let bytes = b"\x89PNG\r\n\x1a\n--\r\n\0\xff".as_slice();
    let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes));
    let image = AttachedImage {
        id: ImageId::new(),
        issue: IssueId::new(),
        message: None,
        kind: ImageKind::Png,
        bytes: bytes.into(),
        sha256: sha256.clone(),
    };
    ClearedImage::new(&image, Confirmation::new(image.id, sha256, host), host).unwrap()
}

#[tokio::test]
async fn a_picture_becomes_an_attachment_under_a_name_of_its_own() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "/confluence");
    let picture = picture(site.caller.host());
    let named = file_name(picture.sha256(), ImageKind::Png);
    let none = site.server.mock(|when, then| {
        when.method(GET).path("/confluence/rest/api/content/42/child/attachment").query_param("filename", &named);
        then.json_body(json!({"results": [{"id": "att1", "title": "another.png"}]}));
    });
    let bytes = picture.bytes().to_vec();
    let name = named.clone();
    let post = site.server.mock(|when, then| {
        when.method(POST)
            .path("/confluence/rest/api/content/42/child/attachment")
            .header("x-atlassian-token", "nocheck")
            .is_true(move |request| {
                let body = request.body_ref();
                let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
                let kind =
                    request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap().to_owned();
                let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
                holds(&bytes)
                    && holds(format!("name=\"file\"; filename=\"{name}\"").as_bytes())
                    && holds(b"name=\"minorEdit\"\r\n\r\ntrue\r\n")
                    && body.starts_with(format!("--{boundary}\r\n").as_bytes())
                    && body.ends_with(format!("\r\n--{boundary}--\r\n").as_bytes())
            });
        then.json_body(json!({"results": [{"id": "att2", "title": named}]}));
    });
    let wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
    wiki.attach(&id("42"), &picture).await.unwrap();
    none.assert();
    post.assert();
}

#[tokio::test]
async fn a_picture_that_is_there_is_not_attached_again() {
    for (generation, path) in [
        (Generation::V1, "/wiki/rest/api/content/42/child/attachment"),
        (Generation::V2, "/wiki/api/v2/pages/42/attachments"),
    ] {
        let site = site(Service::Confluence, ConfluenceApi::V2, "");
        let picture = picture(site.caller.host());
        let named = file_name(picture.sha256(), ImageKind::Png);
        let there = site.server.mock(|when, then| {
            when.method(GET).path(path).query_param("filename", &named);
            then.json_body(json!({"results": [{"id": "att1", "title": named}]}));
        });
        let wiki = Wiki::of_generation(&site.caller, &site.config, generation);
        wiki.attach(&id("42"), &picture).await.unwrap();
        there.assert();
    }
}

#[tokio::test]
async fn a_picture_whose_answer_was_lost_is_looked_for() {
    let site = site(Service::Confluence, ConfluenceApi::V1, "");
    let picture = picture(site.caller.host());
    let named = file_name(picture.sha256(), ImageKind::Png);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let look = site.server.mock(|when, then| {
        when.method(GET).path("/rest/api/content/42/child/attachment");
        then.respond_with(move |_: &httpmock::HttpMockRequest| {
            let is_first = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            let results = if is_first { json!([]) } else { json!([{"title": named}]) };
            let body = json!({"results": results}).to_string();
            httpmock::HttpMockResponse::builder()
                .status(200)
                .header("content-type", "application/json")
                .body(body)
                .build()
        });
    });
    let post = site.server.mock(|when, then| {
        when.method(POST).path("/rest/api/content/42/child/attachment");
        then.status(502).body("");
    });
    Wiki::of_generation(&site.caller, &site.config, Generation::V1).attach(&id("42"), &picture).await.unwrap();
    assert_eq!((look.calls(), post.calls()), (2, 1));
}
