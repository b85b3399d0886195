//! Pages: found by title, read, made, changed, and compared with what was sent.

use super::answers::{Listed, Page};
use super::wiki::{Generation, Wiki};
use crate::documents::writers::storage::{Difference, difference};
use crate::domain::{RemoteId, RemoteItem, RemoteName, RemotePlace, Service};
use crate::integrations::writing::outcome_is_unknown;
use crate::integrations::{Answer, Call, IntegrationError, Written};
use crate::privacy::{Method, Outbound, Redacted, Request};
use serde_json::{Value, json};

/// A page and what it says, in storage format.
#[derive(Clone, Debug)]
pub struct StoredPage {
    pub item: RemoteItem,
    /// The texts come from elsewhere: never sent on without the gate.
    pub storage: String,
}

/// What a page is to say. Both texts have passed the gate.
#[derive(Clone, Debug)]
pub struct PageText {
    pub title: Redacted,
    /// In storage format.
    pub storage: Redacted,
}

impl Wiki<'_> {
    /// The page of exactly this title in a space. Asked of the pages themselves, because the index of the search lags
    /// behind.
    pub async fn by_title(
        &self,
        space: &RemotePlace,
        title: &Redacted,
    ) -> Result<Option<StoredPage>, IntegrationError> {
        let ask = match (self.generation, &space.id) {
            (Generation::V2, Some(id)) => {
                Outbound::encode(&(self.v2(), id.clone(), title.clone()), |(at, id, title)| {
                    Request::to(Method::Get, at)
                        .path("/pages")
                        .query("space-id", id.as_str())
                        .query("title", title.as_str())
                        .query("body-format", "storage")
                })
            }
            _ => Outbound::encode(&(self.v1(), space.key.clone(), title.clone()), |(at, key, title)| {
                Request::to(Method::Get, at)
                    .path("/content")
                    .query("type", "page")
                    .query("spaceKey", key.as_str())
                    .query("title", title.as_str())
                    .query("expand", "version,body.storage,space")
            }),
        };
        let listed: Listed<Page> = self.caller.send(Call::new(ask)).await?.json("a list of pages")?;
        Ok(listed.results.into_iter().find_map(|page| self.stored(page)))
    }

    /// A page as it is now.
    pub async fn page(&self, id: &RemoteId) -> Result<StoredPage, IntegrationError> {
        let ask = match self.generation {
            Generation::V2 => Outbound::encode(&(self.v2(), id.clone()), |(at, id)| {
                Request::to(Method::Get, at).path("/pages").segment(id.as_str()).query("body-format", "storage")
            }),
            Generation::V1 => Outbound::encode(&(self.v1(), id.clone()), |(at, id)| {
                Request::to(Method::Get, at)
                    .path("/content")
                    .segment(id.as_str())
                    .query("expand", "version,body.storage,space")
            }),
        };
        let page: Page = self.caller.send(Call::new(ask)).await?.json("a page")?;
        self.stored(page).ok_or(IntegrationError::Malformed { service: Service::Confluence, what: "a page" })
    }

    /// The request that makes a page.
    pub fn creation(
        &self,
        space: &RemotePlace,
        parent: Option<&RemoteId>,
        text: &PageText,
    ) -> Result<Call, IntegrationError> {
        let texts = (text.title.clone(), text.storage.clone());
        let outbound = match (self.generation, &space.id) {
            (Generation::V1, _) => {
                Outbound::encode(&(self.v1(), space.key.clone(), parent.cloned(), texts), |(at, key, parent, texts)| {
                    Request::to(Method::Post, at).path("/content").json(&new_page_v1(key, parent.as_ref(), texts))
                })
            }
            (Generation::V2, Some(id)) => {
                Outbound::encode(&(self.v2(), id.clone(), parent.cloned(), texts), |(at, id, parent, texts)| {
                    Request::to(Method::Post, at).path("/pages").json(&new_page_v2(id, parent.as_ref(), texts))
                })
            }
            (Generation::V2, None) => {
                return Err(IntegrationError::Malformed { service: Service::Confluence, what: "the id of the space" });
            }
        };
        Ok(Call::new(outbound))
    }

    /// The request that puts a text in place of a page's, which must still be at `version`.
    pub fn change(&self, id: &RemoteId, version: u32, text: &PageText) -> Call {
        let texts = (text.title.clone(), text.storage.clone());
        let next = version.saturating_add(1);
        let outbound = match self.generation {
            Generation::V1 => Outbound::encode(&(self.v1(), id.clone(), next, texts), |(at, id, version, texts)| {
                let (title, storage) = texts;
                Request::to(Method::Put, at).path("/content").segment(id.as_str()).json(&json!({
                    "type": "page",
                    "title": title.as_str(),
                    "version": {"number": version},
                    "body": {"storage": {"value": storage.as_str(), "representation": "storage"}},
                }))
            }),
            Generation::V2 => Outbound::encode(&(self.v2(), id.clone(), next, texts), |(at, id, version, texts)| {
                let (title, storage) = texts;
                Request::to(Method::Put, at).path("/pages").segment(id.as_str()).json(&json!({
                    "id": id.as_str(),
                    "status": "current",
                    "title": title.as_str(),
                    "body": {"representation": "storage", "value": storage.as_str()},
                    "version": {"number": version, "message": "Updated by TFTSR"},
                }))
            }),
        };
        Call::new(outbound)
    }

    /// Makes the page. Where the answer did not come, the page may be there all the same: then it is looked for.
    pub async fn create(&self, call: Call, space: &RemotePlace, text: &PageText) -> Result<Written, IntegrationError> {
        let error = match self.caller.send(call).await {
            Ok(answer) => match self.written(&answer) {
                Ok(item) => return Ok(Written { item, created: true }),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let says_taken =
            matches!(&error, IntegrationError::Refused { status: 400, .. } | IntegrationError::Conflict { .. });
        if outcome_is_unknown(&error) || says_taken {
            let there = self.by_title(space, &text.title).await.ok().flatten();
            if let Some(page) = there
                && difference(text.storage.as_str(), &page.storage).is_none()
            {
                return Ok(Written { item: page.item, created: true });
            }
        }
        Err(error)
    }

    /// Changes the page. Where the answer did not come, it is looked whether the page says what it should.
    pub async fn update(&self, call: Call, id: &RemoteId, text: &PageText) -> Result<Written, IntegrationError> {
        let error = match self.caller.send(call).await {
            Ok(answer) => match self.written(&answer) {
                Ok(item) => return Ok(Written { item, created: false }),
                Err(error) => error,
            },
            Err(error) => error,
        };
        if outcome_is_unknown(&error)
            && let Ok(page) = self.page(id).await
            && difference(text.storage.as_str(), &page.storage).is_none()
        {
            return Ok(Written { item: page.item, created: false });
        }
        Err(error)
    }

    /// Reads the page back, and says what of the text is not there.
    pub async fn read_back(&self, id: &RemoteId, text: &PageText) -> Result<Option<Difference>, IntegrationError> {
        let page = self.page(id).await?;
        Ok(difference(text.storage.as_str(), &page.storage))
    }

    fn written(&self, answer: &Answer) -> Result<RemoteItem, IntegrationError> {
        let malformed = || IntegrationError::Malformed { service: Service::Confluence, what: "a page" };
        let page: Page = answer.json("a page")?;
        self.item(page).ok_or_else(malformed)
    }

    pub(super) fn item(&self, page: Page) -> Option<RemoteItem> {
        let id = RemoteId::parse(&page.id)?;
        let url = self.web_url(&page.links, &id);
        Some(RemoteItem {
            service: Service::Confluence,
            number: id.as_str().to_owned(),
            id,
            title: page.title.into(),
            text: page.excerpt.unwrap_or_default().into(),
            place: page.space.map(|space| space.key).unwrap_or_default(),
            state: String::new(),
            severity: None,
            url,
            created_at: page.version.as_ref().and_then(|version| version.created_at.parse().ok()),
            version: page.version.map_or(0, |version| version.number),
        })
    }

    fn stored(&self, mut page: Page) -> Option<StoredPage> {
        let storage = page.body.take().and_then(|body| body.storage).map(|storage| storage.value).unwrap_or_default();
        Some(StoredPage { item: self.item(page)?, storage })
    }
}

fn new_page_v1(key: &RemoteName, parent: Option<&RemoteId>, (title, storage): &(Redacted, Redacted)) -> Value {
    let mut body = json!({
        "type": "page",
        "title": title.as_str(),
        "space": {"key": key.as_str()},
        "body": {"storage": {"value": storage.as_str(), "representation": "storage"}},
    });
    if let (Some(parent), Some(fields)) = (parent, body.as_object_mut()) {
        fields.insert("ancestors".to_owned(), json!([{"id": parent.as_str()}]));
    }
    body
}

fn new_page_v2(space: &RemoteId, parent: Option<&RemoteId>, (title, storage): &(Redacted, Redacted)) -> Value {
    let mut body = json!({
        "spaceId": space.as_str(),
        "status": "current",
        "title": title.as_str(),
        "body": {"representation": "storage", "value": storage.as_str()},
    });
    if let (Some(parent), Some(fields)) = (parent, body.as_object_mut()) {
        fields.insert("parentId".to_owned(), json!(parent.as_str()));
    }
    body
}
