//! The shape of a wire format: data and pure functions. It does no I/O, so its tests are bytes in and values out.

use crate::domain::{ApiFormat, Endpoint, ImageKind, Prompt, Role, ServerToken, Unredacted};
use crate::net::{Frame, Framing};
use crate::privacy::{ClearedImage, Redacted, Request};
use serde_json::Value;
use std::time::Duration;

/// What a chat request is made from. The images belong to the last message.
pub type ChatCall = (Endpoint, Prompt<Redacted>, Vec<ClearedImage>);

/// Captures nothing, so that a request holds nothing but the call and constants.
pub type Encode = fn(&ChatCall) -> Request;

/// How one family of servers is spoken to.
#[derive(Debug)]
pub struct WireFormat {
    pub id: ApiFormat,
    pub framing: Framing,
    /// Below the base URL, where the provider has no path of its own. `{model}` stands for the model's path.
    pub chat_path: &'static str,
    /// `None` for servers that do not tell their models; those in `known_models` are all.
    pub models_path: Option<&'static str>,
    pub known_models: &'static [&'static str],
    /// The header of the key and what stands before the key, unless the settings say otherwise.
    pub key_header: (&'static str, &'static str),
    /// Sent with every request, names in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether a stream without its closing event has failed, even if it said why the model stopped.
    pub needs_end: bool,
    /// What a message may have images of, by the vendor's description; [`ChatCall`] has no others.
    pub images: &'static [ImageKind],
    /// Picks the encoder for a model with these quirks.
    pub chat: fn(Quirks) -> Encode,
    pub read: fn(&Frame) -> Result<Vec<Piece>, Fault>,
    /// Model names from the body of an answer; `None` when it is not such a list.
    pub models: fn(&Value) -> Option<Vec<String>>,
    /// Where the list goes on: a parameter of the query and its value.
    pub next_page: fn(&Value) -> Option<(&'static str, ServerToken)>,
}

/// For servers that send their list as a whole.
pub(super) const fn whole_list(_: &Value) -> Option<(&'static str, ServerToken)> {
    None
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
    /// Gemini's published interface knows no `alt=sse`, its guide does; without it a stream is a list that grows.
    AltSse,
}

impl Parameter {
    pub const ALL: &'static [Self] = &[Self::MaxTokens, Self::Temperature, Self::StreamOptions, Self::AltSse];

    /// As it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::Temperature => "temperature",
            Self::StreamOptions => "stream_options",
            Self::AltSse => "alt=sse",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }
}

/// What one model was found to refuse, a bit for each [`Parameter`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks(u8);

impl Quirks {
    pub const fn refuses(self, parameter: Parameter) -> bool {
        self.0 & 1 << parameter as u8 != 0
    }

