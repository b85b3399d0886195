//! How the services are set up.

use super::columns::{seconds, word};
use super::{Database, StoreError};
use crate::domain::{ConfluenceApi, IntegrationConfig, OAuthFields, Service, SignIn};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params};
use secrecy::SecretString;
use uuid::Uuid;

impl Database {
    /// Writes all fields. The secrets are kept apart.
    pub fn save_integration(&self, config: &IntegrationConfig) -> Result<(), StoreError> {
        let sql = "INSERT INTO integration_config (id, service, base_url, username, project_name, space_key,
                       auto_create_enabled, updated_at, sign_in, api, client_id, authorize_url, token_url, scopes,
                       gateway_url, tenant, callback_port, timeout_secs, work_item_type, category, assignment_group,
                       caller_id)
                   VALUES (:id, :service, :base_url, :username, :project, :space, :auto, :now, :sign_in, :api,
                       :client_id, :authorize_url, :token_url, :scopes, :gateway_url, :tenant, :port, :timeout,
                       :work_item_type, :category, :group, :caller)
                   ON CONFLICT (service) DO UPDATE SET base_url = excluded.base_url, username = excluded.username,
                       project_name = excluded.project_name, space_key = excluded.space_key,
                       auto_create_enabled = excluded.auto_create_enabled, updated_at = excluded.updated_at,
                       sign_in = excluded.sign_in, api = excluded.api, client_id = excluded.client_id,
                       authorize_url = excluded.authorize_url, token_url = excluded.token_url,
                       scopes = excluded.scopes, gateway_url = excluded.gateway_url, tenant = excluded.tenant,
                       callback_port = excluded.callback_port, timeout_secs = excluded.timeout_secs,
                       work_item_type = excluded.work_item_type, category = excluded.category,
                       assignment_group = excluded.assignment_group, caller_id = excluded.caller_id";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": Uuid::now_v7().to_string(),
            ":service": config.service.as_str(),
            ":base_url": config.base_url,
            ":username": config.username,
            ":project": config.project_name,
            ":space": config.space_key,
            ":auto": config.auto_create_enabled,
            ":now": seconds(Timestamp::now()),
            ":sign_in": config.sign_in.as_str(),
            ":api": config.api.as_str(),
            ":client_id": config.oauth.client_id,
            ":authorize_url": config.oauth.authorize_url,
            ":token_url": config.oauth.token_url,
            ":scopes": config.oauth.scopes,
            ":gateway_url": config.oauth.gateway_url,
            ":tenant": config.oauth.tenant,
            ":port": config.callback_port,
            ":timeout": config.timeout_secs,
            ":work_item_type": config.work_item_type,
            ":category": config.category,
            ":group": config.assignment_group,
            ":caller": config.caller_id,
        })?;
        Ok(())
    }

    /// `None` when it was never set up.
    pub fn integration(&self, service: Service) -> Result<Option<IntegrationConfig>, StoreError> {
        let sql = "SELECT * FROM integration_config WHERE service = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([service.as_str()], config_from).optional()?)
    }

    /// The secret of the registered application, in place of the one before; `None` removes it. Nothing happens when the
    /// service was never set up.
    pub fn set_client_secret(&self, service: Service, secret: Option<&SecretString>) -> Result<(), StoreError> {
        let sealed = secret.map(|secret| self.sealing.seal(&client_name(service), secret)).transpose()?;
        let sql = "UPDATE integration_config SET encrypted_client_secret = ?2 WHERE service = ?1";
        self.connection.execute(sql, (service.as_str(), sealed))?;
        Ok(())
    }

    pub fn client_secret(&self, service: Service) -> Result<Option<SecretString>, StoreError> {
        let sql = "SELECT encrypted_client_secret FROM integration_config WHERE service = ?1";
        let sealed: Option<Option<String>> =
            self.connection.query_row(sql, [service.as_str()], |row| row.get(0)).optional()?;
        sealed.flatten().map(|sealed| self.sealing.open(&client_name(service), &sealed)).transpose()
    }
}

/// What a client secret is sealed for, so that it opens in no other column.
fn client_name(service: Service) -> String {
    format!("{}:client", service.as_str())
}

fn config_from(row: &Row<'_>) -> rusqlite::Result<IntegrationConfig> {
    let optional = |column| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default);
    Ok(IntegrationConfig {
        service: word(row, "service", Service::parse)?,
        base_url: row.get("base_url")?,
        sign_in: word(row, "sign_in", SignIn::parse)?,
        username: optional("username")?,
        project_name: optional("project_name")?,
        space_key: optional("space_key")?,
        auto_create_enabled: row.get("auto_create_enabled")?,
        api: word(row, "api", ConfluenceApi::parse)?,
        oauth: OAuthFields {
            client_id: row.get("client_id")?,
            authorize_url: row.get("authorize_url")?,
            token_url: row.get("token_url")?,
            scopes: row.get("scopes")?,
            gateway_url: row.get("gateway_url")?,
            tenant: row.get("tenant")?,
        },
        callback_port: row.get("callback_port")?,
        timeout_secs: row.get("timeout_secs")?,
        work_item_type: row.get("work_item_type")?,
        category: row.get("category")?,
        assignment_group: row.get("assignment_group")?,
        caller_id: row.get("caller_id")?,
    })
}
