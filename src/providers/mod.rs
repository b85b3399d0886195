//! AI providers: one wire format a file, presets as data, and one driver for all of them.
//!
//! To add a wire format: a variant of [`crate::domain::ApiFormat`], a file with a `WireFormat` constant, and one line
//! in [`wire_format`].
mod anthropic;
mod chat;
mod error;
mod explain;
mod gemini;
mod models;
mod msi_genai;
mod ollama;
mod ollama_server;
mod openai;
mod prepare;
mod presets;
mod provider;
mod test;
mod thinking;

pub use self::chat::{Answer, Chat, Delta};
pub use self::error::{ProviderError, WrongAnswer};
pub use self::models::OllamaVersion;
pub use self::ollama_server::{
    Fit, InstalledModel, KnownModel, LoadedModel, ModelDetails, OLLAMA_URL, OllamaServer, Pull, PullPhase,
    PullProgress, Recommendation, known_size_bytes, recommend,
};
pub use self::prepare::{Lesson, Prepared, Providers, Sent};
pub use self::presets::{PRESETS, Preset};
pub use self::provider::{ChatCall, Encode, Fault, FinishReason, Parameter, Piece, Quirks, ServerError, WireFormat};
pub use self::test::Step;

use crate::domain::ApiFormat;

/// The registry.
pub const fn wire_format(format: ApiFormat) -> &'static WireFormat {
    match format {
        ApiFormat::OpenAi => &openai::FORMAT,
        ApiFormat::Ollama => &ollama::FORMAT,
        ApiFormat::Anthropic => &anthropic::FORMAT,
        ApiFormat::Gemini => &gemini::FORMAT,
        ApiFormat::MsiGenai => &msi_genai::FORMAT,
    }
}
