//! A document after its one parse: a tree of blocks that every writer walks, so that no two formats read it differently.
//!
//! The Markdown dialect is defined here and nowhere else: `CommonMark` with tables, task lists, footnotes,
//! strikethrough and the alerts of GitHub.
mod anchors;
mod builder;
mod destination;
mod text;

pub use self::destination::{Destination, destination};
pub use self::text::plain_text;

pub(in crate::documents) use self::anchors::anchors;

use pulldown_cmark::Options;

/// Containers inside containers beyond this many are drawn on the deepest level, with their marks as text.
pub const MAX_DEPTH: usize = 24;

/// What the dialect has beyond `CommonMark`.
pub const fn dialect() -> Options {
    Options::ENABLE_TABLES
        .union(Options::ENABLE_TASKLISTS)
        .union(Options::ENABLE_FOOTNOTES)
        .union(Options::ENABLE_STRIKETHROUGH)
        .union(Options::ENABLE_GFM)
}

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub blocks: Vec<Block>,
    /// In the order of their first mention, then those that nothing mentions. [`Inline::Note`] counts from 0.
    pub notes: Vec<Note>,
}

/// The text of a footnote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub blocks: Vec<Block>,
    /// A note that no text mentions would be lost where notes hang on their mentions.
    pub is_mentioned: bool,
}

/// A part of a document that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading {
        /// 1 to 6.
        level: u8,
        /// Unique in the document; made of the words, as GitHub makes it.
        anchor: String,
        content: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    Quote {
        alert: Option<Alert>,
        blocks: Vec<Self>,
    },
    Code {
        /// As written; may be empty or unknown.
        language: String,
        /// Without the last line end.
        text: String,
    },
    List {
        /// Of the first item; `None` for bullets.
        first: Option<u64>,
        items: Vec<Item>,
    },
    Table(Table),
    Rule,
    /// Markup of another language, to be shown as it was written.
    Raw(String),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Whether a task is done; `None` for an item that is no task.
    pub done: Option<bool>,
    pub blocks: Vec<Block>,
}

/// A table; every row has as many cells as there are alignments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Align>,
    pub head: Vec<Vec<Inline>>,
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// How the cells of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Start,
    Center,
    End,
}

/// What a quote with a heading of its own says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl Alert {
    pub const ALL: [Self; 5] = [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution];

    /// The word shown above it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Note => "Note",
            Self::Tip => "Tip",
            Self::Important => "Important",
            Self::Warning => "Warning",
            Self::Caution => "Caution",
        }
    }

    /// In small letters, for the names of styles.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Without control characters: what a format cannot hold has been made visible.
    Text(String),
    Code(String),
    Emphasis(Vec<Self>),
    Strong(Vec<Self>),
    Strikethrough(Vec<Self>),
    Link {
        destination: String,
        content: Vec<Self>,
    },
    Image {
        destination: String,
        /// What it shows, in words.
        alt: String,
    },
    /// A line end of the source, which reads as a space.
    SoftBreak,
    HardBreak,
    /// Markup of another language, to be shown as it was written.
    Raw(String),
    /// The mention of [`Parsed::notes`] at this index.
    Note(usize),
}

/// Parses a document. Never fails: what cannot be understood is text.
pub fn parse(markdown: &str) -> Parsed {
    builder::build(markdown)
}
