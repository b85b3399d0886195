//! The key of the database: a passphrase or 256 random bits.

use super::{SealingKey, StoreError};
use hkdf::Hkdf;
use rusqlite::Connection;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// Opens the database. There is no default key.
#[derive(Clone)]
pub enum DbKey {
    /// Given to `SQLCipher` as it is, which derives the key with its own defaults; so any `SQLCipher` 4 opens the file
    /// with it.
    Passphrase(SecretString),
    /// Used without derivation: it is random already.
    Raw(Zeroizing<[u8; 32]>),
}

impl fmt::Debug for DbKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase([hidden])",
            Self::Raw(_) => "Raw([hidden])",
        })
    }
}

impl DbKey {
    /// The passphrase in `TFTSR_DB_KEY`; `None` when it is unset or empty.
    pub fn from_environment() -> Result<Option<Self>, StoreError> {
        Self::from_variable(std::env::var_os("TFTSR_DB_KEY"))
    }

    fn from_variable(value: Option<OsString>) -> Result<Option<Self>, StoreError> {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
        let Ok(passphrase) = value.into_string() else { return Err(StoreError::KeyNotUnicode) };
        Ok(Some(Self::Passphrase(passphrase.into())))
    }

    /// A key from the system's source of randomness.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        if getrandom::fill(bytes.as_mut_slice()).is_err() {
            return Err(StoreError::NoRandomness);
        }
        Ok(Self::Raw(bytes))
    }

    /// Tells `connection` the key. Must come before anything is read or written.
    pub(super) fn apply(&self, connection: &Connection) -> Result<(), StoreError> {
        connection.execute_batch(&self.pragma()?)?;
        Ok(())
    }

    /// Attaches a file under this key, as `copy`.
    pub(super) fn attach(&self, connection: &Connection, path: &Path) -> Result<(), StoreError> {
        let Some(path) = path.to_str() else { return Err(StoreError::PathNotUnicode) };
        let statement = Zeroizing::new(format!("ATTACH DATABASE ?1 AS copy KEY {}", *self.literal()?));
        connection.execute(&statement, [path])?;
        Ok(())
    }

    fn pragma(&self) -> Result<Zeroizing<String>, StoreError> {
        Ok(Zeroizing::new(format!("PRAGMA key = {}", *self.literal()?)))
    }

    /// The key as `SQLCipher` reads it in a statement.
    #[expect(clippy::disallowed_methods, reason = "SQLCipher takes the passphrase as SQL text")]
    fn literal(&self) -> Result<Zeroizing<String>, StoreError> {
        match self {
            Self::Passphrase(passphrase) => {
                let text = passphrase.expose_secret();
                if text.is_empty() || text.contains('\0') {
                    return Err(StoreError::BadPassphrase);
                }
                let quoted = Zeroizing::new(text.replace('\'', "''"));
                Ok(Zeroizing::new(format!("'{}'", *quoted)))
            }
            Self::Raw(bytes) => {
                let digits = Zeroizing::new(hex::encode(bytes.as_slice()));
                Ok(Zeroizing::new(format!("\"x'{}'\"", *digits)))
            }
        }
    }

    /// The key under which credentials are sealed a second time: HKDF-SHA256 (RFC 5869) of the same secret.
    #[expect(clippy::disallowed_methods, reason = "the sealing key is derived from the secret's bytes")]
    pub(super) fn sealing_key(&self, salt: &[u8]) -> Result<SealingKey, StoreError> {
        let secret = match self {
            Self::Passphrase(passphrase) => passphrase.expose_secret().as_bytes(),
            Self::Raw(bytes) => bytes.as_slice(),
        };
        let mut key = Zeroizing::new([0; 32]);
        match Hkdf::<Sha256>::new(Some(salt), secret).expand(b"tftsr credential sealing 1", key.as_mut_slice()) {
            Ok(()) => Ok(SealingKey::new(key)),
            Err(_) => Err(StoreError::CannotUnseal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_no_key() {
        assert!(DbKey::from_variable(None).unwrap().is_none());
        assert!(DbKey::from_variable(Some(OsString::new())).unwrap().is_none());
        assert!(matches!(DbKey::from_variable(Some("pw".into())).unwrap(), Some(DbKey::Passphrase(_))));
    }

    #[test]
    fn its_debug_form_hides_the_key() {
        assert_eq!(format!("{:?}", DbKey::Passphrase("hunter2".into())), "Passphrase([hidden])");
        assert_eq!(format!("{:?}", DbKey::Raw(Zeroizing::new([7; 32]))), "Raw([hidden])");
    }

    #[test]
    fn a_quote_in_the_passphrase_stays_inside_the_literal() {
        let key = DbKey::Passphrase("it's; DROP".into());
        assert_eq!(key.pragma().unwrap().as_str(), "PRAGMA key = 'it''s; DROP'");
    }

    #[test]
    fn unusable_passphrases_are_refused() {
        for text in ["", "a\0b"] {
            assert!(matches!(DbKey::Passphrase(text.into()).pragma(), Err(StoreError::BadPassphrase)), "{text:?}");
        }
    }
}
