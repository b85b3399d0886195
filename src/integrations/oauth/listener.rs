//! Listens on this machine for the browser that comes back, and lets in nothing but the one request it waits for.

use super::client::opened;
use super::error::SignInError;
use super::pages::{self, Page};
use crate::net::Mask;
use secrecy::SecretString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use subtle::ConstantTimeEq as _;
use tiny_http::{Method, Request, Server};
use tokio::sync::oneshot;
use url::form_urlencoded;

const PATH: &str = "/callback";

/// Longer than any that a server sends; what is longer is not read.
const QUERY_MAX_BYTES: usize = 16 << 10;

/// What the browser brought.
#[derive(Debug)]
pub(super) enum Outcome {
    Code(SecretString),
    Failed(SignInError),
}

/// A sign-in that waits.
struct Waiting {
    id: u64,
    state: SecretString,
    /// Taken by the first answer.
    sender: Option<oneshot::Sender<Outcome>>,
}

#[derive(Default)]
struct Waiters {
    last_id: u64,
    all: Vec<Waiting>,
}

/// Listens on one port of IPv4 and IPv6. Dropping it closes both.
pub(super) struct Listener {
    servers: Vec<Arc<Server>>,
    waiters: Arc<Mutex<Waiters>>,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listener({} addresses)", self.servers.len())
    }
}

impl Listener {
    /// Fails if another program listens on either: the browser might go there.
    pub(super) fn bind(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))?;
        let mut sockets = vec![four];
        match TcpListener::bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)) {
            Ok(six) => sockets.push(six),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A machine without IPv6.
            Err(_) => {}
        }
        let mut listener = Self { servers: Vec::new(), waiters: Arc::default() };
        for socket in sockets {
            let server = Server::from_listener(socket, None).map_err(io::Error::other)?;
            let server = Arc::new(server);
            listener.servers.push(Arc::clone(&server));
            let waiters = Arc::clone(&listener.waiters);
            thread::Builder::new().name("sign-in".to_owned()).spawn(move || {
                while let Ok(request) = server.recv() {
                    answer(request, port, &waiters);
                }
            })?;
        }
        Ok(listener)
    }

    /// From now on an answer with this state is waited for.
    pub(super) fn wait_for(this: &Arc<Self>, state: SecretString) -> (Registration, oneshot::Receiver<Outcome>) {
        let (sender, outcome) = oneshot::channel();
        let mut waiters = this.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.last_id += 1;
        let id = waiters.last_id;
        waiters.all.push(Waiting { id, state, sender: Some(sender) });
        drop(waiters);
        (Registration { listener: Arc::clone(this), id }, outcome)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.servers.iter().for_each(|server| server.unblock());
    }
}

/// A place among those who wait. Dropping it gives it up, and the last one closes the listener.
#[derive(Debug)]
pub(super) struct Registration {
    listener: Arc<Listener>,
    id: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut waiters = self.listener.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.all.retain(|waiting| waiting.id != self.id);
    }
}

/// The page first, then the news: who waits may close the listener as soon as it knows.
fn answer(request: Request, port: u16, waiters: &Mutex<Waiters>) {
    let (page, news) = judge(&request, port, waiters);
    // A browser that has gone away changes nothing.
    request.respond(pages::response(&page)).ok();
    if let Some((sender, outcome)) = news {
        sender.send(outcome).ok();
    }
}

type News = (oneshot::Sender<Outcome>, Outcome);

fn judge(request: &Request, port: u16, waiters: &Mutex<Waiters>) -> (Page, Option<News>) {
    if !is_for_here(request, port) {
        return (Page::WrongHost, None);
    }
    if *request.method() != Method::Get {
        return (Page::WrongMethod, None);
    }
    let url = request.url();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    if path != PATH {
        return (Page::NotFound, None);
    }
    let Some(answer) = ProviderAnswer::parse(query) else { return (Page::Garbled, None) };
    let mut waiters = waiters.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(waiting) = find(&mut waiters.all, &answer.state) else { return (Page::WrongState, None) };
    let Some(sender) = waiting.sender.take() else { return (Page::Again, None) };
    drop(waiters);
    let (page, outcome) = answer.judged();
    (page, Some((sender, outcome)))
}

/// Every state is compared, each in constant time, so that the time tells nothing about any of them.
fn find<'a>(all: &'a mut [Waiting], state: &SecretString) -> Option<&'a mut Waiting> {
    let given = opened(state).as_bytes();
    let mut found = None;
    for waiting in all {
        if bool::from(opened(&waiting.state).as_bytes().ct_eq(given)) {
            found = Some(waiting);
        }
    }
    found
}

/// A page elsewhere can lead a browser here by a name of its own; only our own names are answered.
fn is_for_here(request: &Request, port: u16) -> bool {
    let mut hosts = request.headers().iter().filter(|header| header.field.equiv("host"));
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.value.as_str().eq_ignore_ascii_case(&format!("{name}:{port}")))
}

/// The parameters of RFC 6749, section 4.1.2. Others are ignored: `iss`, `session_state`.
struct ProviderAnswer {
    state: SecretString,
    code: Option<SecretString>,
    error: Option<String>,
    description: String,
}

impl ProviderAnswer {
    /// `None` if it is too long, or a parameter comes twice.
    fn parse(query: &str) -> Option<Self> {
        if query.len() > QUERY_MAX_BYTES {
            return None;
        }
        let mut values = [None, None, None, None];
        let names = ["state", "code", "error", "error_description"];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = names.iter().zip(&mut values).find(|(known, _)| **known == name);
            let Some((_, place)) = place else { continue };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let [state, code, error, description] = values;
        Some(Self {
            state: state.unwrap_or_default().into(),
            code: code.filter(|code| !code.is_empty()).map(SecretString::from),
            error,
            description: description.unwrap_or_default(),
        })
    }

    fn judged(self) -> (Page, Outcome) {
        let excerpt = |text: &str| Mask::default().and(&self.state).excerpt(text);
        if let Some(error) = &self.error {
            let (code, said) = (excerpt(error), excerpt(&self.description));
            return if code == "access_denied" {
                (Page::Denied, Outcome::Failed(SignInError::Denied { said }))
            } else {
                (Page::Refused { code: code.clone() }, Outcome::Failed(SignInError::Refused { code, said }))
            };
        }
        match self.code {
            Some(code) => (Page::Done, Outcome::Code(code)),
            None => (Page::NoCode, Outcome::Failed(SignInError::NoCode)),
        }
    }
}
