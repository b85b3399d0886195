-- The chat of one issue with one provider.
CREATE TABLE ai_conversations (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    issue_id        TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    provider        TEXT NOT NULL,
    model           TEXT NOT NULL DEFAULT '',
    created_at      TEXT NOT NULL,
    title           TEXT NOT NULL DEFAULT '',
    -- What a server wants to see again to continue a session of its own.
    session         TEXT,
    UNIQUE (issue_id, provider)
);
