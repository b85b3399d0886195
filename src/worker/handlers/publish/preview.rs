//! What would be published, to the letter: the bytes for the wire are made here, shown, and kept for one sending.

use super::clear::{self, ClearedText};
use super::pictures::{self, PagePicture};
use super::{Connection, connected, item};
use crate::documents::for_readers;
use crate::domain::{
    Audience, DocumentKind, IssueId, Publication, PublicationId, PublicationKind, RemoteId, RemoteItem, RemoteName,
    RemotePlace, Service, Severity, Unredacted,
};
use crate::integrations::{
    Call, Generation, Incidents, IntegrationError, PageText, TicketChange, TicketText, Wiki, WorkItemKind, WorkItems,
};
use crate::worker::command::{PublicationDraft, PublicationPart};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::handlers::outgoing::{Place, may_skip_review};
use crate::worker::services::Session;
use crate::worker::snapshot::{Onto, PublicationPreview};
use std::sync::Arc;

/// The longest title that all three services take.
const TITLE_MAX_CHARS: usize = 255;

/// A publication that was shown and may be sent once, exactly as it was shown.
#[derive(Debug)]
pub(in crate::worker) struct PublicationTicket {
    pub(super) config: crate::domain::IntegrationConfig,
    pub(super) call: Call,
    pub(super) act: Act,
    pub(super) audience: Audience,
    pub(super) pictures: Vec<PagePicture>,
    pub(super) preview: PublicationPreview,
}

/// What the request does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    CreatePage { generation: Generation, space: RemotePlace, text: PageText, source: PageSource },
    UpdatePage { generation: Generation, space: String, page: RemoteId, text: PageText, source: PageSource },
    CreateTicket { project: Option<RemoteName> },
    UpdateTicket { publication: PublicationId, project: Option<RemoteName> },
}

/// Which document a page shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageSource {
    pub(super) kind: DocumentKind,
    pub(super) version: u32,
}

/// A request with what is shown of it.
struct Built {
    call: Call,
    act: Act,
    onto: Onto,
    title_taken_by: Option<RemoteItem>,
    pictures: Vec<PagePicture>,
    /// How many pictures of the document stay out.
    left_out: usize,
}

impl Built {
    const fn of(call: Call, act: Act, onto: Onto) -> Self {
        Self { call, act, onto, title_taken_by: None, pictures: Vec::new(), left_out: 0 }
    }
}

pub(super) async fn preview(session: &Arc<Session>, draft: PublicationDraft) -> Result<Event, Failure> {
    Ok(Event::PublicationPreviewed(Box::new(prepare(session, draft).await?)))
}

/// Makes the request and keeps it for one sending.
pub(super) async fn prepare(session: &Arc<Session>, draft: PublicationDraft) -> Result<PublicationPreview, Failure> {
    let PublicationDraft { issue, service, part } = draft;
    session.forget_publication(issue);
    let at = connected(session, service).await?;
    let (cleared, audience, built) = match part {
        PublicationPart::Page { kind, space, parent, title, audience, pictures, onto } => {
            let to = PageTarget { space, parent, onto };
            let document = (kind, audience, pictures);
            let (cleared, built) = page(session, &at, (issue, document, title), to).await?;
            (cleared, audience, built)
        }
        PublicationPart::Ticket { kind, project, severity, title, text } => {
            let cleared = clear::text(session, issue, Audience::Internal, (checked(&title)?, text)).await?;
            let built = ticket(&at, (issue, severity), (kind, project), &cleared).await?;
            (cleared, Audience::Internal, built)
        }
        PublicationPart::Change { publication, note, severity, resolves } => {
            let publication = publication_of(session, issue, publication).await?;
            let cleared = clear::text(session, issue, Audience::Internal, (publication.title.clone(), note)).await?;
            let built = change(&at, &publication, (severity, resolves), &cleared).await?;
            (cleared, Audience::Internal, built)
        }
    };
    let outbound = built.call.outbound();
    let host = at.caller.host().to_owned();
    let place = if at.caller.base().origin().is_loopback() { Place::Here } else { Place::Elsewhere };
    let found_nothing = cleared.redacted.is_empty() && cleared.kept == 0;
    let (pictures, shown) = pictures::shown(built.pictures).await?;
    // A picture of the document is looked at, whatever the settings say.
    let is_all_words = shown.iter().all(|picture| picture.is_drawn);
    let preview = PublicationPreview {
        issue,
        service,
        host,
        title: cleared.title,
        text: cleared.text,
        storage: cleared.storage,
        redacted: cleared.redacted,
        kept: cleared.kept,
        body: String::from_utf8_lossy(&outbound.request().body).into_owned(),
        body_sha256: outbound.body_sha256(),
        onto: built.onto,
        title_taken_by: built.title_taken_by,
        pictures: shown,
        left_out: built.left_out,
        may_skip_review: is_all_words && may_skip_review(session.settings().strictness, place, found_nothing),
    };
    let (call, act) = (built.call, built.act);
    let ticket = PublicationTicket { config: at.config, call, act, audience, pictures, preview: preview.clone() };
    // A page whose title is taken is not sent before the user has decided.
    if preview.title_taken_by.is_none() {
        session.keep_publication(issue, ticket);
    }
    Ok(preview)
}

