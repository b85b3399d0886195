//! A new issue from an incident or work item that is there already.

use crate::domain::Service;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::Slot;
use crate::ui::theme::space;
use crate::ui::widgets::{Field, Kind, button, button_enabled, dialog, segmented};
use crate::worker::{Command, PublishCommand};
use egui::{Align, Key, Layout, Ui};

const TRACKERS: [(Service, &str); 2] = [(Service::ServiceNow, "ServiceNow"), (Service::AzureDevOps, "Azure DevOps")];

/// Asks for the number of a ticket.
#[derive(Debug, Default)]
pub(super) struct ImportDialog {
    /// The number while it is typed, and whether its field has been focused.
    number: Option<(String, bool)>,
    service: Option<Service>,
}

impl ImportDialog {
    pub(super) fn open(&mut self) {
        self.number = Some((String::new(), false));
    }

    pub(super) fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let Some((number, has_focused)) = &mut self.number else { return };
        let mut service = self.service.unwrap_or(Service::ServiceNow);
        let ((import, cancel), close) = dialog(ui, cx.tokens, ("Open a ticket as an issue", 440.0), |ui| {
            segmented(ui, cx.tokens, &mut service, &TRACKERS);
            ui.add_space(space::S);
            let help = "Title, description, severity and time of the ticket become those of the issue";
            let hint = if service == Service::ServiceNow { "INC0010001" } else { "4711" };
            let field = Field::new("Number").hint(hint).help(help).ui(ui, cx.tokens, number);
            if !std::mem::replace(has_focused, true) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.add_space(space::M);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let ready = (Kind::Primary, !number.trim().is_empty());
                let import = button_enabled(ui, cx.tokens, ready, Some(icons::DOWNLOAD), "Open as issue").clicked();
                let cancel = button(ui, cx.tokens, Kind::Ghost, None, "Cancel").clicked();
                (import || entered && ready.1, cancel)
            })
            .inner
        });
        self.service = Some(service);
        if import {
            let import = PublishCommand::Import { service, number: number.clone(), place: None };
            cx.submit(Slot::RemoteImport, Command::Publish(import));
        }
        if import || cancel || close {
            self.number = None;
        }
    }
}
