//! Every function of the clients against services that are not what they should be: that redirect, that show a page for
//! people, whose answers are of another type or do not end.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod publish_support;

use httpmock::MockServer;
use publish_support::{Site, cleared, id, name, page_text, site, space};
use std::pin::Pin;
use tftsr::domain::{ConfluenceApi, IssueId, Service, Severity};
use tftsr::integrations::{
    Generation, Incidents, IntegrationError, TicketChange, TicketText, Wiki, WorkItemKind, WorkItems, integration,
};
use tftsr::net::NetError;

/// Whether something was found or made.
type Found<'a> = Pin<Box<dyn Future<Output = Result<bool, IntegrationError>> + 'a>>;
type Function = (&'static str, fn(&Site) -> Found<'_>);

/// A function of the wiki, in each generation.
macro_rules! wiki {
    ($name:literal, |$wiki:ident| $does:expr) => {
        [
            (concat!($name, " v1"), |site| {
                Box::pin(async move {
                    let $wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V1);
                    $does
                })
            }),
            (concat!($name, " v2"), |site| {
                Box::pin(async move {
                    let $wiki = Wiki::of_generation(&site.caller, &site.config, Generation::V2);
                    $does
                })
            }),
        ]
    };
}

fn of_confluence() -> Vec<Function> {
    let both: [[Function; 2]; 9] = [
        wiki!("spaces", |wiki| Ok(!wiki.spaces().await?.is_empty())),
        wiki!("space", |wiki| wiki.space(&name("OPS")).await.map(|_| true)),
        wiki!("by title", |wiki| Ok(wiki.by_title(&space(), &cleared("x")).await?.is_some())),
        wiki!("page", |wiki| wiki.page(&id("42")).await.map(|_| true)),
        wiki!("create", |wiki| {
            let call = wiki.creation(&space(), None, &page_text())?;
            wiki.create(call, &space(), &page_text()).await.map(|_| true)
        }),
        wiki!("update", |wiki| {
            let call = wiki.change(&id("42"), 1, &page_text());
            wiki.update(call, &id("42"), &page_text()).await.map(|_| true)
        }),
        wiki!("read back", |wiki| Ok(wiki.read_back(&id("42"), &page_text()).await?.is_none())),
        wiki!("search", |wiki| Ok(!wiki.search(&cleared("x"), None, 5).await?.is_empty())),
        wiki!("search titles", |wiki| Ok(!wiki.search_titles(&cleared("x"), None, 5).await?.is_empty())),
    ];
    both.into_iter().flatten().collect()
}

fn ticket() -> TicketText {
    TicketText { title: cleared("Disk full"), text: cleared("since 9") }
}

fn of_servicenow() -> Vec<Function> {
    let all: [Function; 7] = [
        ("search", |site| {
            Box::pin(async move {
                Ok(!Incidents::new(&site.caller, &site.config).search(&cleared("x"), 5).await?.is_empty())
            })
        }),
        ("search many", |site| {
            Box::pin(async move {
                Ok(!Incidents::new(&site.caller, &site.config).search(&cleared("x"), 500).await?.is_empty())
            })
        }),
        ("get by id", |site| {
            Box::pin(
                async move { Incidents::new(&site.caller, &site.config).get(&id(&"a".repeat(32))).await.map(|_| true) },
            )
        }),
        ("get by number", |site| {
            Box::pin(async move { Incidents::new(&site.caller, &site.config).get(&id("INC1")).await.map(|_| true) })
        }),
        ("of issue", |site| {
            Box::pin(
                async move { Ok(Incidents::new(&site.caller, &site.config).of_issue(IssueId::new()).await?.is_some()) },
            )
        }),
        ("create", |site| {
            Box::pin(async move {
                let incidents = Incidents::new(&site.caller, &site.config);
                let issue = IssueId::new();
                incidents.create(incidents.creation(issue, Severity::P1, &ticket()), issue).await.map(|_| true)
            })
        }),
        ("update", |site| {
            Box::pin(async move {
                let incidents = Incidents::new(&site.caller, &site.config);
                incidents.update(incidents.change(&id("a1"), &TicketChange::default())).await.map(|_| true)
            })
        }),
    ];
    all.to_vec()
}

fn items(site: &Site) -> WorkItems<'_> {
    WorkItems::new(&site.caller, &site.config, None).unwrap()
}

