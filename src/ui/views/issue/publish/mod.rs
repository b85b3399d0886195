//! Publishing from an issue: a page from a document, a ticket, or news for a ticket; shown exactly, then sent.
mod found;
mod list;
mod page;
mod preview;
mod ticket;

pub(super) use self::found::FindDialog;
pub(super) use self::list::publications_ui;

use self::page::PageForm;
use self::preview::{Asked, Shown};
use self::ticket::TicketForm;
use crate::domain::{DocumentKind, Publication, RemoteId, Service, TicketStep, WaitingTicket};
use crate::privacy::Confirmation;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::space;
use crate::ui::widgets::{Kind, Pressed, button, button_enabled, buttons_row, dialog, error_panel};
use crate::worker::{
    Command, IssueDetail, Onto, PublicationDraft, PublicationPart, PublicationPreview, PublishCommand,
};
use egui::style::ScrollAnimation;
use egui::{Align, ScrollArea, Ui};

/// Width of the dialog, in points.
const WIDTH: f32 = 760.0;

/// How much of the window's height the form may take.
const HEIGHT_SHARE: f32 = 0.62;

/// What is being published.
#[derive(Debug)]
enum Form {
    Page(PageForm),
    Ticket(TicketForm),
}

/// The dialog for publishing.
#[derive(Debug, Default)]
pub(super) struct PublishDialog {
    form: Option<Form>,
    /// The form as it was when it was last previewed, and how many previews had come by then.
    asked: Option<(String, u64)>,
    /// The page to update although it belongs to something else, as the user decided.
    onto: Option<RemoteId>,
    /// How many publications had gone through when this one was sent.
    sent: Option<u64>,
    shown: Shown,
    /// How many previews have been brought into view.
    seen: u64,
}

impl PublishDialog {
    pub(super) fn open_page(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail, kind: DocumentKind) {
        *self = Self { form: Some(Form::Page(PageForm::new(detail, kind))), ..Self::default() };
        cx.submit(Slot::PublishPlaces, Command::Publish(PublishCommand::ListPlaces(Service::Confluence)));
    }

    pub(super) fn open_ticket(&mut self, detail: &IssueDetail, service: Service) {
        *self = Self { form: Some(Form::Ticket(TicketForm::new(detail, service))), ..Self::default() };
    }

    /// News for a ticket that is there.
    pub(super) fn open_change(&mut self, detail: &IssueDetail, publication: &Publication) {
        *self = Self { form: Some(Form::Ticket(TicketForm::change(detail, publication))), ..Self::default() };
    }

    /// What the settings call for, to be looked at first.
    pub(super) fn open_waiting(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail, waiting: WaitingTicket) {
        let known = detail.publications.iter().find(|one| Some(one.id) == waiting.publication);
        match (waiting.step, known) {
            (TicketStep::Resolve, Some(publication)) => self.open_change(detail, publication),
            (TicketStep::Create | TicketStep::Resolve, _) => self.open_ticket(detail, waiting.service),
        }
        self.ask(cx, detail);
    }

