//! What the dialogs for publishing, tickets and import show.

use super::{Loadable, Notice, Slot, State};
use crate::domain::{DocumentKind, IssueId, RemoteItem, RemoteName, RemotePlace, Service, Unredacted};
use crate::worker::{Event, JobId, PublicationPreview, Published};

/// What the dialogs for publishing, tickets and import show. One dialog is open at a time.
#[derive(Debug, Default)]
pub struct PublishPage {
    pub places: Loadable<Places>,
    pub kinds: Loadable<Kinds>,
    /// Of which service, and what was found.
    pub found: Loadable<(Service, Vec<RemoteItem>)>,
    /// What a ticket may say of a document; nothing where there is no such document.
    pub ticket_text: Loadable<(IssueId, DocumentKind, Option<Unredacted>)>,
    pub preview: Loadable<Box<PublicationPreview>>,
    /// How many previews have come, so that a dialog can tell its own from an older one.
    pub previews: u64,
    pub sent: Loadable<Box<Published>>,
    /// How many publications have gone through.
    pub sendings: u64,
}

impl PublishPage {
    /// Marks what `slot` is about as loading; nothing if it is about something else.
    pub(super) fn begin(&mut self, slot: &Slot, job: JobId) {
        match slot {
            Slot::PublishPlaces => self.places.start(job),
            Slot::PublishKinds => self.kinds.start(job),
            Slot::RemoteSearch => self.found.start(job),
            Slot::TicketText => self.ticket_text.start(job),
            Slot::PublishPreview => self.preview.start(job),
            Slot::PublishSend => self.sent.start(job),
            _ => {}
        }
    }
}

/// Spaces or projects.
#[derive(Clone, Debug)]
pub struct Places {
    pub service: Service,
    pub places: Vec<RemotePlace>,
    /// The one of the settings.
    pub usual: Option<RemoteName>,
}

/// Kinds of work item of a project.
#[derive(Clone, Debug)]
pub struct Kinds {
    pub project: RemoteName,
    pub kinds: Vec<RemoteName>,
    /// The one of the settings.
    pub usual: Option<RemoteName>,
}

impl State {
    pub(super) fn apply_publish(&mut self, event: Event, slot: Option<&Slot>) {
        let page = &mut self.publish;
        match event {
            Event::PlacesListed { service, places, usual } => {
                page.places = Loadable::Ready(Places { service, places, usual });
            }
            Event::KindsListed { project, kinds, usual } => {
                page.kinds = Loadable::Ready(Kinds { project, kinds, usual });
            }
            Event::RemoteFound { service, items, .. } => page.found = Loadable::Ready((service, items)),
            Event::TicketTextMade { issue, kind, text } => page.ticket_text = Loadable::Ready((issue, kind, text)),
            Event::PublicationPreviewed(preview) => {
                page.preview = Loadable::Ready(preview);
                page.previews += 1;
            }
            Event::Published(published) => self.published(published, slot),
            _ => {}
        }
    }

    fn published(&mut self, published: Box<Published>, slot: Option<&Slot>) {
        let publication = &published.publication;
        let words = format!("{} {} {}", publication.service.label(), publication.number, published.deed());
        let notice = match &published.lost {
            None => Notice::ok(words),
            Some(lost) => Notice::ok(words).detail(format!("Read back: {lost}")),
        };
        self.notify(notice);
        self.issue_loaded(published.detail.clone(), slot);
        self.publish.sent = Loadable::Ready(published);
        self.publish.sendings += 1;
    }
}
