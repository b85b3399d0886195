//! Anthropic's messages format: typed events, the system text in a field of its own.
//!
//! Source: <https://docs.claude.com/en/api/messages> and <https://docs.claude.com/en/api/messages-streaming>.

use super::openai::decimal;
use super::provider::{
    ChatCall, Encode, Fault, FinishReason, Parameter, Piece, Quirks, ServerError, WireFormat, apart, names,
};
use crate::domain::{ApiFormat, ImageKind, ServerToken};
use crate::net::{Frame, Framing};
use crate::privacy::{ClearedImage, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

pub(super) static FORMAT: WireFormat = WireFormat {
    id: ApiFormat::Anthropic,
    framing: Framing::Events,
    chat_path: "/v1/messages",
    models_path: Some("/v1/models?limit=1000"),
    known_models: &[],
    key_header: ("x-api-key", ""),
    headers: &[("anthropic-version", "2023-06-01")],
    needs_end: true,
    images: ImageKind::ALL,
    chat: encoder,
    read,
    models,
    next_page,
};

const fn encoder(quirks: Quirks) -> Encode {
    if quirks.refuses(Parameter::Temperature) { encode::<false> } else { encode::<true> }
}

fn encode<const TEMPERATURE: bool>(call: &ChatCall) -> Request {
    let (endpoint, prompt, images) = call;
    let (system, turns) = apart(prompt);
    let mut messages: Vec<Value> =
        turns.into_iter().map(|(role, text)| json!({"role": role.as_str(), "content": text})).collect();
    if let Some(content) = messages.last_mut().and_then(|last| last.get_mut("content")).filter(|_| !images.is_empty()) {
        // The vendor asks for pictures before the words about them.
        let text = json!({"type": "text", "text": content.take()});
        *content = images.iter().map(image_block).chain([text]).collect();
    }
    let mut body = Map::new();
    body.insert("model".to_owned(), prompt.model.as_str().into());
    body.insert("max_tokens".to_owned(), prompt.max_tokens.into());
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), true.into());
    if !system.is_empty() {
        body.insert("system".to_owned(), system.into());
    }
    if let Some(temperature) = prompt.temperature.filter(|_| TEMPERATURE) {
        // Others go up to 2, this one to 1.
        body.insert("temperature".to_owned(), decimal(temperature.min(1.0)));
    }
    Request::post_json(endpoint, Value::Object(body).to_string())
}

/// Without a name and in the body itself: no other server is asked for it.
fn image_block(image: &ClearedImage) -> Value {
    let data = STANDARD.encode(image.bytes());
    json!({"type": "image", "source": {"type": "base64", "media_type": image.kind().media_type(), "data": data}})
}

fn read(frame: &Frame) -> Result<Vec<Piece>, Fault> {
    let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(Fault::Malformed) };
    if !body.is_object() {
        return Err(Fault::Malformed);
    }
    let kind = text_at(&body, "type").unwrap_or(&frame.event);
    let none = Value::Null;
    let part = |name: &str| body.get(name).unwrap_or(&none);
    Ok(match kind {
        "message_start" => usage(part("message")).into_iter().collect(),
        "content_block_start" => content(part("content_block")).into_iter().collect(),
        "content_block_delta" => content(part("delta")).into_iter().collect(),
        "message_delta" => usage(&body).into_iter().chain(finish(part("delta"))).collect(),
        "message_stop" => vec![Piece::End],
        "error" | "" => return Err(ServerError::of(&body).map_or(Fault::Malformed, Fault::Server)),
        // A server that was asked to stream and does not.
        "message" => {
            let blocks = part("content").as_array().into_iter().flatten().filter_map(content);
            blocks.chain(usage(&body)).chain(finish(&body)).chain([Piece::End]).collect()
        }
        // `ping`, `content_block_stop`, and whatever may be added: the vendor asks to ignore it.
        _ => Vec::new(),
    })
}

/// The text of a block or of a delta: both have the same fields.
fn content(part: &Value) -> Option<Piece> {
    let thinking = text_at(part, "thinking").map(|text| Piece::Reasoning(text.into()));
    thinking.or_else(|| text_at(part, "text").map(|text| Piece::Text(text.into())))
}

