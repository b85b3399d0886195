//! Corrective actions.

use super::columns::{optional_parsed, parsed, text, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{ActionId, ActionItem, ActionKind, ActionStatus, IssueId, Priority};
use rusqlite::{Row, named_params};

impl Database {
    /// Adds an action, or writes all fields of the one with its id.
    pub fn save_action(&self, action: &ActionItem) -> Result<(), StoreError> {
        self.require_issue(action.issue)?;
        let sql = "INSERT INTO action_items (id, issue_id, title, kind, priority, owner, due, status, root_cause,
                                             declined_because)
                   VALUES (:id, :issue, :title, :kind, :priority, :owner, :due, :status, :root_cause,
                           :declined_because)
                   ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind,
                       priority = excluded.priority, owner = excluded.owner, due = excluded.due,
                       status = excluded.status, root_cause = excluded.root_cause,
                       declined_because = excluded.declined_because";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": action.id.to_string(),
            ":issue": action.issue.to_string(),
            ":title": action.title.expose(),
            ":kind": action.kind.as_str(),
            ":priority": action.priority.as_str(),
            ":owner": action.owner.expose(),
            ":due": action.due.map(|due| due.to_string()),
            ":status": action.status.as_str(),
            ":declined_because": action.declined_because.expose(),
            ":root_cause": action.root_cause.map(|why| why.to_string()),
        })?;
        Ok(())
    }

    /// In the order in which they were made.
    pub fn actions(&self, issue: IssueId) -> Result<Vec<ActionItem>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM action_items WHERE issue_id = ?1 ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let actions = statement.query_map([issue.to_string()], action_from)?;
        Ok(actions.collect::<Result<_, _>>()?)
    }

    pub fn remove_action(&self, id: ActionId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM action_items WHERE id = ?1", [id.to_string()])?, "action")
    }
}

fn action_from(row: &Row<'_>) -> rusqlite::Result<ActionItem> {
    Ok(ActionItem {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        title: text(row, "title")?,
        kind: word(row, "kind", ActionKind::parse)?,
        priority: word(row, "priority", Priority::parse)?,
        owner: text(row, "owner")?,
        due: optional_parsed(row, "due")?,
        status: word(row, "status", ActionStatus::parse)?,
        declined_because: text(row, "declined_because")?,
        root_cause: optional_parsed(row, "root_cause")?,
    })
}
