-- Pins. They refer to logs and messages without a foreign key: a pin outlives what it was taken from, with the file's
-- hash and the snippet.
CREATE TABLE evidence (
    id          TEXT PRIMARY KEY,
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('log', 'message', 'note')),
    log_file_id TEXT,
    file_name   TEXT,
    file_hash   TEXT,
    first_line  INTEGER,
    last_line   INTEGER,
    message_id  TEXT,
    snippet     TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    UNIQUE (issue_id, number)
);

-- What a why rests on.
CREATE TABLE why_evidence (
    why_id      TEXT NOT NULL REFERENCES resolution_steps (id) ON DELETE CASCADE,
    evidence_id TEXT NOT NULL REFERENCES evidence (id) ON DELETE CASCADE,
    PRIMARY KEY (why_id, evidence_id)
) WITHOUT ROWID;
CREATE INDEX why_evidence_by_evidence ON why_evidence (evidence_id);

CREATE TRIGGER why_evidence_cited AFTER INSERT ON why_evidence
BEGIN
    UPDATE resolution_steps SET evidence =
        (SELECT group_concat(citation, ' ')
         FROM (SELECT '[E' || number || ']' AS citation FROM why_evidence JOIN evidence ON evidence.id = evidence_id
               WHERE why_id = NEW.why_id ORDER BY number))
    WHERE id = NEW.why_id;
END;

CREATE TRIGGER why_evidence_uncited AFTER DELETE ON why_evidence
BEGIN
    UPDATE resolution_steps SET evidence =
        ifnull(
            (SELECT group_concat(citation, ' ')
             FROM (SELECT '[E' || number || ']' AS citation FROM why_evidence JOIN evidence ON evidence.id = evidence_id
                   WHERE why_id = OLD.why_id ORDER BY number)),
            '')
    WHERE id = OLD.why_id;
END;
