//! A sign-in that renews itself: one renewal at a time, and what it gave is stored before it is used.
//!
//! Refresh tokens rotate: the server takes each once, and ends the whole sign-in when one comes twice.

use super::client::{OAuthClient, Tokens};
use super::error::SignInError;
use crate::domain::Service;
use crate::integrations::error::IntegrationError;
use crate::net::Http;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A token that ends so soon is renewed first: the request takes a while to arrive. See [`renewal`].
const LEEWAY: SignedDuration = SignedDuration::from_secs(10);

/// What came of storing renewed tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Stored,
    /// The service was disconnected meanwhile, or connected anew: these tokens must not come back.
    Gone,
    /// It failed, and is tried again before the next request.
    Failed,
}

/// Stores renewed tokens in place of the ones before. The worker has one; this room knows no store.
pub trait KeepTokens: fmt::Debug + Send + Sync {
    fn keep<'a>(&'a self, before: &'a Tokens, after: &'a Tokens) -> Pin<Box<dyn Future<Output = Kept> + Send + 'a>>;
}

/// A sign-in with its tokens, shared by all requests to the service.
#[derive(Debug)]
pub struct Grant {
    service: Service,
    client: OAuthClient,
    keeper: Box<dyn KeepTokens>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: Tokens,
    /// From when on they are renewed before they are used.
    renew_from: Timestamp,
    /// Which tokens these are: counts up with every renewal.
    serial: u64,
    /// What was given and could not be stored yet.
    unstored: Option<Tokens>,
    /// Why there will be no other tokens.
    ended: Option<IntegrationError>,
}

impl Grant {
    pub fn new(service: Service, client: OAuthClient, tokens: Tokens, keeper: Box<dyn KeepTokens>) -> Self {
        let state = Mutex::new(State { renew_from: renewal(&tokens), tokens, serial: 1, unstored: None, ended: None });
        Self { service, client, keeper, state }
    }

    /// From now on there is no token any more. Waits for a renewal that is under way, so that what it gave is stored before
    /// anybody reads it anew.
    pub async fn retire(&self) {
        self.state.lock().await.ended = Some(IntegrationError::NotConnected(self.service));
    }

    /// A token that has not ended, as far as is known here, and which one it is.
    pub(in crate::integrations) async fn token(
        self: &Arc<Self>,
        http: &Http,
    ) -> Result<(SecretString, u64), IntegrationError> {
        let (serial, can_renew) = {
            let state = self.state.lock().await;
            if let Some(ended) = &state.ended {
                return Err(ended.clone());
            }
            if state.unstored.is_none() && Timestamp::now() < state.renew_from {
                return Ok((state.tokens.access.clone(), state.serial));
            }
            (state.serial, state.tokens.refresh.is_some())
        };
        if !can_renew {
            return Err(self.connect_again(String::new()));
        }
        self.renew(http, serial).await
    }

    /// Another token than the one of this serial, which was refused. `None` where there is no way to get one.
    pub(in crate::integrations) async fn renewed(
        self: &Arc<Self>,
        http: &Http,
        refused: u64,
    ) -> Result<Option<(SecretString, u64)>, IntegrationError> {
        if self.state.lock().await.tokens.refresh.is_none() {
            return Ok(None);
        }
        self.renew(http, refused).await.map(Some)
    }

    /// Runs to its end even if nobody waits any more: the server has taken the old refresh token, so what it gives must
    /// be stored.
    async fn renew(self: &Arc<Self>, http: &Http, serial: u64) -> Result<(SecretString, u64), IntegrationError> {
        let (this, http) = (Arc::clone(self), http.clone());
        #[expect(clippy::disallowed_methods, reason = "a job that is dropped in the middle would lose the new token")]
        let renewal = tokio::spawn(async move { this.renew_in_turn(&http, serial).await });
        renewal.await.unwrap_or(Err(IntegrationError::NotKept))
    }

    async fn renew_in_turn(&self, http: &Http, serial: u64) -> Result<(SecretString, u64), IntegrationError> {
        let mut state = self.state.lock().await;
        if let Some(ended) = &state.ended {
            return Err(ended.clone());
        }
        // Another request has renewed it while this one waited.
        if state.serial != serial && state.unstored.is_none() {
            return Ok((state.tokens.access.clone(), state.serial));
        }
        let after = match state.unstored.take() {
            Some(unstored) => unstored,
            None => self.ask(http, &mut state).await?,
        };
        match self.keeper.keep(&state.tokens, &after).await {
            Kept::Stored => {
                state.renew_from = renewal(&after);
                state.tokens = after;
                state.serial += 1;
                Ok((state.tokens.access.clone(), state.serial))
            }
            Kept::Gone => {
                let gone = IntegrationError::NotConnected(self.service);
                state.ended = Some(gone.clone());
                Err(gone)
            }
            Kept::Failed => {
                state.unstored = Some(after);
                Err(IntegrationError::NotKept)
            }
        }
    }

    async fn ask(&self, http: &Http, state: &mut State) -> Result<Tokens, IntegrationError> {
        let refresh = state.tokens.refresh.clone().ok_or_else(|| self.connect_again(String::new()))?;
        match self.client.refresh(http, &refresh).await {
            Ok(tokens) => Ok(tokens),
            Err(SignInError::CodeRefused { said }) => {
                let ended = self.connect_again(said);
                state.ended = Some(ended.clone());
                Err(ended)
            }
            Err(SignInError::Net(error)) => Err(IntegrationError::Net(error)),
            Err(error) => Err(error.into()),
        }
    }

    const fn connect_again(&self, said: String) -> IntegrationError {
        IntegrationError::ConnectAgain { service: self.service, said }
    }
}

/// When tokens that came now are to be renewed: before they end, but not so early that a token of a few seconds counts as
/// ended as soon as it comes, and every request renews it once more.
fn renewal(tokens: &Tokens) -> Timestamp {
    let lasts = tokens.expires_at.duration_since(Timestamp::now());
    let leeway = (lasts / 4).clamp(SignedDuration::ZERO, LEEWAY);
    tokens.expires_at.checked_sub(leeway).unwrap_or(tokens.expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_lived_token_is_used_before_it_is_renewed() {
        let now = Timestamp::now();
        let renewed_in = |secs: i64| {
            let expires_at = now.checked_add(SignedDuration::from_secs(secs)).unwrap();
            let tokens = Tokens { access: "a".into(), refresh: None, expires_at };
            renewal(&tokens).duration_since(now).as_secs()
        };
        assert_eq!([renewed_in(3600), renewed_in(40), renewed_in(-5)], [3590, 30, -5]);
        assert!((3..5).contains(&renewed_in(5)));
    }
}
