-- One message of a conversation. `number` gives the order in which the messages of an issue were written, also across
-- conversations: a clock may step back, a row number does not.
CREATE TABLE ai_messages (
    number            INTEGER PRIMARY KEY,
    id                TEXT NOT NULL UNIQUE,
    conversation_id   TEXT NOT NULL REFERENCES ai_conversations (id) ON DELETE CASCADE,
    role              TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    content           TEXT NOT NULL,
    -- Tokens of this message's own text; those of the prompt stand beside it.
    token_count       INTEGER,
    created_at        TEXT NOT NULL,
    state             TEXT NOT NULL DEFAULT 'complete',
    model             TEXT,
    prompt_tokens     INTEGER,
    tokens_estimated  INTEGER NOT NULL DEFAULT 0,
    took_ms           INTEGER,
    proposals         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(proposals))
);

CREATE INDEX ai_messages_by_conversation ON ai_messages (conversation_id, number);
CREATE INDEX ai_messages_streaming ON ai_messages (state) WHERE state = 'streaming';
