//! What can go wrong in this room.

/// Why a document could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Names are listed with the templates; a name has at most 32 small letters and underscores.
    #[error("the template asks for an unknown block on line {line}: {name}")]
    UnknownBlock { line: usize, name: String },
    #[error("the template has a block without an end, or with a name that cannot be one, on line {line}")]
    MalformedBlock { line: usize },
    #[error("the document is empty")]
    Empty,
    #[error("the document is too long for pages: at most {most_megabytes} MB of text can be laid out")]
    TooLong { most_megabytes: usize },
    /// What went wrong stands in the log of the program.
    #[error("the pages could not be laid out")]
    Layout,
    #[error("the file could not be put together")]
    Package,
}
