//! The services that are connected: one sign-in each, shared by all jobs, so that it is renewed once.

use super::failure::Failure;
use super::services::Session;
use crate::domain::{AuditAction, IntegrationConfig, Service, SignIn};
use crate::integrations::{
    Access, Callbacks, Caller, Grant, IntegrationError, KeepTokens, Kept, OAuthClient, Tokens, access_of, caller,
};
use crate::store::{Store, StoreError, StoredCredential};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What the session keeps for its services.
#[derive(Debug, Default)]
pub(super) struct Connections {
    pub(super) callbacks: Callbacks,
    /// Held while a sign-in is read from the store, so that no two are made of it.
    grants: Mutex<HashMap<Service, Arc<Grant>>>,
}

impl Session {
    /// How the service is set up, and somebody who speaks to it. Fails where it is not connected.
    pub(super) async fn service(&self, service: Service) -> Result<(IntegrationConfig, Caller), Failure> {
        let (config, credential) = self.call(move |db| Ok((db.integration(service)?, db.credential(service)?))).await?;
        let not_connected = || IntegrationError::NotConnected(service);
        let config = config.ok_or_else(not_connected)?;
        let credential = credential.ok_or_else(not_connected)?;
        let cloud_id = credential.cloud_id.clone();
        let access = match credential.sign_in {
            SignIn::OAuth => Access::OAuth(self.grant(&config).await?),
            SignIn::Basic | SignIn::Token => access_of(&config, credential.token),
        };
        let caller = caller(self.providers().http(), &config, access, cloud_id.as_deref())?;
        Ok((config, caller))
    }

    /// The sign-in that all jobs share.
    async fn grant(&self, config: &IntegrationConfig) -> Result<Arc<Grant>, Failure> {
        let service = config.service;
        let mut grants = self.connections.grants.lock().await;
        if let Some(grant) = grants.get(&service) {
            return Ok(Arc::clone(grant));
        }
        let (credential, secret) =
            self.call(move |db| Ok((db.credential(service)?, db.client_secret(service)?))).await?;
        let credential = credential.ok_or(IntegrationError::NotConnected(service))?;
        let client = oauth_client(config, secret)?;
        let tokens = Tokens {
            access: credential.token,
            refresh: credential.refresh_token,
            expires_at: credential.expires_at.unwrap_or(Timestamp::UNIX_EPOCH),
        };
        let keeper = Box::new(Keeper { store: self.store.clone(), service });
        let grant = Arc::new(Grant::new(service, client, tokens, keeper));
        grants.insert(service, Arc::clone(&grant));
        Ok(grant)
    }

    /// Once a sign-in was replaced or removed in the store: what still has the old one ends, and nothing of it comes back,
    /// because tokens are stored only in place of the ones that they renew.
    pub(super) async fn retire_grant(&self, service: Service) {
        let mut grants = self.connections.grants.lock().await;
        if let Some(grant) = grants.remove(&service) {
            grant.retire().await;
        }
    }
}

/// The application that the settings name, or else the variable of the service.
pub(super) fn oauth_client(
    config: &IntegrationConfig,
    client_secret: Option<SecretString>,
) -> Result<OAuthClient, IntegrationError> {
    let client_id = match config.oauth.client_id.as_str() {
        "" => std::env::var(config.service.client_id_variable()).unwrap_or_default().trim().to_owned(),
        set => set.to_owned(),
    };
    if client_id.is_empty() {
        return Err(crate::domain::IntegrationConfigError::NoClientId.into());
    }
    Ok(OAuthClient { client_id, client_secret, endpoints: config.oauth_endpoints()? })
}

/// What a sign-in with the browser gave, as it is stored.
pub(super) fn stored(tokens: &Tokens, cloud_id: Option<String>) -> StoredCredential {
    StoredCredential {
        refresh_token: tokens.refresh.clone(),
        expires_at: Some(tokens.expires_at),
        cloud_id,
        ..StoredCredential::new(SignIn::OAuth, tokens.access.clone())
    }
}

/// Writes renewed tokens down before they are used.
#[derive(Debug)]
struct Keeper {
    store: Store,
    service: Service,
}

impl KeepTokens for Keeper {
    fn keep<'a>(&'a self, before: &'a Tokens, after: &'a Tokens) -> Pin<Box<dyn Future<Output = Kept> + Send + 'a>> {
        let (service, before, after) = (self.service, before.clone(), after.clone());
        Box::pin(async move {
            let kept = self.store.call(move |db| {
                db.transaction(|db| {
                    let new = (&after.access, after.refresh.as_ref());
                    let hash = db.rotate_credential(service, &before.access, new, Some(after.expires_at))?;
                    let details = json!({"token_hash": hash});
                    db.audit(AuditAction::IntegrationRefresh, "integration", service.as_str(), &details).map(drop)
                })
            });
            match kept.await {
                Ok(()) => Kept::Stored,
                Err(StoreError::NotFound(_)) => Kept::Gone,
                Err(error) => {
                    tracing::warn!(%error, service = service.as_str(), "a renewed sign-in could not be stored");
                    Kept::Failed
                }
            }
        })
    }
}
