//! Issues: one incident each.

use super::columns::{
    json, optional_seconds_time, optional_text, optional_word, parsed, seconds, seconds_time, text, texts_to_json,
    uint, unexpected, word,
};
use super::{Database, StoreError};
use crate::domain::{DashboardFigures, Domain, Issue, IssueId, Outcome, Severity, Status, Unredacted};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Row, named_params, params_from_iter};

impl Database {
    pub fn insert_issue(&self, issue: &Issue) -> Result<(), StoreError> {
        self.write_issue(
            issue,
            "INSERT INTO issues (id, title, description, severity, status, category, source, created_at, updated_at,
                 started_at, resolved_at, assigned_to, tags, outcome, outcome_reason)
             VALUES (:id, :title, :description, :severity, :status, :category, :source, :created_at, :updated_at,
                 :started_at, :resolved_at, :assigned_to, :tags, :outcome, :outcome_reason)",
        )?;
        Ok(())
    }

    /// Writes all fields of an issue that is there.
    pub fn update_issue(&self, issue: &Issue) -> Result<(), StoreError> {
        let changed = self.write_issue(
            issue,
            "UPDATE issues SET title = :title, description = :description, severity = :severity, status = :status,
                 category = :category, source = :source, created_at = :created_at, updated_at = :updated_at,
                 started_at = :started_at, resolved_at = :resolved_at, assigned_to = :assigned_to, tags = :tags,
                 outcome = :outcome, outcome_reason = :outcome_reason
             WHERE id = :id AND deleted_at IS NULL",
        )?;
        found(changed, "issue")
    }

    fn write_issue(&self, issue: &Issue, sql: &str) -> Result<usize, StoreError> {
        let (outcome, reason) = outcome_columns(&issue.outcome);
        Ok(self.connection.prepare_cached(sql)?.execute(named_params! {
            ":id": issue.id.to_string(),
            ":title": issue.title.expose(),
            ":description": issue.description.expose(),
            ":severity": issue.severity.as_str(),
            ":status": issue.status.as_str(),
            ":category": issue.domain.map(Domain::as_str),
            ":source": issue.source,
            ":created_at": seconds(issue.created_at),
            ":updated_at": seconds(issue.updated_at),
            ":started_at": issue.started_at.map(seconds),
            ":resolved_at": issue.resolved_at.map(seconds),
            ":assigned_to": issue.assigned_to.as_ref().map(Unredacted::expose),
            ":tags": texts_to_json(&issue.tags),
            ":outcome": outcome,
            ":outcome_reason": reason,
        })?)
    }

    pub fn issue(&self, id: IssueId) -> Result<Issue, StoreError> {
        let sql = "SELECT * FROM issues WHERE id = ?1 AND deleted_at IS NULL";
        let issue = self.connection.prepare_cached(sql)?.query_row([id.to_string()], issue_from).optional()?;
        issue.ok_or(StoreError::NotFound("issue"))
    }

    /// Says that something of the issue has changed.
    pub fn touch_issue(&self, id: IssueId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE issues SET updated_at = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        found(self.connection.prepare_cached(sql)?.execute([id.to_string(), seconds(at)])?, "issue")
    }

    /// Hides the issue from every query but [`Self::restore_issue`] and [`Self::purge_issue`].
    pub fn delete_issue(&self, id: IssueId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE issues SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        found(self.connection.execute(sql, [id.to_string(), seconds(at)])?, "issue")
    }

    pub fn restore_issue(&self, id: IssueId) -> Result<(), StoreError> {
        let sql = "UPDATE issues SET deleted_at = NULL WHERE id = ?1 AND deleted_at IS NOT NULL";
        found(self.connection.execute(sql, [id.to_string()])?, "deleted issue")
    }

    /// Removes a deleted issue for good, with everything of it except its audit entries.
    pub fn purge_issue(&self, id: IssueId) -> Result<(), StoreError> {
        let sql = "DELETE FROM issues WHERE id = ?1 AND deleted_at IS NOT NULL";
        found(self.connection.execute(sql, [id.to_string()])?, "deleted issue")
    }

    /// Removes for good what was deleted before this time. Returns how many issues that were.
    pub fn purge_issues_deleted_before(&self, before: Timestamp) -> Result<usize, StoreError> {
        Ok(self.connection.execute("DELETE FROM issues WHERE deleted_at < ?1", [seconds(before)])?)
    }

    /// How many issues there are, deleted ones aside.
    pub fn issue_count(&self) -> Result<u64, StoreError> {
        self.count_issues("TRUE", &[])
    }

    /// The figures of the dashboard's cards; the week is the seven days before `now`.
    pub fn dashboard_figures(&self, now: Timestamp) -> Result<DashboardFigures, StoreError> {
        let week_ago = seconds(now - SignedDuration::from_hours(7 * 24));
        Ok(DashboardFigures {
            open: self.count_issues("status IN ('open', 'triaging')", &[])?,
            resolved_this_week: self
                .count_issues("status IN ('resolved', 'closed') AND resolved_at >= ?1", &[&week_ago])?,
            urgent: self.count_issues("status IN ('open', 'triaging') AND severity IN ('P1', 'P2')", &[])?,
            median_to_resolve: self.median_to_resolve()?,
        })
    }

    fn count_issues(&self, condition: &'static str, values: &[&str]) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) AS rows FROM issues WHERE deleted_at IS NULL AND {condition}");
        Ok(self.connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| uint(row, "rows"))?)
    }

    fn median_to_resolve(&self) -> Result<Option<SignedDuration>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT unixepoch(resolved_at) - unixepoch(ifnull(started_at, created_at)) AS took FROM issues
             WHERE deleted_at IS NULL AND status IN ('resolved', 'closed') AND resolved_at IS NOT NULL AND took >= 0",
        )?;
        let took = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        Ok(median(took).map(SignedDuration::from_secs))
    }

    /// An error unless the issue is there and not deleted.
    pub(super) fn require_issue(&self, id: IssueId) -> Result<(), StoreError> {
        let sql = "SELECT 1 FROM issues WHERE id = ?1 AND deleted_at IS NULL";
        let is_there = self.connection.prepare_cached(sql)?.exists([id.to_string()])?;
        if is_there { Ok(()) } else { Err(StoreError::NotFound("issue")) }
    }
}

