//! Care for the data as a whole by way of the worker: another key, locking, back-ups, and the audit log in a file.
#![expect(clippy::panic, reason = "a test stops at the first surprise")]

mod worker_support;

use std::fs;
use tftsr::domain::{AuditQuery, IssueQuery};
use tftsr::worker::{Command, Event, FailureKind, IssueCommand, Protection, SessionCommand, SettingsCommand};
use worker_support::Scene;

fn titles(scene: &mut Scene) -> Vec<String> {
    match scene.done(Command::Issue(IssueCommand::List(IssueQuery::default()))) {
        Event::IssuesListed { rows, .. } => rows.into_iter().map(|row| row.title.into_exposed()).collect(),
        other => panic!("{other:?}"),
    }
}

fn session(command: SessionCommand) -> Command {
    Command::Session(command)
}

fn passphrase(words: &str) -> Protection {
    Protection::Passphrase(words.into())
}

#[test]
fn another_passphrase_opens_the_store_from_then_on_and_the_work_goes_on() {
    let mut scene = Scene::new();
    scene.issue_with("before the change", Vec::new());
    let changed = scene.done(session(SessionCommand::ChangeKey { protection: passphrase("quite another one") }));
    assert!(matches!(changed, Event::SessionOpened(_)));
    scene.issue_with("after the change", Vec::new());

    assert!(matches!(scene.done(session(SessionCommand::Lock)), Event::PassphraseNeeded));
    // Locked means that nothing is told, not that it is hidden.
    assert_eq!(scene.failure(Command::Issue(IssueCommand::List(IssueQuery::default()))).kind, FailureKind::Locked);
    let old = scene.failure(session(SessionCommand::Unlock { passphrase: "correct horse".into() }));
    assert_eq!(old.kind, FailureKind::WrongKey);
    scene.done(session(SessionCommand::Unlock { passphrase: "quite another one".into() }));
    let mut found = titles(&mut scene);
    found.sort();
    assert_eq!(found, ["after the change", "before the change"]);
}

#[test]
fn a_backup_brings_back_what_was_deleted_and_keeps_what_came_since() {
    let mut scene = Scene::new();
    scene.issue_with("in the back-up", Vec::new());
    let path = scene.data_dir().join("copy.db");
    let command =
        SessionCommand::BackUp { path: path.clone(), passphrase: Some("for the road".into()), overwrite: false };
    let Event::BackedUp { issues, bytes, .. } = scene.done(session(command)) else { panic!() };
    assert_eq!(issues, 1);
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    scene.issue_with("after the back-up", Vec::new());

    let wrong = SessionCommand::RestoreBackup { path: path.clone(), passphrase: Some("a guess".into()) };
    assert_eq!(scene.failure(session(wrong)).kind, FailureKind::WrongKey);
    assert_eq!(titles(&mut scene).len(), 2, "a back-up that does not open replaces nothing");

    let right = SessionCommand::RestoreBackup { path, passphrase: Some("for the road".into()) };
    let Event::Restored { kept, issues, .. } = scene.done(session(right)) else { panic!() };
    assert_eq!((issues, titles(&mut scene)), (1, vec!["in the back-up".to_owned()]));
    assert!(kept.exists(), "what came since lies in the folder of back-ups");

    // The restored data opens with the passphrase of this machine, not with that of the copy.
    let mut scene = scene.restarted();
    assert_eq!(titles(&mut scene), ["in the back-up"]);
}

#[test]
fn the_audit_log_goes_to_a_file_that_can_be_checked_line_by_line() {
    let mut scene = Scene::new();
    scene.issue_with("audited", Vec::new());
    let path = scene.write("audit.jsonl", "mine");
    let export = |overwrite| {
        let (query, path) = (AuditQuery::default(), path.clone());
        Command::Settings(SettingsCommand::ExportAudit { query, path, overwrite })
    };
    assert_eq!(scene.failure(export(false)).kind, FailureKind::FileExists);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    scene.done(export(true));
    let text = fs::read_to_string(&path).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!rows.is_empty());
    for (row, number) in rows.iter().zip(1..) {
        assert_eq!(row["sequence"], number, "oldest first, without gaps");
        assert_eq!(row["hash"].as_str().unwrap().len(), 64);
    }
}
