-- Full-text index over titles, descriptions, whys, documents and chat, one entry for each of them, so that a new message
-- costs as much in a long chat as in a short one. The index keeps no copy of the text.
--
-- An entry's row id is  issue << 32 | kind << 30 | row , where issue and row are the `number` of the issue and of the why,
-- document or message, and kind is 0 for the issue itself, 1 for a why, 2 for a document, 3 for a message.
CREATE VIRTUAL TABLE issues_fts USING fts5 (
    text,
    content = '',
    columnsize = 0,
    prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER issues_fts_add AFTER INSERT ON issues
BEGIN
    INSERT INTO issues_fts (rowid, text) VALUES (NEW.number << 32, NEW.title || char(10) || NEW.description);
END;

CREATE TRIGGER issues_fts_change AFTER UPDATE OF title, description ON issues
WHEN OLD.title <> NEW.title OR OLD.description <> NEW.description
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        VALUES ('delete', OLD.number << 32, OLD.title || char(10) || OLD.description);
    INSERT INTO issues_fts (rowid, text) VALUES (NEW.number << 32, NEW.title || char(10) || NEW.description);
END;

CREATE TRIGGER issues_fts_remove AFTER DELETE ON issues
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        VALUES ('delete', OLD.number << 32, OLD.title || char(10) || OLD.description);
END;

-- The entries of the parts are found by way of the issue, so the parts go while it is still there.
CREATE TRIGGER issues_parts_go_first BEFORE DELETE ON issues
BEGIN
    DELETE FROM resolution_steps WHERE issue_id = OLD.id;
    DELETE FROM documents WHERE issue_id = OLD.id;
    DELETE FROM ai_conversations WHERE issue_id = OLD.id;
END;

CREATE TRIGGER ai_conversations_parts_go_first BEFORE DELETE ON ai_conversations
BEGIN
    DELETE FROM ai_messages WHERE conversation_id = OLD.id;
END;

CREATE TRIGGER resolution_steps_fts_add AFTER INSERT ON resolution_steps
BEGIN
    INSERT INTO issues_fts (rowid, text)
        SELECT (number << 32) | (1 << 30) | NEW.number, NEW.why_question || char(10) || NEW.answer
        FROM issues WHERE id = NEW.issue_id;
END;

CREATE TRIGGER resolution_steps_fts_change AFTER UPDATE OF why_question, answer ON resolution_steps
WHEN OLD.why_question <> NEW.why_question OR OLD.answer <> NEW.answer
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (number << 32) | (1 << 30) | OLD.number, OLD.why_question || char(10) || OLD.answer
        FROM issues WHERE id = OLD.issue_id;
    INSERT INTO issues_fts (rowid, text)
        SELECT (number << 32) | (1 << 30) | NEW.number, NEW.why_question || char(10) || NEW.answer
        FROM issues WHERE id = NEW.issue_id;
END;

CREATE TRIGGER resolution_steps_fts_remove AFTER DELETE ON resolution_steps
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (number << 32) | (1 << 30) | OLD.number, OLD.why_question || char(10) || OLD.answer
        FROM issues WHERE id = OLD.issue_id;
END;

CREATE TRIGGER documents_fts_add AFTER INSERT ON documents
BEGIN
    INSERT INTO issues_fts (rowid, text)
        SELECT (number << 32) | (2 << 30) | NEW.number, NEW.title || char(10) || NEW.content_md
        FROM issues WHERE id = NEW.issue_id;
END;

CREATE TRIGGER documents_fts_change AFTER UPDATE OF title, content_md ON documents
WHEN OLD.title <> NEW.title OR OLD.content_md <> NEW.content_md
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (number << 32) | (2 << 30) | OLD.number, OLD.title || char(10) || OLD.content_md
        FROM issues WHERE id = OLD.issue_id;
    INSERT INTO issues_fts (rowid, text)
        SELECT (number << 32) | (2 << 30) | NEW.number, NEW.title || char(10) || NEW.content_md
        FROM issues WHERE id = NEW.issue_id;
END;

CREATE TRIGGER documents_fts_remove AFTER DELETE ON documents
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (number << 32) | (2 << 30) | OLD.number, OLD.title || char(10) || OLD.content_md
        FROM issues WHERE id = OLD.issue_id;
END;

-- A message is indexed once it no longer grows, and the program's own system messages are not.
CREATE TRIGGER ai_messages_fts_add AFTER INSERT ON ai_messages
WHEN NEW.state <> 'streaming' AND NEW.role <> 'system'
BEGIN
    INSERT INTO issues_fts (rowid, text)
        SELECT (issues.number << 32) | (3 << 30) | NEW.number, NEW.content
        FROM ai_conversations JOIN issues ON issues.id = ai_conversations.issue_id
        WHERE ai_conversations.id = NEW.conversation_id;
END;

-- Two triggers, for the conditions differ; one before and one after, for the order matters.
CREATE TRIGGER ai_messages_fts_unchange BEFORE UPDATE OF content, state ON ai_messages
WHEN OLD.state <> 'streaming' AND OLD.role <> 'system'
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (issues.number << 32) | (3 << 30) | OLD.number, OLD.content
        FROM ai_conversations JOIN issues ON issues.id = ai_conversations.issue_id
        WHERE ai_conversations.id = OLD.conversation_id;
END;

CREATE TRIGGER ai_messages_fts_change AFTER UPDATE OF content, state ON ai_messages
WHEN NEW.state <> 'streaming' AND NEW.role <> 'system'
BEGIN
    INSERT INTO issues_fts (rowid, text)
        SELECT (issues.number << 32) | (3 << 30) | NEW.number, NEW.content
        FROM ai_conversations JOIN issues ON issues.id = ai_conversations.issue_id
        WHERE ai_conversations.id = NEW.conversation_id;
END;

CREATE TRIGGER ai_messages_fts_remove AFTER DELETE ON ai_messages
WHEN OLD.state <> 'streaming' AND OLD.role <> 'system'
BEGIN
    INSERT INTO issues_fts (issues_fts, rowid, text)
        SELECT 'delete', (issues.number << 32) | (3 << 30) | OLD.number, OLD.content
        FROM ai_conversations JOIN issues ON issues.id = ai_conversations.issue_id
        WHERE ai_conversations.id = OLD.conversation_id;
END;
