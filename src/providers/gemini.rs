//! Google's Gemini format: the model in the path, contents of parts, every event a piece of a response.
//!
//! Source: <https://ai.google.dev/api/generate-content>.

use super::openai::decimal;
use super::provider::{
    ChatCall, Encode, Fault, FinishReason, Parameter, Piece, Quirks, ServerError, WireFormat, apart,
};
use crate::domain::{ApiFormat, ImageKind, Role, ServerToken};
use crate::net::{Frame, Framing};
use crate::privacy::{ClearedImage, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) static FORMAT: WireFormat = WireFormat {
    id: ApiFormat::Gemini,
    framing: Framing::Events,
    chat_path: "/v1beta/{model}:streamGenerateContent?alt=sse",
    models_path: Some("/v1beta/models?pageSize=1000"),
    known_models: &[],
    key_header: ("x-goog-api-key", ""),
    headers: &[],
    needs_end: false,
    // Source: <https://ai.google.dev/gemini-api/docs/image-understanding>.
    images: &[ImageKind::Png, ImageKind::Jpeg, ImageKind::WebP],
    chat: encoder,
    read,
    models,
    next_page,
};

const fn encoder(quirks: Quirks) -> Encode {
    match (quirks.refuses(Parameter::Temperature), quirks.refuses(Parameter::AltSse)) {
        (false, false) => encode::<true, true>,
        (false, true) => encode::<true, false>,
        (true, false) => encode::<false, true>,
        (true, true) => encode::<false, false>,
    }
}

fn encode<const TEMPERATURE: bool, const ALT_SSE: bool>(call: &ChatCall) -> Request {
    let (endpoint, prompt, images) = call;
    let (system, turns) = apart(prompt);
    let mut contents: Vec<Value> = turns
        .into_iter()
        .map(|(role, text)| {
            let role = if role == Role::Assistant { "model" } else { "user" };
            json!({"role": role, "parts": [{"text": text}]})
        })
        .collect();
    let last = contents.last_mut().and_then(|last| last.get_mut("parts")).and_then(Value::as_array_mut);
    if let Some(parts) = last {
        parts.splice(..0, images.iter().map(image_part));
    }
    let mut config = Map::new();
    config.insert("maxOutputTokens".to_owned(), prompt.max_tokens.into());
    if let Some(temperature) = prompt.temperature.filter(|_| TEMPERATURE) {
        config.insert("temperature".to_owned(), decimal(temperature));
    }
    let mut body = json!({"contents": contents, "generationConfig": config});
    if let Some(fields) = body.as_object_mut().filter(|_| !system.is_empty()) {
        fields.insert("systemInstruction".to_owned(), json!({"parts": [{"text": system}]}));
    }
    let request = Request::post_json(endpoint, body.to_string());
    if ALT_SSE { request } else { request.without(Parameter::AltSse.as_str()) }
}

/// Without a name and in the body itself: no other server is asked for it.
fn image_part(image: &ClearedImage) -> Value {
    json!({"inlineData": {"mimeType": image.kind().media_type(), "data": STANDARD.encode(image.bytes())}})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
    safety_ratings: Option<Vec<Rating>>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
    block_reason_message: Option<String>,
    safety_ratings: Option<Vec<Rating>>,
}

#[derive(Deserialize)]
struct Rating {
    category: Option<String>,
    probability: Option<String>,
    #[serde(default)]
    blocked: bool,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(rename = "promptTokenCount")]
    prompt: Option<u32>,
    #[serde(rename = "candidatesTokenCount")]
    candidates: Option<u32>,
    #[serde(rename = "thoughtsTokenCount")]
    thoughts: Option<u32>,
}

fn read(frame: &Frame) -> Result<Vec<Piece>, Fault> {
    let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(Fault::Malformed) };
    match body {
        // A server that knows no `alt=sse` sends one list of what would have been events.
        Value::Array(chunks) => {
            let mut pieces = Vec::new();
            for chunk in chunks {
                pieces.extend(read_chunk(chunk)?);
            }
            Ok(pieces)
        }
        chunk => read_chunk(chunk),
    }
}

