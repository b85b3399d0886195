//! A secret, and the one place that may receive it.

use secrecy::SecretString;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// Scheme, host and port of a server.
///
/// `https` anywhere; plain `http` only to this machine or to a private address, where no stranger listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    url: Url,
}

/// Proof that an address is this machine's own. Only [`Origin::loopback`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loopback(());

/// Why an address is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("this is not a URL")]
    Malformed,
    #[error("only http and https are supported")]
    Scheme,
    #[error("plain http is accepted only for this machine and private addresses; use https")]
    PlainHttp,
    #[error("a URL must not carry a user name or password; use the key field")]
    Credentials,
}

impl Origin {
    /// The origin of `url`; its path and query do not count.
    pub fn of(url: &str) -> Result<Self, OriginError> {
        let Ok(mut url) = Url::parse(url.trim()) else { return Err(OriginError::Malformed) };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OriginError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::Credentials);
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        let origin = Self { url };
        if origin.url.scheme() == "http" && !origin.is_private() {
            return Err(OriginError::PlainHttp);
        }
        Ok(origin)
    }

    /// Host name or address, without the port.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether it is this machine: a loopback address, or a name that always means it.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }

    /// The proof of [`Self::is_loopback`], for what must not be done with any other address.
    pub fn loopback(&self) -> Option<Loopback> {
        self.is_loopback().then_some(Loopback(()))
    }

    fn is_private(&self) -> bool {
        let private = |address: IpAddr| match address {
            IpAddr::V4(four) => four.is_private() || four.is_link_local(),
            IpAddr::V6(six) => six.is_unique_local() || six.is_unicast_link_local(),
        };
        self.is_loopback()
            || match self.url.host() {
                Some(Host::Ipv4(address)) => private(address.into()),
                Some(Host::Ipv6(address)) => private(address.into()),
                Some(Host::Domain(_)) | None => false,
            }
    }
}

/// `https://api.example.com`, with the port where it is not the usual one.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

/// A secret, the header that carries it, and the one origin that may receive it.
#[derive(Clone, Debug)]
pub struct Credential {
    pub origin: Origin,
    /// `authorization`, `api-key`, …
    pub header: String,
    /// What stands before the secret: `Bearer `, or nothing.
    pub prefix: String,
    /// `None` for a server that asks for none.
    pub secret: Option<SecretString>,
}

impl Credential {
    /// For a server that asks for no key.
    pub const fn none(origin: Origin) -> Self {
        Self { origin, header: String::new(), prefix: String::new(), secret: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_reaches_only_this_machine_and_private_addresses() {
        for url in ["http://localhost:11434", "http://127.0.0.1:8080/v1", "http://[::1]:1", "http://192.168.1.4:1234"] {
            assert!(Origin::of(url).is_ok(), "{url}");
        }
        for url in ["http://api.example.com", "http://8.8.8.8", "http://localhost.example.com"] {
            assert_eq!(Origin::of(url), Err(OriginError::PlainHttp), "{url}");
        }
    }

    #[test]
    fn a_url_with_a_password_is_refused() {
        assert_eq!(Origin::of("https://u:p@example.com"), Err(OriginError::Credentials));
    }

    #[test]
    fn an_origin_has_no_path() {
        let origin = Origin::of("https://api.example.com/v1?x=1").unwrap();
        assert_eq!(origin.to_string(), "https://api.example.com");
        assert_eq!((origin.host(), origin.port()), ("api.example.com", 443));
    }

    #[test]
    fn a_credential_prints_no_secret() {
        let origin = Origin::of("https://api.example.com").unwrap();
        let credential = Credential {
            origin,
            header: "authorization".to_owned(),
            prefix: "Bearer ".to_owned(),
            secret: Some("hunter2".into()),
        };
        assert!(!format!("{credential:?}").contains("hunter2"));
    }
}
