//! Sends one cleared request to the origin of one credential, and nowhere else.
//!
//! Nothing here is logged, and no error of the HTTP library is passed on: its text holds the URL with the query.
#![expect(clippy::disallowed_types, reason = "the only door to the network")]

use super::mask::Mask;
use super::{Limits, NetError, ProxyProblem, Response, Stage, TlsProblem};
use crate::domain::{Credential, Origin, Proxy};
use crate::privacy::{Method, Outbound};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use reqwest::{Certificate, Client, ClientBuilder, Url, redirect, tls};
use rustls::CertificateError;
use rustls::crypto::{CryptoProvider, ring};
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How many refusals are kept until they are taken.
const REFUSALS_MAX: usize = 1000;

/// How the network is to be used.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Whether only this machine may be reached.
    pub offline: bool,
    /// Certificate authorities to trust besides the operating system's, in PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    pub connect_timeout: Duration,
    /// The longest silence within an answer.
    pub idle_timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            offline: false,
            extra_ca_pem: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
        }
    }
}

/// A connection that the offline switch prevented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub host: String,
    pub at: Timestamp,
}

/// The door. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Http {
    shared: Arc<Shared>,
    way: Proxy,
}

#[derive(Debug)]
struct Shared {
    /// For this machine: no proxy, no name service.
    here: Client,
    /// For all others: by the system's proxy, where there is one.
    elsewhere: Client,
    /// For all others that are reached another way; each is made when it is first needed.
    others: Mutex<HashMap<Proxy, Client>>,
    options: HttpOptions,
    refused: Mutex<Vec<Refusal>>,
}

