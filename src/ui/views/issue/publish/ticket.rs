//! The form for a ticket: which tracker, project and kind, severity, title and text; or a note for the ticket there is.

use crate::domain::{DocumentKind, Publication, PublicationId, RemoteName, Service, Severity};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::Type;
use crate::ui::widgets::{Field, Kind, Pressed, button, error_panel, segmented, select, text, tick};
use crate::worker::{Command, IssueDetail, PublicationPart, PublishCommand};
use egui::Ui;

const TRACKERS: [(Service, &str); 2] = [(Service::ServiceNow, "ServiceNow"), (Service::AzureDevOps, "Azure DevOps")];

#[derive(Debug)]
pub(super) struct TicketForm {
    pub(super) service: Service,
    /// The ticket that is there.
    pub(super) publication: Option<PublicationId>,
    number: String,
    severity: Severity,
    title: String,
    /// A description, or a note.
    words: String,
    resolves: bool,
    /// Azure DevOps: which of the listed projects and kinds.
    project: Option<usize>,
    kind: Option<usize>,
    /// Which project the kinds were asked for.
    asked_kinds: Option<RemoteName>,
    has_asked_places: bool,
    /// The document whose words are to become those of the ticket.
    wants: Option<DocumentKind>,
    /// The document that is not there.
    missing: Option<DocumentKind>,
}

impl TicketForm {
    pub(super) fn new(detail: &IssueDetail, service: Service) -> Self {
        Self {
            service,
            publication: None,
            number: String::new(),
            severity: detail.issue.severity,
            title: detail.issue.title.expose().to_owned(),
            words: detail.issue.description.expose().to_owned(),
            resolves: false,
            project: None,
            kind: None,
            asked_kinds: None,
            has_asked_places: false,
            wants: None,
            missing: None,
        }
    }

    pub(super) fn change(detail: &IssueDetail, publication: &Publication) -> Self {
        let is_resolved = !detail.issue.status.is_open();
        let note = if is_resolved { "Resolved." } else { "" };
        Self {
            publication: Some(publication.id),
            number: publication.number.clone(),
            words: note.to_owned(),
            resolves: is_resolved,
            ..Self::new(detail, publication.service)
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        match self.publication {
            Some(_) => self.resolves || !self.words.trim().is_empty(),
            None => !self.title.trim().is_empty(),
        }
    }

    pub(super) fn fingerprint(&self) -> String {
        let chosen = (self.service, self.severity, self.resolves, self.project, self.kind);
        format!("{:?}", (chosen, &self.title, &self.words))
    }

    pub(super) fn part(&self, cx: &ViewContext<'_>, detail: &IssueDetail) -> PublicationPart {
        if let Some(publication) = self.publication {
            let severity = (self.severity != detail.issue.severity).then_some(self.severity);
            let note = self.words.as_str().into();
            return PublicationPart::Change { publication, note, severity, resolves: self.resolves };
        }
        let kinds = cx.state.publish.kinds.value();
        PublicationPart::Ticket {
            kind: self.kind.and_then(|at| Some(kinds?.kinds.get(at)?.clone())),
            project: self.chosen_project(cx),
            severity: self.severity,
            title: self.title.as_str().into(),
            text: self.words.as_str().into(),
        }
    }

    fn chosen_project(&self, cx: &ViewContext<'_>) -> Option<RemoteName> {
        if self.service != Service::AzureDevOps {
            return None;
        }
        let places = cx.state.publish.places.value().filter(|places| places.service == self.service)?;
        let chosen = self.project.and_then(|at| places.places.get(at)).map(|place| place.key.clone());
        chosen.or_else(|| places.usual.clone())
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        if self.publication.is_some() {
            return self.change_ui(ui, cx, detail);
        }
        text(ui, "Tracker", Type::Caption, tokens.muted);
        segmented(ui, tokens, &mut self.service, &TRACKERS);
        if self.service == Service::AzureDevOps {
            self.azure_ui(ui, cx);
        }
        let choices: Vec<_> = Severity::ALL.iter().map(|one| (*one, one.label())).collect();
        select(ui, tokens, "Severity", &mut self.severity, &choices);
        text(ui, mapped(self.service, self.severity), Type::Caption, tokens.muted);
        let marks = cx.marks(ui, "ticket/title", (Some(detail.issue.id), &self.title));
        Field::new("Title").marks(&marks).ui(ui, tokens, &mut self.title);
        let marks = cx.marks(ui, "ticket/text", (Some(detail.issue.id), &self.words));
        Field::new("Description").rows(5).marks(&marks).ui(ui, tokens, &mut self.words);
        self.documents_ui(ui, cx, detail);
    }

    /// A document in the words of a ticket takes the place of what is written, and can be changed.
    fn documents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let (tokens, issue) = (cx.tokens, detail.issue.id);
        let mut has_asked = false;
        ui.horizontal(|ui| {
            let choices = [(DocumentKind::PostMortem, "Take the post-mortem"), (DocumentKind::Rca, "Take the RCA")];
            for (kind, name) in choices {
                if button(ui, tokens, Kind::Ghost, Some(icons::FILE_TEXT), name).clicked() {
                    has_asked = true;
                    (self.wants, self.missing) = (Some(kind), None);
                    let make = PublishCommand::MakeTicketText { issue, kind };
                    cx.submit(Slot::TicketText, Command::Publish(make));
                }
            }
            if let Some(kind) = self.missing {
                let words = format!("There is no {} yet: draft it first", kind.label());
                text(ui, &words, Type::Caption, tokens.warn);
            }
        });
        let Loadable::Ready((of, kind, made)) = &cx.state.publish.ticket_text else { return };
        // What is there in the frame of the press is from before.
        if !has_asked && *of == issue && self.wants == Some(*kind) {
            match made {
                Some(made) => made.expose().clone_into(&mut self.words),
                None => self.missing = Some(*kind),
            }
            self.wants = None;
        }
    }

