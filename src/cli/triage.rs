//! `tftsr triage`: the whole main job without a window.

use super::args::TriageArgs;
use super::client::{Client, unexpected};
use super::document::export_document;
use super::output::{CliError, Output};
use crate::domain::format::counted;
use crate::domain::{ChatMessage, Document, DocumentKind, Paper, ProviderConfig, Role, Unredacted};
use crate::worker::{
    Command, DocumentCommand, DocumentExport, Event, Existing, Failure, FailureKind, IssueCommand, IssueDetail,
    LogSource, NewIssue, OutgoingPreview, SessionInfo, TriageCommand, Turn,
};
use serde_json::json;
use std::path::Path;

/// What a model is asked for when nobody is there to talk with it.
const QUESTION: &str = "Find the root cause from the facts and log lines above. Go through up to five whys, one after \
                        the other. For each give the question, the answer, the lines that prove it, and one triage \
                        block. Say which evidence is missing instead of guessing.";

pub(super) fn run(client: &mut Client, output: &Output, args: &TriageArgs) -> Result<(), CliError> {
    if let Some(path) = &args.out {
        check_target(output, path, args.yes)?;
    }
    let session = client.open()?;
    let provider = choose_provider(&session, args.provider.as_deref())?;
    let detail = import(client, output, args)?;
    output.note(&summary(&detail));
    super::publish::automatic(client, output, &detail);
    let detail = if provider.is_guide() {
        take_guide_chain(client, &detail)?
    } else {
        ask_provider(client, output, &detail, &provider, args.yes)?
    };
    let generate = DocumentCommand::Generate { issue: detail.issue.id, kind: DocumentKind::Rca };
    let document = match client.ask(Command::Document(generate))? {
        Event::DocumentLoaded(view) => view.document.ok_or_else(no_document)?,
        other => return Err(unexpected(&other)),
    };
    finish(client, output, args, &detail, &document)
}

/// An output file that has content is replaced only when that was asked for.
fn check_target(output: &Output, path: &Path, yes: bool) -> Result<(), CliError> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("md")) {
        return Err(CliError::Usage(format!(
            "{}: the RCA is written as Markdown; end the name in .md",
            path.display()
        )));
    }
    let has_content = std::fs::metadata(path).is_ok_and(|found| found.len() > 0);
    if !has_content || yes || output.confirm(&format!("{} exists. Replace it?", path.display())) == Some(true) {
        return Ok(());
    }
    Err(CliError::Usage(format!("{} exists already; choose another name, or pass --yes to replace it", path.display())))
}

fn choose_provider(session: &SessionInfo, name: Option<&str>) -> Result<ProviderConfig, CliError> {
    let Some(name) = name else { return Ok(ProviderConfig::guide()) };
    let guide = ProviderConfig::guide();
    if name.eq_ignore_ascii_case("guide") || name.eq_ignore_ascii_case(&guide.name) {
        return Ok(guide);
    }
    let found = session.providers.iter().find(|provider| provider.name.eq_ignore_ascii_case(name));
    found.cloned().ok_or_else(|| CliError::Usage(format!("no provider is named `{name}`; see `tftsr provider list`")))
}

fn import(client: &mut Client, output: &Output, args: &TriageArgs) -> Result<IssueDetail, CliError> {
    let issue = NewIssue {
        title: args.title.as_str().into(),
        description: args.description.as_str().into(),
        domain: args.domain,
        severity: Some(args.severity),
        started_at: args.started,
        tags: Vec::new(),
        logs: args.logs.iter().cloned().map(LogSource::File).collect(),
        source: "cli".to_owned(),
    };
    let mut last_percent = 0;
    let event = client.call(Command::Issue(IssueCommand::Create(issue)), |event| {
        if let Event::Progressed { done, total: Some(total) } = event
            && let Some(percent) = (done * 100).checked_div(total)
            && percent >= last_percent + 10
        {
            last_percent = percent;
            output.note(&format!("reading {percent} %"));
        }
        Ok(())
    })?;
    match event {
        Event::IssueLoaded(detail) => Ok(*detail),
        other => Err(unexpected(&other)),
    }
}

fn summary(detail: &IssueDetail) -> String {
    let lines: u64 = detail.logs.iter().map(|log| log.line_count).sum();
    let findings: u64 = detail.logs.iter().filter_map(|log| log.findings).sum();
    format!(
        "{}, {}, {} that will be redacted",
        counted(detail.logs.len() as u64, "log", "logs"),
        counted(lines, "line", "lines"),
        counted(findings, "value", "values"),
    )
}

fn take_guide_chain(client: &mut Client, detail: &IssueDetail) -> Result<IssueDetail, CliError> {
    let command = TriageCommand::TakeGuideChain { issue: detail.issue.id };
    match client.ask(Command::Triage(command))? {
        Event::IssueLoaded(detail) => Ok(*detail),
        other => Err(unexpected(&other)),
    }
}

