//! The events of a document before the walk over them.

use crate::documents::parsed::dialect;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// All events, with the text of cells beyond the last column, which the rules of tables leave out, in the last cell.
pub(super) fn events(markdown: &str) -> Vec<Event<'_>> {
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut cell_end = 0;
    for (event, range) in Parser::new_ext(markdown, dialect()).into_offset_iter() {
        match event {
            Event::End(TagEnd::TableCell) => cell_end = range.end,
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => {
                let rest = markdown.get(cell_end..range.end).unwrap_or_default();
                let beyond = rest.trim().trim_matches('|').trim();
                if !beyond.is_empty() && events.pop_if(|last| *last == Event::End(TagEnd::TableCell)).is_some() {
                    events.extend([Event::Text(format!(" | {beyond}").into()), Event::End(TagEnd::TableCell)]);
                }
            }
            _ => {}
        }
        events.push(event);
    }
    events
}

/// How many events at the start say no more than the title.
pub(super) fn title_events(events: &[Event<'_>], title: &str) -> usize {
    let Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })) = events.first() else { return 0 };
    let (text, end) = heading_text(events, 0);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words(&text) == words(title) { end + 1 } else { 0 }
}

/// The words of the heading that begins at this event, and the event that ends it.
pub(super) fn heading_text(events: &[Event<'_>], start: usize) -> (String, usize) {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(event) = events.get(at) {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
        at += 1;
    }
    (text, at)
}
