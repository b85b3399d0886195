//! What an Ollama server has, holds in memory and fetches: everything about its models but the chat.
//!
//! Source: <https://docs.ollama.com/api>. Traps: the field is `model`; success of a pull is a line of its own, and a
//! failure is a line inside an answer that began well; a missing model is 404 with JSON, a missing path 404 with words;
//! a foreign `Host` or `Origin` gets 403 without a body.
mod answers;
mod pull;
mod recommend;
mod tally;

pub use self::answers::{InstalledModel, LoadedModel, ModelDetails};
pub use self::pull::Pull;
pub use self::recommend::{Fit, KnownModel, Recommendation, known_size_bytes, recommend};
pub use self::tally::{PullPhase, PullProgress};

use super::error::WrongAnswer;
use super::explain::{Context, is_web_page};
use super::{ProviderError, Providers};
use crate::domain::{ApiFormat, Credential, Endpoint, ModelId, Origin, ProviderConfig, ProviderKind};
use crate::net::{Limits, Mask};
use crate::privacy::{Method, Outbound, Request};
use serde_json::{Value, json};
use std::time::Duration;

/// Where an Ollama listens unless it was told otherwise.
pub const OLLAMA_URL: &str = "http://localhost:11434";

/// How long a server may take to say what it has. Reading the head of a large model takes some seconds.
const ANSWER_WAIT: Duration = Duration::from_secs(15);

/// How long it may take to say that it is there.
const STATUS_WAIT: Duration = Duration::from_secs(3);

/// What a request about one model is made from.
type ModelCall = (Endpoint, ModelId);

/// One Ollama server, by its address.
#[derive(Clone, Debug)]
pub struct OllamaServer {
    base: ProviderConfig,
    origin: Origin,
}

impl OllamaServer {
    /// `url` may have a path, for a server behind a proxy.
    pub fn at(url: &str) -> Result<Self, ProviderError> {
        let base = ProviderConfig::new("", ProviderKind::Ollama, url, "");
        let origin = base.origin()?;
        Ok(Self { base, origin })
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        self.origin.is_loopback()
    }

    /// Host and port, as `OLLAMA_HOST` takes them.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.origin.host(), self.origin.port())
    }

    pub fn host(&self) -> &str {
        self.origin.host()
    }

    fn endpoint(&self, path: &str) -> Result<Endpoint, ProviderError> {
        Ok(Endpoint::of(&self.base, path)?)
    }

    fn credential(&self) -> Credential {
        Credential::none(self.origin.clone())
    }

    fn context(&self) -> Context {
        Context {
            format: ApiFormat::Ollama,
            host: self.origin.host().to_owned(),
            mask: Mask::of(&self.credential()),
            has_key: false,
            has_images: false,
        }
    }
}

impl Providers {
    /// The version of the server.
    pub async fn ollama_version(&self, server: &OllamaServer) -> Result<String, ProviderError> {
        let request = Outbound::get(&server.endpoint("/api/version")?);
        let body = self.ask_ollama(server, request, STATUS_WAIT).await?;
        let version = json_of(&body)?.get("version").and_then(Value::as_str).map(str::to_owned);
        version.ok_or(ProviderError::Malformed)
    }

    /// The models that the server has, by name.
    pub async fn ollama_models(&self, server: &OllamaServer) -> Result<Vec<InstalledModel>, ProviderError> {
        let request = Outbound::get(&server.endpoint("/api/tags")?);
        let body = self.ask_ollama(server, request, ANSWER_WAIT).await?;
        answers::installed(&json_of(&body)?).ok_or(ProviderError::Malformed)
    }

    /// The models that the server holds in memory now.
    pub async fn ollama_loaded(&self, server: &OllamaServer) -> Result<Vec<LoadedModel>, ProviderError> {
        let request = Outbound::get(&server.endpoint("/api/ps")?);
        let body = self.ask_ollama(server, request, ANSWER_WAIT).await?;
        answers::loaded(&json_of(&body)?).ok_or(ProviderError::Malformed)
    }

    pub async fn ollama_details(&self, server: &OllamaServer, model: ModelId) -> Result<ModelDetails, ProviderError> {
        let call = (server.endpoint("/api/show")?, model);
        let request = Outbound::encode(&call, |(endpoint, model): &ModelCall| {
            Request::post_json(endpoint, json!({"model": model.as_str()}).to_string())
        });
        let body = self.ask_ollama(server, request, ANSWER_WAIT).await?;
        answers::details(&json_of(&body)?).ok_or(ProviderError::Malformed)
    }

    /// Deletes a model from the server's disk.
    pub async fn ollama_delete(&self, server: &OllamaServer, model: ModelId) -> Result<(), ProviderError> {
        let call = (server.endpoint("/api/delete")?, model);
        let request = Outbound::encode(&call, |(endpoint, model): &ModelCall| Request {
            method: Method::Delete,
            ..Request::post_json(endpoint, json!({"model": model.as_str()}).to_string())
        });
        self.ask_ollama(server, request, ANSWER_WAIT).await.map(drop)
    }

    /// Takes a model out of memory; it stays on disk.
    pub async fn ollama_unload(&self, server: &OllamaServer, model: ModelId) -> Result<(), ProviderError> {
        let call = (server.endpoint("/api/generate")?, model);
        let request = Outbound::encode(&call, |(endpoint, model): &ModelCall| {
            let body = json!({"model": model.as_str(), "keep_alive": 0, "stream": false});
            Request::post_json(endpoint, body.to_string())
        });
        self.ask_ollama(server, request, ANSWER_WAIT).await.map(drop)
    }

    /// Sends one request and reads the whole answer.
    async fn ask_ollama(
        &self,
        server: &OllamaServer,
        request: Outbound,
        first_byte: Duration,
    ) -> Result<String, ProviderError> {
        let context = server.context();
        let sent = self.http.send(&server.credential(), request, Limits::whole(first_byte)).await;
        let response = sent.map_err(|error| context.explain(error))?;
        let content_type = response.content_type();
        let body = response.text().await.map_err(|error| context.explain(error))?;
        if is_web_page(&content_type, body.as_bytes()) {
            return Err(ProviderError::WrongUrl { host: context.host, found: WrongAnswer::WebPage });
        }
        Ok(body)
    }
}

fn json_of(body: &str) -> Result<Value, ProviderError> {
    serde_json::from_str(body).map_err(|_not_json| ProviderError::Malformed)
}
