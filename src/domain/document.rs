//! RCA and post-mortem, as Markdown.

use super::issue::words;
use super::{DocumentId, IssueId, Unredacted};
use jiff::Timestamp;

words! {
    /// Which document it is.
    DocumentKind {
        Rca = "rca", "RCA";
        PostMortem = "postmortem", "Post-mortem";
    }
}

words! {
    /// Who is to read it.
    Audience {
        /// Real values.
        Internal = "internal", "Internal";
        /// Placeholders in place of values.
        External = "external", "External";
    }
}

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub issue: IssueId,
    pub kind: DocumentKind,
    pub title: Unredacted,
    pub markdown: Unredacted,
    /// The text from the facts that this version was edited from; `None` where it is not known.
    pub drafted: Option<Unredacted>,
    /// Counted per issue and kind, from 1; the highest is the one being worked on.
    pub version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
