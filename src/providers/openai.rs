//! The chat-completions format that `OpenAI` began and most servers speak, local ones included.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat>. Servers differ in what they leave out, so every
//! field of an answer is optional here.

use super::provider::{
    ChatCall, Encode, Fault, FinishReason, Parameter, Piece, Quirks, ServerError, WireFormat, names, whole_list,
};
use crate::domain::{ApiFormat, ImageKind};
use crate::net::{Frame, Framing};
use crate::privacy::{ClearedImage, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) static FORMAT: WireFormat = WireFormat {
    id: ApiFormat::OpenAi,
    framing: Framing::Events,
    chat_path: "/chat/completions",
    models_path: Some("/models"),
    known_models: &[],
    key_header: ("authorization", "Bearer "),
    headers: &[],
    needs_end: false,
    images: ImageKind::ALL,
    chat: encoder,
    read,
    models,
    next_page: whole_list,
};

/// One function for each combination, since an encoder may capture nothing.
const fn encoder(quirks: Quirks) -> Encode {
    let old = !quirks.refuses(Parameter::MaxTokens);
    let options = !quirks.refuses(Parameter::StreamOptions);
    match (old, options, !quirks.refuses(Parameter::Temperature)) {
        (true, true, true) => encode::<true, true, true>,
        (true, true, false) => encode::<true, true, false>,
        (true, false, true) => encode::<true, false, true>,
        (true, false, false) => encode::<true, false, false>,
        (false, true, true) => encode::<false, true, true>,
        (false, true, false) => encode::<false, true, false>,
        (false, false, true) => encode::<false, false, true>,
        (false, false, false) => encode::<false, false, false>,
    }
}

fn encode<const OLD_MAX_TOKENS: bool, const OPTIONS: bool, const TEMPERATURE: bool>(call: &ChatCall) -> Request {
    let (endpoint, prompt, images) = call;
    let mut messages: Vec<Value> = prompt
        .messages
        .iter()
        .map(|message| json!({"role": message.role.as_str(), "content": message.text.as_str()}))
        .collect();
    if let Some(content) = messages.last_mut().and_then(|last| last.get_mut("content")).filter(|_| !images.is_empty()) {
        let text = json!({"type": "text", "text": content.take()});
        *content = std::iter::once(text).chain(images.iter().map(image_part)).collect();
    }
    let limit = if OLD_MAX_TOKENS { "max_tokens" } else { "max_completion_tokens" };
    let mut body = Map::new();
    body.insert("model".to_owned(), prompt.model.as_str().into());
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), true.into());
    body.insert(limit.to_owned(), prompt.max_tokens.into());
    if OPTIONS {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    if let Some(temperature) = prompt.temperature.filter(|_| TEMPERATURE) {
        body.insert("temperature".to_owned(), decimal(temperature));
    }
    Request::post_json(endpoint, Value::Object(body).to_string())
}

/// Without a name and in the body itself: no other server is asked for it.
fn image_part(image: &ClearedImage) -> Value {
    let url = format!("data:{};base64,{}", image.kind().media_type(), STANDARD.encode(image.bytes()));
    json!({"type": "image_url", "image_url": {"url": url}})
}

/// `0.7`, not `0.699999988079071`.
pub(super) fn decimal(value: f32) -> Value {
    Value::from((f64::from(value) * 1000.0).round() / 1000.0)
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Turn>,
    /// A server that was asked to stream and does not sends a whole message instead.
    message: Option<Turn>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Turn {
    content: Option<Content>,
    refusal: Option<String>,
    reasoning_content: Option<String>,
    /// Other servers' names for the same; some send two of them.
    reasoning: Option<Value>,
    thinking: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// Mistral's reasoning models send lists of these.
#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    #[serde(default)]
    thinking: Vec<Self>,
}

#[derive(Deserialize)]
struct Counts {
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
}

fn read(frame: &Frame) -> Result<Vec<Piece>, Fault> {
    if frame.data.trim() == "[DONE]" {
        return Ok(vec![Piece::End]);
    }
    let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(Fault::Malformed) };
    if body.get("choices").is_none()
        && let Some(error) = ServerError::of(&body)
    {
        return Err(Fault::Server(error));
    }
    let Ok(chunk) = serde_json::from_value::<Chunk>(body) else { return Err(Fault::Malformed) };
    let mut pieces = Vec::new();
    for choice in chunk.choices {
        if let Some(turn) = choice.delta.or(choice.message) {
            read_turn(turn, &mut pieces);
        }
        pieces.extend(choice.finish_reason.map(|word| Piece::Finish(FinishReason::from_word(&word))));
    }
    if let Some(Counts { prompt_tokens: prompt, completion_tokens: completion }) = chunk.usage {
        pieces.push(Piece::Usage { prompt, completion });
    }
    Ok(pieces)
}

