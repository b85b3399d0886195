-- Versions of RCA and post-mortem. Times are milliseconds since 1970-01-01 UTC.
CREATE TABLE documents (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    issue_id        TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    doc_type        TEXT NOT NULL CHECK (doc_type IN ('rca', 'postmortem')),
    title           TEXT NOT NULL,
    content_md      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL DEFAULT 1,
    UNIQUE (issue_id, doc_type, version)
);
