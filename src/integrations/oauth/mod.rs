//! Signing in with the browser: OAuth 2.0, authorization code with PKCE (RFC 6749, 7636, 8252).
//!
//! [`OAuthClient`] speaks to the authorization server, and [`Grant`] keeps what it gave, renewing it one at a time.
mod client;
mod error;
mod grant;

pub use self::client::{OAuthClient, Tokens};
pub use self::error::SignInError;
pub use self::grant::{Grant, KeepTokens, Kept};
