-- Images of a chat, without their metadata and without a name. One without a message waits beside the issue's draft.
CREATE TABLE images (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    message_id  TEXT REFERENCES ai_messages (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    bytes       BLOB NOT NULL,
    sha256      TEXT NOT NULL,
    created_at  TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE INDEX images_by_issue ON images (issue_id, number);
CREATE INDEX images_by_message ON images (message_id) WHERE message_id IS NOT NULL;