fn read_chunk(body: Value) -> Result<Vec<Piece>, Fault> {
    let known = ["candidates", "promptFeedback", "usageMetadata"];
    if known.iter().all(|name| body.get(name).is_none()) {
        return Err(ServerError::of(&body).map_or(Fault::Malformed, Fault::Server));
    }
    let Ok(chunk) = serde_json::from_value::<Chunk>(body) else { return Err(Fault::Malformed) };
    let mut pieces = Vec::new();
    if let Some(counts) = chunk.usage_metadata {
        let completion = counts.candidates.into_iter().chain(counts.thoughts).reduce(u32::saturating_add);
        pieces.push(Piece::Usage { prompt: counts.prompt, completion });
    }
    if let Some(feedback) = chunk.prompt_feedback
        && let Some(reason) = feedback.block_reason
    {
        let said = withheld(&reason, feedback.block_reason_message, feedback.safety_ratings);
        pieces.push(Piece::Filtered(format!("the prompt was blocked, {said}")));
    }
    for candidate in chunk.candidates.into_iter().take(1) {
        read_candidate(candidate, &mut pieces);
    }
    Ok(pieces)
}

fn read_candidate(candidate: Candidate, pieces: &mut Vec<Piece>) {
    for part in candidate.content.into_iter().flat_map(|content| content.parts) {
        let Some(text) = part.text else { continue };
        pieces.push(if part.thought { Piece::Reasoning(text.into()) } else { Piece::Text(text.into()) });
    }
    let Some(reason) = candidate.finish_reason else { return };
    pieces.push(match reason.as_str() {
        "STOP" | "MAX_TOKENS" => Piece::Finish(FinishReason::from_word(&reason)),
        "FINISH_REASON_UNSPECIFIED" => return,
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
            Piece::Filtered(withheld(&reason, candidate.finish_message, candidate.safety_ratings))
        }
        _ => Piece::Finish(FinishReason::Other),
    });
}

/// The reason in words, with the vendor's message and the categories that were rated dangerous.
fn withheld(reason: &str, message: Option<String>, ratings: Option<Vec<Rating>>) -> String {
    let meaning = match reason {
        "SAFETY" => "it was taken for harmful",
        "RECITATION" => "it would have repeated a text that is under copyright",
        "LANGUAGE" => "the model does not support the language",
        "BLOCKLIST" => "it has words that are on a list of forbidden ones",
        "PROHIBITED_CONTENT" => "it was taken for prohibited content",
        "SPII" => "it may hold sensitive personal data",
        _ => "no reason was given",
    };
    let is_cause = |rating: &Rating| rating.blocked || rating.probability.as_deref() == Some("HIGH");
    let categories = ratings.into_iter().flatten().filter(is_cause).filter_map(|rating| rating.category);
    let mut said = format!("{meaning} ({reason})");
    for word in message.into_iter().chain(categories) {
        said.push_str("; ");
        said.push_str(&word);
    }
    said
}

/// `{"models": [{"name": "models/…", "supportedGenerationMethods": […]}]}`; those that do not chat are left out.
fn models(body: &Value) -> Option<Vec<String>> {
    // The vendor leaves an empty list out.
    let rows = match body.get("models") {
        Some(rows) => rows.as_array()?.as_slice(),
        None if body.get("nextPageToken").is_some() || body.as_object().is_some_and(Map::is_empty) => &[],
        None => return None,
    };
    let chats = |row: &&Value| {
        let methods = row.get("supportedGenerationMethods").and_then(Value::as_array);
        methods.is_none_or(|methods| methods.iter().any(|method| method == "generateContent"))
    };
    let name = |row: &Value| {
        let name = row.get("name")?.as_str()?;
        Some(name.strip_prefix("models/").unwrap_or(name).to_owned())
    };
    let mut models: Vec<String> = rows.iter().filter(chats).filter_map(name).collect();
    models.sort();
    models.dedup();
    Some(models)
}

