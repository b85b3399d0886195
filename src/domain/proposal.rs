//! What the guide or a model proposes. Nothing of it enters the why tree by itself.

use super::{Author, LineRange, LogFileId, RootCauseCategory, Unredacted};

/// A reference to log lines: `app.log:120-134`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    pub file_name: String,
    pub lines: LineRange,
    /// The log it names, once it has been verified that the log and the lines exist.
    pub log: Option<LogFileId>,
}

/// A next why, proposed beside the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Counted from 1, as in "Why 1".
    pub level: u32,
    pub question: Unredacted,
    pub answer: Unredacted,
    pub citations: Vec<Citation>,
    /// Set when the proposal is that this is the root cause.
    pub root_cause: Option<RootCauseCategory>,
    /// From 0 to 100, where the author gives one.
    pub confidence: Option<u8>,
    pub author: Author,
}
