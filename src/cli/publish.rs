//! Publishing and finding from the command line: shown, asked for at a terminal, and sent.

use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use super::publish_args::PublishArgs;
use crate::domain::{PublicationKind, RemoteId, RemoteItem, RemoteName, Service};
use crate::worker::{
    Command, DocumentCommand, Event, IssueCommand, IssueDetail, Onto, PublicationDraft, PublicationPart,
    PublicationPreview, PublishCommand, Published, RemoteSearch,
};
use serde_json::{Value, json};

pub(super) fn run(client: &mut Client, output: &Output, args: &PublishArgs) -> Result<(), CliError> {
    client.open()?;
    let detail = match client.ask(Command::Issue(IssueCommand::Load(args.issue)))? {
        Event::IssueLoaded(detail) => *detail,
        other => return Err(unexpected(&other)),
    };
    let part = part(client, args, &detail)?;
    let draft = PublicationDraft { issue: args.issue, service: args.service, part };
    let preview = match client.ask(Command::Publish(PublishCommand::Preview(Box::new(draft))))? {
        Event::PublicationPreviewed(preview) => *preview,
        other => return Err(unexpected(&other)),
    };
    if let Some(other) = &preview.title_taken_by {
        return Err(CliError::Usage(format!(
            "a page of this title is there already: {} ({}); update it with --update {}, or choose another --title",
            other.title.expose(),
            other.url,
            other.id
        )));
    }
    if !args.yes && !preview.may_skip_review {
        review(output, &preview)?;
    }
    let send = PublishCommand::Send { issue: args.issue, body_sha256: preview.body_sha256 };
    match client.ask(Command::Publish(send))? {
        Event::Published(published) => print(output, &published),
        other => Err(unexpected(&other)),
    }
}

fn part(client: &mut Client, args: &PublishArgs, detail: &IssueDetail) -> Result<PublicationPart, CliError> {
    let title = || args.title.clone().map_or_else(|| detail.issue.title.clone(), Into::into);
    if args.service == Service::Confluence {
        let onto = args.update.as_deref().map(remote_id).transpose()?;
        let parent = args.parent.as_deref().map(remote_id).transpose()?;
        let space = match &args.space {
            Some(space) => remote_name(space)?,
            None => usual_space(client)?,
        };
        draft_document(client, args)?;
        let (kind, audience) = (args.document, args.audience);
        let usual = || format!("{}: {}", kind.label(), detail.issue.title.expose());
        let title = args.title.clone().unwrap_or_else(usual).into();
        return Ok(PublicationPart::Page { kind, space, parent, title, audience, onto });
    }
    if args.resolve || args.note.is_some() {
        let ticket =
            |one: &&crate::domain::Publication| one.service == args.service && one.kind == PublicationKind::Ticket;
        let no_ticket = || CliError::Usage("the issue has no ticket in this service; publish it first".to_owned());
        let publication = detail.publications.iter().find(ticket).ok_or_else(no_ticket)?.id;
        let note = args.note.clone().unwrap_or_else(|| "Resolved.".to_owned()).into();
        return Ok(PublicationPart::Change { publication, note, severity: None, resolves: args.resolve });
    }
    Ok(PublicationPart::Ticket {
        kind: args.kind.as_deref().map(remote_name).transpose()?,
        project: args.project.as_deref().map(remote_name).transpose()?,
        severity: args.severity.unwrap_or(detail.issue.severity),
        title: title(),
        text: detail.issue.description.clone(),
    })
}

/// The space of the settings.
fn usual_space(client: &mut Client) -> Result<RemoteName, CliError> {
    match client.ask(Command::Publish(PublishCommand::ListPlaces(Service::Confluence)))? {
        Event::PlacesListed { usual: Some(space), .. } => Ok(space),
        Event::PlacesListed { places, .. } => {
            let keys: Vec<&str> = places.iter().map(|place| place.key.as_str()).collect();
            Err(CliError::Usage(format!("choose a space with --space: {}", keys.join(", "))))
        }
        other => Err(unexpected(&other)),
    }
}

/// A document that is there already is published as it is.
fn draft_document(client: &mut Client, args: &PublishArgs) -> Result<(), CliError> {
    let (issue, kind) = (args.issue, args.document);
    let is_there = match client.ask(Command::Document(DocumentCommand::Load { issue, kind }))? {
        Event::DocumentLoaded(view) => view.document.is_some(),
        other => return Err(unexpected(&other)),
    };
    if !is_there {
        client.ask(Command::Document(DocumentCommand::Generate { issue, kind }))?;
    }
    Ok(())
}

fn review(output: &Output, preview: &PublicationPreview) -> Result<(), CliError> {
    let onto = match &preview.onto {
        Onto::New => "as new".to_owned(),
        Onto::Update(item) => format!("in place of {}", item.number),
        Onto::Found(item) => format!("nothing: {} is there already and is linked", item.number),
    };
    output.note(&format!("What will be sent to {} ({onto}):", preview.host));
    output.note(&format!("--- {}\n{}", preview.title.as_str(), preview.text.as_str()));
    let (bytes, sha256) = (preview.body.len() as u64, &preview.body_sha256);
    output.note(&format!("--- {} bytes, SHA-256 {sha256}", crate::domain::format::count(bytes)));
    match output.confirm("Publish it?") {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::Refused("not published".to_owned())),
        None => Err(CliError::Refused(
            "nothing was sent: the text must be reviewed at a terminal, or accepted unseen with --yes".to_owned(),
        )),
    }
}

fn print(output: &Output, published: &Published) -> Result<(), CliError> {
    let publication = &published.publication;
    if let Some(lost) = &published.lost {
        output.note(&format!("the page was read back: {lost}"));
    }
    if output.is_json() {
        return output.json(&json!({
            "service": publication.service.as_str(), "kind": publication.kind.as_str(),
            "id": publication.remote.as_str(), "number": publication.number, "url": publication.url,
            "created": published.created, "linked": published.linked, "version": publication.version,
            "body_sha256": publication.content_sha256, "lost": published.lost,
        }));
    }
    output.note(published.deed());
    output.line(&format!("{}  {}", publication.number, publication.url))
}

/// `tftsr integration search SERVICE WORDS…`
pub(super) fn search(client: &mut Client, output: &Output, search: RemoteSearch) -> Result<(), CliError> {
    let items = match client.ask(Command::Publish(PublishCommand::Search(search)))? {
        Event::RemoteFound { items, .. } => items,
        other => return Err(unexpected(&other)),
    };
    if output.is_json() {
        return output.json(&Value::from(items.iter().map(item_json).collect::<Vec<_>>()));
    }
    for item in &items {
        let state = if item.state.is_empty() { String::new() } else { format!("  [{}]", item.state) };
        output.line(&format!("{}  {}{state}  {}", item.number, item.title.expose(), item.url))?;
    }
    output.note(&format!("{} found", items.len()));
    Ok(())
}

fn item_json(item: &RemoteItem) -> Value {
    json!({
        "id": item.id.as_str(), "number": item.number, "title": item.title.expose(), "place": item.place,
        "state": item.state, "url": item.url, "version": item.version,
        "created_at": item.created_at.map(|at| at.to_string()),
    })
}

pub(super) fn remote_name(text: &str) -> Result<RemoteName, CliError> {
    RemoteName::parse(text).ok_or_else(|| CliError::Usage("this is no name of a space, project or kind".to_owned()))
}

fn remote_id(text: &str) -> Result<RemoteId, CliError> {
    RemoteId::parse(text).ok_or_else(|| CliError::Usage("this is no id of a page".to_owned()))
}
