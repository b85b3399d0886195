-- How each service is authorized, and what it needs besides.
ALTER TABLE integration_config ADD COLUMN sign_in TEXT NOT NULL DEFAULT 'basic'
    CHECK (sign_in IN ('oauth', 'basic', 'token'));
ALTER TABLE integration_config ADD COLUMN api TEXT NOT NULL DEFAULT 'auto' CHECK (api IN ('auto', 'v1', 'v2'));
ALTER TABLE integration_config ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN authorize_url TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN token_url TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN gateway_url TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN callback_port INTEGER NOT NULL DEFAULT 8765;
ALTER TABLE integration_config ADD COLUMN timeout_secs INTEGER NOT NULL DEFAULT 30;
ALTER TABLE integration_config ADD COLUMN work_item_type TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN assignment_group TEXT NOT NULL DEFAULT '';
ALTER TABLE integration_config ADD COLUMN caller_id TEXT NOT NULL DEFAULT '';

-- The secret of the application that the company registered, sealed as in `credentials`, with `service:client` as
-- associated data.
ALTER TABLE integration_config ADD COLUMN encrypted_client_secret TEXT;

-- The refresh token is sealed with `service:refresh` as associated data. `expires_at` is the access token's;
-- `verified_at` tells when a call last worked, as whom `account` was known.
ALTER TABLE credentials ADD COLUMN sign_in TEXT NOT NULL DEFAULT 'basic' CHECK (sign_in IN ('oauth', 'basic', 'token'));
ALTER TABLE credentials ADD COLUMN encrypted_refresh_token TEXT;
ALTER TABLE credentials ADD COLUMN cloud_id TEXT;
ALTER TABLE credentials ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN verified_at TEXT;
