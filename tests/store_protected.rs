//! The file is unreadable without its key, survives what happens to files, and tells when it was tampered with.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod store_support;

use rusqlite::Connection;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use store_support::{Scene, issue, noon};
use tftsr::domain::{
    AuditAction, AuditQuery, AuditVerdict, IntegrationConfig, IssueQuery, ProviderConfig, ProviderKind, Service,
    SignIn, Unredacted,
};
use tftsr::store::{DataDir, Database, DbKey, Store, StoreError, StoredCredential};

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn cut_short(path: &Path) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1000).unwrap();
}

fn replace_by_plain_database(path: &Path) {
    fs::remove_file(path).unwrap();
    Connection::open(path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
}

fn replace_by_text(path: &Path) {
    fs::write(path, "hello").unwrap();
}

fn passphrase(text: &str) -> DbKey {
    DbKey::Passphrase(text.into())
}

#[expect(clippy::disallowed_methods, reason = "the test compares secrets")]
fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}

fn audit_three(db: &mut Database) {
    for number in 1..=3 {
        db.audit(AuditAction::AiSend, "issue", "i-1", &json!({ "bytes": number })).unwrap();
    }
}

/// Makes a log of three entries, changes the table behind its back, and says what checking finds.
fn verdict_after(tampering: &str) -> AuditVerdict {
    let scene = Scene::new();
    scene.with(audit_three);
    scene
        .raw()
        .execute_batch(&format!(
            "DROP TRIGGER audit_log_is_not_changed; DROP TRIGGER audit_log_is_not_shortened;
             DROP TRIGGER audit_log_grows_at_its_end; {tampering}"
        ))
        .unwrap();
    scene.with(|db| db.verify_audit().unwrap())
}

fn broken_at(verdict: &AuditVerdict) -> i64 {
    match verdict {
        AuditVerdict::Broken { sequence, .. } => *sequence,
        AuditVerdict::Intact { .. } => 0,
    }
}

#[test]
fn a_passphrase_opens_what_it_closed_and_another_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::at(folder.path());
    let (store, opened) = Store::open(&dir, passphrase("it's a secret")).unwrap();
    assert!(opened.is_new && Store::exists(&dir));
    store.call_blocking(|db| db.save_draft("k", &"kept".into())).unwrap();
    drop(store);

    assert!(matches!(Store::open(&dir, passphrase("it is a secret")), Err(StoreError::WrongKey)));
    let (store, opened) = Store::open(&dir, passphrase("it's a secret")).unwrap();
    assert!(!opened.is_new && opened.backup.is_none());
    assert_eq!(store.call_blocking(|db| db.drafts()).unwrap().len(), 1);
}

#[test]
fn a_stock_tool_opens_the_file_with_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::at(folder.path());
    drop(Store::open(&dir, passphrase("correct horse")).unwrap());

    let tool = Connection::open(dir.database()).unwrap();
    tool.execute_batch("PRAGMA key = 'correct horse'; PRAGMA cipher_compatibility = 4").unwrap();
    let steps: i64 = tool.query_row("SELECT count(*) FROM _migrations", [], |row| row.get(0)).unwrap();
    assert!(steps >= 11);
}

#[test]
fn nothing_on_the_disk_can_be_read() {
    let scene = Scene::new();
    let store = scene.open();
    let planted = "XYZZY-planted-0123456789";
    store
        .call_blocking(move |db| {
            let one = issue(db, planted);
            db.insert_log_file(&store_support::log(one, planted), Some(planted), planted.as_bytes())?;
            db.save_draft("k", &planted.into())?;
            db.audit(AuditAction::LogImport, "log", planted, &json!({}))?;
            db.set_credential(Service::Confluence, &token(planted))?;
            db.save_integration(&IntegrationConfig::new(Service::Confluence))?;
            db.set_client_secret(Service::Confluence, Some(&planted.into()))?;
            Ok(())
        })
        .unwrap();
    let look = || {
        for path in files(scene.dir.root()) {
            let bytes = fs::read(&path).unwrap();
            for text in [planted.as_bytes(), b"CREATE TABLE", b"SQLite format"] {
                assert!(!bytes.windows(text.len()).any(|window| window == text), "{}", path.display());
            }
        }
    };
    look();
    drop(store);
    look();
}

