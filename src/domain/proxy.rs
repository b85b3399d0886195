//! By which way a provider is reached.

use std::fmt;
use url::Url;

/// By which way a provider elsewhere is reached. This machine itself is always reached directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// What the operating system and its environment variables say.
    #[default]
    System,
    /// None, whatever the system says.
    Direct,
    Through(ProxyUrl),
}

/// The address of a proxy. It may hold a password, so `Debug` and `Display` print host and port only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProxyUrl(Url);

impl ProxyUrl {
    /// `http` or `https`, with a host and without a path.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        let is_plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let is_proxy = matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && is_plain;
        is_proxy.then_some(Self(url))
    }

    /// With its user name and password, if it has them: for the connection and the settings form.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host(), self.0.port_or_known_default().unwrap_or_default())
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({self})")
    }
}

impl Proxy {
    /// `system`, `none`, or a URL; what [`Self::to_word`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim() {
            "" | "system" => Some(Self::System),
            "none" => Some(Self::Direct),
            url => ProxyUrl::parse(url).map(Self::Through),
        }
    }

    /// With the password, if there is one.
    pub fn to_word(&self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Direct => "none".to_owned(),
            Self::Through(url) => url.as_url().as_str().trim_end_matches('/').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_survives_the_way_to_text_and_back() {
        for word in ["system", "none", "http://proxy.example.net:3128", "https://u:p@proxy.example.net"] {
            assert_eq!(Proxy::parse(word).map(|proxy| proxy.to_word()).as_deref(), Some(word));
        }
        for word in ["proxy:3128", "socks5://x:1", "ftp://x", "http://x/path", "http://", "x"] {
            assert_eq!(Proxy::parse(word), None, "{word}");
        }
    }

    #[test]
    fn the_password_of_a_proxy_is_never_printed() {
        let proxy = Proxy::parse("http://user:hunter2@proxy.example.net:3128").unwrap();
        let printed = format!("{proxy:?}");
        assert!(printed.contains("proxy.example.net:3128") && !printed.contains("hunter2"), "{printed}");
    }
}
