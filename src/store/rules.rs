//! The user's rules for what is redacted.

use super::columns::{optional_parsed, parsed, text, uint, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{IssueId, Rule, RuleAction, RuleId, RuleMatch, RuleScope};
use rusqlite::{Row, named_params, params};

impl Database {
    /// All rules of issues that are not deleted, and those for all issues, in the order in which they were made.
    pub fn rules(&self) -> Result<Vec<Rule>, StoreError> {
        let sql = "SELECT rules.* FROM rules LEFT JOIN issues ON issues.id = issue_id
                   WHERE issue_id IS NULL OR deleted_at IS NULL ORDER BY rules.number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rules = statement.query_map([], rule_from)?;
        Ok(rules.collect::<Result<_, _>>()?)
    }

    /// The rules that hold in this issue; without an issue, those that hold in all.
    pub fn rules_for(&self, issue: Option<IssueId>) -> Result<Vec<Rule>, StoreError> {
        let sql = "SELECT * FROM rules WHERE issue_id IS NULL OR issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rules = statement.query_map([issue.map(|issue| issue.to_string())], rule_from)?;
        Ok(rules.collect::<Result<_, _>>()?)
    }

    /// Adds the rule, or changes the one with its id; its number is given here. [`StoreError::Conflict`] when another
    /// one does the same.
    pub fn save_rule(&self, rule: &Rule) -> Result<Rule, StoreError> {
        self.transaction(|db| {
            let issue = issue_of(rule);
            if let Some(issue) = issue {
                db.require_issue(issue)?;
            }
            let sql = "INSERT INTO rules (id, issue_id, action, matcher, text, enabled)
                       VALUES (:id, :issue, :action, :matcher, :text, :enabled)
                       ON CONFLICT (id) DO UPDATE SET issue_id = excluded.issue_id, action = excluded.action,
                           matcher = excluded.matcher, text = excluded.text, enabled = excluded.enabled";
            db.connection.prepare_cached(sql)?.execute(named_params! {
                ":id": rule.id.to_string(),
                ":issue": issue.map(|issue| issue.to_string()),
                ":action": rule.action.as_str(),
                ":matcher": rule.matcher.as_str(),
                ":text": rule.text.expose(),
                ":enabled": rule.enabled,
            })?;
            db.rule(rule.id)
        })
    }

    /// Adds those of the rules that are not there yet, all or none. Returns how many are new.
    pub fn add_rules(&self, rules: &[Rule]) -> Result<u64, StoreError> {
        self.transaction(|db| {
            let sql = "INSERT INTO rules (id, issue_id, action, matcher, text, enabled) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                       ON CONFLICT DO NOTHING";
            let mut statement = db.connection.prepare_cached(sql)?;
            let mut new = 0;
            for rule in rules {
                let issue = issue_of(rule).map(|issue| issue.to_string());
                let (action, matcher) = (rule.action.as_str(), rule.matcher.as_str());
                let row = params![rule.id.to_string(), issue, action, matcher, rule.text.expose(), rule.enabled];
                new += statement.execute(row)? as u64;
            }
            Ok(new)
        })
    }

    pub fn rule(&self, id: RuleId) -> Result<Rule, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM rules WHERE id = ?1")?;
        let mut rules = statement.query_map([id.to_string()], rule_from)?;
        Ok(rules.next().ok_or(StoreError::NotFound("rule"))??)
    }

    pub fn remove_rule(&self, id: RuleId) -> Result<(), StoreError> {
        found(self.connection.execute("DELETE FROM rules WHERE id = ?1", [id.to_string()])?, "rule")
    }
}

const fn issue_of(rule: &Rule) -> Option<IssueId> {
    match rule.scope {
        RuleScope::Issue(issue) => Some(issue),
        RuleScope::All => None,
    }
}

fn rule_from(row: &Row<'_>) -> rusqlite::Result<Rule> {
    Ok(Rule {
        id: parsed(row, "id")?,
        number: uint(row, "number")?,
        scope: optional_parsed(row, "issue_id")?.map_or(RuleScope::All, RuleScope::Issue),
        action: word(row, "action", RuleAction::parse)?,
        matcher: word(row, "matcher", RuleMatch::parse)?,
        text: text(row, "text")?,
        enabled: row.get("enabled")?,
    })
}