#[test]
fn a_damaged_file_is_told_apart_from_a_wrong_key_where_its_shape_tells() {
    for damage in [cut_short, replace_by_plain_database, replace_by_text] as [fn(&Path); 3] {
        let scene = Scene::new();
        drop(scene.open());
        damage(&scene.dir.database());
        let error = scene.try_open().unwrap_err();
        assert!(matches!(error, StoreError::Corrupt), "{error:?}");
    }
}

#[test]
fn a_damaged_page_is_noticed() {
    let scene = Scene::new();
    scene.with(|db| {
        for number in 0..200 {
            issue(db, &format!("{number} {}", "text ".repeat(200)));
        }
    });
    let mut file = fs::OpenOptions::new().write(true).open(scene.dir.database()).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in pages / 2..pages {
        file.seek(SeekFrom::Start(page * 4096 + 100)).unwrap();
        file.write_all(b"garbage").unwrap();
    }
    let all = IssueQuery { limit: 1000, ..IssueQuery::default() };
    let found = scene.try_open().and_then(|(store, _)| {
        let health = store.call_blocking(|db| Ok(db.health())).unwrap();
        assert!(health.iter().any(|item| !item.ok), "{health:?}");
        store.call_blocking(move |db| db.issues(&all))
    });
    assert!(matches!(found, Err(StoreError::Corrupt)), "{found:?}");
}

#[test]
fn a_newer_database_is_refused_and_left_untouched() {
    let scene = Scene::new();
    drop(scene.open());
    scene.raw().execute_batch("INSERT INTO _migrations VALUES ('999_of_tomorrow', '2030-01-01 00:00:00')").unwrap();
    let before = fs::read(scene.dir.database()).unwrap();

    let error = scene.try_open().unwrap_err();
    assert!(matches!(&error, StoreError::Newer { name } if name == "999_of_tomorrow"), "{error:?}");
    assert_eq!(fs::read(scene.dir.database()).unwrap(), before);
    assert!(files(&scene.dir.backups()).is_empty());
}

#[test]
fn a_copy_is_made_before_an_existing_file_is_migrated() {
    let scene = Scene::new();
    scene.with(|db| issue(db, "kept"));
    let undo = "DROP TRIGGER drafts_go_with_their_issue; DROP TABLE drafts;
                DELETE FROM _migrations WHERE name = '017_drafts'";
    scene.raw().execute_batch(undo).unwrap();

    let (store, opened) = scene.try_open().unwrap();
    store.call_blocking(|db| db.save_draft("k", &"works again".into())).unwrap();
    let backups = files(&scene.dir.backups());
    assert_eq!(opened.backup.as_ref(), backups.first());

    let copied = Scene::new();
    copied.dir.create().unwrap();
    fs::copy(backups.first().unwrap(), copied.dir.database()).unwrap();
    let raw = copied.raw();
    let title: String = raw.query_row("SELECT title FROM issues", [], |row| row.get(0)).unwrap();
    assert_eq!(title, "kept");
    assert!(!raw.table_exists(None, "drafts").unwrap());
}

#[test]
fn a_second_opener_is_told_and_a_later_one_is_let_in() {
    let scene = Scene::new();
    let store = scene.open();
    assert!(matches!(scene.try_open(), Err(StoreError::AlreadyOpen)));
    drop(store.clone());
    assert!(matches!(scene.try_open(), Err(StoreError::AlreadyOpen)));
    drop(store);
    assert!(scene.try_open().is_ok());
}

