//! A server that keeps every byte that it receives, and answers in the words of both formats.

use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// What came over the wire, connection after connection.
#[derive(Clone, Default)]
pub struct Received(Arc<Mutex<Vec<u8>>>);

impl Received {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// How many requests had this line's beginning.
    pub fn count(&self, beginning: &str) -> usize {
        String::from_utf8_lossy(&self.bytes()).matches(beginning).count()
    }
}

pub struct Server {
    pub url: String,
    pub received: Received,
}

impl Server {
    /// `answer` is what it says to every question.
    pub fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Received::default();
        let kept = received.clone();
        // Ends with the process: it holds nothing but this test's bytes.
        let serving = move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &kept, answer).ok();
            }
        };
        std::thread::Builder::new().name("server".to_owned()).spawn(serving).unwrap();
        Self { url, received }
    }
}

fn serve(mut stream: impl Read + Write, received: &Received, answer: &str) -> io::Result<()> {
    let mut request = Vec::new();
    let mut bytes = [0; 16 * 1024];
    while !is_whole(&request) {
        let count = stream.read(&mut bytes)?;
        if count == 0 {
            break;
        }
        request.extend_from_slice(&bytes[..count]);
    }
    received.0.lock().unwrap().extend_from_slice(&request);
    let head = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
    let (kind, body) = reply(&head, answer);
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()
}

/// Head and body are there, as far as the head tells.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    let body = request.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| request.len() - at - 4);
    body >= length
}

/// A wiki of one space, which takes a page and what is attached to it.
fn wiki(head: &str) -> Value {
    if head.contains("/rest/api/space/") {
        return json!({"id": 7, "key": "OPS", "name": "Operations"});
    }
    if head.starts_with("GET") || head.contains("/child/attachment") {
        return json!({"results": []});
    }
    json!({
        "id": "42", "type": "page", "title": "x", "version": {"number": 1}, "space": {"key": "OPS"},
        "_links": {"webui": "/x/42"},
    })
}

fn reply(head: &str, answer: &str) -> (&'static str, String) {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let json = |value: Value| ("application/json", value.to_string());
    if path.starts_with("/rest/api/") {
        return json(wiki(head));
    }
    match path {
        "/v1/chat/completions" => {
            let chunk = json!({"choices": [{"delta": {"content": answer}, "finish_reason": null}]});
            let usage = json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}});
            ("text/event-stream", format!("data: {chunk}\n\ndata: {usage}\n\ndata: [DONE]\n\n"))
        }
        "/api/chat" => {
            let part = json!({"message": {"role": "assistant", "content": answer}, "done": false});
            let end = json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop"});
            ("application/x-ndjson", format!("{part}\n{end}\n"))
        }
        "/v1/models" => json(json!({"data": [{"id": "test-model"}]})),
        "/api/tags" => json(json!({"models": [{"name": "test-model"}]})),
        _ => json(json!({})),
    }
}
