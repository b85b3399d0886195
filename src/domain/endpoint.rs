//! Where on a server a call goes, as the settings say.

use super::{OriginError, ProviderConfig};
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
    fn a_base_url_without_a_path_gets_the_path() {
        let provider = ProviderConfig::new("o", ProviderKind::Ollama, "http://localhost:11434/", "m");
        assert_eq!(Endpoint::of(&provider, "/api/chat").unwrap().path_and_query(), "/api/chat");
    }
}