    pub(super) fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(form) = &mut self.form else { return };
        if self.sent.is_some_and(|before| cx.state.publish.sendings > before) {
            *self = Self::default();
            return;
        }
        let title = match form {
            Form::Page(_) => "Publish to Confluence",
            Form::Ticket(form) if form.publication.is_some() => "Update the ticket",
            Form::Ticket(_) => "Create a ticket",
        };
        let (wish, close) = dialog(ui, cx.tokens, (title, WIDTH), |ui| self.contents_ui(ui, cx, detail));
        match wish {
            Wish::Nothing if close => *self = Self::default(),
            Wish::Nothing => {}
            Wish::Close => *self = Self::default(),
            Wish::Look => self.ask(cx, detail),
            Wish::UpdateThat(page) => {
                self.onto = Some(page);
                self.ask(cx, detail);
            }
            Wish::WithoutPictures => {
                if let Some(Form::Page(form)) = &mut self.form {
                    form.leave_pictures_out();
                }
                self.ask(cx, detail);
            }
            Wish::Send(Confirmed { body_sha256, pictures }) => {
                let send = PublishCommand::Send { issue: detail.issue.id, body_sha256, pictures };
                cx.submit(Slot::PublishSend, Command::Publish(send));
                self.sent = Some(cx.state.publish.sendings);
                self.asked = None;
            }
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> Wish {
        let mut wish = Wish::Nothing;
        let height = ui.ctx().content_rect().height() * HEIGHT_SHARE;
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            match &mut self.form {
                Some(Form::Page(form)) => form.ui(ui, cx, detail),
                Some(Form::Ticket(form)) => form.ui(ui, cx, detail),
                None => {}
            }
            ui.add_space(space::S);
            let answer = ui.scope(|ui| self.answer_ui(ui, cx));
            if let Some(said) = answer.inner {
                wish = said;
            }
            if cx.state.publish.previews > self.seen && self.shown_any(cx).is_some() {
                self.seen = cx.state.publish.previews;
                // Without animation: a button that still moves is missed by a click.
                answer.response.scroll_to_me_animation(Some(Align::Min), ScrollAnimation::none());
            }
        });
        ui.add_space(space::M);
        let is_shown = self.shown(cx).is_some();
        let ready = (is_shown, self.shown(cx).and_then(|preview| self.shown.confirmed(preview)));
        let buttons = self.buttons_ui(ui, cx, ready);
        if matches!(wish, Wish::Nothing) { buttons } else { wish }
    }

    /// The preview, or why there is none.
    fn answer_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> Option<Wish> {
        let page = &cx.state.publish;
        let failure = match self.sent {
            Some(_) => page.sent.failure(),
            None => page.preview.failure().filter(|_| self.asked.is_some()),
        };
        if let Some(failure) = failure {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => return Some(Wish::Look),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let preview = self.shown_any(cx)?;
        match self.shown.ui(ui, cx, preview) {
            Asked::Nothing => None,
            Asked::WithoutPictures => Some(Wish::WithoutPictures),
            Asked::UpdateThat => preview.title_taken_by.as_ref().map(|other| Wish::UpdateThat(other.id.clone())),
        }
    }

    fn buttons_ui(&self, ui: &mut Ui, cx: &ViewContext<'_>, (is_shown, ready): (bool, Option<Confirmed>)) -> Wish {
        let tokens = cx.tokens;
        let is_busy = cx.state.publish.preview.is_loading() || cx.state.publish.sent.is_loading();
        let onto = self.shown(cx).map(|preview| &preview.onto);
        let verb = match (&self.form, onto) {
            (_, Some(Onto::Found(_))) => "Link the ticket",
            (Some(Form::Ticket(form)), _) if form.publication.is_some() => "Update ticket",
            (Some(Form::Ticket(_)), _) => "Create ticket",
            (_, Some(Onto::Update(_))) => "Update page",
            _ => "Publish",
        };
        let mut wish = Wish::Nothing;
        buttons_row(ui, |ui| {
            let can_look = !is_busy && self.form.as_ref().is_some_and(Form::is_complete);
            if is_shown {
                let can_send = !is_busy && ready.is_some();
                if button_enabled(ui, tokens, (Kind::Primary, can_send), Some(icons::SEND), verb).clicked()
                    && let Some(confirmed) = ready
                {
                    wish = Wish::Send(confirmed);
                }
            } else if button_enabled(ui, tokens, (Kind::Primary, can_look), Some(icons::EYE), "Show what will be sent")
                .clicked()
            {
                wish = Wish::Look;
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel").clicked() {
                wish = Wish::Close;
            }
            if is_busy {
                ui.spinner();
            }
        });
        wish
    }

    fn ask(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(form) = &self.form else { return };
        let Some((service, part)) = form.part(cx, detail, self.onto.clone()) else { return };
        self.asked = Some((form.fingerprint(), cx.state.publish.previews));
        self.sent = None;
        self.shown = Shown::default();
        let draft = PublicationDraft { issue: detail.issue.id, service, part };
        cx.submit(Slot::PublishPreview, Command::Publish(PublishCommand::Preview(Box::new(draft))));
    }

    /// The preview of the form as it stands, if it may be sent.
    fn shown<'a>(&self, cx: &ViewContext<'a>) -> Option<&'a PublicationPreview> {
        self.shown_any(cx).filter(|preview| preview.title_taken_by.is_none())
    }

    fn shown_any<'a>(&self, cx: &ViewContext<'a>) -> Option<&'a PublicationPreview> {
        let (form, previews) = self.asked.as_ref()?;
        let state = cx.state;
        let is_this = self.form.as_ref().is_some_and(|now| now.fingerprint() == *form);
        match &state.publish.preview {
            Loadable::Ready(preview) if is_this && state.publish.previews > *previews => Some(preview),
            _ => None,
        }
    }
}

/// What the user has looked at: the text by its hash, and each picture that must be confirmed.
#[derive(Debug)]
struct Confirmed {
    body_sha256: String,
    pictures: Vec<Confirmation>,
}

/// What the user wants.
#[derive(Debug)]
enum Wish {
    Nothing,
    Close,
    Look,
    /// Put the text in place of the page that has its title.
    UpdateThat(RemoteId),
    /// Nothing in a picture can be redacted, so the user has them left out.
    WithoutPictures,
    Send(Confirmed),
}

impl Form {
    fn is_complete(&self) -> bool {
        match self {
            Self::Page(form) => form.is_complete(),
            Self::Ticket(form) => form.is_complete(),
        }
    }

    /// Another one whenever something was typed or chosen.
    fn fingerprint(&self) -> String {
        match self {
            Self::Page(form) => form.fingerprint(),
            Self::Ticket(form) => form.fingerprint(),
        }
    }

    fn part(
        &self,
        cx: &ViewContext<'_>,
        detail: &IssueDetail,
        onto: Option<RemoteId>,
    ) -> Option<(Service, PublicationPart)> {
        match self {
            Self::Page(form) => form.part(cx, onto).map(|part| (Service::Confluence, part)),
            Self::Ticket(form) => Some((form.service, form.part(cx, detail))),
        }
    }
}
