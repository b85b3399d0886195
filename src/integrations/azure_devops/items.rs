//! Work items: the kinds that a project has, found, read, made once, changed.
//!
//! Source: <https://learn.microsoft.com/rest/api/azure/devops/wit/?view=azure-devops-rest-7.0>.

use super::html::html;
use super::wiql::quoted;
use crate::domain::{
    Endpoint, IntegrationConfig, IssueId, RemoteId, RemoteItem, RemoteName, RemotePlace, Service, Severity,
};
use crate::integrations::writing::{cut, outcome_is_unknown};
use crate::integrations::{Answer, Call, Caller, IntegrationError, TicketChange, TicketText, Written};
use crate::privacy::{Method, Outbound, Redacted, Request, encoded};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const API: (&str, &str) = ("api-version", "7.0");

/// As many work items one answer may hold.
const BATCH: usize = 200;
const PROJECTS_PAGE: u32 = 100;

/// The list of kinds holds the form of each, and is large.
const KINDS_MAX_BYTES: usize = 32 << 20;

/// The longest title that the field keeps.
const TITLE_MAX_CHARS: usize = 255;

const SEVERITY: &str = "Microsoft.VSTS.Common.Severity";
const REPRO_STEPS: &str = "Microsoft.VSTS.TCM.ReproSteps";

/// What is asked for of a work item.
const FIELDS: &str = "System.Id,System.Title,System.State,System.TeamProject,System.WorkItemType,System.CreatedDate,\
                      System.Description,Microsoft.VSTS.Common.Severity,System.Tags";

#[derive(Debug, Deserialize)]
struct Many<T> {
    value: Vec<Option<T>>,
}

#[derive(Debug, Deserialize)]
struct Project {
    id: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    name: String,
    #[serde(default)]
    fields: Vec<KindField>,
    #[serde(default)]
    states: Vec<KindState>,
    #[serde(default)]
    is_disabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KindField {
    #[serde(default)]
    reference_name: String,
}

#[derive(Debug, Deserialize)]
struct KindState {
    #[serde(default)]
    name: String,
    #[serde(default)]
    category: String,
}

/// One kind of work item that a project has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItemKind {
    pub name: RemoteName,
    pub has_severity: bool,
    /// The state that says that it is resolved, where the service tells.
    pub resolved_state: Option<RemoteName>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    #[serde(default)]
    work_items: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Item {
    id: u64,
    #[serde(default)]
    rev: u32,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// The work items of one project as one user.
#[derive(Clone, Debug)]
pub struct WorkItems<'a> {
    caller: &'a Caller,
    config: &'a IntegrationConfig,
    project: RemoteName,
}

impl<'a> WorkItems<'a> {
    /// In the project given, else in the one of the settings.
    pub fn new(
        caller: &'a Caller,
        config: &'a IntegrationConfig,
        project: Option<RemoteName>,
    ) -> Result<Self, IntegrationError> {
        let no_project = crate::domain::IntegrationConfigError::NoProject;
        let project = project.or_else(|| config.project()).ok_or(no_project)?;
        Ok(Self { caller, config, project })
    }

    fn root(&self) -> Endpoint {
        self.caller.endpoint("")
    }

    /// All projects of the organization.
    pub async fn projects(caller: &Caller) -> Result<Vec<RemotePlace>, IntegrationError> {
        let mut projects = Vec::new();
        let mut skip = 0_u32;
        loop {
            let ask = Outbound::encode(&(caller.endpoint("/_apis/projects"), skip), |(at, skip)| {
                let request =
                    Request::to(Method::Get, at).query(API.0, API.1).query("$top", &PROJECTS_PAGE.to_string());
                if *skip == 0 { request } else { request.query("$skip", &skip.to_string()) }
            });
            let page: Many<Project> = caller.send(Call::new(ask)).await?.json("a list of projects")?;
            let came = page.value.len();
            projects.extend(page.value.into_iter().flatten().filter_map(|project| {
                let key = RemoteName::parse(&project.name)?;
                Some(RemotePlace { key, id: RemoteId::parse(&project.id), label: project.name })
            }));
            if came < PROJECTS_PAGE as usize {
                return Ok(projects);
            }
            skip = skip.saturating_add(PROJECTS_PAGE);
        }
    }

    /// The kinds of work item that the project has.
    pub async fn kinds(&self) -> Result<Vec<WorkItemKind>, IntegrationError> {
        let ask = Outbound::encode(&(self.root(), self.project.clone()), |(at, project)| {
            Request::to(Method::Get, at).segment(project.as_str()).path("/_apis/wit/workitemtypes").query(API.0, API.1)
        });
        let answer = self.caller.send(Call::new(ask).at_most(KINDS_MAX_BYTES)).await?;
        let kinds: Many<Kind> = answer.json("a list of kinds of work item")?;
        Ok(kinds
            .value
            .into_iter()
            .flatten()
            .filter(|kind| !kind.is_disabled)
            .filter_map(|kind| known_kind(&kind))
            .collect())
    }

