//! Where on a server a call goes, as the settings say.

use super::{OriginError, ProviderConfig, ServerToken, ServiceUrl};
use url::{Url, form_urlencoded};

/// The path, query and further headers of a configured endpoint, and as whom and in which session it is called.
///
/// Made from settings and from the server's own words alone, so that it can pass the privacy gate: there is no way to
/// put a message into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    path_and_query: String,
    headers: Vec<(String, String)>,
    user: Option<String>,
    session: Option<ServerToken>,
}

impl Endpoint {
    /// `below` is appended to the path of the provider's base URL, whose query is kept: Azure needs `?api-version=`.
    /// `below` may have a query of its own.
    pub fn of(provider: &ProviderConfig, below: &str) -> Result<Self, OriginError> {
        let Ok(url) = Url::parse(&provider.base_url) else { return Err(OriginError::Malformed) };
        let (path, query) = below.split_once('?').map_or((below, None), |(path, query)| (path, Some(query)));
        let mut path_and_query = format!("{}{path}", url.path().trim_end_matches('/'));
        for (index, query) in query.into_iter().chain(url.query()).enumerate() {
            path_and_query.push(if index == 0 { '?' } else { '&' });
            path_and_query.push_str(query);
        }
        let user = provider.user_id.as_deref().map(str::trim).filter(|user| !user.is_empty()).map(str::to_owned);
        Ok(Self { path_and_query, headers: provider.extra_headers.clone(), user, session: None })
    }

    /// In a session that the server has begun.
    #[must_use]
    pub fn in_session(mut self, session: Option<ServerToken>) -> Self {
        self.session = session;
        self
    }

    /// The same with one more part of its query.
    #[must_use]
    pub fn at_page(mut self, parameter: &str, page: &ServerToken) -> Self {
        self.path_and_query.push(if self.path_and_query.contains('?') { '&' } else { '?' });
        self.path_and_query.push_str(parameter);
        self.path_and_query.push('=');
        self.path_and_query.extend(form_urlencoded::byte_serialize(page.as_str().as_bytes()));
        self
    }

    /// As whom the settings say that it is called.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    pub const fn session(&self) -> Option<&ServerToken> {
        self.session.as_ref()
    }

    /// A fixed path below the base of a service; ids and names are added while the request is encoded.
    pub fn below(base: &ServiceUrl, below: &'static str) -> Self {
        Self::of_path(&format!("{}{below}", base.path()))
    }

    /// The address itself, with its query.
    pub fn exactly(url: &ServiceUrl) -> Self {
        Self::of_path(&match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// Where a link leads that the service gave in an answer: to its next page, say. A link below another path than the
    /// base's is taken as relative to the base, because services behind a gateway do not know of it.
    ///
    /// `None` if it leads to another server.
    pub fn of_link(base: &ServiceUrl, link: &str) -> Option<Self> {
        let path_and_query = base.same_origin(link)?;
        let is_below = path_and_query.strip_prefix(base.path()).is_some_and(|rest| rest.starts_with(['/', '?']));
        Some(Self::of_path(&if is_below { path_and_query } else { format!("{}{path_and_query}", base.path()) }))
    }

    fn of_path(path_and_query: &str) -> Self {
        let slash = if path_and_query.starts_with('/') { "" } else { "/" };
        Self { path_and_query: format!("{slash}{path_and_query}"), headers: Vec::new(), user: None, session: None }
    }

    /// Begins with a slash.
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }
}

#[cfg(test)]
mod tests {
    use super::super::ProviderKind;
    use super::*;

    #[test]
    fn the_query_of_the_base_url_stays_at_the_end() {
        let provider =
            ProviderConfig::new("a", ProviderKind::OpenAi, "https://x.openai.azure.com/openai/d?api-version=1", "m");
        let endpoint = Endpoint::of(&provider, "/chat/completions").unwrap();
        assert_eq!(endpoint.path_and_query(), "/openai/d/chat/completions?api-version=1");
    }

    #[test]
    fn a_link_to_the_next_page_stays_on_the_server_and_behind_its_gateway() {
        let path = |base, link| {
            let base = ServiceUrl::parse(base).unwrap();
            Endpoint::of_link(&base, link).map(|endpoint| endpoint.path_and_query().to_owned())
        };
        let gateway = "https://api.atlassian.com/ex/confluence/c-1";
        let next = "/wiki/api/v2/spaces?cursor=ab%3D";
        assert_eq!(path(gateway, next).unwrap(), format!("/ex/confluence/c-1{next}"));
        assert_eq!(path("https://a.atlassian.net", next).unwrap(), next);
        assert_eq!(path("https://w.corp.com/c", "/rest/api/space?start=2").unwrap(), "/c/rest/api/space?start=2");
        assert_eq!(path("https://w.corp.com/c", "/c/rest/api/space").unwrap(), "/c/rest/api/space");
        assert_eq!(path("https://w.corp.com/c", "https://evil.example/c/rest"), None);
    }

    #[test]
    fn every_query_has_its_place() {
        let provider = ProviderConfig::new("g", ProviderKind::Gemini, "https://x.example.com/?key=1", "m");
        let endpoint = Endpoint::of(&provider, "/v1beta/m:ask?alt=sse").unwrap();
        assert_eq!(endpoint.path_and_query(), "/v1beta/m:ask?alt=sse&key=1");
        let page = ServerToken::parse("a+b/c==").unwrap();
        assert_eq!(
            endpoint.at_page("page", &page).path_and_query(),
            "/v1beta/m:ask?alt=sse&key=1&page=a%2Bb%2Fc%3D%3D"
        );
    }

    #[test]
    fn a_base_url_without_a_path_gets_the_path() {
        let provider = ProviderConfig::new("o", ProviderKind::Ollama, "http://localhost:11434/", "m");
        assert_eq!(Endpoint::of(&provider, "/api/chat").unwrap().path_and_query(), "/api/chat");
    }
}
