//! Why a sign-in with the browser did not come about.

use crate::integrations::error::quoted;
use crate::net::NetError;

/// Why a sign-in with the browser did not come about.
///
/// `said` is a short excerpt of the authorization server's words with all secrets taken out; it may be empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error("port {port} is taken by another program")]
    PortTaken { port: u16 },
    #[error("the browser cannot be listened for on port {port}")]
    CannotListen { port: u16 },
    #[error("the browser did not come back within five minutes")]
    TimedOut,
    /// `access_denied`.
    #[error("the sign-in was declined{}", quoted(.said))]
    Denied { said: String },
    /// The page to sign in sent an error back.
    #[error("the sign-in was refused ({code}){}", quoted(.said))]
    Refused { code: String, said: String },
    #[error("the browser came back without a code")]
    NoCode,
    /// `invalid_grant`: the code has expired, was used before, or does not belong to this request.
    #[error("the code was not accepted{}", quoted(.said))]
    CodeRefused { said: String },
    /// `invalid_client` or `unauthorized_client`.
    #[error("the application is not accepted{}", quoted(.said))]
    ClientRefused { said: String },
    #[error("these scopes are not accepted{}", quoted(.said))]
    ScopeRefused { said: String },
    /// Any other refusal of the address for tokens.
    #[error("no token was given ({code}){}", quoted(.said))]
    NoToken { code: String, said: String },
    #[error("the answer of the address for tokens could not be understood")]
    Malformed,
    #[error(transparent)]
    Net(NetError),
    /// The account has other sites, but not the one of the settings.
    #[error("this account has no access to {site}")]
    NoSite { site: String },
    #[error("the system's source of randomness failed")]
    NoRandomness,
}

impl SignInError {
    /// What to do next, in one sentence without a period.
    pub fn advice(&self) -> String {
        match self {
            Self::PortTaken { port } => format!(
                "Close the program that uses it, or set another port instead of {port} in Settings → Integrations and \
                 register that redirect URI"
            ),
            Self::Net(cause) => cause.advice().to_owned(),
            _ => self.fixed_advice().to_owned(),
        }
    }

    pub const fn may_pass(&self) -> bool {
        match self {
            Self::PortTaken { .. } | Self::TimedOut | Self::NoCode | Self::CodeRefused { .. } | Self::Net(_) => true,
            Self::CannotListen { .. }
            | Self::Denied { .. }
            | Self::Refused { .. }
            | Self::ClientRefused { .. }
            | Self::ScopeRefused { .. }
            | Self::NoToken { .. }
            | Self::Malformed
            | Self::NoSite { .. }
            | Self::NoRandomness => false,
        }
    }

    const fn fixed_advice(&self) -> &'static str {
        match self {
            Self::CannotListen { .. } => "Set another port in Settings → Integrations and register that redirect URI",
            Self::TimedOut => "Connect again; the URL can also be copied into another browser on this machine",
            Self::Denied { .. } => "Connect again and allow the access, or ask who administers the service",
            Self::Refused { .. } => {
                "Check that the redirect URI is registered exactly as Settings → Integrations shows it, and check the client id and the scopes"
            }
            Self::NoCode => "Connect again; if it stays so, check the address of the sign-in page",
            Self::CodeRefused { .. } => {
                "Connect again; a code is good for a short time and once, and the redirect URI must be registered exactly as shown"
            }
            Self::ClientRefused { .. } => "Check client id and client secret in Settings → Integrations",
            Self::ScopeRefused { .. } => "Check the scopes, and that the application was registered with them",
            Self::NoToken { .. } => "Check client id, client secret and redirect URI in Settings → Integrations",
            Self::Malformed => "Check the address for tokens in Settings → Integrations",
            Self::NoSite { .. } => "Check the address of the site, or sign in with an account that may use it",
            Self::NoRandomness => "Restart the machine, or report this as a defect",
            Self::PortTaken { .. } | Self::Net(_) => "",
        }
    }
}
