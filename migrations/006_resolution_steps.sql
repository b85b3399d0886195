-- The why tree. `evidence` holds the citations of the pins, as in [E1] [E3], for who reads the table by itself.
CREATE TABLE resolution_steps (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    issue_id        TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    step_order      INTEGER NOT NULL,
    why_question    TEXT NOT NULL,
    answer          TEXT NOT NULL DEFAULT '',
    evidence        TEXT NOT NULL DEFAULT '',
    created_at      TEXT NOT NULL,
    parent_id       TEXT REFERENCES resolution_steps (id) ON DELETE CASCADE,
    state           TEXT NOT NULL DEFAULT 'possible',
    causes_join     TEXT NOT NULL DEFAULT 'or',
    author          TEXT NOT NULL DEFAULT 'user',
    root_cause      TEXT
);

CREATE INDEX resolution_steps_by_issue ON resolution_steps (issue_id);
CREATE INDEX resolution_steps_by_parent ON resolution_steps (parent_id);