#[cfg(unix)]
#[test]
fn files_belong_to_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let store = scene.open();
    store.call_blocking(|db| db.save_draft("k", &"x".into())).unwrap();
    for path in files(scene.dir.root()) {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    assert!(store.call_blocking(|db| Ok(db.health())).unwrap().iter().all(|item| item.ok));
}

#[test]
fn what_was_committed_survives_the_end_of_the_process() {
    let scene = Scene::new();
    let store = scene.open();
    store.call_blocking(|db| db.save_draft("k", &"kept".into())).unwrap();
    let unfinished: Result<(), StoreError> = store.call_blocking(|db| {
        db.transaction(|db| {
            db.save_draft("half", &"never".into())?;
            panic!("the work breaks off")
        })
    });
    assert!(matches!(unfinished, Err(StoreError::Closed)));

    // The files as they are at this moment, with the log not folded in: what a killed process leaves behind.
    let copy = Scene::new();
    copy.dir.create().unwrap();
    for name in ["tftsr.db", "tftsr.db-wal"] {
        fs::copy(scene.dir.root().join(name), copy.dir.root().join(name)).unwrap();
    }
    assert_eq!(copy.with(|db| db.drafts().unwrap()), [("k".to_owned(), Unredacted::from("kept"))]);
    assert_eq!(store.call_blocking(|db| db.drafts()).unwrap().len(), 1, "a panic does not take the store along");
}

#[test]
fn what_was_posted_is_done_before_the_store_is_gone() {
    let scene = Scene::new();
    let store = scene.open();
    for number in 0..20 {
        store.post(move |db| db.save_draft(&number.to_string(), &"x".into()));
    }
    drop(store);
    assert_eq!(scene.with(|db| db.drafts().unwrap().len()), 20);
}

#[tokio::test]
async fn work_is_done_even_if_nobody_waits_for_it() {
    let scene = Scene::new();
    let store = scene.open();
    {
        let call = store.call(|db| db.save_draft("k", &"x".into()));
        let waited = tokio::time::timeout(std::time::Duration::ZERO, call).await;
        drop(waited);
    }
    assert_eq!(store.call(|db| db.drafts()).await.unwrap().len(), 1);
}

#[test]
fn the_audit_log_can_only_grow() {
    let scene = Scene::new();
    scene.with(audit_three);
    let raw = scene.raw();
    for attempt in [
        "UPDATE audit_log SET action = 'x'",
        "DELETE FROM audit_log",
        "REPLACE INTO audit_log SELECT * FROM audit_log WHERE sequence = 2",
        "INSERT INTO audit_log SELECT 0, 'new', timestamp, action, entity_type, entity_id, user_id, details, hash
         FROM audit_log WHERE sequence = 1",
    ] {
        assert!(raw.execute_batch(attempt).is_err(), "{attempt}");
    }
    drop(raw);
    assert_eq!(scene.with(|db| db.verify_audit().unwrap()), AuditVerdict::Intact { rows: 3 });
}

#[test]
fn tampering_with_the_audit_log_is_found() {
    let cases = [
        ("edited", "UPDATE audit_log SET details = '{\"bytes\":9}' WHERE sequence = 2", 2),
        ("retimed", "UPDATE audit_log SET timestamp = '2020-01-01T00:00:00Z' WHERE sequence = 1", 1),
        ("removed", "DELETE FROM audit_log WHERE sequence = 2", 2),
        ("cut off", "DELETE FROM audit_log WHERE sequence = 3", 3),
        ("emptied", "DELETE FROM audit_log", 1),
        (
            "reordered",
            "UPDATE audit_log SET sequence = 9 WHERE sequence = 2; UPDATE audit_log SET sequence = 2 WHERE sequence = 3;
             UPDATE audit_log SET sequence = 3 WHERE sequence = 9",
            2,
        ),
        (
            "closed up",
            "DELETE FROM audit_log WHERE sequence = 1; UPDATE audit_log SET sequence = sequence - 1",
            1,
        ),
        ("head moved", "DELETE FROM audit_log WHERE sequence = 3; UPDATE audit_head SET length = 2", 2),
    ];
    for (name, tampering, place) in cases {
        let verdict = verdict_after(tampering);
        assert_eq!(broken_at(&verdict), place, "{name}: {verdict:?}");
    }
    assert_eq!(verdict_after(""), AuditVerdict::Intact { rows: 3 });
}

