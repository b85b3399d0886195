-- One detected piece of personal data or secret. Offsets are bytes of the decoded UTF-8 text.
CREATE TABLE pii_spans (
    number          INTEGER PRIMARY KEY,
    -- Not indexed: a large log has a million spans, and none is looked up by its id.
    id              TEXT NOT NULL,
    log_file_id     TEXT NOT NULL REFERENCES log_files (id) ON DELETE CASCADE,
    pii_type        TEXT NOT NULL,
    start_offset    INTEGER NOT NULL,
    end_offset      INTEGER NOT NULL,
    original_value  TEXT NOT NULL,
    replacement     TEXT NOT NULL,
    generation      INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX pii_spans_by_place ON pii_spans (log_file_id, generation, start_offset);
