//! Publishing and finding from the command line: shown, asked for at a terminal, and sent.

use super::args::PublishArgs;
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{DocumentKind, IssueId, PublicationKind, RemoteId, RemoteItem, RemoteName, Service, Unredacted};
use crate::worker::{
    Command, Confirmation, DocumentCommand, Event, IssueCommand, IssueDetail, Onto, PublicationDraft, PublicationPart,
    PublicationPicture, PublicationPreview, PublishCommand, Published, RemoteSearch,
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
    // The flag is the user's word for each of them.
    let held = preview.pictures.iter().filter(|picture| !picture.is_drawn && args.pictures);
    let confirm = |one: &PublicationPicture| Confirmation::new(one.shown.id, &one.shown.sha256, &preview.host);
    let pictures = held.map(confirm).collect();
    let send = PublishCommand::Send { issue: args.issue, body_sha256: preview.body_sha256.clone(), pictures };
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
        let (kind, audience) = (args.document.unwrap_or(DocumentKind::Rca), args.audience);
        draft_document(client, (args.issue, kind))?;
        let usual = || format!("{}: {}", kind.label(), detail.issue.title.expose());
        let title = args.title.clone().unwrap_or_else(usual).into();
        let pictures = args.pictures;
        return Ok(PublicationPart::Page { kind, space, parent, title, audience, pictures, onto });
    }
    let document = args.document.map(|kind| ticket_text(client, (args.issue, kind))).transpose()?;
    if args.resolve || args.note.is_some() {
        let ticket =
            |one: &&crate::domain::Publication| one.service == args.service && one.kind == PublicationKind::Ticket;
        let no_ticket = || CliError::Usage("the issue has no ticket in this service; publish it first".to_owned());
        let publication = detail.publications.iter().find(ticket).ok_or_else(no_ticket)?.id;
        let note = args.note.clone().map(Unredacted::from).or(document).unwrap_or_else(|| "Resolved.".into());
        return Ok(PublicationPart::Change { publication, note, severity: None, resolves: args.resolve });
    }
    Ok(PublicationPart::Ticket {
        kind: args.kind.as_deref().map(remote_name).transpose()?,
        project: args.project.as_deref().map(remote_name).transpose()?,
        severity: args.severity.unwrap_or(detail.issue.severity),
        title: title(),
        text: document.unwrap_or_else(|| detail.issue.description.clone()),
    })
}

/// A document in the words of a ticket.
fn ticket_text(client: &mut Client, (issue, kind): (IssueId, DocumentKind)) -> Result<Unredacted, CliError> {
    draft_document(client, (issue, kind))?;
    match client.ask(Command::Publish(PublishCommand::MakeTicketText { issue, kind }))? {
        Event::TicketTextMade { text: Some(text), .. } => Ok(text),
        other => Err(unexpected(&other)),
    }
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
fn draft_document(client: &mut Client, (issue, kind): (IssueId, DocumentKind)) -> Result<(), CliError> {
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
    for picture in &preview.pictures {
        let (shown, how) = (&picture.shown, if picture.is_drawn { "drawn from these words" } else { "as it is" });
        let size = crate::domain::format::count(shown.bytes);
        output.note(&format!(
            "--- with a {} picture, {how}: {size} bytes, SHA-256 {}",
            shown.kind.label(),
            shown.sha256
        ));
    }
    let (bytes, sha256) = (preview.body.len() as u64, &preview.body_sha256);
    output.note(&format!("--- {} bytes, SHA-256 {sha256}", crate::domain::format::count(bytes)));
    if preview.left_out > 0 {
        output.note(&format!("--- without {} pictures of the document; see --pictures", preview.left_out));
    }
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

/// Makes the tickets that the settings call for, as far as no look is asked for first, and tells of those that wait. What
/// fails here is told, and fails nothing else: the ticket goes on waiting.
pub(super) fn automatic(client: &mut Client, output: &Output, detail: &IssueDetail) {
    if detail.waiting.is_empty() {
        return;
    }
    let issue = detail.issue.id;
    let detail = match client.ask(Command::Publish(PublishCommand::Automatic(issue))) {
        Ok(Event::IssueLoaded(detail)) => detail,
        Ok(_) => return,
        Err(error) => return output.note(&format!("the ticket of this issue was not made: {error}")),
    };
    for ticket in &detail.publications {
        output.note(&format!("{} {}  {}", ticket.service.label(), ticket.number, ticket.url));
    }
    for waiting in &detail.waiting {
        let service = waiting.service;
        output.note(&format!(
            "a {} ticket waits for your look: tftsr publish {issue} --to {}",
            service.label(),
            service.as_str()
        ));
    }
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
