//! What can go wrong in the store. No message holds a text of the user or a part of a key.

use super::KeychainError;
use crate::domain::SettingsError;
use rusqlite::ErrorCode;
use std::io;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The first page does not open with this key. A damaged first page looks the same: every bit of it is
    /// authenticated, and the key is not stored anywhere to be compared.
    #[error("the key does not open the database")]
    WrongKey,
    #[error("the database was written by a newer version of the program (it has {name})")]
    Newer { name: String },
    /// Also a file that was never an encrypted database.
    #[error("the database file is damaged")]
    Corrupt,
    #[error("the disk is full")]
    DiskFull,
    #[error("another start of the program uses this data folder")]
    AlreadyOpen,
    /// Another program reads or writes the file.
    #[error("the database is in use by another program")]
    Busy,
    /// The store's thread has ended, or the work that was given to it broke off.
    #[error("the store has been closed")]
    Closed,
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A value that must be unique is there already, or a rule of the schema refuses the change.
    #[error("this conflicts with what is stored")]
    Conflict,
    /// A newer detection of the same log has begun.
    #[error("another detection of this log has begun")]
    Superseded,
    /// Bytes were asked for that the text does not have, or that cut a character in two.
    #[error("the text has no such range")]
    BadRange,
    /// The text of this log stays in the file it came from.
    #[error("the text of this log is not kept in the database")]
    NotKeptInside,
    #[error("a passphrase must not be empty or hold a null character")]
    BadPassphrase,
    #[error("the path is not valid Unicode")]
    PathNotUnicode,
    #[error("the variable TFTSR_DB_KEY is not valid Unicode")]
    KeyNotUnicode,
    /// The row was moved, changed, or sealed under another key.
    #[error("a stored key cannot be unsealed")]
    CannotUnseal,
    #[error("the system's source of randomness failed")]
    NoRandomness,
    #[error("the built-in guide cannot be changed")]
    GuideIsFixed,
    #[error("the platform's data folder is not known; set TFTSR_DATA_DIR")]
    NoDataDir,
    #[error("the settings are refused")]
    Settings(#[from] SettingsError),
    #[error("the system's keychain failed")]
    Keychain(#[from] KeychainError),
    /// Only an explicit wish replaces a file.
    #[error("there is a file of this name already")]
    FileExists,
    #[error("{doing} failed")]
    Io {
        doing: &'static str,
        #[source]
        source: io::Error,
    },
    /// `what` is `SQLite`'s own name for the code, or the name of a column.
    #[error("the database failed: {what} ({code})")]
    Sqlite { code: i32, what: String },
}

impl StoreError {
    /// What a failing file operation becomes.
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { doing, source },
        }
    }
}

/// Drops `SQLite`'s message, which can hold a part of a search text.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            // A page that fails its authentication: `SQLCipher` hands `SQLite` no page, which then speaks of memory or,
            // later, of an error without a message of its own.
            E::SqliteFailure(failure, _) if failure.code == ErrorCode::OutOfMemory => Self::Corrupt,
            E::SqliteFailure(_, Some(message)) if message == "SQL logic error" => Self::Corrupt,
            E::SqliteFailure(failure, _) => from_code(failure),
            E::SqlInputError { error, .. } => from_code(error),
            E::QueryReturnedNoRows => Self::NotFound("row"),
            E::InvalidColumnType(_, column, _) | E::InvalidColumnName(column) => {
                Self::Sqlite { code: 0, what: format!("column {column} holds something unexpected") }
            }
            _ => Self::Sqlite { code: 0, what: "unexpected answer".to_owned() },
        }
    }
}

fn from_code(failure: rusqlite::ffi::Error) -> StoreError {
    match failure.code {
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => StoreError::Corrupt,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::ConstraintViolation => StoreError::Conflict,
        _ => StoreError::Sqlite {
            code: failure.extended_code,
            what: rusqlite::ffi::code_to_str(failure.extended_code).to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_sqlite_with_a_text_of_the_user_is_dropped() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE VIRTUAL TABLE t USING fts5(a)").unwrap();
        let search = "SELECT 1 FROM t WHERE t MATCH ?1";
        let failed = connection.query_row(search, ["\"bob@corp-mail.net"], |_| Ok(())).unwrap_err();
        let error = StoreError::from(failed);
        assert!(!format!("{error} {error:?}").contains("bob"), "{error:?}");
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(StoreError::io("writing")(full), StoreError::DiskFull));
    }
}
