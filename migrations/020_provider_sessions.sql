-- What belongs to how a provider is reached and what it costs.
ALTER TABLE ai_providers ADD COLUMN idle_timeout_secs INTEGER NOT NULL DEFAULT 60;
-- `system`, `none`, or the address of a proxy.
ALTER TABLE ai_providers ADD COLUMN proxy TEXT NOT NULL DEFAULT 'system';
-- Whether a server on this machine hands requests on to one elsewhere.
ALTER TABLE ai_providers ADD COLUMN forwards INTEGER NOT NULL DEFAULT 0;
-- Per million tokens, both or neither.
ALTER TABLE ai_providers ADD COLUMN price_prompt REAL;
ALTER TABLE ai_providers ADD COLUMN price_completion REAL;

-- What the model thought before it answered, and what the answer cost in millionths of the currency.
ALTER TABLE ai_messages ADD COLUMN reasoning TEXT NOT NULL DEFAULT '';
ALTER TABLE ai_messages ADD COLUMN cost_micros INTEGER;

-- Parameters that a model behind an address was found to refuse.
CREATE TABLE provider_quirks (
    base_url    TEXT NOT NULL,
    model       TEXT NOT NULL,
    parameter   TEXT NOT NULL,
    PRIMARY KEY (base_url, model, parameter)
) WITHOUT ROWID;
