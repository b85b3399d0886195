-- A file, or pasted text, attached to an issue. Times are UTC text, YYYY-MM-DD HH:MM:SS, but for the range of times
-- found inside the log, which keeps its fractions (RFC 3339).
CREATE TABLE log_files (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    issue_id        TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    file_name       TEXT NOT NULL,
    -- NULL for pasted text; a BLOB where the name is not Unicode.
    file_path       TEXT,
    file_size       INTEGER NOT NULL,
    mime_type       TEXT NOT NULL DEFAULT 'text/plain',
    content_hash    TEXT NOT NULL,
    uploaded_at     TEXT NOT NULL DEFAULT (datetime('now')),
    -- Whether the detectors have run over it.
    redacted        INTEGER NOT NULL DEFAULT 0,
    line_count      INTEGER NOT NULL DEFAULT 0,
    encoding        TEXT NOT NULL DEFAULT 'UTF-8',
    first_time      TEXT,
    last_time       TEXT,
    findings        INTEGER,
    kept_inside     INTEGER NOT NULL DEFAULT 0,
    -- Which generation of spans counts; another one may be in the making.
    span_generation INTEGER NOT NULL DEFAULT 0,
    -- The bytes of the longest of them: how far before a place a span that touches it may begin.
    longest_span    INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX log_files_by_issue ON log_files (issue_id);
