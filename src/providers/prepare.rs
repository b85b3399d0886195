//! Makes a request that can be looked at and recorded before it is sent.

use super::provider::{ChatCall, Parameter, Quirks, WireFormat};
use super::{ProviderError, wire_format};
use crate::domain::{Credential, Endpoint, ModelId, Prompt, ProviderConfig};
use crate::net::{Backoff, Http, Refusal};
use crate::privacy::{ClearedImage, Outbound, Redacted};
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Speaks to every configured provider, and remembers what their models refuse. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Providers {
    pub(super) http: Http,
    pub(super) backoff: Backoff,
    learned: Arc<Mutex<HashMap<(String, ModelId), Quirks>>>,
}

/// A chat request, ready to be looked at, recorded and sent.
#[derive(Clone)]
pub struct Prepared {
    pub(super) wire: &'static WireFormat,
    /// Without the key.
    pub(super) credential: Credential,
    pub(super) base_url: String,
    pub(super) call: ChatCall,
    pub(super) quirks: Quirks,
    pub(super) outbound: Outbound,
    pub(super) first_byte: Duration,
    pub(super) retries: bool,
}

/// What goes on the wire: for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub host: String,
    /// Of the body.
    pub bytes: usize,
    /// Of the body, in hex.
    pub body_sha256: String,
}

impl Providers {
    /// What the offline switch has prevented since this was last asked, oldest first.
    pub fn take_refused(&self) -> Vec<Refusal> {
        self.http.take_refused()
    }

    /// The one door to the network, for whoever else goes through it.
    pub const fn http(&self) -> &Http {
        &self.http
    }

    pub fn new(http: Http) -> Self {
        Self { http, backoff: Backoff::default(), learned: Arc::default() }
    }

    #[must_use]
    pub const fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The request for this prompt, to the letter. Sends nothing.
    pub fn prepare(&self, provider: &ProviderConfig, prompt: Prompt<Redacted>) -> Result<Prepared, ProviderError> {
        self.prepare_with_images(provider, prompt, Vec::new())
    }

    /// As [`Self::prepare`], with images beside the last message.
    pub fn prepare_with_images(
        &self,
        provider: &ProviderConfig,
        prompt: Prompt<Redacted>,
        images: Vec<ClearedImage>,
    ) -> Result<Prepared, ProviderError> {
        let wire = wire_format(provider.api_format);
        if !wire.takes_images && !images.is_empty() {
            return Err(ProviderError::NoVision { said: String::new() });
        }
        let quirks = self.quirks(&provider.base_url, &prompt.model);
        let call = (endpoint(provider, &chat_path(provider))?, prompt, images);
        Ok(Prepared {
            wire,
            credential: credential(provider, None)?,
            base_url: provider.base_url.clone(),
            outbound: Outbound::encode(&call, (wire.chat)(quirks)),
            call,
            quirks,
            first_byte: Duration::from_secs(provider.first_byte_timeout_secs.into()),
            retries: true,
        })
    }

    fn quirks(&self, base_url: &str, model: &ModelId) -> Quirks {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.get(&(base_url.to_owned(), model.clone())).copied().unwrap_or_default()
    }

    pub(super) fn learn(&self, base_url: &str, model: &ModelId, quirks: Quirks) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.insert((base_url.to_owned(), model.clone()), quirks);
    }
}

impl Prepared {
    /// What [`Providers::chat`] would put on the wire.
    pub fn sent(&self) -> Sent {
        Sent {
            host: self.credential.origin.host().to_owned(),
            bytes: self.outbound.request().body.len(),
            body_sha256: self.outbound.body_sha256(),
        }
    }

    /// Makes the first failure final.
    #[must_use]
    pub(super) const fn without_retries(mut self) -> Self {
        self.retries = false;
        self
    }

    pub(super) fn correct(&mut self, parameter: Parameter) {
        self.quirks = self.quirks.with(parameter);
        self.outbound = Outbound::encode(&self.call, (self.wire.chat)(self.quirks));
    }
}

/// Without the text of the prompt.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("sent", &self.sent()).field("quirks", &self.quirks).finish_non_exhaustive()
    }
}

/// Where the key goes.
pub(super) fn credential(provider: &ProviderConfig, key: Option<SecretString>) -> Result<Credential, ProviderError> {
    if provider.base_url.contains(['{', '}']) {
        return Err(ProviderError::Unfilled);
    }
    Ok(Credential {
        origin: provider.origin()?,
        header: provider.custom_auth_header.as_deref().unwrap_or("authorization").trim().to_ascii_lowercase(),
        prefix: provider.custom_auth_prefix.clone().unwrap_or_else(|| "Bearer ".to_owned()),
        secret: key,
    })
}

fn chat_path(provider: &ProviderConfig) -> String {
    let own = provider.custom_endpoint_path.as_deref().map(str::trim).filter(|path| !path.is_empty());
    match own {
        Some(path) if path.starts_with('/') => path.to_owned(),
        Some(path) => format!("/{path}"),
        None => wire_format(provider.api_format).chat_path.to_owned(),
    }
}

/// `below` the base URL. Vendors show their chat URL in full, so a base URL that already ends with it is shortened.
pub(super) fn endpoint(provider: &ProviderConfig, below: &str) -> Result<Endpoint, ProviderError> {
    let mut base = provider.clone();
    if let Ok(mut url) = Url::parse(&provider.base_url) {
        let path = url.path().trim_end_matches('/').to_owned();
        if let Some(shorter) = path.strip_suffix(&chat_path(provider)) {
            url.set_path(shorter);
            base.base_url = url.into();
        }
    }
    Ok(Endpoint::of(&base, below)?)
}
