//! Speaks to the authorization server, through the one door to the network.

use super::error::SignInError;
use crate::domain::{Credential, Endpoint, OAuthEndpoints, ServiceUrl};
use crate::net::{Http, Limits, Mask, NetError};
use crate::privacy::{Method, Outbound, Request, SignInForm};
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse, BasicTokenType};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use std::pin::Pin;
use std::time::Duration;

/// How long the authorization server may take.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// The largest answer: tokens that are documents of their own reach some kilobytes.
const ANSWER_MAX_BYTES: usize = 256 << 10;

/// A token without an end of its own is taken to last an hour.
const USUAL_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// What the authorization server gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: SecretString,
    /// `None` where the server gives none: then the user signs in again when the access token ends.
    pub refresh: Option<SecretString>,
    pub expires_at: Timestamp,
}

/// One application at one authorization server.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    pub client_id: String,
    /// Atlassian wants one although PKCE does without.
    pub client_secret: Option<SecretString>,
    pub endpoints: OAuthEndpoints,
}

/// Where the user is sent, and what belongs to this sign-in alone.
pub(super) struct Challenge {
    pub(super) url: String,
    pub(super) state: SecretString,
    pub(super) verifier: PkceCodeVerifier,
}

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl OAuthClient {
    /// `None` where the addresses cannot be used, which the settings have been checked for.
    fn client(&self) -> Option<Client> {
        let authorize = AuthUrl::new(self.endpoints.authorize.to_string()).ok()?;
        let token = TokenUrl::new(self.endpoints.token.to_string()).ok()?;
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(authorize)
            .set_token_uri(token);
        Some(match &self.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(opened(secret).to_owned())),
            None => client,
        })
    }

    /// The page to sign in, with a fresh verifier and state of 256 bits each.
    pub(super) fn challenge(&self, redirect: &str) -> Result<Challenge, SignInError> {
        let client = self.client().ok_or(SignInError::Malformed)?;
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|_unprintable| SignInError::Malformed)?;
        let verifier = PkceCodeVerifier::new(random_text()?);
        let state = random_text()?;
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.clone()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.endpoints.scopes.iter().cloned().map(Scope::new));
        for (name, value) in self.endpoints.extra {
            request = request.add_extra_param(*name, *value);
        }
        let (url, _) = request.url();
        Ok(Challenge { url: url.into(), state: state.into(), verifier })
    }

    /// The tokens for the code that the browser brought.
    pub(super) async fn exchange(
        &self,
        http: &Http,
        (code, redirect): (&SecretString, &str),
        verifier: PkceCodeVerifier,
    ) -> Result<Tokens, SignInError> {
        let client = self.client().ok_or(SignInError::Malformed)?;
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|_unprintable| SignInError::Malformed)?;
        let mask = self.mask().and(code);
        let request = client
            .exchange_code(AuthorizationCode::new(opened(code).to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_verifier(verifier);
        let answer = request.request_async(&self.door(http)).await;
        tokens(&answer.map_err(|error| explain(error, &mask))?)
    }

    /// New tokens for a refresh token. A server that gives no new refresh token means the old one to stay.
    pub(super) async fn refresh(&self, http: &Http, refresh: &SecretString) -> Result<Tokens, SignInError> {
        let client = self.client().ok_or(SignInError::Malformed)?;
        let mask = self.mask().and(refresh);
        let token = RefreshToken::new(opened(refresh).to_owned());
        let answer = client.exchange_refresh_token(&token).request_async(&self.door(http)).await;
        let mut tokens = tokens(&answer.map_err(|error| explain(error, &mask))?)?;
        tokens.refresh.get_or_insert_with(|| refresh.clone());
        Ok(tokens)
    }

    fn mask(&self) -> Mask {
        self.client_secret.iter().fold(Mask::default(), Mask::and)
    }

    fn door(&self, http: &Http) -> Door {
        Door { http: http.clone(), to: self.endpoints.token.clone() }
    }
}

/// Our own door to the network, as the library wants it. It leads to the address of the settings, whatever a request
/// says.
struct Door {
    http: Http,
    to: ServiceUrl,
}

impl<'c> AsyncHttpClient<'c> for Door {
    type Error = NetError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NetError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let host = || self.to.origin().host().to_owned();
            let form = SignInForm::parse(request.into_body());
            let form = form.ok_or_else(|| NetError::ForeignAddress { host: host() })?;
            post(&self.http, &self.to, form).await
        })
    }
}

async fn post(http: &Http, to: &ServiceUrl, form: SignInForm) -> Result<HttpResponse, NetError> {
    let outbound = Outbound::encode(&(Endpoint::exactly(to), form), |(at, form)| {
        Request::to(Method::Post, at)
            .header("accept", "application/json")
            .body("application/x-www-form-urlencoded", form.bytes().to_vec())
    });
    let limits = Limits { max_bytes: ANSWER_MAX_BYTES, ..Limits::whole(ANSWER_WAIT) };
    match http.send(&Credential::none(to.origin().clone()), outbound, limits).await {
        Ok(response) => {
            let body = response.text().await?;
            // The library takes no other success than 200, and looks at no other header than the type.
            Ok(HttpResponse::new(body.into_bytes()))
        }
        Err(NetError::Status(answer)) if answer.code < 500 => {
            let mut refusal = HttpResponse::new(answer.body.as_str().as_bytes().to_vec());
            if let Ok(status) = oauth2::http::StatusCode::from_u16(answer.code) {
                *refusal.status_mut() = status;
            }
            Ok(refusal)
        }
        Err(error) => Err(error),
    }
}

fn tokens(answer: &BasicTokenResponse) -> Result<Tokens, SignInError> {
    let is_bearer = matches!(answer.token_type(), BasicTokenType::Bearer);
    if !is_bearer || answer.access_token().secret().is_empty() {
        return Err(SignInError::Malformed);
    }
    let life = answer.expires_in().and_then(|life| SignedDuration::try_from(life).ok()).unwrap_or(USUAL_LIFE);
    let now = Timestamp::now();
    Ok(Tokens {
        access: answer.access_token().secret().as_str().into(),
        refresh: answer.refresh_token().map(|token| token.secret().as_str().into()),
        expires_at: now.checked_add(life).unwrap_or(now),
    })
}

fn explain(error: RequestTokenError<NetError, BasicErrorResponse>, mask: &Mask) -> SignInError {
    let refused = match error {
        RequestTokenError::ServerResponse(refused) => refused,
        RequestTokenError::Request(error) => return SignInError::Net(error),
        // What could not be read may hold a token, so nothing of it is kept.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => return SignInError::Malformed,
    };
    let said = mask.excerpt(refused.error_description().map_or("", String::as_str));
    match refused.error() {
        BasicErrorResponseType::InvalidGrant => SignInError::CodeRefused { said },
        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
            SignInError::ClientRefused { said }
        }
        BasicErrorResponseType::InvalidScope => SignInError::ScopeRefused { said },
        other => SignInError::NoToken { code: mask.excerpt(other.as_ref()), said },
    }
}

/// 256 bits from the system, as 64 hexadecimal digits: RFC 7636 takes 43 to 128 characters for a verifier.
fn random_text() -> Result<String, SignInError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_unprintable| SignInError::NoRandomness)?;
    Ok(hex::encode(bytes))
}

#[expect(clippy::disallowed_methods, reason = "the library puts it into the request that is its purpose")]
pub(super) fn opened(secret: &SecretString) -> &str {
    secret.expose_secret()
}
