//! The one door to the outside: what the network takes can be made from cleared data alone.

use super::{ClearedImage, Redacted, SignInForm};
use crate::domain::{Endpoint, IssueId, Message, ModelId, Prompt, RemoteId, RemoteName, Severity};
use sha2::{Digest as _, Sha256};

mod sealed {
    pub trait Sealed {
        /// Whether any text in it was passed without redaction, so that only this machine may have it.
        fn stays_here(&self) -> bool;
    }
}

/// Data that may leave this machine. Sealed: only this file can widen it.
pub trait Cleared: sealed::Sealed {}

macro_rules! cleared {
    ($($ty:ty $(, $T:ident)* => |$one:ident| $stays_here:expr;)*) => {$(
        impl<$($T: Cleared),*> sealed::Sealed for $ty {
            fn stays_here(&self) -> bool {
                let $one = self;
                $stays_here
            }
        }
        impl<$($T: Cleared),*> Cleared for $ty {}
    )*};
}
cleared! {
    Redacted => |text| Self::stays_here(text);
    ModelId => |_model| false;
    Endpoint => |_endpoint| false;
    // The user has confirmed it for one host.
    ClearedImage => |_image| false;
    SignInForm => |_form| false;
    // How a service calls its own things, and figures that say nothing.
    RemoteId => |_id| false;
    RemoteName => |_name| false;
    IssueId => |_id| false;
    Severity => |_severity| false;
    u32 => |_number| false;
    bool => |_flag| false;
    Message<T>, T => |message| message.text.stays_here();
    Prompt<T>, T => |prompt| prompt.messages.iter().any(|message| message.text.stays_here());
    Vec<T>, T => |all| all.iter().any(T::stays_here);
    Option<T>, T => |one| one.as_ref().is_some_and(T::stays_here);
    (A, B), A, B => |pair| pair.0.stays_here() || pair.1.stays_here();
    (A, B, C), A, B, C => |three| three.0.stays_here() || three.1.stays_here() || three.2.stays_here();
    (A, B, C, D), A, B, C, D => |four| {
        four.0.stays_here() || four.1.stays_here() || four.2.stays_here() || four.3.stays_here()
    };
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
#[derive(Clone, PartialEq, Eq)]
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
pub struct Outbound {
    request: Request,
    stays_here: bool,
}

impl Outbound {
    pub fn encode<D: Cleared>(data: &D, encode: fn(&D) -> Request) -> Self {
        Self { request: encode(data), stays_here: data.stays_here() }
    }

    /// A request without any text of the user: only a path and headers from the settings.
    pub fn get(endpoint: &Endpoint) -> Self {
        Self { request: Request::get(endpoint), stays_here: false }
    }

    /// What goes on the wire, apart from the server's address and the key.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// Whether it holds text that was not redacted: then no server but one on this machine may have it.
    pub const fn stays_here(&self) -> bool {
        self.stays_here
    }

    /// SHA-256 of the exact body, in hex: what the audit log records.
    pub fn body_sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.request.body))
    }
}
