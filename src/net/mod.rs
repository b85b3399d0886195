//! The only door to the network: one client, one credential a request, nothing that has not been cleared.
mod basic;
mod error;
mod frames;
mod http;
mod items;
mod mask;
mod response;
mod retry;

pub use self::basic::basic;
pub use self::error::{NetError, ProxyProblem, Stage, StatusAnswer, TlsProblem};
pub use self::frames::{Frame, Frames, Framing};
pub use self::http::{Http, HttpOptions, Refusal};
pub use self::mask::{Mask, ServerText};
pub use self::response::{Limits, Response};
pub use self::retry::Backoff;
