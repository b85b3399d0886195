//! How a request is authorized: by Basic, by Bearer, or by an OAuth sign-in that renews itself.

use super::error::IntegrationError;
use super::oauth::Grant;
use crate::domain::{Credential, Origin, SignIn};
use crate::net::{Http, Mask, basic};
use secrecy::SecretString;
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Access {
    /// `user` is empty for a personal access token of Azure DevOps.
    Basic {
        user: String,
        secret: SecretString,
        sign_in: SignIn,
    },
    /// A personal access token.
    Bearer(SecretString),
    OAuth(Arc<Grant>),
}

/// The sign-in as one request carries it.
#[derive(Clone, Debug)]
pub(super) struct Authorized {
    pub(super) credential: Credential,
    pub(super) mask: Mask,
    /// Of an OAuth token: which one it is.
    serial: u64,
}

impl Access {
    pub(super) const fn sign_in(&self) -> SignIn {
        match self {
            Self::Basic { sign_in, .. } => *sign_in,
            Self::Bearer(_) => SignIn::Token,
            Self::OAuth(_) => SignIn::OAuth,
        }
    }

    pub(super) async fn authorize(&self, http: &Http, origin: &Origin) -> Result<Authorized, IntegrationError> {
        match self {
            Self::Basic { user, secret, .. } => {
                let joined = basic(user, secret);
                let mask = Mask::default().and(&joined).and(secret);
                Ok(Authorized { credential: header(origin, "Basic ", joined), mask, serial: 0 })
            }
            Self::Bearer(token) => Ok(bearer(origin, token.clone(), 0)),
            Self::OAuth(grant) => {
                let (token, serial) = grant.token(http).await?;
                Ok(bearer(origin, token, serial))
            }
        }
    }

    /// Another one in place of one that was refused; `None` where there is no other.
    pub(super) async fn renew(
        &self,
        http: &Http,
        origin: &Origin,
        refused: &Authorized,
    ) -> Result<Option<Authorized>, IntegrationError> {
        let Self::OAuth(grant) = self else { return Ok(None) };
        let renewed = grant.renewed(http, refused.serial).await?;
        Ok(renewed.map(|(token, serial)| bearer(origin, token, serial)))
    }
}

fn bearer(origin: &Origin, token: SecretString, serial: u64) -> Authorized {
    let mask = Mask::default().and(&token);
    Authorized { credential: header(origin, "Bearer ", token), mask, serial }
}

fn header(origin: &Origin, prefix: &str, secret: SecretString) -> Credential {
    let header = "authorization".to_owned();
    Credential { origin: origin.clone(), header, prefix: prefix.to_owned(), secret: Some(secret) }
}
