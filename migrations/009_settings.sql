-- What the user has chosen, one row a setting. Unknown keys are kept and ignored.
CREATE TABLE settings (
    key             TEXT PRIMARY KEY,
    value           TEXT NOT NULL,
    updated_at      TEXT NOT NULL DEFAULT (datetime('now'))
) WITHOUT ROWID;
