-- What was put into wikis and trackers.
CREATE TABLE publications (
    id               TEXT PRIMARY KEY,
    issue_id         TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    service          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    document         TEXT,
    document_version INTEGER,
    audience         TEXT NOT NULL,
    place            TEXT NOT NULL,
    remote_id        TEXT NOT NULL,
    number           TEXT NOT NULL,
    url              TEXT NOT NULL,
    title            TEXT NOT NULL,
    version          INTEGER NOT NULL,
    content_sha256   TEXT NOT NULL,
    state            TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    checked_at       INTEGER NOT NULL,
    UNIQUE (issue_id, service, kind, remote_id)
);

CREATE INDEX publications_by_issue ON publications (issue_id, created_at);

-- Tickets that the user does not want to be made or told by themselves.
CREATE TABLE declined_tickets (
    issue_id TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    service  TEXT NOT NULL,
    step     TEXT NOT NULL,
    PRIMARY KEY (issue_id, service, step)
) WITHOUT ROWID;
