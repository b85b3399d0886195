//! Markdown to the storage format of Confluence: XHTML with macros, always well-formed, of known elements alone.
//!
//! It walks the events of the Markdown parser, so that no sign of the text is ever taken for markup twice. Source of the
//! elements: <https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html>.
mod check;
mod compare;
mod events;
mod html;
mod language;
mod links;
mod lists;
mod pictures;
#[cfg(test)]
mod tests;
mod walk;
mod xml;

pub use self::check::{StorageFault, check};
pub use self::compare::{Difference, difference};
pub use self::pictures::{HeldPicture, held_pictures};

use super::super::DocumentError;

/// What the page around the text is.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageContext<'a> {
    /// A first heading that says the same is left out: Confluence shows the title above the text.
    pub title: &'a str,
    /// Destinations of images, and the names of the attachments that hold them. Other pictures become links.
    pub pictures: &'a [(String, String)],
}

/// The text of a page in storage format. Refuses a document without text.
pub fn storage(markdown: &str, page: PageContext<'_>) -> Result<String, DocumentError> {
    let text = markdown.replace("\r\n", "\n").replace('\r', "\n");
    let xml = walk::page(text.trim_start_matches('\u{feff}'), page);
    if xml.is_empty() {
        return Err(DocumentError::Empty);
    }
    Ok(xml)
}
