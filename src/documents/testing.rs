//! What the tests of this room share.

use pulldown_cmark::{Event, Options, Parser};

/// What a reader sees of a paragraph: its text, with line ends.
pub(super) fn plain_text(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::HardBreak => text.push('\n'),
            Event::Start(_) | Event::End(_) => {}
            other => panic!("not plain text: {other:?}"),
        }
    }
    text
}
