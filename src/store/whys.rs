//! Why trees.

use super::columns::{optional_parsed, optional_word, parsed, precise, text, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{Author, EvidenceId, IssueId, Join, RootCauseCategory, Why, WhyId, WhyState};
use rusqlite::{Row, named_params};
use std::collections::HashMap;

impl Database {
    /// Adds a why, or writes all fields of the one with its id, and hangs exactly its evidence on it.
    pub fn save_why(&self, why: &Why) -> Result<(), StoreError> {
        let sql = "INSERT INTO resolution_steps (id, issue_id, step_order, why_question, answer, created_at, parent_id,
                       state, causes_join, author, root_cause)
                   VALUES (:id, :issue, :order, :question, :answer, :created_at, :parent, :state, :join, :author,
                       :root_cause)
                   ON CONFLICT (id) DO UPDATE SET step_order = excluded.step_order,
                       why_question = excluded.why_question, answer = excluded.answer,
                       created_at = excluded.created_at, parent_id = excluded.parent_id, state = excluded.state,
                       causes_join = excluded.causes_join, author = excluded.author,
                       root_cause = excluded.root_cause";
        self.transaction(|db| {
            db.require_issue(why.issue)?;
            db.connection.prepare_cached(sql)?.execute(named_params! {
                ":id": why.id.to_string(),
                ":issue": why.issue.to_string(),
                ":order": why.order,
                ":question": why.question.expose(),
                ":answer": why.answer.expose(),
                ":created_at": precise(why.created_at),
                ":parent": why.parent.map(|parent| parent.to_string()),
                ":state": why.state.as_str(),
                ":join": why.join.as_str(),
                ":author": why.author.to_word(),
                ":root_cause": why.root_cause.map(RootCauseCategory::as_str),
            })?;
            db.connection.execute("DELETE FROM why_evidence WHERE why_id = ?1", [why.id.to_string()])?;
            why.evidence.iter().try_for_each(|evidence| db.attach_evidence(why.id, *evidence))
        })
    }

    /// All whys of the issue, in the order in which they were made; each with its evidence by number.
    pub fn whys(&self, issue: IssueId) -> Result<Vec<Why>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM resolution_steps WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let whys = statement.query_map([issue.to_string()], why_from)?;
        let mut whys = whys.collect::<Result<Vec<_>, _>>()?;
        let mut links = self.evidence_links(issue)?;
        for why in &mut whys {
            why.evidence = links.remove(&why.id).unwrap_or_default();
        }
        Ok(whys)
    }

    fn evidence_links(&self, issue: IssueId) -> Result<HashMap<WhyId, Vec<EvidenceId>>, StoreError> {
        let sql = "SELECT why_id, evidence_id FROM why_evidence JOIN evidence ON evidence.id = evidence_id
                   WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map([issue.to_string()], |row| Ok((parsed(row, "why_id")?, parsed(row, "evidence_id")?)))?;
        let mut links: HashMap<WhyId, Vec<EvidenceId>> = HashMap::new();
        for row in rows {
            let (why, evidence) = row?;
            links.entry(why).or_default().push(evidence);
        }
        Ok(links)
    }

    /// With everything below it.
    pub fn remove_why(&self, id: WhyId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM resolution_steps WHERE id = ?1", [id.to_string()])?, "why")
    }

    /// Hangs a pin on a why of the same issue. Nothing happens if it hangs there already.
    pub fn attach_evidence(&self, why: WhyId, evidence: EvidenceId) -> Result<(), StoreError> {
        let (why, evidence) = (why.to_string(), evidence.to_string());
        let same_issue = "SELECT 1 FROM resolution_steps JOIN evidence USING (issue_id)
                          WHERE resolution_steps.id = ?1 AND evidence.id = ?2";
        if !self.connection.prepare_cached(same_issue)?.exists([&why, &evidence])? {
            return Err(StoreError::NotFound("why or evidence"));
        }
        let sql = "INSERT INTO why_evidence (why_id, evidence_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.connection.prepare_cached(sql)?.execute([&why, &evidence])?;
        Ok(())
    }

    pub fn detach_evidence(&self, why: WhyId, evidence: EvidenceId) -> Result<(), StoreError> {
        let sql = "DELETE FROM why_evidence WHERE why_id = ?1 AND evidence_id = ?2";
        found(self.connection.execute(sql, [why.to_string(), evidence.to_string()])?, "evidence of this why")
    }
}

fn why_from(row: &Row<'_>) -> rusqlite::Result<Why> {
    Ok(Why {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        parent: optional_parsed(row, "parent_id")?,
        order: row.get("step_order")?,
        question: text(row, "why_question")?,
        answer: text(row, "answer")?,
        state: word(row, "state", WhyState::parse)?,
        join: word(row, "causes_join", Join::parse)?,
        author: Author::from_word(&row.get::<_, String>("author")?),
        evidence: Vec::new(),
        root_cause: optional_word(row, "root_cause", RootCauseCategory::parse)?,
        created_at: parsed(row, "created_at")?,
    })
}