/// Shows what would leave, asks, sends it, and takes what the model proposed as proposals.
fn ask_provider(
    client: &mut Client,
    output: &Output,
    detail: &IssueDetail,
    provider: &ProviderConfig,
    yes: bool,
) -> Result<IssueDetail, CliError> {
    let issue = detail.issue.id;
    let draft = Unredacted::from(QUESTION);
    let preview = TriageCommand::Preview {
        issue,
        provider: provider.id,
        draft: draft.clone(),
        turn: Turn::New,
        images: Vec::new(),
    };
    let preview = match client.ask(Command::Triage(preview))? {
        Event::MessagePreviewed(preview) => *preview,
        other => return Err(unexpected(&other)),
    };
    if !yes && !preview.may_skip_review {
        review(output, &preview)?;
    }
    let send = TriageCommand::Send { issue, provider: provider.id, draft, turn: Turn::New, prompt: preview.prompt };
    let event = client.call(Command::Triage(send), |event| {
        if let Event::Retrying { attempt, wait_ms, reason } = event {
            output.note(&format!("{reason}; trying again in {} s (attempt {attempt})", wait_ms.div_ceil(1000)));
        }
        Ok(())
    })?;
    let Event::Answered(answer) = event else { return Err(unexpected(&event)) };
    output.note(&format!("{} answered", provider.name));
    take_proposals(client, detail, &answer)
}

fn review(output: &Output, preview: &OutgoingPreview) -> Result<(), CliError> {
    output.note(&format!("What will be sent to {}:", preview.host));
    for message in &preview.prompt.messages {
        let who = match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        output.note(&format!("--- {who}\n{}", message.text.as_str()));
    }
    output.note(&format!(
        "--- about {} tokens, {} bytes, SHA-256 {}",
        crate::domain::format::tokens(preview.tokens),
        crate::domain::format::count(preview.body_bytes as u64),
        preview.body_sha256
    ));
    if preview.is_unredacted {
        output.note("redaction is off for this server: the text above is as it is");
    }
    match output.confirm("Send it?") {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::Refused("not sent".to_owned())),
        None => Err(CliError::Refused(
            "nothing was sent: the text must be reviewed at a terminal, or accepted unseen with --yes".to_owned(),
        )),
    }
}

fn take_proposals(client: &mut Client, detail: &IssueDetail, answer: &ChatMessage) -> Result<IssueDetail, CliError> {
    let mut latest = detail.clone();
    for proposal in &answer.proposals {
        let command = TriageCommand::AcceptProposal {
            issue: detail.issue.id,
            message: answer.id,
            // Each that is taken leaves the list, so the next is always the first.
            index: 0,
            edited: proposal.clone(),
        };
        match client.ask(Command::Triage(command))? {
            Event::IssueLoaded(detail) => latest = *detail,
            other => return Err(unexpected(&other)),
        }
    }
    if answer.proposals.is_empty() { take_guide_chain(client, &latest) } else { Ok(latest) }
}

fn finish(
    client: &mut Client,
    output: &Output,
    args: &TriageArgs,
    detail: &IssueDetail,
    document: &Document,
) -> Result<(), CliError> {
    let Some(path) = &args.out else {
        return print_document(client, output, args, document);
    };
    let export = DocumentExport {
        document: document.id,
        audience: args.audience,
        paper: Paper::A4,
        format: None,
        path: path.clone(),
        existing: Existing::Replace,
    };
    export_document(client, output, export)?;
    if output.is_json() {
        return output.json(&json!({
            "issue": detail.issue.id.to_string(), "whys": detail.whys.all().len(),
            "evidence": detail.evidence.len(), "out": path,
        }));
    }
    let whys = counted(detail.whys.all().len() as u64, "why", "whys");
    let evidence = counted(detail.evidence.len() as u64, "piece of evidence", "pieces of evidence");
    output.note(&format!("{whys}, {evidence}"));
    output.line(&path.display().to_string())
}

fn print_document(
    client: &mut Client,
    output: &Output,
    args: &TriageArgs,
    document: &Document,
) -> Result<(), CliError> {
    let render = DocumentCommand::Render { document: document.id, audience: args.audience };
    let text = match client.ask(Command::Document(render))? {
        Event::DocumentRendered(text) => text,
        other => return Err(unexpected(&other)),
    };
    if output.is_json() {
        return output.json(&json!({"issue": document.issue.to_string(), "markdown": text.expose()}));
    }
    output.text(text.expose())
}

fn no_document() -> CliError {
    Failure::new(FailureKind::Other, "no RCA was written", "Look at the issue in the window").into()
}
