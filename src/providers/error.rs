//! Why a provider gave no answer, and what the user can do about it.

use crate::domain::{ImageKind, OriginError};
use crate::net::{NetError, ProxyProblem, Stage};
use crate::privacy::PrivacyError;
use std::time::Duration;

/// Why a provider gave no answer, or only part of one.
///
/// `said` is a short excerpt of the server's own words with the key taken out; it may be empty.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider's address is not usable: {0}")]
    Address(#[from] OriginError),
    #[error("the provider's address still has parts in braces")]
    Unfilled,
    #[error("the provider has no model, or its name has characters that model names do not have")]
    NoModel,
    #[error("Ollama is not running at {host}")]
    OllamaNotRunning { host: String },
    /// The server could not be reached, or answered in a way that has nothing to do with models.
    #[error(transparent)]
    Net(NetError),
    #[error("{host} asks for a key, and none is stored{}", quoted(.said))]
    KeyMissing { host: String, said: String },
    /// Status 401.
    #[error("{host} does not accept the key{}", quoted(.said))]
    KeyRefused { host: String, said: String },
    /// Status 403.
    #[error("{host} does not permit this{}", quoted(.said))]
    Forbidden { host: String, said: String },
    /// A page for people came with a refusal: something on the way has answered.
    #[error("a web page came in place of an answer of {host} (status {status})")]
    Intercepted { host: String, status: u16 },
    #[error("{host} has no model of this name{}", quoted(.said))]
    ModelNotFound { host: String, said: String },
    /// Something answers, but not the interface of a model.
    #[error("no model interface at this address of {host} ({found})")]
    WrongUrl { host: String, found: WrongAnswer },
    #[error("the conversation is too long for the model{}", quoted(.said))]
    TooLong { said: String },
    /// Status 413.
    #[error("the request is larger than the server takes{}", quoted(.said))]
    TooLarge { said: String },
    /// Status 408.
    #[error("the server gave up waiting for the request{}", quoted(.said))]
    TooSlow { said: String },
    /// Status 429, and worth another try later.
    #[error("too many requests{}", quoted(.said))]
    RateLimited { retry_after: Option<Duration>, said: String },
    /// Status 402, or 429 because there is nothing left to spend.
    #[error("the quota is used up{}", quoted(.said))]
    QuotaUsedUp { said: String },
    /// Any other status from 400 to 499.
    #[error("the server refused the request (status {status}){}", quoted(.said))]
    Refused { status: u16, said: String },
    /// A status from 500 up.
    #[error("the server failed (status {status}){}", quoted(.said))]
    ServerFailed { status: u16, said: String },
    /// The server ended its answer with an error.
    #[error("the server broke off{}", quoted(.said))]
    BrokeOff { said: String },
    #[error("the server's answer could not be understood")]
    Malformed,
    /// The stream ended before the answer did. What came before is good.
    #[error("the answer is incomplete{}", .cause.as_ref().map_or_else(String::new, |cause| format!(": {cause}")))]
    Incomplete { cause: Option<NetError> },
    #[error("the answer is empty")]
    Empty,
    /// The model used up its tokens before the answer began.
    #[error("the model reached its limit of tokens before it answered")]
    OnlyReasoned,
    /// What came before is good, if anything did.
    #[error("the server's content filter stopped the answer{}", quoted(.said))]
    Filtered { said: String },
    /// The server says no in an answer that is well formed otherwise.
    #[error("the server declined{}", quoted(.said))]
    Declined { said: String },
    /// The server has no memory of this conversation any more.
    #[error("the server does not know this session any more{}", quoted(.said))]
    SessionGone { said: String },
    /// The request had images, and the model or the server cannot take any.
    #[error("this model cannot look at images{}", quoted(.said))]
    NoVision { said: String },
    /// The vendor's models look at images of other kinds only.
    #[error("this provider takes no {} images", .kind.label())]
    ImageKind { kind: ImageKind, takes: String },
    #[error(transparent)]
    Privacy(#[from] PrivacyError),
}

/// What was found in place of a model interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongAnswer {
    #[error("a web page")]
    WebPage,
    #[error("nothing: status 404")]
    Nothing,
    #[error("status 405")]
    MethodNotAllowed,
    #[error("a redirect")]
    Redirect,
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

impl ProviderError {
    /// What to do next, in one sentence without a period.
    pub fn advice(&self) -> String {
        match self {
            Self::Net(cause) => network_advice(cause).to_owned(),
            Self::RateLimited { retry_after: Some(wait), .. } => format!("Try again in {}", in_words(*wait)),
            Self::ImageKind { takes, .. } => {
                format!("Attach the picture as one of {takes}, or choose another provider")
            }
            _ => self.fixed_advice().to_owned(),
        }
    }

    /// Whether the same again may succeed without a change of settings.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::OllamaNotRunning { .. }
            | Self::RateLimited { .. }
            | Self::ServerFailed { .. }
            | Self::BrokeOff { .. }
            | Self::Incomplete { .. }
            | Self::Empty
            | Self::TooSlow { .. }
            | Self::SessionGone { .. } => true,
            Self::Net(cause) => matches!(
                cause,
                NetError::Connect { .. }
                    | NetError::Dns { .. }
                    | NetError::Timeout { .. }
                    | NetError::Broken { .. }
                    | NetError::Proxy { .. }
            ),
            Self::Address(_)
            | Self::Unfilled
            | Self::NoModel
            | Self::KeyMissing { .. }
            | Self::KeyRefused { .. }
            | Self::Forbidden { .. }
            | Self::Intercepted { .. }
            | Self::ModelNotFound { .. }
            | Self::WrongUrl { .. }
            | Self::TooLong { .. }
            | Self::TooLarge { .. }
            | Self::QuotaUsedUp { .. }
            | Self::Refused { .. }
            | Self::Malformed
            | Self::OnlyReasoned
            | Self::Filtered { .. }
            | Self::Declined { .. }
            | Self::NoVision { .. }
            | Self::ImageKind { .. }
            | Self::Privacy(_) => false,
        }
    }

    const fn fixed_advice(&self) -> &'static str {
        match self {
            Self::Address(_) => "Correct the base URL in the provider's settings",
            Self::Unfilled => "Replace the parts in braces with the names that the vendor gave you",
            Self::NoModel | Self::ModelNotFound { .. } => "Choose a model from the list in the provider's settings",
            Self::OllamaNotRunning { .. } => "Start Ollama, or open the Ollama page to install it",
            Self::KeyMissing { .. } => "Enter a key in the provider's settings",
            Self::KeyRefused { .. } => {
                "Check the key in the provider's settings; it may be mistyped, expired or revoked"
            }
            Self::Forbidden { .. } => {
                "Check the key, and in the vendor's portal whether it has access to this model and to your region"
            }
            Self::Intercepted { .. } => {
                "A proxy, a firewall or a sign-in page on the way may have answered: check the proxy under More in the provider's settings, or ask who runs the network"
            }
            Self::WrongUrl { .. } => {
                "Check the base URL in the provider's settings against its preset: most end in /v1, those of Anthropic, Gemini and Ollama have no path"
            }
            Self::TooLong { .. } => {
                "Set the context window in the provider's settings to what the server takes: log lines and old turns are then cut to fit. Or shorten the message, or choose a model with a larger context"
            }
            Self::TooLarge { .. } => {
                "Shorten the message, or set a smaller context window in the provider's settings, so that fewer log lines go along"
            }
            Self::TooSlow { .. } => "Try again; if it happens again, check the connection and the proxy",
            Self::RateLimited { .. } => "Wait a moment and try again",
            Self::QuotaUsedUp { .. } => "Check plan and billing with the vendor, or choose another provider",
            Self::Refused { .. } => "Check model and parameters in the provider's settings",
            Self::ServerFailed { .. } | Self::BrokeOff { .. } => "Try again later; the server's own log may say more",
            Self::Malformed => "Check that base URL and API format in the provider's settings belong together",
            Self::Incomplete { .. } => "Continue the answer, or try again",
            Self::Empty => "Try again, or choose another model",
            Self::OnlyReasoned => "Raise the most tokens in the provider's settings",
            Self::Filtered { .. } => "Rephrase the message, or choose another provider",
            Self::Declined { .. } => {
                "Check the model in the provider's settings, and in the vendor's portal whether the key has access to it"
            }
            Self::SessionGone { .. } => {
                "Send the message again: a new session begins, with the facts and a summary of what was said"
            }
            Self::NoVision { .. } => {
                "Choose a model with vision in the provider's settings, or send the question without the image and say in words what it shows"
            }
            Self::ImageKind { .. } => "Attach the picture in another format",
            Self::Privacy(_) => "Nothing was sent; try again with a shorter text",
            Self::Net(_) => "",
        }
    }
}

