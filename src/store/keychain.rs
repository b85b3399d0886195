//! The database key in the system's keychain, one entry a data folder.
//!
//! A keychain that is locked answers as if the entry did not exist, so a missing entry never leads to a new key where a
//! database is. All functions block, some until the user has answered the system's dialog.

use super::{DataDir, DbKey, Store, StoreError};
use keyring::Entry;
use zeroize::{Zeroize as _, Zeroizing};

const SERVICE: &str = "tftsr";

/// Why the keychain did not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    #[error("there is no keychain on this system, or it does not answer")]
    Unavailable,
    #[error("the keychain is locked")]
    Locked,
    /// Making a new key would lock the database out for good.
    #[error("there is a database already, so no new key is made")]
    DatabaseExists,
    #[error("the keychain's entry is not a key of this program")]
    Unreadable,
    #[error("the keychain did not keep the key")]
    NotKept,
    #[error("the keychain refused")]
    Refused,
}

/// Whether the system has a keychain that can be asked. It may still be locked.
pub fn available() -> bool {
    Entry::store_status().is_ok()
}

/// The key of this data folder; `None` when there is no entry, or when the keychain is locked and says so.
pub fn load(dir: &DataDir) -> Result<Option<DbKey>, KeychainError> {
    read(&entry(dir)?)
}

fn read(entry: &Entry) -> Result<Option<DbKey>, KeychainError> {
    let mut secret = match entry.get_secret() {
        Ok(secret) => Zeroizing::new(secret),
        Err(keyring::Error::NoEntry) => return Ok(None),
        Err(error) => return Err(explain(error)),
    };
    let key = <[u8; 32]>::try_from(secret.as_slice());
    secret.zeroize();
    match key {
        Ok(bytes) => Ok(Some(DbKey::Raw(Zeroizing::new(bytes)))),
        Err(_) => Err(KeychainError::Unreadable),
    }
}

/// Makes a random key, keeps it in the keychain, and reads it back before anything is encrypted with it.
///
/// A key that is there already, left by a first start that broke off, is used again. Refused where a database is.
pub fn create(dir: &DataDir) -> Result<DbKey, StoreError> {
    if Store::exists(dir) {
        return Err(KeychainError::DatabaseExists.into());
    }
    // The entry's name is the folder's canonical path, which exists only once the folder does.
    dir.create()?;
    if let Some(key) = load(dir)? {
        return Ok(key);
    }
    let key = DbKey::random()?;
    let DbKey::Raw(bytes) = &key else { return Err(KeychainError::NotKept.into()) };
    entry(dir)?.set_secret(bytes.as_slice()).map_err(explain)?;
    match load(dir)? {
        Some(DbKey::Raw(kept)) if kept == *bytes => Ok(key),
        Some(_) | None => Err(KeychainError::NotKept.into()),
    }
}

/// Makes a random key for a database that is about to be encrypted anew, and keeps it beside the present one.
///
/// Two entries, because the file and the keychain cannot be changed in one step: whichever of the two keys opens the
/// file after a crash is the right one.
pub fn stage(dir: &DataDir) -> Result<DbKey, StoreError> {
    let key = DbKey::random()?;
    let DbKey::Raw(bytes) = &key else { return Err(KeychainError::NotKept.into()) };
    staged_entry(dir)?.set_secret(bytes.as_slice()).map_err(explain)?;
    match load_staged(dir)? {
        Some(DbKey::Raw(kept)) if kept == *bytes => Ok(key),
        Some(_) | None => Err(KeychainError::NotKept.into()),
    }
}

/// The key of a change that may not have come to its end.
pub fn load_staged(dir: &DataDir) -> Result<Option<DbKey>, KeychainError> {
    read(&staged_entry(dir)?)
}

/// Makes the staged key the key.
pub fn promote(dir: &DataDir) -> Result<(), KeychainError> {
    let Some(DbKey::Raw(bytes)) = load_staged(dir)? else { return Err(KeychainError::NotKept) };
    entry(dir)?.set_secret(bytes.as_slice()).map_err(explain)?;
    remove(&staged_entry(dir)?)
}

/// Forgets the staged key; the present one stays.
pub fn unstage(dir: &DataDir) -> Result<(), KeychainError> {
    remove(&staged_entry(dir)?)
}

/// Forgets the keys of this folder: it is opened by something else from now on.
pub fn forget(dir: &DataDir) -> Result<(), KeychainError> {
    unstage(dir)?;
    remove(&entry(dir)?)
}

fn remove(entry: &Entry) -> Result<(), KeychainError> {
    match entry.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(explain(error)),
    }
}

fn entry(dir: &DataDir) -> Result<Entry, KeychainError> {
    named_entry(&canonical(dir))
}

fn staged_entry(dir: &DataDir) -> Result<Entry, KeychainError> {
    named_entry(&format!("{}#next", canonical(dir)))
}

fn canonical(dir: &DataDir) -> String {
    dir.root().canonicalize().unwrap_or_else(|_| dir.root().to_owned()).to_string_lossy().into_owned()
}

fn named_entry(name: &str) -> Result<Entry, KeychainError> {
    Entry::new(SERVICE, name).map_err(explain)
}

/// Drops the cause: some of keyring's errors carry the secret.
fn explain(error: keyring::Error) -> KeychainError {
    match error {
        keyring::Error::NoDefaultStore | keyring::Error::NotSupportedByStore(_) => KeychainError::Unavailable,
        keyring::Error::NoStorageAccess(_) => KeychainError::Locked,
        keyring::Error::BadEncoding(mut bytes) | keyring::Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeychainError::Unreadable
        }
        keyring::Error::NoEntry => KeychainError::NotKept,
        _ => KeychainError::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_new_key_is_made_where_a_database_is() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::at(folder.path());
        std::fs::write(dir.database(), "something").unwrap();
        let refused = create(&dir).unwrap_err();
        assert!(matches!(refused, StoreError::Keychain(KeychainError::DatabaseExists)));
    }

    #[test]
    fn a_secret_inside_an_error_goes_no_further() {
        let error = explain(keyring::Error::BadEncoding(b"hunter2".to_vec()));
        assert_eq!(error, KeychainError::Unreadable);
    }
}
