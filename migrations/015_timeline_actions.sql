-- What happened when. Times keep their fractions (RFC 3339, UTC).
CREATE TABLE timeline_events (
    id          TEXT PRIMARY KEY,
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    at          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    text        TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('user', 'system', 'log')),
    log_file_id TEXT,
    file_name   TEXT,
    line        INTEGER
);
CREATE INDEX timeline_events_by_time ON timeline_events (issue_id, at);

-- Corrective actions. `due` is YYYY-MM-DD.
CREATE TABLE action_items (
    id          TEXT PRIMARY KEY,
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    title       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    priority    TEXT NOT NULL,
    owner       TEXT NOT NULL DEFAULT '',
    due         TEXT,
    status      TEXT NOT NULL,
    root_cause  TEXT REFERENCES resolution_steps (id) ON DELETE SET NULL
);
CREATE INDEX action_items_by_issue ON action_items (issue_id);
CREATE INDEX action_items_by_cause ON action_items (root_cause);
