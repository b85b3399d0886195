//! One sign-in, from the page that the browser shows to the tokens.

use super::client::{OAuthClient, Tokens};
use super::error::SignInError;
use super::listener::{Listener, Outcome, Registration};
use crate::net::Http;
use oauth2::PkceCodeVerifier;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

/// How long verifier and state are kept.
const LIMIT: Duration = Duration::from_mins(5);

/// A listener that was just closed frees its port a moment later.
const BIND_TRIES: u32 = 20;
const BIND_WAIT: Duration = Duration::from_millis(50);

/// Who waits for the browser, on which port.
///
/// Sign-ins on the same port share a listener; which one an answer belongs to is told by its state.
#[derive(Debug)]
pub struct Callbacks {
    limit: Duration,
    listeners: Mutex<HashMap<u16, Weak<Listener>>>,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self { limit: LIMIT, listeners: Mutex::default() }
    }
}

impl Callbacks {
    /// How long a sign-in may take, in place of five minutes.
    #[must_use]
    pub const fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Listens for the browser. Nothing is opened yet: the page is [`SignInFlow::url`].
    pub async fn begin(&self, client: OAuthClient, port: u16) -> Result<SignInFlow, SignInError> {
        let redirect = format!("http://localhost:{port}/callback");
        let challenge = client.challenge(&redirect)?;
        let listener = self.listener(port).await?;
        let (registration, outcome) = Listener::wait_for(&listener, challenge.state);
        let until = Instant::now() + self.limit;
        let (url, verifier) = (challenge.url, challenge.verifier);
        Ok(SignInFlow { client, url, redirect, verifier, until, limit: self.limit, registration, outcome })
    }

    async fn listener(&self, port: u16) -> Result<Arc<Listener>, SignInError> {
        let mut listeners = self.listeners.lock().await;
        if let Some(listener) = listeners.get(&port).and_then(Weak::upgrade) {
            return Ok(listener);
        }
        let mut tries = 0;
        let listener = loop {
            tries += 1;
            match Listener::bind(port) {
                Ok(listener) => break Arc::new(listener),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries < BIND_TRIES => sleep(BIND_WAIT).await,
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(SignInError::PortTaken { port }),
                Err(_) => return Err(SignInError::CannotListen { port }),
            }
        };
        listeners.insert(port, Arc::downgrade(&listener));
        Ok(listener)
    }
}

/// A sign-in that waits for the browser. Dropping it ends the wait and closes the listener.
pub struct SignInFlow {
    client: OAuthClient,
    url: String,
    redirect: String,
    verifier: PkceCodeVerifier,
    until: Instant,
    limit: Duration,
    registration: Registration,
    outcome: tokio::sync::oneshot::Receiver<Outcome>,
}

impl SignInFlow {
    /// The page to sign in, for the browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the browser comes back to; must be registered with the application exactly so.
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// How long it waits from its beginning.
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// Waits for the browser, then asks for the tokens.
    pub async fn finish(self, http: &Http) -> Result<Tokens, SignInError> {
        let outcome = timeout_at(self.until, self.outcome).await;
        // The listener stops at once, whatever came.
        drop(self.registration);
        let code = match outcome {
            Ok(Ok(Outcome::Code(code))) => code,
            Ok(Ok(Outcome::Failed(error))) => return Err(error),
            Ok(Err(_closed)) => return Err(SignInError::NoCode),
            Err(_elapsed) => return Err(SignInError::TimedOut),
        };
        self.client.exchange(http, (&code, &self.redirect), self.verifier).await
    }
}

/// Without the URL, which holds the state.
impl fmt::Debug for SignInFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignInFlow({})", self.redirect)
    }
}
