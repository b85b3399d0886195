//! Ollama's own chat format: one JSON value a line.
//!
//! Source: <https://docs.ollama.com/api/chat>.

use super::openai::decimal;
use super::provider::{
    ChatCall, Encode, Fault, FinishReason, Parameter, Piece, Quirks, ServerError, WireFormat, names, whole_list,
};
use crate::domain::{ApiFormat, ImageKind};
use crate::net::{Frame, Framing};
use crate::privacy::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) static FORMAT: WireFormat = WireFormat {
    id: ApiFormat::Ollama,
    framing: Framing::JsonLines,
    chat_path: "/api/chat",
    models_path: Some("/api/tags"),
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

const fn encoder(quirks: Quirks) -> Encode {
    if quirks.refuses(Parameter::Temperature) { encode::<false> } else { encode::<true> }
}

fn encode<const TEMPERATURE: bool>(call: &ChatCall) -> Request {
    let (endpoint, prompt, images) = call;
    let mut messages: Vec<Value> = prompt
        .messages
        .iter()
        .map(|message| json!({"role": message.role.as_str(), "content": message.text.as_str()}))
        .collect();
    if let Some(last) = messages.last_mut().and_then(Value::as_object_mut).filter(|_| !images.is_empty()) {
        let images: Vec<_> = images.iter().map(|image| STANDARD.encode(image.bytes())).collect();
        last.insert("images".to_owned(), images.into());
    }
    let mut options = Map::new();
    options.insert("num_predict".to_owned(), prompt.max_tokens.into());
    if let Some(tokens) = prompt.context_window {
        // Without it Ollama takes a small window and cuts the start of the prompt in silence.
        options.insert("num_ctx".to_owned(), tokens.into());
    }
    if let Some(temperature) = prompt.temperature.filter(|_| TEMPERATURE) {
        options.insert("temperature".to_owned(), decimal(temperature));
    }
    let body = json!({"model": prompt.model.as_str(), "messages": messages, "stream": true, "options": options});
    Request::post_json(endpoint, body.to_string())
}

#[derive(Deserialize)]
struct Line {
    message: Option<Turn>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    prompt_eval_count: Option<u32>,
    eval_count: Option<u32>,
}

#[derive(Deserialize)]
struct Turn {
    content: Option<String>,
    thinking: Option<String>,
}

fn read(frame: &Frame) -> Result<Vec<Piece>, Fault> {
    let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(Fault::Malformed) };
    let is_answer = body.get("done").is_some() || body.get("message").is_some_and(Value::is_object);
    if !is_answer {
        return Err(ServerError::of(&body).map_or(Fault::Malformed, Fault::Server));
    }
    let Ok(line) = serde_json::from_value::<Line>(body) else { return Err(Fault::Malformed) };
    let mut pieces = Vec::new();
    if let Some(turn) = line.message {
        pieces.extend(turn.thinking.map(|text| Piece::Reasoning(text.into())));
        pieces.extend(turn.content.map(|text| Piece::Text(text.into())));
    }
    if line.prompt_eval_count.is_some() || line.eval_count.is_some() {
        pieces.push(Piece::Usage { prompt: line.prompt_eval_count, completion: line.eval_count });
    }
    if line.done {
        let reason = line.done_reason.as_deref().map_or(FinishReason::Stop, FinishReason::from_word);
        pieces.extend([Piece::Finish(reason), Piece::End]);
    }
    Ok(pieces)
}

/// `{"models": [{"model": …}]}`; versions before 0.1.30 have `name` only.
fn models(body: &Value) -> Option<Vec<String>> {
    let rows = body.get("models")?;
    names(rows, "model").filter(|names| !names.is_empty()).or_else(|| names(rows, "name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(data: &str) -> Result<Vec<Piece>, Fault> {
        read(&Frame { event: String::new(), data: data.to_owned() })
    }

    #[test]
    fn lines_are_read_as_they_come() {
        let text = |text: &str| Piece::Text(text.into());
        let end = |reason| [Piece::Finish(reason), Piece::End];
        let cases = [
            (r#"{"message":{"role":"assistant","content":"Hi"},"done":false}"#, vec![text("Hi")]),
            (
                r#"{"message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}"#,
                vec![Piece::Reasoning("Hm".into()), text("")],
            ),
            (r#"{"message":{"content":""},"done":true}"#, [vec![text("")], end(FinishReason::Stop).to_vec()].concat()),
            (r#"{"done":true,"done_reason":"load"}"#, end(FinishReason::Other).to_vec()),
            (
                r#"{"message":{"content":""},"done":true,"done_reason":"length","prompt_eval_count":5,"eval_count":6}"#,
                [
                    vec![text(""), Piece::Usage { prompt: Some(5), completion: Some(6) }],
                    end(FinishReason::Length).to_vec(),
                ]
                .concat(),
            ),
        ];
        for (data, expected) in cases {
            assert_eq!(pieces(data), Ok(expected), "{data}");
        }
    }

    #[test]
    fn an_error_line_is_an_error_and_other_lines_are_malformed() {
        assert!(matches!(pieces(r#"{"error":"model runner has stopped"}"#), Err(Fault::Server(_))));
        for data in ["{}", "[]", "{", r#"{"message":{"content":5}}"#] {
            assert_eq!(pieces(data), Err(Fault::Malformed), "{data}");
        }
    }

    #[test]
    fn models_are_listed_by_either_name() {
        let expected = Some(vec!["llama3.1:8b".to_owned()]);
        assert_eq!(models(&json!({"models": [{"name": "x", "model": "llama3.1:8b"}]})), expected);
        assert_eq!(models(&json!({"models": [{"name": "llama3.1:8b"}]})), expected);
        assert_eq!(models(&json!({"models": []})), Some(vec![]));
        assert_eq!(models(&json!({})), None);
    }
}
