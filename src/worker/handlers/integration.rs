//! Services: how they are set up, connecting, testing, disconnecting.

use crate::domain::{AuditAction, IntegrationConfig, Service, SignIn};
use crate::integrations::{IntegrationError, SignInFlow, Tested, cloud_id, integration};
use crate::store::{Database, StoreError, StoredCredential};
use crate::worker::blocking;
use crate::worker::command::IntegrationCommand;
use crate::worker::connections::{oauth_client, stored};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use crate::worker::snapshot::{Connection, IntegrationState};
use secrecy::SecretString;
use serde_json::json;
use std::time::Instant;

pub(super) async fn run(
    services: &Services,
    reporter: &Reporter,
    command: IntegrationCommand,
) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        IntegrationCommand::Load => {}
        IntegrationCommand::Save { config, secret, client_secret } => {
            save(&session, *config, secret, client_secret).await?;
        }
        IntegrationCommand::Connect { service, opens_browser } => {
            connect(&session, reporter, service, opens_browser).await?;
        }
        IntegrationCommand::Test(service) => {
            let message = test(&session, service).await?.message;
            return Ok(Event::IntegrationTested { service, message, all: states(&session).await? });
        }
        IntegrationCommand::Disconnect(service) => disconnect(&session, service).await?,
    }
    Ok(Event::IntegrationsLoaded(states(&session).await?))
}

async fn states(session: &Session) -> Result<Vec<IntegrationState>, Failure> {
    session.call(|db| Service::ALL.iter().map(|service| state(db, *service)).collect()).await
}

fn state(db: &Database, service: Service) -> Result<IntegrationState, StoreError> {
    let config = db.integration(service)?;
    let connection = db.credential_entry(service)?.map(|entry| Connection {
        sign_in: entry.sign_in,
        account: entry.account,
        verified_at: entry.verified_at,
        expires_at: entry.expires_at,
        renews: entry.renews,
    });
    let is_set_up = config.is_some();
    let config = config.unwrap_or_else(|| IntegrationConfig::new(service));
    Ok(IntegrationState { is_set_up, has_client_secret: db.client_secret(service)?.is_some(), config, connection })
}

/// A secret belongs to one site, one way to authorize and one user: with another it must be entered again.
async fn save(
    session: &Session,
    config: IntegrationConfig,
    secret: Option<SecretString>,
    client_secret: Option<SecretString>,
) -> Result<(), Failure> {
    let config = config.put_right();
    config.validate().map_err(IntegrationError::from)?;
    let service = config.service;
    let before = session.call(move |db| db.integration(service)).await?;
    let moved = before.as_ref().is_some_and(|before| !config.keeps_credential_of(before));
    let client_moved = before.as_ref().is_some_and(|before| !config.keeps_client_secret_of(before));
    let is_other = moved || client_moved || client_secret.is_some() || secret.is_some();
    let details = described(&config);
    session
        .call(move |db| {
            db.transaction(|db| {
                if moved {
                    db.remove_credential(service)?;
                }
                db.save_integration(&config)?;
                if client_moved || client_secret.is_some() {
                    db.set_client_secret(service, client_secret.as_ref())?;
                }
                db.audit(AuditAction::SettingsChange, "integration", service.as_str(), &details)?;
                if let Some(secret) = secret.filter(|_| config.sign_in != SignIn::OAuth) {
                    let hash = db.set_credential(service, &StoredCredential::new(config.sign_in, secret))?;
                    let details = json!({"token_hash": hash, "sign_in": config.sign_in.as_str()});
                    db.audit(AuditAction::CredentialStore, "integration", service.as_str(), &details)?;
                }
                Ok(())
            })
        })
        .await?;
    if is_other {
        session.retire_grant(service).await;
    }
    Ok(())
}

/// What the audit log says of a service: where it is and how it is spoken to.
fn described(config: &IntegrationConfig) -> serde_json::Value {
    let token = config.oauth_endpoints().ok().filter(|_| config.sign_in == SignIn::OAuth);
    json!({
        "service": config.service.as_str(), "sign_in": config.sign_in.as_str(),
        "host": config.base().map(|base| base.origin().to_string()).unwrap_or_default(),
        "token_host": token.map(|all| all.token.origin().to_string()),
        "auto_create": config.auto_create_enabled,
    })
}

