//! `tftsr rules`: list, add, remove, import, export.

use super::args::RulesTask;
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{Rule, RuleScope};
use crate::worker::{Command, Event, ListedRule, RuleCommand};
use serde_json::{Value, json};

pub(super) fn run(client: &mut Client, output: &Output, task: RulesTask) -> Result<(), CliError> {
    client.open()?;
    match task {
        RulesTask::List => print(output, &load(client)?),
        RulesTask::Add { action, text, matcher } => {
            let rule = Rule::new(RuleScope::All, action, matcher, text);
            let id = rule.id;
            let rules = listed(client, RuleCommand::Save { rule, instead_of: None })?;
            let number = rules.iter().find(|listed| listed.rule.id == id).map_or(0, |listed| listed.rule.number);
            output.note(&format!("added as rule {number}; logs that are attached already can be searched again"));
            Ok(())
        }
        RulesTask::Remove { number } => {
            let found = load(client)?.into_iter().find(|listed| listed.rule.number == number);
            let rule = found.ok_or_else(|| CliError::Usage(format!("there is no rule {number}")))?.rule;
            listed(client, RuleCommand::Remove(rule.id))?;
            output.note("removed");
            Ok(())
        }
        RulesTask::Import { file } => {
            let event = client.ask(Command::Rule(RuleCommand::Import { path: file }))?;
            let Event::RulesImported { new, known, .. } = event else { return Err(unexpected(&event)) };
            output.note(&format!("{new} added, {known} there already"));
            Ok(())
        }
        RulesTask::Export { file, yes } => {
            client.ask(Command::Rule(RuleCommand::Export { path: file, overwrite: yes }))?;
            output.note("exported; the file holds the texts of the rules");
            Ok(())
        }
    }
}

fn load(client: &mut Client) -> Result<Vec<ListedRule>, CliError> {
    listed(client, RuleCommand::Load)
}

fn listed(client: &mut Client, command: RuleCommand) -> Result<Vec<ListedRule>, CliError> {
    match client.ask(Command::Rule(command))? {
        Event::RulesListed(rules) => Ok(rules),
        other => Err(unexpected(&other)),
    }
}

fn print(output: &Output, rules: &[ListedRule]) -> Result<(), CliError> {
    if output.is_json() {
        return output.json(&json!(rules.iter().map(rule_json).collect::<Vec<_>>()));
    }
    for ListedRule { rule, issue_title, problem } in rules {
        let place = issue_title.as_ref().map_or("all issues", |title| title.expose());
        let state = match (problem, rule.enabled) {
            (Some(problem), _) => format!("  CANNOT BE USED: {problem}"),
            (None, false) => "  off".to_owned(),
            (None, true) => String::new(),
        };
        let (action, matcher) = (rule.action.as_str(), rule.matcher.as_str());
        output.line(&format!(
            "{:>4} {action:<6} {matcher:<8} {}  ({place}){state}",
            rule.number,
            rule.text.expose()
        ))?;
    }
    Ok(())
}

fn rule_json(listed: &ListedRule) -> Value {
    let rule = &listed.rule;
    let scope = match rule.scope {
        RuleScope::All => "all".to_owned(),
        RuleScope::Issue(issue) => issue.to_string(),
    };
    json!({
        "number": rule.number, "scope": scope, "action": rule.action.as_str(), "match": rule.matcher.as_str(),
        "text": rule.text.expose(), "enabled": rule.enabled, "problem": listed.problem,
    })
}
