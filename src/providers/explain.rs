//! Turns what the wire gave into what it means.

use super::ProviderError;
use super::error::WrongAnswer;
use super::msi_genai::DECLINED;
use super::provider::{Parameter, Quirks, ServerError};
use crate::domain::ApiFormat;
use crate::net::{Mask, NetError, StatusAnswer};
use serde_json::Value;
use std::time::Duration;

/// What is said of a failure whose body is a page for people.
const PAGE: &str = "with a web page, as gateways on the way do";

/// What must be known of a call to explain its failure.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) format: ApiFormat,
    pub(super) host: String,
    pub(super) mask: Mask,
    pub(super) has_key: bool,
    pub(super) has_images: bool,
}

impl Context {
    /// What a failure on the wire means.
    pub(super) fn explain(&self, error: NetError) -> ProviderError {
        match error {
            NetError::Status(answer) => self.explain_status(&answer),
            NetError::Connect { host, refused: true, .. } if self.format == ApiFormat::Ollama => {
                ProviderError::OllamaNotRunning { host }
            }
            NetError::Redirect { host, .. } => ProviderError::WrongUrl { host, found: WrongAnswer::Redirect },
            other => ProviderError::Net(other),
        }
    }

    /// What an error in the middle of an answer means. A status may be given in its code.
    pub(super) fn explain_fault(&self, error: &ServerError) -> ProviderError {
        match error.status {
            Some(status) => self.classify(status, None, error),
            None if error.code == DECLINED => ProviderError::Declined { said: self.said(error) },
            None if self.has_images && is_about_images(error) => ProviderError::NoVision { said: self.said(error) },
            None if is_too_long(error) => ProviderError::TooLong { said: self.said(error) },
            None if is_quota(error, None) => ProviderError::QuotaUsedUp { said: self.said(error) },
            None => ProviderError::BrokeOff { said: self.said(error) },
        }
    }

    fn explain_status(&self, answer: &StatusAnswer) -> ProviderError {
        let host = self.host.clone();
        let is_page = is_web_page(&answer.content_type, answer.body.as_str().as_bytes());
        match server_error(answer) {
            Some(error) => self.classify(answer.code, answer.retry_after, &error),
            None if answer.code == 405 => ProviderError::WrongUrl { host, found: WrongAnswer::MethodNotAllowed },
            None if answer.code == 404 => {
                let found = if is_page { WrongAnswer::WebPage } else { WrongAnswer::Nothing };
                ProviderError::WrongUrl { host, found }
            }
            None if is_page && matches!(answer.code, 400..=403 | 406..=412 | 414..=428 | 430..=499) => {
                ProviderError::Intercepted { host, status: answer.code }
            }
            None => {
                let message = if is_page { PAGE } else { answer.body.as_str() };
                let error = ServerError { message: message.into(), ..ServerError::default() };
                self.classify(answer.code, answer.retry_after, &error)
            }
        }
    }

    fn classify(&self, status: u16, retry_after: Option<Duration>, error: &ServerError) -> ProviderError {
        let host = self.host.clone();
        let said = self.said(error);
        match status {
            _ if self.has_images && is_about_images(error) => ProviderError::NoVision { said },
            _ if is_too_long(error) => ProviderError::TooLong { said },
            413 => ProviderError::TooLarge { said },
            408 => ProviderError::TooSlow { said },
            400 if error.code == "content_filter" => ProviderError::Filtered { said },
            400 | 404 | 410 if self.lost_its_session(error) => ProviderError::SessionGone { said },
            // LiteLLM without a database looks a wrong key up in it. Google tells a wrong key by 400, a missing one by 403.
            400 if error.mentions(&["no connected db", "api key not valid", "api key expired"]) => {
                self.key_problem(said)
            }
            403 if error.mentions(&["unregistered callers"]) => self.key_problem(said),
            401 => self.key_problem(said),
            402 => ProviderError::QuotaUsedUp { said },
            400 if error.mentions(&["credit balance"]) => ProviderError::QuotaUsedUp { said },
            403 => ProviderError::Forbidden { host, said },
            404 if is_about_model(error) => ProviderError::ModelNotFound { host, said },
            404 => ProviderError::WrongUrl { host, found: WrongAnswer::Nothing },
            405 => ProviderError::WrongUrl { host, found: WrongAnswer::MethodNotAllowed },
            400 | 422 if is_unknown_model(error) => ProviderError::ModelNotFound { host, said },
            // A vendor that names a time to wait means a limit that passes, whatever it calls it.
            429 if is_quota(error, retry_after.or(error.retry_after)) => ProviderError::QuotaUsedUp { said },
            429 => ProviderError::RateLimited { retry_after: retry_after.or(error.retry_after), said },
            500.. => ProviderError::ServerFailed { status, said },
            _ => ProviderError::Refused { status, said },
        }
    }

