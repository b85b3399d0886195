//! The one door to the outside: what the network takes can be made from cleared data alone.

use super::Redacted;
use crate::domain::{Endpoint, Message, ModelId, Prompt};
use sha2::{Digest as _, Sha256};

mod sealed {
    pub trait Sealed {}
}

/// Data that may leave this machine. Sealed: only this file can widen it.
pub trait Cleared: sealed::Sealed {}

macro_rules! cleared {
    ($($ty:ty $(, $T:ident)*;)*) => {$(
        impl<$($T: Cleared),*> sealed::Sealed for $ty {}
        impl<$($T: Cleared),*> Cleared for $ty {}
    )*};
}
cleared! {
    Redacted;
    ModelId;
    Endpoint;
    Message<T>, T;
    Prompt<T>, T;
    Vec<T>, T;
    Option<T>, T;
    (A, B), A, B;
}

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// One request, apart from the server's address and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// Begins with a slash; already encoded.
    pub path_and_query: String,
    /// Names in lower case. Never the key: the network room adds it.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A `GET` without a body.
    pub fn get(endpoint: &Endpoint) -> Self {
        Self {
            method: Method::Get,
            path_and_query: endpoint.path_and_query().to_owned(),
            headers: endpoint.headers().to_vec(),
            body: Vec::new(),
        }
    }

    /// A `POST` of a JSON text.
    pub fn post_json(endpoint: &Endpoint, body: String) -> Self {
        let mut headers = endpoint.headers().to_vec();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        Self {
            method: Method::Post,
            path_and_query: endpoint.path_and_query().to_owned(),
            headers,
            body: body.into_bytes(),
        }
    }
}

/// The bytes of one request, made from cleared data alone.
///
/// `encode` is a `fn` pointer, not a closure: it can capture nothing, so what it returns can hold nothing but
/// `data` and constants. Each attempt below stands beside a twin that differs in one word and compiles.
///
/// Local text cannot be encoded:
///
/// ```compile_fail,E0277
/// # use tftsr::{domain::{Endpoint, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(text: &Unredacted) -> Outbound {
///     Outbound::encode(text, |_| Request { method: tftsr::privacy::Method::Get, path_and_query: String::new(), headers: vec![], body: vec![] })
/// }
/// ```
///
/// ```
/// # use tftsr::{domain::{Endpoint, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(text: &Redacted) -> Outbound {
///     Outbound::encode(text, |_| Request { method: tftsr::privacy::Method::Get, path_and_query: String::new(), headers: vec![], body: vec![] })
/// }
/// ```
///
/// Neither can a prompt that holds local text:
///
/// ```compile_fail,E0277
/// # use tftsr::{domain::{Endpoint, Prompt, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(call: &(Endpoint, Prompt<Unredacted>)) -> Outbound {
///     Outbound::encode(call, |(endpoint, _)| Request::get(endpoint))
/// }
/// ```
///
/// ```
/// # use tftsr::{domain::{Endpoint, Prompt, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(call: &(Endpoint, Prompt<Redacted>)) -> Outbound {
///     Outbound::encode(call, |(endpoint, _)| Request::get(endpoint))
/// }
/// ```
///
/// Nor a plain string:
///
/// ```compile_fail,E0277
/// # use tftsr::{domain::Endpoint, privacy::{Outbound, Redacted, Request}};
/// fn send(call: &(Endpoint, String)) -> Outbound {
///     Outbound::encode(call, |(endpoint, _)| Request::get(endpoint))
/// }
/// ```
///
/// A closure cannot smuggle in a draft from outside:
///
/// ```compile_fail,E0308
/// # use tftsr::{domain::{Endpoint, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(call: &(Endpoint, Redacted), draft: &Unredacted) -> Outbound {
///     Outbound::encode(call, |(endpoint, _)| Request::post_json(endpoint, draft.expose().to_owned()))
/// }
/// ```
///
/// ```
/// # use tftsr::{domain::{Endpoint, Unredacted}, privacy::{Outbound, Redacted, Request}};
/// fn send(call: &(Endpoint, Redacted), draft: &Unredacted) -> Outbound {
///     Outbound::encode(call, |(endpoint, text)| Request::post_json(endpoint, text.as_str().to_owned()))
/// }
/// ```
///
/// And nobody outside this room can declare a type of their own to be cleared:
///
/// ```compile_fail,E0603
/// struct Mine;
/// impl tftsr::privacy::cleared::sealed::Sealed for Mine {}
/// ```
#[derive(Clone, Debug)]
pub struct Outbound(Request);

impl Outbound {
    pub fn encode<D: Cleared>(data: &D, encode: fn(&D) -> Request) -> Self {
        Self(encode(data))
    }

    /// A request without any text of the user: only a path and headers from the settings.
    pub fn get(endpoint: &Endpoint) -> Self {
        Self(Request::get(endpoint))
    }

    /// What goes on the wire, apart from the server's address and the key.
    pub const fn request(&self) -> &Request {
        &self.0
    }

    /// SHA-256 of the exact body, in hex: what the audit log records.
    pub fn body_sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.0.body))
    }
}
