//! Configured AI endpoints and their sealed keys.

use super::columns::{json, parsed, seconds, word};
use super::issues::found;
use super::sealing::token_hash;
use super::{Database, StoreError};
use crate::domain::{ApiFormat, Price, ProviderConfig, ProviderId, ProviderKind, Proxy};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params};
use secrecy::SecretString;

impl Database {
    /// Adds a provider, or writes all fields of the one with its id. Two with the same name are a
    /// [`StoreError::Conflict`]. Its key is kept apart: `has_key` is not looked at.
    pub fn save_provider(&self, provider: &ProviderConfig) -> Result<(), StoreError> {
        if provider.id == ProviderId::GUIDE {
            return Err(StoreError::GuideIsFixed);
        }
        let headers: serde_json::Value =
            provider.extra_headers.iter().map(|(name, value)| vec![name.as_str(), value.as_str()]).collect();
        let sql = "INSERT INTO ai_providers (id, name, kind, api_format, base_url, model, custom_endpoint_path,
                       custom_auth_header, custom_auth_prefix, user_id, extra_headers, max_tokens, temperature,
                       context_window, first_byte_timeout_secs, idle_timeout_secs, proxy, forwards, price_prompt,
                       price_completion, preset)
                   VALUES (:id, :name, :kind, :format, :url, :model, :path, :header, :prefix, :user, :headers,
                       :max_tokens, :temperature, :window, :timeout, :idle, :proxy, :forwards, :price_prompt,
                       :price_completion, :preset)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
                       api_format = excluded.api_format, base_url = excluded.base_url, model = excluded.model,
                       custom_endpoint_path = excluded.custom_endpoint_path,
                       custom_auth_header = excluded.custom_auth_header,
                       custom_auth_prefix = excluded.custom_auth_prefix, user_id = excluded.user_id,
                       extra_headers = excluded.extra_headers, max_tokens = excluded.max_tokens,
                       temperature = excluded.temperature, context_window = excluded.context_window,
                       first_byte_timeout_secs = excluded.first_byte_timeout_secs,
                       idle_timeout_secs = excluded.idle_timeout_secs, proxy = excluded.proxy, forwards = excluded.forwards,
                       price_prompt = excluded.price_prompt, price_completion = excluded.price_completion,
                       preset = excluded.preset";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": provider.id.to_string(),
            ":name": provider.name,
            ":kind": provider.kind.as_str(),
            ":format": provider.api_format.as_str(),
            ":url": provider.base_url,
            ":model": provider.model,
            ":path": provider.custom_endpoint_path,
            ":header": provider.custom_auth_header,
            ":prefix": provider.custom_auth_prefix,
            ":user": provider.user_id,
            ":headers": headers.to_string(),
            ":max_tokens": provider.max_tokens,
            ":temperature": provider.temperature,
            ":window": provider.context_window,
            ":timeout": provider.first_byte_timeout_secs,
            ":idle": provider.idle_timeout_secs,
            ":proxy": provider.proxy.to_word(),
            ":forwards": provider.forwards,
            ":price_prompt": provider.price.map(|price| price.prompt),
            ":price_completion": provider.price.map(|price| price.completion),
            ":preset": provider.preset,
        })?;
        Ok(())
    }

    /// In the order in which they were added, without the built-in guide.
    pub fn providers(&self) -> Result<Vec<ProviderConfig>, StoreError> {
        let sql = format!("{SELECT} ORDER BY number");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let providers = statement.query_map([], provider_from)?;
        Ok(providers.collect::<Result<_, _>>()?)
    }

    /// The guide, too.
    pub fn provider(&self, id: ProviderId) -> Result<ProviderConfig, StoreError> {
        if id == ProviderId::GUIDE {
            return Ok(ProviderConfig::guide());
        }
        let sql = format!("{SELECT} WHERE id = ?1");
        let provider = self.connection.prepare_cached(&sql)?.query_row([id.to_string()], provider_from).optional()?;
        provider.ok_or(StoreError::NotFound("provider"))
    }

    /// With its key. Conversations with it stay.
    pub fn remove_provider(&self, id: ProviderId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM ai_providers WHERE id = ?1", [id.to_string()])?, "provider")
    }

    /// Keeps the key in place of the one before. Returns its hash, for the audit log.
    pub fn set_provider_key(&self, id: ProviderId, key: &SecretString) -> Result<String, StoreError> {
        self.provider(id)?;
        let hash = token_hash(key);
        let sql = "INSERT INTO provider_keys (provider_id, token_hash, encrypted_key, created_at)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (provider_id) DO UPDATE SET token_hash = excluded.token_hash,
                       encrypted_key = excluded.encrypted_key, created_at = excluded.created_at";
        let sealed = self.sealing.seal(&seal_name(id), key)?;
        self.connection.execute(sql, [&id.to_string(), &hash, &sealed, &seconds(Timestamp::now())])?;
        Ok(hash)
    }

    /// `None` when none is stored.
    pub fn provider_key(&self, id: ProviderId) -> Result<Option<SecretString>, StoreError> {
        let sql = "SELECT encrypted_key FROM provider_keys WHERE provider_id = ?1";
        let sealed: Option<String> = self.connection.query_row(sql, [id.to_string()], |row| row.get(0)).optional()?;
        sealed.map(|sealed| self.sealing.open(&seal_name(id), &sealed)).transpose()
    }

    /// Nothing happens when none is stored.
    pub fn remove_provider_key(&self, id: ProviderId) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM provider_keys WHERE provider_id = ?1", [id.to_string()])?;
        Ok(())
    }
}

const SELECT: &str =
    "SELECT *, EXISTS (SELECT 1 FROM provider_keys WHERE provider_id = id) AS has_key FROM ai_providers";

/// What the key is sealed for. No name of an integration begins like this.
fn seal_name(id: ProviderId) -> String {
    format!("provider:{id}")
}

fn provider_from(row: &Row<'_>) -> rusqlite::Result<ProviderConfig> {
    Ok(ProviderConfig {
        id: parsed(row, "id")?,
        name: row.get("name")?,
        kind: word(row, "kind", ProviderKind::parse)?,
        api_format: word(row, "api_format", ApiFormat::parse)?,
        base_url: row.get("base_url")?,
        model: row.get("model")?,
        custom_endpoint_path: row.get("custom_endpoint_path")?,
        custom_auth_header: row.get("custom_auth_header")?,
        custom_auth_prefix: row.get("custom_auth_prefix")?,
        user_id: row.get("user_id")?,
        extra_headers: json(row, "extra_headers")?,
        max_tokens: row.get("max_tokens")?,
        temperature: row.get("temperature")?,
        context_window: row.get("context_window")?,
        first_byte_timeout_secs: row.get("first_byte_timeout_secs")?,
        idle_timeout_secs: row.get("idle_timeout_secs")?,
        proxy: word(row, "proxy", Proxy::parse)?,
        forwards: row.get("forwards")?,
        price: Option::zip(row.get("price_prompt")?, row.get("price_completion")?)
            .map(|(prompt, completion)| Price { prompt, completion }),
        preset: row.get("preset")?,
        has_key: row.get("has_key")?,
    })
}