fn finish(part: &Value) -> Option<Piece> {
    let reason = text_at(part, "stop_reason")?;
    Some(match FinishReason::from_word(reason) {
        FinishReason::Filtered => Piece::Filtered(reason.to_owned()),
        reason => Piece::Finish(reason),
    })
}

/// What was read from and written to the cache is part of the prompt.
fn usage(part: &Value) -> Option<Piece> {
    let usage = part.get("usage")?.as_object()?;
    let count = |name: &str| {
        let count = usage.get(name)?.as_u64()?;
        u32::try_from(count).ok()
    };
    let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"].iter().filter_map(|name| count(name));
    let prompt = count("input_tokens").map(|tokens| cached.fold(tokens, u32::saturating_add));
    Some(Piece::Usage { prompt, completion: count("output_tokens") })
}

fn text_at<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// `{"data": [{"id": …}]}`.
fn models(body: &Value) -> Option<Vec<String>> {
    names(body.get("data")?, "id")
}

fn next_page(body: &Value) -> Option<(&'static str, ServerToken)> {
    let goes_on = body.get("has_more").and_then(Value::as_bool) == Some(true);
    let last = body.get("last_id").and_then(Value::as_str).filter(|_| goes_on)?;
    Some(("after_id", ServerToken::parse(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(data: &str) -> Result<Vec<Piece>, Fault> {
        read(&Frame { event: String::new(), data: data.to_owned() })
    }

    #[test]
    fn events_are_read_by_their_type() {
        let text = |text: &str| Piece::Text(text.into());
        let cases = [
            (
                r#"{"type":"message_start","message":{"id":"m","usage":{"input_tokens":5,"cache_read_input_tokens":7,"output_tokens":1}}}"#,
                vec![Piece::Usage { prompt: Some(12), completion: Some(1) }],
            ),
            (r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, vec![text("")]),
            (r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#, vec![text("Hi")]),
            (
                r#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
                vec![Piece::Reasoning("Hm".into())],
            ),
            (r#"{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"x"}}"#, vec![]),
            (r#"{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}"#, vec![]),
            (r#"{"type":"content_block_stop","index":0}"#, vec![]),
            (r#"{"type":"ping"}"#, vec![]),
            (r#"{"type":"something_new","x":1}"#, vec![]),
            (
                r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":9}}"#,
                vec![Piece::Usage { prompt: None, completion: Some(9) }, Piece::Finish(FinishReason::Length)],
            ),
            (
                r#"{"type":"message_delta","delta":{"stop_reason":"refusal"}}"#,
                vec![Piece::Filtered("refusal".to_owned())],
            ),
            (r#"{"type":"message_stop"}"#, vec![Piece::End]),
            (
                r#"{"type":"message","content":[{"type":"thinking","thinking":"Hm"},{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}"#,
                vec![
                    Piece::Reasoning("Hm".into()),
                    text("Hi"),
                    Piece::Usage { prompt: Some(1), completion: Some(2) },
                    Piece::Finish(FinishReason::Stop),
                    Piece::End,
                ],
            ),
        ];
        for (data, expected) in cases {
            assert_eq!(pieces(data), Ok(expected), "{data}");
        }
    }

    #[test]
    fn an_error_in_the_stream_has_its_status() {
        let Err(Fault::Server(error)) =
            pieces(r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
        else {
            panic!("no error")
        };
        assert_eq!((error.status, error.message.expose()), (Some(529), "Overloaded"));
        for data in ["", "{", "5", "[]", "{}"] {
            assert_eq!(pieces(data), Err(Fault::Malformed), "{data}");
        }
    }

    #[test]
    fn a_list_goes_on_where_it_says_so() {
        let page = json!({"data": [{"id": "b"}, {"id": "a"}], "has_more": true, "last_id": "a"});
        assert_eq!(models(&page), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(
            next_page(&page).map(|(name, last)| (name, last.as_str().to_owned())),
            Some(("after_id", "a".to_owned()))
        );
        assert_eq!(next_page(&json!({"data": [], "has_more": false, "last_id": null})), None);
        assert_eq!(models(&json!({"message": "x"})), None);
    }
}