fn next_page(body: &Value) -> Option<(&'static str, ServerToken)> {
    let token = body.get("nextPageToken")?.as_str().filter(|token| !token.is_empty())?;
    Some(("pageToken", ServerToken::parse(token)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(data: &str) -> Result<Vec<Piece>, Fault> {
        read(&Frame { event: String::new(), data: data.to_owned() })
    }

    #[test]
    fn chunks_are_read_in_all_their_odd_forms() {
        let text = |text: &str| Piece::Text(text.into());
        let cases = [
            (r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"index":0}]}"#, vec![text("Hi")]),
            (
                r#"{"candidates":[{"content":{"parts":[{"text":"Hm","thought":true}]}}]}"#,
                vec![Piece::Reasoning("Hm".into())],
            ),
            (r#"{"candidates":[{"content":{"parts":[]},"finishReason":null}]}"#, vec![]),
            (
                r#"{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}]}"#,
                vec![Piece::Finish(FinishReason::Stop)],
            ),
            (r#"{"candidates":[{"finishReason":"MAX_TOKENS"}]}"#, vec![Piece::Finish(FinishReason::Length)]),
            (r#"{"candidates":[{"finishReason":"FINISH_REASON_UNSPECIFIED"}]}"#, vec![]),
            (r#"{"candidates":[{"finishReason":"SOMETHING_NEW"}]}"#, vec![Piece::Finish(FinishReason::Other)]),
            (r#"{"candidates":[{"content":{"parts":[{"inlineData":{}}]}}]}"#, vec![]),
            (
                r#"{"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"thoughtsTokenCount":5,"totalTokenCount":12}}"#,
                vec![Piece::Usage { prompt: Some(3), completion: Some(9) }],
            ),
            (r#"{"usageMetadata":{"promptTokenCount":3}}"#, vec![Piece::Usage { prompt: Some(3), completion: None }]),
            (
                r#"[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}]"#,
                vec![text("a"), text("b"), Piece::Finish(FinishReason::Stop)],
            ),
        ];
        for (data, expected) in cases {
            assert_eq!(pieces(data), Ok(expected), "{data}");
        }
    }

    #[test]
    fn what_was_withheld_is_explained() {
        let cases = [
            (
                r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#,
                "the prompt was blocked, it was taken for harmful (SAFETY)",
            ),
            (
                r#"{"candidates":[{"finishReason":"SAFETY","safetyRatings":[{"category":"HARM_CATEGORY_HARASSMENT","probability":"LOW"},{"category":"HARM_CATEGORY_DANGEROUS_CONTENT","probability":"HIGH"}]}]}"#,
                "it was taken for harmful (SAFETY); HARM_CATEGORY_DANGEROUS_CONTENT",
            ),
            (
                r#"{"candidates":[{"finishReason":"SPII","finishMessage":"a number"}]}"#,
                "it may hold sensitive personal data (SPII); a number",
            ),
        ];
        for (data, said) in cases {
            assert_eq!(pieces(data), Ok(vec![Piece::Filtered(said.to_owned())]), "{data}");
        }
        assert_eq!(pieces(r#"{"promptFeedback":{"safetyRatings":[]}}"#), Ok(vec![]));
    }

    #[test]
    fn errors_are_told_from_nonsense() {
        for data in [
            r#"{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}"#,
            r#"[{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}]"#,
        ] {
            let Err(Fault::Server(error)) = pieces(data) else { panic!("{data}") };
            assert_eq!((error.status, error.message.expose()), (Some(503), "overloaded"));
        }
        for data in ["", "{", "5", "{}", r#"{"candidates":5}"#] {
            assert_eq!(pieces(data), Err(Fault::Malformed), "{data}");
        }
    }

    #[test]
    fn only_models_that_chat_are_listed() {
        let page = json!({
            "models": [
                {"name": "models/gemini-b", "supportedGenerationMethods": ["generateContent", "countTokens"]},
                {"name": "models/embedding", "supportedGenerationMethods": ["embedContent"]},
                {"name": "tunedModels/a"},
            ],
            "nextPageToken": "CAE=",
        });
        assert_eq!(models(&page), Some(vec!["gemini-b".to_owned(), "tunedModels/a".to_owned()]));
        assert_eq!(next_page(&page).map(|(name, _)| name), Some("pageToken"));
        assert_eq!(models(&json!({})), Some(Vec::new()));
        assert_eq!(models(&json!({"error": {}})), None);
        assert_eq!(next_page(&json!({"models": [], "nextPageToken": ""})), None);
    }
}
