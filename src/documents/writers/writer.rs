//! The shape of a writer.

use crate::documents::DocumentError;
use crate::domain::{DocumentKind, Unredacted};
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
    /// Markdown to the bytes of a file. Refuses a document without text.
    pub write: fn(&str, &DocumentMeta) -> Result<Vec<u8>, DocumentError>,
}

/// What a file may say of its document besides the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentMeta {
    pub kind: DocumentKind,
    pub title: Unredacted,
    pub version: u32,
    pub updated_at: Timestamp,
}
