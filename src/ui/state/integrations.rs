//! What is known of the services, and what is going on with each.

use super::{Loadable, Slot, State};
use crate::domain::Service;
use crate::worker::{Event, IntegrationState, JobId};
use std::collections::BTreeMap;

/// What the page of integrations reads.
#[derive(Debug, Default)]
pub struct IntegrationsPageState {
    pub all: Loadable<Vec<IntegrationState>>,
    /// Whether a call has ended without telling how the services stand since: a sign-in is stored before its first call.
    pub is_stale: bool,
    cards: BTreeMap<Service, ServiceState>,
}

/// What was asked of one service last.
#[derive(Debug, Default)]
pub struct ServiceState {
    pub save: Loadable<()>,
    pub connect: Loadable<()>,
    /// What the test call found.
    pub test: Loadable<String>,
    /// While the browser is waited for.
    pub waits: Option<SignInWait>,
}

/// A page that the user signs in at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInWait {
    pub url: String,
    pub redirect: String,
    pub minutes: u64,
    /// Whether a browser could be started.
    pub opened: bool,
}

impl IntegrationsPageState {
    /// `None` before it is loaded.
    pub fn service(&self, service: Service) -> Option<&IntegrationState> {
        self.all.value()?.iter().find(|one| one.config.service == service)
    }

    /// `None` before anything was asked of it.
    pub fn card(&self, service: Service) -> Option<&ServiceState> {
        self.cards.get(&service)
    }

    pub(super) fn card_mut(&mut self, service: Service) -> &mut ServiceState {
        self.cards.entry(service).or_default()
    }
}

impl State {
    pub(super) fn begin_integration(&mut self, slot: &Slot, job: JobId) {
        let page = &mut self.integrations;
        match slot {
            Slot::Integrations => {
                page.is_stale = false;
                page.all.start(job);
            }
            Slot::IntegrationSave(service) => page.card_mut(*service).save.start(job),
            Slot::IntegrationConnect(service) => {
                let card = page.card_mut(*service);
                card.waits = None;
                card.test = Loadable::NotAsked;
                card.connect = Loadable::Loading { job, previous: None };
            }
            Slot::IntegrationTest(service) => {
                let card = page.card_mut(*service);
                card.connect = Loadable::NotAsked;
                card.test = Loadable::Loading { job, previous: None };
            }
            _ => {}
        }
    }

    pub(super) fn apply_integration(&mut self, event: Event, slot: Option<&Slot>) {
        let page = &mut self.integrations;
        match event {
            Event::IntegrationsLoaded(all) => {
                page.all = Loadable::Ready(all);
                match slot {
                    Some(Slot::IntegrationSave(service)) => {
                        let card = page.card_mut(*service);
                        *card = ServiceState { save: Loadable::Ready(()), ..ServiceState::default() };
                    }
                    Some(Slot::IntegrationConnect(service)) => page.card_mut(*service).connect = Loadable::Ready(()),
                    _ => {}
                }
            }
            Event::SignInWaits { service, url, redirect, limit, opened } => {
                let minutes = limit.as_secs().div_ceil(60);
                page.card_mut(service).waits = Some(SignInWait { url, redirect, minutes, opened });
            }
            Event::IntegrationTested { service, message, all } => {
                page.all = Loadable::Ready(all);
                page.card_mut(service).test = Loadable::Ready(message);
            }
            _ => {}
        }
    }
}