    #[must_use]
    pub const fn with(self, parameter: Parameter) -> Self {
        Self(self.0 | 1 << parameter as u8)
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
    /// A content filter stopped the answer, with the filter's own words.
    Filtered(String),
    /// What the server wants to see with the next message of this conversation.
    Session(String),
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
    /// Reads the words of all formats.
    pub fn from_word(word: &str) -> Self {
        match word {
            "stop" | "end_turn" | "eos" | "stop_sequence" | "STOP" => Self::Stop,
            "length" | "max_tokens" | "model_length" | "MAX_TOKENS" | "model_context_window_exceeded" => Self::Length,
            "content_filter" | "refusal" => Self::Filtered,
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
    /// Where the error names an HTTP status, by its number or by the vendor's word for it.
    pub status: Option<u16>,
    pub code: String,
    pub kind: String,
    /// The parameter that is complained about.
    pub param: String,
    pub message: Unredacted,
    /// How long the server asks to wait, where it says so in the body.
    pub retry_after: Option<Duration>,
}

impl ServerError {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"message": "…"}`, `{"detail": …}`, `{"msg": "…"}` and a list of one
    /// of these; `None` for anything else.
    pub fn of(body: &Value) -> Option<Self> {
        let body = body.get(0).unwrap_or(body);
        let given = body.get("error").filter(|error| !error.is_null());
        if let Some(Value::String(message)) = given {
            return Some(Self { message: message.as_str().into(), ..Self::default() });
        }
        let error = given.unwrap_or(body);
        let named = ["message", "detail", "msg"].map(|name| error.get(name));
        let message = named.into_iter().flatten().find(|value| !value.is_null());
        if message.is_none() && given.is_none() {
            return None;
        }
        let code = word(error.get("code"));
        let kind = [error.get("type"), error.get("status")].map(word).into_iter().find(|kind| !kind.is_empty());
        let kind = kind.unwrap_or_default();
        Some(Self {
            status: code.parse().ok().filter(|status| (400..600).contains(status)).or_else(|| status_of(&kind)),
            kind,
            param: word(error.get("param")),
            message: word(message).into(),
            retry_after: asked_wait(error),
            code,
        })
    }

    /// Whether the message, in lower case, has one of these.
    pub fn mentions(&self, any_of: &[&str]) -> bool {
        let message = self.message.expose().to_lowercase();
        any_of.iter().any(|part| message.contains(part))
    }
}

/// The status that a vendor's word stands for, in streams that carry no status of their own.
///
/// Source: <https://docs.claude.com/en/api/errors>.
fn status_of(kind: &str) -> Option<u16> {
    Some(match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" => 500,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}

/// `{"details": [{"retryDelay": "34.07s"}]}`.
///
/// Source: <https://cloud.google.com/apis/design/errors>.
fn asked_wait(error: &Value) -> Option<Duration> {
    let details = error.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

/// The system text and the turns of a call, for formats that want the two apart: turns of one role in a row are one,
/// none is blank, and the user has the first word.
pub(super) fn apart(prompt: &Prompt<Redacted>) -> (String, Vec<(Role, String)>) {
    let mut system = String::new();
    let mut turns: Vec<(Role, String)> = Vec::new();
    for message in &prompt.messages {
        let text = message.text.as_str();
        if text.trim().is_empty() {
            continue;
        }
        let target = match (message.role, turns.last_mut()) {
            (Role::System, _) => &mut system,
            (role, Some((last, known))) if role == *last => known,
            (role, _) => {
                turns.push((role, text.to_owned()));
                continue;
            }
        };
        if !target.is_empty() {
            target.push_str("\n\n");
        }
        target.push_str(text);
    }
    if turns.first().is_some_and(|(role, _)| *role == Role::Assistant) {
        turns.insert(0, (Role::User, "(The beginning of the conversation is left out.)".to_owned()));
    }
    (system, turns)
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
            (json!({"status": false, "msg": "m"}), ("m", "false", "", None)),
            (
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}),
                ("m", "overloaded_error", "", Some(529)),
            ),
            (
                json!([{"error": {"code": 429, "message": "m", "status": "RESOURCE_EXHAUSTED"}}]),
                ("m", "RESOURCE_EXHAUSTED", "429", Some(429)),
            ),
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
    fn a_wait_may_stand_in_the_body() {
        let body = json!({"error": {"code": 429, "details": [{"@type": "x"}, {"retryDelay": "33.5s"}]}});
        assert_eq!(ServerError::of(&body).unwrap().retry_after, Some(Duration::from_secs(34)));
        let body = json!({"error": {"code": 429, "details": [{"retryDelay": "soon"}]}});
        assert_eq!(ServerError::of(&body).unwrap().retry_after, None);
    }

    #[test]
    fn turns_of_one_role_are_one_and_the_user_begins() {
        let redact = |text: &str| {
            let (vault, policy) = (crate::privacy::Vault::default(), crate::privacy::Policy::default());
            crate::privacy::Redactor::new(vault, policy).redact(&text.into()).unwrap()
        };
        let prompt = |turns: &[(Role, &str)]| Prompt {
            model: crate::domain::ModelId::parse("m").unwrap(),
            messages: turns
                .iter()
                .map(|(role, text)| crate::domain::Message { role: *role, text: redact(text) })
                .collect(),
            max_tokens: 1,
            temperature: None,
            context_window: None,
        };
        let (user, assistant) = (Role::User, Role::Assistant);
        let (system, turns) = apart(&prompt(&[
            (Role::System, "Be brief"),
            (user, "a"),
            (assistant, " "),
            (user, "b"),
            (assistant, "c"),
            (Role::System, "In English"),
        ]));
        assert_eq!(system, "Be brief\n\nIn English");
        assert_eq!(turns, [(user, "a\n\nb".to_owned()), (assistant, "c".to_owned())]);
        let (_, turns) = apart(&prompt(&[(assistant, "c"), (user, "d")]));
        assert_eq!(turns.iter().map(|(role, _)| *role).collect::<Vec<_>>(), [user, assistant, user]);
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