impl Http {
    /// Reads the operating system's trust store, which takes some milliseconds.
    pub fn new(options: &HttpOptions) -> Result<Self, NetError> {
        let shared = Shared {
            here: client(options, |builder| builder.no_proxy().dns_resolver(Loopback))?,
            elsewhere: client(options, |builder| builder)?,
            others: Mutex::default(),
            options: options.clone(),
            refused: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared), way: Proxy::System })
    }

    /// The same door with another way to servers elsewhere. Offline, and this machine itself, stay what they are.
    #[must_use]
    pub fn by_way_of(&self, way: &Proxy) -> Self {
        Self { shared: Arc::clone(&self.shared), way: way.clone() }
    }

    /// Sends to the credential's origin, and nowhere else. An answer other than success is an error.
    pub async fn send(&self, to: &Credential, what: Outbound, limits: Limits) -> Result<Response, NetError> {
        let host = to.origin.host().to_owned();
        if what.stays_here() && !to.origin.is_loopback() {
            return Err(NetError::StaysHere { host });
        }
        let client = self.client_for(&to.origin)?;
        let request = request(to, &what)?;
        let deadline = Instant::now() + limits.first_byte;
        let answer = match timeout_at(deadline, client.execute(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(explain(&error, &to.origin, &self.way)),
            Err(_) => return Err(NetError::Timeout { host, stage: Stage::FirstByte }),
        };
        let status = answer.status();
        if status.is_redirection() {
            return Err(NetError::Redirect { host, status: status.as_u16() });
        }
        if status.as_u16() == 407 && !to.origin.is_loopback() {
            return Err(NetError::Proxy { proxy: name(&self.way), host, problem: ProxyProblem::AuthRequired });
        }
        let idle = limits.idle.unwrap_or(self.shared.options.idle_timeout);
        let response = Response::new(answer, host, deadline, idle, limits);
        if status.is_success() { Ok(response) } else { Err(response.into_error(&Mask::of(to)).await) }
    }

    /// What the offline switch has prevented since this was last asked, oldest first.
    pub fn take_refused(&self) -> Vec<Refusal> {
        std::mem::take(&mut *self.shared.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn client_for(&self, origin: &Origin) -> Result<Client, NetError> {
        if origin.is_loopback() {
            return Ok(self.shared.here.clone());
        }
        if !self.shared.options.offline {
            return self.elsewhere();
        }
        let host = origin.host().to_owned();
        let mut refused = self.shared.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() < REFUSALS_MAX {
            refused.push(Refusal { host: host.clone(), at: Timestamp::now() });
        }
        Err(NetError::Offline { host })
    }

    fn elsewhere(&self) -> Result<Client, NetError> {
        if self.way == Proxy::System {
            return Ok(self.shared.elsewhere.clone());
        }
        let mut others = self.shared.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = others.get(&self.way) {
            return Ok(client.clone());
        }
        let made = match &self.way {
            Proxy::System | Proxy::Direct => client(&self.shared.options, ClientBuilder::no_proxy)?,
            Proxy::Through(url) => {
                let proxy = reqwest::Proxy::all(url.as_url().clone()).map_err(|_unprintable| NetError::BadProxy)?;
                client(&self.shared.options, |builder| builder.proxy(proxy.clone()))?
            }
        };
        others.insert(self.way.clone(), made.clone());
        Ok(made)
    }
}

/// Names that mean this machine are never asked for, so no name server can lead them elsewhere.
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: Name) -> Resolving {
        let here: Addrs = Box::new([(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()].into_iter());
        Box::pin(std::future::ready(Ok(here)))
    }
}

fn client(options: &HttpOptions, route: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Client, NetError> {
    if CryptoProvider::get_default().is_none() {
        // Fails only when another thread was faster, which is as good.
        ring::default_provider().install_default().ok();
    }
    let extra = match options.extra_ca_pem.as_deref().map(Certificate::from_pem_bundle) {
        Some(Ok(certificates)) if !certificates.is_empty() => certificates,
        Some(_) => return Err(NetError::ExtraCa),
        None => Vec::new(),
    };
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            .tls_version_min(tls::Version::TLS_1_2);
        route(builder)
    };
    let trusting = if extra.is_empty() { builder() } else { builder().tls_certs_merge(extra.clone()) };
    match trusting.build() {
        Ok(client) => Ok(client),
        Err(_) if !extra.is_empty() => Err(NetError::ExtraCa),
        // A machine without a trust store: plain http to itself still works, and https fails as "unknown authority".
        Err(_) => builder().tls_certs_only([]).build().map_err(|_unprintable| NetError::TlsSetup),
    }
}

fn request(to: &Credential, what: &Outbound) -> Result<reqwest::Request, NetError> {
    let outgoing = what.request();
    let mut request = reqwest::Request::new(method(outgoing.method), address(&to.origin, &outgoing.path_and_query)?);
    for (name, value) in &outgoing.headers {
        let bad = || NetError::BadHeader { name: name.clone() };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_unprintable| bad())?;
        let value = HeaderValue::from_str(value).map_err(|_unprintable| bad())?;
        if [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&key) {
            return Err(bad());
        }
        request.headers_mut().insert(key, value);
    }
    if let Some((name, value)) = key_header(to)? {
        request.headers_mut().insert(name, value);
    }
    if !outgoing.body.is_empty() {
        *request.body_mut() = Some(outgoing.body.clone().into());
    }
    Ok(request)
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// A path such as `@example.com/` would turn the origin into a user name, so the result is looked at once more.
fn address(origin: &Origin, path_and_query: &str) -> Result<Url, NetError> {
    let foreign = || NetError::ForeignAddress { host: origin.host().to_owned() };
    let address = format!("{origin}{path_and_query}");
    if !path_and_query.starts_with('/') || Origin::of(&address).as_ref() != Ok(origin) {
        return Err(foreign());
    }
    Url::parse(&address).map_err(|_unprintable| foreign())
}

#[expect(clippy::disallowed_methods, reason = "here, and only here, the key is put on the wire")]
fn key_header(to: &Credential) -> Result<Option<(HeaderName, HeaderValue)>, NetError> {
    let Some(secret) = &to.secret else { return Ok(None) };
    let bad_name = |_| NetError::BadHeader { name: to.header.clone() };
    let name = HeaderName::from_bytes(to.header.as_bytes()).map_err(bad_name)?;
    let text = zeroize::Zeroizing::new(format!("{}{}", to.prefix, secret.expose_secret().trim()));
    let mut value = HeaderValue::from_str(&text).map_err(|_unprintable| NetError::BadKey)?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

/// The proxy as it may be shown.
fn name(way: &Proxy) -> String {
    match way {
        Proxy::Through(url) => url.to_string(),
        Proxy::System | Proxy::Direct => "of the system".to_owned(),
    }
}

/// What went wrong before any answer, from the chain of causes.
fn explain(error: &reqwest::Error, origin: &Origin, way: &Proxy) -> NetError {
    let (host, loopback) = (origin.host().to_owned(), origin.is_loopback());
    let through_proxy = matches!(way, Proxy::Through(_)) && !loopback && error.is_connect();
    let problem = causes(error).find_map(proxy_problem);
    let is_tls = causes(error).any(<dyn Error + 'static>::is::<rustls::Error>);
    let unreachable = Some(ProxyProblem::Unreachable).filter(|_| through_proxy && !is_tls);
    if let Some(problem) = problem.or(unreachable) {
        return NetError::Proxy { proxy: name(way), host, problem };
    }
    if let Some(problem) = causes(error).find_map(tls_problem) {
        return NetError::Tls { host, problem };
    }
    if error.is_dns() {
        return NetError::Dns { host };
    }
    if error.is_connect() {
        if error.is_timeout() {
            return NetError::Timeout { host, stage: Stage::Connect };
        }
        let refused = causes(error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
        return NetError::Connect { host, refused, loopback };
    }
    NetError::Broken { host }
}

/// The error and its causes. An I/O error hides the one that it was made of from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// The library's error of a tunnel is private, so it is known by its words, which are its own.
fn proxy_problem(cause: &(dyn Error + 'static)) -> Option<ProxyProblem> {
    let said = cause.to_string();
    Some(match said.strip_prefix("tunnel error: ")? {
        "proxy authorization required" => ProxyProblem::AuthRequired,
        "failed to create underlying connection" => ProxyProblem::Unreachable,
        _ => ProxyProblem::Refused,
    })
}

fn tls_problem(cause: &(dyn Error + 'static)) -> Option<TlsProblem> {
    let problem = match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => TlsProblem::UnknownCa,
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => TlsProblem::SelfSigned,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => TlsProblem::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsProblem::WrongName
            }
            _ => TlsProblem::Other,
        },
        _ => TlsProblem::Other,
    };
    Some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_lead_to_another_server() {
        let origin = Origin::of("http://127.0.0.1:8080").unwrap();
        for path in ["@evil.example/", ".evil.example/", "0/", "", "x"] {
            assert!(matches!(address(&origin, path), Err(NetError::ForeignAddress { .. })), "{path}");
        }
        assert_eq!(address(&origin, "//evil.example/x").unwrap().host_str(), Some("127.0.0.1"));
    }

    #[test]
    fn a_key_that_no_header_carries_is_refused_without_being_shown() {
        let origin = Origin::of("https://api.example.com").unwrap();
        let secret = Some("line\nbreak".into());
        let to = Credential { origin, header: "authorization".to_owned(), prefix: "Bearer ".to_owned(), secret };
        assert_eq!(key_header(&to).unwrap_err(), NetError::BadKey);
    }

    #[test]
    fn a_broken_file_of_authorities_is_told_at_once() {
        for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let options = HttpOptions { extra_ca_pem: Some(pem.into()), ..HttpOptions::default() };
            assert_eq!(Http::new(&options).unwrap_err(), NetError::ExtraCa, "{pem}");
        }
    }
}