fn read_turn(turn: Turn, pieces: &mut Vec<Piece>) {
    let other =
        || [turn.reasoning, turn.thinking].into_iter().flatten().find_map(|text| text.as_str().map(str::to_owned));
    pieces.extend(turn.reasoning_content.filter(|text| !text.is_empty()).or_else(other).map(reasoning));
    match turn.content {
        Some(Content::Text(content)) => pieces.push(text(content)),
        Some(Content::Parts(parts)) => {
            for part in parts {
                pieces.extend(part.thinking.into_iter().filter_map(|part| part.text).map(reasoning));
                pieces.extend(part.text.map(text));
            }
        }
        None => {}
    }
    pieces.extend(turn.refusal.map(text));
}

fn text(text: String) -> Piece {
    Piece::Text(text.into())
}

fn reasoning(text: String) -> Piece {
    Piece::Reasoning(text.into())
}

/// `{"data": [{"id": …}]}`; some servers send the bare list.
fn models(body: &Value) -> Option<Vec<String>> {
    names(body.get("data").unwrap_or(body), "id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(data: &str) -> Result<Vec<Piece>, Fault> {
        read(&Frame { event: String::new(), data: data.to_owned() })
    }

    #[test]
    fn deltas_are_read_in_all_their_odd_forms() {
        let usage = |prompt, completion| Piece::Usage { prompt, completion };
        let cases = [
            (r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#, vec![]),
            (r#"{"choices":[{"delta":{"role":"assistant"}}]}"#, vec![]),
            (r#"{"choices":[{"index":0}]}"#, vec![]),
            (r#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}"#, vec![text("Hi".into())]),
            (r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#, vec![Piece::Finish(FinishReason::Length)]),
            (r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#, vec![usage(Some(3), Some(4))]),
            (r#"{"choices":[],"usage":{"prompt_tokens":3}}"#, vec![usage(Some(3), None)]),
            (r#"{"choices":[],"usage":null}"#, vec![]),
            (r#"{"choices":[],"prompt_filter_results":[]}"#, vec![]),
            (r#"{"choices":[{"delta":{"reasoning_content":"Hm"}}]}"#, vec![reasoning("Hm".into())]),
            (
                r#"{"choices":[{"delta":{"reasoning":"Hm","content":""}}]}"#,
                vec![reasoning("Hm".into()), text(String::new())],
            ),
            (
                r#"{"choices":[{"delta":{"reasoning":"Hm","reasoning_content":"Hm","reasoning_details":[{}]}}]}"#,
                vec![reasoning("Hm".into())],
            ),
            (r#"{"choices":[{"delta":{"thinking":"Hm","reasoning":null}}]}"#, vec![reasoning("Hm".into())]),
            (
                r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},{"type":"text","text":"Hi"}]}}]}"#,
                vec![reasoning("Hm".into()), text("Hi".into())],
            ),
            (
                r#"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#,
                vec![text("whole".into()), Piece::Finish(FinishReason::Stop)],
            ),
            ("[DONE]", vec![Piece::End]),
            (" [DONE] ", vec![Piece::End]),
        ];
        for (data, expected) in cases {
            assert_eq!(pieces(data), Ok(expected), "{data}");
        }
    }

    #[test]
    fn what_is_not_a_chunk_is_malformed() {
        for data in ["", "{", "5", "<html>", r#"{"choices":5}"#, r#"{"choices":[{"delta":{"content":5}}]}"#] {
            assert_eq!(pieces(data), Err(Fault::Malformed), "{data}");
        }
    }

    #[test]
    fn an_error_in_the_stream_is_told_apart() {
        let Err(Fault::Server(error)) = pieces(r#"{"error":{"message":"overloaded","code":503}}"#) else {
            panic!("no error")
        };
        assert_eq!((error.status, error.message.expose()), (Some(503), "overloaded"));
    }

    #[test]
    fn model_lists_come_with_and_without_a_wrapper() {
        let expected = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(models(&json!({"data": [{"id": "b"}, {"id": "a"}, {"id": "a"}, {}]})), expected);
        assert_eq!(models(&json!([{"id": "a"}, {"id": "b"}])), expected);
        assert_eq!(models(&json!({"message": "x"})), None);
    }
}
