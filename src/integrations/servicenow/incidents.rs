//! Incidents by the Table API: found, read, made once, changed.
//!
//! Source: <https://developer.servicenow.com/dev.do#!/reference/api/latest/rest/c_TableAPI>.

use super::query::harmless;
use crate::domain::{IntegrationConfig, IssueId, RemoteId, RemoteItem, RemoteName, Service, Severity};
use crate::integrations::writing::{cut, outcome_is_unknown};
use crate::integrations::{Answer, Call, Caller, IntegrationError, TicketChange, TicketText, Written};
use crate::privacy::{Method, Outbound, Redacted, Request};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const TABLE: &str = "/api/now/table/incident";

/// What is asked for of an incident.
const FIELDS: &str = "sys_id,number,short_description,description,state,urgency,impact,priority,sys_created_on,\
                      sys_updated_on,sys_mod_count,correlation_id";

/// As many incidents one answer lists.
const PAGE: u32 = 100;

/// The longest `short_description` that the table keeps.
const SHORT_MAX_CHARS: usize = 160;

/// The state "Resolved" of the table as it is delivered.
const RESOLVED: &str = "6";
const CLOSE_CODE: &str = "Solution provided";

#[derive(Debug, Deserialize)]
struct One {
    result: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Many {
    result: Vec<Map<String, Value>>,
}

/// The incidents of one instance as one user.
#[derive(Clone, Copy, Debug)]
pub struct Incidents<'a> {
    caller: &'a Caller,
    config: &'a IntegrationConfig,
}

impl<'a> Incidents<'a> {
    pub const fn new(caller: &'a Caller, config: &'a IntegrationConfig) -> Self {
        Self { caller, config }
    }

    /// Incidents with these words in their short description, newest first.
    ///
    /// Up to a page they come as the instance sorts them. More are fetched by the last `sys_id` seen, which neither skips
    /// nor repeats a row when others write meanwhile, and sorted here.
    pub async fn search(&self, words: &Redacted, limit: usize) -> Result<Vec<RemoteItem>, IntegrationError> {
        let size = u32::try_from(limit).unwrap_or(u32::MAX).max(1);
        if size <= PAGE {
            let ask = Outbound::encode(&(self.table(), words.clone(), size), |(at, text, limit)| {
                let query = format!("short_descriptionLIKE{}^ORDERBYDESCsys_created_on", harmless(text.as_str()));
                list(at, &query, *limit).query("sysparm_display_value", "true")
            });
            let rows: Many = self.caller.send(Call::new(ask)).await?.json("a list of incidents")?;
            return Ok(rows.result.iter().filter_map(|row| self.item(row)).collect());
        }
        let mut found: Vec<RemoteItem> = Vec::new();
        loop {
            let last = found.last().map(|item| item.id.clone());
            let ask = Outbound::encode(&(self.table(), words.clone(), last), |(at, text, last)| {
                let after = last.as_ref().map_or_else(String::new, |last| format!("^sys_id>{last}"));
                let query = format!("short_descriptionLIKE{}{after}^ORDERBYsys_id", harmless(text.as_str()));
                list(at, &query, PAGE).query("sysparm_display_value", "true")
            });
            let rows: Many = self.caller.send(Call::new(ask)).await?.json("a list of incidents")?;
            let came = rows.result.len();
            let before = found.len();
            found.extend(rows.result.iter().filter_map(|row| self.item(row)));
            if came < PAGE as usize || found.len() == before || found.len() >= limit.max(PAGE as usize) {
                break;
            }
        }
        found.sort_by_key(|item| std::cmp::Reverse(item.created_at));
        found.truncate(limit);
        Ok(found)
    }

