//! The format of the MSI `GenAI` gateway: the server keeps the conversation, so that only the newest message is sent,
//! and the answer comes as a whole.

use super::provider::{ChatCall, Encode, Fault, FinishReason, Piece, Quirks, ServerError, WireFormat, whole_list};
use crate::domain::{ApiFormat, Role};
use crate::net::{Frame, Framing};
use crate::privacy::Request;
use serde_json::{Map, Value};

/// The code of an answer whose `status` is `false`.
pub(super) const DECLINED: &str = "status_false";

/// The models of the gateway, which has no list of its own to ask for.
pub(super) const MODELS: &[&str] = &["VertexGemini", "Claude-Sonnet-4", "ChatGPT4o", "ChatGPT-5_2-Chat"];

pub(super) static FORMAT: WireFormat = WireFormat {
    id: ApiFormat::MsiGenai,
    framing: Framing::Whole,
    chat_path: "/api/v2/chat",
    models_path: None,
    known_models: MODELS,
    key_header: ("x-msi-genai-api-key", ""),
    headers: &[("x-msi-genai-client", "tftsr-devops-investigation")],
    needs_end: false,
    // The gateway's message is a text and nothing else.
    images: &[],
    chat: encoder,
    read,
    models: |_| None,
    next_page: whole_list,
};

/// It takes neither a limit nor a temperature, so there is nothing that a model could refuse.
const fn encoder(_: Quirks) -> Encode {
    encode
}

fn encode(call: &ChatCall) -> Request {
    let (endpoint, prompt, _no_images) = call;
    let newest = |role: Role| prompt.messages.iter().rfind(|message| message.role == role);
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value.into());
        }
    };
    put("model", Some(prompt.model.as_str()));
    put("prompt", Some(newest(Role::User).map_or("", |message| message.text.as_str())));
    put("system", newest(Role::System).map(|message| message.text.as_str()));
    put("sessionId", endpoint.session().map(crate::domain::ServerToken::as_str));
    put("userId", endpoint.user());
    Request::post_json(endpoint, Value::Object(body).to_string())
}

fn read(frame: &Frame) -> Result<Vec<Piece>, Fault> {
    let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(Fault::Malformed) };
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    match body.get("status").and_then(Value::as_bool) {
        Some(true) => {
            let Some(message) = text("msg") else { return Err(Fault::Malformed) };
            let session = text("sessionId").map(|session| Piece::Session(session.to_owned()));
            let answer = [Piece::Text(message.into()), Piece::Finish(FinishReason::Stop), Piece::End];
            Ok(session.into_iter().chain(answer).collect())
        }
        Some(false) => Err(Fault::Server(ServerError {
            code: DECLINED.to_owned(),
            message: text("msg").unwrap_or_default().into(),
            ..ServerError::default()
        })),
        None => Err(ServerError::of(&body).map_or(Fault::Malformed, Fault::Server)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(data: &str) -> Result<Vec<Piece>, Fault> {
        read(&Frame { event: String::new(), data: data.to_owned() })
    }

    #[test]
    fn an_answer_brings_its_session() {
        let end = [Piece::Finish(FinishReason::Stop), Piece::End];
        let with = [vec![Piece::Session("s-1".to_owned()), Piece::Text("Hi".into())], end.to_vec()].concat();
        assert_eq!(pieces(r#"{"status":true,"sessionId":"s-1","msg":"Hi","initialPrompt":true}"#), Ok(with));
        let without = [vec![Piece::Text("Hi".into())], end.to_vec()].concat();
        assert_eq!(pieces(r#"{"status":true,"sessionId":null,"msg":"Hi"}"#), Ok(without));
    }

    #[test]
    fn a_status_of_false_is_an_error_with_its_text() {
        let Err(Fault::Server(error)) = pieces(r#"{"status":false,"sessionId":"s-1","msg":"Model is not enabled"}"#)
        else {
            panic!("no error")
        };
        assert_eq!((error.code.as_str(), error.message.expose()), (DECLINED, "Model is not enabled"));
        for data in ["", "[]", "{}", r#"{"status":true}"#, r#"{"status":true,"msg":5}"#] {
            assert_eq!(pieces(data), Err(Fault::Malformed), "{data}");
        }
    }
}
