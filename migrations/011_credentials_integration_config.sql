-- Keys of the integrations, sealed a second time inside the encrypted file: base64(nonce || ciphertext || tag), with the
-- service as associated data. `token_hash` is the SHA-256 of the token, for the audit log.
CREATE TABLE credentials (
    id                   TEXT PRIMARY KEY,
    service              TEXT NOT NULL CHECK (service IN ('confluence', 'servicenow', 'azuredevops')),
    token_hash           TEXT NOT NULL,
    encrypted_token      TEXT NOT NULL,
    created_at           TEXT NOT NULL DEFAULT (datetime('now')),
    expires_at           TEXT,
    UNIQUE (service)
);

CREATE TABLE integration_config (
    id                   TEXT PRIMARY KEY,
    service              TEXT NOT NULL CHECK (service IN ('confluence', 'servicenow', 'azuredevops')),
    base_url             TEXT NOT NULL,
    username             TEXT,
    project_name         TEXT,
    space_key            TEXT,
    auto_create_enabled  INTEGER NOT NULL DEFAULT 0,
    updated_at           TEXT NOT NULL DEFAULT (datetime('now')),
    UNIQUE (service)
);
