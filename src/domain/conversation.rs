//! The chat of one issue with one provider.

use super::issue::words;
use super::{ConversationId, MessageId, ModelId, Proposal, Unredacted};
use jiff::Timestamp;
use std::time::Duration;

words! {
    /// Who speaks.
    Role {
        System = "system", "System";
        User = "user", "You";
        Assistant = "assistant", "Assistant";
    }
}

/// One turn. `T` says on which side of the privacy gate the text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<T> {
    pub role: Role,
    pub text: T,
}

/// Everything that a model is asked with. `T` says on which side of the privacy gate the text is.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt<T> {
    pub model: ModelId,
    /// The domain prompt first, then the turns, the newest last.
    pub messages: Vec<Message<T>>,
    pub max_tokens: u32,
    /// `None` leaves the choice to the server.
    pub temperature: Option<f32>,
    /// In tokens; used by Ollama, which otherwise cuts the prompt.
    pub context_window: Option<u32>,
}

impl<T> Prompt<T> {
    /// Converts every text, or none.
    pub fn try_map<U, E>(&self, mut convert: impl FnMut(&T) -> Result<U, E>) -> Result<Prompt<U>, E> {
        let messages =
            self.messages.iter().map(|message| Ok(Message { role: message.role, text: convert(&message.text)? }));
        Ok(Prompt {
            model: self.model.clone(),
            messages: messages.collect::<Result<_, E>>()?,
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            context_window: self.context_window,
        })
    }
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    /// Whether the server gave no count, so that these are estimates.
    pub estimated: bool,
}

words! {
    /// How far a message has come.
    MessageState {
        /// Text still arrives.
        Streaming = "streaming", "streaming";
        Complete = "complete", "complete";
        /// The stream broke, or the program ended; what came is kept.
        Incomplete = "incomplete", "incomplete";
        /// The user stopped it.
        Stopped = "stopped", "stopped";
    }
}

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub role: Role,
    /// What the user wrote, or the answer with its placeholders as the model wrote them.
    pub text: Unredacted,
    /// What the model thought before it answered, where it says so. It is shown folded and never sent again.
    pub reasoning: Unredacted,
    pub state: MessageState,
    /// The model or guide that answered.
    pub model: Option<String>,
    pub usage: Option<Usage>,
    /// What it cost at the prices of that time, in millionths of the currency. `None` without prices.
    pub cost_micros: Option<u64>,
    /// From sending to the end of the answer.
    pub took: Option<Duration>,
    /// What the answer proposed, as long as it was neither accepted nor declined.
    pub proposals: Vec<Proposal>,
    pub created_at: Timestamp,
}