/// What [`NetError::advice`] says, with the places of the provider's settings.
const fn network_advice(cause: &NetError) -> &'static str {
    match cause {
        NetError::Offline { .. } => "Switch offline mode off in Settings, or choose a provider on this machine",
        NetError::Proxy { problem: ProxyProblem::Unreachable, .. } => {
            "Check the proxy's address under More in the provider's settings, or in the system's settings"
        }
        NetError::Proxy { problem: ProxyProblem::AuthRequired, .. } => {
            "Write user name and password into the proxy's address under More in the provider's settings: http://name:password@proxy:port"
        }
        NetError::Proxy { problem: ProxyProblem::Refused, .. } => {
            "Ask who runs the proxy to permit this server, or choose another way under More in the provider's settings"
        }
        NetError::BadProxy => "Correct the proxy's address under More in the provider's settings",
        NetError::Timeout { stage: Stage::FirstByte, .. } => {
            "Try again, or allow more time for the first byte in the provider's settings"
        }
        NetError::Status(_)
        | NetError::Redirect { .. }
        | NetError::TooLarge { .. }
        | NetError::ForeignAddress { .. } => "Check the base URL in the provider's settings",
        NetError::BadHeader { .. } => "Correct the headers in the provider's settings",
        NetError::BadKey => "Enter the key again in the provider's settings, without line breaks",
        NetError::Connect { .. }
        | NetError::Dns { .. }
        | NetError::Tls { .. }
        | NetError::Timeout { .. }
        | NetError::Broken { .. }
        | NetError::StaysHere { .. }
        | NetError::ExtraCa
        | NetError::TlsSetup => cause.advice(),
    }
}

fn in_words(wait: Duration) -> String {
    match wait.as_secs() {
        0 | 1 => "a second".to_owned(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}
