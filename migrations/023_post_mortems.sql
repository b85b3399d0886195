-- What people tell for a post-mortem: how far its review is, and an answer to each question that has one.
CREATE TABLE post_mortems (
    issue_id    TEXT PRIMARY KEY REFERENCES issues (id) ON DELETE CASCADE,
    status      TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE post_mortem_answers (
    issue_id    TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
    question    TEXT NOT NULL,
    answer      TEXT NOT NULL,
    PRIMARY KEY (issue_id, question)
) WITHOUT ROWID;

-- Why an action is not taken. Documents list declined actions with it.
ALTER TABLE action_items ADD COLUMN declined_because TEXT NOT NULL DEFAULT '';

-- The text that was drafted from the facts and that this version was edited from: what a new draft is compared with, so
-- that edits are carried over. NULL where it is not known.
ALTER TABLE documents ADD COLUMN drafted_md TEXT;
