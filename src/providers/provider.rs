//! The shape of a wire format: data and pure functions. It does no I/O, so its tests are bytes in and values out.

use crate::domain::{ApiFormat, Endpoint, Prompt, Unredacted};
use crate::net::{Frame, Framing};
use crate::privacy::{ClearedImage, Redacted, Request};
use serde_json::Value;

/// What a chat request is made from. The images belong to the last message.
pub type ChatCall = (Endpoint, Prompt<Redacted>, Vec<ClearedImage>);

/// Captures nothing, so that a request holds nothing but the call and constants.
pub type Encode = fn(&ChatCall) -> Request;

/// How one family of servers is spoken to.
#[derive(Debug)]
pub struct WireFormat {
    pub id: ApiFormat,
    pub framing: Framing,
    /// Below the base URL, where the provider has no path of its own.
    pub chat_path: &'static str,
    pub models_path: &'static str,
    /// Whether a message may have images; [`ChatCall`] has none otherwise.
    pub takes_images: bool,
    /// Picks the encoder for a model with these quirks.
    pub chat: fn(Quirks) -> Encode,
    pub read: fn(&Frame) -> Result<Vec<Piece>, Fault>,
    /// Model names from the body of an answer; `None` when it is not such a list.
    pub models: fn(&Value) -> Option<Vec<String>>,
}

/// A parameter that a model may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Newer models of `OpenAI` take `max_completion_tokens` in place of `max_tokens`.
    MaxTokens,
    /// Reasoning models take none but their own.
    Temperature,
    /// Older servers do not know `stream_options`, which asks for the usage.
    StreamOptions,
}

impl Parameter {
    pub const ALL: &'static [Self] = &[Self::MaxTokens, Self::Temperature, Self::StreamOptions];

    /// As it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::Temperature => "temperature",
            Self::StreamOptions => "stream_options",
        }
    }
}

/// What one model was found to refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    max_tokens: bool,
    temperature: bool,
    stream_options: bool,
}

impl Quirks {
    pub const fn refuses(self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::MaxTokens => self.max_tokens,
            Parameter::Temperature => self.temperature,
            Parameter::StreamOptions => self.stream_options,
        }
    }

    #[must_use]
    pub const fn with(mut self, parameter: Parameter) -> Self {
        match parameter {
            Parameter::MaxTokens => self.max_tokens = true,
            Parameter::Temperature => self.temperature = true,
            Parameter::StreamOptions => self.stream_options = true,
        }
        self
    }
}

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(Unredacted),
    /// What the model thought before it answered.
    Reasoning(Unredacted),
    /// Counts that this frame gives; later ones replace earlier ones.
    Usage {
        prompt: Option<u32>,
        completion: Option<u32>,
    },
    /// The text is whole.
    Finish(FinishReason),
    /// Nothing more will come.
    End,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything.
    Stop,
    /// The most tokens, or the end of the context window, was reached.
    Length,
    /// The server's content filter stopped it.
    Filtered,
    Other,
}

impl FinishReason {
    /// Reads the words of both formats.
    pub fn from_word(word: &str) -> Self {
        match word {
            "stop" | "end_turn" | "eos" => Self::Stop,
            "length" | "max_tokens" | "model_length" => Self::Length,
            "content_filter" => Self::Filtered,
            _ => Self::Other,
        }
    }
}

/// A frame that carries no part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not what the format says.
    Malformed,
    /// The server reports a failure in the middle of its answer.
    Server(ServerError),
}

/// A vendor's error object, in whatever of the known shapes. `Debug` prints no message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerError {
    /// Where `code` is an HTTP status.
    pub status: Option<u16>,
    pub code: String,
    pub kind: String,
    /// The parameter that is complained about.
    pub param: String,
    pub message: Unredacted,
}

impl ServerError {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"message": "…"}`, `{"detail": …}`; `None` for anything else.
    pub fn of(body: &Value) -> Option<Self> {
        let given = body.get("error").filter(|error| !error.is_null());
        if let Some(Value::String(message)) = given {
            return Some(Self { message: message.as_str().into(), ..Self::default() });
        }
        let error = given.unwrap_or(body);
        let message = [error.get("message"), error.get("detail")].into_iter().flatten().find(|value| !value.is_null());
        if message.is_none() && given.is_none() {
            return None;
        }
        let code = word(error.get("code"));
        Some(Self {
            status: code.parse().ok().filter(|status| (400..600).contains(status)),
            kind: word(error.get("type")),
            param: word(error.get("param")),
            message: word(message).into(),
            code,
        })
    }

    /// Whether the message, in lower case, has one of these.
    pub fn mentions(&self, any_of: &[&str]) -> bool {
        let message = self.message.expose().to_lowercase();
        any_of.iter().any(|part| message.contains(part))
    }
}

/// A string as it is, a number or list as JSON, and nothing for null and for the word that some proxies send for it.
fn word(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(word)) if word == "None" => String::new(),
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
    }
}

/// The list of `rows[..].name`, sorted, each once.
pub(super) fn names(rows: &Value, name: &str) -> Option<Vec<String>> {
    let rows = rows.as_array()?.iter();
    let mut names: Vec<String> = rows.filter_map(|row| row.get(name)?.as_str().map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_are_read_in_every_known_shape() {
        let cases = [
            (json!({"error": {"message": "m", "type": "t", "param": null, "code": "c"}}), ("m", "t", "c", None)),
            (
                json!({"error": {"message": "m", "type": "None", "param": "None", "code": "429"}}),
                ("m", "", "429", Some(429)),
            ),
            (json!({"error": {"code": 503, "message": "m", "type": "t"}}), ("m", "t", "503", Some(503))),
            (json!({"error": {"code": null, "message": "m"}}), ("m", "", "", None)),
            (json!({"error": "m"}), ("m", "", "", None)),
            (json!({"error": {}}), ("", "", "", None)),
            (json!({"object": "error", "message": "m", "type": "t", "code": 400}), ("m", "t", "400", Some(400))),
            (json!({"detail": "m"}), ("m", "", "", None)),
        ];
        for (body, (message, kind, code, status)) in cases {
            let error = ServerError::of(&body).unwrap();
            assert_eq!(
                (error.message.expose(), error.kind.as_str(), error.code.as_str()),
                (message, kind, code),
                "{body}"
            );
            assert_eq!(error.status, status, "{body}");
        }
    }

    #[test]
    fn an_answer_is_not_an_error() {
        for body in [json!({"choices": []}), json!({"error": null, "choices": []}), json!("text"), json!(null)] {
            assert_eq!(ServerError::of(&body), None, "{body}");
        }
    }

    #[test]
    fn a_quirk_is_remembered_beside_others() {
        let quirks = Quirks::default().with(Parameter::Temperature);
        let refused: Vec<_> = Parameter::ALL.iter().filter(|one| quirks.refuses(**one)).collect();
        assert_eq!(refused, [&Parameter::Temperature]);
        assert!(quirks.with(Parameter::MaxTokens).refuses(Parameter::Temperature));
    }
}
