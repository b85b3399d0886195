//! Back-ups, putting one back, and another key for everything.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "this file uses a part of the scene")]
mod store_support;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::fs;
use store_support::{Scene, issue};
use tftsr::domain::{
    AuditAction, AuditQuery, AuditVerdict, IntegrationConfig, IssueQuery, ProviderConfig, ProviderId, ProviderKind,
    Service, SignIn,
};
use tftsr::store::{DataDir, Database, DbKey, Store, StoreError, StoredCredential};

fn passphrase(text: &str) -> DbKey {
    DbKey::Passphrase(text.into())
}

#[expect(clippy::disallowed_methods, reason = "the test compares secrets")]
fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}

/// An issue, a provider with a key, a credential and an audit entry.
fn fill(db: &mut Database) -> ProviderId {
    issue(db, "Charges fail at the bank");
    let provider = ProviderConfig::new("Mine", ProviderKind::OpenAi, "https://api.example.com/v1", "m");
    db.save_provider(&provider).unwrap();
    db.set_provider_key(provider.id, &"sk-first".into()).unwrap();
    let token = StoredCredential::new(SignIn::OAuth, "wiki-token".into());
    let token = StoredCredential { refresh_token: Some("wiki-refresh".into()), ..token };
    db.set_credential(Service::Confluence, &token).unwrap();
    db.save_integration(&IntegrationConfig::new(Service::Confluence)).unwrap();
    db.set_client_secret(Service::Confluence, Some(&"wiki-client".into())).unwrap();
    db.audit(AuditAction::SettingsChange, "settings", "", &json!({})).unwrap();
    provider.id
}

fn assert_whole(db: &Database, provider: ProviderId) {
    let found = db.issues(&IssueQuery { text: "bank".to_owned(), ..IssueQuery::default() }).unwrap();
    assert_eq!(found.total, 1, "the search index came along");
    assert_eq!(exposed(&db.provider_key(provider).unwrap().unwrap()), "sk-first");
    let token = db.credential(Service::Confluence).unwrap().unwrap();
    assert_eq!((exposed(&token.token), exposed(token.refresh_token.as_ref().unwrap())), ("wiki-token", "wiki-refresh"));
    assert_eq!(exposed(&db.client_secret(Service::Confluence).unwrap().unwrap()), "wiki-client");
    assert!(matches!(db.verify_audit().unwrap(), AuditVerdict::Intact { rows } if rows >= 1));
    let refused = db.health().into_iter().filter(|item| !item.ok).map(|item| item.name);
    assert_eq!(refused.collect::<Vec<_>>(), Vec::<&str>::new());
}

fn assert_whole_in(store: &Store, provider: ProviderId) {
    let check = move |db: &mut Database| {
        assert_whole(db, provider);
        Ok(())
    };
    store.call_blocking(check).unwrap();
}

#[test]
fn another_key_opens_everything_and_the_old_one_nothing() {
    let scene = Scene::new();
    let provider = scene.with(fill);
    scene.with(|db| db.change_key(passphrase("new words")).unwrap());

    assert!(matches!(scene.try_open(), Err(StoreError::WrongKey)));
    let (store, opened) = Store::open(&scene.dir, passphrase("new words")).unwrap();
    assert!(!opened.is_new);
    assert_whole_in(&store, provider);
    assert_eq!(fs::read_dir(scene.dir.backups()).unwrap().count(), 0, "nothing under the old key is left");
}

#[test]
fn work_goes_on_under_the_new_key() {
    let scene = Scene::new();
    let provider = scene.with(|db| {
        let provider = fill(db);
        db.change_key(passphrase("new words")).unwrap();
        issue(db, "After the change");
        db.audit(AuditAction::KeyChange, "store", "", &json!({})).unwrap();
        assert_whole(db, provider);
        provider
    });
    let (store, _) = Store::open(&scene.dir, passphrase("new words")).unwrap();
    assert_whole_in(&store, provider);
    let entries = store.call_blocking(|db| db.audit_entries(&AuditQuery::default())).unwrap();
    assert_eq!(entries.first().unwrap().action, "key_change");
}

