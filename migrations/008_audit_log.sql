-- What left the machine and what was changed. Rows are only ever added: each carries the SHA-256 of its content and of
-- the row before it. `entity_id` refers to nothing, so that the entries outlive what they tell of.
CREATE TABLE audit_log (
    sequence        INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    timestamp       TEXT NOT NULL,
    action          TEXT NOT NULL,
    entity_type     TEXT NOT NULL,
    entity_id       TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    details         TEXT NOT NULL CHECK (json_valid(details)),
    hash            TEXT NOT NULL
);

CREATE INDEX audit_log_by_entity ON audit_log (entity_id);
CREATE INDEX audit_log_by_action ON audit_log (action);
CREATE INDEX audit_log_by_time ON audit_log (timestamp);

-- How long the chain is and how it ends, so that a cut-off end is noticed.
CREATE TABLE audit_head (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    length          INTEGER NOT NULL,
    hash            TEXT NOT NULL
);
INSERT INTO audit_head (one, length, hash) VALUES (1, 0, '');

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_log_is_not_shortened BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_log_grows_at_its_end BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE sequence >= NEW.sequence OR id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
