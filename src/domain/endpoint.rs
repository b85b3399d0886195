//! Where on a server a call goes, as the settings say.

use super::{OriginError, ProviderConfig, ServiceUrl};
use url::Url;

/// The path, query and further headers of a configured endpoint.
///
/// Made from settings alone, so that it can pass the privacy gate: there is no way to put a message into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    path_and_query: String,
    headers: Vec<(String, String)>,
}

impl Endpoint {
    /// `below` is appended to the path of the provider's base URL, whose query is kept: Azure needs `?api-version=`.
    pub fn of(provider: &ProviderConfig, below: &str) -> Result<Self, OriginError> {
        let Ok(url) = Url::parse(&provider.base_url) else { return Err(OriginError::Malformed) };
        let path = format!("{}{below}", url.path().trim_end_matches('/'));
        let path_and_query = url.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        Ok(Self { path_and_query, headers: provider.extra_headers.clone() })
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
        Self { path_and_query: format!("{slash}{path_and_query}"), headers: Vec::new() }
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
    fn a_base_url_without_a_path_gets_the_path() {
        let provider = ProviderConfig::new("o", ProviderKind::Ollama, "http://localhost:11434/", "m");
        assert_eq!(Endpoint::of(&provider, "/api/chat").unwrap().path_and_query(), "/api/chat");
    }
}
