-- What is being typed, so that it is back after a crash.
CREATE TABLE drafts (
    key         TEXT PRIMARY KEY,
    text        TEXT NOT NULL,
    updated_at  TEXT NOT NULL DEFAULT (datetime('now'))
) WITHOUT ROWID;

-- The key of an issue's draft holds the issue's id.
CREATE TRIGGER drafts_go_with_their_issue AFTER DELETE ON issues
BEGIN
    DELETE FROM drafts WHERE instr(key, OLD.id) > 0;
END;
