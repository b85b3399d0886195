-- One incident under investigation. Times are UTC text, YYYY-MM-DD HH:MM:SS.
-- `number` names the issue inside the full-text index; `id` (UUID v7) is its name everywhere else.
CREATE TABLE issues (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    title           TEXT NOT NULL,
    description     TEXT NOT NULL DEFAULT '',
    severity        TEXT NOT NULL DEFAULT 'P3' CHECK (severity IN ('P1', 'P2', 'P3', 'P4')),
    status          TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'triaging', 'resolved', 'closed')),
    category        TEXT,
    source          TEXT NOT NULL DEFAULT 'manual',
    created_at      TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at      TEXT NOT NULL DEFAULT (datetime('now')),
    resolved_at     TEXT,
    assigned_to     TEXT,
    tags            TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
    started_at      TEXT,
    outcome         TEXT NOT NULL DEFAULT 'undetermined',
    outcome_reason  TEXT,
    -- The highest number that a pin of this issue ever had, so that [E3] never means two things.
    evidence_count  INTEGER NOT NULL DEFAULT 0,
    -- Set while the deletion can still be undone.
    deleted_at      TEXT,
    -- In the order of the work, not of the alphabet.
    status_rank     INTEGER GENERATED ALWAYS AS
        (CASE status WHEN 'open' THEN 0 WHEN 'triaging' THEN 1 WHEN 'resolved' THEN 2 ELSE 3 END) VIRTUAL
);

-- The usual list, with all that it is filtered by.
CREATE INDEX issues_by_update   ON issues (updated_at, number, status, severity, category, created_at)
    WHERE deleted_at IS NULL;
CREATE INDEX issues_by_creation ON issues (created_at)           WHERE deleted_at IS NULL;
CREATE INDEX issues_by_title    ON issues (title COLLATE NOCASE) WHERE deleted_at IS NULL;
CREATE INDEX issues_by_severity ON issues (severity)             WHERE deleted_at IS NULL;
CREATE INDEX issues_by_domain   ON issues (category)             WHERE deleted_at IS NULL;
CREATE INDEX issues_by_status   ON issues (status_rank)          WHERE deleted_at IS NULL;
CREATE INDEX issues_counted     ON issues (status, severity, category, created_at) WHERE deleted_at IS NULL;
CREATE INDEX issues_by_tags     ON issues (tags)                 WHERE deleted_at IS NULL AND tags <> '[]';
CREATE INDEX issues_resolved    ON issues (resolved_at, status, started_at, created_at)
    WHERE deleted_at IS NULL AND resolved_at IS NOT NULL;
CREATE INDEX issues_deleted     ON issues (deleted_at)           WHERE deleted_at IS NOT NULL;