    /// The state that says that a work item of this kind is resolved, where the service tells.
    pub async fn resolved_state(&self, id: &RemoteId) -> Result<Option<RemoteName>, IntegrationError> {
        let item = self.fetch(id).await?;
        let kind = item.fields.get("System.WorkItemType").and_then(Value::as_str).unwrap_or_default();
        Ok(self.kinds().await?.into_iter().find(|one| one.name.as_str() == kind).and_then(|one| one.resolved_state))
    }

    /// Work items with these words in their title, those that changed last first.
    pub async fn search(&self, words: &Redacted, limit: usize) -> Result<Vec<RemoteItem>, IntegrationError> {
        let top = u32::try_from(limit.max(1)).unwrap_or(u32::MAX);
        let ask =
            Outbound::encode(&(self.root(), self.project.clone(), words.clone(), top), |(at, project, words, top)| {
                wiql(at, project, &format!("[System.Title] CONTAINS {}", quoted(words.as_str())), *top)
            });
        let ids = self.ids(ask).await?;
        self.items(&ids).await
    }

    /// The work item that was made for an issue, if there is one: it bears a tag.
    pub async fn of_issue(&self, issue: IssueId) -> Result<Option<RemoteItem>, IntegrationError> {
        let ask = Outbound::encode(&(self.root(), self.project.clone(), issue), |(at, project, issue)| {
            wiql(at, project, &format!("[System.Tags] CONTAINS {}", quoted(&tag(*issue))), 1)
        });
        let ids = self.ids(ask).await?;
        let Some(id) = ids.first() else { return Ok(None) };
        let item = self.fetch(id).await?;
        // What the query did not understand would have found any item.
        let tags = item.fields.get("System.Tags").and_then(Value::as_str).unwrap_or_default();
        Ok(tags.contains(&tag(issue)).then(|| self.item(&item)).flatten())
    }

    async fn ids(&self, ask: Outbound) -> Result<Vec<RemoteId>, IntegrationError> {
        let found: Found = self.caller.send(Call::new(ask).repeatable()).await?.json("a list of work items")?;
        Ok(found.work_items.iter().filter_map(|one| RemoteId::parse(&one.id.to_string())).collect())
    }

    /// In the order of the ids; what is gone meanwhile is left out.
    async fn items(&self, ids: &[RemoteId]) -> Result<Vec<RemoteItem>, IntegrationError> {
        let mut items = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let ask = Outbound::encode(&(self.root(), self.project.clone(), batch.to_vec()), |(at, project, ids)| {
                let ids: Vec<&str> = ids.iter().map(RemoteId::as_str).collect();
                Request::to(Method::Get, at)
                    .segment(project.as_str())
                    .path("/_apis/wit/workitems")
                    .query("ids", &ids.join(","))
                    .query("fields", FIELDS)
                    .query("errorPolicy", "omit")
                    .query(API.0, API.1)
            });
            let page: Many<Item> = self.caller.send(Call::new(ask)).await?.json("a list of work items")?;
            items.extend(page.value.iter().flatten().filter_map(|item| self.item(item)));
        }
        Ok(items)
    }

    pub async fn get(&self, id: &RemoteId) -> Result<RemoteItem, IntegrationError> {
        let malformed = || IntegrationError::Malformed { service: Service::AzureDevOps, what: "a work item" };
        self.item(&self.fetch(id).await?).ok_or_else(malformed)
    }

    async fn fetch(&self, id: &RemoteId) -> Result<Item, IntegrationError> {
        let ask = Outbound::encode(&(self.root(), self.project.clone(), id.clone()), |(at, project, id)| {
            Request::to(Method::Get, at)
                .segment(project.as_str())
                .path("/_apis/wit/workitems")
                .segment(id.as_str())
                .query(API.0, API.1)
        });
        self.caller.send(Call::new(ask)).await?.json("a work item")
    }

    /// The request that makes the work item of an issue.
    pub fn creation(&self, kind: &WorkItemKind, issue: IssueId, severity: Severity, text: &TicketText) -> Call {
        let place = (self.root(), self.project.clone(), kind.name.clone());
        let texts = (text.title.clone(), text.text.clone());
        let severity = kind.has_severity.then_some(severity);
        Call::new(Outbound::encode(
            &(place, texts, severity, issue),
            |((at, project, kind), texts, severity, issue)| {
                let (title, text) = texts;
                let text = html(text.as_str());
                let mut operations = vec![
                    add("System.Title", &cut(title.as_str(), TITLE_MAX_CHARS)),
                    add("System.Description", &text),
                    add("System.Tags", &format!("TFTSR; {}", tag(*issue))),
                ];
                if kind.as_str().eq_ignore_ascii_case("bug") {
                    operations.push(add(REPRO_STEPS, &text));
                }
                if let Some(severity) = severity {
                    operations.push(add(SEVERITY, severity_name(*severity)));
                }
                Request::to(Method::Post, at)
                    .segment(project.as_str())
                    .path("/_apis/wit/workitems")
                    .segment(&format!("${kind}"))
                    .query(API.0, API.1)
                    .body("application/json-patch+json", Value::from(operations).to_string().into_bytes())
            },
        ))
    }