/// Signs in with the browser, stores what that gave, and makes a call with it.
async fn connect(session: &Session, reporter: &Reporter, service: Service, opens_browser: bool) -> Result<(), Failure> {
    let (config, secret) = session.call(move |db| Ok((db.integration(service)?, db.client_secret(service)?))).await?;
    let config = config.unwrap_or_else(|| IntegrationConfig::new(service));
    config.validate().map_err(IntegrationError::from)?;
    if config.sign_in != SignIn::OAuth {
        return test(session, service).await.map(drop);
    }
    let client = oauth_client(&config, secret)?;
    let flow = session.connections.callbacks.begin(client, config.callback_port).await;
    let flow = flow.map_err(IntegrationError::from)?;
    audit(session, AuditAction::IntegrationConnect, service, json!({"outcome": "attempt"})).await?;
    let result = sign_in(session, reporter, (&config, opens_browser), flow).await;
    if let Err(error) = result {
        let details = json!({"outcome": "failed"});
        audit(session, AuditAction::IntegrationConnect, service, details).await?;
        return Err(error.into());
    }
    test(session, service).await.map(drop)
}

async fn sign_in(
    session: &Session,
    reporter: &Reporter,
    (config, opens_browser): (&IntegrationConfig, bool),
    flow: SignInFlow,
) -> Result<(), SignInFailure> {
    let service = config.service;
    let url = flow.url().to_owned();
    let opened = opens_browser && open_browser(url.clone()).await;
    let (redirect, limit) = (flow.redirect().to_owned(), flow.limit());
    reporter.report(Event::SignInWaits { service, url, redirect, limit, opened }).await;
    let http = session.providers().http().clone();
    let tokens = flow.finish(&http).await.map_err(IntegrationError::from)?;
    let site = cloud_id(&http, config, &tokens.access).await?;
    let credential = stored(&tokens, site);
    let expires_at = tokens.expires_at.to_string();
    session
        .call(move |db| {
            db.transaction(|db| {
                let hash = db.set_credential(service, &credential)?;
                let details = json!({"outcome": "ok", "token_hash": hash, "expires_at": expires_at});
                db.audit(AuditAction::IntegrationConnect, "integration", service.as_str(), &details).map(drop)
            })
        })
        .await?;
    session.retire_grant(service).await;
    Ok(())
}

/// The two kinds of failure that a sign-in can have.
enum SignInFailure {
    Service(IntegrationError),
    Here(Failure),
}

impl From<IntegrationError> for SignInFailure {
    fn from(error: IntegrationError) -> Self {
        Self::Service(error)
    }
}

impl From<Failure> for SignInFailure {
    fn from(failure: Failure) -> Self {
        Self::Here(failure)
    }
}

impl From<SignInFailure> for Failure {
    fn from(failure: SignInFailure) -> Self {
        match failure {
            SignInFailure::Service(error) => error.into(),
            SignInFailure::Here(failure) => failure,
        }
    }
}

/// Whether one could be started. The URL can be copied where none could.
async fn open_browser(url: String) -> bool {
    blocking::run(move |_stop| Ok(open::that_detached(url).is_ok())).await.unwrap_or(false)
}

async fn test(session: &Session, service: Service) -> Result<Tested, Failure> {
    let (config, caller) = session.service(service).await?;
    audit(session, AuditAction::IntegrationTest, service, json!({"outcome": "attempt", "host": caller.host()})).await?;
    let began = Instant::now();
    let tested = integration(service).test(&caller, &config).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let details = json!({"outcome": if tested.is_ok() { "ok" } else { "failed" }, "duration_ms": took});
    audit(session, AuditAction::IntegrationTest, service, details).await?;
    let tested = tested?;
    let account = tested.account.clone();
    session.call(move |db| db.set_credential_verified(service, &account)).await?;
    Ok(tested)
}

async fn disconnect(session: &Session, service: Service) -> Result<(), Failure> {
    session
        .call(move |db| {
            db.transaction(|db| {
                let removed = db.remove_credential(service)?;
                let details = json!({"had_credential": removed});
                db.audit(AuditAction::IntegrationDisconnect, "integration", service.as_str(), &details).map(drop)
            })
        })
        .await?;
    session.retire_grant(service).await;
    Ok(())
}

async fn audit(
    session: &Session,
    action: AuditAction,
    service: Service,
    details: serde_json::Value,
) -> Result<(), Failure> {
    session.call(move |db| db.audit(action, "integration", service.as_str(), &details).map(drop)).await
}