    fn lost_its_session(&self, error: &ServerError) -> bool {
        self.format.keeps_history() && error.mentions(&["session"])
    }

    fn key_problem(&self, said: String) -> ProviderError {
        let host = self.host.clone();
        if self.has_key { ProviderError::KeyRefused { host, said } } else { ProviderError::KeyMissing { host, said } }
    }

    fn said(&self, error: &ServerError) -> String {
        self.mask.excerpt(error.message.expose())
    }
}

/// The parameter that is to be left out or renamed for this model from now on, if the server complains of one.
pub(super) fn refused_parameter(error: &NetError, known: Quirks, format: ApiFormat) -> Option<Parameter> {
    let NetError::Status(answer) = error else { return None };
    if !matches!(answer.code, 400 | 422) {
        return None;
    }
    let error = server_error(answer)?;
    let unknown = error.code == "unsupported_parameter"
        || error.mentions(&[
            "max_completion_tokens",
            "not supported",
            "unsupported",
            "not permitted",
            "not allowed",
            "unrecognized",
        ]);
    let named = |parameter: Parameter| error.param == parameter.as_str() || error.mentions(&[parameter.as_str()]);
    let refused = |parameter: Parameter| match parameter {
        // A limit that is merely too high must not be renamed.
        Parameter::MaxTokens => named(parameter) && unknown,
        // An answer does not need these, so any complaint is reason enough to leave them out.
        Parameter::Temperature | Parameter::StreamOptions => named(parameter),
        // Servers write it in many ways: `alt='sse'`, `Invalid value at 'alt'`. Elsewhere it is another `alt`.
        Parameter::AltSse if format != ApiFormat::Gemini => false,
        Parameter::AltSse => {
            error.param == "alt" || error.mentions(&["alt=sse", "alt='sse'", "alt=\"sse\"", "'alt'", "`alt`"])
        }
    };
    Parameter::ALL.iter().copied().find(|one| !known.refuses(*one) && refused(*one))
}

/// Whether a page for people came where an answer for programs was expected.
pub(super) fn is_web_page(content_type: &str, body: &[u8]) -> bool {
    matches!(content_type, "text/html" | "application/xhtml+xml") || body.trim_ascii_start().starts_with(b"<")
}

/// The failure with the wait that its body asks for, where no header does.
pub(super) fn with_asked_wait(error: NetError) -> NetError {
    let NetError::Status(mut answer) = error else { return error };
    if answer.retry_after.is_none() {
        answer.retry_after = server_error(&answer).and_then(|error| error.retry_after);
    }
    NetError::Status(answer)
}

fn server_error(answer: &StatusAnswer) -> Option<ServerError> {
    let body = serde_json::from_str::<Value>(answer.body.as_str()).ok()?;
    ServerError::of(&body)
}

fn is_too_long(error: &ServerError) -> bool {
    matches!(error.code.as_str(), "context_length_exceeded" | "string_above_max_length")
        || error.kind == "exceed_context_size_error"
        || error.mentions(&[
            "context length",
            "context size",
            "context window",
            "context_length",
            "context limit",
            "prompt is too long",
            "too large for model",
            "maximum number of tokens",
        ])
}

fn is_quota(error: &ServerError, wait: Option<Duration>) -> bool {
    let words = ["insufficient_quota", "billing_hard_limit_reached"];
    words.contains(&error.code.as_str())
        || words.contains(&error.kind.as_str())
        || wait.is_none()
            && error.mentions(&[
                "exceeded your current quota",
                "insufficient_quota",
                "out of credits",
                "credit balance",
            ])
}

/// Only asked where the request had images: a complaint that speaks of them is about them.
fn is_about_images(error: &ServerError) -> bool {
    error.mentions(&["image", "vision", "multimodal", "multi-modal", "mmproj", "content must be a string"])
}

/// A 404 that speaks of a model is about the model; any other is about the path.
fn is_about_model(error: &ServerError) -> bool {
    error.code == "model_not_found" || error.code == "DeploymentNotFound" || error.mentions(&["model", "deployment"])
}

fn is_unknown_model(error: &ServerError) -> bool {
    matches!(error.code.as_str(), "model_not_found" | "invalid_model")
        || error.kind == "invalid_model"
        || error.mentions(&["invalid model name", "invalid model:", "model not found", "is not a valid model"])
}