    /// Makes the work item, unless the issue has one: it is looked for first, and again where the answer did not come.
    pub async fn create(&self, call: Call, issue: IssueId) -> Result<Written, IntegrationError> {
        if let Some(item) = self.of_issue(issue).await? {
            return Ok(Written { item, created: false });
        }
        let error = match self.caller.send(call).await {
            Ok(answer) => match self.written(&answer) {
                Ok(item) => return Ok(Written { item, created: true }),
                Err(error) => error,
            },
            Err(error) => error,
        };
        if outcome_is_unknown(&error)
            && let Ok(Some(item)) = self.of_issue(issue).await
        {
            return Ok(Written { item, created: true });
        }
        Err(error)
    }

    /// The request that changes a work item, which must still be at `revision`.
    pub fn change(&self, id: &RemoteId, revision: u32, state: Option<&RemoteName>, change: &TicketChange) -> Call {
        let place = (self.root(), self.project.clone(), id.clone());
        let data = (place, revision, (change.note.clone(), change.severity), state.cloned());
        Call::new(Outbound::encode(&data, |((at, project, id), revision, (note, severity), state)| {
            let mut operations = vec![json!({"op": "test", "path": "/rev", "value": revision})];
            if let Some(note) = note {
                operations.push(add("System.History", &html(note.as_str())));
            }
            if let Some(severity) = severity {
                operations.push(add(SEVERITY, severity_name(*severity)));
            }
            if let Some(state) = state {
                operations.push(add("System.State", state.as_str()));
            }
            Request::to(Method::Patch, at)
                .segment(project.as_str())
                .path("/_apis/wit/workitems")
                .segment(id.as_str())
                .query(API.0, API.1)
                .body("application/json-patch+json", Value::from(operations).to_string().into_bytes())
        }))
    }

    pub async fn update(&self, call: Call) -> Result<Written, IntegrationError> {
        let answer = self.caller.send(call).await?;
        Ok(Written { item: self.written(&answer)?, created: false })
    }

    fn written(&self, answer: &Answer) -> Result<RemoteItem, IntegrationError> {
        let malformed = || IntegrationError::Malformed { service: Service::AzureDevOps, what: "a work item" };
        let item: Item = answer.json("a work item")?;
        self.item(&item).ok_or_else(malformed)
    }

    fn item(&self, item: &Item) -> Option<RemoteItem> {
        let text = |name: &str| item.fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = RemoteId::parse(&item.id.to_string())?;
        let project = text("System.TeamProject");
        let project = if project.is_empty() { self.project.as_str().to_owned() } else { project };
        Some(RemoteItem {
            service: Service::AzureDevOps,
            number: id.as_str().to_owned(),
            title: text("System.Title").into(),
            text: super::html::plain(&text("System.Description")).into(),
            state: text("System.State"),
            severity: severity_of(&text(SEVERITY)),
            url: self.web_url(&project, &id),
            created_at: text("System.CreatedDate").parse().ok(),
            version: item.rev,
            place: project,
            id,
        })
    }

    fn web_url(&self, project: &str, id: &RemoteId) -> String {
        let project = encoded(project);
        format!("{}/{project}/_workitems/edit/{id}", self.config.base_url)
    }
}

fn wiql(at: &Endpoint, project: &RemoteName, condition: &str, top: u32) -> Request {
    let query = format!(
        "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND {condition} \
         ORDER BY [System.ChangedDate] DESC"
    );
    Request::to(Method::Post, at)
        .segment(project.as_str())
        .path("/_apis/wit/wiql")
        .query(API.0, API.1)
        .query("$top", &top.to_string())
        .json(&json!({"query": query}))
}

fn add(field: &str, value: &str) -> Value {
    json!({"op": "add", "path": format!("/fields/{field}"), "value": value})
}

/// By it the work item of an issue is found again.
fn tag(issue: IssueId) -> String {
    format!("tftsr-{issue}")
}

fn known_kind(kind: &Kind) -> Option<WorkItemKind> {
    let of_category = |category: &str| kind.states.iter().find(|state| state.category == category);
    let resolved = of_category("Resolved").or_else(|| of_category("Completed"));
    Some(WorkItemKind {
        name: RemoteName::parse(&kind.name)?,
        // Where the service does not tell the fields, a bug has it in every process that is delivered.
        has_severity: if kind.fields.is_empty() {
            kind.name == "Bug"
        } else {
            kind.fields.iter().any(|field| field.reference_name == SEVERITY)
        },
        resolved_state: resolved.and_then(|state| RemoteName::parse(&state.name)),
    })
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::P1 => "1 - Critical",
        Severity::P2 => "2 - High",
        Severity::P3 => "3 - Medium",
        Severity::P4 => "4 - Low",
    }
}

fn severity_of(name: &str) -> Option<Severity> {
    let all = [Severity::P1, Severity::P2, Severity::P3, Severity::P4];
    all.into_iter().find(|severity| severity_name(*severity) == name)
}
