//! Puts a request together, each part encoded for its place.

use super::{Method, Request};
use crate::domain::Endpoint;
use serde_json::Value;
use std::fmt::{self, Write as _};

impl Request {
    /// To a fixed path of a service, without a body.
    pub fn to(method: Method, at: &Endpoint) -> Self {
        let path_and_query = at.path_and_query().to_owned();
        Self { method, path_and_query, headers: at.headers().to_vec(), body: Vec::new() }
    }

    /// A further fixed part of the path, which begins with a slash.
    #[must_use]
    pub fn path(mut self, below: &'static str) -> Self {
        self.push_path(below);
        self
    }

    /// One further part of the path; a slash in it is encoded.
    #[must_use]
    pub fn segment(mut self, name: &str) -> Self {
        self.push_path(&format!("/{}", encoded(name)));
        self
    }

    /// A further parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &str) -> Self {
        let mark = if self.path_and_query.contains('?') { '&' } else { '?' };
        self.path_and_query.push(mark);
        self.path_and_query.push_str(&encoded(name));
        self.path_and_query.push('=');
        self.path_and_query.push_str(&encoded(value));
        self
    }

    /// Without a parameter that came with the address, given as it is written there: `alt=sse`.
    #[must_use]
    pub fn without(mut self, parameter: &str) -> Self {
        if let Some((path, query)) = self.path_and_query.split_once('?') {
            let kept: Vec<&str> = query.split('&').filter(|one| *one != parameter).collect();
            let mark = if kept.is_empty() { "" } else { "?" };
            self.path_and_query = format!("{path}{mark}{}", kept.join("&"));
        }
        self
    }

    /// `name` in lower case.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    #[must_use]
    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.headers.push(("content-type".to_owned(), content_type.to_owned()));
        self.body = body;
        self
    }

    fn push_path(&mut self, more: &str) {
        let at = self.path_and_query.find('?').unwrap_or(self.path_and_query.len());
        self.path_and_query.insert_str(at, more);
    }
}

/// Without the body and the values of headers and parameters.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        write!(f, "Request({:?} {path}, {} bytes)", self.method, self.body.len())
    }
}

/// Every byte but the unreserved ones of RFC 3986, section 2.3, as `%XX`: right in a path and in a query alike.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(out, "%{byte:02X}").ok();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ServiceUrl;
    use serde_json::json;

    fn at(url: &str) -> Endpoint {
        Endpoint::exactly(&ServiceUrl::parse(url).unwrap())
    }

    #[test]
    fn every_part_is_encoded_for_its_place() {
        let request = Request::to(Method::Get, &at("https://dev.azure.com/contoso"))
            .segment("Größe/A&B ?#")
            .path("/_apis/wit/wiql")
            .query("api-version", "7.0")
            .query("q", "a b+c=\"^'%\n");
        assert_eq!(
            request.path_and_query,
            "/contoso/Gr%C3%B6%C3%9Fe%2FA%26B%20%3F%23/_apis/wit/wiql?api-version=7.0&q=a%20b%2Bc%3D%22%5E%27%25%0A"
        );
    }

    #[test]
    fn a_query_that_is_there_stays_behind_the_path() {
        let request = Request::to(Method::Get, &at("https://h.example/a?x=1")).segment("b").query("y", "2");
        assert_eq!(request.path_and_query, "/a/b?x=1&y=2");
    }

    #[test]
    fn a_parameter_of_the_address_can_be_left_out() {
        let left = |query: &str| {
            Request::to(Method::Post, &at(&format!("https://h.example/a{query}"))).without("alt=sse").path_and_query
        };
        assert_eq!(left("?alt=sse"), "/a");
        assert_eq!(left("?x=alt%3Dsse&alt=sse&y=2"), "/a?x=alt%3Dsse&y=2");
        assert_eq!(left(""), "/a");
    }

    #[test]
    fn its_debug_form_shows_neither_body_nor_parameters() {
        let request =
            Request::to(Method::Post, &at("https://h.example/a")).query("q", "hunter2").json(&json!("hunter2"));
        assert_eq!(format!("{request:?}"), "Request(Post /a, 9 bytes)");
    }
}
