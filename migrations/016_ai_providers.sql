-- Configured AI endpoints. Conversations name their provider without a foreign key: the chat outlives the endpoint.
CREATE TABLE ai_providers (
    number                  INTEGER PRIMARY KEY,
    id                      TEXT NOT NULL UNIQUE,
    name                    TEXT NOT NULL UNIQUE,
    kind                    TEXT NOT NULL,
    api_format              TEXT NOT NULL,
    base_url                TEXT NOT NULL,
    model                   TEXT NOT NULL,
    custom_endpoint_path    TEXT,
    custom_auth_header      TEXT,
    custom_auth_prefix      TEXT,
    user_id                 TEXT,
    extra_headers           TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(extra_headers)),
    max_tokens              INTEGER NOT NULL,
    temperature             REAL,
    context_window          INTEGER,
    first_byte_timeout_secs INTEGER NOT NULL
);

-- Their keys, sealed as in `credentials`, with the provider's id as associated data.
CREATE TABLE provider_keys (
    provider_id    TEXT PRIMARY KEY REFERENCES ai_providers (id) ON DELETE CASCADE,
    token_hash     TEXT NOT NULL,
    encrypted_key  TEXT NOT NULL,
    created_at     TEXT NOT NULL DEFAULT (datetime('now'))
);

-- The salt under which this database's sealing key is derived.
CREATE TABLE seal_salt (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    salt           BLOB NOT NULL
);
INSERT INTO seal_salt (one, salt) VALUES (1, randomblob(32));