#[test]
fn audit_entries_are_listed_newest_first_and_filtered() {
    Scene::new().with(|db| {
        audit_three(db);
        let other = db.audit(AuditAction::SettingsChange, "settings", "", &json!({ "key": "zoom" })).unwrap();
        assert_eq!((other.sequence, other.details.clone()), (4, json!({ "key": "zoom" })));
        let list = |query: AuditQuery| {
            db.audit_entries(&query).unwrap().into_iter().map(|entry| entry.sequence).collect::<Vec<_>>()
        };
        assert_eq!(list(AuditQuery::default()), [4, 3, 2, 1]);
        assert_eq!(list(AuditQuery { limit: 2, ..AuditQuery::default() }), [4, 3]);
        assert_eq!(list(AuditQuery { action: Some("ai_send".into()), ..AuditQuery::default() }), [3, 2, 1]);
        assert_eq!(list(AuditQuery { entity_id: Some("i-1".into()), limit: 1, ..AuditQuery::default() }), [3]);
        assert_eq!(list(AuditQuery { from: Some(other.at), ..AuditQuery::default() }), [4]);
        assert_eq!(list(AuditQuery { to: Some(noon()), ..AuditQuery::default() }), Vec::<i64>::new());
        assert_eq!(db.audit_entries(&AuditQuery::default()).unwrap().first(), Some(&other));
    });
}

#[test]
fn a_sealed_row_opens_only_where_it_belongs() {
    let scene = Scene::new();
    let ids = scene.with(|db| {
        let whole =
            StoredCredential { refresh_token: Some("refresh-1".into()), expires_at: Some(noon()), ..token("token-1") };
        db.set_credential(Service::Confluence, &whole).unwrap();
        db.set_credential(Service::ServiceNow, &token("token-2")).unwrap();
        let found = db.credential(Service::Confluence).unwrap().unwrap();
        let refresh = found.refresh_token.as_ref().unwrap();
        assert_eq!((exposed(&found.token), exposed(refresh)), ("token-1", "refresh-1"));
        assert_eq!((found.expires_at, found.sign_in), (Some(noon()), SignIn::OAuth));
        assert_eq!(db.credential_entry(Service::Confluence).unwrap().unwrap().verified_at, None);
        db.set_credential_verified(Service::Confluence, "Ann").unwrap();
        let entry = db.credential_entry(Service::Confluence).unwrap().unwrap();
        assert!((entry.account.as_str(), entry.verified_at.is_some(), entry.renews) == ("Ann", true, true));
        db.set_credential(Service::Confluence, &whole).unwrap();
        assert_eq!(db.credential_entry(Service::Confluence).unwrap().unwrap().verified_at, None);
        db.remove_credential(Service::ServiceNow).unwrap();
        assert!(db.credential(Service::ServiceNow).unwrap().is_none());

        let providers = ["a", "b"].map(|name| ProviderConfig::new(name, ProviderKind::OpenAi, "https://x.net", "m"));
        for provider in &providers {
            db.save_provider(provider).unwrap();
            db.set_provider_key(provider.id, &provider.name.as_str().into()).unwrap();
        }
        assert_eq!(exposed(&db.provider_key(providers[1].id).unwrap().unwrap()), "b");
        providers.map(|provider| provider.id)
    });
    scene
        .raw()
        .execute_batch(
            "UPDATE credentials SET service = 'azuredevops', encrypted_refresh_token = NULL;
             UPDATE provider_keys SET encrypted_key = (SELECT encrypted_key FROM provider_keys ORDER BY rowid LIMIT 1)",
        )
        .unwrap();
    scene.with(move |db| {
        assert!(matches!(db.credential(Service::AzureDevOps), Err(StoreError::CannotUnseal)));
        assert_eq!(exposed(&db.provider_key(ids[0]).unwrap().unwrap()), "a");
        assert!(matches!(db.provider_key(ids[1]), Err(StoreError::CannotUnseal)));
    });
}

