//! The shape of a writer.

use crate::documents::{DocumentError, Pictures};
use crate::domain::{Audience, DocumentKind, Paper, Unredacted};
use jiff::Timestamp;

/// One format of a document's file.
#[derive(Debug)]
pub struct Writer {
    /// The word on the command line and in the settings.
    pub id: &'static str,
    /// The word shown to people.
    pub label: &'static str,
    /// Without a dot, in small letters.
    pub extension: &'static str,
    /// Whether the size of the paper matters.
    pub has_pages: bool,
    /// Makes the bytes of a file. Refuses a document without text.
    pub write: fn(&Source<'_>) -> Result<DocumentFile, DocumentError>,
}

/// What a file is made of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub markdown: &'a str,
    pub meta: &'a DocumentMeta,
    pub pictures: &'a Pictures,
}

/// What a file may say of its document besides the text. For readers outside, all of it must have passed the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentMeta {
    pub kind: DocumentKind,
    pub title: Unredacted,
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub audience: Audience,
    /// For formats that have pages.
    pub paper: Paper,
}

impl DocumentMeta {
    /// Which document it is, in words: `RCA, version 3`.
    pub fn edition(&self) -> String {
        format!("{}, version {}", self.kind.label(), self.version)
    }

    /// The day of the last change, in UTC.
    pub fn day(&self) -> String {
        self.updated_at.strftime("%Y-%m-%d").to_string()
    }

    /// What its readers must know about whom it may reach.
    pub const fn reach(&self) -> &'static str {
        match self.audience {
            Audience::Internal => "Internal: contains real values",
            Audience::External => "Names and addresses are replaced by placeholders",
        }
    }
}

/// A file, whole and in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentFile {
    pub bytes: Vec<u8>,
    /// What the format could not show as it is, in sentences for the user without a period. Empty when all is well.
    pub remarks: Vec<String>,
}

impl std::fmt::Debug for DocumentFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentFile({} bytes, {} remarks)", self.bytes.len(), self.remarks.len())
    }
}
