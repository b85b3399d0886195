//! What the integrations authorize themselves with: tokens and passwords, each sealed for its service.

use super::columns::{optional_seconds_time, seconds, seconds_time, word};
use super::sealing::token_hash;
use super::{Database, StoreError};
use crate::domain::{Service, SignIn};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params, params};
use secrecy::SecretString;
use uuid::Uuid;

/// What a service is authorized with.
#[derive(Clone, Debug)]
pub struct StoredCredential {
    pub sign_in: SignIn,
    /// A password, a personal access token, or the access token of an OAuth sign-in.
    pub token: SecretString,
    /// OAuth: what a new access token is asked for with.
    pub refresh_token: Option<SecretString>,
    /// OAuth: when the access token ends.
    pub expires_at: Option<Timestamp>,
    /// Confluence Cloud with OAuth: which site of the account is meant.
    pub cloud_id: Option<String>,
    pub created_at: Timestamp,
}

impl StoredCredential {
    /// Without refresh token and end.
    pub fn new(sign_in: SignIn, token: SecretString) -> Self {
        Self { sign_in, token, refresh_token: None, expires_at: None, cloud_id: None, created_at: Timestamp::now() }
    }

    /// SHA-256 of the token, in hex: names it without telling it.
    pub fn token_hash(&self) -> String {
        token_hash(&self.token)
    }
}

/// What is known of a credential without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialEntry {
    pub sign_in: SignIn,
    /// As whom the service knows the user; empty where it does not say.
    pub account: String,
    /// When a call last worked with it; until then nothing is known to be connected.
    pub verified_at: Option<Timestamp>,
    /// Of the access token.
    pub expires_at: Option<Timestamp>,
    /// Whether a new access token can be had without the user.
    pub renews: bool,
    pub created_at: Timestamp,
}

impl Database {
    /// Keeps it in place of the one before. Returns the hash of its token, for the audit log.
    pub fn set_credential(&self, service: Service, credential: &StoredCredential) -> Result<String, StoreError> {
        let hash = credential.token_hash();
        let refresh = credential.refresh_token.as_ref();
        self.connection.execute(
            "INSERT INTO credentials (id, service, sign_in, token_hash, encrypted_token, encrypted_refresh_token,
                created_at, expires_at, cloud_id)
             VALUES (:id, :service, :sign_in, :hash, :token, :refresh, :created_at, :expires_at, :cloud_id)
             ON CONFLICT (service) DO UPDATE SET sign_in = excluded.sign_in, token_hash = excluded.token_hash,
                encrypted_token = excluded.encrypted_token,
                encrypted_refresh_token = excluded.encrypted_refresh_token, created_at = excluded.created_at,
                expires_at = excluded.expires_at, cloud_id = excluded.cloud_id, account = '', verified_at = NULL",
            named_params! {
                ":id": Uuid::now_v7().to_string(),
                ":service": service.as_str(),
                ":sign_in": credential.sign_in.as_str(),
                ":hash": hash,
                ":token": self.sealing.seal(service.as_str(), &credential.token)?,
                ":refresh": refresh.map(|token| self.sealing.seal(&refresh_name(service), token)).transpose()?,
                ":created_at": seconds(credential.created_at),
                ":expires_at": credential.expires_at.map(seconds),
                ":cloud_id": credential.cloud_id,
            },
        )?;
        Ok(hash)
    }

    /// Puts a renewed token in place of the one before. A [`StoreError::NotFound`] when that one is not there any
    /// more: it was disconnected or replaced meanwhile, and must not come back.
    pub fn rotate_credential(
        &self,
        service: Service,
        old: &SecretString,
        (token, refresh_token): (&SecretString, Option<&SecretString>),
        expires_at: Option<Timestamp>,
    ) -> Result<String, StoreError> {
        let hash = token_hash(token);
        let changed = self.connection.execute(
            "UPDATE credentials SET token_hash = ?3, encrypted_token = ?4, encrypted_refresh_token = ?5,
                expires_at = ?6 WHERE service = ?1 AND token_hash = ?2",
            params![
                service.as_str(),
                token_hash(old),
                hash,
                self.sealing.seal(service.as_str(), token)?,
                refresh_token.map(|token| self.sealing.seal(&refresh_name(service), token)).transpose()?,
                expires_at.map(seconds),
            ],
        )?;
        if changed == 0 { Err(StoreError::NotFound("sign-in")) } else { Ok(hash) }
    }

    /// `None` when none is stored.
    pub fn credential(&self, service: Service) -> Result<Option<StoredCredential>, StoreError> {
        let sql = "SELECT * FROM credentials WHERE service = ?1";
        let row = self.connection.query_row(sql, [service.as_str()], SealedRow::from_row).optional()?;
        let Some(row) = row else { return Ok(None) };
        let open_refresh = |sealed: String| self.sealing.open(&refresh_name(service), &sealed);
        Ok(Some(StoredCredential {
            token: self.sealing.open(service.as_str(), &row.token)?,
            refresh_token: row.refresh_token.map(open_refresh).transpose()?,
            sign_in: row.entry.sign_in,
            expires_at: row.entry.expires_at,
            cloud_id: row.cloud_id,
            created_at: row.entry.created_at,
        }))
    }

    /// What may be shown of the credential, if one is stored.
    pub fn credential_entry(&self, service: Service) -> Result<Option<CredentialEntry>, StoreError> {
        let sql = "SELECT * FROM credentials WHERE service = ?1";
        let row = self.connection.query_row(sql, [service.as_str()], SealedRow::from_row).optional()?;
        Ok(row.map(|row| row.entry))
    }

    /// A call has worked with it, as `account`. Nothing happens when no credential is stored.
    pub fn set_credential_verified(&self, service: Service, account: &str) -> Result<(), StoreError> {
        let sql = "UPDATE credentials SET account = ?2, verified_at = ?3 WHERE service = ?1";
        self.connection.execute(sql, [service.as_str(), account, &seconds(Timestamp::now())])?;
        Ok(())
    }

    /// Whether there was one.
    pub fn remove_credential(&self, service: Service) -> Result<bool, StoreError> {
        let removed = self.connection.execute("DELETE FROM credentials WHERE service = ?1", [service.as_str()])?;
        Ok(removed > 0)
    }
}

struct SealedRow {
    token: String,
    refresh_token: Option<String>,
    cloud_id: Option<String>,
    entry: CredentialEntry,
}

impl SealedRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let refresh_token: Option<String> = row.get("encrypted_refresh_token")?;
        Ok(Self {
            token: row.get("encrypted_token")?,
            cloud_id: row.get("cloud_id")?,
            entry: CredentialEntry {
                sign_in: word(row, "sign_in", SignIn::parse)?,
                account: row.get("account")?,
                verified_at: optional_seconds_time(row, "verified_at")?,
                expires_at: optional_seconds_time(row, "expires_at")?,
                renews: refresh_token.is_some(),
                created_at: seconds_time(row, "created_at")?,
            },
            refresh_token,
        })
    }
}

/// What a refresh token is sealed for, so that it opens in no other column.
fn refresh_name(service: Service) -> String {
    format!("{}:refresh", service.as_str())
}