#[test]
fn two_databases_with_one_passphrase_seal_under_different_keys() {
    let (one, other) = (Scene::new(), Scene::new());
    let seal = |scene: &Scene| {
        scene.with(|db| drop(db.set_credential(Service::Confluence, &token("token"))));
        let raw = scene.raw();
        raw.query_row("SELECT encrypted_token FROM credentials", [], |row| row.get::<_, String>(0)).unwrap()
    };
    let sealed = seal(&one);
    seal(&other);
    other.raw().execute("UPDATE credentials SET encrypted_token = ?1", [sealed]).unwrap();
    other.with(|db| assert!(matches!(db.credential(Service::Confluence), Err(StoreError::CannotUnseal))));
}

fn token(text: &str) -> StoredCredential {
    StoredCredential::new(SignIn::OAuth, text.into())
}

#[test]
fn a_refresh_token_does_not_open_as_a_token() {
    let scene = Scene::new();
    scene.with(|db| {
        let whole = StoredCredential { refresh_token: Some("refresh-1".into()), ..token("token-1") };
        db.set_credential(Service::Confluence, &whole).unwrap();
    });
    scene.raw().execute("UPDATE credentials SET encrypted_token = encrypted_refresh_token", []).unwrap();
    scene.with(|db| assert!(matches!(db.credential(Service::Confluence), Err(StoreError::CannotUnseal))));
}

#[test]
fn a_renewed_token_takes_the_place_of_its_own_predecessor_only() {
    let scene = Scene::new();
    scene.with(|db| {
        let first = "token-1".into();
        db.set_credential(Service::Confluence, &token("token-1")).unwrap();
        let (new, refresh) = ("token-2".into(), "refresh-2".into());
        db.rotate_credential(Service::Confluence, &first, (&new, Some(&refresh)), Some(noon())).unwrap();
        let again = db.rotate_credential(Service::Confluence, &first, (&new, Some(&refresh)), None);
        assert!(matches!(again, Err(StoreError::NotFound(_))));
        db.remove_credential(Service::Confluence).unwrap();
        let gone = db.rotate_credential(Service::Confluence, &new, (&new, Some(&refresh)), None);
        assert!(matches!(gone, Err(StoreError::NotFound(_))));
        assert!(db.credential(Service::Confluence).unwrap().is_none());
    });
}

#[test]
fn the_set_up_of_a_service_comes_back_as_it_was_saved() {
    let scene = Scene::new();
    scene.with(|db| {
        assert_eq!(db.integration(Service::AzureDevOps).unwrap(), None);
        let mut config = IntegrationConfig::new(Service::AzureDevOps);
        config.base_url = "https://dev.azure.com/contoso".into();
        config.project_name = "Größe".into();
        config.sign_in = SignIn::Token;
        config.auto_create_enabled = true;
        config.oauth.tenant = "corp".into();
        config.oauth.scopes = "a b".into();
        config.callback_port = 9000;
        db.save_integration(&config).unwrap();
        db.set_client_secret(Service::AzureDevOps, Some(&"client".into())).unwrap();
        config.timeout_secs = 5;
        db.save_integration(&config).unwrap();
        assert_eq!(db.integration(Service::AzureDevOps).unwrap(), Some(config));
        assert_eq!(exposed(&db.client_secret(Service::AzureDevOps).unwrap().unwrap()), "client");
        db.set_client_secret(Service::AzureDevOps, None).unwrap();
        assert!(db.client_secret(Service::AzureDevOps).unwrap().is_none());
    });
}