struct PageTarget {
    space: RemoteName,
    parent: Option<RemoteId>,
    onto: Option<RemoteId>,
}

async fn page(
    session: &Arc<Session>,
    at: &Connection,
    (issue, (kind, audience, with_pictures), title): (IssueId, (DocumentKind, Audience, bool), Unredacted),
    to: PageTarget,
) -> Result<(ClearedText, Built), Failure> {
    let title = checked(&title)?;
    let document = session.call(move |db| db.latest_document(issue, kind)).await?;
    let nothing = || Failure::new(FailureKind::Other, "there is no document to publish yet", "Draft it first");
    let document = document.ok_or_else(nothing)?;
    let source = PageSource { kind, version: document.version };
    let why_tree = pictures::why_tree(session, issue, &document.markdown).await?;
    let text = Unredacted::from(for_readers(document.markdown.expose()));
    let parted = pictures::parted(issue, text, (audience, with_pictures)).await?;
    let attached = parted.names();
    let page = clear::PageSource { title, markdown: parted.markdown, attached, why_tree };
    let cleared = clear::page(session, issue, audience, page).await?;
    let storage = cleared.storage.clone().ok_or_else(nothing)?;
    let text = PageText { title: cleared.title.clone(), storage };
    let wiki = Wiki::open(&at.caller, &at.config).await?;
    let space = wiki.space(&to.space).await?;
    let there = wiki.by_title(&space, &text.title).await?;
    let ours = published_page(session, issue, (kind, &to.space)).await?;
    // What the user chose counts, then the page that shows this document already.
    let onto = match (to.onto, ours) {
        (Some(page), _) => Some(page),
        (None, Some(publication)) => {
            let is_there = wiki.page(&publication.remote).await;
            match is_there {
                Ok(_) => Some(publication.remote),
                // It was removed over there, so it is made again.
                Err(IntegrationError::NotFound { .. }) => None,
                Err(error) => return Err(error.into()),
            }
        }
        (None, None) => None,
    };
    let generation = wiki.generation();
    let mut built = if let Some(id) = onto {
        let page = wiki.page(&id).await?;
        let call = wiki.change(&id, page.item.version, &text);
        let space = to.space.as_str().to_owned();
        let act = Act::UpdatePage { generation, space, page: id.clone(), text, source };
        let other = there.filter(|other| other.item.id != id).map(|other| other.item);
        Built { title_taken_by: other, ..Built::of(call, act, Onto::Update(Box::new(page.item))) }
    } else {
        let call = wiki.creation(&space, to.parent.as_ref(), &text)?;
        let act = Act::CreatePage { generation, space, text, source };
        Built { title_taken_by: there.map(|page| page.item), ..Built::of(call, act, Onto::New) }
    };
    let drawn = cleared.why_tree.clone().map(PagePicture::Drawn);
    built.pictures = parted.held.into_iter().map(PagePicture::Held).chain(drawn).collect();
    built.left_out = parted.left_out;
    Ok((cleared, built))
}

/// The page in this space that shows this document of the issue.
async fn published_page(
    session: &Session,
    issue: IssueId,
    (kind, space): (DocumentKind, &RemoteName),
) -> Result<Option<Publication>, Failure> {
    let all = session.call(move |db| db.publications(issue)).await?;
    let is_it = |one: &Publication| {
        one.service == Service::Confluence && one.document == Some(kind) && one.place == space.as_str()
    };
    Ok(all.into_iter().rev().find(is_it))
}