fn of_azure_devops() -> Vec<Function> {
    let all: [Function; 8] = [
        ("projects", |site| Box::pin(async move { Ok(!WorkItems::projects(&site.caller).await?.is_empty()) })),
        ("kinds", |site| Box::pin(async move { Ok(!items(site).kinds().await?.is_empty()) })),
        ("resolved state", |site| Box::pin(async move { Ok(items(site).resolved_state(&id("7")).await?.is_some()) })),
        ("search", |site| Box::pin(async move { Ok(!items(site).search(&cleared("x"), 5).await?.is_empty()) })),
        ("of issue", |site| Box::pin(async move { Ok(items(site).of_issue(IssueId::new()).await?.is_some()) })),
        ("get", |site| Box::pin(async move { items(site).get(&id("7")).await.map(|_| true) })),
        ("create", |site| {
            Box::pin(async move {
                let (items, issue) = (items(site), IssueId::new());
                let kind = WorkItemKind { name: name("Bug"), has_severity: true, resolved_state: None };
                items.create(items.creation(&kind, issue, Severity::P1, &ticket()), issue).await.map(|_| true)
            })
        }),
        ("update", |site| {
            Box::pin(async move {
                let items = items(site);
                items.update(items.change(&id("7"), 1, None, &TicketChange::default())).await.map(|_| true)
            })
        }),
    ];
    all.to_vec()
}

fn all() -> Vec<(Service, Vec<Function>)> {
    let mut all = vec![
        (Service::Confluence, of_confluence()),
        (Service::ServiceNow, of_servicenow()),
        (Service::AzureDevOps, of_azure_devops()),
    ];
    for (_, functions) in &mut all {
        functions.push(("test", |site| {
            Box::pin(async move {
                integration(site.config.service)
                    .test(&site.caller, &site.config)
                    .await
                    .map(|tested| !tested.message.is_empty())
            })
        }));
    }
    all
}

/// A service that gives the same answer to everything.
fn that_says(service: Service, status: u16, content_type: &str, body: &str) -> Site {
    let site = site(service, ConfluenceApi::V2, "");
    site.server.mock(|when, then| {
        when.is_true(|_| true);
        then.status(status).header("content-type", content_type).body(body);
    });
    site
}

#[tokio::test]
async fn no_function_follows_to_another_server() {
    let elsewhere = MockServer::start();
    let followed = elsewhere.mock(|when, then| {
        when.is_true(|_| true);
        then.status(200).body("{}");
    });
    for status in [301, 302, 307, 308] {
        for (service, functions) in all() {
            let site = site(service, ConfluenceApi::V2, "");
            let to = elsewhere.url("/elsewhere");
            site.server.mock(|when, then| {
                when.is_true(|_| true);
                then.status(status).header("location", &to);
            });
            for (function, call) in functions {
                let error = call(&site).await.unwrap_err();
                let is_told = matches!(error, IntegrationError::Redirected { .. } | IntegrationError::SignInPage(_));
                assert!(is_told, "{service:?} {function} {status}: {error:?}");
            }
        }
    }
    assert_eq!(followed.calls(), 0);
}

#[tokio::test]
async fn no_function_takes_a_page_for_people_for_an_answer() {
    let pages = [
        (203, "application/json", "{\"result\":[],\"results\":[],\"value\":[],\"workItems\":[]}"),
        (200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>"),
        (200, "application/json", "\n <html>"),
    ];
    for (status, content_type, body) in pages {
        for (service, functions) in all() {
            let site = that_says(service, status, content_type, body);
            for (function, call) in functions {
                let error = call(&site).await.unwrap_err();
                assert_eq!(error, IntegrationError::SignInPage(service), "{function} {status}");
            }
        }
    }
}

#[tokio::test]
async fn no_function_makes_anything_of_an_answer_of_another_type() {
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "7",
        "\u{0}",
        "{\"results\":7,\"result\":7,\"value\":7,\"workItems\":7,\"id\":[],\"name\":{},\"type\":[]}",
        "{\"results\":[7],\"result\":[7],\"value\":[7],\"workItems\":[7]}",
        "{\"results\":[{\"id\":{},\"key\":\"\"}],\"result\":[{\"sys_id\":[]}],\"value\":[{\"id\":\"x\"}],\"workItems\":[{\"id\":-1}]}",
        "{\"results\":[{\"id\":\"../../x\"}],\"result\":{\"sys_id\":\"a/b\"},\"value\":[null],\"id\":\"a b\"}",
    ];
    for body in bodies {
        for (service, functions) in all() {
            let site = that_says(service, 200, "application/json", body);
            for (function, call) in functions {
                let answer = call(&site).await;
                let is_told = matches!(
                    answer,
                    Ok(false) | Err(IntegrationError::Malformed { .. } | IntegrationError::NotFound { .. })
                );
                assert!(is_told, "{service:?} {function} {body}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_function_reads_an_answer_without_end() {
    // The longest that any function reads is the list of kinds of work item.
    let body = format!("{{\"results\":[\"{}\"]}}", "x".repeat(33 << 20));
    for (service, functions) in all() {
        let site = that_says(service, 200, "application/json", &body);
        for (function, call) in functions {
            let error = call(&site).await.unwrap_err();
            assert!(
                matches!(error, IntegrationError::Net(NetError::TooLarge { .. })),
                "{service:?} {function}: {error:?}"
            );
        }
    }
}

#[test]
fn every_call_of_the_three_services_stands_in_the_list() {
    let counts: Vec<usize> = all().iter().map(|(_, functions)| functions.len()).collect();
    assert_eq!(counts, [19, 8, 9]);
}
