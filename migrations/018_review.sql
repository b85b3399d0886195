-- How sure the detectors were: 0 possible, 1 likely, 2 certain. What was found before this step counts as likely.
ALTER TABLE pii_spans ADD COLUMN confidence INTEGER NOT NULL DEFAULT 1;
ALTER TABLE pii_values ADD COLUMN confidence INTEGER NOT NULL DEFAULT 1;

-- SHA-256 of the settings and rules that the log was last searched with; NULL when it was before this step.
ALTER TABLE log_files ADD COLUMN detected_with TEXT;

-- What the user wants done with a value in one place. The place is known by the text of its line (SHA-256) and by which
-- of the value's places in it is meant, because what is sent quotes lines.
CREATE TABLE span_decisions (
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    value       TEXT NOT NULL,
    line_hash   TEXT NOT NULL,
    occurrence  INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('redact', 'keep')),
    log_file_id TEXT NOT NULL REFERENCES log_files (id) ON DELETE CASCADE,
    line        INTEGER NOT NULL,
    PRIMARY KEY (issue_id, value, line_hash, occurrence)
) WITHOUT ROWID;
CREATE INDEX span_decisions_by_log ON span_decisions (log_file_id);

-- The user's rules for what is redacted; for all issues where `issue_id` is NULL. Messages name them by their numbers,
-- which are never given twice.
CREATE TABLE rules (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    issue_id    TEXT REFERENCES issues (id) ON DELETE CASCADE,
    action      TEXT NOT NULL CHECK (action IN ('always', 'never')),
    matcher     TEXT NOT NULL CHECK (matcher IN ('words', 'any_case', 'pattern')),
    text        TEXT NOT NULL,
    enabled     INTEGER NOT NULL,
    created_at  TEXT NOT NULL DEFAULT (datetime('now'))
);
CREATE UNIQUE INDEX rules_once ON rules (ifnull(issue_id, ''), action, matcher, text);
