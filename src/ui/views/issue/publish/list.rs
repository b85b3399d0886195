//! The issue's pages and tickets, and what waits for a look, on one line of its head.

use super::PublishDialog;
use crate::domain::{Publication, PublicationKind, PublicationState, TicketStep, WaitingTicket};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::state::Slot;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, icon_button, menu_item, text};
use crate::worker::{Command, IssueDetail, PublishCommand};
use egui::{Popup, RichText, Ui};

const MENU_WIDTH: f32 = 220.0;

/// Nothing is drawn where there is nothing to say.
pub(in super::super) fn publications_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    detail: &IssueDetail,
    dialog: &mut PublishDialog,
) {
    if detail.publications.is_empty() && detail.waiting.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for waiting in &detail.waiting {
            waiting_ui(ui, cx, detail, (*waiting, dialog));
        }
        for publication in &detail.publications {
            publication_ui(ui, cx, detail, (publication, dialog));
        }
        if !detail.publications.is_empty() && icon_button(ui, cx.tokens, icons::REFRESH, "Ask how they stand").clicked()
        {
            let issue = detail.issue.id;
            cx.submit(Slot::Tickets(issue), Command::Publish(PublishCommand::Refresh(issue)));
        }
    });
}

fn waiting_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    detail: &IssueDetail,
    (waiting, dialog): (WaitingTicket, &mut PublishDialog),
) {
    let tokens = cx.tokens;
    let service = waiting.service.label();
    let words = match waiting.step {
        TicketStep::Create => format!("{service} ticket waits for your look"),
        TicketStep::Resolve => format!("{service} is to be told that it is resolved"),
    };
    ui.label(icon(icons::CIRCLE_ALERT, 14.0).color(tokens.warn));
    text(ui, &words, Type::Caption, tokens.warn);
    if button(ui, tokens, Kind::Secondary, None, "Look at it").clicked() {
        dialog.open_waiting(cx, detail, waiting);
    }
    if button(ui, tokens, Kind::Ghost, None, "Not now").clicked() {
        let decline = PublishCommand::Decline { issue: detail.issue.id, ticket: waiting };
        cx.run_detached("", Command::Publish(decline));
    }
}

fn publication_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    detail: &IssueDetail,
    (publication, dialog): (&Publication, &mut PublishDialog),
) {
    let tokens = cx.tokens;
    let (word, color) = match publication.state {
        PublicationState::Published => ("", tokens.muted),
        PublicationState::Changed => (" · changed since", tokens.warn),
        PublicationState::Gone => (" · gone", tokens.bad),
    };
    let what = match publication.document {
        Some(kind) => kind.label(),
        None => "Ticket",
    };
    let name = format!("{what} {}", publication.number);
    let link = RichText::new(&name).font(Type::Caption.font());
    ui.label(icon(icons::EXTERNAL, 13.0).color(tokens.muted));
    let asked = format::moment(publication.checked_at);
    let hint = format!("{}\n{}\nasked {asked}", publication.service.label(), publication.url);
    ui.hyperlink_to(link, &publication.url).on_hover_text(hint);
    if !word.is_empty() {
        text(ui, word, Type::Caption, color);
    }
    let opener = icon_button(ui, tokens, icons::MORE, &format!("Actions for {name}"));
    Popup::menu(&opener).show(|ui| {
        ui.set_width(MENU_WIDTH);
        if publication.kind == PublicationKind::Ticket
            && menu_item(ui, tokens, icons::PENCIL, "Update ticket…", "").clicked()
        {
            dialog.open_change(detail, publication);
            ui.close();
        }
        if let Some(kind) = publication.document
            && menu_item(ui, tokens, icons::SEND, "Publish again…", "").clicked()
        {
            dialog.open_page(cx, detail, kind);
            ui.close();
        }
        if menu_item(ui, tokens, icons::COPY, "Copy link", "").clicked() {
            cx.copy(publication.url.clone());
            ui.close();
        }
        if menu_item(ui, tokens, icons::CIRCLE_X, "Forget the link", "").clicked() {
            let forget = PublishCommand::Forget { issue: detail.issue.id, publication: publication.id };
            cx.run_detached("", Command::Publish(forget));
            ui.close();
        }
    });
}
