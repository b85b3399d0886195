//! What a server offers: its models, and whether an Ollama answers at all.

use super::error::WrongAnswer;
use super::explain::{Context, is_web_page};
use super::prepare::{credential, endpoint};
use super::{ProviderError, Providers, wire_format};
use crate::domain::{Endpoint, ProviderConfig, ProviderKind};
use crate::net::{Backoff, Limits, Mask};
use crate::privacy::Outbound;
use secrecy::SecretString;
use serde_json::Value;
use std::time::Duration;
use tokio::time::sleep;

/// How long a server on this machine may take to say what it is.
const DETECTION_WAIT: Duration = Duration::from_secs(2);

/// The most pages that a list is read of: more models than anybody has.
const PAGES_MAX: usize = 20;

/// How long a list may take.
const LIST_WAIT: Duration = Duration::from_secs(30);

/// What an Ollama says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OllamaVersion {
    pub version: String,
    /// Sorted.
    pub models: Vec<String>,
}

impl Providers {
    /// The names of the server's models, sorted.
    pub async fn list_models(
        &self,
        provider: &ProviderConfig,
        key: Option<SecretString>,
    ) -> Result<Vec<String>, ProviderError> {
        self.models(provider, key, self.backoff).await
    }

    /// As [`Self::list_models`], with as many retries as told.
    pub(super) async fn models(
        &self,
        provider: &ProviderConfig,
        key: Option<SecretString>,
        backoff: Backoff,
    ) -> Result<Vec<String>, ProviderError> {
        let wire = wire_format(provider.api_format);
        let Some(path) = wire.models_path else {
            return Ok(wire.known_models.iter().map(|model| (*model).to_owned()).collect());
        };
        let first = endpoint(provider, path)?;
        let mut page = first.clone();
        let mut models = Vec::new();
        for _ in 0..PAGES_MAX {
            let call = Call { provider, key: key.clone(), first_byte: LIST_WAIT, backoff };
            let body = self.get(call, &page).await?;
            models.extend((wire.models)(&body).ok_or(ProviderError::Malformed)?);
            let Some((parameter, next)) = (wire.next_page)(&body) else { break };
            page = first.clone().at_page(parameter, &next);
        }
        models.sort();
        models.dedup();
        Ok(models)
    }

    /// Asks an Ollama for its version and models. Any error means that none answers there.
    pub async fn detect_ollama(&self, base_url: &str) -> Result<OllamaVersion, ProviderError> {
        let provider = ProviderConfig::new("", ProviderKind::Ollama, base_url, "");
        let wire = wire_format(provider.api_format);
        let call = || Call { provider: &provider, key: None, first_byte: DETECTION_WAIT, backoff: Backoff::NEVER };
        let about = self.get(call(), &endpoint(&provider, "/api/version")?).await?;
        let version = about.get("version").and_then(Value::as_str).ok_or(ProviderError::Malformed)?.to_owned();
        let path = wire.models_path.ok_or(ProviderError::Malformed)?;
        let models = self.get(call(), &endpoint(&provider, path)?).await?;
        Ok(OllamaVersion { version, models: (wire.models)(&models).ok_or(ProviderError::Malformed)? })
    }

    async fn get(&self, call: Call<'_>, endpoint: &Endpoint) -> Result<Value, ProviderError> {
        let to = credential(call.provider, call.key)?;
        let host = to.origin.host().to_owned();
        let context = Context {
            format: call.provider.api_format,
            host: host.clone(),
            mask: Mask::of(&to),
            has_key: to.secret.is_some(),
            has_images: false,
        };
        let http = self.http.by_way_of(&call.provider.proxy);
        let mut attempt = 0;
        let response = loop {
            attempt += 1;
            match http.send(&to, Outbound::get(endpoint), Limits::whole(call.first_byte)).await {
                Ok(response) => break response,
                Err(error) => match call.backoff.wait(attempt, &error) {
                    Some(wait) => sleep(wait).await,
                    None => return Err(context.explain(error)),
                },
            }
        };
        let content_type = response.content_type();
        let body = response.text().await.map_err(|error| context.explain(error))?;
        if is_web_page(&content_type, body.as_bytes()) {
            return Err(ProviderError::WrongUrl { host, found: WrongAnswer::WebPage });
        }
        serde_json::from_str(&body).map_err(|_not_json| ProviderError::Malformed)
    }
}

struct Call<'a> {
    provider: &'a ProviderConfig,
    key: Option<SecretString>,
    first_byte: Duration,
    backoff: Backoff,
}
