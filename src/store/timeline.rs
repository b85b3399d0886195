//! What happened when.

use super::columns::{int, parsed, precise, text, uint, unexpected, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{IssueId, TimelineEvent, TimelineId, TimelineKind, TimelineSource};
use rusqlite::{Row, named_params};

impl Database {
    /// Adds an event, or writes all fields of the one with its id.
    pub fn save_timeline_event(&self, event: &TimelineEvent) -> Result<(), StoreError> {
        self.require_issue(event.issue)?;
        let (source, log) = match &event.source {
            TimelineSource::User => ("user", None),
            TimelineSource::System => ("system", None),
            TimelineSource::Log { log, file_name, line } => ("log", Some((log.to_string(), file_name, *line))),
        };
        let sql = "INSERT INTO timeline_events (id, issue_id, at, kind, text, source, log_file_id, file_name, line)
                   VALUES (:id, :issue, :at, :kind, :text, :source, :log, :name, :line)
                   ON CONFLICT (id) DO UPDATE SET at = excluded.at, kind = excluded.kind, text = excluded.text,
                       source = excluded.source, log_file_id = excluded.log_file_id,
                       file_name = excluded.file_name, line = excluded.line";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": event.id.to_string(),
            ":issue": event.issue.to_string(),
            ":at": precise(event.at),
            ":kind": event.kind.as_str(),
            ":text": event.text.expose(),
            ":source": source,
            ":log": log.as_ref().map(|(log, ..)| log),
            ":name": log.as_ref().map(|(_, name, _)| name),
            ":line": log.as_ref().map(|(.., line)| int(*line)),
        })?;
        Ok(())
    }

    /// In order of time; what happened at the same time, in the order in which it was noted.
    pub fn timeline(&self, issue: IssueId) -> Result<Vec<TimelineEvent>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM timeline_events WHERE issue_id = ?1 ORDER BY at, id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let events = statement.query_map([issue.to_string()], event_from)?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    pub fn remove_timeline_event(&self, id: TimelineId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM timeline_events WHERE id = ?1", [id.to_string()])?, "event")
    }
}

fn event_from(row: &Row<'_>) -> rusqlite::Result<TimelineEvent> {
    Ok(TimelineEvent {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        at: parsed(row, "at")?,
        kind: word(row, "kind", TimelineKind::parse)?,
        text: text(row, "text")?,
        source: match row.get::<_, String>("source")?.as_str() {
            "user" => TimelineSource::User,
            "system" => TimelineSource::System,
            "log" => TimelineSource::Log {
                log: parsed(row, "log_file_id")?,
                file_name: row.get("file_name")?,
                line: uint(row, "line")?,
            },
            _ => return Err(unexpected("source")),
        },
    })
}
