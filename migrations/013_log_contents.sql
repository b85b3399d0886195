-- The text of a log that is kept inside, in chunks that are compressed one by one (zlib), so that a few lines are read
-- without the rest. `start` and `size` are bytes of the decoded text.
CREATE TABLE log_contents (
    log_file_id TEXT NOT NULL REFERENCES log_files (id) ON DELETE CASCADE,
    start       INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    compressed  BLOB NOT NULL,
    PRIMARY KEY (log_file_id, start)
);

-- Where lines begin, and what else log insight wants to find again; its own format.
CREATE TABLE log_indexes (
    log_file_id TEXT PRIMARY KEY REFERENCES log_files (id) ON DELETE CASCADE,
    bytes       BLOB NOT NULL
);
