-- Placeholder and value, one vault an issue: the same value always has the same placeholder.
CREATE TABLE vault (
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    number      INTEGER NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (issue_id, kind, number),
    UNIQUE (issue_id, kind, value)
) WITHOUT ROWID;

-- What the user wants done with a value, or with a whole kind where `value` is NULL.
CREATE TABLE redaction_decisions (
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    value       TEXT,
    decision    TEXT NOT NULL CHECK (decision IN ('redact', 'keep'))
);
CREATE UNIQUE INDEX redaction_decisions_once ON redaction_decisions (issue_id, kind, ifnull(value, ''));

-- In how many places of a log a value stands. Counted when detection ends: counting a million spans takes too long for
-- a review that opens at once.
CREATE TABLE pii_values (
    log_file_id TEXT NOT NULL REFERENCES log_files (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    value       TEXT NOT NULL,
    replacement TEXT NOT NULL,
    places      INTEGER NOT NULL,
    PRIMARY KEY (log_file_id, kind, value)
) WITHOUT ROWID;

-- Detections that run, or that ran when the program ended: their spans are not yet, or never, the log's spans.
CREATE TABLE span_replacements (
    log_file_id TEXT PRIMARY KEY REFERENCES log_files (id) ON DELETE CASCADE,
    generation  INTEGER NOT NULL
) WITHOUT ROWID;
