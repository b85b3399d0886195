//! The authorized caller: one request to one service, its failures explained, its sign-in renewed when it must be.

use super::access::{Access, Authorized};
use super::error::IntegrationError;
use super::explain::{self, Asked};
use crate::domain::{Endpoint, Service, ServiceUrl, SignIn};
use crate::net::{Backoff, Http, Limits, NetError, Response};
use crate::privacy::{Method, Outbound};
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;
use tokio::time::sleep;

/// The largest answer that is read, unless a call says otherwise. Lists are asked for in pages.
const ANSWER_MAX_BYTES: usize = 8 << 20;

/// One request. What is in it was cleared by the privacy gate, see [`Outbound`].
#[derive(Clone, Debug)]
pub struct Call {
    outbound: Outbound,
    repeatable: bool,
    max_bytes: usize,
}

impl Call {
    /// A `GET` is tried again where that may help; anything else only where the service surely did nothing.
    pub const fn new(outbound: Outbound) -> Self {
        let repeatable = matches!(outbound.request().method, Method::Get);
        Self { outbound, repeatable, max_bytes: ANSWER_MAX_BYTES }
    }

    /// Doing it twice is as good as once: a search by `POST`, say.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    #[must_use]
    pub const fn at_most(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// What goes on the wire, apart from the sign-in: for the audit log.
    pub const fn outbound(&self) -> &Outbound {
        &self.outbound
    }
}

/// What a service answered to a request that it accepted.
///
/// Its texts come from elsewhere: they are shown as they are, and pass the privacy gate before they go anywhere.
#[derive(Clone)]
pub struct Answer {
    service: Service,
    status: u16,
    /// Names in lower case.
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// The headers of an answer that matter to anybody.
const HEADERS_KEPT: &[&str] = &["link", "location", "x-total-count", "x-ms-continuationtoken"];

impl Answer {
    /// From 200 to 299, and not 203.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// One of `link`, `location`, `x-total-count`, `x-ms-continuationtoken`; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Reads the body. `what` says what it should be: `a list of spaces`.
    pub fn json<T: DeserializeOwned>(&self, what: &'static str) -> Result<T, IntegrationError> {
        let service = self.service;
        serde_json::from_str(&self.body).map_err(|_unprintable| IntegrationError::Malformed { service, what })
    }
}

/// Without the body.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {}, {} bytes)", self.service.as_str(), self.status, self.body.len())
    }
}

/// Speaks to one service as one user. Cheap to clone; made anew when settings change.
#[derive(Clone, Debug)]
pub struct Caller {
    http: Http,
    service: Service,
    sign_in: SignIn,
    base: ServiceUrl,
    access: Access,
    first_byte: Duration,
    backoff: Backoff,
}

impl Caller {
    /// `base` is where the interface lies: the site, or a gateway before it.
    pub fn new(http: Http, service: Service, base: ServiceUrl, access: Access) -> Self {
        let sign_in = access.sign_in();
        let first_byte = Duration::from_secs(30);
        Self { http, service, sign_in, base, access, first_byte, backoff: Backoff::default() }
    }

    #[must_use]
    pub const fn with_timeout(mut self, first_byte: Duration) -> Self {
        self.first_byte = first_byte;
        self
    }

    #[must_use]
    pub const fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    pub const fn service(&self) -> Service {
        self.service
    }

    /// Where requests go; links for people are made of the site's own address.
    pub const fn base(&self) -> &ServiceUrl {
        &self.base
    }

    /// The host that gets the requests: for the audit log and the preview.
    pub fn host(&self) -> &str {
        self.base.origin().host()
    }

    /// A fixed path of the interface.
    pub fn endpoint(&self, below: &'static str) -> Endpoint {
        Endpoint::below(&self.base, below)
    }

    /// The next page, as the service linked to it; only on the same server.
    pub fn follow(&self, link: &str) -> Result<Endpoint, IntegrationError> {
        Endpoint::of_link(&self.base, link).ok_or_else(|| IntegrationError::ForeignLink(self.host().to_owned()))
    }

    /// Sends with the sign-in, renewing it if it has ended; tries again as [`Call`] says.
    pub async fn send(&self, call: Call) -> Result<Answer, IntegrationError> {
        let mut authorized = self.access.authorize(&self.http, self.base.origin()).await?;
        let (mut attempt, mut renewed) = (0, false);
        loop {
            let fault = match self.once(&authorized, &call).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            if fault.is_about_sign_in(self.service) && !renewed {
                renewed = true;
                if let Some(other) = self.access.renew(&self.http, self.base.origin(), &authorized).await? {
                    authorized = other;
                    continue;
                }
            }
            attempt += 1;
            match fault.wait(self.backoff, attempt, call.repeatable) {
                Some(wait) => sleep(wait).await,
                None => return Err(self.explain(&authorized, fault)),
            }
        }
    }

    async fn once(&self, authorized: &Authorized, call: &Call) -> Result<Answer, Fault> {
        let limits = Limits { max_bytes: call.max_bytes, ..Limits::whole(self.first_byte) };
        let response =
            self.http.send(&authorized.credential, call.outbound.clone(), limits).await.map_err(Fault::Net)?;
        if response.status() == 203 || is_page(&response) {
            return Err(Fault::SignInPage);
        }
        let status = response.status();
        let kept = HEADERS_KEPT.iter().map(|name| (*name, response.header(name)));
        let headers = kept.filter(|(_, value)| !value.is_empty()).collect();
        let body = response.text().await.map_err(Fault::Net)?;
        if body.trim_start().starts_with('<') {
            return Err(Fault::SignInPage);
        }
        Ok(Answer { service: self.service, status, headers, body })
    }

    fn explain(&self, authorized: &Authorized, fault: Fault) -> IntegrationError {
        match fault {
            Fault::SignInPage => IntegrationError::SignInPage(self.service),
            Fault::Net(error) => {
                let asked = Asked { service: self.service, sign_in: self.sign_in, mask: &authorized.mask };
                explain::wire(&asked, error)
            }
        }
    }
}

fn is_page(response: &Response) -> bool {
    matches!(response.content_type().as_str(), "text/html" | "application/xhtml+xml")
}

/// A request that got no usable answer.
enum Fault {
    Net(NetError),
    SignInPage,
}

impl Fault {
    /// Whether another token may help.
    fn is_about_sign_in(&self, service: Service) -> bool {
        match self {
            Self::SignInPage => true,
            Self::Net(NetError::Status(answer)) => answer.code == 401,
            Self::Net(NetError::Redirect { .. }) => service == Service::AzureDevOps,
            Self::Net(_) => false,
        }
    }

    fn wait(&self, backoff: Backoff, attempt: u32, repeatable: bool) -> Option<Duration> {
        let Self::Net(error) = self else { return None };
        (repeatable || did_nothing(error)).then(|| backoff.wait(attempt, error)).flatten()
    }
}

/// Whether the service surely did not do what it was asked: it was never reached, or says so.
fn did_nothing(error: &NetError) -> bool {
    match error {
        NetError::Status(answer) => answer.code == 429 || (answer.code == 503 && answer.retry_after.is_some()),
        NetError::Connect { .. } | NetError::Dns { .. } => true,
        NetError::Timeout { stage, .. } => *stage == crate::net::Stage::Connect,
        _ => false,
    }
}
