//! How large a context an Ollama is to make for a conversation.
//!
//! Ollama takes the size with each request (`options.num_ctx`), and memory for all of it at once; without it, it takes a
//! small one and cuts the start of the prompt in silence. So it is told what the conversation needs, within what the
//! model was made for.

use crate::domain::{ApiFormat, ModelId, ProviderConfig};
use crate::providers::OllamaServer;
use crate::worker::prompt::Budget;
use crate::worker::services::{ModelLimits, Session};
use std::time::Duration;
use tokio::time::timeout;

/// How long a model is waited for to say what it is: the chat itself will tell if nobody answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is used without being told to: a context takes memory besides the model, some 4 GB for a model of 8 billion
/// parameters at this length.
const AUTOMATIC_MOST: u32 = 32_768;

/// The sizes are powers of two from here on: a model is loaded anew for each other size, which takes many seconds.
const SMALLEST: u32 = 4_096;

/// What an image takes at most with the models that Ollama has: a large screenshot, in tiles.
const IMAGE_TOKENS: u32 = 2_048;

/// What the server wraps around the messages.
const FRAME_TOKENS: u32 = 256;

/// What the model of an Ollama says of itself; nothing for other servers, or when nobody answers.
pub(super) async fn limits_of(session: &Session, provider: &ProviderConfig, model: &ModelId) -> ModelLimits {
    if provider.api_format != ApiFormat::Ollama {
        return ModelLimits::default();
    }
    if let Some(known) = session.remembered_limits(&provider.base_url, model) {
        return known;
    }
    let Ok(server) = OllamaServer::at(&provider.base_url) else { return ModelLimits::default() };
    let asked = timeout(PATIENCE, session.providers().ollama_details(&server, model.clone())).await;
    let Ok(Ok(details)) = asked else { return ModelLimits::default() };
    let limits = ModelLimits { context: details.context, is_elsewhere: details.remote_host.is_some() };
    session.remember_limits(&provider.base_url, model, limits);
    limits
}

/// How many tokens a conversation with this model may take in all; `None` when nobody has said.
fn window(provider: &ProviderConfig, limits: ModelLimits) -> Option<u32> {
    match (provider.context_window, limits.context) {
        (Some(chosen), Some(limit)) => Some(chosen.min(limit)),
        (Some(chosen), None) => Some(chosen),
        (None, Some(limit)) => Some(limit.min(AUTOMATIC_MOST)),
        (None, None) => None,
    }
}

/// How many tokens of a conversation with this model go where.
pub(super) fn budget(provider: &ProviderConfig, limits: ModelLimits) -> Budget {
    Budget::new(window(provider, limits), provider.max_tokens, provider.is_local())
}

/// What to load the model with for a prompt of so many tokens, by estimate, so many images, and the longest answer.
pub(super) fn wanted((prompt_tokens, images): (u32, usize), budget: Budget) -> u32 {
    // An estimate by length is low for logs, whose numbers and paths take more tokens than words.
    let prompt = prompt_tokens.saturating_add(prompt_tokens / 4);
    let images = u32::try_from(images).unwrap_or(u32::MAX).saturating_mul(IMAGE_TOKENS);
    let need = prompt.saturating_add(images).saturating_add(budget.answer).saturating_add(FRAME_TOKENS);
    need.max(SMALLEST).checked_next_power_of_two().unwrap_or(u32::MAX).min(budget.window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProviderKind;

    #[test]
    fn the_context_is_what_the_conversation_needs_within_the_limit() {
        for (prompt, images, answer, window, expected) in [
            (500, 0, 1_000, 131_072, 4_096),
            (500, 2, 1_000, 131_072, 8_192),
            (3_000, 0, 4_096, 131_072, 8_192),
            (6_000, 0, 4_096, 131_072, 16_384),
            (6_000, 0, 4_096, 8_192, 8_192),
            (100, 0, 512, 2_048, 2_048),
            (u32::MAX, 9, 1, u32::MAX, u32::MAX),
        ] {
            let budget = Budget { window, prompt: window - answer, answer };
            assert_eq!(wanted((prompt, images), budget), expected, "{prompt} + {answer} of {window}");
        }
    }

    #[test]
    fn a_chosen_window_holds_and_the_model_s_limit_too() {
        let mut provider = ProviderConfig::new("o", ProviderKind::Ollama, "http://localhost:11434", "m");
        let limits = |context| ModelLimits { context, is_elsewhere: false };
        assert_eq!(window(&provider, limits(None)), None);
        assert_eq!(window(&provider, limits(Some(131_072))), Some(AUTOMATIC_MOST));
        assert_eq!(window(&provider, limits(Some(2_048))), Some(2_048));
        provider.context_window = Some(65_536);
        assert_eq!(window(&provider, limits(Some(131_072))), Some(65_536));
        assert_eq!(window(&provider, limits(Some(8_192))), Some(8_192));
        assert_eq!(window(&provider, limits(None)), Some(65_536));
    }
}
