//! `tftsr issue`: list, show, search, export, delete.

use super::args::IssueTask;
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{Domain, IssueId, IssueQuery, IssueSummary, RootCauseCategory, Unredacted, format};
use crate::worker::{Command, Event, IssueCommand, IssueDetail};
use serde_json::{Value, json};

pub(super) fn run(client: &mut Client, output: &Output, task: IssueTask) -> Result<(), CliError> {
    client.open()?;
    match task {
        IssueTask::List { status, severity, domain, tag, limit } => {
            let query = IssueQuery {
                statuses: status,
                severities: severity,
                domains: domain,
                tag,
                limit,
                ..IssueQuery::default()
            };
            list(client, output, query)
        }
        IssueTask::Search { words, limit } => {
            list(client, output, IssueQuery { text: words.join(" "), limit, ..IssueQuery::default() })
        }
        IssueTask::Show { id } => {
            let detail = load(client, &id)?;
            if output.is_json() { output.json(&detail_json(&detail)) } else { output.text(&detail_text(&detail)) }
        }
        IssueTask::Export { id, out, yes } => {
            let issue = resolve(client, &id)?;
            client.ask(Command::Issue(IssueCommand::Export { issue, path: out.clone(), overwrite: yes }))?;
            output.line(&out.display().to_string())
        }
        IssueTask::Delete { id, yes } => delete(client, output, &id, yes),
    }
}

fn list(client: &mut Client, output: &Output, query: IssueQuery) -> Result<(), CliError> {
    let event = client.ask(Command::Issue(IssueCommand::List(query)))?;
    let Event::IssuesListed { rows, total } = event else { return Err(unexpected(&event)) };
    if output.is_json() {
        let rows: Vec<_> = rows.iter().map(row_json).collect();
        return output.json(&json!({"total": total, "issues": rows}));
    }
    for row in &rows {
        let domain = row.domain.map_or("–", Domain::as_str);
        output.line(&format!(
            "{}  {}  {:<9} {:<14} {}  {}",
            row.id,
            row.severity.as_str(),
            row.status.as_str(),
            domain,
            row.created_at.strftime("%Y-%m-%d %H:%MZ"),
            row.title.expose(),
        ))?;
    }
    output.note(&format!("{} of {}", format::count(rows.len() as u64), format::count(total)));
    Ok(())
}

fn delete(client: &mut Client, output: &Output, id: &str, yes: bool) -> Result<(), CliError> {
    let detail = load(client, id)?;
    let question = format!("Delete \"{}\" and all that belongs to it?", detail.issue.title.expose());
    if !yes && output.confirm(&question) != Some(true) {
        return Err(CliError::Usage("not deleted; pass --yes to delete without being asked".to_owned()));
    }
    client.ask(Command::Issue(IssueCommand::Delete(detail.issue.id)))?;
    client.ask(Command::Issue(IssueCommand::Purge(detail.issue.id)))?;
    output.note("deleted");
    Ok(())
}

fn load(client: &mut Client, id: &str) -> Result<IssueDetail, CliError> {
    let issue = resolve(client, id)?;
    match client.ask(Command::Issue(IssueCommand::Load(issue)))? {
        Event::IssueLoaded(detail) => Ok(*detail),
        other => Err(unexpected(&other)),
    }
}

/// A whole id, or a part of one that no other issue has.
pub(super) fn resolve(client: &mut Client, id: &str) -> Result<IssueId, CliError> {
    if let Ok(id) = id.parse() {
        return Ok(id);
    }
    let query = IssueQuery { limit: u64::from(u32::MAX), ..IssueQuery::default() };
    let event = client.ask(Command::Issue(IssueCommand::List(query)))?;
    let Event::IssuesListed { rows, .. } = event else { return Err(unexpected(&event)) };
    let fitting: Vec<_> = rows.iter().filter(|row| row.id.to_string().contains(id)).collect();
    match fitting.as_slice() {
        [only] => Ok(only.id),
        [] => Err(CliError::Usage(format!("no issue has the id `{id}`"))),
        several => Err(CliError::Usage(format!("{} issues have `{id}` in their id", several.len()))),
    }
}

fn row_json(row: &IssueSummary) -> Value {
    json!({
        "id": row.id.to_string(), "title": row.title.expose(), "severity": row.severity.as_str(),
        "status": row.status.as_str(), "domain": row.domain.map(Domain::as_str),
        "created_at": row.created_at.to_string(), "updated_at": row.updated_at.to_string(),
        "resolved_at": row.resolved_at.map(|at| at.to_string()),
        "tags": row.tags.iter().map(Unredacted::expose).collect::<Vec<_>>(),
    })
}

fn detail_json(detail: &IssueDetail) -> Value {
    let issue = &detail.issue;
    let whys: Vec<_> = detail
        .whys
        .walk()
        .into_iter()
        .map(|(level, why)| {
            json!({
                "level": level, "question": why.question.expose(), "answer": why.answer.expose(),
                "state": why.state.as_str(), "author": why.author.to_word(),
                "root_cause": why.root_cause.map(RootCauseCategory::as_str),
                "evidence": evidence_marks(detail, why.evidence.as_slice()),
            })
        })
        .collect();
    let evidence: Vec<_> = detail
        .evidence
        .iter()
        .map(|pin| json!({"number": pin.number, "place": pin.place(), "snippet": pin.snippet.expose()}))
        .collect();
    let logs: Vec<_> = detail
        .logs
        .iter()
        .map(|log| {
            json!({
                "name": log.file_name, "size_bytes": log.size_bytes, "lines": log.line_count,
                "encoding": log.encoding, "sha256": log.content_hash, "findings": log.findings,
            })
        })
        .collect();
    json!({
        "id": issue.id.to_string(), "title": issue.title.expose(), "description": issue.description.expose(),
        "severity": issue.severity.as_str(), "status": issue.status.as_str(),
        "domain": issue.domain.map(Domain::as_str), "created_at": issue.created_at.to_string(),
        "logs": logs, "whys": whys, "evidence": evidence, "missing": detail.missing,
    })
}

fn detail_text(detail: &IssueDetail) -> String {
    let issue = &detail.issue;
    let domain = issue.domain.map_or("no domain", Domain::label);
    let mut lines = vec![
        issue.title.expose().to_owned(),
        format!("{} · {} · {domain}", issue.severity.label(), issue.status.label()),
    ];
    if !issue.description.is_blank() {
        lines.push(format!("\n{}", issue.description.expose().trim()));
    }
    lines.push(String::new());
    lines.extend(detail.logs.iter().map(|log| {
        let (size, count) = (format::bytes(log.size_bytes), format::count(log.line_count));
        format!("log {} · {size} · {count} lines", log.file_name)
    }));
    lines.extend(detail.whys.walk().into_iter().map(|(level, why)| {
        let marks = evidence_marks(detail, &why.evidence).join(" ");
        let answer = if why.answer.is_blank() { "(open)" } else { why.answer.expose() };
        format!("\nWhy {level} [{}] {}\n  {answer} {marks}", why.state.label(), why.question.expose())
    }));
    lines.extend(
        detail
            .evidence
            .iter()
            .map(|pin| format!("\n[E{}] {}\n{}", pin.number, pin.place(), detail.vault.restore(pin.snippet.expose()))),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn evidence_marks(detail: &IssueDetail, ids: &[crate::domain::EvidenceId]) -> Vec<String> {
    let cited = detail.evidence.iter().filter(|pin| ids.contains(&pin.id));
    cited.map(|pin| format!("[E{}]", pin.number)).collect()
}
