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

words! {
    /// The size of a page.
    Paper {
        A4 = "a4", "A4";
        Letter = "letter", "US Letter";
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

impl Document {
    /// A name for its file, without an ending. Nothing of the issue's words is in it: names of files go far.
    pub fn file_stem(&self) -> String {
        let issue = self.issue.to_string();
        // The first letters of an id tell its time, the last ones tell it from others.
        let short: String = issue.chars().skip(issue.chars().count().saturating_sub(8)).collect();
        format!("{}-{short}-v{}", self.kind.as_str(), self.version)
    }
}