#[test]
fn a_key_that_cannot_be_used_changes_nothing() {
    let scene = Scene::new();
    let provider = scene.with(fill);
    let refused = scene.with(|db| db.change_key(passphrase("")));
    assert!(matches!(refused, Err(StoreError::BadPassphrase)));
    scene.with(move |db| assert_whole(db, provider));
    let mut files: Vec<_> = fs::read_dir(scene.dir.root()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["backups", "exports", "logs", "tftsr.db", "tftsr.lock"]);
}

#[test]
fn a_backup_is_put_back_and_what_was_there_is_kept() {
    let scene = Scene::new();
    let file = scene.dir.root().join("mine.db");
    let path = file.clone();
    let provider = scene.with(move |db| {
        let provider = fill(db);
        let facts = db.back_up(&path, None, false).unwrap();
        assert_eq!((facts.issues, facts.path), (1, path));
        issue(db, "Made after the back-up");
        provider
    });
    let (kept, facts) = scene.with(move |db| {
        let restored = db.restore(&file, None).unwrap();
        assert_whole(db, provider);
        assert_eq!(db.issues(&IssueQuery::default()).unwrap().total, 1);
        restored
    });
    assert_eq!(facts.issues, 1);
    let before = DataDir::at(scene.dir.root().join("before"));
    before.create().unwrap();
    fs::rename(kept, before.database()).unwrap();
    let (store, _) = Store::open(&before, DbKey::Raw(zeroize::Zeroizing::new([7; 32]))).unwrap();
    let titles = store.call_blocking(|db| db.issues(&IssueQuery::default())).unwrap();
    assert_eq!(titles.total, 2);
}

#[test]
fn a_backup_with_a_passphrase_of_its_own_moves_to_another_machine() {
    let (here, there) = (Scene::new(), Scene::new());
    let file = here.dir.root().join("moving.db");
    let path = file.clone();
    let provider = here.with(move |db| {
        let provider = fill(db);
        db.back_up(&path, Some(&passphrase("for the road")), false).unwrap();
        provider
    });
    there.with(|db| db.change_key(passphrase("there")).unwrap());
    let (store, _) = Store::open(&there.dir, passphrase("there")).unwrap();
    let again = file.clone();
    let refused = store.call_blocking(move |db| db.restore(&again, None));
    assert!(matches!(refused, Err(StoreError::WrongKey)));
    store.call_blocking(move |db| db.restore(&file, Some(&passphrase("for the road"))).map(drop)).unwrap();
    assert_whole_in(&store, provider);
    drop(store);
    let (store, _) = Store::open(&there.dir, passphrase("there")).unwrap();
    assert_whole_in(&store, provider);
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_lost() {
    let scene = Scene::new();
    let provider = scene.with(fill);
    let text = scene.dir.root().join("notes.txt");
    fs::write(&text, "hello").unwrap();
    let cut = scene.dir.root().join("cut.db");
    let path = cut.clone();
    scene.with(move |db| db.back_up(&path, None, false).map(drop).unwrap());
    let whole = fs::read(&cut).unwrap();
    fs::write(&cut, &whole[..whole.len() - 4096]).unwrap();
    for file in [text, cut, scene.dir.root().join("absent.db")] {
        let name = file.display().to_string();
        let refused = scene.with(move |db| db.restore(&file, None).map(drop));
        assert!(refused.is_err(), "{name}");
    }
    scene.with(move |db| assert_whole(db, provider));
}

#[test]
fn a_file_is_replaced_only_when_asked() {
    let scene = Scene::new();
    scene.with(fill);
    let file = scene.dir.root().join("mine.db");
    fs::write(&file, "precious").unwrap();
    let path = file.clone();
    let refused = scene.with(move |db| db.back_up(&path, None, false).map(drop));
    assert!(matches!(refused, Err(StoreError::FileExists)));
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    let path = file.clone();
    scene.with(move |db| db.back_up(&path, None, true).map(drop)).unwrap();
    assert!(fs::metadata(&file).unwrap().len() > 4096);
}