    fn change_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        text(ui, &format!("{} {}", self.service.label(), self.number), Type::Lead, tokens.text);
        if tick(ui, tokens, self.resolves, "It is resolved") {
            self.resolves = !self.resolves;
        }
        let marks = cx.marks(ui, "ticket/note", (Some(detail.issue.id), &self.words));
        let help =
            if self.resolves { "Goes into the ticket as the way it was resolved" } else { "Goes into the ticket" };
        Field::new("Note").help(help).rows(4).marks(&marks).ui(ui, tokens, &mut self.words);
        self.documents_ui(ui, cx, detail);
    }

    fn azure_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        if !std::mem::replace(&mut self.has_asked_places, true) {
            cx.submit(Slot::PublishPlaces, Command::Publish(PublishCommand::ListPlaces(self.service)));
        }
        for failure in [cx.state.publish.places.failure(), cx.state.publish.kinds.failure()].into_iter().flatten() {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => (self.has_asked_places, self.asked_kinds) = (false, None),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(places) = cx.state.publish.places.value().filter(|places| places.service == self.service) else {
            return;
        };
        let usual = places.places.iter().position(|place| Some(&place.key) == places.usual.as_ref());
        let choices: Vec<_> = places.places.iter().map(|place| place.label.as_str()).enumerate().collect();
        let mut project = self.project.or(usual).unwrap_or(0);
        if select(ui, tokens, "Project", &mut project, &choices) {
            self.project = Some(project);
            self.kind = None;
        }
        let wanted = self.chosen_project(cx);
        if wanted.is_some() && wanted != self.asked_kinds {
            self.asked_kinds.clone_from(&wanted);
            if let Some(project) = wanted.clone() {
                cx.submit(Slot::PublishKinds, Command::Publish(PublishCommand::ListKinds { project }));
            }
        }
        let Some(kinds) = cx.state.publish.kinds.value().filter(|kinds| Some(&kinds.project) == wanted.as_ref()) else {
            return;
        };
        let usual = kinds.kinds.iter().position(|kind| Some(kind) == kinds.usual.as_ref());
        let fitting = || ["Incident", "Bug", "Issue"].iter().find_map(|name| position(&kinds.kinds, name));
        let mut kind = self.kind.or(usual).or_else(fitting).unwrap_or(0);
        let choices: Vec<_> = kinds.kinds.iter().map(RemoteName::as_str).enumerate().collect();
        select(ui, tokens, "Kind of work item", &mut kind, &choices);
        self.kind = Some(kind);
    }
}

fn position(kinds: &[RemoteName], name: &str) -> Option<usize> {
    kinds.iter().position(|kind| kind.as_str() == name)
}

/// What the severity becomes over there.
const fn mapped(service: Service, severity: Severity) -> &'static str {
    match (service, severity) {
        (Service::AzureDevOps, Severity::P1) => "Becomes severity 1 - Critical, where the kind has one",
        (Service::AzureDevOps, Severity::P2) => "Becomes severity 2 - High, where the kind has one",
        (Service::AzureDevOps, Severity::P3) => "Becomes severity 3 - Medium, where the kind has one",
        (Service::AzureDevOps, Severity::P4) => "Becomes severity 4 - Low, where the kind has one",
        (Service::ServiceNow | Service::Confluence, Severity::P1) => "Becomes urgency 1 and impact 1: priority 1",
        (Service::ServiceNow | Service::Confluence, Severity::P2) => "Becomes urgency 1 and impact 2: priority 2",
        (Service::ServiceNow | Service::Confluence, Severity::P3) => "Becomes urgency 2 and impact 2: priority 3",
        (Service::ServiceNow | Service::Confluence, Severity::P4) => "Becomes urgency 3 and impact 2: priority 4",
    }
}
