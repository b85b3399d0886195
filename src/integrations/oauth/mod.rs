//! Signing in with the browser: OAuth 2.0, authorization code with PKCE (RFC 6749, 7636, 8252).
//!
//! [`Callbacks`] listens for the browser and tells apart who waits for it, [`SignInFlow`] is one sign-in from its page to
//! its tokens, and [`Grant`] keeps them, renewing one at a time.
mod client;
mod error;
mod flow;
mod grant;
mod listener;
mod pages;

pub use self::client::{OAuthClient, Tokens};
pub use self::error::SignInError;
pub use self::flow::{Callbacks, SignInFlow};
pub use self::grant::{Grant, KeepTokens, Kept};