    /// By `sys_id`, 32 hexadecimal digits, or by number: `INC0010001`.
    pub async fn get(&self, id: &RemoteId) -> Result<RemoteItem, IntegrationError> {
        let missing = || IntegrationError::NotFound { service: Service::ServiceNow, said: String::new() };
        if is_sys_id(id) {
            let ask = Outbound::encode(&(self.table(), id.clone()), |(at, id)| {
                Request::to(Method::Get, at).segment(id.as_str()).query("sysparm_fields", FIELDS)
            });
            let row: One = self.caller.send(Call::new(ask)).await?.json("an incident")?;
            return self.item(&row.result).ok_or_else(missing);
        }
        let ask = Outbound::encode(&(self.table(), id.clone()), |(at, id)| list(at, &format!("number={id}"), 1));
        let rows: Many = self.caller.send(Call::new(ask)).await?.json("a list of incidents")?;
        // A term that the instance does not understand is left out, and then any incident would do.
        let found = rows.result.iter().filter_map(|row| self.item(row)).find(|item| item.number == id.as_str());
        found.ok_or_else(missing)
    }

    /// The incident that was made for an issue, if there is one.
    ///
    /// By `correlation_id`; where a role may not write that, by the mark at the end of the description.
    pub async fn of_issue(&self, issue: IssueId) -> Result<Option<RemoteItem>, IntegrationError> {
        let by_id =
            Outbound::encode(&(self.table(), issue), |(at, issue)| list(at, &format!("correlation_id={issue}"), 1));
        let by_mark = Outbound::encode(&(self.table(), issue), |(at, issue)| {
            list(at, &format!("descriptionLIKE{issue}^ORDERBYDESCsys_created_on"), 1)
        });
        let wanted = issue.to_string();
        for ask in [by_id, by_mark] {
            let rows: Many = self.caller.send(Call::new(ask)).await?.json("a list of incidents")?;
            let is_it = |row: &&Map<String, Value>| {
                field(row, "correlation_id") == wanted || field(row, "description").contains(&wanted)
            };
            if let Some(item) = rows.result.iter().find(is_it).and_then(|row| self.item(row)) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// The request that makes the incident of an issue.
    pub fn creation(&self, issue: IssueId, severity: Severity, text: &TicketText) -> Call {
        let fields = (
            RemoteName::parse(&self.config.category),
            RemoteName::parse(&self.config.assignment_group),
            RemoteName::parse(&self.config.caller_id),
        );
        let texts = (text.title.clone(), text.text.clone());
        Call::new(Outbound::encode(
            &(self.table(), (issue, severity), texts, fields),
            |(at, (issue, severity), texts, fields)| {
                let (urgency, impact) = urgency_and_impact(*severity);
                let (title, text) = texts;
                let mut body = json!({
                    "short_description": cut(title.as_str(), SHORT_MAX_CHARS),
                    "description": format!("{}\n\n{}", text.as_str().trim_end(), mark(*issue)),
                    "urgency": urgency,
                    "impact": impact,
                    "correlation_id": issue.to_string(),
                });
                let (category, group, caller) = fields;
                for (name, value) in [("category", category), ("assignment_group", group), ("caller_id", caller)] {
                    if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                        body.insert(name.to_owned(), json!(value.as_str()));
                    }
                }
                Request::to(Method::Post, at).header("accept", "application/json").json(&body)
            },
        ))
    }

    /// Makes the incident, unless the issue has one: it is looked for first, and again where the answer did not come.
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

    /// The request that changes an incident.
    pub fn change(&self, id: &RemoteId, change: &TicketChange) -> Call {
        let data = (self.table(), id.clone(), (change.note.clone(), change.severity), change.resolves);
        Call::new(Outbound::encode(&data, |(at, id, (note, severity), resolves)| {
            let mut body = Map::new();
            if let Some(severity) = severity {
                let (urgency, impact) = urgency_and_impact(*severity);
                body.insert("urgency".to_owned(), json!(urgency));
                body.insert("impact".to_owned(), json!(impact));
            }
            if let Some(note) = note {
                body.insert("work_notes".to_owned(), json!(note.as_str()));
            }
            if *resolves {
                body.insert("state".to_owned(), json!(RESOLVED));
                body.insert("close_code".to_owned(), json!(CLOSE_CODE));
                let notes = note.as_ref().map_or("Resolved", Redacted::as_str);
                body.insert("close_notes".to_owned(), json!(notes));
            }
            Request::to(Method::Patch, at)
                .segment(id.as_str())
                .header("accept", "application/json")
                .json(&Value::Object(body))
        }))
    }

    pub async fn update(&self, call: Call) -> Result<Written, IntegrationError> {
        let answer = self.caller.send(call).await?;
        Ok(Written { item: self.written(&answer)?, created: false })
    }

    fn table(&self) -> crate::domain::Endpoint {
        self.caller.endpoint(TABLE)
    }

    fn written(&self, answer: &Answer) -> Result<RemoteItem, IntegrationError> {
        let malformed = || IntegrationError::Malformed { service: Service::ServiceNow, what: "an incident" };
        let row: One = answer.json("an incident")?;
        self.item(&row.result).ok_or_else(malformed)
    }

    fn item(&self, row: &Map<String, Value>) -> Option<RemoteItem> {
        let id = RemoteId::parse(&field(row, "sys_id"))?;
        let state = field(row, "state");
        Some(RemoteItem {
            service: Service::ServiceNow,
            number: field(row, "number"),
            title: field(row, "short_description").into(),
            text: field(row, "description").into(),
            place: String::new(),
            state: state_label(&state).map_or(state, str::to_owned),
            severity: severity_of(&field(row, "priority")),
            url: web_url(&self.config.base_url, &id),
            created_at: time(&field(row, "sys_created_on")),
            version: field(row, "sys_mod_count").parse().unwrap_or(0),
            id,
        })
    }
}

/// The last line of a description: by it an incident is found again.
fn mark(issue: IssueId) -> String {
    format!("TFTSR issue {issue}")
}

fn list(at: &crate::domain::Endpoint, query: &str, limit: u32) -> Request {
    Request::to(Method::Get, at)
        .header("accept", "application/json")
        .query("sysparm_query", query)
        .query("sysparm_limit", &limit.to_string())
        .query("sysparm_fields", FIELDS)
}

/// A field is a text, or an object with what is shown and what is meant.
fn field(row: &Map<String, Value>, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(both)) => {
            let text = both.get("display_value").or_else(|| both.get("value"));
            text.and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn is_sys_id(id: &RemoteId) -> bool {
    id.as_str().len() == 32 && id.as_str().bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// So that the matrix of priorities, as it is delivered, gives 1 to 4.
const fn urgency_and_impact(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::P1 => ("1", "1"),
        Severity::P2 => ("1", "2"),
        Severity::P3 => ("2", "2"),
        Severity::P4 => ("3", "2"),
    }
}

/// From `1` or `1 - Critical`.
fn severity_of(priority: &str) -> Option<Severity> {
    match priority.trim().chars().next()? {
        '1' => Some(Severity::P1),
        '2' => Some(Severity::P2),
        '3' => Some(Severity::P3),
        '4' | '5' => Some(Severity::P4),
        _ => None,
    }
}

/// The states of the table as it is delivered.
fn state_label(state: &str) -> Option<&'static str> {
    Some(match state {
        "1" => "New",
        "2" => "In Progress",
        "3" => "On Hold",
        "6" => "Resolved",
        "7" => "Closed",
        "8" => "Canceled",
        _ => return None,
    })
}

/// Times are in UTC where they are not asked for as they are shown; shown ones are near enough for a list.
fn time(text: &str) -> Option<jiff::Timestamp> {
    TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok()
}

fn web_url(base: &str, id: &RemoteId) -> String {
    format!("{base}/nav_to.do?uri=incident.do%3Fsys_id%3D{id}")
}
