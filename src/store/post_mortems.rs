//! What people have told for a post-mortem.

use super::columns::{text, word};
use super::{Database, StoreError};
use crate::domain::{IssueId, PostMortem, Question, ReviewStatus};
use rusqlite::OptionalExtension as _;

impl Database {
    /// What has been told; nothing, at first.
    pub fn post_mortem(&self, issue: IssueId) -> Result<PostMortem, StoreError> {
        self.require_issue(issue)?;
        let id = issue.to_string();
        let sql = "SELECT status FROM post_mortems WHERE issue_id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let status = statement.query_row([&id], |row| word(row, "status", ReviewStatus::parse)).optional()?;
        let sql = "SELECT question, answer FROM post_mortem_answers WHERE issue_id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let answers = statement
            .query_map([&id], |row| Ok((word(row, "question", Question::parse)?, text(row, "answer")?)))?
            .collect::<Result<_, _>>()?;
        Ok(PostMortem { issue, status: status.unwrap_or(ReviewStatus::Draft), answers })
    }

    /// Writes all of it; a blank answer is none.
    pub fn save_post_mortem(&self, told: &PostMortem) -> Result<(), StoreError> {
        self.transaction(|db| {
            db.require_issue(told.issue)?;
            let id = told.issue.to_string();
            let sql = "INSERT INTO post_mortems (issue_id, status) VALUES (?1, ?2)
                       ON CONFLICT (issue_id) DO UPDATE SET status = excluded.status";
            db.connection.prepare_cached(sql)?.execute([id.as_str(), told.status.as_str()])?;
            db.connection.prepare_cached("DELETE FROM post_mortem_answers WHERE issue_id = ?1")?.execute([&id])?;
            let sql = "INSERT INTO post_mortem_answers (issue_id, question, answer) VALUES (?1, ?2, ?3)";
            let mut statement = db.connection.prepare_cached(sql)?;
            for (question, answer) in told.answers.iter().filter(|(_, answer)| !answer.is_blank()) {
                statement.execute([id.as_str(), question.as_str(), answer.expose()])?;
            }
            Ok(())
        })
    }
}