/// An error unless a row was changed.
pub(super) const fn found(changed: usize, what: &'static str) -> Result<(), StoreError> {
    if changed > 0 { Ok(()) } else { Err(StoreError::NotFound(what)) }
}

/// The middle of an odd number of values, the mean of the two in the middle of an even number.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(values.len() / 2 - 1)?;
    Some(lower.midpoint(upper))
}

fn issue_from(row: &Row<'_>) -> rusqlite::Result<Issue> {
    Ok(Issue {
        id: parsed(row, "id")?,
        title: text(row, "title")?,
        description: text(row, "description")?,
        severity: word(row, "severity", Severity::parse)?,
        status: word(row, "status", Status::parse)?,
        domain: optional_word(row, "category", Domain::parse)?,
        source: row.get("source")?,
        created_at: seconds_time(row, "created_at")?,
        updated_at: seconds_time(row, "updated_at")?,
        started_at: optional_seconds_time(row, "started_at")?,
        resolved_at: optional_seconds_time(row, "resolved_at")?,
        assigned_to: optional_text(row, "assigned_to")?,
        tags: tags(row)?,
        outcome: outcome_from(row)?,
    })
}

pub(super) fn tags(row: &Row<'_>) -> rusqlite::Result<Vec<Unredacted>> {
    Ok(json::<Vec<String>>(row, "tags")?.into_iter().map(Unredacted::new).collect())
}

fn outcome_columns(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Undetermined => ("undetermined", None),
        Outcome::RootCauseFound => ("root_cause_found", None),
        Outcome::Inconclusive { reason } => ("inconclusive", Some(reason.expose())),
        Outcome::Override { reason } => ("override", Some(reason.expose())),
    }
}

fn outcome_from(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let reason = optional_text(row, "outcome_reason")?.unwrap_or_default();
    match row.get::<_, String>("outcome")?.as_str() {
        "undetermined" => Ok(Outcome::Undetermined),
        "root_cause_found" => Ok(Outcome::RootCauseFound),
        "inconclusive" => Ok(Outcome::Inconclusive { reason }),
        "override" => Ok(Outcome::Override { reason }),
        _ => Err(unexpected("outcome")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![4, 1, 2, 9]), Some(3));
    }
}