async fn ticket(
    at: &Connection,
    (issue, severity): (IssueId, Severity),
    (kind, project): (Option<RemoteName>, Option<RemoteName>),
    cleared: &ClearedText,
) -> Result<Built, Failure> {
    let text = TicketText { title: cleared.title.clone(), text: cleared.text.clone() };
    let (call, there) = match at.config.service {
        Service::ServiceNow => {
            let incidents = Incidents::new(&at.caller, &at.config);
            (incidents.creation(issue, severity, &text), incidents.of_issue(issue).await?)
        }
        Service::AzureDevOps => {
            let items = WorkItems::new(&at.caller, &at.config, project.clone())?;
            let kind = chosen_kind(&items, at, kind).await?;
            (items.creation(&kind, issue, severity, &text), items.of_issue(issue).await?)
        }
        Service::Confluence => {
            return Err(Failure::new(FailureKind::Other, "Confluence has no tickets", "Choose another service"));
        }
    };
    // One issue has one ticket: the one that is there is linked, not made again.
    let onto = there.map_or(Onto::New, |item| Onto::Found(Box::new(item)));
    Ok(Built::of(call, Act::CreateTicket { project }, onto))
}

/// The kind that was asked for, else the usual one, else one that fits an incident and that the project has.
async fn chosen_kind(
    items: &WorkItems<'_>,
    at: &Connection,
    kind: Option<RemoteName>,
) -> Result<WorkItemKind, Failure> {
    let kinds = items.kinds().await?;
    let wanted = kind.or_else(|| RemoteName::parse(&at.config.work_item_type));
    let of_name = |name: &str| kinds.iter().find(|one| one.name.as_str().eq_ignore_ascii_case(name));
    let found = match &wanted {
        Some(wanted) => of_name(wanted.as_str()),
        None => ["Incident", "Bug", "Issue", "Task"].into_iter().find_map(of_name).or_else(|| kinds.first()),
    };
    let missing = "the project has no such kind of work item";
    found.cloned().ok_or_else(|| Failure::new(FailureKind::Other, missing, "Choose one that the project has"))
}

async fn change(
    at: &Connection,
    publication: &Publication,
    (severity, resolves): (Option<Severity>, bool),
    cleared: &ClearedText,
) -> Result<Built, Failure> {
    let note = (!cleared.text.as_str().trim().is_empty()).then(|| cleared.text.clone());
    let change = TicketChange { note, severity, resolves };
    let place = RemoteName::parse(&publication.place);
    let now = item(at, PublicationKind::Ticket, &publication.remote, place.clone()).await?;
    let call = match at.config.service {
        Service::ServiceNow => Incidents::new(&at.caller, &at.config).change(&publication.remote, &change),
        Service::AzureDevOps => {
            let items = WorkItems::new(&at.caller, &at.config, place.clone())?;
            let state = if resolves { items.resolved_state(&publication.remote).await? } else { None };
            items.change(&publication.remote, now.version, state.as_ref(), &change)
        }
        Service::Confluence => {
            return Err(Failure::new(FailureKind::Other, "a page is changed by publishing it", "Publish it again"));
        }
    };
    let act = Act::UpdateTicket { publication: publication.id, project: place };
    Ok(Built::of(call, act, Onto::Update(Box::new(now))))
}

async fn publication_of(session: &Session, issue: IssueId, id: PublicationId) -> Result<Publication, Failure> {
    let all = session.call(move |db| db.publications(issue)).await?;
    let gone = || Failure::new(FailureKind::Other, "this publication is not known any more", "Load the issue again");
    all.into_iter().find(|one| one.id == id).ok_or_else(gone)
}

fn checked(title: &Unredacted) -> Result<Unredacted, Failure> {
    let trimmed = title.expose().trim();
    let length = trimmed.chars().count();
    if length == 0 {
        return Err(Failure::new(FailureKind::Other, "the title is missing", "Write one"));
    }
    if length > TITLE_MAX_CHARS {
        let summary = format!("the title has {length} characters, and {TITLE_MAX_CHARS} are taken at most");
        return Err(Failure::new(FailureKind::Other, summary, "Write a shorter one"));
    }
    Ok(trimmed.into())
}
