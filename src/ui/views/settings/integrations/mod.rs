//! The Integrations page: a card for each service.
mod card;
mod form;
#[cfg(test)]
mod tests;
mod words;

use crate::domain::Service;
use crate::ui::context::ViewContext;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Pressed, card, error_panel, skeleton, text};
use crate::worker::{Command, IntegrationCommand};
use egui::Ui;

use self::card::ServiceCard;

/// The page.
#[derive(Debug)]
pub(super) struct IntegrationsPage {
    cards: [ServiceCard; 3],
}

impl Default for IntegrationsPage {
    fn default() -> Self {
        Self { cards: [Service::Confluence, Service::ServiceNow, Service::AzureDevOps].map(ServiceCard::new) }
    }
}

impl IntegrationsPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let page = &cx.state.integrations;
        if page.all.is_unasked() || (page.is_stale && !page.all.is_loading()) {
            cx.submit(Slot::Integrations, Command::Integration(IntegrationCommand::Load));
        }
        let help = "Where documents and tickets go; all of it passes the privacy gate first";
        text(ui, help, Type::Body, tokens.muted);
        ui.add_space(space::S);
        if let Loadable::Failed { failure, previous: None } = &cx.state.integrations.all {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Integrations, Command::Integration(IntegrationCommand::Load)),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            return;
        }
        ui.spacing_mut().item_spacing.y = space::M;
        for one in &mut self.cards {
            card(ui, tokens, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = space::S;
                match cx.state.integrations.service(one.service) {
                    Some(state) => one.ui(ui, cx, state),
                    None => skeleton(ui, tokens, 2),
                }
            });
        }
    }
}
