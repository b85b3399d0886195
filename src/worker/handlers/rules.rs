//! The user's rules for what is redacted: listed, saved, removed, and carried in files.

use super::export::write_atomically;
use crate::domain::{AuditAction, IssueId, Rule, RuleId, RuleScope};
use crate::privacy::{check_rule, read_rules, write_rules};
use crate::store::{Database, StoreError};
use crate::worker::blocking;
use crate::worker::command::{Existing, RuleCommand};
use crate::worker::event::{Event, ListedRule};
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::services::{Services, Session};
use serde_json::{Value, json};
use std::path::PathBuf;

/// More than any list of rules has.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

pub(super) async fn run(services: &Services, command: RuleCommand) -> Result<Event, Failure> {
    let session = services.session()?;
    match command {
        RuleCommand::Load => Ok(Event::RulesListed(session.call(|db| listed(db)).await?)),
        RuleCommand::Save { rule, instead_of } => save(&session, rule, instead_of).await,
        RuleCommand::Remove(id) => remove(&session, id).await,
        RuleCommand::Import { path } => import(&session, path).await,
        RuleCommand::Export { path, overwrite } => export(&session, path, overwrite).await,
    }
}

fn listed(db: &Database) -> Result<Vec<ListedRule>, StoreError> {
    let rules = db.rules()?.into_iter().map(|rule| {
        let issue_title = match rule.scope {
            RuleScope::Issue(issue) => Some(db.issue(issue)?.title),
            RuleScope::All => None,
        };
        let problem = check_rule(&rule).err().map(|error| error.to_string());
        Ok(ListedRule { rule, issue_title, problem })
    });
    rules.collect()
}

async fn save(session: &Session, rule: Rule, instead_of: Option<IssueId>) -> Result<Event, Failure> {
    check_rule(&rule)?;
    let result = session.store.call(move |db| {
        db.transaction(|db| {
            let change = if db.rule(rule.id).is_ok() { "changed" } else { "added" };
            let rule = db.save_rule(&rule)?;
            if let Some(issue) = instead_of {
                db.forget_decisions(issue, &rule.text)?;
            }
            audit(db, &rule, change)?;
            listed(db)
        })
    });
    match result.await {
        Err(StoreError::Conflict) => {
            Err(Failure::new(FailureKind::Rule, "there is such a rule already", "Look for it in Settings → Privacy"))
        }
        result => Ok(Event::RulesListed(result?)),
    }
}

async fn remove(session: &Session, id: RuleId) -> Result<Event, Failure> {
    let rules = session.call(move |db| {
        db.transaction(|db| {
            let rule = db.rule(id)?;
            db.remove_rule(id)?;
            audit(db, &rule, "removed")?;
            listed(db)
        })
    });
    Ok(Event::RulesListed(rules.await?))
}

/// What was done with a rule; its text stays out.
fn audit(db: &Database, rule: &Rule, change: &str) -> Result<(), StoreError> {
    let scope = match rule.scope {
        RuleScope::Issue(issue) => issue.to_string(),
        RuleScope::All => "all".to_owned(),
    };
    let details: Value = json!({
        "rule": rule.number, "change": change, "action": rule.action.as_str(), "match": rule.matcher.as_str(),
        "scope": scope, "enabled": rule.enabled,
    });
    db.audit(AuditAction::SettingsChange, "rule", &rule.id.to_string(), &details).map(drop)
}

async fn import(session: &Session, path: PathBuf) -> Result<Event, Failure> {
    let rules = blocking::run(move |_stop| {
        let unreadable = |error: &std::io::Error| {
            Failure::new(FailureKind::Other, "the file of rules cannot be read", "Choose another file").because(error)
        };
        let size = std::fs::metadata(&path).map_err(|error| unreadable(&error))?.len();
        if size > MOST_BYTES {
            return Err(Failure::new(FailureKind::Other, "this is no file of rules", "Choose another file"));
        }
        Ok(read_rules(&std::fs::read_to_string(&path).map_err(|error| unreadable(&error))?)?)
    });
    let rules = rules.await?;
    let (new, known, rules) = session
        .call(move |db| {
            db.transaction(|db| {
                let new = db.add_rules(&rules)?;
                let known = rules.len() as u64 - new;
                let details = json!({"change": "imported", "new": new, "known": known});
                db.audit(AuditAction::SettingsChange, "rule", "", &details)?;
                Ok((new, known, listed(db)?))
            })
        })
        .await?;
    Ok(Event::RulesImported { new, known, rules })
}

async fn export(session: &Session, path: PathBuf, overwrite: bool) -> Result<Event, Failure> {
    let rules = session.call(|db| db.rules_for(None)).await?;
    let text = write_rules(&rules).map_err(|error| {
        Failure::new(FailureKind::Other, "the rules could not be written down", "Report this as a defect")
            .because(&error)
    })?;
    write_atomically(path.clone(), text.into_bytes(), Existing::replacing(overwrite)).await?;
    let details = json!({"change": "exported", "rules": rules.len()});
    session.call(move |db| db.audit(AuditAction::SettingsChange, "rule", "", &details).map(drop)).await?;
    Ok(Event::Exported { path, remarks: Vec::new() })
}
