//! One Confluence, in the generation of its interface that answers.

use super::answers::{Links, Listed, Space, next_page};
use crate::domain::{Endpoint, IntegrationConfig, RemoteId, RemoteName, RemotePlace};
use crate::integrations::{Call, Caller, IntegrationError};
use crate::privacy::{Method, Outbound, Request};

/// How many spaces or pages one answer lists.
const PAGE: u32 = 100;

/// More spaces than this are not listed: one can be entered by its key.
const SPACES_MAX: usize = 5000;

/// Which interface does spaces and pages. Search and the current user are the first one's in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    V1,
    V2,
}

/// One Confluence as one user.
#[derive(Clone, Copy, Debug)]
pub struct Wiki<'a> {
    pub(super) caller: &'a Caller,
    pub(super) config: &'a IntegrationConfig,
    pub(super) generation: Generation,
}

impl<'a> Wiki<'a> {
    /// The newer interface where the settings or the host call for it, and the older one where it is not there after all.
    pub async fn open(caller: &'a Caller, config: &'a IntegrationConfig) -> Result<Self, IntegrationError> {
        let wiki = Self { caller, config, generation: Generation::V1 };
        if !config.uses_v2() {
            return Ok(wiki);
        }
        let ask = Outbound::encode(&wiki.v2(), |at| Request::to(Method::Get, at).path("/spaces").query("limit", "1"));
        match caller.send(Call::new(ask)).await {
            Ok(_) => Ok(Self { generation: Generation::V2, ..wiki }),
            Err(IntegrationError::NotFound { .. }) => Ok(wiki),
            Err(error) => Err(error),
        }
    }

    /// As it is known already, without a question.
    pub const fn of_generation(caller: &'a Caller, config: &'a IntegrationConfig, generation: Generation) -> Self {
        Self { caller, config, generation }
    }

    pub const fn generation(&self) -> Generation {
        self.generation
    }

    pub(super) fn v1(&self) -> Endpoint {
        self.caller.endpoint(if self.config.is_cloud() { "/wiki/rest/api" } else { "/rest/api" })
    }

    pub(super) fn v2(&self) -> Endpoint {
        self.caller.endpoint("/wiki/api/v2")
    }

    /// Where people find a page.
    pub(super) fn web_url(&self, links: &Links, id: &RemoteId) -> String {
        let wiki = if self.config.is_cloud() { "/wiki" } else { "" };
        let below = if links.webui.starts_with('/') && !links.webui.starts_with("//") {
            links.webui.clone()
        } else {
            format!("/pages/viewpage.action?pageId={id}")
        };
        let address = format!("{}{wiki}{below}", self.config.base_url);
        // A title may stand in it as it is.
        url::Url::parse(&address).map_or(address, String::from)
    }

    /// All spaces that the user sees, by name.
    pub async fn spaces(&self) -> Result<Vec<RemotePlace>, IntegrationError> {
        let mut spaces: Vec<RemotePlace> = Vec::new();
        let mut next = match self.generation {
            Generation::V1 => Some(self.spaces_from(0)),
            Generation::V2 => Some(Outbound::encode(&(self.v2(), PAGE), |(at, limit)| {
                Request::to(Method::Get, at).path("/spaces").query("limit", &limit.to_string())
            })),
        };
        while let Some(ask) = next {
            let listed: Listed<Space> = self.caller.send(Call::new(ask)).await?.json("a list of spaces")?;
            let page = next_page(&listed.links, spaces.len() + listed.results.len());
            let before = spaces.len();
            spaces.extend(listed.results.iter().filter_map(Space::place));
            let goes_on = before < spaces.len() && spaces.len() < SPACES_MAX;
            next = match (page.filter(|_| goes_on), self.generation) {
                (None, _) => None,
                (Some(start), Generation::V1) => Some(self.spaces_from(start)),
                (Some(_), Generation::V2) => Some(Outbound::get(&self.caller.follow(&listed.links.next)?)),
            };
        }
        spaces.sort_by_key(|space| space.label.to_lowercase());
        Ok(spaces)
    }

    fn spaces_from(&self, start: u32) -> Outbound {
        Outbound::encode(&(self.v1(), PAGE, start), |(at, limit, start)| {
            let request = Request::to(Method::Get, at).path("/space").query("limit", &limit.to_string());
            if *start == 0 { request } else { request.query("start", &start.to_string()) }
        })
    }

    /// The space of this key.
    pub async fn space(&self, key: &RemoteName) -> Result<RemotePlace, IntegrationError> {
        let service = self.config.service;
        let missing = || IntegrationError::NotFound { service, said: "there is no such space".to_owned() };
        match self.generation {
            Generation::V1 => {
                let ask = Outbound::encode(&(self.v1(), key.clone()), |(at, key)| {
                    Request::to(Method::Get, at).path("/space").segment(key.as_str())
                });
                let space: Space = self.caller.send(Call::new(ask)).await?.json("a space")?;
                space.place().ok_or_else(missing)
            }
            Generation::V2 => {
                let ask = Outbound::encode(&(self.v2(), key.clone()), |(at, key)| {
                    Request::to(Method::Get, at).path("/spaces").query("keys", key.as_str())
                });
                let listed: Listed<Space> = self.caller.send(Call::new(ask)).await?.json("a list of spaces")?;
                listed.results.iter().filter_map(Space::place).find(|space| space.key == *key).ok_or_else(missing)
            }
        }
    }
}
